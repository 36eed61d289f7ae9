/* verify: the ledger's chain, and with --evidence the digest of every source and audit log again. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/list.h"
#include "base/progress.h"
#include "base/utf8.h"
#include "cmd/verbs.h"
#include "cmd/verify.h"
#include "store/mail.h"
#include "store/scope.h"

struct tally { uint64_t files, ok, moved, bad; };
struct result { struct tally sources, logs; uint64_t replaced; int64_t entries, bad_entry, dated_back; };

/* A file that is not at its path any more. */
struct gone { const char *path, *why; struct digest sha256; };

/* Files of evidence, read again one after the other. */
struct rereading {
	struct cmd *c;
	struct buf *out;
	unsigned char *block;
	struct sha256 *h;
	struct arena *a; /* of the file under way */
	struct progress p;
	struct tally *tally;
	struct buf there; /* the digests of those that are as they were */
	struct gone *gone;
	size_t n_gone, cap_gone;
};

/* NULL when the file is there and has that digest; else what is wrong, static or in the arena, and whether there is no such file. */
static const char *file_wrong(struct rereading *k, const char *path, uint64_t length, const struct digest *sha256, bool *gone)
{
	struct digest d;
	const char *why = NULL;
	uint64_t n_bytes = 0;
	ssize_t n;
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW);

	*gone = fd < 0 && (errno == ENOENT || errno == ENOTDIR);
	if (fd < 0)
		return arena_printf(k->a, "cannot be opened: %s", strerror(errno));
	sha256_start(k->h);
	while ((n = read(fd, k->block, MIB)) > 0) {
		sha256_add(k->h, span_of(k->block, (size_t)n));
		n_bytes += (uint64_t)n;
		k->p.done_bytes += (uint64_t)n;
		if (k->p.on && k->p.done_bytes % (64 * MIB) < MIB)
			progress_show(&k->p);
	}
	sha256_done(k->h, &d);
	if (n < 0)
		why = arena_printf(k->a, "cannot be read: %s", strerror(errno));
	else if (n_bytes != length)
		why = "has another length than when it was read";
	else if (memcmp(&d, sha256, sizeof d) != 0)
		why = "has other bytes than when it was read";
	(void)close(fd);
	return why;
}

static void name_bad(struct rereading *k, const char *path, const char *why)
{
	k->tally->bad++;
	if (k->c->json)
		return;
	buf_str(k->out, "  ");
	utf8_show(k->out, span_str(path));
	buf_printf(k->out, ": %s\n", why);
}

static enum errc gone_add(struct rereading *k, const char *path, const struct digest *sha256, const char *why)
{
	struct cmd *c = k->c;

	if (!ROOM(k->gone, k->n_gone, k->cap_gone))
		return err_memory(&c->e);
	k->gone[k->n_gone] = (struct gone){arena_printf(c->a, "%s", path), arena_printf(c->a, "%s", why != NULL ? why : ""), *sha256};
	if (k->gone[k->n_gone].path == NULL || k->gone[k->n_gone].why == NULL)
		return err_memory(&c->e);
	k->n_gone++;
	return OK;
}

static enum errc reread(struct rereading *k, const char *path, uint64_t length, const struct digest *sha256)
{
	enum errc rc = OK;
	const char *why;
	bool gone;

	k->p.done_items = ++k->tally->files;
	if ((why = file_wrong(k, path, length, sha256, &gone)) == NULL) {
		k->tally->ok++;
		buf_put(&k->there, span_of(sha256, sizeof *sha256));
	} else if (gone) {
		rc = gone_add(k, path, sha256, why);
	} else {
		name_bad(k, path, why);
	}
	arena_reset(k->a);
	return rc;
}

static int by_digest(const void *x, const void *y) { return memcmp(x, y, sizeof(struct digest)); }

/* What is gone from its path and was read again from another, where its bytes are as they were, has moved: nothing is missing. */
static enum errc judge_gone(struct rereading *k)
{
	const size_t n = k->there.n / sizeof(struct digest);
	enum errc rc = buf_check(&k->there, &k->c->e);

