"""HTTP as bytes: what no library would send, and answers read without believing them."""

import dataclasses
import random
import socket


@dataclasses.dataclass
class Answer:
    code: int
    headers: dict
    body: bytes


def address(host):
    name, port = host.rsplit(":", 1)
    return name, int(port)


def parse(data, heads=0):
    """All answers in what came back; `heads` says how many of the first are to HEAD and have no body."""
    answers = []
    while data.startswith(b"HTTP/1."):
        head, separator, rest = data.partition(b"\r\n\r\n")
        if not separator:
            break
        lines = head.decode("latin-1").split("\r\n")
        code = int(lines[0].split(" ")[1])
        headers = {line.split(":", 1)[0].lower(): line.split(":", 1)[1].strip() for line in lines[1:] if ":" in line}
        if 100 <= code < 200:
            data = rest
            continue
        body = b""
        if len(answers) < heads or code in (204, 304):
            pass
        elif headers.get("transfer-encoding", "").lower() == "chunked":
            while True:
                size, _, rest = rest.partition(b"\r\n")
                length = int(size or b"0", 16)
                body, rest = body + rest[:length], rest[length + 2:]
                if length == 0:
                    break
        else:
            length = int(headers.get("content-length", len(rest)))
            body, rest = rest[:length], rest[length:]
        answers.append(Answer(code, headers, body))
        data = rest
    return answers


def complete(data, head):
    """Whether one whole answer is there."""
    position = data.find(b"\r\n\r\n")
    if position < 0:
        return False
    answers = parse(data, heads=1 if head else 0)
    if not answers:
        return False
    text = data[:position].lower()
    if head or answers[0].code in (204, 304):
        return True
    if b"transfer-encoding: chunked" in text:
        return data.endswith(b"0\r\n\r\n")
    for line in text.split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return len(data) - position - 4 >= int(line.split(b":")[1])
    return False


class Kept:
    """A connection that is used again where the service leaves it open."""

    def __init__(self, host):
        self.host = host
        self.connection = None

    def ask(self, method, target, headers, body):
        """The answers; none where the connection was closed without one."""
        lines = [f"{method} {target} HTTP/1.1"]
        if "Host" not in headers:
            lines.append("Host: localhost")
        lines += [f"{name}: {value}" for name, value in headers.items()]
        if body is not None:
            lines.append(f"Content-Length: {len(body)}")
        data = "\r\n".join(lines).encode("latin-1", "replace") + b"\r\n\r\n" + (body or b"")
        for attempt in range(2):
            fresh = self.connection is None
            if fresh:
                self.connection = socket.create_connection(address(self.host), timeout=15)
            received, is_open = self.exchange(data, method == "HEAD")
            if not is_open:
                self.close()
            # A connection that was kept may have been closed meanwhile; that says nothing of this request.
            if received or fresh:
                return parse(received, heads=1 if method == "HEAD" else 0)
        return []

    def exchange(self, data, head):
        received = b""
        try:
            self.connection.sendall(data)
        except OSError:
            pass  # refused before all of it was sent; the answer may be there all the same
        try:
            while not complete(received, head):
                if b"text/event-stream" in received:
                    return received, False  # goes on for ever
                piece = self.connection.recv(1 << 16)
                if not piece:
                    return received, False
                received += piece
        except OSError:
            return received, False
        return received, b"connection: close" not in received.partition(b"\r\n\r\n")[0].lower()

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None


def one(host, method, target, headers=None, body=None):
    connection = Kept(host)
    try:
        return connection.ask(method, target, headers or {}, body)
    finally:
        connection.close()


def raw(host, data, patience=0.5):
    """Sends bytes, and reads until nothing more comes."""
    received = b""
    with socket.create_connection(address(host), timeout=10) as connection:
        try:
            connection.sendall(data)
        except OSError:
            pass
        connection.settimeout(patience)
        try:
            while piece := connection.recv(1 << 16):
                received += piece
        except OSError:
            pass
    return parse(received)


