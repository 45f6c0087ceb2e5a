"""One entry of a ZIP as the directory declares it, and the rules that it is judged by alone.

What extractors make of names and types was found by running them: unzip 6.00, 7-Zip 26.02, bsdtar
3.6, Python's zipfile and Go's archive/zip (`tests/archives`).
"""

from __future__ import annotations

import posixpath
import re
import stat
import unicodedata
from typing import NamedTuple

from pytest_stigmer.errors import ArchiveError

MAX_RATIO = 100
"""How many bytes one packed byte may unpack to."""

MAX_NAME_BYTES = 3840
MAX_PART_BYTES = 255
MAX_NAME_PARTS = 100
"""Limits of a name, by what Linux can write, 255 bytes left for the folder around it."""

NEWEST_VERSION = 45
"""The version of the format that added ZIP64; later ones add what few programs read."""

_LONGEST_SHOWN = 120
_CONTROL = re.compile("[\x00-\x1f\x7f]")
_CLEANED = r"^$|^/|//|\\|(?:^|/)\.\.?(?:/|$)"
_CUT = r"^[A-Za-z]:|;\d*$"
"""What cleaning would change; what bsdtar takes for a drive and unzip for a version of VMS."""

_UNSAFE = re.compile(f"({_CLEANED})|{_CUT}")

_ENCRYPTED = 1
_UTF8 = 0x800
_UNKNOWN_FLAGS = 0xFFFF ^ 0x80F

_ORDINARY = (0, stat.S_IFREG, stat.S_IFDIR)
_FROM_A_PIPE = "-"
"""What Info-ZIP calls an entry that it read from a pipe, and marks as one: all unpack a file."""

_DOS_FOLDER = 0x10
_DOS_SPECIAL = 0x448
"""Volume labels, devices and reparse points, by their bits."""

_AMIGA, _AMIGA_FOLDER = 1, 0o4000 << 16
_UNIX_CREATORS = (3, 19)
_CODE_PAGE_CREATORS = (0, 6, 11)


class Entry(NamedTuple):
    """One entry as the directory declares it, at `header`; its local header lies at `start`."""

    raw_name: bytes
    name: str
    needed: int
    flags: int
    method: int
    crc: int
    packed_size: int
    size: int
    creator: int
    attributes: int
    start: int
    header: int
    extra: bytes

    @property
    def encrypted(self) -> bool:
        """Whether the data is marked as encrypted."""
        return bool(self.flags & _ENCRYPTED)

    @property
    def is_folder(self) -> bool:
        """Whether the name is that of a folder."""
        return self.name.endswith("/")

    @property
    def declares_folder(self) -> bool:
        """Whether the attributes of DOS or Amiga declare a folder."""
        is_amiga = self.creator == _AMIGA
        return bool(self.attributes & (_DOS_FOLDER | (_AMIGA_FOLDER if is_amiga else 0)))

    @property
    def unix_mode(self) -> int:
        """File type and permission bits; 0 where the creating system has none."""
        return self.attributes >> 16 if self.creator in _UNIX_CREATORS else 0

    @property
    def shown(self) -> str:
        """The name as a message has it."""
        return shown(self.name)

    def unreadable(self, why: str) -> ArchiveError:
        """Build the refusal of what lies beside the data of this entry."""
        return ArchiveError(f"failed to read {self.shown}: zip: not a valid zip file: {why}")


