"""What other programs read in an archive: Python's zipfile, Go's archive/zip, and three extractors.

A reading is what lies on disk after unpacking: the content of each file by its path, and None for
each folder, those included that only a path names. What a program refuses is a reading too.
"""

from __future__ import annotations

import base64
import io
import json
import os
import shutil
import stat
import subprocess
import unicodedata
import zipfile
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from pytest_stigmer.skills.archive import MAX_TOTAL_BYTES, ArchiveReader

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

Reading = dict[str, bytes | None] | str
_ENVIRONMENT = {**os.environ, "LC_ALL": "C.UTF-8"}
_SECONDS = 60

_GO_READER = """
package main

import (
	"archive/zip"
	"bufio"
	"encoding/json"
	"io"
	"os"
	"strings"
)

type file struct {
	Name, Kind string
	Content    []byte
}

func read(path string) ([]file, error) {
	archive, err := zip.OpenReader(path)
	if err != nil {
		return nil, err
	}
	defer archive.Close()
	files := []file{}
	for _, entry := range archive.File {
		found := file{Name: entry.Name, Kind: entry.Mode().Type().String()}
		if !strings.HasSuffix(entry.Name, "/") {
			content, err := entry.Open()
			if err != nil {
				return nil, err
			}
			if found.Content, err = io.ReadAll(content); err != nil {
				return nil, err
			}
		}
		files = append(files, found)
	}
	return files, nil
}

func main() {
	paths, answers := bufio.NewScanner(os.Stdin), json.NewEncoder(os.Stdout)
	for paths.Scan() {
		files, err := read(paths.Text())
		text := ""
		if err != nil {
			text = err.Error()
		}
		answers.Encode(map[string]any{"files": files, "error": text})
	}
}
"""


class Reader(Protocol):
    """Reads one archive and says what is in it, or why not."""

    def __call__(self, archive: Path) -> Reading:
        """Return what lies on disk after unpacking, or why nothing does."""


def ours(data: bytes) -> Reading:
    """Read an archive that the rules accept; raise ArchiveError for any other."""
    reader = ArchiveReader()
    reader.read(data)
    return unpacked(
        (entry.name, b"".join(reader.unpack(data, entry, MAX_TOTAL_BYTES)))
        for entry in reader.directory(data)
    )


def unpacked(entries: Iterable[tuple[str, bytes]]) -> Reading:
    """Return the reading of these names and contents, the folders above them included."""
    found: dict[str, bytes | None] = {}
    for name, content in entries:
        path = name.rstrip("/")
        if path in found and not (found[path] is None and name.endswith("/")):
            return f"two entries named {path}"
        found[path] = None if name.endswith("/") else content
        above, _, _ = path.rpartition("/")
        while above:
            if found.setdefault(above, None) is not None:
                return f"{above} is a file and a folder"
            above, _, _ = above.rpartition("/")
    return found


def by_zipfile(archive: Path) -> Reading:
    """Read with Python's own reader, as the real consumer does."""
    try:
        with zipfile.ZipFile(io.BytesIO(archive.read_bytes())) as opened:
            if any(stat.S_ISLNK(info.external_attr >> 16) for info in opened.infolist()):
                return "a link"
            return unpacked((info.filename, opened.read(info)) for info in opened.infolist())
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, EOFError) as error:
        return f"{type(error).__name__}: {error}"


