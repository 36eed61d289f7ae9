/*
 * The log process: the event log and its key, and nothing else. It appends what logic tells it, signs
 * checkpoints, and proves entries. It knows no case and reads no event.
 */
#include <sodium.h>
#include <unistd.h>

#include "base/io.h"
#include "base/limits.h"
#include "jail/jail.h"
#include "proof/log.h"
#include "proof/note.h"
#include "proof/text64.h"
#include "serve/process.h"

/* COSIGN_SKEW_SECONDS: how far a witness's clock may be from ours. An older signature of the same log says nothing of today. */
enum { PROVE_MOST = 256, COSIGN_SKEW_SECONDS = 600 };

struct logbook {
	const struct serve_config *c;
	struct merkle_log *log;
	struct sign_key *key;
	struct buf key_line, note; /* note: the last checkpoint */
	struct buf sent;           /* the one that went to the witness */
	uint64_t signed_size, sent_size;
	const char *checkpoint_path;
	struct arena *a;
};

/* Made at the first start, as a host key is. */
static enum errc key_open(struct logbook *b, struct err *e)
{
	const char *path = b->c->log_key;
	enum errc rc;

	if (access(path, F_OK) == 0)
		return sign_key_load(path, &b->key, e);
	if ((rc = sign_key_new(&b->key, e)) != OK)
		return rc;
	return sign_key_save(b->key, path, e);
}

static enum errc checkpoint(struct logbook *b, struct err *e)
{
	struct checkpoint c = {.origin = span_str(b->c->log_origin), .size = merkle_log_size(b->log)};
	enum errc rc;

	if ((rc = merkle_log_sync(b->log, e)) != OK)
		return rc;
	if (b->note.n != 0 && c.size == b->signed_size)
		return OK;
	merkle_log_root(b->log, &c.root);
	buf_clear(&b->note);
	if ((rc = checkpoint_sign(b->key, &c, &b->note, e)) != OK || (rc = buf_check(&b->note, e)) != OK)
		return rc;
	b->signed_size = c.size;
	return io_write_file(b->checkpoint_path, buf_span(&b->note), 0640, e);
}

static enum errc logbook_open(struct logbook *b, struct err *e)
{
	const char *log = arena_printf(b->a, "%s/events", b->c->log_dir), *key = arena_printf(b->a, "%s/key", b->c->log_dir);
	struct verify_key v;
	enum errc rc;

	b->checkpoint_path = arena_printf(b->a, "%s/checkpoint", b->c->log_dir);
	if (log == NULL || key == NULL || b->checkpoint_path == NULL)
		return err_memory(e);
	if (sodium_init() < 0)
		return err_set(e, ERR_WORLD, "libsodium does not start");
	if ((rc = key_open(b, e)) != OK || (rc = merkle_log_open(&b->log, log, LOG_APPEND, e)) != OK)
		return rc;
	sign_key_public(b->key, &v);
	note_key_line(v.key, span_str(b->c->log_origin), &b->key_line);
	if ((rc = buf_check(&b->key_line, e)) != OK)
		return rc;
	return io_write_file(key, buf_span(&b->key_line), 0640, e);
}

/* u8 sync, u32 n, lines; answered u8 1, u64 number of the first. */
static enum errc on_append(struct logbook *b, struct cursor *c, struct buf *out, struct err *e)
{
	bool sync = cursor_u8(c) == 1;
	uint32_t n = cursor_u32(c);
	uint64_t first = merkle_log_size(b->log), index;
	enum errc rc = OK;

	for (uint32_t i = 0; i < n && rc == OK; i++) {
		span line = cursor_bytes(c);

		rc = c->bad ? err_set(e, ERR_WORLD, "a question that makes no sense") : merkle_log_append(b->log,
		    line, NULL, &index, e);
	}
	if (rc == OK && sync)
		rc = checkpoint(b, e);
	buf_u8(out, 1);
	buf_u64(out, first);
	return rc;
}

static enum errc prove_one(struct logbook *b, const struct merkle_tree *t, uint64_t index, struct buf *out, struct err *e)
{
	unsigned char salt[LOG_SALT];
	struct merkle_proof p;
	span line;
	enum errc rc;

