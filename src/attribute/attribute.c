#include "attribute/attribute.h"

#include <stdio.h>
#include <stdlib.h>

#include "attribute/private.h"
#include "base/json.h"
#include "base/limits.h"
#include "store/findings.h"
#include "store/scope.h"

/* What of this code an outcome depends on: one more with each change that makes other links of the same case. */
#define METHOD "attribute 18"

enum { READ_AHEAD = 512, COMMIT_EACH = 10000 };

/* ---- organisations ------------------------------------------------------------------------------------------ */

static enum errc put_ourselves(struct keeper *k, struct err *e)
{
	const char *name = k->config->our_name != NULL ? k->config->our_name : "ourselves";
	struct org_row o = {.key = "ourselves", .name = name, .country = "", .language = "", .tenant = "", .notes = "",
	    .origin = ORG_OURSELVES, .domains = k->config->our_domains.v, .n_domains = k->config->our_domains.n,
	    .aliases = k->config->our_names.v, .n_aliases = k->config->our_names.n};
	enum errc rc = orgs_put(k->store, &o, &k->ourselves_id, e);

	k->org_ids[0] = k->ourselves_id;
	return rc;
}

enum errc org_id_listed(struct keeper *k, uint32_t org, int64_t *id, struct err *e)
{
	struct org_row o;
	enum errc rc;

	if ((*id = k->org_ids[org]) != 0)
		return OK;
	if ((rc = directory_org(k->directory, k->scratch, org, &o, e)) != OK || (rc = orgs_put(k->store, &o, id, e)) != OK)
		return rc;
	k->org_ids[org] = *id;
	return OK;
}

enum errc org_id(struct keeper *k, struct whose_is *is, int64_t *id, struct err *e)
{
	struct org_row o = {.key = is->domain, .name = is->domain, .country = "", .language = "", .tenant = "", .notes = "",
	    .origin = ORG_DERIVED, .domains = &is->domain, .n_domains = 1};
	enum errc rc;

	if (is->whose == WHOSE_OURS || is->whose == WHOSE_LISTED)
		return org_id_listed(k, is->whose == WHOSE_OURS ? 0 : is->org, id, e);
	if ((*id = is->org_id) != 0)
		return OK;
	if (is->whose == WHOSE_CONFLICT)
		o.notes = "conflict: the directory gives this domain to more than one organisation";
	if ((rc = orgs_put(k->store, &o, id, e)) != OK)
		return rc;
	is->org_id = *id;
	return OK;
}

/*
 * The country that an address says, as ISO 3166 has it; "" where it says none: a .com, a
 * country that sells its letters to the world, or the European Union.
 */
static const char *country_of(const char *address, char out[3])
{
	static const char *const anybodys[] = {"ai", "cc", "co", "eu", "fm", "im", "io", "me", "tv", "ws"};
	const char *dot = strrchr(address, '.');

	if (dot == NULL || strlen(dot) != 3)
		return "";
	for (size_t i = 0; i < sizeof anybodys / sizeof anybodys[0]; i++)
		if (strcmp(dot + 1, anybodys[i]) == 0)
			return "";
	for (size_t i = 0; i < 2; i++) {
		if (dot[1 + i] < 'a' || dot[1 + i] > 'z')
			return "";
		out[i] = (char)(dot[1 + i] - 'a' + 'A');
	}
	out[2] = '\0';
	return strcmp(out, "UK") == 0 ? "GB" : out;
}

enum errc org_id_person(struct keeper *k, struct address_of *address, int64_t *id, struct err *e)
{
	struct contact_row contact = {.role = "themselves"};
	char country[3], *lower;
	struct org_row o = {.language = "", .tenant = "", .notes = "", .origin = ORG_PERSON, .contacts = &contact, .n_contacts = 1};
	enum errc rc;

	if ((*id = address->person_id) != 0)
		return OK;
	/* However it is written, it is one mailbox: no service of free mail tells letters from capitals. */
	if ((lower = arena_cstr(k->scratch, span_str(address->address))) == NULL)
		return err_memory(e);
	for (char *c = lower; *c != '\0'; c++)
		*c = (char)ascii_lower((unsigned char)*c);
	o.key = o.name = contact.address = lower;
	o.country = country_of(lower, country);
	if ((rc = orgs_put(k->store, &o, id, e)) != OK)
		return rc;
	address->person_id = *id;
	return OK;
}

static enum errc put_conflicts(struct keeper *k, struct err *e)
{
	size_t n;
	const struct clash *c = directory_clashes(k->directory, &n);

