/* The words of a stretch of text that is weighed (weigh.h): without the marks around them, and what the lists of the rules say of each. */
#include "scan/weigh-private.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

/* What a byte may be of a word: a mark of its begin, of its end, what words are made of that begin no value; the last or first byte of a longer mark. */
enum { MARK_FIRST = 1, MARK_LAST = 2, PLAIN = 4, LONGER = 8 };
static const unsigned char byte_is[256] = {['"'] = MARK_FIRST | MARK_LAST | PLAIN, ['\''] = MARK_FIRST | MARK_LAST | PLAIN, ['('] = MARK_FIRST, ['['] = MARK_FIRST, ['{'] = MARK_FIRST, ['<'] = MARK_FIRST,
    ['*'] = MARK_FIRST | MARK_LAST, ['_'] = MARK_FIRST | MARK_LAST, ['`'] = MARK_FIRST | MARK_LAST, ['.'] = MARK_LAST | PLAIN, [','] = MARK_LAST | PLAIN, [';'] = MARK_LAST | PLAIN,
    [':'] = MARK_LAST | PLAIN, ['!'] = MARK_LAST, ['?'] = MARK_LAST, [')'] = MARK_LAST | PLAIN, [']'] = MARK_LAST, ['}'] = MARK_LAST, ['>'] = MARK_LAST, ['a' ... 'z'] = PLAIN, [0x80 ... 0xff] = PLAIN | LONGER};

/* Typographic marks are three bytes, "«" and "»" two. */
static size_t mark_first(span s)
{
	if (s.n == 0 || (byte_is[s.p[0]] & (MARK_FIRST | LONGER)) == 0)
		return 0;
	if ((byte_is[s.p[0]] & MARK_FIRST) != 0)
		return 1;
	if (s.n > 1 && s.p[0] == 0xc2 && (s.p[1] == 0xab || s.p[1] == 0xbb))
		return 2;
	return s.n > 2 && s.p[0] == 0xe2 && s.p[1] == 0x80 && s.p[2] >= 0x98 && s.p[2] <= 0x9e ? 3 : 0;
}

static size_t mark_last(span s)
{
	if (s.n == 0 || (byte_is[s.p[s.n - 1]] & (MARK_LAST | LONGER)) == 0)
		return 0;
	if ((byte_is[s.p[s.n - 1]] & MARK_LAST) != 0)
		return 1;
	if (s.n > 1 && s.p[s.n - 2] == 0xc2 && (s.p[s.n - 1] == 0xab || s.p[s.n - 1] == 0xbb))
		return 2;
	return s.n > 2 && s.p[s.n - 3] == 0xe2 && s.p[s.n - 2] == 0x80 && ((s.p[s.n - 1] >= 0x98 && s.p[s.n - 1] <= 0x9e) || s.p[s.n - 1] == 0xa6) ? 3 : 0;
}

/* The first bytes of a word with digits as "0". */
static void put_signs(struct word *o, const unsigned char folded[WORD_AT_ONCE])
{
	for (size_t i = 0; i < WORD_AT_ONCE; i++)
		o->text[i] = ascii_is_digit(folded[i]) ? '0' : folded[i];
}

#ifdef __SSE2__
#define BYTES(c) _mm_set1_epi8((char)(c))

static __m128i within(__m128i v, unsigned char first, unsigned char last) { return _mm_and_si128(_mm_cmpgt_epi8(v, BYTES(first - 1)), _mm_cmpgt_epi8(BYTES(last + 1), v)); }

/* A word of at most as many bytes of ASCII as there are in a register, with as many readable, as most are: a sixtieth of a scan, which byte by byte was twice that. */
static bool fold_short(struct word *o, span s, unsigned char out[WORD_AT_ONCE], bool *joint)
{
	__m128i v = _mm_loadu_si128((const __m128i *)(const void *)s.p), digit = within(v, '0', '9'), lower = _mm_or_si128(v, _mm_and_si128(within(v, 'A', 'Z'), BYTES(0x20)));
	unsigned word = (1u << s.n) - 1, marks = (unsigned)_mm_movemask_epi8(_mm_or_si128(_mm_cmpeq_epi8(v, BYTES('\'')), _mm_cmpeq_epi8(v, BYTES('-'))));

	if (((unsigned)_mm_movemask_epi8(v) & word) != 0)
		return false;
	*joint = (marks & word) != 0;
	_mm_storeu_si128((__m128i *)(void *)out, lower);
	_mm_storeu_si128((__m128i *)(void *)o->text, _mm_or_si128(_mm_andnot_si128(digit, lower), _mm_and_si128(digit, BYTES('0'))));
	return true;
}
#else
static bool fold_short(struct word *o, span s, unsigned char out[WORD_AT_ONCE], bool *joint)
{
	*joint = false;
	for (size_t i = 0; i < s.n; i++) {
		*joint |= s.p[i] == '\'' || s.p[i] == '-';
		out[i] = ascii_lower(s.p[i]);
	}
	memset(out + s.n, 0, WORD_AT_ONCE - s.n);
	put_signs(o, out);
	return span_is_ascii(s);
}
#endif

