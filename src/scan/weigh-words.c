/* The words of a stretch of text that is weighed (weigh.h): without the marks around them, and what the lists of the rules say of each. */
#include "scan/weigh-private.h"

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

/* In lower case, with one form of the apostrophe; so many bytes as are looked at together are always written. *joint: has it one, or a hyphen? */
static size_t fold(const struct walk *k, const struct word *o, unsigned char out[WORD_MAX], bool *joint)
{
	span s = span_sub(k->text, o->at, o->n);
	unsigned char past_ascii = 0, marks = 0;
	size_t n = 0;

	/* most words are this short, and are done in a few steps */
	if (s.n <= WORD_AT_ONCE && k->text.n - o->at >= WORD_AT_ONCE) {
		for (size_t i = 0; i < WORD_AT_ONCE; i++) {
			past_ascii |= s.p[i] & 0x80;
			marks |= s.p[i] == '\'' || s.p[i] == '-';
			out[i] = ascii_lower(s.p[i]);
		}
		*joint = marks != 0;
		if (past_ascii == 0)
			return s.n;
	}
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
	for (size_t i = 0; i < WORD_AT_ONCE; i++)
		o->text[i] = ascii_is_digit(folded[i]) ? '0' : folded[i];
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

	*o = (struct word){.from = from, .to = to, .plain = is_plain(s), .lines = (uint8_t)(lines < 9 ? lines : 9)};
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
