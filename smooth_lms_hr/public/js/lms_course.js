// On the form of a course: who owes it, and a word of warning before it is taken from them.

(() => {
	frappe.ui.form.on("LMS Course", {
		refresh(frm) {
			if (frm.is_new()) {
				return;
			}
			frm.training_before = { published: frm.doc.published, is_mandatory: frm.doc.is_mandatory };
			if (frm.training_counted_for?.name !== frm.doc.name) {
				frm.training_counted_for = days_of(frm);
			}
			show_counts(frm);
			if (frappe.model.can_create("LMS Training Assignment") && frm.doc.published) {
				frm.add_custom_button(__("Assign Training"), () =>
					smooth_lms_hr.training.assign({ courses: [frm.doc.name] }, () => show_counts(frm)),
				);
			}
			// Learning lets HR read courses. What is mandatory of one is for them to say all the same.
			if (!frappe.model.can_write("LMS Course") && frappe.model.can_write("LMS Training Assignment")) {
				frm.add_custom_button(__("Mandatory Training"), () => ask_what_is_mandatory(frm));
			}
		},

		after_save(frm) {
			ask_about_those_on_record(frm);
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

	function days_of(frm) {
		return { name: frm.doc.name, validity_days: frm.doc.validity_days, renew_from: frm.doc.renew_from };
	}

	// Until when a completion counts was fixed with it. Whether other days of the course hold for it too is HR's to say.
	function ask_about_those_on_record(frm) {
		const before = frm.training_counted_for;
		frm.training_counted_for = days_of(frm);
		const changed =
			before?.name === frm.doc.name &&
			(before.validity_days !== frm.doc.validity_days || before.renew_from !== frm.doc.renew_from);
		const completed = frm.training_counts?.completed;
		if (!changed || !completed || !frappe.model.can_write("LMS Training Assignment")) {
			return;
		}
		frappe.confirm(
			completed === 1
				? __(
						"One completion is on record, and counts as long as the course said then. Let it count as long as it says now?",
					)
				: __(
						"{0} completions are on record, and count as long as the course said then. Let them count as long as it says now?",
						[completed],
					),
			() =>
				frappe
					.call({
						method: "smooth_lms_hr.desk.apply_validity",
						args: { course: frm.doc.name },
						type: "POST",
					})
					.then(() =>
						frappe.show_alert({
							message: __("They are being changed in the background; the history of each says so."),
							indicator: "green",
						}),
					),
		);
	}

	function ask_what_is_mandatory(frm) {
		const fields = ["is_mandatory", "training_due_days", "validity_days", "renew_from"].map((fieldname) => {
			const { fieldtype, label, options, description, depends_on } = frm.fields_dict[fieldname].df;
			const value = frm.doc[fieldname];
			return { fieldname, fieldtype, label, options, description, depends_on, default: value };
		});
		const dialog = new frappe.ui.Dialog({
			title: __("Mandatory Training"),
			fields,
			primary_action_label: __("Save"),
			async primary_action(values) {
				const taken_back = frm.doc.is_mandatory && !values.is_mandatory && frm.training_counts?.open;
				if (taken_back && !(await is_sure_of_taking_back(frm, ["is_mandatory"]))) return;
				const { message } = await frappe.call({
					method: "smooth_lms_hr.api.set_course_training",
					type: "POST",
					// What is hidden keeps its value.
					args: { ...values, course: frm.doc.name, renew_from: values.renew_from || null },
					freeze: true,
				});
				dialog.hide();
				const said = frappe.utils.escape_html(message.message);
				frappe.show_alert({ message: said, indicator: "green" }, 7);
				await frm.reload_doc();
				ask_about_those_on_record(frm);
			},
		});
		dialog.show();
	}

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
				const { OPEN, late } = smooth_lms_hr.training;
				add_count(frm, __("Open: {0}", [counts.open]), counts.open ? "blue" : "gray", {
					status: ["in", OPEN],
				});
				add_count(frm, __("Overdue: {0}", [counts.overdue]), counts.overdue ? "red" : "gray", late());
				add_count(frm, __("Completed: {0}", [counts.completed]), "green", { status: "Completed" });
				frm.fields_dict.training_counts_like?.$wrapper.html(
					smooth_lms_hr.training.counts_like_in_words(counts.counts_like),
				);
			});
	}

	function add_count(frm, label, colour, filters) {
		// The class is on the inside: Frappe resets those of the column with every indicator that is added.
		frm.dashboard
			.add_indicator(
				`<a href="#" class="text-reset training-count">${frappe.utils.escape_html(label)}</a>`,
				colour,
			)
			.find("a")
			.on("click", (event) => {
				event.preventDefault();
				frappe.set_route("List", "LMS Training Assignment", { course: frm.doc.name, ...filters });
			});
	}

	async function confirm_taking_back(frm, fieldnames) {
		if (!(await is_sure_of_taking_back(frm, fieldnames))) {
			frappe.validated = false;
		}
	}

	function is_sure_of_taking_back(frm, fieldnames) {
		const labels = fieldnames.map((fieldname) => `<b>${__(frm.fields_dict[fieldname].df.label)}</b>`);
		const question = smooth_lms_hr.training.taking_back_in_words(
			frm.training_counts,
			frappe.utils.comma_and(labels, false),
		);
		return new Promise((resolve) => {
			frappe.confirm(
				question,
				() => resolve(true),
				() => resolve(false),
			);
		});
	}
})();
