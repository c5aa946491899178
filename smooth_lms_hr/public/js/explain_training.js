// Why somebody owes what they owe, or does not: in one click, from the Employee and from the assignment.

(() => {
	function explain(args, who) {
		return frappe
			.call({ method: "smooth_lms_hr.api.explain_training", type: "GET", args })
			.then(({ message }) => {
				const dialog = new frappe.ui.Dialog({
					title: __("Training of {0}", [who]),
					size: "large",
					fields: [{ fieldname: "explanation", fieldtype: "HTML" }],
				});
				dialog.fields_dict.explanation.$wrapper.html(smooth_lms_hr.training.explanation(message.courses));
				dialog.show();
			});
	}

	frappe.ui.form.on("Employee", {
		refresh(frm) {
			if (!frm.is_new() && frappe.model.can_read("LMS Training Assignment")) {
				frm.add_custom_button(__("Explain Training"), () =>
					explain({ employee: frm.doc.name }, frm.doc.employee_name || frm.doc.name),
				);
			}
		},
	});

	frappe.ui.form.on("LMS Training Assignment", {
		refresh(frm) {
			if (frm.is_new()) {
				return;
			}
			const { employee, member } = frm.doc;
			frm.add_custom_button(__("Explain"), () =>
				explain(employee ? { employee } : { member }, smooth_lms_hr.training.name_of(frm.doc)),
			);
		},
	});
})();
