"""Serves the bare repositories of a folder over HTTPS through `git http-backend`; for tests and benchmarks.

    git-https-server.py FOLDER [--cert FILE --key FILE [--client-ca FILE]] [--passwords FILE] [--mode FILE]

Prints `listening on PORT`. Without a certificate it speaks plain HTTP. FILE of passwords holds lines `user:password`;
FILE of the mode one word, read at each request, that says how to fail:

    ok            not at all
    stall         take requests and answer nothing
    500           answer with an error
    forbid-push   refuse pushes with 403
    eat-answer    do what a push wants, and close the connection without an answer
    hold-answer   do what a push wants, and answer nothing
    lose-push     take a push, do nothing, and close the connection
    redirect      send everybody elsewhere
"""

import argparse
import base64
import http.server
import os
import ssl
import subprocess
import sys
import threading
import time

parser = argparse.ArgumentParser()
parser.add_argument("folder")
parser.add_argument("--cert")
parser.add_argument("--key")
parser.add_argument("--client-ca")
parser.add_argument("--passwords")
parser.add_argument("--mode")
options = parser.parse_args()


def text(path):
    try:
        with open(path) as file:
            return file.read()
    except (OSError, TypeError):
        return ""


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def setup(self):
        # The handshake is here and not in accept(), so that one client cannot hold up the others.
        if context:
            self.request = context.wrap_socket(self.request, server_side=True)
        super().setup()

    def log_message(self, *_):
        pass

    def body(self):
        if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
            parts = []
            while size := int(self.rfile.readline().split(b";")[0], 16):
                parts.append(self.rfile.read(size))
                self.rfile.readline()
            self.rfile.readline()
            return b"".join(parts)
        return self.rfile.read(int(self.headers.get("Content-Length") or 0))

    def simple(self, status, headers=(), body=b""):
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def is_known(self):
        if not options.passwords:
            return True
        scheme, _, token = self.headers.get("Authorization", "").partition(" ")
        try:
            given = base64.b64decode(token).decode()
        except ValueError:
            return False
        return scheme == "Basic" and given in text(options.passwords).split("\n")

    def answer(self):
        mode = text(options.mode).strip()
        body = self.body()
        if mode == "stall":
            time.sleep(600)
        if not self.is_known():
            return self.simple(401, [("WWW-Authenticate", 'Basic realm="git"')])
        path, _, query = self.path.partition("?")
        is_push = path.endswith("/git-receive-pack")
        if mode == "500":
            return self.simple(500)
        if mode == "redirect":
            return self.simple(301, [("Location", "https://elsewhere.invalid" + self.path)])
        if mode == "forbid-push" and "git-receive-pack" in self.path:
            return self.simple(403)
        if mode == "lose-push" and is_push:
            self.close_connection = True
            return
        environment = {
            "PATH": os.environ["PATH"], "GIT_PROJECT_ROOT": os.path.abspath(options.folder), "GIT_HTTP_EXPORT_ALL": "1",
            "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": "http.receivepack", "GIT_CONFIG_VALUE_0": "true",
            "PATH_INFO": path, "QUERY_STRING": query, "REQUEST_METHOD": self.command, "REMOTE_USER": "somebody",
            "REMOTE_ADDR": self.client_address[0], "CONTENT_TYPE": self.headers.get("Content-Type", ""),
            "CONTENT_LENGTH": str(len(body)), "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
            "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""),
        }
        result = subprocess.run(["git", "http-backend"], input=body, env=environment, capture_output=True)
        if mode == "eat-answer" and is_push:
            self.close_connection = True
            return
        if mode == "hold-answer" and is_push:
            time.sleep(600)
        head, _, content = result.stdout.partition(b"\r\n\r\n")
        status, headers = 200, []
        for line in head.decode().split("\r\n"):
            name, _, value = line.partition(": ")
            if name == "Status":
                status = int(value.split()[0])
            elif name:
                headers.append((name, value))
        self.simple(status, headers, content)

    do_GET = do_POST = answer


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_):
        pass


context = None
if options.cert:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(options.cert, options.key)
    if options.client_ca:
        context.load_verify_locations(options.client_ca)
        context.verify_mode = ssl.CERT_REQUIRED
server = Server(("127.0.0.1", 0), Handler)
print(f"listening on {server.server_port}", flush=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
# Ends with whoever started it: their end of standard input closes.
sys.stdin.read()
