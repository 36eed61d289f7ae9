/*
 * A compound file (MS-CFB, "OLE2"): the container of .msg, .oft, .doc, .xls, .ppt and Thumbs.db. It is a small file
 * system: storages (folders) and streams (files), each a chain of sectors. Read over a span without a copy where
 * a stream's sectors lie side by side. Sectors of 512 and 4096 bytes.
 *
 * Damage never fails a stream that can be read in part: what is wrong is a bit in `problems`, and the stream is cut.
 * No chain is followed for longer than the file has sectors, the directory's tree is walked once an entry, and
 * all streams together give at most the file's own length, so that hostile chains cost no more than honest ones.
 */
#ifndef TOCSIN_STREAM_COMPOUND_H
#define TOCSIN_STREAM_COMPOUND_H

#include "base/arena.h"

enum compound_problem {
	COMPOUND_TRUNCATED = 1u << 0, /* sectors lie behind the end of the file */
	COMPOUND_CHAIN = 1u << 1,     /* a chain ends early, runs in a circle or leads out of the file */
	COMPOUND_TREE = 1u << 2,      /* the directory's tree is damaged: entries are met twice or not at all */
	COMPOUND_LIMIT = 1u << 3,     /* more or deeper entries than are read, or streams larger than the file */
};

enum compound_kind { COMPOUND_STORAGE = 1, COMPOUND_STREAM = 2, COMPOUND_ROOT = 5 };

struct compound_entry {
	enum compound_kind kind;
	span name;      /* UTF-8 */
	size_t parent;  /* index of the storage it is in; of the root 0 */
	unsigned depth; /* 0: the root */
	uint64_t size;  /* of a stream, cut to what can be there */
	uint32_t first; /* sector, or mini sector where size is below the cutoff */
	unsigned problems;
};

struct compound {
	span file;
	struct compound_entry *entries; /* the root first, then storage by storage what is in it, in the tree's order */
	size_t n_entries;
	unsigned problems; /* of the whole; those of streams are or'ed in when they are read */
	/* the rest is compound.c's */
	size_t sector, mini_sector, mini_cutoff;
	uint32_t *fat, *mini_fat;
	size_t n_fat, n_mini_fat;
	span mini; /* the root's stream, in which small streams lie */
};

/* By the first eight bytes. */
bool compound_sniff(span file);

/*
 * ERR_EVIDENCE when the header or the root cannot be read. file must outlive *out; *out lives in the arena.
 */
MUST_CHECK enum errc compound_open(struct arena *a, span file, struct compound **out, struct err *e);

/* The entry of that name (ASCII case aside) in a storage; NULL when there is none. */
const struct compound_entry *compound_find(const struct compound *c, const struct compound_entry *in, span name);
/* By a path with "/" from the root, "Macros/VBA/dir"; NULL when there is none. */
const struct compound_entry *compound_path(const struct compound *c, const char *path);

/*
 * The entries of a storage in their order: begin with NULL. NULL at the end.
 *     for (e = NULL; (e = compound_child(c, in, e)) != NULL;)
 */
const struct compound_entry *compound_child(const struct compound *c, const struct compound_entry *in,
    const struct compound_entry *before);

/*
 * The bytes of a stream, in the file or the arena; as many as could be read where it is damaged, and *problems
 * (may be NULL) says so. Errors are memory only.
 */
MUST_CHECK enum errc compound_read(struct arena *a, const struct compound *c, const struct compound_entry *stream,
    span *out, unsigned *problems, struct err *e);

#endif