/* In lower case, with one form of the apostrophe, and as o->text. *joint: has it one, or a hyphen? */
static size_t fold(const struct walk *k, struct word *o, unsigned char out[WORD_MAX], bool *joint)
{
	span s = span_sub(k->text, o->at, o->n);
	size_t n = 0;

	if (s.n <= WORD_AT_ONCE && k->text.n - o->at >= WORD_AT_ONCE && fold_short(o, s, out, joint))
		return s.n;
	*joint = true;
	memset(out, 0, WORD_AT_ONCE);
	for (size_t i = 0; i < s.n && n < WORD_MAX; i++) {
		unsigned char c = ascii_lower(s.p[i]);

		if (n > 0 && out[n - 1] == 0xc3 && c >= 0x80 && c <= 0x9e)
			c = (unsigned char)(c + 0x20);
		out[n++] = c;
		if (n > 2 && out[n - 3] == 0xe2 && out[n - 2] == 0x80 && c == 0x99) {
			n -= 2;
			out[n - 1] = '\'';
		}
	}
	put_signs(o, out);
	return n;
}

/* Most words are: they begin no value, not even "C 2486" or "C, 2, 4". */
static bool is_plain(span s)
{
	size_t n = 1;

	while (n < s.n && (byte_is[s.p[n]] & PLAIN) != 0)
		n++;
	return n == s.n && n > 1 && is_letter(s.p[0]) && is_letter(s.p[1]);
}

/* What the lists say of a word, and of the two that it ends. */
static void word_know(const struct walk *k, struct word *o, const struct word *before)
{
	UNFILLED unsigned char folded[WORD_MAX];
	bool joint;
	size_t n = fold(k, o, folded, &joint);

	o->whole = span_hash_word(span_of(folded, n));
	o->roles = roles_of(k->w, span_of(folded, n), o->whole, joint);
	if (before != NULL && (before->roles & OPENS) != 0 && before->n < WORD_MAX)
		o->roles |= roles_of_two(k->w, before->whole, o->whole);
	o->text_n = n < WORD_BYTES ? (uint8_t)n : WORD_BYTES;
	while (o->text_n > 0 && o->text_n < n && (folded[o->text_n] & 0xc0) == 0x80)
		o->text_n--; /* not within a letter */
	o->hash = o->text_n == n && o->plain ? o->whole : span_hash_word(span_of(o->text, o->text_n));
}

void word_read(struct walk *k, size_t from, size_t to, unsigned lines)
{
	const struct word *before = k->n > 0 ? word_of(k, k->n - 1) : NULL;
	struct word *o = word_of(k, k->n++);
	span s = span_sub(k->text, from, to - from);
	size_t m;

	/* all that is not filled in below */
	o->from = from;
	o->to = to;
	o->plain = is_plain(s);
	o->lines = (uint8_t)(lines < 9 ? lines : 9);
	o->opened = o->closed = false;
	while ((m = mark_first(s)) > 0 && m < s.n) {
		o->opened |= s.p[0] != '(' && s.p[0] != '[' && s.p[0] != '{' && s.p[0] != '<';
		s = span_from(s, m);
	}
	o->ends = s.n > 0 && ascii_is_one_of(s.p[s.n - 1], ".!?");
	while ((m = mark_last(s)) > 0 && m < s.n) {
		o->closed |= m > 1 || ascii_is_one_of(s.p[s.n - 1], "\"'*`");
		s = span_first(s, s.n - m);
	}
	o->at = (size_t)(s.p - k->text.p);
	o->n = s.n;
	word_know(k, o, before);
}
