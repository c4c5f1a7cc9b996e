"""BERTopic on given vectors: `python -m bench.topics COMMENTS.json VECTORS.npy LEAST` prints a topic for each comment.

Run by `bench/baselines.py` in an environment of its own: nothing of the product is imported here.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path

import numpy as np


def topics(comments: list[str], vectors: np.ndarray, least: int) -> list[int]:
    """The number of each comment's topic, −1 for those that BERTopic drops. Its defaults, but with a fixed seed."""
    from bertopic import BERTopic
    from umap import UMAP

    umap = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", low_memory=False, random_state=20)
    model = BERTopic(embedding_model=None, umap_model=umap, min_topic_size=least, language="multilingual")
    found, _ = model.fit_transform(comments, embeddings=vectors)
    return [int(topic) for topic in found]


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    comments = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    print(json.dumps(topics(comments, np.load(sys.argv[2]), int(sys.argv[3]))))
