// On the form of a course: who owes it, and a word of warning before it is taken from them.

(() => {
	frappe.ui.form.on("LMS Course", {
		refresh(frm) {
			if (frm.is_new()) {
				return;
			}
			frm.training_before = { published: frm.doc.published, is_mandatory: frm.doc.is_mandatory };
			show_counts(frm);
			if (frappe.model.can_create("LMS Training Assignment") && frm.doc.published) {
				frm.add_custom_button(__("Assign Training"), () =>
					smooth_lms_hr.training.assign({ courses: [frm.doc.name] }, () => show_counts(frm)),
				);
			}
		},

		before_save(frm) {
			const taken_back = ["published", "is_mandatory"].filter(
				(fieldname) => !frm.is_new() && frm.training_before?.[fieldname] && !frm.doc[fieldname],
			);
			if (taken_back.length && frm.training_counts?.open) {
				return confirm_taking_back(frm, taken_back);
			}
		},
	});

	function show_counts(frm) {
		if (!frappe.model.can_read("LMS Training Assignment")) {
			return;
		}
		const name = frm.doc.name;
		return frappe
			.call({ method: "smooth_lms_hr.desk.get_course_training", args: { course: name }, type: "GET" })
			.then(({ message: counts }) => {
				if (frm.doc.name !== name) {
					return;
				}
				frm.training_counts = counts;
				frm.dashboard.stats_area_row.find(".training-count").closest(".indicator-column").remove();
				add_count(frm, __("Open: {0}", [counts.open]), counts.open ? "blue" : "gray", "Open");
				add_count(frm, __("Overdue: {0}", [counts.overdue]), counts.overdue ? "red" : "gray", "Overdue");
				add_count(frm, __("Completed: {0}", [counts.completed]), "green", "Completed");
			});
	}

	function add_count(frm, label, colour, what) {
		const status = what === "Open" ? ["in", ["Pending", "In Progress", "Overdue"]] : what;
		// The class is on the inside: Frappe resets those of the column with every indicator that is added.
		frm.dashboard
			.add_indicator(
				`<a href="#" class="text-reset training-count">${frappe.utils.escape_html(label)}</a>`,
				colour,
			)
			.find("a")
			.on("click", (event) => {
				event.preventDefault();
				frappe.set_route("List", "LMS Training Assignment", { course: frm.doc.name, status });
			});
	}

	function confirm_taking_back(frm, fieldnames) {
		const labels = fieldnames.map((fieldname) => `<b>${__(frm.fields_dict[fieldname].df.label)}</b>`);
		const { open, overdue } = frm.training_counts;
		const said = [
			open === 1
				? __("1 person still owes this course.")
				: __("{0} people still owe this course, {1} of them are late.", [open, overdue]),
			__("You are taking back {0}.", [frappe.utils.comma_and(labels, false)]),
			__("Their assignments stay open; those who need not do it any more have to be waived."),
		];
		return new Promise((resolve) => {
			frappe.confirm(
				said.join(" "),
				() => resolve(),
				() => {
					frappe.validated = false;
					resolve();
				},
			);
		});
	}
})();
