/*
 * In which charset text is that does not say. Each charset that it could be is held against how its languages write
 * (letters.h): what the bytes would cost to say, in bits, is asked of each, and the cheapest has it, windows-1252
 * being given a start. Only what is not ASCII counts, and what stands beside it.
 */
#include "base/limits.h"
#include "base/utf8.h"
#include "stream/charset-private.h"
#include "stream/letters.h"

/* A charset that text without one can be in, what it costs to suppose it, and who writes in it. */
struct candidate {
	span name;
	unsigned start;
	unsigned char languages[12]; /* enum language */
};

#define S(s) {(const unsigned char *)(s), sizeof(s) - 1}

static const struct candidate candidates[] = {
	{S("windows-1252"), 0, {DE, FR, ES, PT, IT, NL, DA, SV, IS, CA}},
	{S("windows-1251"), 6, {RU, UK, BG}},
	{S("koi8-r"), 6, {RU}},
	{S("koi8-u"), 8, {UK}},
	{S("iso-8859-5"), 10, {RU, UK, BG}},
	{S("ibm866"), 10, {RU}},
	{S("windows-1250"), 8, {PL, CS, SK, HU, RO, HR}},
	{S("iso-8859-2"), 9, {PL, CS, SK, HU, RO, HR}},
	{S("ibm852"), 14, {PL, CS, SK, HU, RO, HR}},
	{S("windows-1253"), 8, {EL}},
	{S("iso-8859-7"), 9, {EL}},
	{S("windows-1254"), 4, {TR}},
	{S("windows-1255"), 8, {HE}},
	{S("windows-1256"), 8, {AR}},
	{S("iso-8859-6"), 10, {AR}},
	{S("windows-1257"), 12, {LT, LV, ET}},
	{S("windows-874"), 10, {TH}},
	{S("ibm850"), 12, {DE, FR, ES, PT, IT, NL, DA, SV, IS, CA}},
	{S("shift_jis"), 8, {JA}},
	{S("euc-jp"), 8, {JA}},
	{S("gb18030"), 8, {ZH}},
	{S("big5"), 8, {TW}},
	{S("euc-kr"), 8, {KO}},
	{S("utf-8"), 4, {LANGUAGE_ANY}}, /* damaged */
};

/* Bits of what no table says. */
enum {
	BITS_NO_CHARACTER = 24,  /* no character of the charset, or a control character */
	BITS_OTHER_LETTER = 18,  /* a letter that the language has not */
	BITS_OTHER_PAIR = 13,    /* two that it has, but hardly one behind the other */
	BITS_UTF8 = 9,           /* a character of several bytes that fit each other, whichever it is */
	BITS_UTF8_BAD = 40,      /* a byte that fits no other: it is lost where the text is read as UTF-8 */
	BITS_CASE = 8,           /* a capital letter behind a small one */
	BITS_CAPITAL = 2,        /* a capital letter behind another letter */
	BITS_MARK = 7,           /* a quotation mark, a dash, a currency */
	BITS_BLANK = 4,          /* a blank that does not break */
	BITS_SIGN = 17,          /* box drawing, fractions, accents by themselves */
	BITS_TOUCHING = 3,       /* a letter beside a mark or sign; an ASCII letter beside an East Asian character */
	BITS_INSIDE = 8,         /* a mark or sign within a word */
	BITS_ICELAND = 6,        /* its letters are those of Turkish, which more people write */
	BITS_WIDE = 9,           /* a Latin letter or digit as wide as a Chinese one */
	BITS_KANA = 13,
	BITS_HANGUL = 16,
	BITS_HANZI = 17,
	BITS_RARE = 22,
	/* What costs more than this in each charset is no text of people, such as yEnc. */
	BITS_MOST_EACH = 7,      /* for each byte past ASCII, or pair with one */
	BITS_MOST_MORE = 24,
};

/*
 * By how much another charset must be cheaper than the one that a text is declared in: so many times, and by so many bits. What
 * is valid UTF-8 says so much by that alone that fewer do: "caf\xc3\xa9" has 22 of them, "CAF\xc9\xae" 8.
 */
