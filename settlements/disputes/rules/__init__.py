"""What a case goes by, from values alone: when records settle it, what an award is, its clocks."""
