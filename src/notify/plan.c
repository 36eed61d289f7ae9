#include "base/clock.h"
#include "base/json.h"
#include "base/limits.h"
#include "notify/private.h"

/*
 * "TN-7Q4K-2M9D": 40 bits of HMAC(case key, "notice" || wave || organisation || address) in Crockford's base32, which
 * has no letters that are taken for digits on the telephone. `again` counts up where another notice has the number.
 */
static enum errc notice_id(const struct notify *n, int64_t wave, const char *org, const char *address, uint32_t again,
    char out[16], struct err *e)
{
	struct digest d;
	struct buf b;
	uint64_t bits = 0;
	enum errc rc;

	buf_init(&b, MIB);
	buf_bytes(&b, SPAN_LIT("notice"));
	buf_u64(&b, (uint64_t)wave);
	buf_bytes(&b, span_str(org));
	buf_bytes(&b, span_str(address));
	buf_u32(&b, again);
	if ((rc = buf_check(&b, e)) == OK) {
		hmac_sha256(n->key, buf_span(&b), &d);
		for (size_t i = 0; i < 5; i++)
			bits = bits << 8 | d.b[i];
		memcpy(out, "TN-XXXX-XXXX", 13);
		for (size_t i = 0; i < 8; i++)
			out[i < 4 ? 3 + i : 4 + i] = CROCKFORD[bits >> (35 - 5 * i) & 31];
	}
	buf_free(&b);
	return rc;
}

static enum errc add_notice(const struct notify *n, int64_t wave, const struct wave_org *org, struct notice *v,
    struct err *e)
{
	char id[16];
	bool taken = true;
	enum errc rc = OK;

	for (uint32_t again = 0; taken && rc == OK; again++)
		if ((rc = notice_id(n, wave, org->key, v->address, again, id, e)) == OK)
			rc = notice_exists(n->store, id, &taken, e);
	if (rc != OK)
		return rc;
	v->id = id;
	rc = notice_put(n->store, wave, org->id, v, e);
	v->id = NULL;
	return rc;
}

/* One notice for each contact that may be written to; where there is none, a row that says why. */
static enum errc add_notices_to(const struct notify *n, struct arena *a, int64_t wave, const struct wave_org *org, struct notice v, struct err *e)
{
	struct wave_contact *c;
	struct recipient_key key;
	size_t n_contacts, n_written = 0;
	bool intruder;
	enum errc rc = wave_contacts(n->store, a, org->id, &c, &n_contacts, e);

	if (rc != OK || (rc = wave_maybe_intruder(n->store, org->id, &intruder, e)) != OK)
		return rc;
	for (size_t i = 0; i < n_contacts && !intruder && rc == OK; i++) {
		if (n->config->encrypt == ENCRYPT_REQUIRED && ((rc = recipient_key(a, n, c[i].address, &key, e)) != OK || key.bytes.n == 0))
			continue;
		n_written++;
		v.address = c[i].address;
		v.contact_role = c[i].role;
		v.state = NOTICE_PLANNED;
		v.place = (int)i;
		rc = add_notice(n, wave, org, &v, e);
	}
	if (rc != OK || n_written != 0)
		return rc;
	v.address = "";
	v.contact_role = intruder ? "writes only in mail that the intruder sent: may be himself" : n_contacts != 0 ? "no key to encrypt to" : "";
	v.state = NOTICE_NO_CONTACT;
	return add_notice(n, wave, org, &v, e);
}

/* We ourselves get the dossier only. */
static enum errc add_notices(const struct notify *n, int64_t wave, struct err *e)
{
	struct arena *a = NULL, *scratch = NULL;
	struct languages languages;
	struct wave_org *orgs;
	size_t n_orgs;
	enum errc rc;

	if ((rc = arena_new(&a, GIB, e)) != OK || (rc = arena_new(&scratch, GIB, e)) != OK ||
	    (rc = languages_load(a, n->templates, &languages, e)) != OK ||
	    (rc = wave_orgs(n->store, a, wave, &orgs, &n_orgs, e)) != OK)
		goto out;
	for (size_t i = 0; i < n_orgs && rc == OK; i++) {
		const struct notice v = {.language = language_for(&languages, &orgs[i], n->config)->code, .file = ""};

		arena_reset(scratch);
		if (orgs[i].track != TRACK_INTERNAL)
			rc = add_notices_to(n, scratch, wave, &orgs[i], v, e);
	}
out:
	arena_free(scratch);
	arena_free(a);
	return rc;
}

/* Makes room for the next wave: takes back the one that is planned; refuses where one is approved and not written. */
static enum errc next_number(const struct notify *n, int64_t *number, bool *replaced, struct err *e)
{
	struct notify_standing now;
	struct wave w;
	enum errc rc;

	*replaced = false;
	if ((rc = wave_newest(n->store, &w, e)) != OK)
		return rc;
	*number = w.number + 1;
	if (w.number == 0 || w.state == WAVE_WRITTEN)
		return OK;
	*number = w.number;
	*replaced = true;
	if ((rc = wave_stands(n, &w, &now, e)) != OK)
		return rc;
	if (now.state == WAVE_APPROVED)
		return err_set(e, ERR_REFUSED, "wave %lld is approved and not yet written; write it first: tocsin notify write", (long long)w.number);
	return wave_drop(n->store, w.number, e);
}