class EntryRules:
    """The rules that an entry is held against by its declaration, one method each."""

    def check_entries(self, entries: list[Entry]) -> None:
        """Judge every entry by its declaration, in the directory's order."""
        seen: set[bytes] = set()
        for entry in entries:
            self.check_characters(entry)
            self.check_name(entry)
            self.check_length(entry)
            self.check_type(entry)
            self.check_encryption(entry)
            self.check_flags(entry)
            self.check_repetition(entry, seen)
            self.check_ratio(entry)

    def check_characters(self, entry: Entry) -> None:
        """Refuse control characters in a name, and bytes that readers decode differently."""
        if entry.name.isascii() and entry.name.isprintable():
            return
        if _CONTROL.search(entry.name):
            raise ArchiveError(f"invalid character in filename: {entry.shown}")
        if not is_marked(entry):
            raise ArchiveError(
                f"invalid character in filename: {entry.shown} (neither ASCII nor marked as UTF-8 "
                "for every program: use plain letters, or pack with Python, 7z or bsdtar on Unix)"
            )

    def check_name(self, entry: Entry) -> None:
        r"""Refuse a name that cleaning would change, and one that some extractor cannot write.

        The real server cleans the first (`..\SKILL.md` becomes `SKILL.md`), while the stored
        artifact keeps it as it is.
        """
        unsafe = _UNSAFE.search(entry.name)
        if not unsafe:
            return
        why = "some programs cut it at ; or :"
        if unsafe[1] is not None:
            why = f"it would become {cleaned_name(entry.name)[:80]!r}"
        advice = "; pack without the leading ./" if entry.name.startswith("./") else ""
        raise ArchiveError(f"unsafe filename: {entry.shown} ({why}){advice}")

    def check_length(self, entry: Entry) -> None:
        """Refuse a name that is too long or too deep for a disk, or for who walks through it."""
        raw = entry.raw_name
        is_deep = raw.count(b"/") >= MAX_NAME_PARTS
        if len(raw) <= MAX_PART_BYTES and not is_deep:
            return
        if is_deep or len(raw) > MAX_NAME_BYTES or max(map(len, raw.split(b"/"))) > MAX_PART_BYTES:
            limits = f"{MAX_NAME_BYTES} bytes, {MAX_NAME_PARTS} parts of {MAX_PART_BYTES}"
            raise ArchiveError(f"filename too long: {entry.shown} (max: {limits})")

    def check_type(self, entry: Entry) -> None:
        """Refuse all but files and folders, whichever system the creator claims to be.

        The real server takes a symlink's target for its content and drops devices, pipes and
        sockets unseen, and looks at Unix and macOS alone; extractors look at more systems.
        """
        kind = stat.S_IFMT(entry.attributes >> 16)
        if kind == stat.S_IFLNK:
            raise ArchiveError(f"symlink in ZIP: {entry.shown}")
        if kind == stat.S_IFIFO and entry.name == _FROM_A_PIPE:
            return
        if kind not in _ORDINARY or entry.attributes & _DOS_SPECIAL:
            raise ArchiveError(f"special file in ZIP: {entry.shown}")
        if entry.name.endswith("/"):
            if entry.size:
                raise ArchiveError(f"folder with content in ZIP: {entry.shown}")
        elif kind == stat.S_IFDIR or entry.declares_folder:
            raise ArchiveError(f"file declared a folder in ZIP: {entry.shown}")

    def check_encryption(self, entry: Entry) -> None:
        """Refuse encrypted data; the real server ignores the mark and reads the cipher as text."""
        if entry.flags & _ENCRYPTED:
            raise ArchiveError(f"encrypted file in ZIP: {entry.shown}")

    def check_flags(self, entry: Entry) -> None:
        """Refuse what only some readers can do: strong encryption, patches, later versions."""
        if entry.flags & _UNKNOWN_FLAGS:
            raise entry.unreadable(
                f"its flags 0x{entry.flags:x} are not understood by every program"
            )
        if entry.needed > NEWEST_VERSION:
            raise entry.unreadable(
                f"it needs version {entry.needed / 10} of the format (most: 4.5)"
            )

    def check_repetition(self, entry: Entry, seen: set[bytes]) -> None:
        """Refuse a second entry of one name: some readers take the first, others the last."""
        key = entry.raw_name
        if not key.isascii():
            key = composed(entry.name).encode()
        if key in seen:
            raise ArchiveError(f"duplicate filename: {entry.shown}")
        seen.add(key)

    def check_ratio(self, entry: Entry) -> None:
        """Refuse an entry that declares to unpack to over a hundred times its size."""
        if entry.size <= entry.packed_size:
            return
        ratio = entry.size // entry.packed_size if entry.packed_size else 0
        if ratio > MAX_RATIO:
            raise ArchiveError(
                f"suspicious compression ratio in {entry.shown}: {ratio}:1 (max: {MAX_RATIO}:1)"
            )


def is_marked(entry: Entry) -> bool:
    """Whether every reader decodes the name alike: ASCII, or valid UTF-8 that is marked as such.

    On Unix unzip takes the names of some systems for their code page whatever the mark says.
    """
    if entry.raw_name.isascii():
        return True
    is_utf8 = entry.flags & _UTF8 and entry.name.encode() == entry.raw_name
    return bool(is_utf8) and entry.creator not in _CODE_PAGE_CREATORS


def cleaned_name(name: str) -> str:
    r"""Return the name with `\`, `.`, `..` and doubled or leading slashes resolved."""
    cleaned = posixpath.normpath("/" + name.replace("\\", "/").lstrip("/")).lstrip("/")
    return cleaned + "/" if name.endswith(("/", "\\")) and cleaned else cleaned


def shown(name: str) -> str:
    """Return a name as a message has it, cut to a readable length."""
    if len(name) <= _LONGEST_SHOWN:
        return name
    return f"{name[:80]}...{name[-20:]} ({len(name)} characters)"


def composed(name: str) -> str:
    """Return a name in the form of Unicode that macOS and bsdtar make of it."""
    return unicodedata.normalize("NFC", name)


def paths_of(entries: list[Entry]) -> list[str]:
    """Return the paths in order, NUL between their parts: what a folder holds follows it."""
    names = [entry.name for entry in entries]
    return sorted([(n if n.isascii() else composed(n)).replace("/", "\0") for n in names])


def named(path: str) -> str:
    """Return what a message calls such a path."""
    return shown(path.replace("\0", "/"))


def is_alias(path: str, name: str) -> bool:
    """Whether macOS or Windows may take what is at the top of a path for this other name."""
    start = path[: len(name)]
    if start.isascii() and start.lower() != name.lower():
        return False
    top = path.partition("\0")[0]
    folded = unicodedata.normalize("NFKC", top).casefold().partition(":")[0]
    return top != name and folded.rstrip(". ") == name.lower()
