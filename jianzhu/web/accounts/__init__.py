"""Signing in and out: staff by password, workers by phone and one-time code."""
