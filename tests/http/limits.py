# SPDX-License-Identifier: BSL-1.0
"""What clients can cost: limits.py [CONNECTIONS]. Limits on bytes, time, requests and connections, and as many idle
connections as asked for, over HTTP and TLS."""
import resource

from harness import *

CONNECTIONS = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
BODIES = samples()
HEAD = f"POST / HTTP/1.1\r\nHost: a\r\n{HEADER}: {SECRET}\r\nContent-Type: application/json\r\n".encode()
ONE = HEAD + b"Content-Length: %d\r\n\r\n" % len(BODIES[0]) + BODIES[0]


def connected(port, data=b""):
    client = socket.create_connection(("127.0.0.1", port), timeout=20)
    client.sendall(data)
    return client


def rest_of(client):
    """What still comes, until the server closes, and after how long."""
    begin, received = time.monotonic(), b""
    with client:
        try:
            while piece := client.recv(65536):
                received += piece
        except ConnectionResetError:
            pass
    return received, time.monotonic() - begin


def metric(listener, name, *arguments):
    for line in curl(*arguments, listener.url + "/metrics")[1].splitlines():
        if line.startswith(name + " "):
            return int(line.rsplit(" ", 1)[1])
    sys.exit(f"FAILED: no {name}")


def requests_of_a_connection(folder):
    with Listener(folder, "--max-requests", 3, archive=None) as listener:
        received, _ = rest_of(connected(listener.port, ONE * 5))
        check(received.count(b"HTTP/1.1 200") == 3 and received.count(b"Connection: close") == 1, f"{received}")
        listener.end()


def times(folder):
    with Listener(folder, "--idle-time", 1, "--header-time", 2, "--request-time", 4, archive=None) as listener:
        for name, data, status, least, most in [
            ("nothing", b"", None, 0.9, 1.9),
            ("empty lines", b"\r\n\r\n", None, 0.9, 1.9),
            ("a part of a head", ONE[:20], 408, 1.9, 2.9),
            ("a part of a body", ONE[:-1], 408, 3.9, 4.9),
            ("a request, then nothing", ONE, 200, 0.9, 1.9),
            ("a request, then a part", ONE + ONE[:20], 200, 1.9, 2.9),
        ]:
            received, spent = rest_of(connected(listener.port, data))
            statuses = [int(part[:3]) for part in received.split(b"HTTP/1.1 ")[1:]]
            check(statuses[:1] == ([status] if status else []), f"{name}: {received}")
            check(least < spent < most, f"{name}: ended after {spent} s")
        for name, data in ("headers", HEAD), ("body", ONE), ("empty lines", b"\r\n" * 100):
            begin = time.monotonic()
            raw(listener.port, data, slowly=0.05)
            check(time.monotonic() - begin < 5.5, f"slow {name}")
        listener.end()


def memory(folder):
    """Bodies that wait for their end, more than may be held."""
    with Listener(folder, "--max-body", 500000, "--max-memory", 2 ** 20, "--metrics", archive=None) as listener:
        big = HEAD + b"Content-Length: 500000\r\n\r\n" + b" " * 400000
        clients = [connected(listener.port, big)]
        # Before the others arrive: of bodies that grow at the same time none may be left.
        wait_until(lambda: metric(listener, "signhook_request_memory_bytes") >= 400000, "a part of it is held")
        clients += [connected(listener.port, big) for _ in range(5)]
        time.sleep(0.5)
        held = metric(listener, "signhook_request_memory_bytes")
        check(held <= 2 ** 20 + 600000, f"{held} bytes are held")
        for client in clients:
            client.shutdown(socket.SHUT_WR)
        statuses = [rest_of(client)[0][9:12] for client in clients]
        check(b"503" in statuses and b"400" in statuses, f"{statuses}")
        check(post(listener.url, BODIES[0])[0] == 200, "and it goes on")
        held = metric(listener, "signhook_request_memory_bytes")
        check(held < 6000, f"{held} bytes are held by nobody")
        listener.end()


def connections(folder):
    with Listener(folder, "--connections", 8, "--idle-time", 1, archive=None) as listener:
        idle = [connected(listener.port) for _ in range(20)]
        begin = time.monotonic()
        check(post(listener.url, BODIES[0])[0] == 200, "others wait")
        check(time.monotonic() - begin < 5, "but not for long")
        for client in idle:
            client.close()
        listener.end()
    # With fewer files than connections it takes what it can.
    limit = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (80, 80))
    with Listener(folder, "--idle-time", 1, archive=None, limit=limit) as listener:
        check("at most 16 connections" in listener.said, listener.said)
        idle = [connected(listener.port) for _ in range(40)]
        check(post(listener.url, BODIES[0])[0] == 200, "others wait")
        for client in idle:
            client.close()
        listener.end()


