# SPDX-License-Identifier: BSL-1.0
"""send against listen, over HTTP and TLS, with what networks and senders do to deliveries."""
import http.server
import subprocess
import threading

from harness import *

need("curl")


def ten_thousand(folder):
    for name, options, events in [
        ("whole", ["--count", 2000, "--duplicate", 0.1, "--unknown", 0.1], 2000),
        ("mixed", ["--count", 10000, "--duplicate", 0.1, "--unknown", 0.1, "--corrupt", 0.05], None),
    ]:
        with Listener(folder, "--quiet", archive=name) as listener:
            attempts = folder / f"{name}.attempts"
            code, report = send(folder, listener.url, *options, "--shuffle", "--connections", 8, "--attempts", attempts)
            listener.end()
        check(code == 0 and report["delivered"] == report["deliveries"], f"{name}: {report}")
        check(report["deliveries"] > 2000 and report["health"] == "working", f"{name}: {report}")
        answered, archived = check_nothing_lost(folder / name, attempts)
        verdicts = collections.Counter(line["verdict"] for line in lines_of(folder / name))
        check(answered == archived, "what is archived was answered")
        if events:
            check(archived == events and verdicts == {"accepted": events}, f"{name}: {verdicts}")
        else:
            check(verdicts["quarantine"] > 300 and archived + verdicts["quarantine"] > 10000, f"{name}: {verdicts}")
        counted(name, sent=report["deliveries"], answered_with_2xx=report["statuses"]["200"], events=answered,
                archived=archived, quarantined=verdicts["quarantine"], lost=0)


def over_tls(folder):
    cert, key = certificate(folder)
    with Listener(folder, "--quiet", "--cert", cert, "--key", key, "--request-time", 2, archive="tls") as listener:
        attempts = folder / "tls.attempts"
        code, report = send(folder, listener.url, "--count", 1000, "--cacert", cert, "--attempts", attempts,
                            "--connections", 8)
        check(code == 0 and report["delivered"] == 1000, f"over TLS: {report}")
        code, report = send(folder, listener.url, "--count", 1)
        check(code == 1 and report["statuses"] == {"0": 1}, f"a certificate of an unknown authority is not trusted: {report}")
        check(post(listener.url, samples()[0], "--cacert", cert)[0] == 200, "curl over TLS")
        plain = listener.url.replace("https", "http")
        check(curl(plain)[0] == 0, "plain HTTP is no TLS")
        _, spent = raw(listener.port, b"")
        check(spent < 5, "a client that never shakes hands is left")
        listener.end()
    counted("TLS", sent=1000, archived=check_nothing_lost(folder / "tls", attempts)[1] - 1, lost=0)


def secrets(folder):
    folder.write("wrong", SECRET[::-1])
    folder.write("old", SECRET[:-1].upper())
    with Listener(folder, "--quiet", "--secret-file", folder / "old", archive="secrets") as listener:
        for secret, expected in [("secret", "200"), ("old", "200"), ("wrong", "401"), (None, "401")]:
            code, report = send(folder, listener.url, "--type", "dossier.prepared", secret=secret)
            check(report["statuses"] == {expected: 1}, f"{secret}: {report}")
            check(code == (0 if expected == "200" else 1), f"{secret} ends with {code}")
            check(report["unknown"] == (0 if expected == "200" else 1), f"the outcome of a 401 is unknown: {report}")
        listener.end()
    check(len(archived_ids(folder / "secrets")) == 2, "only with a secret")


class Failing(http.server.BaseHTTPRequestHandler):
    """Answers an event with 503 a number of times, and then with 200."""

    failures = 0
    status = 503
    seen = collections.Counter()
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        Failing.seen[body["id"]] += 1
        has_failed = Failing.seen[body["id"]] <= Failing.failures
        self.send_response(Failing.status if has_failed else 200)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def retries(folder):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Failing)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/"
    for failures, status, options, expected in [
        (0, 503, [], {"delivered": 8, "retries": 0}),
        (4, 503, [], {"delivered": 8, "retries": 32, "failures": 32, "health": "warned"}),
        (5, 503, [], {"delivered": 0, "dropped": 8, "retries": 32}),
        (1, 404, [], {"unknown": 8, "retries": 0}),
        (1, 404, ["--retry-undocumented"], {"delivered": 8, "retries": 8}),
        (5, 404, ["--retry-undocumented"], {"dropped": 8, "retries": 32}),
    ]:
        Failing.failures, Failing.status = failures, status
        Failing.seen.clear()
        begin = time.monotonic()
        code, report = send(folder, url, "--time-scale", 3600, "--first-delay", 60, "--factor", 4, *options)
        spent = time.monotonic() - begin
        check(expected.items() <= report.items(), f"{failures} x {status}: {report}")
        check(code == (0 if report["delivered"] == 8 else 1), f"ends with {code}")
        # 60 s, 240 s, 960 s and 3840 s, 3600 times as fast.
        if report["retries"] == 32:
            check(1.4 < spent < 4, f"the schedule took {spent} s")
        check(("disabled_from" in report) == (report["health"] != "working"), f"when it would be disabled: {report}")
    # Three hours of silence at a delay of a day are one delay; a week after the warning it is disabled.
    Failing.failures, Failing.status = 5, 500
    Failing.seen.clear()
    code, report = send(folder, url, "--type", "dossier.prepared", "--first-delay", 86400, "--factor", 1,
                        "--time-scale", 1e6)
    check(report["dropped"] == 1 and report["health"] == "warned", f"four days: {report}")
    server.shutdown()
    dead = socket.socket()
    dead.bind(("127.0.0.1", 0))
    code, report = send(folder, f"http://127.0.0.1:{dead.getsockname()[1]}/", "--count", 1)
    check(code == 1 and report["statuses"] == {"0": 1} and report["unknown"] == 1, f"no server: {report}")


