/*
 * Members of a ZIP file in memory (PKWARE APPNOTE 6.3.9, ZIP64 too), as office documents are packed: stored or deflated, found by the
 * central directory, or where that is damaged by their local headers. Names are names, never paths.
 */
#ifndef TOCSIN_DOCUMENT_ZIP_H
#define TOCSIN_DOCUMENT_ZIP_H

#include "base/arena.h"
#include "stream/zip-walk.h"

struct zip {
	span bytes;
	struct zip_member *members; /* in the order of the file */
	size_t n_members;
	uint32_t *slots;            /* by the hash of a name, whatever its case: 0, or 1 + the index of the first member that is called so */
	size_t n_slots;
	uint64_t *left;             /* bytes that may still be unpacked of it in all; in the arena */
	span folder;                /* of an OOXML package: in which its main part lies, "xl/"; "": at the top */
	bool cut;                   /* more members than are looked at */
	bool damaged;               /* no directory, or not all that lies in the file is in it: members were looked for */
};

/* At most `max` members, and `most` bytes of them all together. ERR_EVIDENCE when there is none in it. */
MUST_CHECK enum errc zip_open(struct arena *a, span bytes, size_t max, uint64_t most, struct zip *out, struct err *e);
/* Is one of the names in the directory such a one; in a file that is cut off: of those near its beginning? */
bool zip_any(span bytes, bool (*is)(span name));
/* Does the directory of a whole ZIP file name this member? */
bool zip_has(span bytes, span name);
/* To be done again when members got other names. */
MUST_CHECK enum errc zip_index(struct arena *a, struct zip *z, struct err *e);
/* By name, regardless of ASCII case (as office programs take it); NULL: not there. */
const struct zip_member *zip_find(const struct zip *z, span name);
/*
 * Its bytes, at most `max` of them; *why is NULL, or why they are not all: encrypted, damaged, too large, packed by an unknown
 * method (static text).
 */
MUST_CHECK enum errc zip_read(struct arena *a, const struct zip *z, const struct zip_member *m, size_t max, span *out,
    const char **why, struct err *e);

/* Its bytes as they lie in the file; empty where it is not there. */
span zip_packed(const struct zip *z, const struct zip_member *m);
/* A deflated stream (RFC 1951) of which `says` bytes are promised; the rest as zip_read. */
MUST_CHECK enum errc zip_inflate(struct arena *a, span in, uint64_t says, size_t max, span *out, const char **why, struct err *e);

#endif
