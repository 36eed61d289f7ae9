#include "base/utf8.h"
#include "cmd/cmd.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fit.h"
#include "base/io.h"
#include "base/near.h"

struct common { const char *dir; bool json, quiet, without_jail, help; uint64_t workers; };

enum { HELP_AT = 29 };

/* On a terminal, lines end between words, and what goes on stands below where it began. */
static void print_option(struct buf *b, const struct cmd_option *o, unsigned terminal)
{
	size_t at = HELP_AT;
	char left[64];

	(void)snprintf(left, sizeof left, "--%s%s%s", o->name, o->arg != NULL ? " " : "", o->arg != NULL ? o->arg : "");
	buf_printf(b, "  %-26s", left);
	for (span rest = span_str(o->help), word; rest.n != 0; rest = span_from(rest, word.n + 1)) {
		word = span_first(rest, span_find_byte(rest, ' '));
		if (terminal > HELP_AT && at > HELP_AT && at + word.n > terminal) {
			buf_printf(b, "\n%*s", HELP_AT - 1, "");
			at = HELP_AT;
		}
		buf_byte(b, ' ');
		buf_put(b, word);
		at += word.n + 1;
	}
	buf_byte(b, '\n');
}

static enum errc help(const struct verb *v, const struct cmd_option *own, size_t n_own, const struct cmd_option *common,
    size_t n_common, struct err *e)
{
	const unsigned terminal = fit_terminal(STDOUT_FILENO);
	struct buf b;
	enum errc rc;

	buf_init(&b, 65536);
	buf_printf(&b, "usage: tocsin %s [options]%s%s\n%s\n\n", v->name, v->args[0] != '\0' ? " " : "", v->args, v->summary);
	if (v->words != NULL)
		buf_printf(&b, "%s\n", v->words);
	for (size_t i = 0; i < n_own; i++)
		print_option(&b, &own[i], terminal);
	for (size_t i = 0; i < n_common; i++)
		if (!v->alone || strcmp(common[i].name, "json") == 0 || strcmp(common[i].name, "help") == 0)
			print_option(&b, &common[i], terminal);
	buf_printf(&b, "\nFor example: tocsin %s%s%s\n", v->name, v->example[0] != '\0' ? " " : "", v->example);
	buf_printf(&b, "The manual: man tocsin-%.*s\n", (int)strcspn(v->name, " "), v->name);
	rc = cmd_print(&b, e);
	buf_free(&b);
	return rc;
}

/* Said before anything is done, and not as what a system call makes of it. */
static enum errc there_as(struct cmd *c, const char *path, const char *what)
{
	const bool file = strncmp(what, "FILE", 4) == 0, folder = strcmp(what, "DIR") == 0;
	struct stat sb;
	enum errc rc = cmd_there(c, path);

	if (rc != OK || stat(path, &sb) != 0)
		return rc;
	if (file && S_ISDIR(sb.st_mode))
		return err_set(&c->e, ERR_USAGE, "%s: that is a folder, and a file is wanted", path);
	if (folder && !S_ISDIR(sb.st_mode))
		return err_set(&c->e, ERR_USAGE, "%s: that is a file, and a folder is wanted", path);
	return OK;
}

enum errc cmd_file(struct cmd *c, const char *path) { return there_as(c, path, "FILE"); }

static enum errc take(struct cmd *c, const struct cmd_option *o, const char *value, struct err *e)
{
	if (o->flag != NULL) {
		*o->flag = true;
		return OK;
	}
	if (o->read && there_as(c, value, o->arg) != OK) {
		err_in(&c->e, "--%s", o->name);
		return ERR_USAGE;
	}
	if (o->text != NULL) {
		*o->text = value;
		return OK;
	}
	if (o->list != NULL) {
		const char **v = arena_zero(c->a, o->list->n + 1, sizeof *v);

		if (v == NULL)
			return err_memory(e);
		for (size_t i = 0; i < o->list->n; i++)
			v[i] = o->list->v[i];
		v[o->list->n++] = value;
		o->list->v = v;
		return OK;
	}
	if (!span_number(span_str(value), UINT64_MAX, o->number))
		return err_set(e, ERR_USAGE, "--%s wants a number, not \"%s\"", o->name, value);
	return OK;
}

enum errc cmd_there(struct cmd *c, const char *path)
{
	return access(path, F_OK) == 0 || (errno != ENOENT && errno != ENOTDIR) ? OK : err_set(&c->e, ERR_USAGE, "%s: %s", path, strerror(errno));
}

static const struct cmd_option *find(const struct cmd_option *o, size_t n, span name)
{
	for (size_t i = 0; i < n; i++)
		if (span_eq(span_str(o[i].name), name))
			return &o[i];
	return NULL;
}

/* One of ours stands where the value of another should: what is called so is given behind a "=". */
static bool is_option(const char *arg, const struct cmd_option *own, size_t n_own, const struct cmd_option *shared, size_t n_shared)
{
	return arg[0] == '-' && arg[1] == '-' && (find(own, n_own, span_str(arg + 2)) != NULL || find(shared, n_shared, span_str(arg + 2)) != NULL);
}

static enum errc unknown_option(struct cmd *c, const struct verb *v, const char *arg, const struct cmd_option *own, size_t n_own,
    const struct cmd_option *shared, size_t n_shared)
{
	struct near near = near_to(span_of(arg + 1 + (arg[1] == '-'), strcspn(arg + 1 + (arg[1] == '-'), "=")));
	const char *dashes;

	for (size_t i = 0; i < n_own + n_shared; i++)
		near_try(&near, span_str(i < n_own ? own[i].name : shared[i - n_own].name));
	dashes = near.away != 0 ? arena_printf(c->a, " (did you mean --%.*s?)", (int)near.best.n, near.best.p) : "";
	return err_set(&c->e, ERR_USAGE, "unknown option %s%s; see tocsin %s --help", arg, dashes != NULL ? dashes : "", v->name);
}

