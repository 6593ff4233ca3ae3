# SPDX-License-Identifier: BSL-1.0
"""`signhook inbox`, over both databases: inbox.py sqlite|postgresql."""
from databases import *

engine = sys.argv[1]
if engine == "postgresql":
    need("psql")
checks = 0


def expect(got, expected, what):
    global checks
    checks += 1
    check(got == expected, f"{what}: {got}, expected {expected}")


def inbox(database, call, *arguments, code=0):
    done = subprocess.run([TOOL, "inbox", call, "--inbox", database.address, *arguments], capture_output=True, text=True,
                          timeout=60, check=False)
    expect(done.returncode, code, f"{call} {arguments}: {done.stderr}")
    return done.stdout, done.stderr


def rows(database, call, *arguments, code=0):
    return [json.loads(line) for line in inbox(database, call, "--json", *arguments, code=code)[0].splitlines()]


def bury(database, id):
    """As a worker does after the last attempt."""
    key = f"x'{id.replace('-', '')}'" if engine == "sqlite" else f"'{id}'"
    reason = "'the last attempt failed'" + ("" if engine == "sqlite" else "::bytea")
    database.run(f"insert into signhook_dead_letters(id, received, attempts, reason, body) "
                 f"select id, received, 10, {reason}, body from signhook_queue where id = {key}")
    database.run(f"delete from signhook_queue where id = {key}")


with Folder() as folder, ENGINES[engine](folder) as database:
    _, said = inbox(database, "status", code=2)
    check("unable to open" in said or "tables are missing" in said, said)
    inbox(database, "migrate")
    inbox(database, "migrate")  # changes nothing
    nothing = {"queued": 0, "queued_is_estimate": False, "oldest_due_seconds": 0, "dead_letters": 0,
               "dead_letters_is_estimate": False, "quarantined": 0, "quarantined_is_estimate": False, "known": 0,
               "known_is_estimate": False}
    expect(rows(database, "status"), [nothing], "an empty inbox")
    bodies = list(many(3))
    ids = [json.loads(body)["id"] for body in bodies]
    with Listener(folder, "--inbox", database.address, "--quiet", archive=None) as one:
        wait_until(lambda: curl(one.url + "/readyz")[0] == 200, "it is ready")
        for body in [*bodies, b"\xff\0", b"{"]:
            expect(post(one.url, body)[0], 200, "a request")
            time.sleep(0.01)
        expect([row["id"] for row in rows(database, "list")], ids, "in the order of arrival")
        first = rows(database, "list", "--limit", "1")[0]
        check(first["state"] == "queued" and first["attempts"] == 0 and first["body"].encode() == bodies[0], str(first))
        expect([(row["reason"], row.get("body"), row.get("body_hex")) for row in rows(database, "quarantine")],
               [("invalid_utf8", None, "ff00"), ("unexpected_end", "{", None)], "the quarantine")
        bury(database, ids[1])
        found = rows(database, "status")[0]
        expect((found["queued"], found["dead_letters"], found["quarantined"], found["known"]), (2, 1, 2, 3), "status")
        dead = rows(database, "dead")
        expect([(row["id"], row["attempts"], row["reason"]) for row in dead],
               [(ids[1], 10, "the last attempt failed")], "dead letters")
        expect(rows(database, "show", ids[1], ids[2]), [*dead, rows(database, "list")[1]], "show")
        expect(rows(database, "requeue", ids[1]), [{"requeued": 1}], "requeue")
        expect(rows(database, "requeue", ids[1], code=1), [{"requeued": 0}], "requeue what is not dead")
        expect(sorted(database.stored()), ids, "it is due again")
        database.run("delete from signhook_queue")  # as a worker does that has handled them
        expect([row["state"] for row in rows(database, "show", ids[0])], ["handled"], "an event that was handled")
        expect(rows(database, "prune"), [{"pruned": 0}], "none is old")
        expect(rows(database, "prune", "--older-than", "0s"), [{"pruned": 3}], "all are")
        expect(rows(database, "show", ids[0], code=1), [], "an event that was forgotten")
        inbox(database, "show", "nonsense", code=2)
        text, _ = inbox(database, "status")
        expect([line.split()[-1] for line in text.splitlines()], ["0", "0", "2", "0"], "status in words")
counted(f"inbox {engine}", checks=checks)
