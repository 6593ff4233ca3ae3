# SPDX-License-Identifier: BSL-1.0
"""signhook work into RabbitMQ and Kafka: brokers that are killed, frozen, blocked, down, and that reject.
    bus.py amqp|kafka [--kills N] [STEP...]"""
import collections
import random
import sys

from buses import BUSES
from databases import Sqlite, event
from workers import *

FAST = ["--first-delay", 0.1, "--max-delay", 0.2]
RANDOM = random.Random(21)
OTHER = b'{"id":"00000000-0000-4000-8000-00000000abcd","type":"something","created":"2026-01-01T00:00:00Z","new":[1, 2]}'


def padded(number, size):
    id, dossier, body = event(number)
    return id, dossier, body[:-1] + b',"x":"' + b"y" * size + b'"}'


def check_event(got, id, dossier, body, mode="binary", source=None):
    """Against CloudEvents 1.0.2 and its bindings, by hand."""
    event = json.loads(body)
    attributes = got["attributes"]
    wanted = {"specversion": "1.0", "id": id, "type": "com.cm.sign." + event["type"], "datacontenttype": "application/json",
              "subject": f"dossiers/{dossier}", "source": source or attributes["source"], "time": attributes["time"]}
    if dossier is None:
        wanted.pop("subject")
    check(attributes == wanted and source != "" and attributes["source"], f"{attributes}, expected {wanted}")
    check(attributes["time"].replace("+00:00", "Z") == event["created"].replace("+00:00", "Z"), f"{attributes}")
    check(got["mode"] == mode and got["data"] == event, f"{got}")
    if mode == "binary":
        check(got["body"] == body and got["type"] == "application/json", f"{got}")
    else:
        check(got["type"] == "application/cloudevents+json; charset=UTF-8" and set(got["headers"]) <= {"traceparent", "content-type"},
              f"{got}")
    check(re.fullmatch(f"00-{id.replace('-', '')}-[0-9a-f]{{16}}-01", got["headers"]["traceparent"]), f"{got}")
    if bus.name == "amqp":
        check(got["message_id"] == id, f"{got}")
    else:
        check(got["key"] == (None if dossier is None else str(dossier).encode()), f"{got}")


def none_left(what, seconds=60):
    wait_until(lambda: not inbox.queue(), what, seconds)


def worker(*options, **more):
    return Worker(folder, inbox, "--to", bus.address, *options, **more)


def delivers(*options, events, to=None):
    """Delivers the events, and gives back the log's lines and the messages."""
    bus.forget()
    inbox.put(events)
    with Worker(folder, inbox, "--to", to or bus.address, *options) as one:
        none_left("all are delivered")
        one.end()
        return one.lines(), bus.read()


def takes():
    """Each event once and as it came, with all that CloudEvents has; also one without a dossier, and one of 60,000 bytes
    for Kafka."""
    other = (json.loads(OTHER)["id"], None, OTHER)
    all = [*map(event, range(60)), other, *([padded(60, 60_000)] if bus.name == "kafka" else [])]
    inbox.put(all)
    with worker("--metrics", 0) as one:
        none_left("all are delivered")
        wait_until(lambda: metrics_of(one)['signhook_attempts_total{outcome="delivered"}'] == len(all), "they are counted")
        promtool(curl(one.url + "/metrics")[1])
        one.end()
        lines = one.lines()
    got = {one["id"]: one for one in bus.read()}
    check(len(got) == len(all) == len(bus.read()), "each came once")
    for id, dossier, body in all:
        check_event(got[id], id, dossier, body)
    check({line["outcome"] for line in lines} == {"delivered"} and {line["attempt"] for line in lines} == {1}, f"{lines}")
    if bus.name == "amqp":
        check({one["routing_key"] for one in got.values()} == {"dossier.state.updated", "something"}, "the type is the key")
    for mode in ["structured", "binary"]:
        id, dossier, body = event(70)
        _, messages = delivers("--cloudevents", mode, "--source", "urn:us", events=[event(70)])
        check_event(messages[0], id, dossier, body, mode, "urn:us")


def is_frozen():
    """A broker that stands still lets attempts fail by --timeout, and a worker end; afterwards nothing is lost."""
    all = [event(i) for i in range(30)]
    bus.forget()
    with worker("--timeout", 1, "--concurrency", 4, *FAST) as one:
        inbox.put(all[:10])
        none_left("the first are delivered")
        bus.freeze(True)
        inbox.put(all[10:])
        wait_until(lambda: sum(line["outcome"] == "scheduled" for line in one.lines()) >= 4, "attempts fail", 60)
        bus.freeze(False)
        none_left("all are delivered")
        bus.freeze(True)
        inbox.put([event(30)])
        wait_until(lambda: inbox.queue().get(event(30)[0]) == 1, "another is taken")
        one.process.send_signal(signal.SIGTERM)
        one.process.wait(timeout=25)
        bus.freeze(False)
        lines = one.lines()
    failed = [line for line in lines if line["outcome"] == "scheduled" and line["reason"] != "interrupted"]
    check(all_in(failed, "timed out", "TIMED_OUT"), f"{failed}")
    with worker() as one:
        none_left("the last one is delivered")
        one.end()
    ids = collections.Counter(one["id"] for one in bus.read())
    check(set(ids) == {id for id, *_ in [*all, event(30)]}, f"none is lost: {ids}")
    return len(ids), sum(ids.values()) - len(ids)


