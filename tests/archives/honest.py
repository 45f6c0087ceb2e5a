"""What honest packers write: one small skill, packed by every program that is installed."""

from __future__ import annotations

import io
import os
import shutil
import struct
import subprocess
import unicodedata
import zipfile
import zlib
from dataclasses import replace
from typing import TYPE_CHECKING

from pytest_stigmer.factories import artifacts as zips
from pytest_stigmer.factories.good_artifacts import GOOD_ARTIFACTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SKILL_MD = "# Calculator\n\nIt adds.\n" * 9
FILES = {
    "SKILL.md": SKILL_MD,
    "docs/two words.md": "# Words\n" * 40,
    "docs/empty.txt": "",
    "packages/pkg-1.0~2.deb": "x" * 300,
    "scripts/run.sh": "#!/bin/sh\nexpr 1 + 1\n",
    "UPPER.MD": "a",
}
UNICODE = {
    "docs/\u00dcbung.md": "composed",
    unicodedata.normalize("NFD", "docs/\u00e9t\u00e9.md"): "decomposed",
    "docs/\u65e5\u672c\U0001f600.md": "wide",
}
EARLIEST, LATEST = (1980, 1, 1, 0, 0, 0), (2107, 12, 31, 23, 59, 58)
_ENVIRONMENT = {**os.environ, "LC_ALL": "C.UTF-8"}

# Each is run in the folder of the skill and leaves its archive at `{zip}`.
_COMMANDS = {
    "zip": ("zip -q -r {zip} .",),
    "zip, stored": ("zip -q -0 -r {zip} .",),
    "zip, without extra fields and folders": ("zip -q -9 -X -D -r {zip} .",),
    "zip, zip64": ("zip -q -fz -r {zip} .",),
    "zip into a pipe": ("zip -q -r - . | cat > {zip}",),
    "zip, from standard input": ("zip -q {zip} SKILL.md - < UPPER.MD",),
    "zip, from a pipe": ("echo piped | zip -q {zip} SKILL.md -",),
    "zip, a comment": ("zip -q -r {zip} .", "echo by hand | zip -q -z {zip}"),
    "zip, deleted and updated": (
        "zip -q -r {zip} .",
        "zip -q -d {zip} UPPER.MD",
        "touch -d 2040-01-01 SKILL.md; zip -q -u {zip} SKILL.md",
    ),
    "7z": ("7z a -bso0 -bsp0 {zip} .",),
    "7z, best": ("7z a -bso0 -bsp0 -mx=9 -mtc=on -mta=on {zip} SKILL.md docs scripts",),
    "7z, stored": ("7z a -bso0 -bsp0 -mx=0 {zip} .",),
    "bsdtar": ("bsdtar -a -cf {zip} SKILL.md docs scripts packages",),
    "bsdtar, stored": ("bsdtar -a --options compression=store -cf {zip} SKILL.md docs",),
    "bsdtar, zip64": ("bsdtar -a --options zip64 -cf {zip} SKILL.md docs",),
}
_WRITES_UNICODE = {"7z", "bsdtar"}

_GO_WRITER = """
package main

import (
	"archive/zip"
	"os"
	"time"
)

func main() {
	target, _ := os.Create(os.Args[1])
	archive := zip.NewWriter(target)
	archive.SetComment("by Go")
	for _, method := range []uint16{zip.Store, zip.Deflate} {
		for _, name := range []string{"SKILL.md", "docs/", "docs/a.md", "empty"} {
			header := &zip.FileHeader{Name: name, Method: method, Modified: time.Unix(1e9, 0)}
			if method == zip.Deflate {
				header.Name = "\\u00e9t\\u00e9/" + name
				header.SetMode(0o755)
			}
			entry, _ := archive.CreateHeader(header)
			if name[len(name)-1] != '/' && name != "empty" {
				entry.Write([]byte("# Calculator, written by Go\\n"))
			}
		}
	}
	archive.Close()
	target.Close()
}
"""


