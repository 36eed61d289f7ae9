/*
 * Secrets without a literal: numbers known by their form and checksum. One walk over the runs of digits of a text
 * asks of each what it could be; text without digits is passed 16 bytes at a time.
 */
#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/limits.h"
#include "case/names.h"
#include "scan/private.h"

size_t digit_next(span text, size_t at)
{
#ifdef __SSE2__
	const __m128i low = _mm_set1_epi8((char)('0' + 128 - 256)), span10 = _mm_set1_epi8((char)(-128 + 10));

	for (; text.n - at >= 16; at += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(text.p + at));
		/* signed compare of (c - '0') moved to the bottom of the range */
		unsigned hit = (unsigned)_mm_movemask_epi8(_mm_cmplt_epi8(_mm_sub_epi8(v, low), span10));

		if (hit != 0)
			return at + (size_t)__builtin_ctz(hit);
	}
#endif
	while (at < text.n && !ascii_is_digit(text.p[at]))
		at++;
	return at;
}

/*
 * May a number of so many digits begin at `at`? False only when none does: what number_read and try_nir pass over is counted
 * as if it stood between groups. Most runs of digits are dates, times and amounts, and end here.
 */
static bool may_hold(span text, size_t at, unsigned digits)
{
#ifdef __SSE2__
	static const char between[] = {'-', '.', ' ', '>', '\t', '\r', '\n', 'A', 'B'};
	unsigned digit = 0, all = 0;

	if (text.n - at < 32)
		return true;
	for (unsigned half = 0; half < 32; half += 16) {
		__m128i v = _mm_loadu_si128((const __m128i *)(const void *)(text.p + at + half));
		__m128i d = _mm_cmpgt_epi8(_mm_add_epi8(v, _mm_set1_epi8(127 - '9')), _mm_set1_epi8(127 - 10));
		__m128i any = _mm_or_si128(d, v); /* the top bit of what is past ASCII, too */

		for (unsigned i = 0; i < sizeof between; i++)
			any = _mm_or_si128(any, _mm_cmpeq_epi8(v, _mm_set1_epi8(between[i])));
		digit |= (unsigned)_mm_movemask_epi8(d) << half;
		all |= (unsigned)_mm_movemask_epi8(any) << half;
	}
	if (~all == 0)
		return true;
	return (unsigned)__builtin_popcount(digit & ((1u << __builtin_ctz(~all)) - 1)) >= digits;
#else
	(void)text;
	(void)at;
	(void)digits;
	return true;
#endif
}

/* What may stand between groups: a blank, "-" or ".", a no-break space; or a line end with marks of quoting. */
static size_t gap_n(span text, size_t at, bool *wrapped)
{
	span s = span_from(text, at);
	size_t i = 0;

	if (s.n > 1 && (s.p[0] == '-' || s.p[0] == '.' || s.p[0] == ' '))
		return s.p[0] == ' ' && (s.p[1] == '\n' || s.p[1] == '\r') ? 1 + gap_n(text, at + 1, wrapped) : 1;
	if (span_starts(s, SPAN_LIT("\xc2\xa0")))
		return 2;
	/* U+2000 to U+200A and U+202F are blanks, U+2010 to U+2015 dashes */
	if (s.n > 3 && s.p[0] == 0xe2 && s.p[1] == 0x80 && (s.p[2] <= 0x8a || (s.p[2] >= 0x90 && s.p[2] <= 0x95) || s.p[2] == 0xaf))
		return 3;
	if (i < s.n && s.p[i] == '\r')
		i++;
	if (i >= s.n || s.p[i] != '\n')
		return 0;
	for (i++; i < s.n && i < 12 && (s.p[i] == '>' || s.p[i] == ' ' || s.p[i] == '\t');)
		i++;
	*wrapped = true;
	return i;
}

#define GROUPS_MAX 10
struct number {
	size_t at, end;             /* of the whole, first digit to behind the last */
	unsigned n_groups, group[GROUPS_MAX];
	size_t group_end[GROUPS_MAX];
	unsigned digits;
	bool wrapped, dotted, dashed;
};

