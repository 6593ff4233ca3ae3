# SPDX-License-Identifier: BSL-1.0
"""listen --forward URL: a target that takes events, and targets that fail, hang, reject, are dead, and recover."""
import http.server
import ssl
import threading
import urllib.parse

from harness import *

need("curl")
BODIES = samples()
SECRET_NAME = "X-Forwarded-Secret"
FORWARD_SECRET = "c29tZXRoaW5nLWVsc2UtZm9yLXRoZS10YXJnZXQ="


class Target:
    """A server that notes each request. `behaves` returns the status to answer, or None to close without an answer."""

    def __init__(self, behaves=lambda body: 200, port=0, tls=None):
        self.requests = []
        self.behaves = behaves
        target = self

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                target.requests.append((self.path, dict(self.headers), body))
                status = target.behaves(body)
                if status is None:
                    self.close_connection = True
                    return
                self.send_response(status)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.handle_error = lambda *_: None  # a client that has gone
        if tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*tls)
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self.port = self._server.server_port
        self.url = f"http{'s' if tls else ''}://127.0.0.1:{self.port}/hook?to=us"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._server.server_close()

    def bodies(self):
        return [body for _, _, body in self.requests]


def accept(listener, bodies):
    """Sends the bodies, and checks that nobody waits for the target."""
    bodies = list(bodies)
    begin = time.monotonic()
    check(deliver(listener.port, bodies) == [200] * len(bodies), "each is accepted")
    check(time.monotonic() - begin < 0.1 * len(bodies) + 1, "and nobody waits for the target")


def dead_port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def takes(folder):
    """Each event once, in order and as it came, with the target's own secret."""
    folder.write("forward_secret", FORWARD_SECRET + "\n")
    with Target() as target, Listener(
            folder, "--metrics", "--forward", target.url, "--forward-secret-header", SECRET_NAME,
            "--forward-secret-file", folder / "forward_secret", archive="takes") as listener:
        with_more = next(many(1)).replace(b'{"id"', b'{ "new" : 1, "id"')
        check(b'"new"' in with_more, "a body with an unknown member")
        accept(listener, [*BODIES, with_more])
        for body, verdict in [(BODIES[0], "duplicate"), (b"{}", "quarantine")]:
            check(post(listener.url, body)[1] == verdict + "\n", verdict)
        check(post(listener.url, BODIES[1], secret=None)[0] == 401, "and one without the secret")
        wait_until(lambda: len(target.requests) >= 9, "all are posted")
        counts = metrics_of(listener)
        check("signhook_forward" not in listener.end(), "nothing to report")
    check(target.bodies() == [*BODIES, with_more], "each event once, in order, with the bytes that came")
    for path, headers, _ in target.requests:
        check(path == "/hook?to=us" and headers[SECRET_NAME] == FORWARD_SECRET, f"{path} {headers}")
        check(headers["Content-Type"] == "application/json" and HEADER not in headers, f"{headers}")
    for name, value in [('signhook_forwarded_total{result="delivered"}', 9), ('signhook_forwarded_total{result="lost"}', 0),
                        ("signhook_forward_failures_total", 0), ("signhook_forward_waiting", 0),
                        ("signhook_forward_failed", 0)]:
        check(counts[name] == value, f"{name}: {counts}")


def cloud_events(folder):
    """In both modes of the HTTP binding, with the attributes that decode --cloudevents prints."""
    printed = subprocess.run([TOOL, "decode", "--lines", "--cloudevents", "--source", "urn:us"], input=b"\n".join(BODIES),
                             stdout=subprocess.PIPE, check=True).stdout.splitlines()
    expected = [json.loads(line) for line in printed]
    for mode in ["structured", "binary"]:
        with Target() as target, Listener(folder, "--forward", target.url, "--forward-cloudevents", mode, "--forward-source",
                                          "urn:us", archive=mode) as listener:
            accept(listener, BODIES)
            wait_until(lambda: len(target.requests) >= len(BODIES), "all are posted")
            listener.end()
        for (_, headers, body), event in zip(target.requests, expected, strict=True):
            if mode == "structured":
                check(headers["Content-Type"] == "application/cloudevents+json; charset=UTF-8", f"{headers}")
                check(json.loads(body) == event and not any(name.startswith("ce-") for name in headers), f"{body}")
                continue
            attributes = {name.lower().removeprefix("ce-"): urllib.parse.unquote(value) for name, value in headers.items()
                          if name.lower().startswith("ce-")}
            attributes["datacontenttype"] = headers["Content-Type"]
            check(attributes | {"data": json.loads(body)} == event and body in BODIES, f"{headers} {body}")


