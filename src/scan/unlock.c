#include "scan/unlock.h"

#include <stdlib.h>

#include "base/cursor.h"
#include "base/io.h"
#include "base/limits.h"
#include "scan/task.h"
#include "store/findings.h"

enum { IDS = 4096, VALUE_BYTES = 256 };
/* What workers can be told at their start. */
#define GIVEN_BYTES (LIMIT_FRAME_BYTES / 4)

static enum errc file_read(struct unlock *u, const char *path, struct err *e)
{
	span all, line;
	enum errc rc = io_read_file(u->a, path, LIMIT_PASSWORDS_BYTES, &all, e);

	buf_u32(&u->given, 0);
	while (rc == OK && span_line(&all, &line)) {
		if (line.n == 0)
			continue;
		if (u->n_given == LIMIT_PASSWORDS)
			return err_set(e, ERR_USAGE, "%s: more than %d passwords", path, LIMIT_PASSWORDS);
		buf_bytes(&u->given, line);
		u->n_given++;
	}
	if (rc == OK && !u->given.failed)
		buf_set_u32(&u->given, 0, u->n_given);
	if (rc == OK && u->given.failed)
		return err_set(e, ERR_USAGE, "%s: more passwords than are tried: %d MiB of them", path, (int)(GIVEN_BYTES / MIB));
	return rc;
}

enum errc unlock_open(struct unlock *u, struct store *st, const char *path, bool near, struct err *e)
{
	enum errc rc;

	*u = (struct unlock){.store = st, .near = near};
	buf_init(&u->given, GIVEN_BYTES);
	buf_init(&u->values, 64 * MIB);
	buf_init(&u->values_at, 64 * MIB);
	buf_init(&u->ids, 64 * MIB);
	if ((rc = arena_new_secret(&u->a, 256 * MIB, e)) != OK)
		return rc;
	return path != NULL ? file_read(u, path, e) : OK;
}

void unlock_close(struct unlock *u)
{
	buf_wipe(&u->given);
	buf_wipe(&u->values);
	buf_free(&u->values_at);
	buf_free(&u->ids);
	near_close(&u->around);
	arena_free(u->a);
	*u = (struct unlock){0};
}

/* Where the passwords of a message begin in u->values; those of one message follow each other. */
struct values_at { int64_t id; size_t at; };

static int by_id(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static int by_message(const void *id, const void *values) { return by_id(id, &((const struct values_at *)values)->id); }

/* The ids in u->ids, ascending, each once. */
static void ids_sort(struct unlock *u)
{
	int64_t *v = (int64_t *)(void *)u->ids.p;
	size_t n = u->ids.n / sizeof *v, kept = 0;

	if (n > 1)
		qsort(v, n, sizeof *v, by_id);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || v[kept - 1] != v[i])
			v[kept++] = v[i];
	u->ids.n = kept * sizeof *v;
	u->next = 0;
}

typedef enum errc messages_fn(struct store *st, int64_t after, int64_t *ids, size_t max, size_t *n, struct err *e);

static enum errc under_way(struct unlock *u, messages_fn *messages, size_t *n_found, struct err *e)
{
	int64_t ids[IDS], after = 0;
	size_t n;
	enum errc rc;

	buf_clear(&u->ids);
	do {
		if ((rc = messages(u->store, after, ids, IDS, &n, e)) != OK)
			return rc;
		buf_put(&u->ids, span_of(ids, n * sizeof *ids));
		after = n > 0 ? ids[n - 1] : after;
	} while (n == IDS);
	ids_sort(u);
	*n_found = u->ids.n / sizeof *ids;
	return buf_check(&u->ids, e);
}

enum errc unlock_sealed(struct unlock *u, size_t *n, struct err *e) { return under_way(u, findings_sealed, n, e); }
enum errc unlock_opened(struct unlock *u, size_t *n, struct err *e) { return under_way(u, findings_opened, n, e); }

enum errc unlock_near(struct unlock *u, struct err *e)
{
	span sealed = arena_copy(u->a, buf_span(&u->ids));
	int64_t ids[NEAR_MESSAGES], id;
	size_t n;
	enum errc rc = sealed.p != NULL ? near_open(&u->around, u->store, e) : err_memory(e);

	buf_clear(&u->ids);
	for (size_t at = 0; at + sizeof id <= sealed.n && rc == OK; at += sizeof id) {
		memcpy(&id, sealed.p + at, sizeof id);
		if ((rc = near_of(&u->around, u->store, id, ids, &n, e)) == OK)
			buf_put(&u->ids, span_of(ids, n * sizeof *ids));
	}
	ids_sort(u);
	return rc != OK ? rc : buf_check(&u->ids, e);
}

