"""Terminals that are asked, instead of telling by themselves."""
