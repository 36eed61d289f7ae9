// oidc.mjs TOCSIN CASE SEALED WEB DIR MODULES: a claim proved by an account with the organisation's issuer of identities, and by a file on its
// web site; and what must not prove anything. Numbers in brackets are rows of the checklist that the portal is held to.
import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { X509Certificate, createHash, createHmac, createSign, generateKeyPairSync } from "node:crypto";
import { execFileSync } from "node:child_process";
import { createRequire } from "node:module";
import http from "node:http";
import https from "node:https";
import { Authenticator, Browser, Names, ORIGIN, Portal, access_codes, done, free_port, is, ok, sleep, until } from "./reading-room.mjs";

const [, , tocsin, case_dir, sealed, web, dir, modules] = process.argv;
console.info = console.warn = () => {}; // it says much about itself
const { default: Provider } = await import(`${modules}/oidc-provider/lib/index.js`);
const domain = "ridgewayfreight.example", port = await free_port(), IDP = `https://idp.example:${port}`, SECRET = "s/ecret+ of ours";
execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=idp.example", "-addext", `subjectAltName=DNS:idp.example,DNS:reading.example,DNS:${domain}`,
	"-keyout", `${dir}/tls.key`, "-out", `${dir}/tls.pem`], { stdio: "ignore" });
const tls = { key: readFileSync(`${dir}/tls.key`), cert: readFileSync(`${dir}/tls.pem`) };

/* ---- the issuer ---- */

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 }), ec = generateKeyPairSync("ec", { namedCurve: "P-256" }), thief = generateKeyPairSync("rsa", { modulusLength: 2048 });
const client = (id, alg) => ({ client_id: id, client_secret: SECRET, redirect_uris: [`${ORIGIN}/oidc`], response_types: ["code"], grant_types: ["authorization_code"], id_token_signed_response_alg: alg });
let hosted = domain, tamper = null, asked = [];
const provider = new Provider(IDP, {
	clients: [client("reading-room", "RS256"), client("reading-room-ec", "ES256")], conformIdTokenClaims: false, claims: { openid: ["sub", "hd", "email"] }, pkce: { required: () => true },
	findAccount: (ctx, id) => ({ accountId: id, claims: async () => ({ sub: id, hd: hosted, email: `${id}@${domain}`, email_verified: true }) }),
	jwks: { keys: [{ ...rsa.privateKey.export({ format: "jwk" }), kid: "r", use: "sig" }, { ...ec.privateKey.export({ format: "jwk" }), kid: "e", use: "sig" }] }, cookies: { keys: ["k"] },
});
provider.use(async (ctx, next) => {
	await next();
	if (ctx.path === "/token" && tamper && ctx.body && ctx.body.id_token) ctx.body.id_token = tamper(ctx.body.id_token);
});
const b64 = (x) => Buffer.from(x).toString("base64url"), claims_of = (t) => JSON.parse(Buffer.from(t.split(".")[1], "base64url"));
const signed = (claims, header = { alg: "RS256", kid: "r" }, key = rsa.privateKey) => {
	const text = `${b64(JSON.stringify(header))}.${b64(JSON.stringify(claims))}`;
	return `${text}.${createSign("sha256").update(text).sign(key).toString("base64url")}`;
};
/* An issuer with an address for each tenant, which the domain finds; and the web site of the organisation. */
let site = null, metadata = null;
const answer = provider.callback();
const server = https.createServer(tls, (q, a) => {
	asked.push(`${q.method} ${q.headers.host}${q.url}`);
	if (q.headers.host.startsWith(domain)) {
		a.statusCode = site === null ? 404 : site.startsWith("https:") ? 302 : 200;
		if (a.statusCode === 302) a.setHeader("Location", site);
		return a.end(site || "");
	}
	if (metadata && q.url.endsWith("/.well-known/openid-configuration")) {
		a.setHeader("Content-Type", "application/json");
		return a.end(JSON.stringify(metadata(q.url)));
	}
	return answer(q, a);
});
await new Promise((r) => server.listen(port, "127.0.0.1", r));

/* ---- the portal ---- */

const names = await new Names().start();
names.here.add("idp.example").add(domain);
writeFileSync(`${dir}/client.secret`, `${SECRET}\n`);
const issuers = (secret = `${dir}/client.secret`) => ["  oidc:", `    - issuer: ${IDP}`, "      name: Ridgeway sign-on", "      client_id: reading-room", `      client_secret_file: ${secret}`, "      domain_claim: hd",
	`    - issuer: ${IDP}/{tenant}/v2`, "      name: Tenants", "      client_id: reading-room-ec", `      client_secret_file: ${secret}`];
