/*
 * Doors: argv in, one stage called, one result out. Each verb is one row of the table in tocsin.c and one function
 * cmd_<verb>; the table says what the row needs, main opens it. Text for people on stdout, or one JSON object
 * with --json; progress and messages on stderr. Exit status: 0 done, 1 done with recorded problems, 2 usage,
 * 3 refused, 4 failed.
 */
#ifndef TOCSIN_CMD_CMD_H
#define TOCSIN_CMD_CMD_H

#include "base/arena.h"
#include "base/json.h"
#include "case/case.h"
#include "store/store.h"

enum cmd_need {
	NEED_NOTHING = 0,
	NEED_CASE_READ = 1,  /* case.yaml and the store, for reading */
	NEED_CASE_WRITE = 2, /* the store for writing: ERR_LOCKED when another tocsin writes */
};

struct cmd {
	struct arena *a;          /* lives as long as the program */
	const char *verb;         /* as it was typed: "notify plan" */
	const char *dir;          /* the case folder */
	struct case_config config;
	struct store *store;
	bool json, quiet, without_jail;
	unsigned workers;         /* 0: one a core */
	struct err e;             /* where a verb leaves why it failed */
};

/*
 * An option of a verb's own. arg is NULL for a switch; else what the help calls its value ("FILE"). Exactly one
 * of the pointers is set: text takes the value, list collects values, flag is set true, number takes a
 * decimal number. What takes one value is refused when it is given twice.
 */
struct cmd_option {
	const char *name; /* without the dashes */
	const char *arg;
	const char *help;
	const char **text;
	struct text_list *list;
	bool *flag;
	uint64_t *number;
	bool read;        /* the value is the path of what is read: ERR_USAGE when nothing is there, or a folder where arg says FILE, or none for DIR */
};

struct verb {
	const char *name;
	enum cmd_need need;
	const char *args;    /* "PATH..." for the usage line */
	const char *summary; /* one line */
	const char *example; /* what stands behind the name, for the help */
	enum errc (*run)(struct cmd *c, const struct verb *v, int argc, char **argv, int *status);
	const char *words;   /* what may stand for args, a line each, for the help; NULL: the usage line says it */
	bool alone;          /* of the common options only --json and --help change anything: the help leaves the others out */
};

/*
 * A verb's run gets its own row as v (to hand on to cmd_start) and argv behind the verb's name; it leaves 1 in *status
 * when it is done with recorded problems, and returns OK, or the code of what is in c->e.
 *
 * A verb calls this first: takes the verb's options and the common ones (--case, --json, --quiet, --workers,
 * --without-jail, --help) out of argv; what remains are *n operands at *operand. It opens what the verb needs.
 * ERR_USAGE with one clear line in c->e; ERR_STOPPED after --help was printed: the verb returns it as it is.
 */
MUST_CHECK enum errc cmd_start(struct cmd *c, const struct verb *v, int argc, char **argv,
    const struct cmd_option *options, size_t n_options, const char *const **operand, size_t *n);

/*
 * The folder of our own data that goes by this name (rules, templates): as given, else the variable, else beside the
 * program, where it is installed or built; no path is compiled in.
 */
MUST_CHECK enum errc cmd_share(struct cmd *c, const char *given, const char *variable, const char *name,
    const char **out);

/*
 * The passwords for what scan opened, for who reads it again (scan_reopen): those of the file, or NULL, and those near where the policy
 * says so. rules NULL: their folder was not found, which matters only for these. *out is to be wiped also when it fails.
 */
MUST_CHECK enum errc cmd_reopen(struct cmd *c, const char *rules, const char *passwords, struct buf *out);

/* A path that somebody gave: ERR_USAGE when nothing is there, before anything is done. */
MUST_CHECK enum errc cmd_there(struct cmd *c, const char *path);
/* The same, of one that is no folder. */
MUST_CHECK enum errc cmd_file(struct cmd *c, const char *path);

/* Prints the JSON object or text that a verb built: out goes to stdout whole; a failed write is an error. */
MUST_CHECK enum errc cmd_print(struct buf *out, struct err *e);

/* A word from elsewhere (a directory, a server, the DNS) as a terminal may have it: utf8_show. NULL is nothing. */
void cmd_shown(struct buf *out, const char *s);

/* The ending of what there are n of: "" or "s". */
const char *cmd_s(uint64_t n);

/* A line of text for people: "  name ............ value". */
void cmd_line(struct buf *out, const char *name, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

#endif
