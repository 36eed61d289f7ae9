// witness.mjs TOCSIN CASE SEALED WEB DIR: checkpoints go to a witness (c2sp.org/tlog-witness), here one written for the test, which checks each
// against the one before; what is served when it does not answer, and what is said. Numbers in brackets are rows of the checklist.
import { copyFileSync, cpSync, existsSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createHash, createPublicKey, generateKeyPairSync, sign, verify } from "node:crypto";
import { execFileSync, spawnSync } from "node:child_process";
import https from "node:https";
import { Browser, Names, Portal, access_codes, done, free_port, is, ok, sleep, until } from "./reading-room.mjs";

const [, , tocsin, case_dir, sealed, web, dir] = process.argv;
const sha = (...b) => createHash("sha256").update(Buffer.concat(b.map((x) => Buffer.from(x)))).digest(), HOUR = 3600;
execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=witness.example", "-addext", "subjectAltName=DNS:witness.example",
	"-keyout", `${dir}/tls.key`, "-out", `${dir}/tls.pem`], { stdio: "ignore" });

/* ---- the witness ---- */

const NAME = "witness.example", pair = generateKeyPairSync("ed25519"), raw = pair.publicKey.export({ type: "spki", format: "der" }).subarray(-32);
const hash = sha(`${NAME}\n`, [4], raw).subarray(0, 4), key_line = `${NAME}+${hash.toString("hex")}+${Buffer.concat([Buffer.from([4]), raw]).toString("base64")}`;

/* RFC 9162 2.1.4.2: does the tree of n2 go on from that of n1? */
function grows(n1, root1, n2, root2, proof) {
	if (n1 === n2) return proof.length === 0 && root1.equals(root2);
	if (n1 === 0) return proof.length === 0;
	const path = (n1 & (n1 - 1)) === 0 ? [root1, ...proof] : [...proof];
	let fn = n1 - 1, sn = n2 - 1;
	while (fn & 1) { fn >>= 1; sn >>= 1; }
	let fr = path[0], sr = path[0];
	for (const c of path.slice(1)) {
		if (sn === 0) return false;
		if (fn & 1 || fn === sn) {
			fr = sha([1], c, fr);
			sr = sha([1], c, sr);
			while (!(fn & 1) && fn !== 0) { fn >>= 1; sn >>= 1; }
		} else sr = sha([1], sr, c);
		fn >>= 1;
		sn >>= 1;
	}
	return sn === 0 && fr.equals(root1) && sr.equals(root2);
}
/* now_there: by how much the portal's clock has been moved, and the witness's with it; lie: the size in its next refusals. */
let known = { size: 0, root: null }, mode = "well", log_key = null, asked = 0, refused = [], now_there = 0, lie = null, olds = [];
function add(body) {
	const cut = body.indexOf("\n\n"), [first, ...proof] = body.slice(0, cut).split("\n"), note = body.slice(cut + 2);
	const end = note.lastIndexOf("\n\n"), text = note.slice(0, end + 1), [origin, size, root] = text.split("\n");
	const by = Buffer.from(/— (\S+) (\S+)\n$/.exec(note)[2], "base64").subarray(4);
	if (origin !== "reading.example/log") return [404, ""];
	if (!verify(null, Buffer.from(text), log_key(), by)) return [403, ""];
	const old = Number(/^old (\d+)$/.exec(first)[1]), now = { size: Number(size), root: Buffer.from(root, "base64") };
	olds.push(old);
	if (lie !== null) return [409, `${lie}\n`];
	if (old > now.size) return [400, ""];
	if (old !== known.size) return [409, `${known.size}\n`];
	if (!grows(old, known.root, now.size, now.root, proof.map((p) => Buffer.from(p, "base64")))) return [422, ""];
	known = now;
	const time = Math.floor(Date.now() / 1000) + now_there + (mode === "old" ? -3600 : 0), when = Buffer.alloc(8);
	when.writeBigUInt64BE(BigInt(time));
	const signature = sign(null, Buffer.from(`cosignature/v1\ntime ${time}\n${mode === "forged" ? "other\n" : ""}${text}`), pair.privateKey);
	return [200, `— ${NAME} ${Buffer.concat([hash, when, signature]).toString("base64")}\n`];
}
const server = https.createServer({ key: readFileSync(`${dir}/tls.key`), cert: readFileSync(`${dir}/tls.pem`) }, (q, a) => {
	let body = "";
	q.on("data", (d) => { body += d; }).on("end", () => {
		asked++;
		const [status, text] = q.method !== "POST" || q.url !== "/w/add-checkpoint" ? [404, ""] : mode === "down" ? [503, ""] : add(body);
		if (status !== 200) refused.push(status);
		a.statusCode = status;
		a.end(text);
	});
});
const port = await free_port();
await new Promise((r) => server.listen(port, "127.0.0.1", r));

/* ---- the portal ---- */

const names = await new Names().start();
names.here.add(NAME);
cpSync(sealed, `${dir}/drop`, { recursive: true });
const portal = new Portal(tocsin, dir, `${dir}/drop`, await free_port(), { web, dns: names.port, kept_clock: true, proofs: [`  ca_file: ${dir}/tls.pem`], log: [`  witness: https://${NAME}:${port}/w/`, `  witness_key: ${key_line}`] });
const spki = Buffer.from("302a300506032b6570032100", "hex");
log_key = () => createPublicKey({ key: Buffer.concat([spki, Buffer.from(readFileSync(`${dir}/state/log/key`, "utf8").trim().split("+").slice(2).join("+"), "base64").subarray(1)]), type: "spki", format: "der" });
portal.clock(0);
await portal.start();
const cosigned = () => (existsSync(`${dir}/state/log/cosigned`) ? readFileSync(`${dir}/state/log/cosigned`, "utf8") : ""), size = () => Number(cosigned().split("\n")[1] || 0);
const later = (seconds) => portal.clock(now_there += seconds);
const alarms = (kind) => portal.events().filter((e) => e.event === "alarm" && e.kind === kind);

