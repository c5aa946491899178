// The "My training" card on Learning's home.
//
// A guest in somebody else's page: it has a shadow root of its own, touches nothing of Learning's, and whatever fails
// in here is logged on the server and seen by nobody.
(() => {
	"use strict";

	const METHOD = "/api/method/smooth_lms_hr.api.";
	const MAX_REPORTS = 3;

	let reports = 0;

	function report(error) {
		if (reports++ >= MAX_REPORTS) return;
		const message = `${location.pathname}\n${navigator.userAgent}\n${error?.stack || error}`;
		fetch(`${METHOD}log_card_error`, {
			method: "POST",
			headers: { "Content-Type": "application/json", "X-Frappe-CSRF-Token": window.csrf_token || "" },
			body: JSON.stringify({ message: message.slice(0, 2000) }),
		}).catch(() => {}); // The report of a failure that fails has nowhere left to go.
	}

	// Returns a function that does the same, and never throws or rejects into Learning's page.
	function guarded(work) {
		return (...args) => {
			try {
				const result = work(...args);
				return result instanceof Promise ? result.catch(report) : result;
			} catch (error) {
				report(error);
			}
		};
	}

	function start() {
		const CONFIG = JSON.parse(document.getElementById("smooth-lms-hr-card").textContent);
		// Learning greets its user at the top of its home; the card comes right after.
		const GREETING = "#app .px-5.pt-5.pb-10 > .space-y-2:first-child";
		// Where the page begins, should a version of Learning greet in another way.
		const MAIN = "#main-content, #scrollContainer, #app .flex-1.h-full.overflow-auto";
		const PATIENCE = 3000; // milliseconds to wait for the greeting
		const LENGTH = 5; // rows to show; the others are one click away

		const STYLE = `
			:host { display: block; margin-block: 1.25rem 0; }
			:host([data-loose]) { margin: 1.25rem; }
			:host([data-floating]) {
				position: fixed; inset-block-end: 4.5rem; inset-inline-end: 1rem; z-index: 5;
				inline-size: min(24rem, calc(100vw - 2rem)); max-block-size: 60vh; overflow: auto;
			}
			.card {
				--text: var(--ink-gray-9, #171717);
				--quiet: var(--ink-gray-7, #525252);
				--line: var(--outline-gray-2, #e2e2e2);
				--surface: var(--surface-base, var(--surface-white, #fff));
				--late: #b52a2a;
				box-sizing: border-box; border: 1px solid var(--line); border-radius: 0.625rem;
				padding: 0.875rem 1rem; color: var(--text); background: var(--surface);
				font-size: 0.875rem; line-height: 1.4;
			}
			/* A red that can be read on Learning's light and dark surfaces alike. */
			@supports (color: color-mix(in srgb, red, blue)) {
				.card { --late: color-mix(in srgb, #e5484d 62%, var(--text)); }
			}
			header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0.25rem 0.625rem; }
			h2 { margin: 0; font-size: 1rem; font-weight: 600; }
			.summary { margin: 0; color: var(--quiet); }
			.all { margin-inline-start: auto; }
			a { color: inherit; text-decoration: none; border-radius: 0.25rem; }
			a:hover { text-decoration: underline; text-underline-offset: 0.2em; }
			a:focus-visible { outline: 2px solid currentColor; outline-offset: 2px; }
			ul { margin: 0.5rem 0 0; padding: 0; list-style: none; }
			li {
				display: grid; align-items: center; gap: 0.125rem 1rem; padding-block: 0.5rem;
				grid-template: "course progress status due go" "why progress status due go" / minmax(0, 1fr) 8rem 6.5rem 6.5rem 7rem;
				border-block-start: 1px solid var(--line);
			}
			li:last-child { padding-block-end: 0; }
			.course { grid-area: course; font-weight: 500; overflow-wrap: anywhere; }
			.why {
				grid-area: why; overflow: hidden; color: var(--quiet); font-size: 0.75rem;
				text-overflow: ellipsis; white-space: nowrap;
			}
			.go {
				grid-area: go; padding: 0.25rem 0.75rem; border: 1px solid transparent; border-radius: 0.5rem;
				background: var(--text); color: var(--surface); font-weight: 500; text-align: center; white-space: nowrap;
			}
			.tag {
				display: inline-block; margin-inline-end: 0.5rem; padding: 0.0625rem 0.375rem; border: 1px solid var(--line);
				border-radius: 0.25rem; color: var(--quiet); font-size: 0.75rem; font-weight: 400; overflow-wrap: normal;
			}
			.progress { grid-area: progress; display: flex; align-items: center; gap: 0.5rem; color: var(--quiet); font-size: 0.75rem; }
			.track { flex: 1; block-size: 0.375rem; border-radius: 1rem; background: var(--line); overflow: hidden; }
			.bar { block-size: 100%; border-radius: inherit; background: var(--text); }
			.percent { min-inline-size: 2.75em; text-align: end; font-variant-numeric: tabular-nums; }
			.status { grid-area: status; color: var(--quiet); }
			.due { grid-area: due; text-align: end; }
			.late { color: var(--late); font-weight: 500; }
			.more { margin: 0.5rem 0 0; }
			.go:focus-visible { outline-color: var(--text); }
			@media (max-width: 639px) {
				li { grid-template: "course due" "why why" "progress go" / minmax(0, 1fr) auto; }
				.status { display: none; }
			}
			@media (forced-colors: active) {
				.track { border: 1px solid CanvasText; }
				.bar { background: CanvasText; }
			}
		`;

		const language = (() => {
			try {
				return Intl.DateTimeFormat.supportedLocalesOf(CONFIG.language.replace("_", "-"))[0];
			} catch {
				return undefined; // not a language that browsers know: theirs will do
			}
		})();
		const number = new Intl.NumberFormat(language);
		const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 });
		const shortDate = new Intl.DateTimeFormat(language, { dateStyle: "medium" });
		const fullDate = new Intl.DateTimeFormat(language, { dateStyle: "full" });

		// ---- what is shown

		function fill(template, ...values) {
			return template.replace(/\{(\d)\}/g, (_match, index) => values[index]);
		}

		// Text of a language of its own (a course's title) keeps its direction inside the page's.
		const text = (value) => element("bdi", {}, value);

		function element(tag, attributes, ...children) {
			const made = document.createElement(tag);
			for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
			made.append(...children);
			return made;
		}

		function dueInWords(days) {
			const words = CONFIG.words;
			if (days === 0) return words.today;
			if (days === 1) return words.tomorrow;
			if (days === -1) return words.late_day;
			return fill(days > 0 ? words.in_days : words.late_days, number.format(Math.abs(days)));
		}

		function renewal(assignment) {
			const until = assignment.counts_until;
			const said = until
				? fill(CONFIG.words.renewal_until, shortDate.format(new Date(`${until}T00:00:00`)))
				: CONFIG.words.renewal;
			return element("span", { class: "tag" }, text(said));
		}

		function row(assignment) {
			const title = assignment.course_title || assignment.course;
			const done = Math.min(100, Math.max(0, Math.floor(assignment.progress || 0)));
			const bar = element("div", { class: "bar" });
			bar.style.inlineSize = `${done}%`;
			const due = element("time", { datetime: assignment.due_date }, text(dueInWords(assignment.days_left)));
			due.title = fill(CONFIG.words.due, fullDate.format(new Date(`${assignment.due_date}T00:00:00`)));
			return element(
				"li",
				{},
				element(
					"span",
					{ class: "course" },
					text(title),
					" ",
					...(assignment.renewal ? [renewal(assignment)] : []),
				),
				element("span", { class: "why", title: assignment.reason || "" }, text(assignment.reason || "")),
				element(
					"div",
					{ class: "progress" },
					element(
						"div",
						{
							class: "track",
							role: "progressbar",
							"aria-label": fill(CONFIG.words.progress, title),
							"aria-valuemin": 0,
							"aria-valuemax": 100,
							"aria-valuenow": done,
						},
						bar,
					),
					element("span", { class: "percent", "aria-hidden": "true" }, percent.format(done / 100)),
				),
				element("span", { class: "status" }, text(CONFIG.statuses[assignment.status] || assignment.status)),
				element("span", { class: assignment.days_left < 0 ? "due late" : "due" }, due),
				button(assignment, title, done),
			);
		}

		// The one thing to do next: what is learned whole is signed on our own page.
		function button(assignment, title, done) {
			const next = assignment.statement ? "sign" : done ? "go_on" : "start";
			const href = assignment.statement ? CONFIG.page : assignment.course_url;
			const label = fill(CONFIG.words[`${next}_label`], title);
			return element("a", { class: "go", href, "aria-label": label }, text(CONFIG.words[next]));
		}

		function card(assignments) {
			const words = CONFIG.words;
			const open = assignments.filter((assignment) => assignment.days_left !== null);
			const late = open.filter((assignment) => assignment.days_left < 0).length;
			const completed = assignments.filter((assignment) => assignment.status === "Completed").length;
			const summary = late
				? fill(words.open_late, number.format(open.length), number.format(late))
				: fill(words.open, number.format(open.length));
			const idle = completed
				? `${words.nothing_due} ${fill(words.completed, number.format(completed))}`
				: words.nothing_due;
			const made = element(
				"section",
				{ class: "card", "aria-labelledby": "title" },
				element(
					"header",
					{},
					element("h2", { id: "title" }, text(words.title)),
					element("p", { class: "summary" }, text(open.length ? summary : idle)),
					element(
						"a",
						{ class: "all", href: CONFIG.page, "aria-label": words.see_all_label },
						text(words.see_all),
					),
				),
			);
			if (open.length) made.append(element("ul", {}, ...open.slice(0, LENGTH).map(row)));
			if (open.length > LENGTH) {
				const others = fill(words.more, number.format(open.length - LENGTH));
				made.append(element("p", { class: "more" }, element("a", { href: CONFIG.page }, text(others))));
			}
			return made;
		}

		// ---- where it is shown

		const host = element("div", { id: "smooth-lms-hr-training" });
		const root = host.attachShadow({ mode: "open" });
		const sheet = new CSSStyleSheet();
		sheet.replaceSync(STYLE);
		root.adoptedStyleSheets = [sheet];

		let wanted = false; // whether there is anything to show
		let arrived = 0;

		const atHome = () => location.pathname.replace(/\/+$/, "") === CONFIG.home;

		// Puts the card where it belongs on the page as it is now. Never after the last of Learning's elements: the
		// framework behind the page counts on those.
		function place() {
			if (!wanted || !atHome()) {
				host.remove();
				return;
			}
			const greeting = document.querySelector(GREETING);
			if (greeting) {
				if (greeting.nextElementSibling !== host) settle(null, () => greeting.after(host));
				return;
			}
			if (Date.now() - arrived < PATIENCE) return;
			const main = document.querySelector(MAIN);
			if (!main) {
				if (host.parentNode !== document.body) settle("data-floating", () => document.body.append(host));
			} else if (main.firstElementChild !== host) {
				settle("data-loose", () => main.prepend(host));
			}
		}

		function settle(kind, insert) {
			for (const name of ["data-loose", "data-floating"]) host.toggleAttribute(name, name === kind);
			insert();
		}

		let waiting = false;
		const observer = new MutationObserver(() => {
			if (waiting) return;
			waiting = true;
			requestAnimationFrame(() => {
				waiting = false;
				guarded(place)();
			});
		});

		// ---- when

		async function assignments() {
			let response;
			try {
				response = await fetch(`${METHOD}get_my_training_assignments?include_completed=1`, {
					headers: { Accept: "application/json" },
				});
			} catch {
				return null; // offline, or on the way to another page
			}
			// Logged out meanwhile: Learning itself will say so.
			if (response.status === 401 || response.status === 403) return null;
			if (!response.ok) throw new Error(`${response.url}: HTTP ${response.status}`);
			return (await response.json()).message;
		}

		async function arrive() {
			const visit = (arrived = Date.now());
			observer.observe(document.getElementById("app") || document.body, { childList: true, subtree: true });
			place();
			const found = await assignments();
			if (!found || visit !== arrived) return;
			root.replaceChildren(...(found.length ? [card(found)] : []));
			wanted = found.length > 0;
			place();
			setTimeout(guarded(place), PATIENCE);
		}

		let home = false;

		function navigated() {
			const before = home;
			home = atHome();
			if (home && !before) return arrive();
			if (!home && before) {
				observer.disconnect();
				host.remove();
			}
		}

		const onNavigation = guarded(navigated);
		for (const name of ["pushState", "replaceState"]) {
			const original = history[name];
			history[name] = function (...args) {
				const result = original.apply(this, args);
				onNavigation();
				return result;
			};
		}
		addEventListener("popstate", onNavigation);
		// Back from a course, where the browser kept this page as it was: what was learned there is to show.
		addEventListener("pageshow", (event) => {
			if (event.persisted && atHome()) guarded(arrive)();
		});
		onNavigation();
	}

	guarded(start)();
})();
