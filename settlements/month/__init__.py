"""The sample month: loading it from files, running it, and telling what became of it."""
