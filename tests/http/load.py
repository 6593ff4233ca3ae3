# SPDX-License-Identifier: BSL-1.0
"""What signhook costs in a server: load.py [SECONDS [ROUNDS]]. wrk posts to listen, and to the same server without
signhook (plain_server.cpp), with each way to keep what comes. Everything on one machine, wrk included."""
import random
import statistics

from harness import *

need("wrk")
SECONDS = float(sys.argv[1]) if len(sys.argv) > 1 else 5
ROUNDS = int(sys.argv[2]) if len(sys.argv) > 2 else 5
CONNECTIONS = 64
BODY = samples()[0].decode()
KEEPING = [None, "none", "group", "each"]


class PlainServer(Process):
    def __init__(self, folder, keep):
        super().__init__([os.environ["SIGNHOOK_PLAIN_SERVER"], *([str(folder / "events"), keep] if keep else [])],
                         subprocess.DEVNULL)


def listener(folder, keep):
    return Listener(folder, "--quiet", "--metrics", *(["--sync", keep] if keep else []),
                    archive="events" if keep else None)


def measure(server, folder, keep):
    (folder / "events").unlink(missing_ok=True)
    with server(folder, keep) as running:
        done = subprocess.run(
            ["wrk", "--threads", "2", "--connections", str(CONNECTIONS), "--duration", f"{max(1, round(SECONDS))}s",
             "--script", str(pathlib.Path(__file__).with_name("post.lua")), running.url, "--", BODY,
             json.loads(BODY)["id"], HEADER, SECRET], capture_output=True, check=True, text=True)
        report = json.loads(done.stdout.splitlines()[-1])
        if server is listener:
            report["metrics"] = dict(line.rsplit(" ", 1) for line in curl(running.url + "/metrics")[1].splitlines())
        running.end()
    check(report["requests"] > 0 and report["wrong"] == 0, f"all are answered 200: {done.stdout}")
    return report


def check_archive(folder, report):
    """What wrk saw answered is there; what it did not wait for at its end may be, too."""
    lines = collections.Counter(line["verdict"] for line in lines_of(folder / "events"))
    check(set(lines) == {"accepted"}, f"{lines}")
    check(0 <= lines["accepted"] - report["requests"] <= CONNECTIONS, f"{lines} of {report['requests']}")
    check(len(archived_ids(folder / "events")) == lines["accepted"], "each once")


with Folder(under=os.environ.get("SIGNHOOK_LOAD_FOLDER")) as folder:
    runs = collections.defaultdict(list)
    answered = 0
    for _ in range(ROUNDS):
        for server, keep in random.sample([(s, k) for s in (listener, PlainServer) for k in KEEPING], 2 * len(KEEPING)):
            report = measure(server, folder, keep)
            runs[server, keep].append(report)
            if server is listener:
                answered += report["requests"]
                if keep:
                    check_archive(folder, report)

    def middle(server, keep, of):
        return statistics.median(of(report) for report in runs[server, keep])

    print(f"{'kept':14}{'deliveries/s':>14}{'without':>10}{'ratio':>7}{'p99 in ms':>11}{'without':>10}{'ratio':>7}"
          f"{'a write':>9}")
    for keep in KEEPING:
        rates = [middle(server, keep, lambda one: one["requests"] / one["seconds"]) for server in (listener, PlainServer)]
        slowest = [middle(server, keep, lambda one: one["p99"] * 1e3) for server in (listener, PlainServer)]
        a_write = "" if not keep else "%.1f" % middle(listener, keep, lambda one: (
            float(one["metrics"]["signhook_archived_total"])
            / float(one["metrics"]['signhook_archive_writes_total{result="kept"}'])))
        print(f"{keep or 'no archive':14}{rates[0]:14.0f}{rates[1]:10.0f}{rates[0] / rates[1]:7.2f}"
              f"{slowest[0]:11.1f}{slowest[1]:10.1f}{slowest[0] / slowest[1]:7.2f}{a_write:>9}")
    took = middle(listener, None, lambda one: float(one["metrics"]["signhook_decode_seconds_sum"])
                  / float(one["metrics"]["signhook_decode_seconds_count"]))
    print(f"to check, decode and look up a request: {took * 1e9:.0f} ns")
counted("load", runs=ROUNDS * 2 * len(KEEPING), answered=answered, lost=0)
