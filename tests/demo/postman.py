# SPDX-License-Identifier: Apache-2.0
"""The demonstration's mail server: mails stay in a folder, and are told on the terminal."""
import re

from harness.mailbox import Mailbox

LINK = re.compile(r"https?://\S+/r/\S+")


class Postman(Mailbox):
    def __init__(self, folder):
        super().__init__()
        self.folder, self.told = folder, 0

    def port_of(self, conf):
        """The port that an earlier demonstration wrote into its configuration."""
        found = re.search(r"^mail\.url\s*=\s*smtp://127\.0\.0\.1:(\d+)", conf.read_text(encoding="utf-8"), re.M)
        if found:
            self.port = int(found.group(1))

    def fresh(self):
        """(address, subject, link) of each mail that was not told yet; keeps it as a file."""
        mails, first = self.mails[self.told:], self.told
        self.told += len(mails)
        self.folder.mkdir(exist_ok=True)
        for number, (to, mail) in enumerate(mails, first + 1):
            (self.folder / f"{number:03d}.eml").write_bytes(mail.as_bytes())
            found = LINK.search(mail.get_body(("plain",)).get_content())
            yield to[0], str(mail["Subject"]), found.group(0) if found else ""
