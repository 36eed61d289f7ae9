#include "store/orgs.h"

#include "store/db.h"
#include "store/parties.h"

/* Rows of one kind of the messages of a range: where in the result the message stands. */
static struct mail_row *row_of(struct mail_row *rows, size_t n, size_t *at, int64_t id)
{
	while (*at < n && rows[*at].id < id)
		(*at)++;
	return *at < n && rows[*at].id == id ? &rows[*at] : NULL;
}

static bool take_mail(struct arena *a, sqlite3_stmt *q, void *row)
{
	struct mail_row *m = row;

	*m = (struct mail_row){.id = sqlite3_column_int64(q, 0), .traits = (unsigned)sqlite3_column_int64(q, 1),
	    .verified_domain = sql_text(a, q, 2), .rfc822_id = sql_text(a, q, 3),
	    .ruleset_id = sqlite3_column_int64(q, 4), .redo = sqlite3_column_int(q, 5) != 0};
	return m->verified_domain != NULL && m->rfc822_id != NULL;
}

static enum errc read_mail(struct store *st, struct arena *a, int64_t first, int64_t last, struct mail_row **rows,
    size_t *n, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e,
	    "SELECT m.id, m.traits, m.verified_domain, m.rfc822_id, " SCANNED_BY("m.id", "s") ", a.message_id IS NOT NULL"
	    " FROM message m LEFT JOIN scanned s ON s.message_id = m.id LEFT JOIN attributed a ON a.message_id = m.id"
	    " WHERE m.id BETWEEN ?1 AND ?2 ORDER BY m.id", "ii", first, last);

	return GATHER(st, a, q, take_mail, rows, n, e);
}

static enum errc parties_of(struct arena *a, span list, struct mail_row *m, struct err *e)
{
	struct party_seen seen;
	size_t max = 0;

	for (size_t i = 0; i < list.n; i++)
		max += list.p[i] == '[';
	if ((m->parties = arena_alloc(a, max * sizeof *m->parties)) == NULL)
		return err_memory(e);
	while (party_next(&list, &seen)) {
		struct party_row *p = &m->parties[m->n_parties++];

		*p = (struct party_row){seen.role, seen.address_id, party_name(a, &seen)};
		if (p->name == NULL)
			return err_memory(e);
	}
	return party_end(list, e);
}

static enum errc read_parties(struct store *st, struct arena *a, struct mail_row *rows, size_t n, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT message_id, list FROM party_list WHERE message_id BETWEEN ?1 AND ?2 ORDER BY message_id",
	    "ii", rows[0].id, rows[n - 1].id);
	size_t at = 0;
	enum errc rc;

	while (sql_next(st->sql, q, &rc, e)) {
		struct mail_row *m = row_of(rows, n, &at, sqlite3_column_int64(q, 0));

		if (m != NULL && (rc = parties_of(a, sql_col(q, 1), m, e)) != OK)
			break;
	}
	sql_done(q);
	return rc;
}

static bool take_finding(struct arena *a, sqlite3_stmt *q, void *row)
{
	struct finding_row *f = row;

	*f = (struct finding_row){sqlite3_column_int64(q, 0), sqlite3_column_int64(q, 1), sqlite3_column_int64(q, 2),
	    sql_text(a, q, 3), sql_text(a, q, 4), sql_text(a, q, 5), (uint64_t)sqlite3_column_int64(q, 6),
	    (uint64_t)sqlite3_column_int64(q, 7)};
	return f->path != NULL && f->host != NULL && f->class != NULL;
}

static enum errc read_findings(struct store *st, struct arena *a, struct mail_row *rows, size_t n, struct err *e)
{
	struct finding_row *all;
	size_t n_all, at = 0;
	enum errc rc = orgs_findings(st, a, rows[0].id, rows[n - 1].id, &all, &n_all, e);

	for (size_t i = 0; rc == OK && i < n_all; i++) {
		struct mail_row *m = row_of(rows, n, &at, all[i].message_id);

		if (m != NULL && m->n_findings++ == 0)
			m->findings = &all[i];
	}
	return rc;
}

