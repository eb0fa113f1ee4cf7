# SPDX-License-Identifier: Apache-2.0
"""`otasuke analyze` for people: the text and the page, in both languages, and hostile names in both."""
import html.parser
import json
import os
import random
import re
import sys

import pytest

from conftest import BOTNET
from harness.programs import SOURCE, program, run

sys.path.insert(0, str(SOURCE / "tests" / "gen"))
from office_day import ANDROID_55, Office  # noqa: E402

PHONE = "d2:5e:77:3a:91:04"
HOSTILE = '"><script>alert(1)</script>\x1b]0;owned\x07\u202e\'&lt;'
HOSTILE_SITE = "<img src=x onerror=alert(2)>.example"
# what the page may consist of: no script, nothing that loads
TAGS = set("html head meta title style body main article header footer section div span p h1 h2 h3 dl dt dd ol ul li a code bdi strong "
           "table thead tbody tr th td details summary svg g path line text br".split())
VOID = {"meta", "br"}


class Page(html.parser.HTMLParser):
    """The page as a browser would take it: tags, attributes, text; fails on what must not be there."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.attributes, self.words, self.style = [], [], [], [], ""
        self.feed(text)
        self.close()
        assert self.open == []
        self.text = " ".join(self.words)

    def handle_starttag(self, tag, attrs):
        assert tag in TAGS, tag
        self.tags.append(tag)
        for name, value in attrs:
            assert not name.startswith("on") and name not in ("src", "srcset", "data", "action", "style"), name
            if name == "href":
                assert re.fullmatch(r"#device-\d+", value), value
            self.attributes.append((tag, name, value))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, (tag, self.open)
        self.open.pop()

    def handle_data(self, data):
        if self.open and self.open[-1] == "style":
            self.style += data
        else:
            self.words.append(data)

    def marks(self):
        return [value for tag, name, value in self.attributes if tag == "svg" and name == "aria-label"]


def analyze(*argv, lang="en", **more):
    return run(["env", "TZ=Asia/Tokyo", program("otasuke"), "analyze", "--lang", lang, *argv], **more)


@pytest.fixture(scope="module")
def hostile(tmp_path_factory):
    """A device with a name that would like to be a program, calling a place that is one too, each minute."""
    office = Office(7, 1_700_000_000.0)
    host = ("d2:00:00:00:00:66", "192.168.10.66")
    office.join(1_700_000_000.0, *host, HOSTILE, ANDROID_55, b"<b>vendor</b>")
    for minute in range(30):
        office.tls(1_700_000_060.0 + 60 * minute + random.Random(minute).random() * 0.2, host, HOSTILE_SITE, ["203.0.113.99"],
                   up=300, down=500)
    path = tmp_path_factory.mktemp("hostile") / "<hostile> & capture.pcap"
    office.cap.write(path)
    return path


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_page_tells_who_what_when_and_what_to_do(day, indicators, folder, lang):
    path = folder / "report.html"
    analyze("--html", path, "--indicators", indicators, day, lang=lang)
    raw = path.read_text()
    page = Page(raw)
    assert ("html", "lang", lang) in page.attributes
    for word in ("Galaxy-A54", PHONE, f"{BOTNET}:8443", "MINATO-PC01", "192.168.10.143"):
        assert word in page.text, word
    for word in {"ja": ["今すること", "しないこと", "手がかり", "緊急", "機器の一覧", "規則的な通信", "切り離してください"],
                 "en": ["Do this now", "Do not", "Clues", "critical", "All devices", "regular calls", "known dangerous place"]}[lang]:
        assert word in page.text, word
    # the time line: one lane, a mark for each clue with its time, kind and points
    marks = [m for m in page.marks() if "09:2" in m]
    assert any("100" in m and BOTNET in m for m in marks) and len(marks) >= 2
    assert any(tag == "path" and name == "class" and value == "mark mark-red" for tag, name, value in page.attributes)
    assert any(tag == "path" and name == "class" and value == "curve" for tag, name, value in page.attributes)
    # the summary of the capture
    assert "2020-11-16 09:00:01" in page.text and "UTC+09:00" in page.text
    assert "8,471" in page.text or re.search(r"\d,\d{3}", page.text)
    # whole in itself: styled, light, dark and print, and nothing to fetch
    assert "prefers-color-scheme" in page.style and "@media print" in page.style
    assert not re.search(r"url\(|@import|https?://", raw.replace("http://www.w3.org/2000/svg", ""))


def test_the_page_and_the_lines_at_once(day, indicators, folder):
    plain = analyze("--jsonl", "--indicators", indicators, day)
    both = analyze("--jsonl", "--html", folder / "r.html", "--indicators", indicators, day)

    def steady(done):
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        return [{k: v for k, v in row.items() if k not in ("seconds", "peak_rss")} for row in rows]

    assert steady(plain) == steady(both)
    assert {row["type"] for row in steady(plain)} == {"finding", "summary"}
    Page((folder / "r.html").read_text())


def test_stories_are_lines_of_their_own(day, indicators):
    rows = [json.loads(line) for line in analyze("--jsonl", "--stories", "--indicators", indicators, day).stdout.splitlines()]
    assert rows[-1]["type"] == "summary"
    story = next(row for row in rows if row["type"] == "story" and row["device_mac"] == PHONE)
    assert story["score"] >= 150 and story["hostname"] == "Galaxy-A54"
    kinds = {clue["kind"]: clue for clue in story["clues"]}
    assert kinds["known_bad"]["points"] == 100 and kinds["known_bad"]["peers"] == [f"{BOTNET}:8443"]
    assert kinds["beacon"]["first"] <= kinds["beacon"]["last"] and kinds["beacon"]["reason"]


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_the_text_is_in_the_language_asked_for(day, indicators, lang):
    said = analyze("--indicators", indicators, day, lang=lang).stdout
    for word in {"ja": ["[緊急] Galaxy-A54", "今すること", "1. 「Galaxy-A54」を", "100 点  危険と分かっている相手"],
                 "en": ["[critical] Galaxy-A54", "Do this now", "1. Take \"Galaxy-A54\" off", "100 points  known dangerous place"]}[lang]:
        assert word in said, word
    assert said.index("Galaxy-A54") < said.index("minato-printer")


def test_what_rests_on_a_short_capture_says_so(day, indicators):
    rows = [json.loads(line) for line in analyze("--jsonl", "--indicators", indicators, day).stdout.splitlines()]
    of = {row["detector"]: row["reasons"] for row in rows if row["type"] == "finding" and row["device_mac"] == PHONE}
    assert any("this capture shows 60 minutes only" in reason for reason in of["beacon"])
    assert not any("this capture shows" in reason for reason in of["known_bad"])


def test_hostile_names_stay_names_on_the_page(hostile, folder):
    path = folder / "r.html"
    analyze("--html", path, hostile)
    raw = path.read_text()
    page = Page(raw)  # fails on any tag, attribute or link that is not ours
    assert "<script>alert(1)</script>" in page.text
    assert "<script" not in raw and "<img" not in raw and "\x1b" not in raw and "\u202e" not in raw
    assert "<hostile> & capture.pcap" in page.text


def test_hostile_names_stay_names_in_the_text(hostile):
    said = analyze(hostile).stdout
    assert "<script>alert(1)</script>" in said
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e]", said)


def test_several_captures_are_one_page(day, hostile, folder):
    rubbish = folder / "rubbish.pcap"
    rubbish.write_bytes(os.urandom(3000))
    path = folder / "r.html"
    done = analyze("--html", path, day, rubbish, hostile, check=False)
    assert done.returncode == 1 and "rubbish.pcap" in done.stderr
    page = Page(path.read_text())
    assert page.tags.count("article") == 3 and "Nothing worth a word was found" in page.text


def test_a_page_that_cannot_be_written_is_told(day, folder):
    done = analyze("--html", folder / "no" / "such" / "folder.html", day, check=False)
    assert done.returncode != 0 and "folder.html" in done.stderr


def test_a_wrong_language_is_told(day):
    done = run([program("otasuke"), "analyze", "--lang", "fr", day], check=False)
    assert done.returncode == 2 and "fr" in done.stderr


def test_every_kind_has_its_word():
    """What has a card has a name in the report, in both languages."""
    for lang in ("ja", "en"):
        cards = set()
        for path in SOURCE.glob(f"src/hub/*/cards.{lang}.po"):
            cards |= set(re.findall(r'msgid "card\.(\w+)\.title"', path.read_text()))
        words = set(re.findall(r'msgid "cli\.analyze\.kind\.(\w+)"', (SOURCE / f"src/cli/analyze.{lang}.po").read_text()))
        assert len(cards) > 15 and cards <= words, cards - words


CONVERSION = re.compile(r"%[-+ #0]*(?:\d+|\*)?(?:\.(?:\d+|\*))?(?:hh|h|ll|l|j|z|t|L)?([a-zA-Z%])")


def formats():
    """What the detectors give as reasons: (file, printf format)."""
    sys.path.insert(0, str(SOURCE / "tools"))
    import csource
    for path in sorted(SOURCE.glob("src/probe/**/*.c")):
        text = csource.without_comments(path.read_text())
        for _, args in csource.calls(text, "report_reason"):
            if len(args) > 1 and '"' in args[1]:
                yield path.name, csource.joined(args[1])


def test_every_reason_has_words_in_japanese():
    """A reason that a detector gives fits a pattern of src/cli/reasons.en.po: add one there, in reasons.ja.po and in
    analyze_reason_table.c."""
    texts = re.findall(r'msgid "cli\.reason\.\w+"\nmsgstr "(.+)"', (SOURCE / "src/cli/reasons.en.po").read_text())
    patterns = [re.compile(re.sub(r"\\\{\d\\\}", "(.*)", re.escape(t.replace('\\"', '"')))) for t in texts]
    given = list(formats())
    assert len(given) > 60 and len(patterns) > 90
    wordless = []
    for name, text in given:
        said = CONVERSION.sub(lambda m: "%" if m.group(1) == "%" else "7", text)
        bare = CONVERSION.sub("", text)
        if re.search("[a-z]{3}", bare) is None or name == "story.c":
            continue  # its words come from elsewhere: parts that have words of their own
        if not any(p.fullmatch(said) for p in patterns):
            wordless.append((name, text))
    assert wordless == []
