#include "attribute/cells.h"
#include "attribute/directory-private.h"
#include "base/utf8.h"

static enum errc clean(struct arena *a, span s, const char **out, struct err *e)
{
	span ok = utf8_clean(a, s);

	return ok.p != NULL && (*out = arena_cstr(a, ok)) != NULL ? OK : err_memory(e);
}

/* Takes a cell where an earlier row left the field empty. */
static enum errc take(const struct directory *d, struct arena *a, const struct row *r, enum column c, const char **field,
    struct err *e)
{
	return **field == '\0' ? clean(a, row_first(d, r, c), field, e) : OK;
}

/* Its code; one that is not known is none, which the reading of the file has said. */
static enum errc take_country(const struct directory *d, struct arena *a, const struct row *r, struct org_row *o, struct err *e)
{
	char code[3];

	if (*o->country != '\0' || !country_read(row_first(d, r, COLUMN_COUNTRY), code))
		return OK;
	return (o->country = arena_cstr(a, span_of(code, 2))) != NULL ? OK : err_memory(e);
}

static bool is_clash(const struct directory *d, uint64_t hash)
{
	size_t i = clashes_from(d, hash);

	return i < d->n_clashes && d->clashes[i].hash == hash;
}

static enum errc take_domains(const struct directory *d, struct arena *a, const struct row *r, struct org_row *o,
    struct err *e)
{
	span rest = SPAN_EMPTY, piece;
	char host[HOST_SIZE];
	size_t i = 0, n, known;

	while (row_domain(d, r, &i, &rest, &piece, host, &n)) {
		const char **more;

		for (known = 0; known < o->n_domains && strcmp(o->domains[known], host) != 0; known++)
			;
		if (n == 0 || known < o->n_domains || is_clash(d, dictionary_host_hash(span_of(host, n))) ||
		    host_is_free(d, span_of(host, n)))
			continue;
		if ((more = arena_alloc(a, (o->n_domains + 1) * sizeof *more)) == NULL)
			return err_memory(e);
		if (o->n_domains != 0)
			memcpy(more, o->domains, o->n_domains * sizeof *more);
		o->domains = more;
		if ((more[o->n_domains++] = arena_cstr(a, span_of(host, n))) == NULL)
			return err_memory(e);
	}
	return OK;
}

static enum errc take_contact(struct arena *a, span address, span role, struct org_row *o, struct err *e)
{
	struct contact_row *more, c;
	enum errc rc;

	if ((rc = clean(a, address, &c.address, e)) != OK || (rc = clean(a, role, &c.role, e)) != OK)
		return rc;
	for (size_t i = 0; i < o->n_contacts; i++)
		if (span_eq_nocase(span_str(c.address), span_str(o->contacts[i].address)))
			return OK;
	if ((more = arena_alloc(a, (o->n_contacts + 1) * sizeof *more)) == NULL)
		return err_memory(e);
	if (o->n_contacts != 0)
		memcpy(more, o->contacts, o->n_contacts * sizeof *more);
	o->contacts = more;
	more[o->n_contacts++] = c;
	return OK;
}

static enum errc alias_put(struct arena *a, span name, struct org_row *o, struct err *e)
{
	const char **more = arena_alloc(a, (o->n_aliases + 1) * sizeof *more);

	if (more == NULL)
		return err_memory(e);
	if (o->n_aliases != 0)
		memcpy(more, o->aliases, o->n_aliases * sizeof *more);
	o->aliases = more;
	return clean(a, name, &more[o->n_aliases++], e);
}

/* A name that is listed, and how else people write it: what is given to others must not have it either. */
static enum errc take_name(const struct directory *d, struct arena *a, span name, struct org_row *o, struct err *e)
{
	struct name_ways ways;
	enum errc rc = name_ways(a, d->vocabulary, name, &ways, e);

	for (size_t i = 0; i < ways.n && rc == OK; i++)
		rc = alias_put(a, ways.v[i], o, e);
	return rc;
}

static enum errc take_aliases(const struct directory *d, struct arena *a, const struct row *r, struct org_row *o,
    struct err *e)
{
	size_t i = 0;
	span cell, piece;
	enum errc rc = OK;

