"""What a process needs to be ready at once; the server of processes imports it, and its children have it."""

from app import api, cli, jobs, pages
from app.analysis.judge import judge
from app.analysis.pain_points import seed_vectors
from app.analysis.text.tokens import load_stemmers
from app.analysis.types import Comment

__all__ = ["api", "cli", "jobs", "pages"]

load_stemmers()
judge(Comment("", "wärm up please", 3))
seed_vectors.shipped()