	for (size_t i = 0; i < n; i++) {
		const char *domain, *first = "", *second = "";
		enum errc rc;

		arena_reset(k->scratch);
		if ((rc = directory_clash(k->directory, k->scratch, &c[i], &domain, &first, &second, e)) != OK ||
		    (domain != NULL && (rc = orgs_conflict(k->store, domain, first, second, e)) != OK))
			return rc;
	}
	return OK;
}

/* ---- one message -------------------------------------------------------------------------------------------- */

/* The row of a message, out of those read ahead. */
static enum errc row_of(struct keeper *k, int64_t id, struct mail_row **row, struct err *e)
{
	enum errc rc;

	if (k->n_rows == 0 || id > k->rows_last || id < k->rows[0].id) {
		arena_reset(k->batch);
		k->at_row = 0;
		if ((rc = orgs_ahead(k->store, id, READ_AHEAD, &k->rows_last, e)) != OK ||
		    (rc = orgs_messages(k->store, k->batch, id, k->rows_last, &k->rows, &k->n_rows, e)) != OK)
			return rc;
	}
	while (k->at_row < k->n_rows && k->rows[k->at_row].id < id)
		k->at_row++;
	if (k->at_row == k->n_rows || k->rows[k->at_row].id != id)
		return err_set(e, ERR_WORLD, "case.db: message %lld is gone", (long long)id);
	*row = &k->rows[k->at_row];
	return OK;
}

/* Why it is in a dossier, or in none. */
static enum disposition disposition_of(const struct keeper *k, const struct gathered *g)
{
	bool own_secret = false;

	for (size_t i = 0; i < g->links.n; i++) {
		if (g->links.v[i].counts && g->links.v[i].org_id != k->ourselves_id)
			return DISPOSITION_DOSSIER;
		own_secret |= g->links.v[i].org_id == k->ourselves_id;
	}
	if (g->persons)
		return DISPOSITION_PRIVATE;
	if (own_secret)
		return DISPOSITION_INTERNAL;
	if (g->why_bulk != NULL)
		return DISPOSITION_BULK;
	return g->ours.n != 0 ? DISPOSITION_INTERNAL : DISPOSITION_NOBODY;
}

static enum errc write_links(struct keeper *k, const struct links *l, struct err *e)
{
	enum errc rc = OK;

	for (size_t i = 0; i < l->n && rc == OK; i++)
		rc = orgs_link(k->store, &l->v[i], e);
	return rc;
}

static enum errc attribute_message(struct keeper *k, int64_t id, const span *result, struct err *e)
{
	enum disposition d = DISPOSITION_UNREADABLE;
	struct gathered g;
	struct mail_row *m = NULL;
	enum errc rc;

	arena_reset(k->scratch);
	if ((rc = row_of(k, id, &m, e)) != OK || (m->redo && (rc = orgs_forget(k->store, id, e)) != OK) ||
	    (rc = parties_gather(k, m, &g, e)) != OK)
		return rc;
	if (result != NULL && (rc = owner_find(k, m, *result, &g, e)) == OK)
		d = disposition_of(k, &g);
	else if (rc != OK && rc != ERR_EVIDENCE)
		return rc;
	if (d == DISPOSITION_UNREADABLE)
		k->tally->failed++;
	if ((rc = write_links(k, &g.links, e)) != OK ||
	    (d == DISPOSITION_INTERNAL && (rc = write_links(k, &g.ours, e)) != OK) ||
	    (rc = orgs_attributed(k->store, m, k->directory_id, d, e)) != OK)
		return rc;
	k->tally->messages++;
	if (++k->n_since_commit < COMMIT_EACH)
		return OK;
	k->n_since_commit = 0;
	return store_commit(k->store, e);
}

/* ---- what evidence asks of the keeper ----------------------------------------------------------------------- */

static enum errc next_ids(void *ctx, int64_t *ids, size_t max, size_t *n, struct err *e)
{
	struct keeper *k = ctx;
	enum errc rc = orgs_due(k->store, k->last_id, ids, max, n, e);

	if (rc == OK && *n != 0)
		k->last_id = ids[*n - 1];
	return rc;
}

/* What ended scan's workers would end these, too, and cost its message: u32 how many parts, and the path of each. */
static void unread_put(struct keeper *k, int64_t message_id, struct buf *out)
{
	size_t count_at = out->n;
	uint32_t n = 0;

	buf_u32(out, 0);
	for (; k->at_unread < k->n_unread && k->unread[k->at_unread].message_id <= message_id; k->at_unread++)
		if (k->unread[k->at_unread].message_id == message_id) {
			buf_bytes(out, k->unread[k->at_unread].path);
			n++;
		}
	buf_set_u32(out, count_at, n);
}

