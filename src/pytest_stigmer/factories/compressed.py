"""Content as a ZIP may hold it: runs deflated by hand, and the traditional encryption.

zlib builds differ in what they emit for equal content; these few codes are the same everywhere.
"""

from __future__ import annotations

import zlib

# Fixed Huffman codes of RFC 1951, 3.2.6, first bit first. A match copies the previous byte 258
# times.
_BLOCK_HEADER = "110"
_END_OF_BLOCK = "0000000"
_MATCH = "11000101" + "00000"
_MATCH_LENGTH = 258
_FIRST_LITERAL = 0x30


def deflated_run(length: int, *, byte: int = ord("a"), dense: bool = False) -> bytes:
    """Return `length` (at least 1) repetitions of an ASCII byte as a raw deflate stream.

    Long streams are 98 times smaller than their content, just below the permitted ratio of 100 to
    1; with `dense`, 158 times.
    """
    literal = f"{_FIRST_LITERAL + byte:08b}"
    unit, width = (_MATCH, _MATCH_LENGTH) if dense else (_MATCH + literal, _MATCH_LENGTH + 1)
    units, rest = divmod(length - 1, width)
    bits = _BLOCK_HEADER + literal + unit * units + literal * rest + _END_OF_BLOCK
    return _packed(bits)


def _packed(bits: str) -> bytes:
    # Deflate fills bytes from the lowest bit up: reverse the text and read it as one little-endian
    # number.
    return int(bits[::-1], 2).to_bytes(-(-len(bits) // 8), "little")


def encrypted(content: bytes, password: bytes, crc: int) -> bytes:
    """Return content under the traditional PKWARE cipher (APPNOTE 6.1), header included."""
    cipher = _Cipher(password)
    header = bytes(11) + bytes([crc >> 24])
    return bytes(map(cipher.encrypt, header + content))


class _Cipher:
    def __init__(self, password: bytes) -> None:
        self._keys = (0x12345678, 0x23456789, 0x34567890)
        for byte in password:
            self._turn(byte)

    def encrypt(self, byte: int) -> int:
        mask = self._keys[2] | 2
        self._turn(byte)
        return byte ^ (mask * (mask ^ 1) >> 8 & 0xFF)

    def _turn(self, byte: int) -> None:
        first, second, third = self._keys
        first = _crc_step(first, byte)
        second = ((second + (first & 0xFF)) * 134775813 + 1) & 0xFFFFFFFF
        self._keys = first, second, _crc_step(third, second >> 24)


def _crc_step(crc: int, byte: int) -> int:
    # zlib inverts the register on the way in and out; the cipher wants it plain.
    return zlib.crc32(bytes([byte]), crc ^ 0xFFFFFFFF) ^ 0xFFFFFFFF
