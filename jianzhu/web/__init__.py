"""The edge that every page and endpoint shares: problems, idempotency, pagination, page shell."""
