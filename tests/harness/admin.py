# SPDX-License-Identifier: Apache-2.0
"""The administrator's socket of a running hub: what the command line uses, for what it has no command for."""
import http.client
import json
import socket
import urllib.parse


class Link(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=60)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


class Admin:
    def __init__(self, state):
        self.path = f"{state}/admin.sock"

    def ask(self, method, path, fields=None):
        """FIELDS as a dict or pairs; returns what the hub answers as JSON, or None for a redirect or a page."""
        link = Link(self.path)
        body = urllib.parse.urlencode(fields or {}).encode() if method == "POST" else None
        head = {"Accept": "application/json"}
        if body is not None:
            head["Content-Type"] = "application/x-www-form-urlencoded"
        try:
            link.request(method, path, body, head)
            got = link.getresponse()
            text = got.read()
        finally:
            link.close()
        if got.status in (302, 303):
            return None
        if got.status != 200:
            raise RuntimeError(f"{method} {path}: {got.status} {text.decode('utf-8', 'replace')[:500]}")
        return json.loads(text) if (got.getheader("Content-Type") or "").startswith("application/json") else None

    def get(self, path):
        return self.ask("GET", path)

    def post(self, path, fields=None):
        return self.ask("POST", path, fields)
