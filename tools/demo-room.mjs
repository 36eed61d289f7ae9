// demo-room.mjs TOCSIN CASE DROP DIR [once]: the reading room of the demo on https://localhost:8443, until Ctrl-C; "once" only shows that
// it answers. What stands in for the world is said where it does: the DNS, the certificate, the clock's patience.
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import https from "node:https";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const { Names, Portal, Proxy, access_codes, until } = await import(`${root}/t/reading-room.mjs`);
const { world } = await import(`${root}/tools/demo-world.mjs`);
const [tocsin, case_dir, drop, dir, once] = process.argv.slice(2).map((a, i) => (i < 4 ? resolve(a) : a));
const port = Number(process.env.PORT || 8443), origin = `https://localhost:${port}`;

rmSync(dir, { recursive: true, force: true });
mkdirSync(`${dir}/proxy`, { recursive: true });
cpSync(drop, `${dir}/drop`, { recursive: true });
writeFileSync(`${dir}/dns.txt`, "");
const names = await new Names().start();
/* Every name of a claim has what the file says. */
names.txt = { has: () => true, get: (name) => (name.startsWith("_tocsin-challenge.") ? readFileSync(`${dir}/dns.txt`, "utf8").split("\n").map((l) => l.trim()).filter(Boolean) : []) };
const told = access_codes(case_dir).find((c) => c.org.startsWith("Ridgeway")), domain = "ridgewayfreight.example", lines_of = (name) => readFileSync(`${dir}/${name}`, "utf8").trim();
writeFileSync(`${dir}/site.txt`, "");
names.here.add("localhost").add(domain);
const shown = dir.startsWith(process.cwd()) ? dir.slice(process.cwd().length + 1) : dir;
const outside = await world(port + 1, dir, domain, `${origin}/oidc`, () => lines_of("site.txt")).catch((e) => {
	console.error(`the stand-in for the world does not start on port ${port + 1}: ${e.message}`);
	process.exit(1);
});
const portal = new Portal(tocsin, dir, `${dir}/drop`, 0, { web: `${dirname(tocsin)}/web`, dns: names.port, socket: `${dir}/http`, origin, objection: 60, web_port: port + 1, proofs: outside.proofs, name: "Reading room of Kestrelgate (a demonstration)" });
process.on("SIGINT", () => process.exit(0));
await portal.start();
await new Proxy(`${dir}/proxy`, `${dir}/http`, "localhost", port).start().catch((e) => {
	console.error(`nginx does not start on port ${port}: ${e.message}`);
	process.exit(1);
});
await until("bundles are taken", () => readdirSync(`${dir}/drop`).every((f) => !f.endsWith(".bundle")));
const about = await new Promise((r, no) => https.get(`${origin}/api/about`, { ca: readFileSync(`${dir}/proxy/cert.pem`) }, (a) => a.on("data", (d) => r(JSON.parse(d)))).on("error", no));

console.log(`  ${origin} answers: "${about.name}", ${portal.events().filter((e) => e.event === "bundle" && e.result === "taken").length} dossiers wait for their codes.

  How ${told.org} claims its own, as its notice says:
    1. open ${origin} (the certificate is made for this demo: let the browser pass) and choose "Claim your case"
    2. notice number  ${told.notice}
       access code    ${told.code}
    3. make a passkey; the page shows a TXT record
    4. the demo has no DNS but this file: put the value there
         echo 'tocsin-claim=...' >${shown}/dns.txt
       and press "Look now". (Here it is looked for three times within seconds, and others have one minute to object; else it is ten
       minutes and 24 hours.)
       Or without DNS, two proofs: the value into ${shown}/site.txt, which stands in for the web site, and
       "Sign in to your organisation" with a test identity of the demo's own (it stands in for Microsoft, Google or the like)
    5. what others of ${told.org} are told of it lies in ${shown}/state/outbox, with the word by which they can object
    6. name two nominators, who let you or a reviewer read: each link wants a browser profile with a passkey of its own
  Or watch it done: make demo-browser plays it in Chromium and leaves pictures.`);
if (once === "once") process.exit(0);
console.log("\n  It runs until Ctrl-C.");
