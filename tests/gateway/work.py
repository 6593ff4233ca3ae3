# SPDX-License-Identifier: BSL-1.0
"""signhook work: applications that take, reject, fail, hang and close; commands; workers that are killed and stopped.
    work.py sqlite|postgresql [STEP...]"""
import base64
import collections
import email.utils
import hashlib
import hmac
import urllib.parse

from databases import ENGINES, event
from workers import *

need("curl")
SIGNING = "whsec_" + base64.b64encode(bytes(range(32))).decode()
FAST = ["--first-delay", 0.1, "--max-delay", 0.2]


def takes(folder, inbox):
    """Each event once and as it came, with the secret, the signatures, the key and a trace."""
    folder.write("signing", SIGNING + "\n")
    folder.write("older", "whsec_" + base64.b64encode(b"x" * 24).decode() + "\n")
    events = {id: body for id, _, body in map(event, range(60))}
    inbox.put(event(i) for i in range(60))
    with Application() as application, \
            Worker(folder, inbox, "--to", application.url, "--secret-header", HEADER, "--secret-file", folder / "secret",
                   "--signing-secret-file", folder / "signing", "--signing-secret-file", folder / "older",
                   "--metrics", 0) as worker:
        wait_until(lambda: not inbox.queue(), "all are delivered")
        inbox.put([event(60)])
        wait_until(lambda: not inbox.queue(), "and one that comes later")
        wait_until(lambda: metrics_of(worker)['signhook_attempts_total{outcome="delivered"}'] == 61, "it is counted")
        wait_until(lambda: "signhook_queue_events" in metrics_of(worker), "the events are counted too")
        counts = metrics_of(worker)
        promtool(curl(worker.url + "/metrics")[1])
        check(curl(worker.url + "/healthz") == (200, "ok\n"), "it is well")
        said = worker.end()
        check("cannot" not in said, said)
        lines = worker.lines()
    check(sorted(application.ids()) == sorted([*events, event(60)[0]]), "each came once")
    for request in application.requests[:60]:
        headers, body, id = request["headers"], request["body"], request["id"]
        check(body == events[id] and request["path"] == "/hook?to=us", f"{request}")
        check(headers[HEADER] == SECRET and headers["Content-Type"] == "application/json", f"{headers}")
        check(headers["Idempotency-Key"] == f'"{id}"', f"{headers}")
        check(re.fullmatch(f"00-{id.replace('-', '')}-[0-9a-f]{{16}}-01", headers["traceparent"]), f"{headers}")
        check(abs(int(headers["webhook-timestamp"]) - time.time()) < 30, "the time of the attempt")
        for secret, signature in zip([bytes(range(32)), b"x" * 24], headers["webhook-signature"].split(" "), strict=True):
            content = b"%s.%s.%s" % (id.encode(), headers["webhook-timestamp"].encode(), body)
            check(signature == "v1," + base64.b64encode(hmac.digest(secret, content, hashlib.sha256)).decode(), f"{headers}")
    check(len({request["headers"]["traceparent"] for request in application.requests}) == 61, "each attempt is a span")
    check(collections.Counter(line["id"] for line in lines) == collections.Counter(application.ids()), "all are logged")
    for line in lines:
        check(line["outcome"] == "delivered" and line["attempt"] == 1 and line["status"] == 200, f"{line}")
        check(line["type"] == "dossier.state.updated" and line["traceparent"].split("-")[1] == line["id"].replace("-", ""),
              f"{line}")
    check(counts["signhook_queue_events"] >= 0 and counts["signhook_deliveries_limit"] == 8, f"{counts}")
    check(counts["signhook_delivery_latency_seconds_count"] == 61 and counts["signhook_inbox_available"] == 1, f"{counts}")
    return 61


