# SPDX-License-Identifier: BSL-1.0
"""The brokers under workers, as processes of the test's own, and what is in them, past the program. A bus has
  address   for --to
  read      all messages so far, as dictionaries: id, mode, attributes, data, type (of the content), key, headers"""
import contextlib
import json
import os
import pathlib
import signal
import socket
import subprocess
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "http"))
from harness import *  # noqa: E402,F401,F403

# Where Debian has pika and kafka, whichever Python runs this.
sys.path.append("/usr/lib/python3/dist-packages")
RABBIT = pathlib.Path("/usr/lib/rabbitmq/bin")


def imported(name, package):
    try:
        return __import__(name)
    except ImportError:
        skip(package)


def skip(package):
    if os.environ.get("SIGNHOOK_NOTHING_SKIPPED"):
        sys.exit(f"{package} is missing: packaging/bootstrap ci installs it")
    print(f"not run: needs {package}")
    sys.exit(77)


def free_ports(count):
    sockets = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [one.getsockname()[1] for one in sockets]
    for one in sockets:
        one.close()
    return ports


def message(headers, content_type, body, prefix, **more):
    """A message as a CloudEvent, by the rules of its protocol binding."""
    if content_type.lower().startswith("application/cloudevents+json"):
        attributes = json.loads(body)
        data = attributes.pop("data")
        mode = "structured"
    else:
        attributes = {name.removeprefix(prefix): value for name, value in headers.items() if name.startswith(prefix)}
        attributes["datacontenttype"] = content_type
        data, mode = json.loads(body), "binary"
    return {"id": attributes["id"], "mode": mode, "attributes": attributes, "data": data, "body": body, "headers": headers,
            "type": content_type, **more}