static enum errc read_carriers(struct store *st, struct arena *a, struct mail_row *rows, size_t n, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT DISTINCT message_id, parent_id FROM location"
	    " WHERE message_id BETWEEN ?1 AND ?2 AND parent_id IS NOT NULL ORDER BY message_id, parent_id",
	    "ii", rows[0].id, rows[n - 1].id);
	size_t at = 0, cap = 0;
	enum errc rc;

	while (sql_next(st->sql, q, &rc, e)) {
		struct mail_row *m = row_of(rows, n, &at, sqlite3_column_int64(q, 0));
		int64_t *c;

		if (m == NULL)
			continue;
		cap = m->n_carriers != 0 ? cap : 0; /* of the newest message */
		if ((c = arena_grow(a, m->carriers, m->n_carriers, &cap, sizeof *c, 1)) == NULL) {
			sql_done(q);
			return err_memory(e);
		}
		m->carriers = c;
		m->carriers[m->n_carriers++] = sqlite3_column_int64(q, 1);
	}
	return rc;
}

enum errc orgs_messages(struct store *st, struct arena *a, int64_t first, int64_t last, struct mail_row **rows,
    size_t *n, struct err *e)
{
	enum errc rc = read_mail(st, a, first, last, rows, n, e);

	if (rc != OK || *n == 0 || (rc = read_parties(st, a, *rows, *n, e)) != OK ||
	    (rc = read_findings(st, a, *rows, *n, e)) != OK)
		return rc;
	return read_carriers(st, a, *rows, *n, e);
}

enum errc orgs_message(struct store *st, struct arena *a, int64_t id, struct mail_row **row, struct err *e)
{
	size_t n;
	enum errc rc = orgs_messages(st, a, id, id, row, &n, e);

	if (rc == OK && n == 0)
		*row = NULL;
	return rc;
}

enum errc orgs_ahead(struct store *st, int64_t first, int64_t n, int64_t *last, struct err *e)
{
	enum errc rc = sql_int(st->sql, last, first + n, e, "SELECT message_id FROM finding WHERE message_id BETWEEN ?1 AND ?2"
	    " ORDER BY message_id LIMIT 1 OFFSET 50000", "ii", first, first + n - 1);

	*last = *last > first ? *last - 1 : first;
	return rc;
}

enum errc orgs_findings(struct store *st, struct arena *a, int64_t first, int64_t last, struct finding_row **rows, size_t *n,
    struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e,
	    "SELECT message_id, id, exposure_id, path, host, class, at_byte, n_bytes FROM finding"
	    " WHERE message_id BETWEEN ?1 AND ?2 ORDER BY message_id, id", "ii", first, last);

	return GATHER(st, a, q, take_finding, rows, n, e);
}

enum errc orgs_addresses(struct store *st, struct arena *a, int64_t first, size_t n, const char **out, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT id, address FROM address WHERE id BETWEEN ? AND ?", "ii", first, first + (int64_t)n - 1);
	enum errc rc;

	for (size_t i = 0; i < n; i++)
		out[i] = NULL;
	while (sql_next(st->sql, q, &rc, e))
		if ((out[sqlite3_column_int64(q, 0) - first] = sql_text(a, q, 1)) == NULL) {
			sql_done(q);
			return err_memory(e);
		}
	return rc;
}

#define DUE " FROM message m LEFT JOIN attributed a ON a.message_id = m.id LEFT JOIN scanned s ON s.message_id = m.id" \
	" WHERE m.id > ?1 AND in_scope(m.verdict) AND (a.message_id IS NULL OR a.disposition = ?2 OR a.ruleset_id <> " SCANNED_BY("m.id", "s") ")"

enum errc orgs_due(struct store *st, int64_t after, int64_t *ids, size_t max, size_t *n, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT m.id" DUE " ORDER BY m.id LIMIT ?3", "iii", after,
	    (int64_t)DISPOSITION_UNREADABLE, (int64_t)max);

	return sql_ints(st->sql, q, ids, max, n, e);
}

