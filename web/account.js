/* Export, log, passkeys, the end of the case. */

async function export_view() {
	const place = h("div", { "aria-live": "polite" });
	show(words.exported.title, h("p", {}, words.exported.text), h("p", {}, button(words.exported.make, async () => {
		const made = await post_fresh("/api/export");
		place.replaceChildren(h("h2", {}, words.exported.key), h("p", {}, words.exported.key_text), secret_box(words.exported.key, await export_key(room.ck, room.session.case)),
			h("p", {}, h("a", { class: "button main", href: `/api/export/${made.export}`, download: true }, fill(words.exported.download, { n: made.length.toLocaleString(words.code) }))),
			h("p", { class: "hint" }, "SHA-256 ", h("code", {}, made.sha256)), h("p", {}, words.exported.open), h("pre", { class: "command", tabindex: "0" }, fill(words.exported.how, { file: "export.age" })));
	}, { class: "main" })), place);
}

/* "origin\nsize\nroot\n\n— signatures" */
function checkpoint_read(note) {
	const lines = note.split("\n");
	return { size: Number(lines[1]), root: Uint8Array.from(atob(lines[2] || ""), (c) => c.charCodeAt(0)) };
}

/* Members whose values are codes of a list; all others are people's words, names and numbers. */
const LOG_CODES = ["action", "result", "reason", "method", "dnssec", "vantage", "kind", "decision", "found", "done", "task", "by"];

/* Ids as what they stand for, where this browser knows: people by the log itself, messages and credentials by the dossier. */
function log_value(people, key, value) {
	const text = Array.isArray(value) ? value.join(" ") : String(value);
	if (["account", "by", "and"].includes(key) && people.has(text)) return people.get(text);
	const row = key === "record" && room.by_record && room.by_record.get(text);
	if (row) return h("a", { href: `#/message/${text}` }, row.subject || words.messages.no_subject);
	const credential = key === "exposure" && room.index && room.index.credentials.find((c) => c.exposure === text);
	if (credential) return named(credential);
	if (key === "record" && /^(index|list-\d+)$/.test(text)) return text === "index" ? words.nav.overview : words.log.list;
	if (key === "from" || key === "to") return words.states[text] || text;
	if (key === "mark") return words.credentials.marks[text] || text;
	if (key === "role" || key === "roles") return text.split(" ").map((r) => words.roles[r] || r).join(", ");
	if (LOG_CODES.includes(key)) return words.log.values[text] || text;
	return (text.length > 40 || key === "invitation") && !text.includes(" ") ? h("abbr", { title: text }, `${text.slice(0, 12)}…`) : text;
}

function log_row(people, held, line) {
	const { v, at, event, case: of, person, ...rest } = JSON.parse(line);
	const detail = Object.entries(rest).filter(([, x]) => x !== "" && x !== null && (!Array.isArray(x) || x.length));
	return h("tr", { class: held ? "" : "bad" }, h("td", { class: "date" }, at.slice(0, 19).replace("T", " ")), h("td", {}, words.log.events[event] || event),
		h("td", {}, detail.map(([k, x], i) => [i ? ", " : "", `${words.log.keys[k] || k}${words.colon}`, log_value(people, k, x)])));
}

/* Who is known by name beside those whom the log names: the entry that did so may be an early one. */
async function people_known() {
	const { people } = sections().includes("people") ? await get("/api/people") : { people: [] };
	return new Map(people.map((p) => [p.account, p.name]));
}

/* The newest first, a few pages at a time; each entry is proven as it comes. */
const LOG_PAGES = 5;
async function log_view() {
	const entries = [], people = await people_known(), place = h("div", {});
	let before = Number.MAX_SAFE_INTEGER, more = true;
	const load = async () => {
		for (let n = 0; more && n < LOG_PAGES; n++) {
			const page = await get(`/api/log/${before}`);
			const head = checkpoint_read(page.checkpoint);
			for (const e of page.entries) {
				const leaf = await log_leaf(b64_bytes(e.salt), utf8(e.line));
				const held = e.index < before && (await inclusion_holds(leaf, e.index, head.size, e.proof.map(b64_bytes), head.root));
				entries.push({ held, line: e.line });
				before = Math.min(before, e.index);
			}
			more = page.more && page.entries.length > 0;
		}
	};
	const draw = () => {
		for (const { account, person } of entries.map((e) => JSON.parse(e.line)).reverse()) if (account && person) people.set(account, person);
		const called = names_apart(people), rows = entries.map((e) => log_row(called, e.held, e.line)), broken = entries.filter((e) => !e.held).length;
		place.replaceChildren(broken ? h("p", { class: "problem", role: "alert" }, fill(words.log.broken, { n: broken, us: room.case.us ? room.case.us.name : "" })) : h("p", { class: "note" }, count(words.log.proven, rows.length), more ? ` ${words.log.newest}` : ""),
			rows.length ? table(words.log.title, [words.log.at, words.log.event, words.log.detail], rows, "listing") : h("p", {}, words.log.none),
			...more ? [h("p", {}, button(words.more, async () => {
				await load();
				draw();
				(place.querySelector("p button") || place.querySelector(".scroll")).focus();
			}))] : []);
	};
	await load();
	show(words.log.title, h("p", {}, words.log.text), place);
	draw();
}

async function account_view() {
	const { passkeys } = await get("/api/passkeys");
	show(words.account.title, facts([[words.people.who, room.session.name], [words.people.roles, (room.session.roles || []).map((r) => words.roles[r]).join(", ")], [words.account.state, words.states[room.case.state] || room.case.state]]),
		h("h2", {}, words.account.passkeys), h("ul", {}, passkeys.map((p) => h("li", {}, fill(words.account.added, { t: when(p.added) }), p.used ? `, ${fill(words.account.used, { t: when(p.used, true) })}` : "", p.this ? ` (${words.account.this})` : "", " ",
			passkeys.length > 1 ? sure_button(words.account.remove, async () => { await post_fresh("/api/passkey/remove", { credential: p.credential }); await route(); }, { class: "small" }) : null))),
		h("p", {}, button(words.account.add, async () => {
			const made = await passkey_create();
			if (room.ck && made.prf) await wrap_put("prf", made.credential, await prf_kek(made.prf, room.session.account), await get("/api/unlock"));
			await account_view();
		})),
		room.ck ? h("p", {}, button(words.account.new_key, async () => key_keep_view(null))) : null,
		has_role("nominator") && ["REVIEWING", "RESOLVED"].includes(room.case.state) ? h("section", { class: "card" }, h("h2", {}, words.account.close), h("p", {}, words.account.close_text), sure_button(words.account.close_go, async () => {
			await post_fresh("/api/close");
			await route();
		}, { class: "danger" })) : null);
}

/* Other tabs have the same session, and what they have unsealed stands there for whoever comes by: they are told when it is over. */
const tabs = typeof BroadcastChannel === "undefined" ? null : new BroadcastChannel("tocsin-session");
function tabs_tell() {
	if (tabs) tabs.postMessage("over");
}
if (tabs) tabs.onmessage = () => {
	if (room.session.session === "none") return;
	forget();
	start_view(() => words.signed_out);
};

/* Whoever leaves has nothing in sight any more, whether the portal can be told or not. */
async function sign_out() {
	forget();
	history.replaceState(null, "", "/");
	tabs_tell();
	start_view(() => words.signing_out);
	let note = () => words.signed_out;
	try {
		await post("/api/sign-out");
	} catch {
		note = () => words.signed_out_here;
	}
	start_view(note);
}
