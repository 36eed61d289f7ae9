/* notify withdraw: what two people say of a notice that was written, and the task to tell whoever may have it. */
#include <inttypes.h>
#include <stdio.h>

#include "case/people.h"
#include "notify/notify.h"
#include "notify/statements.h"
#include "store/deliveries.h"

/* Who may have it believes it still: that they are told is a person's task. */
static enum errc tell_them(const struct notify *n, const char *id, struct notify_withdrawn *out, struct err *e)
{
	const struct delivery_config *c = &n->config->delivery;
	struct task_row t = {.kind = TODO_WITHDRAWN, .owner = c->task_owner, .made_utc = n->now_utc,
	    .due_utc = n->now_utc + (int64_t)c->task_days * 86400};
	char what[160], number[24];
	int64_t reached;
	bool added;
	enum errc rc = withdrawal_reached(n->store, id, &t.org_id, &t.wave, &reached, &out->n_overtaken, e);

	out->to_tell = reached != 0;
	if (rc != OK || reached == 0)
		return rc;
	(void)snprintf(what, sizeof what, "notice %.20s was withdrawn: tell everybody who may have it", id);
	(void)snprintf(number, sizeof number, "%" PRId64, t.wave);
	t.what = what;
	if ((rc = task_put(n->store, &t, &added, e)) != OK || !added)
		return rc;
	return ledger_say(n->store, "task made", e, "notice", id, "wave", number, "what", what, "owner", c->task_owner, NULL);
}

enum errc notify_withdraw(const struct notify *n, const char *id, const char *by, const char *why, struct notify_withdrawn *out, struct err *e)
{
	struct buf name;
	bool known, said = false;
	enum errc rc;

	*out = (struct notify_withdrawn){0};
	if ((rc = withdrawal_count(n->store, id, &known, &out->people, e)) != OK)
		return rc;
	if (!known)
		return err_set(e, ERR_USAGE, "%s is no notice that was written and signed", id);
	buf_init(&name, 4096);
	person_fold(&name, span_str(by));
	/* Another reason of the same person's is no second person: what was said first stands, and the ledger has it. */
	if ((rc = buf_check(&name, e)) == OK && (rc = withdrawal_said(n->store, id, buf_cstr(&name), &said, e)) == OK && said)
		rc = err_set(e, ERR_REFUSED, "%.100s has said so of %s already, and counts once; %s", by, id,
		    out->people < 2 ? "two different people must: another person has to say so too" : "it is withdrawn, as two people have said so");
	if (rc == OK && (rc = withdrawal_put(n->store, id, buf_cstr(&name), by, why, n->now_utc, e)) == OK &&
	    (rc = withdrawal_count(n->store, id, &known, &out->people, e)) == OK &&
	    (rc = ledger_say(n->store, out->people >= 2 ? "notice withdrawn" : "notice withdrawal", e, "notice", id, "by", by, "why", why, NULL)) == OK &&
	    (out->people < 2 || ((rc = tell_them(n, id, out, e)) == OK && (rc = tasks_end(n->store, n->now_utc, e)) == OK)))
		rc = store_commit(n->store, e);
	buf_free(&name);
	return rc;
}
