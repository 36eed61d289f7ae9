/* What the files of this room share: values on their way into a statement. */
#ifndef TOCSIN_SQL_PRIVATE_H
#define TOCSIN_SQL_PRIVATE_H

#include <stdarg.h>

#include "base/clock.h"
#include "sql/sql.h"

struct value { char kind; int64_t n; const void *p; }; /* i: n; s, b: n bytes at p; n: NULL */

static inline struct value value_span(char kind, span s)
{
	return (struct value){kind, (int64_t)s.n, s.p != NULL ? (const void *)s.p : ""};
}

/* The next argument, by its letter of sql.h. */
static inline struct value value_next(char letter, va_list *ap)
{
	static const struct value null = {.kind = 'n'};
	const char *text;
	int64_t n;

	switch (letter) {
	case 'i':
		return (struct value){.kind = 'i', .n = va_arg(*ap, int64_t)};
	case 'u':
		n = va_arg(*ap, int64_t);
		return n != TIME_NONE ? (struct value){.kind = 'i', .n = n} : null;
	case 'z':
		n = va_arg(*ap, int64_t);
		return n != 0 ? (struct value){.kind = 'i', .n = n} : null;
	case 't':
		text = va_arg(*ap, const char *);
		return text != NULL ? value_span('s', span_str(text)) : null;
	case 's':
	case 'b':
		return value_span(letter, va_arg(*ap, span));
	case 'd':
		return value_span('b', digest_span(va_arg(*ap, const struct digest *)));
	case 'n':
		return null;
	default:
		assert(false && "a letter of sql.h");
	}
	return null;
}

/* SQLITE_OK or what went wrong. */
static inline int value_bind(sqlite3_stmt *q, int col, const struct value *v)
{
	switch (v->kind) {
	case 'i':
		return sqlite3_bind_int64(q, col, v->n);
	case 's':
		return sqlite3_bind_text64(q, col, v->p, (sqlite3_uint64)v->n, SQLITE_STATIC, SQLITE_UTF8);
	case 'b':
		return sqlite3_bind_blob64(q, col, v->p, (sqlite3_uint64)v->n, SQLITE_STATIC);
	default:
		return sqlite3_bind_null(q, col);
	}
}

void rows_free(struct sql *db);

#endif
