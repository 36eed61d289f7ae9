#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/fit.h"
#include "case/names.h"
#include "cmd/notify.h"
#include "notify/notify.h"

enum { MAX_LISTED = 20, NAME_WIDTH = 36 };

static void put_wave_json(struct json *j, const struct notify_wave *w)
{
	json_i64(j, "wave", w->number);
	json_str(j, "state", wave_state_name(w->state));
	json_digest(j, "plan", &w->plan);
	json_time(j, "planned", w->planned_utc);
	json_str(j, "reason", w->reason);
	json_i64(j, "organisations", w->n.organisations);
	json_i64(j, "new", w->n.first);
	json_i64(j, "supplements", w->n.supplements);
	json_i64(j, "anew", w->n.anew);
	json_i64(j, "no_contact", w->n.no_contact);
	json_i64(j, "withdrawn", w->n.withdrawn);
	json_i64(j, "internal", w->n.internal);
	json_i64(j, "persons", w->n.persons);
	json_i64(j, "persons_no_contact", w->n.persons_unreached);
	json_i64(j, "persons_withdrawn", w->n.persons_withdrawn);
	json_i64(j, "messages", w->n.messages);
	json_i64(j, "exposures", w->n.exposures);
	json_i64(j, "notices", w->n.notices);
	json_u64(j, "held", w->n_held);
	json_u64(j, "approvals", w->approvals);
	json_u64(j, "approvals_needed", w->needed);
	json_u64(j, "approvals_outdated", w->outdated);
}

static void put_org_json(struct json *j, const struct notify_org *o)
{
	const struct { const char *name; int64_t n; } roles[] = {{"sent", o->sent}, {"received", o->received}, {"mentioned", o->mentioned}, {"owned", o->owned},
	    {"bulk", o->bulk}};

	json_open(j, NULL, '{');
	json_str(j, "org", o->key);
	json_str(j, "name", o->name);
	json_str(j, "track", track_name(o->track));
	json_i64(j, "version", o->version);
	json_i64(j, "messages", o->messages);
	for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
		if (o->gone)
			json_null(j, roles[i].name);
		else
			json_i64(j, roles[i].name, roles[i].n);
	json_i64(j, "exposures", o->exposures);
	json_str(j, "classes", o->classes);
	json_str(j, "why_none", o->why_none);
	json_bool(j, "withdrawn", o->withdrawn);
	json_str(j, "hold", o->hold != 0 ? hold_state_name(o->hold) : "");
	json_open(j, "notices", '[');
	for (size_t i = 0; i < o->n_contacts; i++) {
		json_open(j, NULL, '{');
		json_str(j, "notice", o->notices[i]);
		json_str(j, "address", o->contacts[i]);
		json_close(j, '}');
	}
	json_close(j, ']');
	json_close(j, '}');
}

/* ---- plan ---------------------------------------------------------------------------------------------------- */

