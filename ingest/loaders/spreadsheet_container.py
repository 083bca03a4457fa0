"""The container of old Excel files: what its tables claim, checked before a reader believes it.

The container is a small file system: tables of sectors chain those of each stream, as in FAT.
"""

import struct
from collections.abc import Sequence

from ingest.errors import DocumentError
from ingest.loaders.zip_package import OLE_MARK

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_SECTOR_SHIFTS = (9, 12)
_COUNTS = (40, 44, 64, 72)  # where the header counts directory, FAT, mini FAT and DIFAT sectors
_FIRST_MINI = 60
_FIRST_DIFAT = 68
_LISTED = 76  # where the header lists the first sectors of the FAT
_HEADER = 512
_DAMAGED = "damaged: its container contradicts itself"


def check_container(data: bytes) -> None:
    """Check the container that all bytes of a file make up.

    Raises DocumentError where it holds an encrypted workbook, where its header counts more sectors
    than there are, or where a chain of sectors runs in a circle: a reader would take memory for
    ever.
    """
    if _ENCRYPTED in data:
        raise DocumentError("password protected")
    shift = int.from_bytes(data[30:32], "little")
    if not data.startswith(OLE_MARK) or len(data) < _HEADER or shift not in _SECTOR_SHIFTS:
        raise DocumentError(_DAMAGED)
    sectors = len(data) >> shift
    if max(_number(data, place) for place in _COUNTS) > sectors:
        raise DocumentError(_DAMAGED)
    chains = _entries(data, shift, _fat_sectors(data, shift, sectors))
    if _runs_in_circle(chains):
        raise DocumentError(_DAMAGED)
    mini = []
    sector = _number(data, _FIRST_MINI)
    while sector < len(chains):
        mini.append(sector)
        sector = chains[sector]
    if _runs_in_circle(_entries(data, shift, mini)):
        raise DocumentError(_DAMAGED)


def _number(data: bytes, place: int) -> int:
    return int.from_bytes(data[place : place + 4], "little")


def _entries(data: bytes, shift: int, sectors: Sequence[int]) -> list[int]:
    """Return the entries of a table that lies in these sectors."""
    table = b"".join(data[sector + 1 << shift : sector + 2 << shift] for sector in sectors)
    return list(struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4]))


def _fat_sectors(data: bytes, shift: int, sectors: int) -> list[int]:
    """Return the sectors of the FAT: those the header lists, and those of further lists."""
    listed = [_number(data, place) for place in range(_LISTED, _HEADER, 4)]
    sector, seen = _number(data, _FIRST_DIFAT), set[int]()
    while sector < sectors and sector not in seen:
        seen.add(sector)
        *more, sector = _entries(data, shift, [sector]) or [sectors]
        listed += more
    return [number for number in dict.fromkeys(listed) if number < sectors]


def _runs_in_circle(chains: Sequence[int]) -> bool:
    """Tell whether following the entries of a table from anywhere comes back to the same one."""
    followed_from = [-1] * len(chains)
    for start in range(len(chains)):
        sector = start
        while sector < len(chains) and followed_from[sector] < 0:
            followed_from[sector] = start
            sector = chains[sector]
        if sector < len(chains) and followed_from[sector] == start:
            return True
    return False
