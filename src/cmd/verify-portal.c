/* verify --portal: does a reading room serve the page that it should? */
#include "base/io.h"
#include "base/limits.h"
#include "cmd/verify.h"
#include "verify/portal.h"

static enum errc wanted(struct cmd *c, const struct verify_portal *p, struct portal_files *out)
{
	const char *dir, *signature_file;
	span list, signature, key;
	enum errc rc;

	if (p->assets == NULL)
		return (rc = cmd_share(c, p->web, "TOCSIN_WEB", "web", &dir)) == OK ? portal_files_of(c->a, dir, out,
		    &c->e) : rc;
	if ((signature_file = arena_printf(c->a, "%s.minisig", p->assets)) == NULL)
		return err_memory(&c->e);
	if ((rc = io_read_file(c->a, p->assets, 64 * KIB, &list, &c->e)) != OK ||
	    (rc = io_read_file(c->a, signature_file, 64 * KIB, &signature, &c->e)) != OK ||
	    (rc = io_read_file(c->a, p->key, 64 * KIB, &key, &c->e)) != OK)
		return rc;
	if ((rc = portal_files_read(list, signature, key, out, &c->e)) != OK)
		err_in(&c->e, "%s", p->assets);
	return rc;
}

static void tell(const struct cmd *c, const struct portal_seen *seen, bool all, struct buf *out)
{
	struct json j = json_to(out);

	if (!c->json) {
		for (size_t i = 0; i < PORTAL_FILES; i++)
			cmd_line(out, portal_file_names[i], "%s",
			    seen->wrong[i] == NULL ? "as it should be" : seen->wrong[i]);
		buf_str(out, all ? "The reading room serves the page that it should, here and now.\n" : "The reading"
		    " room does NOT serve the page that it should.\n");
		return;
	}
	json_open(&j, NULL, '{');
	json_bool(&j, "ok", all);
	for (size_t i = 0; i < PORTAL_FILES; i++)
		json_str(&j, portal_file_names[i], seen->wrong[i] == NULL ? "ok" : seen->wrong[i]);
	json_close(&j, '}');
	json_end_line(&j);
}

enum errc verify_the_portal(struct cmd *c, const struct verify_portal *p, int *status)
{
	const struct portal_look look = {p->url, p->ca, p->local};
	struct portal_files want;
	struct portal_seen seen;
	struct buf out;
	bool all = true;
	enum errc rc;

	if ((p->assets != NULL) != (p->key != NULL) || (p->assets != NULL && p->web != NULL))
		return err_set(&c->e, ERR_USAGE, "--portal compares with --web DIR, or with a list --assets FILE that"
		    " is signed by --key FILE");
	if ((rc = wanted(c, p, &want)) != OK || (rc = portal_look(c->a, &look, &want, &seen, &c->e)) != OK)
		return rc;
	for (size_t i = 0; i < PORTAL_FILES; i++)
		all &= seen.wrong[i] == NULL;
	*status = !all;
	buf_init(&out, 64 * KIB);
	tell(c, &seen, all, &out);
	rc = cmd_print(&out, &c->e);
	buf_free(&out);
	return rc;
}
