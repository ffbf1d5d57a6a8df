"""What the sample month is made of: invented people, their work, their gates, planted faults."""
