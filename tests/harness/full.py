# SPDX-License-Identifier: Apache-2.0
"""A generated region for measurements, kept for the next run as long as the hub program stays the same."""
import hashlib
import os
import shutil
import tempfile
import time
from pathlib import Path

from .hub import Hub
from .programs import program

PASSWORD = "bench-password-1"


def size():
    """(companies, alerts, cases); OTASUKE_BENCH_FULL=1 asks for the whole size."""
    return (1000, 100_000, 10_000) if os.environ.get("OTASUKE_BENCH_FULL") else (200, 20_000, 2_000)


def generated(folder):
    """A hub in FOLDER, filled and not started; and how long filling took (None when it was kept from before)."""
    companies, alerts, cases = size()
    built = hashlib.sha256(Path(program("otasuke-hub")).read_bytes()).hexdigest()[:12]
    kept = Path(tempfile.gettempdir()) / f"otasuke-bench-region-{companies}-{built}"
    hub = Hub(Path(folder) / "hub")
    seconds = None
    if not kept.exists():
        for old in kept.parent.glob(f"otasuke-bench-region-{companies}-*"):
            shutil.rmtree(old)
        hub.init()
        start = time.monotonic()
        hub.otasuke("region", "fill", "--companies", companies, "--alerts", alerts, "--cases", cases,
                    "--password", PASSWORD, seconds=900)
        seconds = time.monotonic() - start
        shutil.copytree(hub.state, kept)
    else:
        shutil.copytree(kept, hub.state)
        text = hub.conf.read_text().splitlines()
        rows = {line.partition("=")[0].strip(): line for line in text}
        rows.update({key: f"{key} = {value}" for key, value in hub.settings().items()})
        hub.conf.write_text("\n".join(rows.values()) + "\n")
    return hub, seconds