	if (index >= b->signed_size)
		return err_set(e, ERR_WORLD, "a question that makes no sense");
	if ((rc = merkle_log_entry(b->log, b->a, index, &line, salt, e)) != OK)
		return rc;
	merkle_prove(t, index, b->signed_size, &p);
	buf_bytes(out, line);
	buf_put(out, span_of(salt, sizeof salt));
	buf_u32(out, (uint32_t)p.n);
	for (size_t i = 0; i < p.n; i++)
		buf_put(out, digest_span(&p.v[i]));
	return OK;
}

/* u32 n, u64 numbers; answered u8 1, the checkpoint, and for each: line, salt, u32 n, digests. */
static enum errc on_prove(struct logbook *b, struct cursor *c, struct buf *out, struct err *e)
{
	uint32_t n = cursor_u32(c);
	struct merkle_tree t;
	enum errc rc;

	if (n > PROVE_MOST)
		return err_set(e, ERR_WORLD, "a question that makes no sense");
	if ((rc = checkpoint(b, e)) != OK)
		return rc;
	merkle_log_tree(b->log, &t);
	buf_u8(out, 1);
	buf_bytes(out, buf_span(&b->note));
	for (uint32_t i = 0; i < n && rc == OK; i++)
		rc = prove_one(b, &t, cursor_u64(c), out, e);
	return rc;
}

/* The growth of the log since `old` as a witness wants it (c2sp.org/tlog-witness), into out. */
static enum errc growth_write(struct logbook *b, uint64_t old, struct buf *out, struct err *e)
{
	struct merkle_tree t;
	struct merkle_proof p = {.n = 0};

	if (old != 0 && old != b->signed_size) {
		merkle_log_tree(b->log, &t);
		merkle_prove_growth(&t, old, b->signed_size, &p);
	}
	buf_printf(out, "old %llu\n", (unsigned long long)old);
	for (size_t i = 0; i < p.n; i++) {
		text64_put(out, digest_span(&p.v[i]));
		buf_byte(out, '\n');
	}
	buf_byte(out, '\n');
	buf_put(out, buf_span(&b->note));
	return buf_check(out, e);
}

/* u64 old; answered u8 1, u64 size, the request; or u8 0, u64 size: the log has never been so long. */
static enum errc on_growth(struct logbook *b, struct cursor *c, struct buf *out, struct err *e)
{
	uint64_t old = cursor_u64(c);
	struct buf request;
	enum errc rc;

	if (!cursor_done(c))
		return err_set(e, ERR_WORLD, "a question that makes no sense");
	if ((rc = checkpoint(b, e)) != OK)
		return rc;
	buf_u8(out, old <= b->signed_size);
	buf_u64(out, b->signed_size);
	if (old > b->signed_size)
		return OK;
	buf_init(&request, 64 * KIB);
	if ((rc = growth_write(b, old, &request, e)) == OK) {
		buf_bytes(out, buf_span(&request));
		buf_clear(&b->sent);
		buf_put(&b->sent, buf_span(&b->note));
		b->sent_size = b->signed_size;
		rc = buf_check(&b->sent, e);
	}
	buf_free(&request);
	return rc;
}

static bool is_now(uint64_t when, uint64_t now)
{
	return when > now ? when - now <= COSIGN_SKEW_SECONDS : now - when <= COSIGN_SKEW_SECONDS;
}

/* The witness's lines for the checkpoint that it was sent, u64 now; answered u8 1, u64 size when it signed that just now, else u8 0. */
static enum errc on_cosigned(struct logbook *b, struct cursor *c, struct buf *out, struct err *e)
{
	span lines = cursor_bytes(c);
	const char *path = arena_printf(b->a, "%s/cosigned", b->c->log_dir);
	uint64_t now = cursor_u64(c), when = 0;
	struct buf note;
	enum errc rc;

