// page.mjs TOCSIN CASE SEALED WEB DIR MODULES: the page where something is amiss: a browser that lacks something, a code that is wrong, a link that is
// old; a claim proved by an account with an issuer, as the demo has one; the way from claim to export by keys alone; French without a word of English.
import { cpSync, readdirSync, writeFileSync } from "node:fs";
import { readFileSync } from "node:fs";
import { Chromium, heading, main_text, make_passkey, press, spki_of, tls_front, to } from "./chromium.mjs";
import { Browser, Names, ORIGIN, Portal, access_codes, done, first_reviewer, free_port, is, ok, page, root, until } from "./reading-room.mjs";
import { world } from "../tools/demo-world.mjs";

const [, , tocsin, case_dir, sealed, web, dir, modules] = process.argv;
const DAY = 24 * 3600, domain = "ridgewayfreight.example";
let site = "", clock = 0;

const names = await new Names().start(), web_port = await free_port();
names.here.add("localhost").add(domain);
cpSync(sealed, `${dir}/drop`, { recursive: true });
const outside = await world(web_port, dir, domain, `${ORIGIN}/oidc`, () => site, () => clock);
const portal = await new Portal(tocsin, dir, `${dir}/drop`, await free_port(), { web, dns: names.port, web_port, objection: 240, proofs: outside.proofs }).start();
const later = async (seconds) => {
	portal.clock(clock += seconds);
	await portal.looks_at_clock();
};
await until("bundles are taken", () => readdirSync(`${dir}/drop`).every((f) => !f.endsWith(".bundle")));
const front = await tls_front(dir, portal);
const chromium = await new Chromium(modules, front, 50).start(["EXCLUDE localhost"], [spki_of(readFileSync(`${dir}/world.pem`))]);
const of = (org) => access_codes(case_dir).find((c) => c.org.startsWith(org));
const events = (event, more = () => true) => portal.events().filter((e) => e.event === event && more(e));
const words_of = (p, path) => p.page.evaluate((list) => list.reduce((w, k) => w[k], words), path.split("."));
const status = (p) => p.page.locator("#status").innerText(), problem = (p) => p.page.locator("form .problem:not(:empty)").innerText();
const opened = async (p) => {
	await p.page.goto(ORIGIN);
	await heading(p, /.+/);
	return p;
};

/* ---- a browser that lacks something ---- */

const plain = await chromium.person("Pat", { javaScriptEnabled: false });
await plain.page.goto(ORIGIN);
const without = await plain.page.locator("main").innerText();
ok("without JavaScript the page says what it needs and what else there is, in each language", /needs JavaScript: allow it for this address/.test(without) && /offline export/.test(without) && ["Il faut pour cela JavaScript", "Dazu braucht er JavaScript", "hace falta JavaScript"].every((t) => without.includes(t)), without);

const old = await chromium.person("Old");
await old.page.addInitScript(() => { delete window.PublicKeyCredential; Object.defineProperty(navigator, "cookieEnabled", { get: () => false }); });
await opened(old);
is("without passkeys and cookies it says so before anybody types a code", await old.page.locator("main [role=alert] p").allTextContents(), [await words_of(old, "errors.no_passkeys"), await words_of(old, "errors.no_cookies")]);
await press(old, "Sign in");
await until("a press says it again", async () => (await status(old)) === (await words_of(old, "errors.no_passkeys")));
await chromium.look(old, "a browser without passkeys");
is("what a browser says of a passkey is told apart, and said in words", await old.page.evaluate(() => ["NotAllowedError", "AbortError", "InvalidStateError", "ConstraintError", "SecurityError", "NotSupportedError", "OperationError", "DataCloneError"]
	.map((n) => Object.keys(words.errors).find((k) => words.errors[k] === explain(new DOMException("", n))))), ["passkey", "passkey", "passkey_again", "passkey_unlocked", "passkey_site", "old_browser", "sealed", "unexpected"]);
is("what the server says, too", await old.page.evaluate(() => ["bad_request", "sign_in", "fresh", "refused", "not_found", "state", "method", "too_large", "content_type", "unavailable", "nobody knows"].map((c) => explain(new Refused(c)) === (words.errors[c] || words.errors.unavailable))), Array(11).fill(true));

/* ---- is this notice real? As every notice tells its reader to ask, before a code is typed. ---- */

