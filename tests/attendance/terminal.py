"""A Hikvision terminal for tests: holds events and tells them over HTTP with Digest, page by page."""

from __future__ import annotations

import hashlib
import json
import re
import threading
from contextlib import contextmanager
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

REALM, NONCE = "terminal", "9d0f99"


class Terminal:
    """`events` are (serial number, instant, person); `asked` what was asked, `down` makes it fail."""

    def __init__(self, login: str = "admin", password: str = "secret-99") -> None:
        self.login, self.password = login, password
        self.events: list[tuple[int, datetime, str]] = []
        self.asked: list[dict] = []
        self.down = ""
        self.url = ""

    def answer(self, question: dict) -> dict:
        said = question["AcsEventCond"]
        self.asked.append(said)
        first, last = (datetime.fromisoformat(said[name]) for name in ("startTime", "endTime"))
        found = [one for one in self.events if first <= one[1] <= last]
        at = said["searchResultPosition"]
        page = found[at : at + said["maxResults"]]
        status = "NO MATCH" if not found else "MORE" if at + len(page) < len(found) else "OK"
        told = {"searchID": said["searchID"], "responseStatusStrg": status}
        told |= {"numOfMatches": len(page), "totalMatches": len(found)}
        if page:
            told["InfoList"] = [
                {
                    "major": 5,
                    "minor": 75,
                    "time": at.isoformat(),
                    "employeeNoString": person,
                    "serialNo": number,
                }
                for number, at, person in page
            ]
        return {"AcsEvent": told}

    def knows(self, method: str, path: str, header: str) -> bool:
        """RFC 7616 §3.4.1 with MD5 and qop=auth, as these terminals speak it."""
        said = dict(re.findall(r'(\w+)="?([^",]+)"?', header))
        if said.get("username") != self.login or said.get("nonce") != NONCE:
            return False
        one = _md5(f"{self.login}:{REALM}:{self.password}")
        two = _md5(f"{method}:{path}")
        wanted = _md5(f"{one}:{NONCE}:{said['nc']}:{said['cnonce']}:auth:{two}")
        return said["response"] == wanted


def _md5(text: str) -> str:
    return hashlib.md5(text.encode()).hexdigest()


@contextmanager
def running(terminal: Terminal):
    """The terminal on a port of its own."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            header = self.headers.get("Authorization", "")
            if not terminal.knows("POST", self.path, header):
                self._say(401, b"{}", f'Digest realm="{REALM}", qop="auth", nonce="{NONCE}"')
            elif terminal.down:
                self._say(*{"busy": (503, b"{}"), "garbage": (200, b"<html>")}[terminal.down])
            else:
                self._say(200, json.dumps(terminal.answer(json.loads(body))).encode())

        def _say(self, status, body, challenge=""):
            self.send_response(status)
            if challenge:
                self.send_header("WWW-Authenticate", challenge)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    terminal.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield terminal
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
