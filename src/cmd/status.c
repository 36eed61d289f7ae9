/* How far the case is, stage by stage, and what comes next: read from the rows alone, so that whoever takes over knows where to go on. */
#include <inttypes.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/utf8.h"
#include "cmd/notify.h"
#include "store/figures.h"
#include "store/portal.h"
#include "store/sealed.h"
#include "store/waves.h"

struct standing {
	struct cmd *c;
	struct figures f;
	struct wave wave; /* the newest */
	struct notify_standing now; /* how it stands today */
	struct withheld_totals withheld;
	const char *unsure; /* why that could not be told, and what is said of it is what its row says; else NULL */
	int64_t unjudged, unscanned, unattributed;
	bool otherwise; /* attributed, and not as case.yaml says now */
	const char *actor; /* the actor file of the case; NULL: nobody has said who the intruder is */
	bool due; /* something stands in no wave yet */
	int64_t to_seal; /* the first written wave whose access codes open nothing yet; 0: there is none */
	int64_t to_hand_over; /* the first written wave that no person has handed over; 0: there is none */
	struct reset_row ours, theirs; /* credentials, open and overdue: our own, and all that organisations were told of */
	struct buf out;
	struct json j;
	size_t n_next;
	const char **mail, **logs; /* whose reading was stopped before its end */
	size_t n_mail, n_logs;
};

static enum errc first_to_hand_over(struct standing *s, struct err *e)
{
	enum errc rc = OK;

	for (int64_t n = 1; n <= s->wave.number && s->to_hand_over == 0 && rc == OK; n++) {
		struct wave w;

		if ((rc = wave_get(s->c->store, n, &w, e)) == OK && w.state == WAVE_WRITTEN && w.by_hand != HAND_OVER_PERSON)
			s->to_hand_over = n;
	}
	return rc;
}

static enum errc add_resets(void *ctx, const struct reset_row *r, struct err *e)
{
	struct standing *s = ctx;
	struct reset_row *sum = r->ours ? &s->ours : &s->theirs;

	(void)e;
	sum->credentials += r->credentials;
	sum->open += r->open;
	sum->overdue += r->overdue;
	return OK;
}

static enum errc read_standing(struct standing *s, struct err *e)
{
	struct store *st = s->c->store;
	enum errc rc;

	if ((rc = figures_read(st, &s->f, e)) != OK || (rc = reading_unfinished(st, s->c->a, READING_MAIL, &s->mail, &s->n_mail, e)) != OK ||
	    (rc = reading_unfinished(st, s->c->a, READING_LOGS, &s->logs, &s->n_logs, e)) != OK || (rc = store_setting(st, s->c->a, "scope_actor", &s->actor, e)) != OK || (rc = wave_newest(st, &s->wave, e)) != OK ||
	    (rc = wave_behind(st, &s->unjudged, &s->unscanned, &s->unattributed, e)) != OK ||
	    (rc = parties_changed(st, &s->otherwise, e)) != OK ||
	    (rc = wave_due(st, s->c->config.notify_mentioned, &s->due, e)) != OK ||
	    (rc = withheld_totals(st, s->c->config.notify_mentioned, &s->withheld, e)) != OK || (rc = first_to_hand_over(s, e)) != OK ||
	    (s->c->config.sealed && (rc = sealed_missing(st, &s->to_seal, e)) != OK))
		return rc;
	if ((rc = resets_each(st, reset_policy_of(&s->c->config, time_now(), TIME_NONE), add_resets, s, e)) != OK)
		return rc;
	if (s->c->config.our_name[0] == '\0') /* that it is missing is said first: with it links are made anew anyway */
		s->otherwise = false;
	/* A case.yaml that says too little for a notice, say: what comes next is to mend it. */
	if (notify_door_stands(s->c, &s->now) != OK) {
		if ((s->unsure = arena_printf(s->c->a, "%s", e->text)) == NULL)
			return err_memory(e);
		*e = (struct err){0};
		s->now = (struct notify_standing){.wave = s->wave.number, .state = WAVE_PLANNED, .needed = s->c->config.approvals};
	}
	return OK;
}

/* ---- where it stands -------------------------------------------------------------------------------------------- */

/* "1 message", "2 messages" */
static const char *counted(const struct standing *s, int64_t n, const char *what)
{
	const char *text = arena_printf(s->c->a, "%" PRId64 " %s%s", n, what, cmd_s((uint64_t)n));

	return text != NULL ? text : "";
}