const asker = await opened(await chromium.person("Asker")), published = { "TN-1234-5678": "valid", "TN-8765-4321": "WITHDRAWN 2026-03-04" }, looked_up = [];
await asker.page.route("**/notices/*", (route) => {
	const id = route.request().url().replace(/.*\/notices\/(.*)\.txt$/, "$1");
	looked_up.push(id);
	return route.fulfill({ body: published[id] ? `Notice ${id}\nissued 2026-03-02T10:00:00Z\nsha256 ${"5e".repeat(32)}\n${published[id]}\n` : "<title>another page</title>" });
});
await press(asker, "Look it up");
await heading(asker, "Is this notice real?");
const answers = [];
for (const number of ["TN-12", "tn-1234 5678", "TN-8765-4321", "TN-1111-1111"]) {
	await asker.page.getByLabel("Notice number").fill(number);
	await asker.page.locator("form button[type=submit]").click();
	await asker.page.locator("form button[type=submit]:enabled").waitFor();
	answers.push(await until("it is answered", async () => (await asker.page.locator("form .problem").innerText()) + (await asker.page.locator("main [role=status]").innerText())));
}
ok("a number that is none is named here, too", /eight characters/.test(answers[0]), answers[0]);
ok("of a notice that holds it says when it was issued, its statement's digest, and that a number proves no mail", /We issued notice TN-1234-5678 on March 2, 2026, and it holds\. That does not say that the mail before you is that notice[^]*(5e){32}/.test(answers[1].replace("2 March 2026", "March 2, 2026")), answers[1]);
ok("one that was withdrawn does not hold", /TN-8765-4321 [^]* withdrawn it since: it no longer holds/.test(answers[2]), answers[2]);
ok("and of one that is not there whom to ask", /No notice TN-1111-1111 is published here\.[^]*call us on a number that you already have/.test(answers[3]), answers[3]);
is("only the number is asked for", looked_up, ["TN-1234-5678", "TN-8765-4321", "TN-1111-1111"]);
await chromium.look(asker, "a notice that is looked up");

/* ---- a code that is wrong, a cookie that is lost ---- */

const { notice, code } = of("Ridgeway");
const digits = [..."0123456789ABCDEFGHJKMNPQRSTVWXYZ"], base = page.access_code(notice, code), other = (base[0] === "0" ? "1" : "0") + base.slice(1);
const wrong = digits.map((d) => other + d).find((c) => page.access_code(notice, c));
const ann = await opened(await chromium.person("Ann"));
const enter = async (p, n, c) => {
	await p.page.getByLabel("Notice number").fill(n);
	await p.page.getByLabel("Access code").fill(c);
	await p.page.locator("form button[type=submit]").click();
};
await ann.page.locator("section.card button").first().click();
await enter(ann, "TN-12", code);
ok("a number that is none is named", (await problem(ann)).includes("eight characters"));
const tried = [];
for (let i = 1; i <= 3; i++) {
	await enter(ann, notice, wrong);
	await until("it is refused", () => events("attempt").length === i);
	await ann.page.locator("form button[type=submit]:enabled").waitFor();
	tried.push(await problem(ann));
}
is("a code that is wrong is refused with what to look at, and the third time with what to do", tried, [await words_of(ann, "claim.refused"), await words_of(ann, "claim.refused"), `${await words_of(ann, "claim.refused")} ${await words_of(ann, "claim.refused_often")}`]);
await chromium.look(ann, "a code that is refused thrice");
await later(61);
front.no_cookies = true;
await enter(ann, notice, code);
await until("a lost cookie is named", async () => (await problem(ann)) === (await words_of(ann, "errors.no_cookies")));
front.no_cookies = false;
/* A claim whose session never came to a passkey lapses, and the code can be used again. */
await later(16 * 60);

/* ---- who is too slow ---- */

await ann.page.exposeFunction("five_minutes_pass", () => later(400));
await ann.page.evaluate(() => {
	const create = navigator.credentials.create.bind(navigator.credentials);
	navigator.credentials.create = async (o) => {
		const made = await create(o);
		await window.five_minutes_pass();
		navigator.credentials.create = create;
		return made;
	};
});
await enter(ann, notice, code);
await heading(ann, "Make a passkey");
is("the claim says where it is", await ann.page.locator(".steps [aria-current=step]").textContent(), "Passkey");
await chromium.look(ann, "a passkey");
await make_passkey(ann, "Ann Lee");
await until("who takes longer than five minutes is told that this may be why", async () => /no step took longer than five minutes/.test(await problem(ann)));
await ann.page.locator("form button[type=submit]:enabled").click();
await heading(ann, /Show that you speak for/);
ok("and the second try is good", true);

