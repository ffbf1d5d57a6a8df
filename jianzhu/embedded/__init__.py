"""What a machine with only Python needs: a real PostgreSQL, and processes that live together."""
