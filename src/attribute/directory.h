/*
 * The directory of organisations: a CSV file as a spreadsheet wrote it, up to a million rows and more. It stays the
 * file that it is, mapped; what is kept of a row is its place. Names, aliases, domains and addresses go into the
 * dictionary (dictionary.h); an organisation's row is read again when mail concerns it.
 *
 * Organisation 0 is ourselves, as case.yaml has it. Others are numbered by their row. Two rows of one name are one
 * organisation when they share a domain or a tenant, or one of them has no domain; else they are two, and the name
 * alone tells nobody. A domain in two organisations is a conflict: neither gets it until a person has settled it. A domain of free
 * mail is nobody's, but an address there can be somebody's.
 */
#ifndef TOCSIN_ATTRIBUTE_DIRECTORY_H
#define TOCSIN_ATTRIBUTE_DIRECTORY_H

#include "attribute/names.h"
#include "case/case.h"
#include "store/orgs.h"

struct directory;

/* path NULL: only ourselves. The arena lives as long as the directory. ERR_USAGE with "path:line: ..." */
MUST_CHECK enum errc directory_open(struct directory **out, struct arena *a, const char *path,
    const struct case_config *config, const struct words *v, const struct words *freemail, struct err *e);
/* The same over bytes: for tests and the fuzz target. file must outlive it. */
MUST_CHECK enum errc directory_of(struct directory **out, struct arena *a, span file, const char *path,
    const struct case_config *config, const struct words *v, const struct words *freemail, struct err *e);
void directory_close(struct directory *d);

span directory_bytes(const struct directory *d); /* of the file, for its digest */
uint32_t directory_size(const struct directory *d); /* organisations with a number below this */
size_t directory_orgs(const struct directory *d);   /* of the file, ourselves not counted */
int directory_dictionary(const struct directory *d); /* descriptor; stays the directory's */

/* Everything about organisation n >= 1, in the arena. */
MUST_CHECK enum errc directory_org(const struct directory *d, struct arena *a, uint32_t n, struct org_row *out,
    struct err *e);

struct clash { uint64_t hash; uint32_t first, second; };
const struct clash *directory_clashes(const struct directory *d, size_t *n);
/* In words. *domain NULL when it cannot be made out. */
MUST_CHECK enum errc directory_clash(const struct directory *d, struct arena *a, const struct clash *c,
    const char **domain, const char **first, const char **second, struct err *e);

/* The domain, in any case, is one of free mail: where the directory has it, that is a problem, and no conflict. */
void directory_free_domain(struct directory *d, const struct dictionary *dictionary, span domain);

/* Cells that are no domain or address where one should be: how many, and the first with its line. */
/* What the first line says and nothing makes of it; and that no column has what most directories have. All false without a directory. */
struct headings { char unknown[400]; size_t n_unknown; bool no_names, no_domains, no_contacts; };
const struct headings *directory_headings(const struct directory *d);
size_t directory_problems(const struct directory *d, const char **first);

/* A domain as people write it ("https://www.B.example/x", "@b.example", "*.b.example"): its length in out, or 0. */
enum { HOST_SIZE = 256 };
size_t domain_clean(span cell, char out[HOST_SIZE]);

/* ---- columns.c ---------------------------------------------------------------------------------------------- */

enum column { COLUMN_OTHER, COLUMN_NAME, COLUMN_DOMAINS, COLUMN_ALIASES, COLUMN_COUNTRY, COLUMN_LANGUAGE,
	COLUMN_CONTACTS, COLUMN_CONTACT_ROLE, COLUMN_TENANT, COLUMN_NOTES, COLUMNS };

/* What a heading means, in English, French, German or Spanish. *role: of the contact, when the heading says ("security"). */
enum column column_of(span heading, const char **role);

#endif
