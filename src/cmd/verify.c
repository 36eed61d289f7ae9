/* verify: the ledger's chain, and with --evidence the digest of every source and audit log again. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/progress.h"
#include "base/utf8.h"
#include "cmd/verbs.h"
#include "cmd/verify.h"
#include "store/mail.h"
#include "store/scope.h"

struct result { uint64_t sources, ok, moved, bad, replaced, logs, logs_bad; int64_t entries, bad_entry, dated_back; };

/* A source that is not at its path any more. */
struct gone { const char *path, *why; struct digest sha256; };
struct gone_list { struct gone *v; size_t n, cap; };

/* NULL when the file is there and has that digest; else what is wrong, static or in the arena, and whether there is no such file. */
static const char *file_wrong(struct arena *a, struct sha256 *h, unsigned char *block, const char *path, uint64_t length, const struct digest *sha256,
    struct progress *p, bool *gone)
{
	struct digest d;
	const char *why = NULL;
	uint64_t n_bytes = 0;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);

	*gone = fd < 0 && (errno == ENOENT || errno == ENOTDIR);
	if (fd < 0)
		return arena_printf(a, "cannot be opened: %s", strerror(errno));
	sha256_start(h);
	while ((n = read(fd, block, MIB)) > 0) {
		sha256_add(h, span_of(block, (size_t)n));
		n_bytes += (uint64_t)n;
		p->done_bytes += (uint64_t)n;
		if (p->on && p->done_bytes % (64 * MIB) < MIB)
			progress_show(p);
	}
	sha256_done(h, &d);
	if (n < 0)
		why = arena_printf(a, "cannot be read: %s", strerror(errno));
	else if (n_bytes != length)
		why = "has another length than when it was read";
	else if (memcmp(&d, sha256, sizeof d) != 0)
		why = "has other bytes than when it was read";
	(void)close(fd);
	return why;
}

static void name_bad(const struct cmd *c, const char *path, const char *why, uint64_t *n, struct buf *out)
{
	++*n;
	if (c->json)
		return;
	buf_str(out, "  ");
	utf8_show(out, span_str(path));
	buf_printf(out, ": %s\n", why);
}

static enum errc gone_add(struct cmd *c, struct gone_list *l, const struct source_row *s, const char *why)
{
	const size_t cap = l->cap != 0 ? 2 * l->cap : 64;
	struct gone *v;

	if (l->n == l->cap) {
		if ((v = realloc(l->v, cap * sizeof *v)) == NULL)
			return err_memory(&c->e);
		l->v = v;
		l->cap = cap;
	}
	v = &l->v[l->n];
	*v = (struct gone){arena_printf(c->a, "%s", s->path), arena_printf(c->a, "%s", why != NULL ? why : ""), s->sha256};
	if (v->path == NULL || v->why == NULL)
		return err_memory(&c->e);
	l->n++;
	return OK;
}

static int by_digest(const void *x, const void *y) { return memcmp(x, y, sizeof(struct digest)); }

/* What is gone from its path and was ingested again from another, where its bytes are as they were, has moved: nothing is missing. */
static void judge_gone(const struct cmd *c, const struct gone_list *l, struct buf *there, struct result *r, struct buf *out)
{
	const size_t n = there->n / sizeof(struct digest);

	if (n != 0)
		qsort(there->p, n, sizeof(struct digest), by_digest);
	for (size_t i = 0; i < l->n; i++)
		if (n != 0 && bsearch(&l->v[i].sha256, there->p, n, sizeof(struct digest), by_digest) != NULL)
			r->moved++;
		else
			name_bad(c, l->v[i].path, l->v[i].why, &r->bad, out);
}

static enum errc verify_sources(struct cmd *c, struct buf *out, struct result *r)
{
	struct gone_list gone = {0};
	struct buf there; /* the digests of the sources that are as they were */
	unsigned char *block = arena_alloc(c->a, MIB);
	struct sha256 *h = NULL;
	struct arena *a = NULL;
	struct progress p;
	struct source_row s;
	int64_t after = 0;
	bool found = true, away;
	enum errc rc;

	buf_init(&there, GIB);
	progress_begin(&p, !c->quiet, "verify", "sources", 0);
	if (block == NULL)
		return err_memory(&c->e);
	if ((rc = sha256_new(&h, &c->e)) != OK || (rc = arena_new(&a, MIB, &c->e)) != OK)
		goto out;
	while ((rc = store_source_after(c->store, a, after, &s, &found, &c->e)) == OK && found) {
		const char *why;

		after = s.id;
		r->replaced += s.state == SOURCE_REPLACED;
		if (s.state != SOURCE_DONE)
			continue;
		r->sources++;
		p.done_items = r->sources;
		if ((why = file_wrong(a, h, block, s.path, s.n_bytes, &s.sha256, &p, &away)) == NULL) {
			r->ok++;
			buf_put(&there, span_of(&s.sha256, sizeof s.sha256));
		} else if (!away) {
			name_bad(c, s.path, why, &r->bad, out);
		} else if ((rc = gone_add(c, &gone, &s, why)) != OK) {
			goto out;
		}
		arena_reset(a);
	}
	if (rc == OK && (rc = buf_check(&there, &c->e)) == OK)
		judge_gone(c, &gone, &there, r, out);
out:
	progress_end(&p);
	buf_free(&there);
	free(gone.v);
	sha256_free(h);
	arena_free(a);
	return rc;
}