/* ---- an account with the organisation's issuer, as the demo plays it, and the file on its web site ---- */

await ann.page.getByText("Sign in to your organisation", { exact: true }).click();
await ann.page.getByRole("button", { name: /Sign in at Test identity/ }).click();
await ann.page.getByRole("heading", { name: "Test identity" }).waitFor();
await chromium.look(ann, "the test identity");
await ann.page.getByRole("link", { name: "Refuse" }).click();
await heading(ann, /Show that you speak for/);
ok("an issuer that says no is a proof that failed, and the page is back where it was", ann.page.url() === `${ORIGIN}/` && /You can try again/.test(await ann.page.locator("details[open] .state").innerText()), await ann.page.locator("details[open]").innerText());
await ann.page.getByRole("button", { name: /Sign in at Test identity/ }).click();
await ann.page.getByRole("heading", { name: "Test identity" }).waitFor();
await ann.page.getByRole("link", { name: "Sign in as Alex" }).click();
await heading(ann, /Show that you speak for/);
await until("the account is proven", () => events("proof", (e) => e.method === "oidc" && e.found).length === 1);
await ann.page.reload();
await until("and the page says so", async () => (await ann.page.locator("details[open] .state.proven").count()) === 1);
await chromium.look(ann, "an account at the issuer");
ok("which alone opens nothing", events("state", (e) => e.to === "CLAIM_WAIT").length === 0);
site = (await ann.page.locator("output.secret").first().textContent()).trim();
await ann.page.getByText(/^File on your web site/).click();
await ann.page.locator("details[open]", { hasText: "File on your web site" }).getByRole("button", { name: "Look now" }).click();
await until("with the file it does", () => events("state", (e) => e.to === "CLAIM_WAIT").length === 1);
await ann.page.reload();
await until("the wait is on screen", async () => /contacts can object/.test(await main_text(ann)));
await chromium.look(ann, "two proofs");

/* ---- by keys alone: claim, read, mark, export ---- */

const steelyard = of("Steelyard"), kay = await chromium.person("Kay");
let pressed = 0;
/* Tab until what has the focus is called so, then that key. */
async function tab_to(p, name, key) {
	for (let i = 0; i < 200; i++) {
		const at = await p.page.evaluate(() => {
			const e = document.activeElement, label = e.labels && e.labels.length ? e.labels[0].textContent : "";
			return (e.getAttribute("aria-label") || label || e.textContent || "").trim();
		});
		if (name instanceof RegExp ? name.test(at) : at === name) {
			if (key) await p.page.keyboard.press(key);
			return at;
		}
		pressed++;
		await p.page.keyboard.press("Tab");
	}
	throw new Error(`no way by keys to ${name}`);
}
const type = async (p, label, text) => { await tab_to(p, label); await p.page.keyboard.type(text); };
await opened(kay);
is("the heading has the focus, so that a reader of the screen begins there", await kay.page.evaluate(() => document.activeElement.tagName), "H1");
await tab_to(kay, "Claim your case", "Enter");
await heading(kay, "Claim your case");
await type(kay, "Notice number", steelyard.notice);
await type(kay, "Access code", steelyard.code);
await kay.page.keyboard.press("Enter");
await heading(kay, "Make a passkey");
await type(kay, "Your name", "Kay Orr");
await kay.page.keyboard.press("Enter");
await heading(kay, /Show that you speak for/);
const record = await kay.page.locator("section.card dd code").first().textContent();
names.txt.set(record, [await kay.page.locator("output.secret").first().textContent()]);
await tab_to(kay, "Look now", "Enter");
await until("a claim by keys alone is proven", () => events("state", (e) => e.to === "CLAIM_WAIT").length === 2);
ok("a claim goes by keys alone", true);

