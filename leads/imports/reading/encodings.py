"""In which encoding a file is written: told by its marks and bytes, else guessed from the letters that are not ASCII."""

import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO

from charset_normalizer import from_bytes
from django.utils.translation import gettext_lazy as _

CHUNK = 1 << 20
# Of letters that are not ASCII this much is looked at for a guess.
SAMPLE = 256 * 1024

# What a person may choose from, by Python's name.
ENCODINGS = {
    "utf-8": _("Unicode (UTF-8)"),
    "utf-16-le": _("Unicode (UTF-16, little-endian)"),
    "utf-16-be": _("Unicode (UTF-16, big-endian)"),
    "cp1252": _("Western Europe (Windows-1252)"),
    "iso8859-15": _("Western Europe (ISO 8859-15)"),
    "latin-1": _("Western Europe (ISO 8859-1)"),
    "mac-roman": _("Western Europe (old Macintosh)"),
    "cp437": _("Western Europe (DOS, 437)"),
    "cp850": _("Western Europe (DOS, 850)"),
    "cp1250": _("Central Europe (Windows-1250)"),
    "iso8859-2": _("Central Europe (ISO 8859-2)"),
    "cp1251": _("Cyrillic (Windows-1251)"),
    "koi8-r": _("Cyrillic (KOI8-R)"),
    "cp1253": _("Greek (Windows-1253)"),
    "cp1254": _("Turkish (Windows-1254)"),
    "cp1255": _("Hebrew (Windows-1255)"),
    "cp1256": _("Arabic (Windows-1256)"),
    "shift_jis": _("Japanese (Shift JIS)"),
    "euc_jp": _("Japanese (EUC)"),
    "gb18030": _("Chinese, simplified (GB 18030)"),
    "big5": _("Chinese, traditional (Big5)"),
    "euc_kr": _("Korean (EUC)"),
}
# Shift JIS files come from Windows, whose superset reads the rest of them too.
_READ_AS = {"shift_jis": "cp932", "euc_kr": "cp949"}
_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, ""),
    (codecs.BOM_UTF32_BE, ""),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_WESTERN = "cp1252"
_GUESSED = ["cp1252", "mac_roman", "cp1250", "cp1251", "koi8_r", "cp1253", "cp1254", "cp1255", "cp1256", "cp932",
            "euc_jp", "gb18030", "big5", "cp949"]  # fmt: skip
_NAMES = {"cp932": "shift_jis", "cp949": "euc_kr", "mac_roman": "mac-roman", "koi8_r": "koi8-r", "utf_8": "utf-8"}
# By their first bytes: files that hold a table, or anything else, but no text.
_BINARY = (
    (b"PK\x03\x04", "workbook"),
    (b"\xd0\xcf\x11\xe0", "workbook"),
    (b"%PDF", "other"),
    (b"\x89PNG", "other"),
    (b"\xff\xd8\xff", "other"),
    (b"GIF8", "other"),
    (b"\x1f\x8b", "other"),
    (b"7z\xbc\xaf", "other"),
    (b"\x7fELF", "other"),
)
_LETTERS_OF_WEST = set("äöüßÄÖÜéèêëáàâãåæçíìîïñóòôõøœúùûýÿÉÈÁÀÂÅÆÇÍÑÓÔØÚŒ€–—’‘“”„«»°§£©®·…ºª¿¡žŽšŠ")


_WORD = re.compile(r"\w+")


class NotText(Exception):
    """The file holds no text; `kind` is workbook, empty or other."""

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


@dataclass
class _Scan:
    """What one pass over the bytes tells."""

    head: bytes = b""
    unusual: bytes = b""
    size: int = 0
    nul_even: int = 0
    nul_odd: int = 0
    is_utf8: bool = True


def codec(encoding: str) -> str:
    """Python's codec for one of `ENCODINGS`."""
    return _READ_AS.get(encoding, encoding)


def detect(file: IO[bytes]) -> str:
    """The encoding of `file`, one of `ENCODINGS`. Reads all of it once, in chunks.

    Raises:
        NotText: it is empty, a workbook, or no text at all.
    """
    scan = _scanned(file)
    if not scan.size:
        raise NotText("empty")
    for mark, kind in _BINARY:
        if scan.head.startswith(mark):
            raise NotText(kind)
    for mark, encoding in _MARKS:
        if scan.head.startswith(mark):
            if not encoding:
                raise NotText("other")
            return encoding
    return _without_mark(scan)


def _without_mark(scan: _Scan) -> str:
    head = len(scan.head)
    if max(scan.nul_even, scan.nul_odd) > head // 5:
        # Two bytes a letter, of which one is mostly zero.
        return "utf-16-be" if scan.nul_even > scan.nul_odd else "utf-16-le"
    controls = sum(scan.head.count(bytes([byte])) for byte in (*range(1, 9), *range(14, 27)))
    if controls > head // 20:
        raise NotText("other")
    if scan.is_utf8 or _is_mostly_utf8(scan.unusual):
        return "utf-8"
    return _guess(scan.unusual)


def _scanned(file: IO[bytes]) -> _Scan:
    scan = _Scan()
    decoder = codecs.getincrementaldecoder("utf-8")()
    for chunk in _chunks(file):
        if not scan.size:
            scan.head = chunk[: 64 * 1024]
            scan.nul_even, scan.nul_odd = scan.head[::2].count(0), scan.head[1::2].count(0)
        scan.size += len(chunk)
        is_plain = chunk.isascii()
        if not is_plain and len(scan.unusual) < SAMPLE:
            lines = (line for line in chunk.split(b"\n") if not line.isascii())
            scan.unusual += b"\n".join(line[:4096] for line in lines)[:SAMPLE] + b"\n"
        if scan.is_utf8 and not (is_plain and not decoder.getstate()[0]):
            scan.is_utf8 = _decodes(decoder, chunk)
    scan.is_utf8 = scan.is_utf8 and _decodes(decoder, b"", final=True)
    return scan


def _chunks(file: IO[bytes]) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk


def _decodes(decoder: codecs.IncrementalDecoder, chunk: bytes, *, final: bool = False) -> bool:
    try:
        decoder.decode(chunk, final)
    except UnicodeDecodeError:
        return False
    return True


def _is_mostly_utf8(unusual: bytes) -> bool:
    """Whether a few broken letters stand among many that are proper UTF-8."""
    text = unusual.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    return sum(not sign.isascii() for sign in text) - broken > 10 * broken


def _guess(unusual: bytes) -> str:
    """The most likely legacy encoding; Western Europe unless the letters speak clearly for another."""
    for western in (_WESTERN, "mac-roman"):
        if _is_western(unusual.decode(western, "replace")):
            return western
    best = from_bytes(unusual, cp_isolation=_GUESSED, language_threshold=0.0, threshold=0.4).best()
    name = _NAMES.get(best.encoding, best.encoding) if best else _WESTERN
    return name if name in ENCODINGS else _WESTERN


def _is_western(text: str) -> bool:
    """Whether the letters that are not ASCII are those of Western Europe, and stand among others that are."""
    unusual = [sign for sign in text if not sign.isascii()]
    at_home = sum(sign in _LETTERS_OF_WEST for sign in unusual)
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    crowded = sum(sum(not sign.isascii() for sign in word) for word in words)
    letters = sum(len(word) for word in words)
    return at_home > 0.9 * len(unusual) and crowded < 0.5 * letters + len(unusual) * 0.02