/* The findings of a message, out of those read ahead: messages are asked for in the order of their ids. */
static enum errc input(void *ctx, int64_t message_id, struct buf *out, struct err *e)
{
	struct keeper *k = ctx;
	enum errc rc;

	if (message_id > k->secrets_last) {
		arena_reset(k->secrets);
		k->at_finding = k->at_unread = 0;
		if ((rc = orgs_ahead(k->store, message_id, READ_AHEAD, &k->secrets_last, e)) != OK ||
		    (rc = orgs_findings(k->store, k->secrets, message_id, k->secrets_last, &k->findings, &k->n_findings, e)) != OK ||
		    (rc = findings_unread(k->store, k->secrets, message_id, k->secrets_last, true, &k->unread, &k->n_unread, e)) != OK)
			return rc;
	}
	reopen_put(&k->reopen, message_id, out);
	unread_put(k, message_id, out);
	for (; k->at_finding < k->n_findings && k->findings[k->at_finding].message_id <= message_id; k->at_finding++) {
		const struct finding_row *f = &k->findings[k->at_finding];

		if (f->message_id == message_id)
			secret_put(out, &(struct secret){span_str(f->path), f->at_byte, f->n_bytes,
			    strcmp(f->class, "url_credentials") == 0 || strcmp(f->class, "connection_string") == 0});
	}
	return OK;
}

static enum errc on_message(void *ctx, int64_t message_id, span result, struct err *e)
{
	return attribute_message(ctx, message_id, &result, e);
}

static enum errc on_failed(void *ctx, int64_t message_id, const char *reason, struct err *e)
{
	(void)reason; /* scan has it in coverage: the same evidence failed it */
	return attribute_message(ctx, message_id, NULL, e);
}

/* ---- the run ------------------------------------------------------------------------------------------------ */

/* Everything that the outcome depends on besides the mail: directory, lists, and what case.yaml says of us. */
static enum errc digest_of(const struct keeper *k, const span *lists, size_t n, struct digest *out, struct err *e)
{
	struct sha256 *h;
	struct digest file, parties;
	struct buf b;
	enum errc rc = sha256_new(&h, e);

	if (rc != OK)
		return rc;
	buf_init(&b, 64 * MIB);
	sha256_of(directory_bytes(k->directory), &file);
	buf_bytes(&b, SPAN_LIT(METHOD));
	buf_bytes(&b, digest_span(&file));
	for (size_t i = 0; i < n; i++)
		buf_bytes(&b, lists[i]);
	if ((rc = case_parties(k->config, &parties, e)) == OK)
		buf_bytes(&b, digest_span(&parties));
	if (rc == OK && (rc = buf_check(&b, e)) == OK) {
		sha256_start(h);
		sha256_add(h, buf_span(&b));
		sha256_done(h, out);
	}
	buf_free(&b);
	sha256_free(h);
	return rc;
}

/* The directory has none of them for itself. */
static void free_domains(struct keeper *k, span list)
{
	span line;

	while (span_line(&list, &line)) {
		line = span_trim(span_first(line, span_find_byte(line, '#')));
		if (line.n != 0)
			directory_free_domain(k->directory, &k->dictionary, line);
	}
}

/* Lists, directory and dictionary, and the digest of all of them. */
static enum errc prepare(struct keeper *k, const struct attribute_options *o, struct digest *d, struct err *e)
{
	const struct headings *h;
	const char *first;
	span lists[6];
	enum errc rc;

	if ((rc = words_read(k->keep, o->rules, "freemail.txt", WORD_LISTED, &k->freemail, &lists[0], e)) != OK ||
	    (rc = words_read(k->keep, o->rules, "infrastructure.txt", WORD_LISTED, &k->infrastructure, &lists[1],
	         e)) != OK ||
	    (rc = words_read(k->keep, o->rules, "tenants.txt", WORD_TENANTS, &k->infrastructure, &lists[5], e)) != OK ||
	    (rc = words_read(k->keep, o->rules, "common-words.txt", WORD_COMMON, &k->vocabulary, &lists[2], e)) != OK ||
	    (rc = words_read(k->keep, o->rules, "legal-forms.txt", WORD_LEGAL, &k->vocabulary, &lists[3], e)) != OK ||
	    (rc = words_read(k->keep, o->rules, "given-names.txt", WORD_GIVEN, &k->vocabulary, &lists[4], e)) != OK ||
	    (rc = directory_open(&k->directory, k->keep, o->directory, k->config, &k->vocabulary, &k->freemail, e)) != OK ||
	    (rc = dictionary_open(&k->dictionary, directory_dictionary(k->directory), e)) != OK ||
	    (rc = domains_new(&k->domains, &k->dictionary, &k->freemail, &k->infrastructure, e)) != OK)
		return rc;
	if ((k->org_ids = calloc(directory_size(k->directory), sizeof *k->org_ids)) == NULL)
		return err_memory(e);
	free_domains(k, lists[0]);
	k->tally->directory_orgs = directory_orgs(k->directory);
	h = directory_headings(k->directory);
	(void)snprintf(k->tally->unknown, sizeof k->tally->unknown, "%s", h->unknown);
	k->tally->n_unknown = h->n_unknown;
	k->tally->no_names = h->no_names;
	k->tally->no_domains = h->no_domains;
	k->tally->no_contacts = h->no_contacts;
	k->tally->problems = directory_problems(k->directory, &first);
	(void)snprintf(k->tally->first_problem, sizeof k->tally->first_problem, "%s", first);
	return digest_of(k, lists, sizeof lists / sizeof *lists, d, e);
}

