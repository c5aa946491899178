// Export Evidence: of whom and of which time, as a ZIP. Few people's comes at once, many people's is made in the background.

frappe.provide("smooth_lms_hr.training");

(function (training) {
	const escape = frappe.utils.escape_html;
	const METHOD = "smooth_lms_hr.api.export_evidence";
	const EVIDENCE = "LMS Training Evidence";

	training.may_export_evidence = () => frappe.model.can_export(EVIDENCE);

	// employees: whom somebody has chosen already, by name.
	training.export_evidence = function (employees = []) {
		const dialog = new frappe.ui.Dialog({
			title: __("Export Evidence"),
			fields: fields_for(employees),
			primary_action_label: __("Export"),
			primary_action: (values) => carry_out(dialog, training.export_arguments(values, employees)),
		});
		dialog.show();
		return dialog;
	};

	function fields_for(employees) {
		// An auditor may read none of these: what is looked up would be refused, and what is typed is asked of the server.
		const link = (fieldname, options, label) => ({
			fieldname,
			fieldtype: frappe.model.can_read(options) ? "Link" : "Data",
			options: frappe.model.can_read(options) ? options : undefined,
			label,
		});
		const who = employees.length
			? [{ fieldname: "who", fieldtype: "HTML", options: `<p><b>${escape(whom(employees))}</b></p>` }]
			: [link("employee", "Employee", __("Employee")), link("department", "Department", __("Department")),
				link("company", "Company", __("Company"))]; // prettier-ignore
		return [
			...who,
			{ fieldname: "from_date", fieldtype: "Date", label: __("From Date") },
			{ fieldname: "to_date", fieldtype: "Date", label: __("To Date") },
			{ fieldname: "help", fieldtype: "HTML", options: help_in_html(employees) },
		];
	}

	const whom = (employees) =>
		employees.length === 1
			? __("For the employee {0}.", [employees[0]])
			: __("For the {0} employees that are selected in the list.", [employees.length]);

	function help_in_html(employees) {
		const said = [
			__("A ZIP with an index, a page of each person, their certificates, and how to check all of it."),
			__("Of a time it holds what was owed in it, and what was completed and counted in it still."),
		];
		if (!employees.length) {
			said.push(__("With nobody named it is about everybody whom you may see."));
		}
		return `<p class="text-muted">${said.map(escape).join(" ")}</p>`;
	}

	// What the server is asked, by what the dialog has.
	training.export_arguments = function (values, employees = []) {
		const { employee, department, company, from_date, to_date } = values;
		const named = employees.length ? employees : employee ? [employee] : null;
		const given = { employees: named, department, company, from_date, to_date };
		return Object.fromEntries(Object.entries(given).filter(([, value]) => value));
	};

	// Not frappe.call: the answer may be a file.
	async function carry_out(dialog, args) {
		dialog.disable_primary_action();
		frappe.dom.freeze(__("Collecting the record"));
		try {
			const response = await fetch(`/api/method/${METHOD}`, {
				method: "POST",
				headers: {
					Accept: "application/json",
					"Content-Type": "application/json",
					"X-Frappe-CSRF-Token": frappe.csrf_token,
				},
				body: JSON.stringify(args),
			});
			if (response.ok && response.headers.get("Content-Type") === "application/zip") {
				download(await response.blob(), training.file_name_of(response.headers));
				dialog.hide();
				return;
			}
			const answer = await response.json();
			if (!response.ok) {
				refuse(training.refusal_of(answer));
				return;
			}
			dialog.hide();
			follow(answer.message.run);
		} catch {
			refuse(__("The server does not answer. Please try again."));
		} finally {
			frappe.dom.unfreeze();
			dialog.enable_primary_action();
		}
	}

	const refuse = (message) => frappe.msgprint({ title: __("Export Evidence"), message, indicator: "red" });

	// What Frappe says of a refusal, as its own dialogs show it: HTML, in which the server has escaped what is others'.
	training.refusal_of = function (answer) {
		const said = JSON.parse(answer._server_messages || "[]").map((each) => JSON.parse(each).message);
		return said.join("<br>") || __("The record could not be exported.");
	};

	training.file_name_of = (headers) =>
		/filename="([^"]+)"/.exec(headers.get("Content-Disposition") || "")?.[1] || "training-record.zip";

	function download(blob, file_name) {
		const url = URL.createObjectURL(blob);
		$("<a>").attr({ href: url, download: file_name })[0].click();
		URL.revokeObjectURL(url);
	}

	async function follow(run) {
		const method = "smooth_lms_hr.api.get_evidence_export";
		const { message: state } = await frappe.call({ method, type: "GET", args: { run } });
		training.follow_run(
			{ run, total: state.total },
			{
				event: "smooth_lms_hr:binder",
				method,
				title: __("Export Evidence"),
				ended: (found) => frappe.msgprint(training.export_ended(found)),
			},
		);
	}

	// How it ended, as a dialog of Frappe's: a title, a colour and HTML.
	training.export_ended = function ({ finished, file_url, counts, done, total, error }) {
		const title = __("Export Evidence");
		if (!finished) {
			const said = [
				__("It broke off after {0} of {1} people. Start it again: it goes on with the others.", [
					done,
					total,
				]),
				error || "",
			];
			return { title, indicator: "red", message: said.map(escape).join(" ") };
		}
		const link = `<a href="${escape(file_url)}" target="_blank" rel="noopener">${escape(__("Download the ZIP"))}</a>`;
		const said = [__("People: {0}.", [counts.created])];
		if (counts.failed) {
			said.push(__("Not complete: of {0} people it holds nothing. Its README names them.", [counts.failed]));
		}
		const indicator = counts.failed ? "orange" : "green";
		return { title, indicator, message: `${said.map(escape).join(" ")}<br>${link}` };
	};
})(smooth_lms_hr.training);
