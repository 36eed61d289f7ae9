/* Who may read: nominators, reviewers, observers, and the links by which they come. */

async function invite(role, name) {
	const unlock = role === "observer" ? room.case : await get("/api/unlock");
	const id = b64(crypto.getRandomValues(new Uint8Array(16))), secret = crypto.getRandomValues(new Uint8Array(16));
	let wrapped = "";
	if (role !== "observer") {
		if (!room.ck) throw new Told(words.errors.sealed);
		wrapped = b64(await gcm_seal(await invitation_kek(secret, id), wrap_data(room.session.case, id, unlock.generation, room.ck_version), room.ck));
	}
	await post_fresh("/api/invite", { invitation: id, role, name, auth_sha256: hex(await sha256(await invitation_auth(secret, id))), wrapped_ck: wrapped, generation: unlock.generation, version: role === "observer" ? unlock.version : room.ck_version });
	return `${location.origin}/i/${id}#${b64(secret)}`;
}

/* made: the link that was made last, which stays while this view does, in whatever language. */
function invite_section(made) {
	const roles = has_role("nominator") ? ["reviewer", "observer"] : ["nominator"];
	const link = h("div", { "aria-live": "polite" });
	const put = ({ who, url }) => {
		const label = fill(words.people.link, { who });
		link.replaceChildren(h("h3", {}, label), secret_box(label, url));
	};
	if (made) put(made);
	return h("section", { class: "card" }, h("h2", {}, words.people.invite), h("p", {}, words.people.invite_text), form(async (f) => {
		const who = f.elements.name.value.trim(), now = { who, url: await invite(f.elements.role.value, who) };
		f.reset();
		put(now);
		again = () => people_view(now);
	}, words.people.make, h("div", { class: "row" }, field(words.people.name, h("input", { name: "name", required: true, maxlength: "80", autocomplete: "off" })),
		field(words.people.role, h("select", { name: "role" }, roles.map((r) => h("option", { value: r }, `${words.roles[r]}${words.colon}${words.people.role_text[r]}`)))))), link);
}

/* Whoever comes by a link says what he is called: who is called as somebody else is, or looks so, is shown with the beginning of his account's number. */
function names_apart(people) {
	const looks = (name) => name.normalize("NFKD").replace(/[\p{M}\p{Cf}\s]/gu, "").toLowerCase(), all = [...people], n = new Map();
	for (const [, name] of all) n.set(looks(name), (n.get(looks(name)) || 0) + 1);
	return new Map(all.map(([account, name]) => [account, n.get(looks(name)) > 1 ? `${name} (${account.slice(0, 6)})` : name]));
}

function person_actions(p) {
	const nominator = has_role("nominator"), acts = [];
	const act = (label, path, body) => button(label, async () => { await post_fresh(path, body); await people_view(); }, { class: "small" });
	if (nominator && p.status === "waiting" && p.by !== room.session.account && !(p.approved_by || []).includes(room.session.account)) acts.push(act(words.people.approve, "/api/approve", { account: p.account }));
	if (nominator && !p.me && p.status === "active" && p.roles.some((r) => r === "nominator" || r === "claimant") && !p.roles.includes("reviewer")) acts.push(act(words.people.reads, "/api/role", { account: p.account, role: "reviewer" }));
	const removable = p.me || (nominator && !p.roles.some((r) => r === "nominator" || r === "claimant")) || (has_role("claimant") && p.roles.includes("nominator"));
	if (removable && p.status !== "removed") acts.push(sure_button(words.people.remove, async () => { await post_fresh("/api/remove", { account: p.account }); await (p.me ? route() : people_view()); }, { class: "small" }));
	return acts;
}

/* What is missing before somebody reads, said to whoever can do something about it. */
function people_next(people) {
	const are = (role, status) => people.filter((p) => p.roles.includes(role) && p.status === status).length, need = room.case.two_nominators ? 2 : 1, n = are("nominator", "active");
	const text = has_role("claimant") && n < need ? fill(words.people.next_nominators, { n: need - n }) : has_role("nominator") && are("reviewer", "waiting") ? words.people.next_approve
		: has_role("nominator") && !are("reviewer", "active") ? words.people.next_reviewer : null;
	return text ? h("p", { class: "note" }, h("strong", {}, words.people.next), " ", text) : null;
}

function people_parts({ people, invitations }) {
	const called = names_apart(people.map((p) => [p.account, p.name]));
	return [people_next(people), room.case.two_nominators ? h("p", {}, words.people.two) : null,
		table(words.people.title, [words.people.who, words.people.roles, words.people.state, words.people.since, ""], people.map((p) => h("tr", {}, h("td", {}, called.get(p.account), p.me ? ` (${words.people.me})` : ""), h("td", {}, p.roles.map((r) => words.roles[r]).join(", ")),
			h("td", {}, words.people[p.status] || p.status), h("td", { class: "date" }, day(p.since)), h("td", {}, person_actions(p))))),
		h("p", { class: "hint" }, words.people.removed_text),
		invitations.length ? h("h2", {}, words.people.open) : null, invitations.length ? table(words.people.open, [words.people.who, words.people.role, "", ""], invitations.map((i) => h("tr", {}, h("td", {}, i.name), h("td", {}, words.roles[i.role]), h("td", {}, fill(words.people.until, { t: when(i.expires, true) })),
			h("td", {}, i.by === room.session.account ? button(words.people.cancel, async () => { await post("/api/invitation/cancel", { invitation: i.invitation }); await people_view(); }, { class: "small" }) : null)))) : null].filter(Boolean);
}

/*
 * Who comes in stands there without being asked for: the list is looked at while the view stands, but not for so long that a session which nobody
 * uses never ends; and when somebody comes back to it. What has the focus stays: it may be a button that is about to be pressed.
 */
const PEOPLE_EVERY_MS = 5000, PEOPLE_TIMES = 60;
let people_look = () => {};
function people_follow(place, seen) {
	let left = PEOPLE_TIMES;
	const look = async () => {
		if (!place.isConnected) return;
		const now = await get("/api/people").catch((e) => {
			if (e.code === "state" && place.isConnected) return route(); // somebody has closed the case
			throw e;
		});
		if (!now || JSON.stringify(now) === seen || !place.isConnected || place.contains(document.activeElement)) return;
		seen = JSON.stringify(now);
		place.replaceChildren(...people_parts(now));
	};
	const turn = () => {
		clearTimeout(room.timer);
		room.timer = setTimeout(async () => {
			await look().catch(() => { /* said when somebody does something */ });
			if (place.isConnected && --left > 0) turn();
		}, PEOPLE_EVERY_MS);
	};
	people_look = () => {
		if (document.hidden || !place.isConnected) return;
		left = PEOPLE_TIMES;
		look().catch(() => { /* as above */ }).then(() => place.isConnected && turn());
	};
	turn();
}

async function people_view(made) {
	const now = await get("/api/people"), place = h("div", {}, people_parts(now));
	show(words.people.title, has_role("claimant") && room.case.state === "OPEN" ? steps(4) : null, place, has_role("claimant", "nominator") ? invite_section(made) : null);
	if (made) again = () => people_view(made);
	people_follow(place, JSON.stringify(now));
}
