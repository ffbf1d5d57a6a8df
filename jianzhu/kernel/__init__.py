"""What every room may use: money, commands and locks, machines, guards, refusals, the clock. No rows."""
