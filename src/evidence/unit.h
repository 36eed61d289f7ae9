/*
 * The units of a source: the file itself, or each member of an archive or mailbox file, archives within archives included. Runs
 * in a worker: the source and the spools are descriptors that the keeper handed over.
 *
 * A member is known by one number, so that it can be found again: its index in the outermost archive, and for
 * archives within it the index there plus one, 21 bits each, the outermost lowest. -1 is the file itself.
 */
#ifndef TOCSIN_EVIDENCE_UNIT_H
#define TOCSIN_EVIDENCE_UNIT_H

#include "base/arena.h"
#include "stream/member.h"

#define UNIT_SPOOLS 3 /* archives within archives: as deep as the number of a member has room */
#define UNIT_FILE ((int64_t)-1)

struct unit {
	int64_t member;
	span name;  /* "inner.zip!/mail/1.eml"; lives until the next unit */
	span bytes; /* mapped; lives until the next unit */
	bool message; /* an item of a PST or .olm: bytes are its rendering, a message whatever they look like */
	enum member_outcome outcome;
	const char *reason;
	int64_t written_utc; /* of a member, as struct member has it; else 0 */
};

/* A file's bytes: up to a megabyte is read into a buffer that is used again, what is larger is mapped. */
struct file_view {
	unsigned char *buffer;
	uint64_t from; /* of the file, where the buffer begins */
	size_t n;      /* that are in it */
	void *map;
	size_t map_n;
};
/* ERR_EVIDENCE when the file is not as long as it was said to be. *out lives until the next call for this view. */
MUST_CHECK enum errc file_view(struct file_view *v, int fd, uint64_t n_bytes, span *out, struct err *e);
/* n bytes of it from `at` on; those that follow are mostly there then. Before another file: file_view_forget. */
MUST_CHECK enum errc file_view_part(struct file_view *v, int fd, uint64_t n_bytes, uint64_t at, uint64_t n, span *out, struct err *e);
void file_view_forget(struct file_view *v);
void file_view_done(struct file_view *v);

struct units;
/* Loads what units are read with, in a worker before its walls; what is left for later stays so (base/later.h). */
MUST_CHECK enum errc units_warm(struct err *e);
MUST_CHECK enum errc units_open(struct units **out, int fd, const int spools[UNIT_SPOOLS], struct err *e);
void units_close(struct units *u);
/* The next member; *end after the last. An archive within is entered and is no unit of its own, unless it is too deep. */
MUST_CHECK enum errc units_next(struct units *u, struct unit *out, bool *end, struct err *e);
/*
 * How the next unit is to be met: PASSED, because an earlier task has read it, or DEADLY, because it brought a worker down.
 * Members of archives are read all the same (what lies behind them cannot be had otherwise), items of a PST or .olm are not:
 * units_stand_alone says that the next is such a one.
 */
enum unit_want { UNIT_WHOLE = 0, UNIT_PASSED, UNIT_DEADLY };
void units_want(struct units *u, enum unit_want want);
bool units_stand_alone(const struct units *u);
/* The next unit is number `index`, without those before it; false when those must be met first. Before the first units_next. */
bool units_seek(struct units *u, uint64_t index);
/* The member of that number, which must not lie before the last one given. *found false when it is not there. */
MUST_CHECK enum errc units_find(struct units *u, int64_t member, struct unit *out, bool *found, struct err *e);
/* The bytes of the unit given last are the caller's: they live until file_view_done. false when they lie in no spool. */
bool units_keep(struct units *u, struct file_view *out);

#endif
