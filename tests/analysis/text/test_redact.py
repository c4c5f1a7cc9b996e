"""What names a person is replaced by a token; what only looks like it stays."""

from __future__ import annotations

import re
import string
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analysis.judge import judge, painful
from app.analysis.text.redact import KINDS, TOKENS, redact, without_tokens
from app.analysis.types import Comment
from tests.analysis.text import redaction_sample as sample

REGIONS = ("US", "GB", "DE", "FR")
PAGE = Path(__file__).parents[3] / "docs" / "privacy.md"
FLOORS = {  # kind: precision, recall
    "email": (0.98, 0.98),
    "phone": (0.94, 0.94),
    "card": (0.94, 0.98),
    "iban": (0.98, 0.98),
    "ip": (0.98, 0.98),
    "number": (0.92, 0.75),
    sample.ANY: (0.98, 0.94),
}


@pytest.fixture(scope="module")
def measured() -> sample.Score:
    return sample.score(sample.read())


@pytest.mark.parametrize("kind", FLOORS)
def test_the_sample_is_recognised_as_well_as_is_said(measured: sample.Score, kind: str) -> None:
    precision, recall = FLOORS[kind]

    assert measured.there[kind] >= 12
    assert measured.precision(kind) >= precision
    assert measured.recall(kind) >= recall


def test_the_page_prints_what_was_measured(measured: sample.Score) -> None:
    page = PAGE.read_text()

    assert [row for row in sample.table(measured) if row not in page] == []


def test_the_sample_has_every_language_and_comments_with_nothing_in_them() -> None:
    comments = sample.read()
    languages = Counter(comment.language for comment in comments)

    assert len(comments) >= 300
    assert min(languages.values()) >= 25
    assert len(languages) == 12
    assert sum(not comment.labels for comment in comments) >= 100


GONE = [
    ("a@b.co", "[e-mail]"),
    ("<mailto:Anna.K+nps@Example.COM>", "<mailto:[e-mail]>"),
    ("“anna@example.com”, 'bob@example.com'.", "“[e-mail]”, '[e-mail]'."),
    ("宛先はa@example.jpです", "宛先は[e-mail]です"),
    ("почта@пример.рф и josé@exämple.de", "[e-mail] и [e-mail]"),
    ("a\u200bb@exam\u00adple.com", "[e-mail]"),
    ("ａｂ＠ｅｘａｍｐｌｅ．ｃｏｍ", "[e-mail]"),
    ("a@example.com,b@example.com;c@example.com", "[e-mail],[e-mail];[e-mail]"),
    ("(415) 555-2671 or +1 (415) 555-2671", "[phone] or [phone]"),
    ("(+49) 30 23125123 (0049 30 23125123)", "[phone] ([phone])"),
    ("030/23125123 at 10:30", "[phone] at 10:30"),
    ("٠٣٠ ٢٣١٢٥١٢٣", "[phone]"),
    ("०३० २३१२५१२३ and 𝟎𝟑𝟎 𝟐𝟑𝟏𝟐𝟓𝟏𝟐𝟑", "[phone] and [phone]"),
    ("0\u200b3\u200d0\u2060231\ufeff25123", "[phone]"),
    ("0️⃣3️⃣0️⃣ 2️⃣3️⃣1️⃣2️⃣5️⃣1️⃣2️⃣3️⃣!", "[phone]!"),
    ("030\u00a02312\u20115123", "[phone]"),
    ("4111 1111 1111 1111 exp 12/27 cvc 123", "[card] exp 12/27 cvc 123"),
    ("4111-1111-1111-1111, 378282246310005", "[card], [card]"),
    ("4111 1111 1111 1112", "[number]"),
    ("de89 3704 0044 0532 0130 00 is it", "[iban] is it"),
    ("DE89-3704-0044-0532-0130-00.", "[iban]."),
    ("DE88 3704 0044 0532 0130 00", "DE88 [number]"),
    ("192.168.10.20:8080 and [2001:db8::7:1]", "[ip]:8080 and [[ip]]"),
    ("ID123456789", "ID[number]"),
    ("900101-1234", "[number]"),
    ("a@example.com 4111111111111111", "[e-mail] [card]"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "left"), GONE)
