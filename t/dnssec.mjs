// dnssec.mjs TOCSIN CASE SEALED WEB DIR: proof of a domain against a zone that is signed, and against one in which somebody changed the record.
import { cpSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from "node:fs";
import { execFileSync, spawn } from "node:child_process";
import { createSocket } from "node:dgram";
import { once } from "node:events";
import { Authenticator, Browser, Portal, access_codes, done, free_port, is, ok, until } from "./reading-room.mjs";

const [, , tocsin, case_dir, sealed, web, dir] = process.argv;
const domain = "ridgewayfreight.example", zone_dir = `${dir}/zone`, dns = await free_port();
cpSync(sealed, `${dir}/drop`, { recursive: true });
mkdirSync(zone_dir);
const key = execFileSync("ldns-keygen", ["-a", "ECDSAP256SHA256", "-r", "/dev/urandom", "-k", domain], { cwd: zone_dir, encoding: "utf8" }).trim();
const portal = await new Portal(tocsin, dir, `${dir}/drop`, await free_port(), { web, dns, anchor: `${zone_dir}/${key}.key` }).start();
await until("bundles are taken", () => readdirSync(`${dir}/drop`).every((f) => !f.endsWith(".bundle")));

/* Unbound answers for the zone as it lies in the file, right or wrong. */
async function serves(zone) {
	writeFileSync(`${zone_dir}/zone`, zone);
	writeFileSync(`${zone_dir}/unbound.conf`, ["server:", ` directory: "${zone_dir}"`, " chroot: \"\"", " username: \"\"", " pidfile: \"\"", " interface: 127.0.0.1", ` port: ${dns}`, " do-daemonize: no", " use-syslog: no", " logfile: \"log\"",
		" module-config: \"iterator\"", " access-control: 127.0.0.0/8 allow", "remote-control:", " control-enable: no", "auth-zone:", ` name: "${domain}"`, " zonefile: \"zone\"", " for-downstream: yes", " for-upstream: no", ""].join("\n"));
	let child, over = true;
	process.on("exit", () => child.kill("SIGKILL"));
	await until("the name server answers", () => new Promise((r) => {
		/* Again, where another program had the port. */
		if (over) {
			child = spawn("unbound", ["-c", `${zone_dir}/unbound.conf`], { stdio: "ignore" });
			over = false;
			child.on("exit", () => { over = true; });
		}
		const s = createSocket("udp4").on("message", () => r(true)).on("error", () => r(false)).unref();
		s.send(Buffer.concat([Buffer.from([0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0]), ...domain.split(".").map((l) => Buffer.concat([Buffer.from([l.length]), Buffer.from(l)])), Buffer.from([0, 0, 6, 0, 1])]), dns, "127.0.0.1");
		setTimeout(() => r(false), 200);
	}));
	return child;
}

const ann = new Browser(portal), { notice, code } = access_codes(case_dir).find((c) => c.org.startsWith("Ridgeway"));
await ann.claim(notice, code);
await ann.register(new Authenticator(), "Ann");
const { proof } = (await ann.get("/api/case")).json;
writeFileSync(`${zone_dir}/plain`, [`${domain}. 60 IN SOA ns.${domain}. hostmaster.${domain}. 1 3600 600 86400 60`, `${domain}. 60 IN NS ns.${domain}.`, `ns.${domain}. 60 IN A 127.0.0.1`, `${proof.dns[0].name}. 60 IN TXT "${proof.value}"`, ""].join("\n"));
execFileSync("ldns-signzone", ["-f", "signed", "plain", key], { cwd: zone_dir });
const signed = readFileSync(`${zone_dir}/signed`, "utf8");
const checks = () => portal.events().filter((e) => e.event === "proof").map((e) => [e.found, e.dnssec]);

/* The zone says something else, and somebody on the way puts the right value in: the data come back, and are not believed. */
writeFileSync(`${zone_dir}/plain`, readFileSync(`${zone_dir}/plain`, "utf8").replace(proof.value, "v=spf1 -all"));
execFileSync("ldns-signzone", ["-f", "other", "plain", key], { cwd: zone_dir });
let server = await serves(readFileSync(`${zone_dir}/other`, "utf8").replace("v=spf1 -all", proof.value));
await ann.post("/api/proof/dns", { domain });
await until("a look", () => checks().length === 1);
is("a forged record is no proof, though it has the value [DNSSEC]", [checks(), (await ann.get("/api/case")).json.proof.dns[0].state], [[[false, "bogus"]], "failed"]);
server.kill("SIGTERM");
await once(server, "exit");
server = await serves(signed);
portal.clock(61);
await ann.post("/api/proof/dns", { domain });
await until("three looks", async () => (await ann.get("/api/case")).json.state === "CLAIM_WAIT");
is("a signed one is, and the log says that it was secure", checks().slice(1), [[true, "secure"], [true, "secure"], [true, "secure"]]);
server.kill("SIGTERM");
ok("it ends when it is asked to", (await portal.stop()) === 0);
done();
