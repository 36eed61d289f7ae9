#include "mail/words.h"

#include "base/digest.h"
#include "base/utf8.h"
#include "mail/lines.h"
#include "stream/charset.h"
#include "stream/decode.h"

void text_put(struct text *t, span s)
{
	if (t->failed || s.n == 0)
		return;
	if (s.n > t->cap - t->n) {
		size_t cap = (t->cap < 64 ? 64 : t->cap) * 2;
		unsigned char *p;

		if (s.n > cap - t->n)
			cap = t->n + s.n;
		if ((p = arena_alloc(t->arena, cap)) == NULL) {
			t->failed = true;
			return;
		}
		if (t->n != 0)
			memcpy(p, t->p, t->n);
		t->p = p;
		t->cap = cap;
	}
	memcpy(t->p + t->n, s.p, s.n);
	t->n += s.n;
}

void text_byte(struct text *t, unsigned char c) { text_put(t, span_of(&c, 1)); }

span text_span(const struct text *t)
{
	if (t->failed)
		return SPAN_EMPTY;
	return t->n != 0 ? span_of(t->p, t->n) : SPAN_LIT("");
}

size_t comment_end(span s, size_t at)
{
	unsigned depth = 0;

	for (; at < s.n; at++) {
		if (s.p[at] == '\\')
			at++;
		else if (s.p[at] == '(')
			depth++;
		else if (s.p[at] == ')' && --depth == 0)
			return at + 1;
	}
	return s.n;
}

static span to_utf8(struct arena *a, const struct charset *c, span bytes, size_t *bad)
{
	struct err e;

	if (charset_to_utf8(a, c, bytes, &bytes, bad, &e) != OK)
		return SPAN_EMPTY;
	return bytes.p != NULL ? utf8_clean(a, bytes) : SPAN_LIT("");
}

/* The charset of the body; NULL where it says nothing of the bytes. */
static const struct charset *body_charset(span body, span bytes)
{
	const struct charset *c = body.n != 0 && !charset_is_ascii(body) ? charset_find(body) : NULL, *clear;

	if (c == NULL || c == charset_find(SPAN_EMPTY))
		return NULL;
	clear = charset_instead(c, bytes);
	return clear != NULL ? clear : c;
}

span words_raw(struct arena *a, span bytes, span body)
{
	const struct charset *c;
	size_t bad;
	span s;

	if (span_find_byte(bytes, 0x1b) == bytes.n && utf8_valid(bytes) == bytes.n)
		return bytes.p != NULL ? utf8_clean(a, bytes) : SPAN_LIT("");
	if (charset_told(bytes) == NULL && (c = body_charset(body, bytes)) != NULL) {
		s = to_utf8(a, c, bytes, &bad);
		if (s.p == NULL || bad == 0)
			return s;
	}
	return to_utf8(a, charset_guess(bytes), bytes, NULL);
}

bool words_are_raw(span bytes) { return bytes_8bit(bytes) || span_find_byte(bytes, 0x1b) < bytes.n; }

/* Is it UTF-8 but for an end that was cut off within a letter, or for less than there is of it? */
static bool is_utf8_mostly(span bytes)
{
	size_t good = 0, bad = 0;

	for (size_t at = 0, n; at < bytes.n; at += n) {
		(void)utf8_get(span_from(bytes, at), &n);
		good += n > 1;
		bad += n == 1 && bytes.p[at] >= 0x80 && bytes.n - at > 3;
	}
	return good >= bad;
}

span words_charset(struct arena *a, span charset, span bytes, span body)
{
	const struct charset *c = charset.n != 0 ? charset_find(charset) : NULL, *clear;
	size_t bad;
	span s;

	if (c == NULL || c == charset_find(SPAN_EMPTY) || (c == charset_utf8() && !is_utf8_mostly(bytes)))
		return words_raw(a, bytes, c == charset_utf8() ? SPAN_EMPTY : body);
	clear = charset_instead(c, bytes);
	s = to_utf8(a, clear != NULL ? clear : c, bytes, &bad);
	return bad != 0 && charset_told(bytes) == charset_utf8() ? words_raw(a, bytes, body) : s;
}

struct word {
	span charset;          /* without the language of RFC 2231 5 */
	unsigned char encoding; /* 'q' or 'b' */
	span text;
	size_t next;           /* behind it */
};

