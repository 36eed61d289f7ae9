/*
 * The directory's names, domains and addresses as a hash table over n-grams of tokens, in one sealed memory file
 * that the keeper builds once and every worker maps for reading.
 *
 * The table is in parts by the hash, so that a directory of millions is built a part at a time, in the cache of a core.
 *
 * In front of the table stands a filter (a Bloom filter, both bits in one word) of all beginnings of names,
 * so that most words of a text are settled by one look into a few megabytes. The table compares whole 64-bit hashes.
 * What the workers map is checked like any frame: its sizes against the file, every organisation against n_orgs.
 */
#ifndef TOCSIN_ATTRIBUTE_DICTIONARY_H
#define TOCSIN_ATTRIBUTE_DICTIONARY_H

#include "attribute/tokens.h"
#include "base/err.h"

/* How an entry must stand in the text to count. */
enum entry_class {
	ENTRY_NONE = 0,
	ENTRY_PLAIN = 1,    /* a name of several words, not all common: in any case of letters */
	ENTRY_CAPITALS = 2, /* its words begin with capitals */
	ENTRY_UPPER = 3,    /* all in capitals: IBM */
	ENTRY_WEAK = 4,     /* a common word with a capital: with a legal form, or else seen in the same message */
	ENTRY_DOMAIN = 5,
	ENTRY_ADDRESS = 6,
	ENTRY_CONFLICT = 7, /* a domain of two organisations: neither's */
	ENTRY_SHARED = 8,   /* a name of two organisations: neither's */
};

struct dictionary {
	const uint64_t *filter;
	uint64_t filter_mask;
	const struct slot *slots; /* 1 << part_bits parts, each a table by itself */
	unsigned part_bits;
	uint64_t part_slots;
	uint32_t n_orgs;
	void *map;
	size_t map_n;
};

struct slot { uint32_t low, high, value; }; /* value 0: empty */

enum { ORG_BITS = 24, ORG_MASK = (1 << ORG_BITS) - 1 };

struct found { enum entry_class class; uint32_t org; };

static inline bool dictionary_may(const struct dictionary *d, uint64_t hash)
{
	uint64_t bits = (uint64_t)1 << (hash & 63) | (uint64_t)1 << (hash >> 6 & 63);

	return (d->filter[hash >> 12 & d->filter_mask] & bits) == bits;
}

struct found dictionary_find(const struct dictionary *d, uint64_t hash);
uint64_t dictionary_host_hash(span lower_host);
uint64_t dictionary_address_hash(span lower_address);
/* Of the first label of a domain, by which who has it names himself at providers; too short a one, which says nothing, is 0. */
uint64_t dictionary_label_hash(span lower_host);
/*
 * Whose host at a provider is it, by its first label: "acme-my.cloud.example" of who has acme.example, else of who is called Acme.
 * False: nobody's, or of two.
 */
bool dictionary_tenant(const struct dictionary *d, span lower_host, uint32_t *org);

/* Maps it; the descriptor may be closed afterwards. ERR_USAGE when it is not one of ours. */
MUST_CHECK enum errc dictionary_open(struct dictionary *d, int fd, struct err *e);
void dictionary_close(struct dictionary *d);

/* ---- building ----------------------------------------------------------------------------------------------- */

struct dictionary_builder;

/* expected: how many organisations there may be. */
MUST_CHECK enum errc builder_new(struct dictionary_builder **b, size_t expected, struct err *e);
void builder_free(struct dictionary_builder *b);

/* From the strongest: what is added in a later round yields to what stands there. */
enum round { ROUND_NAME, ROUND_LISTED, ROUND_CORE, ROUND_GENITIVE, ROUNDS };
MUST_CHECK enum errc builder_add(struct dictionary_builder *b, enum round round, uint64_t hash,
    enum entry_class class, uint32_t org, struct err *e);
/* Beginnings of a name, and the whole of it, pass the filter. */
void builder_pass(struct dictionary_builder *b, uint64_t hash);

/*
 * Makes the memory file. same is asked about two organisations with one name: true when they are one; canonical, which has each as
 * itself or as another one (ours are 0), says then of the later that it is the earlier. clash is told of each domain that two claim.
 */
struct builder_judge {
	void *ctx;
	uint32_t *canonical;
	bool (*same)(void *ctx, uint32_t first, uint32_t second);
	enum errc (*clash)(void *ctx, uint64_t hash, uint32_t first, uint32_t second, struct err *e);
};
MUST_CHECK enum errc builder_finish(struct dictionary_builder *b, const struct builder_judge *judge, uint32_t n_orgs,
    int *fd, struct err *e);

#endif
