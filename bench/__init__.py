"""Benchmarks: each prints a table with its ratio to a named yardstick. `python -m bench [capture|analysis|report]`."""
