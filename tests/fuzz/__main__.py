"""Bytes at what reads tokens and words, steered by which lines they reach: `python -m tests.fuzz tokens 60`.

It ends at the first exception that is not one of ours, with the bytes in a file; nothing said is nothing found.
"""

from __future__ import annotations

import contextlib
import sys
import tempfile
import time

import atheris

with atheris.instrument_imports(include=["app.security", "app.analysis.text", "itsdangerous"]):
    from flask import Flask

    from app.analysis.text import clean, language, mentions, stance
    from app.security import receipt_codes, respondents, tokens
    from app.security.respondents import Key, RefusedError
    from app.security.tokens import BadTokenError, Form, Mail, Receipt

from tests.security.signing import SECRET, respondent_token

APP = Flask(__name__)
APP.config.update(SECRET_KEY="a secret of the fuzzer, of 32 bytes and more", SECRET_KEY_FALLBACKS=[])
LANGUAGES = ("en", "de", "fr", "ja", "ar", "und")
READERS = (
    lambda text: tokens.open_form(text, 7, "n"),
    lambda text: tokens.open_receipt(text, 7),
    lambda text: tokens.open_opened(text, 7),
    lambda text: tokens.open_mail(text, "point", "case", "confirm", "end"),
    lambda text: tokens.open_reset(text, lambda _id: None),
)


def read_tokens(data: bytes) -> None:
    """No text opens anything, signed payloads of any shape included, and nothing but a refusal comes back."""
    fuzzed = atheris.FuzzedDataProvider(data)
    kind, text = fuzzed.ConsumeIntInRange(0, len(READERS) + 2), fuzzed.ConsumeUnicode(600)
    with APP.app_context(), contextlib.suppress(BadTokenError, RefusedError):
        if kind < len(READERS):
            READERS[kind](text)
        elif kind == len(READERS):
            respondents.verify([text], {"k1": Key(SECRET)}, "https://nps.example", "shop", time.time())
        elif kind == len(READERS) + 1:  # a key of the host's own signs whatever it likes
            signed = respondent_token(text.encode("utf-8", "replace").decode())
            respondents.verify([signed], {"k1": Key(SECRET)}, "https://nps.example", "shop", time.time())
        else:
            receipt_codes.hashes(7, text)


def read_words(data: bytes) -> None:
    """Any text is read to its end; what is kept can be written and stays as it is, and every part has its place."""
    fuzzed = atheris.FuzzedDataProvider(data)
    code, text = LANGUAGES[fuzzed.ConsumeIntInRange(0, len(LANGUAGES) - 1)], fuzzed.ConsumeUnicode(1_000)
    kept = clean.normalise(text)
    if kept is None:
        return
    kept.encode()
    assert clean.normalise(kept) == kept
    clean.has_content(kept, code)
    language.identify(kept)
    stance.stance(kept, code, 3)
    for span in mentions.split(kept, code):
        assert 0 <= span.start < span.end <= len(kept)


def corpus() -> list[bytes]:
    """What is known to be read, so that not all time goes into finding it."""
    with APP.app_context():
        made = [tokens.seal_form(Form(7, "n")), tokens.seal_receipt(Receipt(7, 1)), respondent_token({"sub": "ann"})]
        return [text.encode() for text in (*made, tokens.seal_mail(Mail.to(7, 1, "a@example.com", "point", "x")))]


if __name__ == "__main__":
    what, seconds = sys.argv[1], sys.argv[2]
    for one in corpus() if what == "tokens" else ():
        read_tokens(one)
    sys.argv = [sys.argv[0], f"-max_total_time={seconds}", "-max_len=2000", "-timeout=10", "-rss_limit_mb=1500"]
    sys.argv.append(f"-artifact_prefix={tempfile.mkdtemp(prefix='whyscore-fuzz-')}/")
    atheris.Setup(sys.argv, read_tokens if what == "tokens" else read_words)
    atheris.Fuzz()
