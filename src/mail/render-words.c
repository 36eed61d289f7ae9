#include <openssl/evp.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "mail/render.h"

enum { WORD_BYTES = 45, LINE_BYTES = 57, PLAIN_MAX = 900 };
static void put_base64(struct buf *b, span s)
{
	/* It writes a NUL behind what it counts. */
	if (buf_room(b, (s.n + 2) / 3 * 4 + 1))
		b->n += (size_t)EVP_EncodeBlock(b->p + b->n, s.p, (int)s.n);
}

void render_base64(struct buf *b, span bytes)
{
	/* All at once: growing is what costs. */
	if (!buf_room(b, (bytes.n / LINE_BYTES + 1) * (LINE_BYTES / 3 * 4 + 2)))
		return;
	for (; bytes.n != 0; bytes = span_from(bytes, LINE_BYTES)) {
		put_base64(b, span_first(bytes, LINE_BYTES));
		buf_str(b, "\r\n");
	}
}

static bool is_plain(span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] < ' ' || s.p[i] > '~')
			return false;
	return s.n <= PLAIN_MAX && !span_has(s, SPAN_LIT("=?"));
}

/* Words of whole characters, one a line. */
static void put_words(struct buf *b, span s)
{
	for (bool first = true; s.n != 0; first = false) {
		size_t n = 0;

		while (n < s.n) {
			size_t step;

			(void)utf8_get(span_from(s, n), &step);
			if (n + step > WORD_BYTES)
				break;
			n += step;
		}
		buf_str(b, first ? "=?utf-8?B?" : "\r\n =?utf-8?B?");
		put_base64(b, span_first(s, n));
		buf_str(b, "?=");
		s = span_from(s, n);
	}
}

void render_field(struct buf *b, const char *field, span text)
{
	if (text.n == 0)
		return;
	buf_str(b, field);
	buf_str(b, ": ");
	if (is_plain(text))
		buf_put(b, text);
	else
		put_words(b, text);
	buf_str(b, "\r\n");
}

void render_raw(struct buf *b, const struct field *f)
{
	buf_put(b, f->name);
	buf_str(b, ": ");
	buf_put(b, f->value);
	buf_str(b, "\r\n");
}

void render_phrase(struct buf *b, span name)
{
	if (!is_plain(name)) {
		put_words(b, name);
		return;
	}
	buf_byte(b, '"');
	for (size_t i = 0; i < name.n; i++) {
		if (name.p[i] == '"' || name.p[i] == '\\')
			buf_byte(b, '\\');
		buf_byte(b, name.p[i]);
	}
	buf_byte(b, '"');
}

void render_plain(struct buf *b, span text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] > ' ' && text.p[i] != 0x7f && text.p[i] != '<' && text.p[i] != '>')
			buf_byte(b, text.p[i]);
}

void render_date(struct buf *b, int64_t when_utc)
{
	char date[TIME_MAIL_TEXT];

	if (when_utc != TIME_NONE)
		buf_printf(b, "Date: %s\r\n", time_rfc5322(when_utc, date));
}

void render_filename(struct buf *b, span name)
{
	if (name.n == 0)
		return;
	if (is_plain(name) && span_find_byte(name, '"') == name.n && span_find_byte(name, '\\') == name.n) {
		buf_str(b, ";\r\n filename=\"");
		buf_put(b, name);
		buf_byte(b, '"');
		return;
	}
	buf_str(b, ";\r\n filename*=utf-8''");
	for (size_t i = 0; i < name.n; i++) {
		if (ascii_is_alnum(name.p[i]) || name.p[i] == '.' || name.p[i] == '-' || name.p[i] == '_')
			buf_byte(b, name.p[i]);
		else
			buf_printf(b, "%%%02X", name.p[i]);
	}
}

bool render_is_type(span s)
{
	unsigned slashes = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '/')
			slashes++;
		else if (!ascii_is_alnum(s.p[i]) && memchr("+-._", s.p[i], 4) == NULL)
			return false;
	}
	return slashes == 1 && s.n > 2 && s.n < 128 && s.p[0] != '/' && s.p[s.n - 1] != '/';
}
