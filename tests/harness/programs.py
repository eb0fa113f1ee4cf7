# SPDX-License-Identifier: Apache-2.0
"""The programs that were built, where they stand, and processes that end when we say so."""
import os
import signal
import socket
import subprocess
import time
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
BIN = Path(os.environ.get("OTASUKE_BIN") or Path(os.environ.get("OTASUKE_BUILD") or SOURCE / "build") / "src")


def program(name):
    return str(BIN / name)


def free_ports(count):
    """COUNT TCP ports on loopback that nobody listens on."""
    sockets = [socket.socket() for _ in range(count)]
    for s in sockets:
        s.bind(("127.0.0.1", 0))
    ports = [s.getsockname()[1] for s in sockets]
    for s in sockets:
        s.close()
    return ports


class Late(Exception):
    """Something that had to happen did not happen in time."""


def wait_for(what, question, seconds=30.0, pause=0.05):
    """Asks QUESTION until its answer is true; returns that answer. WHAT is for the one who reads the failure."""
    deadline = time.monotonic() + seconds
    while True:
        answer = question()
        if answer:
            return answer
        if time.monotonic() > deadline:
            raise Late(f"{what}: not within {seconds:g} s")
        time.sleep(pause)


def run(argv, check=True, seconds=120, **more):
    """Runs a program to its end and returns it with its output as text; more lines when it failed."""
    env = dict(os.environ, LC_ALL="", LANG=more.pop("lang", "en_US.UTF-8"))
    done = subprocess.run([str(a) for a in argv], capture_output=True, text=True, timeout=seconds, env=env, **more)
    if check and done.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, argv))}: ended with {done.returncode}\n{done.stdout}{done.stderr}")
    return done


class Process:
    """A program that keeps running; what it says goes into a file."""

    def __init__(self, argv, log, lang="en_US.UTF-8"):
        self.argv, self.log, self.lang = [str(a) for a in argv], Path(log), lang
        self.child = None

    def start(self):
        env = dict(os.environ, LC_ALL="", LANG=self.lang)
        with open(self.log, "ab") as out:
            self.child = subprocess.Popen(self.argv, stdin=subprocess.DEVNULL, stdout=out, stderr=out, env=env,
                                          start_new_session=True)
        return self

    @property
    def running(self):
        return self.child is not None and self.child.poll() is None

    def said(self):
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def stop(self, seconds=15):
        """Asks it to end; returns its exit code. One that does not listen is killed, and that is an error."""
        if self.child is None:
            return None
        child, self.child = self.child, None
        if child.poll() is None:
            child.terminate()
        try:
            return child.wait(seconds)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
            raise Late(f"{self.argv[0]} did not end within {seconds} s of being told to") from None

    def kill(self):
        """As a power cut would end it."""
        if self.child is not None:
            child, self.child = self.child, None
            if child.poll() is None:
                os.killpg(child.pid, signal.SIGKILL)
            child.wait()
