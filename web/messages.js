/* Mail by mail: the list with its search, and one message with its verdict and why something is masked. */

/*
 * text: a search in the texts (search.js); fetched: messages got for searches since it was last asked; run: which one may still go on; list: as it was
 * made; at: the message that was open.
 */
const view_new = () => ({ search: "", filter: "all", sort: "newest", shown: 100, text: null, fetched: 0, draw: null, list: null, at: null, previous: null, next: null });
const view = { ...view_new(), run: 0 };

const disowned = (record) => room.marks.disowned.get(record);

/* Of fifty thousand messages each letter that is typed makes the list anew: what does not change is made once. */
const sender_key = (r) => (r.sender_key ??= (r.from || "").replaceAll('"', ""));
const heads_of = (r) => (r.heads ??= fold([r.from, r.to, r.subject].flat().join(" ")));
const in_order = (a, b) => (a < b ? -1 : a > b ? 1 : 0);

function rows_filtered(found = () => true) {
	const rows = room.rows.filter((r) => {
		if (view.filter === "credentials" && !r.credentials) return false;
		if (view.filter === "new" && !r.new) return false;
		if (view.filter === "attachments" && !r.attachments) return false;
		if (view.filter === "not_ours" && !disowned(r.record)) return false;
		if (["accessed", "presumed", "unknown"].includes(view.filter) && r.verdict !== view.filter) return false;
		return (!["sent", "received", "mentioned", "owner"].includes(view.filter) || r.roles.includes(view.filter)) && found(r);
	});
	const by_time = (a, b) => in_order(a.when || "", b.when || "") || in_order(a.record, b.record), { compare } = new Intl.Collator(words.code);
	if (view.sort === "oldest") return rows.sort(by_time);
	if (view.sort === "worst") return rows.sort((a, b) => b.credentials - a.credentials || b.personal - a.personal || by_time(b, a));
	if (view.sort === "sender") return rows.sort((a, b) => !a.from - !b.from || compare(sender_key(a), sender_key(b)) || by_time(b, a));
	return rows.sort((a, b) => by_time(b, a));
}

/* By what the list says of each, or by what a search in the texts found. */
function rows_chosen() {
	const wanted = search_words(view.search);
	return rows_filtered((r) => (view.text ? view.text.hits.has(r.record) : wanted.every((w) => heads_of(r).includes(w))));
}

function holds(r) {
	return [r.credentials ? count(words.messages.credentials, r.credentials) : "", r.personal ? count(words.messages.personal, r.personal) : "", r.attachments ? count(words.messages.attachments, r.attachments) : "",
		r.withheld ? words.messages.withheld : ""].filter(Boolean).join(", ");
}

/* "Ann <ann@acme.example>": the address takes a line of its own where there is room, and none where there is not. */
function who(text) {
	const at = text.lastIndexOf(" <");
	return at > 0 ? [text.slice(0, at).replace(/^"(.*)"$/, "$1"), " ", h("span", { class: "address" }, text.slice(at + 1).replace(/^<(.*)>$/, "$1"))] : text;
}

function message_row(r) {
	const subject = r.subject ? tokens_said(r.subject) : words.messages.no_subject;
	return h("tr", {}, h("td", {}, has_role("reviewer") ? h("input", { type: "checkbox", name: "record", value: r.record, "aria-label": `${words.credentials.select}${words.colon}${subject}` }) : null), h("td", { class: "date plain" }, r.when ? day(r.when) : words.messages.no_date), h("td", { class: "plain" }, who(tokens_said(r.from || ""))),
		h("td", { class: "plain" }, h("a", { href: `#/message/${r.record}` }, subject), some_new() && r.new ? [" ", h("span", { class: "badge new" }, words.messages.new)] : null, disowned(r.record) ? [" ", h("span", { class: "badge" }, words.messages.not_ours)] : null,
			view.text && view.text.hits.has(r.record) ? contexts(view.text.hits.get(r.record)) : null),
		h("td", { class: "plain" }, h("span", { class: `badge ${r.verdict}` }, words.messages.verdicts[r.verdict] || r.verdict)), h("td", { class: "plain" }, holds(r)));
}