static void stages(struct standing *s)
{
	const struct figures *f = &s->f;
	const char *by_hand = f->by_hand_orgs == 0 ? "" : arena_printf(s->c->a, "%" PRId64 " of them handed over by hand, ", f->by_hand_orgs);
	const char *held = f->held_orgs == 0 ? "" : arena_printf(s->c->a, "%" PRId64 " more are held or ceased, ", f->held_orgs);

	buf_str(&s->out, s->c->config.title[0] != '\0' ? "" : "A case without a title");
	cmd_shown(&s->out, s->c->config.title);
	if (s->c->config.reference[0] != '\0') {
		buf_str(&s->out, " (");
		cmd_shown(&s->out, s->c->config.reference);
		buf_byte(&s->out, ')');
	}
	buf_byte(&s->out, '\n');
	cmd_line(&s->out, "ingest", "%s of %s; %s not wholly read%s", counted(s, f->messages, "message"), counted(s, f->sources, "file"),
	    counted(s, f->failed + f->partial, "item"), s->n_mail == 0 ? "" : "; stopped before its end");
	if (f->log_sources == 0)
		cmd_line(&s->out, "scope", "no audit log is read: %s taken for exposed", counted(s, f->in_scope, "message"));
	else if (s->actor == NULL)
		cmd_line(&s->out, "scope", "nobody has said who the intruder is: %s taken for exposed", counted(s, f->in_scope, "message"));
	else
		cmd_line(&s->out, "scope", "%" PRId64 " opened, %" PRId64 " presumed, %" PRId64 " unknown, %" PRId64 " proved untouched", f->accessed, f->presumed, f->unknown, f->not_accessed);
	cmd_line(&s->out, "scan", "%s, %" PRId64 " of them critical; %s in scope to scan%s", counted(s, f->exposures, "exposure"), f->critical,
	    counted(s, s->unscanned, "message"), f->unreadable == 0 ? "" : arena_printf(s->c->a, ", %" PRId64 " not readable", f->unreadable));
	cmd_line(&s->out, "attribute", "%s, %" PRId64 " without a contact; %s to attribute", counted(s, f->orgs, "organisation"), f->orgs_without_contact,
	    counted(s, s->unattributed, "message"));
	if (s->wave.number == 0)
		cmd_line(&s->out, "notify", "no wave is planned");
	else
		cmd_line(&s->out, "notify", "wave %" PRId64 " is %s; %" PRId64 " organisations have notices, %s%s%" PRId64 " mails have left", s->wave.number, wave_state_name(s->now.state), f->told_orgs,
		    by_hand != NULL ? by_hand : "", held != NULL ? held : "", f->mails_left);
	if (f->mails_left != 0)
		cmd_line(&s->out, "heard", "%" PRId64 " of %" PRId64 " organisations answered, %" PRId64 " not reached; %" PRId64 " tasks open", f->answered_orgs, f->sent_orgs, f->unreached_orgs, f->open_tasks);
	if (s->ours.credentials + s->theirs.credentials != 0)
		cmd_line(&s->out, "resets", "%" PRId64 " of %" PRId64 " credentials of ours are open, %" PRId64 " overdue; %" PRId64 " of %" PRId64 " that organisations were told of, %" PRId64 " overdue",
		    s->ours.open, s->ours.credentials, s->ours.overdue, s->theirs.open, s->theirs.credentials, s->theirs.overdue);
	withheld_say(&s->out, &s->withheld);
}

static void stages_object(struct standing *s)
{
	const struct figures *f = &s->f;
	const struct { const char *name; int64_t n; } numbers[] = {
	    {"messages", f->messages}, {"mail_unfinished", f->mail_unfinished}, {"logs_unfinished", f->logs_unfinished}, {"log_files", f->log_sources}, {"in_scope", f->in_scope}, {"to_judge", s->unjudged}, {"to_scan", s->unscanned}, {"not_readable", f->unreadable}, {"exposures", f->exposures},
	    {"to_attribute", s->unattributed}, {"organisations", f->orgs}, {"without_contact", f->orgs_without_contact}, {"wave", s->wave.number},
	    {"approvals", s->now.approvals}, {"approvals_outdated", s->now.outdated}, {"organisations_with_notices", f->told_orgs}, {"organisations_held", f->held_orgs}, {"organisations_withdrawn", f->withdrawn_orgs}, {"organisations_handed_notices", f->by_hand_orgs}, {"mails_left", f->mails_left}, {"answered", f->answered_orgs},
	    {"open_tasks", f->open_tasks}, {"own_credentials", s->ours.credentials}, {"own_credentials_open", s->ours.open}, {"own_credentials_overdue", s->ours.overdue},
	    {"credentials_told", s->theirs.credentials}, {"credentials_told_open", s->theirs.open}, {"credentials_told_overdue", s->theirs.overdue}};

	for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
		json_i64(&s->j, numbers[i].name, numbers[i].n);
	withheld_json(&s->j, &s->withheld);
	json_str(&s->j, "wave_state", s->wave.number == 0 ? "none" : wave_state_name(s->now.state));
}

