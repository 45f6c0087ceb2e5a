"""Archives that are nearly honest: a writer that lies at random, and bytes turned at random.

Equal seeds give equal archives, but for those packed by other programs, which write the time.
"""

from __future__ import annotations

import random
import struct
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.archives.honest import unicode_name

from pytest_stigmer.factories import artifacts as zips

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pytest_stigmer.factories.artifacts import Entry

    Change = Callable[["Mutator", Entry], Entry]

_TEXT = b"# Calculator\n\nIt adds.\n"
_NAMES = (
    *("data.bin", "docs/a.md", "docs/", "SKILL.md/x", "SKILL.md/", "skill.md", "SKILL.md.", "a;1"),
    *("a:b", "C:x", "./x", "../x", "/x", "a\\b", "a//b", "a/./b", "a ", "a~1.txt", "\u00fc.md"),
    *("u\u0308.md", "x" * 255, "x" * 256, "y/" * 90, "y/" * 1999 + "y", "-", "CON", "a\x01", ""),
    *("docs", "docs/\u00e9/", "docs/e\u0301/b", "\u202ea", "AUX.", "a?*b", "SKILL.md:x", "@x", "é"),
)
_FLAGS = (0x1, 0x2, 0x4, 0x8, 0x10, 0x20, 0x40, 0x80, 0x400, 0x800, 0x1000, 0x2000, 0x8000)
_MODES = (0, 0o644, 0o100644, 0o100755, 0o104755, 0o040755, 0o120777, 0o010644, 0o020666, 0o140777)
_DOS = (0, 0x1, 0x2, 0x4, 0x8, 0x10, 0x20, 0x40, 0x80, 0x400, 0x8000)
_CREATORS = (*range(20), 30, 255)
_NEEDED = (0, 10, 20, 45, 46, 51, 63, 99, 0xFFFF)
_METHODS = (0, 8, 8, 9, 12, 14, 95, 99)
_LIES = (-1, 1, 5, 1 << 16)
_MARKS = (b"PK\1\2", b"PK\3\4", b"PK\5\6", b"PK\6\6", b"PK\6\7", b"PK\7\x08")
_HALF, _FEW, _RARELY = 0.5, 0.2, 0.1


