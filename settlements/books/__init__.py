"""The eight truths that hold at every commit (rules of pay §2), each as a question to the tables."""
