/* verify NOTICE.eml: for whoever got a notice. Status 0: genuine; 1: not, or withdrawn; 3: nothing to check it with. */
#include "base/io.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "cmd/verify.h"
#include "verify/verify.h"

static enum errc read_opt(struct cmd *c, const char *path, span *out)
{
	return path == NULL ? OK : io_read_file(c->a, path, MIB, out, &c->e);
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

		if ((rc = io_read_file(c->a, keys->v[i], MIB, &one, &c->e)) == OK) {
			buf_put(&b, one);
			buf_byte(&b, '\n');
		}
	}
	if (rc == OK && (rc = buf_check(&b, &c->e)) == OK && keys->n != 0 && (*out = arena_copy(c->a, buf_span(&b))).p == NULL)
		rc = err_memory(&c->e);
	buf_free(&b);
	return rc;
}

static void put_json(struct buf *out, const struct verify_result *r)
{
	static const char *const words[] = {"not checked", "pass", "fail"};
	struct json j = json_to(out);

	json_open(&j, NULL, '{');
	json_bool(&j, "genuine", r->genuine);
	json_bool(&j, "refuted", r->refuted);
	json_str(&j, "notice", r->id);
	json_str(&j, "organisation", r->organisation);
	json_str(&j, "domain", r->domain);
	json_str(&j, "from", r->from);
	json_str(&j, "issued", r->issued);
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

static void put_line(struct buf *out, const struct verify_result *r)
{
	bool first = true;

	buf_str(out, r->genuine ? "GENUINE: notice " : r->refuted ? "NOT GENUINE: notice " : "UNDECIDED: notice ");
	put_shown(out, r->id[0] != '\0' ? r->id : "without a number");
	buf_str(out, " from ");
	put_shown(out, r->from);
	for (size_t i = 0; i < N_CHECKS; i++)
		if (r->check[i].outcome == (r->genuine ? VERIFY_PASS : VERIFY_FAIL) && (!r->genuine || i >= CHECK_STATEMENT)) {
			buf_printf(out, "%s%s", first ? "; " : ", ", verify_check_name((enum verify_check)i));
			if (!r->genuine) {
				buf_str(out, ": ");
				put_shown(out, r->check[i].why);
			}
			first = false;
		}
	if (!r->genuine && !r->refuted)
		buf_str(out, r->check[CHECK_WITHDRAWN].outcome == VERIFY_NOT_CHECKED && r->check[CHECK_STATEMENT].outcome == VERIFY_PASS
		             ? "; the list of withdrawn notices is not signed by a key that was given"
		             : r->check[CHECK_DKIM_RSA].outcome == VERIFY_PASS || r->check[CHECK_DKIM_ED25519].outcome == VERIFY_PASS
		                 ? "; it came through the sender's mail server, which an intruder may use, too: give --key or --ca"
		                 : "; give what to check it with: --key or --ca");
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
	struct verify_result r;
	struct buf out;
	enum errc rc;

	if ((rc = io_read_file(c->a, f->notice, LIMIT_VERIFY_BYTES, &w.mail, &c->e)) != OK ||
	    (rc = verify_read_keys(c, &f->keys, &w.key)) != OK || (rc = read_opt(c, f->ca, &w.ca)) != OK ||
	    (rc = read_opt(c, f->dkim, &w.dkim)) != OK || (rc = read_opt(c, f->withdrawn, &w.withdrawn)) != OK)
		return rc;
	if (w.withdrawn.n != 0 && w.key.n == 0)
		return err_set(&c->e, ERR_USAGE, "--withdrawn wants --key: the list is signed with it");
	if ((rc = verify_notice(&w, c->a, &r, &c->e)) != OK)
		return rc;
	buf_init(&out, MIB);
	if (c->json)
		put_json(&out, &r);
	else {
		put_line(&out, &r);
		if (f->explain)
			put_explained(&out, &r);
	}
	*status = r.genuine ? 0 : r.refuted ? 1 : 3;
	rc = cmd_print(&out, &c->e);
	buf_free(&out);
	return rc;
}