class ByGo:
    """Go's archive/zip, as the real server has it: one process that answers for many archives."""

    def __init__(self, folder: Path) -> None:
        source = folder / "reader.go"
        source.write_text(_GO_READER)
        program = folder / "reader"
        environment = {**_ENVIRONMENT, "GOFLAGS": "-mod=mod", "GO111MODULE": "off"}
        subprocess.run(["go", "build", "-o", program, source], check=True, env=environment)
        self._process = subprocess.Popen(
            [program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __call__(self, archive: Path) -> Reading:
        """Ask the process for one more archive."""
        asked, answers = self._process.stdin, self._process.stdout
        assert asked
        assert answers
        asked.write(f"{archive}\n")
        asked.flush()
        answer = json.loads(answers.readline())
        if answer["error"]:
            return str(answer["error"])
        files = [(file["Name"], file["Kind"], file["Content"] or "") for file in answer["files"]]
        kinds = {(name.endswith("/"), kind) for name, kind, _ in files if name != "-"}
        if not kinds <= {(True, "d---------"), (False, "----------")}:
            return f"kinds {sorted(kinds)}"
        return unpacked((name, base64.b64decode(content)) for name, _, content in files)

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


def extracted(command: tuple[str, ...], folder: Path, archive: Path) -> Reading:
    """Unpack with a program into a fresh folder and look at what it made."""
    target = folder / "out"
    target.mkdir()
    try:
        ended = subprocess.run(
            [part.format(archive=archive, target=target) for part in command],
            env=_ENVIRONMENT,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            timeout=_SECONDS,
            check=False,
        )
        if ended.returncode:
            said = (ended.stderr or ended.stdout)[-300:].decode(errors="replace")
            return f"{command[0]} exits with {ended.returncode}: {said}"
        return dict(_tree(target, target))
    finally:
        shutil.rmtree(target)


def _tree(folder: Path, root: Path) -> Iterator[tuple[str, bytes | None]]:
    folder.chmod(0o700)
    for path in folder.iterdir():
        name = path.relative_to(root).as_posix()
        if path.is_symlink() or not (path.is_dir() or path.is_file()):
            yield name, f"not a file: {path.lstat().st_mode:o}".encode()
        elif path.is_dir():
            yield name, None
            yield from _tree(path, root)
        else:
            path.chmod(0o600)
            yield name, path.read_bytes()


EXTRACTORS = {
    "unzip": ("unzip", "-qq", "-o", "{archive}", "-d", "{target}"),
    "7z": ("7z", "x", "-y", "-bso0", "-bsp0", "-o{target}", "{archive}"),
    "bsdtar": ("bsdtar", "-xf", "{archive}", "-C", "{target}"),
}
"""How each program unpacks an archive."""


@dataclass
class Readers:
    """The readers of this machine by name; zipfile is always among them."""

    folder: Path
    by_name: dict[str, Reader]

    @classmethod
    def on_this_machine(cls, folder: Path, *, go: bool = True) -> Readers:
        """Find out which programs are installed; Go's reader is built on the way."""
        found: dict[str, Reader] = {"zipfile": by_zipfile}
        if go and shutil.which("go"):
            found["go"] = ByGo(folder)
        for name, command in EXTRACTORS.items():
            if shutil.which(name):
                found[name] = partial(extracted, command, folder)
        return cls(folder, found)

    def readings(self, data: bytes) -> dict[str, Reading]:
        """Return what each program reads."""
        archive = self.folder / "archive.zip"
        archive.write_bytes(data)
        return {name: _composed(read(archive)) for name, read in self.by_name.items()}

    def differences(self, data: bytes) -> list[str]:
        """Return how others read an archive that we accept; an empty list where all agree."""
        expected = _composed(ours(data))
        found = self.readings(data).items()
        return [
            f"{name}: {_difference(expected, other)}" for name, other in found if other != expected
        ]

    def close(self) -> None:
        """End what was started."""
        for reader in self.by_name.values():
            if isinstance(reader, ByGo):
                reader.close()


def _composed(reading: Reading) -> Reading:
    """Return the reading as bsdtar and macOS name its files, whatever form of Unicode is packed."""
    if isinstance(reading, str):
        return reading
    return {unicodedata.normalize("NFC", path): content for path, content in reading.items()}


def _difference(expected: Reading, found: Reading) -> str:
    if isinstance(found, str) or isinstance(expected, str):
        return str(found)
    parts = sorted(set(expected.items()) ^ set(found.items()), key=str)
    return f"{parts}"[:500]
