# SPDX-License-Identifier: Apache-2.0
"""Other programs tell a real sensor: EVE lines in a file and on a unix socket, syslog over UDP and TCP."""
import json
import socket
import time

import pytest

from conftest import SOURCE
from harness.programs import free_ports, wait_for
from harness.region import MINATO

TROJAN = "A Network Trojan was detected"


def eve(signature, device, category=TROJAN, peer="203.0.113.7"):
    now = time.strftime("%Y-%m-%dT%H:%M:%S.000000+0000", time.gmtime())
    return json.dumps({
        "timestamp": now, "flow_id": 1, "event_type": "alert", "src_ip": device, "src_port": 50000, "dest_ip": peer,
        "dest_port": 443, "proto": "TCP", "alert": {
            "action": "allowed", "gid": 1, "signature_id": signature, "rev": 1, "signature": f"TEST {signature}",
            "category": category, "severity": 1}}) + "\n"


def fortigate(attack, device):
    now = time.gmtime(time.time() + 9 * 3600)
    return (time.strftime('<185>date=%Y-%m-%d time=%H:%M:%S type="utm" subtype="ips" level="alert" ', now)
            + f'severity="critical" srcip={device} srcport=50111 dstip=203.0.113.9 dstport=443 proto=6 '
            + f'action="dropped" attack="{attack}" attackid=7')


class Listening:
    def __init__(self, sensor, hub, desk, udp, tcp, file, unix):
        self.sensor, self.hub, self.desk, self.udp, self.tcp, self.file, self.unix = sensor, hub, desk, udp, tcp, file, unix

    def alarms(self):
        """device address: alert, of those that other programs raised."""
        return {a["device"]: a for a in self.desk.get_json("/alerts")["alerts"] if a["detector"] == "ids_alert"}

    def heard_of(self, device):
        return wait_for(f"the alarm about {device}", lambda: self.alarms().get(device), 30)

    def send_datagram(self, text):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            s.sendto(text.encode(), ("127.0.0.1", self.udp))


@pytest.fixture
def listening(region, enrolled, folder):
    udp, tcp = free_ports(2)
    file, unix = folder / "eve.json", folder / "eve.sock"
    file.write_text(eve(1, "192.0.2.1"))
    sensor = enrolled(MINATO).configure(
        records__files=file, records__unix=unix, records__udp=f"127.0.0.1:{udp}", records__tcp=f"127.0.0.1:{tcp}",
        records__allow="127.0.0.1", records__mappings=SOURCE / "doc/mappings/fortigate.map",
        probe__home="192.0.2.0/24").start()
    wait_for("the sensor listens", unix.exists, 30)
    return Listening(sensor, region, region.admin(), udp, tcp, file, unix)


def test_what_others_tell_becomes_alerts_of_the_company(listening):
    with listening.file.open("a") as f:
        f.write(eve(2, "192.0.2.12"))
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as s:
        s.connect(str(listening.unix))
        s.sendall(eve(3, "192.0.2.13").encode() + eve(4, "192.0.2.14", "Misc activity").encode())
    listening.send_datagram(fortigate("Sample.Botnet", "192.0.2.15"))
    with socket.create_connection(("127.0.0.1", listening.tcp)) as s:
        counted = fortigate("Sample.Other", "192.0.2.16")
        s.sendall(f"{len(counted)} {counted}".encode())
        s.sendall((fortigate("Sample.Third", "192.0.2.17") + "\n").encode())
    for device in ("192.0.2.12", "192.0.2.13", "192.0.2.15", "192.0.2.16", "192.0.2.17"):
        alert = listening.heard_of(device)
        assert alert["company"] == MINATO and alert["severity"] == "high"
    assert set(listening.alarms()) == {f"192.0.2.{n}" for n in (12, 13, 15, 16, 17)}, "neither the past nor mere activity"
    page = listening.desk.get(f"/alerts/{listening.heard_of('192.0.2.15')['id']}")
    assert page.status == 200
    for shown in ("Sample.Botnet", "FortiGate", "203.0.113.9"):
        assert shown in page.text


def test_a_file_that_is_rotated_is_followed_on(listening):
    old = listening.file.with_suffix(".json.1")
    listening.file.rename(old)
    with old.open("a") as f:
        f.write(eve(5, "192.0.2.21"))
    listening.heard_of("192.0.2.21")
    listening.file.write_text(eve(6, "192.0.2.22"))
    listening.heard_of("192.0.2.22")


def test_what_was_written_while_the_sensor_was_off_is_read(listening):
    with listening.file.open("a") as f:
        f.write(eve(5, "192.0.2.21"))
    listening.heard_of("192.0.2.21")
    assert listening.sensor.stop() == 0
    with listening.file.open("a") as f:
        f.write(eve(6, "192.0.2.22"))
    listening.file.rename(listening.file.with_suffix(".json.1"))
    listening.file.write_text(eve(7, "192.0.2.23"))
    listening.sensor.start()
    listening.heard_of("192.0.2.22")
    listening.heard_of("192.0.2.23")
    assert set(listening.alarms()) == {f"192.0.2.{n}" for n in (21, 22, 23)}, "and the past of the first start is still not read"


def test_what_no_mapping_fits_is_told_with_a_sample(listening):
    listening.send_datagram("<30>Nov 23 10:00:00 gate kernel: link eth0 is up")
    wait_for("the sample", lambda: "lines were not understood" in listening.sensor.said(), 30)
    assert "link eth0 is up" in listening.sensor.said()
    wait_for("the counters", lambda: listening.hub.rows(
        "SELECT records, records_unknown, records_dropped FROM sensor") == [(1, 1, 0)], 30)
    (row,) = listening.hub.rows("SELECT id, problems FROM sensor")
    assert "link eth0 is up" in listening.desk.get(f"/fleet/{row[0]}").text
    assert not listening.alarms()


def test_the_sensor_writes_records_that_others_read(enrolled, folder, day):
    written = folder / "out.json"
    sensor = enrolled(MINATO).configure(replay=day, replay_exit="yes", probe__learning="15m", eve__write=written).start()
    wait_for("the capture's end", lambda: not sensor.process.running, 60)
    records = [json.loads(line) for line in written.read_text().splitlines()]
    kinds = {r["event_type"] for r in records}
    assert {"alert", "flow", "dns"} <= kinds
    beacon = [r for r in records if r.get("alert", {}).get("metadata", {}).get("otasuke_detector") == ["beacon"]]
    assert beacon and beacon[-1]["dest_ip"] == "203.0.113.66" and beacon[-1]["alert"]["severity"] == 1