	if (!cursor_done(c) || b->c->witness == NULL || path == NULL)
		return err_set(e, ERR_WORLD, "a question that makes no sense");
	buf_init(&note, NOTE_MAX);
	buf_put(&note, buf_span(&b->sent));
	buf_put(&note, lines);
	if (note.failed)
		rc = err_set(e, ERR_EVIDENCE, "more than a note can be");
	else
		rc = cosign_verify(buf_span(&note), span_str(b->c->witness_name), b->c->witness_key, &when, e);
	if (rc == OK && !is_now(when, now))
		rc = err_set(e, ERR_EVIDENCE, "a signature of another time");
	if (rc == ERR_EVIDENCE)
		process_say("log", e->text);
	if (rc == OK)
		rc = io_write_file(path, buf_span(&note), 0640, e);
	buf_u8(out, rc == OK);
	if (rc == OK)
		buf_u64(out, b->sent_size);
	buf_free(&note);
	return rc == ERR_EVIDENCE ? OK : rc;
}

static enum errc answer_one(struct logbook *b, enum wire_kind kind, span question, struct buf *out, struct err *e)
{
	struct cursor c = cursor_of(question);
	enum errc rc;

	switch (kind) {
	case WIRE_APPEND: return on_append(b, &c, out, e);
	case WIRE_PROVE: return on_prove(b, &c, out, e);
	case WIRE_CHECKPOINT:
		rc = checkpoint(b, e);
		buf_u8(out, 1);
		return rc;
	case WIRE_GROWTH: return on_growth(b, &c, out, e);
	case WIRE_COSIGNED: return on_cosigned(b, &c, out, e);
	case WIRE_LOG_KEY:
		buf_bytes(out, buf_span(&b->key_line));
		buf_u64(out, merkle_log_size(b->log));
		return OK;
	case WIRE_REQUEST:
	case WIRE_CHUNK:
	case WIRE_ANSWER:
	case WIRE_REGISTER:
	case WIRE_ASSERT:
	case WIRE_ID_TOKEN:
	case WIRE_DNS:
	case WIRE_ISSUER:
	case WIRE_TOKEN:
	case WIRE_FILE:
	case WIRE_WITNESS: break;
	}
	return err_set(e, ERR_WORLD, "a question that makes no sense");
}

/* What could not be written ends the process, and with it the portal: nothing is served that is not in the log. */
static enum errc serve(struct logbook *b, int fd, struct buf *question, struct buf *out, struct err *e)
{
	enum wire_kind kind;
	enum errc rc;

	arena_reset(b->a);
	buf_clear(out);
	if ((rc = wire_receive(fd, &kind, question, e)) != OK ||
	    (rc = answer_one(b, kind, buf_span(question), out, e)) != OK ||
	    (rc = buf_check(out, e)) != OK)
		return rc;
	return wire_send(fd, WIRE_ANSWER, buf_span(out), e);
}

enum errc log_run(const struct serve_config *c, const struct process_fds *fds, struct err *e)
{
	const char *const folders[] = {c->log_dir, NULL};
	struct logbook b = {.c = c};
	struct arena *paths = NULL;
	struct buf question, out;
	enum errc rc;

	buf_init(&question, WIRE_MAX);
	buf_init(&out, WIRE_MAX);
	buf_init(&b.key_line, KIB);
	buf_init(&b.note, NOTE_MAX);
	buf_init(&b.sent, NOTE_MAX);
	if ((rc = arena_new(&paths, MIB, e)) != OK)
		goto out;
	b.a = paths;
	if ((rc = logbook_open(&b, e)) == OK && (rc = arena_new(&b.a, GIB, e)) == OK)
		rc = jail_enter(&(struct jail_walls){.folders = folders, .bytes = 2 * GIB}, e);
	while (rc == OK)
		rc = serve(&b, fds->logic, &question, &out, e);
	if (b.a != paths)
		arena_free(b.a);
out:
	arena_free(paths);
	merkle_log_close(b.log);
	sign_key_free(b.key);
	buf_free(&question);
	buf_free(&out);
	buf_free(&b.key_line);
	buf_free(&b.note);
	buf_free(&b.sent);
	return rc;
}
