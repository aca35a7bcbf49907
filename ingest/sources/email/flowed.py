"""Text with soft line breaks (RFC 3676, ``format=flowed``) in, whole paragraphs out."""

from __future__ import annotations


def unflowed(text: str, delete_space: bool) -> str:
    """Join lines that end in a space with the next one of the same quote depth.

    Parameters
    ----------
    delete_space
        ``DelSp=yes``: the space at the end was only a mark.
    """
    joined: list[str] = []
    open_depth: int | None = None
    for line in text.replace("\r\n", "\n").split("\n"):
        content = line.lstrip(">")
        depth = len(line) - len(content)
        content = content.removeprefix(" ")
        is_signature = content == "-- "
        if open_depth == depth and not is_signature:
            previous = joined[-1]
            joined[-1] = (previous[:-1] if delete_space else previous) + content
        else:
            joined.append((">" * depth + " " if depth else "") + content)
        open_depth = depth if content.endswith(" ") and not is_signature else None
    return "\n".join(joined)
