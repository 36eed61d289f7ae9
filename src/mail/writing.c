#include "mail/writing.h"

#include "mail/fields.h"

/* Bytes looked at for the first end of a line, and for the end of the header section. */
enum { LINE_LOOK = 4096, SECTION_LOOK = 65536, HEAD_ROOM = 4096 };

static bool is_ascii_unit(unsigned char low, unsigned char high) { return high == 0 && low != 0 && low < 0x80; }

/* By the mark, or by two letters of ASCII: a header field begins with them. */
static const struct charset *utf16_of(span s)
{
	if (s.n < 4)
		return NULL;
	if ((span_starts(s, SPAN_LIT("\xff\xfe")) && (s.p[2] != 0 || s.p[3] != 0)) ||
	    (is_ascii_unit(s.p[0], s.p[1]) && is_ascii_unit(s.p[2], s.p[3])))
		return charset_find(SPAN_LIT("utf-16le"));
	if (span_starts(s, SPAN_LIT("\xfe\xff")) || (is_ascii_unit(s.p[1], s.p[0]) && is_ascii_unit(s.p[3], s.p[2])))
		return charset_find(SPAN_LIT("utf-16be"));
	return NULL;
}

/* Without the empty lines at its beginning. */
static span from_words(span text)
{
	while (text.n != 0 && (text.p[0] == '\n' || text.p[0] == '\r'))
		text = span_from(text, 1);
	return text;
}

/* The first line that is not empty ends in CR, and no LF stands before the empty line that ends the header section, or right behind it. */
static bool cr_alone(span s)
{
	span look = span_first(s = from_words(s), LINE_LOOK), line = span_first(look, span_find_byte(look, '\n'));
	size_t cr = span_find_byte(line, '\r'), end;

	if (cr >= line.n || s.n - cr < 2 || s.p[cr + 1] == '\n')
		return false;
	look = span_first(s, SECTION_LOOK);
	end = span_find(look, SPAN_LIT("\r\r"));
	while (end < look.n && look.p[end] == '\r') /* CR CR CR LF ends a line */
		end++;
	look = span_first(look, end < look.n ? end + 1 : end);
	return span_find_byte(look, '\n') == look.n;
}

static bool begins_mail(span text)
{
	span name, line;

	text = from_words(span_from(text, bom_length(text)));
	if (span_starts(text, SPAN_LIT("From ")) && !field_begins(text, &name) && !span_line(&text, &line))
		return false;
	return field_begins(text, &name);
}

/* CR to LF, but for a CR that has its LF. */
static void cr_to_lf(unsigned char *p, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (p[i] == '\r' && (n - i < 2 || p[i + 1] != '\n'))
			p[i] = '\n';
}

span writing_head(struct writing w, span bytes, unsigned char *room, size_t n)
{
	bool big = w.charset != NULL && w.charset == charset_find(SPAN_LIT("utf-16be"));
	size_t used = 0, at = 0;

	if (writing_is_plain(w))
		return bytes;
	if (w.charset == NULL) {
		used = bytes.n < n ? bytes.n : n;
		memcpy(room, bytes.p, used);
	} else {
		at = span_starts(bytes, SPAN_LIT("\xff\xfe")) || span_starts(bytes, SPAN_LIT("\xfe\xff")) ? 2 : 0;
		for (; bytes.n - at >= 2 && used < n; at += 2)
			room[used++] = bytes.p[at + (big ? 0 : 1)] == 0 && bytes.p[at + (big ? 1 : 0)] < 0x80 ? bytes.p[at + (big ? 1 : 0)] : 0x80;
	}
	if (w.cr)
		cr_to_lf(room, used);
	return span_of(room, used);
}

struct writing writing_of(span bytes)
{
	struct writing w = {.charset = utf16_of(bytes)};
	UNFILLED unsigned char room[HEAD_ROOM];
	span head = writing_head(w, bytes, room, sizeof room);

	w.cr = cr_alone(head);
	if (!writing_is_plain(w) && begins_mail(writing_head(w, bytes, room, sizeof room)))
		return w;
	return (struct writing){0};
}

enum errc writing_view(struct arena *a, span bytes, struct writing_view *out, struct err *e)
{
	unsigned char *p;
	enum errc rc;

	*out = (struct writing_view){.writing = writing_of(bytes), .bytes = bytes, .text = bytes};
	if (writing_is_plain(out->writing))
		return OK;
	if (out->writing.charset != NULL &&
	    ((rc = charset_to_utf8(a, out->writing.charset, bytes, &out->text, NULL, e)) != OK ||
	        (rc = charset_places_new(a, out->writing.charset, bytes, &out->places, e)) != OK))
		return rc;
	if (!out->writing.cr)
		return OK;
	if ((p = arena_alloc(a, out->text.n)) == NULL)
		return err_memory(e);
	memcpy(p, out->text.p, out->text.n);
	cr_to_lf(p, out->text.n);
	out->text = span_of(p, out->text.n);
	return OK;
}

size_t writing_place(const struct writing_view *v, size_t at)
{
	/* The mark belongs to what stands behind it, and half a unit to what stands before it. */
	if (v->writing.charset == NULL || at == 0)
		return at;
	return at >= v->text.n ? v->bytes.n : charset_place(v->places, at);
}

size_t writing_text_at(const struct writing_view *v, size_t at)
{
	if (v->writing.charset == NULL)
		return at;
	return at >= v->bytes.n ? v->text.n : charset_text_at(v->places, at);
}
