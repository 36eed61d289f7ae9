#include "base/span.h"

#include <sys/auxv.h>

#ifdef __SSE2__
#include <emmintrin.h>
#endif

bool span_same_nocase(const unsigned char *a, const unsigned char *b, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (ascii_lower(a[i]) != ascii_lower(b[i]))
			return false;
	return true;
}

/* Most words differ in their first letter: their lengths are not asked for. */
static bool is_word(span s, const char *word)
{
	for (size_t i = 0; i < s.n; i++)
		if (word[i] == '\0' || (unsigned char)word[i] != s.p[i])
			return false;
	return word[s.n] == '\0';
}

static bool is_word_nocase(span s, const char *word)
{
	for (size_t i = 0; i < s.n; i++)
		if (word[i] == '\0' || ascii_lower((unsigned char)word[i]) != ascii_lower(s.p[i]))
			return false;
	return word[s.n] == '\0';
}

bool span_is_one_of(span s, const char *const *words)
{
	while (*words != NULL && !is_word(s, *words))
		words++;
	return *words != NULL;
}

size_t span_digits(span s, size_t most, uint64_t *out)
{
	size_t i = 0;

	for (*out = 0; i < s.n && i < most && ascii_is_digit(s.p[i]); i++)
		*out = 10 * *out + (uint64_t)(s.p[i] - '0');
	return i;
}

bool span_number(span s, uint64_t most, uint64_t *out)
{
	if (s.n != 0 && span_digits(s, 19, out) == s.n && *out <= most)
		return true;
	*out = 0;
	return false;
}

bool span_is_guid(span s)
{
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = ascii_lower(s.p[i]);

		if (i == 8 || i == 13 || i == 18 || i == 23 ? c != '-' : !ascii_is_digit(c) && (c < 'a' || c > 'f'))
			return false;
	}
	return s.n == 36;
}

bool span_is_one_of_nocase(span s, const char *const *words)
{
	while (*words != NULL && !is_word_nocase(s, *words))
		words++;
	return *words != NULL;
}

bool span_has_one_of_nocase(span s, const char *const *words)
{
	while (*words != NULL && !span_has_nocase(s, span_str(*words)))
		words++;
	return *words != NULL;
}

bool span_among(const span *v, size_t n, span s)
{
	for (size_t i = 0; i < n; i++)
		if (span_eq(v[i], s))
			return true;
	return false;
}

bool domain_is_within(span host, span domain)
{
	return domain.n != 0 && span_ends_nocase(host, domain) && (host.n == domain.n || host.p[host.n - domain.n - 1] == '.');
}

size_t span_ascii(span s)
{
	size_t i = 0;
	uint64_t w;

#ifdef __SSE2__
	for (; s.n - i >= 16; i += 16) {
		int high = _mm_movemask_epi8(_mm_loadu_si128((const __m128i *)(const void *)(s.p + i)));

		if (high != 0)
			return i + (size_t)__builtin_ctz((unsigned)high);
	}
#endif
	for (; s.n - i >= sizeof w; i += sizeof w) {
		memcpy(&w, s.p + i, sizeof w);
		if ((w & 0x8080808080808080u) != 0)
			break;
	}
	while (i < s.n && s.p[i] < 0x80)
		i++;
	return i;
}

size_t span_find_byte(span s, unsigned char c)
{
	const unsigned char *hit = s.n != 0 ? memchr(s.p, c, s.n) : NULL;

	return hit != NULL ? (size_t)(hit - s.p) : s.n;
}

size_t span_find_last(span s, unsigned char c)
{
	const unsigned char *hit = s.n != 0 ? memrchr(s.p, c, s.n) : NULL;

	return hit != NULL ? (size_t)(hit - s.p) : s.n;
}

static size_t find_any(span s, span needle)
{
	const unsigned char *hit = memmem(s.p, s.n, needle.p, needle.n);

	return hit != NULL ? (size_t)(hit - s.p) : s.n;
}

