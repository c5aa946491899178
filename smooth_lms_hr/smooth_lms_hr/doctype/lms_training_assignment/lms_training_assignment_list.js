(() => {
	// Course, status, who, how far, by when and where.
	const COLUMNS = 6;
	const FEW_COLUMNS_UP_TO = 1366;
	// Frappe's class for a warning is too pale to be read as text.
	const TONES = { red: 'class="text-danger"', orange: 'style="color: var(--text-on-orange)"' };

	frappe.listview_settings["LMS Training Assignment"] = {
		add_fields: [
			"member",
			"member_name",
			"employee",
			"employee_name",
			"department",
			"course",
			"course_title",
			"status",
			"progress",
			"due_date",
		],
		// Asked for when the list is made: what is shared is loaded after this file.
		get filters() {
			return [["status", "in", smooth_lms_hr.training.OPEN]];
		},
		hide_name_column: true,

		// Where the due date has no column of its own the status says how late; a phone shows one line.
		get_indicator(doc) {
			const { training } = smooth_lms_hr;
			const says_when = cur_list?.columns?.some(({ df }) => df?.fieldname === "due_date");
			const label = says_when || frappe.is_mobile() ? __(doc.status) : training.status_in_words(doc);
			return [label, training.colour_of(doc), `status,=,${doc.status}`];
		},

		// Frappe 16 measures what these return, and can do so of elements only.
		formatters: {
			// On a phone this is the line that everybody sees. It links to the form, and Frappe takes it for text.
			course_title(value, df, doc) {
				const title = value || doc.course;
				return frappe.is_mobile() ? `${smooth_lms_hr.training.name_of(doc)}: ${title}` : title;
			},

			// Frappe 16 gives a phone a second line, of this and of the progress; who it is about stands in the first one.
			member_name(value, df, doc) {
				if (frappe.is_mobile()) {
					return `<span>${frappe.utils.escape_html(doc.department || doc.member)}</span>`;
				}
				const name = frappe.utils.escape_html(doc.employee_name || value || doc.member);
				return `<span title="${name}">${name}</span>`;
			},

			department(value) {
				const department = frappe.utils.escape_html(value || "");
				return `<span class="text-muted" title="${department}">${department}</span>`;
			},

			progress(value, df, doc) {
				return frappe.is_mobile() ? due(doc) : `<span>${smooth_lms_hr.training.percent(value)}</span>`;
			},

			due_date(value, df, doc) {
				return due(doc);
			},
		},

		onload(listview) {
			mend_the_look();
			this.show_all_columns(listview);
			add_quick_filters(listview);
			const { training } = smooth_lms_hr;
			if (frappe.model.can_create(training.ASSIGNMENT)) {
				listview.page.add_inner_button(__("Assign Training"), () =>
					training.assign({}, () => listview.refresh()),
				);
			}
			listview.page.add_actions_menu_item(__("Training Record"), () =>
				training.open_record(listview.get_checked_items()[0]),
			);
			if (frappe.model.can_write(training.ASSIGNMENT)) {
				const add = (label, action) =>
					listview.page.add_actions_menu_item(label, () =>
						action(listview.get_checked_items(), () => {
							listview.clear_checked_items();
							listview.refresh();
						}),
					);
				add(__("Remind"), training.remind);
				add(__("Extend Due Date"), training.extend);
				add(__("Waive"), training.waive);
				add(__("Withdraw Waiver"), training.withdraw_waiver);
				add(__("Cancel Training"), training.cancel);
				add(__("Revoke Completion"), training.revoke);
			}
		},

		// On a screen of 1,366 px or less Frappe shows four columns, and neither when it is due nor how far it is among them.
		// How many a site has set for the list stays.
		show_all_columns(listview) {
			const settings = (listview.list_view_settings ??= {});
			if (frappe.is_mobile() || settings.total_fields || window.innerWidth > FEW_COLUMNS_UP_TO) {
				return;
			}
			settings.total_fields = COLUMNS;
			listview.setup_columns();
			listview.render_header(true);
		},

		// After each load of the rows.
		refresh(listview) {
			listview.mark_quick_filter?.();
		},
	};

	function due({ due_date, status }) {
		const { training } = smooth_lms_hr;
		const day = frappe.datetime.str_to_user(due_date) || "";
		if (!due_date || !training.is_open(status)) {
			return `<span>${day}</span>`;
		}
		const tone = TONES[training.colour_of({ due_date, status })] || "";
		return `<span ${tone} title="${day}">${training.due_in_words(due_date)}</span>`;
	}

	// Frappe 16 gives a column its field's name as class, and this one's makes a progress bar of the whole column; it gives
	// every column the room of a name; and it pushes buttons out of the window rather than cut a title.
	// In the dark its gray is too pale to be read on.
	function mend_the_look() {
		const list = '[data-page-route^="List/LMS Training Assignment/"]';
		frappe.dom.set_style(
			`${list} .list-row-col.progress {
				display: block;
				height: auto;
				border-radius: 0;
				background: none;
				font-size: inherit;
				line-height: inherit;
			}
			${list} .list-row-col:is(.progress, .due_date) {
				min-width: 76px !important;
			}
			${list} .page-head .page-title {
				min-width: 0;
			}
			${list} .indicator-pill.gray {
				background: var(--bg-light-gray);
				color: var(--text-on-light-gray);
			}`,
			"training-assignment-list",
		);
	}

	function add_quick_filters(listview) {
		const open = ["status", "in", smooth_lms_hr.training.OPEN];
		const this_week = [frappe.datetime.get_today(), moment().endOf("week").format("YYYY-MM-DD")];
		const choices = [
			[__("Open"), () => [open]],
			[
				__("Overdue"),
				() => Object.entries(smooth_lms_hr.training.late()).map(([field, is]) => [field, ...is]),
			],
			[__("Due this week"), () => [open, ["due_date", "Between", this_week]]],
			[__("Mine to chase"), () => my_team().then((filter) => filter && [open, filter])],
			[__("Department …"), () => pick_department().then((filter) => [open, filter])],
			[__("All"), () => []],
		];
		// Plain buttons: the tab key reaches them, and a screen reader says what they are.
		const bar = $(
			`<div class="training-quick-filters" role="group" style="padding: var(--padding-sm)"></div>`,
		);
		bar.attr("aria-label", __("Quick filters"));
		const buttons = choices.map(([label, filters_of]) => {
			const button = {
				$element: $(`<button type="button" class="btn btn-default btn-xs mr-2 mb-1"></button>`),
			};
			const choose = async () => {
				const filters = await filters_of();
				if (filters) {
					button.filters = filters;
					await set_filters(listview, filters);
				}
			};
			button.$element.text(label).on("click", choose).appendTo(bar);
			return button;
		});
		[buttons[0].filters, buttons.at(-1).filters] = [[open], []];
		listview.mark_quick_filter = () => mark(buttons, listview.filter_area.get());
		listview.$frappe_list.before(bar);
	}

	// The one whose filters the list has now, whoever has set them.
	function mark(buttons, shown) {
		const found = buttons.find(
			({ filters }) => filters && smooth_lms_hr.training.same_filters(filters, shown),
		);
		for (const button of buttons) {
			const active = button === found;
			button.$element
				.attr("aria-pressed", String(active))
				.toggleClass("btn-primary", active)
				.toggleClass("btn-default", !active);
		}
	}

	async function set_filters(listview, filters) {
		await listview.filter_area.clear(false);
		if (filters.length) {
			await listview.filter_area.add(filters.map((filter) => [listview.doctype, ...filter]));
		} else {
			listview.refresh();
		}
	}

	// Everybody below the session user in the tree of reports_to, at any depth.
	async function my_team() {
		const { message } = await frappe.db.get_value(
			"Employee",
			{ user_id: frappe.session.user, status: "Active" },
			"name",
		);
		if (!message?.name) {
			frappe.show_alert({ message: __("No Employee is linked to your user."), indicator: "orange" });
			return null;
		}
		return ["employee", "descendants of", message.name];
	}

	function pick_department() {
		return new Promise((resolve) => {
			frappe.prompt(
				{
					fieldname: "department",
					fieldtype: "Link",
					options: "Department",
					label: __("Department"),
					description: __("With the departments below it"),
					reqd: 1,
				},
				({ department }) => resolve(["department", "descendants of (inclusive)", department]),
				__("Open assignments of a department"),
				__("Show"),
			);
		});
	}
})();