def all_in(lines, *texts):
    return lines and all(any(text in line["reason"] for text in texts) for line in lines)


def worker_is_killed():
    """What was in flight comes again with the same id and body."""
    all = [event(i) for i in range(400)]
    bus.forget()
    for i in range(4):
        inbox.put(all[100 * i:100 * i + 100])
        before = len(inbox.queue())
        with worker("--lease", 1.5, "--timeout", 1) as one:
            wait_until(lambda: len(inbox.queue()) < before, "it delivers", 60)
            one.kill()
    with worker("--lease", 1.5, "--timeout", 1) as one:
        none_left("all are delivered")
        one.end()
    got = collections.defaultdict(list)
    for one in bus.read():
        got[one["id"]].append(one)
    for id, dossier, body in all:
        check(got[id], f"{id} is lost")
        for one in got[id]:
            check_event(one, id, dossier, body)


# RabbitMQ

def is_unroutable():
    """A message that no queue gets was not delivered."""
    with bus.channel() as channel:
        channel.exchange_declare("lonely", "fanout", durable=True)
    lonely = bus.address.replace("signs", "lonely")
    for address, status, said in [(lonely, 312, "returned: 312 NO_ROUTE"), (bus.address + "x", 404, "404 NOT_FOUND"),
                                  (lonely.replace("exchange=lonely", "routing_key=nobody"), 312, "NO_ROUTE")]:
        inbox.put([event(0)])
        with Worker(folder, inbox, "--to", address, *FAST) as one:
            wait_until(lambda: len(one.lines()) >= 2, "it fails")
            if address == lonely:
                with bus.channel() as channel:
                    channel.queue_bind("events", "lonely")
                none_left("it is delivered")
            one.end()
        lines = one.lines()
        failed = [line for line in lines if line["outcome"] == "scheduled"]
        check(all_in(failed, said) and failed[0]["status"] == status, f"{lines}")
        check((lines[-1]["outcome"] == "delivered") == (address == lonely), f"{lines}")
        inbox.run("delete from signhook_queue")
    bus.forget()


def is_rejected():
    """One larger than the broker takes is a dead letter; a queue that is full lets it come again."""
    inbox.put([padded(0, 30_000), event(1)])
    with worker(*FAST) as one:
        none_left("none is left")
        one.end()
    attempts, reason = inbox.dead()[event(0)[0]]
    check(attempts == 1 and "406 PRECONDITION_FAILED - message size" in reason and len(inbox.dead()) == 1, f"{inbox.dead()}")
    inbox.run("delete from signhook_dead_letters")
    with bus.channel() as channel:
        channel.queue_declare("full", durable=True, arguments={"x-max-length": 1, "x-overflow": "reject-publish"})
        inbox.put([event(2), event(3)])
        with Worker(folder, inbox, "--to", bus.address.replace("exchange=signs", "routing_key=full"), *FAST) as one:
            wait_until(lambda: len(inbox.queue()) == 1 and any(line["outcome"] == "scheduled" for line in one.lines()), "one")
            channel.queue_purge("full")
            none_left("both are delivered")
            one.end()
            check(all_in([line for line in one.lines() if line["outcome"] == "scheduled"], "nack"), f"{one.lines()}")
        channel.queue_delete("full")


