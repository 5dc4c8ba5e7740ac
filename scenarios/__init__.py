"""What is simulated: organisations, schedules and claims, as data."""
