# SPDX-License-Identifier: BSL-1.0
"""The inboxes under the workers: events are put into them, and the tables read, past the program. An inbox has
  address    for --inbox
  put        stores events, as a listener does
  queue      {event id: attempts}
  dead       {event id: (attempts, reason)}"""
import contextlib
import json
import pathlib
import shutil
import sqlite3
import subprocess
import tempfile
import time
import uuid

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

    def has_tables(self):
        return self.path.exists() and self.run("select 1 from sqlite_master where name = 'signhook_schema'") != []

    def put(self, events):
        rows = [(uuid.UUID(id).bytes, now(), body) for id, _, body in events]
        self.run("insert into signhook_queue(id, received, attempts, due, body) values(?1, ?2, 0, ?2, ?3)", rows)

    def queue(self):
        return {str(uuid.UUID(bytes=id)): attempts for id, attempts in self.run("select id, attempts from signhook_queue")}

    def dead(self):
        return {str(uuid.UUID(bytes=id)): (attempts, reason) for id, attempts, reason in
                self.run("select id, attempts, reason from signhook_dead_letters")}


class Postgresql:
    """A server of the test's own."""

    def __init__(self, _):
        # A folder that the user postgres can reach, and short enough for a socket's path.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="signhook-work-"))
        self.address = f"postgresql:///postgres?host={self.folder}/socket&user=postgres"

    def __enter__(self):
        self.cluster("start", "fsync=on", "recovery_init_sync_method=syncfs")
        return self

    def __exit__(self, *_):
        self.cluster("stop", "immediate")
        shutil.rmtree(self.folder, ignore_errors=True)

    def cluster(self, command, *arguments):
        subprocess.run([CLUSTER, command, self.folder, *arguments], check=True, stdout=subprocess.DEVNULL)

    def kill(self):
        self.cluster("kill")

    def start(self):
        self.cluster("start", "fsync=on", "recovery_init_sync_method=syncfs")

    def run(self, sql):
        done = subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", self.address], input=sql, check=True,
                              stdout=subprocess.PIPE, text=True)
        return [line.split("|") for line in done.stdout.splitlines()]

    def has_tables(self):
        return self.run("select to_regclass('signhook_schema') is not null") == [["t"]]

    def put(self, events):
        rows = ",".join(f"('{id}', {now()}, 0, {now()}, '\\x{body.hex()}')" for id, _, body in events)
        self.run(f"insert into signhook_queue(id, received, attempts, due, body) values {rows}")

    def queue(self):
        return {id: int(attempts) for id, attempts in self.run("select id, attempts from signhook_queue")}

    def dead(self):
        return {id: (int(attempts), reason) for id, attempts, reason in
                self.run("select id, attempts, convert_from(reason, 'UTF8') from signhook_dead_letters")}


ENGINES = {"sqlite": Sqlite, "postgresql": Postgresql}
