/* serve: the reading room. It needs no case, and never sees one. */
#include <stdio.h>
#include <string.h>

#include "base/limits.h"
#include "cmd/verbs.h"
#include "serve/serve.h"

static void on_ready(void *ctx, const char *address)
{
	const struct cmd *c = ctx;

	if (!c->quiet)
		(void)fprintf(stderr, "tocsin serve: listening on %s\n", address);
}

/* operator list | show CASE | callback CASE NOTICE | open CASE NOTICE | revoke CASE | withdraw CASE */
static enum errc ask(struct cmd *c, const struct serve_options *o, const char *const *operand, size_t n, const char *note)
{
	static const struct { const char *word; size_t n; bool decides; } words[] = {
	    {"list", 1, false}, {"show", 2, false}, {"callback", 3, true}, {"open", 3, true}, {"revoke", 2, true},
	    {"withdraw", 2, true}};
	struct serve_word w = {.word = n != 0 ? operand[0] : "", .room = n > 1 ? operand[1] : "",
	    .notice = n > 2 ? operand[2] : "", .note = note != NULL ? note : ""};
	bool known = false;
	struct buf out;
	enum errc rc;

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		known |= strcmp(words[i].word, w.word) == 0 && words[i].n == n && words[i].decides == (note != NULL);
	if (!known)
		return err_set(&c->e, ERR_USAGE, "operator wants list, show CASE, or with --note TEXT callback CASE"
		    " NOTICE, open CASE NOTICE, revoke CASE, withdraw CASE");
	buf_init(&out, 64 * MIB);
	if ((rc = serve_operator(o, &w, &out, &c->e)) == OK)
		rc = cmd_print(&out, &c->e);
	buf_free(&out);
	return rc;
}

enum errc cmd_serve(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	const char *web = NULL, *note = NULL;
	bool check = false;
	struct serve_options o = {.ready = on_ready, .ctx = c};
	const struct cmd_option options[] = {
	    {"config", "FILE", "the configuration: tocsin-serve(5)", .text = &o.config_file, .read = true},
	    {"web", "DIR", "the page's files; else the configuration's web:, else those installed", .text = &web, .read = true},
	    {"note", "TEXT", "operator: why, and whom you called at which number", .text = &note},
	    {"check", NULL, "read the configuration and the page, and start nothing", .flag = &check},
	};
	const char *const *operand;
	size_t n;
	enum errc rc;

	(void)status;
	if ((rc = cmd_start(c, v, argc, argv, options, sizeof options / sizeof options[0], &operand, &n)) != OK)
		return rc;
	if (o.config_file != NULL && n != 0 && strcmp(operand[0], "operator") == 0)
		return ask(c, &o, operand + 1, n - 1, note);
	if (n != 0 || o.config_file == NULL)
		return err_set(&c->e, ERR_USAGE, "wants --config FILE, and else only operator and its words");
	if ((rc = cmd_share(c, web, "TOCSIN_WEB", "web", &o.web)) != OK)
		return rc;
	return check ? serve_check(&o, &c->e) : serve_run(&o, &c->e);
}
