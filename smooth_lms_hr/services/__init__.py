"""Where queued jobs of the last release look for their functions. Goes with the next release."""
