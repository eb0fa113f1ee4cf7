# SPDX-License-Identifier: Apache-2.0
"""What the measurements share: a table on the terminal, the JSON beside it, figures of a process."""
import json
import os
import unicodedata
from pathlib import Path

OUT = Path(os.environ.get("OTASUKE_BENCH") or Path(__file__).resolve().parents[2] / "build/bench")


def wide(text):
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


class Table:
    def __init__(self, *head):
        self.rows = [list(head)]

    def row(self, *cells):
        self.rows.append([str(c) for c in cells])

    def print(self):
        widths = [max(wide(r[i]) for r in self.rows if i < len(r)) for i in range(len(self.rows[0]))]
        for row in self.rows:
            cells = [cell + " " * (w - wide(cell)) if i == 0 else " " * (w - wide(cell)) + cell
                     for i, (cell, w) in enumerate(zip(row, widths))]
            print("  ".join(cells).rstrip())


def bench_main(name, main):
    """Prints what MAIN prints and writes what it returns as NAME.json."""
    OUT.mkdir(parents=True, exist_ok=True)
    result = main()
    (OUT / f"{name}.json").write_text(json.dumps(result, ensure_ascii=False, indent=1) + "\n")


def cpu_seconds(pid):
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def status_mib(pid, field):
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith(field + ":"):
            return int(line.split()[1]) / 1024
    raise KeyError(field)


def peak_mib(pid):
    return status_mib(pid, "VmHWM")


def rss_mib(pid):
    return status_mib(pid, "VmRSS")


def percentile(values, share):
    values = sorted(values)
    return values[min(len(values) - 1, int(share * len(values)))]
