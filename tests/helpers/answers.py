"""A server on loopback whose every answer a test writes."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

Reply = tuple[int, dict[str, str], bytes]


@dataclass
class Stage:
    """A server whose answers a test writes."""

    url: str = ""
    answer: Callable[[str, dict[str, str]], Reply] = lambda path, headers: (404, {}, b"")
    seen: list[tuple[str, dict[str, str]]] = field(default_factory=list)


@contextmanager
def stage(answer: Callable[[str, dict[str, str]], Reply] | None = None) -> Iterator[Stage]:
    """A server on loopback."""
    here = Stage()
    if answer is not None:
        here.answer = answer

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Nothing: `seen` is the log."""

        def do_GET(self) -> None:
            headers = {name.lower(): value for name, value in self.headers.items()}
            self.rfile.read(int(headers.get("content-length", 0)))
            here.seen.append((self.path, headers))
            status, extra, body = here.answer(self.path, headers)
            self.send_response(status)
            for name, value in ({"Content-Length": str(len(body))} | extra).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815  (the name http.server looks for)

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    here.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()


def ranged(content: bytes, headers: dict[str, str], **extra: str) -> Reply:
    """The part of a file that is asked for."""
    if "range" not in headers:
        return 200, extra, content
    first, _, last = headers["range"].removeprefix("bytes=").partition("-")
    part = content[int(first) : int(last) + 1]
    span = f"bytes {first}-{int(first) + len(part) - 1}/{len(content)}"
    return 206, {"Content-Range": span, **extra}, part
