"""Payment milestones of a crew's contract: accepted amounts shared out, shown to and signed by each."""
