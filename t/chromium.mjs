// chromium.mjs: what tests of the page need beside reading-room.mjs: TLS before a portal, Chromium that takes its certificate and reaches nothing
// else, people at a computer with a passkey of their own, and axe. SHOTS=DIR in the environment leaves a picture of each view.
import { readFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { createRequire } from "node:module";
import http from "node:http";
import https from "node:https";
import { is } from "./reading-room.mjs";

export const spki_of = (pem) => createHash("sha256").update(new X509Certificate(pem).publicKey.export({ type: "spki", format: "der" })).digest("base64");

/* TLS for reading.example. It can tell another time than it is (ahead_ms), and lose cookies, as what stands between may. */
export async function tls_front(dir, portal) {
	execFileSync("openssl", ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=reading.example", "-addext", "subjectAltName=DNS:reading.example",
		"-keyout", `${dir}/tls.key`, "-out", `${dir}/tls.crt`], { stdio: "ignore" });
	const front = { ahead_ms: 0, no_cookies: false, crt: readFileSync(`${dir}/tls.crt`) };
	front.server = https.createServer({ key: readFileSync(`${dir}/tls.key`), cert: front.crt }, (q, a) => {
		const to = http.request({ host: "127.0.0.1", port: portal.port, method: q.method, path: q.url, headers: { ...q.headers, "x-tocsin-client": "198.51.100.7" } }, (r) => {
			const headers = { ...r.headers, ...(front.ahead_ms ? { date: new Date(Date.now() + front.ahead_ms).toUTCString() } : {}) };
			if (front.no_cookies) delete headers["set-cookie"];
			a.writeHead(r.statusCode, headers);
			r.pipe(a);
		});
		to.on("error", () => a.destroy());
		q.pipe(to);
	});
	front.port = await new Promise((r) => front.server.listen(0, "127.0.0.1", () => r(front.server.address().port)));
	return front;
}

/* Names that are mapped are all there are. spki: of further certificates to take. */
export class Chromium {
	constructor(modules, front, shots = 0) {
		const require = createRequire(`${modules}/`);
		Object.assign(this, { front, shots, chromium: require("playwright-core").chromium, axe: readFileSync(require.resolve("axe-core/axe.min.js"), "utf8"), problems: [], asked: new Set() });
	}
	async start(map = [], spki = []) {
		/* Without a process for each sandboxed frame, which takes half a second: what a frame may do is not for its process to say. */
		this.browser = await this.chromium.launch({ executablePath: process.env.CHROMIUM || "/usr/bin/chromium", args: ["--no-sandbox", "--disable-site-isolation-trials", `--ignore-certificate-errors-spki-list=${[spki_of(this.front.crt), ...spki].join(",")}`,
			`--host-resolver-rules=${[`MAP reading.example:443 127.0.0.1:${this.front.port}`, ...map, "MAP * ~NOTFOUND"].join(", ")}`] }).catch((e) => { console.log(`Bail out! ${e.message.split("\n")[0]}`); process.exit(1); });
		process.on("uncaughtException", async (e) => {
			console.log(`Bail out! ${e.message.split("\n")[0]}`);
			for (const c of this.browser.contexts()) for (const p of c.pages()) console.log(`# ${(await p.locator("body").innerText().catch(() => "")).replaceAll("\n", " | ").slice(0, 500)}`);
			console.log(`# ${this.problems.join(" | ")}`);
			process.exit(1);
		});
		return this;
	}
	/* Somebody at a computer with a passkey of its own. */
	async person(name, options = {}) {
		const context = await this.browser.newContext({ locale: "en-GB", acceptDownloads: true, ...options });
		context.setDefaultTimeout(60000);
		const page = await context.newPage();
		const cdp = await context.newCDPSession(page);
		await cdp.send("WebAuthn.enable");
		await cdp.send("WebAuthn.addVirtualAuthenticator", { options: { protocol: "ctap2", ctap2Version: "ctap2_1", transport: "internal", hasResidentKey: true, hasUserVerification: true, isUserVerified: true, hasPrf: true,
			automaticPresenceSimulation: true } });
		page.on("console", (m) => { if (m.type() === "error" && !m.location().url.endsWith("/favicon.ico")) this.problems.push(`${name}: ${m.text()}`); });
		page.on("pageerror", (e) => this.problems.push(`${name}: ${e}`));
		page.on("request", (q) => this.asked.add(new URL(q.url()).origin));
		return { name, context, page };
	}
	/*
	 * The view as it stands, on a desk in the light and on a telephone in the dark, which is as narrow as a desk's screen is at 400 %: nothing that
	 * axe calls a violation, headings in order, nothing wider than the screen. The style sheet hides some of it from a telephone and adds nothing: what may
	 * be wrong there alone is a matter of colour and size, and the rest is looked at on the first screen (TOCSIN_LONG=1: on each).
	 */
	async look(p, what) {
		const screens = [["desk", 1280, 800, "light"], ["telephone", 320, 700, "dark"], ["desk", 1280, 800, "dark"], ["telephone", 320, 700, "light"]], found = [], number = String(++this.shots).padStart(2, "0");
		const all = { runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], rules: { "heading-order": { enabled: true }, "page-has-heading-one": { enabled: true }, "empty-heading": { enabled: true } } };
		const of_screen = { runOnly: { type: "rule", values: ["color-contrast", "link-in-text-block", "scrollable-region-focusable", "target-size"] } };
		if (!(await p.page.evaluate(() => "axe" in globalThis))) await p.page.evaluate(this.axe);
		for (const [i, [where, width, height, colorScheme]] of screens.slice(0, process.env.SHOTS ? 4 : 2).entries()) {
			await p.page.setViewportSize({ width, height });
			await p.page.emulateMedia({ colorScheme });
			const violations = await p.page.evaluate(async (o) => (await globalThis.axe.run(document, { ...o, resultTypes: ["violations"] })).violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target).join(" ")}`), i === 0 || process.env.TOCSIN_LONG ? all : of_screen);
			found.push(...violations.map((v) => `${where}, ${colorScheme}: ${v}`));
			if (await p.page.evaluate(() => document.documentElement.scrollWidth > innerWidth)) found.push(`${where}: wider than the screen`);
			if (process.env.SHOTS) await p.page.screenshot({ path: `${process.env.SHOTS}/${number}-${what.replaceAll(" ", "-")}-${where}-${colorScheme}.png`, fullPage: true });
		}
		await p.page.setViewportSize({ width: 1280, height: 720 });
		await p.page.emulateMedia({ colorScheme: "light" });
		is(`${what}: nothing for axe to say, nothing wider than the screen`, found, []);
	}
}

export const heading = (p, text) => p.page.getByRole("heading", { level: 1, name: text }).waitFor({ timeout: 60000 });
export const press = (p, label) => p.page.getByRole("button", { name: label, exact: true }).first().click();
export const main_text = async (p) => (await p.page.locator("main").innerText()).replace(/\s+/g, " ");

export async function make_passkey(p, name) {
	await p.page.getByLabel(/your name/i).fill(name);
	await p.page.locator("form button[type=submit]").click();
}

/* A section by its link. What stands there is marked, to know when the new view is drawn. */
export async function to(p, link, title) {
	const a = p.page.getByRole("link", { name: link, exact: true }).first();
	if (await a.evaluate((e) => e.hash !== location.hash)) {
		await p.page.locator("h1").evaluate((e) => e.setAttribute("data-old", ""));
		await a.click();
		await p.page.locator("h1:not([data-old])").waitFor();
	}
	await heading(p, title);
}
