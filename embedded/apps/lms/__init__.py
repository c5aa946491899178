"""Stand-in for Frappe Learning: courses, enrolments, progress and certificates, without a front end."""

__version__ = "2.61.0"
