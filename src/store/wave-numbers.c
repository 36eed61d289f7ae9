/*
 * How many a wave tells: the one place that counts. Of a wave that is planned the rows are counted; of a written one stands what they came to
 * when it was written, since rows go when a notice is withdrawn, and a case moves on.
 */
#include "base/clock.h"
#include "store/due.h"

_Static_assert(WAVE_WRITTEN == 3 && NOTICE_NO_CONTACT == 3 && TRACK_NOTIFIED == 1 && TRACK_INTERNAL == 2 && TRACK_PERSON == 3, "the statements below spell these numbers");

/* Organisation org has a notice of that wave with an address. */
#define HAS_NOTICE(wave_, org) " EXISTS (SELECT 1 FROM notice hn WHERE hn.wave = " wave_ " AND hn.org_id = " org " AND hn.state <> 3) "
/* What dossiers d say, and whom they tell. */
#define DOSSIERS \
	" SELECT d.wave, d.org_id, o.key AS org, d.version, d.n_messages, d.n_exposures, d.track, d.version > 1 AND NOT" HAD_BEFORE("d.wave", "d.org_id") "AS anew," \
	HAS_NOTICE("d.wave", "d.org_id") "AS told FROM dossier d JOIN wave dw ON dw.number = d.wave JOIN org o ON o.id = d.org_id "
/* What the notices of waves tell of, as wave_told has it. */
#define SUMS \
	" count(DISTINCT t.message_id) AS n_messages, count(DISTINCT nullif(t.exposure_id, 0)) AS n_exposures, min(m.when_utc) AS from_utc, max(m.when_utc) AS to_utc" \
	" FROM told t JOIN message m ON m.id = t.message_id WHERE" HAS_NOTICE("t.wave", "t.org_id")

const char wave_views[] =
	"CREATE TEMP VIEW wave_org AS SELECT x.*, x.told AND" NO_LONGER_TOLD("x.wave", "x.org_id") "AS withdrawn"
	" FROM (SELECT * FROM main.wave_told_org UNION ALL" DOSSIERS "WHERE dw.state <> 3) x;"
	"CREATE TEMP VIEW wave_numbers AS SELECT w.number AS wave, coalesce(c.organisations, 0) AS organisations, coalesce(c.first, 0) AS first,"
	" coalesce(c.supplements, 0) AS supplements, coalesce(c.anew, 0) AS anew, coalesce(c.no_contact, 0) AS no_contact, coalesce(c.internal, 0) AS internal,"
	" coalesce(c.persons, 0) AS persons, coalesce(c.persons_unreached, 0) AS persons_unreached, coalesce(c.withdrawn, 0) AS withdrawn,"
	" coalesce(c.persons_withdrawn, 0) AS persons_withdrawn, (SELECT count(*) FROM notice n WHERE n.wave = w.number AND n.state <> 3) AS notices,"
	" coalesce(y.n_messages, 0) AS messages, coalesce(y.n_exposures, 0) AS exposures, y.from_utc, y.to_utc"
	" FROM main.wave w LEFT JOIN (SELECT wave, n_messages, n_exposures, from_utc, to_utc FROM main.wave_told UNION ALL SELECT t.wave," SUMS
	"AND t.wave IN (SELECT number FROM main.wave WHERE state <> 3) GROUP BY t.wave) y ON y.wave = w.number"
	" LEFT JOIN (SELECT wave, sum(track = 1 AND told) AS organisations, sum(track = 1 AND told AND version = 1) AS first,"
	" sum(track = 1 AND told AND version > 1 AND NOT anew) AS supplements, sum(track = 1 AND told AND version > 1 AND anew) AS anew, sum(track = 1 AND NOT told) AS no_contact,"
	" sum(track = 2) AS internal, sum(track = 3 AND told) AS persons, sum(track = 3 AND NOT told) AS persons_unreached, sum(track = 1 AND withdrawn) AS withdrawn,"
	" sum(track = 3 AND withdrawn) AS persons_withdrawn FROM wave_org GROUP BY wave) c ON c.wave = w.number;";

enum errc wave_numbers(struct store *st, int64_t number, struct wave_numbers *out, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT organisations, first, supplements, anew, no_contact, internal, persons, persons_unreached, withdrawn,"
	    " persons_withdrawn, notices, messages, exposures, from_utc, to_utc FROM wave_numbers WHERE wave = ?", "i", number);
	enum errc rc;

	*out = (struct wave_numbers){.from_utc = TIME_NONE, .to_utc = TIME_NONE};
	if (sql_next(st->sql, q, &rc, e)) {
		int64_t *const v[] = {&out->organisations, &out->first, &out->supplements, &out->anew, &out->no_contact, &out->internal, &out->persons,
		    &out->persons_unreached, &out->withdrawn, &out->persons_withdrawn, &out->notices, &out->messages, &out->exposures};
		const int n = sizeof v / sizeof v[0];

		for (int i = 0; i < n; i++)
			*v[i] = sqlite3_column_int64(q, i);
		out->from_utc = sql_time(q, n);
		out->to_utc = sql_time(q, n + 1);
		sql_done(q);
	}
	return rc;
}

enum errc wave_keep_numbers(struct store *st, int64_t number, struct err *e)
{
	enum errc rc = sql_run(st->sql, e, "INSERT INTO wave_told SELECT ?1," SUMS "AND t.wave = ?1", "i", number);

	return rc != OK ? rc : sql_run(st->sql, e, "INSERT INTO wave_told_org" DOSSIERS "WHERE d.wave = ?", "i", number);
}

static bool take_told_row(struct arena *a, sqlite3_stmt *q, void *row)
{
	struct wave_told_row *r = row;

	*r = (struct wave_told_row){sqlite3_column_int64(q, 0), sql_text(a, q, 1), sql_text(a, q, 2), sql_text(a, q, 3), sqlite3_column_int(q, 4), sqlite3_column_int(q, 5),
	    sqlite3_column_int64(q, 6), sqlite3_column_int64(q, 7), sqlite3_column_int(q, 8) != 0, sqlite3_column_int(q, 9) != 0, sqlite3_column_int(q, 10) != 0};
	return r->org != NULL && r->key != NULL && r->name != NULL;
}

enum errc wave_told_rows(struct store *st, struct arena *a, int64_t wave, struct wave_told_row **out, size_t *n, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT x.org_id, x.org, o.key, o.name, x.version, x.track, x.n_messages, x.n_exposures, x.told, x.anew, x.withdrawn"
	    " FROM wave_org x JOIN org o ON o.id = x.org_id WHERE x.wave = ? ORDER BY x.org", "i", wave);

	return GATHER(st, a, q, take_told_row, out, n, e);
}
