"""Writes the vectors of all shipped phrases: run it after a change of the catalogue or the shelf."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app.analysis.pain_points import catalogue, seed_vectors  # noqa: E402 - after the path to our own code
from app.analysis.pain_points.encoder import UseEncoder, compact  # noqa: E402
from app.analysis.pain_points.gloss import gloss  # noqa: E402

if __name__ == "__main__":
    entries = [*catalogue.shipped(), *catalogue.shelf(), *catalogue.chatter()]
    texts = sorted({gloss(text, code) for entry in entries for code, texts in entry.phrases.items() for text in texts})
    rows = compact(UseEncoder().encode(texts))
    seed_vectors.save(ROOT / "app" / "analysis" / "pain_points" / seed_vectors.NAME, texts, rows)
    sys.stdout.write(f"{len(texts)} phrases\n")