enum errc orgs_due_bytes(struct store *st, uint64_t *n, struct err *e)
{
	int64_t bytes;
	enum errc rc = sql_int(st->sql, &bytes, 0, e, "SELECT sum(m.n_bytes)" DUE, "ii", (int64_t)0, (int64_t)DISPOSITION_UNREADABLE);

	*n = rc == OK ? (uint64_t)bytes : 0;
	return rc;
}

enum errc orgs_due_shut(struct store *st, bool given, bool near, uint64_t *n, struct err *e)
{
	int64_t count = 0;
	enum errc rc = sql_int(st->sql, &count, 0, e, "SELECT count(*)" DUE " AND m.id IN (SELECT json_extract(l.detail, '$.message') FROM ledger l"
	    " WHERE l.what = 'open' AND NOT iif(json_extract(l.detail, '$.password_found_in_message') IS NULL, ?3, ?4))", "iiii", (int64_t)0,
	    (int64_t)DISPOSITION_UNREADABLE, (int64_t)given, (int64_t)near);

	*n = (uint64_t)count;
	return rc;
}

/* ---- writing ------------------------------------------------------------------------------------------------ */

static enum errc run_all(struct store *st, const char *const *sql, size_t n, struct err *e)
{
	enum errc rc = OK;

	for (size_t i = 0; i < n && rc == OK; i++)
		rc = sql_run(st->sql, e, sql[i], "");
	return rc;
}

#define TOLD "SELECT org_id FROM told UNION SELECT org_id FROM dossier UNION SELECT org_id FROM notice"
#define KEPT "(" TOLD " UNION SELECT id FROM org WHERE origin = 1 UNION SELECT org_id FROM joined UNION SELECT into_id FROM joined)"
/* Who stands in a wave that is written. */
#define NOTED "SELECT n.org_id FROM notice n JOIN wave w ON w.number = n.wave WHERE w.state = 3"
#define CONCERNS "SELECT org_id FROM link UNION SELECT org_id FROM owner"
/* Addresses of free mail stand in org_was from the start, since they are no domains of the organisation: of who is not told yet they mean nothing. */
#define IS_ADDRESS "instr(domain, '@') > 0"

static enum errc wipe(struct store *st, struct err *e)
{
	static const char *const sql[] = {
	    "DELETE FROM link", "DELETE FROM owner", "DELETE FROM person", "DELETE FROM attributed",
	    "DELETE FROM conflict", "DELETE FROM contact", "DELETE FROM joined",
	    /* Of waves that were written before these were noted then. */
	    "INSERT OR IGNORE INTO org_was SELECT domain, org_id FROM org_domain WHERE org_id IN (" NOTED ") AND org_id NOT IN (SELECT org_id FROM org_was)"
	    " AND org_id NOT IN (SELECT id FROM org WHERE origin = 1)",
	    "INSERT OR IGNORE INTO org_was SELECT lower(key), id FROM org WHERE origin = 4 AND id IN (" NOTED ") AND id NOT IN (SELECT org_id FROM org_was)",
	    "DELETE FROM org_was WHERE org_id NOT IN (" TOLD ") OR (" IS_ADDRESS " AND org_id NOT IN (" NOTED "))", "DELETE FROM org_domain", "DELETE FROM org_name",
	    "DELETE FROM org WHERE id NOT IN " KEPT, "DELETE FROM directory"};

	return run_all(st, sql, sizeof sql / sizeof *sql, e);
}

static bool take_told(struct arena *a, sqlite3_stmt *q, void *row)
{
	struct org_told *r = row;

	*r = (struct org_told){sqlite3_column_int64(q, 0), sql_text(a, q, 1), sql_text(a, q, 2), sqlite3_column_int(q, 3) != 0};
	return r->key != NULL && r->domain != NULL;
}

