# SPDX-License-Identifier: BSL-1.0
"""listen --inspect, with curl and sockets: who may see deliveries, what they see, and what it costs the listener.
tests/inspect looks at the page."""
import base64
import http.client
import json
import os
import pathlib
import re
import signal
import socket
import subprocess
import urllib.parse

from harness import *

need("curl")
BODIES = samples()
OTHER_SECRET = "YW5vdGhlci1zZWNyZXQtdGhhdC1yb3RhdGVz"


def page_of(listener):
    return urllib.parse.urlsplit(re.search(r"inspect deliveries at (\S+)", listener.said).group(1))


def ask(page, path="", method="GET", host=None, headers=None):
    """The answer to a request below the page's address, or of another path if it begins with a slash."""
    client = http.client.HTTPConnection(page.hostname, page.port, timeout=30)
    target = path if path.startswith("/") else page.path + path
    client.putrequest(method, target, skip_host=host is not None, skip_accept_encoding=True)
    if host is not None:
        client.putheader("Host", host)
    for name, value in (headers or {}).items():
        client.putheader(name, value)
    client.endheaders()
    answer = client.getresponse()
    answer.text = b"" if answer.getheader("Content-Type") == "text/event-stream" else answer.read()
    client.close()
    return answer


class Stream:
    """Server-sent events, parsed as the HTML standard says (section 9.2.6)."""

    def __init__(self, page, last=None):
        self.socket = socket.create_connection((page.hostname, page.port), timeout=60)
        field = f"Last-Event-ID: {last}\r\n" if last is not None else ""
        self.socket.sendall(f"GET {page.path}stream HTTP/1.1\r\nHost: {page.netloc}\r\n{field}\r\n".encode())
        self.raw = b""
        self.is_over = False
        self.file = self.socket.makefile("rb")
        self.status = int(self.file.readline().split(b" ")[1])
        self.headers = http.client.parse_headers(self.file)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.socket.close()

    def next(self):
        """The next event as (name, id, data), or None at the end."""
        name, number, data = "message", None, []
        while line := self.file.readline():
            self.raw += line
            check(line.endswith(b"\n") and b"\r" not in line, f"a line of the stream: {line[:80]}")
            if line == b"\n":
                if data:
                    return name, number, json.loads("\n".join(data))
                name = "message"
                continue
            key, _, value = line.decode()[:-1].partition(": ")
            if key == "event":
                name = value
            elif key == "id":
                number = int(value)
            elif key == "data":
                data.append(value)
        self.is_over = True
        return None

    def delivery(self):
        while True:
            found = self.next()
            check(found is not None, "the stream goes on")
            if found[0] == "delivery":
                check(found[1] == found[2]["number"], f"the id of an event is its number: {found}")
                return found[2]


def body_of(delivery):
    return base64.b64decode(delivery["body_base64"]) if "body_base64" in delivery else delivery["body"].encode()


