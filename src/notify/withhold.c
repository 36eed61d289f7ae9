/* notify withhold and release: what people decide that nobody is told, and that it is told again. */
#include "base/clock.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "notify/private.h"

/* "3f2a60c1b9d4" */
enum { DIGITS = 12 };

static enum errc is_several(struct arena *a, const struct notify_decision *d, const char *name, const struct withheld_row *v, size_t n, struct err *e)
{
	char hex[DIGEST_HEX];
	struct buf b;
	const char *list;

	buf_init(&b, 4 * KIB);
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%s%.*s", i == 0 ? "" : ", ", DIGITS, digest_hex(&v[i].shown, hex));
	list = b.failed ? NULL : arena_cstr(a, buf_span(&b));
	buf_free(&b);
	return list == NULL ? err_memory(e) : err_set(e, ERR_USAGE, "\"%.80s\" is more than one %s: say which, %.250s", name, withheld_kind_name((int)d->kind), list);
}

static enum errc find(const struct notify *n, struct arena *a, const struct notify_decision *d, const char *name, struct withheld_row **out, struct err *e)
{
	span s = span_trim(span_str(name));
	size_t n_found;
	enum errc rc;

	if (s.n > 2 && s.p[0] == '<' && s.p[s.n - 1] == '>')
		s = span_sub(s, 1, s.n - 2);
	if ((rc = withheld_named(n->store, a, d->kind, s, out, &n_found, e)) != OK)
		return rc;
	if (n_found == 0)
		return err_set(e, ERR_USAGE, d->kind == WITHHELD_MESSAGE
		    ? "no message is \"%.80s\": it wants a Message-ID, or the beginning of a SHA-256 as tocsin list messages has it (six digits or more)"
		    : "no exposure is \"%.80s\": it wants the beginning of its digest as tocsin list exposures has it (six digits or more)", name);
	return n_found == 1 ? OK : is_several(a, d, name, *out, n_found, e);
}

/* Of an exposure its digest is under the case key: no value. */
static enum errc record(const struct notify *n, const struct notify_decision *d, const struct withheld_row *w, struct err *e)
{
	static const char *const words[][2] = {{SAID_MESSAGE_WITHHELD, SAID_MESSAGE_RELEASED}, {SAID_EXPOSURE_WITHHELD, SAID_EXPOSURE_RELEASED}};
	struct ledger_note note;

	ledger_begin(&note);
	json_digest(&note.j, "digest", &w->digest);
	if (d->kind == WITHHELD_MESSAGE)
		json_digest(&note.j, "message", &w->shown);
	else
		json_str(&note.j, "class", w->what);
	json_str(&note.j, "by", d->by);
	json_str(&note.j, "why", d->why);
	return ledger_end(&note, n->store, words[d->kind == WITHHELD_EXPOSURE][d->release], e);
}

static enum errc decide_one(const struct notify *n, struct arena *a, const struct notify_decision *d, const char *name, struct err *e)
{
	struct withheld_row *w;
	char day[TIME_TEXT], hex[DIGEST_HEX];
	enum errc rc = find(n, a, d, name, &w, e);

	if (rc != OK)
		return rc;
	if (d->release && w->when_utc == TIME_NONE)
		return err_set(e, ERR_REFUSED, "%s %.*s is not withheld: tocsin list withheld", withheld_kind_name((int)d->kind), DIGITS, digest_hex(&w->shown, hex));
	if (!d->release && w->when_utc != TIME_NONE)
		return err_set(e, ERR_REFUSED, "%s %.*s is withheld already, since %.10s by %.80s", withheld_kind_name((int)d->kind), DIGITS,
		    digest_hex(&w->shown, hex), time_rfc3339(w->when_utc, day), w->by);
	rc = d->release ? withheld_drop(n->store, d->kind, &w->digest, e) : withheld_put(n->store, d->kind, &w->digest, d->by, d->why, n->now_utc, e);
	return rc == OK ? record(n, d, w, e) : rc;
}

enum errc notify_withhold(const struct notify *n, struct arena *a, const struct notify_decision *d, struct withheld_stands *out, struct err *e)
{
	enum errc rc = withheld_begin(n->store, e);

	*out = (struct withheld_stands){0};
	for (size_t i = 0; i < d->n && rc == OK; i++)
		rc = decide_one(n, a, d, d->names[i], e);
	if (rc == OK && (rc = withheld_stands(n->store, d->kind, out, e)) == OK)
		rc = store_commit(n->store, e);
	return rc;
}
