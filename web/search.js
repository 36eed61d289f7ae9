/*
 * Search in the text of messages. The portal holds sealed records only, so this browser gets each one, unseals it and looks, and says how far
 * it is. What was unsealed is in this page's memory and goes with it. Each message got is one read in the log, as if it were opened;
 * the portal tells the evidence side of more than 600 in an hour, so searching asks before it goes there: one word after another, too.
 */
const search_limits = { fetches: 500, pause_ms: 60, draw_ms: 400 }; // nginx as it is shipped lets 20 a second through
const CONTEXT_CHARS = 60, CONTEXTS = 3;

/* Same length as text: places in one are places in the other. Accents of Latin letters do not matter, nor whether a sigma ends a word. */
const fold = (text) => text.replaceAll("\u0130", "I").toLowerCase().replace(/[\u00e0-\u024f]/g, (c) => c.normalize("NFD")[0]).replaceAll("\u03c2", "\u03c3");

/* Words, all of which must be there; what stands in quotes is one. */
function search_words(typed) {
	return [...fold(typed.normalize("NFC")).replaceAll(/[\u201c\u201d\u00ab\u00bb]/g, '"').matchAll(/"([^"]*)"?|[^\s"]+/g)].map((m) => (m[1] === undefined ? m[0] : m[1]).trim().replace(/\s+/g, " ")).filter(Boolean);
}

/* Between from and to in folded: where what is wanted begins and ends, counted from there. */
function hit_places(folded, wanted, from, to) {
	const places = [];
	for (const w of wanted)
		for (let at = folded.indexOf(w, from); at >= 0 && at < to; at = folded.indexOf(w, at + w.length)) places.push([at - from, Math.min(at + w.length, to) - from]);
	return places.sort((a, b) => a[0] - b[0] || b[1] - a[1]);
}

function hits_marked(text, places) {
	const out = [];
	let at = 0;
	for (const [begin, end] of places) {
		if (end <= at) continue;
		out.push(text.slice(at, Math.max(begin, at)), h("mark", { class: "hit" }, text.slice(Math.max(begin, at), end)));
		at = end;
	}
	return [...out, text.slice(at)];
}

const highlighted = (text, wanted) => (wanted.length ? hits_marked(text, hit_places(fold(text), wanted, 0, text.length)) : text);

/* By itself: a part of a string may hold the whole of it in memory. */
const copied = (text) => text_of(utf8(text));

/* Where words can stand in a message. A hidden value is searched like the rest, and shown by none of it. */
function places_of(record) {
	const flat = (text) => text.normalize("NFC").replace(/\s+/g, " "), plain = (label, text) => ({ label, seen: flat(text), folded: fold(flat(text)) });
	const places = record.headers.map((x) => plain(x.name, x.value));
	for (const part of record.parts) {
		const pieces = pieces_of(part, record.exposures).map((p) => ({ ...p, text: flat(p.text) }));
		places.push({ label: record.parts.length > 1 ? fill(words.message.part, { path: part.path }) : words.message.text, folded: fold(pieces.map((p) => p.text).join("")),
			seen: pieces.map((p) => (p.exposure && p.exposure.ours ? "•".repeat(p.text.length) : p.text)).join("") });
	}
	return [...places, ...record.attachments.map((a) => plain(words.message.attachments, a.name)), ...record.exposures.filter((x) => x.where).map((x) => plain(words.message.found, x.where))];
}

/* Null, or what stands around the first places, and nothing else of the message. */
function find_in(record, wanted) {
	const places = places_of(record), out = [];
	if (!wanted.every((w) => places.some((p) => p.folded.includes(w)))) return null;
	for (const p of places) {
		let shown_to = -1;
		for (const w of wanted) {
			const at = p.folded.indexOf(w);
			if (at < 0 || at < shown_to || out.length === CONTEXTS) continue;
			const early = Math.max(0, at - CONTEXT_CHARS), to = Math.min(p.seen.length, at + w.length + CONTEXT_CHARS), blank = p.seen.indexOf(" ", early);
			const from = early > 0 && blank >= 0 && blank < at ? blank + 1 : early;
			out.push({ label: p.label, text: copied(p.seen.slice(from, to)), places: hit_places(p.folded, wanted, from, to), before: from > 0, after: to < p.seen.length });
			shown_to = to;
		}
	}
	return out;
}

