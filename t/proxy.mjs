// proxy.mjs TOCSIN CASE SEALED WEB DIR: the reading room behind nginx as it is shipped (share/serve/nginx.conf), over TLS.
import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { spawnSync } from "node:child_process";
import { connect as tls } from "node:tls";
import http2 from "node:http2";
import https from "node:https";
import { Browser, Portal, Proxy, done, free_port, is, ok } from "./reading-room.mjs";

const [, , tocsin, , sealed, web, dir] = process.argv;
cpSync(sealed, `${dir}/drop`, { recursive: true });
mkdirSync(`${dir}/proxy`, { recursive: true });
const socket = `${dir}/http`, port = await free_port(), origin = `https://localhost:${port}`;
const proxy = new Proxy(`${dir}/proxy`, socket, "localhost", port);
const test = spawnSync("nginx", ["-t", ...proxy.args()], { encoding: "utf8" });
ok("nginx takes the configuration that is shipped", test.status === 0 && !/emerg|\[error\]/.test(test.stderr), test.stderr);
const portal = await new Portal(tocsin, dir, `${dir}/drop`, 0, { web, socket, origin }).start();
await proxy.start();

const ca = readFileSync(`${dir}/proxy/cert.pem`);
const ask = (method, path, headers = {}, body) => new Promise((resolve, reject) => https.request({ host: "127.0.0.1", port, servername: "localhost", ca, method, path, headers: { Host: `localhost:${port}`, ...headers }, agent: false }, (a) => {
	const parts = [];
	a.on("data", (d) => parts.push(d)).on("end", () => resolve({ status: a.statusCode, headers: a.headers, bytes: Buffer.concat(parts) }));
}).on("error", reject).end(body));
/* Bytes as they are, and what comes back until nothing has come for a while. */
const raw = (text) => new Promise((resolve) => {
	let got = "";
	const s = tls({ host: "127.0.0.1", port, servername: "localhost", ca, ALPNProtocols: ["http/1.1"] }, () => s.write(text));
	s.setTimeout(60000, () => s.destroy());
	s.on("data", (d) => { got += d; s.setTimeout(1500); }).on("close", () => resolve(got)).on("error", () => resolve(got));
});