enum errc orgs_told(struct store *st, struct arena *a, struct org_told **rows, size_t *n, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT w.org_id, o.key, w.domain, (SELECT count(*) FROM org_was x WHERE x.domain = w.domain) > 1"
	    " FROM org_was w JOIN org o ON o.id = w.org_id LEFT JOIN"
	    " (SELECT org_id, min(wave) AS first FROM notice WHERE state = 2 GROUP BY org_id) n ON n.org_id = w.org_id"
	    " ORDER BY n.first IS NULL, n.first, w.org_id, w.domain", "");

	return GATHER(st, a, q, take_told, rows, n, e);
}

enum errc orgs_rename(struct store *st, int64_t id, const char *key, bool *done, struct err *e)
{
	enum errc rc = sql_run(st->sql, e, "UPDATE org SET key = ?2 WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM org WHERE key = ?2)", "it",
	    id, key);

	*done = rc == OK && sql_changed(st->sql) != 0;
	return rc;
}

enum errc orgs_join(struct store *st, int64_t id, const char *key, struct err *e)
{
	return sql_run(st->sql, e, "INSERT INTO joined (org_id, into_id) SELECT ?1, id FROM org WHERE key = ?2 AND id <> ?1 AND origin <> 1", "it", id, key);
}

/* Messages attributed before the message that carries them was read: the mark makes them due again. */
static enum errc mark_carried(struct store *st, struct err *e)
{
	enum errc rc;
	int64_t n;

	do {
		if ((rc = sql_run(st->sql, e, "UPDATE attributed SET ruleset_id = -1 WHERE ruleset_id <> -1 AND message_id IN ("
		    "SELECT l.message_id FROM location l LEFT JOIN attributed a ON a.message_id = l.parent_id"
		    " WHERE l.parent_id IS NOT NULL AND (a.message_id IS NULL OR a.ruleset_id = -1))", "")) != OK)
			return rc;
		n = sql_changed(st->sql);
	} while (n != 0);
	return OK;
}

enum errc orgs_directory(struct store *st, struct arena *a, const char **path, int64_t *n_orgs, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT path, n_orgs FROM directory ORDER BY id DESC LIMIT 1", "");
	enum errc rc;

	*path = "";
	*n_orgs = 0;
	if (sql_next(st->sql, q, &rc, e)) {
		*n_orgs = sqlite3_column_int64(q, 1);
		if ((*path = sql_text(a, q, 0)) == NULL)
			rc = err_memory(e);
		sql_done(q);
	}
	return rc;
}

enum errc orgs_begin(struct store *st, const struct digest *d, const char *path, size_t n_orgs,
    int64_t *directory_id, bool *anew, struct err *e)
{
	int64_t other, rescanned;
	enum errc rc;

	*anew = false;
	if ((rc = sql_int(st->sql, &other, 0, e, "SELECT count(*) FROM directory WHERE digest <> ?", "d", d)) != OK ||
	    (rc = sql_int(st->sql, &rescanned, 0, e, "SELECT EXISTS (SELECT 1 FROM attributed a LEFT JOIN scanned s USING"
	    " (message_id) WHERE a.ruleset_id > 0 AND a.ruleset_id <> coalesce(s.ruleset_id, 0))", "")) != OK)
		return rc;
	if (other != 0 || rescanned != 0) {
		*anew = true;
		if ((rc = wipe(st, e)) != OK)
			return rc;
	}
	if ((rc = sql_run(st->sql, e, "INSERT INTO directory (digest, path, n_orgs) VALUES (?, ?, ?)"
	    " ON CONFLICT (digest) DO NOTHING", "dti", d, path, (int64_t)n_orgs)) != OK ||
	    (rc = sql_int(st->sql, directory_id, 0, e, "SELECT id FROM directory WHERE digest = ?", "d", d)) != OK ||
	    (rc = parties_attributed(st, e)) != OK)
		return rc;
	return mark_carried(st, e);
}

