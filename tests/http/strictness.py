# SPDX-License-Identifier: BSL-1.0
"""The requirements of RFC 9110 and RFC 9112 on a server that receives: raw bytes over TCP and over TLS. Each row is
sent on a connection of its own, followed by a request that must not be answered unless the row leaves the connection
usable."""
import gzip
import shutil
import ssl
import subprocess
import warnings

from harness import *

need("curl")
BODIES = samples()
KNOWN = BODIES[0]
AUTH = f"{HEADER}: {SECRET}\r\n".encode()
JSON = b"Content-Type: application/json\r\n"


def length(body):
    return b"Content-Length: %d\r\n" % len(body)


def request(line=b"POST / HTTP/1.1", fields=b"", body=KNOWN, host=b"Host: a\r\n", size=None):
    """A request with the secret; `size` replaces the field of its length."""
    return b"%s\r\n%s%s%s%s%s\r\n%s" % (line, host, AUTH, JSON, length(body) if size is None else size, fields, body)


def chunked(body, fields=b"", **more):
    return request(fields=b"Transfer-Encoding: chunked\r\n" + fields, size=b"", body=body, **more)


def chunks(*parts, last=b"0\r\n", trailer=b""):
    return b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts) + last + trailer + b"\r\n"


def field(line):
    return request(fields=line + b"\r\n")


HALF = len(KNOWN) // 2
WHOLE = chunks(KNOWN)
MEMBERS = gzip.compress(KNOWN[:HALF]) + gzip.compress(KNOWN[HALF:])

