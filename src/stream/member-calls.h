/* What member.c calls of libarchive, which is loaded when it is wanted, what of it a reader has, and how it is given bytes. For member.c alone. */
#ifndef TOCSIN_STREAM_MEMBER_CALLS_H
#define TOCSIN_STREAM_MEMBER_CALLS_H

#include <archive.h>
#include <archive_entry.h>

#include <errno.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/library.h"
#include "base/limits.h"
#include "stream/member-private.h"

#define LA_CALLS(X) \
	X(bzlib_version) X(entry_filetype) X(entry_hardlink) X(entry_is_encrypted) X(entry_mtime) X(entry_mtime_is_set) X(entry_pathname) \
	X(entry_pathname_utf8) X(entry_size) X(entry_sparse_next) X(entry_sparse_reset) \
	X(error_string) X(filter_bytes) X(filter_count) X(format) X(liblz4_version) X(liblzma_version) X(libzstd_version) \
	X(read_add_passphrase) X(read_data_block) X(read_free) X(read_has_encrypted_entries) X(read_new) X(read_next_header) \
	X(read_open) X(read_open_fd) X(read_open_memory) X(read_set_format_option) X(read_support_filter_bzip2) X(read_support_filter_compress) \
	X(read_support_filter_gzip) X(read_support_filter_lz4) X(read_support_filter_lzip) X(read_support_filter_none) \
	X(read_support_filter_rpm) X(read_support_filter_xz) X(read_support_filter_zstd) X(read_support_format_7zip) \
	X(read_support_format_ar) X(read_support_format_cab) X(read_support_format_cpio) X(read_support_format_empty) \
	X(read_support_format_iso9660) X(read_support_format_lha) X(read_support_format_rar) X(read_support_format_rar5) \
	X(read_support_format_raw) X(read_support_format_tar) X(read_support_format_zip) X(read_support_format_zip_streamable) \
	X(set_error) X(zlib_version)

static struct {
#define LA_CALL(name) __typeof__(archive_##name) *name;
	LA_CALLS(LA_CALL)
#undef LA_CALL
} la;

#define LA_NAME(name) {"archive_" #name, &la.name},
static const struct library_name la_names[] = {LA_CALLS(LA_NAME)};
#undef LA_NAME

/* As what it is; a ZIP archive without its directory; one file, whatever it begins with. */
enum reading { AS_IT_IS, AS_STREAM, AS_RAW };

/*
 * One support function at a time: support_filter_all would start programs for what the library was built
 * without, and so would these, hence the questions for the versions.
 */
static bool support(struct archive *a, enum reading as)
{
	int (*const formats[])(struct archive *) = {la.read_support_filter_none,
		la.read_support_filter_compress, la.read_support_format_tar,
		la.read_support_format_7zip, la.read_support_format_cpio, la.read_support_format_rar,
		la.read_support_format_rar5, la.read_support_format_cab, la.read_support_format_iso9660,
		la.read_support_format_ar, la.read_support_format_lha, la.read_support_filter_rpm,
		la.read_support_format_empty, la.read_support_format_raw};
	const struct { const char *version; int (*support)(struct archive *); } filters[] = {
		{la.zlib_version(), la.read_support_filter_gzip},
		{la.bzlib_version(), la.read_support_filter_bzip2},
		{la.liblzma_version(), la.read_support_filter_xz},
		{la.liblzma_version(), la.read_support_filter_lzip},
		{la.libzstd_version(), la.read_support_filter_zstd},
		{la.liblz4_version(), la.read_support_filter_lz4},
	};

	for (size_t i = 0; i < sizeof filters / sizeof *filters; i++)
		if (filters[i].version != NULL && filters[i].support(a) != ARCHIVE_OK)
			return false;
	if (as == AS_RAW)
		return la.read_support_filter_none(a) == ARCHIVE_OK && la.read_support_filter_compress(a) == ARCHIVE_OK &&
		       la.read_support_format_raw(a) == ARCHIVE_OK;
	if ((as == AS_STREAM ? la.read_support_format_zip_streamable : la.read_support_format_zip)(a) != ARCHIVE_OK)
		return false;
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (formats[i](a) != ARCHIVE_OK)
			return false;
	/* Behind the mark of its end another one may begin, or what somebody does not want to be seen. */
	return la.read_set_format_option(a, "tar", "read_concatenated_archives", "1") == ARCHIVE_OK;
}

enum { BLOCK = 32 * 1024 }; /* read at a time */

static la_ssize_t block_read(struct archive *a, void *ctx, const void **block)
{
	struct err why;
	span got;

	if (source_next(ctx, &got, &why) != OK) {
		la.set_error(a, EIO, "%s", why.text);
		return -1;
	}
	*block = got.p;
	return (la_ssize_t)got.n;
}

/* What is wrong with the bytes is said when the first header is asked for. */
static void source_begin(struct archive *a, struct member_source *s)
{
	if (source_blocks(s))
		(void)la.read_open(a, s, NULL, block_read, NULL);
	else if (s->fd >= 0)
		(void)la.read_open_fd(a, s->fd, BLOCK);
	else
		(void)la.read_open_memory(a, s->bytes.p, s->bytes.n);
}

/* What libarchive alone unpacks: LZ4, lzip, and compress. */
static bool filter_sniff(span head)
{
	return span_starts(head, SPAN_LIT("\x04\x22\x4d\x18")) || span_starts(head, SPAN_LIT("\x02\x21\x4c\x18")) ||
	       span_starts(head, SPAN_LIT("LZIP")) || span_starts(head, SPAN_LIT("\x1f\x9d"));
}

/* Does such a file have zeros at its beginning, and is for that no tar archive? It is read again from where it begins. */
static enum errc filter_peek(struct member_source *s, bool *zeros, struct err *e)
{
	enum { HEAD = 64 * 1024 };
	struct archive *a = la.read_new();
	struct archive_entry *entry;
	struct buf head;
	const void *p;
	size_t n;
	int64_t at;

	*zeros = false;
	if (a == NULL || !support(a, AS_RAW)) {
		if (a != NULL)
			(void)la.read_free(a);
		return err_memory(e);
	}
	buf_init(&head, HEAD);
	source_begin(a, s);
	if (la.read_next_header(a, &entry) == ARCHIVE_OK)
		while (head.n < HEAD && la.read_data_block(a, &p, &n, &at) == ARCHIVE_OK)
			buf_put(&head, span_first(span_of(p, n), HEAD - head.n));
	(void)la.read_free(a);
	*zeros = begins_with_zeros(buf_span(&head));
	buf_free(&head);
	return s->fd < 0 || lseek(s->fd, (off_t)s->at, SEEK_SET) >= 0 ? OK : err_sys(e, "archive");
}

#endif
