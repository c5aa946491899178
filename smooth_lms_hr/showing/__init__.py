"""What people see of it: histories, pages, figures and reports. Reads, writes nothing.

Called by api, desk, reports, dashboards and www; uses every room below, and none of them uses it.
"""
