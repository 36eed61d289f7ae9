/* The page's own elements. Text is text: nothing here ever parses markup, but for the one sandboxed frame of a mail's HTML. */

/* h("p", {class: "x", onclick: f}, "text", child, [more]) */
function h(name, attributes, ...children) {
	const e = document.createElement(name);
	for (const [key, value] of Object.entries(attributes || {})) {
		if (value === null || value === undefined || value === false) continue;
		if (key.startsWith("on")) e.addEventListener(key.slice(2), value);
		else if (key === "value" || key === "checked" || key === "selected") e[key] = value;
		else e.setAttribute(key, value === true ? "" : value);
	}
	e.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false));
	return e;
}

const by_id = (id) => document.getElementById(id);

function say(message, bad) {
	const s = by_id("status");
	s.textContent = message;
	s.className = bad ? "bad" : "";
}

/* How a view is drawn once more that route() does not lead to, as in another language; null where it does. */
let again = null;

/*
 * A view: what stands in main. The heading gets the focus, so that a screen reader begins there. A browser keeps titles in its history, for
 * whoever sits there next and on other devices, and no sign-out takes them away: title is [heading, title] where the heading is of a mail.
 */
function show(title, ...content) {
	again = null;
	const [said, kept = said] = [title].flat(), heading = h("h1", { tabindex: "-1" }, said);
	document.title = `${kept} · ${words.name}`;
	by_id("main").replaceChildren(heading, ...content.flat(Infinity).filter(Boolean));
	heading.focus({ preventScroll: true });
	window.scrollTo(0, 0);
}

let fields = 0;
function field(label, input, hint) {
	const id = `field-${++fields}`;
	input.id = id;
	const parts = [h("label", { for: id }, label), input], most = input.dataset.most;
	if (most) hint = [hint, fill(words.at_most, { n: most })].filter(Boolean).join(" ");
	if (hint) {
		input.setAttribute("aria-describedby", `${id}-hint`);
		parts.push(h("p", { class: "hint", id: `${id}-hint` }, hint));
	}
	return h("div", { class: "field" }, parts);
}

/* The first field that is to be filled in and is not; what stands in a form's own details is one of two ways. */
function empty_field(f) {
	for (const i of f.elements) i.removeAttribute("aria-invalid");
	return [...f.elements].find((i) => i.required && i.value.trim() === "" && !f.contains(i.closest("details")));
}

/* The first field that holds more than it may: nothing that somebody wrote is cut. */
const signs_of = (i) => [...i.value].length;
const long_field = (f) => [...f.elements].find((i) => i.dataset.most && signs_of(i) > Number(i.dataset.most));

/* A form whose submit is async: while it works it cannot be sent again; what goes wrong is said in it. */
function form(action, label, ...content) {
	const problem = h("p", { class: "problem", role: "alert" });
	const button = h("button", { type: "submit", class: "main" }, label);
	const f = h("form", { novalidate: true }, content, problem, h("p", {}, button));
	f.addEventListener("submit", async (event) => {
		event.preventDefault();
		problem.textContent = "";
		const empty = empty_field(f), wrong = empty || long_field(f);
		if (wrong) {
			problem.textContent = fill(empty ? words.errors.empty : words.errors.most, { field: wrong.labels[0].textContent, n: wrong.dataset.most, has: signs_of(wrong) });
			wrong.setAttribute("aria-invalid", "true");
			wrong.focus();
			return;
		}
		button.disabled = true;
		try {
			await action(f);
		} catch (e) {
			problem.textContent = explain(e);
		} finally {
			button.disabled = false;
		}
	});
	return f;
}

/* A button whose work is async and says what went wrong below the page. */
function button(label, action, attributes) {
	const b = h("button", { type: "button", ...attributes }, label);
	b.addEventListener("click", async () => {
		b.disabled = true;
		say("");
		try {
			await action(b);
		} catch (e) {
			say(explain(e), true);
		} finally {
			b.disabled = false;
		}
	});
	return b;
}

/* For what cannot be undone: the first press asks, the second does it. */
function sure_button(label, action, attributes) {
	let asked = false;
	return button(label, async (b) => {
		asked = !asked;
		b.textContent = asked ? words.sure : label;
		if (asked) say(fill(words.sure_text, { label }));
		else await action(b);
	}, attributes);
}

/* On a narrow screen a row is a paragraph, and each cell says what it is; kind "listing": only those whose heads are not plain. */
function label_cells(heads, rows) {
	const said = (t) => `${t.charAt(0).toLocaleUpperCase(words.code)}${t.slice(1)}${t.endsWith("?") ? " " : words.colon}`;
	for (const row of rows) [...row.children].forEach((cell, i) => cell.setAttribute("data-label", typeof heads[i] === "string" && heads[i] ? said(heads[i]) : ""));
}
const heads_row = (heads) => h("thead", {}, h("tr", {}, heads.map((t) => h("th", { scope: "col" }, t))));
function table(caption, heads, rows, kind) {
	label_cells(heads, rows);
	return h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": caption },
		h("table", { class: kind }, h("caption", {}, caption), heads_row(heads), h("tbody", {}, rows)));
}

const facts = (pairs) => h("dl", {}, pairs.filter((p) => p && p[1] !== null && p[1] !== "").map(([k, v]) => h("div", {}, h("dt", {}, k), h("dd", {}, v))));

function when(time, with_clock) {
	if (!time) return words.unknown;
	const d = new Date(time);
	const date = d.toLocaleDateString(words.locale, { year: "numeric", month: "long", day: "numeric", timeZone: "UTC" });
	return with_clock ? `${date}, ${time.slice(11, 16)} UTC` : date;
}

/* For the columns of a table. To make what writes dates takes longer than a thousand of them, and a list has fifty thousand. */
const day_formats = {};
const day_format = () => (day_formats[words.locale] ??= new Intl.DateTimeFormat(words.locale, { year: "numeric", month: "short", day: "numeric", timeZone: "UTC" }));
const day = (time) => (time ? day_format().format(new Date(time)) : words.unknown);

/* The server's clock, as far as this page has heard it: a computer whose clock is wrong would call things overdue, or not. */
const now_ms = () => Date.now() + room.ahead_ms;

function days_from_now(time) {
	const days = Math.round((Date.parse(time) - now_ms()) / (24 * 3600 * 1000));
	return new Intl.RelativeTimeFormat(words.code, { numeric: "auto" }).format(days, "day");
}

/* "1 minute", "18 hours": whole ones, rather too long than too short. */
function duration(seconds) {
	const [n, unit] = seconds > 2 * 3600 ? [seconds / 3600, "hour"] : [seconds / 60, "minute"];
	return new Intl.NumberFormat(words.code, { style: "unit", unit, unitDisplay: "long" }).format(Math.ceil(n));
}

/* "{n} messages" with a plural: words are [one, many]. */
function count(forms, n) {
	const one = new Intl.PluralRules(words.code).select(n) === "one";
	return fill(one ? forms[0] : forms[1], { n: n.toLocaleString(words.code) });
}

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (all, key) => (key in values ? values[key] : all));

/* To copy something that is shown once. */
function secret_box(label, value) {
	const box = h("output", { class: "secret", "aria-label": label }, value);
	return h("p", { class: "secret-line" }, box, button(words.copy, async () => {
		try {
			await navigator.clipboard.writeText(value);
			say(words.copied);
		} catch {
			getSelection().selectAllChildren(box);
			say(words.not_copied, true);
		}
	}));
}
