#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The demonstration: a hub, a region, a sensor, and an office day in which the deck's first case happens.

Started by script/server. What it says is in words.json; what it shows are the real programs.
"""
import contextlib
import errno
import fcntl
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from demo import capture, history, region, today  # noqa: E402
from demo.postman import Postman  # noqa: E402
from harness.admin import Admin  # noqa: E402
from harness.hub import ADMIN, Hub  # noqa: E402
from harness.programs import SOURCE, Late, program  # noqa: E402
from harness.sensor import Sensor  # noqa: E402

LOCALE = os.environ.get("LC_ALL") or os.environ.get("LC_MESSAGES") or os.environ.get("LANG") or "C"
WORDS = json.loads((Path(__file__).parent / "words.json").read_text(encoding="utf-8"))
MARK = ".otasuke-demo"  # in the folder: it is ours to wipe
FIRST = "first.json"  # the one-time passwords: who has not signed in yet still needs them; written when all is there
ALERT_SECONDS = 60
STOPS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)  # Ctrl-C, kill, a terminal that was closed


def languages():
    """The reader's; both where the locale names none."""
    if LOCALE.split(".")[0] in ("C", "POSIX"):
        return "ja", "en"
    return ("ja",) if LOCALE.startswith("ja") else ("en",)


def words(key, *args):
    texts = [WORDS[key][lang] for lang in languages()]
    text = (" / " if key.startswith("role.") else "\n").join(texts)
    for i, arg in enumerate(args):
        text = text.replace("{%d}" % i, str(arg))
    return text


def tell(text=""):
    try:
        print(text, flush=True)
    except OSError:  # the terminal is gone; what was started still has to be ended
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def say(key, *args):
    tell(words(key, *args))


class Refused(Exception):
    """What the user asked for does not go; the text says why and what to do."""


class Options:
    def __init__(self, argv):
        self.live, self.region, self.keep, self.browser = None, "demo", False, True
        self.state = SOURCE / "build" / "demo"
        self.port, self.http_port, self.sensor_port = 8443, 8080, 8444
        self.given = set()
        texts = {"--live": "live", "--region": "region", "--state": "state"}
        numbers = {"--port": "port", "--http-port": "http_port", "--sensor-port": "sensor_port"}
        rest = list(argv)
        while rest:
            name, _, value = rest.pop(0).partition("=")
            if name == "--keep":
                self.keep = True
            elif name == "--no-browser":
                self.browser = False
            elif name in texts or name in numbers:
                if not value and not rest:
                    raise Refused(words("value", name))
                value = value or rest.pop(0)
                if name in numbers and not (value.isdigit() and 0 < int(value) < 65536):
                    raise Refused(words("number", value))
                setattr(self, {**texts, **numbers}[name], int(value) if name in numbers else value)
                self.given.add(name)
            else:
                raise Refused(words("unknown", name))
        if self.region not in ("demo", "empty"):
            raise Refused(words("unknown", f"--region {self.region}"))
        self.state = Path(self.state).absolute()


# --- before anything is started ---

def port_check(port, option):
    with socket.socket() as s:
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            s.bind(("127.0.0.1", port))
        except OSError as e:
            raise Refused(words("port.right" if e.errno == errno.EACCES else "port.taken", port, option)) from None


def ports_check(options):
    """A kept demonstration stays at its ports: its sensor knows where to find the hub."""
    conf = options.state / "hub" / "otasuke.conf"
    for name, key, option in (("port", "https", "--port"), ("http_port", "http", "--http-port"),
                              ("sensor_port", "sensor", "--sensor-port")):
        if options.keep and conf.exists():
            kept = int(re.search(rf"^hub\.{key}_address *=.*:(\d+)$", conf.read_text(encoding="utf-8"), re.M).group(1))
            if option in options.given and getattr(options, name) != kept:
                raise Refused(words("port.kept", kept, option))
            setattr(options, name, kept)
        port_check(getattr(options, name), option)


def live_check(interface):
    names = [name for _, name in socket.if_nameindex()]
    if interface not in names:
        raise Refused(words("live.none", interface, " ".join(names)))
    if os.geteuid() != 0:
        sensor = program("otasuke-sensor")
        if not shutil.which("getcap", path=os.environ["PATH"] + ":/usr/sbin:/sbin") or "cap_net_raw" not in \
                subprocess.run(["/usr/sbin/getcap", sensor], capture_output=True, text=True, check=False).stdout:
            raise Refused(words("live.right", interface, sensor))


