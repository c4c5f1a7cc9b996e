"""BERTopic on given vectors: prints a topic for each comment.

`python -m bench.topics COMMENTS.json VECTORS.npy LEAST eom|leaf`
Run by `bench/baselines.py` in an environment of its own: nothing of the product is imported here.
"""

from __future__ import annotations

import json
import sys
import warnings
from pathlib import Path

import numpy as np


def topics(comments: list[str], vectors: np.ndarray, least: int, selection: str) -> list[int]:
    """The number of each comment's topic, −1 for those that BERTopic drops.

    Its defaults ("eom", 10) but for a fixed seed; "leaf" takes the finest clusters instead of the most persistent.
    """
    from bertopic import BERTopic
    from hdbscan import HDBSCAN
    from umap import UMAP

    umap = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", low_memory=False, random_state=20)
    hdbscan = HDBSCAN(min_cluster_size=least, cluster_selection_method=selection, prediction_data=True)
    model = BERTopic(embedding_model=None, umap_model=umap, hdbscan_model=hdbscan, language="multilingual")
    found, _ = model.fit_transform(comments, embeddings=vectors)
    return [int(topic) for topic in found]


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    comments = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    print(json.dumps(topics(comments, np.load(sys.argv[2]), int(sys.argv[3]), sys.argv[4])))
