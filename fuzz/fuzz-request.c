/*
 * Any request to the reading room's logic, with a state of two cases behind it: no crash, one answer, and what
 * was refused changed
 * no case. The first byte says who asks (nobody, or somebody of each kind), the second which route, the rest is
 * the body or what
 * follows in the path. The other processes answer from here, always well.
 */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/limits.h"
#include "serve/private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Account, room, roles, pending; a cookie is 32 times the account's digit. */
static const char state_sql[] =
	"INSERT INTO room (id, state, since, generation, version, wave, file, manifest_at, manifest_n, signature_at,"
	    " signature_n, data_at, identity, share_b) VALUES"
	" ('11111111111111111111111111111111', 7, 1, 1, 1, 1, 'one', 0, 0, 0, 0, 0,"
	    " '{\"organisation\":{\"name\":\"A\",\"domains\":[\"a.example\"]},\"us\":{}}', zeroblob(32)),"
	" ('22222222222222222222222222222222', 3, 1, 1, 1, 1, 'two', 0, 0, 0, 0, 0,"
	    " '{\"organisation\":{\"name\":\"B\",\"domains\":[\"b.example\"]},\"us\":{}}', zeroblob(32));"
	"INSERT INTO notice (id, room, auth, wrapped_ck, identity) VALUES ('TN-0000-0001',"
	    " '22222222222222222222222222222222', zeroblob(32), zeroblob(60), zeroblob(1052));"
	"INSERT INTO record (file, id, at, n, sha256) VALUES ('one', 'index', 0, 1, zeroblob(32)), ('two', 'list-0', 0, 1, zeroblob(32));"
	"INSERT INTO exposure (room, id) VALUES ('11111111111111111111111111111111', '0123456789abcdef');"
	"INSERT INTO account (id, room, name, roles, pending, status, since) VALUES ('AAAAAAAAAAAAAAAAAAAAAA',"
	    " '11111111111111111111111111111111', 'Ann', 2, 0, 'active', 1),"
	" ('AAAAAAAAAAAAAAAAAAAAAQ', '11111111111111111111111111111111', 'Rex', 4, 0, 'active', 1),"
	    " ('AAAAAAAAAAAAAAAAAAAAAg', '22222222222222222222222222222222', 'Cleo', 1, 0, 'active', 1),"
	" ('AAAAAAAAAAAAAAAAAAAAAw', '11111111111111111111111111111111', 'Wim', 0, 4, 'waiting', 1);"
	"INSERT INTO claim (id, room, notice, made, network, value, expires, account) VALUES ('c',"
	    " '22222222222222222222222222222222', 'TN-0000-0001', 1, 'n', 'v', 9999999999, 'AAAAAAAAAAAAAAAAAAAAAg');"
	"INSERT INTO sign_on (claim, room, tag, issuer, domain, state, made, asked, secret, iss, tenant, authorization, token, jwks)"
	    " VALUES ('c', '22222222222222222222222222222222', zeroblob(16), 'https://idp.example/{tenant}/v2', 'b.example', 'ready',"
	    " 999990, 999990, zeroblob(32), 'https://idp.example/t/v2', 't', 'https://idp.example/a', 'https://idp.example/t',"
	    " 'https://idp.example/k');"
	"INSERT INTO proof (room, claim, method, target, state, made, next, waiting) VALUES ('22222222222222222222222222222222', 'c', 'dns', 'b.example',"
	    " 'working', 1, 1, 999990), ('22222222222222222222222222222222', 'c', 'file', 'b.example', 'working', 1, 1, 999990);"
	"INSERT INTO invitation (id, room, role, name, auth, wrapped_ck, generation, version, made_by, made, expires,"
	    " state) VALUES"
	" ('AAAAAAAAAAAAAAAAAAAAAA', '11111111111111111111111111111111', 4, 'N', zeroblob(32), zeroblob(60), 1, 1,"
	    " 'AAAAAAAAAAAAAAAAAAAAAA', 1, 9999999999, 'open');";

static const char *const hosts[] = {"idp.example"};
static struct oidc_issuer issuers[] = {{.issuer = "https://idp.example/{tenant}/v2", .name = "I", .client_id = "us", .hosts = hosts, .n_hosts = 1}};

static const char *const paths[] = {
    "about", "session", "csp-report", "claim", "objection", "invitation", "sign-in/options", "sign-in", "sign-out",
    "passkey/options", "passkey", "passkey/remove", "passkeys",
    "assert/options", "assert", "case", "log", "proof/dns", "unlock", "wraps", "wraps/remove", "people", "invite",
    "invitation/cancel", "role", "approve", "remove", "manifest",
    "record/", "export", "export/", "marks", "tasks", "report", "close",
    "proof/file", "proof/oidc/start", "proof/oidc/finish",
};
enum { N_PATHS = sizeof paths / sizeof paths[0], WHO = 6, NOW = 1000000 };

/* An answer that lies ready: whoever asks next finds it. */
static void ready(int fd, span body)
{
	struct err e;

	if (wire_send(fd, WIRE_ANSWER, body, &e) != OK)
		abort();
}

static void links(struct process_fds *fds, int other[4])
{
	int *const ends[] = {&fds->log, &fds->auth, &fds->fetch};
	struct buf b;

	for (size_t i = 0; i < 3; i++) {
		int pair[2];

		if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) != 0)
			abort();
		*ends[i] = pair[0];
		other[i] = pair[1];
	}
	buf_init(&b, KIB);
	buf_u8(&b, 1);
	buf_u64(&b, 0);
	/* As many as there are events of a bulk of marks, and more. */
	for (size_t i = 0; i < 12; i++)
		ready(other[0], buf_span(&b));
	buf_clear(&b);
	buf_u8(&b, 1);
	buf_u32(&b, 7);
	ready(other[1], buf_span(&b));
	buf_free(&b);
}

