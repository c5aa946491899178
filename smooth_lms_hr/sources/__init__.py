"""What is known of a site, read in sets, and the doors to it: names, people, permissions, settings, Learning, the queue.

Anybody may use it; it uses ``training`` alone. The one door through which we write to Learning is ``learning``.
"""