	if (rc == OK && n != 0)
		qsort(k->there.p, n, sizeof(struct digest), by_digest);
	for (size_t i = 0; rc == OK && i < k->n_gone; i++)
		if (n != 0 && bsearch(&k->gone[i].sha256, k->there.p, n, sizeof(struct digest), by_digest) != NULL)
			k->tally->moved++;
		else
			name_bad(k, k->gone[i].path, k->gone[i].why);
	k->n_gone = 0;
	buf_clear(&k->there);
	return rc;
}

static enum errc verify_sources(struct rereading *k, struct result *r)
{
	struct cmd *c = k->c;
	struct source_row s = {0};
	bool found = true;
	enum errc rc;

	k->tally = &r->sources;
	while ((rc = store_source_after(c->store, k->a, s.id, &s, &found, &c->e)) == OK && found) {
		r->replaced += s.state == SOURCE_REPLACED;
		if (s.state == SOURCE_DONE && (rc = reread(k, s.path, s.n_bytes, &s.sha256)) != OK)
			return rc;
	}
	return rc != OK ? rc : judge_gone(k);
}

/* The audit logs: what was "not accessed" is said by them. A row may be replaced by that of a later reading, and then that one counts. */
static enum errc verify_logs(struct rereading *k, struct result *r)
{
	struct cmd *c = k->c;
	struct log_source_row s = {0};
	bool found = true;
	enum errc rc;

	k->tally = &r->logs;
	while ((rc = log_source_after(c->store, k->a, s.id, &s, &found, &c->e)) == OK && found)
		if ((rc = reread(k, s.path, s.n_bytes, &s.sha256)) != OK)
			return rc;
	return rc != OK ? rc : judge_gone(k);
}

static enum errc verify_evidence(struct cmd *c, struct buf *out, struct result *r)
{
	struct rereading k = {.c = c, .out = out, .block = arena_alloc(c->a, MIB)};
	enum errc rc;

	if (k.block == NULL)
		return err_memory(&c->e);
	buf_init(&k.there, GIB);
	progress_begin(&k.p, !c->quiet, "verify", "files", 0);
	if ((rc = sha256_new(&k.h, &c->e)) == OK && (rc = arena_new(&k.a, MIB, &c->e)) == OK && (rc = verify_sources(&k, r)) == OK)
		rc = verify_logs(&k, r);
	progress_end(&k.p);
	buf_free(&k.there);
	free(k.gone);
	sha256_free(k.h);
	arena_free(k.a);
	return rc;
}

static void tell_files(struct buf *out, const char *what, const char *one, const struct tally *t)
{
	cmd_line(out, what, "%" PRIu64 " %s%s, %" PRIu64 " as %s, %" PRIu64 " not", t->files, one, cmd_s(t->files), t->ok, t->files == 1 ? "it was" : "they were", t->bad);
	if (t->moved != 0)
		cmd_line(out, "moved", "%" PRIu64 " more, gone from where %s ingested, with the same bytes at another path that was ingested", t->moved,
		    t->moved == 1 ? "it was" : "they were");
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
			json_u64(&j, "sources", r->sources.files);
			json_u64(&j, "sources_ok", r->sources.ok);
			json_u64(&j, "sources_moved", r->sources.moved);
			json_u64(&j, "sources_bad", r->sources.bad);
			json_u64(&j, "sources_replaced", r->replaced);
			json_u64(&j, "logs", r->logs.files);
			json_u64(&j, "logs_moved", r->logs.moved);
			json_u64(&j, "logs_bad", r->logs.bad);
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
		tell_files(out, "evidence", "source", &r->sources);
	if (evidence && r->logs.files != 0)
		tell_files(out, "audit logs", "file", &r->logs);
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
	    (rc = ledger_dated_back(c->store, &r.dated_back, &c->e)) == OK && (!evidence || (rc = verify_evidence(c, &out, &r)) == OK)) {
		tell(c, &r, evidence, &out);
		*status = r.sources.bad != 0 || r.logs.bad != 0 || r.bad_entry != 0;
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
