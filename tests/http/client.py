# SPDX-License-Identifier: BSL-1.0
"""The client of send, replay and webhook against servers on raw sockets, which see the bytes it sends."""
import re
import subprocess
import threading

from harness import *

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


def read_request(connection):
    """The head and the body of a request, or None at the end."""
    data = b""
    while b"\r\n\r\n" not in data:
        piece = connection.recv(65536)
        if not piece:
            return None
        data += piece
    head, _, body = data.partition(b"\r\n\r\n")
    length = re.search(rb"(?im)^content-length: *(\d+)", head)
    while length and len(body) < int(length[1]):
        body += connection.recv(65536)
    return head.decode("latin-1"), body


class Server:
    """Answers each request with the next of `answers`, and the last one again and again. None closes the connection
    instead, and a function does what it does with it."""

    def __init__(self, *answers, host="127.0.0.1", context=None, greeting=b""):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.socket = socket.create_server((host, 0), family=family)
        self.port = self.socket.getsockname()[1]
        self.host = f"[{host}]" if ":" in host else host
        self.address = f"{self.host}:{self.port}"
        self.url = f"http{'s' if context else ''}://{self.address}"
        self.answers, self.context, self.greeting = list(answers), context, greeting
        self.requests, self.connections = [], 0
        self.lock = threading.Lock()
        threading.Thread(target=self.accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.close()

    def accept(self):
        while True:
            try:
                connection, _ = self.socket.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self.serve, args=[connection], daemon=True).start()

    def serve(self, connection):
        try:
            if self.context:
                connection = self.context.wrap_socket(connection, server_side=True)
            connection.sendall(self.greeting)
            while request := read_request(connection):
                with self.lock:
                    self.requests.append(request)
                    answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
                if answer is None:
                    break
                if callable(answer):
                    answer(connection)
                else:
                    connection.sendall(answer)
        except OSError:
            pass
        connection.close()

    def fields(self, name, which=-1):
        """The values of a header field, in any case."""
        return re.findall(rf"(?im)^{re.escape(name)}: *(.*?)\r?$", self.requests[which][0])


def tool(*arguments, expected=None, environment=None, timeout=60):
    clean = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    done = subprocess.run([TOOL, *map(str, arguments)], capture_output=True, check=False, timeout=timeout,
                          env={**clean, **(environment or {})})
    if expected is not None:
        check(done.returncode == expected, f"{arguments} ends with {expected}: {done}")
    return done


def one(url, *options, expected=0, **more):
    """One delivery: its report."""
    return json.loads(tool("send", url, "--type", "dossier.prepared", "--json", *options, expected=expected,
                           **more).stdout)


def addresses():
    """The request target is the address as given, the host and the port too."""
    for path, target in [("", "/"), ("/", "/"), ("/a/../b/./c", "/a/../b/./c"), ("?", "/?"), ("/?", "/?"), ("?x=1", "/?x=1"),
                         ("/hook?a=%2f%2F+b%20c&&d=/e?f", None), ("/hook?q={x}|y", None), ("/%zz?%", None),
                         ("//double//slash", None), ("/a;b=c,d'e(f)*!$@:", None), ("/x#fragment", "/x"),
                         ("/x?y#z", "/x?y")]:
        with Server(OK) as server:
            one(server.url + path)
            line = server.requests[0][0].split("\r\n")[0]
            check(line == f"POST {target or path} HTTP/1.1", f"{path}: {line}")
            check(server.fields("Host") == [server.address], f"one Host: {server.requests}")
    with Server(OK) as server:
        one(f"HTTP://localhost:{server.port}/")
        check(server.fields("Host") == [f"localhost:{server.port}"], f"{server.requests}")
    if socket.has_ipv6:
        for host in ["::1", "0:0:0:0:0:0:0:1", "::ffff:127.0.0.1", "::1%251", "::1%1"]:
            with Server(OK, host="127.0.0.1" if "." in host else "::1") as server:
                one(f"http://[{host}]:{server.port}/")
                check(len(server.requests) == 1, f"{host} is reached")