class Rabbitmq:
    """RabbitMQ with an epmd, a cookie, a database and a log of its own. It has the exchange `signs` and the queue `events`."""
    name = "amqp"

    def __init__(self, folder, settings=""):
        self.pika = imported("pika", "python3-pika")
        if not (RABBIT / "rabbitmq-server").exists():
            skip("rabbitmq-server")
        self.folder = folder.path / "rabbitmq"
        self.folder.mkdir()
        certificates, key = certificate(folder)
        self.port, self.tls_port, epmd, dist = free_ports(4)
        (self.folder / "rabbitmq.conf").write_text(
            f"listeners.tcp.1 = 127.0.0.1:{self.port}\nlisteners.ssl.1 = 127.0.0.1:{self.tls_port}\n"
            f"ssl_options.cacertfile = {certificates}\nssl_options.certfile = {certificates}\nssl_options.keyfile = {key}\n"
            f"disk_free_limit.absolute = 1MB\nmax_message_size = 20000\n{settings}")
        (self.folder / "enabled_plugins").write_text("[].\n")
        self.environment = os.environ | {
            "HOME": str(self.folder), "ERL_EPMD_PORT": str(epmd), "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"signhook{os.getpid()}@localhost", "RABBITMQ_DIST_PORT": str(dist),
            "RABBITMQ_CONF_ENV_FILE": str(self.folder / "none"), "RABBITMQ_CONFIG_FILE": str(self.folder / "rabbitmq"),
            "RABBITMQ_MNESIA_BASE": str(self.folder / "data"), "RABBITMQ_LOG_BASE": str(self.folder),
            "RABBITMQ_GENERATED_CONFIG_DIR": str(self.folder / "config"), "RABBITMQ_PID_FILE": str(self.folder / "pid"),
            "RABBITMQ_ENABLED_PLUGINS_FILE": str(self.folder / "enabled_plugins"),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none"}
        self.address = f"amqp://127.0.0.1:{self.port}/?exchange=signs"
        self.secure = f"amqps://localhost:{self.tls_port}/?routing_key=events"
        self.authority = certificates
        self.process = None
        self.taken = []
        # A node would start one that outlives it.
        self.epmd = subprocess.Popen(["epmd"], env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def __enter__(self):
        self.start()
        with self.channel() as channel:
            channel.exchange_declare("signs", "topic", durable=True)
            channel.queue_declare("events", durable=True)
            channel.queue_bind("events", "signs", "dossier.#")
            channel.queue_bind("events", "signs", "something")
        return self

    def __exit__(self, *_):
        self.freeze(False)
        self.kill()
        self.epmd.kill()
        self.epmd.wait()

    def start(self):
        with open(self.folder / "out", "ab") as out:
            self.process = subprocess.Popen([RABBIT / "rabbitmq-server"], env=self.environment, stdout=out, stderr=out,
                                            stdin=subprocess.DEVNULL, start_new_session=True)

        def is_up():
            log = (self.folder / "out").read_text()
            check(self.process.poll() is None, f"rabbitmq-server ended: {log}")
            with contextlib.suppress(self.pika.exceptions.AMQPError, OSError):
                self.connect().close()
                return True
            return False
        wait_until(is_up, "RabbitMQ starts", seconds=120)

    def signal(self, which):
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, which)

    def kill(self):
        self.signal(signal.SIGKILL)
        self.process.wait()

    def freeze(self, is_frozen):
        """As a machine that stands still: connections stay open, and nobody answers."""
        self.signal(signal.SIGSTOP if is_frozen else signal.SIGCONT)

    def control(self, *arguments):
        done = subprocess.run([RABBIT / "rabbitmqctl", *arguments], env=self.environment, capture_output=True, check=False,
                              timeout=120)
        check(done.returncode == 0, f"rabbitmqctl: {done}")

    def connect(self):
        return self.pika.BlockingConnection(self.pika.ConnectionParameters("127.0.0.1", self.port, heartbeat=0,
                                                                           socket_timeout=5, blocked_connection_timeout=30))

    @contextlib.contextmanager
    def channel(self):
        connection = self.connect()
        try:
            yield connection.channel()
        finally:
            connection.close()

    def read(self):
        """All messages so far: they are taken from the queue, after their acknowledgement for good."""
        with self.channel() as channel:
            while True:
                method, properties, body = channel.basic_get("events")
                if method is None:
                    return list(self.taken)
                check(properties.delivery_mode == 2, "it is persistent")
                self.taken.append(message(properties.headers, properties.content_type, body, "cloudEvents:",
                                          message_id=properties.message_id, routing_key=method.routing_key))
                channel.basic_ack(method.delivery_tag)

    def forget(self):
        self.read()
        self.taken = []


class Kafka:
    """librdkafka's mock cluster: three brokers, whose topic has four partitions."""
    name = "kafka"
    partitions = 4

    def __init__(self, _, topic="events"):
        self.kafka = imported("kafka", "python3-kafka")
        if not os.environ.get("SIGNHOOK_MOCK_KAFKA"):
            skip("librdkafka-dev")
        self.topic = topic

    def __enter__(self):
        self.process = subprocess.Popen([os.environ["SIGNHOOK_MOCK_KAFKA"], "3", self.topic, str(self.partitions)],
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        self.servers = self.process.stdout.readline().strip()
        check(self.servers, "the mock cluster starts")
        self.address = f"kafka://{self.servers}/{self.topic}"
        self.forgotten = 0
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def do(self, *command):
        self.process.stdin.write(" ".join(map(str, command)) + "\n")
        self.process.stdin.flush()
        check(self.process.stdout.readline() == "done\n", f"{command}")

    def down(self, is_down):
        for broker in range(1, 4):
            self.do("down" if is_down else "up", broker)

    def freeze(self, is_frozen):
        self.process.send_signal(signal.SIGSTOP if is_frozen else signal.SIGCONT)

    def read(self):
        """All messages so far. Its client is written in Python, and nothing of it in librdkafka."""
        consumer = self.kafka.KafkaConsumer(bootstrap_servers=self.servers.split(","), api_version=(2, 0, 0),
                                            auto_offset_reset="earliest", enable_auto_commit=False)
        try:
            partitions = [self.kafka.TopicPartition(self.topic, i) for i in range(self.partitions)]
            ends = consumer.end_offsets(partitions)
            consumer.assign(partitions)
            made = []
            deadline = time.monotonic() + 60
            while any(consumer.position(one) < ends[one] for one in partitions):
                check(time.monotonic() < deadline, "the messages are read")
                for records in consumer.poll(timeout_ms=200).values():
                    for one in records:
                        headers = {name: value.decode() for name, value in one.headers}
                        check(len(headers) == len(one.headers), "each header once")
                        made.append(message(headers, headers["content-type"], one.value, "ce_", key=one.key,
                                            partition=one.partition, offset=one.offset, time=one.timestamp))
        finally:
            consumer.close()
        made.sort(key=lambda one: (one["time"], one["partition"], one["offset"]))
        return made[self.forgotten:]

    def forget(self):
        self.forgotten += len(self.read())


BUSES = {"amqp": Rabbitmq, "kafka": Kafka}