# The section of the RFC, what is sent, the statuses that answer it, and whether the connection goes on.
KEPT, CLOSED = True, False
ROWS = {
    "9112 2.2 a line ends with CRLF": [
        ("LF after the request line", request().replace(b" HTTP/1.1\r\n", b" HTTP/1.1\n"), [400], CLOSED),
        ("LF after a field", request().replace(b"Host: a\r\n", b"Host: a\n"), [400], CLOSED),
        ("LF before the body", request().replace(b"\r\n\r\n", b"\r\n\n"), [400], CLOSED),
        ("only LF", request().replace(b"\r\n", b"\n"), [400], CLOSED),
        ("a bare CR in the request line", request(b"POST /\r HTTP/1.1"), [400], CLOSED),
        ("a bare CR in a field", field(b"X: a\rb"), [400], CLOSED),
        ("a bare CR at the end of a value", field(b"X: a\r"), [400], CLOSED),
        ("two CR", request().replace(b"Host: a\r\n", b"Host: a\r\r\n"), [400], CLOSED),
        ("a CR and a byte in the place of the empty line", request().replace(b"\r\n\r\n", b"\r\n\rX"), [400], CLOSED),
    ],
    "9112 2.2 an empty line before a request is ignored": [
        ("one", b"\r\n" + request(), [200], KEPT),
        ("some", b"\r\n\r\n\r\n" + request(), [200], KEPT),
        ("between requests", request() + b"\r\n" + request(), [200, 200], KEPT),
        ("LF", b"\n" + request(), [400], CLOSED),
        ("white space", b" \r\n" + request(), [400], CLOSED),
        ("CR", b"\r" + request(), [400], CLOSED),
    ],
    "9112 2.2 white space before the first field": [
        ("space", request().replace(b"Host", b" Host"), [400], CLOSED),
        ("tab", request().replace(b"Host", b"\tHost"), [400], CLOSED),
    ],
    "9112 3 the request line": [
        ("two spaces after the method", request(b"POST  / HTTP/1.1"), [400], CLOSED),
        ("two spaces before the version", request(b"POST /  HTTP/1.1"), [400], CLOSED),
        ("a tab", request(b"POST\t/ HTTP/1.1"), [400], CLOSED),
        ("a space at its end", request(b"POST / HTTP/1.1 "), [400], CLOSED),
        ("a space at its start", request(b" POST / HTTP/1.1"), [400], CLOSED),
        ("a space in the target", request(b"POST /a b HTTP/1.1"), [400], CLOSED),
        ("a form feed", request(b"POST\x0c/ HTTP/1.1"), [400], CLOSED),
        ("LF before the version", request(b"POST /\nHTTP/1.1"), [400], CLOSED),
        ("a query alone", request(b"POST ?a HTTP/1.1"), [400], CLOSED),
        ("no target", request(b"POST HTTP/1.1"), [400], CLOSED),
        ("no version", request(b"POST /"), [400], CLOSED),
        ("a method that is no token", request(b"PO(ST / HTTP/1.1"), [400], CLOSED),
        ("nothing but a colon", b": \r\n\r\n", [400], CLOSED),
        ("TLS", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", [400], CLOSED),
        ("NUL in the target", request(b"POST /\0 HTTP/1.1"), [400], CLOSED),
        ("a byte that is not ASCII in the target", request(b"POST /\xe9 HTTP/1.1"), [400], CLOSED),
        ("DEL in the target", request(b"POST /\x7f HTTP/1.1"), [400], CLOSED),
        ("a fragment", request(b"POST /a#b HTTP/1.1"), [400], CLOSED),
    ],
    "9110 2.5, 9112 2.3 the version": [
        ("1.2 is served as 1.1", request(b"POST / HTTP/1.2"), [200], KEPT),
        ("1.9", request(b"POST / HTTP/1.9"), [200], KEPT),
        ("2.0", request(b"POST / HTTP/2.0"), [505], CLOSED),
        ("0.9", request(b"POST / HTTP/0.9"), [505], CLOSED),
        ("the preface of HTTP/2", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", [505], CLOSED),
        ("small letters", request(b"POST / http/1.1"), [400], CLOSED),
        ("two digits", request(b"POST / HTTP/1.10"), [400], CLOSED),
        ("two digits before", request(b"POST / HTTP/11.1"), [400], CLOSED),
        ("three numbers", request(b"POST / HTTP/1.1.1"), [400], CLOSED),
        ("that wraps to 1.1 in 8 bits", request(b"POST / HTTP/257.1"), [400], CLOSED),
        ("another protocol", request(b"OPTIONS rtsp://a/ RTSP/1.0"), [400], CLOSED),
        ("a leading zero", request(b"POST / HTTP/01.1"), [400], CLOSED),
        ("no minor version", request(b"POST / HTTP/1"), [400], CLOSED),
        ("a sign", request(b"POST / HTTP/+1.1"), [400], CLOSED),
        ("a space", request(b"POST / HTTP /1.1"), [400], CLOSED),
        ("another name", request(b"POST / HTTQ/1.1"), [400], CLOSED),
    ],
    "9112 3.2 forms of the target": [
        ("a query", request(b"POST /a/b?c=d&e=%2F HTTP/1.1"), [200], KEPT),
        ("absolute", request(b"POST http://b.example/hook?x HTTP/1.1"), [200], KEPT),
        ("absolute, with TLS", request(b"POST https://b.example:443/hook HTTP/1.1"), [200], KEPT),
        ("absolute, in capitals", request(b"POST HTTP://B.EXAMPLE HTTP/1.1"), [200], KEPT),
        ("absolute, an IPv6 address", request(b"POST http://[::1]:8080/ HTTP/1.1"), [200], KEPT),
        ("absolute, without a host", request(b"POST http:///hook HTTP/1.1"), [400], CLOSED),
        ("absolute, with a user", request(b"POST http://a@b.example/ HTTP/1.1"), [400], CLOSED),
        ("another scheme", request(b"POST ftp://b.example/ HTTP/1.1"), [400], CLOSED),
        ("relative", request(b"POST hook HTTP/1.1"), [400], CLOSED),
        ("an asterisk for POST", request(b"POST * HTTP/1.1"), [400], CLOSED),
        ("an asterisk for OPTIONS", request(b"OPTIONS * HTTP/1.1"), [200], KEPT),
        ("CONNECT", request(b"CONNECT b.example:443 HTTP/1.1"), [501], CLOSED),
        ("CONNECT with a path", request(b"CONNECT / HTTP/1.1"), [400], CLOSED),
        ("CONNECT without a port", request(b"CONNECT b.example HTTP/1.1"), [400], CLOSED),
        ("too long", request(b"POST /%s HTTP/1.1" % (b"a" * 20000)), [414], CLOSED),
    ],
    "9112 3.2 Host": [
        ("none", request(host=b""), [400], CLOSED),
        ("two", request(host=b"Host: a\r\nHost: a\r\n"), [400], CLOSED),
        ("two, in other letters", request(host=b"Host: a\r\nhOST: b\r\n"), [400], CLOSED),
        ("two in one", request(host=b"Host: a, b\r\n"), [400], CLOSED),
        ("a path", request(host=b"Host: a/b\r\n"), [400], CLOSED),
        ("a user", request(host=b"Host: a@b\r\n"), [400], CLOSED),
        ("a space", request(host=b"Host: a b\r\n"), [400], CLOSED),
        ("a port that is none", request(host=b"Host: a:b\r\n"), [400], CLOSED),
        ("two ports", request(host=b"Host: a:80:81\r\n"), [400], CLOSED),
        ("a bad escape", request(host=b"Host: a%zz\r\n"), [400], CLOSED),
        ("an open bracket", request(host=b"Host: [::1\r\n"), [400], CLOSED),
        ("not ASCII", request(host=b"Host: \xe9\r\n"), [400], CLOSED),
        ("a port", request(host=b"Host: a.example:8080\r\n"), [200], KEPT),
        ("an IPv6 address", request(host=b"Host: [::1]:8080\r\n"), [200], KEPT),
        ("empty", request(host=b"Host:\r\n"), [200], KEPT),
        ("no space after the colon", request(host=b"Host:a\r\n"), [200], KEPT),
        ("none in HTTP/1.0", request(b"POST / HTTP/1.0", host=b""), [200], CLOSED),
        ("two in HTTP/1.0", request(b"POST / HTTP/1.0", host=b"Host: a\r\nHost: a\r\n"), [400], CLOSED),
        ("that of the target counts", request(b"POST http://b/ HTTP/1.1", host=b"Host: a\r\n"), [200], KEPT),
        ("none beside that of the target", request(b"POST http://b/ HTTP/1.1", host=b""), [400], CLOSED),
    ],
    "9112 5, 9110 5.5 fields": [
        ("a space before the colon", field(b"X : a"), [400], CLOSED),
        ("a tab before the colon", field(b"X\t: a"), [400], CLOSED),
        ("a space before the colon of the length", request(size=b"Content-Length : %d\r\n" % len(KNOWN)), [400], CLOSED),
        ("obs-fold", field(b"X: a\r\n b"), [400], CLOSED),
        ("obs-fold with a tab", field(b"X: a\r\n\tb"), [400], CLOSED),
        ("obs-fold of nothing", field(b"X: a\r\n "), [400], CLOSED),
        ("obs-fold of the coding", chunked(WHOLE).replace(b": chunked", b":\r\n chunked"), [400], CLOSED),
        ("no colon", field(b"X"), [400], CLOSED),
        ("no name", field(b": a"), [400], CLOSED),
        ("a space in the name", field(b"X Y: a"), [400], CLOSED),
        ("a name that is no token", field(b"X(Y): a"), [400], CLOSED),
        ("a name that is not ASCII", field(b"X\xe9: a"), [400], CLOSED),
        ("NUL in the name", field(b"X\0: a"), [400], CLOSED),
        ("NUL in the value", field(b"X: a\0b"), [400], CLOSED),
        ("a control character", field(b"X: a\x01b"), [400], CLOSED),
        ("DEL", field(b"X: a\x7fb"), [400], CLOSED),
        ("escape", field(b"X: \x1b[2J"), [400], CLOSED),
        ("no value", field(b"X:"), [200], KEPT),
        ("white space around the value", field(b"X: \t a \t "), [200], KEPT),
        ("a tab in the value", field(b"X: a\tb"), [200], KEPT),
        ("a value that is not ASCII", field(b"X: \xe9\xff"), [200], KEPT),
        ("every character of a token", field(b"!#$%&'*+-.^_`|~09azAZ: a"), [200], KEPT),
        ("too many bytes", field(b"X: " + b"a" * 20000), [431], CLOSED),
        ("too many fields", field(b"\r\n".join(b"X%d: a" % i for i in range(5000))), [431], CLOSED),
    ],
    "9112 6.2, 9110 8.6 Content-Length": [
        ("a leading zero", request(size=b"Content-Length: 00%d\r\n" % len(KNOWN)), [200], KEPT),
        ("white space around", request(size=b"Content-Length: \t%d \r\n" % len(KNOWN)), [200], KEPT),
        ("0", request(size=b"Content-Length: 0\r\n", body=b""), [200], KEPT),
        ("none", request(size=b"", body=b""), [200], KEPT),
        ("none, but bytes, which are another request", request(size=b""), [200, 400], CLOSED),
        *((name, request(size=b"Content-Length:" + value + b"\r\n", body=b"12345"), [400], CLOSED)
          for name, value in {
              "a plus": b" +5", "a minus": b" -5", "minus zero": b" -0", "hexadecimal": b" 0x5", "letters": b" 5a",
              "empty": b"", "white space": b" \t", "a fraction": b" 5.0", "an exponent": b" 5e0", "two numbers": b" 5 5",
              "a list of equals": b" 5, 5", "a list": b" 5, 6", "an empty element": b" 5,", "a comma": b",",
              "quotes": b' "5"', "a parameter": b" 5;a", "digits that are not ASCII": " ５".encode(), "an underscore": b" 1_0",
          }.items()),
        ("twice the same", request(size=b"Content-Length: 5\r\nContent-Length: 5\r\n", body=b"12345"), [400], CLOSED),
        ("two", request(size=b"Content-Length: 5\r\ncontent-length: 6\r\n", body=b"12345"), [400], CLOSED),
        ("more than 64 bits", request(size=b"Content-Length: 18446744073709551616\r\n"), [400], CLOSED),
        ("that wraps to the right one",
         request(size=b"Content-Length: %d\r\n" % (len(KNOWN) + (1 << 64))), [400], CLOSED),
        ("more than is allowed", request(size=b"Content-Length: 1048577\r\n"), [413], CLOSED),
        ("all that is allowed", request(body=b" " * 1048576), [200], KEPT),
    ],
    "9112 6.1, 6.3 Transfer-Encoding": [
        ("chunked", chunked(WHOLE), [200], KEPT),
        ("in capitals", chunked(WHOLE).replace(b": chunked", b": CHUNKED"), [200], KEPT),
        ("empty elements of the list", chunked(WHOLE).replace(b": chunked", b": , chunked,"), [200], KEPT),
        ("and a length", chunked(WHOLE, length(WHOLE)), [400], CLOSED),
        ("after a length", request(size=length(WHOLE) + b"Transfer-Encoding: chunked\r\n", body=WHOLE), [400], CLOSED),
        ("in HTTP/1.0", chunked(WHOLE, line=b"POST / HTTP/1.0"), [400], CLOSED),
        ("chunked twice", chunked(WHOLE, b"Transfer-Encoding: chunked\r\n"), [400], CLOSED),
        ("chunked twice in a list", chunked(WHOLE).replace(b": chunked", b": chunked, chunked"), [400], CLOSED),
        ("chunked is not the last", chunked(WHOLE).replace(b": chunked", b": chunked, gzip"), [400], CLOSED),
        ("another coding", chunked(WHOLE).replace(b": chunked", b": gzip"), [400], CLOSED),
        ("identity", chunked(WHOLE).replace(b": chunked", b": identity"), [400], CLOSED),
        ("another coding before", chunked(WHOLE).replace(b": chunked", b": gzip, chunked"), [501], CLOSED),
        ("in two fields", chunked(WHOLE).replace(b": chunked", b": gzip\r\nTransfer-Encoding: chunked"), [501], CLOSED),
        ("a parameter", chunked(WHOLE).replace(b": chunked", b": chunked;a=b"), [400], CLOSED),
        ("empty", chunked(WHOLE).replace(b": chunked", b":"), [400], CLOSED),
        ("quotes", chunked(WHOLE).replace(b": chunked", b': "chunked"'), [400], CLOSED),
        ("a no-break space", chunked(WHOLE).replace(b": chunked", b": \xa0chunked"), [400], CLOSED),
        ("a name like it", chunked(WHOLE).replace(b": chunked", b": xchunked"), [400], CLOSED),
        ("only a comma", chunked(WHOLE).replace(b": chunked", b": ,"), [400], CLOSED),
        ("and an empty length", chunked(WHOLE, b"Content-Length:\r\n"), [400], CLOSED),
        ("with an underscore it is another field", field(b"Transfer_Encoding: chunked"), [200], KEPT),
        ("a vertical tab", chunked(WHOLE).replace(b": chunked", b": \x0bchunked"), [400], CLOSED),
        ("another name with a space", chunked(WHOLE).replace(b"Transfer-Encoding:", b"Transfer-Encoding :"), [400], CLOSED),
    ],
    "9112 7.1 chunks": [
        ("many", chunked(chunks(*(KNOWN[i:i + 1] for i in range(len(KNOWN))))), [200], KEPT),
        ("capitals", chunked(b"%X\r\n%s\r\n0\r\n\r\n" % (len(KNOWN), KNOWN)), [200], KEPT),
        ("leading zeros", chunked(b"000%x\r\n%s\r\n000\r\n\r\n" % (len(KNOWN), KNOWN)), [200], KEPT),
        ("none", chunked(chunks()), [200], KEPT),
        ("another request after it", chunked(WHOLE) + request(), [200, 200], KEPT),
        *((name, chunked(size + b"\r\n" + KNOWN[:5] + b"\r\n0\r\n\r\n"), [400], CLOSED) for name, size in {
            "no size": b"", "a plus": b"+5", "a minus": b"-5", "0x": b"0x5", "a space before": b" 5", "a letter": b"5g",
            "more than 64 bits": b"10000000000000005", "an underscore": b"0_5", "quotes": b'"5"', "NUL": b"5\0",
        }.items()),
        ("LF after the size", chunked(b"5\n12345\r\n0\r\n\r\n"), [400], CLOSED),
        ("CR after the size", chunked(b"5\r12345\r\n0\r\n\r\n"), [400], CLOSED),
        ("no line end after the data", chunked(b"5\r\n123450\r\n\r\n"), [400], CLOSED),
        ("LF after the data", chunked(b"5\r\n12345\n0\r\n\r\n"), [400], CLOSED),
        ("data longer than its size", chunked(b"4\r\n12345\r\n0\r\n\r\n"), [400], CLOSED),
        ("LF after the last chunk", chunked(chunks(KNOWN, last=b"0\n")), [400], CLOSED),
        ("LF at the end", chunked(chunks(KNOWN)[:-2] + b"\n"), [400], CLOSED),
        ("too large a chunk", chunked(b"100001\r\n"), [413], CLOSED),
        ("too large in sum", chunked(chunks(*[b" " * 65536] * 17)), [413], CLOSED),
        ("more around the data than data", chunked(b"1;" + b"a" * 3000000), [413], CLOSED),
    ],
    "9112 7.1.1 chunk extensions": [
        ("a name", chunked(b"%x;a\r\n%s\r\n0\r\n\r\n" % (len(KNOWN), KNOWN)), [200], KEPT),
        ("a value", chunked(b"%x;a=b;c=d\r\n%s\r\n0;e=f\r\n\r\n" % (len(KNOWN), KNOWN)), [200], KEPT),
        ("a quoted string", chunked(b'%x;a="b\\"; c"\r\n%s\r\n0\r\n\r\n' % (len(KNOWN), KNOWN)), [200], KEPT),
        ("white space", chunked(b"%x ; a = b\r\n%s\r\n0\r\n\r\n" % (len(KNOWN), KNOWN)), [200], KEPT),
        ("LF", chunked(b"5;a\n12345\r\n0\r\n\r\n"), [400], CLOSED),
        ("CR", chunked(b"5;a\rb\r\n12345\r\n0\r\n\r\n"), [400], CLOSED),
        ("white space and nothing", chunked(b"5 \r\n12345\r\n0\r\n\r\n"), [400], CLOSED),
        ("nothing after the semicolon", chunked(b"5;\r\n12345\r\n0\r\n\r\n"), [400], CLOSED),
        ("a space in the name", chunked(b"5;a b\r\n12345\r\n0\r\n\r\n"), [400], CLOSED),
        ("no value", chunked(b"5;a=\r\n12345\r\n0\r\n\r\n"), [400], CLOSED),
        *((f"{name} in a quoted string", chunked(b'%s;a="%s"\r\n%s0\r\n\r\n' % (size, byte, data)), [400], CLOSED)
          for name, byte in {"LF": b"\n", "CR": b"\r", "NUL": b"\0", "DEL": b"\x7f", "another control character": b"\x01"}.items()
          for size, data in ((b"5", b"12345\r\n"), (b"0", b""))),
        ("a tab in a quoted string", chunked(b'%x;a="\t"\r\n%s\r\n0\r\n\r\n' % (len(KNOWN), KNOWN)), [200], KEPT),
        ("a quoted string without an end", chunked(b'5;a="b\r\n12345\r\n0\r\n\r\n'), [400], CLOSED),
        ("that ends in another chunk", chunked(b'5;a="b\r\n12345\r\n1;c="\r\n0\r\n0\r\n\r\n'), [400], CLOSED),
        ("without an end in the last chunk", chunked(chunks(KNOWN, last=b'0;a="b\r\n')), [400], CLOSED),
        ("CRLF in a quoted string", chunked(b'5;a="\r\n"\r\n12345\r\n0\r\n\r\n'), [400], CLOSED),
        ("no name", chunked(b"5;=a\r\n12345\r\n0\r\n\r\n"), [400], CLOSED),
    ],
    "9112 7.1.2 trailers": [
        ("one", chunked(chunks(KNOWN, trailer=b"X-T: 1\r\n")), [200], KEPT),
        ("some", chunked(chunks(KNOWN, trailer=b"X-T: 1\r\nX-U: 2\r\n")), [200], KEPT),
        ("a secret is not one", chunked(chunks(KNOWN, trailer=AUTH)).replace(AUTH, b"", 1), [401], CLOSED),
        ("a length is not one", chunked(chunks(KNOWN, trailer=b"Content-Length: 5\r\n")) + request(), [400], CLOSED),
        ("no colon", chunked(chunks(KNOWN, trailer=b"X\r\n")), [400], CLOSED),
        ("a space before the colon", chunked(chunks(KNOWN, trailer=b"X : 1\r\n")), [400], CLOSED),
        ("obs-fold", chunked(chunks(KNOWN, trailer=b"X: 1\r\n 2\r\n")), [400], CLOSED),
        ("white space before the first", chunked(chunks(KNOWN, trailer=b" X: 1\r\n")), [400], CLOSED),
        ("no name", chunked(chunks(KNOWN, trailer=b": 1\r\n")), [400], CLOSED),
        ("a control character", chunked(chunks(KNOWN, trailer=b"X: \x01\r\n")), [400], CLOSED),
        ("a bare CR", chunked(chunks(KNOWN, trailer=b"X: a\rY: b\r\n")), [400], CLOSED),
        ("a coding is not one", chunked(chunks(KNOWN, trailer=b"Transfer-Encoding: chunked\r\n")), [400], CLOSED),
        ("a host is ignored", chunked(chunks(KNOWN, trailer=b"Host: b\r\n")), [200], KEPT),
        ("no empty line", chunked(WHOLE[:-2] + b"XX"), [400], CLOSED),
        ("LF", chunked(chunks(KNOWN, trailer=b"X: 1\n")), [400], CLOSED),
        ("NUL", chunked(chunks(KNOWN, trailer=b"X: \0\r\n")), [400], CLOSED),
        ("too many", chunked(chunks(KNOWN, trailer=b"X: 1\r\n" * 500000)), [413, 400], CLOSED),
    ],
    "9110 7.6.1, 9112 9.3 connections": [
        ("close", field(b"Connection: close"), [200], CLOSED),
        ("close in capitals", field(b"Connection: CLOSE"), [200], CLOSED),
        ("close in a list", field(b"Connection: keep-alive, , Close"), [200], CLOSED),
        ("close in two fields", field(b"Connection: keep-alive\r\nConnection: close"), [200], CLOSED),
        ("another option", field(b"Connection: closed, x-close"), [200], KEPT),
        ("the names of fields are still read", request(fields=b"Connection: Content-Length, %s\r\n" % HEADER.encode()), [200], KEPT),
        ("bytes after close", field(b"Connection: close") + b"no request", [200], CLOSED),
        ("a byte after a request", request() + b"\0", [200, 400], CLOSED),
        ("keep-alive", field(b"Connection: keep-alive"), [200], KEPT),
        ("an upgrade is ignored", field(b"Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk"),
         [200], KEPT),
        ("HTTP/1.0", request(b"POST / HTTP/1.0"), [200], CLOSED),
        ("HTTP/1.0 with keep-alive", request(b"POST / HTTP/1.0", b"Connection: Keep-Alive\r\n"), [200], KEPT),
        ("HTTP/1.0 with both", request(b"POST / HTTP/1.0", b"Connection: keep-alive, close\r\n"), [200], CLOSED),
        ("pipelined", request() * 5, [200] * 5, KEPT),
        ("pipelined, none after close", field(b"Connection: close") + request(), [200], CLOSED),
        ("pipelined, none after an error", request(host=b"") + request(), [400], CLOSED),
    ],
    "9110 9 methods": [
        ("HEAD", request(b"HEAD / HTTP/1.1"), [200], KEPT),
        ("OPTIONS", request(b"OPTIONS / HTTP/1.1"), [200], KEPT),
        ("PUT", request(b"PUT / HTTP/1.1"), [200], KEPT),
        ("GET with a body", request(b"GET / HTTP/1.1") + request(), [200, 200], KEPT),
        ("one that nobody knows", request(b"BREW!~ / HTTP/1.1"), [200], KEPT),
        ("small letters are another", request(b"post / HTTP/1.1"), [200], KEPT),
        ("HEAD of the health", b"HEAD /healthz HTTP/1.1\r\nHost: a\r\n\r\n", [200], KEPT),
        ("the health by an absolute target", b"GET http://a/healthz HTTP/1.1\r\nHost: a\r\n\r\n", [200], KEPT),
    ],
    "9110 10.1.1 Expect": [
        ("with the body at once", field(b"Expect: 100-continue"), [200], KEPT),
        ("in capitals", field(b"Expect: 100-CONTINUE"), [200], KEPT),
        ("without a body", request(fields=b"Expect: 100-continue\r\n", body=b""), [200], KEPT),
        ("in HTTP/1.0", request(b"POST / HTTP/1.0", b"Expect: 100-continue\r\n"), [200], CLOSED),
        ("another expectation", field(b"Expect: 200-ok"), [417], CLOSED),
        ("another in the list", field(b"Expect: 100-continue, x"), [417], CLOSED),
    ],
    "9110 14.2 Range is for GET": [
        ("bytes", field(b"Range: bytes=9-3"), [200], KEPT),
        ("nonsense", field(b"Range: bytes=--"), [200], KEPT),
    ],
    "9110 8.4 content codings": [
        ("gzip", request(fields=b"Content-Encoding: gzip\r\n", body=gzip.compress(KNOWN)), [200], KEPT),
        ("in capitals", request(fields=b"Content-Encoding: GZip\r\n", body=gzip.compress(KNOWN)), [200], KEPT),
        ("x-gzip", request(fields=b"Content-Encoding: x-gzip\r\n", body=gzip.compress(KNOWN)), [200], KEPT),
        ("members", request(fields=b"Content-Encoding: gzip\r\n", body=MEMBERS), [200], KEPT),
        ("identity", field(b"Content-Encoding: identity"), [200], KEPT),
        ("gzip in chunks", chunked(chunks(MEMBERS[:50], MEMBERS[50:]), b"Content-Encoding: gzip\r\n"), [200], KEPT),
    ],
    "9110 11.6 authentication comes first": [
        ("no secret", request().replace(AUTH, b""), [401], KEPT),
        ("a wrong one", request().replace(AUTH, b"%s: x\r\n" % HEADER.encode()), [401], KEPT),
        ("two", request(fields=AUTH), [401], KEPT),
        ("no secret, and a body that would be too large",
         request(size=b"Content-Length: 9999999\r\n", body=b"").replace(AUTH, b""), [401], CLOSED),
        ("no secret, and awaited", request(size=b"Content-Length: 5\r\nExpect: 100-continue\r\n",
                                           body=b"").replace(AUTH, b""), [401], CLOSED),
    ],
}


def answers_of(data, port, secure):
    """The answers to what is sent at once, as their statuses, heads and texts; and whether the end was orderly."""
    plain = socket.create_connection(("127.0.0.1", port), timeout=20)
    client = secure.wrap_socket(plain, server_hostname="localhost") if secure else plain
    received = b""
    with client:
        try:
            client.sendall(data)
        except (BrokenPipeError, ConnectionResetError, ssl.SSLError):
            pass
        try:
            while piece := client.recv(65536):
                received += piece
        except (ConnectionResetError, ssl.SSLError):
            pass
    return received


def parse(received, heads):
    """Splits what a server sent by the lengths it gives; `heads` tells which answers have no text."""
    answers = []
    while received:
        head, found, received = received.partition(b"\r\n\r\n")
        check(found, f"a whole head: {head}")
        status = int(head.split(b" ")[1])
        fields = {}
        for line in head.split(b"\r\n")[1:]:
            name, _, value = line.partition(b": ")
            fields[name.lower()] = value
        size = 0 if len(answers) in heads else int(fields.get(b"content-length", 0))
        answers.append((status, fields, received[:size]))
        check(len(received) >= size, f"a whole text: {received}")
        received = received[size:]
    return answers


LAST = b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"


def run(listener, secure):
    count = 0
    for section, rows in ROWS.items():
        for name, data, statuses, goes_on in rows:
            what = f"{section}: {name}{', over TLS' if secure else ''}"
            got = parse(answers_of(data + LAST, listener.port, secure), {0} if data.startswith(b"HEAD") else {})
            expected = [[*statuses, 200]] if goes_on else [statuses]
            if section.endswith("trailers") and len(statuses) > 1 and not goes_on:
                expected = [[one] for one in statuses]
            check([status for status, _, _ in got] in expected, f"{what}: {got}")
            if goes_on:
                check(got[-1][2] == b"ok\n", f"{what}: the next request is answered: {got}")
            for status, fields, _ in got:
                check(b"date" in fields, f"{what}: an answer has a Date (RFC 9110, section 6.6.1)")
                check(status != 401 or b"www-authenticate" in fields, f"{what}: section 15.5.2")
            check(got[-1][1].get(b"connection") == b"close", f"{what}: the end of a connection is announced: {got}")
            count += 1
    return count


def traces(folder, secure, listener):
    """What was answered has left a trace."""
    text = curl(*(["--insecure"] if secure else []), listener.url + "/metrics")[1]
    rejections = sum(int(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith("signhook_rejections_total"))
    answers = sum(int(line.rsplit(" ", 1)[1]) for line in text.splitlines() if line.startswith("signhook_answers_total"))
    listener.end()
    printed = [json.loads(line) for line in (folder / "listen.out").read_text().splitlines()]
    check(len(printed) == answers, f"{len(printed)} lines of {answers} answers")
    check(sum("reason" in line and line["verdict"] == "rejected" for line in printed) == rejections, "each rejection")
    for line in printed:
        check(line["verdict"] != "rejected" or line["reason"], f"{line}")


def values(folder):
    """Header values as they came, and what is wrong with a body."""
    with Listener(folder, archive="values") as listener:
        sent = b"X-Original-URL: /hook?next=%2Fa%26b%0D%0Ax\r\nX-Quoted: \"a, b\" ; c=%41\r\nx-lower: \xe9"
        answers_of(field(sent) + LAST, listener.port, None)
        for coding, body in {
            b"gzip": KNOWN, b"GZIP": gzip.compress(KNOWN)[:-8], b"x-gzip": gzip.compress(KNOWN)[:-1],
            b"Gzip": gzip.compress(KNOWN) + b"\0", b"gzip, gzip": gzip.compress(KNOWN), b"deflate": KNOWN, b"br": KNOWN,
        }.items():
            got = parse(answers_of(request(fields=b"Content-Encoding: %s\r\n" % coding, body=body) + LAST,
                                   listener.port, None), {})
            check(got[0][0] == 200 and got[0][2] == b"quarantine\n", f"{coding}: {got}")
        bomb = gzip.compress(b" " * 3000000)
        got = parse(answers_of(request(fields=b"Content-Encoding: gzip\r\n", body=bomb) + LAST, listener.port, None), {})
        check(got[0][2] == b"quarantine\n", f"a bomb: {got}")
        # The same id in another event is kept for a person.
        other = KNOWN.replace(b'"state":"draft"', b'"state":"pending"')
        check(other != KNOWN, "another event")
        got = parse(answers_of(request(body=other) + request() + LAST, listener.port, None), {})
        check([text for _, _, text in got] == [b"quarantine\n", b"duplicate\n", b"ok\n"], f"{got}")
        listener.end()
    lines = lines_of(folder / "values")
    headers = dict(map(tuple, lines[0]["headers"]))
    check(headers["X-Original-URL"] == "/hook?next=%2Fa%26b%0D%0Ax" and headers["x-lower"] == "é" and
          headers["X-Quoted"] == '"a, b" ; c=%41', f"{headers}")
    check([line["fault"] for line in lines] == ["none"] + ["content_coding"] * 7 + ["size", "none"], f"{lines}")
    check(lines[1]["body"].encode() == KNOWN and "body_base64" in lines[2], "the bytes as they were received")
    check(lines[-1]["body"].encode() == other and lines[-1]["verdict"] == "quarantine", "the other event")
    check("conflict" in (folder / "listen.out").read_text(), "and why")


def waiting(folder, secure, listener):
    """An answer to an expectation, a body that is cut, and requests byte by byte."""
    def opened():
        plain = socket.create_connection(("127.0.0.1", listener.port), timeout=20)
        return secure.wrap_socket(plain, server_hostname="localhost") if secure else plain

    with opened() as client:
        head, _, body = field(b"Expect: 100-continue").partition(b"\r\n\r\n")
        client.sendall(head + b"\r\n\r\n")
        check(client.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n", "the body is asked for")
        client.sendall(body)
        check(client.recv(1000).startswith(b"HTTP/1.1 200 "), "and taken")
    for data in request(), chunked(chunks(KNOWN[:HALF], KNOWN[HALF:], trailer=b"X: 1\r\n")), b"\r\n\r\n" + request():
        with opened() as client:
            for i in range(len(data)):
                client.sendall(data[i:i + 1])
            check(client.recv(1000).startswith(b"HTTP/1.1 200 "), "byte by byte")
    if not secure:
        for data in request(), chunked(WHOLE):
            for end in 20, data.index(b"\r\n\r\n") + 2, len(data) - 1:
                with opened() as client:
                    client.sendall(data[:end])
                    client.shutdown(socket.SHUT_WR)
                    check(client.recv(1000).startswith(b"HTTP/1.1 400 "), f"a request is cut after {end} bytes")


def protocols(authority, listener):
    """Only HTTP/1.1 is spoken, and a client of HTTP/2 alone is told so by TLS (RFC 7301, section 3.2)."""
    for offered, chosen in (["h2", "http/1.1"], "http/1.1"), (["http/1.1"], "http/1.1"), ([], None), (["h2"], "an alert"):
        context = ssl.create_default_context(cafile=str(authority))
        if offered:
            context.set_alpn_protocols(offered)
        try:
            with socket.create_connection(("127.0.0.1", listener.port), timeout=20) as plain:
                with context.wrap_socket(plain, server_hostname="localhost") as client:
                    got = client.selected_alpn_protocol()
        except ssl.SSLError as error:
            got = "an alert" if "alert no application protocol" in str(error) else str(error)
        check(got == chosen, f"{offered}: {got}")
    warnings.simplefilter("ignore", DeprecationWarning)
    context.maximum_version = ssl.TLSVersion.TLSv1_1
    try:
        with socket.create_connection(("127.0.0.1", listener.port), timeout=20) as plain:
            context.wrap_socket(plain, server_hostname="localhost").close()
    except ssl.SSLError:
        return
    sys.exit("FAILED: TLS 1.1 is spoken")


def http2(listener, secure):
    """Clients of HTTP/2 are refused at once, or speak HTTP/1.1 if they can. They are curl and nghttp, of nghttp2."""
    url = listener.url + "/healthz"
    version = ["--insecure", "--write-out", "%{http_version}"]
    for option in "--http2", "--http2-prior-knowledge":
        done = subprocess.run(["curl", "--silent", *version, option, url], capture_output=True, check=False, timeout=20)
        if option == "--http2" or secure:  # an upgrade that is ignored, or ALPN
            check(done.stdout == b"ok\n1.1", f"{option}: {done}")
        else:
            check(done.returncode != 0 and b"ok" not in done.stdout, f"{option}: {done}")
    if not shutil.which("nghttp"):
        check(not os.environ.get("SIGNHOOK_NOTHING_SKIPPED"), "nghttp is installed by packaging/bootstrap ci")
        print("nghttp is missing: its requests are left out")
        return
    for options in [], ["--upgrade"]:
        done = subprocess.run(["nghttp", *options, url], capture_output=True, check=False, timeout=20)
        check("total=1, processed=0" in (done.stdout + done.stderr).decode(), f"nghttp {options}: {done}")
    check(curl("--insecure", url) == (200, "ok\n"), "others are served")
    text = curl("--insecure", listener.url + "/metrics")[1]
    check(secure or 'reason="unsupported HTTP version"' in text, f"a preface is counted: {text}")


with Folder() as folder:
    count = 0
    for secure in False, True:
        options, context = secured(folder, secure)
        (folder / "listen.out").write_bytes(b"")
        with Listener(folder, "--metrics", "--json", *options, archive=None) as listener:
            count += run(listener, context)
            waiting(folder, context, listener)
            http2(listener, secure)
            if secure:
                protocols(folder / "cert.pem", listener)
            traces(folder, secure, listener)
    values(folder)
    counted("strictness", **{"sections of RFC 9110 and RFC 9112": len(ROWS), "rows over HTTP and TLS": count})