static void put_plan_json(struct buf *out, const struct notify_planned *p)
{
	struct json j = json_to(out);

	json_open(&j, NULL, '{');
	if (p->wave.number != 0)
		put_wave_json(&j, &p->wave);
	else
		json_null(&j, "wave");
	json_bool(&j, "replaced", p->replaced);
	json_i64(&j, "unreached", p->unreached);
	json_i64(&j, "messages", p->messages);
	json_i64(&j, "messages_in_scope", p->in_scope);
	json_i64(&j, "unread", p->unread);
	json_i64(&j, "unjudged", p->unjudged);
	json_i64(&j, "unscanned", p->unscanned);
	json_i64(&j, "unattributed", p->unattributed);
	json_bool(&j, "attributed_otherwise", p->otherwise);
	json_time(&j, "ledger_ahead", p->ahead_utc);
	json_i64(&j, "private_persons", p->persons);
	json_i64(&j, "exposures_untold", p->untold);
	withheld_json(&j, &p->withheld);
	json_open(&j, "without_contact", '[');
	for (size_t i = 0; i < p->wave.n_orgs; i++)
		if (p->wave.orgs[i].track != TRACK_INTERNAL && p->wave.orgs[i].n_contacts == 0)
			json_str(&j, NULL, p->wave.orgs[i].key);
	json_close(&j, ']');
	json_open(&j, "conflicts", '[');
	for (size_t i = 0; i < p->n_conflicts; i++) {
		json_open(&j, NULL, '{');
		json_str(&j, "domain", p->conflicts[i].domain);
		json_str(&j, "first", p->conflicts[i].first);
		json_str(&j, "second", p->conflicts[i].second);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_close(&j, '}');
	json_end_line(&j);
}

static void put_unreached(struct buf *out, const struct notify_wave *w)
{
	const size_t all = (size_t)(w->n.no_contact + w->n.persons_unreached);
	size_t n = 0;

	if (all == 0)
		return;
	buf_printf(out, "\nWithout a contact, so that nobody can be told (add contacts to the directory):\n");
	for (size_t i = 0; i < w->n_orgs && n < MAX_LISTED; i++)
		if (w->orgs[i].track != TRACK_INTERNAL && w->orgs[i].n_contacts == 0) {
			n++;
			buf_str(out, "  ");
			cmd_shown(out, w->orgs[i].name);
			buf_printf(out, " (messages: %" PRId64 ", exposures: %" PRId64 ")", w->orgs[i].messages, w->orgs[i].exposures);
			buf_printf(out, w->orgs[i].why_none[0] != '\0' ? ": %s\n" : "\n", w->orgs[i].why_none);
		}
	if (n < all)
		buf_printf(out, "  and %zu more; tocsin notify show lists all\n", all - n);
}

static void put_conflicts(struct buf *out, const struct notify_planned *p)
{
	if (p->n_conflicts == 0)
		return;
	buf_str(out, "\nThe directory gives one domain to two organisations; settle it there and attribute again:\n");
	for (size_t i = 0; i < p->n_conflicts; i++) {
		buf_str(out, "  ");
		cmd_shown(out, p->conflicts[i].domain);
		buf_str(out, ": ");
		cmd_shown(out, p->conflicts[i].first);
		buf_str(out, " and ");
		cmd_shown(out, p->conflicts[i].second);
		buf_byte(out, '\n');
	}
}

/* A plan over half of the mail looks like one over all of it. */
static void put_behind(struct buf *out, const struct notify_planned *p)
{
	if (p->messages == 0 && p->unread == 0)
		buf_str(out, "\nThe case has no mail yet. Run tocsin ingest PATH..., tocsin scan, tocsin attribute, and plan again.\n");
	else if (p->in_scope == 0 && p->messages != 0)
		buf_printf(out, "\nOf %" PRId64 " message%s in the case none is in scope: by the logs that were read, and policy: scope of case.yaml.\n", p->messages,
		    cmd_s((uint64_t)p->messages));
	if (p->unread != 0)
		buf_str(out, "\nNot in it: mail whose reading was stopped before its end. tocsin status says which command goes on; then plan again.\n");
	if (p->unjudged != 0)
		buf_printf(out, "\nJudged by no log: %" PRId64 " message%s read since the last tocsin scope, which count%s as unknown. Run it, and plan again.\n",
		    p->unjudged, cmd_s((uint64_t)p->unjudged), p->unjudged == 1 ? "s" : "");
	if (p->unscanned != 0)
		buf_printf(out, "\nNot in it: %" PRId64 " message%s in scope %s not been scanned. Run tocsin scan, tocsin attribute, and plan again.\n",
		    p->unscanned, cmd_s((uint64_t)p->unscanned), p->unscanned == 1 ? "has" : "have");
	else if (p->unattributed != 0)
		buf_printf(out, "\nNot in it: of %" PRId64 " message%s in scope nobody has said whose %s. Run tocsin attribute, and plan again.\n",
		    p->unattributed, cmd_s((uint64_t)p->unattributed), p->unattributed == 1 ? "it is" : "they are");
	if (p->otherwise)
		buf_str(out, "\nNot as case.yaml says now: its names, domains or policy were others when tocsin attribute ran. Run it with the same directory, and plan again.\n");
	if (p->untold != 0 && p->unscanned + p->unattributed == 0)
		buf_printf(out, "\nTold to nobody: %" PRId64 " exposure%s, in mail of private persons or robots, or that only mentions an organisation.\n"
		    "tocsin report lists %s, under Open questions.\n", p->untold, cmd_s((uint64_t)p->untold), p->untold == 1 ? "it" : "them");
}

static void put_clock(struct buf *out, int64_t ahead_utc, int64_t now_utc)
{
	char newest[TIME_TEXT], now[TIME_TEXT];

	if (ahead_utc != TIME_NONE)
		buf_printf(out, "\nThe clock of this machine says %s, but the ledger has an entry of %s: one of them is wrong, and the notices are dated\n"
		    "by the clock. Set it right if it is not, and plan again.\n", time_rfc3339(now_utc, now), time_rfc3339(ahead_utc, newest));
}

static void put_plan(struct buf *out, const struct notify_planned *p, int64_t now_utc)
{
	const struct notify_wave *w = &p->wave;

	if (w->number == 0) {
		buf_printf(out, "Nothing new to tell anybody%s%s.\n", p->unread + p->unscanned + p->unattributed != 0 ? " of the mail that was looked at" : "", p->replaced ? "; the wave that was planned is dropped" : "");
	} else {
		buf_printf(out, "Wave %" PRId64 " is planned%s.\n", w->number, p->replaced ? " anew" : "");
		cmd_line(out, "organisations, new", "%" PRId64, w->n.first);
		cmd_line(out, "organisations, supplement", "%" PRId64, w->n.supplements);
		if (w->n.anew != 0)
			cmd_line(out, "organisations, told anew", "%" PRId64, w->n.anew);
		cmd_line(out, "without a contact", "%" PRId64 "%s", w->n.no_contact, w->n.no_contact != 0 ? ", in none of these numbers" : "");
		if (w->n_held != 0)
			cmd_line(out, "held or ceased", "%zu: nothing leaves for them (tocsin notify resume ORG)", w->n_held);
		cmd_line(out, "private persons", w->n.persons_unreached != 0 ? "%" PRId64 ", and %" PRId64 " not written to" : "%" PRId64, w->n.persons, w->n.persons_unreached);
		cmd_line(out, "notices", "%" PRId64, w->n.notices);
		cmd_line(out, "messages", "%" PRId64, w->n.messages);
		cmd_line(out, "exposures", "%" PRId64, w->n.exposures);
		cmd_line(out, "our own dossier", "%s", w->n.internal != 0 ? "yes" : "nothing new");
	}
	if (p->unreached != 0)
		cmd_line(out, "still without a contact", "%" PRId64 " of earlier waves; tocsin notify show --wave N lists them",
		    p->unreached);
	cmd_line(out, "private persons in the case", "%" PRId64 " (told where case.yaml says notify_persons; else listed)", p->persons);
	if (p->withheld.messages + p->withheld.exposures != 0) {
		buf_byte(out, '\n');
		withheld_say(out, &p->withheld);
	}
	put_unreached(out, w);
	put_conflicts(out, p);
	put_behind(out, p);
	put_clock(out, p->ahead_utc, now_utc);
	if (w->number != 0)
		buf_printf(out, "\nNext: tocsin notify show, then two people: tocsin notify approve --by NAME\n");
}

enum errc notify_cmd_plan(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	struct notify_door d = {0};
	const struct cmd_option options[] = {NOTIFY_TEMPLATES(&d), {"reason", "TEXT", "why this wave: who approves it, the ledger and the report say it", .text = &d.n.reason}};
	struct notify_planned p;
	enum errc rc;

	if ((rc = notify_door_open(&d, c, v, argc, argv, options, sizeof options / sizeof options[0])) != OK ||
	    (rc = notify_door_key(&d, c)) != OK)
		goto out;
	if ((rc = notify_plan(&d.n, c->a, &p, &c->e)) == OK) {
		*status = p.messages == 0 || p.unread + p.unjudged + p.unscanned + p.unattributed + p.otherwise != 0;
		if (c->json)
			put_plan_json(&d.out, &p);
		else
			put_plan(&d.out, &p, d.n.now_utc);
		rc = cmd_print(&d.out, &c->e);
	}
out:
	notify_door_close(&d);
	return rc;
}

/* ---- show ---------------------------------------------------------------------------------------------------- */

static enum errc put_orgs(struct cmd *c, struct buf *out, const struct notify_wave *w)
{
	static const struct fit_column columns[] = {{"organisation", FIT_TEXT, NAME_WIDTH, .spared = true}, {"", FIT_WHOLE, 10, .spared = true},
	    {"messages", FIT_NUMBER, 8, .spared = true}, {"sent", FIT_NUMBER, 6, .spared = false}, {"received", FIT_NUMBER, 8, .spared = false},
	    {"named", FIT_NUMBER, 6, .spared = false}, {"owner", FIT_NUMBER, 6, .spared = false}, {"contact", FIT_TEXT, 33, .spared = true},
	    {"exposures", FIT_TEXT, 9, .spared = true}};
	struct fit f;
	enum errc rc = OK;

	fit_init(&f, fit_terminal(STDOUT_FILENO));
	for (size_t i = 0; i < sizeof columns / sizeof columns[0]; i++)
		fit_add(&f, &columns[i]);
	for (size_t i = 0; i < w->n_orgs && rc == OK; i++) {
		const struct notify_org *o = &w->orgs[i];
		const int64_t counts[] = {o->messages, o->sent, o->received, o->mentioned, o->owned};
		char numbers[sizeof counts / sizeof counts[0]][24];
		const char *contact = o->track == TRACK_INTERNAL ? "(dossier only)" : o->n_contacts == 0 ? "NO CONTACT" : o->n_contacts == 1 ? o->contacts[0]
		    : arena_printf(c->a, "%s +%zu", o->contacts[0], o->n_contacts - 1);

		if (contact != NULL && o->withdrawn)
			contact = arena_printf(c->a, "WITHDRAWN: %s", contact);
		else if (contact != NULL && o->hold != 0 && o->n_contacts != 0)
			contact = arena_printf(c->a, "%s: %s", o->hold == HOLD_CEASED ? "CEASED" : "HELD", contact);
		for (size_t k = 0; k < sizeof counts / sizeof counts[0]; k++)
			(void)(o->gone && k != 0 ? snprintf(numbers[k], sizeof numbers[k], "-") : snprintf(numbers[k], sizeof numbers[k], "%" PRId64, counts[k]));
		if (contact == NULL)
			rc = err_memory(&c->e);
		else
			fit_keep(&f, (const char *const[]){o->name, o->track == TRACK_INTERNAL ? "ourselves" : o->anew ? "anew" : o->version != 1 ? "supplement"
			    : o->track == TRACK_PERSON ? "person" : "new", numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], contact,
			    o->classes[0] != '\0' ? o->classes : "-"});
	}
	if (rc == OK)
		fit_print(&f, out, "--json has all");
	fit_free(&f);
	return rc;
}