def cloud_events(folder, inbox):
    for mode in ["structured", "binary"]:
        id, _, body = event(0)
        inbox.put([event(0)])
        with Application() as application, Worker(folder, inbox, "--to", application.url, "--cloudevents", mode, "--source",
                                                  "urn:us") as worker:
            wait_until(lambda: not inbox.queue(), "it is delivered")
            worker.end()
        headers, got = application.requests[0]["headers"], json.loads(application.requests[0]["body"])
        if mode == "structured":
            check(headers["Content-Type"] == "application/cloudevents+json; charset=UTF-8", f"{headers}")
            check(got["id"] == id and got["source"] == "urn:us" and got["data"] == json.loads(body), f"{got}")
        else:
            check(headers["ce-id"] == id and headers["ce-source"] == "urn:us" and got == json.loads(body), f"{headers}")


def comes_again(folder, inbox):
    """Answers after which an event comes again, with the same id and body."""
    for name, answer in [("503", 503), ("500", 500), ("404", 404), ("401", 401), ("302", 302), ("no answer", None)]:
        inbox.put(event(i) for i in range(4))
        bad = event(1)[0]
        with Application(lambda id, before: answer if id == bad and before < 2 else 200) as application, \
                Worker(folder, inbox, "--to", application.url, *FAST) as worker:
            wait_until(lambda: not inbox.queue(), f"{name}: delivered")
            worker.end()
            lines = [line for line in worker.lines() if line["id"] == bad]
        check(sorted(application.ids()) == sorted([event(i)[0] for i in range(4)] + [bad] * 2), name)
        check(len({request["body"] for request in application.requests if request["id"] == bad}) == 1, name)
        check([line["outcome"] for line in lines] == ["scheduled", "scheduled", "delivered"], f"{lines}")
        check([line["attempt"] for line in lines] == [1, 2, 3] and "due" in lines[0], f"{lines}")
        said = f"answered {answer}" if answer else "the server closed the connection"
        check(lines[0]["reason"].startswith(said), f"{lines}")


def is_late(folder, inbox):
    """A request that takes longer than --timeout fails, and its late answer changes nothing."""
    inbox.put([event(0)])
    with Application(lambda id, before: (time.sleep(1.2 if before == 0 else 0), 200)[1]) as application, \
            Worker(folder, inbox, "--to", application.url, "--timeout", 0.5, *FAST) as worker:
        wait_until(lambda: not inbox.queue(), "delivered")
        worker.end()
        check("timed out" in worker.lines()[0]["reason"], f"{worker.lines()}")
    check(len(application.requests) == 2, "by the second attempt")


def retry_after(folder, inbox):
    """In seconds and as a date. After 429 and 503 the application gets nothing at all before."""
    for status, is_date in [(429, False), (503, True), (500, False)]:
        inbox.put(event(i) for i in range(5))
        asked = []

        def behaves(id, before):
            if asked or id != event(0)[0]:
                return 200
            asked.append(time.monotonic())
            when = email.utils.formatdate(time.time() + 3, usegmt=True) if is_date else "2"
            return status, {"Retry-After": when}

        with Application(behaves) as application, \
                Worker(folder, inbox, "--to", application.url, "--concurrency", 1, *FAST) as worker:
            wait_until(lambda: not inbox.queue(), "all are delivered")
            worker.end()
        others = [one["time"] - asked[0] for one in application.requests if one["time"] > asked[0]]
        again = [one["time"] - asked[0] for one in application.requests if one["id"] == event(0)[0]][1:]
        check(len(again) == 1 and 1.9 < again[0] < 4.5, f"{status}: {again}")
        check(status == 500 or min(others) > 1.9, f"{status}: others wait too: {others}")
        check(status != 500 or min(others) < 1, f"{status}: others do not wait: {others}")


