"""Questions that store nothing: what would this pay?"""
