# SPDX-License-Identifier: BSL-1.0
"""A full disk, an archive that is moved away, and one that cannot be written."""
import contextlib
import resource
import signal
import subprocess
import time

from harness import *

need("curl")
BODIES = samples()


@contextlib.contextmanager
def small_disk(folder):
    """A disk of a megabyte, where this process may make one."""
    place = folder / "disk"
    place.mkdir()
    made = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "none", str(place)], capture_output=True,
                          check=False).returncode == 0
    try:
        yield place if made else None
    finally:
        if made:
            subprocess.run(["umount", str(place)], check=True)


def overfill(folder, name, options, make_room):
    """Until nothing goes in, then with room again: the sender's retries bring the rest."""
    with Listener(folder, "--quiet", archive=name, **options) as listener:
        attempts = folder / "attempts"
        sending = send(folder, listener.url, "--count", 1000, "--first-delay", 60, "--factor", 3, "--time-scale", 60,
                       "--retry-undocumented", "--attempts", attempts, wait=False)
        deadline = time.monotonic() + 20
        while curl(listener.url + "/healthz")[0] != 503:
            check(time.monotonic() < deadline, "the archive says that it is full")
            time.sleep(0.02)
        check(post(listener.url, b" " * 1000)[0] == 503, "what cannot be kept shall come again")
        listener = make_room(listener)
        code, report = finish(sending)
        check(curl(listener.url + "/healthz")[0] == 200, "the archive takes lines again")
        listener.end()
    check(code == 0 and report["delivered"] == 1000 and report["statuses"]["503"] > 0, f"{name}: {report}")
    answered, archived = check_nothing_lost(folder / name, attempts)
    check(answered == archived == 1000, f"{answered} {archived}")
    counted(name, sent=1000, answered_503=report["statuses"]["503"], answered=answered, archived=archived, lost=0)


def full(folder):
    with small_disk(folder) as disk:
        if disk:
            filler = disk / "filler"
            filler.write_bytes(b"x" * 700000)

            def make_room(listener):
                filler.unlink()
                return listener

            overfill(folder, "disk/full", {}, make_room)
            # Not one byte goes in, from the start.
            filler.write_bytes(b"")
            with contextlib.suppress(OSError), open(filler, "wb", buffering=0) as filling:
                while filling.write(b"x" * 512):
                    pass
            with Listener(folder, "--quiet", archive="disk/full") as listener:
                body = BODIES[0] + b" " * 5000  # more than what is left of a page
                check(post(listener.url, body)[0] == 503, "full at once")
                filler.unlink()
                check(post(listener.url, body) == (200, "accepted\n"), "and room later")
                listener.end()
            read_only = disk / "read_only"
            read_only.write_bytes(b"")
            subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
            rejected(folder, read_only)
            subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        elif os.environ.get("SIGNHOOK_NOTHING_SKIPPED") and os.geteuid() == 0:
            sys.exit("no small disk can be mounted")

    # Where no disk can be made, and also where it can: a limit on the file's size, which goes with the process.
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (100000, resource.RLIM_INFINITY))

    def restart(listener):
        said = listener.end()
        check("cannot be written" in said, said)
        again = Listener(folder, "--quiet", port=listener.port, archive="limited")
        stack.callback(again.__exit__)
        return again

    with contextlib.ExitStack() as stack:
        overfill(folder, "limited", {"limit": limit}, restart)
    if os.geteuid() != 0:
        path = folder.write("closed", "")
        path.chmod(0o400)
        rejected(folder, path)


def rejected(folder, path):
    done = subprocess.run([TOOL, "listen", "--port", "0", "--secret-header", HEADER, "--secret-file",
                           str(folder / "secret"), "--archive", str(path)], capture_output=True, check=False, timeout=20)
    check(done.returncode == 2 and b"cannot open" in done.stderr, f"a read-only archive: {done}")


def moved(folder):
    with Listener(folder, archive="moved") as listener:
        check(post(listener.url, BODIES[0])[0] == 200, "before")
        (folder / "moved").rename(folder / "away")
        check(post(listener.url, BODIES[1])[0] == 503, "moved away")
        check(post(listener.url, BODIES[0])[1] == "duplicate\n", "what is kept stays known")
        (folder / "away").rename(folder / "moved")
        check(post(listener.url, BODIES[1]) == (200, "accepted\n"), "and back")
        (folder / "moved").unlink()
        check(post(listener.url, BODIES[2])[0] == 503, "gone")
        check("can be written again" in listener.end(), "each change is reported")