let portal, clerk, ann, n = 0;
async function fresh(more = {}) {
	if (portal) await portal.stop();
	const own = `${dir}/${++n}`;
	mkdirSync(own);
	cpSync(sealed, `${own}/drop`, { recursive: true });
	portal = await new Portal(tocsin, own, `${own}/drop`, await free_port(), { web, dns: names.port, web_port: port, proofs: [`  ca_file: ${dir}/tls.pem`, ...issuers()], operators: ["1", "2"], ...more }).start();
	await until("bundles are taken", () => readdirSync(`${own}/drop`).every((f) => !f.endsWith(".bundle")));
	const { notice, code } = access_codes(case_dir).find((c) => c.org.startsWith("Ridgeway"));
	ann = new Browser(portal);
	await ann.claim(notice, code);
	await ann.register(new Authenticator(), "Ann");
	names.txt.clear();
}
const state = async () => (await ann.get("/api/case")).json;

/* ---- a browser that is sent to the issuer: signs in, agrees, and comes back ---- */

function visit(url, method = "GET", form, jar) {
	return new Promise((resolve, reject) => {
		const u = new URL(url), body = form && new URLSearchParams(form).toString();
		const q = https.request({ host: "127.0.0.1", port: u.port, servername: "idp.example", ca: tls.cert, method, path: u.pathname + u.search, agent: false,
			headers: { Host: u.host, Cookie: [...jar].map(([k, v]) => `${k}=${v}`).join("; "), ...(body ? { "Content-Type": "application/x-www-form-urlencoded", "Content-Length": body.length } : {}) } }, (a) => {
			let text = "";
			a.on("data", (d) => { text += d; }).on("end", () => {
				for (const c of a.headers["set-cookie"] || []) {
					const [, k, v] = /^([^=]+)=([^;]*)/.exec(c);
					if (v === "") jar.delete(k); else jar.set(k, v);
				}
				resolve({ status: a.statusCode, to: a.headers.location && new URL(a.headers.location, url).href, text });
			});
		}).on("error", reject);
		q.end(body);
	});
}
async function sign_on(url, who = "ann-7") {
	const jar = new Map();
	for (let i = 0, at = url, method = "GET", form; i < 20; i++) {
		const a = await visit(at, method, form, jar);
		method = "GET";
		form = undefined;
		if (a.to && a.to.startsWith(`${ORIGIN}/`)) return Object.fromEntries(new URL(a.to).searchParams);
		if (a.to) {
			at = a.to;
			continue;
		}
		const action = /action="([^"]+)"/.exec(a.text), prompt = /name="prompt" value="([^"]+)"/.exec(a.text);
		if (!action || !prompt) throw new Error(`the issuer says: ${a.status} ${a.text.replace(/<[^>]+>/g, " ").replace(/\s+/g, " ").slice(0, 300)}`);
		at = new URL(action[1], at).href;
		method = "POST";
		form = { prompt: prompt[1], login: who, password: "x" };
	}
	throw new Error("the issuer sends in circles");
}
async function start(issuer = IDP, of = domain) {
	return until("the issuer was asked", async () => {
		const a = await ann.post("/api/proof/oidc/start", { issuer, domain: of });
		return a.status === 202 ? null : a;
	});
}
const ended = () => until("the sign-on has ended", async () => {
	const c = await state();
	return c.proof === undefined || c.proof.oidc.state !== "working" ? c : null;
});
async function whole(how = null, issuer = IDP) {
	const { json } = await start(issuer), back = await sign_on(json.url);
	tamper = how;
	const first = await ann.post("/api/proof/oidc/finish", { state: back.state, code: back.code, iss: back.iss });
	const c = await ended();
	tamper = null;
	return { back, first, c, url: json.url };
}
const proofs = () => portal.events().map((l) => (typeof l === "string" ? JSON.parse(l) : l)).filter((e) => e.event === "proof" && e.method === "oidc");

