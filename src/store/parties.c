#include "store/parties.h"

#include <stdlib.h>

#include "base/json.h"
#include "base/limits.h"
#include "base/list.h"
#include "store/db.h"
#include "store/mail.h"

/* LIMIT_ADDRESSES parties with long names. */
#define LIST_BYTES (256 * MIB)

/* ---- addresses: the same few come in every message, so their ids are kept ---- */

struct known { uint64_t hash; size_t at, n; int64_t id; }; /* at: of its bytes; id 0: free */
struct known_addresses {
	struct known *v;
	size_t n, cap;
	struct buf bytes;
	int64_t last, before; /* ids of the newest row, and of the newest that is not kept: what is not kept and cannot be older is new */
};

/* Beyond this the table is begun anew: it is only a cache. */
enum { KNOWN_MAX = 1 << 18, KNOWN_BYTES = 64 << 20 };

static void known_free(struct store *st)
{
	struct known_addresses *k = st->mail;

	if (k == NULL)
		return;
	buf_free(&k->bytes);
	free(k->v);
	free(k);
}

static struct known *known_slot(const struct known_addresses *k, uint64_t hash, span address)
{
	size_t i = (size_t)hash & (k->cap - 1);

	while (k->v[i].id != 0 && !(k->v[i].hash == hash && span_eq(span_of(k->bytes.p + k->v[i].at, k->v[i].n), address)))
		i = (i + 1) & (k->cap - 1);
	return &k->v[i];
}

static enum errc known_new(struct store *st, struct err *e)
{
	struct known_addresses *k = st->mail = calloc(1, sizeof *k);

	if (k == NULL)
		return err_memory(e);
	st->mail_free = known_free;
	buf_init(&k->bytes, 2 * KNOWN_BYTES);
	enum errc rc = sql_int(st->sql, &k->last, 0, e, "SELECT max(id) FROM address", "");
	k->before = k->last;
	return rc;
}

/* Room for one more. */
static enum errc known_room(struct store *st, struct err *e)
{
	struct known_addresses *k = st->mail;
	struct known *old;
	size_t n;
	enum errc rc;

	if (k == NULL && (rc = known_new(st, e)) != OK)
		return rc;
	k = st->mail;
	if (k->n >= KNOWN_MAX || k->bytes.n >= KNOWN_BYTES) {
		memset(k->v, 0, k->cap * sizeof *k->v);
		buf_clear(&k->bytes);
		k->n = 0;
		k->before = k->last;
		return sql_flush(st->sql, e);
	}
	if (2 * (k->n + 1) <= k->cap)
		return OK;
	old = k->v;
	n = k->cap;
	if ((k->v = calloc(n != 0 ? 2 * n : 1024, sizeof *k->v)) == NULL) {
		k->v = old;
		return err_memory(e);
	}
	k->cap = n != 0 ? 2 * n : 1024;
	for (size_t i = 0; i < n; i++) {
		size_t at = (size_t)old[i].hash & (k->cap - 1);

		if (old[i].id == 0)
			continue;
		while (k->v[at].id != 0)
			at = (at + 1) & (k->cap - 1);
		k->v[at] = old[i];
	}
	free(old);
	return OK;
}

static enum errc address_id(struct store *st, span address, span domain, int64_t *id, struct err *e)
{
	uint64_t hash = span_hash_own(address);
	struct known_addresses *k;
	struct known *slot;
	enum errc rc;

	if ((rc = known_room(st, e)) != OK)
		return rc;
	k = st->mail;
	slot = known_slot(k, hash, address);
	if ((*id = slot->id) != 0)
		return OK;
	if (k->before != 0 && (rc = sql_int(st->sql, id, 0, e, "SELECT id FROM address WHERE address = ?", "s", address)) != OK)
		return rc;
	if (*id == 0) {
		*id = ++k->last;
		if ((rc = sql_put(st->sql, e, "INSERT OR FAIL INTO address (id, address, domain)", "iss", *id, address, domain)) != OK)
			return rc;
	}
	*slot = (struct known){.hash = hash, .at = k->bytes.n, .n = address.n, .id = *id};
	buf_put(&k->bytes, address);
	k->n++;
	return buf_check(&k->bytes, e);
}

