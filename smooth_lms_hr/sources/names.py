"""What the records that we work with are called."""

# Ours.
ASSIGNMENT = "LMS Training Assignment"
EVENT = "LMS Training Event"
NOTIFICATION = "LMS Training Notification"

# Learning's.
ENROLLMENT = "LMS Enrollment"
