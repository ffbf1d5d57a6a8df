"""Who may do what: users, organisations, roles over time, and the one policy table."""