def test_a_token_stands_where_it_was(text: str, left: str) -> None:
    assert redact(text, KINDS, REGIONS) == left


STAYS = [
    "24/7, 9/10, 100 %, 1st, 365 days, 5.0, 3-4 times",
    "28.11.2026, 11/28/2026, 2026-11-28, 2019-2020, 2019 2020 2021 2022, 01.02.2026-05.02.2026",
    "10:30:45, 12:30-13:45, 10:30 12:45",
    "1,299.00 $ 12,500,000 and 12.500.000 or 12 500 000 EUR, 1234567.89",
    "10.4.2.1188 v1.2.3.44 version 10.20.30.40 chapter 1.2.3.4, 2.10.345.6789",
    "order 48213377, 1200 orders, 90210-1234, 10115 Berlin, SW1A 1AA",
    "@support @ 5 pm, user@localhost, a@, @b.com, a @ b",
    "std::vector, a::b, face::b00c, ::, 12:30:45:10",
    "3.141592653589793, 0,123456789012",
    "0000000000000000 1111 1111"[17:],
    "",
]


@pytest.mark.parametrize("text", STAYS)
def test_what_only_looks_like_it_stays(text: str) -> None:
    assert redact(text, KINDS, REGIONS) == text


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_is_taken_alone(kind: str) -> None:
    said = "a@b.co DE89370400440532013000 192.168.10.20 4111111111111111 +4930231251 123456789"

    assert set(re.findall(r"\[[a-z-]+\]", redact(said, [kind]))) <= {TOKENS[kind]}
    assert TOKENS[kind] in redact(said, [kind])


def test_no_kinds_change_nothing_and_unknown_ones_are_refused() -> None:
    assert redact("a@b.co", []) == "a@b.co"
    with pytest.raises(ValueError, match="unknown kinds: names"):
        redact("a@b.co", ["names"])


def test_telephones_without_a_country_are_known_where_they_ring() -> None:
    assert redact("030 23125123", ["phone"], ["DE"]) == "[phone]"
    assert redact("030 23125123", ["phone"]) == "030 23125123"


PIECES = st.sampled_from(
    ["a@b.co", "@", ".", "-", " ", "+", "(", ")", "/", ":", "030", "4111", "1111", "2026", "12", "7", "DE89", "3704",
     "0044", "0532", "0130", "00", "192.168.10.20", "fe80::1", "٣", "７", "\u200b", "x", "を", "\n", ",",
     *TOKENS.values()]
)  # fmt: skip
TEXTS = st.one_of(
    st.text(max_size=80), st.text(string.digits + " -+./()@a[]", max_size=80), st.lists(PIECES).map("".join)
)


@given(TEXTS)
def test_the_same_again_changes_nothing(text: str) -> None:
    once = redact(text, KINDS, REGIONS)

    assert redact(once, KINDS, REGIONS) == once


@given(st.text(st.characters(exclude_categories=["Nd", "No", "Cs"], exclude_characters="@＠﹫")))
def test_a_text_without_digits_and_at_signs_is_untouched(text: str) -> None:
    assert redact(text, KINDS, REGIONS) == text


@given(TEXTS)
def test_letters_outside_of_what_was_found_are_kept_in_order(text: str) -> None:
    kept = iter(text)

    assert all(letter in kept for letter in "".join(re.split(r"\[[a-z-]+\]", redact(text, KINDS, REGIONS))))


@pytest.mark.parametrize("token", TOKENS.values())
def test_nothing_is_read_out_of_a_token(token: str) -> None:
    alone = Comment("1", f"{token} {token}", 0, "en")
    asked = Comment("2", f"The export never finishes, write to {token} or {token}", 2, "en")
    plain = Comment("2", without_tokens(asked.text), 2, "en")

    assert judge(alone).mentions == ()
    assert judge(asked) == judge(plain)
    assert painful([asked], [judge(asked)]).texts == painful([plain], [judge(plain)]).texts
    assert len(without_tokens(asked.text)) == len(asked.text)
