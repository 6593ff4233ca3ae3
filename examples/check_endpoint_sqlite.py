# SPDX-License-Identifier: BSL-1.0
"""Runs an endpoint over SQLite as curl sees it: check_endpoint_sqlite.py PROGRAM SAMPLES"""

import contextlib
import os
import pathlib
import shutil
import sqlite3
import subprocess
import sys
import tempfile

program, samples = sys.argv[1], pathlib.Path(sys.argv[2])
secret = "a-secret-of-the-test-that-is-long-enough"
if shutil.which("curl") is None:
    sys.exit(1 if "SIGNHOOK_NOTHING_SKIPPED" in os.environ else 77)


@contextlib.contextmanager
def endpoint(database):
    """Its address; it is killed in the end."""
    process = subprocess.Popen([program, database], stdout=subprocess.PIPE, text=True,
                               env=os.environ | {"SIGNHOOK_SECRET": secret})
    try:
        yield f"http://127.0.0.1:{process.stdout.readline().strip()}/"
    finally:
        process.kill()
        process.wait()


def post(address, body, secret=secret, media_type="application/json"):
    answer = subprocess.run(
        ["curl", "--silent", "--max-time", "20", "--output", os.devnull, "--write-out", "%{http_code}",
         "--header", f"X-Secret: {secret}", "--header", f"Content-Type: {media_type}",
         "--data-binary", "@-", address], input=body, stdout=subprocess.PIPE)
    return int(answer.stdout)


def expect(what, found, expected):
    if found != expected:
        sys.exit(f"{what}: {found!r}, expected {expected!r}")


with tempfile.TemporaryDirectory() as folder:
    database = folder + "/endpoint.db"

    def rows(sql):
        with contextlib.closing(sqlite3.connect(database)) as connection:
            return connection.execute(sql).fetchall()

    bodies = [path.read_bytes() for path in sorted(samples.glob("*.json"))]
    with endpoint(database) as address:
        for body in bodies:
            expect("an event", post(address, body), 200)
        expect("another secret", post(address, bodies[0], "another-secret-that-is-long-enough"), 401)
        expect("no event", post(address, b'{"id":'), 200)
        expect("no JSON", post(address, bodies[0], media_type="text/plain"), 200)
    dossiers = rows("select id, state from dossiers order by id")
    # After a kill it still knows them.
    with endpoint(database) as address:
        for body in bodies:
            expect("an event again", post(address, body), 200)
    expect("inbox", rows("select count(*) from signhook_inbox"), [(len(bodies),)])
    expect("dossiers", rows("select id, state from dossiers order by id"), dossiers)
    expect("is there a dossier", len(dossiers) > 0, True)
    expect("quarantine", rows("select reason, body from signhook_quarantine order by number"),
           [("unexpected_end", b'{"id":'), ("content_type", bodies[0])])

    # While another program holds the lock nothing is answered 2xx.
    with contextlib.closing(sqlite3.connect(database, isolation_level=None)) as other, endpoint(database) as address:
        other.execute("delete from signhook_inbox")
        other.execute("begin immediate")
        expect("while it is locked", post(address, bodies[0]), 503)
        other.execute("rollback")
        expect("afterwards", post(address, bodies[0]), 200)
print("answers as expected")
