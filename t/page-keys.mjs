// page-keys.mjs ROOT: what the page does with keys, against the vectors that the program's own code is held to.
import { readFileSync } from "node:fs";
import { createPrivateKey, createPublicKey, generateKeyPairSync, sign, webcrypto } from "node:crypto";

globalThis.crypto ??= webcrypto; // Node 18 keeps it in its module
const root = process.argv[2];
const names = ["notice_id", "access_code", "code_auth", "code_open", "ck_next", "record_open", "signature_holds", "export_key", "hex", "hex_bytes", "b64", "b64_bytes", "hkdf", "joined",
	"gcm_seal", "gcm_open", "wrap_data", "inclusion_holds", "log_leaf", "sha256", "utf8", "bech32"];
const seal = new Function(readFileSync(`${root}/web/seal.js`, "utf8") + `\nreturn {${names}};`)();
const { cases } = JSON.parse(readFileSync(`${root}/doc/sealed-bundle-vectors.json`, "utf8"));
let n = 0, failed = 0;

async function is(name, got, want) {
	let value;
	try {
		value = await got;
	} catch (e) {
		value = e.name;
	}
	const ok = JSON.stringify(value) === JSON.stringify(want);
	if (!ok) failed++;
	console.log(`${ok ? "ok" : "not ok"} ${++n} - ${name}${ok ? "" : `: got ${JSON.stringify(value)}, want ${JSON.stringify(want)}`}`);
}

const as_hex = async (p) => seal.hex(await p);
for (const c of cases) {
	const unlock = { case: c.case, generation: c.generation, version: c.version, share_b: seal.b64(seal.hex_bytes(c.share_b)), wrapped_ck: seal.b64(seal.hex_bytes(c.wrapped_ck)) };
	await is(`${c.organisation}: the code as written is taken`, seal.access_code(c.notice, c.code_text), c.code);
	await is("small letters and no hyphens, too", seal.access_code(c.notice, ` ${c.code_text.toLowerCase().replaceAll("-", " ")}`), c.code);
	await is("a code beside another notice's number is seen before it is sent", seal.access_code("TN-0000-0000", c.code_text), null);
	for (const at of [0, 7, 25]) {
		const wrong = c.code.slice(0, at) + (c.code[at] === "Z" ? "Y" : "Z") + c.code.slice(at + 1) + c.code_text.at(-1);
		await is(`character ${at + 1} wrong is seen`, seal.access_code(c.notice, wrong), null);
	}
	await is("auth_A", as_hex(seal.code_auth(c.notice, c.code)), c.auth_a);
	await is("the case key opens", as_hex(seal.code_open(c.notice, c.code, unlock)), c.ck);
	await is("with another share it does not", seal.code_open(c.notice, c.code, { ...unlock, share_b: unlock.wrapped_ck.slice(0, 43) }), "OperationError");
	await is("with another version it does not", seal.code_open(c.notice, c.code, { ...unlock, version: c.version + 1 }), "OperationError");
	if (c.earlier_ck)
		await is("an earlier version's key leads to this one's", as_hex(seal.ck_next(seal.hex_bytes(c.earlier_ck), c.case, c.generation, { version: c.version - 1, wrapped_ck: seal.b64(seal.hex_bytes(c.earlier_wrapped_ck)) }, c.version)), c.ck);
	await is("a record opens", (async () => (await seal.record_open(seal.hex_bytes(c.ck), c.case, c.sealed_record.id, seal.hex_bytes(c.sealed_record.sealed))).text)(), JSON.parse(c.sealed_record.plaintext.trim()).text);
	await is("under another record's name it does not", seal.record_open(seal.hex_bytes(c.ck), c.case, "0000000000000000", seal.hex_bytes(c.sealed_record.sealed)), "OperationError");
	await is("the export's key is that of the vectors", seal.export_key(seal.hex_bytes(c.ck), c.case), seal.bech32("age-secret-key-", seal.hex_bytes(c.export_key)).toUpperCase());
}

await is("a notice number as people type it", ["tn-7q4k-2m9d", "7Q4K2M9D", " TN 7q4k 2m9d", "TN-7Q4K-2M9"].map(seal.notice_id), ["TN-7Q4K-2M9D", "TN-7Q4K-2M9D", "TN-7Q4K-2M9D", null]);
// BIP 173's own example of a valid string.
await is("bech32 as in BIP 173", seal.bech32("a", new Uint8Array()), "a12uel5l");

const { publicKey, privateKey } = generateKeyPairSync("ed25519");
const raw = new Uint8Array(publicKey.export({ format: "der", type: "spki" }).subarray(-32));
const text = seal.utf8("manifest");
const line = (kind) => `untrusted comment: x\n${Buffer.concat([Buffer.from(kind), Buffer.alloc(8), sign(null, text, privateKey)]).toString("base64")}\ntrusted comment: y\n`;
await is("a signature holds", seal.signature_holds(line("Ed"), text, raw), true);
await is("over other bytes it does not", seal.signature_holds(line("Ed"), seal.utf8("Manifest"), raw), false);
await is("of a form that the browser cannot check it does not", seal.signature_holds(line("ED"), text, raw), false);

const ck = new Uint8Array(32).fill(7), kek = new Uint8Array(32).fill(9), data = seal.wrap_data(cases[0].case, "abc", 1, 2);
await is("what is wrapped is unwrapped", (async () => seal.hex(await seal.gcm_open(kek, data, await seal.gcm_seal(kek, data, ck))))(), seal.hex(ck));
await is("for another account it is not", (async () => seal.gcm_open(kek, seal.wrap_data(cases[0].case, "abd", 1, 2), await seal.gcm_seal(kek, data, ck)))(), "OperationError");

// A tree of seven leaves, each proven, each refused elsewhere.
const leaves = [];
for (let i = 0; i < 7; i++) leaves.push(await seal.log_leaf(Uint8Array.of(i), seal.utf8(`line ${i}`)));
const node = async (l, r) => seal.sha256(seal.joined(Uint8Array.of(1), l, r));
const half = (size) => 2 ** Math.ceil(Math.log2(size) - 1);
const tree = async (l) => (l.length === 1 ? l[0] : node(await tree(l.slice(0, half(l.length))), await tree(l.slice(half(l.length)))));
async function path(l, m) {
	if (l.length === 1) return [];
	const k = half(l.length);
	return m < k ? [...(await path(l.slice(0, k), m)), await tree(l.slice(k))] : [...(await path(l.slice(k), m - k)), await tree(l.slice(0, k))];
}
const top = await tree(leaves);
const held = [], moved = [];
for (let i = 0; i < 7; i++) {
	held.push(await seal.inclusion_holds(leaves[i], i, 7, await path(leaves, i), top));
	moved.push(await seal.inclusion_holds(leaves[i], (i + 1) % 7, 7, await path(leaves, i), top));
}
await is("every entry of a log is proven", held, Array(7).fill(true));
await is("and at another place none is", moved, Array(7).fill(false));
console.log(`1..${n}`);
process.exit(failed ? 1 : 0);
