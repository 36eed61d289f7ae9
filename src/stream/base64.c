/*
 * Base64 (RFC 2045 6.8). The vector form takes 32 characters at a time as long as all are of the alphabet; what
 * ends such a run (nearly always the end of a 76-column line) is stepped over, and everything else is left to
 * the scalar form, which alone knows about padding, garbage and torn groups. So both see the same states.
 */
#include "stream/decode.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define XX 0xff /* not of the alphabet */
#define SP 0xfe /* white space: skipped without remark */
#define EQ 0xfd /* padding */

static const unsigned char value_of[256] = {
	XX, XX, XX, XX, XX, XX, XX, XX, XX, SP, SP, SP, SP, SP, XX, XX,
	XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX,
	SP, XX, XX, XX, XX, XX, XX, XX, XX, XX, XX, 62, XX, XX, XX, 63,
	52, 53, 54, 55, 56, 57, 58, 59, 60, 61, XX, XX, XX, EQ, XX, XX,
	XX, 0,  1,  2,  3,  4,  5,  6,  7,  8,  9,  10, 11, 12, 13, 14,
	15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, XX, XX, XX, XX, XX,
	XX, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39, 40,
	41, 42, 43, 44, 45, 46, 47, 48, 49, 50, 51, XX, XX, XX, XX, XX,
	[128 ... 255] = XX,
};

struct base64 {
	const unsigned char *in, *end;
	unsigned char *out;
	uint32_t bits;      /* of the group begun */
	unsigned n_chars;   /* in it, 0 to 3 */
	unsigned want_pads; /* "=" that may still follow the one that was read */
	bool padded;        /* the last group was ended by padding */
	unsigned problems;
};

static void group_end(struct base64 *s)
{
	if (s->n_chars == 3) {
		*s->out++ = (unsigned char)(s->bits >> 10);
		*s->out++ = (unsigned char)(s->bits >> 2);
	} else if (s->n_chars == 2) {
		*s->out++ = (unsigned char)(s->bits >> 4);
	}
	s->n_chars = 0;
	s->bits = 0;
}

static void pad(struct base64 *s)
{
	if (s->n_chars >= 2) {
		s->want_pads = 3 - s->n_chars;
		s->padded = true;
		group_end(s);
	} else if (s->n_chars == 0 && s->want_pads > 0) {
		s->want_pads--;
	} else {
		s->problems |= DECODE_MALFORMED;
		group_end(s);
		s->padded = true;
	}
}

/* One character of any kind; `urls`: "-" and "_" are of the alphabet. */
static inline void step(struct base64 *s, bool urls)
{
	unsigned char c = *s->in++, v = urls && c == '-' ? 62 : urls && c == '_' ? 63 : value_of[c];

	if (v == SP)
		return;
	if (v == XX) {
		s->problems |= DECODE_GARBAGE;
		return;
	}
	if (v == EQ) {
		pad(s);
		return;
	}
	if (s->padded) {
		/* One encoded stream behind another: all are decoded. */
		s->problems |= DECODE_MALFORMED;
		s->padded = false;
		s->want_pads = 0;
	}
	s->bits = s->bits << 6 | v;
	if (++s->n_chars == 4) {
		*s->out++ = (unsigned char)(s->bits >> 16);
		*s->out++ = (unsigned char)(s->bits >> 8);
		*s->out++ = (unsigned char)s->bits;
		s->n_chars = 0;
		s->bits = 0;
	}
}

/* Whole groups of four from here on, at most up to `end`. */
static void groups(struct base64 *s, const unsigned char *end)
{
	const unsigned char *in = s->in;
	unsigned char *out = s->out;

	while (end - in >= 4) {
		uint32_t a = value_of[in[0]], b = value_of[in[1]], c = value_of[in[2]], d = value_of[in[3]];
		uint32_t v = a << 18 | b << 12 | c << 6 | d;

		if ((a | b | c | d) > 63)
			break;
		out[0] = (unsigned char)(v >> 16);
		out[1] = (unsigned char)(v >> 8);
		out[2] = (unsigned char)v;
		in += 4;
		out += 3;
	}
	s->in = in;
	s->out = out;
}

static bool at_group(const struct base64 *s) { return s->n_chars == 0 && !s->padded; }

static size_t finish(struct base64 *s, const unsigned char *out, unsigned *problems)
{
	if (s->n_chars != 0 || s->want_pads != 0)
		s->problems |= DECODE_TRUNCATED;
	group_end(s);
	*problems |= s->problems;
	return (size_t)(s->out - out);
}

size_t base64_decode_scalar(span in, unsigned char *out, unsigned *problems)
{
	struct base64 s = {.in = in.p, .end = in.n != 0 ? in.p + in.n : in.p, .out = out};

	while (s.in < s.end) {
		if (at_group(&s))
			groups(&s, s.end);
		if (s.in < s.end)
			step(&s, false);
	}
	return finish(&s, out, problems);
}

