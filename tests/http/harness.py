# SPDX-License-Identifier: BSL-1.0
"""What the tests over HTTP share: the tool as processes on this machine's loopback."""
import collections
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time

TOOL = os.environ["SIGNHOOK"]
SECRET = "dGVzdHMtdXNlLXRoaXMtc2VjcmV0LW9ubHk="
HEADER = "X-Secret"


def need(program):
    """A program that the tests cannot do without. CTest takes 77 for skipped."""
    if shutil.which(program):
        return
    if os.environ.get("SIGNHOOK_NOTHING_SKIPPED"):
        sys.exit(f"{program} is missing: packaging/bootstrap ci installs it")
    print(f"skipped: {program} is missing")
    sys.exit(77)


def check(condition, what):
    if not condition:
        sys.exit(f"FAILED: {what}")


def promtool(text):
    """The judge of Prometheus about the format and the names."""
    if not shutil.which("promtool"):
        check(not os.environ.get("SIGNHOOK_NOTHING_SKIPPED"), "promtool is installed by packaging/bootstrap ci")
        print("promtool is missing: its check of the metrics is left out")
        return
    done = subprocess.run(["promtool", "check", "metrics"], input=text.encode(), capture_output=True, check=False)
    check(done.returncode == 0 and not done.stderr, f"promtool: {done}")


class Folder:
    """A folder with a secret in it, gone when the test ends."""

    def __init__(self, under=None):
        self._under = under

    def __enter__(self):
        self._folder = tempfile.TemporaryDirectory(prefix="signhook_http_", dir=self._under)
        self.path = pathlib.Path(self._folder.name)
        self.write("secret", SECRET + "\n")
        return self

    def __exit__(self, *_):
        self._folder.cleanup()

    def __truediv__(self, name):
        return self.path / name

    def write(self, name, text):
        (self.path / name).write_bytes(text if isinstance(text, bytes) else text.encode())
        return self.path / name


class Process:
    """A server that says where it is listening."""

    def __init__(self, command, out, limit=None, environment=None):
        self.process = subprocess.Popen(command, stdout=out, stderr=subprocess.PIPE, preexec_fn=limit,
                                        env=os.environ | (environment or {}))
        self.said = ""
        while "listening on" not in self.said:
            line = self.process.stderr.readline().decode()
            check(line, f"{command} listens: {self.said}")
            self.said += line
        self.port = int(re.search(r":(\d+)$", self.said.splitlines()[-1]).group(1))
        self.url = self.said.split()[-1]

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.process.stderr.close()

    def end(self, how=signal.SIGTERM, code=0):
        """Ends it, and gives back what it said on standard error."""
        self.process.send_signal(how)
        self.said += self.process.stderr.read().decode()
        ended = self.process.wait(timeout=30)
        check(ended == (code if how == signal.SIGTERM else -how), f"listen ended with {ended}: {self.said}")
        return self.said


class Listener(Process):
    """`signhook listen` on a free port, or on one that it had before."""

    def __init__(self, folder, *options, port=0, archive="events", limit=None, environment=None):
        self.archive = folder / archive if archive else None
        command = [TOOL, "listen", "--port", str(port), *map(str, options),
                   "--secret-header", HEADER, "--secret-file", str(folder / "secret")]
        if archive:
            command += ["--archive", str(self.archive)]
        with open(folder / "listen.out", "ab") as out:
            super().__init__(command, out, limit, environment)


