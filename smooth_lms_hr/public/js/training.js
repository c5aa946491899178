// What the desk scripts share, and what in them is logic: values in, values out.
//
// It touches no page, so tests/unit/test_desk_scripts.py runs it without a browser. Frappe hands it to the forms and
// lists that hooks.py names, and to the reports that include it. Loaded twice, it says the same things again.

frappe.provide("smooth_lms_hr.training");

(function (training) {
	// Whatever in here depends on the day takes it as its last argument.
	const COLOURS = {
		Overdue: "red",
		Pending: "gray",
		"In Progress": "blue",
		"Awaiting Signature": "yellow",
		Completed: "green",
		Waived: "purple",
		Cancelled: "gray",
	};
	// From so many days before its due date on what is open is due soon.
	const SOON_DAYS = 7;
	const escape = frappe.utils.escape_html;
	const get_today = () => frappe.datetime.get_today();
	const day_in_words = (value) => escape(frappe.datetime.str_to_user(value, false, true));

	training.ASSIGNMENT = "LMS Training Assignment";
	training.STATUSES = Object.keys(COLOURS);
	training.OPEN = ["Pending", "In Progress", "Awaiting Signature", "Overdue"];
	training.IN_PROGRESS = "In Progress";
	training.AWAITING_SIGNATURE = "Awaiting Signature";

	// Filters that leave what is late: what awaits a signature is never called Overdue.
	training.late = (today = get_today()) => ({ status: ["in", training.OPEN], due_date: ["<", today] });

	// Whether filters, triples, are those that a list has now: these come with their DocType first.
	training.same_filters = (filters, shown) =>
		filters_in_order(filters) === filters_in_order(shown.map((row) => row.slice(1, 4)));

	function filters_in_order(filters) {
		const words = ([field, is, value]) =>
			[field, is, ...[value].flat().map((each) => `${each}`.trim())].join();
		return filters.map(words).sort().join("|");
	}

	// ---- an assignment

	training.is_open = (status) => training.OPEN.includes(status);
	training.colour = (status) => COLOURS[status] || "gray";
	// Of a row with a due date: red for what is late and for nothing else, orange for what is due soon.
	training.colour_of = function ({ status, due_date }, today) {
		if (!due_date || !training.is_open(status)) {
			return training.colour(status);
		}
		const days = training.days_left(due_date, today);
		return days < 0 ? "red" : days <= SOON_DAYS ? "orange" : training.colour(status);
	};
	// In the dark Frappe's gray is too pale to be read on.
	const QUIET = 'style="background: var(--bg-light-gray); color: var(--text-on-light-gray)"';
	training.pill = (words, colour) =>
		`<span class="indicator-pill ${colour}"${colour === "gray" ? ` ${QUIET}` : ""}>${escape(words)}</span>`;
	// Formats a field of words that were stored: the dates in them as the reader has dates, no part of a record's name.
	training.words_as_read = (words) =>
		frappe.form.formatters.Text(
			`${words ?? ""}`.replace(/(?<![\w-])[12]\d{3}-\d\d-\d\d(?![\w-])/g, (day) =>
				new Date(`${day}T00:00:00Z`).toJSON()?.startsWith(day) ? day_in_words(day) : day,
			),
		);
	training.name_of = (doc) => doc.employee_name || doc.member_name || doc.member || doc.name;

	// Where all is that somebody owes, did and holds: of an Employee, or of a user without one.
	training.record_url = ({ employee, member }) =>
		`/training-record?${employee ? "employee" : "user"}=${encodeURIComponent(employee || member)}`;
	training.open_record = (person) => window.open(training.record_url(person), "_blank", "noopener");

	// Its decimals are for the figures; who reads one wants to know about how far it is.
	training.percent = (progress) => `${Math.floor(progress || 0)}%`;

	// Days until a due date; negative when it is past.
	training.days_left = (due_date, today = get_today()) => frappe.datetime.get_day_diff(due_date, today);

	training.due_in_words = function (due_date, today) {
		const days = training.days_left(due_date, today);
		if (days === 0) return __("due today");
		if (days === 1) return __("due tomorrow");
		if (days > 1) return __("due in {0} days", [days]);
		return days === -1 ? __("1 day late") : __("{0} days late", [-days]);
	};

	training.status_in_words = (doc, today) =>
		training.is_open(doc.status)
			? __("{0}, {1}", [__(doc.status), training.due_in_words(doc.due_date, today)])
			: __(doc.status);

	// How it stands with an assignment, in a sentence of escaped HTML, and the colour that goes with it.
	training.situation = function (doc, today) {
		const who = `<b>${escape(training.name_of(doc))}</b>`;
		if (training.is_open(doc.status)) {
			const late = training.days_left(doc.due_date, today) < 0;
			return {
				html: situation_of_open(doc, who, late, today),
				colour: training.colour_of(doc, today),
			};
		}
		return { html: situation_of_settled(doc, who, today), colour: training.colour(doc.status) };
	};

	function completed_in_words(late, said) {
		if (late > 1) return __("{0} completed this on {1}, {2} days after the due date.", said);
		return late === 1
			? __("{0} completed this on {1}, 1 day after the due date.", said)
			: __("{0} completed this on {1}, on time.", said);
	}

	function situation_of_settled(doc, who, today) {
		if (doc.status === "Completed") {
			const late = frappe.datetime.get_day_diff(doc.completed_on, doc.due_date);
			const said = [who, day_in_words(doc.completed_on), late];
			const parts = [completed_in_words(late, said)];
			if (doc.valid_until) {
				parts.push(
					training.days_left(doc.valid_until, today) < 0
						? __("It counted until {0}.", [day_in_words(doc.valid_until)])
						: __("It counts until {0}.", [day_in_words(doc.valid_until)]),
				);
			}
			return parts.join(" ");
		}
		if (doc.status === "Waived") {
			const reason = escape(doc.waiver_reason);
			const said = [who, escape(frappe.user.full_name(doc.waived_by)), day_in_words(doc.waived_on), reason];
			if (doc.waived_until) {
				const until = day_in_words(doc.waived_until);
				return __("{0} need not do this until {4}: waived by {1} on {2}. {3}", [...said, until]);
			}
			return __("{0} need not do this: waived by {1} on {2}. {3}", said);
		}
		return __("Cancelled, {0} need not do this. The timeline below says why.", [who]);
	}

	function situation_of_open(doc, who, late, today) {
		const due = training.due_in_words(doc.due_date, today);
		const said = [who, due, day_in_words(doc.due_date), training.percent(doc.progress)];
		const parts = [
			late ? __("{0} is {1}: it was due on {2}. {3} done.", said) : __("{0}: {1}, on {2}. {3} done.", said),
		];
		if (doc.status === training.AWAITING_SIGNATURE) {
			parts.push(__("All is learned; the statement is not signed yet."));
		}
		if (doc.original_due_date && doc.original_due_date !== doc.due_date) {
			parts.push(__("At first it was due on {0}.", [day_in_words(doc.original_due_date)]));
		}
		if (doc.reminders_sent) {
			const last = day_in_words(doc.last_reminded_on);
			parts.push(
				doc.reminders_sent === 1
					? __("Reminded once, on {0}.", [last])
					: __("Reminded {0} times, last on {1}.", [doc.reminders_sent, last]),
			);
		} else if (late) {
			parts.push(__("Nobody has reminded them yet."));
		}
		return parts.join(" ");
	}

	// ---- the dialog Assign Training

	// What its selects offer.
	training.WHO = {
		PICKED: "Employees I pick",
		PART: "A part of the company",
		USERS: "Users, also without an Employee record",
	};
	training.DUE = { BY_COURSE: "As each course says", ON_DAY: "On a day", IN_DAYS: "In a number of days" };
	const PART_FIELDS = ["company", "department", "designation", "branch"];

	// What the dialog holds as {args} of the API, or {missing}, a word of what is not said yet.
	training.campaign_arguments = function (values, chosen) {
		const people = people_of(values, chosen);
		const { ON_DAY, IN_DAYS } = training.DUE;
		if (!Object.values(people).some((value) => value?.length)) {
			return { missing: __("Choose whom to assign training to.") };
		}
		if (!values.all_mandatory && !values.courses?.length) {
			return { missing: __("Choose at least one course.") };
		}
		if (values.due === ON_DAY && !values.due_date) {
			return { missing: __("Choose the due date.") };
		}
		if (values.due === IN_DAYS && !(values.due_days > 0)) {
			return { missing: __("The number of days is required.") };
		}
		const args = {
			people,
			courses: values.all_mandatory ? null : values.courses,
			due_date: values.due === ON_DAY ? values.due_date : null,
			due_days: values.due === IN_DAYS ? values.due_days : null,
		};
		return { args };
	};

	function people_of(values, { employees = [] }) {
		if (employees.length) return { employees };
		if (values.who === training.WHO.PICKED) return { employees: values.employees };
		if (values.who === training.WHO.USERS) return { members: values.members };
		return Object.fromEntries(PART_FIELDS.map((fieldname) => [fieldname, values[fieldname]]));
	}

	// ---- the training of an onboarding

	training.is_waiting = (row) => row.action === "to assign" || row.action === "failed";

	training.onboarding_in_words = function (courses) {
		if (!courses.length) {
			return __("No published course is marked as mandatory.");
		}
		const assigned = (...statuses) =>
			courses.filter((row) => row.assignment && statuses.includes(row.status)).length;
		const parts = [
			[assigned("Completed"), (n) => __("{0} completed", [n])],
			[assigned("Overdue"), (n) => __("{0} overdue", [n])],
			[assigned(training.AWAITING_SIGNATURE), (n) => __("{0} to be signed", [n])],
			[assigned("Pending", "In Progress"), (n) => __("{0} under way", [n])],
			[assigned("Waived"), (n) => __("{0} waived", [n])],
			[courses.filter(training.is_waiting).length, (n) => __("{0} not assigned", [n])],
		];
		const said = parts.filter(([n]) => n).map(([n, say]) => say(n));
		const total =
			courses.length === 1 ? __("1 mandatory course") : __("{0} mandatory courses", [courses.length]);
		return said.length ? `${total}: ${said.join(", ")}` : total;
	};

	// How the reader makes the record that is missing: an action with its label, or a hint at who does it.
	training.way_out = function (missing, docstatus) {
		const { can_create, can_write } = frappe.model;
		if (missing === "Employee" && can_create("Employee")) {
			return docstatus === 1
				? { action: "make-employee", label: __("Create Employee") }
				: { hint: __("Submit the onboarding; then the Employee can be created from here.") };
		}
		if (missing === "User") {
			return can_create("User") && can_write("Employee")
				? { action: "make-user", label: __("Create User") }
				: { hint: __("A System Manager creates the user and enters it in the Employee.") };
		}
		return {};
	};

	// planned: nobody is known yet who could be assigned anything.
	training.state_of_course = function (row, planned) {
		if (row.action === "failed") {
			return { label: __("Not possible"), colour: "red" };
		}
		if (row.action === "to assign") {
			return planned
				? { label: __("Planned"), colour: "gray" }
				: { label: __("Not assigned"), colour: "orange" };
		}
		return { label: __(row.status || "Not needed"), colour: training.colour(row.status) };
	};

	// Of a hire in the report Onboarding Training Status.
	training.colour_of_hire = ({ ready, overdue }) =>
		ready === "Ready" ? "green" : overdue ? "red" : "orange";

	// ---- a course that is taken back

	// What is asked before a course that is owed is taken back. labels: what is unticked, as HTML.
	training.taking_back_in_words = ({ open, overdue }, labels) =>
		[
			open === 1
				? __("1 person still owes this course.")
				: __("{0} people still owe this course, {1} of them are late.", [open, overdue]),
			__("You are taking back {0}.", [labels]),
			__("Their assignments stay open; those who need not do it any more have to be waived."),
		].join(" ");

	// The courses that one counts like, as HTML; nothing where it counts like none.
	training.counts_like_in_words = (rows) =>
		rows
			.map(({ parent, title, from_date }) => {
				const link = `<a href="${frappe.utils.get_form_link("LMS Course", parent)}">${escape(title || parent)}</a>`;
				return from_date
					? __("This course counts like {0} if it is completed from {1}.", [link, day_in_words(from_date)])
					: __("This course counts like {0}.", [link]);
			})
			.map((said) => `<p class="text-muted">${said}</p>`)
			.join("");

	// ---- rules

	// What a rule would do, in sentences: labels, as text, each with its colour.
	training.preview_in_words = function (preview) {
		const said = [
			[preview.fits === 1 ? __("It fits 1 person") : __("It fits {0} people", [preview.fits]), "blue"],
			preview.new === 1 ? [__("1 new assignment"), "orange"] : null,
			preview.new > 1 ? [__("{0} new assignments", [preview.new]), "orange"] : null,
			preview.open ? [__("{0} owed already", [preview.open]), "gray"] : null,
			preview.valid ? [__("{0} done already", [preview.valid]), "green"] : null,
			preview.exceptions ? [__("{0} cannot be assigned", [preview.exceptions]), "red"] : null,
			preview.no_longer_fits ? [__("{0} would no longer fit", [preview.no_longer_fits]), "purple"] : null,
		];
		return said.filter(Boolean);
	};

	// Everybody who is named in a preview, as escaped HTML.
	training.preview_rows = (rows) =>
		rows
			.map(
				(row) =>
					`<tr><td>${escape(row.employee_name || row.employee)}</td>
					<td class="text-muted">${escape(row.words)}</td></tr>`,
			)
			.join("");

	// Why somebody owes each course, or does not, as escaped HTML.
	training.explanation = function (courses, today) {
		if (!courses.length) {
			return `<p class="text-muted mb-0">${__("Nothing asks for any training.")}</p>`;
		}
		return courses.map((course) => explanation_of_course(course, today)).join("");
	};

	function explanation_of_course(course, today) {
		const title = escape(course.course_title || course.course);
		const link = course.assignment
			? `<a href="${frappe.utils.get_form_link(training.ASSIGNMENT, course.assignment)}">${title}</a>`
			: title;
		const state = course.status
			? training.pill(training.status_in_words(course, today), training.colour_of(course, today))
			: training.pill(__("Not owed"), "gray");
		const why = course.why.map(
			(one) =>
				`<li><span aria-hidden="true">${one.fits ? "✓" : "✗"}</span>
				<span class="sr-only">${one.fits ? __("Asks for it:") : __("Does not ask for it:")}</span>
				${escape(one.words)}</li>`,
		);
		return `<div class="mb-3"><div class="d-flex flex-wrap align-items-center" style="gap: var(--margin-sm)">
			<b>${link}</b> ${state}</div><ul class="list-unstyled mb-0 text-muted">${why.join("")}</ul></div>`;
	}

	// What solves an exception: a link or a button, as escaped HTML.
	training.solve_button = function (row) {
		// A line of a report is lower than Frappe's smallest button.
		const low = 'style="padding-block: 0; line-height: 20px; vertical-align: top"';
		const button = (label, attributes, tag) =>
			`<${tag} class="btn btn-xs btn-default" ${low} ${attributes}>${label}</${tag}>`;
		const to = (doctype, name) => `href="${frappe.utils.get_form_link(doctype, name)}"`;
		switch (row.action) {
			case "enter user":
				return button(__("Enter User"), to("Employee", row.employee), "a");
			case "enter joining date":
				return button(__("Enter Joining Date"), to("Employee", row.employee), "a");
			case "open employee":
				return button(__("Open Employee"), to("Employee", row.employee), "a");
			case "open onboarding":
				return button(__("Open Onboarding"), to("Employee Onboarding", row.onboarding), "a");
			case "apply again":
				return button(__("Apply Again"), `type="button" data-apply-rule="${escape(row.rule)}"`, "button");
		}
		return "";
	};

	// ---- help

	// What the desk's menu Help offers on each screen of ours.
	const GUIDES = {
		hr: [
			training.ASSIGNMENT,
			"LMS Training Rule",
			"LMS Training Request",
			"Employee Compliance",
			"Employee Document",
		],
		auditor: ["LMS Training Evidence", "LMS Training Seal"],
		administrator: ["LMS Training Settings"],
	};
	for (const [guide, doctypes] of Object.entries(GUIDES)) {
		for (const place of doctypes.flatMap((doctype) => [`List/${doctype}`, `Form/${doctype}`])) {
			const links = [{ label: __("Help on Training"), url: `/training-help?page=${guide}` }];
			frappe.provide("frappe.help.help_links")[place] = links;
		}
	}
})(smooth_lms_hr.training);
