"""A server that speaks the chat protocol, whose models each behave in one way of their own.

Run as ``python -m tests.rag.scripted_server``; it prints its address. ``/seen`` tells what it was
asked and how many connections were closed by the other side while it was still writing.
"""

import json
import select
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

REPLIES = {
    "honest": "Staff receive 26 days of paid leave [1]. Unused days lapse in March [1].",
    "inventing": "Staff receive 26 days of paid leave [1]. Staff receive 30 days in Paris [1].",
    "lying": "Staff receive 30 days of paid leave [1]. Unused days lapse in June [9].",
    "thinking": "<think>Is it 30 days [1]? No.</think>\n\nStaff receive 26 days of leave [1].",
    "guarded": "Staff receive 26 days of paid leave [1].",
    "lingering": "Staff receive 26 days of paid leave [1].",
}
ONE, SOME = ["honest"], ["honest", "inventing", "lying"]
LISTS = {"/one/v1/models": ONE, "/v1/models": SOME, "/empty/v1/models": None}
SEEN: list[dict[str, object]] = []
CLOSED: list[str] = []


class Handler(BaseHTTPRequestHandler):
    """Answers each path and model as its name says."""

    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *arguments: object) -> None:
        """Print nothing."""

    def do_GET(self) -> None:
        """Serve the lists of models and what was seen."""
        if self.path == "/seen":
            self.reply(200, {"requests": SEEN, "closed": CLOSED})
        elif self.path in LISTS:
            names = LISTS[self.path]
            data = None if names is None else [{"id": name} for name in names]
            self.reply(200, {"object": "list", "data": data})
        else:
            self.reply(404, {"detail": "Not Found"})

    def do_POST(self) -> None:
        """Serve a chat completion."""
        asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
        key = self.headers.get("authorization", "")
        SEEN.append({"path": self.path, "key": key, "asked": asked})
        model = asked["model"]
        behave = getattr(self, f"model_{model.replace('-', '_')}", None)
        if not self.path.endswith("/v1/chat/completions"):
            self.reply(404, {"detail": "Not Found"})
        elif model == "guarded" and key != "Bearer sesame":
            self.reply(401, {"error": {"message": f"wrong key\n\x1b[31m{key}"}})
        elif model in REPLIES:
            self.write_reply(model)
        elif behave:
            behave()
        else:
            self.reply(404, {"error": {"message": f"model '{model}' not found"}})

    def model_endless(self) -> None:
        """Write until the other side closes the connection."""
        self.begin()
        try:
            while True:
                self.piece("more ")
                time.sleep(0.01)
        except OSError:
            CLOSED.append("endless")

    def model_mute(self) -> None:
        """Take the question and never answer."""
        self.wait_for_close("mute")

    def model_stalling(self) -> None:
        """Fall silent after a piece."""
        self.begin()
        self.piece("Staff ")
        self.wait_for_close("stalling")

    def model_breaking(self) -> None:
        """Close the connection after a piece, without the end that HTTP asks for."""
        self.begin()
        self.piece("Staff ")
        self.close_connection = True

    def model_ending(self) -> None:
        """End the stream as HTTP asks for, but before the answer has ended."""
        self.begin()
        self.piece("Staff ")
        self.chunk(b"")

    def model_babbling(self) -> None:
        """Send an event that is no JSON."""
        self.begin()
        self.event("{'choices': oops}")
        self.chunk(b"")

    def model_failing_late(self) -> None:
        """Report an error after a piece."""
        self.begin()
        self.piece("Staff ")
        self.event(json.dumps({"error": {"message": "out of memory"}}))
        self.chunk(b"")

    def model_flooding(self) -> None:
        """Send comments without end."""
        self.begin()
        try:
            while True:
                self.chunk(b": wait\n" * 10_000)
        except OSError:
            CLOSED.append("flooding")

    def model_failing(self) -> None:
        """Fail before a word is written."""
        self.reply(500, {"error": {"message": "CUDA out of memory", "type": "server_error"}})

    def model_whole(self) -> None:
        """Answer in one piece though a stream was asked for."""
        self.reply(200, {"choices": [{"message": {"content": REPLIES["honest"]}}]})

    def model_page(self) -> None:
        """Answer with a web page."""
        self.send(200, "text/html", b"<html>Welcome to my router</html>")

    def model_moved(self) -> None:
        """Lead to another address, where an answer would be given."""
        self.send_response(307)
        self.send_header("Location", "/elsewhere/v1/chat/completions")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def write_reply(self, model: str) -> None:
        """Stream a reply in pieces of six characters, as servers do."""
        text = REPLIES[model]
        self.begin()
        self.event(json.dumps({"choices": [{"delta": {"role": "assistant", "content": None}}]}))
        for start in range(0, len(text), 6):
            self.piece(text[start : start + 6])
        self.event(json.dumps({"choices": [{"delta": {}, "finish_reason": "stop"}]}))
        self.event(json.dumps({"choices": [], "usage": {"total_tokens": 9}}))
        self.event("[DONE]")
        if model == "lingering":
            self.wait_for_close(model)
        else:
            self.chunk(b"")

    def begin(self) -> None:
        """Begin a stream of events."""
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream; charset=utf-8")
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()

    def piece(self, text: str) -> None:
        """Send a piece of an answer."""
        choice = {"index": 0, "delta": {"content": text}, "finish_reason": None}
        self.event(json.dumps({"choices": [choice]}))

    def event(self, data: str) -> None:
        """Send an event."""
        self.chunk(f"data: {data}\n\n".encode())

    def chunk(self, data: bytes) -> None:
        """Send a chunk of a body; an empty one ends it."""
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        self.wfile.flush()

    def wait_for_close(self, name: str) -> None:
        """Wait until the other side closes the connection."""
        select.select([self.connection], [], [], 60)
        CLOSED.append(name)
        self.close_connection = True

    def reply(self, status: int, content: object) -> None:
        """Send a whole body of JSON."""
        self.send(status, "application/json", json.dumps(content).encode())

    def send(self, status: int, kind: str, body: bytes) -> None:
        """Send a whole body."""
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    print(f"http://127.0.0.1:{server.server_port}", flush=True)  # noqa: T201 - the parent reads it
    server.serve_forever()
