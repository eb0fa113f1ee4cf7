# SPDX-License-Identifier: Apache-2.0
"""A sensor in a folder of its own: enrolled, configured, running."""
from pathlib import Path

from .programs import Process, program, run


class Sensor:
    def __init__(self, folder, lang="en_US.UTF-8"):
        self.state = Path(folder)
        self.conf = self.state.with_suffix(".conf")
        self.process = Process([program("otasuke-sensor"), "run", "--config", self.conf],
                               self.state.with_suffix(".log"), lang)

    def enrol(self, url, check=True):
        return run([program("otasuke-sensor"), "enrol", url, "--state", self.state], check=check)

    def configure(self, **settings):
        """Keys with "__" for the point: probe__indicators=..."""
        rows = {"state": self.state, "heartbeat": "1s", "retry_max": "500ms", **settings}
        text = "".join(f"{k.replace('__', '.')} = {v}\n" for k, v in rows.items())
        self.conf.write_text(text)
        return self

    def start(self):
        self.process.start()
        return self

    def stop(self):
        return self.process.stop(seconds=30)

    def kill(self):
        self.process.kill()

    def said(self):
        return self.process.said()