def to_another_listener(folder):
    with Listener(folder, archive="second") as second:
        with Listener(folder, "--forward", second.url, "--forward-secret-header", HEADER, "--forward-secret-file",
                      folder / "secret", archive="first") as first:
            accept(first, many(20))
            first.end()  # which gives the target time to take the rest
        second.end()
    check(bodies_of(folder / "first") == bodies_of(folder / "second") == list(many(20)), "both have the same")


def bodies_of(path):
    return [line["body"].encode() for line in lines_of(path)]


def fails_for_a_while(folder):
    """Statuses after which it is tried again, and an answer that is lost."""
    first, *rest = many(4)
    for name, failing in [("503", 503), ("429", 429), ("401", 401), ("404", 404), ("302", 302), ("no answer", None)]:
        left = [failing, failing]
        with Target(lambda body: left.pop() if left else 200) as target, \
                Listener(folder, "--metrics", "--forward", target.url, archive=f"fails {name}") as listener:
            accept(listener, [first, *rest])
            wait_until(lambda: metrics_of(listener)['signhook_forwarded_total{result="delivered"}'] == 4, f"{name}: delivered")
            check(target.bodies() == [first] * 3 + rest, f"{name}: the first again, and then the others in order")
            check(metrics_of(listener)["signhook_forward_failures_total"] == 2, f"{name}: failures are counted")
            said = listener.end()
        check(said.count("it is tried again") == 1 and said.count("takes events again") == 1, f"{name}: {said}")
        check((f"answered {failing}" if failing else "closed the connection") in said, f"{name}: {said}")


def rejects(folder):
    """A body that the target rejects does not keep the others waiting."""
    bodies = list(many(4))
    statuses = dict(zip(bodies, [400, 422, 413, 200]))
    with Target(lambda body: statuses[body]) as target, \
            Listener(folder, "--metrics", "--forward", target.url, archive="rejects") as listener:
        accept(listener, bodies)
        wait_until(lambda: metrics_of(listener)["signhook_forward_waiting"] == 0, "none waits")
        counts = metrics_of(listener)
        said = listener.end(code=2)
    check(target.bodies() == bodies, "each was posted once")
    check(counts['signhook_forwarded_total{result="lost"}'] == 3 and counts["signhook_forward_failed"] == 0, f"{counts}")
    for body, status in list(statuses.items())[:3]:
        check(f"rejects the event {json.loads(body)['id']}: answered {status}" in said, said)
    check("did not take all events: 3 are left" in said, said)
    check(bodies_of(folder / "rejects") == bodies, "all are in the archive")


def dead_and_hanging(folder):
    """Nobody waits; it shows in /healthz and metrics; SIGTERM ends it; nothing is lost with an archive."""
    port = dead_port()
    go_on = threading.Event()
    with Target(lambda body: 200 if go_on.wait(60) else None) as hanging, \
            Listener(folder, "--metrics", "--forward", f"http://127.0.0.1:{port}/hook", archive="dead") as dead, \
            Listener(folder, "--forward", f"http://127.0.0.1:{port}/hook", archive=None) as no_archive, \
            Listener(folder, "--metrics", "--grace-time", 1, "--forward", hanging.url, archive="hangs") as hangs, \
            Listener(folder, "--grace-time", 1, "--forward", hanging.url, archive="killed") as killed:
        for listener in dead, no_archive, hangs, killed:
            check(curl(listener.url + "/healthz") == (200, "ok\n"), "nothing waits yet")
            accept(listener, many(20))
        for listener, why in (dead, "fails"), (no_archive, "fails"), (hangs, "does not answer"):
            wait_until(lambda: curl(listener.url + "/healthz") == (503, f"the target of --forward {why}\n"), "it shows")
        check(post(no_archive.url, BODIES[1])[0] == 503, "without an archive it shall come again")
        for listener, failed in (dead, 1), (hangs, 0):
            counts = metrics_of(listener)
            check(counts["signhook_forward_waiting"] == 20 and counts["signhook_forward_blocked_seconds"] >= 10 and
                  counts["signhook_forward_failed"] == failed, f"{counts}")
            accept(listener, many(1, first=20))
        begin = time.monotonic()
        said = hangs.end(code=2)
        check(time.monotonic() - begin < 4, "SIGTERM ends it after the grace time")
        check("did not take all events: 21 are left" in said, said)
        killed.end(signal.SIGKILL)
        # The target is there again.
        with Target(port=port) as target:
            wait_until(lambda: len(target.requests) == 41, "it takes all", seconds=40)
            for listener in dead, no_archive:
                wait_until(lambda: curl(listener.url + "/healthz") == (200, "ok\n"), "it is well again")
            check(post(no_archive.url, BODIES[1])[0] == 200, "and takes events")
            said = dead.end()
            check("connection refused" in said and "takes events again" in said, said)
            check(no_archive.end().count("takes events again") == 1, "also without an archive")
            check(sorted(target.bodies()) == sorted([*many(21), *many(20), BODIES[1]]), "each once from each listener")
            # What was left when a listener ended or was killed is in its archive.
            for name, count in ("hangs", 21), ("killed", 20):
                del target.requests[:]
                done = subprocess.run([TOOL, "replay", str(folder / name), "--to", target.url, "--connections", "1"],
                                      capture_output=True, check=False)
                check(done.returncode == 0 and target.bodies() == list(many(count)), f"{name}: {done}")
        go_on.set()