enum { DOUBT_TIMES = 2, DOUBT_MORE = 40, DOUBT_UTF8 = 12 };

/* Of Chinese, Japanese and Korean that costs more than text of people does, a third is enough: it is none. */
enum { DOUBT_PART = 3 };

/*
 * letters.h by what is asked of it: language, letter before, letter, bits. Made when text is guessed for the first time; then
 * it is only read.
 */
enum { KNOWN = 1 << 15 };
static uint64_t known[KNOWN];

static uint64_t known_key(unsigned language, uint32_t before, uint32_t c)
{
	return ((uint64_t)language << 42 | (uint64_t)(before & 0x1fffff) << 21 | (c & 0x1fffff)) << 8;
}

static uint64_t *known_slot(uint64_t key)
{
	size_t at = (size_t)((key >> 8) * 0x9e3779b97f4a7c15u >> 49);

	while (known[at] != 0 && (known[at] & ~(uint64_t)0xff) != key)
		at = (at + 1) % KNOWN;
	return &known[at];
}

static void known_put(uint64_t key, unsigned bits)
{
	uint64_t *slot = known_slot(key);

	if (*slot == 0)
		*slot = key | bits;
}

static uint32_t next_letter(span *s)
{
	size_t n;
	uint32_t c = utf8_get(*s, &n);

	*s = span_from(*s, n);
	return c;
}

static void known_read(unsigned language, unsigned bits)
{
	for (span s = span_str(letters[language][bits]); s.n > 0;) {
		uint32_t before = language < JA ? next_letter(&s) : 0, c = next_letter(&s);

		known_put(known_key(language, before, c), bits);
		/* That the language has the letter at all. */
		if (language < JA) {
			known_put(known_key(language, 0, before), 1);
			known_put(known_key(language, 0, c), 1);
		}
	}
}

static void known_make(void)
{
	if (*known_slot(known_key(DE, '_', 0xfc)) != 0)
		return;
	for (unsigned language = DE; language < LANGUAGES; language++)
		for (unsigned bits = 1; bits < LETTER_BITS; bits++)
			if (letters[language][bits] != NULL)
				known_read(language, bits);
}

static unsigned known_bits(unsigned language, uint32_t before, uint32_t c)
{
	return *known_slot(known_key(language, before, c)) & 0xff;
}

/* A character on its way through the text: what it is, and as the tables have it. */
struct sign {
	uint32_t c;
	uint32_t letter; /* small; '_' when it is none */
	bool capital;
	bool touched; /* no letter, and behind one */
};

static struct sign sign_of(uint32_t c)
{
	bool letter = c < 0x80 ? ascii_is_alpha((unsigned char)c) : c >= 0xc0 && utf8_is_letter(c);
	uint32_t small = c == 0x130 ? 'i' : utf8_fold(c);

	return (struct sign){.c = c, .letter = letter ? small : '_', .capital = letter && small != c};
}

static bool is_mark(uint32_t c)
{
	static const uint32_t marks[] = {0xa1, 0xa3, 0xa7, 0xa9, 0xaa, 0xab, 0xad, 0xae, 0xb0, 0xb1, 0xb2, 0xb4, 0xb7, 0xba,
	    0xbb, 0xbc, 0xbd, 0xbf, 0xd7, 0x60c, 0x61b, 0x61f, 0x20ac, 0x2022, 0x2026, 0x2116, 0x2122};

	for (size_t i = 0; i < sizeof marks / sizeof *marks; i++)
		if (marks[i] == c)
			return true;
	return c >= 0x2010 && c <= 0x201e;
}

/* An apostrophe, or what is taken for one; the dot of Catalan; a hyphen that is not seen; a dash. */
static bool joins_words(uint32_t c)
{
	return c == 0x2019 || c == 0x2018 || c == 0xb4 || c == 0xb7 || c == 0xad || c == 0xa0 || c == 0x2026 ||
	       (c >= 0x2010 && c <= 0x2015);
}

static unsigned sign_bits(uint32_t c)
{
	if (c == REPLACEMENT || (c >= 0x80 && c < 0xa0))
		return BITS_NO_CHARACTER;
	return c == 0xa0 ? BITS_BLANK : is_mark(c) ? BITS_MARK : BITS_SIGN;
}

