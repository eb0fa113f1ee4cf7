# SPDX-License-Identifier: Apache-2.0
"""The labelled captures of ../shared/pcaps, and what `otasuke analyze` makes of them without any indicator list."""
import csv
import ipaddress
import json
import os
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
OTASUKE = pathlib.Path(os.environ.get("OTASUKE_BIN", ROOT / "build/src")) / "otasuke"
PCAPS = pathlib.Path(os.environ.get("OTASUKE_SHARED", ROOT / "../shared")) / "pcaps"
SEVERITIES = ["info", "low", "medium", "high", "critical"]


def manifest():
    path = PCAPS / "MANIFEST.tsv"
    if not path.exists():
        return []
    with open(path, newline="", encoding="utf-8") as f:
        return list(csv.DictReader(f, delimiter="\t"))


ROWS = {pathlib.Path(row["file"]).name: row for row in manifest()}
MALICIOUS = sorted(name for name, row in ROWS.items() if row["class"] == "malicious")
BENIGN = sorted(name for name, row in ROWS.items() if row["class"] == "benign")
WEEKS = sorted(name for name, row in ROWS.items() if row["kind"] == "iot-7d")


def analyze(*args, status=0):
    done = subprocess.run([OTASUKE, "analyze", "--jsonl", *map(str, args)], capture_output=True, text=True, timeout=300,
                          env={**os.environ, "LANG": "en_US.UTF-8", "LC_ALL": ""}, check=False)
    assert done.returncode == status, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()], done.stderr


def bad_addresses(name):
    """Addresses of the bad_destinations column that are written out."""
    found = []
    for part in ROWS[name]["bad_destinations"].replace("(", " ").split(","):
        text = part.strip().split(" ")[0].split(":")[0]
        try:
            found.append(str(ipaddress.ip_address(text)))
        except ValueError:
            pass
    return found


def address_of(peer):
    return peer.rsplit(":", 1)[0].strip("[]") if "." in peer or "]" in peer else peer


def at_least(finding, severity):
    return SEVERITIES.index(finding["severity"]) >= SEVERITIES.index(severity)


def verdict(name, findings):
    """Of one capture: is the infected host told of, at medium or more, with a bad place; who is accused; how many low ones."""
    said = [f for f in findings if at_least(f, "medium")]
    bad = set(bad_addresses(name))
    mine = [f for f in said if f["device"] == ROWS[name]["infected_or_actor"]]
    named = not bad or any(address_of(p) in bad for f in mine for p in f["peers"])
    worst = max(mine, key=lambda f: (SEVERITIES.index(f["severity"]), f["confidence"]), default=None)
    return {"found": bool(mine) and named, "accused": said, "worst": worst,
            "kinds": sorted({f["detector"] for f in said}), "low": sum(f["severity"] == "low" for f in findings)}


def verdicts(*args):
    """Of every labelled capture, in one run."""
    rows, _ = analyze(*args, *(PCAPS / "dev" / name for name in MALICIOUS + BENIGN))
    by_file = {name: [] for name in MALICIOUS + BENIGN}
    for row in rows:
        if row["type"] == "finding":
            by_file[pathlib.Path(row["file"]).name].append(row)
    return {name: verdict(name, findings) for name, findings in by_file.items()}


def right(name, v):
    """A malicious capture found, a clean one not accused, a device's week without a low one."""
    if name in MALICIOUS:
        return v["found"]
    return not v["accused"] and (name not in WEEKS or v["low"] == 0)


def thresholds(*args):
    """The table of the program: name, value, unit, lowest, highest, reason."""
    done = subprocess.run([OTASUKE, "analyze", "--thresholds", *args], capture_output=True, text=True, timeout=20, check=True)
    keys = ("name", "value", "unit", "lowest", "highest", "reason")
    rows = [dict(zip(keys, line.split("\t"))) for line in done.stdout.splitlines()]
    return [{**r, "value": float(r["value"]), "lowest": float(r["lowest"]), "highest": float(r["highest"])} for r in rows]