def no_addresses():
    """What is no address is rejected before anything is sent, above all a port that would wrap."""
    with Server(OK) as server:
        port = server.port
        for url in ["", "127.0.0.1", f"ftp://127.0.0.1:{port}/", f"http:/127.0.0.1:{port}/", "http://", "http:///x", f"http://:{port}/",
                    f"http://127.0.0.1:{port + 65536}/", f"http://127.0.0.1:{port + 2**32}/", f"http://127.0.0.1:{port + 2**64}/",
                    "http://127.0.0.1:0/", "http://127.0.0.1:-1/", f"http://127.0.0.1:+{port}/", f"http://127.0.0.1: {port}/",
                    f"http://127.0.0.1:{port}x/", "http://127.0.0.1:1e3/", f"http://127.0.0.1:{port}:{port}/",
                    f"http://user@127.0.0.1:{port}/", f"http://user:password@127.0.0.1:{port}/", f"http://127.0.0.1:{port}\\@x/",
                    f"http://127.1:{port}/", f"http://0x7f000001:{port}/", f"http://2130706433:{port}/", f"http://127.0.0.256:{port}/",
                    f"http://0177.0.0.1:{port}/", f"http://127.0.0.1.5:{port}/", f"http://a..b:{port}/", f"http://.a:{port}/",
                    f"http://-a:{port}/", f"http://a b:{port}/", f"http://a%41:{port}/", f"http://{'a' * 64}:{port}/",
                    f"http://::1:{port}/", f"http://[::1:{port}/", f"http://[::g]:{port}/", f"http://[]:{port}/", f"http://[::1]x:{port}/",
                    f"http://[127.0.0.1]:{port}/", f"http://[v1.a]:{port}/", f"http://[::1%]:{port}/", f"http://[1::2::3]:{port}/",
                    f"http://127.0.0.1:{port}/a b", f"http://127.0.0.1:{port}/\r\nX: y", f"http://127.0.0.1:{port}/\u00e9",
                    f"http://127.0.0.1:{port}/\x7f"]:
            done = tool("send", url, "--type", "dossier.prepared", expected=2)
            check(b"address" in done.stderr and not done.stdout, f"{url!r}: {done}")
        check(server.connections == 0, "and nothing is sent")


def headers(folder):
    with Server(OK) as server:
        secret = ["--secret-header", HEADER, "--secret-file", folder / "secret"]
        # The address may stand before or after an option that can be repeated.
        tool("send", "--header", "X: b", "--header=Y:\t c d ", *secret, "--type", "dossier.prepared", server.url, expected=0)
        check((server.fields("X"), server.fields("Y"), server.fields(HEADER)) == (["b"], ["c d"], [SECRET]), f"{server.requests}")
        check(server.fields("Content-Type") == ["application/json"], f"one Content-Type: {server.requests}")
        check(server.fields("Content-Length") == [str(len(server.requests[-1][1]))], "and one Content-Length")
        check(not server.fields("Expect") and not server.fields("Transfer-Encoding"), f"{server.requests}")
        one(server.url, "--header", "content-type: application/cloudevents+json")
        check(server.fields("Content-Type") == ["application/cloudevents+json"], f"the caller's instead: {server.requests}")
        large = folder.write("large", b"[" + b" " * 3_000_000 + b"]\n")
        tool("send", server.url, "--file", large, expected=0)
        check(len(server.requests[-1][1]) == 3_000_002 and not server.fields("Expect"), "a large body at once")
        count = len(server.requests)
        for options in [["--header", "X: a\r\nY: b"], ["--header", "X: a\nb"], ["--header", "X: a\rb"], ["--header", "X: a\x7fb"],
                        ["--header", "X"], ["--header", ": b"], ["--header", "X:"], ["--header", "X : b"], ["--header", "X\r\nY: b"],
                        ["--header", "Content-Length: 5"], ["--header", "content-length:5"], ["--header", "Transfer-Encoding: chunked"],
                        ["--header", "Connection: close"], ["--header", "TE: trailers"], ["--header", "Trailer: X"],
                        ["--header", "Upgrade: h2c"], ["--header", "Expect: 100-continue"], ["--header", "Host: other"],
                        ["--header", "Content-Type: a/b", "--header", "Content-Type: c/d"],
                        ["--header", f"{HEADER.lower()}: other", *secret],
                        ["--secret-header", "Content-Length", "--secret-file", folder / "secret"],
                        ["--secret-header", "X\nY", "--secret-file", folder / "secret"]]:
            done = tool("send", server.url, "--type", "dossier.prepared", *options, expected=2)
            check(done.stderr and not done.stdout, f"{options}: {done}")
        archive = folder.write("no_lines", "")
        done = tool("replay", archive, "--to", server.url, "--header", f"{HEADER}: other", *secret, expected=2)
        check(b"holds the secret, and --header names it, too" in done.stderr, f"{done}")
        for value in [b"a\nb", b"a\rb", b"a\0b", b"a b", b" a", b"a\t", b"\xc3\xa9", b"\x1b[31m", b"a" * 70_000, b"", b"\n"]:
            path = folder.write("unusable", value)
            done = tool("send", server.url, "--secret-header", HEADER, "--secret-file", path, expected=2)
            check(b"secret" in done.stderr and not done.stdout, f"{value}: {done}")
            token = tool("webhook", "list", "--kid", "k", "--base", server.url, "--token-file", path, expected=2)
            check(b"token" in token.stderr or b"unusable" in token.stderr, f"{value}: {token}")
        check(len(server.requests) == count, "and nothing is sent")