#if defined(__x86_64__)
/*
 * Classification by the two nibbles of each character and translation by a table of differences: Mula and
 * Lemire, "Faster Base64 Encoding and Decoding Using AVX2 Instructions", 2018.
 */
__attribute__((target("avx2"))) static void runs_avx2(struct base64 *s)
{
	const __m256i lut_lo = _mm256_broadcastsi128_si256(_mm_setr_epi8(0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11,
	    0x11, 0x11, 0x11, 0x13, 0x1a, 0x1b, 0x1b, 0x1b, 0x1a));
	const __m256i lut_hi = _mm256_broadcastsi128_si256(_mm_setr_epi8(0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04,
	    0x08, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10));
	const __m256i lut_roll = _mm256_broadcastsi128_si256(_mm_setr_epi8(0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0,
	    0, 0, 0, 0, 0));
	const __m256i pack = _mm256_broadcastsi128_si256(_mm_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1,
	    -1, -1, -1));
	const __m256i join = _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 7, 7);
	const __m256i slash = _mm256_set1_epi8('/'), nibble = _mm256_set1_epi8(0x0f);
	const unsigned char *in = s->in, *end = s->end;
	unsigned char *out = s->out;

	/* Each turn stores 32 bytes: what was written lies behind what was read, so there is room. */
	while (end - in >= 32) {
		__m256i x = _mm256_loadu_si256((const __m256i *)(const void *)in);
		__m256i hi = _mm256_and_si256(_mm256_srli_epi32(x, 4), nibble);
		__m256i lo = _mm256_and_si256(x, nibble);
		__m256i bad = _mm256_and_si256(_mm256_shuffle_epi8(lut_lo, lo), _mm256_shuffle_epi8(lut_hi, hi));
		__m256i roll = _mm256_shuffle_epi8(lut_roll, _mm256_add_epi8(_mm256_cmpeq_epi8(x, slash), hi));
		__m256i v = _mm256_add_epi8(x, roll);
		uint32_t stop = ~(uint32_t)_mm256_movemask_epi8(_mm256_cmpeq_epi8(bad, _mm256_setzero_si256()));

		v = _mm256_maddubs_epi16(v, _mm256_set1_epi32(0x01400140));
		v = _mm256_madd_epi16(v, _mm256_set1_epi32(0x00011000));
		v = _mm256_permutevar8x32_epi32(_mm256_shuffle_epi8(v, pack), join);
		_mm256_storeu_si256((__m256i *)(void *)out, v);
		if (stop == 0) {
			in += 32;
			out += 24;
			continue;
		}
		unsigned good = (unsigned)__builtin_ctz(stop) & ~3u;

		in += good;
		out += good / 4 * 3;
		if (in[0] == '\n')
			in++;
		else if (in[0] == '\r' && in[1] == '\n')
			in += 2;
		else
			break;
	}
	s->in = in;
	s->out = out;
}

static size_t decode_avx2(span in, unsigned char *out, unsigned *problems)
{
	struct base64 s = {.in = in.p, .end = in.n != 0 ? in.p + in.n : in.p, .out = out};

	while (s.in < s.end) {
		if (at_group(&s)) {
			runs_avx2(&s);
			groups(&s, s.end - s.in > 32 ? s.in + 32 : s.end);
		}
		if (s.in < s.end)
			step(&s, false);
	}
	return finish(&s, out, problems);
}
#endif

size_t base64_decode(span in, unsigned char *out, unsigned *problems)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx2"))
		return decode_avx2(in, out, problems);
#endif
	return base64_decode_scalar(in, out, problems);
}

/*
 * In the alphabet of URLs, "-" and "_" for "+" and "/"? Only where it has no letter of the other and nothing else, so that no words that
 * stand behind it, no rule and no delimiter are taken for a part of it.
 */
static bool is_of_urls(span in)
{
	bool any = false;
	span line;

	while (span_line(&in, &line)) {
		bool rule = true;

		line = span_trim(line);
		if (span_starts(line, SPAN_LIT("--")))
			return false;
		for (size_t i = 0; i < line.n; i++) {
			bool mark = line.p[i] == '-' || line.p[i] == '_';

			if (!mark && !ascii_is_alnum(line.p[i]) && line.p[i] != '=')
				return false;
			rule &= mark;
			any |= mark;
		}
		if (rule && line.n != 0)
			return false;
	}
	return any;
}

size_t base64_decode_either(span in, unsigned char *out, unsigned *problems)
{
	struct base64 s = {.in = in.p, .end = in.n != 0 ? in.p + in.n : in.p, .out = out};
	unsigned found = 0;
	size_t n = base64_decode(in, out, &found);

	if ((found & DECODE_GARBAGE) == 0 || !is_of_urls(in)) {
		*problems |= found;
		return n;
	}
	*problems |= DECODE_GARBAGE;
	while (s.in < s.end)
		step(&s, true);
	return finish(&s, out, problems);
}