await fresh();
is("the claimant is shown issuers, with the domain that each is to vouch for", (await state()).proof.oidc, { issuers: [{ issuer: IDP, name: "Ridgeway sign-on", domain }, { issuer: `${IDP}/{tenant}/v2`, name: "Tenants", domain }], state: "none" });
is("an issuer that is not configured, and a domain of somebody else, are not found", [(await ann.post("/api/proof/oidc/start", { issuer: "https://evil.example", domain })).code, (await ann.post("/api/proof/oidc/start", { issuer: IDP, domain: "other.example" })).code], ["not_found", "not_found"]);
is("nobody who has not claimed is sent anywhere", (await new Browser(portal).post("/api/proof/oidc/start", { issuer: IDP, domain })).code, "sign_in");

const sent = new URL((await start()).json.url).searchParams;
ok("he is sent with state, nonce and PKCE, and asked to sign in anew [38]", sent.get("state").length === 43 && sent.get("nonce").length === 43 && sent.get("code_challenge").length === 43 && sent.get("code_challenge_method") === "S256" && sent.get("prompt") === "login"
	&& new Set([sent.get("state"), sent.get("nonce"), sent.get("code_challenge")]).size === 3 && sent.get("redirect_uri") === `${ORIGIN}/oidc` && !sent.get("scope").includes("email"), [...sent]);

/* ---- what proves nothing ---- */

{
	const back = await sign_on((await start()).json.url), finish = (x) => ann.post("/api/proof/oidc/finish", { state: back.state, code: back.code, iss: back.iss, ...x });
	is("another state is refused [38]", (await finish({ state: "A".repeat(43) })).code, "refused");
	is("another issuer in the answer is refused: mix-up [31]", (await finish({ iss: "https://evil.example" })).code, "refused");
	is("the same answer in a session of somebody else is refused", await (async () => {
		const eve = new Browser(portal, "203.0.113.9"), c = access_codes(case_dir).find((x) => !x.org.startsWith("Ridgeway"));
		await eve.claim(c.notice, c.code);
		await eve.register(new Authenticator(), "Eve");
		return (await eve.post("/api/proof/oidc/finish", { state: back.state, code: back.code, iss: back.iss })).code;
	})(), "refused");
	is("a code that is none proves nothing", [(await finish({ code: "x" })).status, (await ended()).proof.oidc.state], [202, "failed"]);
	is("and ends the sign-on: the right code comes too late", (await finish()).code, "refused");
}
const tricks = [
	["a forged signature [31]", (t) => signed(claims_of(t), { alg: "RS256", kid: "r" }, thief.privateKey), "a signature that does not hold"],
	["no signature [31]", (t) => `${b64('{"alg":"none"}')}.${t.split(".")[1]}.`, "a token that is not signed as it must be"],
	["the public key as a shared secret [31]", (t) => {
		const text = `${b64('{"alg":"HS256","kid":"r"}')}.${t.split(".")[1]}`;
		return `${text}.${createHmac("sha256", rsa.publicKey.export({ type: "spki", format: "pem" })).update(text).digest("base64url")}`;
	}, "a token that is not signed as it must be"],
	["another nonce [38]", (t) => signed({ ...claims_of(t), nonce: "x".repeat(43) }), "a token of another sign-on"],
	["another audience [38]", (t) => signed({ ...claims_of(t), aud: "somebody-else" }), "a token for somebody else"],
	["another issuer of the same subject [31, 38]", (t) => signed({ ...claims_of(t), iss: "https://evil.example" }), "a token of another issuer"],
	["a time that is over", (t) => signed({ ...claims_of(t), exp: claims_of(t).iat - 3600 }), "a token that has expired"],
	["a time before it was asked for: replay", (t) => signed({ ...claims_of(t), iat: claims_of(t).iat - 3600 }), "a token of another time"],
	["nobody's name [38]", (t) => signed({ ...claims_of(t), sub: "" }), "a token of nobody"],
	["another organisation, and an address of this one", (t) => signed({ ...claims_of(t), hd: "evil.example" }), "an account of another organisation"],
	["an address alone", (t) => signed({ ...claims_of(t), hd: undefined }), "an account of another organisation"],
];
for (const [i, [what, how, why]] of tricks.entries()) {
	if (i % 5 === 0) await fresh();
	const { c, first } = await whole(how);
	is(`a token with ${what} proves nothing`, [first.status, c.state, c.proof.oidc.state, proofs().at(-1).found, proofs().at(-1).reason], [202, "CLAIM_PENDING", "failed", false, `sign-on: ${why}`]);
}

/* ---- what proves that he belongs there ---- */

