"""The sandbox bank: a process of its own, with its own journal, that the product can't tell from a
real one. Standard library only; see `docs/sandbox-bank.md`.
"""
