"""Who is told of it: the first word, the reminder ladder, the digest, and what somebody asks for.

Collect, decide, send. Called by the daily run, jobs and the API; uses ``following`` and the rooms below it.
"""
