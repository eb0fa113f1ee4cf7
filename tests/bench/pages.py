# SPDX-License-Identifier: Apache-2.0
"""Server time of every page with a generated region loaded, as each role that may open it (Server-Timing of the hub).

Pages are found as people find them, by following links. `wall` is what the hub took; `cpu` what its thread worked, which
is the figure to trust where the machine does other work meanwhile.
Environment: OTASUKE_BENCH_FULL=1 for 1,000 companies, 100,000 alerts, 10,000 cases; OTASUKE_BENCH_REQUESTS (50);
OTASUKE_BENCH_ONLY a part of a pattern.
"""
import os
import re
import statistics
import sys
import tempfile
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tests"))
from harness.figures import Table, bench_main, peak_mib, percentile  # noqa: E402
from harness.full import PASSWORD, generated, size  # noqa: E402

REQUESTS = int(os.environ.get("OTASUKE_BENCH_REQUESTS", 50))
ONLY = os.environ.get("OTASUKE_BENCH_ONLY", "")
TARGET_MS = 20
ROLES = {"desk": "desk1", "admin": "boss1", "analyst": "analyst1", "technician": "tech10", "insurer": "insurer1",
         "company": "company1"}
# Not pages: a stream that stays open, the administrator's socket, what needs a token of a mail, files.
APART = {"/live", "/admin/check", "/r/{token}", "/assets/{name}", "/login/totp", "/account/totp", "/account/password",
         "/account/codes"}
QUERIES = {"/cases/new/companies": ["?q=%E3%81%BF", "?q=0190000102", "?q=%E8%A3%BD%E4%BD%9C"],
           "/members": ["", "?q=%E3%81%BF%E3%81%AA", "?prefecture=13", "?page=3"],
           "/alerts": ["", "?state=closed", "?state=all", "?page=2", "?severity=3"],
           "/cases": ["", "?state=closed", "?state=all", "?words=USB", "?page=2"]}
# Work that somebody asks for by name, in proportion to what there is: told apart from pages.
WORK = re.compile(r"\.csv(\?|$)|[?&]check=")
HREF = re.compile(r'(?:href|hx-get|src)="(/[^"#]*)"')


def matcher(pattern):
    return re.compile("^" + re.sub(r"\\\{\w+\\\}", "[^/?]+", re.escape(pattern)) + r"(?:\?.*)?$")


def links(console, patterns, wanted=60):
    """Addresses of each pattern that this person reaches."""
    found, seen, queue = defaultdict(list), set(), ["/"]
    queue += [p + q for p in patterns if "{" not in p for q in QUERIES.get(p, [""])]
    while queue:
        path = queue.pop(0)
        pattern = next((p for p, m in patterns.items() if m.match(path)), None)
        if path in seen or pattern is None:
            continue
        seen.add(path)
        if "check=" in path:
            pattern += "?check"
        if len(found[pattern]) >= (wanted if "{" in pattern else 8):
            continue
        answer = console.get(path)
        if answer.status != 200:
            continue
        found[pattern].append(path)
        if "html" in (answer.headers.get("Content-Type") or ""):
            queue += [h.replace("&amp;", "&") for h in HREF.findall(answer.text)]
    return found


def timing(answer):
    parts = dict(p.strip().split(";dur=") for p in answer.headers["Server-Timing"].split(","))
    return float(parts["total"]), float(parts["cpu"])


def measure(console, paths):
    wall, cpu, size = [], [], 0
    for i in range(max(REQUESTS, 1)):
        answer = console.get(paths[i % len(paths)])
        if answer.status != 200 or "Server-Timing" not in answer.headers:
            raise SystemExit(f"pages: {paths[i % len(paths)]} answered {answer.status}")
        w, c = timing(answer)
        wall.append(w)
        cpu.append(c)
        size = max(size, len(answer.body))
    return {"requests": len(wall), "addresses": len(paths), "p50": statistics.median(wall), "p95": percentile(wall, .95),
            "max": max(wall), "cpu_p50": statistics.median(cpu), "cpu_p95": percentile(cpu, .95), "cpu_max": max(cpu),
            "bytes": size}


def is_page(row):
    return not (WORK.search(row["page"]) or row["page"].endswith("?check"))


def run(hub):
    patterns = {r["pattern"]: matcher(r["pattern"]) for r in sorted(hub.routes(), key=lambda r: "{" in r["pattern"])
                if r["method"] == "GET" and not r["public"] and r["pattern"] not in APART and ONLY in r["pattern"]}
    if ONLY:
        patterns.setdefault("/", matcher("/"))
    rows = []
    for role, login in ROLES.items():
        console = hub.console("ja").sign_in(login, PASSWORD)
        for pattern, paths in sorted(links(console, patterns).items()):
            if paths and ONLY in pattern:
                rows.append({"page": pattern, "role": role, **measure(console, paths)})
    never = sorted(set(patterns) - {r["page"] for r in rows} - {"/"})
    return rows, never


def main():
    with tempfile.TemporaryDirectory(prefix="bench-pages-") as folder:
        hub, fill_s = generated(folder)
        hub.start()
        try:
            rows, never = run(hub)
            peak = peak_mib(hub.process.child.pid)
        finally:
            hub.stop()
    table = Table("page", "role", "p50 ms", "p95", "max", "cpu p50", "cpu p95", "cpu max", "KiB", "")
    for r in sorted(rows, key=lambda r: (is_page(r), -r["p95"])):
        table.row(r["page"], r["role"], *(f"{r[k]:.1f}" for k in ("p50", "p95", "max", "cpu_p50", "cpu_p95", "cpu_max")),
                  r["bytes"] // 1024, "over" if is_page(r) and r["p95"] >= TARGET_MS else "" if is_page(r) else "download")
    table.print()
    pages = [r for r in rows if is_page(r)]
    over = [r for r in pages if r["p95"] >= TARGET_MS]
    print(f"{len(pages)} pages and roles, {REQUESTS} requests each; region {size()}; p95 of {TARGET_MS} ms or more: {len(over)};"
          f" hub peak {peak:.0f} MiB" + (f"; filled in {fill_s:.0f} s" if fill_s else ""))
    if never:
        print("no link found to:", ", ".join(never))
    return {"region": size(), "requests": REQUESTS, "fill_s": fill_s, "hub_peak_mib": peak, "never": never, "rows": rows}


if __name__ == "__main__":
    bench_main("pages", main)