class Mutator:
    """Makes one archive after the other from a seed and a few honest ones."""

    def __init__(self, seed: int, honest: Sequence[bytes]) -> None:
        self.chance = random.Random(seed)  # noqa: S311
        self._honest = honest

    def archive(self) -> bytes:
        """Return the next archive."""
        data = self._written() if self.chance.random() > _FEW else self.chance.choice(self._honest)
        if self.chance.random() < _FEW:
            data = self.chance.choice(_WHOLE)(self, data)
        return self._turned(data) if self.chance.random() < _FEW else data

    def _written(self) -> bytes:
        count = self.chance.randint(0, 3)
        names = (
            self.chance.sample(_NAMES, count) if self.chance.random() < _HALF else _NAMES[:count]
        )
        entries = [self._file("SKILL.md"), *map(self._file, names)]
        for _ in range(self.chance.choice((0, 1, 1, 1, 2, 3))):
            at = self.chance.randrange(len(entries))
            entries[at] = self.chance.choice(_ENTRY)(self, entries[at])
        comment = b"by hand" if self.chance.random() < _RARELY else b""
        data = zips.pack(entries, comment=comment)
        return zips.zip64(data) if self.chance.random() < _RARELY and not comment else data

    def _file(self, name: str) -> Entry:
        is_folder = name.endswith("/")
        content = b"" if is_folder else _TEXT * self.chance.randint(0, 9)
        entry = zips.Entry(name.encode(), content, mode=0o040755 if is_folder else 0o100644)
        if self.chance.random() < _HALF:
            packer = zlib.compressobj(wbits=-15)
            body = packer.compress(content) + packer.flush()
            sizes = {"size": len(content), "crc": zlib.crc32(content)}
            entry = replace(entry, body=body, method=zips.DEFLATED, **sizes)
        return zips.descriptor(entry) if self.chance.random() < _FEW else entry

    def _turned(self, data: bytes) -> bytes:
        turned = bytearray(data)
        if not turned:
            return data
        for _ in range(self.chance.randint(1, 3)):
            turned[self.chance.randrange(len(turned))] = self.chance.choice((0, 1, 8, 32, 255))
        return bytes(turned)

    def other(self, entry: Entry) -> Entry:
        """Change one field as both headers have it."""
        chance = self.chance
        field, values = chance.choice(
            (
                ("mode", _MODES),
                ("dos", _DOS),
                ("creator", _CREATORS),
                ("needed", _NEEDED),
                ("method", _METHODS),
                ("flags", tuple(entry.flags ^ flag for flag in _FLAGS)),
                ("name", tuple(name.encode() for name in _NAMES)),
                ("name", (b"caf\xe9", b"\xc3", "\u00fc".encode(), entry.name + b"x")),
                ("comment", (b"note", *(mark + b"\0" * 18 for mark in _MARKS))),
                ("crc", (0, 0xBAD, 0x08074B50)),
                ("size", tuple(max(0, len(entry.body) + lie) for lie in (0, *_LIES))),
            )
        )
        return replace(entry, **{field: chance.choice(values)})

    def beside(self, entry: Entry) -> Entry:
        """Let the header beside the data say something else than the directory."""
        return replace(entry, local=self.chance.choice((Mutator.other, Mutator.extra))(self, entry))

    def extra(self, entry: Entry) -> Entry:
        """Add an extra field."""
        names = (entry.name, b"other.md", b"")
        known = (
            zips.field(0x5455, b"\1" + bytes(4)),
            zips.field(0x5455, b"\3" + bytes(8)),
            zips.field(0x7875, b"\1\4" + bytes(4) + b"\4" + bytes(4)),
            zips.field(0x000A, bytes(4) + b"\1\0\x18\0" + bytes(24)),
            zips.field(0xCAFE, b""),
            *(unicode_name(entry.name, name) for name in names),
            unicode_name(b"", b"other.md"),
            zips.field(1, struct.pack("<2Q", len(entry.body), len(entry.body))),
            zips.field(1, struct.pack("<3Q", 7, 7, 7)),
            zips.field(1, b""),
            zips.field(0x9901, bytes(7)),
            zips.field(0x6C78, b"\0\1\3" + bytes(9)),
            zips.field(0xFEED, self.chance.choice(_MARKS) + bytes(self.chance.choice((16, 18)))),
            b"\0",
            bytes(4),
            b"\1\0\xff\0",
        )
        return replace(entry, extra=entry.extra + self.chance.choice(known))

    def streamed(self, entry: Entry) -> Entry:
        """Let a descriptor follow, true or not, with or without its mark."""
        crc = self.chance.choice((None, None, 0, 0xBAD))
        made = zips.descriptor(entry, crc=crc)
        return replace(made, after=made.after[self.chance.choice((0, 0, 4, 8)) :])

    def followed(self, entry: Entry) -> Entry:
        """Let bytes follow the data."""
        return replace(entry, after=entry.after + self.chance.choice((b"\0", *_MARKS)))

    def shared(self, entry: Entry) -> Entry:
        """Point at the data of the entry before."""
        return replace(entry, shared=True)

    def twice(self, data: bytes) -> bytes:
        """Put two archives into one file."""
        return data + self._written()

    def equal(self, data: bytes) -> bytes:
        """Put two archives of equal layout into one file."""
        return data + data.replace(b"adds", b"eats")

    def around(self, data: bytes) -> bytes:
        """Put bytes before, after, or before the end record."""
        more = self.chance.choice((b"\0", b"#!/bin/sh\n", b"\0" * 512, *_MARKS))
        at = self.chance.choice((0, len(data), max(0, data.rfind(b"PK\5\6"))))
        return data[:at] + more + data[at:]

    def hidden(self, data: bytes) -> bytes:
        """Let ZIP64 records lie in the comment of the last entry and name another directory."""
        del data
        start = self.chance.choice((0, 20))
        wide = zips.zip64(zips.pack([self._file("SKILL.md")]), 1, 60, start)
        records = wide[wide.rfind(b"PK\6\6") : wide.rfind(b"PK\5\6")]
        return zips.pack([self._file("SKILL.md"), replace(self._file("a"), comment=records)])

    def ended(self, data: bytes) -> bytes:
        """Change a number of the end record, or of the ZIP64 one before it."""
        at = data.rfind(self.chance.choice((b"PK\5\6", b"PK\5\6", b"PK\6\6", b"PK\6\7")))
        if at < 0:
            return data
        place = at + self.chance.randrange(4, min(22, len(data) - at))
        return data[:place] + bytes([self.chance.choice((0, 1, 255))]) + data[place + 1 :]


_ENTRY: tuple[Change, ...] = (
    *(Mutator.other,) * 4,
    *(Mutator.beside,) * 2,
    *(Mutator.extra,) * 2,
    Mutator.streamed,
    Mutator.followed,
    Mutator.shared,
)
_WHOLE = (Mutator.twice, Mutator.equal, Mutator.around, Mutator.hidden, Mutator.ended)