static enum errc put_table(struct cmd *c, struct buf *out, const struct notify_wave *w)
{
	char date[TIME_TEXT], hex[DIGEST_HEX];
	enum errc rc;

	buf_printf(out, "Wave %" PRId64 ", %s%splanned %s; %u of %u approvals\nplan %s\n", w->number,
	    w->state == WAVE_PLANNED ? "" : wave_state_name(w->state), w->state == WAVE_PLANNED ? "" : ", ",
	    time_rfc3339(w->planned_utc, date), w->approvals, w->needed, digest_hex(&w->plan, hex));
	if (w->reason[0] != '\0') {
		buf_str(out, "reason: ");
		cmd_shown(out, w->reason);
		buf_byte(out, '\n');
	}
	if (w->anew)
		buf_str(out, "It tells what no longer holds: plan it anew (tocsin notify plan)\n");
	else if (w->outdated != 0)
		buf_printf(out, "Not counted: %u approval%s of the wave as it was; texts or facts have changed since, and who approved it has to again\n", w->outdated,
		    cmd_s(w->outdated));
	buf_byte(out, '\n');
	if ((rc = put_orgs(c, out, w)) != OK)
		return rc;
	buf_printf(out, "\n%" PRId64 " new, %" PRId64 " supplement%s, ", w->n.first, w->n.supplements, cmd_s((uint64_t)w->n.supplements));
	if (w->n.anew != 0)
		buf_printf(out, "%" PRId64 " told anew, ", w->n.anew);
	if (w->n.persons + w->n.persons_unreached != 0)
		buf_printf(out, w->n.persons_unreached != 0 ? "%" PRId64 " private person%s (and %" PRId64 " not written to), " : "%" PRId64 " private person%s, ", w->n.persons,
		    cmd_s((uint64_t)w->n.persons), w->n.persons_unreached);
	buf_printf(out, "%" PRId64 " without contact; %" PRId64 " notice%s of %" PRId64 " message%s, %" PRId64 " exposure%s in all\n", w->n.no_contact, w->n.notices,
	    cmd_s((uint64_t)w->n.notices), w->n.messages, cmd_s((uint64_t)w->n.messages), w->n.exposures, cmd_s((uint64_t)w->n.exposures));
	if (w->n.withdrawn + w->n.persons_withdrawn != 0)
		buf_printf(out, "Of these, withdrawn since, or taken back by a later plan: %" PRId64 " organisation%s, %" PRId64 " private person%s; what of it holds is told anew"
		    " (tocsin list notices)\n", w->n.withdrawn, cmd_s((uint64_t)w->n.withdrawn), w->n.persons_withdrawn, cmd_s((uint64_t)w->n.persons_withdrawn));
	withheld_say(out, &w->withheld);
	return OK;
}

