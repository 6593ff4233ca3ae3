# SPDX-License-Identifier: BSL-1.0
"""listen, with curl, and with sockets that violate HTTP."""
import json
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import time

from harness import *

need("curl")
BODIES = samples()


def answers_by_policy(folder):
    expected = {
        "always_acknowledge": {"new": 200, "again": 200, "no secret": 401, "wrong secret": 401, "put": 200,
                       "form": 200, "text": 200, "json": 200, "schema": 200},
        "http_semantics": {"new": 200, "again": 200, "no secret": 401, "wrong secret": 401, "put": 405,
                        "form": 415, "text": 415, "json": 400, "schema": 422},
    }
    for policy, statuses in expected.items():
        with Listener(folder, "--policy", policy, archive=policy) as listener:
            url = listener.url + "/hook?a=b"
            got = {
                "new": post(url, BODIES[0]),
                "again": post(url, BODIES[0]),
                "no secret": post(url, BODIES[1], secret=None),
                "wrong secret": post(url, BODIES[1], secret="d3JvbmcgYnV0IG9mIHRoZSBzYW1lIGxlbmd0aA=="),
                "put": post(url, BODIES[1], "--request", "PUT"),
                "form": curl("--header", f"{HEADER}: {SECRET}", "--form", "a=b", url),
                "text": post(url, BODIES[1], content_type="text/plain"),
                "json": post(url, BODIES[1][:-1]),
                "schema": post(url, b"{}"),
            }
            check({name: status for name, (status, _) in got.items()} == statuses, f"{policy}: {got}")
            listener.end()
        lines = lines_of(folder / policy)
        check([line["fault"] for line in lines] ==
              ["none", "method", "content_type", "content_type", "json", "schema"], f"{policy}: {lines}")
        check(lines[0]["body"].encode() == BODIES[0] and lines[0]["target"] == "/hook?a=b", "the body is kept")
        check(SECRET not in (folder / policy).read_text(), "no secret is kept")
        check([HEADER, None] in lines[0]["headers"], "but that there was one")
    return sum(map(len, expected.values()))


def limits(folder):
    auth = f"{HEADER}: {SECRET}\r\nContent-Type: application/json\r\n"
    with Listener(folder, "--max-body", 100000, "--max-header", 4096, "--request-time", 2, "--idle-time", 1,
                  "--connections", 4, "--policy", "http_semantics", archive="limits") as listener:
        url, port = listener.url, listener.port
        check(post(url, b" " * 70000)[0] == 413, "more than a decoder takes is rejected by the policy")
        check(post(url, b" " * 100001)[0] == 413, "an oversized body")
        check(post(url, b" " * 5000000, "--header", "Transfer-Encoding: chunked")[0] == 413, "the same in chunks")
        check(post(url, BODIES[0], "--header", "Transfer-Encoding: chunked")[0] == 200, "a chunked body")
        bomb = subprocess.run(["gzip", "-c"], input=b" " * 50000000, capture_output=True, check=True).stdout
        check(post(url, bomb, "--header", "Content-Encoding: gzip")[0] == 413, "a bomb of gzip")
        check(post(url, BODIES[1], "--header", "X: " + "a" * 6000)[0] == 431, "too long headers")
        many = [part for i in range(2000) for part in ("--header", f"X{i}: a")]
        check(post(url, BODIES[1], *many)[0] == 431, "too many headers")
        check(post(url + "/" + "a" * 6000, BODIES[2])[0] == 414, "too long a path")
        check(post(url + "/" + "a" * 3000, BODIES[2])[0] == 200, "a long path")
        check(curl(url, "--get", "--header", f"{HEADER}: {SECRET}")[0] == 405, "GET")

        # Ambiguous lengths.
        for name, framing in {
            "both": "Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
            "two lengths": "Content-Length: 5\r\nContent-Length: 6\r\n",
            "no number": "Content-Length: 5a\r\n",
            "sign": "Content-Length: +5\r\n",
            "coding": "Transfer-Encoding: chunked, gzip\r\n",
        }.items():
            answer, _ = raw(port, f"POST / HTTP/1.1\r\nHost: a\r\n{auth}{framing}\r\n0\r\n\r\nPOST / HTTP/1.1\r\n\r\n".encode())
            check(answer.startswith(b"HTTP/1.1 400") and answer.count(b"HTTP/1.1") == 1, f"{name}: {answer}")
        answer, _ = raw(port, f"POST / HTTP/1.1\r\nHost: a\r\n{auth}\r\n".encode())
        check(answer.startswith(b"HTTP/1.1 400"), f"a request without a length has an empty body, which is not JSON: {answer}")
        answer, _ = raw(port, b"\x16\x03\x01 no HTTP\r\n\r\n")
        check(answer.startswith(b"HTTP/1.1 400"), f"no HTTP: {answer}")

        # Two requests in one packet, then silence.
        one = f"POST / HTTP/1.1\r\nHost: a\r\n{auth}Content-Length: {len(BODIES[3])}\r\n\r\n".encode() + BODIES[3]
        answer, spent = raw(port, one + one)
        check(answer.count(b"HTTP/1.1 200") == 2 and answer.endswith(b"duplicate\n"), f"pipelined: {answer}")
        check(spent < 3, f"an idle connection ends, after {spent} s")

        # Slow ones: a byte now and then, in the headers and in the body; and who says nothing at all.
        slow = f"POST / HTTP/1.1\r\nHost: a\r\n{auth}Content-Length: 100\r\n\r\n".encode()
        _, spent = raw(port, slow + b"x" * 100, slowly=0.1)
        check(spent < 4.5, f"slow headers end after {spent} s")
        clients = []
        for _ in range(8):  # twice the connections
            client = socket.create_connection(("127.0.0.1", port))
            client.sendall(slow + b"{")
            clients.append(client)
        begin = time.monotonic()
        check(post(url, BODIES[4])[0] == 200, "others are served after them")
        check(time.monotonic() - begin < 8, "and soon")
        half = socket.create_connection(("127.0.0.1", port))
        half.sendall(slow + b"{")
        half.shutdown(socket.SHUT_WR)
        check(half.recv(100).startswith(b"HTTP/1.1 400"), "half-open: a body that is cut is no body")
        for client in [*clients, half]:
            client.close()
        check(post(url, BODIES[5])[0] == 200, "and it still answers")
        check("cannot be written" not in listener.end(), "the archive could always be written")
    check(len(archived_ids(folder / "limits")) == 5, "what came whole is kept")