def reuse():
    with Server(OK) as server:
        done = tool("send", server.url, "--count", 200, "--connections", 3, expected=0)
        check(len(server.requests) == 200 and server.connections <= 3, f"{server.connections} connections: {done}")
    # A connection that was closed meanwhile is opened again, unseen. The answer and the end come in one segment.
    with Server(lambda connection: (connection.sendall(OK, socket.MSG_MORE), connection.close())) as server:
        report = json.loads(tool("send", server.url, "--count", 5, "--connections", 1, "--rate", 20, "--json", expected=0).stdout)
        check(report["delivered"] == 5 and len(server.requests) == 5, f"{report}")
    # One that is closed in the place of an answer has maybe carried the request: it is not sent again.
    with Server(OK, None, OK) as server:
        report = json.loads(tool("send", server.url, "--count", 3, "--connections", 1, "--json", expected=1).stdout)
        check(report["errors"] == {"connection_closed": 1} and report["delivered"] == 2, f"{report}")
        check(len(server.requests) == 3, f"each attempt is one request: {len(server.requests)}")


def redirects(folder):
    """Neither a body nor a secret follows a redirect."""
    with Server(OK) as other:
        for status in [301, 302, 303, 307, 308]:
            answer = f"HTTP/1.1 {status} Go\r\nLocation: {other.url}/\r\nContent-Length: 0\r\n\r\n".encode()
            with Server(answer) as server:
                report = one(server.url, "--secret-header", HEADER, "--secret-file", folder / "secret", expected=1)
                check(report["statuses"] == {str(status): 1}, f"{report}")
                folder.write("token", "a-token\n")
                tool("webhook", "list", "--kid", "k", "--base", server.url, "--token-file", folder / "token", expected=1)
        check(other.connections == 0, "nobody came")


def failures(folder):
    """Why there is no answer: in the report, in JSON and in the log of the attempts."""
    cert, key = certificate(folder)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    dead = socket.socket()
    dead.bind(("127.0.0.1", 0))
    hang = lambda connection: time.sleep(20)
    log = folder / "failures.attempts"
    half = lambda connection: (connection.sendall(OK.replace(b": 0", b": 9") + b"x"), connection.close())
    with Server(hang) as silent, Server(None) as closing, Server(b"SSH-2.0-x\r\n\r\n") as other, Server(half) as cut, \
         Server(OK, context=context) as tls, Server(OK, host="127.0.0.2", context=context) as elsewhere, Server(OK, greeting=OK) as plain:
        for url, options, error, words in [
            (f"http://127.0.0.1:{dead.getsockname()[1]}/", [], "connection_refused", "connection refused"),
            ("http://no-such-name.invalid/", [], "name_not_resolved", "the name was not resolved"),
            (silent.url, ["--timeout", 0.3], "timed_out", "timed out"),
            (closing.url, [], "connection_closed", "closed the connection"),
            (cut.url, [], "connection_closed", "closed the connection"),
            (other.url, [], "invalid_answer", "not valid HTTP"),
            (tls.url, [], "certificate_rejected", "certificate was rejected"),
            (elsewhere.url, ["--cacert", cert], "certificate_rejected", "certificate was rejected"),
            (plain.url.replace("http", "https"), [], "tls_failed", "no TLS connection"),
        ]:
            report = one(url, *options, "--attempts", log, expected=1)
            check(report["errors"] == {error: 1} and report["statuses"] == {"0": 1}, f"{url}: {report}")
            lines = lines_of(log)
            check(len(lines) == 1 and lines[0]["error"] == error and lines[0]["detail"], f"{url}: {lines}")
            text = tool("send", url, "--type", "dossier.prepared", *options, expected=1).stdout.decode()
            check(re.search(rf"1  not answered: .*{words}.* \(.+\)$", text, re.M), f"{url}: {text}")
            folder.write("token", "a-token\n")
            said = tool("webhook", "list", "--kid", "k", "--base", url, "--token-file", folder / "token", *options, expected=2)
            check(words in said.stderr.decode() and b"a-token" not in said.stderr, f"{url}: {said}")
        one(tls.url, "--cacert", cert)
    # Trusted certificates that are none end with 2, before anything is sent.
    with Server(OK) as server:
        for path in [folder / "none", folder.path, folder.write("empty", ""), folder.write("text", "no certificate"), key]:
            for command in [["send", server.url], ["replay", folder.write("archive", ""), "--to", server.url],
                            ["webhook", "list", "--kid", "k", "--base", server.url, "--token-file", folder / "token"]]:
                done = tool(*command, "--cacert", path, expected=2)
                check(str(path).encode() in done.stderr and not done.stdout, f"{path}: {done}")
        check(server.connections == 0, "and nothing is sent")


