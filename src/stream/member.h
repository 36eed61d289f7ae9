/*
 * Members of archives and compressed files, by libarchive: gz, zst, xz, bz2 as a single member; tar, zip, 7z and
 * mixtures. A member is written to a spool descriptor (an unlinked temporary file that the keeper handed over)
 * and looked at as mapped bytes from there. Paths inside archives are names, never used as paths.
 */
#ifndef TOCSIN_STREAM_MEMBER_H
#define TOCSIN_STREAM_MEMBER_H

#include "base/arena.h"
#include "base/buf.h"

enum member_outcome {
	MEMBER_READ,
	MEMBER_PARTIAL,   /* damaged: as far as it went */
	MEMBER_ENCRYPTED, /* needs a password */
	MEMBER_LIMIT,     /* too large, too many, taken for a bomb */
	MEMBER_NOT_FILE,  /* directory, link, device: nothing to read */
	MEMBER_FAILED,
};

struct member {
	span name;     /* as in the archive, made valid UTF-8; "" for a bare compressed file */
	uint64_t index; /* from 0, in the order of the archive */
	enum member_outcome outcome;
	const char *reason; /* for every outcome but READ: static or in the arena */
	bool directory;     /* such a NOT_FILE: what lies in it comes as members of their own */
	bool sealed;        /* encrypted; READ all the same when the password was right */
	uint64_t n_bytes;   /* decompressed, in the spool from its offset 0 on */
	int64_t written_utc; /* when it was written last, as the archive or the header of a gzip file says; 0: not said */
};

struct archive_reader;

/* Is this the beginning of something libarchive should look at? By magic only: 0x1f8b, PK, 7z, tar's ustar ... */
bool archive_sniff(span first_bytes);
/* Does it begin an archive of which libarchive may miss a part unless all of it is seen? ZIP and 7z: see archive_open_all. */
bool archive_wants_all(span first_bytes);
/* Is this the beginning of a tar archive? */
bool tar_sniff(span first_bytes);
/* LZ4 and zstd: where a frame that is to be passed over ends (RFC 8878 3.1.2); 0: it is none. */
uint64_t archive_frame(span s);

/* A program of Windows or Linux, or a script: it may unpack itself. */
bool program_sniff(span first_bytes);
/*
 * The archive of a program or script that unpacks itself, or behind whatever else: ZIP as its end, RAR or 7z behind its code, a compressed
 * file or tar archive behind the lines of a script. Empty: none.
 */
span archive_within(span bytes);

/*
 * Call once before the walls go up: loads libarchive and what that would load later, and sets the locale and the time zone
 * of the process to what needs no file (C.UTF-8 and UTC).
 */
MUST_CHECK enum errc archive_warm(struct err *e);

/* Reads from fd (from its beginning, by lseek/read), spools into spool_fd. Both stay the caller's. */
MUST_CHECK enum errc archive_open(struct archive_reader **out, int fd, int spool_fd, struct err *e);
/*
 * The same of an archive in memory, which must outlive it; each member's bytes replace those in *into, up to its maximum. What is
 * encrypted is tried with the password, which must outlive it too, where p is not NULL: ZIP only, libarchive opens no other kind. A ZIP archive whose directory does
 * not name all that lies in it (zip_forgets) is read member by member, without that directory.
 */
MUST_CHECK enum errc archive_open_span(struct archive_reader **out, span bytes, struct buf *into, span password, struct err *e);
/* The same of one that is mapped, and spools as archive_open does. */
MUST_CHECK enum errc archive_open_all(struct archive_reader **out, span bytes, int spool_fd, struct err *e);
void archive_close(struct archive_reader *r);

/*
 * Next member, its bytes spooled; *m NULL at the end. Damage of the archive itself ends it with a last member
 * whose outcome is FAILED or PARTIAL and whose reason says why: never an error. Errors are the world's only.
 */
MUST_CHECK enum errc archive_next(struct archive_reader *r, struct arena *a, struct member **m, struct err *e);

/* Passes over members without spooling until index `index` comes next (for re-reading). */
MUST_CHECK enum errc archive_skip_to(struct archive_reader *r, uint64_t index, struct err *e);

#endif
