#include <inttypes.h>

#include "cmd/notify.h"

enum errc notify_cmd_publish(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	struct notify_door d = {0};
	const char *to = NULL;
	const struct cmd_option options[] = {{"out", "DIR", "where the files go", .text = &to}};
	struct notify_published p;
	struct json j = json_to(&d.out);
	enum errc rc;

	(void)status;
	if ((rc = notify_door_open(&d, c, v, argc, argv, options, sizeof options / sizeof options[0])) != OK)
		goto out;
	if (to == NULL)
		rc = err_set(&c->e, ERR_USAGE, "wants --out DIR");
	if (rc != OK || (rc = notify_publish(&d.n, c->a, to, &p, &c->e)) != OK)
		goto out;
	if (c->json) {
		json_open(&j, NULL, '{');
		json_u64(&j, "notices", p.n_notices);
		json_u64(&j, "withdrawn", p.n_withdrawn);
		json_u64(&j, "entries", p.n_entries);
		json_close(&j, '}');
		json_end_line(&j);
	} else {
		buf_printf(&d.out, "%zu notice%s, %zu withdrawn, %" PRIu64 " entr%s of the log: %s\n", p.n_notices, cmd_s(p.n_notices), p.n_withdrawn, p.n_entries,
		    p.n_entries == 1 ? "y" : "ies", to);
	}
	rc = cmd_print(&d.out, &c->e);
out:
	notify_door_close(&d);
	return rc;
}

static void put_withdrawn(struct buf *out, const struct notify_withdrawn *w, bool by_hand)
{
	buf_printf(out, "Withdrawn.%s\n", w->to_tell ? " Mail that says it may have arrived: to tell those who have it is a task (tocsin notify status)."
	    : " tocsin has sent nothing that says it, nor will.");
	if (w->n_overtaken == 1)
		buf_printf(out, "1 later mail to them %s\n", by_hand ? "was written, and says that it stands: do not hand it over; if you have, withdraw it too."
		    : "has not left, and says that it stands: it will not leave, and what it tells is told anew.");
	else if (w->n_overtaken != 0)
		buf_printf(out, "%" PRId64 " later mails to them %s\n", w->n_overtaken, by_hand ? "were written, and say that it stands: do not hand them over; if you have, withdraw them too."
		    : "have not left, and say that it stands: they will not leave, and what they tell is told anew.");
	buf_str(out, "Next: tocsin notify publish, then tocsin notify plan: what of it still holds is told anew\n");
}

enum errc notify_cmd_withdraw(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	struct notify_door d = {0};
	const char *id = NULL, *by = NULL, *why = NULL;
	const struct cmd_option options[] = {{"notice", "ID", "which notice", .text = &id}, {"by", "NAME", "who says so", .text = &by},
	    {"why", "TEXT", "the reason, for the ledger", .text = &why}};
	struct notify_withdrawn w;
	enum errc rc;

	(void)status;
	if ((rc = notify_door_open(&d, c, v, argc, argv, options, sizeof options / sizeof options[0])) != OK)
		goto out;
	if (id == NULL || by == NULL || by[0] == '\0' || why == NULL || why[0] == '\0')
		rc = err_set(&c->e, ERR_USAGE, "wants --notice ID, --by NAME and --why TEXT");
	if (rc != OK || (rc = notify_withdraw(&d.n, id, by, why, &w, &c->e)) != OK)
		goto out;
	if (c->json)
		buf_printf(&d.out, "{\"people\":%" PRId64 ",\"withdrawn\":%s,\"to_tell\":%s,\"overtaken\":%" PRId64 "}\n", w.people, w.people >= 2 ? "true" : "false",
		    w.to_tell ? "true" : "false", w.n_overtaken);
	else if (w.people < 2)
		buf_str(&d.out, "Said by one person. Another one must say so too, of this notice.\n");
	else
		put_withdrawn(&d.out, &w, c->config.delivery.by == DELIVERY_NOT_SET);
	rc = cmd_print(&d.out, &c->e);
out:
	notify_door_close(&d);
	return rc;
}

enum errc notify_cmd_manifest(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	struct notify_door d = {0};
	const char *to = NULL, *prove = NULL;
	const struct cmd_option options[] = {NOTIFY_WAVE(&d), {"out", "DIR", "where the files go", .text = &to},
	    {"prove", "ORG", "also this organisation's proof that it is in it", .text = &prove}};
	struct notify_manifested m;
	struct json j = json_to(&d.out);
	enum errc rc;

	(void)status;
	if ((rc = notify_door_open(&d, c, v, argc, argv, options, sizeof options / sizeof options[0])) != OK)
		goto out;
	if (to == NULL)
		rc = err_set(&c->e, ERR_USAGE, "wants --out DIR");
	if (rc != OK || (rc = notify_door_key(&d, c)) != OK)
		goto out;
	if ((rc = notify_manifest(&d.n, c->a, d.wave, to, prove, &m, &c->e)) != OK)
		goto out;
	if (c->json) {
		json_open(&j, NULL, '{');
		json_u64(&j, "wave", m.wave);
		json_u64(&j, "told_first", m.first);
		json_u64(&j, "supplemented", m.supplemented);
		json_u64(&j, "told_anew", m.anew);
		json_u64(&j, "unreachable", m.unreachable);
		json_u64(&j, "persons", m.persons);
		json_str(&j, "manifest", m.file);
		json_str(&j, "proof", m.proof);
		json_close(&j, '}');
		json_end_line(&j);
	} else {
		buf_printf(&d.out, "Wave %" PRIu64 ": %" PRIu64 " organisation%s told for the first time, %" PRIu64 " supplemented, %" PRIu64
		    " told anew what was withdrawn, %" PRIu64 " that nobody could be told of; %" PRIu64 " private person%s told: %s\n", m.wave, m.first,
		    cmd_s(m.first), m.supplemented, m.anew, m.unreachable, m.persons, cmd_s(m.persons), m.file);
		if (m.proof != NULL)
			buf_printf(&d.out, "Its proof, for that organisation alone: %s\n", m.proof);
	}
	rc = cmd_print(&d.out, &c->e);
out:
	notify_door_close(&d);
	return rc;
}
