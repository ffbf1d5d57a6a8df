"""The ground for crash tests: real processes on a PostgreSQL, a bank and a line of their own."""