/* A reviewer of another case, invited by people without a browser. */
let hosts = 0;
const quay = of("Quaylight"), stranger = () => new Browser(portal, `198.18.9.${++hosts}`);
const opens = setInterval(() => { if (events("state", (e) => e.to === "CLAIM_WAIT").length === 3) { clearInterval(opens); later(245); } }, 200);
const { nominators, unlock } = await first_reviewer(names, quay, stranger).finally(() => clearInterval(opens));
const rita = await chromium.person("Rita"), link = await nominators[0].invite("reviewer", "Rita", nominators[0].ck, unlock);
await rita.page.goto(`${ORIGIN}/i/${link.id}#${page.b64(link.secret)}`);
await heading(rita, "You are invited");
await chromium.look(rita, "an invitation");
await tab_to(rita, "Make a passkey", "Enter");
await heading(rita, "Keep your reading key");
await tab_to(rita, "I have kept it", "Enter");
await heading(rita, "Waiting for a second nominator");
await nominators[1].post("/api/approve", { account: events("account", (e) => e.action === "made").at(-1).account });
await rita.page.reload();
await heading(rita, "Unlock the case");
await chromium.look(rita, "unlock by passkey");
await tab_to(rita, "Unlock with this passkey", "Enter");
await heading(rita, "What was exposed");
await tab_to(rita, "Messages", "Enter");
await heading(rita, "Messages");
const subject = await rita.page.locator("tbody a").first().innerText();
await tab_to(rita, subject, "Enter");
await heading(rita, subject);
is("each view begins at its heading", await rita.page.evaluate(() => document.activeElement.textContent), subject);
await tab_to(rita, "Reset first", "Enter");
await heading(rita, "Credentials to reset");
await tab_to(rita, /^Select these: user name with its password/, "Enter");
await tab_to(rita, "State");
await tab_to(rita, "Mark the selected ones", "Enter");
await until("credentials are marked by keys alone", () => events("mark", (e) => e.person === "Rita").length > 0);
await rita.page.locator("table.kinds tr.done").waitFor();
is("and what was done is told to a reader of the screen", [await rita.page.locator("#status").getAttribute("role"), /^\d+ credentials? marked$/.test(await status(rita))], ["status", true]);
await tab_to(rita, "Export", "Enter");
await heading(rita, "Export for offline reading");
await tab_to(rita, "Make the export", "Enter");
await rita.page.locator("output.secret").waitFor();
const [download] = await Promise.all([rita.page.waitForEvent("download"), tab_to(rita, /^Download/, "Enter")]);
ok("and the export is fetched, by the name that the page says how to open", (await rita.page.locator("pre.command").innerText()).includes(`tocsin open ${download.suggestedFilename()} `) && pressed > 20, download.suggestedFilename());

/* ---- on paper ---- */

await rita.page.emulateMedia({ media: "print" });
await rita.page.setViewportSize({ width: 720, height: 1020 });
for (const [name, title, shown] of [["Overview", "What was exposed", "ol.first li"], ["Reset first", "Credentials to reset", "table.kinds td"], ["Log", "Log", "tbody td"]]) {
	await rita.page.evaluate((h) => { location.hash = h; }, { Overview: "#/overview", "Reset first": "#/credentials", Log: "#/log" }[name]);
	await heading(rita, title);
	is(`${name} on a sheet of A4: no table is wider than it`, await rita.page.evaluate(() => document.documentElement.scrollWidth > innerWidth), false);
	is(`${name} on paper: what is said, and no control`, [await rita.page.locator(shown).first().isVisible(), await rita.page.locator("button:visible, select:visible, input:visible, nav:visible").count(), /^Confidential\. Printed on \d+ \w+ 20\d\d\.$/.test(await rita.page.locator(".on-paper").innerText())], [true, 0, true]);
}
await rita.page.emulateMedia({ media: "screen" });
await rita.page.setViewportSize({ width: 1280, height: 720 });

/* ---- French, by the page's own words ---- */