def strangers(folder):
    """Only who knows the token sees anything, and only under a name of this machine."""
    with Listener(folder, "--inspect", 0, archive=None) as listener:
        page = page_of(listener)
        token = page.path.strip("/")
        check(re.fullmatch("[0-9a-f]{48}", token), f"a token of 192 bits: {token}")
        check(page.hostname == "127.0.0.1", "on loopback")
        wrong = token[:-1] + ("0" if token[-1] != "0" else "1")
        rows = [
            ({}, 200), ({"host": f"localhost:{page.port}"}, 200), ({"host": "127.0.0.1"}, 200), ({"host": "[::1]:9"}, 200),
            ({"host": "evil.example"}, 421), ({"host": f"127.0.0.1.evil.example:{page.port}"}, 421),
            ({"host": "localhost.evil.example"}, 421), ({"host": ""}, 421), ({"host": "0.0.0.0"}, 421),
            ({"path": "/"}, 403), ({"path": f"/{wrong}/"}, 403), ({"path": f"/{token}0/"}, 403), ({"path": f"/{token[:-1]}/"}, 403),
            ({"path": f"/?token={token}"}, 403), ({"path": f"/{wrong}/stream"}, 403), ({"path": f"/{wrong}/again/1", "method": "POST"}, 403),
            ({"path": "/inspect.js"}, 403), ({"path": "/", "headers": {"Cookie": f"token={token}"}}, 403),
            ({"path": f"/{token}"}, 308), ({"path": "nothing"}, 404), ({"path": "../inspect.js"}, 404), ({"path": "%69nspect.js"}, 404),
            ({"path": "inspect.js?x=1"}, 200), ({"path": "inspect.css"}, 200), ({"path": "icon.svg"}, 200), ({"path": "index.html"}, 200),
            ({"method": "HEAD"}, 200), ({"method": "HEAD", "path": "stream"}, 200),
            ({"method": "POST"}, 405), ({"method": "DELETE", "path": "stream"}, 405), ({"method": "OPTIONS"}, 405),
            ({"path": "again/1"}, 405), ({"path": "again/1", "method": "POST"}, 404), ({"path": "again/x", "method": "POST"}, 404),
            ({"path": "again/1", "method": "POST", "headers": {"Origin": "http://evil.example"}}, 403),
            ({"path": "again/1", "method": "POST", "headers": {"Origin": "null"}}, 403),
            ({"path": "again/1", "method": "POST", "headers": {"Origin": f"http://127.0.0.1:{listener.port}"}}, 403),
            ({"path": "again/1", "method": "POST", "headers": {"Sec-Fetch-Site": "cross-site"}}, 403),
            ({"path": "again/1", "method": "POST", "headers": {"Sec-Fetch-Site": "same-site"}}, 403),
            ({"path": "again/1", "method": "POST", "headers": {"Origin": f"http://{page.netloc}", "Sec-Fetch-Site": "same-origin"}}, 404),
        ]
        for how, status in rows:
            answer = ask(page, **how)
            check(answer.status == status, f"{how}: {answer.status} in place of {status}")
            policy = dict(part.split(" ", 1) for part in answer.getheader("Content-Security-Policy").split("; "))
            check(policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == policy["form-action"] == "'none'"
                  and policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
                  and policy["require-trusted-types-for"] == "'script'", f"{how}: {policy}")
            fields = {name.lower(): value for name, value in answer.getheaders()}
            check(fields["x-content-type-options"] == "nosniff" and fields["cache-control"] == "no-store"
                  and fields["referrer-policy"] == "no-referrer" and fields["cross-origin-resource-policy"] == "same-origin", f"{how}: {fields}")
            check(not [name for name in fields if name.startswith("access-control") or name == "set-cookie"], f"{how}: {fields}")
            check(status in (200, 308) or token.encode() not in answer.text, "an error does not tell the token")
        absolute, _ = raw(page.port, f"GET http://evil.example{page.path} HTTP/1.1\r\nHost: {page.netloc}\r\nConnection: close\r\n\r\n".encode())
        check(absolute.startswith(b"HTTP/1.1 421 "), "a target with another host")
        types = {name: ask(page, name).getheader("Content-Type").split(";")[0] for name in ("", "inspect.js", "inspect.css", "icon.svg")}
        check(list(types.values()) == ["text/html", "text/javascript", "text/css", "image/svg+xml"], f"{types}")
        html = ask(page).text.decode()
        check(not re.search(r"<script(?![^>]* src=)|<style|\son\w+=|style=|https?:", html), "nothing inline, and nothing from elsewhere")
        check(page.path.encode() not in curl(listener.url + page.path)[1].encode(), "the listener itself has no such page")
        with Listener(folder, "--inspect", 0, archive=None) as other:
            check(page_of(other).path != page.path, "another start has another token")
        return len(rows)


