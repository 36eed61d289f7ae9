/* notify contacts discover, import, keys, show. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/near.h"
#include "base/progress.h"
#include "cmd/notify.h"
#include "contacts/contacts.h"
#include "jail/jail.h"
#include "store/contacts.h"

static void tell_discovered(struct buf *out, const struct contacts_tally *t, bool as_json)
{
	struct json j = json_to(out);

	if (!as_json) {
		cmd_line(out, "organisations", "%" PRIu64 " with %" PRIu64 " domains", t->orgs, t->domains);
		cmd_line(out, "asked", "%" PRIu64 " (%" PRIu64 " known from before)", t->asked, t->cached);
		cmd_line(out, "no answer", "%" PRIu64, t->failed);
		cmd_line(out, "not read whole", "%" PRIu64, t->unread);
		cmd_line(out, "addresses", "%" PRIu64 " to be written to, %" PRIu64 " not (expired, relays, for a person to judge)", t->found, t->unusable);
		cmd_line(out, "fewer than two", "%" PRIu64 " organisations: tocsin notify contacts show --thin", t->thin);
		return;
	}
	json_open(&j, NULL, '{');
	json_u64(&j, "organisations", t->orgs);
	json_u64(&j, "domains", t->domains);
	json_u64(&j, "asked", t->asked);
	json_u64(&j, "cached", t->cached);
	json_u64(&j, "failed", t->failed);
	json_u64(&j, "not_read_whole", t->unread);
	json_u64(&j, "found", t->found);
	json_u64(&j, "not_written_to", t->unusable);
	json_u64(&j, "thin", t->thin);
	json_close(&j, '}');
	json_end_line(&j);
}

static enum errc discover(struct cmd *c, const char *org, uint64_t days, const char *csirts, struct buf *out, int *status)
{
	struct contacts_discover o = {.org = org, .now_utc = time_now(), .progress = !c->quiet, .without_jail = c->without_jail};
	struct contacts_tally t;
	const char *law;
	enum errc rc;

	o.stale_utc = o.now_utc - (int64_t)days * 86400 + (days == 0);
	if (csirts == NULL) {
		if ((rc = cmd_share(c, NULL, "TOCSIN_LAW", "law", &law)) != OK)
			return rc;
		if ((csirts = arena_printf(c->a, "%s/csirts.csv", law)) == NULL)
			return err_memory(&c->e);
	}
	o.csirts = csirts;
	if ((rc = contacts_discover(c->store, &c->config, &o, &t, &c->e)) != OK)
		return rc;
	*status = t.failed != 0 || t.unread != 0;
	tell_discovered(out, &t, c->json);
	return OK;
}

static enum errc import(struct cmd *c, const char *path, struct buf *out)
{
	struct json j = json_to(out);
	char n_text[32];
	uint64_t n;
	enum errc rc = contacts_import(c->store, path, time_now(), &n, &c->e);

	if (rc != OK)
		return rc;
	(void)snprintf(n_text, sizeof n_text, "%" PRIu64, n);
	if ((rc = ledger_say(c->store, "contacts imported", &c->e, "file", path, "contacts", n_text, NULL)) != OK ||
	    (rc = store_commit(c->store, &c->e)) != OK)
		return rc;
	if (c->json) {
		json_open(&j, NULL, '{');
		json_u64(&j, "contacts", n);
		json_close(&j, '}');
		json_end_line(&j);
	} else {
		buf_printf(out, "%" PRIu64 " contact%s taken. Next: tocsin notify contacts show\n", n, cmd_s(n));
	}
	return OK;
}

static enum errc tell_key(struct cmd *c, const struct recipient_found *f, struct buf *out)
{
	static const char *const states[] = {"known", "found", "none", "unusable", "no_answer"};
	struct json j = json_to(out);

	if (c->json) {
		json_open(&j, NULL, '{');
		json_str(&j, "address", f->address);
		json_str(&j, "state", states[f->state]);
		json_str(&j, "file", f->state == RECIPIENT_FOUND ? f->path : "");
		json_str(&j, "why", f->why);
		json_close(&j, '}');
		json_end_line(&j);
	} else if (f->state != RECIPIENT_NONE) {
		buf_printf(out, "%-10s ", states[f->state]);
		cmd_shown(out, f->address);
		buf_str(out, *f->why != '\0' ? ": " : "");
		cmd_shown(out, f->why);
		buf_byte(out, '\n');
	}
	return buf_check(out, &c->e);
}

/* The keys of the addresses that would be written to, one after the other. */
static enum errc keys(struct cmd *c, const char *org, struct buf *out, int *status)
{
	struct recipients recipients = {.without_jail = c->without_jail};
	struct notify n = {.store = c->store, .config = &c->config, .now_utc = time_now(), .recipients = &recipients};
	struct progress progress;
	struct contact_org *orgs;
	struct contact_known *v;
	struct arena *a;
	size_t n_orgs, n_v, found = 0, none = 0, asked = 0;
	enum errc rc;

