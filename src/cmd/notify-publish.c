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
		buf_printf(&d.out, "%zu notices, %zu withdrawn, %" PRIu64 " entries of the log: %s\n", p.n_notices, p.n_withdrawn, p.n_entries, to);
	}
	rc = cmd_print(&d.out, &c->e);
out:
	buf_free(&d.out);
	return rc;
}

enum errc notify_cmd_withdraw(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	struct notify_door d = {0};
	const char *id = NULL, *by = NULL, *why = NULL;
	const struct cmd_option options[] = {{"notice", "ID", "which notice", .text = &id}, {"by", "NAME", "who says so", .text = &by},
	    {"why", "TEXT", "the reason, for the ledger", .text = &why}};
	int64_t people;
	enum errc rc;

	(void)status;
	if ((rc = notify_door_open(&d, c, v, argc, argv, options, sizeof options / sizeof options[0])) != OK)
		goto out;
	if (id == NULL || by == NULL || by[0] == '\0' || why == NULL || why[0] == '\0')
		rc = err_set(&c->e, ERR_USAGE, "wants --notice ID, --by NAME and --why TEXT");
	if (rc != OK || (rc = notify_withdraw(&d.n, id, by, why, &people, &c->e)) != OK)
		goto out;
	if (c->json)
		buf_printf(&d.out, "{\"people\":%" PRId64 ",\"withdrawn\":%s}\n", people, people >= 2 ? "true" : "false");
	else
		buf_printf(&d.out, "%s", people >= 2 ? "Withdrawn. Next: tocsin notify publish\n" : "Another person must say so too.\n");
	rc = cmd_print(&d.out, &c->e);
out:
	buf_free(&d.out);
	return rc;
}
