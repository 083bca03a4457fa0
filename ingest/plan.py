"""What an ingest has to do: the files of a folder against the records of a library."""

from collections.abc import Iterable
from dataclasses import dataclass

from ingest.folder import FoundFile, Scan
from ingest.records import DocumentRecord
from ingest.types import Skipped


@dataclass(frozen=True, slots=True)
class Plan:
    """Files to read, files that need no reading, and records whose files are gone.

    ``kept`` are files that are there but cannot be read just now. ``known`` holds the records of
    the library by file.
    """

    to_read: tuple[FoundFile, ...]
    unchanged: tuple[str, ...]
    skipped: tuple[DocumentRecord, ...]
    gone: tuple[DocumentRecord, ...]
    kept: tuple[str, ...]
    known: dict[str, DocumentRecord]


def make_plan(
    scan: Scan, records: Iterable[DocumentRecord], max_bytes: int, retry: bool = False
) -> Plan:
    """Sort out the files found, by size and time alone; larger ones than ``max_bytes`` are skipped.

    With ``retry``, files that could not be read before are read again though they are unchanged.
    Records below a folder that could not be listed are not gone: cannot read is not empty.
    """
    known = {record.file: record for record in records}
    to_read, unchanged, skipped = [], [], [_skipped(file) for file in scan.skipped]
    for found in scan.found:
        record = known.get(found.file)
        if found.size > max_bytes:
            reason = f"larger than {max_bytes // 1_000_000} MB; max_file_mb sets the limit"
            skipped.append(DocumentRecord(found.file, "skipped", *_facts(found), reason=reason))
        elif record is None or not record.trusted or _facts(found) != (record.size, record.mtime):
            to_read.append(found)
        elif record.status == "read":
            unchanged.append(found.file)
        elif retry:
            to_read.append(found)
        else:
            skipped.append(record)
    there = {f.file for f in scan.found} | {f.file for f in scan.skipped} | set(scan.unreadable)
    hidden = tuple(name for name in scan.unreadable if name.endswith("/"))
    gone = tuple(r for r in known.values() if r.file not in there and not r.file.startswith(hidden))
    return Plan(
        tuple(to_read), tuple(unchanged), tuple(skipped), gone, tuple(scan.unreadable), known
    )


def _facts(found: FoundFile) -> tuple[int, int]:
    return found.size, found.mtime


def _skipped(skipped: Skipped) -> DocumentRecord:
    return DocumentRecord(skipped.file, "skipped", 0, 0, reason=skipped.reason, trusted=False)