/* The audit logs: what was "not accessed" is said by them. A row may be replaced by that of a later reading, and then that one counts. */
static enum errc verify_logs(struct cmd *c, struct buf *out, struct result *r)
{
	unsigned char *block = arena_alloc(c->a, MIB);
	struct sha256 *h = NULL;
	struct arena *a = NULL;
	struct progress p;
	struct log_source_row s;
	int64_t after = 0;
	bool found = true, away;
	enum errc rc;

	progress_begin(&p, !c->quiet, "verify", "logs", 0);
	if (block == NULL)
		return err_memory(&c->e);
	if ((rc = sha256_new(&h, &c->e)) == OK && (rc = arena_new(&a, MIB, &c->e)) == OK)
		while ((rc = log_source_after(c->store, a, after, &s, &found, &c->e)) == OK && found) {
			const char *why = file_wrong(a, h, block, s.path, s.n_bytes, &s.sha256, &p, &away);

			after = s.id;
			p.done_items = ++r->logs;
			if (why != NULL)
				name_bad(c, s.path, why, &r->logs_bad, out);
			arena_reset(a);
		}
	progress_end(&p);
	sha256_free(h);
	arena_free(a);
	return rc;
}

static void tell(const struct cmd *c, const struct result *r, bool evidence, struct buf *out)
{
	struct json j = json_to(out);

	if (c->json) {
		json_open(&j, NULL, '{');
		json_i64(&j, "ledger_entries", r->entries);
		json_bool(&j, "ledger_ok", r->bad_entry == 0);
		json_i64(&j, "ledger_dated_back", r->dated_back);
		if (evidence) {
			json_u64(&j, "sources", r->sources);
			json_u64(&j, "sources_ok", r->ok);
			json_u64(&j, "sources_moved", r->moved);
			json_u64(&j, "sources_bad", r->bad);
			json_u64(&j, "sources_replaced", r->replaced);
			json_u64(&j, "logs", r->logs);
			json_u64(&j, "logs_bad", r->logs_bad);
		}
		json_close(&j, '}');
		json_end_line(&j);
		return;
	}
	if (r->bad_entry == 0)
		cmd_line(out, "ledger", "%" PRId64 " %s, the chain holds", r->entries, r->entries == 1 ? "entry" : "entries");
	else
		cmd_line(out, "ledger", "BROKEN at entry %" PRId64 ": changed, missing or out of place", r->bad_entry);
	if (r->dated_back != 0)
		cmd_line(out, "dates", "entry %" PRId64 " is earlier than the one before it: the clock of this machine was set back", r->dated_back);
	if (evidence)
		cmd_line(out, "evidence", "%" PRIu64 " source%s, %" PRIu64 " as %s, %" PRIu64 " not", r->sources, cmd_s(r->sources), r->ok,
		    r->sources == 1 ? "it was" : "they were", r->bad);
	if (evidence && r->logs != 0)
		cmd_line(out, "audit logs", "%" PRIu64 " file%s, %" PRIu64 " as %s, %" PRIu64 " not", r->logs, cmd_s(r->logs), r->logs - r->logs_bad,
		    r->logs == 1 ? "it was" : "they were", r->logs_bad);
	if (evidence && r->moved != 0)
		cmd_line(out, "moved", "%" PRIu64 " more, gone from where %s ingested, with the same bytes at another path that was ingested", r->moved,
		    r->moved == 1 ? "it was" : "they were");
	if (evidence && r->replaced != 0)
		cmd_line(out, "replaced", "%" PRIu64 " more, changed since %s ingested, and ingested again; what %s held before cannot be read again", r->replaced,
		    r->replaced == 1 ? "it was" : "they were", r->replaced == 1 ? "it" : "they");
}

/* The ledger, and with `evidence` the sources. */
static enum errc verify_the_case(struct cmd *c, bool evidence, int *status)
{
	struct result r = {0};
	struct buf out;
	enum errc rc;

