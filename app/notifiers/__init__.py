"""What tells people: a message in, what became of it out."""
