/* For the tests of log records: a text read whole, its records kept. */
#ifndef TOCSIN_LOGS_TEST_LOGS_H
#define TOCSIN_LOGS_TEST_LOGS_H

#include "base/clock.h"
#include "base/test.h"
#include "logs/logs.h"

#define MANY 64

struct read {
	struct logs *l;
	struct arena *a;
	const struct log_record *r[MANY];
	size_t n;
};

static inline struct read read_span(span text)
{
	struct read got = {.a = test_arena()};
	const struct log_record *r;

	assert_ok(logs_open(&got.l, text, SPAN_EMPTY, &e));
	for (;;) {
		assert_ok(logs_next(got.l, got.a, &r, &e));
		if (r == NULL)
			break;
		assert_true(got.n < MANY);
		assert_true(r->at_byte <= text.n && r->n_bytes <= text.n - r->at_byte);
		got.r[got.n++] = r;
	}
	return got;
}

static inline struct read read_text(const char *text) { return read_span(span_str(text)); }

static inline void read_done(struct read *got)
{
	logs_close(got->l);
	arena_free(got->a);
}

#endif
