"""Mesa views on a running organisation: employees, leaders, customers, and why."""
