// What is due on which day, with the filters of the list. Frappe reads the rows, as far as the reader may.

frappe.views.calendar["LMS Training Assignment"] = {
	field_map: {
		start: "due_date",
		end: "due_date",
		id: "name",
		title: "course_title",
		allDay: "all_day",
		// A date is the same day wherever its reader is.
		convertToUserTz: "convert_to_user_tz",
	},
	fields: ["name", "due_date", "course", "course_title", "employee_name", "member_name", "member", "status"],
	get_css_class: (row) => smooth_lms_hr.training.colour_of(row),
	options: {
		// A due date is moved with a reason: the form asks for it, and a drag would not.
		eventDataTransform: (row) => ({
			...row,
			title: `${smooth_lms_hr.training.name_of(row)}: ${row.course_title || row.course}`,
			editable: false,
		}),
	},
};
