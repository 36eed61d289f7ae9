// outbound.mjs TOCSIN CASE SEALED WEB DIR: what the portal sends where, seen by who looks at each packet that leaves. Numbers in brackets are rows of the
// checklist that the portal is held to.
import { spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { cpSync, readFileSync, readdirSync } from "node:fs";
import { Authenticator, Browser, Names, Portal, access_codes, done, free_port, is, ok, root, sleep, until } from "./reading-room.mjs";

const [, , tocsin, case_dir, sealed, web, dir] = process.argv, domain = "ridgewayfreight.example";
const names = await new Names().start(), seen_in = `${dir}/packets`;
const sniffer = spawn("python3", [`${root}/t/packets.py`, "v1", seen_in], { stdio: "inherit" });
process.on("exit", () => sniffer.kill("SIGKILL"));
const seen = () => [...new Set(readFileSync(seen_in, "utf8").trim().split("\n").filter(Boolean))].sort();
await until("who looks is there", () => {
	try {
		return readFileSync(seen_in) !== null;
	} catch {
		return false;
	}
});
/* What leaves is seen. */
const probe = createSocket("udp4");
await until("a packet of ours is seen", () => new Promise((r) => probe.send("x", 9, "203.0.113.250", () => r(seen().includes("203.0.113.250 9")))));
probe.close();

cpSync(sealed, `${dir}/drop`, { recursive: true });
const portal = await new Portal(tocsin, dir, `${dir}/drop`, await free_port(), { web, dns: names.port, objection: 1, kept_clock: true,
	proofs: ["  oidc:", "    - issuer: https://idp.example", "      name: X", "      client_id: us", "      domain_claim: hd"] });
portal.clock(0);
await portal.start();
await until("bundles are taken", () => readdirSync(`${dir}/drop`).every((f) => !f.endsWith(".bundle")));
const { notice, code } = access_codes(case_dir).find((c) => c.org.startsWith("Ridgeway")), ann = new Browser(portal);
await ann.claim(notice, code);
await ann.register(new Authenticator(), "Ann");
let moved = 0;
/* Both proofs that lead to the web, with the issuer and the site at that address. */
async function asks(address) {
	for (const name of ["idp.example", domain]) names.at.set(name, address.split(".").map(Number));
	portal.clock(moved += 61);
	const before = readFileSync(seen_in, "utf8").length;
	const started = await until("the issuer was asked", async () => {
		const a = await ann.post("/api/proof/oidc/start", { issuer: "https://idp.example", domain });
		return a.status === 202 ? null : a;
	}, 60000), looked = await ann.post("/api/proof/file", { domain });
	await until("it was looked for", async () => (await ann.get("/api/case")).json.proof.file[0].state !== "working", 60000);
	await sleep(100);
	return { started: started.json && started.json.state, looked: looked.status, left: [...new Set(readFileSync(seen_in, "utf8").slice(before).trim().split("\n").filter(Boolean))] };
}
for (const [address, what] of [["127.0.0.1", "this machine"], ["10.1.2.3", "a private network"], ["172.16.9.9", "another"], ["192.168.1.1", "a third"], ["169.254.169.254", "a link, where clouds keep their keys"],
	["100.64.0.1", "a carrier's network"], ["0.0.0.0", "nothing"], ["224.0.0.1", "many"], ["255.255.255.255", "all"]])
	is(`an issuer and a site at ${address}, ${what}, are not asked [4, 43]`, await asks(address), { started: "failed", looked: 202, left: [] });
const outside = await asks("1.2.3.4");
/* Who looks may be late. */
outside.left = await until("what left is seen", () => seen().filter((x) => x.startsWith("1.2.3.4 ")));
is("at an address of the Internet they are, at the port of HTTPS [43]", [outside.left, outside.started], [["1.2.3.4 443"], "failed"]);
await ann.post("/api/proof/dns", { domain });
await sleep(1500);
is("and in all of that nothing else has left [43]", seen(), ["1.2.3.4 443", "203.0.113.250 9"]);
is("no name was asked for but the issuer's and the organisation's own [43]", [...new Set(names.asked)].filter((x) => x !== "idp.example" && x !== domain && !/^_tocsin-challenge\./.test(x)), []);
ok("and the portal lives", (await ann.get("/api/case")).status === 200);
await portal.stop();
sniffer.kill("SIGKILL");
names.stop();
done();
