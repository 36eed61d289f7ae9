/*
 * Records as Python shows them: {'Id': 'x', 'Folders': [{'Path': '\\Inbox'}], 'ExternalAccess': False, 'Actor': None}. A program that wrote
 * str() of what it had read left these, in files and in cells of tables. Unlike JSON that has lost its quotes they say all that JSON says.
 */
#include <stdio.h>

#include "base/buf.h"
#include "base/digest.h"
#include "logs/private.h"

bool python_sniff(span s)
{
	size_t i = 0;

	while (i < s.n && (s.p[i] == '[' || s.p[i] == '{' || ascii_is_space(s.p[i])))
		i++;
	return i > 0 && i < s.n && s.p[i] == '\'' && s.p[i - 1] == '{';
}

/* \xe4 is a letter, and \U0001f600 one that JSON has as two. */
static void put_hex(struct buf *out, span s, size_t at, size_t digits)
{
	uint32_t c = 0;
	char text[16];

	for (size_t i = at; i < at + digits && i < s.n; i++)
		c = c << 4 | ((uint32_t)hex_value(s.p[i]) & 15);
	if (c > 0xffff) {
		c -= 0x10000;
		(void)snprintf(text, sizeof text, "\\u%04x\\u%04x", 0xd800 | ((c >> 10) & 0x3ff), 0xdc00 | (c & 0x3ff));
	} else {
		(void)snprintf(text, sizeof text, "\\u%04x", c);
	}
	buf_str(out, text);
}

/* The text at s.p[at], which is its quote; behind its end. */
static size_t put_text(struct buf *out, span s, size_t at)
{
	unsigned char quote = s.p[at++];

	buf_byte(out, '"');
	for (; at < s.n && s.p[at] != quote; at++) {
		unsigned char c = s.p[at];

		if (c == '"') {
			buf_str(out, "\\\"");
		} else if (c != '\\' || at + 1 == s.n) {
			buf_byte(out, c);
		} else if ((c = s.p[++at]) == '\'') {
			buf_byte(out, c);
		} else if (c == 'x' || c == 'u' || c == 'U') {
			size_t digits = c == 'x' ? 2 : c == 'u' ? 4 : 8;

			put_hex(out, s, at + 1, digits);
			at += digits;
		} else {
			buf_byte(out, '\\');
			buf_byte(out, c);
		}
	}
	buf_byte(out, '"');
	return at < s.n ? at + 1 : s.n;
}

static size_t put_word(struct buf *out, span s, size_t at)
{
	static const struct { const char *python, *json; } words[] = {{"True", "true"}, {"False", "false"}, {"None", "null"}, {"nan", "null"}};

	for (size_t i = 0; i < sizeof words / sizeof *words; i++)
		if (span_starts(span_from(s, at), span_str(words[i].python))) {
			buf_str(out, words[i].json);
			return at + strlen(words[i].python);
		}
	buf_byte(out, s.p[at]);
	return at + 1;
}

enum errc python_json(struct arena *a, span s, span *out, size_t *used, struct err *e)
{
	struct buf b;
	size_t at = 0, depth = 0;
	enum errc rc = OK;

	buf_init(&b, 6 * LIMIT_LOG_RECORD_BYTES);
	do {
		unsigned char c = s.p[at];

		depth += c == '{' || c == '[';
		depth -= depth != 0 && (c == '}' || c == ']');
		at = c == '\'' || c == '"' ? put_text(&b, s, at) : put_word(&b, s, at);
	} while (at < s.n && depth != 0);
	*used = at;
	if (b.failed || (*out = arena_copy(a, buf_span(&b))).p == NULL)
		rc = err_memory(e);
	buf_free(&b);
	return rc;
}
