/*
 * Keys and sealed values, as doc/sealed-bundle.md and doc/portal-api.md write them down. Pure functions over bytes, WebCrypto and
 * nothing else, so that t/ can run them against the vectors without a browser. What fails throws.
 */
const utf8 = (text) => new TextEncoder().encode(text);
const text_of = (bytes) => new TextDecoder("utf-8", { fatal: true }).decode(bytes);

function joined(...parts) {
	const all = parts.map((p) => (typeof p === "string" ? utf8(p) : p));
	const out = new Uint8Array(all.reduce((n, p) => n + p.length, 0));
	let at = 0;
	for (const p of all) {
		out.set(p, at);
		at += p.length;
	}
	return out;
}

function b64(bytes) {
	let s = "";
	for (const b of bytes) s += String.fromCharCode(b);
	return btoa(s).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function b64_bytes(text) {
	const s = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
	return Uint8Array.from(s, (c) => c.charCodeAt(0));
}

const hex = (bytes) => Array.from(bytes, (b) => b.toString(16).padStart(2, "0")).join("");
const hex_bytes = (digits) => Uint8Array.from(digits.match(/../g) || [], (d) => parseInt(d, 16));

function u32(n) {
	const out = new Uint8Array(4);
	new DataView(out.buffer).setUint32(0, n);
	return out;
}

function u64(n) {
	const out = new Uint8Array(8);
	new DataView(out.buffer).setBigUint64(0, BigInt(n));
	return out;
}

const sha256 = async (bytes) => new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));

function same_bytes(a, b) {
	return a.length === b.length && a.every((v, i) => v === b[i]);
}

async function hkdf(key, salt, info, n) {
	const k = await crypto.subtle.importKey("raw", key, "HKDF", false, ["deriveBits"]);
	const parameters = { name: "HKDF", hash: "SHA-256", salt: typeof salt === "string" ? utf8(salt) : salt, info: typeof info === "string" ? utf8(info) : info };
	return new Uint8Array(await crypto.subtle.deriveBits(parameters, k, 8 * n));
}

/* A sealed value is nonce (12), ciphertext, tag (16). */
async function gcm_open(key, data, sealed) {
	const k = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["decrypt"]);
	return new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv: sealed.subarray(0, 12), additionalData: data }, k, sealed.subarray(12)));
}

async function gcm_seal(key, data, plain) {
	const k = await crypto.subtle.importKey("raw", key, "AES-GCM", false, ["encrypt"]);
	const nonce = crypto.getRandomValues(new Uint8Array(12));
	return joined(nonce, new Uint8Array(await crypto.subtle.encrypt({ name: "AES-GCM", iv: nonce, additionalData: data }, k, plain)));
}

/* ---- the access code ---------------------------------------------------------------------------------------------- */

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* As typed, in canonical form: capitals, no hyphens or blanks, O as 0, I and L as 1. */
const crockford = (typed) => typed.toUpperCase().replace(/[\s\-\u2010-\u2015]/g, "").replaceAll("O", "0").replace(/[IL]/g, "1");

/* "TN-7Q4K-2M9D" from what was typed, or null. */
function notice_id(typed) {
	const s = crockford(typed.trim().replace(/^tn/i, ""));
	return s.length === 8 && [...s].every((c) => CROCKFORD.includes(c)) ? `TN-${s.slice(0, 4)}-${s.slice(4)}` : null;
}

/* ISO 7064 hybrid, M = 32, over the notice's characters and the code's. */
function code_check(notice, code) {
	let p = 32;
	for (const c of notice.slice(3).replace("-", "") + code) {
		const s = (p + CROCKFORD.indexOf(c)) % 32 || 32;
		p = (2 * s) % 33;
	}
	return CROCKFORD[(33 - p) % 32];
}

/* The 26 characters of a code that was typed beside this notice's number, or null when they cannot be right. */
function access_code(notice, typed) {
	const s = crockford(typed);
	if (s.length !== 27 || ![...s].every((c) => CROCKFORD.includes(c))) return null;
	return code_check(notice, s.slice(0, 26)) === s[26] ? s.slice(0, 26) : null;
}

const code_auth = (notice, code) => hkdf(utf8(code), notice, "tocsin auth_A v1", 32);

/* CK out of what the notice says and what the portal gave. */
async function code_open(notice, code, unlock) {
	const id = hex_bytes(unlock.case);
	const kek_a = await hkdf(utf8(code), notice, "tocsin kek_A v1", 32);
	const kek = await hkdf(joined(kek_a, b64_bytes(unlock.share_b)), id, "tocsin kek v1", 32);
	const data = joined("tocsin ck v1\0", id, notice, "\0", u32(unlock.generation), u32(unlock.version));
	return gcm_open(kek, data, b64_bytes(unlock.wrapped_ck));
}

