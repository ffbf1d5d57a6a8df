"""That it was worked: raw punches, day records, corrections."""
