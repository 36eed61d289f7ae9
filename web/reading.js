/* What a security officer reads first: what happened, the numbers, what to reset, what to do. */

/* The manifest's signature and every record's digest are checked before anything is shown. */
async function manifest_load() {
	const bytes = await get_bytes("/api/manifest");
	const minisig = await (await ask("GET", "/api/manifest.minisig")).text();
	if (!(await signature_holds(minisig, bytes, b64_bytes(room.about.signer.key)))) throw new Told(words.errors.sealed);
	room.manifest = JSON.parse(text_of(bytes));
	if (room.manifest.case !== room.session.case) throw new Told(words.errors.sealed);
	room.digests = new Map(room.manifest.records.map((r) => [r.record, r.sha256]));
}

async function record_load(id) {
	if (room.records.has(id)) return room.records.get(id);
	const sealed = await get_bytes(`/api/record/${id}`);
	if (hex(await sha256(sealed)) !== room.digests.get(id)) throw new Told(words.errors.sealed);
	const record = await record_open(room.ck, room.session.case, id, sealed);
	room.records.set(id, record);
	return record;
}

async function dossier_load() {
	if (!room.index) {
		await manifest_load();
		room.index = await record_load("index");
		room.rows = (await Promise.all(room.index.lists.map(record_load))).flatMap((l) => l.rows);
	}
	room.marks = await get("/api/marks");
}

/* In a first dossier everything is new: that says nothing. */
const some_new = () => room.index.counts.new < room.index.counts.messages;
const mark_of = (exposure) => room.marks.marks.find((m) => m.exposure === exposure);
const class_word = (c) => words.classes[c] || c;

function window_text(w) {
	if (!w || !w.from) return words.unknown;
	if (w.to && w.to.slice(0, 10) === w.from.slice(0, 10)) return fill(words.credentials.on, { day: when(w.from) });
	return w.to ? fill(words.credentials.between, { from: when(w.from), to: when(w.to) }) : fill(words.credentials.from_on, { from: when(w.from) });
}

function tile(n, label, kind) {
	return h("div", { class: `tile ${kind || ""}` }, h("strong", {}, Number(n).toLocaleString(words.code)), h("span", {}, label));
}

function task_row(task) {
	const done = room.marks.tasks.find((t) => t.task === task.task && t.done);
	const text = task.task === "logs" ? fill(words.overview.task_logs, { from: when(task.from), to: when(task.to) }) : words.overview.task_content;
	return h("li", { class: done ? "done" : "" }, text, task.due && !done ? h("span", { class: "due" }, ` · ${fill(words.overview.due, { t: when(task.due) })}`) : null,
		done ? h("span", { class: "hint" }, ` · ${fill(words.overview.done_by, { who: done.by, t: when(done.at) })}`) : null, " ",
		button(done ? words.overview.undo : words.overview.mark_done, async () => { await post("/api/tasks", { task: task.task, done: !done, note: "" }); await overview_view(); }));
}