def honest(folder: Path, *, go: bool = True) -> Iterator[tuple[str, bytes]]:
    """Yield archives by what packed them; programs that are not installed yield none."""
    for name, make in GOOD_ARTIFACTS.items():
        yield f"good: {name}", make()
    yield from _of_python()
    yield from _of_other_systems()
    skill = folder / "skill"
    for name, text in FILES.items():
        (skill / name).parent.mkdir(parents=True, exist_ok=True)
        (skill / name).write_text(text)
    (skill / "docs/folder").mkdir()
    (skill / "scripts/run.sh").chmod(0o755)
    (skill / "scripts").chmod(0o2775)
    for name, commands in _COMMANDS.items():
        program = name.partition(",")[0].partition(" ")[0]
        if shutil.which(program):
            yield name, _packed(folder, skill, commands)
    for name, text in UNICODE.items():
        (skill / name).write_text(text)
    for name in _WRITES_UNICODE:
        if shutil.which(name):
            yield f"{name}, Unicode", _packed(folder, skill, _COMMANDS[name])
    if go and shutil.which("go"):
        yield "Go", _of_go(folder)


def _packed(folder: Path, skill: Path, commands: tuple[str, ...]) -> bytes:
    target = folder / "packed.zip"
    target.unlink(missing_ok=True)
    for command in commands:
        shell = ("sh", "-ec", command.format(zip=target))
        subprocess.run(shell, cwd=skill, env=_ENVIRONMENT, check=True)
    return target.read_bytes()


def _of_go(folder: Path) -> bytes:
    source, target = folder / "writer.go", folder / "go.zip"
    source.write_text(_GO_WRITER)
    subprocess.run(
        ["go", "run", source, target], env={**_ENVIRONMENT, "GO111MODULE": "off"}, check=True
    )
    return target.read_bytes()


def _of_python() -> Iterator[tuple[str, bytes]]:
    for method in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        for force_zip64 in (False, True):
            for streamed in (False, True):
                name = f"zipfile, method {method}, {force_zip64=}, {streamed=}"
                yield name, python_zip(method, force_zip64=force_zip64, streamed=streamed)


def python_zip(method: int, *, force_zip64: bool = False, streamed: bool = False) -> bytes:
    """Return an archive written by Python's zipfile, without seeking when `streamed`."""
    buffer = io.BytesIO()
    if streamed:
        buffer.seekable = lambda: False  # type: ignore[method-assign]
    with zipfile.ZipFile(buffer, "w", method) as archive:
        archive.comment = b"made by Python"
        for number, (name, text) in enumerate({**FILES, **UNICODE}.items()):
            info = zipfile.ZipInfo(name, LATEST if number % 2 else EARLIEST)
            info.compress_type, info.comment = method, b"starts it"
            info.create_system = 0 if name.isascii() else 3
            with archive.open(info, "w", force_zip64=force_zip64) as file:
                file.write(text.encode())
        archive.mkdir("folder")
    return buffer.getvalue()


def _of_other_systems() -> Iterator[tuple[str, bytes]]:
    skill = zips.file("SKILL.md", SKILL_MD)
    owner = zips.field(0x5855, struct.pack("<2L2H", 1, 1, 501, 20))
    mac = replace(zips.file("__MACOSX/._SKILL.md", b"\0\5\x16\7"), extra=owner)
    yield (
        "macOS",
        zips.pack(
            zips.descriptor(replace(entry, needed=20))
            for entry in (replace(skill, extra=owner), mac, zips.file(".DS_Store", b"\0Bud1"))
        ),
    )
    dos = [zips.Entry(b"docs/", mode=0, dos=0x10), zips.file("docs/a.md", "a", mode=0)]
    windows = [replace(entry, creator=0, dos=entry.dos | 0x20) for entry in (skill, *dos)]
    yield "Windows", zips.pack(windows)
    jar = replace(zips.Entry(b"META-INF/", mode=0), extra=zips.field(0xCAFE, b""))
    yield "Java", zips.pack([jar, zips.descriptor(skill)])
    wide = zips.zip64(zips.pack([skill]))
    yield "zip64 records", wide
    yield "zip64 records alone", wide[:-14] + b"\xff" * 12 + b"\0\0"
    yield "two names of one file, marked twice", zips.pack([_named_twice(skill)])


def _named_twice(entry: zips.Entry) -> zips.Entry:
    return replace(entry, extra=unicode_name(entry.name, entry.name))


def unicode_name(raw: bytes, name: bytes) -> bytes:
    """Return the extra field that gives the entry `raw` another name."""
    return zips.field(0x7075, struct.pack("<BL", 1, zlib.crc32(raw)) + name)
