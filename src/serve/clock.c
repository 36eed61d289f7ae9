/*
 * The clock as the portal goes by it. Windows, sessions and ends are counted by it, and it may be set: ahead, as when a machine that
 * began in another year learns what year it is, or back. Either may be the mistake, and either may be the mending of one. So nothing
 * that is erased for good is erased sooner by it, nothing that lets somebody in lasts longer, and the room stays open.
 */
#include "serve/private.h"

#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"

/* Tests set the clock by a file with seconds to add. */
static int64_t clock_now(const struct logic *l)
{
	char text[24] = "";
	ssize_t n;

	if (l->fds->clock < 0)
		return time_now();
	n = pread(l->fds->clock, text, sizeof text - 1, 0);
	return time_now() + (n > 0 ? strtoll(text, NULL, 10) : 0);
}

int64_t clock_up(void) { return (int64_t)(time_monotonic_ms() / 1000); }

bool clock_held(const struct logic *l) { return clock_up() < l->held_to; }

/* Who may object has the whole time for it, by whichever clock. */
static enum errc objections_anew(struct logic *l, struct err *e)
{
	return sql_run(l->db, e, "UPDATE room SET until = ? WHERE state = ?", "ii", l->now + l->c->objection_seconds, (int64_t)ROOM_CLAIM_WAIT);
}

/* What a case came to in the day before may have been written down by a clock that was behind: its end goes with it. */
static enum errc leapt(struct logic *l, void *ctx, struct err *e)
{
	const int64_t *by = ctx;
	enum errc rc = sql_run(l->db, e, "UPDATE room SET since = since + ?1, until = until + ?1, notified = CASE WHEN notified > ?2 THEN"
	    " notified + ?1 ELSE notified END WHERE since > ?2 AND since <= ?3 AND until IS NOT NULL", "iii", *by, l->looked - DAY,
	    l->looked + CLOCK_BACK);

	return rc == OK ? objections_anew(l, e) : rc;
}

/*
 * What ends by the clock is erased, or opened, for good; a clock that leaps may be set right in a minute. So such ends wait for an hour
 * after a leap, and after a start of a state that nobody wrote for a day, which is no sign of what the clock was before.
 */
enum errc clock_look(struct logic *l, int64_t most, struct err *e)
{
	int64_t up = clock_up(), by = l->now - l->looked - (up - l->looked_up);
	enum errc rc = OK;

	if (l->c->leap_seconds != 0 && by > most) {
		process_say("logic", "the clock leaps, or nothing was written here for a day: what ends by it waits for an hour");
		l->held_to = up + l->c->leap_seconds;
		if (most < DAY)
			rc = logic_do(l, leapt, &by, e);
	}
	l->looked = l->now;
	l->looked_up = up;
	return rc;
}

/*
 * What was begun by a time that is now ahead would last longer by as much as the clock went back. Who is signed in signs in anew, what
 * was asked for and not fetched is asked for again, a lock or an invitation lasts as long as ever, from now on. The ends of cases stay:
 * too late is mended by people, too early by nobody.
 */
static enum errc went_back(struct logic *l, void *ctx, struct err *e)
{
	static const char ended[] = "DELETE FROM session; UPDATE export SET used = 1; DELETE FROM sign_on;"
	    "UPDATE proof SET state = 'failed' WHERE method = 'oidc' AND state = 'working'; UPDATE proof SET waiting = 0;";
	static const struct { const char *sql; int64_t after; } changes[] = {
	    {"DELETE FROM word WHERE at > ?", 0},
	    {"DELETE FROM tally WHERE slot * seconds > ?", 0},
	    {"UPDATE notice SET locked_until = ?1 WHERE locked_until > ?1", LOCK_SECONDS},
	    {"UPDATE invitation SET expires = ?1 WHERE expires > ?1", INVITATION_SECONDS},
	    {"UPDATE proof SET next = ?1 WHERE next > ?1", 0},
	    {"UPDATE proof SET first_good = ?1 WHERE first_good > ?1", 0},
	    {"UPDATE room SET weekly = ?1 WHERE weekly > ?1", 0},
	    {"UPDATE room SET reminded = ?1 WHERE reminded > ?1", DAY},
	    {"UPDATE witness SET at = min(at, ?1), alarmed = min(alarmed, ?1)", 0},
	};
	struct json j = event_begin(l, "alarm", NULL);
	enum errc rc;

	(void)ctx;
	json_str(&j, "kind", "clock");
	json_i64(&j, "n", l->last_now - l->now);
	event_end(l, &j);
	if ((rc = sql_script(l->db, ended, e)) == OK)
		rc = objections_anew(l, e);
	for (size_t i = 0; rc == OK && i < sizeof changes / sizeof changes[0]; i++)
		rc = sql_run(l->db, e, changes[i].sql, "i", l->now + changes[i].after);
	return rc;
}

enum errc clock_read(struct logic *l, struct err *e)
{
	enum errc rc;

	l->now = clock_now(l);
	if (l->now + CLOCK_BACK < l->last_now) {
		process_say("logic", "the clock was set back: everybody signs in again");
		if ((rc = logic_do(l, went_back, NULL, e)) != OK)
			return rc;
		streams_end_all(l);
		l->looked = l->last_now = l->last_minute = l->witness_tried = l->witness_signed = l->now;
		l->looked_up = clock_up();
	}
	if (l->now > l->last_now)
		l->last_now = l->now;
	return OK;
}
