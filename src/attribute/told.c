/*
 * Under another directory, organisations that were told stay who they are, or they would be told everything again: they go by their domains,
 * and may have another name. Those that have none, as private persons, go by their addresses of free mail. Where two of them have exchanged domains, nothing here says which is the same as before, and a wrong guess
 * tells each of the other's mail: a person has to say it.
 */
#include <stdio.h>
#include <stdlib.h>

#include "attribute/private.h"
#include "base/bisect.h"
#include "base/limits.h"

/* One that was told. Strings live in k->keep. */
struct told_org {
	int64_t id;
	const char *key;             /* its name */
	const struct org_told *was;  /* its domains; of each, in `now`, who has it: "" where nobody does */
	const char **now;
	bool *listed;                /* by the directory */
	size_t n;
	size_t to;                   /* of these, the one that it should go by; n: none of them is anybody's */
	const struct org_told *took; /* a domain by which another one was told and which has this name now */
	bool settled;                /* goes by one of its domains */
};

static const char *named_now(const struct told_org *o) { return o->now[o->to]; }

static bool is_address(const char *domain) { return strchr(domain, '@') != NULL; }

/*
 * Who has a domain now, as a key; "": no organisation. An address of free mail is a private person's, or of an organisation that the directory
 * gives that very address: whoever has its whole domain is somebody else.
 */
static enum errc key_of(struct keeper *k, const char *domain, bool *listed, const char **key, struct err *e)
{
	const char *at = strchr(domain, '@');
	struct whose_is *is = domains_host(k->domains, span_str(at != NULL ? at + 1 : domain)), *host = is;
	struct org_row o;
	enum errc rc;

	*key = "";
	*listed = false;
	if (is == NULL || (at != NULL && (is = domains_address(k->domains, span_str(domain))) == NULL))
		return err_memory(e);
	*listed = is->whose == WHOSE_LISTED && (at == NULL || is != host);
	if (at == NULL ? is->whose == WHOSE_DERIVED : is->whose == WHOSE_PERSON)
		*key = at == NULL ? is->domain : domain; /* in lower case, as org_id_person has it */
	if (!*listed)
		return OK;
	arena_reset(k->batch);
	if ((rc = directory_org(k->directory, k->batch, is->org, &o, e)) == OK && (*key = arena_cstr(k->keep, span_str(o.key))) == NULL)
		rc = err_memory(e);
	return rc;
}

/* Is this domain a better one to go by than that? Those that the directory lists are, of these its own name, and one by which it alone was told. */
static bool is_nearer(const struct told_org *o, size_t i, size_t than)
{
	bool name = strcmp(o->now[i], o->key) == 0, other = strcmp(o->now[than], o->key) == 0;

	if (o->listed[i] != o->listed[than])
		return o->listed[i];
	return name != other ? name : o->was[than].shared && !o->was[i].shared;
}

static enum errc told_read(struct keeper *k, const struct org_told *rows, size_t n, struct told_org *o, struct err *e)
{
	bool domains = false; /* who has some goes by them, and not by the address of one of its people */
	enum errc rc = OK;

	*o = (struct told_org){.id = rows->id, .key = rows->key, .was = rows, .n = n, .to = n,
	    .now = arena_zero(k->keep, n, sizeof *o->now), .listed = arena_zero(k->keep, n, sizeof *o->listed)};
	if (o->now == NULL || o->listed == NULL)
		return err_memory(e);
	for (size_t i = 0; i < n; i++)
		domains |= !is_address(rows[i].domain);
	for (size_t i = 0; i < n; i++) {
		o->now[i] = "";
		if (domains && is_address(rows[i].domain))
			continue;
		if ((rc = key_of(k, rows[i].domain, &o->listed[i], &o->now[i], e)) != OK)
			break;
		if (o->now[i][0] != '\0' && (o->to == n || is_nearer(o, i, o->to)))
			o->to = i;
	}
	o->settled = o->to == n || strcmp(named_now(o), o->key) == 0;
	return rc;
}

/* *done, where it was not yet and nobody goes by that name. */
static enum errc rename_by(struct keeper *k, struct told_org *o, size_t i, bool *done, struct err *e)
{
	const char *to = o->now[i];
	bool renamed;
	enum errc rc = orgs_rename(k->store, o->id, to, &renamed, e);

	if (rc != OK || !renamed)
		return rc;
	*done = o->settled = true;
	if (k->tally->renamed++ == 0)
		(void)snprintf(k->tally->first_renamed, sizeof k->tally->first_renamed, "%s is %s now", o->was->key, to);
	o->key = to;
	return ledger_say(k->store, "organisation renamed", e, "was", o->was->key, "is", to, "domain", o->was[i].domain, NULL);
}

/* Again until nothing changes: a name can be free only once who had it has another. */
static enum errc rename_all(struct keeper *k, struct told_org *v, size_t n, struct err *e)
{
	enum errc rc = OK;
	bool done;