/* ---- what comes next -------------------------------------------------------------------------------------------- */

static void next(struct standing *s, const char *command, const char *why)
{
	s->n_next++;
	if (s->c->json) {
		json_open(&s->j, NULL, '{');
		json_str(&s->j, "command", command);
		json_str(&s->j, "why", why);
		json_close(&s->j, '}');
		return;
	}
	buf_printf(&s->out, "%s%s\n      %s\n", s->n_next == 1 ? "Next: " : "then: ", command, why);
}

static void next_of_wave(struct standing *s)
{
	const struct case_config *c = &s->c->config;
	struct err why = {0};
	char command[64];

	switch (s->now.state) {
	case WAVE_PLANNED:
		if (s->unsure != NULL) {
			next(s, "tocsin notify show", s->unsure);
			return;
		}
		if (s->now.anew) {
			next(s, "tocsin notify plan", "the wave that is planned tells what no longer holds: plan it anew, and have it approved");
			return;
		}
		next(s, "tocsin notify show", s->now.outdated == 0 ? "read the wave that is planned, and its notices with --text"
		    : "the wave is not any more what was approved, texts or facts have changed: read it again, and its notices with --text");
		(void)snprintf(command, sizeof command, "%u of %u people have approved it as it is now", s->now.approvals, s->now.needed);
		next(s, "tocsin notify approve --by NAME", command);
		return;
	case WAVE_APPROVED:
		next(s, "tocsin notify write", "the wave is approved; this puts its notices into out/ and sends nothing");
		return;
	default:
		break;
	}
	if (s->f.mails_left == 0 && s->f.open_tasks != 0) /* where mail has left, it stands below */
		next(s, "tocsin notify status", "people have calls, letters and replies to do");
	if (s->to_seal != 0) {
		(void)snprintf(command, sizeof command, "tocsin notify seal --wave %" PRId64 " --out DIR", s->to_seal);
		next(s, command, "its notices give access codes to a reading room, and what they open is not sealed yet");
	}
	if (s->due && letter_config_ok(c, &why) != OK) {
		next(s, "edit case.yaml", why.text);
	} else if (s->due) {
		if (!notify_has_keys(c))
			next(s, "tocsin notify keys", "before a plan: with them notices are signed, and who gets one can check it");
		next(s, "tocsin notify plan", s->wave.number == 0 ? "nobody has been told yet" : "there is more to tell than the waves so far do");
	} else if (s->f.by_hand_orgs != 0 && s->to_hand_over == 0 && s->f.mails_left == 0) {
		next(s, "tocsin notify reminders", "notices were handed over by hand: who has not claimed, read or reset in time");
	} else if (s->f.mails_left == 0 && s->to_hand_over != 0 && c->delivery.by == DELIVERY_NOT_SET) {
		if (s->f.by_hand_orgs == 0)
			next(s, "edit case.yaml", "notices are written and nothing has left: delivery says how mail leaves");
		(void)snprintf(command, sizeof command, "tocsin notify sent --wave %" PRId64 " --by NAME", s->to_hand_over);
		(void)snprintf(why.text, sizeof why.text, "%s out/wave-%" PRId64 " yourselves, and say who did", s->f.by_hand_orgs == 0 ? "or hand over" : "hand over", s->to_hand_over);
		next(s, command, why.text);
	} else if (s->f.mails_left == 0 && s->f.told_orgs + s->f.told_persons != 0) {
		next(s, "tocsin notify preflight", "will receivers believe the mail?");
		next(s, "tocsin notify send", "says what would be sent; --send sends it");
	} else if (s->f.mails_left != 0) {
		next(s, "tocsin notify status", s->f.open_tasks != 0 ? "people have calls, letters and replies to do" : "who has answered, and whom to write to next");
		next(s, "tocsin notify collect PATH...", "reads what came back: bounces, reports, answers");
	}
}

