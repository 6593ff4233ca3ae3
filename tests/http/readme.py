# SPDX-License-Identifier: BSL-1.0
"""The README's two terminals: its commands are run as they stand, and must print what stands below them, but for
times and ids."""
import pathlib
import re
import shlex
import subprocess

from harness import *

need("openssl")


def timeless(text):
    text = re.sub(r"\d+\.\d+ (ms|s)\b", r"T \1", text)
    text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\+00:00", "TIME", text)
    return re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "ID", text)


readme = (pathlib.Path(__file__).parents[2] / "README.md").read_text()
section = readme.split("## Try it without CM.com")[1].split("\n## ")[0]
first, second = re.findall(r"```\n(.*?)```\n", section, re.S)[:2]


def commands_of(terminal):
    """Each command of a terminal with what it printed."""
    parts = re.split(r"^\$ ((?:.*\\\n)*.*)\n", terminal, flags=re.M)[1:]
    return list(zip(parts[::2], parts[1::2]))


with Folder() as folder:
    os.environ["PATH"] = f"{pathlib.Path(TOOL).parent}:{os.environ['PATH']}"
    (make, _), (listen, heard) = commands_of(first)
    subprocess.run(make, shell=True, check=True, cwd=folder.path)
    # Another port than the README's, which may be taken here.
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = str(free.getsockname()[1])
    heard, second = heard.replace("8080", port), second.replace("8080", port)
    command = shlex.split(listen.replace("\\\n", "")) + ["--port", port]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, cwd=folder.path, text=True)
    try:
        printed = process.stdout.readline() + process.stdout.readline()
        for command, answer in commands_of(second):
            done = subprocess.run(command, shell=True, cwd=folder.path, capture_output=True, text=True, check=False)
            check(timeless(done.stdout) == timeless(answer), f"{command}\nprints:\n{done.stdout}{done.stderr}")
        process.send_signal(signal.SIGTERM)
        printed += process.communicate(timeout=20)[0]
    finally:
        process.kill()
    check(timeless(printed) == timeless(heard), f"{listen}\nprints:\n{printed}")
print("the README's terminals print what it says")
