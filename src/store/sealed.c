#include "store/sealed.h"

#include "base/clock.h"
#include "store/db.h"
#include "store/due.h"

_Static_assert(NOTICE_WRITTEN == 2 && LINK_MENTIONED == 3 && ORG_OURSELVES == 1 && ORG_PERSON == 4, "the statements below spell these numbers");

static bool take_text(struct arena *a, sqlite3_stmt *q, void *row) { return (*(const char **)row = sql_text(a, q, 0)) != NULL; }

static bool take_org(struct arena *a, sqlite3_stmt *q, void *row)
{
	struct sealed_org *o = row;

	return (o->key = sql_text(a, q, 0)) != NULL && (o->name = sql_text(a, q, 1)) != NULL &&
	       (o->country = sql_text(a, q, 2)) != NULL && (o->language = sql_text(a, q, 3)) != NULL &&
	       (o->tenant = sql_text(a, q, 4)) != NULL && (o->case_id = sql_text(a, q, 5)) != NULL;
}

enum errc sealed_org(struct store *st, struct arena *a, int64_t id, struct sealed_org *out, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT key, name, country, language, tenant,"
	    " (SELECT case_id FROM sealed WHERE org_id = org.id ORDER BY version, generation LIMIT 1) FROM org WHERE id = ?", "i", id);
	struct sealed_org *found;
	size_t n;
	enum errc rc = GATHER(st, a, q, take_org, &found, &n, e);

	*out = rc == OK && n != 0 ? *found : (struct sealed_org){0};
	if (rc != OK || n == 0)
		return rc;
	out->id = id;
	q = sql_query(st->sql, e, "SELECT name FROM org_name WHERE org_id = ?1 UNION SELECT name FROM org WHERE id = ?1 ORDER BY 1", "i", id);
	if ((rc = GATHER(st, a, q, take_text, &out->names, &out->n_names, e)) != OK)
		return rc;
	q = sql_query(st->sql, e, "SELECT domain FROM org_domain WHERE org_id = ? ORDER BY domain", "i", id);
	return GATHER(st, a, q, take_text, &out->domains, &out->n_domains, e);
}

static bool take_notice(struct arena *a, sqlite3_stmt *q, void *row)
{
	struct sealed_notice *n = row;

	n->wave = sqlite3_column_int64(q, 3);
	return (n->id = sql_text(a, q, 0)) != NULL && (n->address = sql_text(a, q, 1)) != NULL && (n->language = sql_text(a, q, 2)) != NULL;
}

enum errc sealed_notices(struct store *st, struct arena *a, int64_t org_id, int64_t wave, struct sealed_notice **out,
    size_t *n, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e,
	    "SELECT id, address, language, wave FROM notice WHERE org_id = ? AND wave <= ? AND state = 2 ORDER BY wave, address", "ii", org_id, wave);

	return GATHER(st, a, q, take_notice, out, n, e);
}

static bool take_message(struct arena *a, sqlite3_stmt *q, void *row)
{
	struct sealed_message *m = row;

	(void)a;
	m->id = sqlite3_column_int64(q, 0);
	m->when_utc = sql_time(q, 1);
	sql_digest(q, 2, &m->content);
	sql_digest(q, 3, &m->sha256);
	m->verdict = sqlite3_column_int(q, 4);
	m->version = sqlite3_column_int(q, 5);
	m->roles = (unsigned)sqlite3_column_int(q, 6);
	return true;
}

enum errc sealed_messages(struct store *st, struct arena *a, int64_t org_id, int64_t wave, struct sealed_message **out,
    size_t *n, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e,
	    "SELECT m.id, m.when_utc, m.content_digest, m.sha256, m.verdict, min(d.version),"
	    " sum(DISTINCT CASE WHEN t.role > 0 THEN 1 << t.role ELSE 0 END)"
	    " FROM told t JOIN message m ON m.id = t.message_id JOIN dossier d ON d.org_id = t.org_id AND d.wave = t.wave"
	    /* What a person has withheld since is shown no more. */
	    " WHERE t.org_id = ?1 AND t.wave <= ?2 AND NOT" LINK_IS_WITHHELD("t") "AND NOT" EXPOSURE_IS_WITHHELD("t.exposure_id") "GROUP BY m.id ORDER BY m.when_utc IS NULL, m.when_utc, m.content_digest", "ii", org_id, wave);

	return GATHER(st, a, q, take_message, out, n, e);
}

static bool take_other(struct arena *a, sqlite3_stmt *q, void *row)
{
	struct sealed_other *o = row;

	return (o->key = sql_text(a, q, 0)) != NULL && (o->text = sql_text(a, q, 1)) != NULL;
}