def hostile(folder):
    """What arrives is shown as it is, on one line, and without secrets."""
    hidden = "dDBwc2VjcmV0"
    bodies = BODIES + [
        b"", b"<script>alert(1)</script>", b'{"a":"\x00\x1b[2J\x7f"}', b"\xff\xfe\xc3(", "\u202e\u2066\u2028\ufeffx".encode(),
        b"\r\ndata: {}\r\n\r\nevent: hello\n\n", b"id: 9\n\n", b'{"id":' + b"[" * 61440, b"x" * 262144, b"y" * 262145, b'{"id":\n"x"}']
    with Listener(folder, "--inspect", 0, archive=None) as listener, Stream(page_of(listener)) as stream:
        check(stream.headers["Content-Type"] == "text/event-stream", "a stream of events")
        name, _, hello = stream.next()
        check(name == "hello" and hello["listens_on"] == listener.url and hello["secret_header"] == HEADER, f"{hello}")
        for number, body in enumerate(bodies, 1):
            status, _ = post(listener.url + f"/hook?token={hidden}&a=%3Cb%3E&b={SECRET}", body, "--header", f"Authorization: Bearer {hidden}",
                             "--header", f"Cookie: a={hidden}", "--header", f"X-Api-Key: {hidden}", "--header", f"x-hub-signature-256: {hidden}",
                             "--header", f"X-Other: {SECRET}", "--header", "X-Hostile: <b>\u202e\"\\", "--header", "X-Latin: caf\udce9")
            check(status == 200, f"the answer to {body[:40]}: {status}")
            seen = stream.delivery()
            check(seen["number"] == number and seen["body_bytes"] == len(body) and body_of(seen) == body[:262144], f"{body[:40]}: {seen}"[:500])
            check(seen["repeatable"] == (len(body) <= 262144), f"{len(body)} bytes")
            check(seen["target"] == "/hook?token=hidden&a=%3Cb%3E&b=hidden" and seen["method"] == "POST", seen["target"])
            headers = {name.lower(): value for name, value in seen["headers"]}
            check(all(headers[name] is None for name in
                      ("x-secret", "authorization", "cookie", "x-api-key", "x-hub-signature-256", "x-other")), f"{headers}")
            check(headers["x-hostile"] == '<b>\u202e"\\' and headers["x-latin"] == "caf\xe9", f"{headers}")
            check(("event" in seen) == (number <= len(BODIES)) and ("error" in seen) == (number > len(BODIES)), f"{number}: {seen}"[:500])
            if "event" in seen:
                check(seen["event"] == json.loads(body) and seen["verdict"] == "accepted", f"{seen}")
        error = seen["error"]
        check((error["code"], error["offset"], error["line"], error["column"], error["path"]) == ("missing_member", 0, 1, 1, "/type"), f"{error}")
        # Requests that are answered before their bodies are read, or that are not whole.
        check(post(listener.url, BODIES[0], secret=None)[0] == 401, "no secret")
        seen = stream.delivery()
        check(seen["verdict"] == "unauthenticated" and not seen["arrived"] and seen["body"] == "" and not seen["repeatable"], f"{seen}")
        check(post(listener.url, BODIES[0], secret=hidden)[0] == 401, "a wrong secret")
        check(dict(map(tuple, stream.delivery()["headers"]))[HEADER] is None, "a wrong secret is hidden, too")
        check(post(listener.url, b"z" * 2000000)[0] == 413, "too large")
        check(stream.delivery()["verdict"] == "rejected", "a rejection of the server is shown")
        listener.end()
        while stream.next():
            pass
        check(stream.is_over, "SIGTERM ends the stream")
        for secret in (SECRET, hidden):
            check(secret.encode() not in stream.raw and base64.b64encode(secret.encode()) not in stream.raw, "no secret leaves the process")
        check(not re.search(rb"[\x00-\x09\x0b-\x1f\x7f]|\xe2\x80[\xa8-\xae]|\xe2\x81[\xa6-\xa9]", stream.raw), "no control character as it is")
    return len(bodies)


