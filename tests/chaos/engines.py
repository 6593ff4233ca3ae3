# SPDX-License-Identifier: BSL-1.0
"""The databases under the endpoints, and what is in them afterwards. An engine has
  database       what the endpoint is started with
  start, stop    for a database that is a server
  kill           kills the server and starts it again; False where there is none
  cuts           how often an answer to COMMIT was lost, after stop
  effects        {event id: how often its effect is there}
  dead_letters   [event id], with repetitions
  pending        {event id} that is stored and not handled
  quarantined    {body}
Ids are 32 hexadecimal digits, bodies bytes."""

import collections
import contextlib
import pathlib
import shutil
import sqlite3
import subprocess
import tempfile


class Sqlite:
    cuts = 0

    def __init__(self, folder, endpoint):
        self.database = str(folder / "inbox.db")

    def start(self):
        pass

    def stop(self):
        pass

    def kill(self):
        return False

    def _rows(self, sql):
        with contextlib.closing(sqlite3.connect(self.database, timeout=10)) as connection:
            return [row[0] for row in connection.execute(sql)]

    def effects(self):
        return collections.Counter(id.hex() for id in self._rows("select event from effects"))

    def dead_letters(self):
        return [id.hex() for id in self._rows("select id from signhook_dead_letters")]

    def pending(self):
        return {id.hex() for id in self._rows("select id from signhook_queue")}

    def quarantined(self):
        return set(self._rows("select body from signhook_quarantine"))


class Postgresql:
    """A server of the test's own, behind a proxy that cuts connections in COMMIT, before the server has it
    and after. Questions go past the proxy."""

    settings = ["fsync=on", "recovery_init_sync_method=syncfs", "max_connections=80"]

    def __init__(self, folder, endpoint):
        # A folder that the user postgres can reach, and short enough for a socket's path.
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="signhook-chaos-"))
        self.endpoint = endpoint
        self.cuts = 0
        self.database = f"host={self.folder}/proxy port=5432 user=postgres dbname=postgres"

    def _cluster(self, command, *arguments):
        script = pathlib.Path(__file__).resolve().parents[1] / "postgresql" / "cluster"
        return subprocess.run([script, command, self.folder, *arguments], check=True, stdout=subprocess.PIPE,
                              text=True).stdout.strip()

    def start(self):
        self.conninfo = self._cluster("start", *self.settings)
        self.proxy = subprocess.Popen([self.endpoint, "proxy", self.folder / "proxy",
                                       self.folder / "socket" / ".s.PGSQL.5432"],
                                      stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.proxy.stdout.readline()  # it listens

    def stop(self):
        self.cuts = int(self.proxy.communicate()[0])
        self._cluster("stop", "immediate")
        shutil.rmtree(self.folder)

    def kill(self):
        self._cluster("kill")
        self._cluster("start", *self.settings)
        return True

    def _rows(self, sql):
        answer = subprocess.run(["psql", "-XAtq", "-v", "ON_ERROR_STOP=1", "-d", self.conninfo, "-c", sql], check=True,
                                stdout=subprocess.PIPE, text=True).stdout
        return answer.split()

    def effects(self):
        return collections.Counter(self._rows("select replace(event::text, '-', '') from effects"))

    def dead_letters(self):
        return self._rows("select replace(id::text, '-', '') from signhook_dead_letters")

    def pending(self):
        return set(self._rows("select replace(id::text, '-', '') from signhook_queue"))

    def quarantined(self):
        return {bytes.fromhex(row) for row in self._rows("select encode(body, 'hex') from signhook_quarantine")}


engines = {"sqlite": Sqlite, "postgresql": Postgresql}
