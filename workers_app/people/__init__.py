"""Who can work: workers, their payee accounts, and crews with their membership over time."""
