#include "attribute/dictionary.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/io.h"
#include "base/list.h"
#include "base/pages.h"

#define MAGIC 0x32444354u /* "TCD2" */
#define HOST_SEED 0x8ebc6af09c88c6e3u
#define ADDRESS_SEED 0x589965cc75374cc3u
#define LABEL_SEED 0x1d8e4e27c47d124fu

enum {
	FILTER_BITS_EACH = 48,  /* bits of the filter for each organisation: 1 in 100 words passes wrongly */
	PART_ORGS = 4096,       /* organisations for a part of the table: what they have fills half a megabyte, which a core's cache holds */
	MAX_PART_BITS = 12,
	PREFETCH = 16,
	LABEL_SHORTEST = 4,
	LABEL_LONGEST = 63,     /* RFC 1035, 2.3.4 */
	TLD_LONGEST = 8,        /* of those looked for without their dot */
	ROUND_BITS = 28,        /* in a slot's value, from there on: in which round it was put there */
};

struct head {
	uint32_t magic, n_orgs, part_bits, unused;
	uint64_t n_filter, part_slots;
};

struct entry { uint32_t low, high, value; };
/* No power of two: the lists grow at one speed, and their ends would fall on the same lines of the cache. */
enum { CHUNK = 600, LINE = 6 /* fill the line of the cache behind the end */ };
struct chunk {
	struct chunk *next;
	struct entry v[CHUNK];
};
enum { HUGE_PAGE = 2 * 1024 * 1024, SLAB = (HUGE_PAGE - sizeof(void *) - sizeof(size_t)) / sizeof(struct chunk) };
struct slab { /* of HUGE_PAGE bytes */
	struct slab *next;
	size_t n;
	struct chunk v[SLAB];
};

/* What came of one round for one part, in the order in which it came. */
struct list {
	struct chunk *first, *last;
	size_t n_last; /* in the last; the others are full */
};

static inline size_t chunk_entries(const struct list *l, const struct chunk *c) { return c == l->last ? l->n_last : CHUNK; }

struct dictionary_builder {
	struct list (*lists)[ROUNDS]; /* by part */
	unsigned part_bits;
	struct slab *slabs;
	uint64_t *filter;
	uint64_t n_filter;
	uint64_t waiting[PREFETCH]; /* for the filter, while their words come from memory */
	size_t at_waiting;
};

static inline uint64_t hash_in(uint32_t low, uint32_t high) { return (uint64_t)high << 32 | low; }

