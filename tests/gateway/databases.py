# SPDX-License-Identifier: BSL-1.0
"""The databases under listeners and workers, and what is in them, past the program. A database has
  address      for --inbox
  put          stores events, as a listener does
  stored       {event id: body} of the queue
  queue        {event id: attempts}
  dead         {event id: (attempts, reason)}
  quarantined  [(reason, body)]
  run          SQL"""
import contextlib
import json
import os
import pathlib
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "http"))
from harness import *  # noqa: E402,F401,F403

CLUSTER = pathlib.Path(__file__).resolve().parents[1] / "postgresql" / "cluster"


def event(number, dossier=None, id=None):
    """A body, and the parts of its row. Each event has a dossier of its own unless one is given."""
    id = id or uuid.UUID(int=number + 1 << 64 | 4 << 76 | 1 << 63 | number + 1)
    dossier = dossier or uuid.UUID(int=id.int ^ 1 << 20)
    body = json.dumps({"id": str(id), "type": "dossier.state.updated", "created": "2026-01-01T00:00:00+00:00",
                       "dossier": {"id": str(dossier), "state": "completed"}}).encode()
    return str(id), dossier, body


def now():
    return int(time.time() * 1000)


class Sqlite:
    engine = "sqlite"

    def __init__(self, folder):
        self.path = folder / "inbox.db"
        self.address = f"sqlite:{self.path}"

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass

    def run(self, sql, rows=None):
        with contextlib.closing(sqlite3.connect(self.path, timeout=20)) as connection, connection:
            if rows is not None:
                return connection.executemany(sql, rows)
            return connection.execute(sql).fetchall()

    @contextlib.contextmanager
    def hold(self):
        """Nothing is committed meanwhile."""
        with contextlib.closing(sqlite3.connect(self.path, timeout=20, isolation_level=None)) as connection:
            connection.execute("begin immediate")
            yield

    def has_tables(self):
        return self.path.exists() and self.run("select 1 from sqlite_master where name = 'signhook_schema'") != []

    def put(self, events):
        rows = [(uuid.UUID(id).bytes, now(), body, dossier and dossier.bytes) for id, dossier, body in events]
        self.run("insert into signhook_queue(id, received, attempts, due, body, dossier) values(?1, ?2, 0, ?2, ?3, ?4)", rows)

    def queue(self):
        return {str(uuid.UUID(bytes=id)): attempts for id, attempts in self.run("select id, attempts from signhook_queue")}

    def dead(self):
        return {str(uuid.UUID(bytes=id)): (attempts, reason) for id, attempts, reason in
                self.run("select id, attempts, reason from signhook_dead_letters")}

    def stored(self):
        return {str(uuid.UUID(bytes=id)): body for id, body in self.run("select id, body from signhook_queue")}

    def quarantined(self):
        return self.run("select reason, body from signhook_quarantine order by number")


class Postgresql:
    """A server of the test's own, which listens on a socket in a folder."""
    engine = "postgresql"
    settings = ["fsync=on", "recovery_init_sync_method=syncfs", "max_connections=60"]

    def __init__(self, _, *settings):
        # A folder that the user postgres can reach, and short enough for a socket's path.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="signhook-gateway-"))
        self.address = f"postgresql:///postgres?host={self.folder}/socket&user=postgres"
        self.settings = [*Postgresql.settings, *settings]

    def __enter__(self):
        self.start()
        return self

    def __exit__(self, *_):
        self.cluster("stop", "immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def cluster(self, command, *arguments):
        done = subprocess.run([CLUSTER, command, self.folder, *arguments], check=False, stdout=subprocess.DEVNULL)
        if done.returncode == 77 and not os.environ.get("SIGNHOOK_NOTHING_SKIPPED"):
            print("skipped: PostgreSQL is missing")
            sys.exit(77)
        check(done.returncode == 0, f"cluster {command} ended with {done.returncode}")

    def start(self):
        self.cluster("start", *self.settings)

    def stop(self):
        self.cluster("stop")

    def kill(self):
        self.cluster("kill")

    def processes(self):
        server = (self.folder / "data" / "postmaster.pid").read_text().split()[0]
        children = subprocess.run(["ps", "-o", "pid=", "--ppid", server], capture_output=True, text=True, check=False)
        return [int(server), *map(int, children.stdout.split())]

    def freeze(self, is_frozen):
        """As a machine that stands still: connections stay open, and nobody answers."""
        for process in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(process, signal.SIGSTOP if is_frozen else signal.SIGCONT)

    @contextlib.contextmanager
    def hold(self):
        """Nothing is committed meanwhile."""
        self.freeze(True)
        try:
            yield
        finally:
            self.freeze(False)

    def run(self, sql):
        done = subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", self.address], input=sql, check=True,
                              stdout=subprocess.PIPE, text=True)
        return [tuple(line.split("|")) for line in done.stdout.splitlines()]

    def has_tables(self):
        return self.run("select to_regclass('signhook_schema') is not null") == [("t",)]

    def put(self, events):
        rows = ",".join(f"('{id}', {now()}, 0, {now()}, '\\x{body.hex()}', '{dossier}')" for id, dossier, body in events)
        self.run(f"insert into signhook_queue(id, received, attempts, due, body, dossier) values {rows}")

    def queue(self):
        return {id: int(attempts) for id, attempts in self.run("select id, attempts from signhook_queue")}

    def dead(self):
        return {id: (int(attempts), reason) for id, attempts, reason in
                self.run("select id, attempts, convert_from(reason, 'UTF8') from signhook_dead_letters")}

    def stored(self):
        return {id: bytes.fromhex(body) for id, body in
                self.run("select id, encode(body, 'hex') from signhook_queue")}

    def quarantined(self):
        return [(reason, bytes.fromhex(body)) for reason, body in
                self.run("select reason, encode(body, 'hex') from signhook_quarantine order by number")]


ENGINES = {"sqlite": Sqlite, "postgresql": Postgresql}