/* ---- the case key and what it opens ------------------------------------------------------------------------------- */

/* This version's CK by that of an earlier one. */
async function ck_next(ck, case_id, generation, earlier, version) {
	const id = hex_bytes(case_id);
	const key = await hkdf(ck, id, joined("tocsin next ck v1", u32(earlier.version), u32(version)), 32);
	return gcm_open(key, joined("tocsin next ck v1\0", id, u32(generation), u32(earlier.version), u32(version)), b64_bytes(earlier.wrapped_ck));
}

async function record_open(ck, case_id, record, sealed) {
	const id = hex_bytes(case_id);
	const key = await hkdf(ck, id, joined("tocsin rec v1\0", record), 32);
	const data = joined("tocsin record v1\0", id, record, "\0", u64(sealed.length - 28));
	return JSON.parse(text_of(await gcm_open(key, data, sealed)));
}

/* Ed25519 in minisign's plain form: the second line is "Ed", key id, signature. */
async function signature_holds(minisig, bytes, public_key) {
	const line = b64_bytes((minisig.split("\n")[1] || "").trim());
	if (line.length !== 74 || line[0] !== 0x45 || line[1] !== 0x64) return false;
	const key = await crypto.subtle.importKey("raw", public_key, { name: "Ed25519" }, false, ["verify"]);
	return crypto.subtle.verify({ name: "Ed25519" }, key, line.subarray(10), bytes);
}

/* ---- keys at rest: wraps of CK ------------------------------------------------------------------------------------ */

const wrap_data = (case_id, who, generation, version) => joined("tocsin wrap v1\0", hex_bytes(case_id), who, "\0", u32(generation), u32(version));
const reading_key_kek = (key, account) => hkdf(utf8(key), account, "tocsin reading key v1", 32);
const prf_kek = (output, account) => hkdf(output, account, "tocsin prf wrap v1", 32);
const invitation_kek = (secret, invitation) => hkdf(secret, invitation, "tocsin invitation kek v1", 32);
const invitation_auth = (secret, invitation) => hkdf(secret, invitation, "tocsin invitation auth v1", 32);

/* 26 characters of Crockford's base32: 130 random bits. */
function reading_key_new() {
	return Array.from(crypto.getRandomValues(new Uint8Array(26)), (b) => CROCKFORD[b & 31]).join("");
}

/* ---- the key of the export, as the age program wants it (BIP 173) -------------------------------------------------- */

function bech32(prefix, bytes) {
	const set = "qpzry9x8gf2tvdw0s3jn54khce6mua7l";
	const values = [];
	let hold = 0, bits = 0;
	for (const b of bytes) {
		hold = (hold << 8) | b;
		for (bits += 8; bits >= 5; ) values.push((hold >> (bits -= 5)) & 31);
	}
	if (bits > 0) values.push((hold << (5 - bits)) & 31);
	const chars = [...prefix].map((c) => c.charCodeAt(0));
	let sum = 1;
	for (const v of [...chars.map((c) => c >> 5), 0, ...chars.map((c) => c & 31), ...values, 0, 0, 0, 0, 0, 0]) {
		const top = sum >>> 25;
		sum = ((sum & 0x1ffffff) << 5) ^ v;
		[0x3b6a57b2, 0x26508e6d, 0x1ea119fa, 0x3d4233dd, 0x2a1462b3].forEach((g, i) => (sum ^= (top >> i) & 1 ? g : 0));
	}
	sum ^= 1;
	for (let i = 5; i >= 0; i--) values.push((sum >>> (5 * i)) & 31);
	return prefix + "1" + values.map((v) => set[v]).join("");
}

async function export_key(ck, case_id) {
	return bech32("age-secret-key-", await hkdf(ck, hex_bytes(case_id), "tocsin export v1", 32)).toUpperCase();
}

/* ---- the log: is an entry in the tree of that root? (RFC 9162 2.1.3.2) --------------------------------------------- */

async function inclusion_holds(leaf, index, size, proof, root) {
	let fn = index, sn = size - 1, r = leaf;
	if (index >= size) return false;
	for (const p of proof) {
		if (sn === 0) return false;
		if (fn & 1 || fn === sn) {
			r = await sha256(joined(Uint8Array.of(1), p, r));
			while (!(fn & 1) && fn !== 0) {
				fn >>>= 1;
				sn >>>= 1;
			}
		} else {
			r = await sha256(joined(Uint8Array.of(1), r, p));
		}
		fn >>>= 1;
		sn >>>= 1;
	}
	return sn === 0 && same_bytes(r, root);
}

const log_leaf = (salt, line) => sha256(joined(Uint8Array.of(0), salt, line));
