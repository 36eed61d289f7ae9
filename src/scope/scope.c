/* The stage: logs read, the actor kept, every message judged, and what changed said. */
#include "scope/scope.h"

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
	struct buf b;
	struct json j = json_to(&b);
	enum errc rc;

	buf_init(&b, 64 * KIB);
	json_open(&j, NULL, '{');
	json_u64(&j, "files", t->files);
	json_u64(&j, "records", t->records);
	json_u64(&j, "duplicates", t->duplicates);
	json_u64(&j, "failed", t->failed);
	json_str(&j, "actor", actor != NULL ? digest_hex(&actor->digest, hex) : NULL);
	json_u64(&j, "accessed", t->messages[VERDICT_ACCESSED]);
	json_u64(&j, "presumed", t->messages[VERDICT_PRESUMED]);
	json_u64(&j, "not_accessed", t->messages[VERDICT_NOT_ACCESSED]);
	json_u64(&j, "unknown", t->messages[VERDICT_UNKNOWN]);
	json_u64(&j, "changed", t->changed);
	json_u64(&j, "entered_scope", t->entered);
	json_u64(&j, "left_scope", t->left);
	json_bool(&j, "jailed", !without_jail);
	json_close(&j, '}');
	rc = ledger_add(st, "scope", buf_cstr(&b), e);
	buf_free(&b);
	return rc;
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
	if (o->n_logs != 0 && (rc = logs_read(st, config, o, tally, e)) != OK)
		goto out;
	if ((rc = judge_new(&j, st, config, actor, e)) != OK || (rc = judge_write(j, tally, e)) != OK)
		goto out;
	if (o->actor != NULL && (rc = keep_actor(st, a, o->actor, e)) != OK)
		goto out;
	if (tally->files != 0 || tally->changed != 0 || o->actor != NULL)
		rc = note(st, actor, tally, o->without_jail, e);
	if (rc == OK)
		rc = store_commit(st, e);
out:
	judge_free(j);
	arena_free(a);
	return rc;
}

/* ---- what another assumption would change ---- */

static void what_if_text(struct buf *out, uint64_t counts[4], uint64_t entered, uint64_t left)
{
	buf_printf(out, "accessed %llu, presumed %llu, not accessed %llu, unknown %llu\n", (unsigned long long)counts[VERDICT_ACCESSED],
	    (unsigned long long)counts[VERDICT_PRESUMED], (unsigned long long)counts[VERDICT_NOT_ACCESSED],
	    (unsigned long long)counts[VERDICT_UNKNOWN]);
	buf_printf(out, "%llu messages would enter scope, %llu would leave it\n", (unsigned long long)entered, (unsigned long long)left);
}

static enum errc what_if_orgs(struct store *st, const struct case_config *config, const struct judged_message *m, size_t n, struct json *j, struct buf *out,
    struct err *e)
{
	struct scope_orgs *orgs;
	enum errc rc = scope_orgs_new(&orgs, st, e);
	struct scope_org o;

	for (size_t i = 0; i < n && rc == OK; i++)
		rc = scope_orgs_message(orgs, m[i].id, in_scope(config, m[i].before), in_scope(config, m[i].verdict), e);
	if (j != NULL)
		json_open(j, "organisations", '[');
	while (rc == OK && scope_orgs_next(orgs, &o, &rc, e)) {
		if (o.before == o.after)
			continue;
		if (j != NULL) {
			json_open(j, NULL, '{');
			json_span(j, "org", o.key);
			json_str(j, "change", o.before == 0 ? "enters" : o.after == 0 ? "leaves" : o.after > o.before ? "more" : "less");
			json_u64(j, "before", o.before);
			json_u64(j, "after", o.after);
			json_close(j, '}');
		} else {
			buf_str(out, "  ");
			utf8_show(out, o.key);
			buf_printf(out, ": %llu messages, now %llu\n", (unsigned long long)o.after, (unsigned long long)o.before);
		}
	}
	if (j != NULL)
		json_close(j, ']');
	scope_orgs_free(orgs);
	return rc;
}

/* change: above 0 enters scope, below leaves it */
static void what_if_message(struct json *j, struct buf *out, const struct judged_message *m, int change)
{
	static const char *const words[] = {"leaves", "stays", "enters"};

	if (j == NULL) {
		buf_str(out, "  ");
		utf8_show(out, m->rfc822_id);
		buf_printf(out, ": %s, now %s (%s)\n", verdict_name((int)m->verdict), verdict_name((int)m->before), words[change + 1]);
		return;
	}
	json_open(j, NULL, '{');
	json_span(j, "message_id", m->rfc822_id);
	json_str(j, "before", verdict_name((int)m->before));
	json_str(j, "after", verdict_name((int)m->verdict));
	json_str(j, "change", words[change + 1]);
	json_close(j, '}');
}

enum errc scope_what_if(struct store *st, const struct case_config *config, const char *actor, bool as_json,
    struct buf *out, struct err *e)
{
	struct actor_file *f;
	struct judge *judge = NULL;
	struct json j = json_to(out), *to = as_json ? &j : NULL;
	const struct judged_message *m;
	uint64_t counts[4] = {0}, entered = 0, left = 0;
	struct arena *a = NULL;
	size_t n = 0;
	enum errc rc;

	if ((rc = arena_new(&a, 64 * MIB, e)) != OK || (rc = actor_of(st, a, actor, &f, e)) != OK ||
	    (rc = judge_new(&judge, st, config, f, e)) != OK)
		goto out;
	m = judge_messages(judge, &n);
	if (to != NULL) {
		json_open(to, NULL, '{');
		json_open(to, "messages", '[');
	}
	for (size_t i = 0; i < n; i++) {
		int change;

		counts[m[i].verdict]++;
		if (m[i].before == m[i].verdict)
			continue;
		change = in_scope(config, m[i].verdict) - in_scope(config, m[i].before);
		entered += change > 0;
		left += change < 0;
		what_if_message(to, out, &m[i], change);
	}
	if (to != NULL) {
		json_close(to, ']');
		for (size_t v = 0; v < 4; v++)
			json_u64(to, verdict_name((int)v), counts[v]);
		json_u64(to, "entered_scope", entered);
		json_u64(to, "left_scope", left);
	} else {
		what_if_text(out, counts, entered, left);
	}
	if ((rc = what_if_orgs(st, config, m, n, to, out, e)) == OK && to != NULL) {
		json_close(to, '}');
		json_end_line(to);
	}
	if (rc == OK)
		rc = buf_check(out, e);
out:
	judge_free(judge);
	arena_free(a);
	return rc;
}