static bool has_letter(unsigned language, uint32_t letter)
{
	return letter == '_' || known_bits(language, 0, letter) != 0 || (letter < 0x80 && language <= TR);
}

/* That b stands behind a, one of which is not ASCII. */
static unsigned pair_bits(unsigned language, const struct sign *a, const struct sign *b)
{
	bool sign_a = a->c >= 0x80 && a->letter == '_', sign_b = b->c >= 0x80 && b->letter == '_';
	unsigned bits = sign_b ? sign_bits(b->c) : 0, said;

	if ((sign_a && b->letter != '_') || (sign_b && a->letter != '_'))
		bits += BITS_TOUCHING;
	if (sign_a && a->touched && b->letter != '_' && !joins_words(a->c))
		bits += BITS_INSIDE;
	if (a->letter < 0x80 && b->letter < 0x80)
		return bits;
	if (a->letter != '_' && b->capital)
		bits += a->capital ? BITS_CAPITAL : BITS_CASE;
	said = known_bits(language, a->letter, b->letter);
	if (said == 0)
		said = has_letter(language, a->letter) && has_letter(language, b->letter) ? BITS_OTHER_PAIR : BITS_OTHER_LETTER;
	return bits + said;
}

static unsigned character_bits(unsigned language, uint32_t c, unsigned char lead)
{
	unsigned said = known_bits(language, 0, c);
	bool usual;

	if (said != 0)
		return said;
	if (c == REPLACEMENT || (c >= 0xe000 && c < 0xf900))
		return BITS_NO_CHARACTER;
	if (c > 0xff00 && c < 0xff5f)
		return BITS_WIDE;
	if (c >= 0x3000 && c < 0x3100)
		return BITS_KANA;
	if (c >= 0xac00 && c < 0xd7a4)
		return BITS_HANGUL;
	/* The charsets have what is usual before what is rare. */
	usual = (language == ZH && lead >= 0xb0 && lead <= 0xd7) || (language == TW && lead >= 0xa4 && lead <= 0xc6) ||
		(language == JA && lead >= 0x88 && lead <= 0xcf && (lead < 0x98 || lead >= 0xb0));
	return c >= 0x4e00 && c < 0xa000 && usual ? BITS_HANZI : BITS_RARE;
}

static uint64_t table_bits(const struct charset *c, unsigned language, span s, uint64_t most)
{
	struct sign before = sign_of('\n'), at;
	uint64_t bits = 0;

	for (size_t i = 0; i <= s.n && bits < most; i++, before = at) {
		unsigned char byte = i < s.n ? s.p[i] : '\n';

		at = sign_of(byte < 0x80 ? byte : c->high[byte - 0x80]);
		at.touched = at.letter == '_' && before.letter != '_';
		if (byte >= 0x80 || before.c >= 0x80)
			bits += pair_bits(language, &before, &at);
	}
	return bits;
}

/* No word is one katakana within Latin letters. */
static bool is_alone(span s, size_t i)
{
	return i > 0 && ascii_is_alpha(s.p[i - 1]) && (i + 1 == s.n || s.p[i + 1] < 0x80);
}

/* A character of two bytes and more begins with one past ASCII; Shift-JIS and EUC-JP have katakana of their own besides. */
static uint64_t iconv_bits(const struct charset *c, unsigned language, span s, uint64_t most)
{
	struct run r = {.c = c};
	unsigned char out[STEP_MAX];
	uint64_t bits = 0;
	size_t n, used;

	for (size_t i = 0; i < s.n && bits < most; i += n) {
		n = 1;
		if (s.p[i] < 0x80)
			continue;
		r.bad = 0;
		used = charset_one(&r, out, s.p + i, 1);
		if (r.bad == 0) {
			bits += utf8_get(span_of(out, used), &used) < 0xa0 ? BITS_NO_CHARACTER :
			    is_alone(s, i) ? BITS_RARE : BITS_KANA;
			continue;
		}
		r.bad = 0;
		used = charset_one(&r, out, s.p + i, i + 1 < s.n ? 2 : 1);
		bits += i > 0 && ascii_is_alpha(s.p[i - 1]) ? BITS_TOUCHING : 0;
		bits += i + 2 < s.n && ascii_is_alpha(s.p[i + 2]) ? BITS_TOUCHING : 0;
		bits += r.bad > 0 ? BITS_NO_CHARACTER :
				    character_bits(language, utf8_get(span_of(out, used), &used), s.p[i]);
		n = r.bad > 0 ? 1 : 2;
	}
	return bits;
}

