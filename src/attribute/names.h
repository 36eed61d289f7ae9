/*
 * An organisation's name as entries of the dictionary: the name as listed, and its core without the legal form
 * ("Acme" of "Acme GmbH"). How strictly each must stand in a text follows from its words: a name of common words
 * needs its capitals, a single common word more than that.
 */
#ifndef TOCSIN_ATTRIBUTE_NAMES_H
#define TOCSIN_ATTRIBUTE_NAMES_H

#include "attribute/dictionary.h"
#include "attribute/words.h"

/* vocabulary: common words, legal forms and given names. What is nothing but legal forms ("Inc.") belongs to what stands before it, and adds nothing. */
MUST_CHECK enum errc name_add(struct dictionary_builder *b, const struct words *vocabulary, span name, enum round round,
    uint32_t org, struct err *e);

/* A name without its legal form, as it stands there. An alias that is spelled so, as most are, says nothing new but that it is listed. n 0: none is. */
struct name_core { span text; uint64_t hash; enum entry_class class; };
MUST_CHECK enum errc name_add_with_core(struct dictionary_builder *b, const struct words *vocabulary, span name, enum round round, uint32_t org,
    struct name_core *core, struct err *e);

/*
 * The other ways in which people write it, those of the dictionary that another spelling of letters does not explain: without its legal
 * form, each of the two of "Marlowe plc (formerly Kyd Ltd)", with a word for its "&" or without one. In the arena, or within name.
 */
enum { NAME_WAYS = 40 };
struct name_ways { span v[NAME_WAYS]; size_t n; };
MUST_CHECK enum errc name_ways(struct arena *a, const struct words *v, span name, struct name_ways *out, struct err *e);

/* "zalvio": one word of five letters or more, without a capital. */
bool name_is_small(span name);
/* Such a name, which is spelled so: also found in small letters, unless it is a common word or a given name. */
MUST_CHECK enum errc small_name_add(struct dictionary_builder *b, const struct words *vocabulary, span name, enum round round, uint32_t org, struct err *e);

/* Do these letters (t within text) begin with a capital, a digit, or a letter that knows no case? */
bool token_is_capital(span text, const struct token *t);
bool token_is_upper(span text, const struct token *t);

#endif
