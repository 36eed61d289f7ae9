#include "attribute/domains.h"

#include <libpsl.h>
#include <stdlib.h>

#include "attribute/idn.h"
#include "base/library.h"
#include "base/limits.h"

#define PSL_CALLS(X) X(builtin) X(free) X(is_public_suffix2) X(latest) X(registrable_domain)

static struct {
#define PSL_CALL(name) __typeof__(psl_##name) *name;
	PSL_CALLS(PSL_CALL)
#undef PSL_CALL
} psl;

#define PSL_NAME(name) {"psl_" #name, &psl.name},
static const struct library_name psl_names[] = {PSL_CALLS(PSL_NAME)};
#undef PSL_NAME
static struct library psl_library = LIBRARY(SONAME_PSL, psl_names);

enum { HOST_MAX = 253, ADDRESS_MAX = 320 };

struct cached {
	uint64_t hash;
	const char *host;
	uint32_t n;
	struct whose_is *is;
};

struct domains {
	const struct dictionary *dictionary;
	const struct words *freemail, *infrastructure;
	const psl_ctx_t *psl;
	psl_ctx_t *loaded; /* where the library has none built in */
	struct cached *cache;
	size_t n, cap;
	struct arena *a;
};

enum errc domains_new(struct domains **out, const struct dictionary *dictionary, const struct words *freemail,
    const struct words *infrastructure, struct err *e)
{
	struct domains *d = calloc(1, sizeof *d);
	enum errc rc;

	if ((*out = d) == NULL)
		return err_memory(e);
	*d = (struct domains){.dictionary = dictionary, .freemail = freemail, .infrastructure = infrastructure, .cap = 1024};
	if ((rc = library_load(&psl_library, e)) != OK || (rc = arena_new(&d->a, LIMIT_HOST_CACHE_BYTES, e)) != OK) {
		;
	} else if ((d->cache = calloc(d->cap, sizeof *d->cache)) == NULL) {
		rc = err_memory(e);
	} else if ((d->psl = psl.builtin()) == NULL && (d->psl = d->loaded = psl.latest(NULL)) == NULL) {
		rc = err_set(e, ERR_WORLD, "no public suffix list: install publicsuffix");
	}
	if (rc != OK) {
		domains_free(d);
		*out = NULL;
	}
	return rc;
}

void domains_free(struct domains *d)
{
	if (d == NULL)
		return;
	if (d->loaded != NULL)
		psl.free(d->loaded);
	free(d->cache);
	arena_free(d->a);
	free(d);
}

/* ---- the cache ---------------------------------------------------------------------------------------------- */

static struct cached *slot(struct domains *d, uint64_t hash, span host)
{
	size_t i = hash & (d->cap - 1);

	for (; d->cache[i].host != NULL; i = (i + 1) & (d->cap - 1))
		if (d->cache[i].hash == hash && span_eq(span_of(d->cache[i].host, d->cache[i].n), host))
			break;
	return &d->cache[i];
}

static bool grow(struct domains *d)
{
	struct cached *old = d->cache;
	size_t n = d->cap;

	if ((d->cache = calloc(2 * n, sizeof *d->cache)) == NULL) {
		d->cache = old;
		return false;
	}
	d->cap = 2 * n;
	for (size_t i = 0; i < n; i++)
		if (old[i].host != NULL)
			*slot(d, old[i].hash, span_of(old[i].host, old[i].n)) = old[i];
	free(old);
	return true;
}

static struct whose_is *keep(struct domains *d, uint64_t hash, span host, const struct whose_is *is)
{
	struct whose_is *copy;
	struct cached *c;
	char *name;

	if (2 * d->n >= d->cap && !grow(d))
		return NULL;
	c = slot(d, hash, host);
	if ((copy = arena_alloc(d->a, sizeof *copy)) == NULL || (name = arena_cstr(d->a, host)) == NULL)
		return NULL;
	*copy = *is;
	*c = (struct cached){hash, name, (uint32_t)host.n, copy};
	d->n++;
	return copy;
}

/* ---- the answer --------------------------------------------------------------------------------------------- */

