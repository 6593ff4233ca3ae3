# SPDX-License-Identifier: BSL-1.0
"""`listen --inbox`: listen.py sqlite|postgresql. What is answered 2xx is committed in the inbox; what cannot be is
answered 503, and the server serves on."""
import threading

from databases import *

engine = sys.argv[1]
if engine == "postgresql":
    need("psql")

checks = 0


def expect(got, expected, what):
    global checks
    checks += 1
    check(got == expected, f"{what}: {got}, expected {expected}")


def get(listener, path):
    return curl(listener.url + path)


def wait_ready(listener, status=200):
    wait_until(lambda: get(listener, "/readyz")[0] == status, f"/readyz is {status}")


def listener(folder, database, *options, **more):
    made = Listener(folder, "--inbox", database.address, "--metrics", *options, archive=None, **more)
    wait_ready(made)
    return made


def identity(body):
    return json.loads(body)["id"]


def stores(folder, database):
    """Events, duplicates over two listeners, another event with the same id, and what is no event."""
    first, second, third, fourth = many(4)
    with listener(folder, database) as one, listener(folder, database) as two:
        expect([post(one.url, body) for body in (first, second)], [(200, "accepted\n")] * 2, "events")
        expect(post(two.url, first), (200, "duplicate\n"), "an event of the other listener")
        expect(post(one.url, third), (200, "accepted\n"), "a third")
        other = fourth.replace(identity(fourth).encode(), identity(first).encode()).replace(b"draft", b"completed")
        check(other != first, "the other event differs")
        expect(post(two.url, other), (200, "quarantine\n"), "another event with this id")
        expect(post(one.url, b"{\0"), (200, "quarantine\n"), "no event")
        expect(post(one.url, first, secret="x" * 36)[0], 401, "without the secret")
        expect(post(two.url, first, content_type="text/plain"), (200, "quarantine\n"), "another media type")
        expect(database.stored(), {identity(body): body for body in (first, second, third)}, "the queue")
        expect(database.quarantined(),
               [("conflict", other), ("invalid_json", b"{\0"), ("content_type", first)], "the quarantine")
        counts = metrics_of(one)
        expect(counts["signhook_inbox_stored_total"], 3, "stored by the first listener")
        expect(counts["signhook_inbox_ready"], 1, "ready")
        wait_until(lambda: metrics_of(one).get("signhook_inbox_queued") == 3, "the depth of the queue is counted")
        counts = metrics_of(one)
        expect(counts["signhook_inbox_quarantined"], 3, "quarantined")
        expect(counts["signhook_inbox_dead_letters"], 0, "dead letters")
        check(0 <= counts["signhook_inbox_oldest_seconds"] < 60, "the age of the oldest")
    with listener(folder, database) as again:
        expect(post(again.url, second), (200, "duplicate\n"), "after a restart")


def groups(folder, database):
    """Requests that wait at the same time are one transaction."""
    with listener(folder, database, "--quiet", "--store-time", 60) as one:
        code, report = send(folder, one.url, "--count", 3000, "--connections", 48, "--duplicate", 0.2)
        expect((code, report["delivered"]), (0, report["deliveries"]), "all are delivered")
        before = metrics_of(one)
        check(before["signhook_inbox_stored_total"] == 3000, f"each is stored once: {before}")
        with database.hold():
            sending = send(folder, one.url, "--count", 48, "--connections", 48, wait=False)
            wait_until(lambda: metrics_of(one)["signhook_requests_in_flight"] >= 48, "all have come")
        code, report = finish(sending)
        expect((code, report["delivered"]), (0, 48), "all are delivered")
        after = metrics_of(one)
        requests, transactions = (int(after[name] - before[name]) for name in
                                  ("signhook_inbox_batch_total", "signhook_inbox_commits_total"))
        # A connection is held with the requests that it had taken, and PostgreSQL has two.
        check(requests == 48 and transactions <= 3, f"{requests} requests in {transactions} transactions")
        counted("group commit", requests=requests, transactions=transactions)


def reloads(folder, database):
    """SIGHUP reads the secret again; a file that cannot be read changes nothing."""
    body = next(many(1, first=100))
    new = "bmV3LXNlY3JldC1vZi10aGUtdGVzdHMtb25seQ=="
    with listener(folder, database, "--quiet") as one:
        folder.write("secret", new + "\n")
        expect(post(one.url, body)[0], 200, "the old secret before SIGHUP")
        one.process.send_signal(signal.SIGHUP)
        wait_until(lambda: post(one.url, body, secret=new)[0] == 200, "the new secret after SIGHUP")
        expect(post(one.url, body)[0], 401, "the old secret after SIGHUP")
        folder.write("secret", "short")
        one.process.send_signal(signal.SIGHUP)
        time.sleep(0.5)
        expect(post(one.url, body, secret=new)[0], 200, "a secret that is too short is not taken")
        (folder / "secret").unlink()
        one.process.send_signal(signal.SIGHUP)
        time.sleep(0.5)
        expect(post(one.url, body, secret=new)[0], 200, "a file that is gone changes nothing")
        folder.write("secret", SECRET)
        said = one.end()
        check("accepts 1 secret\n" in said and said.count("accepts the secrets that it had") == 2, said)
        check(new not in said, "no secret is printed")