	buf_init(&out, 64 * MIB);
	if ((rc = ledger_verify(c->store, &r.entries, &r.bad_entry, &c->e)) == OK &&
	    (rc = ledger_dated_back(c->store, &r.dated_back, &c->e)) == OK && (!evidence || ((rc = verify_sources(c, &out, &r)) == OK && (rc = verify_logs(c, &out, &r)) == OK))) {
		tell(c, &r, evidence, &out);
		*status = r.bad != 0 || r.logs_bad != 0 || r.bad_entry != 0;
		rc = cmd_print(&out, &c->e);
	}
	buf_free(&out);
	return rc;
}

enum errc cmd_verify(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	struct verify_files f = {0};
	struct verify_portal p = {0};
	struct verify_manifest m = {0};
	const char *stamp = NULL, *stamp_request = NULL;
	bool evidence = false;
	int of_case; /* how many of the options are given that look at the case */
	const struct cmd_option options[] = {
	    {"evidence", NULL, "read sources and logs again, compare their SHA-256", .flag = &evidence},
	    {"key", "FILE", "the sender's public key (minisign); may be repeated", .list = &f.keys, .read = true},
	    {"ca", "FILE", "NOTICE, --stamp, --portal: authorities, PEM", .text = &f.ca, .read = true},
	    {"dkim-key", "FILE", "NOTICE: DNS records as lines of a zone file", .text = &f.dkim, .read = true},
	    {"resolve", "SERVER", "NOTICE: ask this DNS server for them, or \"system\"", .text = &f.resolve},
	    {"withdrawn", "FILE", "NOTICE: the sender's list of withdrawn notices", .text = &f.withdrawn, .read = true},
	    {"manifest", "FILE", "is this manifest of a wave real? with --key", .text = &m.manifest, .read = true},
	    {"proof", "PATH", "a proof; NOTICE: or the folder that is published", .text = &m.proof, .read = true},
	    {"portal", "URL", "does a reading room serve the page that it should?", .text = &p.url},
	    {"web", "DIR", "--portal: the page's files; else those installed", .text = &p.web, .read = true},
	    {"assets", "FILE", "--portal: sha256sum's list of them, signed by --key", .text = &p.assets, .read = true},
	    {"local", NULL, "--portal: may be in a private network", .flag = &p.local},
	    {"stamp-request", "FILE", "for a time stamp authority: date the ledger", .text = &stamp_request},
	    {"stamp", "FILE", "its reply: when was the ledger there? with --ca", .text = &stamp, .read = true},
	    {"explain", NULL, "NOTICE: say what was checked and how it ended", .flag = &f.explain},
	};
	struct verb notice = *v;
	const char *const *operand;
	size_t n;
	enum errc rc;

	notice.need = NEED_NOTHING;
	if ((rc = cmd_start(c, &notice, argc, argv, options, sizeof options / sizeof options[0], &operand, &n)) != OK)
		return rc;
	of_case = evidence + (stamp != NULL) + (stamp_request != NULL);
	if (of_case > 1)
		return err_set(&c->e, ERR_USAGE, "--evidence, --stamp and --stamp-request stand alone; see tocsin verify --help");
	if (n > 1 || (n == 1 && of_case != 0))
		return err_set(&c->e, ERR_USAGE, "verify takes one notice, or none and looks at the case; see tocsin verify --help");
	if (m.manifest != NULL && n == 0 && of_case == 0 && p.url == NULL) {
		m.keys = f.keys;
		return verify_the_manifest(c, &m, status);
	}
	if (m.manifest != NULL || (m.proof != NULL && n == 0))
		return err_set(&c->e, ERR_USAGE, "--manifest stands alone, and --proof wants it or a notice; see tocsin verify --help");
	if (p.url != NULL && n == 0 && of_case == 0) {
		p.key = f.keys.n != 0 ? f.keys.v[0] : NULL;
		p.ca = f.ca;
		return verify_the_portal(c, &p, status);
	}
	if (p.url != NULL || p.web != NULL || p.assets != NULL || p.local)
		return err_set(&c->e, ERR_USAGE, "--portal stands alone, and --web, --assets and --local with it; see tocsin verify --help");
	if (n == 1) {
		f.notice = operand[0];
		if ((rc = cmd_file(c, f.notice)) != OK)
			return rc;
		f.proof = m.proof;
		return verify_the_notice(c, &f, status);
	}
	if (f.keys.n != 0 || (f.ca != NULL && stamp == NULL) || f.dkim != NULL || f.withdrawn != NULL || f.resolve != NULL || f.explain)
		return err_set(&c->e, ERR_USAGE, "these options want a notice to check; see tocsin verify --help");
	/* Without a notice it is the case that is looked at. */
	if ((rc = cmd_start(c, v, argc, argv, options, sizeof options / sizeof options[0], &operand, &n)) != OK)
		return rc;
	if (stamp != NULL)
		return verify_the_stamp(c, stamp, f.ca, status);
	if (stamp_request != NULL)
		return verify_stamp_request(c, stamp_request);
	return verify_the_case(c, evidence, status);
}
