"""Entry points: the command line, runs, figures, reports, storage."""
