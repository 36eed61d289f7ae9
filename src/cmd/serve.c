/* serve: the reading room. It needs no case, and never sees one. */
#include <stdio.h>

#include "cmd/verbs.h"
#include "serve/serve.h"

static void on_ready(void *ctx, const char *address)
{
	const struct cmd *c = ctx;

	if (!c->quiet)
		(void)fprintf(stderr, "tocsin serve: listening on %s\n", address);
}

enum errc cmd_serve(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	const char *web = NULL;
	bool check = false;
	struct serve_options o = {.ready = on_ready, .ctx = c};
	const struct cmd_option options[] = {
	    {"config", "FILE", "the configuration: tocsin-serve(5)", .text = &o.config_file},
	    {"web", "DIR", "the page's files; else the configuration's web:, else those installed", .text = &web},
	    {"check", NULL, "read the configuration and the page, and start nothing", .flag = &check},
	};
	const char *const *operand;
	size_t n;
	enum errc rc;

	(void)status;
	if ((rc = cmd_start(c, v, argc, argv, options, sizeof options / sizeof options[0], &operand, &n)) != OK)
		return rc;
	if (n != 0 || o.config_file == NULL)
		return err_set(&c->e, ERR_USAGE, "wants --config FILE and nothing else");
	if ((rc = cmd_share(c, web, "TOCSIN_WEB", "web", &o.web)) != OK)
		return rc;
	return check ? serve_check(&o, &c->e) : serve_run(&o, &c->e);
}
