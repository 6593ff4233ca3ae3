# SPDX-License-Identifier: BSL-1.0
"""An endpoint of the examples as curl sees it, and what it leaves in its database."""

import contextlib
import json
import os
import shutil
import subprocess
import sys
import uuid

secret = "a-secret-of-the-test-that-is-long-enough"


def need(*commands):
    """Exit code 77: the test is skipped."""
    if any(shutil.which(one) is None for one in commands):
        sys.exit(1 if "SIGNHOOK_NOTHING_SKIPPED" in os.environ else 77)


@contextlib.contextmanager
def endpoint(program, database):
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


def event(dossier, state, second, **others):
    return json.dumps({"id": str(uuid.uuid4()), "type": "dossier.state.updated",
                       "created": f"2026-01-01T00:00:0{second}+00:00",
                       "dossier": {"id": str(dossier), "state": state}} | others).encode()


def check(start, rows, samples, id, text):
    """Sends events to endpoints that `start` starts, and looks at the tables. `rows` returns the rows of a
    query; `id` and `text` format a column of 16 bytes or UUIDs, and of bytes, as text."""

    def tables():
        return {name: rows(f"select {columns} from signhook_{name} order by 1, 2, 3") for name, columns in {
            "inbox": f"{id.format('id')}, fingerprint, received",
            "projection": f"{id.format('dossier')}, kind, {id.format('object')}, {text.format('value')}, created, "
                          f"{id.format('event')}, conflict_value",
            "dead_letters": f"{id.format('id')}, {text.format('reason')}, {text.format('body')}",
            "quarantine": f"number, reason, {text.format('body')}"}.items()}

    bodies = [path.read_bytes() for path in sorted(samples.glob("*.json"))]
    forward, backward = uuid.uuid4(), uuid.uuid4()
    histories = {dossier: [event(dossier, "pending", 0), event(dossier, "completed", 1)]
                 for dossier in (forward, backward)}
    in_both_orders = histories[forward] + histories[backward][::-1]
    everything = bodies + in_both_orders
    without_dossier = json.dumps({"id": str(uuid.uuid4()), "type": "account.closed",
                                  "created": "2026-01-01T00:00:00+00:00"}).encode()
    other_event = json.dumps(json.loads(bodies[0]) | {"created": "2027-01-01T00:00:00+00:00"}).encode()

    with start() as address:
        expect("another secret", post(address, bodies[0], "another-secret-that-is-long-enough"), 401)
        expect("the tables after it", tables(), {"inbox": [], "projection": [], "dead_letters": [], "quarantine": []})
        for body in everything:
            expect("an event", post(address, body), 200)
        found = tables()
        expect("ids", sorted(row[0] for row in found["inbox"]),
               sorted(uuid.UUID(json.loads(body)["id"]).hex for body in everything))
        for dossier, history in histories.items():
            expect("the later state, whatever the order", [row for row in found["projection"] if row[0] == dossier.hex],
                   [(dossier.hex, "dossier", dossier.hex, "completed", "2026-01-01T00:00:01+00:00",
                     uuid.UUID(json.loads(history[1])["id"]).hex, None)])

        expect("a body that is no event", post(address, b'{"id":'), 200)
        expect("an event of another media type", post(address, bodies[0], media_type="text/plain"), 200)
        expect("another event with the same id", post(address, other_event), 200)
        expect("an event that cannot be handled", post(address, without_dossier), 200)
        expect("the same again", post(address, without_dossier), 200)
        before, found = found, tables()
        expect("quarantine", [row[1:] for row in found["quarantine"]],
               [("unexpected_end", '{"id":'), ("content_type", bodies[0].decode()), ("conflict", other_event.decode())])
        expect("dead letters", found["dead_letters"],
               [(uuid.UUID(json.loads(without_dossier)["id"]).hex, "no dossier", without_dossier.decode())])
        expect("projection", found["projection"], before["projection"])

        for body in everything:
            expect("a duplicate", post(address, body), 200)
        expect("the tables after duplicates", tables(), found)
    with start() as address:
        for body in everything:
            expect("a duplicate after a restart", post(address, body), 200)
        expect("the tables after a restart", tables(), found)
        newer = event(forward, "archived", 2)
        expect("an event after a restart", post(address, newer), 200)
        expect("its state", [row[3] for row in tables()["projection"] if row[0] == forward.hex], ["archived"])
