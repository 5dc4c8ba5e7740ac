"""How fast, compared with what, on the same work."""
