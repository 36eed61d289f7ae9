#include "attribute/dictionary.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/pages.h"

#define MAGIC 0x31444354u /* "TCD1" */
#define HOST_SEED 0x8ebc6af09c88c6e3u
#define ADDRESS_SEED 0x589965cc75374cc3u
#define LABEL_SEED 0x1d8e4e27c47d124fu

enum {
	FILTER_BITS_EACH = 48,  /* bits of the filter for each organisation: 1 in 100 words passes wrongly */
	PREFETCH = 16,
	LABEL_SHORTEST = 4,
	LABEL_LONGEST = 63,     /* RFC 1035, 2.3.4 */
	TLD_LONGEST = 8,        /* of those looked for without their dot */
	ROUND_BITS = 28,        /* in a slot's value, from there on: in which round it was put there */
};

struct head {
	uint32_t magic, n_orgs;
	uint64_t n_filter, n_slots;
};

struct entry { uint32_t low, high, value; };
enum { CHUNK = (2 * 1024 * 1024 - sizeof(void *) - sizeof(size_t)) / sizeof(struct entry) }; /* a huge page of them */
struct chunk {
	struct chunk *next;
	size_t n;
	struct entry v[CHUNK];
};

struct dictionary_builder {
	struct chunk *first[ROUNDS], *last[ROUNDS];
	size_t n;
	uint64_t *filter;
	uint64_t n_filter;
	uint64_t waiting[PREFETCH]; /* for the filter, while their words come from memory */
	size_t at_waiting;
};

static inline uint64_t hash_in(uint32_t low, uint32_t high) { return (uint64_t)high << 32 | low; }

/* The home of a hash in a table of any size. */
static inline uint64_t home(uint64_t hash, uint64_t n)
{
	return (uint64_t)((unsigned __int128)(hash * 0x9e3779b97f4a7c15u) * n >> 64);
}

uint64_t dictionary_host_hash(span lower_host) { return token_chain(HOST_SEED, token_hash(lower_host)); }
uint64_t dictionary_address_hash(span lower_address) { return token_chain(ADDRESS_SEED, token_hash(lower_address)); }

uint64_t dictionary_label_hash(span lower_host)
{
	span label = span_first(lower_host, span_find_byte(lower_host, '.'));

	return label.n >= LABEL_SHORTEST ? token_chain(LABEL_SEED, token_hash(label)) : 0;
}

struct found dictionary_find(const struct dictionary *d, uint64_t hash)
{
	uint64_t i = home(hash, d->n_slots);

	/* The file is not trusted to have an empty slot. */
	for (uint64_t tried = 0; tried < d->n_slots; tried++) {
		const struct slot *s = &d->slots[i];

		if (s->value == 0)
			break;
		if (s->low == (uint32_t)hash && s->high == (uint32_t)(hash >> 32)) {
			struct found f = {(enum entry_class)(s->value >> ORG_BITS & 15), s->value & ORG_MASK};

			return f.org < d->n_orgs ? f : (struct found){0};
		}
		if (++i == d->n_slots)
			i = 0;
	}
	return (struct found){0};
}

/* "acmefi" of "acme.fi": a domain of the directory without its dot, as providers give no host with one in its name */
static struct found domain_without_dot(const struct dictionary *d, span label)
{
	char host[LABEL_LONGEST + 1];
	struct found f = {0};

	if (label.n >= sizeof host)
		return f;
	for (size_t dot = label.n - 2; dot > LABEL_SHORTEST - 2 && label.n - dot <= TLD_LONGEST && f.class == ENTRY_NONE; dot--) {
		memcpy(host, label.p, dot);
		host[dot] = '.';
		memcpy(host + dot + 1, label.p + dot, label.n - dot);
		f = dictionary_find(d, dictionary_host_hash(span_of(host, label.n + 1)));
	}
	return f;
}

bool dictionary_tenant(const struct dictionary *d, span lower_host, uint32_t *org)
{
	static const char *const endings[] = {"-my", "-admin"}; /* of SharePoint, for people's own files and for its administrators */
	span label = span_first(lower_host, span_find_byte(lower_host, '.'));
	uint64_t hash;
	struct found f;

	for (size_t i = 0; i < sizeof endings / sizeof *endings; i++)
		if (span_ends_nocase(label, span_str(endings[i])))
			label = span_first(label, label.n - strlen(endings[i]));
	if ((hash = dictionary_label_hash(label)) == 0)
		return false;
	f = dictionary_find(d, hash);
	if (f.class == ENTRY_NONE)
		f = dictionary_find(d, token_hash(label));
	if (f.class == ENTRY_NONE)
		f = domain_without_dot(d, label);
	*org = f.org;
	return f.class == ENTRY_PLAIN || f.class == ENTRY_CAPITALS || f.class == ENTRY_UPPER || f.class == ENTRY_DOMAIN;
}

