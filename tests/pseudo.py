"""A language that nobody speaks: longer than English, and without one letter that English has.

Where a Latin letter is left on a page in this language, somebody wrote a sentence into the code.
"""

from __future__ import annotations

import re

LETTERS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ", "áƀćđéƒǵĥíĵķłɱńóƥɋŕšťúṽŵẋýžÁƁĆĐÉƑǴĤÍĴĶŁṀŃÓƤɊŔŠŤÚṼŴẊÝŽ"
)
PLACEHOLDER = re.compile(r"(\{\w+\})")
NAME = "Ɓłúé Ĥéŕóń Áńáłýťíćš"  # twenty letters
LONGER = 0.4


def pseudo(sentence: str) -> str:
    """The sentence in that language, with its placeholders, longer by two fifths in words of eight letters."""
    said = "".join(
        piece if index % 2 else piece.translate(LETTERS) for index, piece in enumerate(PLACEHOLDER.split(sentence))
    )
    more = round(len(PLACEHOLDER.sub("", sentence)) * LONGER)
    words = ["ɱóŕé" * 2] * (more // 9) + ["é" * (more % 9)]
    return " ".join([said, *words]).rstrip()


def english(text: str) -> list[str]:
    """The words of a text that nobody translated; a receipt code and a date are no words."""
    return re.findall(r"[A-Za-z]+", re.sub(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}\b|[A-Z][a-z]+ \d+, \d{4}", "", text))