def interrupted(folder):
    with Listener(folder, "--quiet", archive="interrupted") as listener:
        sending = send(folder, listener.url, "--count", 1000, "--rate", 50, wait=False)
        while listener.archive.stat().st_size == 0:
            time.sleep(0.01)
        sending.send_signal(signal.SIGINT)
        code, report = finish(sending)
        listener.end()
    archived = len(archived_ids(listener.archive))
    check(code == 1 and report["undone"] > 0 and report["delivered"] == archived, f"{archived} archived: {report}")
    check(report["delivered"] + report["undone"] == 1000, f"all are accounted for: {report}")


def replays(folder):
    archive = folder / "mixed"
    replay = lambda *options: subprocess.run([TOOL, "replay", "--json", *map(str, options)], capture_output=True,
                                             check=False)
    whole = replay(archive)
    counts = json.loads(whole.stdout)
    check(whole.returncode == 0 and counts["different"] == 0 and counts["damaged"] == counts["doubled"] == 0, f"replay: {whole}")
    check(counts["events"] == len(archived_ids(archive)), f"all events: {counts}")
    # A line whose verdict would differ today, and one that is not a line of an archive.
    text = archive.read_text()
    changed = folder.write("changed", text.replace('"fault":"none"', '"fault":"schema"', 1) + "{}\n")
    again = replay(changed)
    lines = again.stdout.decode().splitlines()
    check(again.returncode == 1 and lines[-1].endswith('"different":1,"damaged":1,"doubled":0}'), f"changed: {lines}")
    check(lines[0].endswith('"then":"schema","now":"none"}') and b":%d: error" % (text.count("\n") + 1) in again.stderr,
          f"which: {lines} {again.stderr}")
    check(replay(folder / "nothing").returncode == 2, "no archive")
    with Listener(folder, "--quiet", archive="replayed") as listener:
        done = replay(archive, "--to", listener.url, "--secret-header", HEADER, "--secret-file", folder / "secret")
        listener.end()
    check(done.returncode == 0, f"{done}")
    check(archived_ids(folder / "replayed") == archived_ids(archive), "all events are delivered again")
    counted("replay", lines=counts["lines"], delivered=len(archived_ids(archive)), lost=0)


def files_and_refusals(folder):
    bodies = samples() + [b"no event"]
    folder.write("bodies", b"\n".join(bodies) + b"\n")
    with Listener(folder, archive="files") as listener:
        code, report = send(folder, listener.url, "--file", folder / "bodies", "--rate", 50, "--header", "A: b c")
        check(code == 0 and report["delivered"] == 9 and report["seconds"] > 0.15, f"a file: {report}")
        listener.end()
    check(sorted(line["body"].encode() for line in lines_of(folder / "files")) == sorted(bodies), "as it stands")
    check(all(["A", "b c"] in line["headers"] for line in lines_of(folder / "files")), "with the header")
    secret = ["--secret-header", HEADER, "--secret-file", folder / "secret"]
    for options in [[], ["ftp://127.0.0.1"], ["http://user:password@127.0.0.1/"], ["http://"],
                    ["http://127.0.0.1:1/", "--file", folder / "none"], ["http://127.0.0.1:1/", "--header", "a"],
                    ["http://127.0.0.1:1/", "--type", "none"], ["http://127.0.0.1:1/", "--corrupt", "2"],
                    ["http://127.0.0.1:1/", "--secret-file", folder / "none", "--secret-header", "X"],
                    ["http://127.0.0.1:1/", "--attempts", "/none/attempts", *secret]]:
        done = subprocess.run([TOOL, "send", *map(str, options)], capture_output=True, check=False)
        check(done.returncode == 2 and done.stderr and not done.stdout, f"{options}: {done}")


with Folder() as folder:
    ten_thousand(folder)
    over_tls(folder)
    secrets(folder)
    retries(folder)
    interrupted(folder)
    replays(folder)
    files_and_refusals(folder)
