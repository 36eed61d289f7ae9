#include "attribute/attribute.h"

#include <inttypes.h>
#include <string.h>

#include "base/near.h"
#include "cmd/verbs.h"
#include "store/orgs.h"

static bool no_mail(const struct attribute_tally *t)
{
	int64_t n = 0;

	for (int d = DISPOSITION_DOSSIER; d <= DISPOSITION_UNREADABLE; d++)
		n += t->count.dispositions[d];
	return n == 0;
}

/* A number, and of what the first is: words of the directory, which somebody else wrote. */
static void tell_first(struct buf *out, const char *name, uint64_t n, const char *first)
{
	struct buf shown;

	buf_init(&shown, 4096);
	cmd_shown(&shown, first);
	cmd_line(out, name, "%" PRIu64 "; the first: %s", n, buf_cstr(&shown));
	buf_free(&shown);
}

static void tell_headings(struct buf *out, uint64_t n, const char *headings)
{
	struct buf shown;

	buf_init(&shown, 4096);
	cmd_shown(&shown, headings);
	cmd_line(out, "columns not understood", "%" PRIu64 ": %s", n, buf_cstr(&shown));
	buf_free(&shown);
}

static void tell_text(struct buf *out, const struct attribute_tally *t)
{
	const int64_t *d = t->count.dispositions;

	if (t->anew)
		buf_str(out, "Under another directory, lists, policy or scan than the last time: all links were made anew.\n");
	cmd_line(out, "directory", "%" PRIu64 " organisations", t->directory_orgs);
	if (t->n_unknown != 0)
		tell_headings(out, t->n_unknown, t->unknown);
	if (t->no_names || t->no_domains || t->no_contacts)
		cmd_line(out, "no column has", "%s%s%s%s%s (headings: tocsin-attribute(1))", t->no_names ? "names" : "", t->no_names && t->no_domains ? ", " : "",
		    t->no_domains ? "domains" : "", (t->no_names || t->no_domains) && t->no_contacts ? ", " : "", t->no_contacts ? "contacts: nobody can be written to by it" : "");
	cmd_line(out, "messages done", "%" PRIu64, t->messages);
	if (no_mail(t))
		buf_str(out, "There is no mail in scope: tocsin ingest reads it, tocsin scope says what of it the intruder reached.\n");
	cmd_line(out, "organisations concerned", "%" PRId64 ", %" PRId64 " of them not in the directory", t->count.orgs,
	    t->count.derived);
	if (t->renamed != 0)
		tell_first(out, "told under another name", t->renamed, t->first_renamed);
	if (t->joined != 0)
		tell_first(out, "told, and one with another", t->joined, t->first_joined);
	cmd_line(out, "links", "%" PRId64, t->count.links);
	cmd_line(out, "owners of secrets", "%" PRId64, t->count.owners);
	cmd_line(out, "private persons", "%" PRId64, t->count.persons);
	cmd_line(out, "messages", "%" PRId64 " in dossiers, %" PRId64 " internal, %" PRId64 " private, %" PRId64 " bulk, %" PRId64
	    " nobody's, %" PRId64 " unreadable", d[DISPOSITION_DOSSIER], d[DISPOSITION_INTERNAL], d[DISPOSITION_PRIVATE],
	    d[DISPOSITION_BULK], d[DISPOSITION_NOBODY], d[DISPOSITION_UNREADABLE]);
	if (t->count.conflicts != 0)
		cmd_line(out, "conflicts to settle", "%" PRId64 " (a domain of two organisations: tocsin list conflicts)", t->count.conflicts);
	if (t->shut != 0)
		cmd_line(out, "not opened again", "%" PRIu64 " messages: give the passwords that scan was given once more, --passwords FILE", t->shut);
	if (t->problems != 0)
		tell_first(out, "directory cells passed over", t->problems, t->first_problem);
}

