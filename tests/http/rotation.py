# SPDX-License-Identifier: BSL-1.0
"""The lines of an archive that are read at the start."""
import datetime
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


with Folder() as folder:
    made = Lines(folder)
    large(folder, made)
    window(folder, made)
