"""The public methods: check the caller, call the room, shape the answer. What only our own screens call is in desk.py.

They are called by the names that they have here, whatever module they are in.
"""

from smooth_lms_hr.api.assigning import (
	assign_mandatory_training,
	get_campaign,
	preview_campaign,
	start_campaign,
)
from smooth_lms_hr.api.compliance import (
	reopen_compliance,
	revoke_compliance,
	verify_compliance,
	waive_compliance,
)
from smooth_lms_hr.api.courses import set_course_training
from smooth_lms_hr.api.decisions import (
	cancel_training,
	extend_due_date,
	revoke_completion,
	send_reminder,
	waive,
	withdraw_waiver,
)
from smooth_lms_hr.api.documents import add_my_document, verify_documents, withdraw_my_document
from smooth_lms_hr.api.learner import (
	explain_training,
	get_my_training_assignments,
	get_my_training_calendar,
	log_card_error,
)
from smooth_lms_hr.api.onboarding import assign_onboarding_training, get_onboarding_training
from smooth_lms_hr.api.proof import (
	export_evidence,
	export_my_evidence,
	get_evidence_export,
	verify_audit_trail,
)
from smooth_lms_hr.api.requests import answer_request, request_training, withdraw_request
from smooth_lms_hr.api.retention import hold_record, release_record
from smooth_lms_hr.api.rules import apply_rule, preview_rule
from smooth_lms_hr.api.signing import request_signing_code, sign_statement
from smooth_lms_hr.api.team import get_team_training_status

__all__ = [
	"add_my_document",
	"answer_request",
	"apply_rule",
	"assign_mandatory_training",
	"assign_onboarding_training",
	"cancel_training",
	"explain_training",
	"export_evidence",
	"export_my_evidence",
	"extend_due_date",
	"get_campaign",
	"get_evidence_export",
	"get_my_training_assignments",
	"get_my_training_calendar",
	"get_onboarding_training",
	"get_team_training_status",
	"hold_record",
	"log_card_error",
	"preview_campaign",
	"preview_rule",
	"release_record",
	"reopen_compliance",
	"request_signing_code",
	"request_training",
	"revoke_completion",
	"revoke_compliance",
	"send_reminder",
	"set_course_training",
	"sign_statement",
	"start_campaign",
	"verify_audit_trail",
	"verify_compliance",
	"verify_documents",
	"waive",
	"waive_compliance",
	"withdraw_my_document",
	"withdraw_request",
	"withdraw_waiver",
]