enum errc dictionary_open(struct dictionary *d, int fd, struct err *e)
{
	const struct head *h;
	struct stat st;
	size_t rest;

	*d = (struct dictionary){0};
	if (fstat(fd, &st) != 0)
		return err_sys(e, "the dictionary");
	if (st.st_size < (off_t)sizeof *h)
		return err_set(e, ERR_USAGE, "the dictionary is cut off");
	d->map_n = (size_t)st.st_size;
	if ((d->map = mmap(NULL, d->map_n, PROT_READ, MAP_SHARED, fd, 0)) == MAP_FAILED) {
		d->map = NULL;
		return err_sys(e, "the dictionary");
	}
	(void)madvise(d->map, d->map_n, MADV_HUGEPAGE);
	h = d->map;
	rest = d->map_n - sizeof *h;
	if (h->magic != MAGIC || h->n_filter == 0 || (h->n_filter & (h->n_filter - 1)) != 0 ||
	    h->n_filter > rest / sizeof *d->filter || h->n_slots == 0 ||
	    h->n_slots > (rest - h->n_filter * sizeof *d->filter) / sizeof *d->slots || h->n_orgs > ORG_MASK) {
		dictionary_close(d);
		return err_set(e, ERR_USAGE, "the dictionary is damaged");
	}
	d->filter = (const uint64_t *)(h + 1);
	d->filter_mask = h->n_filter - 1;
	d->slots = (const struct slot *)(d->filter + h->n_filter);
	d->n_slots = h->n_slots;
	d->n_orgs = h->n_orgs;
	return OK;
}

void dictionary_close(struct dictionary *d)
{
	if (d->map != NULL)
		(void)munmap(d->map, d->map_n);
	*d = (struct dictionary){0};
}

enum errc builder_new(struct dictionary_builder **out, size_t expected, struct err *e)
{
	struct dictionary_builder *b = calloc(1, sizeof *b);
	uint64_t n = 64;

	if (b == NULL)
		return err_memory(e);
	while (n < expected * FILTER_BITS_EACH / 64)
		n *= 2;
	b->n_filter = n;
	if ((b->filter = pages_new(n * sizeof *b->filter)) == NULL) {
		free(b);
		return err_memory(e);
	}
	*out = b;
	return OK;
}

void builder_free(struct dictionary_builder *b)
{
	if (b == NULL)
		return;
	for (size_t r = 0; r < ROUNDS; r++)
		for (struct chunk *c = b->first[r], *next; c != NULL; c = next) {
			next = c->next;
			pages_free(c, sizeof *c);
		}
	pages_free(b->filter, b->n_filter * sizeof *b->filter);
	free(b);
}

/* An alias that is the name without its legal form, as most are: what is listed stands before a core, which need not be kept then. */
static void core_yields(struct dictionary_builder *b, uint64_t hash, uint32_t org)
{
	struct chunk *c = b->last[ROUND_CORE];
	const struct entry *last = c != NULL && c->n != 0 ? &c->v[c->n - 1] : NULL;

	if (last == NULL || hash_in(last->low, last->high) != hash || (last->value & ORG_MASK) != org)
		return;
	c->n--;
	b->n--;
}

enum errc builder_add(struct dictionary_builder *b, enum round round, uint64_t hash, enum entry_class class,
    uint32_t org, struct err *e)
{
	struct chunk *c = b->last[round];

	assert(org <= ORG_MASK);
	if (round == ROUND_LISTED)
		core_yields(b, hash, org);
	if (c == NULL || c->n == CHUNK) {
		struct chunk *more = pages_new(sizeof *more);

		if (more == NULL)
			return err_memory(e);
		if (c != NULL)
			c->next = more;
		else
			b->first[round] = more;
		b->last[round] = c = more;
	}
	c->v[c->n++] = (struct entry){(uint32_t)hash, (uint32_t)(hash >> 32),
	    (uint32_t)round << ROUND_BITS | (uint32_t)class << ORG_BITS | org};
	b->n++;
	return OK;
}

static void pass_now(struct dictionary_builder *b, uint64_t hash)
{
	b->filter[hash >> 12 & (b->n_filter - 1)] |= (uint64_t)1 << (hash & 63) | (uint64_t)1 << (hash >> 6 & 63);
}

