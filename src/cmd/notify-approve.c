#include <inttypes.h>

#include "cmd/notify.h"
#include "notify/notify.h"

enum errc notify_cmd_approve(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	struct notify_door d = {0};
	const char *by = NULL;
	const struct cmd_option options[] = {
	    NOTIFY_WAVE(&d), NOTIFY_TEMPLATES(&d), {"by", "NAME", "the person who approves", .text = &by}};
	struct notify_approved p;
	struct json j = json_to(&d.out);
	enum errc rc;

	(void)status;
	if ((rc = notify_door_open(&d, c, v, argc, argv, options, sizeof options / sizeof options[0])) != OK)
		goto out;
	if (by == NULL) {
		rc = err_set(&c->e, ERR_USAGE, "wants --by NAME: the person who approves");
		goto out;
	}
	if ((rc = notify_approve(&d.n, d.wave, by, &p, &c->e)) != OK)
		goto out;
	if (c->json) {
		json_open(&j, NULL, '{');
		json_i64(&j, "wave", p.wave);
		json_digest(&j, "plan", &p.plan);
		json_u64(&j, "approvals", p.approvals);
		json_u64(&j, "approvals_needed", p.needed);
		json_u64(&j, "approvals_outdated", p.outdated);
		json_bool(&j, "changed", p.changed);
		withheld_json(&j, &p.withheld);
		json_close(&j, '}');
		json_end_line(&j);
	} else {
		buf_printf(&d.out, "Wave %" PRId64 ": %u of %u approvals.\n", p.wave, p.approvals, p.needed);
		if (p.changed)
			buf_str(&d.out, "The plan is not what it was: texts or facts have changed since. Earlier approvals do not count.\n");
		withheld_say(&d.out, &p.withheld);
		buf_printf(&d.out, "Next: %s\n", p.approvals >= p.needed ? "tocsin notify write"
		                                                         : "another person: tocsin notify approve --by NAME");
	}
	rc = cmd_print(&d.out, &c->e);
out:
	notify_door_close(&d);
	return rc;
}

enum errc notify_cmd_write(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	struct notify_door d = {0};
	const struct cmd_option options[] = {NOTIFY_WAVE(&d), NOTIFY_TEMPLATES(&d)};
	struct notify_written p;
	struct json j = json_to(&d.out);
	enum errc rc;

	(void)status;
	if ((rc = notify_door_open(&d, c, v, argc, argv, options, sizeof options / sizeof options[0])) != OK ||
	    (rc = notify_write(&d.n, c->a, d.wave, &p, &c->e)) != OK)
		goto out;
	if (c->json) {
		json_open(&j, NULL, '{');
		json_i64(&j, "wave", p.wave);
		json_u64(&j, "written", p.n_written);
		json_u64(&j, "held", p.n_held);
		json_bool(&j, "written_before", p.before);
		json_str(&j, "folder", p.dir);
		json_close(&j, '}');
		json_end_line(&j);
	} else if (p.before) {
		buf_printf(&d.out, "Wave %" PRId64 " was written before; nothing to do. It is in %s\n", p.wave, p.dir);
	} else {
		buf_printf(&d.out, "Wave %" PRId64 ": %zu notice%s written to %s\nNothing has been sent. Next: %s%s\n", p.wave, p.n_written,
		    cmd_s(p.n_written), p.dir, c->config.sealed ? "tocsin notify seal --out DIR, before anybody types an access code; then: " : "", c->config.delivery.by != DELIVERY_NOT_SET ? "tocsin notify preflight" :
		        "hand them over and say so, tocsin notify sent, or say in case.yaml how mail leaves (delivery, see tocsin-case(5))");
		if (p.n_held != 0)
			buf_printf(&d.out, "%zu of them %s for organisations that are held or ceased, and must not be handed over: tocsin notify show marks them.\n", p.n_held,
			    p.n_held == 1 ? "is" : "are");
	}
	rc = cmd_print(&d.out, &c->e);
out:
	notify_door_close(&d);
	return rc;
}
