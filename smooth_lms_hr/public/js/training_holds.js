// HR keeps the training record of an employee, whatever the retention says, and lifts that again: on the form of the Employee.

(() => {
	const escape = frappe.utils.escape_html;
	// Whom the server lets do it.
	const ROLES = ["System Manager", "HR Manager"];

	frappe.ui.form.on("Employee", {
		refresh(frm) {
			if (frm.is_new() || !ROLES.some((role) => frappe.user.has_role(role))) {
				return;
			}
			const employee = frm.doc.name;
			frappe
				.call({ method: "smooth_lms_hr.desk.get_hold", type: "GET", args: { employee } })
				.then(({ message }) => frm.doc.name === employee && show(frm, message));
		},
	});

	function show(frm, hold) {
		if (hold) {
			const said = [hold.held_by, frappe.datetime.str_to_user(hold.held_on), hold.reason].map(escape);
			frm.dashboard.add_comment(__("The training record is on hold: {0}, {1}: {2}", said), "yellow", true);
		}
		const label = hold ? __("Lift Hold on Training Record") : __("Hold Training Record");
		frm.add_custom_button(label, () => (hold ? release(frm) : put(frm)), __("Retention"));
	}

	function put(frm) {
		const what = __(
			"Nothing of the training record is erased, by the retention or at the person's own request, until the hold is lifted.",
		);
		ask(frm, __("Hold Training Record"), what, __("Hold"), "hold_record");
	}

	function release(frm) {
		const what = __("What is kept no longer is erased with the next daily run, where retention is on.");
		ask(frm, __("Lift Hold on Training Record"), what, __("Lift Hold"), "release_record");
	}

	function ask(frm, title, what, action, method) {
		const dialog = new frappe.ui.Dialog({
			title,
			fields: [
				{ fieldtype: "HTML", fieldname: "what", options: `<p>${what}</p>` },
				{
					fieldname: "reason",
					fieldtype: "Small Text",
					label: __("Reason"),
					description: __(
						"It is kept in the history, and read by whoever may see the training of the person.",
					),
					reqd: 1,
				},
			],
			primary_action_label: action,
			primary_action({ reason }) {
				dialog.hide();
				frappe
					.call({
						method: `smooth_lms_hr.api.${method}`,
						type: "POST",
						args: { employees: [frm.doc.name], reason },
						freeze: true,
					})
					.then(({ message }) => {
						const failed = message.failed.length > 0;
						const [row] = failed ? message.failed : message.done;
						frappe.show_alert({ message: escape(row.message), indicator: failed ? "red" : "green" });
						frm.reload_doc();
					});
			},
		});
		dialog.show();
	}
})();
