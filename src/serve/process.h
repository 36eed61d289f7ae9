/* The processes of the reading room: what each is given, and where it begins. None returns but with an error. */
#ifndef TOCSIN_SERVE_PROCESS_H
#define TOCSIN_SERVE_PROCESS_H

#include "serve/config.h"
#include "serve/wire.h"

/* A file that the page is made of, read before anything is jailed. */
enum asset { ASSET_PAGE, ASSET_SCRIPT, ASSET_STYLE, N_ASSETS };
struct assets { span v[N_ASSETS]; };

/* The ends that a process keeps; -1: not this one's. */
struct process_fds {
	int listen;                    /* front */
	int logic;                     /* to logic: front, auth, fetch, log */
	int front, auth, fetch, log;   /* logic's ends */
	int operators;                 /* logic: their door, where there is one */
	int clock;                     /* logic, in tests: the file with seconds to add */
};

MUST_CHECK enum errc front_run(const struct serve_config *c, const struct process_fds *fds,
    const struct assets *assets, struct err *e);
MUST_CHECK enum errc logic_run(const struct serve_config *c, const struct process_fds *fds, struct err *e);
MUST_CHECK enum errc auth_run(const struct serve_config *c, const struct process_fds *fds, struct err *e);
MUST_CHECK enum errc fetch_run(const struct serve_config *c, const struct process_fds *fds, struct err *e);
MUST_CHECK enum errc log_run(const struct serve_config *c, const struct process_fds *fds, struct err *e);

/* A line to standard error, which is the service manager's journal. Never what a user sent; what it holds is shown, not obeyed. */
void process_say(const char *process, const char *text);

#endif
