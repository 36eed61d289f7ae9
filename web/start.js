/* Before anybody is signed in: notice, passkey, invitation, objection. And the claim until it is proven. */

/* The notice and its code as typed; throws what a person can mend. Nothing is sent for it. */
function notice_and_code(f) {
	const notice = notice_id(f.elements.notice.value);
	if (!notice) throw new Told(words.claim.bad_notice);
	const code = access_code(notice, f.elements.code.value);
	if (!code) throw new Told(words.claim.bad_code);
	return { notice, code };
}

function code_fields() {
	return [
		field(words.claim.notice, h("input", { name: "notice", autocomplete: "off", spellcheck: "false", required: true, maxlength: "16" }), words.claim.notice_hint),
		field(words.claim.code, h("input", { name: "code", autocomplete: "off", spellcheck: "false", required: true, maxlength: "60", class: "code" }), words.claim.code_hint),
	];
}

/* What in this browser keeps the page from working, before anybody has typed a code. */
function hindrances() {
	const e = words.errors;
	return [window.PublicKeyCredential && navigator.credentials ? null : e.no_passkeys, window.crypto && crypto.subtle ? null : e.old_browser, navigator.cookieEnabled ? null : e.no_cookies].filter(Boolean);
}

/* A step of the browser's own "back" leads from a form to the start, and not out of the room. */
function step_to(hash, view) {
	history.pushState(null, "", hash);
	view();
}

const step_back = () => button(words.back, async () => {
	history.replaceState(null, "", "/");
	start_view();
});

/* note: makes what is said first, in the language of the day. */
function start_view(note) {
	const card = (title, text, action) => h("section", { class: "card" }, h("h2", {}, title), h("p", {}, text), action);
	draw_frame();
	const about = room.about, hindered = hindrances();
	show(words.start.title, note ? h("p", { class: "note" }, note()) : null, hindered.length ? h("div", { class: "note", role: "alert" }, hindered.map((t) => h("p", {}, t))) : null, h("p", { class: "lead" }, words.start.lead), about ? h("p", {}, fill(words.start.genuine, { host: new URL(about.origin).host })) : null,
		h("div", { class: "cards" },
			card(words.start.claim, words.start.claim_text, h("button", { type: "button", class: "main", onclick: () => step_to("#/begin", claim_view) }, words.claim.title)),
			card(words.start.sign_in, words.start.sign_in_text, button(words.start.sign_in, sign_in, { class: "main" })),
			card(words.start.invited, words.start.invited_text, null),
			card(words.start.object, words.start.object_text, h("button", { type: "button", onclick: () => step_to("#/object", object_view) }, words.object.go)),
			card(words.check.title, words.check.text, h("button", { type: "button", onclick: () => step_to("#/check", check_view) }, words.check.go))));
	again = () => start_view(note);
}

/* What is published of a notice (tocsin notify publish), a file each, or null: there is none with that number. */
async function published(notice) {
	let answer;
	try {
		answer = await fetch(`/notices/${notice}.txt`, { credentials: "omit", redirect: "error", cache: "no-store" });
	} catch {
		throw new Refused("unavailable");
	}
	if (!answer.ok && answer.status !== 404) throw new Refused(answer.status === 429 ? "limit" : "unavailable");
	const said = /^Notice (\S+)\nissued (\S+)\nsha256 ([0-9a-f]{64})\n(valid|WITHDRAWN \S+)\n$/.exec(answer.ok ? await answer.text() : "");
	return said && said[1] === notice ? { issued: said[2], sha256: said[3], valid: said[4] === "valid" } : null;
}

/* As every notice tells its reader to do before anything else: no code is typed for it. */
function check_view() {
	const result = h("div", { role: "status" });
	show(words.check.title, form(async (f) => {
		result.replaceChildren();
		const notice = notice_id(f.elements.notice.value);
		if (!notice) throw new Told(words.claim.bad_notice);
		const found = await published(notice);
		result.append(h("p", { class: "note" }, fill(found === null ? words.check.unknown : found.valid ? words.check.valid : words.check.withdrawn, { notice, t: found && when(found.issued) })),
			found ? facts([[fill(words.check.sha256, { notice }), h("code", {}, found.sha256)]]) : "");
	}, words.check.go, h("p", {}, words.check.intro), field(words.claim.notice, h("input", { name: "notice", autocomplete: "off", spellcheck: "false", required: true, maxlength: "16" }), words.claim.notice_hint)), result, h("p", {}, step_back()));
	again = check_view;
}

