(() => {
	// What the sentence at the head of the form says.
	const SAID_ABOVE = [
		"status", "progress", "completed_on", "valid_until", "waiver_section", "reminders_section",
	]; // prettier-ignore

	frappe.ui.form.on("LMS Training Assignment", {
		setup(frm) {
			frm.set_query("course", () => ({ filters: { published: 1 } }));
			frm.set_query("employee", () => ({ filters: { status: ["!=", "Left"] } }));
		},

		refresh(frm) {
			// The server fills in what is left empty on a new one: the day by the course, the member by the employee.
			frm.toggle_reqd("due_date", !frm.is_new());
			set_member_required(frm);
			frm.toggle_display(SAID_ABOVE, false);
			if (!frm.is_dirty()) {
				frm.doc.__stored_due_date = frm.doc.due_date;
			}
			ask_why_it_moves(frm);
			if (frm.is_new()) {
				frm.set_df_property("due_date", "description", __("Empty: the days of the course, or the default."));
				return;
			}
			frm.set_df_property("due_date", "description", "");
			for (const fieldname of ["due_date_basis", "reason"]) {
				frm.set_df_property(fieldname, "formatter", smooth_lms_hr.training.words_as_read);
			}
			const { html, colour } = smooth_lms_hr.training.situation(frm.doc);
			// Frappe puts one below the other where a form is refreshed twice.
			frm.dashboard.clear_headline();
			frm.dashboard.set_headline_alert(html, colour);
			show_evidence(frm);
			add_actions(frm);
			add_links(frm);
		},

		employee: set_member_required,
		due_date: ask_why_it_moves,
	});

	// Shows the field for the reason, and insists on it, while the due date is another one than is stored.
	function ask_why_it_moves(frm) {
		const moves = !frm.is_new() && frm.doc.due_date !== frm.doc.__stored_due_date;
		frm.toggle_display("due_date_reason", moves);
		frm.toggle_reqd("due_date_reason", moves);
	}

	function set_member_required(frm) {
		frm.toggle_reqd("member", !(frm.is_new() && frm.doc.employee));
	}

	function show_evidence(frm) {
		const rows = frm.doc.__onload?.evidence || [];
		if (rows.length) {
			frm.dashboard.add_section(smooth_lms_hr.training.evidence_in_html(rows), __("Evidence"));
		}
	}

	function add_actions(frm) {
		const { training } = smooth_lms_hr;
		// Nobody signs for somebody else, and where it is read it is signed.
		if (frm.doc.status === training.AWAITING_SIGNATURE && frm.doc.member === frappe.session.user) {
			frm.add_custom_button(__("Read and Sign"), () => window.open("/my-training", "_blank", "noopener"));
		}
		const add = (label, action) =>
			frm.add_custom_button(label, () => action([frm.doc], () => frm.reload_doc()));
		if (!frm.perm[0]?.write) {
			return;
		}
		if (frm.doc.status === "Waived") {
			add(__("Withdraw Waiver"), training.withdraw_waiver);
		}
		if (frm.doc.status === "Completed") {
			add(__("Revoke Completion"), training.revoke);
		}
		if (!training.is_open(frm.doc.status)) {
			return;
		}
		add(__("Remind"), training.remind);
		add(__("Extend Due Date"), training.extend);
		add(__("Waive"), training.waive);
		add(__("Cancel Training"), training.cancel);
	}

	function add_links(frm) {
		const group = __("View");
		const lms = frappe.boot.lms_path || "lms";
		frm.add_custom_button(
			__("Course in Learning"),
			() => window.open(`/${lms}/courses/${encodeURIComponent(frm.doc.course)}`, "_blank", "noopener"),
			group,
		);
		frm.add_custom_button(__("Training Record"), () => smooth_lms_hr.training.open_record(frm.doc), group);
		for (const [fieldname, doctype] of [
			["enrollment", "LMS Enrollment"],
			["employee", "Employee"],
			["onboarding", "Employee Onboarding"],
		]) {
			if (frm.doc[fieldname] && frappe.model.can_read(doctype)) {
				frm.add_custom_button(
					__(doctype),
					() => frappe.set_route("Form", doctype, frm.doc[fieldname]),
					group,
				);
			}
		}
	}
})();