/* Of tests (RFC 2606), which no list of suffixes has. */
static bool is_test_tld(const char *tld) { return strcmp(tld, "example") == 0 || strcmp(tld, "test") == 0 || strcmp(tld, "invalid") == 0; }

/* Of networks of one's own, by RFC 6762 and habit: nobody has such a domain, but whose network it is may stand before it ("acme.local"). */
static bool is_private_tld(const char *tld)
{
	static const char *const names[] = {"local", "internal", "intranet", "corp", "lan", "home", "private"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (strcmp(tld, names[i]) == 0)
			return true;
	return false;
}

static bool is_domain_name(const struct domains *d, const char *host)
{
	const char *dot = strrchr(host, '.');

	if (dot == NULL || dot == host || dot[1] == '\0' || ascii_is_digit((unsigned char)dot[1]))
		return false;
	for (const char *p = host; *p != '\0'; p++)
		if ((*p == '.' && (p == host || p[1] == '.')) ||
		    !(ascii_is_alnum((unsigned char)*p) || *p == '.' || *p == '-' || *p == '_' || (unsigned char)*p >= 0x80))
			return false;
	return is_test_tld(dot + 1) || is_private_tld(dot + 1) || psl.is_public_suffix2(d->psl, dot + 1, PSL_TYPE_ICANN | PSL_TYPE_NO_STAR_RULE);
}

/* The host itself or a parent of it that the dictionary has, not above its registrable domain. */
static struct found listed(const struct domains *d, const char *host, const char *registrable, const char **which)
{
	for (const char *p = host; p != NULL;) {
		struct found f = dictionary_find(d->dictionary, dictionary_host_hash(span_str(p)));

		if (f.class == ENTRY_DOMAIN || f.class == ENTRY_CONFLICT) {
			*which = p;
			return f;
		}
		if (strcmp(p, registrable) == 0 || (p = strchr(p, '.')) == NULL)
			break;
		p++;
	}
	return (struct found){0};
}

/* With all above it: a host of many ("app.cloud.example") is a suffix to the public list. */
static bool in_list(const struct words *w, const char *host)
{
	for (const char *p = host; p != NULL; p++) {
		if (words_kinds(w, token_hash(span_str(p))) != 0)
			return true;
		if ((p = strchr(p, '.')) == NULL || strchr(p + 1, '.') == NULL) /* no list has a top-level domain */
			break;
	}
	return false;
}

/* The host with a star for each of its first two labels that is in the set: "*.eu-1.cloud.example" */
static span with_stars(const char *host, unsigned set, char out[HOST_MAX + 1])
{
	size_t n = 0;

	for (; set != 0; set >>= 1) {
		size_t label = strcspn(host, "."), kept = (set & 1) != 0 ? 1 : label;

		memcpy(out + n, (set & 1) != 0 ? "*" : host, kept);
		n += kept;
		host += label;
		if (*host == '.')
			out[n++] = *host++;
	}
	memcpy(out + n, host, strlen(host));
	return span_of(out, n + strlen(host));
}

/* "acme.cloud.example", "acme.eu-1.cloud.example", where each customer has a host of that kind */
static bool is_tenant(const struct domains *d, const char *host)
{
	const char *dot = strchr(host, '.');
	char starred[HOST_MAX + 1];
	bool is = false;

	for (unsigned set = 0; dot != NULL && set < 4 && !is; set++)
		is = (words_kinds(d->infrastructure, token_hash(with_stars(dot + 1, set, starred))) & WORD_TENANTS) != 0;
	return is;
}

static struct whose_is decide(const struct domains *d, const char *host)
{
	const char *registrable, *which = NULL;
	struct found f;
	bool private;

	if (!is_domain_name(d, host))
		return (struct whose_is){.domain = host};
	/* Who writes from a public suffix itself ("x@police.uk") is somebody, too: its registry, or who hosts others below it. */
	if ((registrable = psl.registrable_domain(d->psl, host)) == NULL)
		registrable = host;
	f = listed(d, host, registrable, &which);
	if (f.class != ENTRY_NONE && f.org != 0 && words_kinds(d->freemail, token_hash(span_str(which))) != 0)
		return (struct whose_is){.whose = WHOSE_PERSON, .domain = registrable};
	if (f.class == ENTRY_CONFLICT)
		return (struct whose_is){.whose = WHOSE_CONFLICT, .domain = which};
	if (f.class == ENTRY_DOMAIN)
		return (struct whose_is){.whose = f.org == 0 ? WHOSE_OURS : WHOSE_LISTED, .org = f.org, .domain = which};
	if (in_list(d->freemail, host))
		return (struct whose_is){.whose = WHOSE_PERSON, .domain = registrable};
	private = is_private_tld(strrchr(host, '.') + 1);
	if (private || in_list(d->infrastructure, host)) {
		struct whose_is is = {.whose = WHOSE_INFRASTRUCTURE, .domain = registrable};

		is.tenant = private ? dictionary_tenant(d->dictionary, span_str(registrable), &is.org) :
		     is_tenant(d, host) && dictionary_tenant(d->dictionary, span_str(host), &is.org);
		return is;
	}
	return (struct whose_is){.whose = WHOSE_DERIVED, .domain = registrable};
}

/* The answer for a registrable domain is one object, so that all its hosts share one organisation. */
static struct whose_is *answer(struct domains *d, uint64_t hash, span host)
{
	char *name = arena_cstr(d->a, host);
	struct whose_is is, *shared;

	if (name == NULL)
		return NULL;
	is = decide(d, name);
	if ((is.whose == WHOSE_DERIVED || is.whose == WHOSE_CONFLICT || is.whose == WHOSE_LISTED) &&
	    strcmp(is.domain, name) != 0) {
		struct cached *c;

		if ((shared = domains_host(d, span_str(is.domain))) == NULL || (2 * d->n >= d->cap && !grow(d)))
			return NULL;
		c = slot(d, hash, host);
		*c = (struct cached){hash, name, (uint32_t)host.n, shared};
		d->n++;
		return shared;
	}
	return keep(d, hash, host, &is);
}

struct whose_is *domains_host(struct domains *d, span host)
{
	unsigned char lower[HOST_MAX];
	char ascii[HOST_MAX + 1];
	struct cached *c;
	uint64_t hash;

	while (host.n != 0 && host.p[host.n - 1] == '.')
		host.n--;
	if (host.n > HOST_MAX)
		host = SPAN_EMPTY; /* longer than a name can be (RFC 1035 2.3.4) */
	for (size_t i = 0; i < host.n; i++)
		lower[i] = host.p[i] != '\0' ? ascii_lower(host.p[i]) : '?';
	host = span_of(lower, host.n);
	if (idn_is_wide(host))
		host = span_of(ascii, idn_ascii(host, ascii, sizeof ascii));
	hash = span_hash_own(host);
	c = slot(d, hash, host);
	return c->host != NULL ? c->is : answer(d, hash, host);
}

struct whose_is *domains_address(struct domains *d, span address)
{
	unsigned char lower[ADDRESS_MAX];
	struct whose_is *host;
	struct found f;
	size_t at = address.n;
	uint64_t hash;

	while (at > 0 && address.p[at - 1] != '@')
		at--;
	if ((host = domains_host(d, at != 0 ? span_from(address, at) : SPAN_EMPTY)) == NULL || address.n > ADDRESS_MAX ||
	    (host->whose != WHOSE_PERSON && host->whose != WHOSE_DERIVED))
		return host;
	for (size_t i = 0; i < address.n; i++)
		lower[i] = ascii_lower(address.p[i]);
	address = span_of(lower, address.n);
	f = dictionary_find(d->dictionary, dictionary_address_hash(address));
	if (f.class != ENTRY_ADDRESS)
		return host;
	hash = span_hash_own(address);
	if (slot(d, hash, address)->host != NULL)
		return slot(d, hash, address)->is;
	return keep(d, hash, address, &(struct whose_is){.whose = f.org == 0 ? WHOSE_OURS : WHOSE_LISTED, .org = f.org,
	    .domain = host->domain});
}