const contexts = (found) => found.map((c) => h("div", { class: "context" }, h("span", { class: "label" }, `${c.label}${words.colon}`), c.before ? "…" : "", hits_marked(c.text, c.places), c.after ? "…" : ""));

/*
 * Over the rows that the filter leaves, until it is done, stopped, or at its number of messages; before: one that is gone on with, whose hits stay.
 * draw(false): how far it is, not the list.
 */
async function search_text(draw, before) {
	const run = ++view.run, wanted = search_words(view.search), rows = rows_filtered();
	const t = before ? Object.assign(before, { state: "running", why: "" }) : { wanted, hits: new Map(), searched: 0, seen: new Set(), all: rows.length, unread: 0, state: "running", why: "" };
	let drawn = Date.now(), listed = 0;
	view.text = t;
	draw();
	for (const { record: id } of rows) {
		if (t.seen.has(id)) continue;
		if (!room.records.has(id)) {
			if (view.fetched >= search_limits.fetches) {
				t.state = "paused";
				break;
			}
			if (view.fetched++ > 0) await new Promise((r) => setTimeout(r, search_limits.pause_ms));
		}
		try {
			const record = await record_load(id), found = view.run === run ? find_in(record, wanted) : null;
			if (found) t.hits.set(id, found);
		} catch (e) {
			if (e instanceof Refused && e.code !== "not_found") {
				t.state = "stopped";
				t.why = explain(e);
				break;
			}
			t.unread++;
		}
		if (view.run !== run) return;
		t.seen.add(id);
		t.searched++;
		if (Date.now() - drawn > search_limits.draw_ms) {
			draw(t.hits.size !== listed);
			listed = t.hits.size;
			drawn = Date.now();
		}
	}
	if (view.run !== run) return;
	if (t.state === "running") t.state = "done";
	draw();
}

/* Whoever goes on has read that it will be many. */
function search_on(draw) {
	if (view.text.state === "paused") view.fetched = 0;
	return search_text(draw, view.text);
}

/* Nothing goes on behind a view that is left; what was found stays for the way back. */
function search_stop() {
	view.run++;
	if (view.text && view.text.state === "running") view.text.state = "paused";
}

const how_far = (t) => fill(words.search.found, { hits: count(words.search.hits, t.hits.size), n: t.searched.toLocaleString(words.code), all: t.all.toLocaleString(words.code) });

/* Made once for a search that runs: a key that goes down on Stop comes up on it, however far the search is by then. */
function search_line(t, draw) {
	const bar = h("progress", { max: t.all, "aria-label": words.search.in_text }), far = h("span", {});
	const stop = () => { search_stop(); draw(); };
	return { node: h("p", {}, bar, " ", far, " ", h("button", { type: "button", class: "small", onclick: stop }, words.search.stop)),
		show: () => { bar.value = t.searched; far.textContent = how_far(t); } };
}

/* What stands between the search and the list: how far it is, what it found, and what can be done. */
function search_status(draw) {
	const t = view.text, w = words.search, go = (label, search) => button(label, () => search(draw), { class: "small" });
	if (search_words(view.search).length === 0) return [];
	if (!t) return [h("p", { class: "hint" }, w.heads_only, " ", go(w.in_text, search_text))];
	if (t.state === "running") {
		t.line = t.line || search_line(t, draw);
		t.line.show();
		return [t.line.node];
	}
	const far = h("p", {}, how_far(t), t.unread ? ` ${count(w.unread, t.unread)}` : "");
	if (t.state === "done") return [far, h("p", { class: "hint" }, w.limits)];
	const left = t.all - t.searched, next = Math.min(left, search_limits.fetches);
	return [far, h("p", { class: "note" }, t.why || count(w.paused, left), " ", go(t.why ? w.go_on : fill(w.next, { n: next.toLocaleString(words.code) }), search_on))];
}
