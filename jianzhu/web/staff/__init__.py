"""Organisations, their people and the roles they hold."""
