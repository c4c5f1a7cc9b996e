"""What names a person in a text: each recogniser finds one kind, in time proportional to the text.

All of them read a text in its plain letters (`plain.py`) and give places in it.
"""
