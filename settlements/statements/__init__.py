"""What is owed: one statement per worker, project and month, matched and released line by line."""
