/* What a security officer reads first: what happened, the numbers, what to reset, what to do. */

/* The manifest's signature and every record's digest are checked before anything is shown. */
async function manifest_load() {
	const records = room.records, bytes = await get_bytes("/api/manifest");
	const minisig = await (await ask("GET", "/api/manifest.minisig")).text();
	if (!(await signature_holds(minisig, bytes, b64_bytes(room.about.signer.key)))) throw new Told(words.errors.sealed);
	const manifest = JSON.parse(text_of(bytes));
	same_session(records);
	if (manifest.case !== room.session.case) throw new Told(words.errors.sealed);
	Object.assign(room, { manifest, digests: new Map(manifest.records.map((r) => [r.record, r.sha256])) });
}

/*
 * What turns the direction of text is shown, not obeyed: a name that ends in "exe" would be read as one that ends in "pdf". In HTML, where
 * some languages need such marks, only what overrides the direction of letters; text as it is sealed has none of them.
 */
const name_shown = (text) => text.replace(/[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, "\ufffd");
function record_shown(record) {
	const names = (list, ...keys) => (list || []).forEach((x) => keys.forEach((k) => { if (x[k]) x[k] = name_shown(x[k]); }));
	names(record.headers, "name", "value");
	names(record.attachments, "name", "type");
	names(record.exposures, "where", "beside");
	names(record.credentials, "where", "beside");
	for (const part of record.parts || []) if (part.html) part.html = part.html.replace(/[\u202d\u202e]/g, "\ufffd");
	return record;
}

async function record_load(id) {
	const { records, digests, ck, session } = room;
	if (records.has(id)) return records.get(id);
	const sealed = await get_bytes(`/api/record/${id}`);
	if (hex(await sha256(sealed)) !== digests.get(id)) throw new Told((await get("/api/case")).version === room.ck_version ? words.errors.sealed : words.newer_came);
	const record = record_shown(await record_open(ck, session.case, id, sealed));
	same_session(records);
	records.set(id, record);
	return record;
}

/* A few at a time: all of a large dossier at once are more than the proxy lets one network have. */
const LISTS_AT_ONCE = 4;
async function lists_load(ids) {
	const lists = [], left = [...ids.entries()];
	let n = 0;
	const some = async () => {
		for (let next; (next = left.shift()); ) {
			lists[next[0]] = (await record_load(next[1])).rows;
			if (ids.length > LISTS_AT_ONCE) say(++n < ids.length ? fill(words.opening, { n, all: ids.length }) : "");
		}
	};
	await Promise.all(Array.from({ length: LISTS_AT_ONCE }, some));
	return lists.flat();
}

async function dossier_load() {
	const { records } = room;
	if (!room.index) {
		await manifest_load();
		const index = await record_load("index"), rows = await lists_load(index.lists);
		same_session(records);
		Object.assign(room, { index, rows, by_record: new Map(rows.map((r) => [r.record, r])) });
	}
	const marks = await get("/api/marks");
	same_session(records);
	room.marks = { ...marks, of: new Map(marks.marks.map((m) => [m.exposure, m])), disowned: new Map(marks.records.map((m) => [m.record, m])) };
}

/* In a first dossier everything is new: that says nothing. */
const some_new = () => room.index.counts.new < room.index.counts.messages;
const mark_of = (exposure) => room.marks.of.get(exposure);
const class_word = (c) => words.classes[c] || c;
/* Masked forms have English words in the dossier: "(16 or more characters)". */
const masked_form = (text) => words.masked.reduce((t, [from, to]) => t.replace(from, to), text);

/* What is masked stands as "[person 3XSA4]" in the dossier, in English; its five signs are what is the same everywhere. */
const tokens_said = (text) => text.replace(/\[(organisation|domain|address|person|credential|datum) ([0-9A-Z]{5})\]/g, (all, kind, id) => `[${words.tokens[kind]} ${id}]`);

/* The intruder could use it from when he could first have read it, until it was reset. */
const since = (c) => when(c.exposed && c.exposed.from);

/* The gravest verdict of the messages that it stands in. */
function verdict_of(c) {
	if (c.accessed) return "accessed";
	return c.records.some((id) => (room.by_record.get(id) || {}).verdict === "presumed") ? "presumed" : "unknown";
}

/* So are places: a kind and perhaps a name, a cell, row, line or paragraph, the file. Names stay as they are, as in src/notify/place.c. */
function place_said(place) {
	const phrase = (s) => words.places.filter(([en]) => s.startsWith(en) && (/^[ ,]?$/.test(s.charAt(en.length)) || en.endsWith(" "))).sort((a, b) => b[0].length - a[0].length)[0];
	let out = "", rest = tokens_said(place);
	const take = (n) => { out += rest.slice(0, n); rest = rest.slice(n); };
	const say_phrase = (n) => {
		const p = phrase(rest);
		if (!p) return take(n);
		out += p[1];
		rest = rest.slice(p[0].length);
	};
	if (!phrase(rest)) return rest;
	for (const around of ["beside ", "before changes of "]) {
		if (rest.startsWith(around) && phrase(rest)[0] + " " === around && phrase(rest.slice(around.length))) {
			say_phrase(0);
			take(1);
		}
	}
	say_phrase(0);
	const unit = /, (?:cell|row|line|paragraph) (?=[A-Za-z0-9]+(?:$| of | in a hidden ))/.exec(rest), file = rest.indexOf(" of ");
	take(unit ? unit.index : file < 0 ? rest.length : file);
	if (unit) {
		say_phrase(unit[0].length);
		take(/^[A-Za-z0-9]+/.exec(rest)[0].length);
		if (rest.startsWith(" in a hidden ")) say_phrase(1);
	}
	if (rest) say_phrase(0);
	return out + rest;
}

/* "user name with its password for kiosk-north": with the host or account that stands beside it, where there is one. */
const what_of = (c) => (c.beside ? `${class_word(c.class)} ${fill(words.credentials.beside, { what: tokens_said(c.beside) })}` : class_word(c.class));
const named = (c) => `${what_of(c)} ${masked_form(c.masked)}`;

const is_late = (time) => Boolean(time) && Date.parse(time) < now_ms();
/* "due 3 May 2026 (in 2 days)": a reader should not have to count. */
const due_note = (time) => (time ? h("span", { class: is_late(time) ? "late" : "" }, `${fill(is_late(time) ? words.overview.late : words.overview.due, { t: when(time) })} (${days_from_now(time)})`) : null);

/* Of what is open and not late: the day of the next, and how many have that day. */
function next_due(open) {
	const days = open.map((c) => c.due).filter((t) => t && !is_late(t)).sort(), n = days.filter((t) => day(t) === day(days[0])).length;
	return days.length ? fill(count(words.overview.next_due, n), { t: when(days[0]), in: days_from_now(days[0]) }) : null;
}

function tile(n, forms, kind) {
	return h("div", { class: `tile ${kind || ""}` }, h("strong", {}, Number(n).toLocaleString(words.code)), h("span", {}, count(forms, n)));
}

function task_row(task) {
	const done = room.marks.tasks.find((t) => t.task === task.task && t.done);
	const text = task.task === "logs" ? fill(words.overview.task_logs, { from: when(task.from), to: when(task.to) }) : words.overview.task_content;
	return h("li", { class: done ? "done" : "" }, h("div", {}, text, h("div", { class: "hint" }, done ? fill(words.overview.done_by, { who: done.by, t: when(done.at) }) : due_note(task.due))),
		has_role("reviewer") ? button(done ? words.overview.undo : words.overview.mark_done, async () => { await post("/api/tasks", { task: task.task, done: !done, note: "" }); await overview_view(); }, { class: "small" }) : null);
}

/* What happened, in one sentence, and how much of it is the reader's. */
function story(x) {
	const n = x.counts, i = x.incident;
	const part = (number, forms) => (number ? count(forms, number) : null);
	return h("p", { class: "lead" }, i.first_access && i.last_access ? `${fill(words.overview.story, { us: x.us.name, from: when(i.first_access), to: when(i.last_access) })} ` : "",
		h("strong", {}, count(words.overview.messages, n.messages)), n.new && n.new < n.messages ? ` (${count(words.overview.fresh, n.new)})` : "", words.colon,
		[part(n.accessed, words.overview.n_opened), part(n.presumed, words.overview.n_presumed), part(n.unknown, words.overview.n_unknown)].filter(Boolean).join(", "), ".");
}

/* What moved in the last week: for a report to whoever asks each Monday. */
function week_section(x) {
	const from = now_ms() - 7 * 24 * 3600 * 1000, recent = (t) => Date.parse(t.at) >= from;
	const lines = new Map();
	for (const m of room.marks.marks.filter(recent)) lines.set(m.by, (lines.get(m.by) || 0) + 1);
	const late = x.credentials.filter((c) => !mark_of(c.exposure) && is_late(c.due)).length;
	const items = [Date.parse(x.created) >= from ? fill(words.week.version, { n: x.version, t: when(x.created) }) : null,
		...[...lines].map(([who, n]) => `${count(words.week.marked, n)} (${who})`),
		...room.marks.records.filter(recent).length ? [count(words.week.disowned, room.marks.records.filter(recent).length)] : [],
		...room.marks.tasks.filter((t) => t.done && recent(t)).map((t) => `${words.week[t.task] || t.task} (${t.by})`),
		late ? count(words.week.late, late) : null].filter(Boolean);
	return h("section", { class: "week" }, h("h2", {}, words.week.title), items.length ? h("ul", {}, items.map((t) => h("li", {}, t))) : h("p", {}, words.week.nothing));
}

/* The first of them, and the rest when they are asked for. */
function personal_list(all) {
	const list = h("ul", {}), more = h("p", {}, button(words.more, async () => add(1000)));
	const add = (n) => {
		const from = list.children.length;
		list.append(...all.slice(from, from + n).map((p) => h("li", {}, class_word(p.class), ` ${masked_form(p.masked)}`, p.records.length ? [" · ", h("a", { href: `#/message/${p.records[0]}` }, count(words.credentials.messages, p.records.length))] : null)));
		more.hidden = list.children.length >= all.length;
	};
	add(200);
	return [list, more];
}

async function overview_view() {
	await dossier_load();
	const x = room.index, n = x.counts, marked = room.marks.marked, all = room.marks.credentials;
	const open = x.credentials.filter((c) => !mark_of(c.exposure)), first = open.slice(0, 5), late = open.filter((c) => is_late(c.due)).length, next = next_due(open);
	show(words.overview.title, story(x),
		h("div", { class: "tiles" }, tile(n.accessed, words.overview.accessed, "bad"), tile(n.presumed, words.overview.presumed, "warn"), tile(n.unknown, words.overview.unsure),
			tile(n.credentials, words.overview.tile_credentials, n.credentials ? "bad" : ""), tile(n.withheld, words.overview.withheld)),
		h("section", {}, h("h2", {}, words.overview.reset), all ? h("p", {}, h("progress", { max: all, value: marked, "aria-label": words.overview.reset }), ` ${fill(words.overview.done, { marked, all })}`, late ? [" · ", h("span", { class: "late" }, count(words.overview.n_late, late))] : null, next ? [" · ", next] : null) : null,
			x.credentials.length === 0 ? h("p", {}, words.overview.no_credentials) : null,
			first.length ? h("ol", { class: "first" }, first.map((c) => h("li", {}, h("strong", { class: "beside" }, what_of(c)), " ", h("code", {}, masked_form(c.masked)), " ", h("span", { class: `badge ${c.severity}` }, words.severity[c.severity]),
				h("div", { class: "hint" }, fill(words.overview.since, { t: since(c), verdict: words.messages.verdicts[verdict_of(c)] }), c.due ? [" · ", due_note(c.due)] : null), c.records.length ? h("div", { class: "hint" }, `${words.credentials.where} `, stands_in(c)) : null))) : null,
			x.credentials.length ? h("p", {}, h("a", { href: "#/credentials", class: "button main" }, words.overview.reset_all)) : null),
		h("section", {}, h("h2", {}, words.overview.tasks), h("ul", { class: "tasks" }, x.tasks.map(task_row))), week_section(x),
		h("section", {}, h("h2", {}, words.overview.happened), facts([[words.overview.incident, x.us.title], [words.overview.reference, x.us.reference], [words.overview.first, when(x.incident.first_access)],
			[words.overview.last, when(x.incident.last_access)], [words.overview.detected, x.incident.detected && when(x.incident.detected)], [words.overview.contained, x.incident.contained && when(x.incident.contained)],
			[words.overview.call, [x.us.sender, x.us.sender_title, x.us.name, x.us.phone].filter(Boolean).join(", ")]])),
		h("section", {}, h("h2", {}, words.overview.counts), facts([[words.overview.sent, n.sent], [words.overview.received, n.received], [words.overview.mentioned, n.mentioned], [words.overview.owner, n.owner], [words.overview.bulk, n.bulk || ""]])),
		x.personal.length ? h("section", {}, h("h2", {}, words.overview.personal), personal_list(x.personal)) : null,
		x.masking.length ? h("section", {}, h("h2", {}, words.overview.masking), h("p", {}, words.overview.masking_text), h("ul", {}, x.masking.map((m) => h("li", {}, `${words.reasons[m.reason] || m.reason}${words.colon}${m.count}`)))) : null,
		h("p", {}, button(words.print, async () => window.print())), h("p", { class: "hint" }, fill(words.overview.signed, { us: x.us.name, key: room.manifest.signer })));
}

/* ---- credentials ---------------------------------------------------------------------------------------------------- */

async function value_of(c) {
	for (const id of c.records) {
		const record = await record_load(id);
		const found = record.exposures.find((x) => x.exposure === c.exposure && x.value !== undefined);
		if (found) return found.value;
	}
	return null;
}

/* The message that it stands in, by its subject, the next by number, and how many more. */
const LINKS = 20;
function stands_in(c) {
	const row = room.by_record.get(c.records[0]);
	const links = c.records.slice(0, LINKS).map((id, i) => [i ? " " : "", h("a", { href: `#/message/${id}` }, i ? String(i + 1) : (row && row.subject && tokens_said(row.subject)) || words.messages.no_subject)]);
	return c.records.length > LINKS ? [...links, ` +${c.records.length - LINKS}`] : links;
}

function value_cell(c) {
	if (!c.ours) return h("span", {}, masked_form(c.masked), h("span", { class: "hint" }, ` (${words.credentials.not_yours})`));
	const shown = h("code", {}, masked_form(c.masked));
	let open = false;
	const called = (label) => `${label}${words.colon}${named(c)}`;
	return h("span", {}, shown, " ", button(words.credentials.show, async (b) => {
		shown.textContent = open ? masked_form(c.masked) : (await value_of(c)) || masked_form(c.masked);
		open = !open;
		b.textContent = open ? words.credentials.hide : words.credentials.show;
		b.setAttribute("aria-label", called(b.textContent));
	}, { class: "small", "aria-label": called(words.credentials.show), title: words.credentials.hidden }));
}

function credential_row(c) {
	const m = mark_of(c.exposure), verdict = verdict_of(c);
	return h("tr", { class: m ? "done" : "" },
		h("td", {}, h("input", { type: "checkbox", name: "exposure", value: c.exposure, "aria-label": `${words.credentials.select}${words.colon}${named(c)}` })),
		h("td", { class: "beside" }, what_of(c), " ", h("span", { class: `badge ${c.severity}` }, words.severity[c.severity]), some_new() && c.new ? [" ", h("span", { class: "badge new" }, words.messages.new)] : null),
		h("td", { class: "shown" }, value_cell(c), c.where ? h("div", { class: "hint" }, place_said(c.where)) : null), h("td", { class: "date" }, day(c.exposed && c.exposed.from)), h("td", {}, h("span", { class: `badge ${verdict}` }, words.messages.verdicts[verdict])), h("td", { class: "date" }, c.due ? day(c.due) : "", c.due && !m ? h("div", { class: is_late(c.due) ? "late" : "hint" }, is_late(c.due) ? `${words.credentials.late}, ` : "", days_from_now(c.due)) : null),
		h("td", {}, m ? [words.credentials.marks[m.mark] || m.mark, h("div", { class: "hint" }, fill(words.credentials.by, { who: m.by, t: when(m.at) }), m.application ? ` · ${m.application}` : "", m.note ? ` · ${m.note}` : "")] : words.credentials.marks.open),
		h("td", {}, stands_in(c)));
}

/* What most do with a kind; the form begins with it when a kind is chosen as a whole. */
const usual_marks = { api_token: "revoked", private_key: "revoked" };

/* Kind by kind: how many are open and by when, what to do, and all of them chosen for one mark. */
function kinds_section(list, choose) {
	const w = words.credentials, kinds = [...new Set(list.map((c) => c.class))];
	return h("section", { class: "kinds" }, h("h2", {}, w.advice_title), table(w.advice_title, [w.what, words.credentials.marks.open, w.due, w.to_do, ...(choose ? [""] : [])], kinds.map((kind) => {
		const open = list.filter((c) => c.class === kind && !mark_of(c.exposure)), late = open.filter((c) => is_late(c.due)).length;
		return h("tr", { class: open.length ? "" : "done" }, h("td", {}, class_word(kind)), h("td", { class: "date" }, fill(w.of, { n: open.length.toLocaleString(words.code), all: list.filter((c) => c.class === kind).length.toLocaleString(words.code) })),
			h("td", {}, late ? h("div", { class: "late" }, count(w.n_late, late)) : null, next_due(open)), h("td", {}, words.advice[kind] || words.advice.other),
			choose ? h("td", {}, open.length ? button(w.choose_kind, async () => choose(kind), { class: "small", "aria-label": `${w.choose_kind}${words.colon}${class_word(kind)}` }) : null) : null);
	}), "listing kinds"));
}

async function credentials_view() {
	await dossier_load();
	const list = room.index.credentials, may = has_role("reviewer"), w = words.credentials;
	const rows = list.map(credential_row), tally = h("p", { class: "hint", "aria-live": "polite" }), option = ([v, t]) => h("option", { value: v }, t);
	const search = h("input", { type: "search" }), which = h("select", {}, [["all", words.messages.all], ["open", w.marks.open], ["late", w.late]].map(option));
	const kind = h("select", {}, [["", words.messages.all], ...[...new Set(list.map((c) => c.class))].map((k) => [k, class_word(k)])].map(option));
	const all = h("input", { type: "checkbox", onchange: () => { rows.forEach((r) => { r.querySelector("input").checked = all.checked && !r.hidden; }); chosen_count(); } });
	const chosen = () => rows.map((r) => r.querySelector("input")).filter((i) => i.checked).map((i) => i.value), tally_chosen = h("p", { role: "status" });
	const chosen_count = () => { tally_chosen.textContent = count(w.chosen, chosen().length); };
	/* What is not shown is not marked either. */
	const draw = () => {
		const want = fold(search.value);
		list.forEach((c, i) => {
			const open = !mark_of(c.exposure);
			rows[i].hidden = (which.value !== "all" && !open) || (which.value === "late" && !is_late(c.due)) || (kind.value !== "" && c.class !== kind.value) || !fold(rows[i].textContent).includes(want);
			if (rows[i].hidden) rows[i].querySelector("input").checked = false;
		});
		all.checked = false;
		tally.textContent = fill(w.shown, { n: rows.filter((r) => !r.hidden).length.toLocaleString(words.code), all: list.length.toLocaleString(words.code) });
		chosen_count();
	};
	search.addEventListener("input", draw);
	which.addEventListener("change", draw);
	kind.addEventListener("change", draw);
	const list_table = table(w.title, ["", w.what, w.value, w.exposed, words.messages.verdict, w.due, w.state, w.where], rows, "listing");
	list_table.addEventListener("change", chosen_count);
	const mark = h("select", { name: "mark" }, Object.entries(w.marks).map(([v, t]) => h("option", { value: v, selected: v === "rotated" }, t)));
	const marking = () => form(async (f) => {
		const which_ones = chosen();
		if (which_ones.length === 0) throw new Told(w.choose);
		let answer;
		for (let i = 0; i < which_ones.length; i += 200)
			answer = await post("/api/marks", { marks: which_ones.slice(i, i + 200).map((exposure) => ({ exposure, mark: f.elements.mark.value, note: f.elements.note.value.trim(), application: f.elements.application.value.trim() })) });
		await credentials_view();
		say(answer.state === "RESOLVED" ? w.resolved : count(w.marked, which_ones.length));
	}, w.apply, tally_chosen, h("div", { class: "row" }, field(w.state, mark), field(w.application, h("input", { name: "application", "data-most": "120" })), field(w.note, h("input", { name: "note", "data-most": "300" }))), h("p", { class: "hint" }, w.decided));
	const choose = (k) => {
		search.value = "";
		kind.value = k;
		which.value = "open";
		draw();
		all.checked = true;
		all.dispatchEvent(new Event("change"));
		mark.value = usual_marks[k] || "rotated";
		mark.focus();
	};
	show(w.title, list.length === 0 ? h("p", {}, words.overview.no_credentials)
		: [kinds_section(list, may ? choose : null), h("h2", {}, w.each), h("p", { class: "hint" }, w.hidden), h("div", { class: "row", role: "search" }, field(w.search, search), field(w.kind, kind), field(words.messages.filter, which)),
			tally, may ? h("label", { class: "check" }, all, w.all) : null, list_table, may ? h("section", { class: "card marking" }, h("h2", {}, w.mark_title), marking()) : null],
		h("p", {}, button(words.print, async () => window.print())));
	draw();
}
