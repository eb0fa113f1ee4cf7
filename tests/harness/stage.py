#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The place where the deck's first case happens, for a test in the browser: a company in network namespaces with an inline box, two
companies' people, a hub out in the internet. Prints a line of JSON when all stands ("skip": why not, where a machine gives no
namespaces), then answers each line of its input with one, and ends with its input.

    phone   a private smartphone joins, and calls its master from then on
    flows   who has got how many frames through, when the last (ms), and what holds them back in the kernel
"""
import contextlib
import json
import shutil
import signal
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from harness import phone  # noqa: E402
from harness.hub import Hub  # noqa: E402
from harness.inline import inline_box  # noqa: E402
from harness.lab import BOTNET, DEVICES, OTHER, SERVER, Lab, NoLab  # noqa: E402
from harness.mailbox import Mailbox  # noqa: E402
from harness.region import KITAKAMI, MINATO, companies_csv  # noqa: E402
from harness.traffic import PORT, Echo, Meter, Talker  # noqa: E402

PEOPLE = (("desk", "相談 花子", "1", "desk"), ("minato", "湊 浩一", MINATO, "company"), ("kitakami", "高橋 誠", KITAKAMI, "company"))


class Stage:
    def __init__(self, lab, rest, hub):
        self.lab, self.rest, self.hub = lab, rest, hub
        self.meter = rest.enter_context(Meter(lab))
        for worker in (Echo(lab, SERVER, PORT), Talker(lab, "pc", SERVER, pause=0.01), phone.Master(lab)):
            rest.enter_context(worker)

    def phone(self):
        phone.join(self.lab)
        for worker in (Talker(self.lab, "phone", SERVER, pause=0.01), phone.Caller(self.lab)):
            self.rest.enter_context(worker)
        return {}

    def flows(self):
        table = self.lab.table()
        return {end: {"count": self.meter.count.get(mac, 0), "last_ms": 1000 * self.meter.last.get(mac, 0), "held": mac in table}
                for end, (mac, _) in DEVICES.items()}


def people(hub):
    """login: one-time password"""
    found = {"admin": hub.once}
    for login, name, org, role in PEOPLE:
        said = hub.otasuke("user", "add", "--login", login, "--name", name, "--org", org, "--role", role).stdout
        found[login] = next(line.split(": ", 1)[1] for line in said.splitlines() if line.startswith("password: "))
    return found


@contextlib.contextmanager
def stage(folder):
    with contextlib.ExitStack() as rest:
        lab = rest.enter_context(Lab())
        rest.enter_context(lab.within("net"))
        hub = Hub(folder / "hub", lang="ja_JP.UTF-8")
        post = Mailbox().start()
        rest.callback(post.stop)
        hub.init(hub__sensor_address=f"{OTHER}:{hub.sensors}", mail__url=post.url, mail__from="desk@otasuke.example").start()
        rest.callback(hub.stop)
        hub.otasuke("company", "import", companies_csv(folder / "companies.csv"))
        (folder / "indicators.csv").write_text(f"ip,{BOTNET},botnet\n")
        rest.enter_context(inline_box(lab, hub, folder / "sensor", MINATO, probe__indicators=folder / "indicators.csv"))
        yield Stage(lab, rest, hub), {
            "base": f"http://127.0.0.1:{hub.http}", "network": lab.names["net"], "folder": str(folder), "once": people(hub)}


def say(answer):
    print(json.dumps(answer, ensure_ascii=False), flush=True)


def main():
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
    folder = Path(tempfile.mkdtemp(prefix="otasuke-"))
    try:
        with stage(folder) as (stands, facts):
            say(facts)
            for line in sys.stdin:
                say(getattr(stands, {"phone": "phone", "flows": "flows"}[line.strip()])())
    except NoLab as why:
        say({"skip": str(why)})
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    main()
