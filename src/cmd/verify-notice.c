/* verify NOTICE.eml: for whoever got a notice. Status 0: genuine; 1: not, or withdrawn; 3: nothing to check it with. */
#include <inttypes.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "cmd/verify.h"
#include "verify/verify.h"

static enum errc read_opt(struct cmd *c, const char *path, span *out)
{
	return path == NULL ? OK : io_read_file(c->a, path, MIB, out, &c->e);
}

/* A proof alone, or all that the sender publishes: then its list of withdrawn notices counts, too, unless another was given. */
static enum errc read_proof(struct cmd *c, const char *path, struct verify_with *w)
{
	const char *checkpoint, *leaves, *withdrawn;
	struct stat sb;
	enum errc rc;

	if (path == NULL)
		return OK;
	if (stat(path, &sb) != 0)
		return err_sys(&c->e, "%s", path);
	if (!S_ISDIR(sb.st_mode))
		return read_opt(c, path, &w->proof);
	checkpoint = arena_printf(c->a, "%s/checkpoint", path);
	leaves = arena_printf(c->a, "%s/leaves", path);
	withdrawn = arena_printf(c->a, "%s/withdrawn", path);
	if (checkpoint == NULL || leaves == NULL || withdrawn == NULL)
		return err_memory(&c->e);
	if ((rc = read_opt(c, checkpoint, &w->checkpoint)) != OK ||
	    (rc = io_read_file(c->a, leaves, LIMIT_VERIFY_BYTES, &w->leaves, &c->e)) != OK)
		return rc;
	if (w->checkpoint.n == 0)
		return err_set(&c->e, ERR_EVIDENCE, "%s is empty", checkpoint);
	return w->withdrawn.n != 0 ? OK : read_opt(c, withdrawn, &w->withdrawn);
}

/* Read by a worker, which knows no names: that another file was given is said here. */
static bool has_key(span file)
{
	struct verify_key k;
	struct err why;

	for (span line; span_line(&file, &line);)
		if (span_starts(line, SPAN_LIT("RW")) && verify_key_read(line, &k, &why) == OK)
			return true;
	return false;
}

/* All of them, a line between. */
enum errc verify_read_keys(struct cmd *c, const struct text_list *keys, span *out)
{
	struct buf b;
	enum errc rc = OK;

	*out = SPAN_EMPTY;
	buf_init(&b, 4 * MIB);
	for (size_t i = 0; i < keys->n && rc == OK; i++) {
		span one;

		if ((rc = io_read_file(c->a, keys->v[i], MIB, &one, &c->e)) == OK && !has_key(one))
			rc = err_set(&c->e, ERR_USAGE, "--key: %s: not a minisign public key: that is a line that begins with RW, perhaps below a comment", keys->v[i]);
		if (rc == OK) {
			buf_put(&b, one);
			buf_byte(&b, '\n');
		}
	}
	if (rc == OK && (rc = buf_check(&b, &c->e)) == OK && keys->n != 0 && (*out = arena_copy(c->a, buf_span(&b))).p == NULL)
		rc = err_memory(&c->e);
	buf_free(&b);
	return rc;
}

/* Whole days since the list of withdrawn notices was made that the notice is not on. False: none was looked at, or it gives no date. */
static bool list_age(const struct verify_result *r, int64_t now_utc, int64_t *days)
{
	int64_t made_utc;

	if (r->check[CHECK_WITHDRAWN].outcome != VERIFY_PASS || !time_parse(span_str(r->listed), &made_utc))
		return false;
	*days = made_utc < now_utc ? (now_utc - made_utc) / 86400 : 0;
	return true;
}

static void put_json(struct buf *out, const struct verify_result *r, int64_t now_utc)
{
	static const char *const words[] = {"not checked", "pass", "fail"};
	struct json j = json_to(out);
	int64_t days;

	json_open(&j, NULL, '{');
	json_bool(&j, "no_mail", r->no_mail);
	json_bool(&j, "genuine", r->genuine);
	json_bool(&j, "refuted", r->refuted);
	json_bool(&j, "withdrawn", r->withdrawn);
	json_str(&j, "withdrawn_on", r->withdrawn_on);
	json_str(&j, "notice", r->id);
	json_str(&j, "organisation", r->organisation);
	json_str(&j, "domain", r->domain);
	json_str(&j, "from", r->from);
	json_str(&j, "issued", r->issued);
	if (list_age(r, now_utc, &days)) {
		json_str(&j, "list_made", r->listed);
		json_i64(&j, "list_days", days);
		json_bool(&j, "list_old", days > LIMIT_LIST_DAYS);
	}
	json_open(&j, "checks", '{');
	for (size_t i = 0; i < N_CHECKS; i++) {
		json_open(&j, verify_check_name((enum verify_check)i), '{');
		json_str(&j, "outcome", words[r->check[i].outcome]);
		json_str(&j, "why", r->check[i].why);
		json_close(&j, '}');
	}
	json_close(&j, '}');
	json_close(&j, '}');
	json_end_line(&j);
}

static void put_shown(struct buf *out, const char *s) { utf8_show(out, span_first(span_str(s), 200)); }

