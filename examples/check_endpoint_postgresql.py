# SPDX-License-Identifier: BSL-1.0
"""Runs endpoints in PostgreSQL as curl sees them: check_endpoint_postgresql.py PROGRAM TESTS"""

import contextlib
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile

program, tests = sys.argv[1], pathlib.Path(sys.argv[2])
secret = "a-secret-of-the-test-that-is-long-enough"
if any(shutil.which(needed) is None for needed in ("curl", "psql")):
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


def cluster(command, folder, *more):
    done = subprocess.run([tests / "postgresql" / "cluster", command, folder, *more], stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(done.returncode)
    return done.stdout.strip()


def expect(what, found, expected):
    if found != expected:
        sys.exit(f"{what}: {found!r}, expected {expected!r}")


folder = tempfile.mkdtemp(prefix="signhook-endpoint-")
database = cluster("start", folder)
try:
    def ask(sql):
        return subprocess.run(["psql", "-XAtq", "-d", database, "-c", sql], check=True, stdout=subprocess.PIPE,
                              text=True).stdout.strip()

    bodies = [path.read_bytes() for path in sorted((tests / "samples").glob("*.json"))]
    with endpoint(database) as one, endpoint(database) as other:
        for body in bodies:
            expect("an event", post(one, body), 200)
            expect("the same for another process", post(other, body), 200)
        expect("another secret", post(one, bodies[0], "another-secret-that-is-long-enough"), 401)
        expect("no event", post(other, b'{"id":'), 200)
        expect("no JSON", post(one, bodies[0], media_type="text/plain"), 200)
        dossiers = ask("select * from dossiers order by id")

        # Without the server nothing is answered 2xx; the connections are made again.
        cluster("stop", folder)
        expect("without a server", post(one, bodies[0]), 503)
        cluster("start", folder)
        for address in (one, other):
            for body in bodies:
                expect("an event again", post(address, body), 200)
    expect("inbox", ask("select count(*) from signhook_inbox"), str(len(bodies)))
    expect("is there a dossier", dossiers != "", True)
    expect("dossiers", ask("select * from dossiers order by id"), dossiers)
    expect("quarantine", ask("select string_agg(reason, ' ' order by number) from signhook_quarantine"),
           "unexpected_end content_type")
finally:
    cluster("stop", folder, "immediate")
    shutil.rmtree(folder)
print("answers as expected")
