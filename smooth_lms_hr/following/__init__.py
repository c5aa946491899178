"""What becomes of an assignment: lessons, decisions, people who leave, move, are away or back, records that
are deleted or merged.

Called by the handlers, the API and the daily run; uses ``assigning`` and the rooms below it.
"""