#ifdef __SSE2__
/*
 * A short needle by its first and last byte, sixteen places at a time: several times as fast as memmem, which pays for never being
 * slower than linear. With at most SHORT bytes to compare at a place, this is linear too.
 */
enum { SHORT = 32, PLACES = sizeof(__m128i) };

/* Of the sixteen places at p; PLACES: at none. */
static inline size_t find_here(const unsigned char *p, span needle, __m128i first, __m128i last)
{
	__m128i a = _mm_loadu_si128((const __m128i *)(const void *)p);
	__m128i b = _mm_loadu_si128((const __m128i *)(const void *)(p + needle.n - 1));
	unsigned both = (unsigned)_mm_movemask_epi8(_mm_and_si128(_mm_cmpeq_epi8(a, first), _mm_cmpeq_epi8(b, last)));

	for (; both != 0; both &= both - 1)
		if (memcmp(p + __builtin_ctz(both), needle.p, needle.n) == 0)
			return (unsigned)__builtin_ctz(both);
	return PLACES;
}

static size_t find_short(span s, span needle)
{
	const __m128i first = _mm_set1_epi8((char)needle.p[0]), last = _mm_set1_epi8((char)needle.p[needle.n - 1]);
	size_t at = 0, places = s.n - needle.n + 1, here;

	for (; places - at >= PLACES; at += PLACES)
		if ((here = find_here(s.p + at, needle, first, last)) < PLACES)
			return at + here;
	if (at > 0 && at < places) { /* the last sixteen, of which some were looked at */
		at = places - PLACES;
		return (here = find_here(s.p + at, needle, first, last)) < PLACES ? at + here : s.n;
	}
	/* memmem would make a table first */
	for (const unsigned char *hit; at < places && (hit = memchr(s.p + at, needle.p[0], places - at)) != NULL; at++)
		if (memcmp(s.p + (at = (size_t)(hit - s.p)), needle.p, needle.n) == 0)
			return at;
	return s.n;
}

size_t span_find(span s, span needle)
{
	if (needle.n == 0)
		return 0;
	if (s.n < needle.n)
		return s.n;
	return needle.n == 1 ? span_find_byte(s, needle.p[0]) : needle.n <= SHORT ? find_short(s, needle) : find_any(s, needle);
}
#else
size_t span_find(span s, span needle)
{
	return needle.n == 0 ? 0 : s.n < needle.n ? s.n : find_any(s, needle);
}
#endif

#ifdef __SSE2__
/* With this bit set in both, two bytes are equal when they are the same letter, whatever its case. */
static char case_bit(unsigned char c) { return ascii_is_alpha(c) ? 0x20 : 0; }

/* Of the sixteen places at p; PLACES: at none. The bits make the first and the last letter equal in both cases. */
static inline size_t find_here_nocase(const unsigned char *p, span needle, const __m128i first[2], const __m128i last[2])
{
	__m128i a = _mm_or_si128(_mm_loadu_si128((const __m128i *)(const void *)p), first[1]);
	__m128i b = _mm_or_si128(_mm_loadu_si128((const __m128i *)(const void *)(p + needle.n - 1)), last[1]);
	unsigned both = (unsigned)_mm_movemask_epi8(_mm_and_si128(_mm_cmpeq_epi8(a, first[0]), _mm_cmpeq_epi8(b, last[0])));

	for (; both != 0; both &= both - 1)
		if (span_same_nocase(p + __builtin_ctz(both), needle.p, needle.n))
			return (unsigned)__builtin_ctz(both);
	return PLACES;
}

