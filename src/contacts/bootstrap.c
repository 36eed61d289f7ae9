/* Which RDAP server knows of a domain or an address: IANA's files (RFC 9224). */
#include <arpa/inet.h>
#include <string.h>

#include "base/io.h"
#include "base/limits.h"
#include "contacts/private.h"

enum { BOOTSTRAP_NODES = 200000 }; /* LIMIT: that of the top-level domains has some 5,000 */

static enum errc read_one(struct arena *a, const char *path, const struct json_node **services, struct err *e)
{
	struct json_node *root = NULL;
	unsigned problems = 0;
	size_t used;
	span file;
	enum errc rc;

	if ((rc = io_read_file(a, path, 4 * MIB, &file, e)) != OK)
		return rc;
	rc = json_read_most(a, file, BOOTSTRAP_NODES, &root, &used, &problems, e);
	if (rc != OK && rc != ERR_EVIDENCE && rc != ERR_LIMIT)
		return rc;
	*services = rc == OK ? json_get(root, "services") : NULL;
	if (*services == NULL || (*services)->type != JSON_ARRAY)
		return err_set(e, ERR_USAGE, "%s: not a bootstrap file of RDAP (RFC 9224)", path);
	return OK;
}

enum errc bootstrap_read(struct arena *a, const struct text_list *files, struct bootstrap *out, struct err *e)
{
	enum errc rc = OK;

	*out = (struct bootstrap){.n = files->n};
	if ((out->services = arena_zero(a, files->n, sizeof *out->services)) == NULL)
		return err_memory(e);
	for (size_t i = 0; i < files->n && rc == OK; i++)
		rc = read_one(a, files->v[i], &out->services[i], e);
	return rc;
}

/* An address as its bytes; 0: none. */
static size_t address_bytes(const char *text, unsigned char out[16])
{
	return inet_pton(AF_INET, text, out) == 1 ? 4 : inet_pton(AF_INET6, text, out) == 1 ? 16 : 0;
}

/* How well "192.0.2.0/24" fits: bits of the network and one, or 0. */
static size_t fit_network(const unsigned char *address, size_t n, span zone)
{
	unsigned char net[16];
	char text[64];
	size_t slash = span_find_byte(zone, '/');
	uint64_t bits;

	if (slash >= sizeof text || !span_number(span_from(zone, slash + 1), 8 * n, &bits))
		return 0;
	memcpy(text, zone.p, slash);
	text[slash] = '\0';
	if (address_bytes(text, net) != n)
		return 0;
	for (size_t i = 0; i < bits; i++)
		if (((net[i / 8] ^ address[i / 8]) >> (7 - i % 8) & 1) != 0)
			return 0;
	return bits + 1;
}

/* How well the zone "example" fits: its length, or 0. */
static size_t fit_domain(span domain, span zone)
{
	return zone.n < domain.n && domain_is_within(domain, zone) ? zone.n : 0;
}

/* The longest fit counts (RFC 9224 4 and 5). */
const char *bootstrap_find(const struct bootstrap *b, struct arena *a, const char *asked)
{
	unsigned char address[16];
	size_t n = address_bytes(asked, address), best = 0;
	span url = SPAN_EMPTY;

	for (size_t i = 0; i < b->n; i++)
		for (const struct json_node *s = b->services[i]->child; s != NULL; s = s->next) {
			const struct json_node *zones = s->type == JSON_ARRAY ? s->child : NULL, *urls = zones != NULL ? zones->next : NULL;

			if (urls == NULL || zones->type != JSON_ARRAY || urls->type != JSON_ARRAY || urls->child == NULL ||
			    urls->child->type != JSON_STRING)
				continue;
			for (const struct json_node *z = zones->child; z != NULL; z = z->next) {
				size_t fit = z->type != JSON_STRING ? 0 : n != 0 ? fit_network(address, n, z->text) : fit_domain(span_str(asked), z->text);

				if (fit > best) {
					best = fit;
					url = urls->child->text;
				}
			}
		}
	return best == 0 ? NULL : arena_printf(a, "%.*s%s%s/%s", (int)url.n, (const char *)url.p, span_ends_nocase(url, SPAN_LIT("/")) ? "" : "/",
	    n != 0 ? "ip" : "domain", asked);
}
