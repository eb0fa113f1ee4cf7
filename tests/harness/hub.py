# SPDX-License-Identifier: Apache-2.0
"""A hub in a folder of its own."""
import http.client
import json
from pathlib import Path

from .console import Console
from .programs import Process, free_ports, program, run, wait_for
from .store import Sqlite

ADMIN = "admin"
PASSWORD = "otasuke-no-tame-no-aikotoba"


class Hub:
    """FOLDER holds the state; PORTS are https, http and the sensors' door, free ones when not given."""

    def __init__(self, folder, ports=None, lang="en_US.UTF-8"):
        self.state = Path(folder)
        self.https, self.http, self.sensors = ports or free_ports(3)
        self.process = Process([program("otasuke-hub"), "--state", self.state], self.state.with_suffix(".log"), lang)
        self.once = None
        self.store = Sqlite(self.state / "otasuke.db")

    def settings(self):
        return {"hub.https_address": f"127.0.0.1:{self.https}", "hub.http_address": f"127.0.0.1:{self.http}",
                "hub.sensor_address": f"127.0.0.1:{self.sensors}",
                "hub.public_url": f"http://127.0.0.1:{self.http}"}

    def init(self, region="IW", region_name="岩手", demo=True, **settings):
        """Sets it up; SETTINGS are keys with "__" for the point. Keeps the one-time password."""
        rows = {**self.settings(), **{k.replace("__", "."): v for k, v in settings.items()}}
        argv = [program("otasuke-hub"), "--init", "--state", self.state, "--region", region, "--region-name",
                region_name, "--admin", ADMIN] + (["--demo"] if demo else [])
        for key, value in rows.items():
            argv += ["--set", f"{key}={value}"]
        said = dict(line.split(": ", 1) for line in run(argv).stdout.splitlines() if ": " in line)
        self.once = said["password"]
        return self

    @property
    def conf(self):
        return self.state / "otasuke.conf"

    def start(self, seconds=30):
        self.process.start()
        wait_for("the hub answers", self.answers, seconds)
        return self

    def answers(self):
        if not self.process.running:
            raise RuntimeError(f"the hub did not start:\n{self.process.said()}")
        link = http.client.HTTPConnection("127.0.0.1", self.http, timeout=5)
        try:
            link.request("GET", "/login")
            return link.getresponse().status == 200
        except OSError:
            return False
        finally:
            link.close()

    def stop(self):
        return self.process.stop()

    def kill(self):
        self.process.kill()

    def console(self, lang="en"):
        return Console(self.http, lang=lang)

    def admin(self, lang="en"):
        """The first administrator, signed in; the one-time password has become PASSWORD."""
        once, self.once = self.once, None
        return self.console(lang).sign_in(ADMIN, once or PASSWORD, PASSWORD)

    def otasuke(self, *argv, **more):
        """The administrator's shell."""
        return run([program("otasuke"), *argv, "--state", self.state], lang=self.process.lang, **more)

    def code(self, company, *options):
        """The address with a one-time code that a new sensor of COMPANY is given."""
        said = self.otasuke("sensor", "code", company, *options).stdout
        return next(line.split(": ", 1)[1] for line in said.splitlines() if line.startswith("url: "))

    def person(self, role, login, org, name=None):
        """Adds a person and signs them in."""
        said = self.otasuke("user", "add", "--login", login, "--name", name or login, "--org", org, "--role", role).stdout
        once = next(line.split(": ", 1)[1] for line in said.splitlines() if line.startswith("password: "))
        return self.console().sign_in(login, once, PASSWORD)

    def rows(self, sql, *args):
        return self.store.rows(sql, *args)

    def value(self, sql, *args):
        return self.rows(sql, *args)[0][0]

    @staticmethod
    def routes():
        return json.loads(run([program("otasuke-hub"), "--routes"]).stdout)