	do {
		done = false;
		for (size_t i = 0; i < n && rc == OK; i++)
			if (!v[i].settled)
				rc = rename_by(k, &v[i], v[i].to, &done, e);
	} while (rc == OK && done);
	/* Whose name is another's that was told: by another domain of its own, also one that the directory does not have any more. */
	for (int beside = 0; beside < 2; beside++)
		for (size_t i = 0; i < n && rc == OK; i++)
			for (size_t d = 0; d < v[i].n && rc == OK && !v[i].settled; d++)
				if (v[i].now[d][0] != '\0' && v[i].listed[d] == (beside == 0))
					rc = rename_by(k, &v[i], d, &done, e);
	return rc;
}

static int by_key(const void *a, const void *b) { return strcmp(((const struct told_org *)a)->key, ((const struct told_org *)b)->key); }

static struct told_org *of_key(struct told_org *v, size_t n, const char *key)
{
	size_t i = 0;

	BISECT(i, n, strcmp(v[i].key, key) < 0);
	return i < n && strcmp(v[i].key, key) == 0 ? &v[i] : NULL;
}

/* Its name has a domain by which another one was told and none of its own, which one has that was told, too: a link of a ring. v is sorted. */
static bool is_exchanged(const struct told_org *o, struct told_org *v, size_t n)
{
	return !o->settled && o->took != NULL && of_key(v, n, named_now(o)) != NULL;
}

static void find_taken(struct told_org *v, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t d = 0; d < v[i].n; d++) {
			struct told_org *name = v[i].listed[d] ? of_key(v, n, v[i].now[d]) : NULL;

			if (name != NULL && name != &v[i] && name->took == NULL)
				name->took = &v[i].was[d];
		}
}

/* They go by their domains: first by names that nobody has. */
static enum errc exchange(struct keeper *k, struct told_org *v, size_t n, const bool *exchanged, struct err *e)
{
	enum errc rc = OK;
	bool done;

	for (size_t i = 0; i < n && rc == OK; i++)
		if (exchanged[i])
			rc = orgs_rename(k->store, v[i].id, arena_printf(k->keep, "%s %lld", v[i].was->domain, (long long)v[i].id), &done, e);
	return rc != OK ? rc : rename_all(k, v, n, e);
}

static enum errc settle(struct keeper *k, struct told_org *v, size_t n, enum attribute_same same, struct err *e)
{
	bool *exchanged = arena_zero(k->keep, n, sizeof *exchanged), any = false;
	enum errc rc;

	if (exchanged == NULL)
		return err_memory(e);
	qsort(v, n, sizeof *v, by_key);
	find_taken(v, n);
	for (size_t i = 0; i < n; i++) {
		any |= exchanged[i] = is_exchanged(&v[i], v, n);
		if (exchanged[i] && same == SAME_UNSAID)
			return err_set(e, ERR_REFUSED, "the directory exchanges domains of organisations that were told: %s, by which %s was told, is"
			    " %s's now, and %s, by which %s was told, is %s's. Nothing was changed. If that is wrong, correct the directory. If it is right, say"
			    " who is the same as before: who has the name (--same-by name), or who has the domain (--same-by domain)",
			    v[i].was[v[i].to].domain, v[i].key, named_now(&v[i]), v[i].took->domain, v[i].took->key, v[i].key);
	}
	if (!any)
		return OK;
	if ((rc = ledger_add(k->store, "domains exchanged", same == SAME_BY_DOMAIN ? "{\"same_by\":\"domain\"}" : "{\"same_by\":\"name\"}", e)) != OK)
		return rc;
	return same == SAME_BY_DOMAIN ? exchange(k, v, n, exchanged, e) : OK;
}

/* Who goes by none of its domains, which are all another's: what it was told, that one is not told again. An address is looked after by itself (TOLD_AT_ITS_ADDRESS). */
static enum errc join(struct keeper *k, const struct told_org *o, struct err *e)
{
	enum errc rc;

	if (o->settled || is_address(o->was[o->to].domain))
		return OK;
	for (size_t d = 0; d < o->n; d++)
		if (o->now[d][0] != '\0' && strcmp(o->now[d], named_now(o)) != 0)
			return OK;
	if ((rc = orgs_join(k->store, o->id, named_now(o), e)) != OK)
		return rc;
	if (k->tally->joined++ == 0)
		(void)snprintf(k->tally->first_joined, sizeof k->tally->first_joined, "%s is one with %s now", o->key, named_now(o));
	return ledger_say(k->store, "organisations joined", e, "was", o->key, "is", named_now(o), "domain", o->was[o->to].domain, NULL);
}

enum errc told_keep(struct keeper *k, enum attribute_same same, struct err *e)
{
	struct org_told *rows;
	struct told_org *v;
	size_t n_rows, n = 0;
	enum errc rc = orgs_told(k->store, k->keep, &rows, &n_rows, e);

	if (rc != OK || n_rows == 0)
		return rc;
	if ((v = arena_zero(k->keep, n_rows, sizeof *v)) == NULL)
		return err_memory(e);
	for (size_t i = 0, next; rc == OK && i < n_rows; i = next) {
		for (next = i + 1; next < n_rows && rows[next].id == rows[i].id; next++)
			;
		rc = told_read(k, rows + i, next - i, &v[n++], e);
	}
	if (rc == OK && (rc = rename_all(k, v, n, e)) == OK)
		rc = settle(k, v, n, same, e);
	for (size_t i = 0; rc == OK && i < n; i++)
		rc = join(k, &v[i], e);
	return rc;
}
