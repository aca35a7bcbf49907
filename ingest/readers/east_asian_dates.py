"""A workbook in; one whose East Asian dates are dates of any language out.

Excel of Chinese, Japanese, Korean and Thai writes most dates with styles that have a number and no
pattern (ECMA-376, 18.8.30: 27 to 36, 50 to 58, 71 to 81). The reader knows none of them and gives
the day's number.
"""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

IDS = frozenset((*range(27, 37), *range(50, 59), *range(71, 82)))
"""Each is a date, a time, or both."""

_ANY_DATE = b'numFmtId="22"'
_STYLES = "xl/styles.xml"
_USED = re.compile(rb'numFmtId="(\d+)"')
_FORMATS = re.compile(rb"<(?:\w+:)?cellXfs\b.*?</(?:\w+:)?cellXfs>", re.DOTALL)
_PATTERN = re.compile(rb'<(?:\w+:)?numFmt\b[^>]*?numFmtId="(\d+)"')


def readable_workbook(path: Path) -> Path | bytes:
    """Return the path of a workbook, or a copy in which such dates are recognised.

    Raises
    ------
    zipfile.BadZipFile, RuntimeError
        If it is none, or an entry has a password.
    """
    with zipfile.ZipFile(path) as archive:
        if _STYLES not in archive.namelist():
            return path
        styles = archive.read(_STYLES)
        # a pattern of the workbook's own counts more than the number
        unnamed = IDS - {int(number) for number in _PATTERN.findall(styles)}

        def of_any_language(use: re.Match[bytes]) -> bytes:
            return _ANY_DATE if int(use.group(1)) in unnamed else use.group(0)

        told = _FORMATS.sub(lambda found: _USED.sub(of_any_language, found.group(0)), styles)
        if told == styles:
            return path
        copy = io.BytesIO()
        with zipfile.ZipFile(copy, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as target:
            for entry in archive.infolist():
                content = told if entry.filename == _STYLES else archive.read(entry)
                target.writestr(entry.filename, content)
        return copy.getvalue()
