"""The model itself: numpy and numba only."""
