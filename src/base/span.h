/*
 * A span is a borrowed run of bytes: a pointer and a length, never a terminator. Whoever made it says how
 * long it lives. Evidence is looked at through spans over the mapped file, so that nothing is copied that
 * need not be. An empty span may have p == NULL.
 */
#ifndef TOCSIN_BASE_SPAN_H
#define TOCSIN_BASE_SPAN_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

typedef struct {
	const unsigned char *p;
	size_t n;
} span;

#define SPAN_EMPTY ((span){NULL, 0})
#define SPAN_LIT(s) ((span){(const unsigned char *)("" s), sizeof(s) - 1})

static inline span span_of(const void *p, size_t n) { return (span){p, n}; }

static inline span span_str(const char *s)
{
	return (span){(const unsigned char *)s, s != NULL ? strlen(s) : 0};
}

/* The bytes from `from` on; empty when `from` lies at or past the end. */
static inline span span_from(span s, size_t from)
{
	return from >= s.n ? (span){s.p != NULL ? s.p + s.n : NULL, 0} : (span){s.p + from, s.n - from};
}

static inline span span_first(span s, size_t n) { return (span){s.p, n < s.n ? n : s.n}; }

/* s[from, from + n), cut to what there is. */
static inline span span_sub(span s, size_t from, size_t n) { return span_first(span_from(s, from), n); }

static inline bool span_eq(span a, span b) { return a.n == b.n && (a.n == 0 || memcmp(a.p, b.p, a.n) == 0); }

static inline unsigned char ascii_lower(unsigned char c)
{
	return c >= 'A' && c <= 'Z' ? (unsigned char)(c + ('a' - 'A')) : c;
}
static inline bool ascii_is_space(unsigned char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\f' || c == '\v';
}
static inline bool ascii_is_digit(unsigned char c) { return c >= '0' && c <= '9'; }
static inline bool ascii_is_alpha(unsigned char c) { return (c | 32) >= 'a' && (c | 32) <= 'z'; }
static inline bool ascii_is_alnum(unsigned char c) { return ascii_is_digit(c) || ascii_is_alpha(c); }
/*
 * Evidence holds NUL, and strchr finds that one at the end of every list. Of a list that the compiler knows it makes a test of bits, which
 * is several times as fast as a call.
 */
static inline bool ascii_is_one_of(unsigned char c, const char *list)
{
	bool is = false;

	if (!__builtin_constant_p(strlen(list)) || strlen(list) > 16)
		return c != '\0' && strchr(list, c) != NULL;
	for (size_t i = 0; i < strlen(list); i++)
		is |= c == (unsigned char)list[i];
	return is;
}

/*
 * Equal without regard to the case of ASCII letters; the same of the beginning and the end. Most that are compared differ in the byte
 * that is looked at first: these cost no call.
 */
bool span_same_nocase(const unsigned char *a, const unsigned char *b, size_t n);
static inline bool span_eq_nocase(span a, span b)
{
	return a.n == b.n && (a.n == 0 || (ascii_lower(a.p[0]) == ascii_lower(b.p[0]) && span_same_nocase(a.p, b.p, a.n)));
}
static inline bool span_starts(span s, span prefix)
{
	return s.n >= prefix.n && (prefix.n == 0 || (s.p[0] == prefix.p[0] && memcmp(s.p, prefix.p, prefix.n) == 0));
}
static inline bool span_starts_nocase(span s, span prefix) { return s.n >= prefix.n && span_eq_nocase(span_first(s, prefix.n), prefix); }
static inline bool span_ends_nocase(span s, span suffix)
{
	return s.n >= suffix.n && (suffix.n == 0 || (ascii_lower(s.p[s.n - 1]) == ascii_lower(suffix.p[suffix.n - 1]) &&
	    span_same_nocase(s.p + (s.n - suffix.n), suffix.p, suffix.n)));
}
/* Of names of hosts: is it that domain, or below it? Nothing is within "". */
bool domain_is_within(span host, span domain);

