/* Which view: by the session, the case's state, and the part of the address behind "#". */

let words = words_en;
const languages = { en: words_en, fr: words_fr, de: words_de, es: words_es };

const views = { claim: claim_state_view, status: status_view, unlock: unlock_view, overview: overview_view, credentials: credentials_view, messages: messages_view, people: people_view, export: export_view, log: log_view, account: account_view };

/* The sections that this account can use in this state. */
function sections() {
	const s = room.session, c = room.case;
	if (s.session !== "account" || !c) return [];
	if (["CLAIM_PENDING", "CLAIM_WAIT", "DISPUTED"].includes(c.state)) return ["claim", "log", "account"];
	if (c.state === "CLOSED") return ["status", "log"];
	if (!s.active) return ["status", "log", "account"];
	if (!has_role("claimant", "nominator", "reviewer")) return ["log", "people", "account"];
	if (!room.ck) return ["unlock", "log", "account"];
	const reads = has_role("reviewer") && ["REVIEWING", "RESOLVED"].includes(c.state);
	return [...(reads ? ["overview", "credentials", "messages"] : []), "people", ...(reads ? ["export"] : []), "log", "account"];
}

/* The section that the address names, or the first. */
function section_now() {
	const named = location.hash.replace(/^#\//, "").split("/")[0], all = sections();
	return all.includes(named) ? named : named === "message" && all.includes("messages") ? "messages" : all[0];
}

/* Another language takes nothing away: not the view, not what is typed, not the place of the keyboard. */
async function speak(code) {
	const typed = [...document.querySelectorAll("main [name]:not([type=checkbox])")].map((i) => [i.name, i.value]);
	words = languages[code];
	document.documentElement.lang = words.code;
	if (again) {
		say("");
		draw_frame();
		await again();
	} else {
		await route();
	}
	for (const [name, value] of typed) {
		const i = document.querySelector(`main [name="${name}"]`);
		if (i && value) i.value = value;
	}
	document.querySelector("#head select").focus();
}

function draw_frame() {
	const now = section_now();
	const choose = h("select", { "aria-label": words.languages, onchange: (e) => speak(e.target.value).catch((x) => say(explain(x), true)) },
		Object.values(languages).map((l) => h("option", { value: l.code, selected: l === words, lang: l.code }, l.language)));
	const us = room.about ? room.about.name : "";
	document.querySelector(".skip").textContent = words.skip;
	by_id("head").replaceChildren(h("a", { href: "#/", class: "brand" }, us || words.name), room.case && room.case.organisation ? h("span", { class: "org" }, room.case.organisation.name) : "", h("span", { class: "on-paper" }, fill(words.on_paper, { t: when(new Date().toISOString()) })), choose,
		room.session.session !== "none" ? button(words.sign_out, sign_out, { class: "small" }) : "");
	by_id("nav").setAttribute("aria-label", words.sections);
	by_id("nav").replaceChildren(...sections().map((s) => h("a", { href: `#/${s}`, "aria-current": s === now ? "page" : null }, words.nav[s])));
	const off = Math.round(room.ahead_ms / 60000);
	by_id("foot").replaceChildren(...off ? [h("p", { class: "note" }, fill(words.clock, { n: Math.abs(off).toLocaleString(words.code) }))] : [], ...room.about && room.about.testing ? [h("p", { class: "testing" }, words.testing)] : [], h("p", {}, words.privacy));
}

/* A claim until it is proven, or while two staff look at it. */
function claim_state_view() {
	const c = room.case;
	if (c.state !== "DISPUTED") return pending_view(c);
	refresh(20000, c);
	return show(words.claim.disputed_title, h("p", { class: "note" }, words.claim.disputed), h("p", {}, words.claim.why[c.dispute] || ""),
		facts([[words.overview.reference, c.us.reference], [words.overview.call, [c.us.sender, c.us.sender_title, c.us.name, c.us.phone].filter(Boolean).join(", ")]]));
}

/* What an account sees that cannot read yet, or any more. */
function status_view() {
	if (room.case.state === "CLOSED") return show(words.account.close, h("p", { class: "note" }, words.account.closed));
	refresh(20000, room.case);
	return show(words.unlock.waiting_title, h("p", { class: "note" }, words.unlock.waiting));
}

async function route() {
	clearTimeout(room.timer);
	search_stop();
	say("");
	room.session = await get("/api/session");
	if (room.session.session === "claim") return passkey_view(words.claim.passkey_title, words.claim.passkey_text, "", () => route(), steps(1));
	if (room.session.session !== "account") {
		forget();
		draw_frame();
		return ({ "#/begin": claim_view, "#/check": check_view, "#/object": object_view }[location.hash] || start_view)();
	}
	room.case = await get("/api/case");
	const newer = await version_follow();
	draw_frame();
	const [section, id] = location.hash.replace(/^#\//, "").split("/");
	await (section === "message" && sections().includes("messages") ? message_view(id, false) : views[section_now()]());
	if (newer) say(words.newer);
}

async function begin() {
	const wanted = (navigator.languages || [navigator.language]).map((l) => l.slice(0, 2)).find((l) => languages[l]);
	words = languages[wanted] || words_en;
	document.documentElement.lang = words.code;
	const path = location.pathname, secret = location.hash.slice(1), query = new URLSearchParams(location.search);
	/* Nothing that opens anything stays in the address or the history. */
	if (path !== "/" || location.search) history.replaceState(null, "", "/");
	try {
		room.about = await get("/api/about");
		if (path.startsWith("/i/") && secret) return await invitation_view(path.slice(3), b64_bytes(secret));
		if (path === "/oidc" && query.get("state")) await post("/api/proof/oidc/finish", { state: query.get("state"), code: query.get("code") || "", iss: query.get("iss") });
		await route();
		if (path === "/claim" && room.session.session === "none") claim_view();
	} catch (e) {
		draw_frame();
		start_view(() => explain(e));
	}
}

if (typeof document !== "undefined") {
	window.addEventListener("hashchange", () => route().catch((e) => say(explain(e), true)));
	/* A link to where the address is already: what could not be loaded is tried again. */
	document.addEventListener("click", (event) => {
		const a = event.target.closest("a[href^='#/']");
		if (a && a.hash === location.hash && event.button === 0 && !event.ctrlKey && !event.metaKey && !event.shiftKey) route().catch((e) => say(explain(e), true));
	});
	window.addEventListener("beforeprint", before_print);
	document.addEventListener("keydown", key_pressed);
	/* A computer that slept, a page that the button for "back" brings again: at once, not ten seconds later. */
	setInterval(idle_look, 10000);
	window.addEventListener("pageshow", idle_look);
	document.addEventListener("visibilitychange", idle_look);
	document.addEventListener("visibilitychange", () => people_look());
	begin();
}
