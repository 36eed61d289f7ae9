/* What member.c calls of libarchive, which is loaded when it is wanted, and what of it a reader has. For member.c alone. */
#ifndef TOCSIN_STREAM_MEMBER_CALLS_H
#define TOCSIN_STREAM_MEMBER_CALLS_H

#include <archive.h>
#include <archive_entry.h>

#include "base/library.h"

#define LA_CALLS(X) \
	X(bzlib_version) X(entry_filetype) X(entry_hardlink) X(entry_is_encrypted) X(entry_mtime) X(entry_mtime_is_set) X(entry_pathname) \
	X(entry_pathname_utf8) \
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

	if (as == AS_RAW)
		return la.read_support_filter_none(a) == ARCHIVE_OK && la.read_support_format_raw(a) == ARCHIVE_OK;
	if ((as == AS_STREAM ? la.read_support_format_zip_streamable : la.read_support_format_zip)(a) != ARCHIVE_OK)
		return false;
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++)
		if (formats[i](a) != ARCHIVE_OK)
			return false;
	for (size_t i = 0; i < sizeof filters / sizeof *filters; i++)
		if (filters[i].version != NULL && filters[i].support(a) != ARCHIVE_OK)
			return false;
	/* Behind the mark of its end another one may begin, or what somebody does not want to be seen. */
	return la.read_set_format_option(a, "tar", "read_concatenated_archives", "1") == ARCHIVE_OK;
}

#endif
