/* Events: lines for the log, gathered in a request and given to the log process before the transaction is committed. */
#include "serve/private.h"

#include "base/clock.h"

struct json event_begin(struct logic *l, const char *event, const char *room)
{
	struct json j = json_to(&l->events);

	if (l->n_events < EVENTS_AT_ONCE) {
		char *to = l->event_rooms[l->n_events];

		to[0] = '\0';
		if (room != NULL)
			(void)snprintf(to, SEAL_CASE_HEX, "%s", room);
	} else {
		l->events.failed = true;
	}
	json_open(&j, NULL, '{');
	json_u64(&j, "v", 1);
	json_time(&j, "at", l->now);
	json_str(&j, "event", event);
	if (room != NULL)
		json_str(&j, "case", room);
	return j;
}

void event_end(struct logic *l, struct json *j)
{
	json_close(j, '}');
	json_end_line(j);
	l->n_events++;
}

void events_drop(struct logic *l)
{
	buf_clear(&l->events);
	l->n_events = l->n_kept = 0;
	l->kept_bytes = 0;
	l->sync = false;
}

/* The log's answer: u8 well, u64 first number. */
enum errc events_commit(struct logic *l, struct err *e)
{
	span rest;
	span line;
	struct cursor c;
	uint64_t first;
	enum errc rc;

	if (l->n_events == 0)
		return OK;
	if ((rc = buf_check(&l->events, e)) != OK)
		return rc;
	buf_clear(&l->ask);
	buf_u8(&l->ask, l->sync);
	buf_u32(&l->ask, (uint32_t)l->n_events);
	for (rest = buf_span(&l->events); span_line(&rest, &line);)
		buf_bytes(&l->ask, line);
	if ((rc = buf_check(&l->ask, e)) != OK || (rc = logic_ask(l, l->fds->log, WIRE_APPEND, e)) != OK)
		return rc;
	c = cursor_of(buf_span(&l->answer));
	if (cursor_u8(&c) != 1)
		return err_set(e, ERR_WORLD, "the log could not be written");
	first = cursor_u64(&c);
	if (!cursor_done(&c))
		return err_set(e, ERR_WORLD, "the log answers something else");
	/* Also of what is no case's: a refusal costs the same whether there is somebody to tell of it. */
	for (size_t i = 0; i < l->n_events && rc == OK; i++)
		rc = sql_run(l->db, e, "INSERT OR IGNORE INTO entry (room, n) VALUES (?, ?)", "ti", l->event_rooms[i], (int64_t)(first + i));
	events_drop(l);
	return rc;
}