/* Notices name duties by the data of law/: who approves them should know which lines nobody has compared with the law. */
static void put_unchecked(struct buf *out, const struct clocks *c, const struct notify_wave *w)
{
	const char *before = "Nobody has compared with the law what notices say of their readers' duties and rights by these entries: ";

	for (size_t i = 0; i < c->n; i++) {
		const struct clock *k = &c->v[i];
		bool told = false;

		for (size_t o = 0; o < w->n_orgs && !told; o++)
			told = w->orgs[o].track != TRACK_INTERNAL && clock_told(k, c, w->orgs[o].track == TRACK_PERSON, w->orgs[o].country);
		if (!told || k->notice == NULL || clock_is_compared(k))
			continue;
		buf_str(out, before);
		cmd_shown(out, k->id);
		before = ", ";
	}
	if (*before == ',')
		buf_str(out, " (tocsin report clocks --all)\n");
}

/* What a lawyer would ask before he approves: a check that holds, measures, and words that stand in one language in notices of another. */
static void put_unsaid(struct buf *out, const struct case_config *c, const struct notify_wave *w)
{
	const struct { const char *name, *text; const struct yaml *by_language; } said[] = {
	    {"incident: title", c->title, c->titles}, {"incident: measures", c->measures, c->measures_said}, {"sender: title", c->sender_title, c->sender_titles}};
	const char *before = "case.yaml does not say in each of the languages of notices: ";

	if (w->state != WAVE_WRITTEN && !notify_has_keys(c))
		buf_str(out, "There are no keys: notices are not signed, and nobody can check one at the portal. Make them before somebody approves: tocsin notify keys\n");
	if (c->measures[0] == '\0')
		buf_str(out, "case.yaml does not say what was done against the breach (incident: measures): GDPR 33(3)(d) and 34(2) want it told.\n");
	for (size_t i = 0; i < sizeof said / sizeof said[0]; i++) {
		const char *code = " (";

		for (size_t k = 0; k < w->languages.n && w->languages.n > 1 && said[i].text[0] != '\0'; k++) {
			if (case_said(said[i].by_language, w->languages.v[k], "").n != 0)
				continue;
			if (*code == ' ')
				buf_printf(out, "%s%s", before, said[i].name);
			if (said[i].by_language != NULL)
				buf_printf(out, "%s%s", code, w->languages.v[k]);
			code = ", ";
			before = ", ";
		}
		if (*code == ',' && said[i].by_language != NULL)
			buf_byte(out, ')');
	}
	if (*before == ',')
		buf_str(out, "; these notices say it as it stands\n");
}