await until("the witness has signed", () => size() > 0);
is("soon after its start the second host has signed the log", known.size, size());
await until("bundles are taken", () => readdirSync(`${dir}/drop`).every((f) => !f.endsWith(".bundle")));
const first = known;
later(61);
await until("and again", () => known.size > first.size && size() === known.size);
ok("a minute later it has signed what is new, from a proof that it goes on from what it saw [50]", known.size > first.size && refused.every((s) => s === 409), refused.join());
const key = `${dir}/state/log/key`, took = spawnSync(tocsin, ["notify", "collect", `${dir}/state/log/events`, "--checkpoint", `${dir}/state/log/cosigned`, "--log-key", key, "--case", case_dir], { encoding: "utf8" });
is("the evidence side takes what is signed by both", took.status, 0);
if (took.status !== 0) console.log(`# ${took.stderr}`);

/* A minute that went by while it still waited for an answer is no minute more: until it is so, another one goes by. */
async function in_minutes(what, look) {
	for (let i = 0; i < 30; i++) {
		later(61);
		if (await until(what, look, 2000).catch(() => false)) return;
	}
	throw new Error(`never happened: ${what}`);
}

/* The witness has seen more, or less, than the portal thinks. */
await portal.stop();
execFileSync("sqlite3", [`${dir}/state/db/portal.db`, `UPDATE witness SET size = ${first.size}`]);
await portal.start();
await until("it is told", () => refused.includes(409));
await in_minutes("it has found its place again", () => size() === known.size && known.size > first.size && refused.includes(409));
ok("a portal that has forgotten what the witness saw is told, and goes on from there", refused.every((s) => s === 409), refused.join());

/* ---- when it does not answer ---- */

mode = "down";
later(61);
await until("it was asked in vain", () => refused.includes(503));
later(3 * HOUR);
await until("there is an alarm", () => alarms("witness").length > 0 && /has not signed the log/.test(portal.said));
is("three hours without it are an alarm in the log and in the journal, and one only", alarms("witness").map((e) => e.n), [3]);
is("and the portal serves all the same", (await new Browser(portal).get("/api/about")).status, 200);
mode = "forged";
const stands = size(), was = asked;
later(61);
await until("it was asked again", () => asked > was);
await sleep(500);
is("a signature that does not hold is none", size(), stands);
mode = "well";
const told_then = refused.length;
later(61);
await until("it is told that the witness has seen more than it signed", () => refused.length > told_then);
await in_minutes("all is well again", () => size() === known.size && size() > stands);

const last = size(), held = asked;
mode = "old";
later(3601); // nothing is new, and it is asked whether that is still so
await until("it was asked again", () => asked > held);
await until("it is said", () => /a signature of another time/.test(portal.said));
await portal.looks_at_clock(); // and has done with that answer
later(61);
await until("it is asked again, as nothing was signed now", () => asked > held + 1);
await until("it is said again", () => portal.said.split("a signature of another time").length > 2);
await portal.looks_at_clock();
mode = "well";
const of_before = cosigned();
later(61);
await until("and signs", () => cosigned() !== of_before);
await portal.looks_at_clock();
later(61);
await portal.looks_at_clock();
await sleep(500);
is("a signature of the same log from an hour ago does not say that all is well now; one of now does, for an hour", [size(), asked], [last, held + 3]);

/* ---- what it says and nobody signed ---- */

/* For the log. */
const something = () => new Browser(portal).post("/api/claim", { notice: "TN-0000-0000", auth_a: "A".repeat(43) });
const signed_size = size(), before = asked;
olds = [];
lie = 10 ** 14; // no log is so long
await something();
later(61);
await until("it has lied", () => asked === before + 1);
lie = null;
await sleep(1500);
await portal.looks_at_clock();
is("a size that nobody signed makes it ask no sooner", asked, before + 1);
later(61);
await until("that is an alarm", () => alarms("log_shorter").length > 0);
is("with a size that the log never had nothing can be proven: nothing is asked", asked, before + 1);
later(3600);
await until("it is asked all the same", () => asked > before + 1);
await until("and signs", () => size() === known.size && size() > signed_size);
is("but once an hour the proof begins where the witness last signed, and all is well again", olds, [signed_size, signed_size]);

/* ---- a log that says less than it did ---- */

await portal.stop();
const lines = readFileSync(`${dir}/state/log/events`, "utf8").split("\n");
copyFileSync(`${dir}/state/log/events`, `${dir}/events.whole`);
writeFileSync(`${dir}/state/log/events`, `${lines.slice(0, 5).join("\n")}\n`);
const earlier = alarms("log_shorter").length;
later(61);
await portal.start();
await until("it is found out", () => alarms("log_shorter").length > earlier && /shorter than what the witness has seen/.test(portal.said));
ok("a log that was cut is found out by what the witness saw, though it is whole in itself [50]", alarms("log_shorter").at(-1).n > 0, alarms("log_shorter"));
await portal.stop();
names.stop();
server.close();
server.closeAllConnections();
done();