def dashboard(text):
    """The dashboard asks for metrics that there are, and labels that they have."""
    panels = json.loads((pathlib.Path(__file__).parents[2] / "packaging/grafana/listen.json").read_text())["panels"]
    asked = set()
    for expression in (target["expr"] for panel in panels for target in panel["targets"]):
        for name in re.findall(r"signhook_\w+", expression):
            family = name.removesuffix("_bucket")
            check(f"# TYPE {family} " in text, f"the dashboard asks for {family}")
            asked.add(name)
        for label in re.findall(r"sum by \((\w+)\)", expression):
            check(label == "reason" or f'{{{label}="' in text, f"the dashboard asks for {label}")
    check(len(asked) >= 8, f"the dashboard asks for {asked}")


def others(folder):
    with Listener(folder, "--metrics", "--json", "--forward", f"cat > {folder / 'forwarded'}",
                  archive="others") as listener:
        check(curl(listener.url + "/healthz") == (200, "ok\n"), "healthz")
        for body in [*BODIES, BODIES[0], b"{}"]:
            check(post(listener.url, body)[0] == 200, "a delivery")
        text = curl(listener.url + "/metrics")[1]
        for line in ['signhook_deliveries_total{verdict="accepted"} 8', 'signhook_deliveries_total{verdict="duplicate"} 1',
                     'signhook_deliveries_total{verdict="quarantine"} 1', 'signhook_answers_total{status="200"} 10',
                     'signhook_events_total{type="dossier.invite.created"} 2', "signhook_decode_seconds_count 10",
                     "signhook_archived_total 9"]:
            check(line in text.splitlines(), f"{line}\n{text}")
        for name in "request_duration_seconds", "decode_seconds":
            check(f'signhook_{name}_bucket{{le="+Inf"}} 10' in text, f"{name}: {text}")
        for name in "connections", "connections_limit", "requests_in_flight", "request_memory_bytes", "archive_writable":
            check(f"\nsignhook_{name} " in text, f"{name}: {text}")
        promtool(text)
        dashboard(text)
        listener.end()
    check((folder / "forwarded").read_bytes().splitlines() == BODIES, "the command gets each event once")
    printed = [json.loads(line) for line in (folder / "listen.out").read_text().splitlines() if line.startswith("{")]
    check([line["verdict"] for line in printed] == ["accepted"] * 8 + ["duplicate", "quarantine"], "JSON is printed")
    check(printed[0]["event"] == json.loads(BODIES[0]), "with the event")
    # The end of the command is reported and does not stop the server.
    with Listener(folder, "--forward", "head -n 1 > /dev/null", archive="headed") as listener:
        for body in BODIES:
            check(post(listener.url, body)[0] == 200, "a delivery")
            time.sleep(0.05)
        check("did not take all events" in listener.end(code=2), "the end of the command is reported")
    check(len(archived_ids(folder / "headed")) == 8, "all is kept")


