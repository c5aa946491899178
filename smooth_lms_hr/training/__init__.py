"""The rules of mandatory training.

Pure Python: no frappe, no database, no clock. Dates come in as arguments, decisions go out as plain values, and the
words that explain them to people are found in ``sources.words``, where they can be translated.
"""