/*
 * A hundred rows at a time are a table of their own, with columns as wide as those of the next: what is out of sight is not laid out (app.css), and
 * is found, focused and printed all the same. In one table a list of 2,600 rows took seconds whenever it was come back to.
 */
const BLOCK = 100;
function rows_block(heads, rows, from, to) {
	const made = rows.slice(from, to).map(message_row), n = (i) => i.toLocaleString(words.code), caption = to - from < rows.length ? `${words.messages.title} ${n(from + 1)}–${n(to)}` : words.messages.title;
	label_cells(heads, made);
	return h("div", { class: "block" }, h("table", { class: "listing" }, h("caption", {}, caption), h("colgroup", {}, ["tick", "day", "from", "subject", "verdict", "holds"].map((c) => h("col", { class: c }))), heads_row(heads), h("tbody", {}, made)));
}

const disown = (records, mark, note) => post("/api/marks", { marks: records.map((record) => ({ record, mark, note })) });

/* Several at once: a namesake's mail comes in numbers. */
function disown_section(place) {
	return h("details", {}, h("summary", {}, words.messages.disown), h("p", { class: "hint" }, words.message.not_ours_text), form(async (f) => {
		const chosen = [...place.querySelectorAll("input[name=record]:checked")].map((i) => i.value);
		if (chosen.length === 0) throw new Told(words.messages.choose);
		for (let i = 0; i < chosen.length; i += 200) await disown(chosen.slice(i, i + 200), "not_ours", f.elements.note.value.trim());
		await messages_view();
		say(words.message.sent);
	}, words.messages.disown_go, field(words.message.why, h("input", { name: "note", "data-most": "300", required: true }))));
}

/* In a list that is made anew what is ticked stays ticked, and what has the focus keeps it, where it is still there. */
function list_kept(place, make) {
	const ticked = new Set([...place.querySelectorAll("input:checked")].map((i) => i.value)), name = (x) => `${x.tagName} ${x.value || x.hash}`;
	const focused = place.contains(document.activeElement) ? name(document.activeElement) : null;
	make();
	for (const x of place.querySelectorAll("input, tbody a")) {
		if (ticked.has(x.value)) x.checked = true;
		if (name(x) === focused) x.focus({ preventScroll: true });
	}
}

/* What a list was made of: with the same, that of thousands of rows is not made anew for who comes back from a message. */
const list_of = () => [room.rows, words, view.text, view.text && view.text.hits.size, view.search, view.filter, view.sort, JSON.stringify([...room.marks.disowned])];
const list_holds = () => Boolean(view.list) && view.list.of.every((x, i) => x === list_of()[i]);

/* Back to the message that was open, as far as that is not a list of which nobody asked for so much. */
const BACK_MOST = 2000;
function back_to(id) {
	const link = document.querySelector(`main tbody a[href="#/message/${id}"]`);
	if (!link) return;
	link.focus({ preventScroll: true });
	link.scrollIntoView({ block: "center" });
}