def is_secure():
    """Over TLS with --cacert, and not without; by passwords, which are not shown."""
    inbox.put([event(0)])
    bus.forget()
    with Worker(folder, inbox, "--to", bus.secure, *FAST) as one:
        wait_until(lambda: one.lines(), "it fails")
        one.end()
        check(all_in(one.lines(), "SSL", "certificate"), f"{one.lines()}")
    with Worker(folder, inbox, "--to", bus.secure, "--cacert", bus.authority) as one:
        none_left("it is delivered")
        one.end()
    check([one["id"] for one in bus.read()] == [event(0)[0]], "over TLS")
    folder.write("wrong", "hunter2\n")
    folder.write("right", "guest\n")
    secrets = ["hunter2", "hunter3", "hunter4"]
    for to, options, environment, is_right in [
        ("guest:hunter3@", [], {}, False), ("guest@", ["--password-file", folder / "wrong"], {}, False),
        ("guest@", [], {"SIGNHOOK_AMQP_PASSWORD": "hunter4"}, False), ("", ["--password-file", folder / "right"], {}, True),
        ("guest:%67uest@", [], {"SIGNHOOK_AMQP_PASSWORD": "hunter4"}, True),
    ]:
        inbox.put([event(1)])
        with Worker(folder, inbox, "--to", bus.address.replace("//", "//" + to), *options, *FAST, environment=environment) as one:
            wait_until(lambda: one.lines(), "it is tried", 60)
            said = one.end() + one.log.read_text()
            check(one.lines()[0]["outcome"] == ("delivered" if is_right else "scheduled"), said)
            check(is_right or all_in(one.lines(), "403 ACCESS_REFUSED"), said)
            check(not any(secret in said for secret in secrets), said)
        inbox.run("delete from signhook_queue")


def is_blocked():
    """A broker that is short of memory takes nothing: attempts say so, and nothing comes twice that was not sent."""
    bus.forget()
    with worker("--timeout", 1, "--concurrency", 2, *FAST) as one:
        inbox.put([event(0), event(1)])
        none_left("the first are delivered")
        bus.control("set_vm_memory_high_watermark", "0.0000001")
        inbox.put([event(2), event(3)])
        wait_until(lambda: sum(line["outcome"] == "scheduled" for line in one.lines()) >= 4, "attempts fail", 60)
        bus.control("set_vm_memory_high_watermark", "0.4")
        none_left("all are delivered")
        one.end()
        failed = [line for line in one.lines() if line["outcome"] == "scheduled"]
    check(all_in(failed, "the broker takes no messages: low on memory", "timed out"), f"{failed}")
    check(any("low on memory" in line["reason"] for line in failed), f"{failed}")
    check({one["id"] for one in bus.read()} == {event(i)[0] for i in range(4)}, "none is lost")


def is_idle():
    """A connection that broke while there was nothing to do costs no attempt."""
    with worker("--concurrency", 1) as one:
        inbox.put([event(0)])
        none_left("it is delivered")
        bus.kill()
        bus.start()
        inbox.put([event(1)])
        none_left("and so is the next")
        one.end()
        check([line["attempt"] for line in one.lines()] == [1, 1], f"{one.lines()}")


def is_killed():
    """The broker is killed while it takes messages: what it confirmed is there."""
    bus.forget()
    count = 400 * kills
    all = [event(i) for i in range(count)]
    inbox.put(all)
    with worker("--timeout", 2, *FAST) as one:
        for _ in range(kills):
            before = len(inbox.queue())
            wait_until(lambda: before - len(inbox.queue()) >= 50, "it delivers", 60)
            time.sleep(RANDOM.random() / 5)
            bus.kill()
            bus.start()
        none_left("all are delivered", 120)
        one.end()
    ids = collections.Counter(one["id"] for one in bus.read())
    check(set(ids) == {id for id, *_ in all}, f"{count - len(ids)} are lost")
    return count, sum(ids.values()) - count


# Kafka

def has_keys():
    """Events of one dossier are in the partition that Kafka's own clients would choose."""
    murmur2 = __import__("kafka.partitioner.default").partitioner.default.murmur2
    all = [event(i, dossier=event(i % 7)[1]) for i in range(40)]
    _, messages = delivers(events=all)
    for one in messages:
        check(one["partition"] == (murmur2(one["key"]) & 0x7fffffff) % bus.partitions, f"{one}")
    check(len({one["partition"] for one in messages}) > 1, "several partitions")


def has_errors():
    """Errors that may pass are tried again by the library, others by the worker; the rest are dead letters."""
    not_leader, too_large, not_allowed, out_of_order, invalid = 6, 10, 29, 45, 87
    for code, outcomes in [(not_leader, ["delivered"]), (not_allowed, ["scheduled", "delivered"]), (too_large, ["dead_letter"]),
                           (invalid, ["dead_letter"]), (out_of_order, ["scheduled", "delivered"])]:
        bus.do("fail", 1, code)
        inbox.put([event(0)])
        bus.forget()
        with worker(*FAST) as one:
            none_left(f"{code}")
            one.end()
            lines = one.lines()
        # librdkafka keeps what it knows of a topic until it asks again, so that there may be several attempts.
        check([*dict.fromkeys(line["outcome"] for line in lines)] == outcomes, f"{code}: {lines}")
        check(lines[0].get("status") == (None if code == not_leader else code), f"{code}: {lines}")
        check([one["id"] for one in bus.read()] == [event(0)[0]] * ("delivered" in outcomes), f"{code}")
        inbox.run("delete from signhook_dead_letters")


