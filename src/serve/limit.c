#include <arpa/inet.h>

#include "serve/private.h"

/* Lines of the log for who was refused and is nobody yet: beyond what all who mistype make together. */
enum { REFUSALS_AN_HOUR = 5000 };

enum errc limit_add(struct logic *l, const char *key, int64_t seconds, int64_t by, int64_t most, bool *over, int64_t *n, struct err *e)
{
	int64_t slot = l->now / seconds, have;
	enum errc rc;

	if ((rc = sql_run(l->db, e, "INSERT INTO tally (key, slot, seconds, n) VALUES (?1, ?2, ?3, ?4)"
	         " ON CONFLICT DO UPDATE SET n = n + ?4", "tiii", key, slot, seconds, by)) != OK ||
	    (rc = sql_int(l->db, &have, 0, e, "SELECT n FROM tally WHERE key = ? AND slot = ? AND seconds = ?", "tii",
	    key, slot, seconds)) != OK)
		return rc;
	*over |= have > most;
	if (n != NULL)
		*n = have;
	return call_keep(l, e);
}

enum errc limit_count(struct logic *l, const char *key, int64_t seconds, int64_t most, bool *over, int64_t *n, struct err *e)
{
	return limit_add(l, key, seconds, 1, most, over, n, e);
}

enum errc call_limit_add(struct call *c, const char *what, const char *whose, int64_t seconds, int64_t by, int64_t most,
    struct err *e)
{
	char key[128];
	bool over = false;
	enum errc rc;

	(void)snprintf(key, sizeof key, "%s %s", what, whose);
	if ((rc = limit_add(c->l, key, seconds, by, most, &over, NULL, e)) != OK || !over)
		return rc;
	c->retry_after = (unsigned)(seconds - c->l->now % seconds);
	return refuse(c, LIMIT);
}

enum errc call_limit(struct call *c, const char *what, const char *whose, int64_t seconds, int64_t most, struct err *e)
{
	return call_limit_add(c, what, whose, seconds, 1, most, e);
}

enum errc refusal_logged(struct logic *l, bool *may, struct err *e)
{
	bool over = false;
	int64_t n = 0;
	struct json j;
	enum errc rc = limit_count(l, "refusals", HOUR, REFUSALS_AN_HOUR, &over, &n, e);

	*may = !over;
	if (rc != OK || n != REFUSALS_AN_HOUR + 1)
		return rc;
	j = event_begin(l, "alarm", NULL);
	json_str(&j, "kind", "refusals");
	json_i64(&j, "n", n);
	event_end(l, &j);
	return call_keep(l, e);
}

enum errc limits_expire(struct logic *l, struct err *e)
{
	static const int64_t windows[] = {MINUTE, HOUR, DAY};
	enum errc rc = OK;

	for (size_t i = 0; rc == OK && i < sizeof windows / sizeof windows[0]; i++)
		rc = sql_run(l->db, e, "DELETE FROM tally WHERE seconds = ? AND slot < ?", "ii", windows[i],
		    l->now / windows[i] - 1);
	return rc;
}

/* RFC 4291 2.5.5.2: how a proxy whose socket takes both writes a client of IPv4. */
#define MAPPED "::ffff:"

/* /24 of IPv4, /56 of IPv6; what is neither is one network of its own. */
const char *client_network(struct arena *a, span client)
{
	char text[INET6_ADDRSTRLEN];
	unsigned char b[16];

	if (span_starts_nocase(client, SPAN_LIT(MAPPED)) && span_find_byte(client, '.') != client.n)
		client = span_from(client, strlen(MAPPED));
	if (client.n < sizeof text) {
		memcpy(text, client.p != NULL ? client.p : (const unsigned char *)"", client.n);
		text[client.n] = '\0';
		if (inet_pton(AF_INET, text, b) == 1)
			return arena_printf(a, "%u.%u.%u.0/24", b[0], b[1], b[2]);
		if (inet_pton(AF_INET6, text, b) == 1) {
			memset(b + 7, 0, 9);
			if (inet_ntop(AF_INET6, b, text, sizeof text) != NULL)
				return arena_printf(a, "%s/56", text);
		}
	}
	return "unknown";
}
