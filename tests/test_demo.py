# SPDX-License-Identifier: Apache-2.0
"""script/server's demonstration: what a newcomer sees in the first minute."""
import os
import re
import signal
import subprocess
import sys

import pytest

from harness.console import Console
from harness.hub import PASSWORD
from harness.programs import SOURCE, free_ports, run, wait_for

SHOW = [sys.executable, "-B", SOURCE / "tests" / "demo" / "show.py", "--no-browser"]


class Show:
    def __init__(self, folder, *options):
        self.ports = free_ports(3)
        self.folder, self.out = folder / "demo", folder / "said"
        self.argv = [*map(str, SHOW), "--state", str(self.folder), "--port", str(self.ports[0]), "--http-port",
                     str(self.ports[1]), "--sensor-port", str(self.ports[2]), *options]
        self.child = None

    def start(self, *options):
        with open(self.out, "wb") as out:
            self.child = subprocess.Popen([*self.argv, *options], stdout=out, stderr=out,
                                          env=dict(os.environ, LC_ALL="", LANG="en_US.UTF-8"))
        return self

    @property
    def said(self):
        return self.out.read_text() if self.out.exists() else ""

    def wait(self, words, seconds=90):
        wait_for(f"the demonstration says {words!r}", lambda: words in self.said or self.child.poll() is not None, seconds)
        assert words in self.said, self.said

    def stop(self):
        """As Ctrl-C does."""
        self.child.send_signal(signal.SIGINT)
        return self.child.wait(60)


@pytest.fixture
def shows(folder):
    made = []

    def make(*options):
        made.append(Show(folder, *options))
        return made[-1]

    yield make
    for show in made:
        if show.child and show.child.poll() is None:
            show.child.terminate()
            show.child.wait(60)
        print(show.said)  # shown when the test has failed


def password(said, login="admin"):
    if login == "admin":
        return re.search(r"One-time password: (\S+)", said).group(1)
    return re.search(rf"^ +{login} +(\S+)", said, re.M).group(1)


def test_the_first_minute(shows):
    show = shows().start()
    show.wait("Press Ctrl-C to stop.")
    admin = Console(show.ports[1]).sign_in("admin", password(show.said), PASSWORD)
    show.wait("Alert: Galaxy-A54 at 株式会社みなと製作所")
    alerts = admin.get_json("/alerts")["alerts"]
    assert {a["company"] for a in alerts} == {"株式会社みなと製作所"}
    show.wait("was told by mail")
    link = re.search(r"http://127.0.0.1:\d+(/r/\S+)", show.said).group(1)
    assert "Galaxy-A54" in Console(show.ports[1]).get(link).text
    assert len(admin.get_json("/members")["companies"]) == 12
    shared, = [f for f in admin.get_json("/intel")["feeds"] if f["way"] == "folder"]
    assert shared["indicators"] == 1 and not shared["error"], shared
    assert shared["hits"] == 1, "the smartphone met what the list names"
    for login in ("uketsuke", "kanshi", "kakaritsuke", "hoken", "sensei", "minato"):
        person = Console(show.ports[1]).sign_in(login, password(show.said, login), PASSWORD)
        assert person.get("/").status == 200
    assert show.stop() == 0
    assert "--keep" in show.said

    show.start("--keep")
    show.wait("uses the password that was chosen then")
    again = Console(show.ports[1]).sign_in("admin", PASSWORD)
    assert len(again.get_json("/alerts")["alerts"]) >= len(alerts)
    assert show.stop() == 0


def test_an_empty_region(shows, folder):
    """It starts with nothing, goes on from there, is not wiped while it runs, and ends with its terminal."""
    show = shows("--region", "empty").start()
    show.wait("Press Ctrl-C to stop.")
    admin = Console(show.ports[1]).sign_in("admin", password(show.said), PASSWORD)
    assert admin.get_json("/members")["companies"] == []
    assert show.stop() == 0

    show = shows("--keep").start()  # ports of its own, which are not those that are kept
    assert show.child.wait(60) == 1
    assert "stays at its port" in show.said
    show = shows()
    show.argv = [*map(str, SHOW), "--state", str(show.folder), "--keep"]
    show.start().wait("Press Ctrl-C to stop.")
    done = run(shows("--region", "empty").argv, check=False)
    assert done.returncode == 1 and "still running" in done.stderr
    show.child.send_signal(signal.SIGHUP)
    assert show.child.wait(60) == 0
    assert not (folder / "demo" / "hub" / "admin.sock").exists(), "the hub has ended too"


def test_both_languages_where_the_locale_names_none():
    said = subprocess.run([*SHOW, "--help"], capture_output=True, text=True, env={"PATH": os.environ["PATH"]}, check=True).stdout
    assert "実演を始めます" in said and "Starts the demonstration" in said
    said = run([*SHOW, "--help"], lang="ja_JP.UTF-8").stdout
    assert "実演を始めます" in said and "Starts the demonstration" not in said


def test_it_says_what_is_wrong(shows, folder):
    for options, words in ((["--surprise"], "no option"), (["--port"], "needs a value"), (["--port", "x"], "no port number"),
                           (["--live", "nosuch0"], "no network interface"), (["--region", "mars"], "no option")):
        done = run([*SHOW, "--state", folder / "demo", *options], check=False)
        assert done.returncode == 1 and words in done.stderr, (options, done.stderr)
    (folder / "mine").mkdir()
    (folder / "mine" / "thesis.txt").write_text("years of work")
    show = shows()
    done = run([*show.argv, "--state", folder / "mine"], check=False)
    assert done.returncode == 1 and "not the demonstration's" in done.stderr
    assert (folder / "mine" / "thesis.txt").exists()
    assert "script/server" in run([*SHOW, "--help"]).stdout
