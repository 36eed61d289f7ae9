// demo-world.mjs: what stands in, in the demo, for the world outside: an issuer of identities with one test identity, and the organisation's web
// site. Both are one server on this machine; nobody is asked for a password, because there is none to protect.
import { execFileSync } from "node:child_process";
import { createHash, createSign, generateKeyPairSync, randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import https from "node:https";

const b64 = (x) => Buffer.from(x).toString("base64url");
const escape = (x) => String(x).replace(/[&<>"]/g, (c) => `&#${c.charCodeAt(0)};`);
const page = (text) => `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>Test identity</title>
<style>:root{color-scheme:light dark;background:light-dark(#fff,#14181c);color:light-dark(#1b1f24,#e6e9ec)}body{font:1.1rem/1.5 system-ui,sans-serif;max-width:34rem;margin:3rem auto;padding:0 1rem}.mark{border:3px solid #b35900;padding:.5rem 1rem;font-weight:700}a{display:inline-block;margin-right:1rem;color:light-dark(#0b5394,#8ec1f5)}</style>${text}`;

/* domain: whose identity and web site it plays; file: what the web site has at the place of a claim; ahead: seconds by which a test's clock is. */
export async function world(port, dir, domain, back, file, ahead = () => 0) {
	const issuer = `https://localhost:${port}`, secret = b64(randomBytes(16)), codes = new Map();
	const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
	execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost", "-addext", `subjectAltName=DNS:localhost,DNS:${domain}`,
		"-keyout", `${dir}/world.key`, "-out", `${dir}/world.pem`], { stdio: "ignore" });
	writeFileSync(`${dir}/client.secret`, `${secret}\n`, { mode: 0o600 });
	const signed = (claims) => {
		const text = `${b64(JSON.stringify({ alg: "RS256", kid: "demo" }))}.${b64(JSON.stringify(claims))}`;
		return `${text}.${createSign("sha256").update(text).sign(privateKey).toString("base64url")}`;
	};
	const places = {
		"/.well-known/openid-configuration": () => ({ issuer, authorization_endpoint: `${issuer}/authorize`, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/jwks`, response_types_supported: ["code"], subject_types_supported: ["public"],
			id_token_signing_alg_values_supported: ["RS256"], code_challenge_methods_supported: ["S256"], token_endpoint_auth_methods_supported: ["client_secret_basic"], authorization_response_iss_parameter_supported: true }),
		"/jwks": () => ({ keys: [{ ...publicKey.export({ format: "jwk" }), kid: "demo", use: "sig", alg: "RS256" }] }),
		/* Who came here is sent back as Alex, or as nobody. */
		"/authorize": (q) => {
			if (q.get("redirect_uri") !== back) return "this issuer knows the demo's reading room only";
			const code = b64(randomBytes(16)), to = (more) => escape(`${back}?${new URLSearchParams({ ...more, state: q.get("state"), iss: issuer })}`);
			codes.set(code, { nonce: q.get("nonce"), challenge: q.get("code_challenge") });
			return page(`<p class="mark">This is part of the demo. It stands in for the place where ${escape(domain)} signs in (Microsoft, Google or its own).<h1>Test identity</h1><p>You are <strong>Alex Example</strong> of ${escape(domain)}.
<p><a href="${to({ code })}">Sign in as Alex</a> <a href="${to({ error: "access_denied" })}">Refuse</a>`);
		},
		"/token": (q, headers) => {
			const c = codes.get(q.get("code")), basic = Buffer.from((headers.authorization || "").slice(6), "base64").toString();
			if (!c || basic !== `reading-room:${secret}` || createHash("sha256").update(q.get("code_verifier") || "").digest("base64url") !== c.challenge) return null;
			codes.delete(q.get("code"));
			const now = Math.floor(Date.now() / 1000) + ahead();
			return { token_type: "Bearer", access_token: b64(randomBytes(16)), expires_in: 60, id_token: signed({ iss: issuer, sub: "alex", aud: "reading-room", iat: now, exp: now + 300, nonce: c.nonce, hd: domain }) };
		},
	};
	const server = https.createServer({ key: readFileSync(`${dir}/world.key`), cert: readFileSync(`${dir}/world.pem`) }, (q, a) => {
		let body = "";
		const at = new URL(q.url, issuer);
		q.on("data", (d) => { body = (body + d).slice(0, 8192); }).on("end", () => {
			if ((q.headers.host || "").startsWith(domain)) return a.writeHead(at.pathname === "/.well-known/tocsin-claim" && file() ? 200 : 404, { "Content-Type": "text/plain" }).end(file());
			const place = places[at.pathname], answer = place && place(q.method === "POST" ? new URLSearchParams(body) : at.searchParams, q.headers);
			if (!answer) return a.writeHead(place ? 400 : 404, { "Content-Type": "application/json" }).end('{"error":"invalid_grant"}');
			return a.writeHead(200, { "Content-Type": typeof answer === "string" ? "text/html; charset=utf-8" : "application/json" }).end(typeof answer === "string" ? answer : JSON.stringify(answer));
		});
	});
	await new Promise((r, no) => server.once("error", no).listen(port, "127.0.0.1", r));
	return { issuer, server, proofs: [`  ca_file: ${dir}/world.pem`, "  oidc:", `    - issuer: ${issuer}`, "      name: Test identity (demo)", "      client_id: reading-room", `      client_secret_file: ${dir}/client.secret`, "      domain_claim: hd"] };
}
