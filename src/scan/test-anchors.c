/* anchors.c beside a search that looks for each anchor at each place. */
#include "base/test.h"
#include "scan/anchors.h"

#define ANCHORS_MAX 60
#define FOUND_MAX 4000

struct places { struct { size_t id, end; } v[FOUND_MAX]; size_t n, most; };

static bool note(void *ctx, size_t id, size_t end)
{
	struct places *p = ctx;

	assert_true(p->n < FOUND_MAX);
	assert_true(p->n == 0 || p->v[p->n - 1].end <= end); /* in the order in which they end */
	p->v[p->n].id = id;
	p->v[p->n++].end = end;
	return p->n < p->most;
}

static uint32_t state = 1;
static uint32_t any(uint32_t below)
{
	state = state * 1664525 + 1013904223;
	return (state >> 8) % below;
}

/* Few characters, so that anchors stand in texts and in each other: letters of both cases, marks that differ in one bit, a letter past ASCII */
static void fill(unsigned char *out, size_t n)
{
	static const unsigned char some[] = {'a', 'A', 'b', 'a', 'e', ' ', '@', '`', '1', 0xc3, 0xa9, 0x89, 0, '_'};

	for (size_t i = 0; i < n; i++)
		out[i] = some[any(sizeof some)];
}

static int by_text(const void *va, const void *vb)
{
	const struct anchor *a = va, *b = vb;
	int order = span_cmp(a->text, b->text);

	return order != 0 ? order : a->fold - b->fold;
}

static size_t anchors_make(struct arena *a, struct anchor *v)
{
	size_t n = 1 + any(ANCHORS_MAX);

	for (size_t i = 0; i < n; i++) {
		size_t length = 2 + any(any(4) == 0 ? 20 : 4);
		unsigned char *text = arena_alloc(a, length);

		assert_non_null(text);
		fill(text, length);
		v[i] = (struct anchor){.text = span_of(text, length), .fold = any(2), .word_start = any(2)};
		for (size_t k = 0; k < length && v[i].fold; k++)
			text[k] = ascii_lower(text[k]);
	}
	qsort(v, n, sizeof *v, by_text);
	for (size_t i = 0; i < n; i++)
		v[i].first = i == 0 || by_text(&v[i - 1], &v[i]) != 0;
	return n;
}

/* Does an anchor end there that begins no word, or not within one? */
static bool stands(const struct anchor *v, size_t n, size_t id, span text, size_t end)
{
	size_t at = end - v[id].text.n;
	span has = span_sub(text, at, v[id].text.n);
	bool within = at > 0 && ascii_is_alnum(text.p[at - 1]) && ascii_is_alnum(text.p[at]), wanted = false;

	for (size_t i = id; i < n && (i == id || !v[i].first); i++)
		wanted |= !v[i].word_start || !within;
	return wanted && (v[id].fold ? span_eq_nocase(has, v[id].text) : span_eq(has, v[id].text));
}

static void anchors_are_found_where_they_stand_in_the_order_of_their_ends(void **ctx)
{
	static struct places found;
	static struct anchor v[ANCHORS_MAX];
	struct arena *a = test_arena();

	(void)ctx;
	for (unsigned round = 0; round < 300; round++) {
		size_t n = anchors_make(a, v), length = any(300), n_stand = 0;
		unsigned char *p = arena_alloc(a, length + 1);
		span text = span_of(p, length);
		struct anchors *s;

		assert_non_null(p);
		fill(p, length);
		assert_ok(anchors_new(a, v, n, &s, &e));
		found = (struct places){.most = FOUND_MAX};
		assert_true(anchors_find(s, text, note, &found));
		for (size_t id = 0; id < n; id++)
			for (size_t end = v[id].text.n; v[id].first && end <= length; end++)
				if (stands(v, n, id, text, end)) {
					size_t i = 0;

					n_stand++;
					while (i < found.n && (found.v[i].id != id || found.v[i].end != end))
						i++;
					assert_true(i < found.n);
				}
		assert_int_equal(found.n, n_stand);
		if (n_stand > 1) {
			found = (struct places){.most = 1};
			assert_false(anchors_find(s, text, note, &found));
			assert_int_equal(found.n, 1);
		}
		arena_reset(a);
	}
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(anchors_are_found_where_they_stand_in_the_order_of_their_ends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
