"""Plans: who does which package when, found by the solver, offered to people, and kept up to date.

Read in this order: `models`, `calendars` (days and slots), `problems` (rows in, problem out),
`planner` (the job), `answers` (a solution as rows), `publishing` (offers), `replanning` (what
happens when reality differs), `moving` (a person's own hand).
"""
