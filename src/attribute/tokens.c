#include "attribute/tokens.h"

#ifdef __SSE2__
#include <emmintrin.h>
#endif

#include "base/utf8.h"

#define SEED 0xa0761d6478bd642fu
#define MIX 0xe7037ed1a0b428dbu
#define LOWER 0x2020202020202020u

/* A longer run of letters is no word of a name: it is hashed whole, but not folded past this. */
enum { FOLDED_BYTES = 128 };

enum class { BETWEEN, WORD, HIGH };

#define W WORD
#define H HIGH
static const unsigned char classes[256] = {
	['0'] = W, W, W, W, W, W, W, W, W, W,
	['A'] = W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W,
	['a'] = W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W, W,
	[0x80 ... 0xff] = H,
};
#undef W
#undef H

static inline uint64_t mix(uint64_t a, uint64_t b)
{
	unsigned __int128 product = (unsigned __int128)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* n bytes (1 to 8) as a number; `room` says how many may be read at p. */
static inline uint64_t load(const unsigned char *p, size_t n, size_t room)
{
	uint64_t w = 0;

	if (room >= sizeof w) {
		memcpy(&w, p, sizeof w);
		return w & UINT64_MAX >> (64 - 8 * n);
	}
	memcpy(&w, p, n);
	return w;
}

/* lower is or'ed into every byte: LOWER makes ASCII letters small and leaves digits as they are. */
static inline uint64_t hash_run(const unsigned char *p, size_t n, size_t room, uint64_t lower)
{
	uint64_t h = SEED ^ n;

	while (n > 8) {
		uint64_t w;

		memcpy(&w, p, sizeof w);
		h = mix(h ^ (w | lower), MIX);
		p += 8;
		n -= 8;
		room -= 8;
	}
	return mix(h ^ (load(p, n, room) | (lower & UINT64_MAX >> (64 - 8 * n))), MIX);
}

uint64_t token_hash(span folded) { return folded.n != 0 ? hash_run(folded.p, folded.n, folded.n, 0) : SEED; }

/* Within a word and no letter of it: the soft hyphen, accents by themselves, joiners. */
static bool is_nothing(uint32_t c) { return c == 0xad || (c >= 0x300 && c < 0x370) || c == 0x200d || c == 0x200c; }

/* Scripts that have no blanks between words: a Chinese character is a token, and so is a run of one of the Japanese syllabaries. */
enum script { ALPHABET, HAN, HIRAGANA, KATAKANA };

static enum script script_of(uint32_t c)
{
	if (c < 0x3041 || c >= 0x30000)
		return ALPHABET;
	if (c < 0x3100)
		return c < 0x30a0 ? HIRAGANA : KATAKANA;
	return (c >= 0x3400 && c < 0xa000) || (c >= 0xf900 && c < 0xfb00) || c >= 0x20000 ? HAN : ALPHABET;
}

/*
 * A token with letters past ASCII, from at on: its folded bytes, and where it ends. *n_folded is 0 when there is
 * no letter at `at`.
 */
static size_t read_high(span text, size_t at, unsigned char folded[FOLDED_BYTES], size_t *n_folded)
{
	enum script script = ALPHABET;

	*n_folded = 0;
	while (at < text.n && classes[text.p[at]] != BETWEEN) {
		size_t len;
		uint32_t c = utf8_get(span_from(text, at), &len);

		if (!is_nothing(c)) {
			if (c >= 0x80 && !utf8_is_letter(c))
				break;
			if (*n_folded != 0 && (script == HAN || script_of(c) != script))
				break;
			script = script_of(c);
			if (*n_folded <= FOLDED_BYTES - 4)
				*n_folded += utf8_base(c, folded + *n_folded);
		}
		at += len;
	}
	return at;
}

/* The first byte at or behind `at` that begins a token, or may. */
static size_t skip_between(span text, size_t at)
{
	while (at < text.n && classes[text.p[at]] == BETWEEN)
		at++;
	return at;
}

/* The run of WORD bytes that begins at `at`: *end, and where the next token may begin. */
static size_t run(span text, size_t at, size_t *end)
{
	while (at < text.n && classes[text.p[at]] == WORD)
		at++;
	*end = at;
	return skip_between(text, at);
}

/* A token with letters past ASCII, or a character that is none: where to go on. */
static size_t token_high(span text, size_t start, struct token *out, size_t *n)
{
	unsigned char folded[FOLDED_BYTES];
	size_t n_folded, len, at = read_high(text, start, folded, &n_folded);

	if (n_folded != 0)
		out[(*n)++] = (struct token){token_hash(span_of(folded, n_folded)), (uint32_t)start, (uint32_t)(at - start)};
	if (n_folded == 0 && at < text.n && classes[text.p[at]] == HIGH) {
		(void)utf8_get(span_from(text, at), &len);
		at += len;
	}
	return skip_between(text, at);
}

#ifdef __SSE2__
enum { WIDE = 64, ROOM = WIDE + 8 }; /* a hash reads eight bytes, whatever the token has */

/* A bit for each of 64 bytes: those of class WORD, those of class HIGH. */
static inline void classes_wide(const unsigned char *p, uint64_t *word, uint64_t *high)
{
	*word = *high = 0;
	for (unsigned i = 0; i < WIDE; i += 16) {
		__m128i bytes = _mm_loadu_si128((const __m128i *)(const void *)(p + i));
		/* Signed comparison: a range's last byte is moved to 127, so that its members alone lie above. */
		__m128i letters = _mm_cmpgt_epi8(_mm_add_epi8(_mm_or_si128(bytes, _mm_set1_epi8(0x20)), _mm_set1_epi8(127 - 'z')),
		    _mm_set1_epi8(127 - 26));
		__m128i digits = _mm_cmpgt_epi8(_mm_add_epi8(bytes, _mm_set1_epi8(127 - '9')), _mm_set1_epi8(127 - 10));

		*word |= (uint64_t)(unsigned)_mm_movemask_epi8(_mm_or_si128(letters, digits)) << i;
		*high |= (uint64_t)(unsigned)_mm_movemask_epi8(bytes) << i;
	}
}

/*
 * Tokens that lie wholly in the 64 bytes from p on, which are those at *at of a text, found as runs of bits, since a loop byte by byte is
 * mispredicted at the end of every word. *at is then where to go on: behind them, or at a token that reaches past them or has HIGH
 * bytes; it has not moved when it stood at such a one.
 */
static inline size_t tokens_wide(const unsigned char *p, size_t *at, struct token *out, size_t max)
{
	uint64_t word, high, left, begun;
	unsigned from, to;
	size_t n = 0;

	classes_wide(p, &word, &high);
	for (left = word | high; left != 0 && n < max; left &= UINT64_MAX << to) {
		from = (unsigned)__builtin_ctzll(left);
		begun = ~word & UINT64_MAX << from;
		to = begun != 0 ? (unsigned)__builtin_ctzll(begun) : WIDE;
		if (to == WIDE || (high >> to & 1) != 0)
			break;
		out[n++] = (struct token){hash_run(p + from, to - from, SIZE_MAX, LOWER), (uint32_t)(*at + from), to - from};
	}
	*at += left != 0 ? (unsigned)__builtin_ctzll(left) : WIDE;
	return n;
}
#endif

size_t tokens_read(span text, size_t *from, struct token *out, size_t max)
{
	size_t at = *from, n = 0;

	while (n < max && at < text.n) {
		size_t end, next;
#ifdef __SSE2__
		UNFILLED unsigned char last[ROOM]; /* of the text, and nothing behind it */
		const unsigned char *p = text.p + at;
		size_t before = at;

		if (text.n - at < ROOM) {
			memset(last, 0, sizeof last);
			p = memcpy(last, p, text.n - at);
		}
		n += tokens_wide(p, &at, out + n, max - n);
		if (at != before)
			continue;
#endif
		if ((at = skip_between(text, at)) == text.n)
			break;
		next = run(text, at, &end);
		if (end < text.n && classes[text.p[end]] == HIGH) {
			at = token_high(text, at, out, &n);
			continue;
		}
		out[n++] = (struct token){hash_run(text.p + at, end - at, text.n - at, LOWER), (uint32_t)at, (uint32_t)(end - at)};
		at = next;
	}
	*from = at < text.n ? at : text.n;
	return n;
}

size_t token_fold(span text, char *out, size_t size)
{
	size_t from = 0, n = 0;
	struct token t;

	while (tokens_read(text, &from, &t, 1) == 1) {
		unsigned char folded[FOLDED_BYTES];
		size_t n_folded;

		(void)read_high(span_sub(text, t.at, t.n), 0, folded, &n_folded);
		if (n_folded + 2 > size - n)
			break;
		if (n != 0)
			out[n++] = ' ';
		memcpy(out + n, folded, n_folded);
		n += n_folded;
	}
	if (size != 0)
		out[n] = '\0';
	return n;
}