def folder_ready(options, last):
    """An empty folder of ours, or what the last demonstration left, ours until LAST is closed. Says whether there is
    something to go on with."""
    folder = options.state
    if folder.exists() and not (folder / MARK).exists() and any(folder.iterdir()):
        raise Refused(words("folder.foreign", folder))
    folder.mkdir(parents=True, exist_ok=True)
    try:
        fcntl.flock(last.enter_context(open(folder / MARK, "a", encoding="utf-8")), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise Refused(words("folder.busy", folder)) from None
    if options.keep and (folder / FIRST).exists():
        return True
    if options.keep:
        say("folder.none", folder)
    for old in folder.iterdir():
        if old.is_dir():
            shutil.rmtree(old)
        elif old.name != MARK:
            old.unlink()
    return False


# --- the demonstration ---

class Demo:
    def __init__(self, options):
        self.options = options
        env_lang = os.environ.get("LANG", "ja_JP.UTF-8")
        self.hub = Hub(options.state / "hub", (options.port, options.http_port, options.sensor_port), env_lang)
        self.sensor = Sensor(options.state / "sensor", env_lang)
        self.postman = Postman(options.state / "mail")
        self.people, self.asked = [], None
        self.first = options.state / FIRST
        self.empty = options.region == "empty"

    def prepare(self, kept):
        if kept:
            self.empty = not self.sensor.state.exists()
            self.hub.once, self.people = json.loads(self.first.read_text(encoding="utf-8"))
            self.postman.port_of(self.hub.conf)
        else:
            self.hub.init(hub__public_url=f"http://127.0.0.1:{self.options.http_port}", mail__url=self.postman.url,
                          mail__from="shirase@otasuke.example", mail__from_name="サイバーお助け窓口",
                          response__meshcentral_url="https://gamen.otasuke.example/?viewmode=11&gotonode={device}",
                          region_name="" if self.empty else "岩手")
        self.postman.start()
        say("step.hub")
        self.hub.start()
        if not kept and not self.empty:
            say("step.region")
            self.people = region.fill(self.hub)
            self.asked = today.fill(self.hub, history.fill(self.hub))

    def remember(self):
        with open(self.first, "w", encoding="utf-8", opener=lambda path, flags: os.open(path, flags, 0o600)) as f:
            json.dump([self.hub.once, self.people], f, ensure_ascii=False)

    def enrol(self):
        said = self.hub.otasuke("sensor", "code", region.COMPANY, "--name", "minato-1").stdout
        url = next(line.split(": ", 1)[1] for line in said.splitlines() if line.startswith("url: "))
        self.sensor.enrol(url)

    def sensor_start(self, kept):
        """Enrols on the first start; a kept demonstration sees another day like the first."""
        if self.empty:
            return
        if not kept:
            say("step.sensor")
            self.enrol()
        settings = {"heartbeat": "5s", "probe__indicators": region.DATA / "indicators.csv"}
        if self.options.live:
            settings.update(interface=self.options.live, probe__learning="10m")
        else:
            settings.update(replay=self.day(), replay_shift="now", probe__learning="2h")
        self.sensor.configure(**settings)
        self.sensor.start()

    def day(self):
        say("step.capture")
        return capture.office_day(SOURCE / "build" / "captures")

    def greet(self, kept):
        plain, tls = f"http://127.0.0.1:{self.options.http_port}", f"https://127.0.0.1:{self.options.port}"
        tell()
        say("ready")
        tell(f"\n    {plain}\n")
        say("url.https", tls)
        tell()
        tell("    " + words("login", ADMIN, self.hub.once).replace("\n", "\n    ") + "\n")
        say("login.kept" if kept else "login.then")
        if self.empty:
            tell()
            say("empty")
        if self.people:
            tell()
            say("people")
            for role, name, login, once in self.people:
                tell(f"    {login:<12} {once:<24} {name}  {words('role.' + role)}")
        tell()
        say("stop.how")
        tell()
        if self.options.browser and os.geteuid() != 0 and (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY")):
            if shutil.which("xdg-open"):
                subprocess.Popen(["xdg-open", plain], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def tell_alerts(self):
        """Waits for the alert that the demonstration is about."""
        if self.empty:
            return
        if self.options.live:
            say("watching.live", region.COMPANY, self.options.live)
            return
        admin, deadline = Admin(self.hub.state), time.monotonic() + ALERT_SECONDS
        while time.monotonic() < deadline:
            for alert in admin.get("/alerts")["alerts"]:
                if alert["severity"] == "critical":
                    if self.asked:
                        today.orders(self.asked, alert["device_mac"])
                    return say("alert", alert["company"], alert["device"])
            self.watch_children()
            time.sleep(0.3)
        say("alert.late", self.sensor.process.log)

    def watch_children(self):
        for process in (self.hub.process, self.sensor.process):
            if process.child is not None and not process.running:
                tail = "\n".join(process.said().splitlines()[-8:])
                raise Refused(words("died", process.argv[0], tail))

    def run(self):
        while True:
            self.watch_children()
            for to, subject, link in self.postman.fresh():
                say("mail", to, subject, link)
            time.sleep(0.3)

    def stop(self):
        tell()
        say("stop")
        with contextlib.ExitStack() as ends:  # the last first, and each of them whatever happens to another
            ends.callback(self.postman.stop)
            ends.callback(self.hub.stop)
            ends.callback(self.sensor.stop)


def told_to_stop(signo, frame):
    raise KeyboardInterrupt


def show(options, last):
    kept = folder_ready(options, last)
    demo = Demo(options)
    last.callback(demo.stop)
    for signo in STOPS:  # stopping is not interrupted
        last.callback(signal.signal, signo, signal.SIG_IGN)
    demo.prepare(kept)
    demo.sensor_start(kept)
    demo.remember()
    demo.greet(kept)
    demo.tell_alerts()
    demo.run()


def main(argv):
    if "--help" in argv or "-h" in argv:
        say("usage")
        return 0
    for signo in STOPS:
        signal.signal(signo, told_to_stop)
    try:
        options = Options(argv)
        ports_check(options)
        if options.live:
            live_check(options.live)
        with contextlib.ExitStack() as last:
            show(options, last)
    except KeyboardInterrupt:
        say("stop.done")
        return 0
    except Refused as e:
        print(e, file=sys.stderr)
    except (RuntimeError, OSError, Late, subprocess.SubprocessError) as e:
        print(words("failed", e), file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
