"""How do rival rules do on the same rows of targets, over the plausible set? `zwerm contest`."""