/* Groups of digits from `at` on. */
static void number_read(span text, size_t at, struct number *out)
{
	out->at = at;
	out->n_groups = out->digits = 0;
	out->wrapped = out->dotted = out->dashed = false;
	while (out->n_groups < GROUPS_MAX) {
		size_t start = at, gap;
		bool wrapped = false;

		while (at < text.n && ascii_is_digit(text.p[at]))
			at++;
		if (at == start)
			return;
		out->group[out->n_groups] = at - start > 99 ? 99 : (unsigned)(at - start);
		out->group_end[out->n_groups++] = at;
		out->digits += out->group[out->n_groups - 1];
		out->end = at;
		if (out->digits > 24 || (gap = gap_n(text, at, &wrapped)) == 0 || at + gap >= text.n ||
		    !ascii_is_digit(text.p[at + gap]))
			return;
		if (wrapped)
			out->wrapped = true;
		out->dotted |= text.p[at] == '.';
		out->dashed |= text.p[at] == '-';
		at += gap;
	}
}

static unsigned char before(span text, size_t at)
{
	return at > 0 ? text.p[at - 1] : ' ';
}

static unsigned char after(span text, size_t at)
{
	return at < text.n ? text.p[at] : ' ';
}

/* Does a number of its own begin here, not a piece of a word, an address or a longer number? */
static bool starts_alone(span text, size_t at)
{
	unsigned char b = before(text, at);

	if (ascii_is_alnum(b) || b >= 0x80 || ascii_is_one_of(b, "_-./@%&+$~\\"))
		return b == '.' && at > 1 && text.p[at - 2] == ' ';
	return true;
}

/* ... and end at `end`? */
static bool stands_alone(span text, size_t at, size_t end)
{
	unsigned char a = after(text, end), aa = after(text, end + 1);

	if (!starts_alone(text, at) || ascii_is_alnum(a) || a == '_' || a == '@' || a == '%' || a == '$')
		return false;
	return !((a == '-' || a == '.' || a == '/') && (ascii_is_alnum(aa) || aa == '-'));
}

/* Lengths by issuer (ISO/IEC 7812 registrations as the card schemes publish them). */
static bool card_prefix_ok(const unsigned char *d, unsigned n)
{
	unsigned two = (unsigned)(d[0] - '0') * 10 + (unsigned)(d[1] - '0');
	unsigned four = two * 100 + (unsigned)(d[2] - '0') * 10 + (unsigned)(d[3] - '0');

	if (d[0] == '4')
		return n == 16 || n == 13 || n == 19;
	if ((two >= 51 && two <= 55) || (four >= 2221 && four <= 2720))
		return n == 16;
	if (two == 34 || two == 37)
		return n == 15;
	/* Mir */
	if (four >= 2200 && four <= 2204)
		return n == 16;
	/* Maestro */
	if (four == 5018 || four == 5020 || four == 5038 || four == 6304 || four == 6759 || (four >= 6761 && four <= 6763))
		return n >= 16;
	if (four == 6011 || two == 65 || (four >= 6440 && four <= 6499) || (four >= 3528 && four <= 3589))
		return n == 16;
	if ((four >= 3000 && four <= 3059) || two == 36 || two == 38 || two == 39)
		return n == 14;
	return two == 62 && n >= 16 && n <= 19;
}

bool card_ok(span value)
{
	unsigned char d[20];
	unsigned n = 0;

	for (size_t i = 0; i < value.n; i++) {
		if (!ascii_is_digit(value.p[i])) {
			if (value.p[i] != ' ' && value.p[i] != '-')
				return false;
			continue;
		}
		if (n == sizeof d)
			return false;
		d[n++] = value.p[i];
	}
	return n >= 13 && card_prefix_ok(d, n);
}