static uint64_t utf8_bits(span s)
{
	uint64_t good = 0, bad = 0;

	for (size_t at = 0, n; at < s.n; at += n) {
		(void)utf8_get(span_from(s, at), &n);
		good += n > 1;
		bad += n == 1 && s.p[at] >= 0x80;
	}
	return good > bad ? BITS_UTF8 * good + BITS_UTF8_BAD * bad : UINT64_MAX;
}

static uint64_t text_bits(const struct charset *c, unsigned language, span s, uint64_t most)
{
	if (c->kind == CHARSET_UTF8)
		return utf8_bits(s);
	return c->kind == CHARSET_TABLE ? table_bits(c, language, s, most) : iconv_bits(c, language, s, most);
}

/* ASCII on each side of a byte past it that tells something: a letter that touches it, what a character of two bytes ends in. */
enum { BESIDE = 3, JUDGED_BYTES = LIMIT_GUESSED_BYTES * (1 + 2 * BESIDE) + BESIDE };

/* What is judged of the text: its bytes past ASCII, as many as the limit says, and what stands beside them, however far in they are. */
static span judged(span s, unsigned char out[JUDGED_BYTES])
{
	size_t n = 0;

	for (size_t at = 0, past = 0; at < s.n && past < LIMIT_GUESSED_BYTES;) {
		size_t run = span_ascii(span_from(s, at)), head = at == 0 ? 0 : run < BESIDE ? run : BESIDE;
		size_t tail = run - head < BESIDE ? run - head : BESIDE;

		memcpy(out + n, s.p + at, head);
		memcpy(out + n + head, s.p + at + run - tail, tail);
		n += head + tail;
		for (at += run; at < s.n && s.p[at] >= 0x80 && past < LIMIT_GUESSED_BYTES; past++)
			out[n++] = s.p[at++];
	}
	return span_of(out, n);
}

/* What text may cost in the charset: by pairs where there is a table, by characters where there is none. */
static uint64_t most_bits(const struct charset *c, span s)
{
	uint64_t bytes = 0, pairs = 0;

	if (c->kind == CHARSET_UTF8)
		return UINT64_MAX;
	for (size_t i = 0; i < s.n; i++) {
		bytes += s.p[i] >= 0x80;
		pairs += s.p[i] >= 0x80 || (i > 0 && s.p[i - 1] >= 0x80);
	}
	return BITS_MOST_MORE + BITS_MOST_EACH * (c->kind == CHARSET_TABLE ? pairs : bytes);
}

/* Do the bytes mean the same in both? */
static bool is_same_text(const struct charset *a, const struct charset *b, span s)
{
	if (a->kind != CHARSET_TABLE || b->kind != CHARSET_TABLE)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] >= 0x80 && a->high[s.p[i] - 0x80] != b->high[s.p[i] - 0x80])
			return false;
	return true;
}

/* The bits of the bytes in the charset, at their cheapest: `most` or more where no language has them for less. */
static uint64_t candidate_bits(const struct candidate *k, span bytes, uint64_t most)
{
	const struct charset *c = charset_find(k->name);
	uint64_t limit = c != NULL ? most_bits(c, bytes) : 0;

	for (const unsigned char *l = k->languages; c != NULL && *l != LANGUAGE_NONE; l++) {
		unsigned start = k->start + (*l == IS ? BITS_ICELAND : 0);
		uint64_t less = most > start ? most - start : 0, bits = text_bits(c, *l, bytes, less);

		if (bits < less && bits < limit)
			most = bits + start;
	}
	return most;
}