/* A signature held, and something that was given beside it says nothing; or there was too little to check. */
static const char *undecided(const struct verify_result *r)
{
	static const enum verify_check beside[] = {CHECK_PUBLISHED, CHECK_WITHDRAWN};

	for (size_t i = 0; i < sizeof beside / sizeof beside[0]; i++)
		if (r->check[CHECK_STATEMENT].outcome == VERIFY_PASS && r->check[beside[i]].outcome == VERIFY_NOT_CHECKED &&
		    strcmp(r->check[beside[i]].why, "not checked") != 0)
			return r->check[beside[i]].why;
	return r->check[CHECK_DKIM_RSA].outcome == VERIFY_PASS || r->check[CHECK_DKIM_ED25519].outcome == VERIFY_PASS
	    ? "it came through the sender's mail server, which an intruder may use, too: give --key or --ca"
	    : "give what to check it with: --key FILE, the sender's public key, a line that begins with RW, from the DNS (TXT of _notice. and his domain) or his web"
	      " site and not from this mail alone; or --ca FILE";
}

/* A withdrawal is made after a list was, so a list says less each day: a good result says how old the one is that it rests on. */
static void put_list_age(struct buf *out, const struct verify_result *r, int64_t now_utc)
{
	int64_t days;

	if (list_age(r, now_utc, &days))
		buf_printf(out, "; the list of withdrawn notices is %" PRId64 " day%s old%s", days, days == 1 ? "" : "s",
		    days > LIMIT_LIST_DAYS ? ": ask the sender for a newer one" : "");
	else if (r->check[CHECK_WITHDRAWN].outcome == VERIFY_PASS)
		buf_str(out, "; the list of withdrawn notices does not say when it was made");
}

static void put_line(struct buf *out, const struct verify_result *r, int64_t now_utc)
{
	bool first = true;

	if (r->no_mail) {
		buf_str(out, "UNDECIDED: this file is no mail, or one without its header. Have your mail program save the notice as it came (.eml), and verify that\n");
		return;
	}
	buf_str(out, r->genuine ? "GENUINE: notice " : r->withdrawn ? "WITHDRAWN: notice " : r->refuted ? "NOT GENUINE: notice " : "UNDECIDED: notice ");
	put_shown(out, r->id[0] != '\0' ? r->id : "without a number");
	if (r->from[0] != '\0') {
		buf_str(out, " from ");
		put_shown(out, r->from);
	}
	if (r->withdrawn) {
		buf_str(out, "; it was genuine, and the sender has taken it back");
		if (r->withdrawn_on[0] != '\0') {
			buf_str(out, " on ");
			put_shown(out, r->withdrawn_on);
		} else {
			buf_str(out, " (his DNS says so; his list of withdrawn notices has the day)");
		}
		buf_str(out, ": it no longer holds. Look whether another notice of his takes its place, or ask him on a number that you already have\n");
		return;
	}
	for (size_t i = 0; i < N_CHECKS; i++)
		if (r->check[i].outcome == (r->genuine ? VERIFY_PASS : VERIFY_FAIL) && (!r->genuine || i >= CHECK_STATEMENT)) {
			buf_printf(out, "%s%s", first ? "; " : ", ", verify_check_name((enum verify_check)i));
			if (!r->genuine) {
				buf_str(out, ": ");
				put_shown(out, r->check[i].why);
			}
			first = false;
		}
	if (r->genuine && r->check[CHECK_DKIM_RSA].outcome != VERIFY_PASS && r->check[CHECK_DKIM_ED25519].outcome != VERIFY_PASS)
		buf_str(out, "; its subject, and whom it is to, nobody signed");
	if (r->genuine)
		put_list_age(out, r, now_utc);
	if (!r->genuine && !r->refuted) {
		buf_str(out, "; ");
		put_shown(out, undecided(r));
	}
	buf_byte(out, '\n');
}

static void put_explained(struct buf *out, const struct verify_result *r)
{
	static const char *const words[] = {"not checked", "fits", "DOES NOT FIT"};

	for (size_t i = 0; i < N_CHECKS; i++) {
		struct buf why;

		buf_init(&why, 4096);
		put_shown(&why, r->check[i].why);
		cmd_line(out, verify_check_name((enum verify_check)i), "%s%s%s", words[r->check[i].outcome],
		    r->check[i].outcome == VERIFY_NOT_CHECKED ? "" : ": ", r->check[i].outcome == VERIFY_NOT_CHECKED ? "" : buf_cstr(&why));
		buf_free(&why);
	}
}

enum errc verify_the_notice(struct cmd *c, const struct verify_files *f, int *status)
{
	struct verify_with w = {.without_jail = c->without_jail};
	const int64_t now_utc = time_now();
	struct verify_result r;
	struct buf out;
	enum errc rc;

	if ((rc = io_read_file(c->a, f->notice, LIMIT_VERIFY_BYTES, &w.mail, &c->e)) != OK ||
	    (rc = verify_read_keys(c, &f->keys, &w.key)) != OK || (rc = read_opt(c, f->ca, &w.ca)) != OK ||
	    (rc = read_opt(c, f->dkim, &w.dkim)) != OK || (rc = read_opt(c, f->withdrawn, &w.withdrawn)) != OK ||
	    (rc = read_proof(c, f->proof, &w)) != OK)
		return rc;
	if ((f->withdrawn != NULL || f->proof != NULL) && w.key.n == 0)
		return err_set(&c->e, ERR_USAGE, "--withdrawn and --proof want --key: they are signed with it");
	w.dns = w.dkim;
	if ((rc = verify_notice(&w, c->a, &r, &c->e)) != OK || (f->resolve != NULL && (rc = verify_resolve(f->resolve, &w, c->a, &r, &c->e)) != OK))
		return rc;
	buf_init(&out, MIB);
	if (c->json)
		put_json(&out, &r, now_utc);
	else {
		put_line(&out, &r, now_utc);
		if (f->explain)
			put_explained(&out, &r);
	}
	*status = r.genuine ? 0 : r.refuted || r.withdrawn ? 1 : 3;
	rc = cmd_print(&out, &c->e);
	buf_free(&out);
	return rc;
}
