"""The project's wage account (专用账户): what was paid in, and what it must still cover."""
