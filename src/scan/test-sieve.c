#include "base/test.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/buf.h"
#include "base/limits.h"
#include "scan/sieve.h"

struct fixture { struct arena *a; struct sieves *s; };

static bool passes(struct fixture *f, const char *pattern, bool fold, span text, size_t last)
{
	struct sieve v;

	assert_true(sieve_make(f->s, f->a, span_str(pattern), fold, false, &v));
	return sieve_passes(f->s, &v, text, 0, last, 0);
}

static void what_cannot_match_is_refused_and_what_is_not_known_passes(void **state)
{
	static const struct { const char *pattern, *text; bool passes; } cases[] = {
		{"pass(?:word|phrase) :", "Password:", true},
		{"pass(?:word|phrase) :", "passport:", false},
		{"a{3}b", "aaab", true},
		{"a{3}b", "aab", false},
		{"a{2,4}?b", "aaab", true},
		{"a{2,4}b", "ab", false},
		{"(?:ab){2,}c", "ababababc", true},
		{"(?:ab){2,}c", "abc", false},
		{"x{0}y", "y", true},
		{"a{1,200}b", "aab", true},
		{"[^\\n]{0,5}?z", "12345z", true},
		{"[^\\n]{0,5}?z", "123456z", false},
		{"k", "\xe2\x84\xaa", true},          /* the sign of kelvin */
		{"(?-i:k)", "\xe2\x84\xaa", false},
		{"[\xc5\xbf]", "S", true},            /* the long s */
		{"\\x{e4}", "\xc3\x84", true},
		{"\\p{L}{3}1", "\xc3\xa4" "bc1", true},
		{"\\p{L}{3}1", "ab1", false},
		{"[^]a]", "a", false},
		{"[\\w.-]+@", "a.b-c@", true},
		{"a (?![bc]) \\w", "ab", false},
		{"a (?![bc]) \\w", "ad", true},
		{"a (?!b\\b) \\w", "abd", true},      /* what stands behind the one that must not be there counts */
		{"a (?!(?<!a)b) b", "ab", true},
		{"a (?=\\d) \\w", "ab", false},
		{"a (?=.*z) b", "ab", true},          /* further ahead is PCRE2's matter */
		{"(?<=q) a", "a", true},
		{"a # (\n b", "ab", true},
		{"a # (\n b", "ac", false},
		{"(?>a+)+b", "aaac", false},
		{"a (?!.)", "a\n", true},              /* a line end is none */
		{"a # as often as it likes\n +b", "aab", true},
		{"a+ +b", "aab", true},
		{"a{2}{2}b", "aaaab", true},
		{"a{,3}", "b", false},                /* these are letters */
		{"(a)\\1", "q", true},                /* what follows is not known to it */
		{"(?<n>a)\\g{n}c", "aac", true},      /* what a group had may be anything */
		{"(?<n>a)\\k<n>c", "aab", false},
		{"(?<n>a)(?!\\g{n})b", "ab", true},
		{"a(?:\\r?\\n|\\z)", "a", true},
		{"a(?:\\r?\\n|\\z)", "ab", false},
		{"a(?!\\z)b", "ab", true},
		{"a\\zb", "ab", false},
		{"(?(?=a)b|c)", "q", true},
		{"[[:alpha:]]", "1", true},
		{"\\Qa\\E", "q", true},
		{"(?|a|b)", "q", true},
		{"\\h", "q", true},
	};
	struct fixture f;

	(void)state;
	f.a = test_arena();
	assert_ok(sieves_new(&f.s, &e));
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		if (passes(&f, cases[i].pattern, true, span_str(cases[i].text), 0) != cases[i].passes)
			fail_msg("%s: %s", cases[i].pattern, cases[i].text);
	sieves_free(f.s);
	arena_free(f.a);
}

static void a_match_begins_and_ends_where_it_may(void **state)
{
	struct fixture f;
	struct sieve v;
	span text = SPAN_LIT("..ab..ab");

	(void)state;
	f.a = test_arena();
	assert_ok(sieves_new(&f.s, &e));
	assert_true(sieve_make(f.s, f.a, SPAN_LIT("ab"), false, true, &v));
	assert_false(sieve_passes(f.s, &v, text, 0, 1, 0));
	assert_true(sieve_passes(f.s, &v, text, 0, 2, 0));
	assert_false(sieve_passes(f.s, &v, text, 0, 5, 5));
	assert_true(sieve_passes(f.s, &v, text, 0, 6, 5));
	assert_false(sieve_passes(f.s, &v, span_first(text, 7), 3, 6, 0));
	sieves_free(f.s);
	arena_free(f.a);
}