/* A slot that was never used holds hash 0: one bit too many in the filter is no harm. */
void builder_pass(struct dictionary_builder *b, uint64_t hash)
{
	uint64_t *w = &b->waiting[b->at_waiting++ % PREFETCH];

	pass_now(b, *w);
	*w = hash;
	__builtin_prefetch(&b->filter[hash >> 12 & (b->n_filter - 1)], 1);
}

/* What stands in the slot when a second entry of the same hash comes. */
static enum errc collide(struct slot *s, uint32_t value, enum round round, const struct builder_judge *j,
    uint64_t hash, struct err *e)
{
	enum entry_class was = (enum entry_class)(s->value >> ORG_BITS & 15);
	enum entry_class is = (enum entry_class)(value >> ORG_BITS & 15);
	uint32_t first = s->value & ORG_MASK, second = value & ORG_MASK;

	if (round >= ROUND_CORE && s->value >> ROUND_BITS < round)
		return OK; /* somebody's full name or listed alias; or a core, where this is a genitive */
	if (round == ROUND_NAME && first != second && j->same(j->ctx, first, second)) {
		j->canonical[second] = first;
		return OK;
	}
	if (first == second) {
		if (is < was)
			s->value = value;
		return OK;
	}
	switch (is) {
	case ENTRY_DOMAIN:
	case ENTRY_CONFLICT:
		s->value = (uint32_t)ENTRY_CONFLICT << ORG_BITS | first;
		return j->clash(j->ctx, hash, first, second, e);
	case ENTRY_NONE:
	case ENTRY_ADDRESS: /* a provider's desk serves many */
	case ENTRY_PLAIN:
	case ENTRY_CAPITALS:
	case ENTRY_UPPER:
	case ENTRY_WEAK:
	case ENTRY_SHARED:
		s->value = s->value >> ROUND_BITS << ROUND_BITS | (uint32_t)ENTRY_SHARED << ORG_BITS | first;
	}
	return OK;
}

static enum errc insert(struct slot *slots, uint64_t n_slots, const struct entry *n, enum round round,
    const struct builder_judge *j, struct err *e)
{
	uint64_t hash = hash_in(n->low, n->high), i = home(hash, n_slots);
	uint32_t value = (n->value & ~(uint32_t)ORG_MASK) | j->canonical[n->value & ORG_MASK];

	for (;; i = i + 1 == n_slots ? 0 : i + 1) {
		struct slot *s = &slots[i];

		if (s->value == 0) {
			*s = (struct slot){n->low, n->high, value};
			return OK;
		}
		if (s->low == n->low && s->high == n->high)
			return collide(s, value, round, j, hash, e);
	}
}

static enum errc fill(struct dictionary_builder *b, struct slot *slots, uint64_t n_slots,
    const struct builder_judge *j, struct err *e)
{
	enum errc rc = OK;

	for (enum round r = ROUND_NAME; r < ROUNDS; r++)
		for (const struct chunk *c = b->first[r]; c != NULL && rc == OK; c = c->next)
			for (size_t i = 0; i < c->n && rc == OK; i++) {
				if (i + PREFETCH < c->n) {
					const struct entry *ahead = &c->v[i + PREFETCH];

					__builtin_prefetch(&slots[home(hash_in(ahead->low, ahead->high), n_slots)], 1);
				}
				rc = insert(slots, n_slots, &c->v[i], r, j, e);
			}
	return rc;
}

enum errc builder_finish(struct dictionary_builder *b, const struct builder_judge *judge, uint32_t n_orgs, int *fd,
    struct err *e)
{
	struct head head = {MAGIC, n_orgs, b->n_filter, (uint64_t)b->n + b->n / 2 + 1};
	size_t n = head.n_slots * sizeof(struct slot);
	struct slot *slots = pages_new(n);
	enum errc rc;

	*fd = -1;
	if (slots == NULL)
		return err_memory(e);
	for (size_t i = 0; i < PREFETCH; i++)
		pass_now(b, b->waiting[i]);
	if ((rc = fill(b, slots, head.n_slots, judge, e)) != OK)
		;
	else if ((*fd = memfd_create("tocsin-dictionary", MFD_CLOEXEC | MFD_ALLOW_SEALING)) < 0)
		rc = err_sys(e, "a memory file for the dictionary");
	else if ((rc = io_write(*fd, span_of(&head, sizeof head), e)) != OK ||
	    (rc = io_write(*fd, span_of(b->filter, b->n_filter * sizeof *b->filter), e)) != OK ||
	    (rc = io_write(*fd, span_of(slots, n), e)) != OK)
		;
	else if (fcntl(*fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0)
		rc = err_sys(e, "sealing the dictionary");
	pages_free(slots, n);
	if (rc != OK && *fd >= 0) {
		(void)close(*fd);
		*fd = -1;
	}
	return rc;
}
