"""Double entry: accounts, immutable transfers and entries; reserve, post, void, reverse."""