def bounds(folder):
    """The log, the streams and their memory are bounded, and a browser that does not read is of no concern to senders."""
    count = 700
    # AddressSanitizer keeps 256 MiB of freed memory otherwise.
    environment = {"ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":quarantine_size_mb=1"}
    with Listener(folder, "--inspect", 0, "--quiet", archive=None, environment=environment) as listener:
        page = page_of(listener)
        with Stream(page) as slow:
            # More than the buffers of two sockets hold.
            large = [body[:-1] + b" " * 30000 + body[-1:] for body in many(count, 5000)]
            check(deliver(listener.port, large) == [200] * count, "all are answered while nobody reads")
            last = skipped = 0
            while last < count:
                found = slow.next()
                if found is None:
                    break  # it took too long for the server
                if found[0] == "skipped":
                    skipped = found[2]["count"]
                elif found[0] == "delivery":
                    check(found[1] == last + skipped + 1, f"{found[1]} after {last} and {skipped} skipped")
                    last, skipped = found[1], 0
            check(last, "what was sent is read")

        def first_after(last):
            """The number of skipped deliveries, and of the first that is there."""
            with Stream(page, last) as stream:
                check(stream.next()[0] == "hello", "each stream begins so")
                name, _, data = stream.next()
                return (data["count"], stream.delivery()["number"]) if name == "skipped" else (0, data["number"])

        for last, expected in ((None, (count - 500, count - 499)), (count - 300, (0, count - 299)), (50, (count - 550, count - 499)),
                               ("x", (count - 500, count - 499)), ("99999999999999999999999", (count - 500, count - 499)),
                               (count + 1, (count - 500, count - 499))):
            found = first_after(last)
            check(found == expected, f"Last-Event-ID: {last}: {found}")
        # 256 KiB each: 32 MiB are 128 of them, less what the rest of a delivery takes.
        check(deliver(listener.port, [b"x" * 262144] * 200) == [200] * 200, "large bodies")
        skipped, _ = first_after(None)
        check(count + 200 - 128 <= skipped <= count + 200 - 120, f"{skipped} of {count + 200} are forgotten")
        memory = int(re.search(r"VmRSS:\s+(\d+)", pathlib.Path(f"/proc/{listener.process.pid}/status").read_text())[1])
        streams = [Stream(page, count + 200) for _ in range(16)]
        check([stream.status for stream in streams] == [200] * 16, "16 streams")
        check(Stream(page).status == 503, "and no more")
        streams.pop().__exit__()
        wait_until(lambda: Stream(page).status == 200, "there is room for another when one has gone")
        listener.end()
        for stream in streams:
            while stream.next():
                pass
            stream.__exit__()
        check(memory < 250000, f"{memory} KiB of memory")
    return memory


def again(folder, *options, archive=None):
    """A delivery that is repeated goes the way of a new one."""
    with Listener(folder, "--inspect", 0, *options, archive=archive) as listener, Stream(page_of(listener)) as stream:
        page = page_of(listener)

        def repeat(number):
            answer = ask(page, f"again/{number}", "POST", headers={"Content-Length": "0"})
            return answer.status, json.loads(answer.text) if answer.status == 200 else answer.text

        check(post(listener.url + "/a?b", BODIES[0])[0] == 200 and post(listener.url, b"{")[0] == 200, "two deliveries")
        check(post(listener.url, gzip(BODIES[1]), "--header", "Content-Encoding: gzip")[0] == 200, "a third, in gzip")
        check(post(listener.url, BODIES[2], secret=None)[0] == 401, "and one without the secret")
        before = {one["number"]: one for one in (stream.delivery() for _ in range(4))}
        check(before[3]["verdict"] == "accepted", f"{before[3]}")
        for number, verdict in ((1, "duplicate"), (2, "quarantine"), (3, "duplicate")):
            answer = repeat(number)
            check(answer == (200, {"status": 200, "answer": verdict + "\n"}), f"{number} again: {answer}")
            seen = stream.delivery()
            check(seen["again_of"] == number and seen["verdict"] == verdict, f"{seen}")
            check(all(seen[name] == before[number][name] for name in ("body", "headers", "method", "target")), f"{seen}")
        check(repeat(4)[0] == 409, "what has no body cannot be repeated")
        check(repeat(99)[0] == 404, "nor what is not there")
        # With the secret of now.
        folder.write("secret", OTHER_SECRET)
        check(repeat(1)[0] == 409, "the secret in the file is not accepted yet")
        listener.process.send_signal(signal.SIGHUP)
        wait_until(lambda: repeat(1)[0] == 200, "after SIGHUP it is")
        folder.write("secret", SECRET + "\n")
        listener.end()
    return 6


def gzip(body):
    return subprocess.run(["gzip", "-c"], input=body, capture_output=True, check=True).stdout


def again_with_each_store(folder):
    count = again(folder)
    count += again(folder, archive="again")
    check(sum(archived_ids(folder / "again").values()) == 2, "each event is in the archive once")
    check(SECRET not in (folder / "again").read_text() and OTHER_SECRET not in (folder / "again").read_text(), "without a secret")
    count += again(folder, "--forward", f"cat >> {folder / 'forwarded'}", archive="forwarded_from")
    check(len(lines_of(folder / "forwarded")) == 2, "each event is forwarded once")
    inbox = subprocess.run([TOOL, "inbox", "migrate", "--inbox", f"sqlite:{folder / 'inbox'}"], capture_output=True, check=False)
    if b"without" not in inbox.stderr:  # a build without SQLite
        count += again(folder, "--inbox", f"sqlite:{folder / 'inbox'}")
        status = subprocess.run([TOOL, "inbox", "status", "--json", "--inbox", f"sqlite:{folder / 'inbox'}"], capture_output=True, check=True)
        check(b'"queued":2,' in status.stdout, f"each event is in the inbox once: {status.stdout}")
    return count


def ports(folder):
    def fails(*options):
        done = subprocess.run([TOOL, "listen", "--port", "0", *map(str, options), "--secret-header", HEADER, "--secret-file", str(folder / "secret")],
                              capture_output=True, check=False, timeout=30)
        check(done.returncode == 2, f"{options}: {done}")
        return done.stderr.decode()

    with Listener(folder, "--inspect", 0, archive=None) as listener:
        message = fails("--inspect", page_of(listener).port)
        check("127.0.0.1 port" in message and "listening on" not in message, f"a port that is taken: {message}")
    for wrong in ("70000", "-1", "x"):
        fails(f"--inspect={wrong}")
    with Listener(folder, archive=None) as listener:
        check("inspect" not in listener.said, "there is none unless it is wanted")
    # On another address than the listener's, and in TLS on that one alone.
    with Listener(folder, "--inspect", 0, "--host", "0.0.0.0", "--plain-http", archive=None) as listener, Stream(page_of(listener)) as stream:
        check(stream.next()[2]["listens_on"] == f"http://127.0.0.1:{listener.port}", "an address to connect to")
    authority, key = certificate(folder)
    with Listener(folder, "--inspect", 0, "--cert", authority, "--key", key, archive=None) as listener, Stream(page_of(listener)) as stream:
        check(stream.next()[2]["listens_on"].startswith("https://"), "TLS")
    return 4


def silence(folder):
    """A stream without deliveries shows now and then that somebody is there."""
    with Listener(folder, "--inspect", 0, archive=None) as listener, Stream(page_of(listener)) as stream:
        stream.next()
        check(stream.file.readline() == b":\n" and stream.file.readline() == b"\n", "a comment")
        post(listener.url, BODIES[0])
        check(stream.delivery()["verdict"] == "accepted", "and goes on")


with Folder() as folder:
    counted("inspector", requests=strangers(folder), hostile_bodies=hostile(folder), KiB_of_memory=bounds(folder),
            repetitions=again_with_each_store(folder), ports=ports(folder))
    silence(folder)
