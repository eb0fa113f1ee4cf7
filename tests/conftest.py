# SPDX-License-Identifier: Apache-2.0
"""What the end-to-end tests share: folders, hubs, sensors, mail, a small office day. Everything ends with its test."""
import os
import shutil
import sys
import tempfile
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from demo.capture import office_day  # noqa: E402
from harness.admin import Admin  # noqa: E402
from harness.hub import Hub  # noqa: E402
from harness.mailbox import Mailbox  # noqa: E402
from harness.programs import BIN, SOURCE  # noqa: E402
from harness.region import companies_csv  # noqa: E402
from harness.sensor import Sensor  # noqa: E402

BOTNET = "203.0.113.66"


@pytest.fixture
def folder():
    """A short path: a unix socket has to fit into it. OTASUKE_KEEP=1 leaves it, with all logs, for the one who looks."""
    path = Path(tempfile.mkdtemp(prefix="otasuke-"))
    yield path
    for log in sorted(path.rglob("*.log")):  # shown when the test has failed
        print(f"--- {log.name}\n{log.read_text(errors='replace')[-4000:]}")
    if not os.environ.get("OTASUKE_KEEP"):
        shutil.rmtree(path, ignore_errors=True)


@pytest.fixture
def hubs(folder):
    """Makes hubs; those that still run at the end are stopped, and have to stop in good order."""
    made = []

    def make(name="hub"):
        made.append(Hub(folder / name))
        return made[-1]

    yield make
    codes = [hub.stop() for hub in made if hub.process.running]
    assert codes == [0] * len(codes), [hub.process.said() for hub in made]


@pytest.fixture
def sensors(folder):
    made = []

    def make(name="sensor"):
        made.append(Sensor(folder / name))
        return made[-1]

    yield make
    for sensor in made:
        sensor.process.stop(30)


@pytest.fixture
def hub(hubs):
    """A running hub without companies."""
    return hubs().init().start()


@pytest.fixture
def region(hub, folder):
    """A running hub with two companies, each with a contact who is always there."""
    companies_csv(folder / "companies.csv")
    hub.otasuke("company", "import", folder / "companies.csv")
    return hub


@pytest.fixture
def admin(region):
    return Admin(region.state)


@pytest.fixture
def mailbox():
    box = Mailbox().start()
    yield box
    box.stop()


@pytest.fixture(scope="session")
def day():
    """An hour of a small office: a smartphone joins after twenty minutes and calls the botnet address each minute."""
    return office_day(SOURCE / "build" / "captures", "--minutes", "60", "--pcs", "6", "--phone-at", "20")


@pytest.fixture
def indicators(folder):
    path = folder / "indicators.csv"
    path.write_text(f"ip,{BOTNET},test\n")
    return path


@pytest.fixture
def enrolled(region, sensors):
    """Makes a sensor of a company, enrolled with a fresh code."""
    def make(company, name="sensor"):
        sensor = sensors(name)
        sensor.enrol(region.code(company))
        return sensor
    return make


def pytest_configure(config):
    if not (BIN / "otasuke-hub").exists():
        pytest.exit(f"no programs in {BIN}: build them first (ninja -C build)", 2)