/* At sixteen places or more. */
static size_t find_wide_nocase(span s, span needle)
{
	char c = case_bit(needle.p[0]), d = case_bit(needle.p[needle.n - 1]);
	const __m128i first[2] = {_mm_set1_epi8((char)needle.p[0] | c), _mm_set1_epi8(c)}, last[2] = {_mm_set1_epi8((char)needle.p[needle.n - 1] | d), _mm_set1_epi8(d)};
	size_t at = 0, places = s.n - needle.n + 1, here;

	for (; places - at >= PLACES; at += PLACES)
		if ((here = find_here_nocase(s.p + at, needle, first, last)) < PLACES)
			return at + here;
	/* the last sixteen, of which some were looked at */
	at = places - PLACES;
	return (here = find_here_nocase(s.p + at, needle, first, last)) < PLACES ? at + here : s.n;
}
#endif

size_t span_find_nocase(span s, span needle)
{
	unsigned char first;

	if (needle.n == 0)
		return 0;
	if (s.n < needle.n)
		return s.n;
#ifdef __SSE2__
	if (s.n - needle.n + 1 >= PLACES)
		return find_wide_nocase(s, needle);
#endif
	first = ascii_lower(needle.p[0]);
	for (size_t i = 0; i <= s.n - needle.n; i++)
		if (ascii_lower(s.p[i]) == first && span_same_nocase(s.p + i, needle.p, needle.n))
			return i;
	return s.n;
}

span span_trim(span s)
{
	while (s.n != 0 && ascii_is_space(s.p[0]))
		s = span_from(s, 1);
	while (s.n != 0 && ascii_is_space(s.p[s.n - 1]))
		s.n--;
	return s;
}

bool span_line(span *rest, span *line)
{
	size_t end;

	if (rest->n == 0)
		return false;
	end = span_find_byte(*rest, '\n');
	*line = span_first(*rest, end);
	if (line->n != 0 && end < rest->n && line->p[line->n - 1] == '\r')
		line->n--;
	*rest = span_from(*rest, end < rest->n ? end + 1 : end);
	return true;
}

int span_cmp(span a, span b)
{
	size_t n = a.n < b.n ? a.n : b.n;
	int d = n != 0 ? memcmp(a.p, b.p, n) : 0;

	return d != 0 ? d : (a.n > b.n) - (a.n < b.n);
}

/* FNV-1a (Fowler, Noll, Vo), of which the low bits are to be as good as the high ones. */
#define FNV_BASIS 0xcbf29ce484222325u
#define FNV_PRIME 0x100000001b3u

static uint64_t mixed(uint64_t h)
{
	h ^= h >> 32;
	h *= 0xd6e8feb86659fd93u;
	return h ^ (h >> 32);
}

uint64_t span_hash(span s)
{
	uint64_t h = FNV_BASIS;

	for (size_t i = 0; i < s.n; i++)
		h = (h ^ s.p[i]) * FNV_PRIME;
	return mixed(h);
}

/* Sixteen bytes that the kernel draws for each program it starts (getauxval(3)), odd so that a product loses nothing: which words meet is not to be seen without them. */
static const uint64_t *own_key(void)
{
	static uint64_t key[2];

	if (key[1] == 0) {
		memcpy(key, (const void *)getauxval(AT_RANDOM), sizeof key); /* NOLINT(performance-no-int-to-ptr) */
		key[1] |= 1;
	}
	return key;
}

uint64_t span_hash_own(span s)
{
	const uint64_t *key = own_key();
	uint64_t h = key[0] ^ s.n, word;

	for (; s.n >= sizeof word; s = span_from(s, sizeof word)) {
		memcpy(&word, s.p, sizeof word);
		h = hash_folded(h, word, key[1]);
	}
	word = 0;
	if (s.n != 0)
		memcpy(&word, s.p, s.n);
	return mixed(hash_folded(h, word, key[1]) ^ key[0]);
}

uint64_t span_hash_own_nocase(span s)
{
	const uint64_t *key = own_key();
	uint64_t h = key[0] ^ s.n, word = 0;

	for (size_t i = 0; i < s.n; i++) {
		word = word << 8 | ascii_lower(s.p[i]);
		if (i % sizeof word == sizeof word - 1)
			h = hash_folded(h, word, key[1]);
	}
	return mixed(hash_folded(h, word, key[1]) ^ key[0]);
}
