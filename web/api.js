/* What the portal is asked (doc/portal-api.md), and passkeys. No secret that opens anything is ever an argument here but auth_A. */

class Refused extends Error {
	constructor(code, wait) {
		super(code);
		this.code = code;
		this.wait = wait;
	}
}

function explain(e) {
	if (e instanceof Refused) return e.code === "limit" ? fill(words.errors.limit, { t: duration(e.wait || 60) }) : words.errors[e.code] || words.errors.unavailable;
	if (e instanceof Told) return e.message;
	const named = { NotAllowedError: "passkey", AbortError: "passkey", InvalidStateError: "passkey_again", ConstraintError: "passkey_unlocked", SecurityError: "passkey_site", NotSupportedError: "old_browser", OperationError: "sealed" }[e.name];
	return words.errors[named] || words.errors.unexpected;
}

/* What the page itself says to whoever did something that cannot work. */
class Told extends Error {}

const CLOCK_OFF_MS = 5 * 60 * 1000, IDLE_MS = 15 * 60 * 1000;

async function ask(method, path, body) {
	const { records } = room; // another one once somebody has signed out
	let answer;
	room.asked = Date.now();
	try {
		answer = await fetch(path, { method, credentials: "same-origin", redirect: "error", cache: "no-store",
			headers: body === undefined ? {} : { "Content-Type": "application/json" }, body: body === undefined ? undefined : JSON.stringify(body) });
	} catch {
		throw new Refused("unavailable");
	}
	clock_look(answer);
	if (answer.ok) return answer;
	let code = "unavailable";
	try {
		code = (await answer.json()).error;
	} catch { /* not ours: a proxy's */
		if (answer.status === 429) code = "limit";
	}
	if (code === "sign_in" && room.session.session !== "none" && room.records === records) {
		forget();
		start_view(() => words.ended);
	}
	throw new Refused(code, Number(answer.headers.get("Retry-After")));
}

/* So long without a word to the portal, and the session is over there: here, too, nothing unsealed stays in sight of whoever comes by. */
function idle_look() {
	if (room.session.session === "none" || Date.now() - room.asked < IDLE_MS || (again && again.keeps)) return;
	forget();
	start_view(() => words.ended);
}

/* Date: in an answer has whole seconds, and took its time. */
function clock_look(answer) {
	const there = Date.parse(answer.headers.get("Date") || "");
	if (!Number.isNaN(there)) room.ahead_ms = Math.abs(there - Date.now()) < CLOCK_OFF_MS ? 0 : there - Date.now();
}

const get = async (path) => (await ask("GET", path)).json();
const get_bytes = async (path) => new Uint8Array(await (await ask("GET", path)).arrayBuffer());
const post = async (path, body) => (await ask("POST", path, body || {})).json();

/* A post that may want an assertion not older than five minutes: then the passkey is asked for, and again. */
async function post_fresh(path, body) {
	try {
		return await post(path, body);
	} catch (e) {
		if (!(e instanceof Refused) || e.code !== "fresh") throw e;
	}
	const got = await passkey_get("/api/assert/options");
	await post("/api/assert", got.answer);
	return post(path, body);
}

/* ---- passkeys ------------------------------------------------------------------------------------------------------ */

function passkeys_there() {
	if (!window.PublicKeyCredential || !navigator.credentials) throw new Told(words.errors.no_passkeys);
}

async function passkey_get(options_path, salt) {
	passkeys_there();
	const { publicKey } = await post(options_path);
	publicKey.challenge = b64_bytes(publicKey.challenge);
	publicKey.allowCredentials = (publicKey.allowCredentials || []).map((c) => ({ ...c, id: b64_bytes(c.id) }));
	if (salt) publicKey.extensions = { prf: { eval: { first: salt } } };
	const c = await navigator.credentials.get({ publicKey });
	const r = c.response;
	const prf = c.getClientExtensionResults().prf;
	return { credential: b64(new Uint8Array(c.rawId)), prf: prf && prf.results ? new Uint8Array(prf.results.first) : null,
		answer: { id: b64(new Uint8Array(c.rawId)), clientDataJSON: b64(new Uint8Array(r.clientDataJSON)), authenticatorData: b64(new Uint8Array(r.authenticatorData)),
			signature: b64(new Uint8Array(r.signature)), userHandle: r.userHandle ? b64(new Uint8Array(r.userHandle)) : null } };
}

/* Registers one; gives the session's answer, and what PRF gave, which stays here. */
async function passkey_create(name) {
	passkeys_there();
	const { publicKey, prf_salt } = await post_fresh("/api/passkey/options", name === undefined ? {} : { name });
	publicKey.challenge = b64_bytes(publicKey.challenge);
	publicKey.user.id = b64_bytes(publicKey.user.id);
	publicKey.excludeCredentials = (publicKey.excludeCredentials || []).map((c) => ({ ...c, id: b64_bytes(c.id) }));
	publicKey.extensions = { prf: { eval: { first: b64_bytes(prf_salt) } } };
	const c = await navigator.credentials.create({ publicKey });
	const prf = c.getClientExtensionResults().prf;
	const session = await post("/api/passkey", { id: b64(new Uint8Array(c.rawId)), clientDataJSON: b64(new Uint8Array(c.response.clientDataJSON)),
		attestationObject: b64(new Uint8Array(c.response.attestationObject)) });
	return { session, credential: b64(new Uint8Array(c.rawId)), prf: prf && prf.results ? new Uint8Array(prf.results.first) : null };
}
