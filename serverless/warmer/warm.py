# Warms the instance that it runs on, where no Lambda of ours reaches it: asks for its pages until it answers as quickly as it should or
# will, and prints what came of it as one line of JSON, a WarmResult. shared/warm has the same rules under the same names: change both.
# SSM writes the values in as text before this runs; their patterns (shared/policy/onInstance.ts) let none end its quotes.
# It has to run on what an instance has: Python 3.6 and its standard library.
import collections
import errno
import http.client
import io
import json
import math
import os
import re
import select
import socket
import ssl
import sys
import threading
import time
import traceback
from urllib.parse import quote, urljoin, urlsplit

PROTOCOL = r'{{ Protocol }}'
PORT = int(r'{{ Port }}')
METHOD = r'{{ Method }}'
PATHS = r'{{ Paths }}'.split(" ")
HEADERS = r'{{ Headers }}'.split("|")
CACHE_HEADER = r'{{ CacheHeader }}'
CONCURRENCY = int(r'{{ Concurrency }}')
UNTIL_P95_MS = int(r'{{ BoundMs }}')
UNTIL_COUNT = int(r'{{ Count }}')
ANSWER_MS = int(r'{{ AnswerMs }}')
TIMEOUT_MS = int(r'{{ TimeoutMs }}')

# Nobody else is ever asked, whatever a header or a redirect says.
ADDRESS = "127.0.0.1"
BODY_BYTES_MAX = 10_000_000
# As much as Node takes, 16 kB, and the 8 kB that may be read ahead.
HEAD_BYTES_MAX = 24_576
REDIRECTS_MAX = 3
REQUESTS_MAX = 20_000
PAUSE_MS = 1_000
# Whoever asks ends by itself when the time is up. Should one not, the end does not wait for it any longer.
GRACE_MS = 500

def now():
    return time.monotonic() * 1_000

# --- progress.ts: how far it has come, and whether it has come to an end ---

Aim = collections.namedtuple("Aim", "until_p95_ms until_count requests_max")
PATH_QUOTED_MAX = 200
TROUBLE_MAX = 400
# One slow lap says nothing; two more that are no quicker say that there is nothing left to warm.
LAPS_COMPARED = 3
# Less than this of the time is noise.
FALL_MIN = 0.05

class Progress:
    def __init__(self, paths, aim):
        self.paths, self.aim = list(paths), aim
        self.next = self.requests = self.answered = self.hits = self.cache_told = 0
        self.first, self.last = [], collections.deque(maxlen=aim.until_count)
        self.laps = collections.deque(maxlen=LAPS_COMPARED)
        self.trouble = ""

    def taken(self):
        path = self.paths[self.next]
        self.next = (self.next + 1) % len(self.paths)
        return path

    def noted(self, path, answer):
        self.requests += 1
        kind = answer["kind"]
        if kind != "good" and self.trouble == "":
            self.trouble = "%s %s" % (path[:PATH_QUOTED_MAX], answer["because"])
        if kind == "good":
            self.praised(answer)
        elif kind == "bad":
            self.counted("bad")
        elif kind == "useless":
            self.without(path)

    def praised(self, answer):
        if len(self.first) < self.aim.until_count:
            self.first.append(answer["ms"])
        self.hits += answer["cache"] == "hit"
        self.cache_told += answer["cache"] != "untold"
        self.counted(answer["ms"])

    def counted(self, ms):
        """In a lap every path has been asked for, and there are answers enough to judge by."""
        self.last.append(ms)
        self.answered += 1
        if self.answered >= max(len(self.paths), self.aim.until_count):
            self.answered = 0
            self.laps.append(p95_of(self.last))

    def without(self, path):
        if path not in self.paths:
            return
        after = self.next - 1 if self.paths.index(path) < self.next else self.next
        self.paths = [one for one in self.paths if one != path]
        self.next = after if after < len(self.paths) else 0

    def verdict_on(self, clock):
        """A path asked for the first time is cold: nothing is judged before the first lap has ended."""
        if not self.paths:
            return "no-paths"
        p95 = p95_of(self.last)
        if self.laps and p95 != "none" and p95 <= self.aim.until_p95_ms:
            return "under-bound"
        if has_stopped_falling(self.laps):
            return "stopped-falling"
        if clock == "time-up":
            return clock
        return "requests-spent" if self.requests >= self.aim.requests_max else "go-on"

    def result_of(self, verdict, duration_ms):
        return {
            "verdict": verdict,
            "requests": self.requests,
            "firstP95Ms": rounded(p95_of(self.first)),
            "lastP95Ms": rounded(p95_of(self.last)),
            "hitRatio": self.hits / self.cache_told if self.cache_told else "none",
            "durationMs": math.floor(duration_ms + 0.5),
            "trouble": self.trouble[:TROUBLE_MAX],
        }