def tls(folder):
    cert, key = certificate(folder)
    with Target(tls=(cert, key)) as target:
        with Listener(folder, "--forward", target.url, "--forward-cacert", cert, archive="tls") as listener:
            accept(listener, many(2))
            listener.end()
        check(target.bodies() == list(many(2)), "over TLS")
        with Listener(folder, "--grace-time", 1, "--forward", target.url, archive="untrusted") as listener:
            accept(listener, many(2))
            said = listener.end(code=2)
        check("certificate was rejected" in said and len(target.requests) == 2, f"an unknown authority: {said}")


def full(folder):
    """What has no room in memory is in the archive only."""
    padding = b',"padding":"%s"}' % (b"x" * 60000)
    bodies = [body[:-1] + padding for body in many(1200)]  # more than 64 MiB
    with Target(lambda _: 503) as target, \
            Listener(folder, "--quiet", "--metrics", "--grace-time", 1, "--max-requests", 2000, "--sync", "none",
                     "--forward", target.url, archive="full") as listener:
        accept(listener, bodies)
        counts = metrics_of(listener)
        check(1000 < counts["signhook_forward_waiting"] < 1200, f"{counts}")
        check(counts["signhook_forward_waiting"] + counts['signhook_forwarded_total{result="lost"}'] == 1200, f"{counts}")
        listener.end(code=2)
    check(len(lines_of(folder / "full")) == 1200, "the archive has all")


def slow(folder):
    """A request that takes longer than --forward-timeout is tried again."""
    waits = [1.0]
    def behaves(_):
        time.sleep(waits.pop() if waits else 0)
        return 200
    with Target(behaves) as target, Listener(folder, "--forward", target.url, "--forward-timeout", 0.3,
                                             archive="slow") as listener:
        accept(listener, many(1))
        said = listener.end()
    check("timed out" in said and target.bodies() == list(many(1)) * 2, said)


def options(folder):
    common = ["--port", "0", "--secret-header", HEADER, "--secret-file", folder / "secret"]
    url = "http://127.0.0.1:1/"
    for given, said in [
        (["--forward", "http://"], "host"),
        (["--forward", "http://127.0.0.1:70000/"], "port"),
        (["--forward", "https://user:password@127.0.0.1/"], "password"),
        (["--forward", "cat", "--forward-secret-header", "X", "--forward-secret-file", folder / "secret"],
         "--forward-secret-header requires an http or https address"),
        (["--forward", "cat", "--forward-timeout", 3], "--forward-timeout requires"),
        (["--forward-timeout", 3], "--forward"),
        (["--forward", url, "--forward-secret-header", "X"], "one secret"),
        (["--forward", url, "--forward-secret-header", "Host", "--forward-secret-file", folder / "secret"], "Host"),
        (["--forward", url, "--forward-cacert", folder / "none"], "cannot read"),
        (["--forward", url, "--forward-cloudevents", "binary", "--forward-source", "a b"], "not a URI-reference"),
        (["--forward", url, "--forward-source", "urn:us"], "--forward-cloudevents"),
        (["--forward", url, "--forward-cloudevents", "both"], "both"),
        (["--forward", "cat", "--forward-cloudevents", "binary"], "--forward-cloudevents requires an http or https address"),
    ]:
        done = subprocess.run([TOOL, "listen", *map(str, common), *map(str, given)], capture_output=True, check=False,
                              timeout=20)
        check(done.returncode == 2 and said in done.stderr.decode(), f"{given}: {done}")


with Folder() as folder:
    takes(folder)
    cloud_events(folder)
    to_another_listener(folder)
    fails_for_a_while(folder)
    rejects(folder)
    tls(folder)
    full(folder)
    slow(folder)
    options(folder)
    dead_and_hanging(folder)
    counted("forward", targets=15)
