"""The methods that Whyscore is measured against. Each sorts comments into groups and says which group each is in."""

from __future__ import annotations

import json
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
BERTOPIC = ROOT / ".venv-bench" / "bin" / "python"
SEED = 20
LSA_AXES = 100
GROUPS = (12, 25)  # two tries each; the better one counts
LEAST = (10, 5)  # the same for BERTopic, which finds its number: comments that make a topic, 10 being its default
NO_TOPIC = -1

Groups = list[list[str]]  # for each comment its group, or nothing


class NotInstalledError(Exception):
    """BERTopic is not there."""


@dataclass
class Given:
    """The comments a method is given. What several methods need is computed once."""

    comments: Sequence[str]

    @cached_property
    def encoded(self) -> tuple[np.ndarray, float]:
        """A vector of the sentence encoder for each comment as a whole, and the seconds that all took."""
        from app.analysis.pain_points.encoder import UseEncoder

        began = time.perf_counter()
        return UseEncoder().encode(self.comments), time.perf_counter() - began

    @cached_property
    def words(self) -> Any:
        """TF-IDF of words and pairs of words that occur twice or more."""
        from sklearn.feature_extraction.text import TfidfVectorizer

        return TfidfVectorizer(ngram_range=(1, 2), min_df=2, sublinear_tf=True).fit_transform(self.comments)


Method = Callable[[Given, int], Groups]


def timed(method: Method, given: Given, size: int) -> tuple[Groups, float]:
    """The groups and the seconds they took, those of the vectors included where the method needs them."""
    encoding = given.encoded[1] if method in ON_VECTORS else 0.0
    began = time.perf_counter()
    groups = method(given, size)
    return groups, time.perf_counter() - began + encoding


def lsa(given: Given, groups: int) -> Groups:
    """Latent semantic analysis, then k-means."""
    from sklearn.decomposition import TruncatedSVD
    from sklearn.preprocessing import normalize

    axes = min(LSA_AXES, given.words.shape[1] - 1)
    return _k_means(normalize(TruncatedSVD(axes, random_state=SEED).fit_transform(given.words)), groups)


def nmf(given: Given, groups: int) -> Groups:
    """Non-negative matrix factorisation; the strongest factor of a comment, none where all are nought."""
    from sklearn.decomposition import NMF

    strength = NMF(groups, init="nndsvda", max_iter=3000, random_state=SEED).fit_transform(given.words)
    return [[str(row.argmax())] if row.any() else [] for row in strength]


def use(given: Given, groups: int) -> Groups:
    """The vectors of the sentence encoder as they are, then k-means."""
    return _k_means(given.encoded[0], groups)


def bertopic(given: Given, least: int, selection: str = "eom") -> Groups:
    """BERTopic in its own environment, on the same vectors."""
    with tempfile.TemporaryDirectory() as name:
        comments, vectors = Path(name) / "comments.json", Path(name) / "vectors.npy"
        comments.write_text(json.dumps(list(given.comments)), encoding="utf-8")
        np.save(vectors, given.encoded[0])
        found = json.loads(_own_environment("-m", "bench.topics", str(comments), str(vectors), str(least), selection))
    return [[str(topic)] if topic != NO_TOPIC else [] for topic in found]


def bertopic_leaves(given: Given, least: int) -> Groups:
    """The same with the finest clusters: where languages lie apart, its default takes all others for one topic."""
    return bertopic(given, least, "leaf")


def _own_environment(*words: str) -> str:
    """What Python prints there. Only a package that is missing counts as not installed; any other failure is one."""
    if (
        not BERTOPIC.exists()
        or subprocess.run([BERTOPIC, "-c", "import bertopic"], check=False, capture_output=True).returncode
    ):
        raise NotInstalledError
    return subprocess.run([BERTOPIC, *words], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def _k_means(rows: Any, groups: int) -> Groups:
    from sklearn.cluster import KMeans

    found = KMeans(groups, n_init=10, random_state=SEED).fit_predict(rows)
    return [[str(group)] for group in found]


ON_VECTORS = (use, bertopic, bertopic_leaves)
METHODS: dict[str, tuple[Method, Sequence[int]]] = {
    "LSA + KMeans, {} clusters": (lsa, GROUPS),
    "NMF, {} factors": (nmf, GROUPS),
    "USE + KMeans, {} clusters": (use, GROUPS),
    "BERTopic on USE vectors, topics of {} or more": (bertopic, LEAST),
    "BERTopic on USE vectors, finest topics of {} or more": (bertopic_leaves, LEAST),
}