/* Does a word begin at `at`, and not only look so: "=?charset?e?"? */
static bool word_begins(span in, size_t at)
{
	enum { CHARSET_MOST = 40 };
	span rest = span_sub(in, at + 2, CHARSET_MOST);
	size_t n = span_find_byte(rest, '?');

	if (!span_starts(span_from(in, at), SPAN_LIT("=?")) || n == 0 || rest.n - n < 3 || rest.p[n + 2] != '?' || !ascii_is_one_of(rest.p[n + 1], "QqBb"))
		return false;
	for (size_t i = 0; i < n; i++)
		if (!ascii_is_alnum(rest.p[i]) && !ascii_is_one_of(rest.p[i], "-_.:*+()"))
			return false;
	return true;
}

/* Where the text of a word ends: where the next begins if its end was lost. "?=20" within Q is a question mark and a space that were not encoded. */
static size_t word_end(span in, size_t from, unsigned char encoding)
{
	size_t at = from, next = from;

	/* The next is looked for first, so that a thousand without an end do not each look through all that follow. */
	while ((next += span_find(span_from(in, next), SPAN_LIT("=?"))) < in.n && !word_begins(in, next))
		next++;
	for (;;) {
		at += span_find(span_sub(in, at, next < in.n ? next + 1 - at : in.n - at), SPAN_LIT("?="));
		if (next < in.n && at > next)
			return next;
		if (at >= in.n || encoding != 'q' || in.n - at < 4)
			return at;
		if (!ascii_is_one_of(in.p[at + 2], "0123456789ABCDEFabcdef") || !ascii_is_one_of(in.p[at + 3], "0123456789ABCDEFabcdef"))
			return at;
		{
			span rest = span_from(in, at + 2);
			size_t close = span_find(rest, SPAN_LIT("?="));

			if (close == rest.n || span_find(span_first(rest, close), SPAN_LIT("=?")) < close ||
			    span_find_byte(span_first(rest, close), ' ') < close)
				return at;
		}
		at += 2;
	}
}

/* "=?charset?e?text?=" at `at`; a missing end is the end of the field. */
static bool word_at(span in, size_t at, struct word *w)
{
	span rest = span_from(in, at + 2);
	size_t n, star;

	if (!span_starts(span_from(in, at), SPAN_LIT("=?")))
		return false;
	n = span_find_byte(rest, '?');
	if (n == 0 || rest.n - n < 3 || rest.p[n + 2] != '?')
		return false;
	for (size_t i = 0; i < n; i++)
		if (rest.p[i] <= ' ' || rest.p[i] >= 0x7f)
			return false;
	w->charset = span_first(rest, n);
	star = span_find_byte(w->charset, '*');
	w->charset = span_first(w->charset, star);
	w->encoding = ascii_lower(rest.p[n + 1]);
	if (w->encoding != 'q' && w->encoding != 'b')
		return false;
	n += at + 2 + 3;
	w->next = word_end(in, n, w->encoding);
	w->text = span_sub(in, n, w->next - n);
	w->next = span_starts(span_from(in, w->next), SPAN_LIT("?=")) ? w->next + 2 : w->next;
	return true;
}

bool in_encoded_word(span s, size_t from, size_t at)
{
	enum { LONGEST = 256 };
	size_t begin = at, end = at;
	struct word w;

	while (begin > from && at - begin < LONGEST && !ascii_is_space(s.p[begin - 1]) && !ascii_is_one_of(s.p[begin - 1], "<>\""))
		begin--;
	begin += span_find(span_sub(s, begin, at - begin), SPAN_LIT("=?"));
	if (begin == at)
		return false;
	while (end < s.n && end - at < LONGEST && !ascii_is_space(s.p[end]) && !ascii_is_one_of(s.p[end], "<>\""))
		end++;
	s = span_first(s, end);
	for (; begin < at && word_at(s, begin, &w) && w.text.p + w.text.n < s.p + s.n; begin = w.next + span_find(span_from(s, w.next), SPAN_LIT("=?")))
		if (w.next > at)
			return true;
	return false;
}

