"""One mechanism, one file: its parameters, its equation, its kernel."""
