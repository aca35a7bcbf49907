"""Text with soft line breaks (RFC 3676, ``format=flowed``) in, whole paragraphs out."""

from __future__ import annotations


def unflowed(text: str, delete_space: bool) -> str:
    """Join lines that end in a space with the next one of the same quote depth.

    Parameters
    ----------
    delete_space
        ``DelSp=yes``: the space at the end was only a mark.
    """
    paragraphs: list[list[str]] = []
    open_depth: int | None = None
    for line in text.replace("\r\n", "\n").split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        is_soft = content.endswith(" ") and content != "-- "
        if open_depth != depth or content == "-- ":
            paragraphs.append([">" * depth + " " if depth else ""])
        paragraphs[-1].append(content[:-1] if is_soft and delete_space else content)
        open_depth = depth if is_soft else None
    return "\n".join("".join(parts) for parts in paragraphs)