enum errc orgs_finish(struct store *st, struct err *e)
{
	static const char *const sql[] = {
	    "DELETE FROM owner WHERE exposure_id NOT IN (SELECT id FROM exposure)",
	    "DELETE FROM owner WHERE ground IN " GUESSED_GROUNDS " AND EXISTS (SELECT 1 FROM owner o"
	    " WHERE o.exposure_id = owner.exposure_id AND o.ground NOT IN " GUESSED_GROUNDS ")",
	    /* What somebody else wrote first is not ours because we wrote it, too. */
	    "DELETE FROM owner WHERE ground = '" GROUND_FROM_US "' AND EXISTS (SELECT 1 FROM finding f JOIN link l ON l.message_id = f.message_id"
	    " AND l.role = 1 WHERE f.exposure_id = owner.exposure_id)",
	    "DELETE FROM owner WHERE ground = '" GROUND_AMONG_US "' AND EXISTS (SELECT 1 FROM owner o"
	    " WHERE o.exposure_id = owner.exposure_id AND o.ground <> '" GROUND_AMONG_US "')",
	    /* One that has kept its name and has other domains now. */
	    "DELETE FROM joined WHERE org_id IN (" CONCERNS ")",
	    "DELETE FROM org_was WHERE org_id NOT IN (" TOLD ") AND NOT (" IS_ADDRESS " AND org_id IN (" CONCERNS "))",
	    "DELETE FROM org WHERE id NOT IN (" CONCERNS ") AND id NOT IN " KEPT,
	    "DELETE FROM contact WHERE org_id NOT IN (SELECT id FROM org)",
	    "DELETE FROM org_name WHERE org_id NOT IN (SELECT id FROM org)",
	    "DELETE FROM org_domain WHERE org_id NOT IN (SELECT id FROM org)"};

	enum errc rc = sql_flush(st->sql, e);

	return rc != OK ? rc : run_all(st, sql, sizeof sql / sizeof *sql, e);
}

static enum errc put_lists(struct store *st, const struct org_row *o, int64_t id, struct err *e)
{
	enum errc rc = OK;

	for (size_t i = 0; i < o->n_domains && rc == OK; i++)
		rc = sql_run(st->sql, e, "INSERT INTO org_domain (domain, org_id) VALUES (?, ?)"
		    " ON CONFLICT (domain) DO UPDATE SET org_id = excluded.org_id", "ti", o->domains[i], id);
	if (rc == OK && (rc = sql_run(st->sql, e, "DELETE FROM org_name WHERE org_id = ?", "i", id)) == OK)
		rc = sql_run(st->sql, e, "INSERT INTO org_name (org_id, name) VALUES (?, ?)", "it", id, o->name);
	for (size_t i = 0; i < o->n_aliases && rc == OK; i++)
		rc = sql_run(st->sql, e, "INSERT OR IGNORE INTO org_name (org_id, name) VALUES (?, ?)", "it", id, o->aliases[i]);
	if (rc == OK)
		rc = sql_run(st->sql, e, "DELETE FROM contact WHERE org_id = ?", "i", id);
	for (size_t i = 0; i < o->n_contacts && rc == OK; i++)
		rc = sql_run(st->sql, e, "INSERT INTO contact (org_id, seq, address, role) VALUES (?, ?, ?, ?)", "iitt", id,
		    (int64_t)i, o->contacts[i].address, o->contacts[i].role);
	return rc;
}

enum errc orgs_put(struct store *st, const struct org_row *o, int64_t *id, struct err *e)
{
	enum errc rc;

	if ((rc = sql_int(st->sql, id, 0, e, "SELECT id FROM org WHERE key = ?", "t", o->key)) != OK)
		return rc;
	for (size_t i = 0; *id == 0 && o->origin == ORG_DIRECTORY && i < o->n_domains; i++)
		if ((rc = sql_int(st->sql, id, 0, e, "SELECT id FROM org WHERE key = ? AND origin = 3", "t",
		    o->domains[i])) != OK)
			return rc;
	if (*id == 0 && (rc = sql_int(st->sql, id, 1, e, "SELECT max(id) + 1 FROM org", "")) != OK)
		return rc;
	if ((rc = sql_run(st->sql, e, "INSERT INTO org (id, key, name, origin, country, language, tenant, notes)"
	    " VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (id) DO UPDATE SET key = ?2, name = ?3, origin = ?4,"
	    " country = ?5, language = ?6, tenant = ?7, notes = ?8", "ittitttt", *id, o->key, o->name, (int64_t)o->origin,
	    o->country, o->language, o->tenant, o->notes)) != OK)
		return rc;
	return put_lists(st, o, *id, e);
}

