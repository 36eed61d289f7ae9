/* What is called of libarchive, which is loaded when it is first wanted, and what of it a reader has. For the files of member.h. */
#ifndef TOCSIN_STREAM_MEMBER_LIBRARY_H
#define TOCSIN_STREAM_MEMBER_LIBRARY_H

#include <archive.h>
#include <archive_entry.h>

#include "base/err.h"

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

#define LA_CALL(name) __typeof__(archive_##name) *name;
extern struct la { LA_CALLS(LA_CALL) } la;
#undef LA_CALL

/* Loads it; the calls of `la` may be made once this has said OK. */
MUST_CHECK enum errc la_load(struct err *e);

/* As what it is; a ZIP archive without its directory; one file, whatever it begins with. */
enum reading { AS_IT_IS, AS_STREAM, AS_RAW };
/* A new one that knows all that is read so; NULL: memory. */
struct archive *la_new(enum reading as);

#endif
