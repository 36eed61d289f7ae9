#include "cmd/verbs.h"

enum errc cmd_init(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	const char *title = NULL;
	struct text_list domains = {0};
	const struct cmd_option options[] = {
	    {"title", "TEXT", "title of the incident, for case.yaml", .text = &title},
	    {"domain", "NAME", "our own mail domain, for case.yaml; may be repeated", .list = &domains},
	};
	const char *const *operand;
	struct buf out;
	size_t n;
	enum errc rc;

	(void)status;
	if ((rc = cmd_start(c, v, argc, argv, options, 2, &operand, &n)) != OK)
		return rc;
	if (n != 1)
		return err_set(&c->e, ERR_USAGE, "wants one folder for the case; see tocsin init --help");
	c->dir = operand[0];
	if ((rc = case_init(c->dir, title, &domains, &c->e)) != OK || (rc = store_create(c->dir, &c->e)) != OK)
		return rc;
	buf_init(&out, 65536);
	if (c->json) {
		struct json j = json_to(&out);

		json_open(&j, NULL, '{');
		json_str(&j, "case", c->dir);
		json_close(&j, '}');
		json_end_line(&j);
	} else {
		buf_printf(&out, "Case made in %s. Next: fill in %s/case.yaml, then\n  tocsin ingest --case %s PATH...\n", c->dir,
		    c->dir, c->dir);
	}
	rc = cmd_print(&out, &c->e);
	buf_free(&out);
	return rc;
}
