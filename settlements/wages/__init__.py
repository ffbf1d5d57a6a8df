"""Wages: pay arithmetic by dated rule set, exact to the minor unit, line by line. Pure."""
