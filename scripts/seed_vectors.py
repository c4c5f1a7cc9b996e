"""Writes the vectors of all shipped phrases, and their tone: run it after a change of any phrase."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from app.analysis.pain_points import catalogue, seed_vectors, tone  # noqa: E402 - after the path to our own code
from app.analysis.pain_points.encoder import Remembering, UseEncoder, compact  # noqa: E402
from app.analysis.pain_points.gloss import gloss  # noqa: E402

if __name__ == "__main__":
    entries = [*catalogue.shipped(), *catalogue.shelf(), *catalogue.chatter()]
    texts = sorted({gloss(text, code) for entry in entries for code, texts in entry.phrases.items() for text in texts})
    folder, encoder = ROOT / "app" / "analysis" / "pain_points", Remembering(UseEncoder())
    seed_vectors.save(folder / seed_vectors.NAME, texts, compact(encoder.encode(texts)))
    tone.save(folder / tone.NAME, tone.learn(encoder))
    sys.stdout.write(f"{len(texts)} phrases\n")