/* ---- whatever PCRE2 finds passes ------------------------------------------------------------------------------------ */

static uint32_t seed = 1;
static unsigned any(unsigned n)
{
	seed = seed * 1664525 + 1013904223;
	return (seed >> 16) % n;
}

static void pattern_write(struct buf *b, unsigned depth)
{
	static const char *const atoms[] = {"a", "b", "s", "K", "\\d", "\\w", "\\W", "\\S", "[ab1]", "[^a]", "[a-m-]", "[^\\d\xc3\xa4]", "\xc3\xa4", "\\b", "$", ".",
	    "\\x{17f}", "\\p{L}", "\\p{Lu}", "(?-i:S)", "\\ ", "[\\p{L}1]"};
	static const char *const counts[] = {"*", "+", "?", "*?", "+?", "??", "{2}", "{0,2}", "{1,3}?", "{2,}", "*+", "{0,40}", " # b\n+", "{2}{1,2}"};
	static const char *const groups[] = {"(?:", "(", "(?=", "(?!", "(?<v>", "(?>", "(?-i:", "(?<!"};

	for (unsigned n = 1 + any(3); n > 0; n--) {
		if (depth > 0 && any(3) == 0) {
			const char *group = groups[any(sizeof groups / sizeof *groups)];

			buf_put(b, span_str(group));
			if (strcmp(group, "(?<!") == 0) /* what looks behind is of one length */
				buf_put(b, SPAN_LIT("a"));
			else
				pattern_write(b, depth - 1);
			buf_put(b, SPAN_LIT(")"));
		} else {
			buf_put(b, span_str(atoms[any(sizeof atoms / sizeof *atoms)]));
		}
		if (any(3) == 0)
			buf_put(b, span_str(counts[any(sizeof counts / sizeof *counts)]));
		if (any(4) == 0)
			buf_put(b, SPAN_LIT(" | "));
	}
}

static void what_pcre2_finds_passes(void **state)
{
	static const char *const characters[] = {"a", "b", "A", "s", "S", "k", "K", "1", " ", "\xc3\xa4", "\xc3\x84", "\xc5\xbf", "\xe2\x84\xaa", "-", "m", "\n"};
	pcre2_match_data *match = pcre2_match_data_create(64, NULL);
	struct fixture f;
	struct buf pattern, text;
	unsigned found = 0, refused = 0;

	(void)state;
	f.a = test_arena();
	assert_ok(sieves_new(&f.s, &e));
	buf_init(&pattern, MIB);
	buf_init(&text, MIB);
	for (unsigned i = 0; i < 4000; i++) {
		int error;
		PCRE2_SIZE where;
		pcre2_code *code;
		struct sieve v;

		buf_clear(&pattern);
		pattern_write(&pattern, 3);
		code = pcre2_compile(pattern.p, pattern.n, PCRE2_UTF | PCRE2_EXTENDED | PCRE2_DUPNAMES | PCRE2_CASELESS, &error, &where, NULL);
		if (code == NULL)
			continue;
		assert_true(sieve_make(f.s, f.a, buf_span(&pattern), true, i % 2 == 0, &v));
		for (unsigned k = 0; k < 12; k++) {
			bool passed, matched;

			buf_clear(&text);
			for (unsigned n = any(8); n > 0; n--)
				buf_put(&text, span_str(characters[any(sizeof characters / sizeof *characters)]));
			buf_u8(&text, 'b');
			passed = sieve_passes(f.s, &v, buf_span(&text), 0, text.n, 0);
			matched = pcre2_match(code, text.p, text.n, 0, 0, match, NULL) >= 0;
			if (matched && !passed)
				fail_msg("%s: %s", buf_cstr(&pattern), buf_cstr(&text));
			found += matched;
			refused += !passed;
		}
		pcre2_code_free(code);
	}
	assert_true(found > 1000 && refused > 1000);
	pcre2_match_data_free(match);
	sieves_free(f.s);
	buf_free(&pattern);
	buf_free(&text);
	arena_free(f.a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_cannot_match_is_refused_and_what_is_not_known_passes),
		cmocka_unit_test(a_match_begins_and_ends_where_it_may),
		cmocka_unit_test(what_pcre2_finds_passes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
