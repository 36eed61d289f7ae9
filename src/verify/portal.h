/*
 * Does a reading room serve the page that it should? Its files are fetched as a browser fetches them, and their digests
 * compared with those of a list that did not come from there. A portal that is owned can serve one visitor
 * another script: so look
 * often, and from several places.
 */
#ifndef TOCSIN_VERIFY_PORTAL_H
#define TOCSIN_VERIFY_PORTAL_H

#include "base/arena.h"
#include "base/digest.h"

enum { PORTAL_FILES = 3 };
struct portal_files { struct digest want[PORTAL_FILES]; bool known[PORTAL_FILES]; };
extern const char *const portal_file_names[PORTAL_FILES]; /* index.html, app.js, app.css */

/* The files as they lie in a folder. */
MUST_CHECK enum errc portal_files_of(struct arena *a, const char *dir, struct portal_files *out, struct err *e);
/* A list as sha256sum(1) writes it, signed by that minisign key. ERR_EVIDENCE when it is not. */
MUST_CHECK enum errc portal_files_read(span list, span signature, span key, struct portal_files *out, struct err *e);

struct portal_look {
	const char *url;        /* "https://reading.example" */
	const char *ca_file;    /* NULL: the system's */
	bool local;             /* it may be on this machine or a private network */
};
struct portal_seen { const char *wrong[PORTAL_FILES]; /* NULL: as it should be */ };
/* ERR_REFUSED when the URL is none. What does not answer is wrong, and says so. */
MUST_CHECK enum errc portal_look(struct arena *a, const struct portal_look *l, const struct portal_files *want,
    struct portal_seen *out, struct err *e);

#endif
