/*
 * Quoted-printable (RFC 2045 6.7). The text is copied in runs; a run ends at "=" and at a line end with white
 * space before it, which does not belong to the text. Only finding the end of a run is done by vectors.
 */
#include "stream/decode.h"

#include "base/digest.h"

#if defined(__x86_64__)
#include <immintrin.h>
#endif

struct quoted {
	span in;
	size_t at;       /* in `in` */
	unsigned char *out;
	size_t n, fixed; /* written; of these, before which nothing may be taken back as trailing white space */
	unsigned problems;
};

typedef size_t run_fn(span in, size_t at, unsigned char *out);

static bool blank(unsigned char c) { return c == ' ' || c == '\t'; }

/* Does the line end at p[at] have white space before it? */
static bool trails(const unsigned char *p, size_t at)
{
	if (at > 0 && p[at - 1] == '\r')
		at--;
	return at > 0 && blank(p[at - 1]);
}

/* Copies what stands for itself, returns how many bytes: up to an event or the end. */
static size_t run_scalar(span in, size_t at, unsigned char *out)
{
	size_t from = at;

	for (; at < in.n; at++) {
		unsigned char c = in.p[at];

		if (c == '=' || (c == '\n' && trails(in.p, at)))
			break;
		*out++ = c;
	}
	return at - from;
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static inline __m256i load(const unsigned char *p)
{
	return _mm256_loadu_si256((const __m256i *)(const void *)p);
}

__attribute__((target("avx2"))) static inline __m256i is(__m256i x, char c)
{
	return _mm256_cmpeq_epi8(x, _mm256_set1_epi8(c));
}

__attribute__((target("avx2"))) static size_t run_avx2(span in, size_t at, unsigned char *out)
{
	size_t from = at;

	/* The two bytes before each are looked at as well. */
	for (; at < 2 && at < in.n; at++) {
		if (in.p[at] == '=' || (in.p[at] == '\n' && trails(in.p, at)))
			return at - from;
		*out++ = in.p[at];
	}
	/* 32 bytes fit: what was written is never ahead of what was read. */
	while (in.n - at >= 32) {
		__m256i x = load(in.p + at), before = load(in.p + at - 1), before2 = load(in.p + at - 2);
		__m256i blank1 = _mm256_or_si256(is(before, ' '), is(before, '\t'));
		__m256i blank2 = _mm256_or_si256(is(before2, ' '), is(before2, '\t'));
		__m256i trailing = _mm256_or_si256(blank1, _mm256_and_si256(is(before, '\r'), blank2));
		__m256i event = _mm256_or_si256(is(x, '='), _mm256_and_si256(is(x, '\n'), trailing));
		uint32_t mask = (uint32_t)_mm256_movemask_epi8(event);

		_mm256_storeu_si256((__m256i *)(void *)out, x);
		if (mask != 0)
			return at + (size_t)__builtin_ctz(mask) - from;
		at += 32;
		out += 32;
	}
	return at - from + run_scalar(in, at, out);
}
#endif

/* Behind "=": how many bytes a soft line break takes, 0 when it is none. */
static size_t soft_break(struct quoted *q, span s)
{
	size_t i = 0;

	while (i < s.n && blank(s.p[i]))
		i++;
	if (i == s.n) {
		q->problems |= DECODE_TRUNCATED;
		return i + 1; /* the "=" ends the text: as a break */
	}
	if (s.p[i] == '\n')
		return i + 1;
	if (s.p[i] == '\r' && (s.n - i == 1 || s.p[i + 1] == '\n'))
		return s.n - i == 1 ? i + 1 : i + 2;
	return 0;
}

static void escape(struct quoted *q)
{
	span rest = span_from(q->in, q->at + 1);
	int high = rest.n >= 2 ? hex_value(rest.p[0]) : -1, low = rest.n >= 2 ? hex_value(rest.p[1]) : -1;
	size_t taken;

	if (high >= 0 && low >= 0) {
		q->out[q->n++] = (unsigned char)(high << 4 | low);
		q->at += 3;
	} else if ((taken = soft_break(q, rest)) != 0) {
		q->at += taken < rest.n ? 1 + taken : 1 + rest.n;
	} else {
		q->problems |= rest.n < 2 && hex_value(rest.p[0]) >= 0 ? DECODE_TRUNCATED : DECODE_MALFORMED;
		q->out[q->n++] = '=';
		q->at++;
		return;
	}
	q->fixed = q->n;
}

/* Takes back white space at the end of what was written, as far as it was not escaped. */
static void strip(struct quoted *q)
{
	while (q->n > q->fixed && blank(q->out[q->n - 1]))
		q->n--;
}

static void line_end(struct quoted *q)
{
	bool cr = q->n > q->fixed && q->out[q->n - 1] == '\r';

	if (cr)
		q->n--;
	strip(q);
	if (cr)
		q->out[q->n++] = '\r';
	q->out[q->n++] = '\n';
	q->at++;
}

static size_t decode_with(run_fn *run, span in, unsigned char *out, unsigned *problems)
{
	struct quoted q = {.in = in, .out = out};

	while (q.at < in.n) {
		if (in.p[q.at] == '=') { /* one escape behind another: text that is not Latin */
			escape(&q);
			continue;
		}
		if (in.p[q.at] == '\n' && trails(in.p, q.at)) {
			line_end(&q);
			continue;
		}
		/* A byte between two escapes is not worth a run. */
		if (in.n - q.at > 1 && in.p[q.at + 1] == '=') {
			out[q.n++] = in.p[q.at++];
			continue;
		}
		size_t n = run(in, q.at, out + q.n);

		q.at += n;
		q.n += n;
	}
	strip(&q);
	*problems |= q.problems;
	return q.n;
}

size_t quoted_printable_decode_scalar(span in, unsigned char *out, unsigned *problems)
{
	return decode_with(run_scalar, in, out, problems);
}

size_t quoted_printable_decode(span in, unsigned char *out, unsigned *problems)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx2"))
		return decode_with(run_avx2, in, out, problems);
#endif
	return quoted_printable_decode_scalar(in, out, problems);
}