/* The path is one word for a shell, and holds nothing that a terminal obeys. */
static void next_reading(struct standing *s, const char *verb, const char *const *paths, size_t n, const char *why)
{
	for (size_t i = 0; i < n; i++) {
		struct buf b;

		buf_init(&b, (size_t)1 << 16);
		buf_str(&b, verb);
		buf_byte(&b, '\'');
		for (const char *p = paths[i]; *p != '\0'; p += strcspn(p, "'"), p += *p != '\0') {
			size_t k = strcspn(p, "'");

			utf8_show(&b, span_of(p, k));
			if (p[k] != '\0')
				buf_str(&b, "'\\''");
		}
		buf_str(&b, "'");
		buf_byte(&b, '\0');
		if (!b.failed)
			next(s, (const char *)b.p, why);
		buf_free(&b);
	}
}

static void nexts(struct standing *s)
{
	const struct figures *f = &s->f;

	next_reading(s, "tocsin ingest ", s->mail, s->n_mail, "its reading was stopped before its end, and mail is missing; with --mailbox, if it was given then");
	next_reading(s, "tocsin scope --logs ", s->logs, s->n_logs, "its reading was stopped before its end, and records are missing");
	if (f->messages == 0) {
		if (s->n_mail == 0)
			next(s, "tocsin ingest PATH...", "no mail has been read yet");
		return;
	}
	/* What lay only in the earlier state of a file that has changed is nowhere any more: nothing brings it back. */
	if (f->unreadable_yet != 0)
		next(s, "tocsin verify --evidence", "messages could not be read again: are their files gone or changed? ingest them from where they are now, then tocsin scan");
	if (f->log_sources == 0 && s->wave.number == 0)
		next(s, "tocsin scope --logs PATH... --actor FILE", "with the audit logs, if there are any: what the intruder did not reach need not be told");
	else if (s->actor == NULL && s->wave.number == 0)
		next(s, "tocsin scope --actor FILE", "until somebody says who the intruder is, nothing is proved: tocsin scope --suggest, tocsin-actor(5)");
	if (s->c->config.our_domains.n == 0)
		next(s, "edit case.yaml", "us: domains is empty: without it our own people are strangers, and what is ours would be told to us as to others");
	if (s->unjudged != 0)
		next(s, "tocsin scope", "mail was read since the last time: by the logs it may be proved untouched");
	if (s->unscanned != 0)
		next(s, "tocsin scan", "messages in scope have not been searched for secrets");
	if (s->unattributed != 0 || s->unscanned != 0)
		next(s, "tocsin attribute --directory FILE", "whose the mail is, by the list of organisations that we know (CSV)");
	else if (s->otherwise)
		next(s, "tocsin attribute --directory FILE", "case.yaml has other names, domains or policy than when it ran: links are made anew, with the same directory");
	if (case_access_is_short(&s->c->config, f->read_first_utc, f->read_last_utc))
		next(s, "edit case.yaml", "the intruder read mail before first_access or behind last_access, which each notice tells: tocsin scope timeline");
	if (s->unjudged == 0 && s->unattributed == 0 && s->unscanned == 0 && !s->otherwise)
		next_of_wave(s);
	if (f->orgs_without_contact != 0 && s->unattributed == 0)
		next(s, "tocsin notify contacts show --tasks", "organisations have no contact: add one to the directory, or somebody calls");
	if (s->ours.open != 0)
		next(s, "tocsin notify mark ourselves rotated EXPOSURE...", "credentials of our own are open: make them anew, and say so; tocsin list remediations has them");
}

enum errc cmd_status(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	struct standing s = {.c = c};
	const char *const *operand;
	size_t n;
	enum errc rc;

	(void)status;
	buf_init(&s.out, (size_t)1 << 20);
	s.j = json_to(&s.out);
	if ((rc = cmd_start(c, v, argc, argv, NULL, 0, &operand, &n)) != OK)
		goto out;
	if (n != 0) {
		rc = err_set(&c->e, ERR_USAGE, "takes options only, not \"%s\"; tocsin notify status is about notices", operand[0]);
		goto out;
	}
	if ((rc = read_standing(&s, &c->e)) != OK)
		goto out;
	if (c->json) {
		json_open(&s.j, NULL, '{');
		stages_object(&s);
		json_open(&s.j, "next", '[');
		nexts(&s);
		json_close(&s.j, ']');
		json_close(&s.j, '}');
		json_end_line(&s.j);
	} else {
		stages(&s);
		buf_byte(&s.out, '\n');
		nexts(&s);
		if (s.n_next == 0)
			buf_str(&s.out, "Nothing is due. What was done: tocsin report; is it proved: tocsin report --check\n");
	}
	rc = cmd_print(&s.out, &c->e);
out:
	buf_free(&s.out);
	return rc;
}
