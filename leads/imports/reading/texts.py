"""A file of any encoding as UTF-8 with plain line ends, so that a byte's place is enough to read on from there."""

import codecs
import re
import tempfile
from typing import IO

from leads.imports.reading.encodings import CHUNK, codec

BROKEN = "\ufffd"
_OLD_LINE_END = re.compile("\r\n?")


def as_utf8(source: IO[bytes], encoding: str) -> IO[bytes]:
    """A temporary file with the text of `source`; letters that are none in `encoding` become U+FFFD. Memory stays flat."""
    target = tempfile.NamedTemporaryFile(prefix="import-", suffix=".txt")  # noqa: SIM115 - the caller closes it
    decoder = codecs.getincrementaldecoder(codec(encoding))("replace")
    is_start, held = True, ""
    while True:
        chunk = source.read(CHUNK)
        text = held + decoder.decode(chunk, not chunk)
        if is_start and text:
            text, is_start = text.removeprefix("\ufeff"), False
        # A CR at the end may be the first half of a line end.
        held = "\r" if chunk and text.endswith("\r") else ""
        text = text[: len(text) - len(held)]
        if "\r" in text:
            text = _OLD_LINE_END.sub("\n", text)
        target.write(text.encode("utf-8", "replace"))
        if not chunk:
            break
    target.flush()
    target.seek(0)
    return target
