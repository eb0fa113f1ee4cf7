# SPDX-License-Identifier: Apache-2.0
"""The office day as a capture file, made once and kept: the second start of the demonstration is quick."""
import hashlib
import os
import subprocess
import sys
from pathlib import Path

from harness.programs import SOURCE

GENERATOR = SOURCE / "tests" / "gen" / "office_day.py"


def office_day(folder, *options):
    """The path of a capture made with OPTIONS by the generator as it is now."""
    made_of = hashlib.sha256(repr(options).encode())
    for part in sorted(GENERATOR.parent.glob("*.py")):
        made_of.update(part.read_bytes())
    path = Path(folder) / f"office-day-{made_of.hexdigest()[:12]}.pcap"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_suffix(f".{os.getpid()}")
        subprocess.run([sys.executable, GENERATOR, draft, *options], check=True, stdout=subprocess.DEVNULL)
        draft.rename(path)
    return path
