"""Makes the records that the tests are about, as HR and course creators make them, on either engine."""

from tests.site.factory.hiring import (
	applicant,
	employee_from,
	finish_tasks,
	holiday_list,
	new_onboarding,
	offer,
	onboarding,
)
from tests.site.factory.learning import (
	add_lessons,
	batch,
	complete_lessons,
	course,
	learn_silently,
	lessons_of,
	program,
	progress_row,
)
from tests.site.factory.mail import (
	mail_account,
	parse_mail,
)
from tests.site.factory.people import (
	company,
	designation,
	employee,
	hr_manager,
	named,
	next_number,
	unique,
	user,
)
from tests.site.factory.training import (
	assignment,
	assignments,
	causes,
	events,
	line,
	owed,
	rule,
)

__all__ = [
	"add_lessons",
	"applicant",
	"assignment",
	"assignments",
	"batch",
	"causes",
	"company",
	"complete_lessons",
	"course",
	"designation",
	"employee",
	"employee_from",
	"events",
	"finish_tasks",
	"holiday_list",
	"hr_manager",
	"learn_silently",
	"lessons_of",
	"line",
	"mail_account",
	"named",
	"new_onboarding",
	"next_number",
	"offer",
	"onboarding",
	"owed",
	"parse_mail",
	"program",
	"progress_row",
	"rule",
	"unique",
	"user",
]