static void sessions(struct sql *db)
{
	static const struct { const char *kind, *room, *subject, *account; } rows[WHO] = {
	    {"none", "", "", ""}, {"account", "11111111111111111111111111111111", "", "AAAAAAAAAAAAAAAAAAAAAA"},
	    {"account", "11111111111111111111111111111111", "", "AAAAAAAAAAAAAAAAAAAAAQ"},
	    {"account", "22222222222222222222222222222222", "", "AAAAAAAAAAAAAAAAAAAAAg"},
	    {"account", "11111111111111111111111111111111", "", "AAAAAAAAAAAAAAAAAAAAAw"},
	    {"invited", "11111111111111111111111111111111", "AAAAAAAAAAAAAAAAAAAAAA", ""}};

	for (size_t i = 0; i < WHO; i++) {
		unsigned char token[32];
		struct digest d;

		memset(token, (int)i, sizeof token);
		sha256_of(span_of(token, sizeof token), &d);
		if (sql_run(db, NULL, "INSERT INTO session (hash, kind, room, subject, account, name, made, used,"
		    " fresh, challenge, challenge_for, challenge_at)"
		        " VALUES (?, ?, ?, ?, ?, 'N', ?, ?, ?, zeroblob(32), 'register', ?)", "bttttiiii",
		        digest_span(&d), rows[i].kind, rows[i].room, rows[i].subject, rows[i].account,
		        (int64_t)NOW, (int64_t)NOW, (int64_t)NOW, (int64_t)NOW) != OK)
			abort();
	}
}

static int64_t rooms(struct sql *db)
{
	int64_t sum;

	if (sql_int(db, &sum, 0, NULL, "SELECT sum(state) + 100 * (SELECT count(*) FROM account) + 10000 * (SELECT"
	    " count(*) FROM mark) + 1000000 * (SELECT count(*) FROM passkey) FROM room", "") != OK)
		abort();
	return sum;
}

/* Any bytes as what fetch brings from the network. */
static void fetched(struct logic *l, span any)
{
	struct err e = {0};

	if (issuer_metadata(l, any, &e) != OK || issuer_token(l, any, &e) != OK || proof_answer(l, true, any, &e) != OK ||
	    proof_answer(l, false, any, &e) != OK || witness_answer(l, any, &e) != OK)
		abort();
}

static void ask(struct logic *l, const uint8_t *data, size_t size)
{
	char path[300], cookie[44] = "";
	struct request q = {.form_ok = true, .origin = span_str(l->c->origin), .client = SPAN_LIT("192.0.2.1")};
	const char *name = paths[data[1] % N_PATHS];
	struct buf frame, answer;
	struct answer a;
	unsigned char token[32];
	int64_t was = rooms(l->db);

	memset(token, data[0] % WHO, sizeof token);
	if (data[0] < 128)
		(void)snprintf(cookie, sizeof cookie, "%s", b64_text(l->a, span_of(token, sizeof token)));
	q.cookie = span_str(cookie);
	q.method = (data[0] & 64) != 0 || name[strlen(name) - 1] == '/' ? METHOD_GET : METHOD_POST;
	q.body = span_of(data + 2, size - 2);
	q.query = span_first(q.body, 20);
	(void)snprintf(path, sizeof path, "/api/%s%.*s", name,
	    name[strlen(name) - 1] == '/' ? (int)(size - 2 < 200 ? size - 2 : 200) : 0, (const char *)data + 2);
	q.path = span_str(path);
	buf_init(&frame, WIRE_MAX);
	buf_init(&answer, WIRE_MAX);
	request_write(&frame, &q);
	call_run(l, buf_span(&frame), &answer);
	if (!answer_read(buf_span(&answer), &a))
		abort();
	if (a.status >= 400 && (rooms(l->db) != was || a.set_cookie))
		abort();
	/* Any bytes as a frame. */
	call_run(l, span_of(data, size), &answer);
	stream_piece(l, span_of(data, size), &answer);
	fetched(l, span_of(data, size));
	buf_free(&frame);
	buf_free(&answer);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const struct serve_config config = {.origin = "https://reading.example", .host = "reading.example",
	    .name = "Test", .outbox_dir = "/nonexistent", .sealed_dir = "/nonexistent",
	    .drop = "/nonexistent", .log_origin = "test", .checks = 3,
	    .issuers = issuers, .n_issuers = 1, .witness = "https://witness.example", .witness_name = "witness.example"};
	struct process_fds fds = {.clock = -1};
	struct logic *l;
	int other[4];

	if (size < 2 || size > LIMIT_REQUEST_BYTES )
		return 0;
	links(&fds, other);
	if (logic_new(&l, &config, &fds, NULL) != OK || state_open(&l->db, ":memory:", NULL) != OK ||
	    sql_script(l->db, state_sql, NULL) != OK)
		abort();
	l->now = NOW;
	sessions(l->db);
	ask(l, data, size);
	logic_free(l);
	for (size_t i = 0; i < 3; i++)
		(void)close(other[i]);
	(void)close(fds.log);
	(void)close(fds.auth);
	(void)close(fds.fetch);
	return 0;
}
