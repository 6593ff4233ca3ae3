# SPDX-License-Identifier: BSL-1.0
"""webhook against an endpoint that enforces what the service documents, over TLS."""
import http.server
import ssl
import subprocess
import threading
import uuid

from harness import *

TOKEN = "a-token-of-the-api"
KID = "my key/id"
BASE = "/sign/v1/clients/my%20key%2Fid/webhooks"
TYPES = {json.loads(body)["type"] for body in samples()}
DEFAULT = ["dossier.state.updated", "dossier.prepared", "dossier.invite.undelivered"]


class Service(http.server.BaseHTTPRequestHandler):
    """Webhooks as the service's page has them, and where that is silent as public clients do."""

    webhooks = {}
    garbage = None

    def refuse(self, status, message):
        self.answer(status, {"status": status, "message": message})

    def answer(self, status, value=None):
        body = b"" if value is None else json.dumps(value).encode()
        if Service.garbage is not None:
            status, body = Service.garbage
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def content(self, is_update):
        if self.headers["Content-Type"] != "application/json":
            raise ValueError("not application/json")
        value = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if value == {"disabled": False} and is_update:
            return value
        if not value.keys() <= ({"url", "events", "headers"} | ({"disabled"} if is_update else set())):
            raise ValueError("unknown members")
        if not value["url"].startswith("https://"):
            raise ValueError("url must start with https://")
        if not set(value.get("events", [])) <= TYPES:
            raise ValueError("unknown events")
        headers = value.get("headers", {})
        if not isinstance(headers, dict) or not all(isinstance(one, str) for one in headers.values()):
            raise ValueError("headers must be an object of strings")
        return value

    def handle_all(self):
        if self.headers["Authorization"] != f"Bearer {TOKEN}":
            return self.refuse(401, "no such token")
        time_now = "2026-01-01T00:00:00+00:00"
        identity = self.path.removeprefix(BASE + "/")
        try:
            if self.path == BASE and self.command == "POST":
                made = {"id": str(uuid.uuid4()), "events": DEFAULT, "headers": None, "disabled": False,
                        "updatedAt": time_now, "createdAt": time_now, **self.content(False)}
                Service.webhooks[made["id"]] = made
                return self.answer(200, made)
            if self.path == BASE and self.command == "GET":
                return self.answer(200, list(Service.webhooks.values()))
            if identity not in Service.webhooks:
                return self.refuse(404, "no such webhook")
            if self.command == "PUT":
                Service.webhooks[identity].update(self.content(True))
            if self.command == "DELETE":
                del Service.webhooks[identity]
                return self.answer(204)
            return self.answer(200, Service.webhooks[identity])
        except (ValueError, KeyError) as why:
            return self.refuse(400, str(why))

    do_GET = do_POST = do_PUT = do_DELETE = handle_all

    def log_message(self, *_):
        pass


def serve(cert, key):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Service)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"https://127.0.0.1:{server.server_port}/sign/v1"


with Folder() as folder:
    cert, key = certificate(folder)
    base = serve(cert, key)
    folder.write("token", TOKEN + "\n")

    def webhook(call, *options, token="token", kid=KID, expected=0, to=base):
        command = [TOOL, "webhook", call, "--kid", kid, "--base", to, "--cacert", cert]
        command += ["--token-file", folder / token] if token else []
        done = subprocess.run([*map(str, command), *map(str, options)], capture_output=True, check=False)
        check(done.returncode == expected, f"{call} {options}: {done}")
        check(SECRET.encode() not in done.stdout + done.stderr, "no secret is printed")
        check(TOKEN.encode() not in done.stdout + done.stderr, "nor the token")
        return done.stdout.decode(), done.stderr.decode()

    secret = ["--secret-header", HEADER, "--secret-file", folder / "secret"]
    content = ["--url", "https://example.com/hook", "--event", "dossier.prepared", *secret]

    out, _ = webhook("create", *content, "--dry-run", token=None)
    check(out == f"POST {base.replace('/sign/v1', '')}{BASE}\nAuthorization: Bearer ...\nContent-Type: application/json\n\n"
          '{"url":"https://example.com/hook","events":["dossier.prepared"],"headers":{"X-Secret":"..."}}\n', out)
    check(not Service.webhooks, "nothing was sent")

    out, _ = webhook("create", *content, "--handled", "dossier.prepared", "--json")
    made = json.loads(out)
    identity = made["webhook"]["id"]
    check(made["clean"] and made["audit"] == "no difference" and made["webhook"]["headers"] == {HEADER: "..."}, out)
    check(Service.webhooks[identity]["headers"] == {HEADER: SECRET}, "the secret is subscribed")
    out, _ = webhook("create", "--url", "https://example.com/other?secret")
    check("url=https://example.com/other?..." in out and "anybody may post" in out and "handled but not subscribed" in out, out)

    Service.webhooks[identity]["disabled"] = True
    out, _ = webhook("list")
    check(out.count("webhook id=") == 2 and "disabled" in out, out)
    out, _ = webhook("show", identity, "--handled", "dossier.prepared")
    check("\n  disabled\n" in out, out)
    webhook("enable", identity)
    check(not Service.webhooks[identity]["disabled"], "enabled")
    webhook("update", identity, "--url", "https://example.com/new", "--header", "A: b", *secret)
    check(Service.webhooks[identity]["url"] == "https://example.com/new", "updated")
    check(Service.webhooks[identity]["headers"] == {HEADER: SECRET, "A": "b"}, "with its headers")
    webhook("delete", identity)
    check(identity not in Service.webhooks, "deleted")

    _, err = webhook("show", identity, expected=1)
    check("404: no such webhook" in err, err)
    folder.write("other_token", "another")
    _, err = webhook("list", token="other_token", expected=1)
    check("401: no such token" in err, err)
    for options, said in [(["--url", "http://example.com/hook"], "url_not_https"),
                          (["--url", "https://example.com/hook", "--header", "Host: a"], "reserved_header_name")]:
        _, err = webhook("create", *options, expected=2)
        check(said in err, err)
    check("not a word" not in webhook("show", "not-an-id", expected=2)[1], "an id is a UUID")
    check("token" in webhook("list", token=None, expected=2)[1], "no token")
    check("no answer" in webhook("list", expected=2, to=base.replace("127.0.0.1", "127.0.0.2"))[1], "another host's name")
    for garbage, code in [((200, b"<html>"), 2), ((200, b"{}"), 2), ((500, b"<html>"), 1), ((302, b""), 1)]:
        Service.garbage = garbage
        webhook("list", expected=code)
    print("webhook: all calls, and what is rejected")