def drains(folder, database):
    """After SIGTERM it is not ready, and serves on until the load balancer has seen it."""
    body = next(many(1, first=200))
    with listener(folder, database, "--quiet", "--drain-time", 2) as one:
        one.process.send_signal(signal.SIGTERM)
        wait_ready(one, 503)
        expect(get(one, "/healthz"), (200, "ok\n"), "it lives")
        expect(post(one.url, body)[0], 200, "it serves on")
        expect(one.process.wait(timeout=20), 0, "it ends")


def inherits(folder, database):
    """A socket of systemd, which stays open while the program is started again."""
    bodies = list(many(2, first=300))
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        for body in bodies:
            command = [TOOL, "listen", "--inbox", database.address, "--secret-header", HEADER, "--secret-file",
                       str(folder / "secret"), "--quiet"]
            # The shell's process becomes the program, as systemd's child does.
            script = 'exec 3<&"$0"; export LISTEN_FDS=1 LISTEN_PID=$$; exec "$@"'
            with subprocess.Popen(["bash", "-c", script, str(server.fileno()), *command], pass_fds=[server.fileno()],
                                  stderr=subprocess.PIPE, text=True) as process:
                url = f"http://127.0.0.1:{port}/"
                wait_until(lambda: curl(url + "readyz")[0] == 200, "it listens on the socket that it got")
                expect(post(url, body)[0], 200, "a request over that socket")
                process.send_signal(signal.SIGTERM)
                expect(process.wait(timeout=20), 0, "it ends")


def survives(folder, database):
    """The server of the database is stopped, killed, frozen and read-only: 503, and on again by itself."""
    bodies = many(1000, first=400)
    with listener(folder, database, "--quiet", "--store-time", 2) as one:
        expect(post(one.url, next(bodies))[0], 200, "before")

        def fails(what, seconds=5.0):
            begin = time.monotonic()
            status, _ = post(one.url, next(bodies))
            took = time.monotonic() - begin
            expect(status, 503, what)
            check(took < seconds, f"{what}: answered after {took:.1f} s")
            wait_ready(one, 503)
            expect(get(one, "/healthz"), (200, "ok\n"), f"{what}: it lives")

        def recovers(what):
            wait_ready(one)
            expect(post(one.url, next(bodies))[0], 200, f"{what}: afterwards")

        for what, down in (("stopped", database.stop), ("killed", database.kill)):
            down()
            fails(what)
            database.start()
            recovers(what)
        database.freeze(True)
        fails("frozen")
        database.freeze(False)
        recovers("frozen")
        database.run("alter database postgres set default_transaction_read_only = on")
        database.run("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'signhook'")
        wait_ready(one, 503)
        fails("read-only")
        database.run("set default_transaction_read_only = off; "
                     "alter database postgres reset default_transaction_read_only")
        database.run("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'signhook'")
        recovers("read-only")
        # Another session has an event of the batch: it alone cannot be answered 2xx.
        held, free = next(bodies), next(bodies)
        holder = subprocess.Popen(["psql", "-Xq", "-d", database.address], stdin=subprocess.PIPE, text=True)
        holder.stdin.write(f"begin; insert into signhook_inbox values ('{identity(held)}', 1, 1);\n")
        holder.stdin.flush()
        time.sleep(0.5)
        answers = {}
        waiting = threading.Thread(target=lambda: answers.update(held=post(one.url, held)[0]))
        waiting.start()
        time.sleep(0.2)
        expect(post(one.url, free)[0], 200, "a request beside one that waits")
        waiting.join()
        expect(answers["held"], 503, "an event that another session has")
        holder.communicate("rollback;\n")
        expect(post(one.url, held)[0], 200, "an event that it had")
        said = one.end()
        check("secret" not in said, said)


def starts_first(folder, database):
    """A listener that is started before its database."""
    database.stop()
    with Listener(folder, "--inbox", database.address, "--quiet", archive=None) as one:
        expect(post(one.url, next(many(1, first=900)))[0], 503, "without a database")
        database.start()
        wait_ready(one)
        expect(post(one.url, next(many(1, first=900)))[0], 200, "once it is there")


def rejects(folder, database):
    """Options that exclude each other, and addresses that are none."""
    secret = ["--secret-header", HEADER, "--secret-file", str(folder / "secret")]
    for options, said in (
            (["--inbox", database.address, "--archive", folder / "events"], "excludes"),
            (["--inbox", database.address, "--forward", "cat"], "excludes"),
            (["--inbox", "mysql://me:hidden@host/"], "expected an inbox as"),
            (["--inbox", "postgresql://me:hidden@host/?hidden"], "libpq does not take this address"),
            (["--store-time", "3"], "requires")):
        done = subprocess.run([TOOL, "listen", "--port", "0", *map(str, options), *secret], capture_output=True,
                              text=True, timeout=20, check=False)
        expect(done.returncode, 2, str(options))
        check(said in done.stderr and "hidden" not in done.stderr, done.stderr)


tests = [stores, groups, reloads, drains, inherits, rejects]
if engine == "postgresql":
    tests += [survives, starts_first]
for test in tests:
    with Folder() as folder, ENGINES[engine](folder) as database:
        test(folder, database)
counted(f"listen --inbox {engine}", tests=len(tests), checks=checks)
