"""Amounts beside time and pieces: allowances, bonuses, advances and their repayment, deductions."""
