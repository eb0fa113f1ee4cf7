# SPDX-License-Identifier: Apache-2.0
"""Behaviours in variants that no labelled capture has, by generator: how many are found, and which honest ones are accused.

Prints the table. Fails when fewer than nine of ten are found, or more than one of twenty honest ones is accused.
"""
import collections
import pathlib
import sys

import pytest

from harness.captures import SEVERITIES, analyze, at_least
from harness.programs import SOURCE

sys.path.insert(0, str(SOURCE / "tests" / "gen"))

from variants import CLEAN_MOST, FOUND_LEAST, QUIET, write  # noqa: E402

INFECTED = "192.168.10.21"


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """(is it harm, findings of low and more) of each capture."""
    folder = tmp_path_factory.mktemp("variants")
    made = write(folder)
    rows, _ = analyze(*(folder / name for name in made))
    found = collections.defaultdict(list)
    for row in rows:
        if row["type"] == "finding" and at_least(row, "low"):
            found[pathlib.Path(row["file"]).name].append(row)
    for path in folder.iterdir():
        path.unlink()
    return {name: (harm, found[name]) for name, harm in made.items()}


def worst(findings, device=None):
    mine = [f for f in findings if at_least(f, "medium") and device in (None, f["device"])]
    return max(mine, key=lambda f: (SEVERITIES.index(f["severity"]), f["confidence"]), default=None)


def line(name, expected, f):
    said = f"{f['severity']:8} {f['confidence']:.2f}  {f['detector']}: {f['reasons'][0][:70]}" if f else "-"
    return f"{name[:-5]:34} {expected:6} {said}"


def test_harm_in_variants_is_found(told, capsys):
    harm = {name: worst(findings, INFECTED) for name, (bad, findings) in told.items() if bad}
    loud = {name: f for name, f in harm.items() if name[4:-5] not in QUIET}
    with capsys.disabled():
        print()
        for name, f in sorted(harm.items()):
            print(line(name, "found" if name in loud else "quiet", f))
        print(f"found: {sum(f is not None for f in loud.values())} of {len(loud)}; of {len(harm) - len(loud)} that need more to be told "
              f"{sum(f is not None for name, f in harm.items() if name not in loud)}")
    missed = [name for name, f in loud.items() if f is None]
    assert len(missed) <= (1 - FOUND_LEAST) * len(loud), missed


def test_honest_ones_that_look_alike_are_left_alone(told, capsys):
    honest = {name: worst(findings) for name, (bad, findings) in told.items() if not bad}
    with capsys.disabled():
        print()
        for name, f in sorted(honest.items()):
            print(line(name, "clean", f))
        low = sum(len(findings) for bad, findings in told.values() if not bad)
        print(f"accused: {sum(f is not None for f in honest.values())} of {len(honest)}; {low} findings of any weight")
    accused = [name for name, f in honest.items() if f]
    assert len(accused) <= CLEAN_MOST * len(honest), accused
