/*
 * The ledger: each entry's hash is SHA-256 over the hash before it and its own line, so that an entry cannot be
 * changed, left out or put in between without every later hash changing. The line is
 *     seq TAB when (RFC 3339) TAB who TAB what TAB detail LF
 * and the first entry follows 32 zero bytes. tocsin(1) documents it so that it can be recomputed without tocsin.
 */
#include <pwd.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/limits.h"
#include "store/db.h"

static void entry_hash(const struct digest *before, int64_t seq, int64_t when, span who, span what, span detail,
    struct sha256 *h, struct digest *out)
{
	char head[64], time[TIME_TEXT];

	sha256_start(h);
	sha256_add(h, digest_span(before));
	(void)snprintf(head, sizeof head, "%lld\t%s\t", (long long)seq, time_rfc3339(when, time));
	sha256_add(h, span_str(head));
	sha256_add(h, who);
	sha256_add(h, SPAN_LIT("\t"));
	sha256_add(h, what);
	sha256_add(h, SPAN_LIT("\t"));
	sha256_add(h, detail);
	sha256_add(h, SPAN_LIT("\n"));
	sha256_done(h, out);
}

/* Who runs it: $TOCSIN_USER for a shared account, else the login name. Looked up once: accounts may be kept on another machine. */
static const char *who_runs(struct store *st)
{
	const char *given;
	struct passwd *pw;
	size_t n = 0;

	if (st->who[0] != '\0')
		return st->who;
	given = getenv("TOCSIN_USER");
	pw = given == NULL ? getpwuid(getuid()) : NULL;
	for (const char *p = given != NULL ? given : pw != NULL ? pw->pw_name : "?"; *p != '\0' && n < sizeof st->who - 1; p++)
		st->who[n++] = (unsigned char)*p < 0x20 || *p == 0x7f ? ' ' : *p;
	st->who[n] = '\0';
	return st->who;
}

enum errc ledger_add(struct store *st, const char *what, const char *detail, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT seq, hash FROM ledger ORDER BY seq DESC LIMIT 1", "");
	struct digest before = {{0}}, hash;
	struct sha256 *h = NULL;
	int64_t seq = 1, when = time_now();
	const char *who;
	enum errc rc;

	if (sql_next(st->sql, q, &rc, e)) {
		seq = sqlite3_column_int64(q, 0) + 1;
		sql_digest(q, 1, &before);
		sql_done(q);
	}
	if (rc != OK || (rc = sha256_new(&h, e)) != OK)
		return rc;
	who = who_runs(st);
	entry_hash(&before, seq, when, span_str(who), span_str(what), span_str(detail), h, &hash);
	sha256_free(h);
	return sql_run(st->sql, e, "INSERT INTO ledger (seq, when_utc, who, what, detail, hash) VALUES (?, ?, ?, ?, ?, ?)", "iitttd",
	    seq, when, who, what, detail, &hash);
}

void ledger_begin(struct ledger_note *note)
{
	buf_init(&note->b, 64 * KIB);
	note->j = json_to(&note->b);
	json_open(&note->j, NULL, '{');
}

enum errc ledger_end(struct ledger_note *note, struct store *st, const char *what, struct err *e)
{
	enum errc rc;

	json_close(&note->j, '}');
	if ((rc = buf_check(&note->b, e)) == OK)
		rc = ledger_add(st, what, buf_cstr(&note->b), e);
	buf_free(&note->b);
	return rc;
}

enum errc ledger_say(struct store *st, const char *what, struct err *e, ...)
{
	struct ledger_note note;
	const char *name;
	va_list ap;

	ledger_begin(&note);
	va_start(ap, e);
	while ((name = va_arg(ap, const char *)) != NULL)
		json_str(&note.j, name, va_arg(ap, const char *));
	va_end(ap);
	return ledger_end(&note, st, what, e);
}

enum errc ledger_verify(struct store *st, int64_t *n, int64_t *bad_seq, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT seq, when_utc, who, what, detail, hash FROM ledger ORDER BY seq", "");
	struct digest before = {{0}}, want, have;
	struct sha256 *h = NULL;
	enum errc rc;

	*n = *bad_seq = 0;
	if ((rc = sha256_new(&h, e)) != OK)
		return rc;
	while (*bad_seq == 0 && sql_next(st->sql, q, &rc, e)) {
		int64_t seq = sqlite3_column_int64(q, 0);

		entry_hash(&before, seq, sqlite3_column_int64(q, 1), sql_col(q, 2), sql_col(q, 3), sql_col(q, 4), h, &want);
		sql_digest(q, 5, &have);
		if (seq != *n + 1 || memcmp(&want, &have, sizeof want) != 0)
			*bad_seq = *n + 1;
		before = have;
		++*n;
	}
	sql_done(q);
	sha256_free(h);
	return rc;
}

enum errc ledger_dated_back(struct store *st, int64_t *seq, struct err *e)
{
	return sql_int(st->sql, seq, 0, e, "SELECT l.seq FROM ledger l JOIN ledger b ON b.seq = l.seq - 1 WHERE l.when_utc < b.when_utc"
	    " ORDER BY l.seq LIMIT 1", "");
}

enum errc ledger_newest(struct store *st, int64_t *when_utc, struct err *e)
{
	return sql_int(st->sql, when_utc, TIME_NONE, e, "SELECT max(when_utc) FROM ledger", "");
}

enum errc ledger_hash(struct store *st, int64_t seq, struct digest *out, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT hash FROM ledger WHERE seq = ?", "i", seq);
	enum errc rc;

	if (!sql_next(st->sql, q, &rc, e))
		return rc != OK ? rc : err_set(e, ERR_WORLD, "case.db is damaged: no ledger entry %lld", (long long)seq);
	sql_digest(q, 0, out);
	sql_done(q);
	return OK;
}

enum errc ledger_entry(struct store *st, const struct digest *hash, int64_t *seq, struct err *e)
{
	return sql_int(st->sql, seq, 0, e, "SELECT seq FROM ledger WHERE hash = ?", "d", hash);
}
