"""Sheets that people send: a dry run says what each row would do, a real one does all or nothing.

The room lies high because a sheet may touch every room: people, terms, sites, planning, acceptance and
the wage account. Nothing is decided here; each row ends in a step of the room whose noun it is about.
"""