await fresh();
{
	const { c, back, first } = await whole();
	is("an account with the issuer is a proof, and opens nothing alone", [first.status, c.state, c.proof.oidc.state], [202, "CLAIM_PENDING", "proven"]);
	const e = proofs().at(-1);
	ok("the log has issuer, domain and a digest of the subject, and no name [50]", e.found && e.issuer === IDP && e.domain === domain && /^[0-9a-f]{64}$/.test(e.subject_sha256) && !JSON.stringify(portal.events()).includes("ann-7"), e);
	is("the same answer again is refused: replay", (await ann.post("/api/proof/oidc/finish", { state: back.state, code: back.code, iss: back.iss })).code, "refused");
	const kept = readFileSync(`${portal.dir}/state/db/portal.db`).toString("latin1");
	ok("nothing of the way there is kept", ![back.state, back.code, SECRET].some((x) => kept.includes(x)));
	const { proof } = await state();
	names.txt.set(proof.dns[0].name, [proof.value]);
	await ann.post("/api/proof/dns", { domain });
	await until("the DNS is seen", async () => (await state()).state !== "CLAIM_PENDING");
	const moves = () => portal.events().map((l) => (typeof l === "string" ? JSON.parse(l) : l)).filter((x) => x.event === "state").map((x) => [x.to, x.reason]);
	is("with the DNS it still waits for objections: who has the DNS can have an issuer verify the domain", [(await state()).state, moves().at(-1), (await state()).objection_until !== null], ["CLAIM_WAIT", ["CLAIM_WAIT", "proof"], true]);
	const before = moves().length;
	is("and another sign-on while it waits shortens nothing", [(await whole()).c.state, moves().length], ["CLAIM_WAIT", before]);
	portal.clock(24 * 3600 + 1);
	await until("a day has gone by", () => moves().at(-1)[0] === "OPEN");
	is("a day without an objection opens it", moves().at(-1), ["OPEN", "no_objection"]);
}

/* ---- proofs of two claims ---- */

await fresh();
{
	const codes = access_codes(case_dir), [one, two] = codes.filter((c) => codes.filter((x) => x.org === c.org).length > 1), people = [];
	for (const [i, { notice, code }] of [one, two].entries()) {
		people.push(new Browser(portal, `203.0.113.${i + 1}`));
		await people[i].claim(notice, code);
		await people[i].register(new Authenticator(), `Claimant ${i}`);
	}
	const { proof } = (await people[0].get("/api/case")).json;
	names.txt.set(proof.dns[0].name, [proof.value]);
	await people[0].post("/api/proof/dns", { domain: proof.dns[0].domain });
	ann = people[1];
	hosted = proof.dns[0].domain;
	await until("the first has proved the domain", async () => (await state()).state === "CLAIM_WAIT");
	const back = await sign_on((await start(IDP, hosted)).json.url);
	await ann.post("/api/proof/oidc/finish", { state: back.state, code: back.code, iss: back.iss });
	is("an account that the one has and the DNS that the other has do not open a case", [(await ended()).proof.oidc.state, (await state()).state], ["proven", "CLAIM_WAIT"]);
	hosted = domain;
}

/* ---- an issuer with tenants; the domain finds its own ---- */

await fresh();
const at = (tenant) => ({ issuer: `${IDP}/${tenant}/v2`, authorization_endpoint: `${IDP}/auth`, token_endpoint: `${IDP}/token`, jwks_uri: `${IDP}/jwks` });
metadata = (url) => at(url.startsWith(`/${domain}/`) ? "0a1b-22" : "evil");
const tenant = (tid, iss = "0a1b-22") => (t) => {
	const text = `${b64('{"alg":"ES256","kid":"e"}')}.${b64(JSON.stringify({ ...claims_of(t), iss: `${IDP}/${iss}/v2`, tid }))}`;
	return `${text}.${createSign("sha256").update(text).sign({ key: ec.privateKey, dsaEncoding: "ieee-p1363" }).toString("base64url")}`;
};
const of_tenant = async (how) => {
	const { json } = await start(`${IDP}/{tenant}/v2`), back = await sign_on(json.url);
	tamper = how;
	await ann.post("/api/proof/oidc/finish", { state: back.state, code: back.code, iss: null });
	const c = await ended();
	tamper = null;
	return [c.state, c.proof.oidc.state, proofs().at(-1).reason];
};
is("an account of another tenant proves nothing", await of_tenant(tenant("ffff")), ["CLAIM_PENDING", "failed", "sign-on: an account of another organisation"]);
is("nor does a token of another tenant's address", await of_tenant(tenant("0a1b-22", "ffff")), ["CLAIM_PENDING", "failed", "sign-on: a token of another issuer"]);
is("one of the tenant that has the domain does, signed by ES256", await of_tenant(tenant("0a1b-22")), ["CLAIM_PENDING", "proven", undefined]);
metadata = () => ({ ...at("0a1b-22"), issuer: "https://evil.example/0a1b-22/v2" });
await fresh();
is("metadata of another issuer lead nowhere", (await start(`${IDP}/{tenant}/v2`)).json, { state: "failed" });
metadata = () => ({ ...at("0a1b-22"), token_endpoint: "https://internal.example/token" });
is("an address that is not of the issuer's hosts is neither asked nor sent to [4, 43]", [(await start(`${IDP}/{tenant}/v2`)).json, names.asked.includes("internal.example")], [{ state: "failed" }, false]);
for (const authorization_endpoint of ["https://phisher.example/auth", `https://idp.example:${port}@phisher.example/auth`, "javascript:alert(1)", `https://idp.example:${port}/${"a".repeat(1000)}`]) {
	metadata = () => ({ ...at("0a1b-22"), authorization_endpoint });
	is(`nor is anybody sent to ${authorization_endpoint.slice(0, 40)}`, (await start(`${IDP}/{tenant}/v2`)).json, { state: "failed" });
}
metadata = null;