def dead_letters(folder, inbox):
    """After --max-attempts, or at once if the body is rejected; the others go on."""
    inbox.put(event(i) for i in range(6))
    statuses = {event(0)[0]: 500, event(1)[0]: 400, event(2)[0]: 422, event(3)[0]: 413, event(4)[0]: 415}
    with Application(lambda id, before: statuses.get(id, 200)) as application, \
            Worker(folder, inbox, "--to", application.url, "--max-attempts", 3, *FAST) as worker:
        wait_until(lambda: not inbox.queue(), "none is left")
        worker.end()
        outcomes = {line["id"]: line["outcome"] for line in worker.lines()}
    dead = inbox.dead()
    check(dead == {id: (3 if status == 500 else 1, f"answered {status}") for id, status in statuses.items()}, f"{dead}")
    check(collections.Counter(application.ids())[event(0)[0]] == 3 and len(application.ids()) == 8, "and no more attempts")
    check([outcomes[event(i)[0]] for i in range(6)] == ["dead_letter"] * 5 + ["delivered"], f"{outcomes}")
    inbox.run("delete from signhook_dead_letters")


def commands(folder, inbox):
    """By exit codes; with the body, the id and the attempt; killed after the time-out with all it has started."""
    inbox.put(event(i) for i in range(5))
    ids = [event(i)[0] for i in range(5)]
    out, script = folder / "took", folder / "script"
    folder.write("script", f"""
case "$SIGNHOOK_EVENT_ID $SIGNHOOK_ATTEMPT" in
  "{ids[0]} "*) exit 65 ;;
  "{ids[1]} 1") exit 1 ;;
  "{ids[2]} 1") sleep 60 & sleep 60 ;;
  "{ids[3]} 1") kill -KILL $$ ;;
  "{ids[4]} "*) echo "$TRACEPARENT"; exec <&-; sleep 0.1; exit 0 ;;
esac
cat >>{out}.$SIGNHOOK_EVENT_ID
""")
    with Worker(folder, inbox, "--exec", f". {script}", "--timeout", 1, *FAST) as worker:
        wait_until(lambda: not inbox.queue(), "none is left")
        said = worker.end()
        lines = collections.defaultdict(list)
        for line in worker.lines():
            lines[line["id"]].append((line["outcome"], line.get("reason")))
    check(inbox.dead() == {ids[0]: (1, "the command ended with 65")}, f"{inbox.dead()}")
    check(lines[ids[1]] == [("scheduled", "the command ended with 1"), ("delivered", None)], f"{lines}")
    check(lines[ids[2]] == [("scheduled", "the command timed out"), ("delivered", None)], f"{lines}")
    check(lines[ids[3]] == [("scheduled", "the command was ended by signal 9"), ("delivered", None)], f"{lines}")
    check(lines[ids[4]] == [("delivered", None)], f"one that does not read: {lines}")
    check(f"00-{ids[4].replace('-', '')}-" in said, "its output is on standard error")
    for id, _, body in map(event, (1, 2, 3)):
        check((folder / f"took.{id}").read_bytes() == body, f"the body of {id}")
    left = subprocess.run(["pgrep", "-g", "0", "-f", "sleep 60"], capture_output=True, check=False)
    check(left.returncode == 1, f"nothing is left running: {left}")
    inbox.run("delete from signhook_dead_letters")


def is_killed(folder, inbox):
    """A worker that dies between the effect and its record: another delivers the event again with the same id."""
    inbox.put(event(i) for i in range(3))
    held = threading.Event()
    first = event(0)[0]
    with Application(lambda id, before: 200 if id != first or before or held.wait(20) else 500) as application:
        options = ["--to", application.url, "--lease", 1.5, "--timeout", 1]
        with Worker(folder, inbox, *options) as killed:
            wait_until(lambda: set(application.ids()) == {event(i)[0] for i in range(3)}, "all are there")
            killed.kill()
        held.set()
        with Worker(folder, inbox, *options) as worker:
            wait_until(lambda: not inbox.queue(), "all are delivered")
            worker.end()
        again = [line for line in worker.lines() if line["id"] == first]
    check(application.ids().count(first) == 2 and again[0]["attempt"] == 2, f"{again}")
    check(len({one["body"] for one in application.requests if one["id"] == first}) == 1, "the same event")


