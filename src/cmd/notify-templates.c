#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/io.h"
#include "base/limits.h"
#include "cmd/notify.h"

/* One file into the case; what stands there already is the lawyer's and stays. */
static enum errc copy(struct cmd *c, const char *from, const char *to, const char *name, struct json *j, struct buf *out)
{
	const char *source = arena_printf(c->a, "%s/%s", from, name), *target = arena_printf(c->a, "%s/%s", to, name);
	struct stat sb;
	bool kept;
	span text;
	enum errc rc;

	if (source == NULL || target == NULL)
		return err_memory(&c->e);
	kept = stat(target, &sb) == 0;
	if (!kept && ((rc = io_read_file(c->a, source, LIMIT_TEMPLATE_BYTES, &text, &c->e)) != OK ||
	    (rc = io_write_file(target, text, 0600, &c->e)) != OK))
		return rc;
	if (c->json)
		json_bool(j, name, !kept);
	else
		buf_printf(out, "  %-20s %s\n", name, kept ? "was there, kept" : "copied");
	return OK;
}

static bool is_template(const char *name)
{
	span s = span_str(name);

	return s.n > 0 && s.p[0] != '.' && (span_ends_nocase(s, SPAN_LIT(".txt")) || span_ends_nocase(s, SPAN_LIT(".yaml")));
}

enum errc notify_cmd_templates(struct cmd *c, const struct verb *v, int argc, char **argv, int *status)
{
	const char *from = NULL, *to;
	const char *const *operand;
	const struct cmd_option options[] = {{"templates", "DIR", "texts to copy; else $TOCSIN_TEMPLATES, else as installed", .text = &from, .read = true}};
	struct dirent **entries = NULL;
	struct buf out;
	struct json j = json_to(&out);
	size_t n_operands;
	int n = 0;
	enum errc rc;

	(void)status;
	buf_init(&out, MIB);
	if ((rc = cmd_start(c, v, argc, argv, options, 1, &operand, &n_operands)) != OK ||
	    (rc = cmd_share(c, from, "TOCSIN_TEMPLATES", "templates", &from)) != OK)
		goto out;
	if (n_operands != 0) {
		rc = err_set(&c->e, ERR_USAGE, "notify templates takes options only, not \"%s\"", operand[0]);
		goto out;
	}
	if ((to = arena_printf(c->a, "%s/templates", c->dir)) == NULL) {
		rc = err_memory(&c->e);
		goto out;
	}
	if ((rc = io_make_dir(to, 0700, &c->e)) != OK)
		goto out;
	if ((n = scandir(from, &entries, NULL, alphasort)) < 0) {
		rc = err_sys(&c->e, "%s", from);
		goto out;
	}
	if (c->json)
		json_open(&j, NULL, '{');
	else
		buf_printf(&out, "The texts of the notices are now in %s: edit them there, they are used instead of the installed ones.\n", to);
	for (int i = 0; i < n && rc == OK; i++)
		if (is_template(entries[i]->d_name))
			rc = copy(c, from, to, entries[i]->d_name, &j, &out);
	if (c->json) {
		json_close(&j, '}');
		json_end_line(&j);
	}
	if (rc == OK)
		rc = cmd_print(&out, &c->e);
out:
	for (int i = 0; i < n; i++)
		free(entries[i]);
	free(entries);
	buf_free(&out);
	return rc;
}
