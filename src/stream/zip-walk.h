/*
 * What a ZIP archive says that it holds: the directory at its end (PKWARE APPNOTE 6.3.9, 4.3.12 to 4.3.16, ZIP64 too). And beside it what it
 * holds by its local headers: whoever hides a member leaves it out of the directory. Names are names, never paths.
 */
#ifndef TOCSIN_STREAM_ZIP_WALK_H
#define TOCSIN_STREAM_ZIP_WALK_H

#include "base/span.h"

struct zip_member {
	span name;
	uint64_t n_packed, n_bytes; /* as the directory says; n_bytes may lie */
	uint64_t at;                /* of the local header */
	unsigned method;
	bool encrypted;
	span opened;                /* of one that was encrypted: what it was deflated to before */
	bool read;                  /* by who asked for it by name */
};

/* Little-endian; 0 behind the end. */
unsigned zip_u16(span s, size_t at);
uint32_t zip_u32(span s, size_t at);

struct zip_directory {
	uint64_t n;  /* entries that it has */
	uint64_t at; /* where it begins */
	uint64_t at_by_size; /* the same, counted back from its end: another place when bytes stand before the archive, or one of both lies */
};

/* By the end record: the last one near the end of the file, whatever stands behind it. False when there is none. */
bool zip_directory_find(span bytes, struct zip_directory *out);
/* The next entry of the directory at *at, which it moves on; false when there is none where one should be. */
bool zip_directory_next(span bytes, uint64_t *at, struct zip_member *out);

/* Where one ends whose members and directory lie in it in order, whatever is behind it; else the end of the bytes. */
size_t zip_end(span bytes);
/* Does it hold more members, one behind the other from its beginning, than its directory names, or leads the directory elsewhere than to them? */
bool zip_forgets(span bytes);
/* How many members its directory names, wherever it lies; 0 where there is none. */
uint64_t zip_n_members(span bytes);
/* Does it end as ZIP archives do, with a directory? */
bool zip_ends(span bytes);

#endif
