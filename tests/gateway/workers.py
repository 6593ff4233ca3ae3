# SPDX-License-Identifier: BSL-1.0
"""What the tests of `signhook work` share: workers as processes, and applications that take events."""
import http.server
import json
import os
import pathlib
import re
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "http"))
from harness import *  # noqa: E402


class Application:
    """A server that notes each request: the time, the fields and the body. `behaves` gets the event's id and how often
    it has come before, and returns a status, a status and fields, or None to close without an answer."""

    def __init__(self, behaves=lambda id, before: 200, port=0):
        self.requests = []
        self.in_flight = []  # the dossiers
        self.overlaps = []   # dossiers with two events at once
        self.behaves = behaves
        self.lock = threading.Lock()
        application = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                id, dossier = self.headers["webhook-id"], dossier_of(body)
                with application.lock:
                    before = sum(one["id"] == id for one in application.requests)
                    application.requests.append({"time": time.monotonic(), "id": id, "headers": self.headers,
                                                 "body": body, "path": self.path})
                    if dossier in application.in_flight:
                        application.overlaps.append(dossier)
                    application.in_flight.append(dossier)
                answer = application.behaves(id, before)
                with application.lock:
                    application.in_flight.remove(dossier)
                if answer is None:
                    self.close_connection = True
                    return
                status, fields = answer if isinstance(answer, tuple) else (answer, {})
                self.send_response(status)
                for name, value in fields.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        class Server(http.server.ThreadingHTTPServer):
            request_queue_size = 128
            daemon_threads = True

        self._server = Server(("127.0.0.1", port), Handler)
        self._server.handle_error = lambda *_: None  # a client that has gone
        self.port = self._server.server_port
        self.url = f"http://127.0.0.1:{self.port}/hook?to=us"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def ids(self):
        with self.lock:
            return [one["id"] for one in self.requests]


def dossier_of(body):
    found = re.search(rb'"dossier": ?{"id": ?"([0-9a-f-]+)"', body)
    return found.group(1) if found else body


class Worker:
    """`signhook work`, whose log is in a file."""
    count = 0

    def __init__(self, folder, inbox, *options, environment=None, said="working on"):
        Worker.count += 1
        self.log = folder / f"worker{Worker.count}.log"
        with open(self.log, "wb") as out:
            self.process = subprocess.Popen(
                [TOOL, "work", "--inbox", inbox.address, *([] if "--quiet" in options else ["--json"]), *map(str, options)], stdout=out, stderr=subprocess.PIPE,
                env=os.environ | (environment or {}))
        self.said = ""
        while said not in self.said:
            line = self.process.stderr.readline().decode()
            check(line, f"work starts: {self.said}")
            self.said += line
        found = re.search(r"http://127.0.0.1:\d+", self.said)
        self.url = found.group() if found else None

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stderr.close()

    def kill(self):
        self.process.kill()
        self.process.wait()

    def end(self, code=0, how=signal.SIGTERM, seconds=30):
        """Ends it, and gives back what it said on standard error."""
        self.process.send_signal(how)
        self.said += self.process.stderr.read().decode()
        ended = self.process.wait(timeout=seconds)
        check(ended == code, f"work ended with {ended}: {self.said}")
        return self.said

    def lines(self):
        return [json.loads(line) for line in self.log.read_text().splitlines(keepends=True) if line.endswith("\n")]


def make_tables(folder, inbox):
    with Worker(folder, inbox, "--exec", "true") as worker:
        wait_until(inbox.has_tables, "the tables are made")
        worker.end()
