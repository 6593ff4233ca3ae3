# SPDX-License-Identifier: BSL-1.0
"""Kills workers, and PostgreSQL, while an application fails, hangs and closes connections, and counts what it got.
    chaos.py sqlite|postgresql [--kills N] [--workers N] [--order dossier]
Every event has to end as delivered or, where the application rejects it, as a dead letter. An event may come again
only after an attempt of which the worker recorded no answer: one that the application did not answer with 2xx, or one
whose worker or database was killed, which the next attempt's number tells. With --order, no event of a dossier comes
before the one that was stored before it has been answered with 2xx or rejected, and none comes after a later one."""
import argparse
import collections
import random
import uuid

from databases import ENGINES, event
from workers import *

parser = argparse.ArgumentParser()
parser.add_argument("engine", choices=ENGINES)
parser.add_argument("--kills", type=int, default=20)
parser.add_argument("--workers", type=int, default=2)
parser.add_argument("--order", choices=["dossier"])
options = parser.parse_args()
if options.engine == "postgresql":
    need("psql")

WORK = ["--timeout", 0.8, "--first-delay", 0.05, "--max-delay", 0.3, "--concurrency", 6, "--max-attempts", 1000]
DOSSIERS = 20
# In order, a request of a worker that was killed has to be at the application before its lease ends.
WORK += ["--lease", 5, "--order", options.order] if options.order else ["--lease", 1.5]


def made(i):
    return event(i, uuid.UUID(int=i % DOSSIERS + 1) if options.order else None)


def check_order(ids, seen):
    """By what the application saw: (id, None) when a request comes, (id, status) when it is answered."""
    first, last, ended = {}, {}, {}
    for place, (id, status) in enumerate(seen):
        if status is None:
            first.setdefault(id, place)
            last[id] = place
        elif status in (200, 422):
            ended.setdefault(id, place)
    for one in range(DOSSIERS):
        queue = ids[one::DOSSIERS]
        for before, after in zip(queue, queue[1:]):
            check(ended[before] < first[after], f"{after} came before {before} had ended")
            check(last[before] < first[after], f"{before} came again after {after}")


def behaves(id, _):
    """One in 50 is rejected for ever; of the others one in five attempts fails."""
    if uuid.UUID(id).int % 50 == 0:
        return 422
    time.sleep(random.uniform(0, 0.03))
    how = random.random()
    if how < 0.05:
        time.sleep(1)  # longer than the worker waits
    return 503 if how < 0.1 else 500 if how < 0.15 else None if how < 0.2 else 200


def run(folder, inbox):
    answered = collections.Counter()  # by id: the answers with 2xx that the application gave

    seen = []

    def application_behaves(id, before):
        seen.append((id, None))
        status = behaves(id, before)
        seen.append((id, status or 0))
        if status == 200:
            answered[id] += 1
        return status

    make_tables(folder, inbox)
    put, kills, server_kills = 0, 0, 0
    logs = []
    with Application(application_behaves) as application:
        workers = []

        def start():
            workers.append(Worker(folder, inbox, "--to", application.url, *WORK))
            logs.append(workers[-1])

        try:
            for _ in range(options.workers):
                start()
            while kills + server_kills < options.kills:
                inbox.put(made(i) for i in range(put, put + 60))
                put += 60
                time.sleep(random.uniform(0.1, 0.6))
                if options.engine == "postgresql" and random.randrange(4) == 0:
                    inbox.kill()
                    inbox.start()
                    server_kills += 1
                else:
                    one = workers.pop(random.randrange(len(workers)))
                    one.kill()
                    one.process.stderr.close()
                    kills += 1
                    start()
            left, last = len(inbox.queue()), time.monotonic() + 60
            while left and time.monotonic() < last:
                time.sleep(0.1)
                before, left = left, min(left, len(inbox.queue()))
                if left < before:
                    last = time.monotonic() + 60
            for one in workers:
                one.end()
        finally:
            for one in workers:
                one.__exit__()

    order = [made(i)[0] for i in range(put)]
    ids = set(order)
    rejected = {id for id in ids if uuid.UUID(id).int % 50 == 0}
    pending, dead = inbox.queue(), inbox.dead()
    got = application.ids()
    lost = ids - set(answered) - set(dead) - set(pending)
    wrongly_dead = set(dead) - rejected
    # An attempt that was logged as delivered is recorded, and the last one of its event.
    delivered = collections.Counter(line["id"] for one in logs for line in one.lines() if line["outcome"] == "delivered")
    twice = {id: count for id, count in delivered.items() if count > 1}
    again = sum(count - 1 for count in answered.values())
    bodies = collections.defaultdict(set)
    for request in application.requests:
        bodies[request["id"]].add((request["body"], request["headers"]["Idempotency-Key"]))
    counted("chaos", engine=options.engine, kills=kills, kills_of_the_database=server_kills, events=put, requests=len(got),
            dead_letters=len(dead), lost=len(lost), answered_2xx_more_than_once=again, recorded_twice=len(twice),
            pending=len(pending))
    check(not lost and not pending, f"nothing is lost or left: {sorted(lost)[:3]} {list(pending)[:3]}")
    check(not wrongly_dead and dead.keys() == rejected, f"the dead letters are those that were rejected: {wrongly_dead}")
    if options.order:
        check_order(order, seen)
    check(not twice, f"no event is delivered again after its delivery was recorded: {twice}")
    check(all(len(one) == 1 for one in bodies.values()), "an event always has the same body and key")
    # Each duplicate is explained by a kill or a late answer: with six deliveries at a time, by so many at most.
    late = sum(line.get("reason", "").startswith(("timed out", "the server closed", "delivered, but")) for one in logs
               for line in one.lines())
    most = 6 * (kills + options.workers * server_kills) + late
    check(again <= most, f"{again} duplicates of at most {most}")


with Folder() as folder, ENGINES[options.engine](folder) as inbox:
    run(folder, inbox)
