"""The clerk's desk for gates: who is on the list, who is silent, and what could not become a punch."""
