"""What the records that we work with are called."""

# Ours.
ASSIGNMENT = "LMS Training Assignment"
EVENT = "LMS Training Event"
EVIDENCE = "LMS Training Evidence"
SEAL = "LMS Training Seal"
NOTIFICATION = "LMS Training Notification"
RUN = "LMS Training Run"
RUN_STEP = "LMS Training Run Step"
CAUSE = "LMS Training Cause"
RULE = "LMS Training Rule"
EXCEPTION = "LMS Training Exception"
EQUIVALENT = "LMS Training Equivalent"
REQUEST = "LMS Training Request"
COMPLIANCE_TYPE = "Compliance Type"
COMPLIANCE = "Employee Compliance"
COMPLIANCE_PROOF = "Employee Compliance Proof"
DOCUMENT = "Employee Document"

# Frappe's.
TODO = "ToDo"

# Learning's.
ENROLLMENT = "LMS Enrollment"
CERTIFICATE = "LMS Certificate"

# Frappe HR's.
ONBOARDING = "Employee Onboarding"
LEAVE = "Leave Application"
TRAINING_EVENT = "Training Event"
TRAINING_RESULT = "Training Result"

# Frappe's.
DELETION_REQUEST = "Personal Data Deletion Request"