const differences = await rita.page.evaluate(() => {
	const out = [], values = (t) => (t.match(/\{\w+\}/g) || []).sort().join();
	const walk = (a, b, path) => {
		for (const k of new Set([...Object.keys(a), ...Object.keys(b)])) {
			if (k === "masked" || k === "places") continue; // what the dossier has in English: nothing to say for English
			if (!(k in a) || !(k in b)) out.push(`only one has ${path}${k}`);
			else if (typeof a[k] === "object") walk(a[k], b[k], `${path}${k}.`);
			else if (values(a[k]) !== values(b[k])) out.push(`other values in ${path}${k}`);
		}
	};
	for (const l of Object.values(languages)) walk(words_en, l, `${l.code}: `);
	return out;
});
is("each language has every word, with the same values", differences, []);
for (const l of ["en", "fr", "de", "es"]) {
	const said = Object.fromEntries([...readFileSync(`${root}/templates/words.${l}.yaml`, "utf8").matchAll(/^  (\w+):\n    name: "(.*)"\n(?:    (?:one|many): .*\n)*    do: "(.*)"$/gm)].map((m) => [m[1], m[3]]));
	is(`${l}: what to do is said as in the notice`, await rita.page.evaluate((code) => languages[code].advice, l), said);
}
/* Every word is marked as it comes out of the table: what has letters on screen and no mark is either somebody's data, or English in the script. */
await rita.page.evaluate(() => {
	const mark = (w, path) => { for (const k of Object.keys(w)) if (typeof w[k] === "object") mark(w[k], `${path}${k}.`); else if (!["code", "locale"].includes(`${path}${k}`) && !/^(masked|places)\.\d+\.0$/.test(`${path}${k}`)) w[k] = `⟦${w[k]}⟧`; };
	mark(words_fr, "");
});
await rita.page.locator("#head select").selectOption("fr");
const unmarked = () => rita.page.evaluate(async () => {
	const { people, invitations } = await get("/api/people");
	const data = JSON.stringify([people.map((p) => p.name), invitations.map((i) => i.name), room.index, room.rows, [...room.records.values()], room.case, room.session, room.about, room.marks, [...(room.digests || new Map()).values()]]).toLowerCase(), out = [];
	const strip = (t) => { for (let was; was !== t;) { was = t; t = t.replace(/⟦[^⟦⟧]*⟧/g, " "); } return t; };
	const look = (text, where) => {
		for (const piece of strip(text).split(/[^\p{L}\p{N}'’@._/<>-]+/u)) {
			const word = piece.replace(/^[^\p{L}]+|[^\p{L}]+$/gu, "").toLowerCase();
			// one of 22 letters may have no digit, nor may what is shown of it
			const id = /^(?:[\w-]{22}|(?=.*\d)[\w-]{10,})$/.test(piece) || (where.tagName === "ABBR" && piece.length > 10 && where.title.startsWith(piece));
			if (word.length > 2 && !id && !data.includes(word) && !where.closest("pre, code, output, iframe, option[lang]")) out.push(`${where.tagName} ${piece}`);
		}
	};
	const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	while (walker.nextNode()) look(walker.currentNode.data, walker.currentNode.parentElement);
	for (const e of document.querySelectorAll("body [aria-label], body [title]")) for (const a of ["aria-label", "title"]) if (e.hasAttribute(a)) look(e.getAttribute(a), e);
	look(document.title, document.body);
	return [...new Set(out)];
});
const dates = (list) => list.filter((x) => !/janv|févr|mars|avr|mai|juin|juil|août|sept|oct|nov|déc|UTC$|jours?$|demain|hier|avant|dans|dernier|prochain/.test(x));
for (const [hash, what] of [["overview", "overview"], ["credentials", "credentials"], ["messages", "messages"], ["people", "people"], ["export", "export"], ["log", "log"], ["account", "account"]]) {
	await rita.page.evaluate((h) => { document.querySelector("h1").dataset.old = ""; location.hash = `#/${h}`; }, hash);
	await rita.page.locator("h1:not([data-old])").waitFor();
	is(`${what}: no word that is not French or somebody's data`, dates(await unmarked()), []);
	if (hash === "credentials") ok("masked forms are in French, too", /caractères ou plus/.test(await main_text(rita)) && !/characters/.test(await main_text(rita)));
}
await rita.page.evaluate(() => { document.querySelector("h1").dataset.old = ""; location.hash = `#/message/${room.rows.find((r) => r.credentials).record}`; });
await rita.page.locator("h1:not([data-old])").waitFor();
is("a message: no word that is not French or somebody's data", dates(await unmarked()), []);
/* What is masked has an English word in the dossier, and none on the page; a message that has each, if need be. */
for (const l of ["fr", "de", "es"]) {
	await rita.page.locator("#head select").selectOption(l);
	const masked = await rita.page.evaluate(async () => {
		const found = new Set(), plain = (t) => t.replaceAll(/[⟦⟧]/g, ""), seen = () => (plain(document.body.innerText).match(/\[\p{L}+ [0-9A-Z]{5}\]/gu) || []).forEach((t) => found.add(t.slice(1, -7)));
		for (const r of room.rows.slice(0, 12)) {
			await message_view(r.record, false);
			seen();
		}
		await messages_view();
		seen();
		return [[...found].length > 0, [...found].filter((w) => !Object.values(words.tokens).map(plain).includes(w))];
	});
	is(`${l}: what is masked is said in it`, masked, [true, []]);
	is(`${l}: and so is a long note that is refused before it is sent`, await rita.page.evaluate(async () => {
		const f = form(async () => { throw new Error("sent"); }, "x", field("F", h("input", { name: "n", "data-most": "300" })));
		by_id("main").append(f);
		f.elements.n.value = "\u{1f6a2}".repeat(301);
		f.requestSubmit();
		await new Promise((r) => setTimeout(r, 50));
		return [f.querySelector(".problem").textContent === fill(words.errors.most, { n: 300, has: 301, field: "F" }), document.activeElement === f.elements.n, f.querySelector(".hint").textContent === fill(words.at_most, { n: 300 })];
	}), [true, true, true]);
}

/* What is pressed and made anew keeps the focus: by keys alone one would begin at the top each time. */
is("what is pressed and made anew keeps the focus", await rita.page.evaluate(async () => {
	const out = [], press = async (b) => { b.focus(); b.click(); for (let i = 0; i < 3000 && b.isConnected; i++) await new Promise((r) => setTimeout(r, 20)); await new Promise((r) => setTimeout(r, 50)); };
	const r = room.rows.find((x) => x.credentials) || room.rows[0];
	await message_view(r.record, false);
	const shows = document.querySelector(".reveal");
	if (shows) await press(shows);
	out.push(!shows || document.activeElement.classList.contains("reveal"));
	by_id("main").append(part_section({ path: "9", text: "a", html: "<p>a</p>", marks: [], cut: false }, { exposures: [] }, false));
	await press(document.querySelector("[role=tab][aria-selected=false]"));
	out.push(document.activeElement.getAttribute("role"), document.activeElement.getAttribute("aria-selected"));
	return out;
}), [true, "tab", "true"]);

/* ---- languages with longer words ---- */

for (const l of ["de", "es"]) {
	await rita.page.locator("#head select").selectOption(l);
	for (const section of ["overview", "credentials", "people"]) {
		await rita.page.evaluate((h) => { document.querySelector("h1").dataset.old = ""; location.hash = `#/${h}`; }, section);
		await rita.page.locator("h1:not([data-old])").waitFor();
		is(`${l}, ${section}: the page says which language it is in`, await rita.page.evaluate(() => document.documentElement.lang), l);
		await chromium.look(rita, `${section} in ${l}`);
	}
}

/* ---- a link that is old ---- */

const late = await nominators[0].invite("observer", "Lea", null, unlock);
const lea = await chromium.person("Lea");
await later(3 * DAY + 60);
await lea.page.goto(`${ORIGIN}/i/${late.id}#${page.b64(late.secret)}`);
await heading(lea, /.+/);
is("an invitation that is too old says so, and whom to ask", await lea.page.locator("main .note").first().innerText(), await words_of(lea, "invited.used"));
await chromium.look(lea, "an invitation that is too old");

/* ---- a browser that cannot check signatures ---- */

await rita.page.goto(ORIGIN);
await rita.page.reload();
await heading(rita, /.+/);
await rita.page.evaluate(() => {
	const key = crypto.subtle.importKey.bind(crypto.subtle);
	crypto.subtle.importKey = (format, data, kind, ...more) => (kind && kind.name === "Ed25519" ? Promise.reject(new DOMException("", "NotSupportedError")) : key(format, data, kind, ...more));
});
await press(rita, "Sign in");
await heading(rita, "Unlock the case");
await press(rita, "Unlock with this passkey");
await until("a browser without Ed25519 is told which have it", async () => (await status(rita)) === (await words_of(rita, "errors.old_browser")));
is("nothing went wrong in the page but what was to", chromium.problems.filter((x) => !/status of 40[13]/.test(x)), []);
is("the page asked its own host and the issuer only", [...chromium.asked].sort(), [`https://localhost:${web_port}`, ORIGIN]);

writeFileSync(`${dir}/done`, "");
await chromium.browser.close();
front.server.close();
outside.server.close();
names.stop();
await portal.stop();
done();