def stopping(folder):
    with Listener(folder, archive="stopping") as listener:
        body = BODIES[0]
        head = (f"POST / HTTP/1.1\r\nHost: a\r\n{HEADER}: {SECRET}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\n\r\n").encode()
        with socket.create_connection(("127.0.0.1", listener.port)) as begun, \
                socket.create_connection(("127.0.0.1", listener.port)):
            begun.sendall(head + body[:10])
            time.sleep(0.3)
            listener.process.send_signal(signal.SIGTERM)
            time.sleep(0.3)
            begun.sendall(body[10:])
            answer = b""
            while piece := begun.recv(1000):
                answer += piece
            check(answer.startswith(b"HTTP/1.1 200"), f"what has begun is answered: {answer}")
        check(listener.process.wait(timeout=10) == 0, "then it ends")
    check(len(archived_ids(folder / "stopping")) == 1, "and is kept")


def restarts(folder):
    archive = folder / "restarts"
    with Listener(folder, archive="restarts") as listener:
        check(post(listener.url, BODIES[0])[1] == "accepted\n", "new")
        check(post(listener.url, b"\xff\x00")[0] == 200, "bytes")
        listener.end(signal.SIGKILL)
    check(lines_of(archive)[1]["body_base64"] == "/wA=", "bytes that are no text are kept")
    whole = archive.read_bytes()
    archive.write_bytes(whole + b'not a line\n{"received":"2026-01-01T00:0')
    with Listener(folder, archive="restarts") as listener:
        check(post(listener.url, BODIES[0])[1] == "duplicate\n", "an event in the archive is known again")
        check(post(listener.url, BODIES[1])[1] == "accepted\n", "and another is new")
        said = listener.end()
    check("1 lines are damaged" in said and "quarantined" in said, said)
    check((folder / "restarts.torn").read_bytes() == b'{"received":"2026-01-01T00:0\n', "the torn line is quarantined")
    kept = archive.read_bytes()
    check(kept.startswith(whole + b"not a line\n") and kept.count(b"\n") == 4 and kept.endswith(b"\n"), "the rest stays")
    with Listener(folder, archive="restarts") as listener:
        second = subprocess.run([TOOL, "listen", "--port", "0", "--secret-header", HEADER, "--secret-file",
                                 str(folder / "secret"), "--archive", str(archive)], capture_output=True, check=False)
        check(second.returncode == 2 and b"cannot lock" in second.stderr, f"one listener an archive: {second}")
        port = subprocess.run([TOOL, "listen", "--port", str(listener.port), "--secret-header", HEADER,
                               "--secret-file", str(folder / "secret")], capture_output=True, check=False)
        check(port.returncode == 2 and b"cannot listen" in port.stderr, f"and one a port: {port}")
        listener.end()


def rejections(folder):
    short = folder.write("short", "secret")
    empty = folder.write("empty", "\n")
    for options, said in [
        (["--secret-header", HEADER], "a secret is required"),
        (["--secret-header", HEADER, "--secret-file", short], "too short"),
        (["--secret-header", HEADER, "--secret-file", empty], "expected a secret"),
        (["--secret-header", HEADER, "--secret-file", folder / "none"], "cannot read"),
        (["--secret-header", "a b", "--secret-file", folder / "secret"], "not a token"),
        (["--secret-header", "Content-Type", "--secret-file", folder / "secret"], "HTTP itself uses"),
        (["--secret-header", HEADER, "--secret-file", folder / "secret", "--host", "0.0.0.0"], "https only"),
        (["--secret-header", HEADER, "--secret-file", folder / "secret", "--archive", "/none/events"], "cannot open"),
        (["--secret-header", HEADER, "--secret-file", folder / "secret", "--cert", short, "--key", short], "cannot use"),
        (["--secret-header", HEADER, "--secret-file", folder / "secret", "--cert", short], "--key"),
        ([], "--secret-header"),
    ]:
        done = subprocess.run([TOOL, "listen", "--port", "0", *map(str, options)], capture_output=True, check=False,
                              timeout=20)
        check(done.returncode == 2 and said in done.stderr.decode(), f"{options}: {done}")


with Folder() as folder:
    asked = answers_by_policy(folder)
    limits(folder)
    others(folder)
    stopping(folder)
    restarts(folder)
    rejections(folder)
    counted("listen", answers_by_policy=asked)