static enum errc open_case(struct cmd *c, const struct verb *v)
{
	struct digest parties;
	enum errc rc;

	if (v->need == NEED_NOTHING)
		return OK;
	if ((rc = case_read(c->a, c->dir, &c->config, &c->e)) != OK)
		return rc;
	if ((rc = store_open(&c->store, c->dir, v->need == NEED_CASE_WRITE ? STORE_WRITE : STORE_READ, &c->e)) != OK)
		return rc;
	scope_policy_set(c->store, c->config.scope);
	if ((rc = case_parties(&c->config, &parties, &c->e)) != OK)
		return rc;
	parties_set(c->store, &parties);
	return v->need == NEED_CASE_WRITE ? scope_policy_note(c->store, &c->e) : OK;
}

enum errc cmd_start(struct cmd *c, const struct verb *v, int argc, char **argv, const struct cmd_option *options,
    size_t n_options, const char *const **operand, size_t *n)
{
	long cores = sysconf(_SC_NPROCESSORS_ONLN);
	struct common common = {.workers = cores > 0 && cores <= 256 ? (uint64_t)cores : 1};
	const struct cmd_option shared[] = {
	    {"case", "DIR", "the case; else $TOCSIN_CASE, else this folder", .text = &common.dir},
	    {"workers", "N", "worker processes; else one a core", .number = &common.workers},
	    {"json", NULL, "the result as JSON: an object, or one a row", .flag = &common.json},
	    {"quiet", NULL, "no progress", .flag = &common.quiet},
	    {"without-jail", NULL, "parse evidence without walls (the report says so)", .flag = &common.without_jail},
	    {"help", NULL, "this text", .flag = &common.help},
	};
	const size_t n_shared = sizeof shared / sizeof shared[0];
	const char **rest = arena_zero(c->a, (size_t)argc + 1, sizeof *rest);
	const struct cmd_option **given = arena_zero(c->a, (size_t)argc + 1, sizeof *given);
	bool only_operands = false;
	size_t n_given = 0;
	enum errc rc;

	if (rest == NULL || given == NULL)
		return err_memory(&c->e);
	c->verb = v->name;
	*n = 0;
	for (int i = 0; i < argc; i++) {
		const char *arg = argv[i];
		const struct cmd_option *o;
		size_t name_n;

		if (only_operands || arg[0] != '-' || arg[1] == '\0') {
			rest[(*n)++] = arg;
			continue;
		}
		if (strcmp(arg, "--") == 0) {
			only_operands = true;
			continue;
		}
		if (strcmp(arg, "-h") == 0)
			arg = "--help";
		name_n = arg[1] == '-' ? strcspn(arg + 2, "=") : 0;
		o = find(options, n_options, span_of(arg + 2, name_n));
		if (o == NULL && name_n != 0)
			o = find(shared, n_shared, span_of(arg + 2, name_n));
		if (o == NULL)
			return unknown_option(c, v, arg, options, n_options, shared, n_shared);
		if (o->arg == NULL && arg[2 + name_n] == '=')
			return err_set(&c->e, ERR_USAGE, "--%s takes no value", o->name);
		if (o->arg != NULL && arg[2 + name_n] != '=' && (i + 1 == argc || is_option(argv[i + 1], options, n_options, shared, n_shared)))
			return err_set(&c->e, ERR_USAGE, "--%s wants %s behind it", o->name, o->arg);
		/* One of two values would be dropped without a word: of two people who approve, say. */
		for (size_t k = 0; k < n_given && o->arg != NULL && o->list == NULL; k++)
			if (given[k] == o)
				return err_set(&c->e, ERR_USAGE, "--%s is given twice, and takes one %s", o->name, o->arg);
		given[n_given++] = o;
		if ((rc = take(c, o, o->arg == NULL ? NULL : arg[2 + name_n] == '=' ? arg + 3 + name_n : argv[++i], &c->e)) != OK)
			return rc;
	}
	if (common.help) {
		rc = help(v, options, n_options, shared, n_shared, &c->e);
		return rc != OK ? rc : ERR_STOPPED;
	}
	if (common.workers < 1 || common.workers > 256)
		return err_set(&c->e, ERR_USAGE, "--workers wants a number from 1 to 256");
	c->workers = (unsigned)common.workers;
	c->json = common.json;
	c->quiet = common.quiet || isatty(STDERR_FILENO) == 0;
	c->without_jail = common.without_jail;
	c->dir = common.dir != NULL ? common.dir : getenv("TOCSIN_CASE") != NULL ? getenv("TOCSIN_CASE") : ".";
	*operand = rest;
	return open_case(c, v);
}

enum errc cmd_print(struct buf *out, struct err *e)
{
	enum errc rc = buf_check(out, e);

	return rc != OK ? rc : io_write(STDOUT_FILENO, buf_span(out), e);
}

const char *cmd_s(uint64_t n) { return n == 1 ? "" : "s"; }

void cmd_shown(struct buf *out, const char *s)
{
	if (s != NULL)
		utf8_show(out, span_str(s));
}

void cmd_line(struct buf *out, const char *name, const char *fmt, ...)
{
	char text[512];
	size_t n = strlen(name);
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	buf_printf(out, "  %s ", name);
	for (; n < 28; n++)
		buf_byte(out, '.');
	buf_printf(out, " %s\n", text);
}
