"""Sorting files out by size and time, before anything is read."""

from pathlib import Path

from ingest.folder import FoundFile, Scan
from ingest.plan import make_plan
from ingest.records import DocumentRecord
from ingest.types import Skipped


def found(file: str, size: int = 10, mtime: int = 5) -> FoundFile:
    """Return a file as a scan finds it."""
    return FoundFile(file, Path("/folder") / file, size, mtime)


def test_each_file_goes_where_it_belongs() -> None:
    """Same facts need no reading; new, changed and doubtful ones do; lost ones are gone."""
    scan = Scan([found(f"{name}.txt") for name in ("same", "grown", "doubtful", "new", "bad")])
    scan.found.append(found("huge.txt", size=2_000_001))
    records = [
        DocumentRecord("same.txt", "read", 10, 5),
        DocumentRecord("grown.txt", "read", 9, 5),
        DocumentRecord("doubtful.txt", "read", 10, 5, trusted=False),
        DocumentRecord("bad.txt", "skipped", 10, 5, reason="damaged"),
        DocumentRecord("lost.txt", "read", 10, 5),
    ]
    plan = make_plan(scan, records, max_bytes=2_000_000)
    assert [f.file for f in plan.to_read] == ["grown.txt", "doubtful.txt", "new.txt"]
    assert plan.unchanged == ("same.txt",)
    assert [record.file for record in plan.gone] == ["lost.txt"]
    reasons = {record.file: record.reason for record in plan.skipped}
    assert reasons["bad.txt"] == "damaged"
    assert reasons["huge.txt"] == "larger than 2 MB; max_file_mb sets the limit"
    again = make_plan(scan, records, max_bytes=2_000_000, retry=True)
    assert "bad.txt" in [f.file for f in again.to_read]


def test_files_out_of_sight_are_not_gone() -> None:
    """What lies below an unreadable folder, or cannot be looked at, stays in the library."""
    scan = Scan(
        skipped=[Skipped("closed/", "cannot be listed"), Skipped("odd.txt", "cannot be read")],
        unreadable=["closed/", "odd.txt"],
    )
    records = [
        DocumentRecord(file, "read", 10, 5)
        for file in ("closed/a.txt", "odd.txt", "closedness.txt", "odd.txt2")
    ]
    gone = make_plan(scan, records, 1000).gone
    assert [record.file for record in gone] == ["closedness.txt", "odd.txt2"]