def send(folder, url, *options, secret="secret", wait=True):
    """`signhook send`: its exit code and its report."""
    command = [TOOL, "send", url, "--json", *map(str, options)]
    if secret:
        command += ["--secret-header", HEADER, "--secret-file", str(folder / secret)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    return finish(process) if wait else process


def finish(process):
    out, err = process.communicate(timeout=120)
    check(out, f"send reports: {err.decode()}")
    return process.returncode, json.loads(out)


def lines_of(path):
    text = pathlib.Path(path).read_bytes()
    check(not text or text.endswith(b"\n"), f"{path} ends with a whole line")
    return [json.loads(line) for line in text.splitlines()]


def archived_ids(path):
    """How often each event is in an archive."""
    return collections.Counter(
        json.loads(line["body"])["id"] for line in lines_of(path) if line["verdict"] == "accepted"
    )


def answered_ids(path):
    """The ids that were answered with 2xx, by the record of the attempts."""
    return {
        line["id"] for line in lines_of(path) if line["id"] and 200 <= line["status"] < 300
    }


def check_nothing_lost(archive, *attempts):
    """Every event that was answered 2xx is in the archive, once; no event is there twice."""
    archived = archived_ids(archive)
    answered = set().union(*map(answered_ids, attempts))
    lost = answered - set(archived)
    twice = [one for one, count in archived.items() if count != 1]
    check(not lost, f"{len(lost)} events answered 2xx are not in the archive: {sorted(lost)[:3]}")
    check(not twice, f"{len(twice)} events are in the archive more than once: {twice[:3]}")
    return len(answered), len(archived)


def curl(*arguments, body=None):
    """The status and the body that curl sees."""
    command = ["curl", "--silent", "--max-time", "30", "--write-out", "\n%{http_code}", *map(str, arguments)]
    done = subprocess.run(command, input=body, capture_output=True, check=False)
    text, _, status = done.stdout.decode().rpartition("\n")
    return int(status), text


def post(url, body, *arguments, secret=SECRET, content_type="application/json"):
    headers = ["--header", f"Content-Type: {content_type}"]
    if secret is not None:
        headers += ["--header", f"{HEADER}: {secret}"]
    return curl(*headers, "--data-binary", "@-", *arguments, url, body=body)


def samples():
    done = subprocess.run([TOOL, "sample", "--all"], capture_output=True, check=True)
    return done.stdout.splitlines()


def certificate(folder):
    """A certificate for the loopback addresses that is its own authority."""
    need("openssl")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
         "-days", "2", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
         "-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")],
        check=True, capture_output=True)
    return folder / "cert.pem", folder / "key.pem"


def secured(folder, secure):
    """The options of a listener with or without TLS, and the context of its clients or None."""
    if not secure:
        return [], None
    authority, key = certificate(folder)
    context = ssl.create_default_context(cafile=str(authority))
    context.check_hostname = False
    return ["--cert", authority, "--key", key], context


def raw(port, data, timeout=20.0, slowly=0.0):
    """What comes back over a socket of our own until it is closed, and after how long."""
    begin = time.monotonic()
    answer = b""
    with socket.create_connection(("127.0.0.1", port), timeout=timeout) as client:
        try:
            if slowly:
                for i in range(len(data)):
                    client.sendall(data[i:i + 1])
                    time.sleep(slowly)
            else:
                client.sendall(data)
            while piece := client.recv(65536):
                answer += piece
        except (BrokenPipeError, ConnectionResetError):
            pass
    return answer, time.monotonic() - begin


def counted(name, **counts):
    print(f"{name}: " + ", ".join(f"{value} {key.replace('_', ' ')}" for key, value in counts.items()))


def many(count, first=0):
    """Bodies of events with an id each."""
    body = samples()[0]
    for i in range(first, first + count):
        yield body.replace(json.loads(body)["id"].encode(), b"00000000-0000-4000-8000-%012x" % i)


def deliver(port, bodies):
    """Sends the bodies over one connection and returns the statuses."""
    statuses = []
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        answers = client.makefile("rb")
        for body in bodies:
            client.sendall(b"POST / HTTP/1.1\r\nHost: a\r\n%s: %s\r\nContent-Type: application/json\r\n"
                           b"Content-Length: %d\r\n\r\n%s" % (HEADER.encode(), SECRET.encode(), len(body), body))
            statuses.append(int(answers.readline().split(b" ")[1]))
            size = 0
            while (line := answers.readline()) != b"\r\n":
                if line.lower().startswith(b"content-length:"):
                    size = int(line.split(b":")[1])
            answers.read(size)
    return statuses


def metrics_of(listener):
    return {name: float(value) for name, value in (
        line.rsplit(" ", 1) for line in curl(listener.url + "/metrics")[1].splitlines() if line[:1] != "#")}


def wait_until(condition, what, seconds=20):
    deadline = time.monotonic() + seconds
    while not condition():
        check(time.monotonic() < deadline, what)
        time.sleep(0.05)