def p95_of(times):
    """Nearest rank; what was no good is slower than anything."""
    good = sorted(ms for ms in times if ms != "bad")
    rank = math.ceil(0.95 * len(times))
    return good[rank - 1] if 0 < rank <= len(good) else "none"

def has_stopped_falling(laps):
    if len(laps) < LAPS_COMPARED or laps[0] == "none":
        return False
    return all(lap != "none" and lap > laps[0] * (1 - FALL_MIN) for lap in list(laps)[1:])

def rounded(p95):
    return p95 if p95 == "none" else max(1, math.floor(p95 + 0.5))

# --- answer.ts: what an answer is worth ---

def answer_of(exchange, ms):
    kind = exchange["kind"]
    if kind != "answered":
        worth = {"not-listening": "not-listening", "broken": "bad", "astray": "useless"}[kind]
        return {"kind": worth, "because": exchange["because"]}
    status = exchange["status"]
    if status >= 400:
        # Too Many Requests and Request Timeout are the instance's state, not the path's.
        passes = status >= 500 or status in (408, 425, 429)
        return {"kind": "bad" if passes else "useless", "because": "answered %d" % status}
    if exchange["body"] == "left-off":
        return {"kind": "useless", "because": "answered with a body that is too long"}
    return {"kind": "good", "ms": ms, "cache": cache_in(exchange["cache"])}

def cache_in(header):
    if header is None:
        return "untold"
    return "hit" if re.search(r"\bhit\b", header, re.IGNORECASE | re.ASCII) else "other"

# --- redirect.ts: whether a redirect stays on the instance; only its path is ever followed, and always to the same port ---

PORTS = {"http": 80, "https": 443}

def host_in(url):
    """Name and port as a URL has them. ValueError where there is none."""
    parts = urlsplit(url)
    if not re.match(r"[a-z0-9._~-]+\Z", parts.hostname or ""):
        raise ValueError("%r names no host" % url[:100])
    is_usual = parts.port in (None, PORTS.get(parts.scheme))
    return parts.hostname if is_usual else "%s:%d" % (parts.hostname, parts.port)

SENT = {name.lower(): value for name, colon, value in (header.partition(":") for header in HEADERS) if colon}
HOST = host_in("%s://%s/" % (PROTOCOL, SENT.get("host", "%s:%d" % (ADDRESS, PORT))))
QUOTED_MAX = 200

def followed(location, path):
    """The path that `location` leads to from `path`, or none and why nobody goes there."""
    try:
        parts = urlsplit(urljoin(urljoin("%s://%s/" % (PROTOCOL, HOST), path), cleaned(location)))
        host = host_in(parts.geturl()) if parts.scheme in PORTS else "none"
    except ValueError:
        return "none", "redirects to what is no address"
    if (parts.scheme, host) != (PROTOCOL, HOST):
        origin = "null" if host == "none" else "%s://%s" % (parts.scheme, host)
        return "none", "redirects to %s" % origin[:QUOTED_MAX]
    query = "?" + quote(parts.query, safe="/%:@!$&()*+,;=^|[]?`{}\\") if parts.query else ""
    return quote(urljoin("/", parts.path or "/"), safe="/%:@!$&'()*+,;=^|[]") + query, "none"