static void put_q(struct text *t, span s)
{
	unsigned char b;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '_') {
			text_byte(t, ' ');
		} else if (s.p[i] == '=' && hex_read(span_sub(s, i + 1, 2), &b, 1)) {
			text_byte(t, b);
			i += 2;
		} else {
			text_byte(t, s.p[i]);
		}
	}
}

/* Bytes that text of no charset has. */
static size_t controls(span s)
{
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++)
		n += s.p[i] < ' ' && !ascii_is_one_of(s.p[i], "\t\r\n") && s.p[i] != 0 &&
		     !(s.p[i] == 0x1b && s.n - i > 1 && ascii_is_one_of(s.p[i + 1], "$(")); /* ISO 2022 */
	return n;
}

static size_t utf8_bad(span s)
{
	size_t bad = 0;

	for (size_t at = 0, n; at < s.n; at += n + 1) {
		n = utf8_valid(span_from(s, at));
		bad += n < s.n - at;
	}
	return bad;
}

/*
 * The base64 gathered so far, a word a line. A group may go on in the next word, though it should not; or the padding of a word may be
 * missing, then each is decoded alone: what gives text is what was meant.
 */
static void flush_b(struct text *raw, struct text *b64)
{
	span in = text_span(b64), line, joined, alone;
	unsigned char *out;
	unsigned problems = 0;
	bool torn = false;
	size_t n = 0;

	if (b64->n == 0)
		return;
	if (b64->failed || (out = arena_alloc(raw->arena, 2 * b64->n)) == NULL) {
		raw->failed = true;
		return;
	}
	joined = span_of(out, base64_decode_either(in, out, &problems));
	out += b64->n;
	while (span_line(&in, &line)) {
		torn |= in.n != 0 && line.n % 4 != 0;
		n += base64_decode_either(line, out + n, &problems);
	}
	alone = span_of(out, n);
	torn = torn && (controls(alone) < controls(joined) || (controls(alone) == controls(joined) && utf8_bad(alone) < utf8_bad(joined)));
	text_put(raw, torn ? alone : joined);
	b64->n = 0;
}

/* Offset of the word that follows `at` behind nothing but white space, or `at` when another thing follows. */
static size_t next_word(span in, size_t at)
{
	size_t i = at;

	while (i < in.n && ascii_is_space(in.p[i]))
		i++;
	return span_starts(span_from(in, i), SPAN_LIT("=?")) ? i : at;
}

/* Decodes *w and the words of the same charset next to it as one, since a character may lie in two; *at ends up behind them. */
static void put_words(struct text *out, span in, struct word w, span body, size_t *at)
{
	struct text raw = {.arena = out->arena}, b64 = {.arena = out->arena};
	struct word next = w;
	span text;

	for (;;) {
		if (next.encoding == 'q') {
			flush_b(&raw, &b64);
			put_q(&raw, next.text);
		} else {
			text_put(&b64, next.text);
			text_byte(&b64, '\n');
			if (next.text.n != 0 && next.text.p[next.text.n - 1] == '=')
				flush_b(&raw, &b64);
		}
		*at = next.next;
		if (!word_at(in, next_word(in, *at), &next) ||
		    !span_eq_nocase(next.charset, w.charset))
			break;
	}
	flush_b(&raw, &b64);
	text = raw.failed ? SPAN_EMPTY : words_charset(out->arena, w.charset, text_span(&raw), body);
	if (text.p == NULL)
		out->failed = true;
	text_put(out, text);
}

span words_decode(struct arena *a, span in, span body)
{
	struct text out = {.arena = a};
	struct word w;
	size_t at = 0, from = 0, after;
	span raw;

	while (at <= in.n) {
		bool word = at < in.n && word_at(in, at, &w);

		if (!word && at < in.n) {
			at++;
			at += span_find_byte(span_from(in, at), '=');
			continue;
		}
		if ((raw = words_raw(a, span_sub(in, from, at - from), body)).p == NULL)
			return SPAN_EMPTY;
		text_put(&out, raw);
		if (!word)
			break;
		for (after = at;; after = next_word(in, at)) {
			if (!word_at(in, after, &w))
				break;
			put_words(&out, in, w, body, &at);
		}
		from = at;
	}
	for (size_t i = 0; i < out.n; i++)
		if (out.p[i] == '\r' || out.p[i] == '\n')
			out.p[i] = ' ';
	return text_span(&out);
}
