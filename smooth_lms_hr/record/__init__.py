"""What is written down and never changed: what happened to assignments, what was learned, what was said; and its seals.

Called by the rooms above (assigning, following, telling, showing); uses ``sources`` and ``training``.
"""
