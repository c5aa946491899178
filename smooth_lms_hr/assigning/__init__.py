"""Who owes what: by onboarding, by hand, by campaign. ``assignments`` is the one writer of LMS Training Assignment.

Called by following, telling and the handlers; uses ``record``, ``sources`` and ``training``.
"""
