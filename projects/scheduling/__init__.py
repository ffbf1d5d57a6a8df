"""Who works where and when: work packages, assignments, plans; `solver/` is pure."""
