"""A bad line to the bank: an HTTP relay that loses requests and answers, and says 429 and 500.

Chances come from a seed. It keeps what each key was said to be, because a key whose body changes would
be another payment.
"""

from __future__ import annotations

import http.client
import json
import random
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

# Per cent of the calls that meet each fate.
FATES = {"request lost": 5, "answer lost": 10, "429": 3, "500": 3, "passed": 79}


class Line(ThreadingHTTPServer):
    """Between the product and the bank; `counted` says what it did, `changed` which keys changed."""

    daemon_threads = True

    def __init__(self, bank_url: str, seed: int, fates: dict[str, int]) -> None:
        super().__init__(("127.0.0.1", 0), _Call)
        self.bank = urlsplit(bank_url).netloc
        self.fates = fates
        self.chances = random.Random(seed)
        self.lock = threading.Lock()
        self.counted: Counter[str] = Counter()
        self.bodies: dict[str, str] = {}
        self.changed: set[str] = set()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_port}"

    def fate(self) -> str:
        """What happens to this call."""
        with self.lock:
            (name,) = self.chances.choices([*self.fates], [*self.fates.values()])
            self.counted[name] += 1
            return name

    def remember(self, body: bytes) -> None:
        """A key means the same payment for ever."""
        for payment in json.loads(body).get("payments", ()):
            said = json.dumps(payment, sort_keys=True)
            with self.lock:
                if self.bodies.setdefault(payment["key"], said) != said:
                    self.changed.add(payment["key"])


class _Call(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Line

    def do_GET(self) -> None:
        self._forward(b"")

    def do_POST(self) -> None:
        self._forward(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

    def _forward(self, body: bytes) -> None:
        fate = self.server.fate()
        if self.path == "/v1/payments":
            self.server.remember(body)
        if fate == "request lost":
            self.close_connection = True
        elif fate in ("429", "500"):
            self._answer(int(fate), b'{"detail": "try again"}')
        else:
            self._pass_on(body, lost=fate == "answer lost")

    def _pass_on(self, body: bytes, *, lost: bool) -> None:
        connection = http.client.HTTPConnection(self.server.bank, timeout=30)
        try:
            headers = {"Authorization": self.headers["Authorization"]}
            connection.request(self.command, self.path, body or None, headers)
            answer = connection.getresponse()
            said = answer.read()
        except OSError:
            self.close_connection = True
            return
        finally:
            connection.close()
        if lost:
            self.close_connection = True
        else:
            self._answer(answer.status, said)

    def _answer(self, status: int, said: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *args: object) -> None:
        """The counters are the record."""
