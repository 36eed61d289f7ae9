/*
 * Writes JSON (RFC 8259) into a buf: commas and quotes are its business, and every string is made valid UTF-8
 * (bad bytes become U+FFFD). Keys come out in the order of the calls.
 */
#ifndef TOCSIN_BASE_JSON_H
#define TOCSIN_BASE_JSON_H

#include "base/buf.h"
#include "base/digest.h"

struct json {
	struct buf *out;
	bool comma; /* something stands before in this object or array */
};

static inline struct json json_to(struct buf *out) { return (struct json){.out = out}; }

/* With key == NULL a value stands in an array or alone. */
void json_open(struct json *j, const char *key, char bracket); /* '{' or '[' */
void json_close(struct json *j, char bracket);                 /* '}' or ']' */
void json_span(struct json *j, const char *key, span s);
void json_str(struct json *j, const char *key, const char *s); /* null for NULL */
void json_u64(struct json *j, const char *key, uint64_t v);
void json_i64(struct json *j, const char *key, int64_t v);
void json_bool(struct json *j, const char *key, bool v);
void json_null(struct json *j, const char *key);
void json_time(struct json *j, const char *key, int64_t when_utc); /* RFC 3339, null for TIME_NONE */
void json_digest(struct json *j, const char *key, const struct digest *d);
void json_raw(struct json *j, const char *key, span value); /* one JSON value, as it stands */
void json_end_line(struct json *j); /* '\n'; ready for the next object of JSON lines */

#endif
