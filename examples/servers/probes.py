#!/usr/bin/env python3
# SPDX-License-Identifier: BSL-1.0
"""Sends the same requests to an endpoint on any server library, and compares the answers with its column of the
table in docs/servers.md. Whatever the answer, an event that is answered 200 has one line in the file of effects, and
nothing else has one.

    probes.py NAME PROGRAM PAGE
"""

import contextlib
import os
import pathlib
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid

SECRET = "a-secret-of-the-probes-that-is-long-enough"
RIGHT = [f"X-Secret: {SECRET}"]


def body_of(id):
    return (f'{{"id":"{id}","type":"dossier.prepared","created":"2026-01-01T00:00:00+00:00",'
            '"dossier":{"id":"b659c273-954e-43cf-893a-0f74a7f87153","state":"draft"}}')


class Server:
    def __init__(self, program, folder):
        self.effects = folder / "effects"
        self.process = subprocess.Popen([program, str(self.effects)], stdout=subprocess.PIPE, text=True,
                                        env=os.environ | {"SIGNHOOK_SECRET": SECRET})
        self.port = int(self.process.stdout.readline())

    def lines(self, id):
        return sum(str(id) in line for line in self.effects.read_text().splitlines()) if self.effects.exists() else 0

    def curl(self, body, *arguments, headers=RIGHT, media_type="application/json"):
        """The status, or 'none' where there is no answer."""
        command = ["curl", "--silent", "--max-time", "10", "--http1.1", "--output", os.devnull, "--write-out", "%{http_code}",
                   "--header", f"Content-Type: {media_type}", *arguments]
        for header in headers:
            command += ["--header", header]
        done = subprocess.run([*command, "--data-binary", "@-", f"http://127.0.0.1:{self.port}/"], input=body.encode(), stdout=subprocess.PIPE)
        return "none" if done.stdout == b"000" else done.stdout.decode()

    def post(self, *arguments, again=None, **more):
        """The status of an event, which has one effect exactly if it is 200."""
        id = again or uuid.uuid4()
        status = self.curl(body_of(id), *arguments, **more)
        if self.lines(id) != (status == "200"):
            sys.exit(f"answered {status}, but {self.lines(id)} effects")
        return status

    def raw(self, id, headers=()):
        body = body_of(id).encode()
        lines = ["POST / HTTP/1.1", "Host: localhost", "Content-Type: application/json", *RIGHT, f"Content-Length: {len(body)}", *headers]
        return "\r\n".join(lines).encode() + b"\r\n\r\n" + body

    def connect(self):
        return socket.create_connection(("127.0.0.1", self.port), timeout=3)


def read_status(connection):
    """Of the next answer on a socket's file."""
    try:
        line = connection.readline()
    except TimeoutError:
        return "none"
    while (header := connection.readline()) not in (b"\r\n", b""):
        name, _, value = header.partition(b":")
        if name.lower() == b"content-length" and int(value) != 0:
            connection.read(int(value))
    return line.split()[1].decode() if line else "none"


@contextlib.contextmanager
def instead(path, make, remove):
    """Another kind of file in the place of the effects, for a time."""
    path.touch()
    kept = path.with_suffix(".kept")
    path.rename(kept)
    make(path)
    try:
        yield
    finally:
        remove(path)
        kept.rename(path)


def in_chunks(server):
    return server.post("--header", "Transfer-Encoding: chunked")


def again(server):
    id = uuid.uuid4()
    return server.post(again=id) + ", " + server.post(again=id)


def at_once(server):
    """The first is held up in its handler, by a pipe that nobody reads."""
    id = uuid.uuid4()
    answers = []
    with instead(server.effects, os.mkfifo, os.unlink):
        first = threading.Thread(target=lambda: answers.append(server.curl(body_of(id))))
        first.start()
        time.sleep(1)
        second = server.curl(body_of(id))
        effects = server.effects.read_text()
        first.join()
    if effects.count(str(id)) != 1:
        sys.exit(f"two at once have {effects!r}")
    return answers[0] + ", " + second


def handler_fails(server):
    id = uuid.uuid4()
    with instead(server.effects, os.mkdir, os.rmdir):
        first = server.curl(body_of(id))
    return first + ", " + server.post(again=id)


def silence(server):
    """Many clients that send half a request; the answer of another one."""
    with contextlib.ExitStack() as all:
        for _ in range(16):
            half = all.enter_context(server.connect())
            half.sendall(server.raw(uuid.uuid4())[:-20])
        return server.post("--max-time", "3")


def pipelined(server):
    ids = [uuid.uuid4(), uuid.uuid4()]
    with server.connect() as connection:
        connection.sendall(b"".join(map(server.raw, ids)))
        with connection.makefile("rb") as file:
            statuses = [read_status(file) for _ in ids]
    if [server.lines(id) == 1 for id in ids] != [status == "200" for status in statuses]:
        sys.exit(f"two requests at once: {statuses}, but another number of effects")
    return ", ".join(statuses)


PROBES = {
    "an event": lambda to: to.post(),
    "a wrong secret": lambda to: to.post(headers=["X-Secret: " + "x" * len(SECRET)]),
    "no secret": lambda to: to.post(headers=[]),
    "the secret, then a wrong one": lambda to: to.post(headers=[*RIGHT, "X-Secret: " + "x" * len(SECRET)]),
    "a wrong one, then the secret": lambda to: to.post(headers=["X-Secret: " + "x" * len(SECRET), *RIGHT]),
    "the secret with %2D for a hyphen": lambda to: to.post(headers=["X-Secret: " + SECRET.replace("-", "%2D")]),
    "the secret's header in lower case": lambda to: to.post(headers=[f"x-secret: {SECRET}"]),
    "`Transfer-Encoding: chunked`": in_chunks,
    "`Expect: 100-continue`": lambda to: to.post("--header", "Expect: 100-continue", "--expect100-timeout", "8"),
    "70 KB": lambda to: to.curl(" " * 70_000),
    "1 MB": lambda to: to.curl(" " * 1_000_000),
    "not JSON": lambda to: to.curl("{"),
    "`text/plain`": lambda to: to.post(media_type="text/plain"),
    "`Content-Encoding: gzip`": lambda to: to.post("--header", "Content-Encoding: gzip"),
    "GET": lambda to: to.curl("", "--request", "GET"),
    "an event, and again": again,
    "the same event twice at once": at_once,
    "the handler fails, and again": handler_fails,
    "beside 16 that stop in the body": silence,
    "two in one packet": pipelined,
}


def main():
    name, program, page = sys.argv[1], sys.argv[2], pathlib.Path(sys.argv[3]).read_text()
    if shutil.which("curl") is None:
        sys.exit(1 if "SIGNHOOK_NOTHING_SKIPPED" in os.environ else 77)
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in page.splitlines() if line.startswith("|")]
    columns = next((row for row in rows if f"`{name}`" in row), [])
    documented = {row[0]: row[columns.index(f"`{name}`")] for row in rows if len(row) == len(columns)} if columns else {}
    wrong = 0
    with tempfile.TemporaryDirectory() as folder:
        server = Server(program, pathlib.Path(folder))
        try:
            for probe, send in PROBES.items():
                found = send(server)
                print(f"{probe}: {found}")
                if found != documented.get(probe):
                    print(f"  the page says {documented.get(probe)}")
                    wrong += 1
        finally:
            server.process.kill()
    sys.exit(wrong != 0)


if __name__ == "__main__":
    main()
