/*
 * What Pages, Numbers and Keynote keep since 2013 (.iwa, members of their package): chunks of Snappy (a zero byte, a length of three
 * bytes, then the compressed bytes; no checksums), in them messages of Protocol Buffers whose kinds nobody documents. Each string in
 * them is a line here, found by its length: the words are there, their places are not.
 */
#include "base/limits.h"
#include "base/utf8.h"
#include "document/legacy.h"

enum { CHUNK_HEAD = 4, CHUNK_MAX = 1 << 16, STRING_MIN = 4 };

/* A number of Protocol Buffers and of Snappy: seven bits a byte, the lowest first. */
static bool varint(span *s, uint32_t *out)
{
	*out = 0;
	for (unsigned shift = 0; s->n > 0 && shift < 32; shift += 7) {
		unsigned char c = s->p[0];

		*s = span_from(*s, 1);
		*out |= (uint32_t)(c & 0x7f) << shift;
		if (c < 0x80)
			return true;
	}
	return false;
}

static bool chunk_next(span *s, span *chunk)
{
	size_t n;

	if (s->n < CHUNK_HEAD || s->p[0] != 0)
		return false;
	n = (size_t)s->p[1] | (size_t)s->p[2] << 8 | (size_t)s->p[3] << 16;
	*chunk = span_sub(*s, CHUNK_HEAD, n);
	if (n == 0 || chunk->n < n)
		return false;
	*s = span_from(*s, CHUNK_HEAD + n);
	return true;
}

/* The first chunk, as far as it is there, begins with its length and bytes as they are; then chunks go to the end, or to where it is cut. */
bool iwa_is(span s)
{
	span chunk, begin = span_from(s, CHUNK_HEAD);
	uint32_t n, first = 0;
	size_t whole = s.n;

	if (s.n < 16 || s.p[0] != 0 || !varint(&begin, &n) || n < 16 || n > CHUNK_MAX || begin.n == 0 || (begin.p[0] & 3) != 0)
		return false;
	/* The number of bytes of the first message's head, and its first field: an identifier (ArchiveInfo). */
	begin = span_from(begin, begin.p[0] >> 2 < 60 ? 1 : 1 + (size_t)(begin.p[0] >> 2) - 59);
	if (!varint(&begin, &first) || first > n || begin.n == 0 || begin.p[0] != 0x08)
		return false;
	while (chunk_next(&s, &chunk))
		;
	return s.n == 0 || s.n == whole || s.p[0] == 0;
}

/* Snappy (format_description.txt): literals, and copies of what came before. False when damaged: what came before stays. */
static bool unpack(span s, struct buf *out)
{
	size_t begin = out->n;
	uint32_t total;

	if (!varint(&s, &total) || total > CHUNK_MAX)
		return false;
	while (s.n > 0 && out->n - begin < total) {
		unsigned tag = s.p[0], bytes = tag & 3;
		size_t n = tag >> 2, distance = 0;

		s = span_from(s, 1);
		if (bytes == 0) {
			unsigned more = n < 60 ? 0 : (unsigned)n - 59;

			if (s.n < more)
				return false;
			for (unsigned i = more; i > 0; i--)
				distance = distance << 8 | s.p[i - 1];
			n = more > 0 ? distance + 1 : n + 1;
			s = span_from(s, more);
			if (n > s.n || n > total - (out->n - begin))
				return false;
			buf_put(out, span_first(s, n));
			s = span_from(s, n);
			continue;
		}
		if (bytes == 3)
			bytes = 4;
		if (s.n < bytes)
			return false;
		for (unsigned i = bytes; i > 0; i--)
			distance = distance << 8 | s.p[i - 1];
		if (bytes == 1) {
			distance |= (size_t)(tag >> 5) << 8;
			n = (tag >> 2 & 7) + 4;
		} else {
			n++;
		}
		s = span_from(s, bytes);
		if (distance == 0 || distance > out->n - begin || n > total - (out->n - begin) || !buf_room(out, n))
			return false;
		for (; n > 0; n--, out->n++)
			out->p[out->n] = out->p[out->n - distance];
	}
	return out->n - begin == total && !out->failed;
}

/* Bytes of text from here on. Asked again within what it was asked for before, it does not look again. */
struct known { size_t from, to; };
static size_t text_end(span all, size_t at, struct known *k)
{
	size_t end = at, n;

	if (at >= k->from && at < k->to)
		return k->to;
	while (end < all.n) {
		uint32_t c = utf8_get(span_from(all, end), &n);

		if (c == 0xfffd || c == 0x7f || (c < 0x20 && c != '\n' && c != '\t' && c != '\r'))
			break;
		end += n;
	}
	*k = (struct known){at, end};
	return end;
}

/* A string by its length: field of type 2, its number of bytes, and so many bytes of text. */
static void strings_put(struct layout *l, span all)
{
	struct known k = {0, 0};

	for (size_t at = 0; at + 2 < all.n && !l->text.failed;) {
		span rest = span_from(all, at + 1);
		size_t begin;
		uint32_t n;

		begin = at + 1;
		if ((all.p[at] & 7) == 2 && all.p[at] < 0x80 && varint(&rest, &n) && n >= STRING_MIN && n <= rest.n) {
			begin = all.n - rest.n;
			/* A message whose only field is a string looks like one itself. */
			if (!((all.p[begin] & 7) == 2 && all.p[begin + 1] == n - 2) && text_end(all, begin, &k) - begin >= n) {
				layout_text(l, span_sub(all, begin, n));
				layout_line(l);
				at = begin + n;
				continue;
			}
		}
		at++;
	}
}

enum errc iwa_read(struct layout *l, span content, struct err *e)
{
	struct buf all;
	enum errc rc;
	span chunk;

	buf_init(&all, LIMIT_TEXT_BYTES);
	while (content.n > 0 && !all.failed) {
		if (chunk_next(&content, &chunk) && unpack(chunk, &all))
			continue;
		if (!all.failed)
			layout_problem(l, "damaged: it ends before its text does");
		break;
	}
	rc = all.failed && all.n < LIMIT_TEXT_BYTES / 2 ? err_memory(e) : OK;
	if (all.failed && rc == OK)
		layout_limit(l, "longer than what is read of a document");
	layout_group(l, false, "words", SPAN_EMPTY);
	if (rc == OK)
		strings_put(l, buf_span(&all));
	buf_wipe(&all);
	return rc;
}
