/*
 * The reading room: organisations claim their sealed dossier, name who reads it, read it in their browsers and
 * say what they reset (doc/portal-api.md). It runs as a handful of processes that have little: front speaks
 * HTTP and has no file, logic has the state and the sealed records and no network, auth parses what browsers
 * sign and has nothing at all, fetch asks the network and holds no data, log writes the event log and has its
 * key. When one of them dies nothing is served until all are up again.
 *
 * Nothing here reads a case: sealed bundles come in through a folder, events lie in another.
 */
#ifndef TOCSIN_SERVE_SERVE_H
#define TOCSIN_SERVE_SERVE_H

#include "base/buf.h"

/*
 * Runs until asked to stop. web: where the page's files are when the configuration names no place. ERR_USAGE: the
 * configuration is off, and where; ERR_REFUSED: no walls, no start. ready (may be NULL) is called once all processes answer.
 */
struct serve_options {
	const char *config_file, *web;
	void (*ready)(void *ctx, const char *address);
	void *ctx;
};
MUST_CHECK enum errc serve_run(const struct serve_options *o, struct err *e);
/*
 * An operator's word to the portal that runs; out gets JSON lines. "list"; of a case "show" or "withdraw"; of its claim by
 * that notice "callback", and where it is disputed "open" or "revoke". What is not asked for is "".
 * ERR_REFUSED: and why.
 */
struct serve_word { const char *word, *room, *notice, *note; };
MUST_CHECK enum errc serve_operator(const struct serve_options *o, const struct serve_word *w, struct buf *out,
    struct err *e);

/* Reads the configuration and the page's files, and says nothing if all is well. */
MUST_CHECK enum errc serve_check(const struct serve_options *o, struct err *e);

#endif