async function messages_view() {
	await dossier_load();
	search_stop();
	const left = view.at, made = view.list, same = list_holds() && (left === null || made.rows.slice(0, view.shown).some((r) => r.record === left));
	const place = same ? made.place : h("div", {}), tally = h("p", { class: "hint", "aria-live": "polite" }), searched = h("div", { class: "searched", "aria-live": "polite" }), w = words.messages;
	const draw = (list = true) => {
		const status = search_status(draw);
		/* A reader of the screen hears how it ended, not each step. */
		searched.setAttribute("aria-busy", String(Boolean(view.text) && view.text.state === "running"));
		if (status.length !== 1 || status[0].parentNode !== searched) searched.replaceChildren(...status);
		if (list) list_kept(place, draw_list);
	};
	const draw_list = () => {
		const rows = rows_chosen(), at = left === null || view.at === null ? -1 : rows.findIndex((r) => r.record === left);
		if (at >= view.shown && at < BACK_MOST) view.shown = Math.ceil((at + 1) / 100) * 100;
		tally.textContent = view.text ? "" : fill(w.shown, { n: rows.length.toLocaleString(words.code), all: room.rows.length.toLocaleString(words.code) });
		view.list = { of: list_of(), rows, place, tally: tally.textContent };
		const heads = ["", w.date, w.from, w.subject, w.verdict, w.holds], region = h("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": w.title });
		/* What is there already stays: made anew, it would be a wait that grows with each press. */
		const add = (from, to) => {
			for (; from < to || from === 0; from += BLOCK) region.append(rows_block(heads, rows, from, Math.min(from + BLOCK, to)));
			more.hidden = to >= rows.length;
			far.textContent = fill(w.shown, { n: Math.min(to, rows.length).toLocaleString(words.code), all: rows.length.toLocaleString(words.code) });
		};
		const far = h("span", { class: "hint" }), more = h("p", {}, button(words.more, async () => {
			const from = view.shown;
			add(from, Math.min(view.shown += 500, rows.length));
			if (more.hidden) region.querySelectorAll("tbody a")[from].focus();
		}), " ", far);
		add(0, Math.min(view.shown, rows.length));
		place.replaceChildren(region, more);
	};
	view.draw = draw;
	const option = (v, t, now) => h("option", { value: v, selected: v === now }, t);
	const change = (key) => (e) => {
		view[key] = e.target.value;
		view.shown = 100;
		if (key !== "sort") {
			search_stop();
			view.text = null;
		}
		draw();
	};
	const entered = (e) => { if (e.key === "Enter" && search_words(view.search).length) search_text(draw).catch((x) => say(explain(x), true)); };
	const v = w.verdicts, o = words.overview;
	show(w.title, h("div", { class: "row", role: "search" },
		field(w.search, h("input", { type: "search", value: view.search, oninput: change("search"), onkeydown: entered })),
		field(w.filter, h("select", { onchange: change("filter") }, [["all", w.all], ["credentials", w.with_credentials], ["attachments", w.with_attachments], ["new", w.is_new], ["accessed", v.accessed], ["presumed", v.presumed], ["unknown", v.unknown],
			["sent", o.sent], ["received", o.received], ["mentioned", o.mentioned], ["owner", o.owner], ["not_ours", w.not_ours]].map(([a, b]) => option(a, b, view.filter)))),
		field(w.sort, h("select", { onchange: change("sort") }, [["newest", w.newest], ["oldest", w.oldest], ["worst", w.worst], ["sender", w.by_sender]].map(([a, b]) => option(a, b, view.sort))))),
		searched, tally, place, has_role("reviewer") ? disown_section(place) : null, h("p", { class: "hint keys" }, w.keys), h("p", {}, button(words.print, async () => window.print())));
	if (same) tally.textContent = made.tally;
	draw(!same);
	view.at = null;
	if (left !== null) back_to(left);
}

/* ---- one message ---------------------------------------------------------------------------------------------------- */

function verdict_line(d) {
	const values = { first: when(d.first, true), last: when(d.last, true), n: d.records, reason: words.verdict_reasons[d.reason] || d.reason };
	const done = { sent: words.message.forged, destroyed: words.message.destroyed }[d.reason];
	const text = d.verdict === "accessed" ? done || (d.records > 1 ? words.message.opened_often : words.message.opened) : d.verdict === "presumed" ? words.message.presumed : words.message.unknown;
	return h("li", { class: d.verdict }, fill(text, values), d.mailbox ? `, ${fill(words.message.mailbox, { mailbox: d.mailbox })}` : "");
}

/* The text of a part in order: as it is, masked with its reason, or a value with its exposure. Places are bytes of UTF-8. */
function pieces_of(part, exposures) {
	const bytes = utf8(part.text);
	const places = [...part.marks.map((m) => ({ at: m.at, n: m.n, reason: m.reason })),
		...exposures.filter((x) => x.path === part.path && x.at !== null && x.n).map((x) => ({ at: x.at, n: x.n, exposure: x }))].sort((a, b) => a.at - b.at);
	const out = [], decode = new TextDecoder();
	let at = 0;
	for (const p of places) {
		if (p.at < at || p.at + p.n > bytes.length) continue;
		out.push({ text: decode.decode(bytes.subarray(at, p.at)) }, { ...p, text: decode.decode(bytes.subarray(p.at, p.at + p.n)) });
		at = p.at + p.n;
	}
	return [...out, { text: decode.decode(bytes.subarray(at)) }];
}

