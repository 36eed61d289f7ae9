#include "stream/member-library.h"

#include "base/library.h"

struct la la;

#define LA_NAME(name) {"archive_" #name, &la.name},
static const struct library_name la_names[] = {LA_CALLS(LA_NAME)};
static struct library la_library = LIBRARY(SONAME_ARCHIVE, la_names);

enum errc la_load(struct err *e) { return library_load(&la_library, e); }

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

struct archive *la_new(enum reading as)
{
	struct archive *a = la.read_new();

	if (a != NULL && !support(a, as)) {
		(void)la.read_free(a);
		a = NULL;
	}
	return a;
}
