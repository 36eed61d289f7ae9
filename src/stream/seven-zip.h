/*
 * The header of a 7z archive (7zFormat.txt of 7-Zip), as far as who decrypts must know it: which bytes of the file are packed, and the
 * folders that unpack them, each a graph of coders. What stands behind them (sizes, digests and names of files) is passed on as it
 * is. An archive can be written with other folders and packed bytes, so that libarchive reads what was encrypted. Spans borrow
 * from the archive; everything else is the arena's. Parses hostile bytes: each function that reads gives ERR_EVIDENCE for what is none.
 */
#ifndef TOCSIN_STREAM_SEVEN_ZIP_H
#define TOCSIN_STREAM_SEVEN_ZIP_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/cursor.h"

enum { SEVEN_START = 32, SEVEN_HEADER = 0x01, SEVEN_ENCODED_HEADER = 0x17, SEVEN_PACKED = 16 /* streams into one folder */ };

struct seven_coder {
	span method, props;
	uint32_t n_in, n_out;
	uint32_t in, out; /* the first of its streams, in the numbering of the folder */
};

struct seven_bind { uint32_t in, out; };

struct seven_folder {
	struct seven_coder *coders;
	struct seven_bind *binds;
	uint32_t *packed;  /* which in streams come from the file */
	uint64_t *sizes;   /* of the out streams */
	uint32_t n_coders, n_binds, n_packed, n_out;
	size_t first;      /* of its packed streams among all */
	uint64_t n_bytes;  /* unpacked */
	uint64_t n_files;  /* in it */
	bool has_crc;
	uint32_t crc;
	/* The first file in it that is not empty, and no larger than is asked for: n 0 where there is none, or no digest of it. */
	struct seven_file { uint64_t at, n; uint32_t crc; bool unchecked; } file;
};

struct seven_streams {
	span *packed;
	struct seven_folder *folders;
	size_t n_packed, n_folders;
	span rest; /* of the header, behind what unpacks them */
	uint64_t n_files; /* of the archive; 0: not known */
	span empty;       /* a bit for each that is in no folder, from the highest of the first byte; empty: all are in one */
};

/* How an AES coder takes its bytes from the file. */
struct seven_seal {
	uint32_t packed; /* which of the folder's */
	span props;
	uint64_t n;      /* bytes in plain: what is behind them fills a block */
};

/* Bytes of the file as they are, or to be decrypted under a key: then whole blocks, of which n bytes count. */
struct seven_pack {
	span bytes;
	const unsigned char *key; /* NULL: as they are */
	unsigned char iv[16];
	size_t n;
};

bool seven_sniff(span first_bytes);
/* Where it ends: behind the header that the first bytes point at, else with all the bytes. */
size_t seven_end(span archive);
/* The header that the first bytes point at, its digest compared. */
MUST_CHECK enum errc seven_header(span archive, span *out, struct err *e);
/* A header of SEVEN_HEADER or SEVEN_ENCODED_HEADER. Of files, digests are looked for in those up to `most` bytes. Without any stream all is 0. */
MUST_CHECK enum errc seven_streams_read(struct arena *a, span archive, span header, uint64_t most, struct seven_streams *out, struct err *e);

/* Is the file of that number in no folder? */
bool seven_empty(const struct seven_streams *s, uint64_t file);
/* Is one of its coders AES (06 F1 07 01)? */
bool seven_sealed(const struct seven_folder *f);
/* The folder without its AES coders, and how those take their bytes; ERR_EVIDENCE where they do not take them from the file. */
MUST_CHECK enum errc seven_folder_open(struct arena *a, const struct seven_folder *f, struct seven_folder *out,
    struct seven_seal seals[SEVEN_PACKED], size_t *n, struct err *e);

/* An archive of those folders and packed streams, `rest` behind them. */
MUST_CHECK enum errc seven_write(struct buf *out, const struct seven_folder *folders, size_t n, const struct seven_pack *packs, size_t n_packs,
    span rest, struct err *e);
/*
 * The end of a header of one folder that holds one file that matters: what is before it and behind it in the folder counts as files, too.
 * *index is its number among them.
 */
void seven_rest_of(struct buf *out, const struct seven_folder *f, const struct seven_file *file, uint64_t *index);

#endif
