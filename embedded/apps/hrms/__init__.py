"""Stand-in for Frappe HR: onboarding, and what it does to an Employee."""

__version__ = "15.0.0"
