# SPDX-License-Identifier: BSL-1.0
"""Runs an endpoint over SQLite as curl sees it: check_endpoint_sqlite.py PROGRAM SAMPLES"""

import contextlib
import pathlib
import sqlite3
import sys
import tempfile

from endpoint import check, endpoint, event, expect, need, post

program, samples = sys.argv[1], pathlib.Path(sys.argv[2])
need("curl")

with tempfile.TemporaryDirectory() as folder:
    database = folder + "/endpoint.db"

    def rows(sql):
        with contextlib.closing(sqlite3.connect(database)) as connection:
            return connection.execute(sql).fetchall()

    check(lambda: endpoint(program, database), rows, samples, "lower(hex({}))", "cast({} as text)")

    # While another program holds the lock nothing is answered 2xx.
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as other, \
            endpoint(program, database) as address:
        count = "select count(*) from signhook_inbox"
        [(before,)] = rows(count)
        body = event("b659c273-954e-43cf-893a-0f74a7f87153", "completed", 0)
        other.execute("begin immediate")
        expect("while it is locked", post(address, body), 503)
        other.execute("rollback")
        expect("ids", rows(count), [(before,)])
        expect("afterwards", post(address, body), 200)
        expect("ids", rows(count), [(before + 1,)])
print("answers as expected")