def is_cut():
    """Connections that are closed in place of an answer, and brokers that are down."""
    bus.forget()
    all = [event(i) for i in range(300)]
    with worker("--timeout", 3, *FAST) as one:
        for i in range(3):
            bus.do("cut", 3)
            inbox.put(all[100 * i:100 * i + 50])
            none_left("all are delivered")
            bus.down(True)
            inbox.put(all[100 * i + 50:100 * i + 100])
            wait_until(lambda: sum(line["outcome"] == "scheduled" for line in one.lines()) >= 8 * (i + 1), "attempts fail", 60)
            bus.down(False)
            none_left("all are delivered")
        one.end()
        failed = [line for line in one.lines() if line["outcome"] == "scheduled"]
    check(all_in(failed, "TIMED_OUT"), f"{failed}")
    check(any("refused" in line["reason"] for line in failed), f"the problem is named: {failed[:2]}")
    ids = collections.Counter(one["id"] for one in bus.read())
    check(set(ids) == {id for id, *_ in all}, "none is lost")
    return len(ids), sum(ids.values()) - len(ids)


def options():
    """Rejected before anything is delivered, and without what may be a password."""
    secret = "hunter2"
    files = {"unknown": "no.such=" + secret, "own": "acks=" + secret, "line": "\n" + secret, "value": "linger.ms=" + secret,
             "clash": "max.in.flight=6\nsasl.password=" + secret}
    for name, text in files.items():
        folder.write(name, text)
    folder.write("fine", "# comment\n\n client.id = us \n")
    kafka, amqp = "kafka://127.0.0.1:1/events", "amqp://us:hunter2@127.0.0.1:1/?exchange=x"
    for to, given, said in [
        ("kafka://127.0.0.1:1/", [], "topic"), ("kafka:///events", [], "no host"), ("kafka://h:0/events", [], "port"),
        ("kafka://h:1/a/b", [], "topic"), ("kafka://us:hunter2@h:1/events", [], "port"),
        (amqp.replace("=x", "=%zz"), [], "hexadecimal"), (amqp.split("?")[0], [], "routing_key"), (amqp + "&x=1", [], "parameter"),
        (amqp.replace(":1/", ":hunter2/"), [], "port"), (amqp.replace("127.0.0.1", ""), [], "no host"),
        (kafka, ["--password-file", folder / "fine"], "only for amqp"), (amqp, ["--kafka-config", folder / "fine"], "only for kafka"),
        (amqp, ["--password-file", folder / "fine"], "--password-file too"),
        (amqp, ["--secret-header", "x"], "only for http"), (kafka, ["--signing-secret-file", folder / "fine"], "only for http"),
        (kafka, ["--no-proxy"], "only for http"), ("http://127.0.0.1:1/", ["--kafka-config", folder / "fine"], "only for kafka"),
        (kafka, ["--kafka-config", folder / "none"], "none"), (kafka, ["--kafka-config", folder / "unknown"], "no.such"),
        (kafka, ["--kafka-config", folder / "own"], "acks"), (kafka, ["--kafka-config", folder / "line"], "line 2"),
        (kafka, ["--kafka-config", folder / "value"], "line 1"), (kafka, ["--kafka-config", folder / "clash"], "max.in.flight"),
        (kafka, ["--source", "urn:us"], "--cloudevents"), (kafka, ["--cloudevents", "binary", "--source", "a b"], "not a URI"),
    ]:
        done = subprocess.run([TOOL, "work", "--inbox", inbox.address, "--to", to, *map(str, given)], capture_output=True,
                              check=False, timeout=20)
        text = done.stderr.decode()
        check(done.returncode == 2 and said in text, f"{to} {given}: {done}")
        check(secret not in text, f"no password is shown: {text}")


kind, *words = sys.argv[1:]
kills = int(words[words.index("--kills") + 1]) if "--kills" in words else 1
only = [word for word in words if word.isidentifier()]  # neither an option nor its number
STEPS = {"amqp": [takes, is_unroutable, is_rejected, is_secure, is_frozen, is_blocked, is_idle,
                  is_killed, worker_is_killed],
         "kafka": [takes, has_keys, has_errors, is_cut, is_frozen, worker_is_killed, options]}[kind]
with Folder() as folder, Sqlite(folder) as inbox, BUSES[kind](folder) as bus:
    make_tables(folder, inbox)
    events = again = 0
    for step in STEPS:
        if not only or step.__name__ in only:
            begin = time.monotonic()
            made = step()
            print(f"{step.__name__}: {time.monotonic() - begin:.1f} s", flush=True)
            if made:
                events, again = events + made[0], again + made[1]
    counted("bus", bus=kind, steps=len(STEPS), kills=kills if kind == "amqp" else 0, events_past_failures=events, lost=0,
            came_again=again)
