"""Parsing in a child process with limits, because a file may be made to kill its parser.

A 780-byte PDF can take gigabytes, others run for ever or crash the process. The parent sends the
path of a file as one line of JSON and reads one line back; nothing is ever unpickled.
"""

import json
import math
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from types import TracebackType
from typing import IO, Any

from ingest.errors import DocumentError
from ingest.loaders import load
from ingest.types import Document, Heading, Page, Span

if sys.platform != "win32":
    import resource

_WALL = 5  # a file may wait for the processor this many times as long as it may use it
_MAX_REPLY = 400_000_000
_MEGABYTE = 1 << 20
_THREADS = {name: "1" for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")}


class ParserPool:
    """Reads files in a child process, which is replaced after a file that broke its limits.

    ``seconds`` limits the processor time of one file, ``memory_mb`` what it may take beyond the
    bare interpreter. On Windows, which has no such limits, only the time on the clock is watched.
    """

    def __init__(self, seconds: int = 60, memory_mb: int = 1500) -> None:
        self._seconds = seconds
        self._memory_mb = memory_mb
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def __enter__(self) -> "ParserPool":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the child process; a later ``load`` starts another."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()

    def load(self, path: Path) -> Document:
        """Read a file as ``ingest.loaders.load`` does.

        Raises DocumentError with the reason, also where the parser took too long, needed too much
        memory or crashed.
        """
        with self._lock:
            try:
                return self._load(path)
            except BaseException as error:
                if not isinstance(error, DocumentError):
                    self.close()
                raise

    def _load(self, path: Path) -> Document:
        process = self._started()
        reply, overdue = self._asked(process, path)
        if not reply.endswith(b"\n"):
            raise DocumentError(self._cause_of_death(process, overdue))
        try:
            answer = json.loads(reply)
            if "document" in answer:
                return _document(answer["document"])
            reason = str(answer["reason"])
        except (ValueError, KeyError, TypeError):
            self.close()
            raise DocumentError("its parser gave no usable reply") from None
        if answer.get("exhausted"):
            self.close()
            reason = f"needs more than {self._memory_mb} MB to parse"
        raise DocumentError(reason)

    def _started(self) -> subprocess.Popen[bytes]:
        """Return the running child, or start one."""
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = subprocess.Popen(
                # -P: the folder a person works in must not provide the modules
                [
                    sys.executable,
                    "-P",
                    "-m",
                    "ingest.isolation",
                    str(self._seconds),
                    str(self._memory_mb),
                ],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**os.environ, **_THREADS, "PYTHONPATH": _module_path()},
            )
        return self._process

    def _asked(self, process: subprocess.Popen[bytes], path: Path) -> tuple[bytes, bool]:
        """Send a path and return the line that comes back, and whether the clock ran out."""
        overdue = threading.Event()

        def stop() -> None:
            overdue.set()
            process.kill()

        timer = threading.Timer(_WALL * self._seconds, stop)
        timer.daemon = True
        timer.start()
        try:
            request = json.dumps(str(path.absolute())).encode("ascii") + b"\n"
            _stream(process.stdin).write(request)
            _stream(process.stdin).flush()
            reply = _stream(process.stdout).readline(_MAX_REPLY)
            if len(reply) == _MAX_REPLY:
                process.kill()
            return reply, overdue.is_set()
        except BrokenPipeError:
            return b"", overdue.is_set()
        finally:
            timer.cancel()

    def _cause_of_death(self, process: subprocess.Popen[bytes], overdue: bool) -> str:
        """Say why a child gave no whole reply, and leave none behind."""
        peak = _reap(process)
        code = process.returncode or 0
        self.close()
        if overdue:
            return f"took longer than {_WALL * self._seconds} s to parse"
        if code == -getattr(signal, "SIGXCPU", 0):
            return f"took longer than {self._seconds} s to parse"
        if peak > 0.8 * self._memory_mb:
            return f"needs more than {self._memory_mb} MB to parse"
        return f"its parser crashed (signal {-code})" if code < 0 else "its parser crashed"


def _module_path() -> str:
    """Return where the child finds our modules, never in the folder that is current."""
    ours = str(Path(__file__).resolve().parent.parent)
    others = os.environ.get("PYTHONPATH", "").split(os.pathsep)
    return os.pathsep.join([ours, *filter(os.path.isabs, others)])


def _stream(stream: IO[bytes] | None) -> IO[bytes]:
    """Return a pipe of the child, which was asked for when it was started."""
    if stream is None:
        raise BrokenPipeError("the parser has no pipe")
    return stream


def _reap(process: subprocess.Popen[bytes]) -> float:
    """Wait for a child's end and return the most memory it held, in MB (0 where unknown)."""
    if sys.platform == "win32":
        process.wait()
        return 0.0
    try:
        _, status, usage = os.wait4(process.pid, 0)
    except ChildProcessError:  # the timer saw it die first
        process.wait()
        return 0.0
    process.returncode = os.waitstatus_to_exitcode(status)
    unit = 1 if sys.platform == "darwin" else 1024
    return usage.ru_maxrss * unit / _MEGABYTE


def _document(fields: Mapping[str, Any]) -> Document:
    """Build a Document from the JSON a child sent."""
    return Document(
        title=str(fields["title"]),
        text=str(fields["text"]),
        pages=tuple(Page(**page) for page in fields["pages"]),
        headings=tuple(Heading(**heading) for heading in fields["headings"]),
        solid=tuple(Span(**span) for span in fields["solid"]),
        notes=tuple(map(str, fields["notes"])),
    )


def _serve(seconds: int, memory_mb: int) -> None:
    """Answer requests from standard input until it ends: the whole life of a child."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a parser prints is no reply
    if sys.platform != "win32":
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    for line in sys.stdin.buffer:
        _limit(seconds, memory_mb)
        replies.write(_reply(Path(json.loads(line))))
        replies.flush()


def _limit(seconds: int, memory_mb: int) -> None:
    """Allow so much processor time and memory from now on."""
    if sys.platform != "win32":
        spent = math.ceil(time.process_time())
        _, most = resource.getrlimit(resource.RLIMIT_CPU)
        resource.setrlimit(resource.RLIMIT_CPU, (spent + seconds, most))
        _, most = resource.getrlimit(resource.RLIMIT_AS)
        resource.setrlimit(resource.RLIMIT_AS, (_in_use() + memory_mb * _MEGABYTE, most))


def _in_use() -> int:
    """Return the bytes of address space this process has now."""
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[0])
    except OSError:
        return 512 * _MEGABYTE
    return pages * os.sysconf("SC_PAGE_SIZE")


def _reply(path: Path) -> bytes:
    """Return the line of JSON that answers a request."""
    try:
        answer: dict[str, Any] = {"document": asdict(load(path))}
        return json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace") + b"\n"
    except DocumentError as error:
        answer = {"reason": str(error)}
    except MemoryError:
        answer = {"reason": "", "exhausted": True}
    except BaseException as error:  # a parser written in Rust may raise what is no Exception
        answer = {"reason": f"its parser failed ({type(error).__name__})"}
    return json.dumps(answer).encode("ascii") + b"\n"


if __name__ == "__main__":
    _serve(int(sys.argv[1]), int(sys.argv[2]))
