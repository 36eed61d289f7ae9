/*
 * What people must not forget: once a week what changed in a case and what is open, and a day ahead what is due. The portal knows
 * how many things there are and by when; what they are is sealed.
 */
#include <inttypes.h>

#include "base/clock.h"
#include "serve/private.h"

enum { WEEK = 7 * DAY, ROOMS_AT_ONCE = 4 };

#define UNDONE \
	" NOT EXISTS (SELECT 1 FROM mark m WHERE m.room = d.room AND m.exposure = d.what)" \
	" AND NOT EXISTS (SELECT 1 FROM task t WHERE t.room = d.room AND t.task = d.what AND t.done)"

struct standing {
	int64_t credentials, open, overdue, due; /* due: of the next that is open; 0 */
	int64_t logs_due, content_due;           /* 0: done, or never asked for */
	int64_t marked, tasks_done;              /* in the last week */
};

static enum errc stands(struct logic *l, const struct room *r, struct standing *s, struct err *e)
{
	sqlite3_stmt *q = sql_query(l->db, e, "SELECT what, at FROM due d WHERE room = ? AND" UNDONE, "t", r->id);
	int64_t marked;
	enum errc rc;

	while (sql_next(l->db, q, &rc, e)) {
		span what = sql_col(q, 0);
		int64_t at = sql_col_int(q, 1);

		if (span_eq(what, span_str(task_words[TASK_LOGS])))
			s->logs_due = at;
		else if (span_eq(what, span_str(task_words[TASK_CONTENT])))
			s->content_due = at;
		else if (at < l->now)
			s->overdue++;
		else if (s->due == 0 || at < s->due)
			s->due = at;
	}
	if (rc != OK || (rc = room_marked(l, r, &s->credentials, &marked, e)) != OK ||
	    (rc = sql_int(l->db, &s->marked, 0, e, "SELECT count(*) FROM mark WHERE room = ? AND at > ?", "ti", r->id, l->now - WEEK)) != OK)
		return rc;
	s->open = s->credentials - marked;
	return sql_int(l->db, &s->tasks_done, 0, e, "SELECT count(*) FROM task WHERE room = ? AND at > ? AND done", "ti", r->id, l->now - WEEK);
}

static bool is_open(const struct standing *s) { return s->open != 0 || s->logs_due != 0 || s->content_due != 0; }

struct said { char open[24], all[24], overdue[24], marked[24], tasks[24], next[TIME_TEXT], logs[TIME_TEXT], content[TIME_TEXT]; };

static const char *number(char out[24], int64_t n)
{
	(void)snprintf(out, 24, "%" PRId64, n);
	return out;
}

static enum errc tell(struct logic *l, const struct room *r, const struct standing *s, const char *what, struct err *e)
{
	bool open = is_open(s), logs_late = s->logs_due < l->now, content_late = s->content_due < l->now;
	struct said t;
	const char *logs = s->logs_due != 0 ? time_date(s->logs_due, t.logs) : NULL;
	const char *content = s->content_due != 0 ? time_date(s->content_due, t.content) : NULL;
	const struct alert_value values[] = {{"is_open", open ? "" : NULL}, {"is_done", open ? NULL : ""},
	    {"open", s->open != 0 ? number(t.open, s->open) : NULL}, {"all", number(t.all, s->credentials)},
	    {"overdue", s->overdue != 0 ? number(t.overdue, s->overdue) : NULL}, {"next", s->due != 0 ? time_date(s->due, t.next) : NULL},
	    {"logs", logs_late ? NULL : logs}, {"logs_late", logs_late ? logs : NULL}, {"content", content_late ? NULL : content},
	    {"content_late", content_late ? content : NULL}, {"marked", number(t.marked, s->marked)}, {"tasks", number(t.tasks, s->tasks_done)},
	    {NULL, NULL}};

	return alert(l, l->a, r, what, values, e);
}

static enum errc remind(struct logic *l, const char *id, bool weekly, struct err *e)
{
	struct standing s = {0};
	struct room r;
	struct json j;
	bool found;
	enum errc rc;

	if ((rc = room_load(l, l->a, id, &r, &found, e)) != OK || !found || (rc = stands(l, &r, &s, e)) != OK)
		return rc;
	rc = weekly ? sql_run(l->db, e, "UPDATE room SET weekly = ? WHERE id = ?", "it", l->now, id)
	            : sql_run(l->db, e, "UPDATE room SET reminded = ? WHERE id = ?", "it", l->now + DAY, id);
	if (rc != OK || (!is_open(&s) && s.marked == 0 && s.tasks_done == 0))
		return rc;
	j = event_begin(l, "reminder", id);
	json_str(&j, "kind", weekly ? "weekly" : "due");
	json_i64(&j, "open", s.open);
	json_i64(&j, "overdue", s.overdue);
	json_i64(&j, "marked", s.marked);
	event_end(l, &j);
	return tell(l, &r, &s, weekly ? "week" : "due", e);
}

static enum errc remind_those(struct logic *l, bool weekly, sqlite3_stmt *q, struct err *e)
{
	char ids[ROOMS_AT_ONCE][SEAL_CASE_HEX];
	size_t n = 0;
	enum errc rc;

	while (sql_next(l->db, q, &rc, e)) {
		span id = sql_col(q, 0);

		(void)snprintf(ids[n++], SEAL_CASE_HEX, "%.*s", (int)id.n, (const char *)id.p);
	}
	for (size_t i = 0; i < n && rc == OK; i++)
		rc = remind(l, ids[i], weekly, e);
	return rc;
}

enum errc reminders_due(struct logic *l, struct err *e)
{
	static const char week[] = "SELECT id FROM room WHERE state IN (?, ?, ?) AND coalesce(weekly, since) <= ? LIMIT ?",
	    due[] = "SELECT id FROM room r WHERE state IN (?, ?) AND EXISTS (SELECT 1 FROM due d WHERE d.room = r.id AND d.at <= ?"
	            " AND d.at > coalesce(r.reminded, 0) AND" UNDONE ") LIMIT ?";
	enum errc rc = remind_those(l, true, sql_query(l->db, e, week, "iiiii", (int64_t)ROOM_OPEN, (int64_t)ROOM_REVIEWING,
	    (int64_t)ROOM_RESOLVED, l->now - WEEK, (int64_t)ROOMS_AT_ONCE), e);

	if (rc != OK)
		return rc;
	/* Who has no reviewer yet can do nothing about it. */
	return remind_those(l, false, sql_query(l->db, e, due, "iiii", (int64_t)ROOM_REVIEWING, (int64_t)ROOM_RESOLVED, l->now + DAY,
	    (int64_t)ROOMS_AT_ONCE), e);
}