void unlock_next(struct unlock *u, int64_t *ids, size_t max, size_t *n)
{
	const int64_t *v = (const int64_t *)(const void *)u->ids.p;

	for (*n = 0; *n < max && u->next < u->ids.n / sizeof *v; u->next++)
		ids[(*n)++] = v[u->next];
}

enum errc unlock_values(struct unlock *u, int64_t message_id, span result, struct err *e)
{
	struct cursor c = cursor_of(result);
	struct values_at here = {message_id, u->values.n};
	uint32_t n = cursor_u32(&c);

	for (uint32_t i = 0; i < n && i < LIMIT_PASSWORDS_NEAR && !c.bad; i++) {
		span value = cursor_bytes(&c);

		if (c.bad || value.n == 0 || value.n > VALUE_BYTES)
			continue;
		if (u->values.max - u->values.n < sizeof(uint64_t) + sizeof(uint32_t) + value.n) {
			u->cut = true;
			break;
		}
		buf_u64(&u->values, (uint64_t)message_id);
		buf_bytes(&u->values, value);
	}
	if (u->values.n > here.at)
		buf_put(&u->values_at, span_of(&here, sizeof here));
	return u->values_at.failed ? buf_check(&u->values_at, e) : buf_check(&u->values, e);
}

/* Those that stand in one message: see near_values. */
static void message_values(const struct unlock *u, int64_t id, struct buf *out, uint32_t *n, uint32_t wanted, int64_t *from)
{
	const struct values_at *v = u->values_at.n == 0 ? NULL : bsearch(&id, u->values_at.p, u->values_at.n / sizeof *v, sizeof *v, by_message);
	struct cursor c = cursor_of(v != NULL ? span_from(buf_span(&u->values), v->at) : SPAN_EMPTY);

	while (c.rest.n > 0 && *n < LIMIT_PASSWORDS_NEAR && (int64_t)cursor_u64(&c) == id) {
		span value = cursor_bytes(&c);

		if (out != NULL)
			buf_bytes(out, value);
		if (*n == wanted)
			*from = id;
		++*n;
	}
}

/*
 * The passwords of a message behind those that were given: of the messages near it, in the order in which they were found. Counted, written to *out (may
 * be NULL); *from is the message in which number `wanted` stood.
 */
static enum errc near_values(struct unlock *u, int64_t message_id, struct buf *out, uint32_t *n, uint32_t wanted, int64_t *from,
    struct err *e)
{
	int64_t ids[NEAR_MESSAGES];
	size_t n_ids = 0;
	enum errc rc = u->near ? near_of(&u->around, u->store, message_id, ids, &n_ids, e) : OK;

	u->near_cut = u->around.cut || n_ids == NEAR_MESSAGES;
	*n = 0;
	for (size_t i = 0; i < n_ids && *n < LIMIT_PASSWORDS_NEAR; i++)
		message_values(u, ids[i], out, n, wanted, from);
	return rc;
}

enum errc unlock_input(struct unlock *u, int64_t message_id, struct buf *out, struct err *e)
{
	size_t at;
	int64_t from;
	uint32_t n = 0;
	enum errc rc;

	at = out->n;
	buf_u8(out, 0);
	buf_u32(out, 0);
	rc = near_values(u, message_id, out, &n, UINT32_MAX, &from, e);
	if (rc != OK || (rc = buf_check(out, e)) != OK)
		return rc;
	out->p[at] = u->cut || u->near_cut || n == LIMIT_PASSWORDS_NEAR ? ASK_ALL_CUT : ASK_ALL;
	buf_set_u32(out, at + 1, n);
	return OK;
}

enum errc unlock_own(struct unlock *u, int64_t message_id, struct buf *out, struct err *e)
{
	size_t at = out->n;
	int64_t from;
	uint32_t n;
	enum errc rc;

	buf_u32(out, 0);
	buf_u32(out, 0);
	if ((rc = near_values(u, message_id, out, &n, UINT32_MAX, &from, e)) != OK || (rc = buf_check(out, e)) != OK)
		return rc;
	buf_set_u32(out, at, (uint32_t)(out->n - at - sizeof(uint32_t)));
	buf_set_u32(out, at + sizeof(uint32_t), n);
	return OK;
}

enum errc unlock_from(struct unlock *u, int64_t message_id, uint32_t number, int64_t *from, struct err *e)
{
	uint32_t n;

	*from = 0;
	return number < u->n_given ? OK : near_values(u, message_id, NULL, &n, number - u->n_given, from, e);
}