async function overview_view() {
	await dossier_load();
	const x = room.index, n = x.counts, marked = room.marks.marked, all = room.marks.credentials;
	const first = x.credentials.filter((c) => !mark_of(c.exposure)).slice(0, 5);
	show(words.overview.title,
		h("p", { class: "lead" }, count(words.overview.messages, n.messages), n.new && n.new < n.messages ? `, ${count(words.overview.fresh, n.new)}` : "", "."),
		h("div", { class: "tiles" }, tile(n.accessed, words.overview.accessed, "bad"), tile(n.presumed, words.overview.presumed, "warn"), tile(n.unknown, words.overview.unsure),
			tile(n.credentials, words.credentials.title, n.credentials ? "bad" : ""), tile(n.withheld, words.overview.withheld)),
		h("section", {}, h("h2", {}, words.overview.reset), all ? h("p", {}, h("progress", { max: all, value: marked, "aria-label": words.overview.reset }), ` ${fill(words.overview.done, { marked, all })}`) : null,
			x.credentials.length === 0 ? h("p", {}, words.overview.no_credentials) : null,
			first.length ? h("ol", { class: "first" }, first.map((c) => h("li", {}, h("strong", {}, class_word(c.class)), ` ${c.masked} `, h("span", { class: `badge ${c.severity}` }, words.severity[c.severity]),
				h("span", { class: "hint" }, ` ${words.credentials.exposed}: ${window_text(c.exposed)}${c.due ? ` · ${fill(words.overview.due, { t: when(c.due) })}` : ""}`)))) : null,
			x.credentials.length ? h("p", {}, h("a", { href: "#/credentials", class: "button main" }, words.overview.reset_all)) : null),
		h("section", {}, h("h2", {}, words.overview.tasks), h("ul", { class: "tasks" }, x.tasks.map(task_row))),
		h("section", {}, h("h2", {}, words.overview.happened), facts([[words.overview.incident, x.us.title], [words.overview.reference, x.us.reference], [words.overview.first, when(x.incident.first_access)],
			[words.overview.last, when(x.incident.last_access)], [words.overview.detected, when(x.incident.detected)], [words.overview.contained, when(x.incident.contained)],
			[words.overview.call, `${x.us.sender}, ${x.us.sender_title}, ${x.us.name}, ${x.us.phone}`]])),
		h("section", {}, h("h2", {}, words.overview.counts), facts([[words.overview.sent, n.sent], [words.overview.received, n.received], [words.overview.mentioned, n.mentioned], [words.overview.owner, n.owner], [words.overview.bulk, n.bulk || ""]])),
		x.personal.length ? h("section", {}, h("h2", {}, words.overview.personal), h("ul", {}, x.personal.slice(0, 200).map((p) => h("li", {}, class_word(p.class), ` ${p.masked}`, p.records.length ? [" · ", h("a", { href: `#/message/${p.records[0]}` }, count(words.credentials.messages, p.records.length))] : null)))) : null,
		x.masking.length ? h("section", {}, h("h2", {}, words.overview.masking), h("p", {}, words.overview.masking_text), h("ul", {}, x.masking.map((m) => h("li", {}, `${words.reasons[m.reason] || m.reason}: ${m.count}`)))) : null,
		h("p", { class: "hint" }, fill(words.overview.signed, { us: x.us.name, key: room.manifest.signer })));
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

function value_cell(c) {
	if (!c.ours) return h("span", {}, c.masked, h("span", { class: "hint" }, ` (${words.credentials.not_yours})`));
	const shown = h("code", {}, c.masked);
	let open = false;
	return h("span", {}, shown, " ", button(words.credentials.show, async (b) => {
		shown.textContent = open ? c.masked : (await value_of(c)) || c.masked;
		open = !open;
		b.textContent = open ? words.credentials.hide : words.credentials.show;
	}, { class: "small", title: words.credentials.hidden }));
}

function credential_row(c) {
	const m = mark_of(c.exposure);
	return h("tr", { class: m ? "done" : "" },
		h("td", {}, h("input", { type: "checkbox", name: "exposure", value: c.exposure, "aria-label": `${words.credentials.select}: ${class_word(c.class)} ${c.masked}` })),
		h("td", {}, class_word(c.class), " ", h("span", { class: `badge ${c.severity}` }, words.severity[c.severity]), some_new() && c.new ? [" ", h("span", { class: "badge new" }, words.messages.new)] : null),
		h("td", {}, value_cell(c), c.where ? h("div", { class: "hint" }, c.where) : null), h("td", {}, window_text(c.exposed)), h("td", {}, c.accessed ? words.yes : words.unknown), h("td", {}, c.due ? when(c.due) : ""),
		h("td", {}, m ? [words.credentials.marks[m.mark] || m.mark, h("div", { class: "hint" }, fill(words.credentials.by, { who: m.by, t: when(m.at) }), m.application ? ` · ${m.application}` : "", m.note ? ` · ${m.note}` : "")] : words.credentials.marks.open),
		h("td", {}, c.records.map((id, i) => [i ? " " : "", h("a", { href: `#/message/${id}` }, String(i + 1))])));
}

async function credentials_view() {
	await dossier_load();
	const list = room.index.credentials;
	const may = has_role("reviewer");
	const choose = h("select", { name: "mark" }, Object.entries(words.credentials.marks).map(([v, t]) => h("option", { value: v, selected: v === "rotated" }, t)));
	const rows = list.map(credential_row);
	const all = h("input", { type: "checkbox", "aria-label": words.credentials.all, onchange: (e) => rows.forEach((r) => (r.querySelector("input").checked = e.target.checked)) });
	const list_table = table(words.credentials.title, [all, words.credentials.what, words.credentials.value, words.credentials.exposed, words.credentials.accessed, words.credentials.due, words.credentials.state, words.credentials.where], rows, "listing");
	show(words.credentials.title, list.length === 0 ? h("p", {}, words.overview.no_credentials) : null, h("p", { class: "hint" }, words.credentials.hidden),
		list.length === 0 ? null : may ? form(async (f) => {
			const chosen = rows.map((r) => r.querySelector("input")).filter((i) => i.checked).map((i) => i.value);
			if (chosen.length === 0) throw new Told(words.credentials.choose);
			let answer;
			for (let i = 0; i < chosen.length; i += 200)
				answer = await post("/api/marks", { marks: chosen.slice(i, i + 200).map((exposure) => ({ exposure, mark: f.elements.mark.value, note: f.elements.note.value.trim(), application: f.elements.application.value.trim() })) });
			await credentials_view();
			say(answer.state === "RESOLVED" ? words.credentials.resolved : count(words.credentials.marked, chosen.length));
		}, words.credentials.apply, list_table, h("div", { class: "row" }, field(words.credentials.state, choose), field(words.credentials.application, h("input", { name: "application", maxlength: "120" })), field(words.credentials.note, h("input", { name: "note", maxlength: "300" })))) : list_table,
		h("p", {}, button(words.print, async () => window.print())));
}
