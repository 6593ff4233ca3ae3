# SPDX-License-Identifier: BSL-1.0
"""The databases under the endpoints, and what is in them afterwards. An engine has
  database       what the endpoint is started with
  start, stop    for a database that is a server
  kill           kills the server and starts it again; False where there is none
  effects        {event id: how often its effect is there}
  dead_letters   [event id], with repetitions
  pending        {event id} that is stored and not handled
  quarantined    {body}
Ids are 32 hexadecimal digits, bodies bytes."""

import collections
import contextlib
import sqlite3


class Sqlite:
    def __init__(self, folder):
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


engines = {"sqlite": Sqlite}