	if ((!c->without_jail && (rc = jail_possible(&c->e)) != OK) || (rc = arena_new(&a, 256 * MIB, &c->e)) != OK)
		return rc;
	rc = contact_orgs(c->store, c->a, org, &orgs, &n_orgs, &c->e);
	progress_begin(&progress, !c->quiet, "keys", "addresses", 0);
	for (size_t i = 0; rc == OK && i < n_orgs; i++) {
		arena_reset(a);
		rc = contacts_of(c->store, a, orgs[i].id, &v, &n_v, &c->e);
		for (size_t k = 0; rc == OK && k < n_v; k++) {
			struct recipient_found f;

			if (!v[k].mail || v[k].state != CONTACT_USABLE)
				continue;
			progress_show(&progress);
			progress.done_items++;
			if ((rc = recipient_find(a, &n, v[k].address, &f, &c->e)) != OK || (rc = tell_key(c, &f, out)) != OK)
				break;
			asked += f.state != RECIPIENT_KNOWN;
			found += f.state == RECIPIENT_FOUND;
			none += f.state == RECIPIENT_NONE;
			*status |= f.state == RECIPIENT_UNUSABLE || f.state == RECIPIENT_NO_ANSWER;
		}
	}
	progress_end(&progress);
	recipients_close(&recipients);
	arena_free(a);
	if (rc == OK && !c->json)
		buf_printf(out, "%zu asked for, %zu found, %zu without one. Compare each fingerprint with its owner before you rely on it:\n"
		    "gpg --show-keys %s/keys/recipients/ADDRESS.asc\n", asked, found, none, c->dir);
	return rc;
}

/* Only showing a case needs no lock: known before it is opened. */
static bool only_shows(int argc, char **argv) { return argc > 0 && strcmp(argv[0], "show") == 0; }

enum errc notify_cmd_contacts(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	const char *org = NULL, *csirts = NULL, *const *operand;
	uint64_t days = 7;
	bool thin = false, tasks = false;
	const struct cmd_option options[] = {
	    {"org", "ORG", "discover, keys: only this organisation, by its key, name or domain", .text = &org},
	    {"max-age", "DAYS", "discover: answers so old are asked for again (7; 0: all)", .number = &days},
	    {"csirts", "FILE", "discover: CSV of country, name, address, source, checked; else the one that is installed", .text = &csirts, .read = true},
	    {"thin", NULL, "show: only those with fewer than two independent addresses", .flag = &thin},
	    {"tasks", NULL, "show: only those whom somebody has to call or to write a letter: who, and by when", .flag = &tasks},
	};
	struct verb own = *v;
	struct near near;
	struct buf out;
	size_t n;
	enum errc rc;

	if (only_shows(argc, argv))
		own.need = NEED_CASE_READ;
	if ((rc = cmd_start(c, &own, argc, argv, options, sizeof options / sizeof options[0], &operand, &n)) != OK)
		return rc;
	if (days > 3650)
		return err_set(&c->e, ERR_USAGE, "--max-age wants days, at most 3650");
	buf_init(&out, (size_t)2 << 30);
	if (n == 1 && strcmp(operand[0], "discover") == 0)
		rc = discover(c, org, days, csirts, &out, status);
	else if ((n == 1 || n == 2) && strcmp(operand[0], "keys") == 0)
		rc = keys(c, n == 2 ? operand[1] : org, &out, status);
	else if (n == 2 && strcmp(operand[0], "import") == 0)
		rc = cmd_file(c, operand[1]) != OK ? c->e.code : import(c, operand[1], &out);
	else if ((n == 1 || n == 2) && strcmp(operand[0], "show") == 0)
		rc = contacts_show(c->store, &(struct contacts_show){.org = n == 2 ? operand[1] : org, .thin = thin, .tasks = tasks, .as_json = c->json,
		    .owner = c->config.delivery.task_owner, .days = c->config.delivery.task_days, .now_utc = time_now()}, &out, &c->e);
	else {
		near = near_among(span_str(n != 0 ? operand[0] : ""), SPAN_WORDS("discover", "import", "keys", "show"));
		rc = err_set(&c->e, ERR_USAGE, "wants discover, import FILE, keys [ORG], or show [ORG]%s; see tocsin notify contacts --help", near_says(&near));
	}
	if (rc == OK)
		rc = cmd_print(&out, &c->e);
	buf_free(&out);
	return rc;
}