def proxies(folder):
    """Those of the environment, unless --no-proxy is given."""
    with Server(OK) as server, Server(OK) as proxy:
        report = one("http://example.invalid/hook?a=%2f", environment={"http_proxy": proxy.url})
        check(report["delivered"] == 1, f"{report}")
        check(proxy.requests[0][0].startswith("POST http://example.invalid/hook?a=%2f HTTP/1.1\r\n"), f"{proxy.requests}")
        for environment, options in [({"http_proxy": proxy.url}, ["--no-proxy"]), ({"all_proxy": proxy.url}, ["--no-proxy"]),
                                     ({"http_proxy": proxy.url, "no_proxy": "127.0.0.1"}, [])]:
            one(server.url, *options, environment=environment)
            check(len(proxy.requests) == 1, f"{environment} {options}")
        check(len(server.requests) == 3, "directly")
    # TLS goes through a tunnel, which is opened without the headers of the delivery.
    refusal = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
    with Server(refusal) as proxy:
        report = one("https://example.invalid/", "--secret-header", HEADER, "--secret-file", folder / "secret",
                     environment={"https_proxy": proxy.url}, expected=1)
        check(report["errors"] == {"proxy_failed": 1}, f"{report}")
        check(proxy.requests[0][0].startswith("CONNECT example.invalid:443 ") and SECRET not in proxy.requests[0][0],
              f"{proxy.requests}")
    report = one("http://example.invalid/", environment={"http_proxy": "http://no-such-proxy.invalid:1"}, expected=1)
    check(report["errors"] == {"proxy_failed": 1}, f"{report}")


def base_addresses(folder):
    """The paths of the API below a base address with or without a slash."""
    folder.write("token", "a-token\n")
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"
    for base, path in [("", ""), ("/", ""), ("/sign/v1", "/sign/v1"), ("/sign/v1/", "/sign/v1"), ("/sign/v1//", "/sign/v1")]:
        with Server(answer) as server:
            options = ["webhook", "list", "--kid", "k", "--base", server.url + base]
            tool(*options, "--token-file", folder / "token", expected=0)
            line = f"GET {path}/clients/k/webhooks"
            check(server.requests[0][0].startswith(line + " HTTP/1.1\r\n"), f"{base}: {server.requests}")
            check(server.fields("Authorization") == ["Bearer a-token"] and not server.fields("Content-Type"), f"{server.requests}")
            check(tool(*options, "--dry-run", expected=0).stdout.decode().startswith(line.replace(" ", f" {server.url}")),
                  f"{base} without sending")
            done = tool(*options[:-1], server.url + base + "?x=1", "--token-file", folder / "token", expected=2)
            check(b"query" in done.stderr and len(server.requests) == 1, f"{done}")


def numbers():
    for options in [["--rate", "nan"], ["--rate", "-nan"], ["--rate", "inf"], ["--rate", "-1"], ["--first-delay", "nan"], ["--factor", "nan"],
                    ["--time-scale", "nan"], ["--duplicate", "nan"], ["--corrupt", "nan"], ["--unknown", "nan"], ["--timeout", "nan"],
                    ["--timeout", "0"], ["--rate", "1x"], ["--rate", ""]]:
        done = tool("send", "http://127.0.0.1:1/", *options, expected=2)
        check(done.stderr and not done.stdout, f"{options}: {done}")
    # A rate so low that the second delivery is not due in this life.
    with Server(OK) as server:
        process = subprocess.Popen([TOOL, "send", server.url, "--rate", "1e-300", "--json"], stdout=subprocess.PIPE)
        time.sleep(0.5)
        check(len(server.requests) == 1 and process.poll() is None, f"{len(server.requests)} requests")
        process.send_signal(signal.SIGINT)
        check(json.loads(process.communicate(timeout=10)[0])["undone"] == 7, "the others wait")


