# SPDX-License-Identifier: BSL-1.0
"""Measures how many events a second two workers deliver from PostgreSQL with backlogs of several sizes.
    backlog.py [--rows N,N,...] [--seconds N] [--below PERCENT] [--order dossier]
The application is a server without signhook. All rows of a size are due, and the oldest are delivered first; the sizes
are measured in turn, three times each, in one server with its own settings and durable commits. With --below it fails
if the median with the largest backlog is more than so many percent below the one with the smallest."""
import argparse
import statistics

from databases import Postgresql
from workers import *

parser = argparse.ArgumentParser()
parser.add_argument("--rows", default="100000,1000000")
parser.add_argument("--seconds", type=float, default=10)
parser.add_argument("--below", type=float)
parser.add_argument("--order", choices=["dossier"])
options = parser.parse_args()
need("psql")

# Rows as listen stores them, of one second for each 1,000, in the past. Five in a row are of one dossier.
FILL = """
truncate signhook_queue;
insert into signhook_queue (id, received, attempts, due, dossier, body)
select id::uuid, t, 0, t, dossier::uuid, convert_to('{"id":"' || id || '","type":"dossier.state.updated","created":' ||
  '"2026-01-01T00:00:00+00:00","dossier":{"id":"' || dossier || '","state":"completed"}}', 'UTF8')
from (select md5(i::text)::uuid::text id, md5((i / 5)::text || 'd')::uuid::text dossier, 1700000000000 + i t
      from generate_series(1, %d) i) rows;
vacuum analyze signhook_queue;
checkpoint;
"""


def rate(folder, inbox, url):
    """The events a second of two workers, after they have warmed up."""
    work = ["--to", url, "--quiet", "--concurrency", 32, "--metrics", 0]
    if options.order:
        work += ["--order", options.order]
    delivered = 'signhook_attempts_total{outcome="delivered"}'
    with Worker(folder, inbox, *work) as one, Worker(folder, inbox, *work) as two:
        time.sleep(options.seconds / 5)
        begin, before = time.monotonic(), sum(metrics_of(each)[delivered] for each in (one, two))
        time.sleep(options.seconds)
        end, after = time.monotonic(), sum(metrics_of(each)[delivered] for each in (one, two))
        one.end()
        two.end()
    return (after - before) / (end - begin)


with Folder() as folder, Postgresql(folder) as inbox:
    make_tables(folder, inbox)
    server = subprocess.Popen([os.environ["SIGNHOOK_PLAIN_SERVER"]], stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)
    port = re.search(r":(\d+)", server.stderr.readline().decode()).group(1)
    sizes = [int(size) for size in options.rows.split(",")]
    medians = {}
    for size in sizes:
        begin = time.monotonic()
        inbox.run(FILL % size)
        filled = time.monotonic() - begin
        rates = [rate(folder, inbox, f"http://127.0.0.1:{port}/") for _ in range(3)]
        medians[size] = statistics.median(rates)
        left = inbox.run("select count(*) from signhook_queue")[0][0]
        print(f"{size} rows (filled in {filled:.0f} s): {', '.join(f'{one:.0f}' for one in rates)} events a second, "
              f"median {medians[size]:.0f}; {left} left", flush=True)
    server.kill()
    server.wait()
    ratio = medians[sizes[-1]] / medians[sizes[0]]
    print(f"with {sizes[-1]} rows {ratio:.2f} times as many as with {sizes[0]}")
    if options.below is not None:
        check(ratio >= 1 - options.below / 100, f"a backlog slows the workers by {100 - 100 * ratio:.0f} %")
    counted("backlog", sizes=len(sizes))
