#include "base/clock.h"
#include "notify/private.h"

struct counter {
	struct facts *f;
	struct sha256 *h;
	int64_t message; /* the one counted last: rows come in the order of messages */
};

static enum errc count_row(void *ctx, const struct told_row *row, struct err *e)
{
	struct counter *c = ctx;
	struct facts *f = c->f;

	(void)e;
	if (c->h != NULL) {
		unsigned char b[2 * DIGEST_SIZE + 1] = {(unsigned char)row->role};

		memcpy(b + 1, row->message.b, DIGEST_SIZE);
		memcpy(b + 1 + DIGEST_SIZE, row->exposure.b, DIGEST_SIZE);
		sha256_add(c->h, span_of(b, sizeof b));
	}
	if (row->role > 0 && row->role < 6)
		f->role[row->role]++;
	f->owned_maybe += row->guessed;
	if (row->message_id == c->message)
		return OK;
	c->message = row->message_id;
	f->messages++;
	f->verdict[row->verdict >= 0 && row->verdict < 4 ? row->verdict : VERDICT_UNKNOWN]++;
	f->unread += row->unread;
	f->forged += row->forged;
	f->again += row->before;
	f->now_opened += row->now_opened;
	if (row->when_utc == TIME_NONE) {
		f->undated++;
		return OK;
	}
	if (f->from_utc == TIME_NONE || row->when_utc < f->from_utc)
		f->from_utc = row->when_utc;
	if (f->to_utc == TIME_NONE || row->when_utc > f->to_utc)
		f->to_utc = row->when_utc;
	return OK;
}

enum errc facts_read(struct store *st, struct arena *a, int64_t wave, const struct wave_org *org, struct sha256 *h,
    struct facts *out, struct err *e)
{
	struct counter c = {.f = out, .h = h, .message = -1};
	enum errc rc;

	*out = (struct facts){.from_utc = TIME_NONE, .to_utc = TIME_NONE};
	if ((rc = told_each(st, wave, org, count_row, &c, e)) != OK ||
	    (rc = told_exposures(st, a, wave, org, &out->exposures, &out->n_exposures, e)) != OK)
		return rc;
	return told_before(st, a, wave, org, &out->before, e);
}
