"""What a machine with nothing but Python needs: a real PostgreSQL, and processes that live together."""
