"""Screenshots, read with nothing but zlib: enough of PNG for what a browser writes.

Portable Network Graphics (W3C, third edition): 8 bits a channel, RGB or RGBA, not interlaced.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_CHANNELS = {2: 3, 6: 4}


@dataclass(frozen=True)
class Picture:
    """Pixels, row by row."""

    width: int
    height: int
    channels: int
    rows: list[bytes]

    def colours(self) -> set[bytes]:
        """All that occur."""
        step = self.channels
        return {row[x : x + step] for row in self.rows for x in range(0, len(row), step)}

    def share_of_commonest(self) -> float:
        """How much of it has the colour that most of it has."""
        step, counts = self.channels, dict[bytes, int]()
        for row in self.rows[::4]:
            for x in range(0, len(row), 4 * step):
                colour = row[x : x + step]
                counts[colour] = counts.get(colour, 0) + 1
        return max(counts.values()) / sum(counts.values())


def read_png(data: bytes) -> Picture:
    """The picture; anything but a whole one of that kind is a `ValueError`."""
    if not data.startswith(_SIGNATURE):
        raise ValueError("not a PNG")
    place, packed, header = len(_SIGNATURE), b"", b""
    while place < len(data):
        (length,) = struct.unpack_from(">I", data, place)
        kind, body = data[place + 4 : place + 8], data[place + 8 : place + 8 + length]
        if kind == b"IHDR":
            header = body
        elif kind == b"IDAT":
            packed += body
        place += 12 + length
    width, height, depth, colour, *rest = struct.unpack(">IIBBBBB", header)
    if depth != 8 or colour not in _CHANNELS or rest != [0, 0, 0]:
        raise ValueError("another kind of PNG than browsers write")
    step = _CHANNELS[colour]
    return Picture(width, height, step, _unfiltered(zlib.decompress(packed), width * step, step))


def _unfiltered(data: bytes, stride: int, step: int) -> list[bytes]:
    rows: list[bytes] = []
    above = bytes(stride)
    for start in range(0, len(data), stride + 1):
        row = bytearray(data[start + 1 : start + 1 + stride])
        _unfilter(data[start], row, above, step)
        above = bytes(row)
        rows.append(above)
    return rows


def _unfilter(kind: int, row: bytearray, above: bytes, step: int) -> None:
    """In place: none, sub, up, average, Paeth."""
    if kind == 2:
        row[:] = bytes((a + b) & 255 for a, b in zip(row, above, strict=True))
        return
    for x in range(len(row) if kind else 0):
        left = row[x - step] if x >= step else 0
        corner = above[x - step] if x >= step else 0
        guess = (0, left, 0, (left + above[x]) // 2, _paeth(left, above[x], corner))[kind]
        row[x] = (row[x] + guess) & 255


def _paeth(left: int, up: int, corner: int) -> int:
    """Whichever of the three is nearest to left + up − corner."""
    by_left, by_up = abs(up - corner), abs(left - corner)
    by_corner = abs(left + up - 2 * corner)
    if by_left <= by_up and by_left <= by_corner:
        return left
    return up if by_up <= by_corner else corner