/* ---- a file on the web site ---- */

await fresh();
const file = (await state()).proof.file[0];
is("the claimant is told where the file is to be", [file.url, file.state], [`https://${domain}/.well-known/tocsin-claim`, "none"]);
const look = async () => {
	portal.clock(Number(readFileSync(`${portal.dir}/clock`, "utf8")) + 61);
	const a = await ann.post("/api/proof/file", { domain });
	await until("it was looked for", async () => (await state()).proof.file[0].state !== "working");
	return [a.status, (await state()).proof.file[0].state];
};
is("no file, no proof", await look(), [202, "failed"]);
site = "tocsin-claim=something else";
is("another value is none", await look(), [202, "failed"]);
site = `${IDP}/x`;
is("a redirect is not followed [4]", [await look(), asked.some((x) => x.endsWith("/x"))], [[202, "failed"], false]);
site = `${(await state()).proof.value}\n`;
is("the file is seen, three times", [await look(), (await state()).proof.file[0].checks.filter((x) => x.found).length], [[202, "proven"], 3]);
is("alone it opens nothing", (await state()).state, "CLAIM_PENDING");
/* The portal's clock has moved on, the issuer's has not. */
const later = Number(readFileSync(`${portal.dir}/clock`, "utf8"));
await whole((t) => signed({ ...claims_of(t), iat: claims_of(t).iat + later, exp: claims_of(t).exp + later }));
is("with an account there the domain is proven, and objections are waited for", [(await state()).state, portal.outbox().some((m) => m.includes("the web site of your domain"))], ["CLAIM_WAIT", true]);

/* ---- as a person does it: to the issuer and back, over TLS in Chromium ---- */