function claim_view() {
	let refusals = 0;
	show(words.claim.title, steps(0), form(async (f) => {
		const { notice, code } = notice_and_code(f);
		const answer = await post("/api/claim", { notice, auth_a: b64(await code_auth(notice, code)) }).catch((e) => {
			throw e instanceof Refused && e.code === "refused" ? new Told(++refusals < 3 ? words.claim.refused : `${words.claim.refused} ${words.claim.refused_often}`) : e;
		});
		if (answer.state === "DISPUTED") {
			show(words.claim.title, h("p", { class: "note" }, words.claim.disputed));
			return;
		}
		room.session = await get("/api/session");
		if (room.session.session === "none") throw new Told(words.errors.no_cookies);
		history.replaceState(null, "", "/");
		passkey_view(words.claim.passkey_title, words.claim.passkey_text, "", () => route(), steps(1));
	}, words.claim.go, code_fields(), h("p", { class: "hint" }, words.claim.stays)), takes(), h("p", {}, step_back()));
	again = claim_view;
}

/* Before anybody begins: what has to be there, who has to help, and that nothing has to wait for it. */
const takes = () => h("section", { class: "card" }, h("h2", {}, words.claim.takes), h("ul", {}, words.claim.takes_list.map((t) => h("li", {}, t))), h("p", {}, h("strong", {}, words.claim.meanwhile)));

/* Where a claim is: the way is long, and nobody has gone it before. */
const steps = (now) => h("ol", { class: "steps" }, words.steps.map((t, i) => h("li", { class: i < now ? "done" : "", "aria-current": i === now ? "step" : null }, t)));

function passkey_view(title, text, name, then, where) {
	show(title, where, h("p", {}, text), form(async (f) => {
		const made = await passkey_create(f.elements.name.value.trim());
		room.session = made.session;
		await then(made);
	}, words.claim.make, field(words.claim.your_name, h("input", { name: "name", autocomplete: "name", required: true, maxlength: "80", value: name }), words.claim.name_hint)));
}

/* With the word of the mail that told of the claim, or with a notice of the same case. */
function object_view() {
	show(words.object.title, form(async (f) => {
		const token = crockford(f.elements.word.value), text = f.elements.text.value.trim();
		if (token !== "") {
			await post("/api/objection", { token, text });
		} else {
			const { notice, code } = notice_and_code(f);
			await post("/api/objection", { notice, auth_a: b64(await code_auth(notice, code)), text });
		}
		show(words.object.title, h("p", { class: "note" }, words.object.done));
	}, words.object.go, h("p", {}, words.object.intro), field(words.object.word, h("input", { name: "word", autocomplete: "off", spellcheck: "false", maxlength: "60", class: "code" }), words.object.word_hint),
		h("details", {}, h("summary", {}, words.object.without), code_fields()), field(words.object.text, h("textarea", { name: "text", rows: "3", "data-most": "500" }), words.object.text_hint)), h("p", {}, step_back()));
	again = object_view;
}

async function sign_in() {
	const got = await passkey_get("/api/sign-in/options");
	room.session = await post("/api/sign-in", got.answer);
	tabs_tell();
	await route();
}

/* The link is https://portal/i/ID#secret: the secret is taken out of the address before anything else happens. */
async function invitation_view(invitation, secret) {
	draw_frame();
	let got;
	try {
		got = await post("/api/invitation", { invitation, auth: b64(await invitation_auth(secret, invitation)) });
	} catch (e) {
		start_view(() => (e instanceof Refused && e.code === "refused" ? words.invited.used : explain(e)));
		return;
	}
	room.session = { session: "invited" };
	const join = async (made) => {
		if (got.wrapped_ck !== "") {
			room.ck = await gcm_open(await invitation_kek(secret, invitation), wrap_data(got.case, invitation, got.generation, got.version), b64_bytes(got.wrapped_ck));
			room.ck_version = got.version;
			await key_keep_view(made);
			return;
		}
		await route();
	};
	const draw = () => {
		passkey_view(words.invited.title, fill(words.invited.text, { role: words.roles[got.role] }), got.name, join);
		again = draw;
	};
	draw();
}

/* ---- the claim until it is proven --------------------------------------------------------------------------------- */

