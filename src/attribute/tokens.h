/*
 * Text as tokens: runs of letters and digits, compared without regard to case and accents, each as a 64-bit
 * hash. The directory's names and the text of mail go through the same function, so equal words have equal
 * hashes. White space, punctuation and symbols stand between tokens; a soft hyphen or a combining accent is nothing. A Chinese
 * character is a token by itself, since no blank tells where a word of it ends.
 */
#ifndef TOCSIN_ATTRIBUTE_TOKENS_H
#define TOCSIN_ATTRIBUTE_TOKENS_H

#include "base/arena.h"

struct token {
	uint64_t hash;
	uint32_t at, n; /* its bytes in the text */
};

/* The next tokens of text from *from on: up to max, returns how many; 0 at the end. text.n < 4 GiB. */
size_t tokens_read(span text, size_t *from, struct token *out, size_t max);

/* Of the first tokens of a name, in order: token_chain(token_chain(h1, h2), h3). */
static inline uint64_t token_chain(uint64_t so_far, uint64_t next)
{
	unsigned __int128 product = (unsigned __int128)(so_far ^ (next << 23 | next >> 41)) * 0x9e3779b97f4a7c15u;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

/* Lower case without accents, tokens apart by one space, in out (cut at size - 1): for words of lists and headings. */
size_t token_fold(span text, char *out, size_t size);

/* Hash of bytes that are folded already; for hosts and addresses, too. */
uint64_t token_hash(span folded);

#endif