/* Groups as cards are printed: 4-4-4-4, 4-6-5, 4-6-4, or no groups. */
static bool card_groups_ok(const struct number *k, unsigned groups)
{
	const unsigned *g = k->group;

	if (groups == 1)
		return true;
	if (groups == 3)
		return g[0] == 4 && g[1] == 6 && (g[2] == 5 || g[2] == 4);
	if (groups == 4 || groups == 5)
		return g[0] == 4 && g[1] == 4 && g[2] == 4 && (groups == 4 ? g[3] == 4 : g[3] == 4 && g[4] <= 3);
	return false;
}

/* Numbers that the schemes publish for tests, and numbers of few digits. */
static bool is_test_card(const unsigned char *d, unsigned n)
{
	unsigned zeros = 0;
	static const char *const known[] = {"4111111111111111", "4242424242424242", "4012888888881881", "4000056655665556",
	    "5555555555554444", "5105105105105100", "5200828282828210", "378282246310005", "371449635398431", "6011111111111117",
	    "6011000990139424", "30569309025904", "38520000023237", "3530111333300000", "3566002020360505", "4222222222222",
	    "4000000000000002", "2223003122003222"};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (strlen(known[i]) == n && memcmp(known[i], d, n) == 0)
			return true;
	/* 4000 0000 0000 9995, 4000 0025 0000 3155 */
	for (size_t i = 0; i < n; i++)
		zeros += d[i] == '0';
	return n == 16 && memcmp(d, "4000", 4) == 0 && zeros > 8;
}

/* "test card 4242...", "Testkarte: 4111...", "for the sandbox: 4242..., 5555...": published for tests, and called so, maybe before others in its line */
static bool is_said_to_be_test(span text, size_t at, size_t end)
{
	static const char *const near[] = {"test", "sandbox", NULL};
	static const char *const far[] = {"test card", "test number", "test mode", "test pan", "testkarte", "testnummer", "testdaten", "testmodus", "carte de test", "cartes de test", "tarjeta de prueba", "tarjetas de prueba",
	    "carte di prova", "testkaart", "sandbox", "stripe", "adyen", "braintree", "dummy card", "fake card", NULL};
	size_t from = at > 48 ? at - 48 : 0, far_from = at > 400 ? at - 400 : 0;

	return span_has_one_of_nocase(span_sub(text, from, at - from), near) || span_has_one_of_nocase(span_sub(text, end, 24), near) ||
	    span_has_one_of_nocase(span_sub(text, far_from, at - far_from), far);
}

/* "2692 2693 2702 2703", or the first four of many: pages, parts, years. A card in such a row needs a word beside it. */
static bool is_row(span text, const struct number *k, unsigned groups)
{
	if (groups != 4)
		return false;
	if (k->n_groups > 4 && k->group[4] == 4)
		return true;
	for (unsigned i = 1; i < 4; i++)
		if (memcmp(text.p + k->group_end[i] - 4, text.p + k->group_end[i - 1] - 4, 4) < 0)
			return false;
	return true;
}

/* Lines that hold as many digits each and nothing before them: codes of a list, "4184 6373" above "3767 0367", and no card */
static bool is_of_lines(span text, const struct number *k, size_t end)
{
	size_t line = k->at, first = 0, n = 0;

	while (line > 0 && (text.p[line - 1] == ' ' || text.p[line - 1] == '\t' || text.p[line - 1] == '>'))
		line--;
	if (line > 0 && text.p[line - 1] != '\n')
		return false;
	for (size_t i = k->at; i < end; i++) {
		n += ascii_is_digit(text.p[i]);
		if (text.p[i] != '\n')
			continue;
		if (first > 0 && n != first)
			return false;
		first = n;
		n = 0;
	}
	return first > 0 && n == first;
}

