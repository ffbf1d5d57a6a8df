"""That it was done: task sheets, measured and accepted quantity, inspections."""
