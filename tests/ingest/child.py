"""An ingest in a process of its own, to be killed: ``python -m tests.ingest.child FOLDER LIBRARY``.

Prints a line for each step of progress. A third argument limits the size of any file it writes.
"""

import sys
from pathlib import Path

from ingest.config import load_settings
from ingest.errors import FootnoteError
from ingest.pipeline import ingest
from ingest.progress import Progress
from tests.doubles import HashedEmbedder


def show(progress: Progress) -> None:
    """Tell the parent how far it is."""
    sys.stdout.write(f"{progress.files_done} {progress.file}\n")
    sys.stdout.flush()


def main() -> None:
    """Ingest, and print an error of ours as the command would."""
    if len(sys.argv) > 3:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))
    try:
        settings = load_settings(chunk_tokens=40)
        ingest(Path(sys.argv[1]), Path(sys.argv[2]), settings, HashedEmbedder(), show)
    except FootnoteError as error:
        sys.exit(f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