static bool try_card(span text, const struct number *k, shape_found found, void *ctx, bool *done)
{
	unsigned char d[24];
	unsigned n = 0, distinct = 0, seen = 0;

	/* The first groups of a longer line may be the card: "4539 1488 0343 6467 12/27" */
	for (unsigned groups = 1; groups <= k->n_groups && groups <= 5; groups++) {
		size_t end = k->group_end[groups - 1];
		bool wrapped = k->wrapped && span_find_byte(span_sub(text, k->at, end - k->at), '\n') < end - k->at;

		n = distinct = seen = 0;
		for (size_t i = k->at; i < end && n < sizeof d; i++)
			if (ascii_is_digit(text.p[i]))
				d[n++] = text.p[i];
		if (n < 13 || n > 19 || !card_prefix_ok(d, n) || !card_groups_ok(k, groups) ||
		    !luhn_ok(span_sub(text, k->at, end - k->at)) || (wrapped && is_of_lines(text, k, end)))
			continue;
		if (!starts_alone(text, k->at) || ascii_is_alnum(after(text, end)) || after(text, end) == '_' ||
		    ((after(text, end) == '.' || after(text, end) == '-') && ascii_is_digit(after(text, end + 1))))
			continue;
		for (unsigned i = 0; i < n; i++)
			if (!(seen & 1u << (d[i] - '0'))) {
				seen |= 1u << (d[i] - '0');
				distinct++;
			}
		if (is_test_card(d, n) ? is_said_to_be_test(text, k->at, end) : distinct < 3)
			continue;
		*done = true;
		return found(ctx, SHAPE_CARD, k->at, end - k->at,
		    is_test_card(d, n) ? CERTAINTY_LOW : groups > 1 && !wrapped && !is_row(text, k, groups) ? CERTAINTY_HIGH : CERTAINTY_MEDIUM);
	}
	return true;
}

/* "?31", the name of a field within a line of an account's statement (MT940), which touches its value */
static bool is_statement_field(span text, size_t at)
{
	return at > 2 && text.p[at - 3] == '?' && ascii_is_digit(text.p[at - 2]) && ascii_is_digit(text.p[at - 1]);
}

/* Two letters before the first digit: a country with its length, then letters of one case and digits with gaps. */
static bool try_iban(span text, size_t digit, shape_found found, void *ctx, size_t *next)
{
	unsigned char a, b;
	size_t want, at, i, n = 4;
	bool wrapped = false, upper, capital = false, small = false, apart = digit > 2 && text.p[digit - 1] == ' '; /* "DE 44 5001 ..." */
	size_t letters = digit - (apart ? 1 : 0);

	if (letters < 2 || digit + 2 > text.n || !ascii_is_digit(text.p[digit + 1 < text.n ? digit + 1 : digit]))
		return true;
	a = text.p[letters - 2];
	b = text.p[letters - 1];
	if (!ascii_is_alpha(a) || !ascii_is_alpha(b))
		return true;
	upper = a <= 'Z' && b <= 'Z';
	at = letters - 2;
	if ((want = iban_length((unsigned char)(a & ~32), (unsigned char)(b & ~32))) == 0 || (ascii_is_alnum(before(text, at)) && !is_statement_field(text, at)) ||
	    (before(text, at) == '/' && at > 1 && !ascii_is_one_of(text.p[at - 2], ": \t\n")) || before(text, at) == '+' || before(text, at) == '-' || (!upper && (apart || before(text, at) == '=')))
		return true;
	i = digit + 2;
	while (n < want && i < text.n) {
		size_t gap;

		if (ascii_is_alnum(text.p[i])) {
			capital |= ascii_is_alpha(text.p[i]) && text.p[i] <= 'Z';
			small |= text.p[i] >= 'a';
			if (small && (upper || capital))
				return true;
			i++;
			n++;
			continue;
		}
		/* printed and scanned, its groups stand further apart */
		if ((gap = gap_n(text, i, &wrapped)) == 1 && text.p[i] == ' ')
			while (gap < 3 && i + gap < text.n && text.p[i + gap] == ' ')
				gap++;
		if (gap == 0 || i + gap >= text.n || !ascii_is_alnum(text.p[i + gap]))
			return true;
		i += gap;
	}
	if (n < want || ascii_is_alnum(after(text, i)) || !iban_ok(span_sub(text, at, i - at)))
		return true;
	*next = i;
	return found(ctx, SHAPE_IBAN, at, i - at, CERTAINTY_HIGH);
}

