/* What an organisation says back: credentials reset, tasks done, what was missed or is not theirs. */
#include "serve/private.h"

enum { MARKS_AT_ONCE = 200, MARKS_AN_HOUR = 1000, REPORTS_A_DAY = 50, EXPOSURE_TEXT = 16 };

static const char *const mark_words[] = {"rotated", "revoked", "deactivated", "not_ours", "false_alarm",
    "risk_accepted", "open", NULL};

/* Each is a line in the log, whose room is everybody's: more often than that nobody clicks. */
static enum errc mark_limit(struct call *c, struct err *e) { return call_limit(c, "mark", c->me.id, HOUR, MARKS_AN_HOUR, e); }

/* Nor is anybody's work more in an hour than to mark all that the case has twice: two hundred go in one request, each with its note. */
static enum errc lines_limit(struct call *c, int64_t n, struct err *e)
{
	int64_t all, marked;
	enum errc rc = room_marked(c->l, &c->room, &all, &marked, e);

	return rc != OK ? rc : call_limit_add(c, "marked", c->me.id, HOUR, n, MARKS_AN_HOUR + 2 * (all + c->room.messages), e);
}

/* Of a credential, or of a message that is not theirs. */
struct mark { span exposure, record, mark, note, application; };

static bool mark_read(const struct json_node *n, struct mark *m)
{
	static const char *const names[] = {"exposure", "record", "mark", "note", "application", NULL},
	    *const of_record[] = {"not_ours", "open", NULL};
	const struct json_node *note = json_member(n, "note"), *application = json_member(n, "application");
	bool record = json_member(n, "record") != NULL;

	if (!json_only(n, names) || (note != NULL && note->type != JSON_STRING) ||
	    (application != NULL && application->type != JSON_STRING))
		return false;
	*m = (struct mark){json_text(json_member(n, "exposure")), json_text(json_member(n, "record")), json_text(json_member(n, "mark")),
	    json_text(note), json_text(application)};
	if (record == (json_member(n, "exposure") != NULL) || (record ? m->record.n : m->exposure.n) != EXPOSURE_TEXT)
		return false;
	return span_is_one_of(m->mark, record ? of_record : mark_words) && text_fits(m->note, TEXT_NOTE, false) &&
	    text_fits(m->application, TEXT_APPLICATION, false);
}

static enum errc disown(struct call *c, const struct mark *m, struct err *e)
{
	if (span_eq(m->mark, SPAN_LIT("open")))
		return sql_run(c->l->db, e, "DELETE FROM disowned WHERE room = ? AND record = ?", "ts", c->room.id, m->record);
	return sql_run(c->l->db, e, "INSERT OR REPLACE INTO disowned (room, record, account, person, at, note) VALUES (?, ?, ?, ?, ?, ?)",
	    "tsttis", c->room.id, m->record, c->me.id, c->me.name, c->l->now, m->note);
}

static enum errc mark_put(struct call *c, const struct mark *m, struct err *e)
{
	struct json j = event_begin(c->l, "mark", c->room.id);

	json_str(&j, "account", c->me.id);
	json_str(&j, "person", c->me.name);
	if (m->record.n != 0)
		json_span(&j, "record", m->record);
	else
		json_span(&j, "exposure", m->exposure);
	json_span(&j, "mark", m->mark);
	json_span(&j, "note", m->note);
	json_span(&j, "application", m->application);
	event_end(c->l, &j);
	if (m->record.n != 0)
		return disown(c, m, e);
	if (span_eq(m->mark, SPAN_LIT("open")))
		return sql_run(c->l->db, e, "DELETE FROM mark WHERE room = ? AND exposure = ?", "ts", c->room.id,
		    m->exposure);
	return sql_run(c->l->db, e, "INSERT OR REPLACE INTO mark (room, exposure, mark, account, person, at, note,"
	    " application) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
	    "tssttiss", c->room.id, m->exposure, m->mark, c->me.id, c->me.name, c->l->now, m->note, m->application);
}

static enum errc marks_check(struct call *c, const struct json_node *list, bool *ok, struct err *e)
{
	struct mark m;
	int64_t n;
	enum errc rc;

	*ok = false;
	if (list == NULL || list->type != JSON_ARRAY || list->n == 0 || list->n > MARKS_AT_ONCE)
		return refuse(c, BAD_REQUEST);
	for (const struct json_node *x = list->child; x != NULL; x = x->next) {
		if (!mark_read(x, &m))
			return refuse(c, BAD_REQUEST);
		rc = m.record.n != 0 ? sql_int(c->l->db, &n, 0, e, "SELECT count(*) FROM record WHERE file = ? AND id = ?", "ts", c->room.file, m.record)
		                     : sql_int(c->l->db, &n, 0, e, "SELECT count(*) FROM exposure WHERE room = ? AND id = ?", "ts", c->room.id, m.exposure);
		if (rc != OK)
			return rc;
		if (n == 0 && m.record.n != 0)
			return not_ours(c, "record", "SELECT count(*) FROM record WHERE id = ?", m.record, e);
		if (n == 0)
			return not_ours(c, "exposure", "SELECT count(*) FROM exposure WHERE id = ?", m.exposure, e);
	}
	*ok = true;
	return OK;
}

