/*
 * What the case keeps of mail in words, and nothing in that mail tells a secret by: "Re: Tr0ub4dor" above an answer, the name of a file that was sent
 * on. Its words are held against the digests of what was found anywhere, and what is known has stars as it has where it was found.
 */
#include <stdlib.h>

#include "base/limits.h"
#include "scan/keeper.h"
#include "scan/starred.h"

enum { MARKS_MOST = 8 }; /* around a word, at either end */
struct known { const struct digest *v; size_t n; struct hmac *key; };

static int by_bytes(const void *a, const void *b) { return memcmp(a, b, DIGEST_SIZE); }

static bool is_known(const struct known *known, span word)
{
	struct digest d;

	if (starred_is_usual(word))
		return false;
	hmac_of(known->key, word, &d);
	return bsearch(&d, known->v, known->n, sizeof d, by_bytes) != NULL;
}

/* *word, or what of it is left without what people write around one. */
static bool word_known(const struct known *known, span *word)
{
	span bare = *word;

	if (is_known(known, bare))
		return true;
	for (unsigned i = 0; i < MARKS_MOST && bare.n != 0 && ascii_is_one_of(bare.p[0], "([{<\"'"); i++)
		bare = span_from(bare, 1);
	for (unsigned i = 0; i <= MARKS_MOST; i++) {
		if ((i > 0 || bare.p != word->p) && is_known(known, bare)) {
			*word = bare;
			return true;
		}
		if (i == MARKS_MOST || bare.n == 0 || !ascii_is_one_of(bare.p[bare.n - 1], ")]}>\"'.,;:?!"))
			break;
		bare.n--;
	}
	return is_known(known, *word = name_without_ending(bare));
}

/* The next word from *at on that is known; *at is then behind it. */
static bool known_next(const struct known *known, span words, size_t *at, span *word)
{
	while (*at < words.n) {
		size_t from = *at;

		while (*at < words.n && !ascii_is_space(words.p[*at]))
			++*at;
		*word = span_sub(words, from, *at - from);
		++*at;
		if (word_known(known, word))
			return true;
	}
	return false;
}

static bool has_known(void *ctx, span words)
{
	size_t at = 0;
	span word;

	return known_next(ctx, words, &at, &word);
}

enum errc known_star(struct keeper *k, struct err *e)
{
	struct known known = {.n = 0};
	struct digest *all;
	struct party_stars parties = {0};
	struct kept_words *kept;
	struct arena *a;
	size_t n = 0;
	span word;
	enum errc rc;

	if ((rc = arena_new(&a, LIMIT_DIGESTS_ARENA, e)) != OK)
		return rc;
	if ((rc = hmac_new(span_first(buf_span(&k->init), CASE_KEY_SIZE), &known.key, e)) == OK && (rc = findings_digests(k->store, a, &all, &known.n, e)) == OK && known.n != 0) {
		qsort(all, known.n, sizeof *all, by_bytes);
		known.v = all;
		rc = findings_kept(k->store, a, k->scratch, has_known, &known, &kept, &n, e);
	}
	parties.a = a;
	for (size_t i = 0; i < n && rc == OK; i++) {
		for (size_t at = 0; rc == OK && known_next(&known, kept[i].words, &at, &word);)
			rc = answer_star(k, kept[i].message_id, kept[i].what, (size_t)(word.p - kept[i].words.p), word.n, &parties, e);
		if (rc == OK && (i + 1 == n || kept[i + 1].message_id != kept[i].message_id))
			rc = answer_stars_end(k, kept[i].message_id, &parties, e);
	}
	hmac_free(known.key);
	arena_free(a);
	return rc;
}
