# SPDX-License-Identifier: BSL-1.0
"""Two listeners behind HAProxy over PostgreSQL, and whatever can happen to them: chaos_listen.py [KILLS [SEED]]. At random
a listener is killed or ended and started again, the server of the database is killed, restarted or frozen, its connections
are cut, HAProxy is killed, and a proxy before the database cuts and delays what passes. Senders deliver each event until it
is answered 2xx, which is the sender's last word. Then each of them must be in the queue once, with its body; each body that
is no event in the quarantine."""
import http.client
import random
import select
import threading
import uuid

from databases import *

need("haproxy")
need("psql")
kills_wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 12
seed = int(sys.argv[2]) if len(sys.argv) > 2 else random.randrange(1 << 32)
random.seed(seed)
print(f"seed {seed}", flush=True)


def free_ports(count):
    """Below those that the system gives to connections, of which one could take the port of a listener just killed."""
    ports = []
    while len(ports) < count:
        port = random.randrange(15000, 32000)
        with socket.socket() as one, contextlib.suppress(OSError):
            one.bind(("127.0.0.1", port))
            ports.append(port)
    return ports


class Network:
    """A proxy before the database's socket. It cuts connections in the middle of what passes, and delays."""

    def __init__(self, folder, target):
        self.target = str(target)
        self.path = folder / ".s.PGSQL.5432"
        self.server = socket.socket(socket.AF_UNIX)
        self.server.bind(str(self.path))
        self.server.listen(64)
        self.cuts_to_make = 0
        self.cuts = 0
        self.delay = 0.0
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            client, _ = self.server.accept()
            threading.Thread(target=self.relay, args=(client,), daemon=True).start()

    def relay(self, client):
        server = socket.socket(socket.AF_UNIX)
        with client, server, contextlib.suppress(OSError):
            server.connect(self.target)
            while True:
                for source in select.select([client, server], [], [])[0]:
                    data = source.recv(65536)
                    if not data:
                        return
                    time.sleep(self.delay)
                    if self.cuts_to_make > 0:
                        # An answer that is lost, or half of a statement.
                        self.cuts_to_make -= 1
                        self.cuts += 1
                        if source is client and random.randrange(2):
                            server.sendall(data[:len(data) // 2])
                        return
                    (server if source is client else client).sendall(data)


class Balancer:
    """HAProxy with the configuration of packaging/container, but for addresses."""

    def __init__(self, folder, listeners, port):
        page = (pathlib.Path(__file__).resolve().parents[2] / "packaging/container/haproxy.cfg").read_text()
        for i, listener in enumerate(listeners, 1):
            page = page.replace(f"listener{i}:8080", f"127.0.0.1:{listener}")
        page = page.replace(":8080", f"127.0.0.1:{port}").replace("log stdout format raw local0", "no log")
        self.file = folder.write("haproxy.cfg", page)
        self.port = port
        self.start()

    def start(self):
        self.process = subprocess.Popen(["haproxy", "-q", "-db", "-f", str(self.file)], stderr=subprocess.DEVNULL)
        wait_until(lambda: self.answers(), "HAProxy answers")

    def answers(self):
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.start()


class Gateway:
    """A listener on its port, which is started again whenever it has died."""

    def __init__(self, folder, database, port, *options):
        self.command = [TOOL, "listen", "--port", str(port), "--inbox", database, "--secret-header", HEADER,
                        "--secret-file", str(folder / "secret"), "--quiet", "--store-time", "2", *options]
        self.log = open(folder / "listen.log", "ab")
        self.start()

    def start(self):
        self.process = subprocess.Popen(self.command, stderr=self.log)

    def end(self, how):
        self.process.send_signal(how)
        code = self.process.wait(timeout=60)
        # SIGTERM ends it by the system's hand while it starts.
        check(code in (0, -signal.SIGKILL, -signal.SIGTERM), f"a listener ended with {code}")
        self.start()


class Sender(threading.Thread):
    """Delivers events, some of them twice, until each is answered 2xx."""

    def __init__(self, port, over):
        super().__init__()
        self.port, self.over = port, over
        self.events, self.others = {}, set()
        self.counts = collections.Counter()
        self.body = samples()[0]
        self.id = json.loads(self.body)["id"].encode()

    def post(self, body):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            connection.request("POST", "/", body, {"Content-Type": "application/json", HEADER: SECRET})
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException):
            status = 0
        finally:
            connection.close()
        self.counts[status] += 1
        return 200 <= status < 300

    def run(self):
        while not self.over.is_set():
            id = str(uuid.UUID(int=random.getrandbits(128)))
            is_event = random.randrange(40) != 0
            body = self.body.replace(self.id, id.encode()) if is_event else b'{"id":"' + id.encode()
            deadline = time.monotonic() + 120
            while not self.post(body):
                if time.monotonic() > deadline:
                    self.counts["undelivered"] += 1
                    return
                time.sleep(random.uniform(0.005, 0.1))
            if is_event:
                self.events[id] = body
                if random.randrange(10) == 0:
                    self.post(body)
            else:
                self.others.add(body)


def run(folder, database):
    network_folder = folder / "network"
    network_folder.mkdir()
    network = Network(network_folder, database.folder / "socket" / ".s.PGSQL.5432")
    address = f"postgresql:///postgres?host={network_folder}&user=postgres"
    *ports, front = free_ports(3)
    gateways = [Gateway(folder, address, port) for port in ports]
    balancer = Balancer(folder, ports, front)
    over = threading.Event()
    senders = [Sender(front, over) for _ in range(8)]

    def freeze():
        database.freeze(True)
        time.sleep(random.uniform(0.5, 4))
        database.freeze(False)

    def restart():
        database.stop()
        time.sleep(random.uniform(0, 1))
        database.start()

    def kill_database():
        database.kill()
        database.start()

    def cut():
        network.cuts_to_make = random.randint(1, 3)

    def slow():
        network.delay = random.choice([0.0, 0.0, 0.01, 0.1])

    def terminate():
        database.run("select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'signhook'")

    disasters = {
        "listener killed": lambda: random.choice(gateways).end(signal.SIGKILL),
        "listener ended": lambda: random.choice(gateways).end(signal.SIGTERM),
        "HAProxy killed": balancer.kill,
        "database killed": kill_database,
        "database restarted": restart,
        "database frozen": freeze,
        "sessions ended": terminate,
        "connections cut": cut,
        "network slow": slow,
    }
    weights = [6, 3, 2, 2, 1, 1, 2, 6, 2]
    happened = collections.Counter()
    try:
        for sender in senders:
            sender.start()
        # Each once, then by chance.
        plan = random.sample(list(disasters), len(disasters))
        while sum(happened.values()) < kills_wanted:
            time.sleep(random.uniform(0.1, 0.6))
            what = plan.pop() if plan else random.choices(list(disasters), weights)[0]
            disasters[what]()
            happened[what] += 1
            for gateway in gateways:
                check(gateway.process.poll() is None, "a listener ended by itself")
        network.cuts_to_make, network.delay = 0, 0.0
        wait_until(lambda: curl(f"http://127.0.0.1:{front}/readyz")[0] == 200, "all is well again", 60)
        time.sleep(1)
    finally:
        over.set()
        for sender in senders:
            if sender.ident:
                sender.join()
        for process in [*(one.process for one in gateways), balancer.process]:
            process.kill()
            process.wait()
    stored = database.stored()
    quarantined = {body for _, body in database.quarantined()}
    events = {id: body for sender in senders for id, body in sender.events.items()}
    others = set().union(*(sender.others for sender in senders))
    counts = sum((sender.counts for sender in senders), collections.Counter())
    lost = [id for id, body in events.items() if stored.get(id) != body] + sorted(others - quarantined)
    counted("gateway chaos", **{what.replace(" ", "_"): count for what, count in happened.items()},
            cuts_in_a_message=network.cuts)
    counted("gateway chaos", events=len(events), no_events=len(others), deliveries=sum(counts.values()),
            answered_503=counts[503], not_answered=counts[0], lost=len(lost), undelivered=counts["undelivered"])
    check(not lost, f"{len(lost)} were answered 2xx and are not stored: {lost[:3]}")
    check(counts["undelivered"] == 0, "every event is delivered in the end")
    check(len(events) > kills_wanted * 5, "the kills were under load")
    unexpected = set(counts) - {0, 200, 502, 503, 504, "undelivered"}
    check(not unexpected, f"answers that nobody expects: {unexpected}")


with Folder() as folder, Postgresql(folder) as database:
    run(folder, database)
