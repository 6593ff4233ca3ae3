# SPDX-License-Identifier: BSL-1.0
"""Runs endpoints in PostgreSQL as curl sees them: check_endpoint_postgresql.py PROGRAM TESTS"""

import concurrent.futures
import csv
import io
import pathlib
import shutil
import subprocess
import sys
import tempfile
import uuid

from endpoint import check, endpoint, event, expect, need, post

program, tests = sys.argv[1], pathlib.Path(sys.argv[2])
need("curl", "psql")


def cluster(command, folder, *more):
    done = subprocess.run([tests / "postgresql" / "cluster", command, folder, *more], stdout=subprocess.PIPE, text=True)
    if done.returncode:
        sys.exit(done.returncode)
    return done.stdout.strip()


folder = tempfile.mkdtemp(prefix="signhook-endpoint-")
database = cluster("start", folder)
try:
    def rows(sql):
        answer = subprocess.run(["psql", "-Xtq", "--csv", "-v", "ON_ERROR_STOP=1", "-d", database, "-c", sql], check=True,
                                stdout=subprocess.PIPE, text=True).stdout
        return [tuple(value or None for value in row) for row in csv.reader(io.StringIO(answer))]

    def start():
        return endpoint(program, database)

    check(start, rows, tests / "samples", "replace({}::text, '-', '')", "convert_from({}, 'UTF8')")

    # Two processes get each event at once.
    [(before,)] = rows("select count(*) from signhook_inbox")
    dossier = uuid.uuid4()
    bodies = [event(dossier, f"state {second}", second) for second in range(10)]
    with start() as one, start() as other, concurrent.futures.ThreadPoolExecutor() as pool:
        for body in bodies:
            answers = list(pool.map(lambda address: post(address, body), (one, other)))
            expect("both deliveries of an event", answers, [200, 200])
        expect("ids", rows("select count(*) from signhook_inbox"), [(str(int(before) + len(bodies)),)])
        state = f"select convert_from(value, 'UTF8') from signhook_projection where dossier = '{dossier}'"
        expect("state", rows(state), [("state 9",)])

        # Without the server nothing is answered 2xx; the connections are made again.
        cluster("stop", folder)
        expect("without a server", [post(address, bodies[0]) for address in (one, other)], [503, 503])
        cluster("start", folder)
        expect("with it", [post(address, bodies[0]) for address in (one, other)], [200, 200])
        expect("ids", rows("select count(*) from signhook_inbox"), [(str(int(before) + len(bodies)),)])
finally:
    cluster("stop", folder, "immediate")
    shutil.rmtree(folder)
print("answers as expected")