enum errc route_mark(struct call *c, struct err *e)
{
	static const char *const names[] = {"marks", NULL};
	const struct json_node *list;
	int64_t all, marked;
	struct json j = json_to(c->out);
	struct mark m;
	bool ok;
	enum errc rc;

	if (!body_only(c, names))
		return OK;
	list = json_member(c->body, "marks");
	if ((rc = marks_check(c, list, &ok, e)) != OK || !ok || (rc = mark_limit(c, e)) != OK || c->refusal != FINE ||
	    (rc = lines_limit(c, (int64_t)list->n, e)) != OK || c->refusal != FINE)
		return rc;
	/* The events of one transaction are bounded; a bulk of marks is told in pieces, all before the commit. */
	for (const struct json_node *x = list->child; x != NULL; x = x->next) {
		if (!mark_read(x, &m))
			return refuse(c, BAD_REQUEST);
		if ((c->l->n_events >= 32 && (rc = events_commit(c->l, e)) != OK) || (rc = mark_put(c, &m, e)) != OK)
			return rc;
	}
	if ((rc = room_marked(c->l, &c->room, &all, &marked, e)) != OK)
		return rc;
	if (all > 0 && marked == all && c->room.state == ROOM_REVIEWING)
		rc = room_move(c->l, &c->room, ROOM_RESOLVED, "marked", e);
	else if (marked < all && c->room.state == ROOM_RESOLVED)
		rc = room_move(c->l, &c->room, ROOM_REVIEWING, "unmarked", e);
	json_open(&j, NULL, '{');
	json_i64(&j, "credentials", all);
	json_i64(&j, "marked", marked);
	json_str(&j, "state", room_state_names[c->room.state]);
	json_close(&j, '}');
	return rc;
}

enum errc route_marks(struct call *c, struct err *e)
{
	sqlite3_stmt *q = sql_query(c->l->db, e, "SELECT exposure, mark, person, at, note, application FROM mark"
	    " WHERE room = ? ORDER BY exposure", "t", c->room.id);
	struct json j = json_to(c->out);
	int64_t all, marked;
	enum errc rc;

	json_open(&j, NULL, '{');
	json_open(&j, "marks", '[');
	while (sql_next(c->l->db, q, &rc, e)) {
		json_open(&j, NULL, '{');
		json_span(&j, "exposure", sql_col(q, 0));
		json_span(&j, "mark", sql_col(q, 1));
		json_span(&j, "by", sql_col(q, 2));
		json_time(&j, "at", sql_col_int(q, 3));
		json_span(&j, "note", sql_col(q, 4));
		json_span(&j, "application", sql_col(q, 5));
		json_close(&j, '}');
	}
	json_close(&j, ']');
	if (rc != OK)
		return rc;
	q = sql_query(c->l->db, e, "SELECT record, person, at, note FROM disowned WHERE room = ? ORDER BY record", "t", c->room.id);
	json_open(&j, "records", '[');
	while (sql_next(c->l->db, q, &rc, e)) {
		json_open(&j, NULL, '{');
		json_span(&j, "record", sql_col(q, 0));
		json_str(&j, "mark", "not_ours");
		json_span(&j, "by", sql_col(q, 1));
		json_time(&j, "at", sql_col_int(q, 2));
		json_span(&j, "note", sql_col(q, 3));
		json_close(&j, '}');
	}
	json_close(&j, ']');
	if (rc != OK)
		return rc;
	q = sql_query(c->l->db, e, "SELECT task, done, person, at, note FROM task WHERE room = ? ORDER BY task", "t",
	    c->room.id);
	json_open(&j, "tasks", '[');
	while (sql_next(c->l->db, q, &rc, e)) {
		json_open(&j, NULL, '{');
		json_span(&j, "task", sql_col(q, 0));
		json_bool(&j, "done", sql_col_int(q, 1) != 0);
		json_span(&j, "by", sql_col(q, 2));
		json_time(&j, "at", sql_col_int(q, 3));
		json_span(&j, "note", sql_col(q, 4));
		json_close(&j, '}');
	}
	json_close(&j, ']');
	if (rc != OK || (rc = room_marked(c->l, &c->room, &all, &marked, e)) != OK)
		return rc;
	json_i64(&j, "credentials", all);
	json_i64(&j, "marked", marked);
	json_close(&j, '}');
	return OK;
}

