# SPDX-License-Identifier: BSL-1.0
"""kill -9 at random moments under load: kill.py [KILLS]. What was answered 2xx is in the archive once, and the
sender's schedule, on a fast clock, brings everything through."""
import random
import sys

from harness import *

kills_left = int(sys.argv[1]) if len(sys.argv) > 1 else 20
seed = random.randrange(1 << 32)
random.seed(seed)
print(f"seed {seed}")

KILLS_A_ROUND = 10
EVENTS = 3000
# 60 s, 180 s, 540 s and 1,620 s, 400 times as fast: the last come after the last kill of a round.
SCHEDULE = ["--first-delay", 60, "--factor", 3, "--time-scale", 400]

sent = answered = retried = torn = kills = unanswered = rounds = 0
with Folder() as folder:
    attempts = []
    while kills_left > 0:
        attempts.append(folder / f"attempts.{len(attempts)}")
        with Listener(folder, "--quiet") as first:
            port, url = first.port, first.url
            sending = send(folder, url, "--count", EVENTS, "--rate", 2500, "--connections", 8, "--duplicate", 0.05,
                           "--retry-undocumented", *SCHEDULE, "--attempts", attempts[-1], wait=False)
            time.sleep(random.uniform(0.02, 0.2))
            first.end(signal.SIGKILL)
        kills += 1
        for _ in range(min(KILLS_A_ROUND, kills_left) - 1):
            with Listener(folder, "--quiet", port=port) as listener:
                time.sleep(random.uniform(0.0, 0.15))
                torn += "quarantined" in listener.end(signal.SIGKILL)
            kills += 1
        kills_left -= KILLS_A_ROUND
        with Listener(folder, "--quiet", port=port) as last:
            code, report = finish(sending)
            torn += "quarantined" in last.end()
        check(code == 0 and report["delivered"] == report["deliveries"], f"round {rounds}: {report}")
        sent += report["deliveries"]
        answered += report["statuses"].get("200", 0)
        unanswered += report["statuses"].get("0", 0)
        retried += report["retries"]
        rounds += 1
    events, archived = check_nothing_lost(folder / "events", *attempts)
    check(events == archived == rounds * EVENTS, f"{events} answered, {archived} archived of {rounds * EVENTS}")
    check(unanswered > kills, "the kills were under load")
counted("kill", kills=kills, sent=sent, not_answered=unanswered, retried=retried, answered=answered, events=events,
        archived=archived, torn_lines_quarantined=torn, lost=0)
