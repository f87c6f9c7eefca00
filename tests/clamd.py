"""A small clamd on a socket of its own: it speaks INSTREAM, and can hang, stammer or hang up."""

from __future__ import annotations

import socketserver
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"


class Clamd:
    """`mode`: "answer", "hang" (reads, and never answers), "hang up", "stammer" (an answer that means nothing),
    "error" (cannot scan)."""

    def __init__(self, address: Path | None) -> None:
        self.mode, self.seen = "answer", list[bytes]()
        self.released = threading.Event()
        owner = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                owner._serve(self)

        self._server: Any
        if address:
            self._server = socketserver.ThreadingUnixStreamServer(str(address), Handler)
            self.url = f"unix://{address}"
        else:
            self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
            self.url = f"tcp://127.0.0.1:{self._server.server_address[1]}"
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def _serve(self, connection: socketserver.StreamRequestHandler) -> None:
        if self.mode == "hang up":
            return
        assert connection.rfile.readline() == b"nINSTREAM\n"
        content = b""
        while size := struct.unpack("!L", connection.rfile.read(4))[0]:
            content += connection.rfile.read(size)
        self.seen.append(content)
        if self.mode == "hang":
            self.released.wait(20)
            return
        answers = {"stammer": b"stream: perhaps\n", "error": b"stream: Cannot allocate memory ERROR\n"}
        clean = b"stream: Win.Test.EICAR_HDB-1 FOUND\n" if EICAR in content else b"stream: OK\n"
        connection.wfile.write(answers.get(self.mode, clean))

    def stop(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()


@contextmanager
def clamd(address: Path | None = None) -> Iterator[Clamd]:
    """On a port of this machine, or on a Unix socket at the address."""
    running = Clamd(address)
    try:
        yield running
    finally:
        running.stop()
