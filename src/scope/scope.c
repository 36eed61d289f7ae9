/* The stage: logs read, the actor kept, every message judged, and what changed said. */
#include "scope/scope.h"

#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "scope/private.h"

/* The actor file of the case: the one given, else the one that was given before (kept in the case word for word). */
static enum errc actor_of(struct store *st, struct arena *a, const char *given, struct actor_file **out, struct err *e)
{
	struct actor_file *f = arena_zero(a, 1, sizeof *f);
	const char *kept, *name = given;
	span text;
	enum errc rc;

	*out = NULL;
	if (f == NULL)
		return err_memory(e);
	if (given != NULL) {
		if ((rc = io_read_file(a, given, LIMIT_YAML_BYTES, &text, e)) != OK)
			return rc;
	} else {
		if ((rc = store_setting(st, a, "scope_actor", &kept, e)) != OK || kept == NULL)
			return rc;
		text = span_str(kept);
		name = "the actor file of the case";
	}
	if ((rc = actor_read(a, text, name, f, e)) != OK)
		return rc;
	*out = f;
	return OK;
}

static enum errc keep_actor(struct store *st, struct arena *a, const char *given, struct err *e)
{
	span text;
	char *copy;
	enum errc rc = io_read_file(a, given, LIMIT_YAML_BYTES, &text, e);

	if (rc != OK)
		return rc;
	if (memchr(text.p != NULL ? (const void *)text.p : "", 0, text.n) != NULL)
		return err_set(e, ERR_USAGE, "%s: has a NUL in it", given);
	if ((copy = arena_cstr(a, text)) == NULL)
		return err_memory(e);
	return store_set(st, "scope_actor", copy, e);
}

static enum errc note(struct store *st, const struct actor_file *actor, const struct scope_tally *t, bool without_jail, struct err *e)
{
	char hex[DIGEST_HEX];
	struct ledger_note note;

	ledger_begin(&note);
	json_u64(&note.j, "files", t->files);
	json_u64(&note.j, "records", t->records);
	json_u64(&note.j, "duplicates", t->duplicates);
	json_u64(&note.j, "failed", t->failed);
	json_str(&note.j, "actor", actor != NULL ? digest_hex(&actor->digest, hex) : NULL);
	json_u64(&note.j, "accessed", t->messages[VERDICT_ACCESSED]);
	json_u64(&note.j, "presumed", t->messages[VERDICT_PRESUMED]);
	json_u64(&note.j, "not_accessed", t->messages[VERDICT_NOT_ACCESSED]);
	json_u64(&note.j, "unknown", t->messages[VERDICT_UNKNOWN]);
	json_u64(&note.j, "changed", t->changed);
	json_u64(&note.j, "entered_scope", t->entered);
	json_u64(&note.j, "left_scope", t->left);
	json_bool(&note.j, "jailed", !without_jail);
	return ledger_end(&note, st, "scope", e);
}

enum errc scope_run(struct store *st, const struct case_config *config, const struct scope_options *o,
    struct scope_tally *tally, struct err *e)
{
	struct actor_file *actor = NULL;
	struct judge *j = NULL;
	struct arena *a = NULL;
	enum errc rc;

	*tally = (struct scope_tally){0};
	if ((rc = arena_new(&a, 64 * MIB, e)) != OK || (rc = actor_of(st, a, o->actor, &actor, e)) != OK)
		goto out;
	if (o->n_logs != 0 && ((rc = reading_begin(st, READING_LOGS, o->logs, o->n_logs, e)) != OK || (rc = logs_read(st, config, o, tally, e)) != OK ||
	    (rc = events_settle(st, EVENT_LESS, e)) != OK))
		goto out;
	if ((rc = judge_new(&j, st, config, actor, e)) != OK || (rc = judge_write(j, tally, e)) != OK)
		goto out;
	if (o->actor != NULL && (rc = keep_actor(st, a, o->actor, e)) != OK)
		goto out;
	if (tally->files != 0 || tally->changed != 0 || o->actor != NULL)
		rc = note(st, actor, tally, o->without_jail, e);
	if (rc == OK && (rc = reading_end(st, READING_LOGS, o->logs, o->n_logs, e)) == OK)
		rc = store_commit(st, e);
out:
	judge_free(j);
	arena_free(a);
	return rc;
}

/* ---- what another assumption would change ---- */

struct difference {
	struct buf *out;
	struct json *j;         /* NULL: as text */
	uint64_t now[4], then[4]; /* messages, by verdict */
	uint64_t entered, left, stay;
	const struct judged_message *m;
	int change;             /* of m: above 0 enters scope, below leaves it */
};

static int change_of(const struct case_config *config, const struct judged_message *m)
{
	return in_scope(config, m->verdict) - in_scope(config, m->before);
}

static void what_if_text(const struct difference *d)
{
	static const enum verdict order[] = {VERDICT_ACCESSED, VERDICT_PRESUMED, VERDICT_UNKNOWN, VERDICT_NOT_ACCESSED};

	buf_printf(d->out, "%" PRIu64 " messages would enter scope, %" PRIu64 " would leave it, %" PRIu64 " would stay with another verdict\n"
			   "                now    then\n", d->entered, d->left, d->stay);
	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		buf_printf(d->out, "%-12s %6" PRIu64 "  %6" PRIu64 "\n", verdict_name((int)order[i]), d->now[order[i]], d->then[order[i]]);
}