/* ---- writing ---- */

enum errc store_address(struct store *st, const struct mail_party *p, int64_t *id, struct err *e) { return address_id(st, p->address, p->domain, id, e); }

static void put_one(struct json *j, enum party_role role, int64_t id, span name)
{
	json_open(j, NULL, '[');
	json_i64(j, NULL, (int64_t)role);
	json_i64(j, NULL, id);
	if (name.n != 0)
		json_span(j, NULL, name);
	json_close(j, ']');
}

static enum errc list_make(struct store *st, const struct mail_party *p, size_t n, struct buf *out, struct err *e)
{
	struct json j = json_to(out);

	json_open(&j, NULL, '[');
	for (size_t i = 0; i < n; i++) {
		int64_t id = 0;
		enum errc rc = store_address(st, &p[i], &id, e);

		if (rc != OK)
			return rc;
		if (!ROOM(st->newest.v, st->newest.n, st->newest.cap))
			return err_memory(e);
		st->newest.v[st->newest.n++] = (struct party_id){p[i].role, id};
		put_one(&j, p[i].role, id, p[i].name);
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
	st->newest.n = 0;
	if (st->newest.message != message_id)
		st->newest.message = 0;
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
	uint64_t v;
	size_t n = span_digits(*s, 18, &v);

	*out = (int64_t)v;
	*s = span_from(*s, n);
	return n != 0;
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

/* ---- another copy ---- */

/* From, To and Cc are in the digest that copies have in common. */
static bool only_a_copy_names(const struct mail_party *p)
{
	return p->role != PARTY_FROM && p->role != PARTY_TO && p->role != PARTY_CC;
}

static int by_party(const void *a, const void *b)
{
	const struct party_id *x = a, *y = b;

	return x->role != y->role ? (x->role < y->role ? -1 : 1) : x->id < y->id ? -1 : x->id > y->id;
}

struct joined { struct party_id *v; size_t n, cap; };

/* The list as it stands goes to `out`, without its end, and whom it names to `had`. */
static enum errc list_take(struct store *st, int64_t message_id, struct joined *had, struct buf *out, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT list FROM party_list WHERE message_id = ?", "i", message_id);
	struct party_seen p;
	span list;
	enum errc rc;

	if (!sql_next(st->sql, q, &rc, e))
		return rc;
	list = sql_col(q, 0);
	buf_put(out, span_first(list, list.n - (list.n != 0)));
	while (rc == OK && party_next(&list, &p)) {
		if (!ROOM(had->v, had->n, had->cap))
			rc = err_memory(e);
		else
			had->v[had->n++] = (struct party_id){p.role, p.address_id};
	}
	if (rc == OK)
		rc = party_end(list, e);
	sql_done(q);
	return rc;
}

/* Those that are new go behind the list, by role and address. */
static enum errc list_join(struct store *st, int64_t message_id, const struct mail_party *p, size_t n, struct buf *list, struct err *e)
{
	struct joined had = {0}, come = {0};
	size_t n_added = 0;
	enum errc rc = list_take(st, message_id, &had, list, e);

	/* It may lie among the rows put aside. */
	if (rc == OK && had.n == 0 && (rc = sql_flush(st->sql, e)) == OK)
		rc = list_take(st, message_id, &had, list, e);
	if (had.n != 0)
		qsort(had.v, had.n, sizeof *had.v, by_party);
	for (size_t i = 0; i < n && rc == OK; i++) {
		struct party_id one = {p[i].role, 0};

		if (!only_a_copy_names(&p[i]))
			continue;
		if ((rc = store_address(st, &p[i], &one.id, e)) != OK)
			break;
		if (had.n != 0 && bsearch(&one, had.v, had.n, sizeof *had.v, by_party) != NULL)
			continue;
		if (!ROOM(come.v, come.n, come.cap))
			rc = err_memory(e);
		else
			come.v[come.n++] = one;
	}
	if (come.n != 0)
		qsort(come.v, come.n, sizeof *come.v, by_party);
	for (size_t i = 0; i < come.n && rc == OK && had.n + n_added < LIMIT_ADDRESSES; i++) {
		struct json j = json_to(list);

		if (i > 0 && by_party(&come.v[i], &come.v[i - 1]) == 0)
			continue;
		buf_byte(list, had.n + n_added++ > 0 ? ',' : '[');
		put_one(&j, come.v[i].role, come.v[i].id, SPAN_EMPTY);
	}
	free(had.v);
	free(come.v);
	if (n_added == 0)
		buf_clear(list);
	else
		buf_byte(list, ']');
	return rc == OK ? buf_check(list, e) : rc;
}

enum errc store_parties_join(struct store *st, int64_t message_id, const struct mail_party *p, size_t n, struct err *e)
{
	struct buf list;
	size_t i = 0;
	enum errc rc;

	while (i < n && !only_a_copy_names(&p[i]))
		i++;
	if (i == n)
		return OK;
	buf_init(&list, LIST_BYTES);
	if ((rc = list_join(st, message_id, p, n, &list, e)) == OK && list.n != 0 &&
	    (rc = sql_run(st->sql, e, "INSERT INTO party_list (message_id, list) VALUES (?1, ?2) ON CONFLICT (message_id) DO UPDATE SET list = ?2", "is", message_id,
	         buf_span(&list))) == OK)
		rc = store_message_unattribute(st, message_id, e);
	buf_free(&list);
	return rc;
}

/* ---- stars ---- */

/* As it stands in the list, where a byte may be written as two or six (see party_name). *v goes behind the stars of this name. */
static void name_mask(span json_name, size_t index, const struct party_star **v, const struct party_star *end, struct buf *out)
{
	for (size_t i = 0, byte = 0, unit; i < json_name.n; i += unit, byte++) {
		unit = json_name.p[i] != '\\' ? 1 : json_name.n - i > 1 && json_name.p[i + 1] == 'u' ? 6 : 2;
		while (*v < end && (*v)->index == index && byte >= (*v)->at + (*v)->n)
			++*v;
		if (*v < end && (*v)->index == index && byte >= (*v)->at)
			buf_byte(out, '*');
		else
			buf_put(out, span_sub(json_name, i, unit));
	}
}

static void list_mask(span list, const struct party_star *v, const struct party_star *end, struct buf *out)
{
	struct party_seen p;
	span rest = list;
	size_t done = 0;

	for (size_t index = 0; v < end && party_next(&rest, &p); index++) {
		size_t at = p.json_name.n == 0 ? 0 : (size_t)(p.json_name.p - list.p);

		if (v->index == index && at > 0) {
			buf_put(out, span_sub(list, done, at - done));
			name_mask(p.json_name, index, &v, end, out);
			done = at + p.json_name.n;
		}
		while (v < end && v->index <= index)
			v++;
	}
	buf_put(out, span_from(list, done));
}

enum errc store_parties_mask(struct store *st, int64_t message_id, const struct party_star *v, size_t n, struct err *e)
{
	sqlite3_stmt *q = sql_query(st->sql, e, "SELECT list FROM party_list WHERE message_id = ?", "i", message_id);
	struct buf list;
	enum errc rc;

	buf_init(&list, LIST_BYTES);
	if (sql_next(st->sql, q, &rc, e))
		list_mask(sql_col(q, 0), v, v + n, &list);
	sql_done(q);
	if (rc == OK && list.n != 0 && (rc = buf_check(&list, e)) == OK)
		rc = sql_run(st->sql, e, "UPDATE party_list SET list = ?2 WHERE message_id = ?1", "is", message_id, buf_span(&list));
	buf_free(&list);
	return rc;
}