if (process.env.CHROMIUM) {
	await fresh();
	const { chromium } = createRequire(`${modules}/`)("playwright-core");
	const front = https.createServer(tls, (q, a) => {
		const to = http.request({ host: "127.0.0.1", port: portal.port, method: q.method, path: q.url, headers: { ...q.headers, "x-tocsin-client": "198.51.100.7" } }, (r) => {
			a.writeHead(r.statusCode, r.headers);
			r.pipe(a);
		});
		to.on("error", () => a.destroy());
		q.pipe(to);
	});
	const at = await new Promise((r) => front.listen(0, "127.0.0.1", () => r(front.address().port)));
	const spki = createHash("sha256").update(new X509Certificate(tls.cert).publicKey.export({ type: "spki", format: "der" })).digest("base64");
	const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox", `--ignore-certificate-errors-spki-list=${spki}`, `--host-resolver-rules=MAP reading.example:443 127.0.0.1:${at}, MAP idp.example:${port} 127.0.0.1:${port}, MAP * ~NOTFOUND`] });
	const p = await (await browser.newContext({ locale: "en-GB" })).newPage(), cdp = await p.context().newCDPSession(p), problems = [];
	p.on("pageerror", (e) => problems.push(String(e)));
	await cdp.send("WebAuthn.enable");
	await cdp.send("WebAuthn.addVirtualAuthenticator", { options: { protocol: "ctap2", ctap2Version: "ctap2_1", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, hasPrf: true, automaticPresenceSimulation: true } });
	/* The claim that fresh() made was not made in this browser. */
	const { notice, code } = access_codes(case_dir).find((c) => c.org.startsWith("Ridgeway"));
	await portal.stop();
	execFileSync("sqlite3", [`${portal.dir}/state/db/portal.db`, "DELETE FROM claim; DELETE FROM account; DELETE FROM passkey; DELETE FROM session; UPDATE notice SET claim = NULL"]);
	await portal.start();
	await p.goto(ORIGIN);
	await p.locator("section.card button").first().click();
	await p.getByLabel("Notice number").fill(notice);
	await p.getByLabel("Access code").fill(code);
	await p.locator("form button[type=submit]").click();
	await p.getByLabel(/your name/i).fill("Ann Lee");
	await p.locator("form button[type=submit]").click();
	await p.locator("summary", { hasText: "Sign in to your organisation" }).click();
	await p.getByRole("button", { name: /Ridgeway sign-on/ }).click();
	await p.locator("input[name=login]").fill("ann-7");
	await p.locator("input[name=password]").fill("x");
	await p.locator("button[type=submit]").click();
	await p.locator("button[type=submit]").click(); // she agrees
	await p.waitForURL(`${ORIGIN}/`);
	await p.locator("details .state.proven").waitFor({ timeout: 60000 });
	is("in a browser: there, signed in, and back in the same session, proven", [p.url(), (await p.locator("details .state.proven").count()) > 0, problems], [`${ORIGIN}/`, true, []]);
	is("nothing of the way is left in the page's history or storage [46]", await p.evaluate(() => [location.search, location.hash, localStorage.length, sessionStorage.length, document.cookie]), ["", "", 0, 0, ""]);
	await browser.close();
	front.close();
	front.closeAllConnections();
} else console.log("# no chromium: what a browser does on the way to the issuer is not looked at");

/* ---- who was asked at all ---- */

is("no name was asked for but the issuer's and the organisation's own, and no other host connected to [43]", [[...new Set(names.asked)].filter((x) => x !== "idp.example" && x !== domain && !/^_tocsin-challenge\./.test(x)), [...new Set(asked.map((x) => x.split(" ")[1].split("/")[0]))].filter((x) => x !== `idp.example:${port}` && x !== `${domain}:${port}` && x !== domain)], [[], []]);
/* ---- the demo's stand-in for the world ---- */

const { world } = await import("../tools/demo-world.mjs"), outside_port = await free_port();
mkdirSync(`${dir}/world`);
let on_site = "";
const outside = await world(outside_port, `${dir}/world`, domain, `${ORIGIN}/oidc`, () => on_site);
names.here.add("localhost");
await fresh({ web_port: outside_port, proofs: outside.proofs });
const there = (url) => new Promise((r, no) => https.get(url, { ca: readFileSync(`${dir}/world/world.pem`), servername: "localhost" }, (a) => {
	let text = "";
	a.on("data", (d) => { text += d; }).on("end", () => r(text));
}).on("error", no));
const sign = await there((await start(outside.issuer)).json.url);
ok("the demo's test identity says that it is one", /This is part of the demo/.test(sign) && /Alex Example/.test(sign));
const way = new URL(/href="([^"]+)">Sign in as Alex/.exec(sign)[1].replace(/&#(\d+);/g, (x, n) => String.fromCharCode(n))).searchParams;
await ann.post("/api/proof/oidc/finish", { state: way.get("state"), code: way.get("code"), iss: way.get("iss") });
is("it proves what an issuer proves, and alone opens nothing", [(await ended()).proof.oidc.state, (await state()).state], ["proven", "CLAIM_PENDING"]);
on_site = (await state()).proof.value;
await ann.post("/api/proof/file", { domain });
await until("with the file on the demo's web site the claim waits for objections", async () => (await state()).state === "CLAIM_WAIT");
ok("with the file on the demo's web site the claim is proven", true);

/* ---- this machine's own addresses ---- */

asked = [];
await fresh({ web_port: 0 });
const before = asked.length;
is("an issuer that leads to this machine is not asked [4]", [(await start()).json, asked.length - before], [{ state: "failed" }, 0]);
await until("and the journal says why", () => /private network/.test(portal.said));
await portal.stop();
names.stop();
server.close();
server.closeAllConnections();
outside.server.close();
outside.server.closeAllConnections();
done();
await sleep(0);
