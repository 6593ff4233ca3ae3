# SPDX-License-Identifier: BSL-1.0
"""The files of packaging/systemd and packaging/container, as far as the programs that read them say something of them."""
from databases import *

packaging = pathlib.Path(__file__).resolve().parents[2] / "packaging"
for program in ("systemd-analyze", "haproxy"):
    need(program)

with Folder() as folder:
    units = sorted((packaging / "systemd").iterdir())
    for unit in units:
        # Here the program is not installed, and has no manual page.
        text = unit.read_text().replace("/usr/bin/signhook", TOOL)
        folder.write(unit.name, re.sub(r"^Documentation=.*\n", "", text, flags=re.M))
    names = [str(folder / unit.name) for unit in units]
    done = subprocess.run(["systemd-analyze", "verify", "--man=no", *names], capture_output=True, text=True, check=False)
    check(done.returncode == 0 and not done.stderr, f"systemd-analyze verify: {done.stderr}")
    service = [name for name in names if name.endswith(".service")]
    # In tenths: the service may do little that it does not need.
    done = subprocess.run(["systemd-analyze", "security", "--offline=yes", "--threshold=20", "--no-pager", *service],
                          capture_output=True, text=True, check=False)
    check(done.returncode == 0, f"systemd-analyze security: {done.stdout[-300:]}{done.stderr}")
    exposure = done.stdout.strip().splitlines()[-1]
done = subprocess.run(["haproxy", "-c", "-f", str(packaging / "container/haproxy.cfg")], capture_output=True, text=True,
                      check=False)
check(done.returncode == 0, f"haproxy -c: {done.stdout}{done.stderr}")
counted("units", checked=len(units))
print(exposure)
