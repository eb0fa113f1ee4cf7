# SPDX-License-Identifier: Apache-2.0
"""Many people at work at once: they read queues and cases, search, note, act, take."""
import os
import random
import threading
import time
import urllib.parse
from collections import defaultdict

from .regions import FULL, PASSWORD

PEOPLE = int(os.environ.get("OTASUKE_BENCH_PEOPLE", 50))
SECONDS = float(os.environ.get("OTASUKE_BENCH_SECONDS", 60 if FULL else 6))
PAUSE_S = (0.3, 0.9)  # people read; most take longer
# What a person does next, of a hundred.
MIX = [("queue", 30), ("case", 40), ("note", 10), ("act", 5), ("take", 5), ("search", 10)]
QUEUES = ["/cases", "/cases", "/alerts", "/"]
WORDS = ["感染", "警", "USB", "メール", "ランサム", "印刷", "端末", "復", "パスワード"]
# Who sees all cases and works on them.
LOGINS = ["desk1", "desk2", "desk3", "boss1"]


def server_ms(answer):
    parts = dict(p.strip().split(";dur=") for p in answer.headers["Server-Timing"].split(","))
    return float(parts["total"])


class Person:
    def __init__(self, hub, seed, numbers):
        self.rng, self.numbers = random.Random(seed), numbers
        self.console = hub.console("ja").sign_in(LOGINS[seed % len(LOGINS)], PASSWORD)
        self.took, self.failed = defaultdict(list), defaultdict(int)

    def timed(self, what, call, fine=(200, 303)):
        start = time.monotonic()
        answer = call()
        wall = (time.monotonic() - start) * 1000
        if answer.status not in fine:
            self.failed[f"{what} {answer.status}"] += 1
            return
        self.took[what].append((wall, server_ms(answer)))

    def step(self):
        what = self.rng.choices([m[0] for m in MIX], [m[1] for m in MIX])[0]
        number = self.rng.choice(self.numbers)
        console = self.console
        if what == "queue":
            path = self.rng.choice(QUEUES)
            self.timed("queue " + path, lambda: console.get(path))
        elif what == "case":
            self.timed("case", lambda: console.get(f"/cases/{number}"))
        elif what == "search":
            q = urllib.parse.quote(self.rng.choice(WORDS))
            self.timed("search", lambda: console.get(f"/search?q={q}"))
        elif what == "note":
            self.timed("note", lambda: console.post(f"/cases/{number}/notes", {"body": "電話で確認しました"}))
        elif what == "act":  # 409: somebody closed it meanwhile
            self.timed("act", lambda: console.post(f"/cases/{number}/actions", {
                "channel": "phone", "body": "手順を案内しました", "minutes": "15", "cost": "0"}), (200, 303, 409))
        else:
            self.timed("take", lambda: console.post(f"/cases/{number}/take", {}), (200, 303, 409))

    def work(self, until):
        time.sleep(self.rng.uniform(0, PAUSE_S[1]))
        while time.monotonic() < until:
            self.step()
            time.sleep(self.rng.uniform(*PAUSE_S))


def numbers_of(hub):
    """Cases that people have in hand, and as many old ones."""
    live = hub.rows("SELECT number FROM incident WHERE state <> 'closed' ORDER BY id DESC LIMIT 400")
    old = hub.rows("SELECT number FROM incident WHERE id % 97 = 5 ORDER BY id DESC LIMIT 400")
    return [row[0] for row in live + old]


def crowd(hub):
    numbers = numbers_of(hub)
    everybody = [Person(hub, seed, numbers) for seed in range(PEOPLE)]
    until = time.monotonic() + SECONDS
    threads = [threading.Thread(target=p.work, args=(until,)) for p in everybody]
    for t in threads:
        t.start()
    for t in threads:
        t.join()
    took, failed = defaultdict(list), defaultdict(int)
    for p in everybody:
        for what, times in p.took.items():
            took[what] += times
        for what, n in p.failed.items():
            failed[what] += n
    return took, dict(failed)