/* The words of a ground: name "Acme", host vpn.acme.example, address a@acme.example. */
#define CALLED \
	" CASE WHEN l.ground LIKE 'name \"%' THEN substr(l.ground, 7, instr(substr(l.ground, 7), '\"') - 1)" \
	" WHEN l.ground LIKE 'host %' THEN substr(l.ground, 6, instr(substr(l.ground, 6) || ' ', ' ') - 1) ELSE '' END "

enum errc sealed_others(struct store *st, struct arena *a, int64_t message_id, int64_t org_id, struct sealed_other **names,
    size_t *n_names, struct sealed_other **domains, size_t *n_domains, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e,
	    "WITH other AS (SELECT DISTINCT l.org_id FROM link l JOIN org o ON o.id = l.org_id"
	    "  WHERE l.message_id = ?1 AND l.org_id <> ?2 AND o.origin NOT IN (1, 4))"
	    " SELECT o.key, n.name FROM other x JOIN org o ON o.id = x.org_id JOIN org_name n ON n.org_id = o.id"
	    " UNION SELECT o.key, o.name FROM other x JOIN org o ON o.id = x.org_id"
	    " UNION SELECT o.key," CALLED "FROM other x JOIN org o ON o.id = x.org_id JOIN link l ON l.org_id = o.id"
	    "  AND l.message_id = ?1 AND l.ground LIKE 'name \"%' ORDER BY 1, 2", "ii", message_id, org_id);
	enum errc rc = GATHER(st, a, q, take_other, names, n_names, e);

	if (rc != OK)
		return rc;
	q = sql_query(st->sql, e,
	    "SELECT DISTINCT o.key, d.domain FROM link l JOIN org o ON o.id = l.org_id JOIN org_domain d ON d.org_id = o.id"
	    " WHERE l.message_id = ?1 AND l.org_id <> ?2 AND o.origin NOT IN (1, 4) ORDER BY 1, 2", "ii", message_id, org_id);
	return GATHER(st, a, q, take_other, domains, n_domains, e);
}

enum errc sealed_called(struct store *st, struct arena *a, int64_t message_id, int64_t org_id, const char ***out, size_t *n,
    struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT" CALLED "AS called FROM link l WHERE l.message_id = ?1 AND l.org_id = ?2"
	    " AND called <> '' ORDER BY 1", "ii", message_id, org_id);

	return GATHER(st, a, q, take_text, out, n, e);
}

static bool take_person(struct arena *a, sqlite3_stmt *q, void *row)
{
	struct sealed_person *p = row;

	return (p->name = sql_text(a, q, 0)) != NULL && (p->address = sql_text(a, q, 1)) != NULL && (p->domain = sql_text(a, q, 2)) != NULL;
}

enum errc sealed_people(struct store *st, struct arena *a, int64_t message_id, struct sealed_person **out, size_t *n,
    struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e,
	    "SELECT DISTINCT p.name, d.address, d.domain FROM party p JOIN address d ON d.id = p.address_id WHERE p.message_id = ?"
	    " ORDER BY 2, 1", "i", message_id);

	return GATHER(st, a, q, take_person, out, n, e);
}

static bool take_finding(struct arena *a, sqlite3_stmt *q, void *row)
{
	struct sealed_finding *f = row;

	f->exposure_id = sqlite3_column_int64(q, 0);
	f->at_byte = (uint64_t)sqlite3_column_int64(q, 2);
	f->n_bytes = (uint64_t)sqlite3_column_int64(q, 3);
	sql_digest(q, 4, &f->exposure);
	f->severity = sqlite3_column_int(q, 6);
	f->version = sqlite3_column_int(q, 8);
	f->told_utc = sql_time(q, 12);
	f->opened_utc = sql_time(q, 14);
	f->theirs = f->version != 0 && sqlite3_column_int(q, 9) != WHOSE_ANOTHERS;
	f->maybe = f->theirs && sqlite3_column_int(q, 9) == WHOSE_READERS_MAYBE;
	return (f->path = sql_text(a, q, 1)) != NULL && (f->class = sql_text(a, q, 5)) != NULL && (f->masked = sql_text(a, q, 7)) != NULL &&
	       (f->place = sql_text(a, q, 10)) != NULL && (f->where = sql_text(a, q, 11)) != NULL && (f->beside = sql_text(a, q, 13)) != NULL;
}

#define TELLS_IT \
	" FROM told t JOIN wave w ON w.number = t.wave WHERE t.org_id = ?2 AND t.message_id = n.message_id AND t.exposure_id = n.exposure_id" \
	" AND t.wave <= ?3"

