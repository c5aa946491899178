// The Mandatory Training section of Employee Onboarding: what is owed, how far it is, and why the rest is not.

(() => {
	frappe.ui.form.on("Employee Onboarding", {
		onload_post_render(frm) {
			if (frm.training_watched) {
				return;
			}
			frm.training_watched = true;
			// HR comes back to the form from the course, the Employee or another tab: what it shows must not be old.
			const update = () => frm.page.wrapper.is(":visible") && show_training(frm);
			$(window).on("focus", update);
			frappe.realtime.on("smooth_lms_hr:onboarding_training", (data) => {
				if (data?.onboarding === frm.doc.name) {
					update();
				}
			});
		},

		refresh: show_training,
	});

	function show_training(frm) {
		const field = frm.fields_dict.training_overview;
		if (!field) {
			return;
		}
		if (frm.is_new()) {
			field.$wrapper.empty();
			return;
		}
		const name = frm.doc.name;
		return frappe
			.call({
				method: "smooth_lms_hr.api.get_onboarding_training",
				args: { onboarding: name },
				type: "GET",
			})
			.then(({ message }) => {
				// By now the form may show another onboarding.
				if (frm.doc.name === name && message) {
					render(frm, field.$wrapper, message);
				}
			})
			.catch(() => frm.doc.name === name && say_not_loaded(frm, field.$wrapper));
	}

	// What was wrong Frappe has said; here it must not look as if nothing were owed.
	function say_not_loaded(frm, $wrapper) {
		$wrapper.html(`
		<div class="training-overview d-flex flex-wrap align-items-center" style="margin-bottom: var(--margin-md)">
			<span class="mr-auto" role="status">${__("The training of this onboarding could not be loaded.")}</span>
			<button type="button" class="btn btn-default btn-xs" data-action="refresh">${__("Refresh")}</button>
		</div>`);
		$wrapper.find("[data-action=refresh]").on("click", () => show_training(frm));
	}

	function render(frm, $wrapper, training) {
		const escape = frappe.utils.escape_html;
		const { is_waiting, onboarding_in_words } = smooth_lms_hr.training;
		const waiting = training.courses.filter(is_waiting);
		const can_assign =
			waiting.length && !training.problem && frm.doc.docstatus !== 2 && Boolean(frm.perm[0]?.write);
		const dry_run = training.problem && waiting.length;
		$wrapper.html(`
		<div class="training-overview" style="margin-bottom: var(--margin-md)">
			<div class="d-flex flex-wrap align-items-center mb-2">
				<span class="mr-auto" role="status">${escape(onboarding_in_words(training.courses))}</span>
				<button type="button" class="btn btn-default btn-xs mr-2 mt-1" data-action="refresh">
					${__("Refresh")}</button>
				${
					can_assign
						? `<button type="button" class="btn btn-primary btn-xs mt-1" data-action="assign">
							${__("Assign now")}</button>`
						: ""
				}
			</div>
			${readiness(training)}
			${training.problem ? problem(frm, training) : ""}
			${dry_run ? `<p class="text-muted">${escape(plan_in_words())}</p>` : ""}
			${training.courses.length ? table(training.courses, dry_run) : ""}
		</div>`);
		// The note is what happened when it happened; the table says how it stands. Of failures, only the note knows why.
		frm.toggle_display(
			"training_note",
			!training.courses.length || ["Partly Assigned", "Not Assigned Yet"].includes(training.training_status),
		);
		$wrapper.find("[data-action=refresh]").on("click", () => show_training(frm));
		$wrapper.find("[data-action=assign]").on("click", () => assign_now(frm));
		$wrapper.find("[data-action=make-employee]").on("click", () => make_employee(frm));
		$wrapper.find("[data-action=make-user]").on("click", () => make_user(frm, training.employee));
	}

	const plan_in_words = () =>
		__(
			"What would be assigned today. Its dates count from the day on which there is somebody to assign it to.",
		);

	// What is in the way, with the button that makes what is missing, as far as the reader may.
	function problem(frm, training) {
		const escape = frappe.utils.escape_html;
		const { action, label, hint } = smooth_lms_hr.training.way_out(training.missing, frm.doc.docstatus);
		const button = action
			? `<button type="button" class="btn btn-default btn-xs" data-action="${action}">${escape(label)}</button>`
			: "";
		return `<div class="alert alert-warning d-flex flex-wrap align-items-center" style="gap: var(--margin-sm)">
			<span>${escape([training.problem, hint].filter(Boolean).join(" "))}</span>${button}</div>`;
	}

	// As the button of Frappe HR does it: from the onboarding's values, for HR to complete.
	function make_employee(frm) {
		frappe.model.open_mapped_doc({
			method: "hrms.hr.doctype.employee_onboarding.employee_onboarding.make_employee",
			frm,
		});
	}

	// As the form of the Employee does it, which wants an address first.
	async function make_user(frm, employee) {
		const addresses = ["prefered_email", "company_email", "personal_email"];
		const { message: known } = await frappe.db.get_value("Employee", employee, addresses);
		const dialog = new frappe.ui.Dialog({
			title: __("Create User"),
			fields: [
				{
					fieldname: "email",
					fieldtype: "Data",
					options: "Email",
					label: __("Email"),
					description: __("The user logs in with it, and is told of the training there."),
					default: addresses.map((fieldname) => known?.[fieldname]).find(Boolean),
					reqd: 1,
				},
			],
			primary_action_label: __("Create User"),
			async primary_action({ email }) {
				await frappe.call({
					method: "erpnext.setup.doctype.employee.employee.create_user",
					type: "POST",
					args: { employee, email },
					freeze: true,
				});
				dialog.hide();
				frm.reload_doc();
			},
		});
		dialog.show();
	}

	// Whether the onboarding may be completed, and the employment confirmed; with the gate off nothing stands against it.
	function readiness({ gate, ready, gated_by }) {
		if (gate === "Off") {
			return "";
		}
		const titles = gated_by.map((row) => row.course_title || row.course).join(", ");
		const said = ready
			? __("Ready to start: all training that has to be done first is done.")
			: __("Not ready to start. To be done first: {0}", [titles]);
		return `<p class="training-ready indicator ${ready ? "green" : "orange"}">
			<span>${frappe.utils.escape_html(said)}</span></p>`;
	}

	function table(courses, dry_run) {
		return `<div class="table-responsive"><table class="table table-sm">
		<thead><tr>
			<th scope="col">${__("Course")}</th>
			<th scope="col">${__("Status")}</th>
			<th scope="col">${__("Due Date")}</th>
			<th scope="col" class="hidden-xs" style="min-width: 90px">${__("Progress")}</th>
		</tr></thead>
		<tbody>${courses.map((row) => table_row(row, dry_run)).join("")}</tbody>
	</table></div>`;
	}

	function table_row(row, dry_run) {
		const escape = frappe.utils.escape_html;
		const { label, colour } = smooth_lms_hr.training.state_of_course(row, dry_run);
		const title = escape(row.course_title || row.course);
		const link = row.assignment
			? frappe.utils.get_form_link("LMS Training Assignment", row.assignment)
			: frappe.model.can_read("LMS Course") && frappe.utils.get_form_link("LMS Course", row.course);
		const due = row.due_date ? frappe.datetime.str_to_user(row.due_date) : "";
		// Of what is assigned, and of what has a column of its own, nothing needs to be said.
		const why = row.action === "assigned" || row.why === __("due {0}", [due]) ? "" : row.why || "";
		return `<tr>
		<td>${link ? `<a href="${link}">${title}</a>` : title}
			<div class="text-muted small">${escape(why)}</div></td>
		<td>${smooth_lms_hr.training.pill(label, colour)}</td>
		<td class="text-nowrap">${escape(due)}</td>
		<td class="hidden-xs">${row.assignment || row.progress ? progress(row, title) : ""}</td>
	</tr>`;
	}

	function progress(row, title) {
		const percent = Math.floor(row.progress || 0);
		return `<div class="progress mb-0" style="background-color: var(--control-bg)" role="progressbar"
			aria-valuenow="${percent}" aria-valuemin="0" aria-valuemax="100" aria-label="${title}">
			<div class="progress-bar" style="width: ${percent}%"></div></div>
		<span class="small text-muted">${percent}%</span>`;
	}

	function assign_now(frm) {
		return frappe
			.call({
				method: "smooth_lms_hr.api.assign_onboarding_training",
				type: "POST",
				args: { onboarding: frm.doc.name },
				freeze: true,
				freeze_message: __("Assigning"),
			})
			.then(() => frm.reload_doc());
	}
})();