static enum errc record(const struct notify *n, const struct notify_planned *p, int64_t number, struct err *e)
{
	struct ledger_note note;

	ledger_begin(&note);
	json_i64(&note.j, "wave", number);
	if (p->wave.number != 0) {
		json_digest(&note.j, "plan", &p->wave.plan);
		if (n->reason != NULL)
			json_str(&note.j, "reason", n->reason);
		json_i64(&note.j, "organisations", p->wave.n.organisations);
		json_i64(&note.j, "notices", p->wave.n.notices);
		json_i64(&note.j, "messages", p->wave.n.messages);
		json_i64(&note.j, "exposures", p->wave.n.exposures);
		if (p->withheld.messages + p->withheld.exposures != 0) {
			json_i64(&note.j, "withheld_messages", p->withheld.messages);
			json_i64(&note.j, "withheld_exposures", p->withheld.exposures);
		}
	}
	return ledger_end(&note, n->store, p->wave.number != 0 ? "wave planned" : "wave dropped", e);
}

static enum errc list_conflicts(const struct notify *n, struct arena *a, struct notify_planned *out, struct err *e)
{
	struct conflict_row *rows;
	enum errc rc = wave_conflicts(n->store, a, &rows, &out->n_conflicts, e);

	if (rc != OK)
		return rc;
	if ((out->conflicts = arena_zero(a, out->n_conflicts, sizeof *out->conflicts)) == NULL)
		return err_memory(e);
	for (size_t i = 0; i < out->n_conflicts; i++)
		out->conflicts[i] = (struct notify_conflict){rows[i].domain, rows[i].first, rows[i].second};
	return OK;
}

struct planner { struct summary s; struct store *st; };

static enum errc plan_visit(void *ctx, const struct dossier_view *d, struct err *e)
{
	struct planner *p = ctx;
	enum errc rc = OK;

	for (size_t i = 0; i < d->n_letters && rc == OK; i++)
		if (d->letters[i].eml.n != 0)
			rc = notice_set_digest(p->st, d->letters[i].notice->id, &d->letters[i].sha256, e);
	return rc == OK ? summary_add(&p->s, d, e) : rc;
}

enum errc notify_plan(const struct notify *n, struct arena *a, struct notify_planned *out, struct err *e)
{
	struct notify_wave *v = &out->wave;
	struct planner p = {.s = {.a = a, .out = v, .now_utc = n->now_utc}, .st = n->store};
	struct wave w;
	const char **unread;
	size_t n_unread = 0;
	int64_t number, n_told;
	enum errc rc;

	*out = (struct notify_planned){0};
	if ((rc = ledger_newest(n->store, &out->ahead_utc, e)) != OK || (rc = next_number(n, &number, &out->replaced, e)) != OK ||
	    (rc = wave_freeze(n->store, number, n->now_utc, n->config->notify_mentioned, &n_told, e)) != OK ||
	    (rc = wave_unreached(n->store, &out->unreached, e)) != OK || (rc = wave_messages(n->store, &out->messages, &out->in_scope, e)) != OK ||
	    (rc = reading_unfinished(n->store, a, READING_MAIL, &unread, &n_unread, e)) != OK ||
	    (rc = wave_behind(n->store, &out->unjudged, &out->unscanned, &out->unattributed, e)) != OK ||
	    (rc = parties_changed(n->store, &out->otherwise, e)) != OK ||
	    (rc = wave_persons(n->store, &out->persons, e)) != OK || (rc = wave_untold(n->store, &out->untold, e)) != OK ||
	    (rc = withheld_totals(n->store, n->config->notify_mentioned, &out->withheld, e)) != OK || (rc = list_conflicts(n, a, out, e)) != OK)
		return rc;
	out->unread = (int64_t)n_unread;
	if (out->ahead_utc <= n->now_utc)
		out->ahead_utc = TIME_NONE;
	if (n_told == 0) {
		if (out->replaced && (rc = record(n, out, number, e)) != OK)
			return rc;
		return store_commit(n->store, e);
	}
	if ((rc = add_notices(n, number, e)) != OK || (rc = wave_find(n, (uint64_t)number, &w, e)) != OK)
		return rc;
	p.s.wave = &w;
	if ((rc = wave_walk(n, &w, NULL, true, plan_visit, &p, &v->plan, e)) != OK ||
	    (rc = wave_numbers(n->store, number, &v->n, e)) != OK ||
	    (rc = wave_mark(n->store, number, WAVE_PLANNED, &v->plan, e)) != OK)
		return rc;
	v->number = number;
	v->state = WAVE_PLANNED;
	v->planned_utc = w.planned_utc;
	v->reason = n->reason != NULL ? n->reason : "";
	v->needed = n->config->approvals;
	if ((rc = record(n, out, number, e)) != OK)
		return rc;
	return store_commit(n->store, e);
}