/* How many decimal digits s begins with, of `most` at most; 19 and fewer always fit. *out: what they say, 0 when there are none. */
size_t span_digits(span s, size_t most, uint64_t *out);
/* Is all of s a decimal number, of 1 to 19 digits and `most` at most? *out: it, else 0. */
bool span_number(span s, uint64_t most, uint64_t *out);

/* 36 characters, as RFC 9562 4 writes a UUID, in either case. */
bool span_is_guid(span s);
/* Is it one of the words, which NULL ends as it does SPAN_WORDS("a", "b")? */
bool span_is_one_of(span s, const char *const *words);
bool span_is_one_of_nocase(span s, const char *const *words);
#define SPAN_WORDS(...) ((const char *const[]){__VA_ARGS__, NULL})
bool span_has_one_of_nocase(span s, const char *const *words); /* anywhere in it; ASCII case */
/* Is it one of v[0, n)? */
bool span_among(const span *v, size_t n, span s);

size_t span_ascii(span s); /* of its first bytes, how many are below 0x80 */
static inline bool span_is_ascii(span s) { return span_ascii(s) == s.n; }
/* Where it occurs first, or s.n. */
size_t span_find_byte(span s, unsigned char c);
size_t span_find_last(span s, unsigned char c); /* where it occurs last, or s.n */
/* Where the line begins that s.p[at] is in, whose own end a line end is; `most` bytes before it where that is further. */
static inline size_t span_line_begin(span s, size_t at, size_t most)
{
	size_t begin = at;

	while (begin > 0 && at - begin < most && s.p[begin - 1] != '\n')
		begin--;
	return begin;
}
size_t span_find(span s, span needle);
size_t span_find_nocase(span s, span needle);
static inline bool span_has(span s, span needle) { return span_find(s, needle) < s.n; }
static inline bool span_has_nocase(span s, span needle) { return span_find_nocase(s, needle) < s.n; }

/* Without ASCII white space at both ends. */
span span_trim(span s);

/*
 * Takes the next line off *rest, without its LF or CRLF. False when nothing is left. A bare CR is not an
 * end of line.
 */
bool span_line(span *rest, span *line);

/* Byte order, shorter first when one is the beginning of the other: for sorting. */
int span_cmp(span a, span b);

/* FNV-1a with a final mix: the same in each run, for what is prepared at build time, written down, or ours. */
uint64_t span_hash(span s);
/*
 * For tables that strangers' words fill: each process has its own, by what the kernel gave it at its start, so that nobody can write words
 * that fall on one place. Nothing that is told or put in order may come from it. The second is the same for what span_eq_nocase takes for equal.
 */
uint64_t span_hash_own(span s);
uint64_t span_hash_own_nocase(span s);

/* Both halves of a product: each bit of the result rests on all of h and word. */
static inline uint64_t hash_folded(uint64_t h, uint64_t word, uint64_t factor)
{
	unsigned __int128 product = (unsigned __int128)(h ^ word) * factor;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* For tables of our own words, which are short: the same in each run of a program, eight bytes at a time. */
static inline uint64_t span_hash_word(span s)
{
	uint64_t h = s.n * 0xd6e8feb86659fd93u, eight;
	uint32_t first, last;

	for (; s.n > sizeof eight; s = span_from(s, sizeof eight)) {
		memcpy(&eight, s.p, sizeof eight);
		h = hash_folded(h, eight, 0x9e3779b97f4a7c15u);
	}
	if (s.n >= sizeof first) { /* the two may have bytes in common */
		memcpy(&first, s.p, sizeof first);
		memcpy(&last, s.p + s.n - sizeof last, sizeof last);
	} else {
		first = s.n == 0 ? 0 : s.p[0];
		last = s.n == 0 ? 0 : (uint32_t)s.p[s.n / 2] << 8 | s.p[s.n - 1];
	}
	return hash_folded(h, (uint64_t)first << 32 | last, 0xe7037ed1a0b428dbu);
}

#endif
