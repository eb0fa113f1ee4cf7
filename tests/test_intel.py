# SPDX-License-Identifier: Apache-2.0
"""Lists of harmful things, from a file in the console to an alert that names the list, and back: what the desk judges wrong is
not told any more. Real programs; the list reaches the sensor over its own connection."""
import http.server
import re
import ssl
import threading

import pytest

from conftest import BOTNET
from demo.capture import office_day
from harness.programs import SOURCE, run, wait_for
from harness.region import MINATO, companies_csv

PHONE = "d2:5e:77:3a:91:04"
FEED = "公開リスト A"
LIST = f"""type,value,description
ip,{BOTNET},camera botnet
domain,quiet.example,nobody asks for it
domain,google.com,a mistake of the list
domain,not a name,
"""


@pytest.fixture
def region(hubs, folder):
    """A running hub with two companies, that packs as soon as something changed."""
    hub = hubs().init(intel__bundle_every="1s").start()
    companies_csv(folder / "companies.csv")
    hub.otasuke("company", "import", folder / "companies.csv")
    return hub


@pytest.fixture
def desk(region):
    return region.admin()


@pytest.fixture(scope="session")
def calm():
    """Three minutes in which nothing happens: for a sensor that shall only listen to the hub."""
    return office_day(SOURCE / "build" / "captures", "--minutes", "3", "--pcs", "2", "--phone-at", "20")


def feed_of(desk):
    got = desk.post("/intel/feeds", {"name": FEED, "role": "bad", "way": "upload", "tlp": "green", "confidence": "80",
                                     "every": "86400", "enabled": "1", "source": "test"})
    assert got.status == 303, got.complaints()
    return got.location


def import_list(desk, feed, text):
    """As a person does it: look first, then say yes."""
    got = desk.post_file(f"{feed}/check", "file", "list.csv", text.encode())
    assert got.status == 200, got.complaints()
    token = re.search(r'name="token" value="([^"]+)"', got.text).group(1)
    done = desk.post(f"{feed}/import", {"token": token})
    assert done.status == 200, done.complaints()
    return got.text, done.text


def lists(desk):
    return desk.get_json("/intel")


def feed_named(desk, name):
    return next(f for f in lists(desk)["feeds"] if f["name"] == name)


def applied(desk, number):
    now = lists(desk)["bundle"]
    return now["number"] == number and now["sensors"] == now["sensors_applied"] == 1


def known_bad(desk):
    return [a for a in desk.get_json("/alerts")["alerts"] if a["detector"] == "known_bad"]


def findings(hub):
    return hub.value("SELECT count(*) FROM finding WHERE detector = 'known_bad'")


def watch(sensor, capture):
    return sensor.configure(replay=capture, replay_shift="now", probe__learning="15m").start()


@pytest.mark.parametrize("whom", ["company", "region"])
def test_from_a_list_to_an_alert_and_back(region, desk, enrolled, calm, day, whom):
    feed = feed_of(desk)
    look, done = import_list(desk, feed, LIST)
    assert "not a name" in look and "not a name" in done
    assert feed_named(desk, FEED)["indicators"] == 3
    bundle = wait_for("a bundle", lambda: lists(desk)["bundle"]["number"] and lists(desk)["bundle"], 20)
    assert bundle["kinds"]["domain"] == 1 and bundle["kinds"]["ip"] == 1 and bundle["held"] == 1
    assert "google.com" in desk.get("/intel/held").text

    sensor = watch(enrolled(MINATO), calm)
    wait_for("the sensor has it", lambda: applied(desk, bundle["number"]), 30)
    sensor.stop()
    assert not known_bad(desk)
    calm_packets = packets(region)
    watch(sensor, day)
    alert, = wait_for("the alert", lambda: known_bad(desk), 60)
    assert alert["device_mac"] == PHONE
    page = desk.get(f"/alerts/{alert['id']}").text
    assert FEED in page and "camera botnet" in page
    wait_for("its hit", lambda: feed_named(desk, FEED)["hits"] == 1, 20)
    one = desk.get_json(f"/intel/one?kind=ip&value={BOTNET}")
    assert one["hits"][0]["device_mac"] == PHONE and not one["hits"][0]["wrong"]

    got = desk.post(f"/alerts/{alert['id']}/wrong", {"for": whom, "reason": "it is our own camera"})
    assert got.status == 303, got.complaints()
    assert feed_named(desk, FEED)["hits_wrong"] == 1
    if whom == "region":
        wait_for("a bundle without it", lambda: lists(desk)["bundle"]["held"] == 2, 20)
    number = lists(desk)["bundle"]["number"]
    wait_for("the sensor knows", lambda: applied(desk, number) and waiting(region) == 0, 30)
    sensor.stop()
    before, once = findings(region), packets(region)
    assert once > calm_packets
    watch(sensor, day)
    wait_for("the day was read again", lambda: packets(region) - once > 0.9 * (once - calm_packets), 60)
    sensor.stop()
    assert findings(region) == before and before > 0
    assert not [a for a in known_bad(desk) if a["state"] in ("new", "accepted")]


