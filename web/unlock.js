/* How the case key comes into this page, and how it is kept for the next time: wrapped, never as it is. */

const room = { session: { session: "none" }, about: null, case: null, ck: null, ck_version: 0, index: null, rows: null, by_record: null, marks: null, manifest: null, digests: null, records: new Map(), timer: 0, asked: 0, ahead_ms: 0 };

function forget() {
	clearTimeout(room.timer);
	if (room.ck) room.ck.fill(0);
	Object.assign(room, { session: { session: "none" }, case: null, ck: null, ck_version: 0, index: null, rows: null, by_record: null, marks: null, manifest: null, digests: null, records: new Map() });
	Object.assign(view, view_new());
	view.run++;
}

/* What was on its way when somebody signed out goes nowhere: whoever signs in next in this page finds none of it. */
function same_session(records) {
	if (room.records !== records) throw new Refused("sign_in");
}

const has_role = (...roles) => (room.session.roles || []).some((r) => roles.includes(r));

/* A key of an earlier version leads to this one's. */
async function ck_current(ck, version, unlock) {
	if (version === unlock.version) return ck;
	const earlier = unlock.earlier.find((w) => w.version === version);
	if (!earlier) throw new Told(words.errors.sealed);
	return ck_next(ck, unlock.case, unlock.generation, earlier, unlock.version);
}

async function ck_take(ck, version) {
	const unlock = await get("/api/unlock");
	room.ck = await ck_current(ck, version, unlock);
	room.ck_version = unlock.version;
	return unlock;
}

/*
 * A new version of the dossier came while this page was open, or since somebody was invited: the key that is here leads to it, and what
 * was loaded is of the one before. Whether something was seen of that one. Without a way from key to key the case is unlocked anew.
 */
async function version_follow() {
	if (!room.ck || !["OPEN", "REVIEWING", "RESOLVED"].includes(room.case.state) || room.case.version === room.ck_version) return false;
	const seen = room.index !== null;
	await ck_take(room.ck, room.ck_version).catch((e) => {
		if (!(e instanceof Told)) throw e;
		room.ck = null;
	});
	Object.assign(room, { index: null, rows: null, by_record: null, marks: null, manifest: null, digests: null, records: new Map() });
	Object.assign(view, view_new());
	return seen;
}

async function wrap_put(kind, credential, kek, unlock) {
	const data = wrap_data(unlock.case, room.session.account, unlock.generation, room.ck_version);
	await post("/api/wraps", { kind, credential, generation: unlock.generation, version: room.ck_version, blob: b64(await gcm_seal(kek, data, room.ck)) });
}

/* Whoever opened the case by its code has given no PRF yet: from then on the passkey is to do. */
async function passkey_unlocks(unlock, salt) {
	const got = await passkey_get("/api/assert/options", b64_bytes(salt));
	await post("/api/assert", got.answer);
	if (!got.prf) throw new Told(words.unlock.no_prf);
	await wrap_put("prf", got.credential, await prf_kek(got.prf, room.session.account), unlock);
}

/* A new reading key, shown once; and where the passkey gives one, a wrap under its PRF. */
async function key_keep_view(made) {
	const unlock = await get("/api/unlock");
	const key = reading_key_new();
	await wrap_put("reading_key", null, await reading_key_kek(key, room.session.account), unlock);
	if (made && made.prf) await wrap_put("prf", made.credential, await prf_kek(made.prf, room.session.account), unlock);
	const { wraps, prf_salt } = await get("/api/wraps");
	let offered = prf_salt && !wraps.some((w) => w.kind === "prf");
	const draw = () => {
		show(words.unlock.keep_title, has_role("claimant") && room.case.state === "OPEN" ? steps(4) : null, h("p", {}, words.unlock.keep_text), secret_box(words.unlock.reading_key, key.match(/.{1,5}/g).join("-")),
			offered ? h("p", {}, button(words.unlock.by_passkey, async (b) => {
				await passkey_unlocks(unlock, prf_salt);
				offered = false;
				b.remove();
				say(words.unlock.by_passkey_done);
			})) : null, h("p", {}, button(words.unlock.kept, async () => route(), { class: "main" })));
		again = draw;
	};
	draw.keeps = true; // whoever has not written it down yet would stay outside for good
	draw();
}

async function open_wrap(wrap, kek) {
	const ck = await gcm_open(kek, wrap_data(room.session.case, room.session.account, wrap.generation, wrap.version), b64_bytes(wrap.blob));
	await ck_take(ck, wrap.version);
	await route();
}

async function unlock_view() {
	const { wraps, prf_salt } = await get("/api/wraps");
	const reading = wraps.find((w) => w.kind === "reading_key"), prf = wraps.filter((w) => w.kind === "prf");
	const content = [];
	if (prf.length && prf_salt) {
		content.push(h("p", {}, button(words.unlock.passkey, async () => {
			const got = await passkey_get("/api/assert/options", b64_bytes(prf_salt));
			await post("/api/assert", got.answer);
			const wrap = prf.find((w) => w.credential === got.credential);
			if (!wrap || !got.prf) throw new Told(words.errors.sealed);
			await open_wrap(wrap, await prf_kek(got.prf, room.session.account));
		}, { class: "main" })));
	}
	if (reading) {
		content.push(form(async (f) => {
			const key = crockford(f.elements.key.value);
			if (key.length !== 26) throw new Told(words.errors.sealed);
			await open_wrap(reading, await reading_key_kek(key, room.session.account));
		}, words.unlock.go, field(words.unlock.reading_key, h("input", { name: "key", autocomplete: "off", spellcheck: "false", class: "code", maxlength: "40" }), words.unlock.reading_hint)));
	}
	if (has_role("claimant")) {
		content.push(h("p", {}, words.unlock.code_text), form(async (f) => {
			const { notice, code } = notice_and_code(f);
			const unlock = await get("/api/unlock");
			if (unlock.notice !== notice) throw new Told(words.claim.bad_code);
			room.ck = await code_open(notice, code, unlock);
			room.ck_version = unlock.version;
			await key_keep_view(null);
		}, words.unlock.go, code_fields()));
	}
	show(words.unlock.title, has_role("claimant") && room.case.state === "OPEN" ? steps(4) : null, content.length ? content : h("p", { class: "note" }, words.unlock.no_key));
}