def loses_its_lease(folder, inbox):
    """A delivery that another worker has taken meanwhile is not logged as delivered: the event comes again."""
    inbox.put([event(0)])
    held = threading.Event()
    with Application(lambda id, before: 200 if before or held.wait(20) else 500) as application, \
            Worker(folder, inbox, "--to", application.url, "--metrics", 0) as worker:
        wait_until(lambda: application.requests, "it is in flight")
        inbox.run("update signhook_queue set attempts = attempts + 1")  # as another worker takes it
        held.set()
        wait_until(lambda: worker.lines(), "it is logged")
        check(inbox.queue() == {event(0)[0]: 2}, "and still there")
        check(metrics_of(worker)["signhook_lost_leases_total"] == 1, "and counted")
        lines = worker.lines()
        check([(line["outcome"], line["status"]) for line in lines] == [("unrecorded", 200)], f"{lines}")
        inbox.run("update signhook_queue set due = 0" + (", leased = 0" if inbox.engine == "postgresql" else ""))
        wait_until(lambda: not inbox.queue(), "it comes again")
        worker.end()
        lines = worker.lines()
    check([line["outcome"] for line in lines] == ["unrecorded", "delivered"], f"{lines}")


def kills_its_worker(folder, inbox):
    """An event that ends every worker becomes a dead letter."""
    inbox.put([event(0)])
    for _ in range(2):
        with Worker(folder, inbox, "--exec", "sleep 30", "--lease", 1.1, "--timeout", 1, "--max-attempts", 2) as worker:
            wait_until(lambda: inbox.queue()[event(0)[0]] == _ + 1, "it is taken")
            worker.kill()
    with Worker(folder, inbox, "--exec", "true", "--max-attempts", 2) as worker:
        wait_until(lambda: not inbox.queue(), "it is a dead letter")
        wait_until(lambda: worker.lines(), "and logged")
        worker.end()
        check(worker.lines()[0]["outcome"] == "dead_letter", f"{worker.lines()}")
    check(inbox.dead() == {event(0)[0]: (2, "the last attempt did not end")}, f"{inbox.dead()}")
    inbox.run("delete from signhook_dead_letters")


def several(folder, inbox):
    """Workers of several processes share the events."""
    inbox.put(event(i) for i in range(400))
    with Application() as application, Worker(folder, inbox, "--to", application.url) as one, \
            Worker(folder, inbox, "--to", application.url, "--concurrency", 3) as two:
        wait_until(lambda: not inbox.queue(), "all are delivered", seconds=60)
        one.end()
        two.end()
        check(one.lines() and two.lines(), "both have worked")
    check(sorted(application.ids()) == sorted(event(i)[0] for i in range(400)), "each once")
    return 400


def stops(folder, inbox):
    """SIGTERM lets deliveries end, and takes no more; after the grace time they are interrupted and come again."""
    inbox.put(event(i) for i in range(40))
    with Application(lambda id, before: (time.sleep(0.7), 200)[1]) as application, \
            Worker(folder, inbox, "--to", application.url, "--concurrency", 4) as worker:
        wait_until(lambda: len(application.requests) == 4, "four are in flight")
        worker.end()
        check(len(inbox.queue()) == 36 and set(inbox.queue().values()) == {0}, "those are delivered, no others taken")
        check(len(worker.lines()) == 4, "and logged")
    with Application(lambda id, before: (time.sleep(20), 200)[1]) as application, \
            Worker(folder, inbox, "--to", application.url, "--concurrency", 4, "--grace-time", 1) as worker:
        wait_until(lambda: len(application.requests) == 4, "four are in flight")
        begin = time.monotonic()
        worker.end()
        check(1 < time.monotonic() - begin < 5, "the grace time")
        check([line["outcome"] for line in worker.lines()] == ["scheduled"] * 4, f"{worker.lines()}")
        check({line["reason"].split(" (")[0] for line in worker.lines()} == {"interrupted"}, f"{worker.lines()}")
    with Worker(folder, inbox, "--exec", "sleep 20", "--concurrency", 4, "--grace-time", 1) as worker:
        wait_until(lambda: sum(attempts > 0 for attempts in inbox.queue().values()) >= 4, "commands run")
        worker.end(seconds=6)
    with Application() as application, Worker(folder, inbox, "--to", application.url) as worker:
        wait_until(lambda: not inbox.queue(), "all come again")
        worker.end()
    check(len(set(application.ids())) == 36, "and are delivered")