/* Where a hash is at home: in which part of the table, and in which of the part's slots. */
struct home { uint64_t part, slot; };
static inline struct home home(uint64_t hash, unsigned part_bits, uint64_t part_slots)
{
	unsigned __int128 mixed = (unsigned __int128)(hash * 0x9e3779b97f4a7c15u) << part_bits;

	return (struct home){(uint64_t)(mixed >> 64), (uint64_t)((unsigned __int128)(uint64_t)mixed * part_slots >> 64)};
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
	struct home h = home(hash, d->part_bits, d->part_slots);
	const struct slot *part = &d->slots[h.part * d->part_slots];

	/* The file is not trusted to have an empty slot. */
	for (uint64_t tried = 0; tried < d->part_slots; tried++) {
		const struct slot *s = &part[h.slot];

		if (s->value == 0)
			break;
		if (s->low == (uint32_t)hash && s->high == (uint32_t)(hash >> 32)) {
			struct found f = {(enum entry_class)(s->value >> ORG_BITS & 15), s->value & ORG_MASK};

			return f.org < d->n_orgs ? f : (struct found){0};
		}
		if (++h.slot == d->part_slots)
			h.slot = 0;
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

/* Whose name or domain a label is. */
static struct found label_find(const struct dictionary *d, span label)
{
	uint64_t hash = dictionary_label_hash(label);
	struct found f = {0};

	if (hash == 0)
		return f;
	f = dictionary_find(d, hash);
	if (f.class == ENTRY_NONE)
		f = dictionary_find(d, token_hash(label));
	return f.class == ENTRY_NONE ? domain_without_dot(d, label) : f;
}

bool dictionary_tenant(const struct dictionary *d, span lower_host, uint32_t *org)
{
	/* What a customer has several of, and of SharePoint people's own files. Azure's storage accounts have no hyphens. */
	static const char *const endings[] = {"-my", "-admin", "-api", "-app", "-backup", "-backups", "-data", "-db", "-dev", "-files", "-logs", "-portal",
	    "-prod", "-qa", "-sql", "-stage", "-staging", "-storage", "-test", "-uat", "-web", "backup", "dev", "prod", "sql", "storage", "test"};
	span label = span_first(lower_host, span_find_byte(lower_host, '.'));
	struct found f = label_find(d, label);

	for (size_t i = 0; i < sizeof endings / sizeof *endings && f.class == ENTRY_NONE; i++)
		if (span_ends_nocase(label, span_str(endings[i])))
			f = label_find(d, span_first(label, label.n - strlen(endings[i])));
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
	    h->n_filter > rest / sizeof *d->filter || h->part_bits > MAX_PART_BITS || h->part_slots == 0 ||
	    h->part_slots > (rest - h->n_filter * sizeof *d->filter) / sizeof *d->slots >> h->part_bits || h->n_orgs > ORG_MASK) {
		dictionary_close(d);
		return err_set(e, ERR_USAGE, "the dictionary is damaged");
	}
	d->filter = (const uint64_t *)(h + 1);
	d->filter_mask = h->n_filter - 1;
	d->slots = (const struct slot *)(d->filter + h->n_filter);
	d->part_bits = h->part_bits;
	d->part_slots = h->part_slots;
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
	while (b->part_bits < MAX_PART_BITS && expected >> b->part_bits > PART_ORGS)
		b->part_bits++;
	while (n < expected * FILTER_BITS_EACH / 64)
		n *= 2;
	b->n_filter = n;
	b->filter = pages_new(n * sizeof *b->filter);
	b->lists = calloc((size_t)1 << b->part_bits, sizeof *b->lists);
	if (b->filter == NULL || b->lists == NULL) {
		builder_free(b);
		return err_memory(e);
	}
	*out = b;
	return OK;
}

void builder_free(struct dictionary_builder *b)
{
	if (b == NULL)
		return;
	for (struct slab *s = b->slabs, *next; s != NULL; s = next) {
		next = s->next;
		pages_free(s, HUGE_PAGE);
	}
	pages_free(b->filter, b->n_filter * sizeof *b->filter);
	free(b->lists);
	free(b);
}

/* NULL: no memory. */
static struct chunk *chunk_new(struct dictionary_builder *b)
{
	if (b->slabs == NULL || b->slabs->n == SLAB) {
		struct slab *more = pages_new(HUGE_PAGE);

		if (more == NULL)
			return NULL;
		more->next = b->slabs;
		b->slabs = more;
	}
	return &b->slabs->v[b->slabs->n++];
}

/* An alias that is the name without its legal form, as most are: what is listed stands before a core, which need not be kept then. */
static void core_yields(struct list *cores, uint64_t hash, uint32_t org)
{
	const struct entry *last = cores->n_last != 0 ? &cores->last->v[cores->n_last - 1] : NULL;

	if (last != NULL && hash_in(last->low, last->high) == hash && (last->value & ORG_MASK) == org)
		cores->n_last--;
}

enum errc builder_add(struct dictionary_builder *b, enum round round, uint64_t hash, enum entry_class class,
    uint32_t org, struct err *e)
{
	uint64_t part = home(hash, b->part_bits, 0).part;
	struct list *l = &b->lists[part][round];

	assert(org <= ORG_MASK);
	if (round == ROUND_LISTED)
		core_yields(&b->lists[part][ROUND_CORE], hash, org);
	if (l->last == NULL || l->n_last == CHUNK) {
		struct chunk *more = chunk_new(b);

		if (more == NULL)
			return err_memory(e);
		if (l->last != NULL)
			l->last->next = more;
		else
			l->first = more;
		l->last = more;
		l->n_last = 0;
	}
	l->last->v[l->n_last++] = (struct entry){(uint32_t)hash, (uint32_t)(hash >> 32),
	    (uint32_t)round << ROUND_BITS | (uint32_t)class << ORG_BITS | org};
	__builtin_prefetch(l->last->v + l->n_last + LINE, 1);
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

/* ---- the table, one part after the other ------------------------------------------------------------------------- */

struct finish {
	const struct dictionary_builder *b;
	const struct builder_judge *judge;
	struct slot *part;                 /* the one under way */
	uint64_t part_slots;
	struct pair { uint32_t first, second; } *pairs; /* that have a name in common */
	size_t n_pairs, cap_pairs;
};

/* The slot that holds the hash of an entry, or is to. */
static inline struct slot *slot_of(const struct finish *f, const struct entry *n)
{
	uint64_t i = home(hash_in(n->low, n->high), f->b->part_bits, f->part_slots).slot;

	while (f->part[i].value != 0 && (f->part[i].low != n->low || f->part[i].high != n->high))
		i = i + 1 == f->part_slots ? 0 : i + 1;
	return &f->part[i];
}

static enum errc note_pair(struct finish *f, uint32_t first, uint32_t second, struct err *e)
{
	if (!ROOM(f->pairs, f->n_pairs, f->cap_pairs))
		return err_memory(e);
	f->pairs[f->n_pairs++] = (struct pair){first, second};
	return OK;
}

static int by_second(const void *a, const void *b)
{
	const struct pair *one = a, *two = b;

	return one->second != two->second ? (one->second > two->second) - (one->second < two->second) :
	    (one->first > two->first) - (one->first < two->first);
}

/* The first of the organisations that this one has turned out to be. */
static uint32_t root(const uint32_t *canonical, uint32_t org)
{
	while (canonical[org] != org)
		org = canonical[org];
	return org;
}

/*
 * Which organisations of one name are one: known before anything is put into the table, since it holds for what they have in other
 * parts as well. In the order of the second, whatever the parts.
 */
static enum errc join_names(struct finish *f, uint32_t n_orgs, struct err *e)
{
	const struct builder_judge *j = f->judge;

	for (uint64_t p = 0; p < (uint64_t)1 << f->b->part_bits; p++) {
		const struct list *l = &f->b->lists[p][ROUND_NAME];

		memset(f->part, 0, f->part_slots * sizeof *f->part);
		for (const struct chunk *c = l->first; c != NULL; c = c->next)
			for (size_t i = 0; i < chunk_entries(l, c); i++) {
				struct slot *s = slot_of(f, &c->v[i]);
				uint32_t org = c->v[i].value & ORG_MASK;
				enum errc rc;

				if (s->value == 0)
					*s = (struct slot){c->v[i].low, c->v[i].high, c->v[i].value};
				else if ((s->value & ORG_MASK) != org && (rc = note_pair(f, s->value & ORG_MASK, org, e)) != OK)
					return rc;
			}
	}
	if (f->n_pairs != 0)
		qsort(f->pairs, f->n_pairs, sizeof *f->pairs, by_second);
	for (size_t i = 0; i < f->n_pairs; i++) {
		uint32_t first = root(j->canonical, f->pairs[i].first), second = root(j->canonical, f->pairs[i].second);

		if (first != second && j->same(j->ctx, first, second))
			j->canonical[first > second ? first : second] = first < second ? first : second;
	}
	for (uint32_t org = 0; org < n_orgs; org++)
		j->canonical[org] = root(j->canonical, org);
	return OK;
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

static enum errc fill_part(struct finish *f, uint64_t p, struct err *e)
{
	const struct builder_judge *j = f->judge;
	enum errc rc = OK;

	memset(f->part, 0, f->part_slots * sizeof *f->part);
	for (enum round r = ROUND_NAME; r < ROUNDS; r++) {
		const struct list *l = &f->b->lists[p][r];

		for (const struct chunk *c = l->first; c != NULL && rc == OK; c = c->next)
			for (size_t i = 0; i < chunk_entries(l, c) && rc == OK; i++) {
				const struct entry *n = &c->v[i];
				struct slot *s = slot_of(f, n);
				uint32_t value = (n->value & ~(uint32_t)ORG_MASK) | j->canonical[n->value & ORG_MASK];

				if (s->value == 0)
					*s = (struct slot){n->low, n->high, value};
				else
					rc = collide(s, value, r, j, hash_in(n->low, n->high), e);
			}
	}
	return rc;
}

static enum errc write_parts(struct finish *f, int fd, struct err *e)
{
	enum errc rc = OK;

	for (uint64_t p = 0; p < (uint64_t)1 << f->b->part_bits && rc == OK; p++)
		if ((rc = fill_part(f, p, e)) == OK)
			rc = io_write(fd, span_of(f->part, f->part_slots * sizeof *f->part), e);
	return rc;
}

/* Room for the fullest part, which hardly differs from the others, and half as much again. */
static uint64_t slots_for(const struct dictionary_builder *b)
{
	size_t most = 0;

	for (uint64_t p = 0; p < (uint64_t)1 << b->part_bits; p++) {
		size_t n = 0;

		for (enum round r = ROUND_NAME; r < ROUNDS; r++)
			for (const struct chunk *c = b->lists[p][r].first; c != NULL; c = c->next)
				n += chunk_entries(&b->lists[p][r], c);
		most = n > most ? n : most;
	}
	return most + most / 2 + 1;
}

enum errc builder_finish(struct dictionary_builder *b, const struct builder_judge *judge, uint32_t n_orgs, int *fd,
    struct err *e)
{
	struct finish f = {.b = b, .judge = judge, .part_slots = slots_for(b)};
	struct head head = {MAGIC, n_orgs, b->part_bits, 0, b->n_filter, f.part_slots};
	enum errc rc;

	*fd = -1;
	if ((f.part = pages_new(f.part_slots * sizeof *f.part)) == NULL)
		return err_memory(e);
	for (size_t i = 0; i < PREFETCH; i++)
		pass_now(b, b->waiting[i]);
	if ((rc = join_names(&f, n_orgs, e)) != OK)
		;
	else if ((*fd = memfd_create("tocsin-dictionary", MFD_CLOEXEC | MFD_ALLOW_SEALING)) < 0)
		rc = err_sys(e, "a memory file for the dictionary");
	else if ((rc = io_write(*fd, span_of(&head, sizeof head), e)) != OK ||
	    (rc = io_write(*fd, span_of(b->filter, b->n_filter * sizeof *b->filter), e)) != OK ||
	    (rc = write_parts(&f, *fd, e)) != OK)
		;
	else if (fcntl(*fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE | F_SEAL_SEAL) != 0)
		rc = err_sys(e, "sealing the dictionary");
	pages_free(f.part, f.part_slots * sizeof *f.part);
	free(f.pairs);
	if (rc != OK && *fd >= 0) {
		(void)close(*fd);
		*fd = -1;
	}
	return rc;
}
