"""A Chromium that notes what it asks for, and servers for it to visit."""

import os
import re
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

CHROMIUM = Path("/usr/bin/chromium")
ARGUMENTS = (
    "--no-sandbox",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--disable-quic",
)
ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120  # seconds; a machine may be busy
WATCHER = """
import sys
def _watch(event, arguments):
    if event == "socket.getaddrinfo":
        host = arguments[0]
    elif event in ("socket.connect", "socket.sendto") and isinstance(arguments[1], tuple):
        host = arguments[1][0]
    else:
        return
    if host not in (None, "", "127.0.0.1", "localhost", "::1", b"127.0.0.1", b"localhost"):
        with open({log!r}, "a") as log:
            log.write(f"{{event}} {{host}}\\n")
        raise PermissionError(f"no connection to {{host}}")
with open({log!r}, "a") as log:
    log.write("watching\\n")
sys.addaudithook(_watch)
"""


class Watched:
    """Environment of processes whose attempts to connect elsewhere are noted and refused."""

    def __init__(self, folder: Path) -> None:
        self.log = folder / "attempts.txt"
        (folder / "sitecustomize.py").write_text(WATCHER.format(log=str(self.log)))
        self.environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join((str(folder), str(ROOT))),
            "XDG_CONFIG_HOME": str(folder),
            "XDG_DATA_HOME": str(folder),
        }

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run ``python ARGUMENTS`` to its end."""
        return subprocess.run(
            [sys.executable, *arguments],
            env=self.environment,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=PATIENCE,
        )

    def attempts(self) -> list[str]:
        """Return the attempts so far; raises unless at least one process was watched."""
        lines = self.log.read_text().splitlines()
        if "watching" not in lines:
            raise RuntimeError("no process was watched")
        return [line for line in lines if line != "watching"]


@contextmanager
def served(arguments: Sequence[str], environment: dict[str, str]) -> Iterator[tuple[str, "Lines"]]:
    """Run ``python ARGUMENTS`` until it prints an address; yield it and what is printed later."""
    process = subprocess.Popen(
        [sys.executable, "-u", *arguments],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        lines = Lines(process)
        address = re.search(r"http://\S+/", lines.wait_for("http://"))
        assert address is not None
        yield address[0], lines
    finally:
        process.terminate()
        try:
            process.wait(15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


class Lines:
    """What a process prints, line by line."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process

    def wait_for(self, words: str) -> str:
        """Return the next line that holds ``words``; raises after a while."""
        stream = self._process.stdout
        assert stream is not None
        deadline = time.monotonic() + PATIENCE
        while time.monotonic() < deadline and self._process.poll() is None:
            if select.select([stream], [], [], 1)[0]:
                line = stream.readline()
                if words in line:
                    return line
        raise TimeoutError(f"the process did not print {words!r}")