def resident(process):
    status = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(r"VmRSS:\s*(\d+)", status).group(1)) * 1024


def idle(folder, secure):
    """Many connections that say nothing, said something, or stop within a request."""
    options, context = secured(folder, secure)
    count = CONNECTIONS // 4 if secure else CONNECTIONS
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, count + 200), hard))
    low = lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (256, hard))
    insecure = ["--insecure"] if secure else []
    with Listener(folder, "--quiet", "--metrics", "--idle-time", 300, "--header-time", 300, "--request-time", 300, *options,
                  archive=None, limit=low) as listener:
        post(listener.url, BODIES[0], *insecure)
        before = resident(listener.process)
        clients = []
        for i in range(count):
            client = connected(listener.port)
            if secure:
                client = context.wrap_socket(client, server_hostname="localhost")
            if i % 4 == 1:
                client.sendall(ONE)
                check(client.recv(1000).startswith(b"HTTP/1.1 200"), "an answer")
            elif i % 4 == 2:
                client.sendall(ONE[:30])
            elif i % 4 == 3:
                client.sendall(ONE[:-1])
            clients.append(client)
        check(post(listener.url, BODIES[1], *insecure)[0] == 200, "others are served")
        open_now = metric(listener, "signhook_connections", *insecure)
        check(count <= open_now <= count + 2, f"{open_now} of {count} are open")
        each = (resident(listener.process) - before) / count
        # TLS alone keeps the keys and the state of the handshake.
        check(each < (40000 if secure else 8192), f"{each} bytes a connection")
        begin = time.monotonic()
        listener.process.send_signal(signal.SIGTERM)
        for i, client in enumerate(clients):
            if i % 4 == 2:
                client.sendall(ONE[30:])
            elif i % 4 == 3:
                client.sendall(ONE[-1:])
        for i, client in enumerate(clients):
            if i % 4 > 1:
                check(client.recv(1000).startswith(b"HTTP/1.1 200"), "what has begun is answered")
        check(listener.process.wait(timeout=20) == 0, "then it ends")
        check(time.monotonic() - begin < 10, "soon")
        for client in clients:
            client.close()
    return count, round(each)


def stands_still(folder):
    """Requests that arrive while the process does not run, as when a machine is suspended, are served after it."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, CONNECTIONS + 200), hard))
    with Listener(folder, "--quiet", "--idle-time", 1, "--header-time", 1, "--request-time", 1, archive=None) as listener:
        clients = [connected(listener.port, ONE) for _ in range(CONNECTIONS)]
        for client in clients:
            check(client.recv(1000).startswith(b"HTTP/1.1 200"), "an answer")
        begun = [connected(listener.port, ONE[:size]) for size in (5, len(ONE) // 2, len(ONE) - 1) for _ in range(20)]
        time.sleep(0.2)
        listener.process.send_signal(signal.SIGSTOP)
        for client in clients:
            client.sendall(ONE)
        for i, client in enumerate(begun):
            client.sendall(ONE[(5, len(ONE) // 2, len(ONE) - 1)[i // 20]:])
        time.sleep(1.5)
        listener.process.send_signal(signal.SIGCONT)
        for client in [*clients, *begun]:
            check(client.recv(1000).startswith(b"HTTP/1.1 200"), "an answer")
        for client in [*clients, *begun]:
            check(client.recv(1000) == b"", "and then the end of the time")
            client.close()
        listener.end()


def grace(folder):
    """A client that goes on and on does not keep it from ending."""
    with Listener(folder, "--grace-time", 1, "--request-time", 60, archive=None) as listener:
        with connected(listener.port, ONE[:-1]), connected(listener.port):
            time.sleep(0.2)
            begin = time.monotonic()
            listener.end()
            check(0.9 < time.monotonic() - begin < 3, "it waits for the grace time")


with Folder() as folder:
    requests_of_a_connection(folder)
    times(folder)
    memory(folder)
    connections(folder)
    grace(folder)
    stands_still(folder)
    plain, bytes_plain = idle(folder, False)
    tls, bytes_tls = idle(folder, True)
    counted("limits", idle_connections=plain, bytes_each=bytes_plain, idle_connections_over_TLS=tls,
            bytes_each_over_TLS=bytes_tls)