/* Text with what is hidden and masked marked in it, and what was searched for. */
function marked_text(part, exposures, open) {
	const wanted = view.text ? view.text.wanted : [];
	return h("pre", { class: "mail", tabindex: "0" }, pieces_of(part, exposures).map((p) => {
		if (p.exposure) return h("mark", { class: "value", title: class_word(p.exposure.class) }, open || !p.exposure.ours ? p.text : "•".repeat(Math.min(12, Math.max(6, p.n))));
		return p.reason ? h("abbr", { class: "masked", title: words.reasons[p.reason] || p.reason }, tokens_said(p.text)) : highlighted(p.text, wanted);
	}));
}

/* Sanitised on the evidence side; here in a frame that can run nothing, open nothing and fetch nothing. */
const mail_policy = window.trustedTypes ? window.trustedTypes.createPolicy("mail", { createHTML: (markup) => markup }) : { createHTML: (markup) => markup };

function html_frame(markup) {
	const frame = h("iframe", { sandbox: true, title: words.message.html, class: "mail" });
	frame.srcdoc = mail_policy.createHTML(`<div dir="auto">${tokens_said(markup)}</div>`);
	return frame;
}

function part_section(part, record, open) {
	const place = h("div", {});
	const draw = (as_html) => {
		const tab = (label, on) => h("button", { type: "button", role: "tab", "aria-selected": String(on === as_html), class: "tab", onclick: () => {
			draw(on);
			place.querySelector("[aria-selected=true]").focus(); // the one that was pressed is gone
		} }, label);
		place.replaceChildren(...[part.html ? h("div", { role: "tablist" }, tab(words.message.text, false), tab(words.message.html, true)) : null,
			as_html ? html_frame(part.html) : marked_text(part, record.exposures, open), part.cut ? h("p", { class: "hint" }, words.message.cut) : null].filter(Boolean));
	};
	draw(false);
	return place;
}

function missed_form(record) {
	return h("details", {}, h("summary", {}, words.message.missed), form(async (f) => {
		await post("/api/report", { kind: "missed", record, exposure: null, text: f.elements.text.value.trim() });
		f.reset();
		say(words.message.sent);
	}, words.message.send, field(words.message.missed_text, h("textarea", { name: "text", rows: "3", "data-most": "600", required: true }))));
}

/* A message that is somebody else's: a mark that all of the case see, and a question to whoever sent the notice. */
function not_ours_form(record, open) {
	const mark = disowned(record);
	if (mark) return h("p", { class: "note" }, fill(words.message.disowned, { who: mark.by, t: when(mark.at), note: mark.note }), " ", button(words.message.take_back, async () => {
		await disown([record], "open", "");
		await message_view(record, open);
	}, { class: "small" }));
	return h("details", {}, h("summary", {}, words.message.not_ours), h("p", { class: "hint" }, words.message.not_ours_text), form(async (f) => {
		await disown([record], "not_ours", f.elements.note.value.trim());
		await message_view(record, open);
		say(words.message.sent);
	}, words.message.send, field(words.message.why, h("input", { name: "note", "data-most": "300", required: true }))));
}

/* Who wrote, to whom and when is said in the reader's language; other fields have no name but their own. */
const header_said = (name) => ({ from: words.messages.from, date: words.messages.date, to: words.message.to, cc: words.message.cc, bcc: words.message.bcc, "reply-to": words.message.reply_to })[name.toLowerCase()] || name;