def rotated(folder):
    """SIGHUP, as logrotate sends it; and copytruncate, which changes the file under the program."""
    path = folder / "rotated"
    with Listener(folder, archive="rotated") as listener:
        check(post(listener.url, BODIES[0])[0] == 200, "before")
        path.rename(folder / "rotated.1")
        listener.process.send_signal(signal.SIGHUP)
        time.sleep(0.2)
        check(post(listener.url, BODIES[1]) == (200, "accepted\n"), "after")
        check(post(listener.url, BODIES[0]) == (200, "duplicate\n"), "what is known stays known")
        check(len(lines_of(folder / "rotated.1")) == len(lines_of(path)) == 1, "a file each")
        os.truncate(path, 0)
        check(post(listener.url, BODIES[2])[0] == 200, "truncated")
        check(len(lines_of(path)) == 1, "no hole is left")
        os.truncate(path, path.stat().st_size - 5)
        check(post(listener.url, BODIES[3])[0] == 200, "cut")
        check(path.read_bytes().count(b"\n") == 2 and json.loads(path.read_bytes().splitlines()[1]), "lines stay lines")
        check("cannot" not in listener.end(), "nothing failed")
    # A write that fails after somebody has truncated the file leaves nothing of it.
    def limit():
        resource.setrlimit(resource.RLIMIT_FSIZE, (6000, resource.RLIM_INFINITY))
    with Listener(folder, archive="cut", limit=limit) as listener:
        for body in BODIES[:5]:
            check(post(listener.url, body)[0] == 200, "before")
        os.truncate(folder / "cut", 0)
        check(post(listener.url, BODIES[5] + b" " * 7000)[0] == 503, "too much")
        check((folder / "cut").read_bytes() == b"", "nothing is left of it")
        check(post(listener.url, BODIES[6])[0] == 200, "and it goes on")
        listener.end()
    check(len(lines_of(folder / "cut")) == 1, "one line")


def failed_sync(folder):
    """After an error of fdatasync the file is not trusted until it is opened again. The lines of that write stay in it,
    and come again."""
    path, trigger = folder / "unsynced", folder / "trigger"
    replay = lambda *arguments: subprocess.run([TOOL, "replay", "--json", str(path), *map(str, arguments)],
                                               capture_output=True, check=False)
    environment = {"LD_PRELOAD": os.environ["SIGNHOOK_FAILING_SYNC"], "SIGNHOOK_FAIL_SYNC": str(trigger),
                   "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"}
    with Listener(folder, archive="unsynced", environment=environment) as listener:
        check(post(listener.url, BODIES[0]) == (200, "accepted\n"), "before")
        trigger.write_bytes(b"")
        check(post(listener.url, BODIES[1])[0] == 503 and not trigger.exists(), "the sender is told")
        check(len(lines_of(path)) == 2, "its line stays")
        check([post(listener.url, body)[0] for body in BODIES[1:3]] == [503, 503], "nothing is trusted")
        check(curl(listener.url + "/healthz")[0] == 503 and len(lines_of(path)) == 2, "nor written")
        listener.process.send_signal(signal.SIGHUP)
        time.sleep(0.2)
        check([post(listener.url, body)[1] for body in BODIES[1:3]] == ["accepted\n"] * 2, "opened again it is")
        check(curl(listener.url + "/healthz")[0] == 200, "and shows it")
        listener.end()
    check([line["body"].encode() for line in lines_of(path)] == [BODIES[i] for i in (0, 1, 1, 2)], "one is there twice")
    done = replay()
    found, counts = map(json.loads, done.stdout.splitlines())
    check(done.returncode == 1 and found["line"] == 3 and found["earlier_line"] == 2 and counts["doubled"] == 1, f"{done}")
    with Listener(folder, archive="unsynced") as listener:
        check([post(listener.url, body)[1] for body in BODIES[1:3]] == ["duplicate\n"] * 2, "a restart knows it")
        check("1 lines have an event that another line has too" in listener.end(), listener.said)
    with Listener(folder, archive="redelivered") as listener:
        done = replay("--to", listener.url, "--secret-header", HEADER, "--secret-file", folder / "secret")
        listener.end()
    check(archived_ids(folder / "redelivered").total() == json.loads(done.stdout.splitlines()[-1])["deliveries"] == 3,
          f"delivered once: {done}")


def damaged(folder):
    """Lines that an archive does not have are counted."""
    with Listener(folder, archive="damaged") as listener:
        for body in BODIES[:2]:
            check(post(listener.url, body)[0] == 200, "a line")
        listener.end()
    first, second = (folder / "damaged").read_bytes().splitlines()
    far = re.sub(rb'"received":"[^"]*"', b'"received":"9999-12-31T23:59:59.999Z"', second)
    for name, lines, count in [
        ("two in a line", first + second + b"\n", 1),
        ("a line and more", first + b" x\n", 1),
        ("an empty line", first + b"\n\n", 1),
        ("half a line", first[:50] + b"\n" + second + b"\n", 1),
        ("bytes", b"\xff\0\n" + first + b"\n", 1),
        ("the year 9999", first + b"\n" + far + b"\n", 1),
        ("a long line", first + b"\n" + b"a" * 5000000 + b"\n", 1),
    ]:
        folder.write("broken", lines)
        with Listener(folder, archive="broken") as listener:
            said = listener.end()
        check(f"{count} lines are damaged" in said, f"{name}: {said}")
        check((folder / "broken").read_bytes() == lines, f"{name}: left unchanged")


with Folder() as folder:
    rotated(folder)
    damaged(folder)
    failed_sync(folder)
    full(folder)
    moved(folder)