#define SSN_BYTES 11
#define SSN_NEIGHBOUR_BYTES 160

/* "331-20-4471", and "331-20-4472" or "332-20-4471" near it: somebody counts, where the text does not say whose numbers these are. */
static bool is_counted(span text, size_t at)
{
	static const char form[] = "ddd-dd-dddd";
	static const char *const called[] = {"ssn", "social", "ss#", "itin", NULL};
	size_t from = at < SSN_NEIGHBOUR_BYTES ? 0 : at - SSN_NEIGHBOUR_BYTES;
	size_t end = text.n - at < SSN_NEIGHBOUR_BYTES + SSN_BYTES ? text.n : at + SSN_NEIGHBOUR_BYTES + SSN_BYTES;
	bool counted = false;

	for (size_t i = from; i + SSN_BYTES <= end && !counted; i++) {
		unsigned a[3] = {0}, b[3] = {0}, apart = 0;
		size_t k = 0, g = 0;

		for (; k < SSN_BYTES && (form[k] == 'd' ? ascii_is_digit(text.p[i + k]) : text.p[i + k] == '-'); k++) {
			if (form[k] == '-') {
				g++;
				continue;
			}
			a[g] = a[g] * 10 + text.p[at + k] - '0';
			b[g] = b[g] * 10 + text.p[i + k] - '0';
		}
		if (k < SSN_BYTES || !stands_alone(text, i, i + SSN_BYTES))
			continue;
		for (g = 0; g < 3; g++)
			apart += a[g] > b[g] ? a[g] - b[g] : b[g] - a[g];
		counted = apart == 1 && a[1] == b[1];
	}
	return counted && !span_has_one_of_nocase(span_sub(text, from, end - from), called);
}

static bool try_ssn(span text, const struct number *k, shape_found found, void *ctx, bool *done)
{
	if (k->n_groups < 3 || k->group[0] != 3 || k->group[1] != 2 || k->group[2] != 4 || k->wrapped || k->dotted ||
	    k->group_end[2] - k->at != 11 || text.p[k->at + 3] != '-' || text.p[k->at + 6] != '-' ||
	    !stands_alone(text, k->at, k->group_end[2]) || !ssn_ok(span_sub(text, k->at, SSN_BYTES)) || is_counted(text, k->at))
		return true;
	*done = true;
	return found(ctx, SHAPE_SSN, k->at, SSN_BYTES, CERTAINTY_MEDIUM);
}

/* 1 85 05 78 006 084 36, with or without gaps; Corsica's 2A and 2B stop the run of digits. */
static bool try_nir(span text, const struct number *k, shape_found found, void *ctx, bool *done)
{
	size_t i = k->at, n = 0;
	bool grouped = false, wrapped = false;

	if (text.p[k->at] != '1' && text.p[k->at] != '2')
		return true;
	while (i < text.n && n < 15) {
		size_t gap;

		if (ascii_is_digit(text.p[i]) || (n == 6 && (text.p[i] == 'A' || text.p[i] == 'B'))) {
			i++;
			n++;
			continue;
		}
		if ((gap = gap_n(text, i, &wrapped)) == 0 || wrapped)
			return true;
		if (n != 1 && n != 3 && n != 5 && n != 7 && n != 10 && n != 13)
			return true;
		grouped = true;
		i += gap;
	}
	/* "1.85057800608491" is a fraction, as sheets compute them. */
	if (n != 15 || (text.p[k->at + 1] == '.' && i - k->at == 16) || !stands_alone(text, k->at, i) || !nir_ok(span_sub(text, k->at, i - k->at)))
		return true;
	*done = true;
	return found(ctx, SHAPE_NIR, k->at, i - k->at, grouped ? CERTAINTY_HIGH : CERTAINTY_MEDIUM);
}