const char *const task_words[N_TASKS + 1] = {[TASK_LOGS] = "logs", [TASK_CONTENT] = "content"};

void task_event(struct logic *l, const char *room, const char *account, const char *person, const char *task, bool done, const char *note)
{
	struct json j = event_begin(l, "task", room);

	json_str(&j, "account", account);
	json_str(&j, "person", person);
	json_str(&j, "task", task);
	json_bool(&j, "done", done);
	json_str(&j, "note", note);
	event_end(l, &j);
}

enum errc route_task(struct call *c, struct err *e)
{
	static const char *const names[] = {"task", "done", "note", NULL};
	const struct json_node *done = json_member(c->body, "done");
	const char *task, *note;
	enum errc rc;

	if (!body_only(c, names) || !body_text(c, "task", 20, false, &task) ||
	    !body_text(c, "note", TEXT_NOTE, false, &note))
		return OK;
	if (!span_is_one_of(span_str(task), task_words) || done == NULL || (done->type != JSON_TRUE && done->type != JSON_FALSE))
		return refuse(c, BAD_REQUEST);
	if ((rc = mark_limit(c, e)) != OK || c->refusal != FINE)
		return rc;
	task_event(c->l, c->room.id, c->me.id, c->me.name, task, done->type == JSON_TRUE, note);
	return sql_run(c->l->db, e, "INSERT OR REPLACE INTO task (room, task, done, person, at, note) VALUES (?, ?,"
	    " ?, ?, ?, ?)", "ttitit", c->room.id, task,
	    (int64_t)(done->type == JSON_TRUE), c->me.name, c->l->now, note);
}

/* NULL or an id of this case; anything else is not found. */
static enum errc report_place(struct call *c, const char *name, const char *sql, const char *of, const char *anywhere,
    const char **out, struct err *e)
{
	const struct json_node *n = json_member(c->body, name);
	int64_t count;
	enum errc rc;

	*out = NULL;
	if (n == NULL || n->type == JSON_NULL)
		return OK;
	if (!body_text(c, name, 24, false, out))
		return OK;
	if ((rc = sql_int(c->l->db, &count, 0, e, sql, "tt", of, *out)) != OK)
		return rc;
	return count != 0 && **out != '\0' ? OK : not_ours(c, name, anywhere, span_str(*out), e);
}

enum errc route_report(struct call *c, struct err *e)
{
	static const char *const names[] = {"kind", "record", "exposure", "text", NULL},
	    *const kinds[] = {"missed", "not_ours", NULL};
	const char *kind, *text, *record, *exposure;
	struct json j;
	enum errc rc;

	if (!body_only(c, names) || !body_text(c, "kind", 20, false, &kind) ||
	    !body_text(c, "text", TEXT_REPORT, true, &text))
		return OK;
	if (!span_is_one_of(span_str(kind), kinds))
		return refuse(c, BAD_REQUEST);
	if ((rc = report_place(c, "record", "SELECT count(*) FROM record WHERE file = ? AND id = ?", c->room.file,
	    "SELECT count(*) FROM record WHERE id = ?", &record, e)) != OK ||
	    c->refusal != FINE)
		return rc;
	/* A personal datum's exposure is known to the browser only; ids of 16 digits that are nobody's credential pass. */
	if (json_member(c->body, "exposure") != NULL && json_member(c->body, "exposure")->type != JSON_NULL) {
		unsigned char digits[EXPOSURE_TEXT / 2];

		if (!body_text(c, "exposure", EXPOSURE_TEXT, false, &exposure) ||
		    !hex_read(span_str(exposure), digits, sizeof digits))
			return refuse(c, BAD_REQUEST);
	} else {
		exposure = NULL;
	}
	if ((rc = call_limit(c, "report", c->me.id, DAY, REPORTS_A_DAY, e)) != OK || c->refusal != FINE)
		return rc;
	j = event_begin(c->l, "report", c->room.id);
	json_str(&j, "account", c->me.id);
	json_str(&j, "person", c->me.name);
	json_str(&j, "kind", kind);
	json_str(&j, "record", record);
	json_str(&j, "exposure", exposure);
	json_str(&j, "text", text);
	event_end(c->l, &j);
	return OK;
}

enum errc route_close(struct call *c, struct err *e)
{
	static const char *const names[] = {NULL};
	struct json j = json_to(c->out);
	enum errc rc;

	if (!body_only(c, names))
		return OK;
	if ((rc = alert(c->l, c->a, &c->room, "closed", (const struct alert_value[]){{"person", c->me.name}, {NULL, NULL}}, e)) != OK ||
	    (rc = room_move(c->l, &c->room, ROOM_CLOSED, "closed", e)) != OK)
		return rc;
	json_open(&j, NULL, '{');
	json_str(&j, "state", room_state_names[c->room.state]);
	json_close(&j, '}');
	return OK;
}
