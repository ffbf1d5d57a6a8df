"""Punches made on workers' own phones, without network first, with what proves them."""