/* AB 12 34 56 C: two capitals and a blank stand before the first digit. */
static bool try_nino(span text, size_t digit, shape_found found, void *ctx, size_t *next)
{
	static const char form[] = "dd dd dd A";
	size_t at;

	if (digit < 3 || text.p[digit - 1] != ' ' || text.n - digit < sizeof form - 1)
		return true;
	at = digit - 3;
	if (text.p[at] < 'A' || text.p[at] > 'Z' || text.p[at + 1] < 'A' || text.p[at + 1] > 'Z' || ascii_is_alnum(before(text, at)))
		return true;
	for (size_t i = 0; i < sizeof form - 1; i++) {
		unsigned char c = text.p[digit + i];

		if (form[i] == 'd' ? !ascii_is_digit(c) : form[i] == ' ' ? c != ' ' : c < 'A' || c > 'D')
			return true;
	}
	if (ascii_is_alnum(after(text, digit + sizeof form - 1)))
		return true;
	*next = digit + sizeof form - 1;
	return found(ctx, SHAPE_NINO, at, *next - at, CERTAINTY_MEDIUM);
}

/* VRDGPP80A01F205X: six capitals stand before the first digit. */
static bool try_codice(span text, size_t digit, shape_found found, void *ctx, size_t *next)
{
	static const char form[] = "AAAAAAddAddAdddA";
	size_t at;

	if (digit < 6 || text.n - digit < 10)
		return true;
	at = digit - 6;
	for (size_t i = 0; i < sizeof form - 1; i++) {
		unsigned char c = text.p[at + i];

		if (form[i] == 'd' ? !ascii_is_digit(c) : c < 'A' || c > 'Z')
			return true;
	}
	if (!stands_alone(text, at, at + 16) || !codice_fiscale_ok(span_sub(text, at, 16)))
		return true;
	*next = at + 16;
	return found(ctx, SHAPE_CODICE, at, 16, CERTAINTY_HIGH);
}

/* Brazil's 123.456.789-09 and Belgium's 85.07.30-033.28: the marks between the groups tell them. */
static bool try_dotted(span text, const struct number *k, shape_found found, void *ctx, bool *done)
{
	static const struct { const char *name; unsigned char groups[5]; char marks[5]; } forms[] = {
	    {"cpf", {3, 3, 3, 2}, "..-"}, {"nrn", {2, 2, 2, 3, 2}, "..-."}};

	for (size_t f = 0; f < sizeof forms / sizeof *forms && !*done; f++) {
		size_t n = strlen(forms[f].marks) + 1, at = k->at;
		bool fits = k->n_groups >= n;

		for (size_t i = 0; i < n && fits; at = k->group_end[i++] + 1)
			fits = k->group[i] == forms[f].groups[i] && k->group_end[i] == at + k->group[i] &&
			    (i + 1 == n || text.p[k->group_end[i]] == (unsigned char)forms[f].marks[i]);
		if (!fits || !stands_alone(text, k->at, k->group_end[n - 1]) ||
		    !number_ok(number_named(span_str(forms[f].name)), span_sub(text, k->at, k->group_end[n - 1] - k->at)))
			continue;
		*done = true;
		return found(ctx, SHAPE_DOTTED, k->at, k->group_end[n - 1] - k->at, CERTAINTY_HIGH);
	}
	return true;
}