const struct charset *charset_by_letters(span text)
{
	const struct charset *usual = charset_named(candidates[0].name), *best = usual;
	uint64_t least = UINT64_MAX, bits;
	unsigned char beside[JUDGED_BYTES];
	span bytes = judged(text, beside);

	known_make();
	for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++)
		if ((bits = candidate_bits(&candidates[i], bytes, least)) < least) {
			least = bits;
			best = charset_find(candidates[i].name);
		}
	return is_same_text(best, usual, text) ? usual : best;
}

/* Charsets that have no byte past ASCII; where none of their signs stands, what such bytes are in they cannot say. */
static bool is_seven_bit(const struct charset *c, span text)
{
	return (c->kind == CHARSET_2022JP || c->kind == CHARSET_HZ || (c->kind == CHARSET_ICONV && c->shifts)) &&
	       span_find_byte(text, 0x1b) == text.n && span_find_byte(text, 0x0e) == text.n && !span_has(text, SPAN_LIT("~{"));
}

static const struct candidate *candidate_of(const struct charset *c)
{
	for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++)
		if (charset_named(candidates[i].name) == c)
			return &candidates[i];
	return NULL;
}

/*
 * What any of its languages would have to pay for the bytes, though they are no text in it; nothing for a charset whose languages are not
 * known.
 */
static uint64_t declared_bits(const struct charset *declared, const struct candidate *k, span bytes, span text)
{
	uint64_t least = UINT64_MAX, bits;

	if (k == NULL && !is_seven_bit(declared, text))
		return 0;
	for (const unsigned char *l = k != NULL ? k->languages : NULL; l != NULL && *l != LANGUAGE_NONE; l++)
		if ((bits = text_bits(declared, *l, bytes, least)) < least)
			least = bits;
	return least;
}

static bool has_latin(const struct candidate *k) { return k->languages[0] <= TR; }

/* Languages that are not known have the letters of their neighbours: of two charsets of Latin letters only what nobody chose is doubted. */
static bool is_neighbour(const struct candidate *declared, const struct candidate *k)
{
	return declared != NULL && declared != &candidates[0] && has_latin(declared) && has_latin(k) && declared->languages[0] != k->languages[0];
}

/* Lines that are drawn with signs say no more than one sign of them: what repeats the byte or the two before it is left out. */
static span without_rules(unsigned char *p, size_t n)
{
	size_t out = 0;

	for (size_t i = 0; i < n; i++) {
		if (p[i] >= 0x80 && out >= 2 && p[i] == p[out - 1] && p[i] == p[out - 2])
			continue;
		if (p[i] >= 0x80 && out >= 2 && i + 1 < n && p[i] == p[out - 2] && p[i + 1] == p[out - 1])
			i++;
		else
			p[out++] = p[i];
	}
	return span_of(p, out);
}

const struct charset *charset_instead(const struct charset *declared, span text)
{
	const struct candidate *k, *best = NULL;
	unsigned char beside[JUDGED_BYTES];
	uint64_t said, least, bits;
	span bytes;

	if (declared == charset_utf8() || span_ascii(text) == text.n)
		return NULL;
	known_make();
	k = candidate_of(declared);
	bytes = without_rules(beside, judged(text, beside).n);
	said = declared_bits(declared, k, bytes, text);
	if (utf8_valid(text) == text.n)
		return said > DOUBT_UTF8 && utf8_bits(bytes) <= said - DOUBT_UTF8 ? charset_utf8() : NULL;
	if (said < DOUBT_MORE)
		return NULL;
	least = declared->kind == CHARSET_ICONV && said > most_bits(declared, bytes) ? said - said / DOUBT_PART : said / DOUBT_TIMES;
	if (least > said - DOUBT_MORE)
		least = said - DOUBT_MORE;
	for (size_t i = 0; i < sizeof candidates / sizeof *candidates; i++)
		if (&candidates[i] != k && (bits = candidate_bits(&candidates[i], bytes, least)) < least) {
			least = bits;
			best = &candidates[i];
		}
	if (best == NULL || is_neighbour(k, best) || is_same_text(charset_find(best->name), declared, text))
		return NULL;
	return charset_find(best->name);
}
