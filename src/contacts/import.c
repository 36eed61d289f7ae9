/* Contacts that the operator has: of contracts, of account managers. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "contacts/private.h"
#include "stream/csv.h"
#include "stream/json-read.h"

enum column { COLUMN_ORG, COLUMN_ADDRESS, COLUMN_ROLE, COLUMN_NOTE, COLUMNS };

static enum column column_of(span heading)
{
	static const struct { const char *name; enum column c; } names[] = {{"organisation", COLUMN_ORG}, {"organization", COLUMN_ORG},
	    {"org", COLUMN_ORG}, {"name", COLUMN_ORG}, {"domain", COLUMN_ORG}, {"address", COLUMN_ADDRESS}, {"email", COLUMN_ADDRESS},
	    {"e-mail", COLUMN_ADDRESS}, {"contact", COLUMN_ADDRESS}, {"role", COLUMN_ROLE}, {"note", COLUMN_NOTE}, {"notes", COLUMN_NOTE}};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (span_eq_nocase(span_trim(heading), span_str(names[i].name)))
			return names[i].c;
	return COLUMNS;
}

struct importing { struct store *st; struct arena *a; const char *path; int64_t now_utc; uint64_t n; size_t at[COLUMNS]; };

static span cell(const struct importing *im, const span *f, size_t n, enum column c)
{
	return im->at[c] < n ? span_trim(f[im->at[c]]) : SPAN_EMPTY;
}

/* where: "line 3" of CSV, "entry 3" of JSON. */
static enum errc take_row(struct importing *im, const span *f, size_t n, const char *where, struct err *e)
{
	span address = cell(im, f, n, COLUMN_ADDRESS), org = cell(im, f, n, COLUMN_ORG);
	const char *name = arena_cstr(im->a, utf8_clean(im->a, org)), *base = strrchr(im->path, '/');
	struct contact_known c = {.source = CONTACT_DIRECTORY, .role = arena_cstr(im->a, utf8_clean(im->a, cell(im, f, n, COLUMN_ROLE))),
	    .note = arena_cstr(im->a, utf8_clean(im->a, cell(im, f, n, COLUMN_NOTE))), .ground = arena_printf(im->a, "given in %s", base != NULL ? base + 1 : im->path),
	    .seen_utc = im->now_utc, .expires_utc = TIME_NONE, .state = CONTACT_USABLE};
	struct contact_org *o;
	size_t n_orgs;
	enum errc rc;

	if (name == NULL || c.role == NULL || c.note == NULL || c.ground == NULL)
		return err_memory(e);
	if (org.n == 0 && address.n == 0)
		return OK;
	if ((rc = contact_orgs(im->st, im->a, name, &o, &n_orgs, e)) != OK) {
		err_in(e, "%s, %s", im->path, where);
		return rc;
	}
	if (!address_is_plain(address) && !(address.n > 5 && address.n < 40 && (address.p[0] == '+' || span_starts_nocase(address, SPAN_LIT("tel:")))))
		return err_set(e, ERR_USAGE, "%s, %s: \"%.*s\" is no mail address (and no telephone number: +...)", im->path, where,
		    (int)(address.n < 100 ? address.n : 100), address.n != 0 ? (const char *)address.p : "");
	c.address = address.p[0] == '+' ? arena_printf(im->a, "tel:%.*s", (int)address.n, address.p) : arena_cstr(im->a, address);
	if (c.address == NULL)
		return err_memory(e);
	im->n++;
	return contact_put(im->st, o->n_domains != 0 ? o->domains[0] : o->key, &c, e);
}

static enum errc import_csv(struct importing *im, struct arena *a, span file, struct err *e)
{
	struct csv csv;
	char where[32];
	span text, *f;
	size_t n;
	enum errc rc;

	if ((rc = csv_text(a, file, &text, e)) != OK)
		return rc;
	csv_open(&csv, text);
	if ((rc = csv_next(&csv, a, &f, &n, e)) != OK)
		goto named;
	for (size_t i = 0; i < n; i++)
		if (column_of(f[i]) < COLUMNS && im->at[column_of(f[i])] == SIZE_MAX)
			im->at[column_of(f[i])] = i;
	if (im->at[COLUMN_ORG] == SIZE_MAX || im->at[COLUMN_ADDRESS] == SIZE_MAX)
		return err_set(e, ERR_USAGE, "%s, line 1: wants a column of the organisation (or domain) and one of the address", im->path);
	while ((rc = csv_next(&csv, im->a, &f, &n, e)) == OK && n != 0) {
		(void)snprintf(where, sizeof where, "line %" PRIu64, csv.line);
		if ((rc = take_row(im, f, n, where, e)) != OK)
			return rc;
		arena_reset(im->a);
	}
named:
	if (rc != OK)
		err_in(e, "%s", im->path);
	return rc;
}

/* [{"organisation": ..., "address": ..., "role": ..., "note": ...}, ...], also as the member "contacts" of an object. */
static enum errc import_json(struct importing *im, struct arena *a, span file, struct err *e)
{
	const struct json_node *list;
	struct json_node *root = NULL;
	char where[32];
	size_t n = 0;
	enum errc rc;

	if ((rc = json_read_strict(a, file, &root, e)) != OK) {
		err_in(e, "%s", im->path);
		if (rc == ERR_EVIDENCE || rc == ERR_LIMIT)
			rc = e->code = ERR_USAGE; /* our own file */
		return rc;
	}
	list = root->type == JSON_OBJECT ? json_member(root, "contacts") : root;
	if (list == NULL || list->type != JSON_ARRAY)
		return err_set(e, ERR_USAGE, "%s: wants a list of objects with organisation (or domain), address, role, note", im->path);
	for (size_t i = 0; i < COLUMNS; i++)
		im->at[i] = i;
	for (const struct json_node *x = list->child; x != NULL; x = x->next) {
		span f[COLUMNS] = {0};

		(void)snprintf(where, sizeof where, "entry %zu", ++n);
		for (const struct json_node *m = x->type == JSON_OBJECT ? x->child : NULL; m != NULL; m = m->next)
			if (column_of(m->key) < COLUMNS && f[column_of(m->key)].n == 0)
				f[column_of(m->key)] = json_text(m);
		if (f[COLUMN_ORG].n == 0 || f[COLUMN_ADDRESS].n == 0)
			return err_set(e, ERR_USAGE, "%s, %s: wants an organisation (or domain) and an address", im->path, where);
		if ((rc = take_row(im, f, COLUMNS, where, e)) != OK)
			return rc;
		arena_reset(im->a);
	}
	return OK;
}

enum errc contacts_import(struct store *st, const char *path, int64_t now_utc, uint64_t *n, struct err *e)
{
	struct importing im = {.st = st, .path = path, .now_utc = now_utc, .at = {SIZE_MAX, SIZE_MAX, SIZE_MAX, SIZE_MAX}};
	struct arena *a = NULL;
	span file, first;
	enum errc rc;

	*n = 0;
	if ((rc = arena_new(&a, 64 * MIB, e)) != OK || (rc = arena_new(&im.a, 64 * MIB, e)) != OK || (rc = io_read_file(a, path, 16 * MIB, &file, e)) != OK)
		goto out;
	first = span_trim(file);
	rc = first.n != 0 && (first.p[0] == '[' || first.p[0] == '{') ? import_json(&im, a, file, e) : import_csv(&im, a, file, e);
	*n = im.n;
out:
	arena_free(im.a);
	arena_free(a);
	return rc;
}