static void what_if_org(const struct difference *d, const struct scope_org *o, bool first)
{
	const char *change = o->before == 0 ? "enters" : o->after == 0 ? "leaves" : o->after > o->before ? "more" : "less";

	if (d->j == NULL) {
		buf_printf(d->out, "%s  %-6s  ", first ? "Organisations, by their messages in scope\n" : "", change);
		utf8_show(d->out, o->key);
		buf_printf(d->out, ": %" PRIu64 " now, %" PRIu64 " then\n", o->before, o->after);
		return;
	}
	json_open(d->j, NULL, '{');
	json_span(d->j, "org", o->key);
	json_str(d->j, "change", change);
	json_u64(d->j, "before", o->before);
	json_u64(d->j, "after", o->after);
	json_close(d->j, '}');
}

static enum errc what_if_orgs(struct store *st, const struct case_config *config, const struct judged_message *m, size_t n,
    const struct difference *d, struct err *e)
{
	struct scope_orgs *orgs;
	enum errc rc = scope_orgs_new(&orgs, st, e);
	struct scope_org o;
	bool first = true;

	for (size_t i = 0; i < n && rc == OK; i++)
		rc = scope_orgs_message(orgs, m[i].id, in_scope(config, m[i].before), in_scope(config, m[i].verdict), e);
	while (rc == OK && scope_orgs_next(orgs, &o, &rc, e)) {
		if (o.before == o.after)
			continue;
		what_if_org(d, &o, first);
		first = false;
	}
	scope_orgs_free(orgs);
	return rc;
}

static enum errc what_if_message(void *ctx, const struct message_told *told, struct err *e)
{
	static const char *const words[] = {"leaves", "stays", "enters"};
	const struct difference *d = ctx;
	const char *now = verdict_name((int)d->m->before), *then = verdict_name((int)d->m->verdict), *change = words[d->change + 1];
	char hex[DIGEST_HEX];

	if (d->j == NULL) {
		buf_printf(d->out, "  %s  %s now, %s then: \"", change, now, then);
		utf8_show(d->out, told->subject);
		buf_str(d->out, "\" from ");
		utf8_show(d->out, told->from.n != 0 ? told->from : SPAN_LIT("nobody who is named"));
		buf_printf(d->out, " (SHA-256 %.12s)\n", digest_hex(&told->sha256, hex));
		return buf_check(d->out, e);
	}
	json_open(d->j, NULL, '{');
	json_digest(d->j, "message_sha256", &told->sha256);
	json_span(d->j, "message_id", d->m->rfc822_id);
	json_span(d->j, "from", told->from);
	json_span(d->j, "subject", told->subject);
	json_str(d->j, "before", now);
	json_str(d->j, "after", then);
	json_str(d->j, "change", change);
	json_close(d->j, '}');
	return buf_check(d->out, e);
}

static enum errc what_if_messages(struct store *st, const struct case_config *config, const struct judged_message *m, size_t n,
    struct difference *d, struct err *e)
{
	enum errc rc = OK;

	if (d->j == NULL && d->entered + d->left + d->stay != 0)
		buf_str(d->out, "Messages (tocsin scope explain tells why it is as it is now)\n");
	for (size_t i = 0; i < n && rc == OK; i++) {
		if (m[i].before == m[i].verdict)
			continue;
		d->m = &m[i];
		d->change = change_of(config, d->m);
		rc = message_of(st, m[i].id, what_if_message, d, e);
	}
	return rc;
}

/* The numbers, the organisations, then the messages: what decides comes first. */
static enum errc what_if_tell(struct store *st, const struct case_config *config, const struct judged_message *m, size_t n,
    struct difference *d, struct err *e)
{
	struct json *j = d->j;
	enum errc rc;

	if (j == NULL) {
		what_if_text(d);
		if ((rc = what_if_orgs(st, config, m, n, d, e)) != OK)
			return rc;
		return what_if_messages(st, config, m, n, d, e);
	}
	json_open(j, NULL, '{');
	for (int v = 0; v < 4; v++)
		json_u64(j, verdict_name(v), d->then[v]);
	json_u64(j, "entered_scope", d->entered);
	json_u64(j, "left_scope", d->left);
	json_open(j, "organisations", '[');
	if ((rc = what_if_orgs(st, config, m, n, d, e)) != OK)
		return rc;
	json_close(j, ']');
	json_open(j, "messages", '[');
	if ((rc = what_if_messages(st, config, m, n, d, e)) != OK)
		return rc;
	json_close(j, ']');
	json_close(j, '}');
	json_end_line(j);
	return OK;
}

enum errc scope_what_if(struct store *st, const struct case_config *config, const char *actor, bool as_json,
    struct buf *out, struct err *e)
{
	struct actor_file *f;
	struct judge *judge = NULL;
	struct json j = json_to(out);
	struct difference d = {.out = out, .j = as_json ? &j : NULL};
	const struct judged_message *m;
	struct arena *a = NULL;
	size_t n = 0;
	enum errc rc;

	if ((rc = arena_new(&a, 64 * MIB, e)) != OK || (rc = actor_of(st, a, actor, &f, e)) != OK ||
	    (rc = judge_new(&judge, st, config, f, e)) != OK)
		goto out;
	m = judge_messages(judge, &n);
	for (size_t i = 0; i < n; i++) {
		int change = change_of(config, &m[i]);

		d.now[m[i].before]++;
		d.then[m[i].verdict]++;
		d.entered += change > 0;
		d.left += change < 0;
		d.stay += change == 0 && m[i].before != m[i].verdict;
	}
	if ((rc = what_if_tell(st, config, m, n, &d, e)) == OK)
		rc = buf_check(out, e);
out:
	judge_free(judge);
	arena_free(a);
	return rc;
}
