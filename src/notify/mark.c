/* notify mark: what became of a credential, where the reading room does not say it. */
#include "base/json.h"
#include "base/near.h"
#include "notify/private.h"
#include "store/marks.h"
#include "store/named.h"

/* As the reading room's, but for not_ours, which asks us something. */
#define MARKS SPAN_WORDS("rotated", "revoked", "deactivated", "false_alarm", "risk_accepted", "open")

static enum errc check_mark(const char *mark, struct err *e)
{
	struct near near;

	if (span_is_one_of(span_str(mark), MARKS))
		return OK;
	if (strcmp(mark, "not_ours") == 0)
		return err_set(e, ERR_USAGE, "whose a credential is attribute says, by the directory: correct that, or let nobody be told of it (tocsin notify withhold)");
	near = near_among(span_str(mark), MARKS);
	return err_set(e, ERR_USAGE, "wants rotated, revoked, deactivated, false_alarm, risk_accepted or open, not \"%.80s\"%s", mark, near_says(&near));
}

static enum errc mark_one(const struct notify *n, const struct notify_mark *m, const struct org_named *org, const struct credential *c, struct err *e)
{
	struct ledger_note note;
	enum errc rc = credential_mark(n->store, org->id, &c->digest, m->mark, m->by, m->note, n->now_utc, e);

	if (rc != OK)
		return rc;
	ledger_begin(&note);
	json_str(&note.j, "org", org->key);
	json_digest(&note.j, "digest", &c->digest); /* under the case key: no value */
	json_str(&note.j, "class", c->class);
	json_str(&note.j, "mark", m->mark);
	json_str(&note.j, "by", m->by);
	json_str(&note.j, "why", m->note);
	return ledger_end(&note, n->store, SAID_MARKED, e);
}

static enum errc mark_named(const struct notify *n, struct arena *a, const struct notify_mark *m, const struct org_named *org, const char *name, struct err *e)
{
	struct credential *c;
	size_t n_found;
	enum errc rc = credentials_named(n->store, a, org->id, name, &c, &n_found, e);

	if (rc == OK && n_found == 0)
		return err_set(e, ERR_USAGE, "no credential that %.80s has to reset is \"%.80s\": it wants the beginning of a digest (six digits or more) as"
		    " tocsin list remediations has it under case_exposure, or the name under exposure", org->name, name);
	if (rc == OK && n_found > 1)
		return err_set(e, ERR_USAGE, "\"%.80s\" is the beginning of %zu credentials: more digits say which", name, n_found);
	return rc == OK ? mark_one(n, m, org, c, e) : rc;
}

static enum errc mark_all_open(const struct notify *n, const struct notify_mark *m, const struct org_named *org, const struct credential *c, size_t n_all,
    size_t *n_marked, struct err *e)
{
	enum errc rc = OK;

	for (size_t i = 0; i < n_all && rc == OK; i++)
		if (c[i].open && (rc = mark_one(n, m, org, &c[i], e)) == OK)
			++*n_marked;
	return rc;
}

/* Why there is nothing to mark. */
static enum errc nothing_to_reset(const struct org_named *org, struct err *e)
{
	switch ((enum org_origin)org->origin) {
	case ORG_OURSELVES: return err_set(e, ERR_REFUSED, "no credential of our own is to be reset: none is in a wave that was planned (tocsin report resets)");
	case ORG_PERSON:
		return err_set(e, ERR_REFUSED, "%.80s is a private person: what the letter asks of one is nobody's to follow, only organisations and we ourselves are", org->name);
	case ORG_DIRECTORY:
	case ORG_DERIVED: break;
	}
	return err_set(e, ERR_REFUSED, "%.80s has no credential to reset that a written notice told it: tocsin report resets", org->name);
}

enum errc notify_mark(const struct notify *n, struct arena *a, const struct notify_mark *m, struct notify_marked *out, struct err *e)
{
	struct org_named org;
	struct credential *c;
	enum errc rc;

	*out = (struct notify_marked){0};
	if ((rc = check_mark(m->mark, e)) != OK || (rc = org_named(n->store, a, m->org, &org, e)) != OK ||
	    (rc = credentials_named(n->store, a, org.id, NULL, &c, &out->n_credentials, e)) != OK)
		return rc;
	out->key = org.key;
	out->name = org.name;
	if (out->n_credentials == 0)
		return nothing_to_reset(&org, e);
	out->n_marked = m->n;
	for (size_t i = 0; i < m->n && rc == OK; i++)
		rc = mark_named(n, a, m, &org, m->names[i], e);
	if (rc == OK && m->all)
		rc = mark_all_open(n, m, &org, c, out->n_credentials, &out->n_marked, e);
	if (rc == OK && (rc = credentials_named(n->store, a, org.id, NULL, &c, &out->n_credentials, e)) == OK)
		rc = store_commit(n->store, e);
	for (size_t i = 0; rc == OK && i < out->n_credentials; i++)
		out->n_open += c[i].open;
	return rc;
}
