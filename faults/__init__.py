"""The fault campaign: what is promised to be kept, while things break. `python -m faults` writes docs/evidence.md."""
