"""What is written down and never changed: what happened to assignments, and what was said to whom.

Called by the rooms above (assigning, following, telling, showing); uses ``sources`` and ``training``.
"""
