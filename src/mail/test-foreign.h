/* A file in a form of its own, as the message that it is rendered as. */
#ifndef TOCSIN_MAIL_TEST_FOREIGN_H
#define TOCSIN_MAIL_TEST_FOREIGN_H

#include "base/buf.h"
#include "base/test.h"
#include "mail/foreign.h"

/* A string as UTF-16; up to 16 at a time. */
static inline span wide(const char *text)
{
	static unsigned char room[16][512];
	static unsigned next;
	unsigned char *p = room[next++ % 16];
	size_t n = strlen(text);

	assert_true(2 * n < sizeof room[0]);
	for (size_t i = 0; i < n; i++) {
		p[2 * i] = (unsigned char)text[i];
		p[2 * i + 1] = 0;
	}
	return span_of(p, 2 * n);
}

static inline struct message *rendered(struct arena *a, span file)
{
	struct foreign f;
	struct message *m;

	assert_true(foreign_sniff(file));
	assert_ok(foreign_read(a, file, &f, &e));
	assert_non_null(f.form);
	assert_string_equal(f.missing, "");
	assert_ok(mime_parse(a, f.rendered, false, &m, &e));
	assert_int_equal(m->problems, 0);
	return m;
}

static inline void content_is(struct arena *a, const struct message *m, size_t i, const char *type, const char *want)
{
	unsigned problems = 0;
	span got;

	assert_true(i < m->n_parts);
	assert_span(m->parts[i].type, type);
	assert_ok(part_content(a, m, &m->parts[i], &got, &problems, &e));
	assert_span(got, want);
	assert_int_equal(problems, 0);
}

#endif
