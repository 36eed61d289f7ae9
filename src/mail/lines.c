#include "mail/lines.h"

#if defined(__x86_64__)
#include <immintrin.h>
#define VECTOR __attribute__((target("avx2")))
#endif

static bool line_is(span s, size_t i, unsigned char a, int b)
{
	return s.p[i] == a && (b == LINE_ANY || (s.n - i > 1 && s.p[i + 1] == b));
}

size_t line_find_scalar(span s, size_t from, unsigned char a, int b)
{
	if (from < s.n && (from == 0 || s.p[from - 1] == '\n') && line_is(s, from, a, b))
		return from;
	for (size_t i = from; i < s.n; i++) {
		i += span_find_byte(span_from(s, i), '\n');
		if (i < s.n && s.n - i > 1 && line_is(s, i + 1, a, b))
			return i + 1;
	}
	return s.n;
}

unsigned bytes_odd_scalar(span s)
{
	unsigned odd = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '\0')
			odd |= BYTES_NUL;
		if (s.p[i] == '\r' && s.n - i > 1 && s.p[i + 1] != '\n')
			odd |= BYTES_BARE_CR;
	}
	return odd;
}

#if defined(__x86_64__)
static VECTOR size_t line_find_avx2(span s, size_t from, unsigned char a, int b)
{
	const __m256i lf = _mm256_set1_epi8('\n'), va = _mm256_set1_epi8((char)a), vb = _mm256_set1_epi8((char)b);
	const __m256i any = _mm256_set1_epi8(b == LINE_ANY ? -1 : 0);
	size_t i = from;

	if (from < s.n && (from == 0 || s.p[from - 1] == '\n') && line_is(s, from, a, b))
		return from;
	for (; i < s.n && s.n - i >= 34; i += 32) {
		__m256i at_lf = _mm256_cmpeq_epi8(_mm256_loadu_si256((const void *)(s.p + i)), lf);
		__m256i at_a = _mm256_cmpeq_epi8(_mm256_loadu_si256((const void *)(s.p + i + 1)), va);
		__m256i at_b = _mm256_cmpeq_epi8(_mm256_loadu_si256((const void *)(s.p + i + 2)), vb);
		__m256i hit = _mm256_and_si256(_mm256_and_si256(at_lf, at_a), _mm256_or_si256(at_b, any));
		unsigned mask = (unsigned)_mm256_movemask_epi8(hit);

		if (mask != 0)
			return i + (unsigned)__builtin_ctz(mask) + 1;
	}
	return line_find_scalar(s, i, a, b);
}

static VECTOR unsigned bytes_odd_avx2(span s)
{
	const __m256i zero = _mm256_setzero_si256(), cr = _mm256_set1_epi8('\r'), lf = _mm256_set1_epi8('\n');
	__m256i nul = zero, bare = zero;
	unsigned odd;
	size_t i = 0;

	for (; s.n - i >= 33; i += 32) {
		__m256i here = _mm256_loadu_si256((const void *)(s.p + i));
		__m256i next = _mm256_loadu_si256((const void *)(s.p + i + 1));

		nul = _mm256_or_si256(nul, _mm256_cmpeq_epi8(here, zero));
		bare = _mm256_or_si256(bare,
		    _mm256_andnot_si256(_mm256_cmpeq_epi8(next, lf), _mm256_cmpeq_epi8(here, cr)));
	}
	odd = bytes_odd_scalar(span_from(s, i));
	return odd | (_mm256_testz_si256(nul, nul) ? 0 : BYTES_NUL) | (_mm256_testz_si256(bare, bare) ? 0 : BYTES_BARE_CR);
}

size_t line_find(span s, size_t from, unsigned char a, int b)
{
	return __builtin_cpu_supports("avx2") ? line_find_avx2(s, from, a, b) : line_find_scalar(s, from, a, b);
}

unsigned bytes_odd(span s) { return __builtin_cpu_supports("avx2") ? bytes_odd_avx2(s) : bytes_odd_scalar(s); }
#else
size_t line_find(span s, size_t from, unsigned char a, int b) { return line_find_scalar(s, from, a, b); }
unsigned bytes_odd(span s) { return bytes_odd_scalar(s); }
#endif

bool bytes_8bit(span s)
{
	unsigned char any = 0;

	for (size_t i = 0; i < s.n; i++)
		any |= s.p[i];
	return any >= 0x80;
}
