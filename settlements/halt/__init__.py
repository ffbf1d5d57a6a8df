"""The stop switch: anything that finds the books broken stops payouts; two people start them again."""