enum errc sealed_findings(struct store *st, struct arena *a, int64_t message_id, int64_t org_id, int64_t wave,
    struct sealed_finding **out, size_t *n, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e,
	    "SELECT n.exposure_id, n.path, n.at_byte, n.n_bytes, x.digest, x.class, x.severity, x.masked,"
	    " coalesce((SELECT iif(" EXPOSURE_IS_WITHHELD("n.exposure_id") ", 0, min(d.version)) FROM told t JOIN dossier d ON d.org_id = t.org_id AND d.wave = t.wave WHERE t.org_id = ?2"
	    "   AND t.message_id = n.message_id AND t.exposure_id = n.exposure_id AND t.wave <= ?3), 0),"
	    WHOSE("n.exposure_id", "x.class", "?2") ", n.place, " IN_WORDS ","
	    " (SELECT min(w.planned_utc)" TELLS_IT "), n.host, (SELECT min(w.planned_utc)" TELLS_IT " AND t.opened)"
	    " FROM finding n JOIN exposure x ON x.id = n.exposure_id WHERE n.message_id = ?1 ORDER BY n.path, n.at_byte, n.id", "iii", message_id, org_id, wave);

	return GATHER(st, a, q, take_finding, out, n, e);
}

static bool take_verdict(struct arena *a, sqlite3_stmt *q, void *row)
{
	struct sealed_verdict *v = row;

	v->verdict = sqlite3_column_int(q, 1);
	v->reason = sqlite3_column_int(q, 2);
	v->certainty = sqlite3_column_int(q, 3);
	v->n_records = sqlite3_column_int64(q, 4);
	v->first_utc = sql_time(q, 5);
	v->last_utc = sql_time(q, 6);
	return (v->mailbox = sql_text(a, q, 0)) != NULL;
}

enum errc sealed_verdicts(struct store *st, struct arena *a, int64_t message_id, struct sealed_verdict **out, size_t *n,
    struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e,
	    "SELECT mailbox, verdict, reason, confidence, n_records, first_utc, last_utc FROM verdict WHERE message_id = ?"
	    " ORDER BY mailbox, id", "i", message_id);

	return GATHER(st, a, q, take_verdict, out, n, e);
}

enum errc sealed_timeline(struct store *st, int64_t *first_utc, int64_t *last_utc, struct err *e)
{
	enum errc rc = sql_int(st->sql, first_utc, TIME_NONE, e, "SELECT min(e.when_utc)" INTRUDER, "");

	return rc != OK ? rc : sql_int(st->sql, last_utc, TIME_NONE, e, "SELECT max(e.when_utc)" INTRUDER, "");
}

/* ---- what was sealed ------------------------------------------------------------------------------------------ */

enum errc sealed_generation(struct store *st, int64_t org_id, uint32_t *out, struct err *e)
{
	int64_t v;
	enum errc rc = sql_int(st->sql, &v, 1, e, "SELECT generation FROM seal_generation WHERE org_id = ?", "i", org_id);

	*out = (uint32_t)v;
	return rc;
}

enum errc sealed_set_generation(struct store *st, int64_t org_id, uint32_t generation, struct err *e)
{
	return sql_run(st->sql, e, "INSERT OR REPLACE INTO seal_generation (org_id, generation) VALUES (?, ?)", "ii", org_id,
	    (int64_t)generation);
}

enum errc sealed_put(struct store *st, const struct sealed_row *r, struct err *e)
{
	return sql_run(st->sql, e, "INSERT OR REPLACE INTO sealed (org_id, generation, version, wave, case_id, sha256, n_messages,"
	    " n_exposures, n_withheld, when_utc) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", "iiiitdiiii", r->org_id, (int64_t)r->generation,
	    (int64_t)r->version, r->wave, r->case_id, &r->sha256, r->n_messages, r->n_exposures, r->n_withheld, r->when_utc);
}

enum errc sealed_missing(struct store *st, int64_t *wave, struct err *e)
{
	return sql_int(st->sql, wave, 0, e, "SELECT min(d.wave) FROM dossier d JOIN wave w ON w.number = d.wave WHERE w.state = ? AND d.track = ?"
	    " AND EXISTS (SELECT 1 FROM notice n WHERE n.org_id = d.org_id AND n.wave = d.wave AND n.state = ?)"
	    " AND NOT EXISTS (SELECT 1 FROM sealed s WHERE s.org_id = d.org_id AND s.wave >= d.wave)", "iii", (int64_t)WAVE_WRITTEN,
	    (int64_t)TRACK_NOTIFIED, (int64_t)NOTICE_WRITTEN);
}

enum errc sealed_put_record(struct store *st, int64_t org_id, const char *record, int64_t message_id, struct err *e)
{
	return sql_run(st->sql, e, "INSERT OR REPLACE INTO sealed_record (org_id, record, message_id) VALUES (?, ?, ?)", "iti", org_id,
	    record, message_id);
}

enum errc sealed_put_exposure(struct store *st, int64_t org_id, const char *name, int64_t exposure_id, struct err *e)
{
	return sql_run(st->sql, e, "INSERT OR REPLACE INTO sealed_exposure (org_id, exposure, exposure_id) VALUES (?, ?, ?)", "iti", org_id,
	    name, exposure_id);
}
