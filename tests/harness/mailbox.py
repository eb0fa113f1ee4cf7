# SPDX-License-Identifier: Apache-2.0
"""A mail server that keeps what it is given, so that a test reads what a company would."""
import email
import email.policy

from .programs import free_ports, wait_for


class Mailbox:
    def __init__(self):
        self.mails = []
        self.refuse = None  # "451 later": what every mail is answered with
        (self.port,) = free_ports(1)
        self.controller = None

    async def handle_DATA(self, server, session, envelope):
        if self.refuse:
            return self.refuse
        mail = email.message_from_bytes(envelope.content, policy=email.policy.default)
        self.mails.append((envelope.rcpt_tos, mail))
        return "250 taken"

    def start(self):
        from aiosmtpd.controller import Controller  # here, so that script/server --help works before bootstrap has run
        self.controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self.controller.start()
        return self

    def stop(self):
        if self.controller:
            self.controller.stop()
            self.controller = None

    @property
    def url(self):
        return f"smtp://127.0.0.1:{self.port}"

    def wait(self, number=1, seconds=30):
        wait_for(f"mail number {number} arrives", lambda: len(self.mails) >= number, seconds)
        return self.mails[:]
