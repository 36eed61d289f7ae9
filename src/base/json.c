#include "base/json.h"

#include <inttypes.h>

#include "base/clock.h"
#include "base/utf8.h"

static void string(struct buf *b, span s)
{
	size_t from = 0, at = 0;

	buf_byte(b, '"');
	while (at < s.n) {
		unsigned char c = s.p[at];
		size_t n = 1;

		if (c >= 0x20 && c < 0x7f && c != '"' && c != '\\') {
			at++;
			continue;
		}
		if (c >= 0x80) {
			uint32_t point = utf8_get(span_from(s, at), &n);
			bool whole = point != 0xfffd || n == 3;

			if (whole && utf8_obeyed(point)) { /* people look at JSON in a terminal, too */
				buf_put(b, span_sub(s, from, at - from));
				buf_printf(b, "\\u%04x", point);
				from = at + n;
			}
			if (whole) {
				at += n;
				continue;
			}
		}
		buf_put(b, span_sub(s, from, at - from));
		if (c == '"' || c == '\\')
			buf_printf(b, "\\%c", c);
		else if (c == '\n')
			buf_str(b, "\\n");
		else if (c == '\r')
			buf_str(b, "\\r");
		else if (c == '\t')
			buf_str(b, "\\t");
		else if (c < 0x80)
			buf_printf(b, "\\u%04x", c);
		else
			buf_str(b, "\xef\xbf\xbd");
		from = ++at;
	}
	buf_put(b, span_from(s, from));
	buf_byte(b, '"');
}

static void before(struct json *j, const char *key)
{
	if (j->comma)
		buf_byte(j->out, ',');
	j->comma = true;
	if (key != NULL) {
		string(j->out, span_str(key));
		buf_byte(j->out, ':');
	}
}

void json_open(struct json *j, const char *key, char bracket)
{
	before(j, key);
	buf_byte(j->out, (unsigned char)bracket);
	j->comma = false;
}

void json_close(struct json *j, char bracket)
{
	buf_byte(j->out, (unsigned char)bracket);
	j->comma = true;
}

void json_span(struct json *j, const char *key, span s)
{
	before(j, key);
	string(j->out, s);
}

void json_str(struct json *j, const char *key, const char *s)
{
	if (s == NULL)
		json_null(j, key);
	else
		json_span(j, key, span_str(s));
}

/* Many a list is of numbers: printf would take most of its time. */
static void put_u64(struct buf *b, uint64_t v)
{
	char digits[20];
	size_t at = sizeof digits;

	do {
		digits[--at] = (char)('0' + v % 10);
		v /= 10;
	} while (v != 0);
	buf_put(b, span_of(digits + at, sizeof digits - at));
}

void json_u64(struct json *j, const char *key, uint64_t v)
{
	before(j, key);
	put_u64(j->out, v);
}

void json_i64(struct json *j, const char *key, int64_t v)
{
	before(j, key);
	if (v < 0)
		buf_byte(j->out, '-');
	put_u64(j->out, v < 0 ? 0 - (uint64_t)v : (uint64_t)v);
}

void json_bool(struct json *j, const char *key, bool v)
{
	before(j, key);
	buf_str(j->out, v ? "true" : "false");
}

void json_null(struct json *j, const char *key)
{
	before(j, key);
	buf_str(j->out, "null");
}

void json_time(struct json *j, const char *key, int64_t when_utc)
{
	char text[TIME_TEXT];

	if (when_utc == TIME_NONE)
		json_null(j, key);
	else
		json_str(j, key, time_rfc3339(when_utc, text));
}

void json_digest(struct json *j, const char *key, const struct digest *d)
{
	char hex[DIGEST_HEX];

	json_str(j, key, digest_hex(d, hex));
}

void json_raw(struct json *j, const char *key, span value)
{
	before(j, key);
	buf_put(j->out, value);
}

void json_end_line(struct json *j)
{
	buf_byte(j->out, '\n');
	j->comma = false;
}