def database_is_down(folder, inbox):
    """What was delivered meanwhile is recorded when the server is back, and nothing comes twice."""
    inbox.put(event(i) for i in range(8))
    go_on = threading.Event()
    with Application(lambda id, before: 200 if go_on.wait(20) else 500) as application, \
            Worker(folder, inbox, "--to", application.url, "--metrics", 0) as worker:
        wait_until(lambda: len(application.requests) == 8, "all are in flight")
        inbox.kill()
        go_on.set()
        wait_until(lambda: curl(worker.url + "/healthz")[0] == 503, "it shows")
        check(metrics_of(worker)["signhook_inbox_available"] == 0, "in the metrics too")
        inbox.start()
        wait_until(lambda: not inbox.queue(), "they are recorded")
        inbox.put([event(8)])
        wait_until(lambda: not inbox.queue(), "and it goes on")
        said = worker.end()
    check(said.count("cannot be used: ") == 1 and said.count("can be used again") == 1, said)
    check(len(application.requests) == 9 == len(set(application.ids())), "each once")


def starts_first(folder, inbox):
    """A worker that starts before its database waits for it."""
    inbox.kill()
    with Worker(folder, inbox, "--exec", "true") as worker:
        time.sleep(1)
        inbox.start()
        inbox.put([event(0)])
        wait_until(lambda: not inbox.queue(), "it is delivered")
        check("cannot be used" in worker.end(), "it says so")


def options(folder, inbox):
    url = "http://127.0.0.1:1/"
    folder.write("short", "whsec_" + base64.b64encode(b"x" * 23).decode())
    for given, said in [
        (["--to", url], "--inbox is required"),
        (["--inbox", "x"], "--to or --exec"),
        (["--inbox", "x", "--to", url, "--exec", "true"], "excludes"),
        (["--inbox", "mysql://x", "--to", url], "sqlite:"),
        (["--inbox", inbox.address, "--to", "ftp://x/"], "http"),
        (["--inbox", inbox.address, "--to", url, "--timeout", 60], "--lease"),
        (["--inbox", inbox.address, "--to", url, "--concurrency", 0], "--concurrency"),
        (["--inbox", inbox.address, "--exec", "true", "--cloudevents", "binary"], "--to"),
        (["--inbox", inbox.address, "--exec", "true", "--signing-secret-file", folder / "signing"], "--to"),
        (["--inbox", inbox.address, "--to", url, "--source", "urn:us"], "--cloudevents"),
        (["--inbox", inbox.address, "--to", url, "--cloudevents", "binary", "--source", "a b"], "not a URI-reference"),
        (["--inbox", inbox.address, "--to", url, "--signing-secret-file", folder / "secret"], "whsec_"),
        (["--inbox", inbox.address, "--to", url, "--signing-secret-file", folder / "short"], "24 to 64 bytes"),
    ]:
        done = subprocess.run([TOOL, "work", *map(str, given)], capture_output=True, check=False, timeout=20)
        text = done.stderr.decode()
        check(done.returncode == 2 and said in text, f"{given}: {done}")
        check(SECRET not in text, "no secret is shown")


engine = sys.argv[1]
if engine == "postgresql":
    need("psql")
with Folder() as folder, ENGINES[engine](folder) as inbox:
    make_tables(folder, inbox)
    steps = [takes, cloud_events, comes_again, is_late, retry_after, dead_letters, commands, is_killed, loses_its_lease,
             kills_its_worker,
             several, stops, options]
    if engine == "postgresql":
        steps += [database_is_down, starts_first]
    only = sys.argv[2:]
    for step in steps:
        if not only or step.__name__ in only:
            step(folder, inbox)
    counted("work", engine=engine, steps=len(steps))
