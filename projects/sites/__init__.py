"""Where the work is: project, its parties, sites, terminals and who is enrolled on them."""
