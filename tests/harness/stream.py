# SPDX-License-Identifier: Apache-2.0
"""An open page that listens to the hub's events."""
import select
import socket

from .programs import wait_for


class Stream:
    """The events of one open page."""

    def __init__(self, console):
        self.bytes, self.socket = b"", socket.create_connection((console.host, console.port), 10)
        cookies = "; ".join(f"{k}={v}" for k, v in console.cookies.items())
        self.socket.sendall(f"GET /live HTTP/1.1\r\nHost: x\r\nCookie: {cookies}\r\n\r\n".encode())
        wait_for("the stream opens", lambda: b"text/event-stream" in self.heard(), 10)

    def heard(self, seconds=0):
        while select.select([self.socket], [], [], seconds)[0]:
            data = self.socket.recv(65536)
            if not data:
                break
            self.bytes += data
            seconds = 0
        return self.bytes

    def close(self):
        self.socket.close()