def malformed(get, post, smuggled, seed):
    """Names and bytes. `get` and `post` are heads without an end."""
    host = b"Host: localhost\r\n"
    end = b"\r\n"
    chunk = b"2\r\n{}\r\n0\r\n\r\n"
    cases = {
        "no request line": b"\r\n\r\n", "only a word": b"HELLO\r\n\r\n", "HTTP/0.9": b"GET /\r\n", "HTTP/3.7": get[:-4] + b".7\r\n" + host + end,
        "HTTP/1.1.1": get[:-2] + b".1\r\n" + host + end, "HTTP/2 by hand": b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\x00" * 200,
        "no Host": get + end, "two Hosts": get + host + b"Host: y\r\n" + end, "Host with a path": get + b"Host: x/../../y\r\n" + end,
        "line feeds alone": get.replace(b"\r\n", b"\n") + b"Host: x\n\n", "carriage returns alone": get.replace(b"\r\n", b"\r") + b"Host: x\r\r",
        "a folded header": get + host + b"A: b\r\n c\r\n" + end, "white space before a colon": get + host + b"A : b\r\n" + end,
        "a header without a name": get + host + b": b\r\n" + end, "a header without a colon": get + host + b"abc\r\n" + end,
        "NUL in a header": get + host + b"A: b\x00c\r\n" + end, "NUL in the path": b"GET /\x00 HTTP/1.1\r\n" + host + end,
        "bytes above 127 in a name": get + host + b"\xff\xfe: b\r\n" + end, "a space in the path": b"GET /a b HTTP/1.1\r\n" + host + end,
        "an absolute form": b"GET http://evil.example/api/v1/apps HTTP/1.1\r\n" + host + end, "CONNECT": b"CONNECT evil.example:443 HTTP/1.1\r\n" + host + end,
        "an asterisk": b"OPTIONS * HTTP/1.1\r\n" + host + end, "a fragment": b"GET /#a HTTP/1.1\r\n" + host + end,
        "a URL of 1 MB": b"GET /" + b"a" * (1 << 20) + b" HTTP/1.1\r\n" + host + end, "a method of 1 MB": b"A" * (1 << 20) + b" / HTTP/1.1\r\n" + host + end,
        "a header of 1 MB": get + host + b"A: " + b"b" * (1 << 20) + b"\r\n" + end, "a name of 1 MB": get + host + b"A" * (1 << 20) + b": b\r\n" + end,
        "50,000 headers": get + host + b"A: b\r\n" * 50_000 + end, "a head that does not end": get + host + b"A: b\r\n" * 100,
        "1,000 requests at once": (get + host + end) * 1_000, "TLS": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 500,
        "a negative length": post + b"Content-Length: -1\r\n" + end, "a length of 2^64": post + b"Content-Length: 18446744073709551616\r\n" + end,
        "a length in words": post + b"Content-Length: ten\r\n" + end, "a length with a plus": post + b"Content-Length: +2\r\n" + end + b"{}",
        "a length in hexadecimal": post + b"Content-Length: 0x2\r\n" + end + b"{}", "a length of 2^62": post + b"Content-Length: 4611686018427387904\r\n" + end + b"{}",
        "a chunk of 2^64": post + b"Transfer-Encoding: chunked\r\n" + end + b"ffffffffffffffff\r\n{}", "a negative chunk": post + b"Transfer-Encoding: chunked\r\n" + end + b"-2\r\n{}",
        "a chunk that is none": post + b"Transfer-Encoding: chunked\r\n" + end + b"zz\r\n{}\r\n0\r\n\r\n",
        "a chunk extension of 1 MB": post + b"Transfer-Encoding: chunked\r\n" + end + b"2;" + b"a" * (1 << 20) + b"\r\n{}\r\n0\r\n\r\n",
        "trailers without an end": post + b"Transfer-Encoding: chunked\r\n" + end + b"2\r\n{}\r\n0\r\n" + b"A: b\r\n" * 50_000,
        "100,000 chunks": post + b"Transfer-Encoding: chunked\r\n" + end + b"1\r\n \r\n" * 100_000 + b"0\r\n\r\n",
        "a chunked GET of 8 MB": get + host + b"Transfer-Encoding: chunked\r\n" + end + (b"10000\r\n" + b"a" * 65_536 + b"\r\n") * 128 + b"0\r\n\r\n",
        # Two voices: the length ends the request before what is smuggled, the chunks after it, or the other way round.
        "smuggling CL.TE": post + b"Content-Length: %d\r\nTransfer-Encoding: chunked\r\n" % (5 + len(smuggled)) + end + b"0\r\n\r\n" + smuggled,
        "smuggling TE.CL": post + b"Transfer-Encoding: chunked\r\nContent-Length: 4\r\n" + end + b"%x\r\n" % len(smuggled) + smuggled + b"\r\n0\r\n\r\n",
        "smuggling two lengths": post + b"Content-Length: %d\r\nContent-Length: 2\r\n" % (2 + len(smuggled)) + end + b"{}" + smuggled,
        "smuggling a list of lengths": post + b"Content-Length: 2, %d\r\n" % (2 + len(smuggled)) + end + b"{}" + smuggled,
        "smuggling a vertical tab": post + b"Content-Length: %d\r\nTransfer-Encoding:\x0bchunked\r\n" % (5 + len(smuggled)) + end + b"0\r\n\r\n" + smuggled,
        "smuggling a space before the colon": post + b"Content-Length: %d\r\nTransfer-Encoding : chunked\r\n" % (5 + len(smuggled)) + end + b"0\r\n\r\n" + smuggled,
        "smuggling xchunked": post + b"Content-Length: %d\r\nTransfer-Encoding: xchunked\r\n" % (5 + len(smuggled)) + end + b"0\r\n\r\n" + smuggled,
        "smuggling identity": post + b"Content-Length: %d\r\nTransfer-Encoding: chunked, identity\r\n" % (5 + len(smuggled)) + end + b"0\r\n\r\n" + smuggled,
        "smuggling in a header's line feed": get + host + b"A: b\n\n" + smuggled.replace(b"\r\n", b"\n") + end,
        "smuggling after HTTP/1.0 chunks": post.replace(b"HTTP/1.1", b"HTTP/1.0") + b"Transfer-Encoding: chunked\r\n" + end + chunk + smuggled,
    }
    yield from cases.items()
    chosen = random.Random(seed)
    for number in range(200):
        yield f"random bytes {number}", bytes(chosen.randrange(256) for _ in range(chosen.randrange(1, 2_000)))
    # What is valid but for one byte.
    whole = post + b"Content-Length: 2\r\n" + end + b"{}"
    for number in range(300):
        place = chosen.randrange(len(whole))
        yield f"byte {place} turned", whole[:place] + bytes([chosen.randrange(256)]) + whole[place + 1:]
