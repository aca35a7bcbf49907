"""How alike two strings are, for whole columns at once."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

LONGEST = 24
"""Characters compared; names are shorter, and the work grows with its square."""


def jaro_winkler(a: list[str], b: list[str]) -> npt.NDArray[np.float64]:
    """Return the Jaro-Winkler similarity (0 to 1) of ``a[i]`` and ``b[i]``.

    The prefix scale is 0.1 for at most four characters; two empty strings score 0.

    References
    ----------
    .. [1] W. E. Winkler, "String Comparator Metrics and Enhanced Decision Rules in the
       Fellegi-Sunter Model of Record Linkage", 1990.

    Examples
    --------
    >>> jaro_winkler(["martha", "dixon"], ["marhta", "dicksonx"]).round(4).tolist()
    [0.9611, 0.8133]
    """
    if not a:
        return np.zeros(0)
    left, right = _code_points(a, b)
    left_length, right_length = (left > 0).sum(axis=1), (right > 0).sum(axis=1)
    window = np.maximum(np.maximum(left_length, right_length) // 2 - 1, 0)
    places = np.arange(left.shape[1])
    left_matched = np.zeros(left.shape, dtype=bool)
    right_matched = np.zeros(right.shape, dtype=bool)
    rows = np.arange(len(left))
    for place in places:
        free = (
            (right == left[:, place : place + 1])
            & (left[:, place : place + 1] > 0)
            & ~right_matched
            & (np.abs(places - place) <= window[:, None])
        )
        found, first = free.any(axis=1), free.argmax(axis=1)
        right_matched[rows[found], first[found]] = True
        left_matched[found, place] = True
    matches = left_matched.sum(axis=1)
    in_order = _matched_first(left, left_matched) != _matched_first(right, right_matched)
    transpositions = in_order.sum(axis=1) / 2
    with np.errstate(divide="ignore", invalid="ignore"):
        jaro = (
            matches / left_length + matches / right_length + (matches - transpositions) / matches
        ) / 3
    jaro = np.where(matches > 0, jaro, 0.0)
    prefix = _common_start(left[:, :4], right[:, :4])
    result: npt.NDArray[np.float64] = jaro + prefix * 0.1 * (1 - jaro)
    return result


def one_edit_apart(a: list[str], b: list[str]) -> npt.NDArray[np.bool_]:
    """Return whether ``a[i]`` becomes ``b[i]`` by at most one letter put in, left out or changed.

    Examples
    --------
    >>> one_edit_apart(["pfeiffer", "wolf", "meier"], ["pfiffer", "wolf", "mayr"]).tolist()
    [True, True, False]
    """
    if not a:
        return np.zeros(0, dtype=bool)
    left, right = _code_points(a, b)
    left_length, right_length = (left > 0).sum(axis=1), (right > 0).sum(axis=1)
    longer = np.maximum(left_length, right_length)
    # what lies between the common start and the common end is the edit
    end = _code_points(*([text[:LONGEST][::-1] for text in texts] for texts in (a, b)))
    agreed = _common_start(left, right) + _common_start(*end)
    apart = np.abs(left_length - right_length)
    result: npt.NDArray[np.bool_] = (apart <= 1) & (agreed >= longer - 1)
    return result


def _common_start(
    left: npt.NDArray[np.uint32], right: npt.NDArray[np.uint32]
) -> npt.NDArray[np.int64]:
    same = (left == right) & (left > 0)
    length: npt.NDArray[np.int64] = np.cumprod(same, axis=1).sum(axis=1)
    return length


def _code_points(
    a: list[str], b: list[str]
) -> tuple[npt.NDArray[np.uint32], npt.NDArray[np.uint32]]:
    """Return code points, zero after the end of each text, as wide as the longest compared."""
    width = min(LONGEST, max(4, *(max(map(len, texts)) for texts in (a, b))))
    left, right = (
        np.array(texts, dtype=f"<U{width}").view(np.uint32).reshape(len(texts), width)
        for texts in (a, b)
    )
    return left, right


def _matched_first(
    letters: npt.NDArray[np.uint32], matched: npt.NDArray[np.bool_]
) -> npt.NDArray[np.uint32]:
    """Return the matched letters of each row at its start, in order, zeros after them."""
    order = np.argsort(~matched, axis=1, kind="stable")
    return np.take_along_axis(np.where(matched, letters, 0), order, axis=1)
