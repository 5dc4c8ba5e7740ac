"""Sweeps: many runs over a design, on threads or a cluster, that never lose one."""
