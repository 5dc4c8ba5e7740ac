"""Facade for notebooks."""