enum errc orgs_address(struct store *st, int64_t id, const char *address, struct err *e)
{
	return sql_run(st->sql, e, "INSERT OR IGNORE INTO org_was (domain, org_id) VALUES (lower(?), ?)", "ti", address, id);
}

enum errc orgs_conflict(struct store *st, const char *domain, const char *first, const char *second, struct err *e)
{
	return sql_run(st->sql, e, "INSERT OR IGNORE INTO conflict (domain, first, second) VALUES (?, ?, ?)", "ttt", domain,
	    first, second);
}

enum errc orgs_forget(struct store *st, int64_t message_id, struct err *e)
{
	enum errc rc = sql_run(st->sql, e, "DELETE FROM link WHERE message_id = ?", "i", message_id);

	if (rc == OK)
		rc = sql_run(st->sql, e, "DELETE FROM attributed WHERE message_id = ?", "i", message_id);
	return rc != OK ? rc : sql_run(st->sql, e, "DELETE FROM person WHERE message_id = ?", "i", message_id);
}

enum errc orgs_link(struct store *st, const struct link_row *l, struct err *e)
{
	return sql_put(st->sql, e, "INSERT OR FAIL INTO link (message_id, org_id, role, certainty, ground, at, counts, why_not)", "iiiittit",
	    l->message_id, l->org_id, (int64_t)l->role, (int64_t)l->certainty, l->ground, l->at, (int64_t)l->counts, l->why_not);
}

/* The first ground stays: findings come in the order of their messages. */
enum errc orgs_owner(struct store *st, int64_t exposure_id, int64_t org_id, const char *ground, struct err *e)
{
	return sql_run(st->sql, e, "INSERT OR IGNORE INTO owner (exposure_id, org_id, ground) VALUES (?, ?, ?)", "iit",
	    exposure_id, org_id, ground);
}

enum errc orgs_person(struct store *st, int64_t message_id, int64_t address_id, enum link_role role, struct err *e)
{
	return sql_run(st->sql, e, "INSERT OR IGNORE INTO person (message_id, address_id, role) VALUES (?, ?, ?)", "iii",
	    message_id, address_id, (int64_t)role);
}

enum errc orgs_attributed(struct store *st, const struct mail_row *m, int64_t directory_id, enum disposition d,
    struct err *e)
{
	return sql_put(st->sql, e, "INSERT OR FAIL INTO attributed (message_id, directory_id, disposition, ruleset_id)", "iiii",
	    m->id, directory_id, (int64_t)d, m->ruleset_id);
}

enum errc orgs_counts(struct store *st, struct orgs_count *out, struct err *e)
{
	sqlite3_stmt *q;
	enum errc rc;

	*out = (struct orgs_count){0};
	if ((rc = sql_int(st->sql, &out->orgs, 0, e, "SELECT count(*)" CONCERNED, "")) != OK ||
	    (rc = sql_int(st->sql, &out->derived, 0, e, "SELECT count(*)" CONCERNED " AND o.origin = 3", "")) != OK ||
	    (rc = sql_int(st->sql, &out->links, 0, e, "SELECT count(*) FROM link", "")) != OK ||
	    (rc = sql_int(st->sql, &out->persons, 0, e, "SELECT " PERSONS, "")) != OK ||
	    (rc = sql_int(st->sql, &out->owners, 0, e, "SELECT count(*) FROM owner", "")) != OK ||
	    (rc = sql_int(st->sql, &out->conflicts, 0, e, "SELECT count(*) FROM conflict", "")) != OK)
		return rc;
	/* counted here: without an index SQLite would put them in order first */
	q = sql_query(st->sql, e, "SELECT disposition FROM attributed", "");
	while (sql_next(st->sql, q, &rc, e)) {
		int64_t d = sqlite3_column_int64(q, 0);

		if (d > 0 && d < 7)
			out->dispositions[d]++;
	}
	return rc;
}
