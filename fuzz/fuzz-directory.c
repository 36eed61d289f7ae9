/*
 * The directory of organisations and the text it is looked for in: input up to a NUL byte is the CSV, the rest a text.
 * Every organisation can be read in full, every mention lies within the text and names one that is there, and so does every title.
 */
#include <stdlib.h>

#include "attribute/directory.h"
#include "attribute/mentions.h"
#include "attribute/title.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_titles(span text, const struct mentions *l)
{
	struct place secret = {text.n / 2, text.n / 2 + 1}, place;

	for (size_t from = 0; from <= text.n; from += 1 + text.n / 64) {
		if (title_above(text, l, &secret, 1, from, &place) && (place.at > place.end || place.end > from))
			abort();
		if (note_below(text, from, &place) && (place.at < from || place.at > place.end || place.end > text.n))
			abort();
	}
}

static void check_mentions(struct arena *a, const struct directory *d, const struct words *v, span text)
{
	struct dictionary dictionary;
	struct mentions l = {0};
	struct err e;

	if (dictionary_open(&dictionary, directory_dictionary(d), &e) != OK)
		abort();
	if (mentions_read(a, &dictionary, v, text, &l, &e) == OK)
		for (size_t i = 0; i < l.n; i++)
			if (l.v[i].n == 0 || l.v[i].at > text.n || l.v[i].n > text.n - l.v[i].at ||
			    (i > 0 && l.v[i].at < l.v[i - 1].at) ||
			    (l.v[i].kind == MENTION_NAME && l.v[i].org >= directory_size(d)))
				abort();
	check_titles(text, &l);
	dictionary_close(&dictionary);
}

static void check(struct arena *a, span csv, span text)
{
	static const char *const ours[] = {"ours.example"};
	const struct case_config config = {.our_name = "Ours", .our_domains = {(const char **)(uintptr_t)ours, 1}};
	struct words v = {0};
	struct directory *d;
	struct org_row o;
	struct err e;

	if (words_add(a, &v, token_hash(SPAN_LIT("gmbh")), WORD_LEGAL, &e) != OK ||
	    words_add(a, &v, token_hash(SPAN_LIT("target")), WORD_COMMON, &e) != OK)
		return;
	if (directory_of(&d, a, csv, "fuzz.csv", &config, &v, &v, &e) != OK)
		return;
	for (uint32_t i = 1; i < directory_size(d); i++)
		if (directory_org(d, a, i, &o, &e) != OK && e.code != ERR_MEMORY)
			abort();
	check_mentions(a, d, &v, text);
	directory_close(d);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	span all = span_of(data, size);
	size_t nul = span_find_byte(all, '\0');
	struct arena *a;
	struct err e;

	if (arena_new(&a, (size_t)1 << 28, &e) != OK)
		return 0;
	check(a, span_first(all, nul), span_from(all, nul + 1));
	arena_free(a);
	return 0;
}