static void tell_json(struct buf *out, const struct attribute_tally *t, bool jailed)
{
	struct json j = json_to(out);

	json_open(&j, NULL, '{');
	json_u64(&j, "directory_organisations", t->directory_orgs);
	json_u64(&j, "directory_columns_not_understood", t->n_unknown);
	json_str(&j, "columns_not_understood", t->unknown);
	json_open(&j, "no_column_has", '[');
	if (t->no_names)
		json_str(&j, NULL, "names");
	if (t->no_domains)
		json_str(&j, NULL, "domains");
	if (t->no_contacts)
		json_str(&j, NULL, "contacts");
	json_close(&j, ']');
	json_u64(&j, "directory_problems", t->problems);
	json_str(&j, "first_problem", t->problems != 0 ? t->first_problem : NULL);
	json_bool(&j, "anew", t->anew);
	json_u64(&j, "messages", t->messages);
	json_u64(&j, "failed", t->failed);
	json_u64(&j, "not_opened_again", t->shut);
	json_i64(&j, "organisations", t->count.orgs);
	json_i64(&j, "derived", t->count.derived);
	json_u64(&j, "renamed", t->renamed);
	json_u64(&j, "joined", t->joined);
	json_i64(&j, "links", t->count.links);
	json_i64(&j, "owners", t->count.owners);
	json_i64(&j, "persons", t->count.persons);
	json_i64(&j, "conflicts", t->count.conflicts);
	json_open(&j, "dispositions", '{');
	for (int d = DISPOSITION_DOSSIER; d <= DISPOSITION_UNREADABLE; d++)
		json_i64(&j, disposition_name(d), t->count.dispositions[d]);
	json_close(&j, '}');
	json_bool(&j, "jailed", jailed);
	json_close(&j, '}');
	json_end_line(&j);
}

/* Who leaves the directory out by mistake loses every name and contact, and mail that waits to be sent stays: it is said once more or given up by name. */
static enum errc same_directory(struct cmd *c, const char **given)
{
	const char *before;
	int64_t n;
	enum errc rc;

	if (*given != NULL && strcmp(*given, "none") != 0) {
		if ((rc = cmd_file(c, *given)) != OK)
			err_in(&c->e, "--directory");
		return rc;
	}
	if (*given != NULL) {
		*given = NULL;
		return OK;
	}
	if ((rc = orgs_directory(c->store, c->a, &before, &n, &c->e)) == OK && n != 0)
		rc = err_set(&c->e, ERR_USAGE, "this case's organisations are from %s: give it again, --directory FILE, or --directory none to go by domains alone",
		    before);
	return rc;
}

enum errc cmd_attribute(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	struct attribute_options o = {0};
	const char *rules = NULL, *passwords = NULL, *same = NULL;
	const struct cmd_option options[] = {
	    {"directory", "FILE", "CSV of the organisations that we know, with their domains and contacts; none: go by domains alone", .text = &o.directory},
	    {"rules", "DIR", "folder of rules and lists", .text = &rules, .read = true},
	    {"same-by", "name|domain", "of organisations that were told and have exchanged domains, who is the same as before", .text = &same},
	    {"passwords", "FILE", "those that scan was given, to read again what they opened", .text = &passwords, .read = true},
	};
	struct attribute_tally tally;
	const char *const *operand;
	struct buf out, given;
	struct near near;
	size_t n;
	enum errc rc;

	if ((rc = cmd_start(c, v, argc, argv, options, sizeof options / sizeof options[0], &operand, &n)) != OK)
		return rc;
	digests_only();
	if (n != 0)
		return err_set(&c->e, ERR_USAGE, "takes no operand, but got %s; the directory is named with --directory", operand[0]);
	if (same != NULL && strcmp(same, "name") != 0 && strcmp(same, "domain") != 0) {
		near = near_among(span_str(same), SPAN_WORDS("name", "domain"));
		return err_set(&c->e, ERR_USAGE, "--same-by wants name or domain, not \"%s\"%s", same, near_says(&near));
	}
	o.same = same == NULL ? SAME_UNSAID : *same == 'n' ? SAME_BY_NAME : SAME_BY_DOMAIN;
	if ((rc = same_directory(c, &o.directory)) != OK)
		return rc;
	if ((rc = cmd_share(c, rules, "TOCSIN_RULES", "rules", &o.rules)) != OK)
		return rc;
	o.workers = c->workers;
	o.without_jail = c->without_jail;
	o.progress = !c->quiet;
	o.reopen = passwords != NULL;
	if ((rc = cmd_reopen(c, o.rules, passwords, &given)) == OK) {
		o.passwords = buf_span(&given);
		rc = attribute_run(c->store, &c->config, &o, &tally, &c->e);
	}
	buf_wipe(&given);
	if (rc != OK)
		return rc;
	*status = tally.shut != 0 || tally.failed != 0 || tally.problems != 0 || tally.count.conflicts != 0;
	buf_init(&out, 65536);
	if (c->json)
		tell_json(&out, &tally, !c->without_jail);
	else
		tell_text(&out, &tally);
	rc = cmd_print(&out, &c->e);
	buf_free(&out);
	return rc;
}
