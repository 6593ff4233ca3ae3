# SPDX-License-Identifier: BSL-1.0
"""The two machines of docs/gateway.md: its commands are run as they stand, in one shell, but with ports that are free."""
from databases import *

for program in ("haproxy", "psql", "openssl", "curl", "bash"):
    need(program)

root = pathlib.Path(__file__).resolve().parents[2]
page = (root / "docs/gateway.md").read_text()
section = page.split("## Two machines in ten minutes")[1].split("\n## ")[0]
commands = "\n".join(re.findall(r"```sh\n(.*?)```\n", section, re.S))

with Folder() as folder, Postgresql(folder) as database:
    (folder / "secret").unlink()
    configuration = (root / "packaging/container/haproxy.cfg").read_text().replace("log stdout format raw local0", "no log")
    folder.write("haproxy.cfg", configuration)
    taken = [socket.create_server(("127.0.0.1", 0)) for _ in range(3)]
    for name, server in zip((8081, 8082, 8080), taken):
        port = str(server.getsockname()[1])
        server.close()
        # HAProxy's own port is named in its configuration too.
        commands = re.sub(rf"(?<!listener[12]:){name}\b", port, commands)
        if name == 8080:
            configuration = configuration.replace("bind :8080", f"bind 127.0.0.1:{port}")
            folder.write("haproxy.cfg", configuration)
    environment = os.environ | {"PATH": f"{pathlib.Path(TOOL).parent}:{os.environ['PATH']}", "PGUSER": "postgres",
                                "PGHOST": str(database.folder / "socket"), "HOME": str(folder.path)}
    script = f"set -euo pipefail -m\ntrap 'kill $(jobs -p) $(cat haproxy.pid) 2>/dev/null || true' EXIT\n{commands}"
    script = script.replace("haproxy -D", "haproxy -p haproxy.pid -D")
    done = subprocess.run(["bash", "-c", script], cwd=folder.path, env=environment, capture_output=True, text=True,
                          timeout=150, check=False)
    check(done.returncode == 0, f"the commands end with {done.returncode}:\n{done.stdout}\n{done.stderr}")
    for said in ("queued         1000", "queued         2000", "not ready, stops in 2 s"):
        check(said in done.stdout + done.stderr, f"{said}:\n{done.stdout}\n{done.stderr}")
    delivered = re.findall(r"(\d+) deliveries: (\d+) delivered, 0 dropped", done.stdout)
    check(len(delivered) == 2 and all(sent == got for sent, got in delivered), done.stdout)
print("the commands of docs/gateway.md do what it says")
