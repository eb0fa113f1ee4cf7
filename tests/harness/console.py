# SPDX-License-Identifier: Apache-2.0
"""A person's browser without the browser: cookies, forms with their token, JSON where the page offers it."""
import html
import http.client
import json
import re
import urllib.parse

ALERT = re.compile(r'role="alert"[^>]*>(.*?)</(?:div|p)>|class="field-error"[^>]*>(.*?)<', re.S)
TOKEN = re.compile(r'name="csrf"\s+value="([^"]*)"')


class Answer:
    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def text(self):
        return self.body.decode("utf-8", "replace")

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def location(self):
        return self.headers.get("Location", "")

    def complaints(self):
        """What the page says is wrong, for the one who reads a failure."""
        return [html.unescape(re.sub(r"<[^>]+>", " ", part)).strip() for parts in ALERT.findall(self.text)
                for part in parts if part]


class Console:
    """One signed-in person (or nobody). Redirects are answered, not followed."""

    def __init__(self, port, host="127.0.0.1", lang="en"):
        self.host, self.port, self.lang = host, port, lang
        self.cookies, self.token, self.link = {"otasuke_lang": lang}, "", None

    def exchange(self, method, path, body, lines):
        """Over one connection as long as it lasts; the server may have closed it meanwhile."""
        for fresh in (self.link is None, True):
            if fresh:
                self.link = http.client.HTTPConnection(self.host, self.port, timeout=30)
            try:
                self.link.request(method, path, body=body, headers=lines)
                got = self.link.getresponse()
                return Answer(got.status, got.headers, got.read())
            except (http.client.RemoteDisconnected, ConnectionError):
                self.link.close()
                if fresh:
                    self.link = None
                    raise
        raise AssertionError("not reached")

    def request(self, method, path, body=None, headers=None):
        lines = {"Cookie": "; ".join(f"{k}={v}" for k, v in self.cookies.items()), "Accept": "text/html"}
        lines.update(headers or {})
        answer = self.exchange(method, path, body, lines)
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _, value = cookie.partition(";")[0].partition("=")
            if value:
                self.cookies[name.strip()] = value
            else:
                self.cookies.pop(name.strip(), None)
        found = TOKEN.search(answer.text) if "html" in (answer.headers.get("Content-Type") or "") else None
        if found:
            self.token = html.unescape(found.group(1))
        return answer

    def get(self, path, **headers):
        return self.request("GET", path, headers=headers)

    def get_json(self, path):
        answer = self.request("GET", path, headers={"Accept": "application/json"})
        if answer.status != 200:
            raise RuntimeError(f"GET {path}: {answer.status} {answer.text[:300]}")
        return answer.json

    def post(self, path, fields=None, accept="text/html"):
        """FIELDS is a dict or a list of pairs; the token of the last page is added."""
        pairs = list(fields.items()) if isinstance(fields, dict) else list(fields or [])
        if self.token:
            pairs.append(("csrf", self.token))
        return self.request("POST", path, urllib.parse.urlencode(pairs).encode(),
                            {"Content-Type": "application/x-www-form-urlencoded", "Accept": accept})

    def post_file(self, path, field, name, data, fields=None):
        edge = "----otasuke-test-edge"
        parts = []
        for key, value in [*(fields or {}).items(), ("csrf", self.token)]:
            parts.append(f'--{edge}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'.encode())
        head = f'Content-Disposition: form-data; name="{field}"; filename="{name}"\r\nContent-Type: text/csv\r\n\r\n'
        parts.append(f"--{edge}\r\n{head}".encode() + data + f"\r\n--{edge}--\r\n".encode())
        return self.request("POST", path, b"".join(parts), {"Content-Type": f"multipart/form-data; boundary={edge}"})

    def sign_in(self, login, password, fresh=None):
        """Signs in, makes FRESH the password where a one-time password must be changed, and puts the second factor
        off where the hub allows that."""
        self.token = ""
        answer = self.post("/login", {"login": login, "password": password})
        if answer.status != 303 and answer.status != 302:
            raise RuntimeError(f"{login} may not sign in: {answer.status}")
        for _ in range(4):
            page = self.get("/")
            if page.location == "/account/password":
                self.get(page.location)
                answer = self.post("/account/password", {"old": password, "new": fresh})
            elif page.location == "/account/totp":
                self.get(page.location)
                answer = self.post("/account/totp/later")
            elif page.status == 200:
                return self
            else:
                raise RuntimeError(f"{login}: / answered {page.status} {page.location}")
            if answer.status not in (302, 303):
                raise RuntimeError(f"{login}: {answer.status} {answer.text[:2000]}")
        raise RuntimeError(f"{login} does not get past the door")