def cleaned(location):
    """As browsers and Node read it: blanks around it and line ends go, a backslash is a slash, slashes before a host are two."""
    trimmed = re.sub(r"[\t\r\n]", "", location).strip("".join(map(chr, range(33))))
    before, mark, after = re.match(r"([^?#]*)([?#]?)(.*)\Z", trimmed, re.DOTALL).groups()
    return re.sub(r"\A((?:https?:)?)//+", r"\1//", before.replace("\\", "/"), flags=re.IGNORECASE) + mark + after

# --- exchange.ts: one exchange over HTTP, redirects followed while they stay on the instance ---

REDIRECTS = (301, 302, 303, 307, 308)
UNLISTENED = ("ECONNREFUSED", "EHOSTUNREACH", "ENETUNREACH", "EHOSTDOWN")
NAME = SENT.get("host", "").partition(":")[0]
IS_NAME = re.match(r"(?![0-9.]+\Z)[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*\Z", NAME, re.IGNORECASE) is not None
# The load balancer, too, takes whatever certificate a target shows.
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-target-groups.html
TLS = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
TLS.check_hostname, TLS.verify_mode = False, ssl.CERT_NONE

def left(until):
    """Seconds, for a socket that is to wait no longer."""
    seconds = (until - now()) / 1_000
    if seconds <= 0:
        raise socket.timeout()
    return seconds

class Incoming(io.RawIOBase):
    """What a connection sends. A timeout of the socket's own begins anew with each byte: it is set to what is left before each read."""

    def __init__(self, sock, until):
        self.sock, self.until, self.bytes_left = sock, until, HEAD_BYTES_MAX

    def makefile(self, _mode):
        return io.BufferedReader(self)

    def readable(self):
        return True

    def readinto(self, piece):
        self.sock.settimeout(left(self.until))
        count = self.sock.recv_into(piece)
        self.bytes_left -= count
        if self.bytes_left < 0:
            raise http.client.LineTooLong("head")
        return count

class Link:
    """One connection at a time, kept from one request to the next."""

    def __init__(self):
        self.sock = None

    def close(self):
        if self.sock is not None:
            self.sock.close()
        self.sock = None

    def open(self, until):
        # What can be read from one that nobody has asked is its end.
        if self.sock is not None and select.select([self.sock], [], [], 0)[0]:
            self.close()
        if self.sock is None:
            self.sock = connected(until)
        return self.sock

    def exchange(self, first, until):
        path = first
        for _ in range(REDIRECTS_MAX + 1):
            ended = self.once(path, until)
            if ended["kind"] != "answered" or ended["status"] not in REDIRECTS:
                return ended
            path, because = followed(ended["location"] or "", path)
            if path == "none":
                return {"kind": "astray", "because": because}
        return {"kind": "astray", "because": "redirects more than %d times" % REDIRECTS_MAX}

    def once(self, path, until):
        has_begun = False
        try:
            incoming = Incoming(self.open(until), until)
            self.sock.settimeout(left(until))
            self.sock.sendall(request_for(path))
            response = response_from(incoming)
            has_begun = True
            body = read(response)
        except (OSError, http.client.HTTPException) as thrown:
            self.close()
            return failed(thrown, has_begun)
        if body == "left-off" or response.will_close:
            self.close()
        told = {"location": response.headers.get("location"), "cache": response.getheader(CACHE_HEADER)}
        return dict(told, kind="answered", status=response.status, body=body)

def connected(until):
    sock = socket.socket()
    sock.settimeout(left(until))
    sock.connect((ADDRESS, PORT))
    if sock.getsockname() == sock.getpeername():
        # Where nobody listens on a port that the kernel hands out, a socket may be given that port and meet itself.
        sock.close()
        raise ConnectionRefusedError(errno.ECONNREFUSED, "met itself")
    if PROTOCOL == "http":
        return sock
    sock.settimeout(left(until))
    return TLS.wrap_socket(sock, server_hostname=NAME if IS_NAME else None)

