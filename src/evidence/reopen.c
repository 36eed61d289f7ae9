#include "evidence/reopen.h"

#include "base/limits.h"

static uint32_t count_of(span passwords)
{
	struct cursor c = cursor_of(passwords);

	return passwords.n > 0 ? cursor_u32(&c) : 0;
}

void reopen_put(struct reopen *r, int64_t message_id, struct buf *out)
{
	span shared, own;

	if (message_id <= r->asked || r->rest.rest.p == NULL) { /* again, or the first */
		r->rest = cursor_of(r->all);
		r->shared = cursor_bytes(&r->rest);
		r->id = 0;
	}
	r->asked = message_id;
	while (r->id < message_id && r->rest.rest.n > 0 && !r->rest.bad) {
		r->id = (int64_t)cursor_u64(&r->rest);
		r->own = cursor_bytes(&r->rest);
	}
	if (r->id != message_id) {
		buf_bytes(out, SPAN_EMPTY);
		return;
	}
	shared = span_from(r->shared, sizeof(uint32_t));
	own = span_from(r->own, sizeof(uint32_t));
	buf_u32(out, (uint32_t)(sizeof(uint32_t) + shared.n + own.n));
	buf_u32(out, count_of(r->shared) + count_of(r->own));
	buf_put(out, shared);
	buf_put(out, own);
}

enum errc reopen_get(struct arena *a, struct cursor *c, struct passwords *out, struct err *e)
{
	struct cursor in = cursor_of(cursor_bytes(c));
	uint32_t n = in.rest.n > 0 ? cursor_u32(&in) : 0;
	span *v;

	*out = (struct passwords){.work = LIMIT_PASSWORD_ROUNDS};
	if (n == 0)
		return c->bad ? err_set(e, ERR_USAGE, "a task that makes no sense") : OK;
	if (n > in.rest.n / 4)
		return err_set(e, ERR_USAGE, "a task that makes no sense");
	if ((v = arena_zero(a, n, sizeof *v)) == NULL)
		return err_memory(e);
	for (uint32_t i = 0; i < n; i++)
		v[i] = cursor_bytes(&in);
	out->v = v;
	out->n = in.bad ? 0 : n;
	return OK;
}
