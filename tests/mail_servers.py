"""Servers that take e-mail from tests: an SMTP sink that can stall, refuse or break off, and a GOV.UK Notify."""

from __future__ import annotations

import json
import re
import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Sink(socketserver.ThreadingTCPServer):
    """Counts each message by its Message-ID, once its last line has come: from then on it counts as delivered.

    `stall_at` names a command (CONNECT, MAIL, RCPT, DATA, END, QUIT) after which the sink is silent, once;
    `refuse` answers a command with a line of its own; `break_at` closes the connection there.
    """

    allow_reuse_address = daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Smtp)
        self.port = int(self.server_address[1])
        self.received: list[str] = []
        self.texts: list[str] = []
        self.stall_at, self.break_at, self.refuse = "", "", dict[str, str]()
        self.stalled = threading.Event()

    def answer(self, handler: _Smtp, command: str, usual: str) -> bool:
        """Whether the talk goes on."""
        if self.break_at == command:
            return False
        if self.stall_at == command:
            self.stall_at = ""
            self.stalled.set()
            time.sleep(30)  # whoever asked is killed meanwhile, or gives up
            return False
        handler.wfile.write((self.refuse.get(command, usual) + "\r\n").encode())
        return True


class _Smtp(socketserver.StreamRequestHandler):
    server: Sink
    ANSWERS = {"EHLO": "250 sink", "HELO": "250 sink", "DATA": "354 Go on", "QUIT": "221 Bye"}

    def handle(self) -> None:
        if not self.server.answer(self, "CONNECT", "220 sink"):
            return
        for line in self.rfile:
            command = line[:4].decode("ascii", "replace").strip().upper()
            if (
                not self.server.answer(self, command, self.ANSWERS.get(command, "250 OK"))
                or command == "QUIT"
            ):
                return
            if command == "DATA" and "DATA" not in self.server.refuse:
                text = b"".join(iter(self.rfile.readline, b".\r\n")).decode()
                found = re.search(r"^Message-ID: (\S+)", text, re.MULTILINE)
                if "END" not in self.server.refuse:
                    self.server.received.append(found[1] if found else "")
                    self.server.texts.append(text)
                if not self.server.answer(self, "END", "250 Taken"):
                    return


class Notify(ThreadingHTTPServer):
    """Answers like GOV.UK Notify, with `status`; after `wait` seconds."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Notify)
        self.url = f"http://127.0.0.1:{self.server_address[1]}"
        self.received: list[dict[str, Any]] = []
        self.status, self.wait = 201, 0.0


class _Notify(BaseHTTPRequestHandler):
    server: Notify

    def do_POST(self) -> None:
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.received.append({"path": self.path, "token": self.headers["Authorization"], "body": body})
        time.sleep(self.server.wait)
        problem = {"status_code": self.server.status, "errors": [{"message": "Not today"}]}
        answer = json.dumps({"id": "1"} if self.server.status < 400 else problem).encode()
        self.send_response(self.server.status)
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on standard error."""


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[None]:
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
