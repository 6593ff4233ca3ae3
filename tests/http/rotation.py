# SPDX-License-Identifier: BSL-1.0
"""Rotation of an archive by size and age, and the lines of it that are read at the start."""
import contextlib
import datetime
import random
import uuid

from harness import *

need("curl")
BODIES = samples()
MIB = 1 << 20


def time_ago(**ago):
    then = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(**ago)
    return then.isoformat(timespec="milliseconds")


class Lines:
    """Lines like one that listen has written."""

    def __init__(self, folder):
        with Listener(folder, archive="sample") as listener:
            check(post(listener.url, BODIES[0])[1] == "accepted\n", "a line")
            listener.end()
        self._line = lines_of(folder / "sample")[0]

    def line(self, body, **ago):
        made = self._line | {"received": time_ago(**ago), "body": body.decode()}
        return json.dumps(made, separators=(",", ":")).encode() + b"\n"

    def many(self, size, **ago):
        """Lines of as many bytes with an event each."""
        old_id = json.loads(BODIES[0])["id"].encode()
        line = self.line(BODIES[0], **ago)
        return b"".join(line.replace(old_id, str(uuid.uuid4()).encode()) for _ in range(size // len(line) + 1))


def bytes_read(process):
    """By the system's count, of all files."""
    return int(re.search(r"rchar: (\d+)", pathlib.Path(f"/proc/{process.pid}/io").read_text()).group(1))


def verdicts(listener, *bodies):
    return [post(listener.url, body)[1].strip() for body in bodies]


def large(folder, lines):
    """Of ten gigabytes only the end is read."""
    with Listener(folder, archive="none") as listener:
        others = bytes_read(listener.process)  # libraries
        listener.end()
    path = folder / "large"
    with open(path, "wb") as out:
        out.truncate(10 << 30)  # a hole takes no room on the disk
        out.seek(0, os.SEEK_END)
        out.write(b"\n" + lines.many(9 * MIB, days=6) + lines.many(MIB, days=4) + lines.line(BODIES[1], days=4, hours=23))
    begin = time.monotonic()
    with Listener(folder, archive="large") as listener:
        took = time.monotonic() - begin
        read = bytes_read(listener.process) - others
        check(verdicts(listener, *BODIES[1:3]) == ["duplicate", "accepted"], "the window is known")
        said = listener.end()
    check(9 * MIB < read < 11 * MIB, f"{read} bytes are read")
    check(re.search(r"the last \d+ of \d+ bytes of \S+ hold \d+ events and 0 others; what is before is older than 5 days",
                    said), said)
    path.unlink()
    counted("start", bytes_in_the_archive=10 << 30, bytes_read=read, seconds=round(took, 2))


def window(folder, lines):
    """What is read, and known."""
    new, old = {"days": 4, "hours": 23}, {"days": 5, "hours": 1}
    whole = lines.many(MIB, hours=1)
    for name, content, known, said in [
        ("the first and the last line", lines.line(BODIES[1], **new) + whole + lines.line(BODIES[2]), [1, 2], "holds"),
        ("older than the window", lines.line(BODIES[1], **old) + lines.line(BODIES[2], **new), [2], "holds 2 events"),
        ("the clock was set back", lines.line(BODIES[1], **new) + lines.many(7 * MIB, days=20000) +
         lines.line(BODIES[2], **new), [1, 2], "holds"),
        ("the clock was ahead", lines.line(BODIES[1], **new) + lines.line(BODIES[2], days=-9000) +
         lines.line(BODIES[3], **new), [1, 2, 3], "holds 3 events"),
        ("too old for too long", lines.line(BODIES[1], **new) + lines.many(9 * MIB, days=6) + lines.line(BODIES[2]),
         [2], "older than 5 days"),
        ("damaged lines", lines.line(BODIES[1], **new) + b"x\n" * 5 + b"x" * (9 * MIB) + b"\n" + lines.line(BODIES[2]),
         [1, 2], "6 lines are damaged"),
        ("no line", b"", [], "holds 0 events"),
        ("a line without an end", lines.line(BODIES[1]) + b"x" * MIB, [1], "quarantined"),
        ("a line twice", lines.line(BODIES[1]) + whole + 2 * lines.line(BODIES[1], **new), [1],
         "2 lines have an event that another line has too"),
        ("one again after the window", lines.line(BODIES[1], **old) + lines.line(BODIES[1]), [1], "holds 2 events"),
    ]:
        folder.write("window", content)
        with Listener(folder, archive="window") as listener:
            got = [i for i, verdict in enumerate(verdicts(listener, *BODIES[1:4]), 1) if verdict == "duplicate"]
            heard = listener.end()
        check(got == known and said in heard, f"{name}: {got} {heard}")
        check("another line" in heard or "twice" not in name, f"{name}: {heard}")
    # The inbox has no room for more.
    folder.write("window", whole + lines.line(BODIES[1]))
    with Listener(folder, "--remember", 100, archive="window") as listener:
        check(verdicts(listener, BODIES[1]) == ["duplicate"], "the newest are known")
        check("hold 100 events and 0 others; --remember has no room for more" in listener.end(), listener.said)


NAME = re.compile(r"\.\d{8}T\d{6}\.\d{3}Z")


def rotated(path):
    """The oldest first."""
    return sorted(one for one in path.parent.iterdir() if one.name.startswith(path.name) and
                  NAME.fullmatch(one.name[len(path.name):]))


def bodies_in(*paths):
    return [line["body"].encode() for path in paths for line in lines_of(path)]


def by_size(folder):
    path = folder / "size"
    with Listener(folder, "--archive-size", "1k", "--metrics", archive="size") as listener:
        check(verdicts(listener, *BODIES) == ["accepted"] * 8, "each is kept")
        check(verdicts(listener, *BODIES) == ["duplicate"] * 8, "and known")
        check(post(listener.url, b"x" * 5000) == (200, "quarantine\n"), "more than a file should have")
        files = rotated(path)
        check(len(files) >= 4 and all(one.stat().st_size <= 1024 for one in files), f"{files}")
        text = curl(listener.url + "/metrics")[1]
        check(f"\nsignhook_archive_rotations_total {len(files)}\n" in text, text)
        listener.end()
    kept = bodies_in(*files, path)
    check(kept[:8] == BODIES and len(kept) == 9, "in the order in which they came")
    with Listener(folder, "--archive-size", "1M", archive="size") as listener:
        check(verdicts(listener, *BODIES) == ["duplicate"] * 8, "what is in rotated files is known after a restart")
        said = listener.end()
    check(f"size and {len(files)} rotated files hold 8 events and 1 others" in said, said)


def by_age(folder, lines):
    path = folder.write("age", lines.line(BODIES[1], hours=11))
    with Listener(folder, "--archive-age", "12h", archive="age") as listener:
        check(verdicts(listener, BODIES[2]) == ["accepted"] and rotated(path) == [], "young enough")
        listener.end()
    folder.write("age", lines.line(BODIES[1], hours=13))
    with Listener(folder, "--archive-age", "12h", archive="age") as listener:
        check(verdicts(listener, BODIES[1], BODIES[2]) == ["duplicate", "accepted"] and len(rotated(path)) == 1, "too old")
        listener.end()
    with Listener(folder, "--archive-age", "1", "--archive-size", "1G", archive="second") as listener:
        for body in BODIES[:2]:
            check(verdicts(listener, body) == ["accepted"], "a line")
            time.sleep(1.1)
        check(verdicts(listener, BODIES[2]) == ["accepted"] and len(rotated(folder / "second")) == 2, "each second")
        listener.end()
    # Also if nothing arrives; but no empty file.
    idle = folder.write("idle", lines.line(BODIES[1]))
    with Listener(folder, "--archive-age", "4", "--metrics", archive="idle") as listener:
        check(rotated(idle) == [], "young enough")
        wait_until(lambda: len(rotated(idle)) == 1 and idle.exists(), "an idle listener renames it")
        check(idle.read_bytes() == b"" and bodies_in(*rotated(idle)) == [BODIES[1]], "with its line")
        time.sleep(1.5)
        check(len(rotated(idle)) == 1 and metrics_of(listener)["signhook_archive_rotations_total"] == 1, "once")
        check(verdicts(listener, *BODIES[1:3]) == ["duplicate", "accepted"], "and goes on")
        wait_until(lambda: len(rotated(idle)) == 2, "and renames the next one")
        listener.end()
    check(sorted(bodies_in(*rotated(idle))) == sorted(BODIES[1:3]), "nothing is lost")
    # The clock was ahead when the last file was renamed, and when the first line was written.
    folder.write("ahead.20991231T235959.999Z", lines.line(BODIES[1]))
    folder.write("ahead", lines.line(BODIES[2], days=-20000))
    with Listener(folder, "--archive-size", "1k", archive="ahead") as listener:
        check(verdicts(listener, *BODIES[1:5]) == ["duplicate"] * 2 + ["accepted"] * 2, "all are known")
        names = [one.name for one in rotated(folder / "ahead")]
        listener.end()
    check(names[:2] == ["ahead.20991231T235959.999Z", "ahead.21000101T000000.000Z"], f"names stay in order: {names}")


def removal(folder, lines):
    """What the duplicate window needs stays."""
    path = folder / "removal"
    for day in range(1, 10):
        old = folder.write(f"removal.2026010{day}T000000.000Z", lines.line(BODIES[day % 8], days=10 - day))
        then = time.time() - (10 - day) * 86400 - 60
        os.utime(old, (then, then))
    others = [folder.write(name, lines.line(BODIES[0], days=30)) for name in
              ("removal.1", "removal.20260101T000000.000Z.gz", "removal.2026-01-01", "removal.torn")]
    for options, left in [([], 9), (["--archive-size", "1G"], 9), (["--archive-age", "1d", "--archive-keep", 7], 7),
                          (["--archive-size", "1G", "--archive-keep", 2], 4)]:
        with Listener(folder, *options, archive="removal") as listener:
            check(len(rotated(path)) == left, f"{options}: {rotated(path)}")
            listener.end()
    check(rotated(path)[0].name == "removal.20260106T000000.000Z", "the oldest go first")
    check(all(one.exists() for one in others), "and what listen has not written stays")
    for one in rotated(path):
        os.utime(one, (0, 0))
    with Listener(folder, "--archive-size", "1k", "--archive-keep", 2, archive="removal") as listener:
        check(len(rotated(path)) == 2, "old files go at the start")
        for body in BODIES:
            post(listener.url, body)
        check(len(rotated(path)) > 2, "and new ones stay")
        before = rotated(path)
        os.utime(before[0], (0, 0))
        check(post(listener.url, b"x" * 1000)[0] == 200, "a rotation")
        check(rotated(path)[:-1] == before[1:], "and one goes with a rotation")
        listener.end()
    for options, said in [(["--archive-keep", 2], "--archive-size or --archive-age"), (["--archive-size", "1"], "range"),
                          (["--archive-age", "x"], "archive-age"), (["--archive-size", "-5M"], "archive-size")]:
        done = subprocess.run([TOOL, "listen", "--secret-header", HEADER, "--secret-file", str(folder / "secret"),
                               "--archive", str(path), *map(str, options)], capture_output=True, check=False, timeout=20)
        check(done.returncode == 2 and said in done.stderr.decode(), f"{options}: {done}")


def doubled(folder, lines):
    """replay finds the lines with an event that was accepted before, in several files too."""
    one = folder.write("one", lines.line(BODIES[1], days=4) + lines.line(BODIES[2], days=10) + lines.line(BODIES[3]))
    two = folder.write("two", lines.line(BODIES[2], days=1) + lines.line(BODIES[1], days=1) + lines.line(BODIES[3]))
    third = folder.write("third", lines.line(BODIES[3]) + lines.line(BODIES[4]))
    replay = lambda *arguments: subprocess.run([TOOL, "replay", *map(str, arguments)], capture_output=True, check=False)
    for files, expected in [
        ([one], []),
        ([one, two], [("two", 2, "one", 1), ("two", 3, "one", 3)]),
        ([one, two, third], [("two", 2, "one", 1), ("two", 3, "one", 3), ("third", 1, "two", 3)]),
        ([third, third], [("third", 1, "third", 1), ("third", 2, "third", 2)]),
    ]:
        done = replay("--json", *files)
        *found, counts = map(json.loads, done.stdout.splitlines())
        got = [(pathlib.Path(line["archive"]).name, line["line"], pathlib.Path(line["earlier_archive"]).name,
                line["earlier_line"]) for line in found]
        check(got == expected and counts["doubled"] == len(expected), f"{files}: {done}")
        check(done.returncode == (1 if expected else 0), f"{files}: {done}")
    said = replay(one, two).stdout.decode().splitlines()
    check(said[0] == f"{two}:2: the event {json.loads(BODIES[1])['id']} is also on {one}:1", said)
    check(said[-1].endswith("0 damaged, 2 doubled"), said)
    # It delivers such an event once: again only after the time in which CM.com may deliver it again, or with other bytes.
    other = folder.write("other", lines.line(BODIES[3] + b" "))
    for files, expected in [
        ([one], [1, 2, 3]),
        ([one, two], [1, 2, 3, 2]),
        ([third, third], [3, 4]),
        ([one, two, third], [1, 2, 3, 2, 4]),
    ]:
        with Listener(folder, "--forward", f"cat > {folder / 'came'}", archive=None) as listener:
            done = replay("--json", "--connections", "1", *files, "--to", listener.url, "--secret-header", HEADER,
                          "--secret-file", folder / "secret")
            deliveries = json.loads(done.stdout.splitlines()[-1])["deliveries"]
            listener.end()
        check(deliveries == len(expected), f"{files}: {done}")
        came = (folder / "came").read_bytes().splitlines()
        check(came == [BODIES[i] for i in dict.fromkeys(expected)], f"{files}: {came}")
    with Listener(folder, archive="conflict") as listener:
        done = replay("--json", third, other, "--to", listener.url, "--secret-header", HEADER, "--secret-file",
                      folder / "secret")
        listener.end()
    check(json.loads(done.stdout.splitlines()[-1])["deliveries"] == 3, f"{done}")


def killed_in_between(folder, lines):
    """The files that kill -9 leaves after each step of a rotation, and of logrotate's."""
    first, second, torn = lines.line(BODIES[1]), lines.line(BODIES[2]), lines.line(BODIES[3])[:-20]
    name = ".20261127T155800.123Z"
    for state, files, known in [
        ("before it", {"": first + second}, 2),
        ("in the write before it", {"": first + second + torn}, 2),
        ("renamed", {name: first + second}, 2),
        ("created", {name: first, "": b""}, 1),
        ("in the first write", {name: first + second, "": torn}, 2),
        ("after it", {name: first, "": second}, 2),
        ("by logrotate", {".1": second, ".2": first}, 2),
        ("twice", {name: first, name.replace("2026", "2025"): second}, 2),
    ]:
        place = folder / state.replace(" ", "_")
        place.mkdir()
        for end, content in files.items():
            (place / ("events" + end)).write_bytes(content)
        path = place / "events"
        with Listener(folder, "--archive-size", 1024, archive=path) as listener:
            got = verdicts(listener, *BODIES[1:6])
            check(got == ["duplicate"] * known + ["accepted"] * (5 - known), f"{state}: {got}")
            listener.end()
        kept = sorted(bodies_in(*(one for one in place.iterdir() if not one.name.endswith(".torn"))))
        check(kept == sorted(BODIES[1:6]), f"{state}: each is kept once: {len(kept)}")


def killed(folder):
    """kill -9 at random moments, while there are many rotations."""
    seed = random.randrange(1 << 32)
    print(f"seed {seed}")
    moments = random.Random(seed)
    place = folder / "killed"
    place.mkdir()
    options = ["--quiet", "--archive-size", "8k", "--archive-keep", 1]
    kills = 30
    with Listener(folder, *options, archive="killed/events") as first:
        port, url = first.port, first.url
        sending = send(folder, url, "--count", 3000, "--rate", 2000, "--connections", 8, "--duplicate", 0.05,
                       "--retry-undocumented", "--first-delay", 60, "--factor", 3, "--time-scale", 400,
                       "--attempts", folder / "attempts", wait=False)
        time.sleep(moments.uniform(0.05, 0.2))
        first.end(signal.SIGKILL)
    for _ in range(kills - 1):
        with Listener(folder, *options, port=port, archive="killed/events") as listener:
            time.sleep(moments.uniform(0.0, 0.1))
            listener.end(signal.SIGKILL)
    with Listener(folder, *options, port=port, archive="killed/events") as listener:
        code, report = finish(sending)
        listener.end()
    check(code == 0 and report["delivered"] == report["deliveries"], f"{report}")
    files = rotated(place / "events")
    together = folder.write("together", b"".join(one.read_bytes() for one in [*files, place / "events"]))
    answered, archived = check_nothing_lost(together, folder / "attempts")
    check(answered == archived == 3000, f"{answered} answered, {archived} archived")
    counted("rotation", kills=kills, files=len(files) + 1, answered=answered, archived=archived, lost=0, doubled=0)


@contextlib.contextmanager
def mounted(*arguments):
    """Gives whether this process may mount that."""
    made = subprocess.run(["mount", *map(str, arguments)], capture_output=True, check=False).returncode == 0
    if not made and os.environ.get("SIGNHOOK_NOTHING_SKIPPED") and os.geteuid() == 0:
        sys.exit("nothing can be mounted")
    try:
        yield made
    finally:
        if made:
            subprocess.run(["umount", "--lazy", str(arguments[-1])], check=True)


def failing(folder):
    """A file that cannot be renamed goes on; without a new file the answer is 503."""
    path = folder.write("fixed", "")
    with mounted("--bind", path, path) as made:
        if made:
            with Listener(folder, "--archive-size", "1k", archive="fixed") as listener:
                check(verdicts(listener, *BODIES) == ["accepted"] * 8, "each is kept")
                said = listener.end()
            check(said.count("cannot rename") == 1 and bodies_in(path) == BODIES, said)
    place = folder / "inodes"
    place.mkdir()
    with mounted("-t", "tmpfs", "-o", "nr_inodes=4", "none", place) as made:
        if made:
            other = place / "other"
            other.write_bytes(b"")
            with Listener(folder, "--archive-size", "1k", archive="inodes/events") as listener:
                statuses = [post(listener.url, body)[0] for body in BODIES]
                check(statuses[:2] == [200, 200] and statuses[-1] == 503, f"{statuses}")
                check(curl(listener.url + "/healthz")[0] == 503, "healthz")
                other.unlink()
                check(verdicts(listener, BODIES[-1]) == ["accepted"], "and there is room again")
                check("can be written again" in listener.end(), listener.said)
            kept = bodies_in(*rotated(place / "events"), place / "events")
            check(kept == [body for body, status in zip(BODIES, statuses) if status == 200] + [BODIES[-1]], "nothing lost")


with Folder() as folder:
    made = Lines(folder)
    large(folder, made)
    window(folder, made)
    by_size(folder)
    by_age(folder, made)
    removal(folder, made)
    doubled(folder, made)
    killed_in_between(folder, made)
    killed(folder)
    failing(folder)