const page = await ask("GET", "/");
is("the page comes over TLS", [page.status, page.headers["content-type"]], [200, "text/html; charset=utf-8"]);
ok("with the portal's headers, once each, and no version [13-15, 45]", page.rawHeaders === undefined && page.headers["strict-transport-security"] === "max-age=31536000; includeSubDomains" && page.headers["x-content-type-options"] === "nosniff" && page.headers.server === "nginx", page.headers);
is("HTTP/2 as well", await new Promise((r) => {
	const s = http2.connect(`https://127.0.0.1:${port}`, { ca, servername: "localhost" });
	s.on("error", (e) => r(e.code));
	const q = s.request({ ":path": "/api/about", ":authority": `localhost:${port}` });
	q.on("response", (h) => { r(h[":status"]); s.close(); });
	q.end();
}), 200);
const s_client = (...a) => spawnSync("openssl", ["s_client", "-connect", `127.0.0.1:${port}`, ...a], { input: "", encoding: "utf8", timeout: 60000 });
is("TLS 1.3 and 1.2, nothing before [42]", ["-tls1_3", "-tls1_2", "-tls1_1", "-tls1"].map((v) => /Cipher is (?!\(NONE)/.test(s_client(v).stdout)), [true, true, false, false]);
await ask("POST", "/api/claim", { Origin: origin, "Content-Type": "application/json", "X-Tocsin-Client": "203.0.113.9", "X-Forwarded-For": "203.0.113.9" }, JSON.stringify({ notice: "TN-0000-0000", auth_a: "A".repeat(43) }));
is("who the client is, nginx says and not the client [18]", portal.events().filter((e) => e.event === "attempt").map((e) => e.network), ["127.0.0.0/24"]);
is("a body of more than 64 KiB ends at nginx", (await ask("POST", "/api/claim", { "Content-Type": "application/json" }, "x".repeat(70000))).status, 413);
is("TRACE, PUT, OPTIONS are 405 [19]", [(await ask("TRACE", "/")).status, (await ask("PUT", "/", {}, "x")).status, (await ask("OPTIONS", "/api/claim")).status], [405, 405, 405]);
const head = `Host: localhost:${port}\r\nOrigin: ${origin}\r\nContent-Type: application/json\r\n`;
for (const [what, text] of [["both lengths", `POST /api/claim HTTP/1.1\r\n${head}Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /api/about HTTP/1.1\r\n\r\n`],
	["two lengths", `POST /api/claim HTTP/1.1\r\n${head}Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef`], ["a chunk that is none", `POST /api/claim HTTP/1.1\r\n${head}Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n`],
	["a NUL in the path", `GET /api/about\0x HTTP/1.1\r\n${head}\r\n`], ["a header without a name", `GET / HTTP/1.1\r\n${head}: x\r\n\r\n`],
	["two hosts", `GET / HTTP/1.1\r\n${head}Host: evil.example\r\n\r\n`]]) {
	const got = await raw(text);
	ok(`${what} is refused, and nothing behind it is answered [20]`, /^HTTP\/1.1 400/.test(got) && (got.match(/^HTTP\/1\.1 /gm) || []).length === 1, got.slice(0, 300));
}
/* ---- does it serve the page that it should? ---- */

const verify = (...more) => spawnSync(tocsin, ["verify", "--portal", origin, "--ca", `${dir}/proxy/cert.pem`, "--local", ...more], { encoding: "utf8" });
const same = verify("--web", web);
ok("tocsin verify --portal: the page is the one that was released", same.status === 0 && /serves the page that it should/.test(same.stdout), same.stderr || same.stdout);
cpSync(web, `${dir}/other-web`, { recursive: true });
writeFileSync(`${dir}/other-web/app.js`, "steal();");
const changed = verify("--web", `${dir}/other-web`, "--json");
is("another script is seen, and named", [changed.status, JSON.parse(changed.stdout).ok, /^OTHER BYTES/.test(JSON.parse(changed.stdout)["app.js"]), JSON.parse(changed.stdout)["app.css"]], [1, false, true, "ok"]);
const sums = spawnSync("sha256sum", ["index.html", "app.js", "app.css"], { cwd: web, encoding: "utf8" }).stdout;
writeFileSync(`${dir}/assets`, sums);
spawnSync("minisign", ["-G", "-W", "-p", `${dir}/m.pub`, "-s", `${dir}/m.key`]);
spawnSync("minisign", ["-S", "-s", `${dir}/m.key`, "-m", `${dir}/assets`]);
is("by a list that sha256sum made and minisign signed", verify("--assets", `${dir}/assets`, "--key", `${dir}/m.pub`).status, 0);
writeFileSync(`${dir}/assets`, sums.replace(/^./, (c) => (c === "0" ? "1" : "0")));
const forged = verify("--assets", `${dir}/assets`, "--key", `${dir}/m.pub`);
ok("a list that was changed is none", forged.status === 4 && /signature/.test(forged.stderr), [forged.status, forged.stderr]);
is("nothing there is said as such", spawnSync(tocsin, ["verify", "--portal", `https://localhost:${await free_port()}`, "--local", "--web", web], { encoding: "utf8" }).status, 1);
is("an address of this machine is not asked unless one says so", /private network/.test(spawnSync(tocsin, ["verify", "--portal", origin, "--ca", `${dir}/proxy/cert.pem`, "--web", web], { encoding: "utf8" }).stdout), true);

ok("the access log has no query", !readFileSync(`${dir}/proxy/access.log`, "utf8").includes("?"));
proxy.stop();
await portal.stop();
const other = await new Portal(tocsin, `${dir}/other`, `${dir}/drop`, 0, { web, socket: `${dir}/http2`, origin, proxy_user: process.getuid() + 1 }).start();
is("whoever connects and is not the proxy's user is refused", [(await new Browser(other).get("/api/about")).status, (await new Browser(other).get("/")).status], [403, 403]);
await other.stop();
done();
