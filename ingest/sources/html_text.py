"""HTML in, its readable text out: linear in its length, whatever the markup.

Quoted replies (``blockquote``) come out as lines that begin with ``> ``.
"""

from __future__ import annotations

import html
import re

MAX_CHARACTERS = 2_000_000
"""More than any person wrote; mails above that carry images as data URLs."""

_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9:]*)")
_REST_OF_TAG = re.compile(r"""[^"'<>]*+(?:"[^"]*+"[^"'<>]*+|'[^']*+'[^"'<>]*+)*+>""")
_TAG_CHARACTERS = 5_000

_INVISIBLE = {"script", "style", "head", "title", "template", "noscript", "svg", "object"}
_BLOCKS = {
    "address", "article", "blockquote", "body", "br", "center", "dd", "div", "dl", "dt",
    "fieldset", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr",
    "li", "main", "nav", "ol", "p", "pre", "section", "table", "tr", "ul",
}  # fmt: skip


def html_to_text(markup: str) -> str:
    """Return the visible text of ``markup``, one line per block, without blank runs."""
    lines: list[tuple[int, str]] = []
    words: list[str] = []
    depth = 0
    for name, is_end, text in _pieces(markup[:MAX_CHARACTERS]):
        words.append(text)
        if name in _BLOCKS:
            lines.append((depth, "".join(words)))
            words = []
            if name == "blockquote":
                depth = max(0, depth - 1) if is_end else min(depth + 1, 20)
            elif name == "hr":
                lines.append((depth, "-" * 20))
        elif name in ("td", "th"):
            words.append(" ")
    lines.append((depth, "".join(words)))
    return _joined(lines)


def _joined(lines: list[tuple[int, str]]) -> str:
    shown: list[str] = []
    for depth, text in lines:
        line = " ".join(html.unescape(text).split())
        if line:
            shown.append("> " * depth + line)
    return "\n".join(shown)


def _pieces(markup: str) -> list[tuple[str, bool, str]]:
    """Return (tag name or "", whether it is an end tag, text before it)."""
    pieces: list[tuple[str, bool, str]] = []
    lowered = markup.lower()
    at, text_from = 0, 0
    unclosed: set[str] = set()
    while (start := markup.find("<", at)) >= 0:
        end = _end_of(markup, start, unclosed)
        if end is None:
            at = start + 1
            continue
        tag = _TAG.match(markup, start)
        name = tag.group(1).lower() if tag else ""
        is_end = markup.startswith("</", start)
        pieces.append((name, is_end, markup[text_from:start]))
        at = text_from = end
        if name in _INVISIBLE and not is_end and name not in unclosed:
            closing = lowered.find(f"</{name}", end)
            if closing < 0:
                unclosed.add(name)
            else:
                at = text_from = closing
    pieces.append(("", False, markup[text_from:]))
    return pieces


def _end_of(markup: str, start: int, unclosed: set[str]) -> int | None:
    """Return the index after the tag or comment at ``start``; None where it is plain text.

    What was once searched to the end in vain is in ``unclosed`` and never searched again.
    """
    if markup.startswith("<!--", start):
        if "-->" not in unclosed:
            end = markup.find("-->", start + 2)
            if end >= 0:
                return end + 3
            unclosed.add("-->")
        return start + 4
    following = markup[start + 1 : start + 2]
    if not (following.isalpha() or following in ("/", "!", "?")) or ">" in unclosed:
        return None
    well_formed = _REST_OF_TAG.match(markup, start + 1, start + _TAG_CHARACTERS)
    if well_formed:
        return well_formed.end()
    end = markup.find(">", start + 1)
    if end < 0:
        unclosed.add(">")
        return None
    return end + 1
