#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "cmd/cmd.h"
#include "scan/scan.h"

/* Seen from the program's folder: installed; in the source tree, where it is build/tocsin; beside a copied program. */
static const char *const places[] = {"../share/tocsin/", "../", ""};

enum errc cmd_share(struct cmd *c, const char *given, const char *variable, const char *name, const char **out)
{
	char exe[4096];
	char *slash;
	ssize_t n;

	if ((*out = given) != NULL || (*out = getenv(variable)) != NULL)
		return OK;
	if ((n = readlink("/proc/self/exe", exe, sizeof exe - 1)) < 0)
		return err_sys(&c->e, "/proc/self/exe");
	exe[n] = '\0';
	if ((slash = strrchr(exe, '/')) != NULL)
		*slash = '\0';
	for (size_t i = 0; i < sizeof places / sizeof places[0]; i++) {
		struct stat sb;
		const char *path = arena_printf(c->a, "%s/%s%s", exe, places[i], name);

		if (path == NULL)
			return err_memory(&c->e);
		if (stat(path, &sb) == 0 && S_ISDIR(sb.st_mode)) {
			*out = path;
			return OK;
		}
	}
	return err_set(&c->e, ERR_USAGE, "the folder of %s is not found beside the program, as it is installed; set $%s", name, variable);
}

enum errc cmd_reopen(struct cmd *c, const char *rules, const char *passwords, struct buf *out)
{
	const struct scan_options o = {.rules_dir = rules, .prepared = scan_prepared(), .n_workers = c->workers,
	    .without_jail = c->without_jail, .progress = !c->quiet, .passwords = passwords};

	buf_init(out, LIMIT_REOPEN_BYTES);
	return scan_reopen(c->store, &c->config, &o, out, &c->e);
}
