/* A message of a test, and what it has in it. */
#ifndef TOCSIN_MAIL_TEST_MIME_H
#define TOCSIN_MAIL_TEST_MIME_H

#include "base/buf.h"
#include "base/test.h"
#include "mail/mime.h"

static inline struct message *parse(struct arena *a, span raw)
{
	struct message *m;

	assert_ok(mime_parse(a, raw, false, &m, &e));
	return m;
}

static inline struct message *parse_str(struct arena *a, const char *text) { return parse(a, span_str(text)); }

static inline span content(struct arena *a, const struct message *m, size_t i)
{
	unsigned problems = 0;
	span out;

	assert_ok(part_content(a, m, &m->parts[i], &out, &problems, &e));
	return out;
}

/* "path type|path type|..." of the leaves and message parts */
static inline void assert_tree(const struct message *m, const char *want)
{
	char got[4096];
	size_t n = 0;

	got[0] = '\0';
	for (size_t i = 0; i < m->n_parts && n < sizeof got; i++)
		if (m->parts[i].kind != PART_MULTIPART)
			n += (size_t)snprintf(got + n, sizeof got - n, "%s%s %.*s", n != 0 ? "|" : "", m->parts[i].path,
			    (int)m->parts[i].type.n, (const char *)m->parts[i].type.p);
	assert_string_equal(got, want);
}

#endif