def line_ends(folder):
    """A file has the bodies that `decode --lines` finds."""
    two = samples()[:2]
    for text in [b"\r\n\r\n".join(two) + b"\r\n", b"\n\n".join(two), b"\r\n" + b"\r\n".join(two)]:
        path = folder.write("lines", text)
        decoded = tool("decode", "--lines", "--json", path, expected=0).stdout.splitlines()
        with Server(OK) as server:
            tool("send", server.url, "--file", path, "--connections", 1, expected=0)
            check([body for _, body in server.requests] == decoded == two, f"{text}: {server.requests}")


def stops(folder):
    """Ctrl-C ends within a second, also when a server never answers or nobody is there."""
    full = socket.create_server(("127.0.0.1", 0), backlog=0)
    waiting = []  # fill the queue of connections, so that the next one is never established
    for _ in range(4):
        client = socket.socket()
        client.setblocking(False)
        client.connect_ex(full.getsockname())
        waiting.append(client)
    with Server(lambda connection: time.sleep(30)) as silent, Server(lambda connection: (time.sleep(0.2), connection.sendall(OK))) as slow:
        for url, how in [(silent.url, signal.SIGINT), (silent.url, signal.SIGTERM),
                         (f"http://127.0.0.1:{full.getsockname()[1]}/", signal.SIGINT), (slow.url, signal.SIGINT)]:
            log = folder / "stops.attempts"
            process = subprocess.Popen([TOOL, "send", url, "--json", "--count", "100", "--attempts", str(log)], stdout=subprocess.PIPE)
            time.sleep(0.5)
            begin = time.monotonic()
            process.send_signal(how)
            report = json.loads(process.communicate(timeout=10)[0])
            spent = time.monotonic() - begin
            check(spent < 1 and process.returncode == 1, f"{url} ends {spent} s after {how}: {process.returncode} {report}")
            if url == slow.url:  # what was in flight is answered
                check(report["delivered"] >= 4 and not report["errors"], f"{report}")
            else:
                check(report["undone"] == 100 and report["errors"] == {"interrupted": 4}, f"{report}")
                check([line["error"] for line in lines_of(log)] == ["interrupted"] * 4, f"{lines_of(log)}")


def names_that_take_long(folder):
    """Neither Ctrl-C nor --timeout waits for a name server, where a name server can be put in the place of this machine's."""
    silent = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    try:
        silent.bind(("127.0.0.1", 53))
    except OSError:
        return
    with silent:
        resolver = folder.write("resolv.conf", "nameserver 127.0.0.1\noptions timeout:20\n")
        inside = ["unshare", "--mount", "sh", "-c", f'mount --bind {resolver} /etc/resolv.conf && exec "$0" "$@"']
        if subprocess.run([*inside, "true"], capture_output=True, check=False).returncode:
            return
        command = [*inside, TOOL, "send", "http://name.example/", "--json", "--count", "1"]
        begin = time.monotonic()
        done = subprocess.run([*command, "--timeout", "0.5"], capture_output=True, check=False, timeout=60)
        check(time.monotonic() - begin < 2 and b'"timed_out":1' in done.stdout, f"a time-out: {done}")
        process = subprocess.Popen(command, stdout=subprocess.PIPE)
        time.sleep(0.5)
        begin = time.monotonic()
        process.send_signal(signal.SIGINT)
        out = process.communicate(timeout=60)[0]
        check(time.monotonic() - begin < 1 and b'"interrupted":1' in out, f"Ctrl-C: {time.monotonic() - begin} s, {out}")


def full_disks(folder):
    with Server(OK) as server:
        done = tool("replay", folder.write("archive", ""), "--rate", 5, expected=2)
        check(b"--to" in done.stderr, f"an option of deliveries without one: {done}")
        for options in [["--attempts", "/dev/full"], ["--attempts", "/dev/full", "--count", 1], ["--attempts", "/none/log"]]:
            done = tool("send", server.url, *options, expected=2, timeout=20)
            check(options[1].encode() in done.stderr, f"{options}: {done}")
        with open("/dev/full", "wb") as full:
            for arguments in [["send", server.url], ["replay", folder.write("archive", "")], ["webhook", "list", "--kid", "k", "--dry-run"]]:
                done = subprocess.run([TOOL, *map(str, arguments)], stdout=full, stderr=subprocess.PIPE, check=False, timeout=20)
                check(done.returncode == 2 and b"cannot write" in done.stderr, f"{arguments}: {done}")


with Folder() as folder:
    for test in [addresses, no_addresses, headers, reuse, redirects, failures, proxies, base_addresses, numbers, line_ends, stops,
                 names_that_take_long, full_disks]:
        test(*[folder] * test.__code__.co_argcount)
        print(f"client: {test.__name__}", flush=True)