def waiting(hub):
    return hub.value("SELECT count(*) FROM item WHERE state IN ('waiting', 'delivered')")


def packets(hub):
    return hub.value("SELECT coalesce(sum(packets), 0) FROM traffic")


def test_a_list_that_left_its_entries_out_leaves_the_bundle(desk):
    feed = feed_of(desk)
    import_list(desk, feed, LIST)
    wait_for("a bundle", lambda: lists(desk)["bundle"]["indicators"] == 2, 20)
    _, done = import_list(desk, feed, "domain,quiet.example\n")
    wait_for("the smaller bundle", lambda: lists(desk)["bundle"]["indicators"] == 1, 20)
    got = desk.post_file(f"{feed}/check", "file", "page.html", b"<html><body>we have moved</body></html>")
    assert got.status == 400
    assert feed_named(desk, FEED)["indicators"] == 1


class Publisher(http.server.BaseHTTPRequestHandler):
    """Who publishes a list; counts how often it was given away in full."""
    text, status, given = "", 200, 0

    def do_GET(self):
        tag = f'"{hash(self.text)}"'
        same = self.headers.get("If-None-Match") == tag
        self.send_response(304 if same else self.status)
        self.send_header("ETag", tag)
        self.send_header("Content-Length", "0" if same else str(len(self.text.encode())))
        self.end_headers()
        if not same:
            type(self).given += 1
            self.wfile.write(self.text.encode())

    def log_message(self, *args):
        pass


@pytest.fixture
def publisher(folder):
    """An https server for 127.0.0.1, and the authority that vouches for it."""
    run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", "/CN=lists",
         "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", folder / "key.pem", "-out", folder / "cert.pem"])
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    handler = type("Publishes", (Publisher,), {})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    handler.url, handler.ca = f"https://127.0.0.1:{server.server_port}/list.txt", folder / "cert.pem"
    yield handler
    server.shutdown()
    server.server_close()


def url_feed(desk, url):
    got = desk.post("/intel/feeds", {"name": "published", "role": "bad", "way": "url", "place": url, "tlp": "clear",
                                     "confidence": "50", "every": "900", "enabled": "1"})
    assert got.status == 303, got.complaints()
    return got.location


def test_an_address_is_fetched_when_it_changed(hubs, publisher):
    desk = hubs().init(intel__fetch_inside="true", intel__fetch_ca=publisher.ca).start().admin()
    publisher.text = "one.example\ntwo.example\n"
    feed = url_feed(desk, publisher.url)
    wait_for("it was fetched", lambda: feed_named(desk, "published")["indicators"] == 2, 20)
    tried = feed_named(desk, "published")["tried"]
    desk.get(feed)
    desk.post(f"{feed}/fetch")
    wait_for("it was asked again", lambda: feed_named(desk, "published")["tried"] != tried, 20)
    assert publisher.given == 1, "nothing was new"
    publisher.text = "two.example\n"
    desk.post(f"{feed}/fetch")
    wait_for("what is gone went", lambda: feed_named(desk, "published")["indicators"] == 1, 20)
    publisher.text, publisher.status = "sorry", 404
    desk.post(f"{feed}/fetch")
    wait_for("the failure shows", lambda: "404" in feed_named(desk, "published")["error"], 20)
    assert feed_named(desk, "published")["indicators"] == 1, "the old edition stays"
    assert "404" in desk.get(feed).text


def test_addresses_inside_are_not_fetched(hubs, publisher):
    desk = hubs().init(intel__fetch_ca=publisher.ca).start().admin()
    url_feed(desk, publisher.url)
    wait_for("it says why", lambda: "not on the Internet" in feed_named(desk, "published")["error"], 20)
    assert publisher.given == 0


def test_a_folder_is_read_again_when_it_changes(region, desk):
    folder = region.state / "feeds" / "shared"
    folder.mkdir(parents=True)
    (folder / "a.txt").write_text("one.example\n")
    got = desk.post("/intel/feeds", {"name": "folder", "role": "bad", "way": "folder", "place": "shared", "tlp": "clear",
                                     "confidence": "50", "every": "900", "enabled": "1"})
    assert got.status == 303, got.complaints()
    wait_for("it was read", lambda: feed_named(desk, "folder")["indicators"] == 1, 20)
    (folder / "b.txt").write_text("two.example\nthree.example\n")
    assert desk.post(f"{got.location}/fetch").status == 303
    wait_for("it was read again", lambda: feed_named(desk, "folder")["indicators"] == 3, 20)
    for name in ("../etc", "a/b", ".hidden"):
        bad = desk.post("/intel/feeds", {"name": name, "role": "bad", "way": "folder", "place": name, "tlp": "clear",
                                         "every": "900"})
        assert bad.status == 400, name
