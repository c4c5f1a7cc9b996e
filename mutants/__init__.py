"""The mutation campaign: whether tests notice when a line that decides is wrong; `python -m mutants`."""
