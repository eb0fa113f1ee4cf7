# SPDX-License-Identifier: Apache-2.0
"""A box that traffic goes through: the enrolled sensor of a company in the lab, with its enforcer."""
import contextlib

from .programs import wait_for
from .sensor import Sensor


@contextlib.contextmanager
def inline_box(lab, hub, folder, company, **settings):
    sensor = Sensor(folder)
    with lab.within("box"):
        sensor.enrol(hub.code(company))
        sensor.configure(interface="lan0", enforcer__enabled="yes", enforcer__bridge="br0", **settings).start()
    try:
        wait_for("the box is inline", lambda: hub.value("SELECT inline_box FROM sensor") == 1, 30)
        yield sensor
    finally:
        sensor.stop()
