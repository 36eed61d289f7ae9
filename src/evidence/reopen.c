#include "evidence/reopen.h"

#include "base/limits.h"

void reopen_put(struct reopen *r, int64_t message_id, struct buf *out)
{
	if (message_id <= r->asked || r->rest.rest.p == NULL) { /* again, or the first */
		r->rest = cursor_of(r->all);
		r->id = 0;
	}
	r->asked = message_id;
	while (r->id < message_id && r->rest.rest.n > 0 && !r->rest.bad) {
		r->id = (int64_t)cursor_u64(&r->rest);
		r->passwords = cursor_bytes(&r->rest);
	}
	buf_bytes(out, r->id == message_id ? r->passwords : SPAN_EMPTY);
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
