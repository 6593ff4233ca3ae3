# SPDX-License-Identifier: BSL-1.0
"""listen beside processes that do not behave: a standard output nobody reads, a standard error that is closed, and
commands of --forward that stop reading, end, or rely on signals."""
import contextlib
import subprocess

from harness import *

need("curl")
BODIES = samples()


def blocked_command(folder):
    """A command that does not read for a while gets everything; one that never reads does not stop SIGTERM."""
    go_on = folder / "go_on"
    with Listener(folder, "--quiet", "--metrics", "--max-requests", 100000, "--forward",
                  f"while [ ! -e {go_on} ]; do sleep 0.1; done; cat > {folder / 'slow'}", archive="blocked") as listener:
        statuses = deliver(listener.port, many(5000))
        check(statuses == [200] * 5000, "nobody waits for the command")
        check(metrics_of(listener)["signhook_forward_waiting"] > 0, "what waits is counted")
        wait_until(lambda: curl(listener.url + "/healthz")[0] == 503, "and shows")
        check("does not read" in curl(listener.url + "/healthz")[1], "with the reason")
        go_on.write_bytes(b"")
        wait_until(lambda: curl(listener.url + "/healthz") == (200, "ok\n"), "it is well again")
        listener.end()
    check((folder / "slow").read_bytes().splitlines() == list(many(5000)), "every event arrives, in order")
    with Listener(folder, "--quiet", "--grace-time", 1, "--max-requests", 100000, "--forward", "exec sleep 60",
                  archive="stuck") as listener:
        check(deliver(listener.port, many(2000)) == [200] * 2000, "nobody waits for the command")
        begin = time.monotonic()
        said = listener.end(code=2)
        check(time.monotonic() - begin < 5, "it ends after the grace time")
        check("did not take all events: " in said, said)
    check(len(archived_ids(folder / "stuck")) == 2000, "all are in the archive")


def end_is_counted(listener):
    """Delivers events until the end of the command is seen, as writing to a command that is about to end succeeds."""
    fresh = iter(many(1000))
    def counted():
        deliver(listener.port, [next(fresh)])
        return metrics_of(listener)["signhook_forward_failed"] == 1
    return counted


def dead_command(folder):
    with Listener(folder, "--metrics", "--forward", "exit 3", archive="dead") as listener:
        def delivered():
            check(deliver(listener.port, [BODIES[0]]) == [200], "it is kept")
            return metrics_of(listener)["signhook_forward_failed"] == 1
        check(deliver(listener.port, many(1)) == [200], "an event for the command")
        wait_until(end_is_counted(listener), "the end of the command is counted")
        check(curl(listener.url + "/healthz") == (503, "the command has ended\n"), "and shows")
        check(delivered(), "with an archive deliveries go on")
        listener.end(code=2)
    with Listener(folder, "--metrics", "--forward", "exit 0", archive=None) as listener:
        wait_until(end_is_counted(listener), "the end of the command is counted")
        check(deliver(listener.port, [BODIES[1]]) == [503], "without an archive it shall come again")
        listener.end(code=2)


def signals_of_the_command(folder):
    """SIGPIPE ends a pipeline of the command as in a shell."""
    path = folder / "signals"
    with Listener(folder, "--forward", f"grep -E '^Sig(Ign|Blk)' /proc/self/status > {path}; cat > /dev/null",
                  archive=None) as listener:
        wait_until(lambda: path.exists() and path.read_text().count("\n") == 2, "the command runs")
        listener.end()
    # glibc keeps signals 32 and 33 for itself.
    ignored = [int(line.split()[1], 16) & 0x7fffffff for line in path.read_text().splitlines()]
    check(ignored == [0, 0], path.read_text())


@contextlib.contextmanager
def started(folder, out, err, *options):
    """A listener with these streams, on a port that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        ["sh", "-c", f'exec "$@" {out} {err}', "sh", TOOL, "listen", "--port", str(port), "--secret-header", HEADER,
         "--secret-file", str(folder / "secret"), *map(str, options)], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
    try:
        wait_until(lambda: curl(f"http://127.0.0.1:{port}/healthz")[0] == 200, "it listens")
        yield process, port
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def streams(folder):
    # A standard error that is closed or full changes nothing.
    for i, err in enumerate(["2>&-", "2>/dev/full"]):
        path = folder / f"streams{i}"
        with started(folder, ">/dev/null", err, "--archive", path) as (process, port):
            check(deliver(port, many(3)) == [200] * 3, f"{err}: answers")
            process.terminate()
            check(process.wait(timeout=20) == 0, f"{err}: the exit code")
        check(len(lines_of(path)) == 3, f"{err}: nothing else is in the archive")
    # A standard output that cannot be written is reported by the exit code.
    for i, out in enumerate([">&-", ">/dev/full"]):
        path = folder / f"outputs{i}"
        with started(folder, out, "2>&-", "--archive", path) as (process, port):
            check(deliver(port, many(3)) == [200] * 3, f"{out}: answers")
            process.terminate()
            check(process.wait(timeout=20) == 2, f"{out}: the exit code")
        check(len(lines_of(path)) == 3, f"{out}: nothing else is in the archive")
    # One that nobody reads: with an archive nobody waits for it, and without one nothing is answered that is not printed.
    path = folder / "unread"
    with started(folder, "", "", "--archive", path, "--grace-time", 1, "--max-requests", 100000) as (process, port):
        check(deliver(port, many(3000)) == [200] * 3000, "nobody waits for who prints")
        process.terminate()
        check(process.wait(timeout=20) == 2, "the exit code")
    with started(folder, "", "", "--grace-time", 1, "--max-requests", 100000) as (process, port):
        with socket.create_connection(("127.0.0.1", port), timeout=5) as client:
            body = BODIES[0]
            client.sendall(b"".join(
                b"POST / HTTP/1.1\r\nHost: a\r\n%s: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (
                    HEADER.encode(), SECRET.encode(), len(body), body) for body in many(3000)))
            answered = b""
            with contextlib.suppress(TimeoutError):
                while piece := client.recv(65536):
                    answered += piece
        check(0 < answered.count(b"HTTP/1.1 200") < 3000, "it waits for who reads")
        check(curl(f"http://127.0.0.1:{port}/healthz")[0] == 200, "others do not")
        begin = time.monotonic()
        process.terminate()
        check(process.wait(timeout=20) == 2 and time.monotonic() - begin < 5, "it ends after the grace time")


with Folder() as folder:
    blocked_command(folder)
    dead_command(folder)
    signals_of_the_command(folder)
    streams(folder)
    counted("processes", commands=5, streams=6)
