"""On what terms: the work agreement and the rates agreed over [valid_from, valid_to)."""