/* Legal forms and given names, as the workers get them. */
static void put_words(const struct words *w, struct buf *b)
{
	for (size_t i = 0; i < w->cap; i++)
		if ((w->slots[i] & (WORD_LEGAL | WORD_GIVEN)) != 0)
			buf_u64(b, w->slots[i]);
}

static enum errc read_mail(struct keeper *k, const struct attribute_options *o, struct err *e)
{
	struct evidence_run run = {.store = k->store, .case_dir = k->config->dir, .job = &attribute_job,
	    .init_fd = directory_dictionary(k->directory),
	    .n_workers = o->workers, .without_jail = o->without_jail, .progress = o->progress, .ctx = k,
	    .next_ids = next_ids, .input = input, .on_message = on_message, .on_failed = on_failed};
	struct buf init;
	enum errc rc;

	buf_init(&init, MIB);
	put_words(&k->vocabulary, &init);
	run.init = buf_span(&init);
	if ((rc = buf_check(&init, e)) == OK && (!o->progress || (rc = orgs_due_bytes(k->store, &run.all_bytes, e)) == OK) &&
	    (rc = orgs_due_shut(k->store, o->reopen, k->config->try_passwords, &k->tally->shut, e)) == OK)
		rc = evidence_read(&run, e);
	buf_free(&init);
	return rc;
}

static enum errc note(struct keeper *k, const struct digest *d, bool jailed, struct err *e)
{
	struct ledger_note note;

	if (k->tally->messages == 0)
		return OK;
	ledger_begin(&note);
	json_digest(&note.j, "directory", d);
	json_u64(&note.j, "directory_organisations", k->tally->directory_orgs);
	json_u64(&note.j, "messages", k->tally->messages);
	json_u64(&note.j, "failed", k->tally->failed);
	json_bool(&note.j, "jailed", jailed);
	return ledger_end(&note, k->store, "attribute", e);
}

static void keeper_free(struct keeper *k)
{
	domains_free(k->domains);
	dictionary_close(&k->dictionary);
	directory_close(k->directory);
	free(k->org_ids);
	free(k->addresses);
	arena_free(k->keep);
	arena_free(k->batch);
	arena_free(k->scratch);
	arena_free(k->secrets);
}

enum errc attribute_run(struct store *st, const struct case_config *config, const struct attribute_options *options,
    struct attribute_tally *tally, struct err *e)
{
	struct keeper k = {.store = st, .config = config, .tally = tally, .reopen.all = options->passwords};
	struct digest d;
	enum errc rc;

	*tally = (struct attribute_tally){0};
	if ((rc = arena_new(&k.keep, 4 * GIB, e)) != OK || (rc = arena_new(&k.batch, GIB, e)) != OK ||
	    (rc = arena_new(&k.secrets, GIB, e)) != OK ||
	    (rc = arena_new(&k.scratch, GIB, e)) != OK || (rc = prepare(&k, options, &d, e)) != OK ||
	    (rc = scope_drop_links(st, e)) != OK || (options->reopen && (rc = findings_whose_again(st, 0, e)) != OK) ||
	    (rc = orgs_begin(st, &d, options->directory != NULL ? options->directory : "", directory_orgs(k.directory),
	    &k.directory_id, &tally->anew, e)) != OK || (tally->anew && (rc = told_keep(&k, options->same, e)) != OK) || (rc = put_ourselves(&k, e)) != OK ||
	    (rc = put_conflicts(&k, e)) != OK || (rc = store_commit(st, e)) != OK || (rc = read_mail(&k, options, e)) != OK ||
	    (rc = orgs_finish(st, e)) != OK || (rc = note(&k, &d, !options->without_jail, e)) != OK || (rc = store_commit(st, e)) != OK)
		goto out;
	rc = orgs_counts(st, &tally->count, e);
out:
	keeper_free(&k);
	return rc;
}