void shapes_walk(span text, unsigned wanted, shape_found found, void *ctx)
{
	enum { LEAST = 9 }; /* digits of the shortest: the American number */
	struct number k = {0};
	size_t at = 0;

	while ((at = digit_next(text, at)) < text.n) {
		size_t next = at, run = at;
		bool done = false;

		if (wanted & 1u << SHAPE_IBAN && at >= 2 && ascii_is_alpha(text.p[at - 1 - (at > 2 && text.p[at - 1] == ' ')]) &&
		    !try_iban(text, at, found, ctx, &next))
			return;
		if (wanted & 1u << SHAPE_NINO && at >= 3 && text.p[at - 1] == ' ' && ascii_is_alpha(text.p[at - 2]) &&
		    !try_nino(text, at, found, ctx, &next))
			return;
		if (wanted & 1u << SHAPE_CODICE && at >= 6 && ascii_is_alpha(text.p[at - 1]) && ascii_is_alpha(text.p[at - 6]) &&
		    !try_codice(text, at, found, ctx, &next))
			return;
		if (next > at) {
			at = next;
			continue;
		}
		while (run < text.n && ascii_is_digit(text.p[run]))
			run++;
		/* Most numbers are short and stand alone: years, times, amounts. */
		if (run + 2 >= text.n || run - at > 19 || (run - at < 13 && !ascii_is_digit(text.p[run + 1]) && text.p[run] != '\r' &&
		    text.p[run] != '\n' && text.p[run] < 0x80 && text.p[run] != 'A' && text.p[run] != 'B')) {
			if (run - at < 13 || run - at > 19) {
				at = run;
				continue;
			}
		}
		if ((at > 0 && ascii_is_alnum(text.p[at - 1])) || !may_hold(text, at, LEAST)) {
			at = run;
			continue;
		}
		number_read(text, at, &k);
		if (wanted & 1u << SHAPE_CARD && k.digits >= 13 && !try_card(text, &k, found, ctx, &done))
			return;
		if (!done && wanted & 1u << SHAPE_SSN && k.digits >= 9 && !try_ssn(text, &k, found, ctx, &done))
			return;
		if (!done && wanted & 1u << SHAPE_NIR && k.digits >= 5 && !try_nir(text, &k, found, ctx, &done))
			return;
		if (!done && wanted & 1u << SHAPE_DOTTED && k.digits >= 11 && k.dotted && k.dashed &&
		    !try_dotted(text, &k, found, ctx, &done))
			return;
		at = done ? k.end : run;
	}
}

/* Lines of base64 behind an armour's first line, with marks of quoting or not: where they end when they are long enough for a key. */
static size_t base64_end(span text, size_t at)
{
	size_t end = 0, n = 0;
	span rest = span_from(text, at), line;

	while (span_line(&rest, &line) && (size_t)(line.p - text.p) - at < LIMIT_PEM_BYTES) {
		while (line.n > 0 && (line.p[0] == '>' || line.p[0] == ' '))
			line = span_from(line, 1);
		line = span_trim(line);
		for (size_t i = 0; i < line.n; i++)
			if (!ascii_is_alnum(line.p[i]) && line.p[i] != '+' && line.p[i] != '/' && line.p[i] != '=')
				return n >= 60 ? end : 0;
		if (line.n < 16)
			break;
		n += line.n;
		end = (size_t)(line.p - text.p) + line.n;
	}
	return n >= 60 ? end : 0;
}

/* A run that prose has not. */
static bool holds_base64(span s)
{
	size_t run = 0;

	for (size_t i = 0; i < s.n && run < 24; i++)
		run = ascii_is_alnum(s.p[i]) || s.p[i] == '+' || s.p[i] == '/' ? run + 1 : 0;
	return run == 24;
}

size_t pem_end(span text, size_t at)
{
	span block = span_sub(text, at, LIMIT_PEM_BYTES), in;
	size_t first = span_find(span_from(block, 11), SPAN_LIT("-----BEGIN ")), end, close, head;

	/* A second beginning before the end: the first one is only mentioned, or was cut. */
	in = span_first(block, first + 11);
	if ((end = span_find(in, SPAN_LIT("-----END "))) == in.n) {
		head = 11 + span_find(span_from(block, 11), SPAN_LIT("-----"));
		return head < 60 && head + 5 < block.n ? base64_end(text, at + head + 5 + span_find_byte(span_from(block, head + 5), '\n') + 1) : 0;
	}
	close = span_find(span_from(in, end + 9), SPAN_LIT("-----"));
	if (close > 60 || end + 9 + close + 5 > in.n || end < 60 || !holds_base64(span_sub(in, 11 + span_find(span_from(in, 11), SPAN_LIT("-----")), end)))
		return 0;
	return at + end + 9 + close + 5;
}
