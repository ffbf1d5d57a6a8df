"""The append-only event log: who did what to which row, sealed into a Merkle tree."""