def request_for(path):
    headers = dict({"host": HOST, "user-agent": "tidegate-warm-up", "accept": "*/*", "connection": "keep-alive"}, **SENT)
    lines = ["%s %s HTTP/1.1" % (METHOD, path)] + ["%s: %s" % header for header in headers.items()]
    return "\r\n".join(lines + ["", ""]).encode("ascii")

def response_from(incoming):
    """Its head read. One of 103 comes before the answer and is none."""
    response = http.client.HTTPResponse(incoming, method=METHOD)
    response.begin()
    while response.status < 200:
        response.headers = None
        response.begin()
    incoming.bytes_left = math.inf
    return response

def read(response):
    """A redirect's body is nothing that anybody asked for."""
    most = 0 if response.status in REDIRECTS else BODY_BYTES_MAX
    size = 0
    while size <= most:
        piece = response.read(min(65_536, most + 1 - size))
        if not piece and response.length:
            # Python takes an end that comes too soon for an end.
            raise ConnectionResetError()
        if not piece:
            return "ended"
        size += len(piece)
    return "left-off"

def failed(thrown, has_begun):
    if isinstance(thrown, socket.timeout):
        return {"kind": "broken", "because": "did not end its answer in time" if has_begun else "gave no answer in time"}
    code = code_of(thrown)
    if code in UNLISTENED and not has_begun:
        return {"kind": "not-listening", "because": "found nobody listening (%s)" % code}
    return {"kind": "broken", "because": "%s (%s)" % ("broke off its answer" if has_begun else "broke off", code)}

def code_of(thrown):
    """As Node calls it, where that has a name for it."""
    if isinstance(thrown, (ConnectionResetError, ssl.SSLEOFError, http.client.IncompleteRead)):
        return "ECONNRESET"
    if isinstance(thrown, ssl.SSLError):
        return "EPROTO"
    return errno.errorcode.get(getattr(thrown, "errno", None), type(thrown).__name__)

# --- warmUp.ts: from end to end ---

class Run:
    def __init__(self, ends_at):
        self.ends_at, self.verdict = ends_at, "go-on"
        self.progress = Progress(PATHS, Aim(UNTIL_P95_MS, UNTIL_COUNT, REQUESTS_MAX))
        # `lock` is held where the two above are looked at or changed; `over` is set once there is a verdict.
        self.lock, self.over = threading.Lock(), threading.Event()

    def taken(self):
        with self.lock:
            return self.progress.taken() if self.verdict == "go-on" else "none"

    def noted(self, path, answer):
        with self.lock:
            if self.verdict != "go-on":
                return
            self.progress.noted(path, answer)
            self.verdict = self.progress.verdict_on("time-up" if now() >= self.ends_at else "time-left")
            if self.verdict != "go-on":
                self.over.set()

def ask(run):
    link = Link()
    while True:
        path = run.taken()
        if path == "none":
            return
        answer = answered(link, path, run.ends_at)
        run.noted(path, answer)
        if answer["kind"] in ("bad", "not-listening"):
            run.over.wait(max(0, min(PAUSE_MS, run.ends_at - now())) / 1_000)

def answered(link, path, ends_at):
    started_at = now()
    exchange = link.exchange(path, min(ends_at, started_at + ANSWER_MS))
    return answer_of(exchange, now() - started_at)

def ask_or_die(run):
    """A thread's defect is everybody's."""
    try:
        ask(run)
    except BaseException:
        traceback.print_exc()
        sys.stderr.flush()
        os._exit(1)

def main():
    started_at = now()
    run = Run(started_at + TIMEOUT_MS)
    for _ in range(CONCURRENCY):
        threading.Thread(target=ask_or_die, args=(run,), daemon=True).start()
    run.over.wait((TIMEOUT_MS + GRACE_MS) / 1_000)
    with run.lock:
        verdict = "time-up" if run.verdict == "go-on" else run.verdict
        print(json.dumps(run.progress.result_of(verdict, now() - started_at)))
    # Without waiting for those who still ask.
    sys.stdout.flush()
    os._exit(0)

if __name__ == "__main__":
    main()