function proof_state(p, failed = words.claim.failed) {
	const state = { none: "", working: words.claim.working, proven: words.claim.proven, failed }[p.state] ?? p.state;
	const checks = (p.checks || []).map((c) => h("li", {}, `${when(c.at, true)}${words.colon}${c.found ? words.claim.found : words.claim.not_found}${c.dnssec ? `, ${words.claim.dnssec[c.dnssec] || c.dnssec}` : ""}`));
	return [state ? h("p", { class: `state ${p.state}` }, state, p.next ? ` · ${fill(words.claim.next, { t: when(p.next, true) })}` : "") : null, checks.length ? h("ul", { "aria-label": words.claim.checks }, checks) : null];
}

/* To the issuer: the portal has to ask it first where people sign in. */
async function sign_on({ issuer, domain }) {
	for (let n = 0; n < 30; n++) {
		const answer = await post("/api/proof/oidc/start", { issuer, domain });
		if (answer.url) return location.assign(answer.url);
		if (answer.state === "failed") break;
		await new Promise((r) => setTimeout(r, 1000));
	}
	throw new Told(words.claim.oidc_down);
}

/* What is proven is not looked at again. */
const no_more = (kind) => h("p", { class: "hint" }, words.claim.no_more[kind]);

/* While others can object, what was not begun need not be. */
function proofs(c) {
	const begun = (list) => (c.state === "CLAIM_WAIT" ? list.filter((d) => d.state !== "none") : list), p = { ...c.proof, dns: begun(c.proof.dns), file: begun(c.proof.file) };
	return [
		...p.dns.map((d) => h("section", { class: "card" }, h("h2", {}, `${words.claim.dns}${words.colon}${d.domain}`), d.state === "proven" ? no_more("dns") : h("p", {}, words.claim.dns_text),
			d.state === "proven" ? null : facts([[words.claim.record, h("code", {}, d.name)], [words.claim.type, "TXT"], [words.claim.value, secret_box(words.claim.value, p.value)]]), proof_state(d),
			d.state === "proven" ? null : h("p", {}, button(words.claim.check, async () => { await post("/api/proof/dns", { domain: d.domain }); await route(); }, { class: "main" })))),
		...p.file.map((d) => h("details", {}, h("summary", {}, `${words.claim.file}${words.colon}${d.domain}`), ...(d.state === "proven" ? [no_more("file")] : [h("p", {}, words.claim.file_text), h("p", {}, h("code", {}, d.url))]), proof_state(d),
			d.state === "proven" ? null : h("p", {}, button(words.claim.check, async () => { await post("/api/proof/file", { domain: d.domain }); await route(); })))),
		begun([p.oidc]).length && p.oidc.issuers.length ? h("details", { open: p.oidc.state !== "none" }, h("summary", {}, words.claim.oidc), h("p", {}, words.claim.oidc_text), proof_state(p.oidc, words.claim.oidc_failed),
			p.oidc.state === "proven" ? null : p.oidc.issuers.map((i) => h("p", {}, button(fill(words.claim.oidc_go, { issuer: `${i.name} (${i.domain})` }), () => sign_on(i))))) : null,
		h("details", {}, h("summary", {}, words.claim.callback), h("p", {}, fill(words.claim.callback_text, { who: c.us ? `${c.us.name}, ${c.us.sender}` : "", notice: c.notice || "TN-…" })), proof_state(p.callback)),
	];
}

function pending_view(c) {
	const waiting = c.state === "CLAIM_WAIT";
	show(fill(waiting ? words.claim.is_proven : words.claim.progress, { org: c.organisation.name }), steps(waiting ? 3 : 2),
		waiting ? h("p", { class: "note" }, fill(words.claim.waiting, { t: when(c.objection_until, true) })) : c.until ? h("p", {}, fill(words.claim.until, { t: when(c.until, true) })) : null,
		h("p", {}, h("strong", {}, words.claim.meanwhile)),
		c.proof ? proofs(c) : null, h("p", { class: "hint" }, words.claim.refreshed));
	refresh(15000, c);
}

/* Looks again whether the case has moved on, as long as this view stands. */
function refresh(ms, seen) {
	clearTimeout(room.timer);
	room.timer = setTimeout(async () => {
		try {
			const now = await get("/api/case");
			if (JSON.stringify(now) !== JSON.stringify(seen)) await route();
			else refresh(ms, seen);
		} catch { /* said when somebody does something */ }
	}, ms);
}
