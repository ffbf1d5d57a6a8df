"""What a project may agree on."""

# Who may be asked before wages leave, beside the match itself (Decree 724 art. 28, 31).
GATES = (
    ("worker", "the worker confirms the statement's line"),
    ("labour_officer", "the labour officer (劳资专管员) checks it"),
)
