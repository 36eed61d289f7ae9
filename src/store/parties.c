#include "store/parties.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/limits.h"
#include "store/db.h"

/* LIMIT_ADDRESSES parties with long names. */
#define LIST_BYTES (256 * MIB)

/* ---- addresses: the same few come in every message, so their ids are kept ---- */

struct known { char *address; size_t n; int64_t id; };
struct known_addresses { struct known *v; size_t n, cap; };

/* Beyond this the table is begun anew: it is only a cache. */
enum { KNOWN_MAX = 1 << 18 };

static void known_clear(struct known_addresses *k)
{
	for (size_t i = 0; i < k->cap; i++)
		free(k->v[i].address);
	free(k->v);
	*k = (struct known_addresses){0};
}

static void known_free(struct store *st)
{
	if (st->mail != NULL)
		known_clear(st->mail);
	free(st->mail);
}

static struct known *known_slot(struct known_addresses *k, span address)
{
	size_t i = (size_t)span_hash(address) & (k->cap - 1);

	while (k->v[i].address != NULL && !span_eq(span_of(k->v[i].address, k->v[i].n), address))
		i = (i + 1) & (k->cap - 1);
	return &k->v[i];
}

static struct known *known_room(struct store *st, span address)
{
	struct known_addresses *k = st->mail;

	if (k == NULL) {
		if ((k = calloc(1, sizeof *k)) == NULL)
			return NULL;
		st->mail = k;
		st->mail_free = known_free;
	}
	if (k->n >= KNOWN_MAX)
		known_clear(k);
	if (2 * k->n >= k->cap) {
		struct known_addresses old = *k;
		size_t cap = old.cap != 0 ? 2 * old.cap : 1024;
		struct known *v = calloc(cap, sizeof *v);

		if (v == NULL)
			return NULL;
		*k = (struct known_addresses){v, old.n, cap};
		for (size_t i = 0; i < old.cap; i++)
			if (old.v[i].address != NULL)
				*known_slot(k, span_of(old.v[i].address, old.v[i].n)) = old.v[i];
		free(old.v);
	}
	return known_slot(k, address);
}

static enum errc address_id(struct store *st, span address, span domain, int64_t *id, struct err *e)
{
	struct known *slot = known_room(st, address);
	enum errc rc;

	if (slot == NULL)
		return err_memory(e);
	if (slot->address != NULL) {
		*id = slot->id;
		return OK;
	}
	/* Most that this run has not met yet are new to the case. */
	if ((rc = sql_run(st->sql, e, "INSERT INTO address (address, domain) VALUES (?, ?) ON CONFLICT (address) DO NOTHING", "ss", address,
	     domain)) != OK)
		return rc;
	*id = sql_made(st->sql);
	if (sql_changed(st->sql) == 0 && (rc = sql_int(st->sql, id, 0, e, "SELECT id FROM address WHERE address = ?", "s", address)) != OK)
		return rc;
	if ((slot->address = malloc(address.n + 1)) == NULL)
		return err_memory(e);
	memcpy(slot->address, address.p != NULL ? (const void *)address.p : "", address.n);
	slot->n = address.n;
	slot->id = *id;
	((struct known_addresses *)st->mail)->n++;
	return OK;
}

/* ---- writing ---- */

static enum errc list_make(struct store *st, const struct mail_party *p, size_t n, struct buf *out, struct err *e)
{
	struct json j = json_to(out);

	json_open(&j, NULL, '[');
	for (size_t i = 0; i < n; i++) {
		int64_t id = 0;
		enum errc rc = address_id(st, p[i].address, p[i].domain, &id, e);

		if (rc != OK)
			return rc;
		json_open(&j, NULL, '[');
		json_i64(&j, NULL, (int64_t)p[i].role);
		json_i64(&j, NULL, id);
		if (p[i].name.n != 0)
			json_span(&j, NULL, p[i].name);
		json_close(&j, ']');
	}
	json_close(&j, ']');
	return buf_check(out, e);
}

enum errc store_parties_put(struct store *st, int64_t message_id, const struct mail_party *p, size_t n, struct err *e)
{
	struct buf list;
	enum errc rc;

	if (n == 0)
		return OK;
	buf_init(&list, LIST_BYTES);
	if ((rc = list_make(st, p, n, &list, e)) == OK)
		rc = sql_put(st->sql, e, "INSERT OR FAIL INTO party_list (message_id, list)", "is", message_id, buf_span(&list));
	buf_free(&list);
	return rc;
}

/* ---- reading ---- */

static bool taken(span *s, unsigned char c)
{
	bool there = s->n != 0 && s->p[0] == c;

	if (there)
		*s = span_from(*s, 1);
	return there;
}

static bool number(span *s, int64_t *out)
{
	size_t i = 0;

	for (*out = 0; i < s->n && i < 18 && ascii_is_digit(s->p[i]); i++)
		*out = *out * 10 + (s->p[i] - '0');
	*s = span_from(*s, i);
	return i != 0;
}

static bool quoted(span *s, span *out)
{
	size_t i = 0;

	while (i < s->n && s->p[i] != '"')
		i += s->p[i] == '\\' ? 2 : 1;
	*out = span_first(*s, i);
	*s = span_from(*s, i);
	return taken(s, '"');
}

static bool one(span *s, struct party_seen *out)
{
	int64_t role;

	*out = (struct party_seen){0};
	if (!taken(s, '[') || !number(s, &role) || !taken(s, ',') || !number(s, &out->address_id))
		return false;
	out->role = role <= PARTY_ORIGINAL_FROM ? (enum party_role)role : 0;
	if (taken(s, ',') && !(taken(s, '"') && quoted(s, &out->json_name)))
		return false;
	return taken(s, ']');
}

bool party_next(span *list, struct party_seen *out)
{
	span s = *list;

	if ((taken(&s, '[') || taken(&s, ',')) && one(&s, out)) {
		*list = s;
		return true;
	}
	return false;
}

enum errc party_end(span list, struct err *e)
{
	return span_eq(list, SPAN_LIT("]")) ? OK : err_set(e, ERR_WORLD, "case.db is damaged: a list of parties");
}

const char *party_name(struct arena *a, const struct party_seen *p)
{
	static const char from[] = "nrt", to[] = "\n\r\t";
	span s = p->json_name;
	char *out;
	size_t n = 0;

	if (s.n == 0)
		return "";
	if ((out = arena_alloc(a, s.n + 1)) == NULL)
		return NULL;
	for (size_t i = 0; i < s.n; i++) {
		const char *known;
		char hex[3] = {0};

		if (s.p[i] != '\\' || i + 1 == s.n) {
			out[n++] = (char)s.p[i];
		} else if (s.p[++i] == 'u') { /* base/json writes only control characters so: \u00XX */
			if (s.n - i > 4)
				memcpy(hex, s.p + i + 3, 2);
			out[n++] = (char)strtol(hex, NULL, 16);
			i += 4;
		} else {
			known = strchr(from, s.p[i]);
			out[n++] = known != NULL && *known != '\0' ? to[known - from] : (char)s.p[i];
		}
	}
	out[n] = '\0';
	return out;
}
