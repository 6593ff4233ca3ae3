# SPDX-License-Identifier: BSL-1.0
"""Durable deliveries a second through two listeners over PostgreSQL on its own settings, beside pgbench, which inserts the
same rows with a transaction each: load_listen.py [SECONDS [ROUNDS]]. Everything on one machine."""
import statistics
import threading

from databases import *

for program in ("wrk", "pgbench", "psql"):
    need(program)
SECONDS = int(sys.argv[1]) if len(sys.argv) > 1 else 5
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 3
CONNECTIONS = 128
BODY = samples()[0].decode()
POST = pathlib.Path(__file__).resolve().parents[1] / "http/post.lua"


def wrk(url, sender, connections, report):
    done = subprocess.run(["wrk", "--threads", "1", "--connections", str(connections), "--duration", f"{SECONDS}s",
                           "--script", str(POST), url, "--", BODY, json.loads(BODY)["id"], HEADER, SECRET, str(sender)],
                          capture_output=True, text=True, check=True)
    report.append(json.loads(done.stdout.splitlines()[-1]))


def pgbench(folder, database):
    script = folder.write("insert.sql", f"""with added as (insert into signhook_inbox (id, fingerprint, received)
values (gen_random_uuid(), 1, 1) on conflict (id) do nothing returning id)
insert into signhook_queue (id, received, attempts, due, body) select id, 1, 0, 1, '{BODY}' from added;
""")
    done = subprocess.run(["pgbench", "-n", "-M", "prepared", "-c", "40", "-j", "2", "-T", str(SECONDS), "-f", str(script),
                           database.address], capture_output=True, text=True, check=True)
    return float(re.search(r"tps = ([\d.]+)", done.stdout).group(1))


with Folder() as folder, Postgresql(folder) as database:
    subprocess.run([TOOL, "inbox", "migrate", "--inbox", database.address], check=True, stderr=subprocess.DEVNULL)
    options = ["--quiet", "--metrics", "--max-requests", 1 << 30]
    rates, inserts, batches, slowest = [], [], [], []
    with Listener(folder, "--inbox", database.address, *options, archive=None) as one, \
            Listener(folder, "--inbox", database.address, *options, archive=None) as two:
        for listener in (one, two):
            wait_until(lambda: curl(listener.url + "/readyz")[0] == 200, "it is ready")
        sent = 0
        for turn in range(ROUNDS):
            database.run("truncate signhook_inbox, signhook_queue")
            inserts.append(pgbench(folder, database))
            database.run("truncate signhook_inbox, signhook_queue")
            before = [metrics_of(listener) for listener in (one, two)]
            reports = []
            senders = [threading.Thread(target=wrk, args=(listener.url, 2 * turn + i, CONNECTIONS // 2, reports))
                       for i, listener in enumerate((one, two))]
            for sender in senders:
                sender.start()
            for sender in senders:
                sender.join()
            check(all(report["wrong"] == 0 for report in reports), f"all are answered 200: {reports}")
            answered = sum(report["requests"] for report in reports)
            stored = int(database.run("select count(*) from signhook_queue")[0][0])
            check(0 <= stored - answered <= CONNECTIONS, f"{answered} answered, {stored} stored")
            rates.append(sum(report["requests"] / report["seconds"] for report in reports))
            after = [metrics_of(listener) for listener in (one, two)]
            growth = lambda name: sum(now[name] - then[name] for then, now in zip(before, after))
            batches.append(growth("signhook_inbox_batch_total") / growth("signhook_inbox_commits_total"))
            # The same at half of that rate.
            database.run("truncate signhook_inbox, signhook_queue")
            half = rates[-1] / 4  # of each
            sending = [send(folder, listener.url, "--rate", int(half), "--count", int(half * SECONDS), "--connections", 32,
                            wait=False) for listener in (one, two)]
            for process in sending:
                code, report = finish(process)
                check(code == 0 and report["delivered"] == report["deliveries"], str(report))
                slowest.append((report["p99_seconds"], report["deliveries"] / report["seconds"]))
            sent += answered
    for rate, insert, batch in zip(rates, inserts, batches):
        print(f"{rate:8.0f} deliveries/s, {batch:.0f} in a transaction; pgbench {insert:.0f} rows/s; ratio {rate / insert:.2f}")
    print("at half of that: " + ", ".join(f"p99 {p99 * 1e3:.1f} ms at {rate:.0f}/s" for p99, rate in slowest) + " for each listener")
    counted("load of two listeners", answered=sent, deliveries_a_second=round(statistics.median(rates)),
            pgbench_a_second=round(statistics.median(inserts)), lost=0)