async function message_view(id, open) {
	await dossier_load();
	if (!room.by_record.has(id)) {
		Object.assign(view, { previous: null, next: null });
		show(words.messages.title, h("p", { class: "note" }, words.errors.not_found), h("p", {}, h("a", { href: "#/messages" }, words.messages.title)));
		return;
	}
	const record = await record_load(id);
	const rows = list_holds() ? view.list.rows : rows_chosen(), at = rows.findIndex((r) => r.record === id), row = room.by_record.get(id);
	const header = (name) => (record.headers.find((x) => x.name === name) || {}).value || "";
	const ours = record.exposures.some((x) => x.value !== undefined && x.at !== null);
	const link = (r, label) => (r ? [" · ", h("a", { href: `#/message/${r.record}` }, label)] : null);
	show([tokens_said(header("Subject") || (row && row.subject) || words.messages.no_subject), `${words.messages.title}${at < 0 ? "" : ` ${at + 1}/${rows.length}`}`],
		h("p", { class: "hint" }, h("a", { href: "#/messages" }, words.messages.title), link(rows[at - 1], words.message.previous), link(rows[at + 1], words.message.next)),
		h("ul", { class: "verdicts" }, record.verdicts.map(verdict_line)), record.view === "spans" ? h("p", { class: "note" }, words.message.spans) : null,
		facts(record.headers.filter((x) => x.name !== "Subject").map((x) => [header_said(x.name), tokens_said(x.value)])),
		ours ? h("p", {}, button(open ? words.message.hide : words.message.show, async () => {
			await message_view(id, !open);
			by_id("main").querySelector(".reveal").focus();
		}, { class: "reveal" })) : null,
		record.parts.map((p) => h("section", {}, record.parts.length > 1 ? h("h2", {}, fill(words.message.part, { path: p.path }), ` (${p.type})`) : null, part_section(p, record, open))),
		record.exposures.length ? h("section", {}, h("h2", {}, words.message.found), h("ul", {}, record.exposures.map((x) => h("li", {}, named(x), open && x.value !== undefined ? [words.colon, h("code", {}, x.value)] : null, x.where ? h("span", { class: "hint" }, ` · ${place_said(x.where)}`) : null, h("div", { class: "hint" }, words.advice[x.class] || words.advice.other))))) : null,
		record.attachments.length ? h("section", {}, h("h2", {}, words.message.attachments), h("ul", {}, record.attachments.map((a) => h("li", {}, tokens_said(a.name), ` (${a.type}, ${fill(words.message.bytes, { n: a.bytes.toLocaleString(words.code) })}) `,
			h("span", { class: "hint" }, a.export ? words.message.in_export : `${words.message.withheld}${words.colon}${words.reasons[a.withheld] || a.withheld}`), h("div", { class: "hint" }, `SHA-256 ${a.sha256}`))))) : null,
		record.withheld.length ? h("section", {}, h("h2", {}, words.message.withheld), h("ul", {}, record.withheld.map((w) => h("li", {}, fill(words.message.part, { path: w.path }), `${words.colon}${words.reasons[w.reason] || w.reason}`)))) : null,
		record.masking.length ? h("section", {}, h("h2", {}, words.message.masked), h("ul", {}, record.masking.map((m) => h("li", {}, `${words.reasons[m.reason] || m.reason}${words.colon}${m.count}`)))) : null,
		has_role("reviewer") ? [missed_form(id), not_ours_form(id, open)] : null);
	Object.assign(view, { at: id, previous: rows[at - 1], next: rows[at + 1] });
}

/* j, k, Enter, u and / as in mail programs; never while somebody types. */
function key_pressed(event) {
	if (event.ctrlKey || event.metaKey || event.altKey || (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName) && event.target.type !== "checkbox")) return;
	const search = document.querySelector("main input[type=search]");
	if (location.hash.startsWith("#/message/")) {
		const to = { j: view.next, k: view.previous }[event.key];
		if (to) location.hash = `#/message/${to.record}`;
		else if (event.key === "u") location.hash = "#/messages";
	} else if (event.key === "/" && search) {
		search.focus();
		event.preventDefault();
	} else if (location.hash === "#/messages" && (event.key === "j" || event.key === "k")) {
		const links = [...document.querySelectorAll("tbody a")], at = links.indexOf(document.activeElement);
		(links[event.key === "j" ? at + 1 : at - 1] || links[at] || links[0] || document.body).focus();
		event.preventDefault();
	}
}

/* Paper has no "show more". */
function before_print() {
	if (location.hash !== "#/messages" || !view.draw || view.shown >= room.rows.length) return;
	view.shown = room.rows.length;
	view.draw();
}
