#include "verify/stamp.h"

#include "base/clock.h"
#include "base/cursor.h"
#include "base/limits.h"
#include "net/cms.h"

static enum errc start(const void *ctx, void **state, span init, const int *fds, size_t n_fds, struct err *e)
{
	(void)ctx;
	(void)init;
	(void)fds;
	(void)n_fds;
	*state = NULL;
	return cms_ready(e);
}

static enum errc task(void *state, struct jail_out *out, span payload, const int *fds, size_t n_fds, struct err *e)
{
	struct cursor c = cursor_of(payload);
	span reply = cursor_bytes(&c), ca = cursor_bytes(&c);
	struct buf *b = jail_buf(out);
	struct arena *a = NULL;
	struct stamp s;
	const char *why;
	enum errc rc;

	(void)state;
	(void)fds;
	(void)n_fds;
	if (!cursor_done(&c))
		return err_set(e, ERR_USAGE, "a task that makes no sense");
	if ((rc = jail_item(out, (struct jail_place){0, 0, 0}, e)) != OK || (rc = arena_new(&a, MIB, e)) != OK)
		return rc;
	if ((rc = stamp_check(a, reply, ca, &s, &why, e)) == OK) {
		buf_put(b, digest_span(&s.of));
		buf_u64(b, (uint64_t)s.when_utc);
		buf_bytes(b, span_str(s.by));
		buf_bytes(b, span_str(why != NULL ? why : ""));
		rc = buf_check(b, e);
	}
	arena_free(a);
	return rc;
}

const struct jail_job stamp_job = {.name = "stamp", .start = start, .task = task};

enum errc verify_stamp(span reply, span ca_pem, bool without_jail, struct arena *a, struct stamp *out, const char **why, struct err *e)
{
	const char *died = NULL;
	struct cursor c;
	struct buf b;
	span answer, of;
	enum errc rc;

	*out = (struct stamp){.when_utc = TIME_NONE, .by = ""};
	buf_init(&b, LIMIT_FRAME_BYTES - 1);
	buf_bytes(&b, reply);
	buf_bytes(&b, ca_pem);
	if ((rc = buf_check(&b, e)) == OK)
		rc = pool_once(stamp_job.name, SPAN_EMPTY, without_jail, a, buf_span(&b), &answer, &died, e);
	buf_free(&b);
	if (rc != OK)
		return rc;
	if (died != NULL)
		return err_set(e, ERR_EVIDENCE, "the stamp could not be read: %s", died);
	c = cursor_of(answer);
	of = cursor_take(&c, DIGEST_SIZE);
	if (of.n == DIGEST_SIZE)
		memcpy(out->of.b, of.p, DIGEST_SIZE);
	out->when_utc = (int64_t)cursor_u64(&c);
	out->by = arena_cstr(a, cursor_bytes(&c));
	*why = arena_cstr(a, cursor_bytes(&c));
	if (!cursor_done(&c))
		return err_set(e, ERR_EVIDENCE, "the stamp could not be read: the worker's answer makes no sense");
	if (out->by == NULL || *why == NULL)
		return err_memory(e);
	if ((*why)[0] == '\0')
		*why = NULL;
	return OK;
}
