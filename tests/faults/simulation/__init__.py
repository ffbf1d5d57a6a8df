"""A small deterministic world: one process, a virtual clock, a simulated bank and broker, one seed."""
