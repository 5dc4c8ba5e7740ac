"""Stories: one HTML file each that plays in any browser, from a grid of runs made beforehand."""