enum errc notify_cmd_show(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	struct notify_door d = {0};
	const char *org = NULL;
	bool all = false;
	const struct cmd_option options[] = {
	    NOTIFY_WAVE(&d), NOTIFY_TEMPLATES(&d),
	    {"org", "ORG", "one organisation, by its key, name or domain, with its notices as text", .text = &org},
	    {"text", NULL, "every notice as text", .flag = &all},
	};
	struct notify_wave w;
	struct buf text;
	struct json j = json_to(&d.out);
	enum errc rc;

	(void)status;
	buf_init(&text, (size_t)1 << 30);
	if ((rc = notify_door_open(&d, c, v, argc, argv, options, sizeof options / sizeof options[0])) != OK ||
	    (rc = notify_show(&d.n, c->a, d.wave, org, all || org != NULL, &w, &text, &c->e)) != OK)
		goto out;
	if (c->json) {
		json_open(&j, NULL, '{');
		put_wave_json(&j, &w);
		withheld_json(&j, &w.withheld);
		json_open(&j, "dossiers", '[');
		for (size_t i = 0; i < w.n_orgs; i++)
			put_org_json(&j, &w.orgs[i]);
		json_close(&j, ']');
		if (text.n != 0)
			json_span(&j, "text", buf_span(&text));
		json_close(&j, '}');
		json_end_line(&j);
	} else {
		if ((rc = put_table(c, &d.out, &w)) != OK)
			goto out;
		put_unchecked(&d.out, d.n.clocks, &w);
		put_unsaid(&d.out, &c->config, &w);
		if (text.n != 0) {
			buf_byte(&d.out, '\n');
			buf_put(&d.out, buf_span(&text));
		}
	}
	rc = cmd_print(&d.out, &c->e);
out:
	buf_free(&text);
	notify_door_close(&d);
	return rc;
}
