# SPDX-License-Identifier: Apache-2.0
"""The sensor's pipeline beside `ndpiReader -q` on one large capture in the same run, and figures per labelled capture.

Environment: OTASUKE_BENCH_BYTES size of the capture (400 MB), OTASUKE_BENCH_ROUNDS (3), OTASUKE_BENCH_OUT where the
JSON goes. The capture is made from ../shared/pcaps/dev by ../shared/bench/mkbench.py and kept under /tmp for the next run.
"""
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
OTASUKE = pathlib.Path(os.environ.get("OTASUKE_BIN", ROOT / "build/src")) / "otasuke"
SHARED = pathlib.Path(os.environ.get("OTASUKE_SHARED", ROOT / "../shared"))
OUT = pathlib.Path(os.environ.get("OTASUKE_BENCH_OUT",
                                  pathlib.Path(os.environ.get("OTASUKE_BENCH", ROOT / "build/bench")) / "pipeline.json"))
SIZE = int(os.environ.get("OTASUKE_BENCH_BYTES", 400_000_000))
ROUNDS = max(3, int(os.environ.get("OTASUKE_BENCH_ROUNDS", 3)))


def large_capture():
    path = pathlib.Path(tempfile.gettempdir()) / f"otasuke-bench-{SIZE}.pcap"
    if not path.exists() or path.stat().st_size < SIZE:
        made = path.with_suffix(".part")
        sources = sorted((SHARED / "pcaps/dev").glob("*.pcap*"))
        subprocess.run([sys.executable, SHARED / "bench/mkbench.py", made, str(SIZE), *sources], check=True)
        made.rename(path)
    with open(path, "rb") as f:  # into the page cache, for both alike
        while f.read(1 << 24):
            pass
    return path


def measure(command):
    """Wall and processor seconds, peak memory in MiB and what it wrote, of one run."""
    with tempfile.TemporaryFile() as out:
        start = time.monotonic()
        pid = subprocess.Popen(command, stdout=out, stderr=subprocess.DEVNULL).pid
        _, status, usage = os.wait4(pid, 0)
        wall = time.monotonic() - start
        if os.waitstatus_to_exitcode(status) != 0:
            raise SystemExit(f"{command[0]} failed")
        out.seek(0)
        text = out.read().decode(errors="replace")
    return {"wall_s": wall, "cpu_s": usage.ru_utime + usage.ru_stime, "peak_mib": usage.ru_maxrss / 1024}, text


def per_capture():
    rows = []
    for path in sorted((SHARED / "pcaps/dev").glob("*.pcap*")):
        figures, text = measure([str(OTASUKE), "analyze", "--jsonl", str(path)])
        lines = [json.loads(line) for line in text.splitlines()]
        told = {}
        for f in lines[:-1]:
            key = f"{f['detector']}:{f['severity']}"
            told[key] = told.get(key, 0) + 1
        rows.append({"capture": path.name, "packets": lines[-1]["packets"], "flows": lines[-1]["flows"],
                     "devices": lines[-1]["devices"], "findings": told, **figures})
    return rows


def main():
    if not (SHARED / "pcaps/dev").is_dir():
        print("pipeline: skipped, ../shared is not here")
        return
    for tool in ("ndpiReader", "editcap"):
        if not shutil.which(tool):
            raise SystemExit(f"pipeline: {tool} is not installed")
    capture = large_capture()
    commands = {"otasuke": [str(OTASUKE), "analyze", "--jsonl", str(capture)],
                "ndpiReader": ["ndpiReader", "-q", "-i", str(capture)]}
    runs = {name: [] for name in commands}
    for _ in range(ROUNDS):  # interleaved: the machine's moods hit both
        for name, command in commands.items():
            figures, text = measure(command)
            runs[name].append(figures)
            if name == "otasuke":  # wait4 counts this program's own memory from before the exec
                summary = json.loads(text.splitlines()[-1])
                figures["peak_mib"] = summary["peak_rss"] / 2**20
    median = {name: {k: statistics.median(r[k] for r in rows) for k in rows[0]} for name, rows in runs.items()}
    ratio = {k: median["otasuke"][k] / median["ndpiReader"][k] for k in median["otasuke"]}
    gbit = capture.stat().st_size * 8 / 1e9
    print(f"{capture.name}: {summary['packets']} packets, {summary['flows']} flows, {ROUNDS} rounds, medians")
    print(f"{'':12}{'wall s':>9}{'cpu s':>9}{'peak MiB':>10}{'Gbit/s':>9}{'Mpps':>8}")
    for name, m in median.items():
        print(f"{name:12}{m['wall_s']:9.2f}{m['cpu_s']:9.2f}{m['peak_mib']:10.1f}{gbit / m['wall_s']:9.2f}"
              f"{summary['packets'] / m['wall_s'] / 1e6:8.2f}")
    print(f"{'ratio':12}{ratio['wall_s']:9.2f}{ratio['cpu_s']:9.2f}{ratio['peak_mib']:10.2f}   (target 0.50)")
    captures = per_capture()
    print(f"\n{'capture':36}{'packets':>9}{'flows':>7}{'devices':>8}{'ms':>7}  findings")
    for row in captures:
        told = ", ".join(f"{n} {k}" for k, n in sorted(row["findings"].items())) or "-"
        print(f"{row['capture']:36}{row['packets']:9}{row['flows']:7}{row['devices']:8}{row['wall_s'] * 1e3:7.0f}  {told}")
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps({"name": "pipeline", "capture_bytes": capture.stat().st_size, "rounds": runs,
                               "median": median, "ratio": ratio, "target": {"wall_s": 0.5, "peak_mib": 0.5},
                               "summary": summary, "captures": captures}, indent=1))


if __name__ == "__main__":
    main()
