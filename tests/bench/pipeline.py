# SPDX-License-Identifier: Apache-2.0
"""The sensor's pipeline beside `ndpiReader -q` on one large capture in the same run, everything on and 1,000,000 indicators
loaded, with one worker and with two; the floor (libpcap's empty loop); where the time goes, stage by stage; and figures per
labelled capture.

Environment: OTASUKE_BENCH_BYTES size of the capture (1.3 GB), OTASUKE_BENCH_ROUNDS (3), OTASUKE_BENCH_OUT where the JSON goes,
OTASUKE_BENCH_INDICATORS (1000000). Capture and indicators are made once and kept under /tmp for the next run.
"""
import json
import os
import pathlib
import random
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
SIZE = int(os.environ.get("OTASUKE_BENCH_BYTES", 1_300_000_000))
INDICATORS = int(os.environ.get("OTASUKE_BENCH_INDICATORS", 1_000_000))
TARGET = {"wall_of_ndpiReader": 0.35, "two_workers_faster": 1.5, "peak_mib": 250}
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


def indicator_bundle():
    """Made-up names, addresses, URLs, files and fingerprints, packed as the hub packs them for sensors."""
    path = pathlib.Path(tempfile.gettempdir()) / f"otasuke-bench-kinds-{INDICATORS}.bundle"
    if path.exists():
        return path
    rng = random.Random(3)
    kinds = [lambda n: f"domain,{rng.getrandbits(48):x}.example{n % 97}.test"] * 5 + [
        lambda n: f"ip,{rng.randrange(128, 224)}.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(256)}"] * 2 + [
        lambda n: f"url,http://{rng.getrandbits(40):x}.example{n % 97}.test/{rng.getrandbits(32):x}.bin",
        lambda n: f"sha256,{rng.getrandbits(256):064x}",
        lambda n: f"ja3,{rng.getrandbits(128):032x}"]
    with tempfile.NamedTemporaryFile("w", suffix=".csv") as out:
        for number in range(INDICATORS):
            out.write(kinds[number % 10](number) + "\n")
        out.flush()
        subprocess.run([OTASUKE, "indicators", "pack", path, out.name], check=True, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)
    return path


def floor_program(folder):
    """libpcap's loop that does nothing, or None where it cannot be built."""
    program = pathlib.Path(folder) / "nullpcap"
    built = subprocess.run(["gcc", "-O2", "-o", program, SHARED / "bench/nullpcap.c", "-lpcap"], check=False)
    return program if built.returncode == 0 else None


def stages(capture, indicators):
    """Processor seconds of the pipeline cut off after each stage."""
    out = subprocess.run([OTASUKE.parent.parent / "tests/bench/load/pipeline-stages", capture, indicators, str(ROUNDS)], check=True,
                         capture_output=True, text=True)
    return json.loads(out.stdout)


def measure(command):
    """Wall and processor seconds, peak memory in MiB as /usr/bin/time gives it, and what it wrote, of one run."""
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
    capture, indicators = large_capture(), indicator_bundle()
    analyze = [str(OTASUKE), "analyze", "--jsonl", "--indicators", str(indicators)]
    commands = {"otasuke": [*analyze, str(capture)],
                "2 workers": [*analyze, "--workers", "2", str(capture)],
                "ndpiReader": ["ndpiReader", "-q", "-i", str(capture)]}
    runs = {name: [] for name in commands}
    with tempfile.TemporaryDirectory() as folder:
        if program := floor_program(folder):
            commands["floor"] = [str(program), str(capture)]
            runs["floor"] = []
        for _ in range(ROUNDS):  # interleaved: the machine's moods hit all
            for name, command in commands.items():
                figures, text = measure(command)
                runs[name].append(figures)
                if name == "otasuke":
                    summary = json.loads(text.splitlines()[-1])
    median = {name: {k: statistics.median(r[k] for r in rows) for k in rows[0]} for name, rows in runs.items()}
    ratio = {"wall_of_ndpiReader": median["otasuke"]["wall_s"] / median["ndpiReader"]["wall_s"],
             "cpu_of_ndpiReader": median["otasuke"]["cpu_s"] / median["ndpiReader"]["cpu_s"],
             "two_workers_faster": median["otasuke"]["wall_s"] / median["2 workers"]["wall_s"],
             "peak_mib": max(median["otasuke"]["peak_mib"], median["2 workers"]["peak_mib"])}
    gbit = capture.stat().st_size * 8 / 1e9
    print(f"{capture.name}: {summary['packets']} packets, {summary['flows']} flows, {INDICATORS} indicators, {ROUNDS} rounds, medians")
    print(f"{'':12}{'wall s':>9}{'cpu s':>9}{'peak MiB':>10}{'Gbit/s':>9}{'Mpps':>8}")
    for name, m in median.items():
        print(f"{name:12}{m['wall_s']:9.2f}{m['cpu_s']:9.2f}{m['peak_mib']:10.1f}{gbit / m['wall_s']:9.2f}"
              f"{summary['packets'] / m['wall_s'] / 1e6:8.2f}")
    for name, value in ratio.items():
        print(f"{name:22}{value:8.2f}" + (f"   (target {TARGET[name]})" if name in TARGET else ""))
    stage = stages(capture, indicators)
    print(f"\n{'stage, one worker':20}{'cpu s':>8}{'more s':>8}{'ns a packet':>13}{'of the floor':>14}")
    before = 0
    for name, seconds in stage.items():
        of = f"{seconds / median['floor']['cpu_s']:14.2f}" if "floor" in median else ""
        print(f"{name:20}{seconds:8.2f}{seconds - before:8.2f}{(seconds - before) / summary['packets'] * 1e9:13.0f}{of}")
        before = seconds
    captures = per_capture()
    print(f"\n{'capture':36}{'packets':>9}{'flows':>7}{'devices':>8}{'ms':>7}  findings")
    for row in captures:
        told = ", ".join(f"{n} {k}" for k, n in sorted(row["findings"].items())) or "-"
        print(f"{row['capture']:36}{row['packets']:9}{row['flows']:7}{row['devices']:8}{row['wall_s'] * 1e3:7.0f}  {told}")
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps({"name": "pipeline", "capture_bytes": capture.stat().st_size, "indicators": INDICATORS, "rounds": runs,
                               "median": median, "ratio": ratio, "target": TARGET, "stages_cpu_s": stage,
                               "summary": summary, "captures": captures}, indent=1))


if __name__ == "__main__":
    main()
