# SPDX-License-Identifier: Apache-2.0
"""How firmly the thresholds stand, on the labelled captures of ../shared/pcaps.

1. Each threshold 20 % up and down: which captures flip.
2. Each malware family left out in turn: every threshold is chosen anew within 40 % from the other captures alone, as the
   middle of the range in which all of them stay right; is the family still found? And: which detectors carry it?

--only NAME moves thresholds that begin so; --quick leaves the second part out. OTASUKE_BENCH_JOBS: runs at a time.
"""
import argparse
import concurrent.futures
import os
import pathlib
import sys

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1]))

from harness.captures import BENIGN, MALICIOUS, WEEKS, right, thresholds, verdicts  # noqa: E402
from harness.figures import Table, bench_main  # noqa: E402

STEPS = (0.6, 0.8, 1.2, 1.4)
JOBS = int(os.environ.get("OTASUKE_BENCH_JOBS", os.cpu_count() or 1))


def family(name):
    return name.removeprefix("malicious-").split(".")[0]


def moved(row, step):
    """The value a STEP away, within what is allowed; a count moves by one at least."""
    value = row["value"] * step
    if row["unit"] not in ("s", "share", "score", "points", "times") and float(row["value"]).is_integer():
        value = round(value)
        if value == row["value"]:
            value += 1 if step > 1 else -1
    return min(max(value, row["lowest"]), row["highest"])


def outcome(*args):
    """What is wrong of each capture that is not right."""
    wrong = {}
    for name, v in verdicts(*args).items():
        if not right(name, v):
            wrong[name] = "lost" if name in MALICIOUS else "accused" if v["accused"] else f"{v['low']} low"
    return wrong


def change(settings):
    return [part for name, value in settings.items() for part in ("--threshold", f"{name}={value:.12g}")]


def sweep(rows, steps):
    """{(name, step): what is wrong}."""
    jobs = {(r["name"], step): change({r["name"]: moved(r, step)}) for r in rows for step in steps
            if moved(r, step) != r["value"]}
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        return dict(zip(jobs, pool.map(lambda args: outcome(*args), jobs.values())))


def print_flips(rows, flips, base):
    table = Table("threshold", "value", "-20 %", "+20 %", "flips")
    silent = 0
    for r in rows:
        said = []
        for step in (0.8, 1.2):
            wrong = flips.get((r["name"], step), {})
            said += [f"{'-' if step < 1 else '+'} {family(n)} {w}" for n, w in wrong.items() if n not in base]
        if said:
            table.row(r["name"], f"{r['value']:g} {r['unit']}", f"{moved(r, 0.8):g}", f"{moved(r, 1.2):g}", "; ".join(said))
        silent += not said
    table.print()
    print(f"{silent} of {len(rows)} thresholds flip no capture\n")


def chosen_without(left_out, rows, flips):
    """Thresholds chosen anew: the middle of the steps around the present value that keep all other captures right."""
    settings = {}
    for r in rows:
        good = {1.0}
        for side in ((0.8, 0.6), (1.2, 1.4)):
            for step in side:
                if set(flips.get((r["name"], step), {})) - {left_out}:
                    break
                good.add(step)
        middle = (min(good) + max(good)) / 2
        if abs(middle - 1) > 0.01:
            settings[r["name"]] = moved(r, middle)
    return settings


def carriers(names):
    """{capture: detectors without which it is lost}."""
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        lost = dict(zip(names, pool.map(lambda d: outcome("--without", d), names)))
    return {name: [d for d in names if name in lost[d]] for name in MALICIOUS}


def print_families(rows, flips, now):
    kinds = sorted({k for v in now.values() for k in v["kinds"]})
    alone = carriers(kinds)
    choices = {name: chosen_without(name, rows, flips) for name in MALICIOUS}
    with concurrent.futures.ThreadPoolExecutor(JOBS) as pool:
        ends = dict(zip(choices, pool.map(lambda s: outcome(*change(s)), choices.values())))
    table = Table("family left out", "moved", "found", "others wrong", "said by", "lost without", "lost when (40 %)")
    result = []
    for name in MALICIOUS:
        near = sorted({n for (n, _), wrong in flips.items() if name in wrong})
        others = [family(n) for n in ends[name] if n != name]
        table.row(family(name), len(choices[name]), "yes" if name not in ends[name] else "NO", ", ".join(others) or "-",
                  " ".join(now[name]["kinds"]), " ".join(alone[name]) or "-", " ".join(near) or "-")
        result.append({"family": family(name), "moved": choices[name], "found": name not in ends[name], "others_wrong": others,
                       "kinds": now[name]["kinds"], "lost_without": alone[name], "near": near})
    table.print()
    print(f"{sum(r['found'] for r in result)} of {len(result)} families found by thresholds chosen without them; "
          f"{sum(not r['lost_without'] for r in result)} found whichever detector is switched off")
    return result


def main():
    args = argparse.ArgumentParser(description=__doc__)
    args.add_argument("--only", default="")
    args.add_argument("--quick", action="store_true")
    options = args.parse_args()
    if not MALICIOUS:
        print("../shared/pcaps is not here")
        return {}
    rows = [r for r in thresholds() if r["name"].startswith(options.only)]
    now = verdicts()
    base = {name for name, v in now.items() if not right(name, v)}
    print(f"{len(MALICIOUS)} malicious and {len(BENIGN)} clean captures ({len(WEEKS)} of a week), wrong as shipped: "
          f"{', '.join(sorted(base)) or 'none'}\n")
    flips = sweep(rows, (0.8, 1.2) if options.quick else STEPS)
    print_flips(rows, flips, base)
    result = {"flips": [{"name": n, "step": s, "wrong": w} for (n, s), w in flips.items() if w]}
    if not options.quick:
        result["families"] = print_families(rows, flips, now)
    return result


if __name__ == "__main__":
    bench_main("thresholds", main)