	while (rc == OK && row_cell(d, r, COLUMN_ALIASES, &i, &cell)) {
		unsigned apart = cell_apart(cell);

		while (rc == OK && cell_next(&cell, apart, &piece))
			if (!cell_is_nothing(piece))
				rc = take_name(d, a, piece, o, e);
	}
	return rc;
}

/* A role stands with the address, in the heading, or in the role column (the first for the first contact, ...). */
static enum errc take_contacts(const struct directory *d, struct arena *a, const struct row *r, struct org_row *o,
    struct err *e)
{
	size_t i = 0, role_column = 0;
	enum errc rc = OK;
	span cell, piece;

	while (rc == OK && row_cell(d, r, COLUMN_CONTACTS, &i, &cell)) {
		const char *of_heading = d->roles[i - 1];
		span of_column = SPAN_EMPTY;

		(void)row_cell(d, r, COLUMN_CONTACT_ROLE, &role_column, &of_column);
		while (rc == OK && cell_next(&cell, APART_STRONG | APART_COMMA, &piece)) {
			span address, role;

			if (!cell_contact(piece, &address, &role) || address.n >= HOST_SIZE)
				continue;
			if (role.n == 0)
				role = of_column.n != 0 ? of_column : span_str(of_heading);
			rc = take_contact(a, address, role, o, e);
		}
	}
	return rc;
}

static enum errc take_row(const struct directory *d, struct arena *a, uint32_t n, struct org_row *o, struct err *e)
{
	char host[HOST_SIZE];
	struct row r;
	enum errc rc;

	if ((rc = row_read(d, a, n, &r, e)) != OK)
		return rc;
	if (*o->name == '\0' && ((rc = clean(a, row_name(d, &r, host), &o->name, e)) != OK || (rc = take_name(d, a, span_str(o->name), o, e)) != OK))
		return rc;
	if ((rc = take_country(d, a, &r, o, e)) != OK ||
	    (rc = take(d, a, &r, COLUMN_LANGUAGE, &o->language, e)) != OK ||
	    (rc = take(d, a, &r, COLUMN_TENANT, &o->tenant, e)) != OK ||
	    (rc = take(d, a, &r, COLUMN_NOTES, &o->notes, e)) != OK || (rc = take_domains(d, a, &r, o, e)) != OK ||
	    (rc = take_aliases(d, a, &r, o, e)) != OK)
		return rc;
	return take_contacts(d, a, &r, o, e);
}

enum errc directory_org(const struct directory *d, struct arena *a, uint32_t n, struct org_row *out, struct err *e)
{
	enum errc rc = OK;

	assert(n >= 1 && n < d->n);
	*out = (struct org_row){.name = "", .country = "", .language = "", .tenant = "", .notes = "", .origin = ORG_DIRECTORY};
	for (uint32_t r = n; r != 0 && rc == OK; r = d->next_row[r])
		rc = take_row(d, a, r, out, e);
	out->key = out->name;
	if (rc == OK && d->shared[n])
		out->key = arena_printf(a, "%s (%s)", out->name, out->n_domains != 0 ? out->domains[0] : "no domain of its own");
	return out->key != NULL ? rc : err_memory(e);
}

enum errc directory_clash(const struct directory *d, struct arena *a, const struct clash *c, const char **domain,
    const char **first, const char **second, struct err *e)
{
	span rest = SPAN_EMPTY, piece;
	char host[HOST_SIZE];
	struct org_row one, two;
	struct row r;
	size_t i, n;
	enum errc rc;

	*domain = NULL;
	if (c->first == OURSELVES || c->second == OURSELVES)
		return OK;
	if ((rc = directory_org(d, a, c->first, &one, e)) != OK || (rc = directory_org(d, a, c->second, &two, e)) != OK)
		return rc;
	*first = one.key;
	*second = two.key;
	for (uint32_t at = c->second; at != 0 && *domain == NULL; at = d->next_row[at]) {
		if ((rc = row_read(d, a, at, &r, e)) != OK)
			return rc;
		i = 0;
		rest = SPAN_EMPTY;
		while (*domain == NULL && row_domain(d, &r, &i, &rest, &piece, host, &n))
			if (n != 0 && dictionary_host_hash(span_of(host, n)) == c->hash &&
			    (*domain = arena_cstr(a, span_of(host, n))) == NULL)
				return err_memory(e);
	}
	return OK;
}
