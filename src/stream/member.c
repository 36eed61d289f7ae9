#include "stream/member.h"

#include <archive.h>
#include <archive_entry.h>
#include <errno.h>
#include <iconv.h>
#include <locale.h>
#include <stdlib.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include "base/cursor.h"
#include "base/later.h"
#include "base/library.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "stream/charset.h"
#include "stream/unpack.h"
#include "stream/zip-walk.h"

/* Read at a time; a member smaller than BOMB_MIN is harmless whatever its ratio. */
enum { BLOCK = 32 * 1024, RETRIES = 16, FRAMES = 64 /* that are passed over */ };
#define BOMB_MIN (64 * MIB)

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
static struct library la_library = LIBRARY(SONAME_ARCHIVE, la_names);

struct archive_reader {
	struct archive *archive;
	struct unpack *unpack; /* what unpacks it before libarchive sees it, or NULL */
	int spool_fd;
	struct buf *into; /* instead of the spool */
	uint64_t index;   /* of the next member */
	uint64_t n_bytes; /* spooled in all */
	bool ended;
	bool password;    /* one is there to be tried */
	bool told;        /* that it is damaged: by a member */
	bool waits;       /* a header that was found behind damage, or the end; the damage is told first */
	int waiting_as;
	struct archive_entry *waiting;
	int64_t written_utc; /* of what a gzip file packed (RFC 1952, 2.3.1); 0: not said */
};

/*
 * One support function at a time: support_filter_all would start programs for what the library was built
 * without, and so would these, hence the questions for the versions.
 */
static bool support(struct archive *a, bool streamed)
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

	if ((streamed ? la.read_support_format_zip_streamable : la.read_support_format_zip)(a) != ARCHIVE_OK)
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

enum errc archive_warm(struct err *e)
{
	static const char *const names[] = {"UTF-16LE", "UTF-16BE", "CP437", "CP932"};
	static iconv_t kept[sizeof names / sizeof *names];
	struct archive *a;
	enum errc rc;

	if (later_waits(LATER_ARCHIVES))
		return OK;
	if ((rc = library_load(&la_library, e)) != OK)
		return rc;
	unpack_warm();
	/* Names of members are asked for as UTF-8; libarchive converts to the charset of the locale first. */
	(void)setlocale(LC_CTYPE, "C.UTF-8");
	/* Dates of zip members are local times: without TZ each one would look at /etc/localtime. */
	(void)setenv("TZ", "UTC0", 1);
	tzset();
	/* Kept open, so that what libarchive opens later finds its module loaded. */
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (kept[i] == NULL)
			kept[i] = iconv_open("UTF-8", names[i]);
	if ((a = la.read_new()) != NULL) {
		(void)support(a, false);
		(void)la.read_free(a);
	}
	return OK;
}

static enum errc reader_new(struct archive_reader **out, int spool_fd, struct buf *into, bool streamed, struct err *e)
{
	struct archive_reader *r = calloc(1, sizeof *r);
	enum errc rc;

	*out = NULL;
	if (r == NULL)
		return err_memory(e);
	later_need(LATER_ARCHIVES);
	r->spool_fd = spool_fd;
	r->into = into;
	if ((rc = library_load(&la_library, e)) != OK) {
		free(r);
		return rc;
	}
	if ((r->archive = la.read_new()) == NULL || !support(r->archive, streamed)) {
		archive_close(r);
		return err_memory(e);
	}
	*out = r;
	return OK;
}

static la_ssize_t unpack_read(struct archive *a, void *ctx, const void **block)
{
	struct err why;
	span got;

	if (unpack_next(ctx, &got, &why) != OK) {
		la.set_error(a, EIO, "%s", why.text);
		return -1;
	}
	*block = got.p;
	return (la_ssize_t)got.n;
}

/* From fd, or where that is -1 from bytes. What is wrong with them is said by the first archive_next. */
static enum errc reader_begin(struct archive_reader *r, int fd, span bytes, span head, struct err *e)
{
	if (head.n >= 8 && head.p[0] == 0x1f && head.p[1] == 0x8b)
		r->written_utc = le32_at(head, 4);
	if (unpack_sniff(head)) {
		if ((r->unpack = unpack_open(fd, bytes, head)) == NULL)
			return err_memory(e);
		(void)la.read_open(r->archive, r->unpack, NULL, unpack_read, NULL);
	} else if (fd >= 0) {
		(void)la.read_open_fd(r->archive, fd, BLOCK);
	} else {
		(void)la.read_open_memory(r->archive, bytes.p, bytes.n);
	}
	return OK;
}

enum errc archive_open(struct archive_reader **out, int fd, int spool_fd, struct err *e)
{
	unsigned char head[UNPACK_HEAD];
	uint64_t at = 0, next;
	ssize_t n;
	enum errc rc;

	*out = NULL;
	/* libarchive knows LZ4 by its first frame alone. */
	for (unsigned i = 0; (n = pread(fd, head, sizeof head, (off_t)at)) >= 0 && i < FRAMES; i++, at = next)
		if ((next = archive_frame(span_of(head, (size_t)n))) == 0 || (next += at) > INT64_MAX)
			break;
	if (n < 0 || lseek(fd, (off_t)at, SEEK_SET) < 0)
		return err_sys(e, "archive");
	if ((rc = reader_new(out, spool_fd, NULL, false, e)) == OK &&
	    (rc = reader_begin(*out, fd, SPAN_EMPTY, span_of(head, (size_t)n), e)) != OK) {
		archive_close(*out);
		*out = NULL;
	}
	return rc;
}

/* libarchive takes one only before it has seen a byte. */
static enum errc password_add(struct archive_reader *r, span password, struct err *e)
{
	char *text = malloc(password.n + 1);
	int got;

	if (text == NULL)
		return err_memory(e);
	memcpy(text, password.p, password.n);
	text[password.n] = '\0';
	got = text[0] != '\0' ? la.read_add_passphrase(r->archive, text) : ARCHIVE_OK;
	explicit_bzero(text, password.n);
	free(text);
	r->password = true;
	return got == ARCHIVE_OK ? OK : err_memory(e);
}

enum errc archive_open_span(struct archive_reader **out, span bytes, struct buf *into, span password, struct err *e)
{
	enum errc rc = reader_new(out, -1, into, zip_forgets(bytes), e);
	uint64_t next;

	for (unsigned i = 0; i < FRAMES && (next = archive_frame(bytes)) != 0; i++)
		bytes = next < bytes.n ? span_from(bytes, (size_t)next) : SPAN_EMPTY;
	if (rc == OK && ((password.p != NULL && (rc = password_add(*out, password, e)) != OK) ||
			    (rc = reader_begin(*out, -1, bytes, span_first(bytes, UNPACK_HEAD), e)) != OK)) {
		archive_close(*out);
		*out = NULL;
	}
	return rc;
}

void archive_close(struct archive_reader *r)
{
	if (r == NULL)
		return;
	if (r->archive != NULL)
		(void)la.read_free(r->archive);
	unpack_close(r->unpack);
	free(r);
}

static const char damaged[] = "the archive is damaged or cut off here";

/* What is wrong with what lies around all members. */
static const char *unpack_says(const struct archive_reader *r) { return r->unpack != NULL ? unpack_why(r->unpack) : NULL; }

static const char *why(struct archive_reader *r, struct arena *a)
{
	const char *text = la.error_string(r->archive);
	span clean = text != NULL ? utf8_clean(a, span_trim(span_str(text))) : SPAN_EMPTY;
	char *copy;

	r->told = true;
	if (unpack_says(r) != NULL)
		return unpack_says(r);
	/* RAR 5: libarchive loses its way in the record that says how a member is encrypted. */
	if ((la.format(r->archive) & ARCHIVE_FORMAT_BASE_MASK) == ARCHIVE_FORMAT_RAR_V5 && text != NULL &&
	    strstr(text, "block header size") != NULL)
		return "a RAR archive whose next member is encrypted or damaged: it cannot be read from here on; unpack it with unrar(1)";
	if (clean.n == 0)
		return damaged;
	/* zlib's -5 is that there is no more to read. */
	if (span_has_nocase(clean, SPAN_LIT("truncated")) || span_ends_nocase(clean, SPAN_LIT("decompression failed (-5)")))
		copy = arena_printf(a, "the archive is cut off here (%.*s)", (int)clean.n, (const char *)clean.p);
	else
		copy = arena_cstr(a, clean);
	return copy != NULL ? copy : damaged;
}

/* Is the last error of libarchive about a password? */
static bool wants_password(struct archive_reader *r)
{
	const char *text = la.error_string(r->archive);

	return text != NULL && (strcasestr(text, "encrypt") != NULL || strcasestr(text, "passphrase") != NULL ||
	                           strcasestr(text, "password") != NULL || strcasestr(text, "crypto codec") != NULL);
}

/*
 * A name of few letters may as well be Western by them alone. Archives have names in the code page of DOS, which has its letters where Western
 * charsets have signs (APPNOTE, appendix D): one of these beside a letter. The euro, dots, an apostrophe and dashes may stand there, too.
 */
static bool is_dos_name(span raw)
{
	bool dos = false;

	for (size_t i = 0; i < raw.n; i++) {
		unsigned char c = raw.p[i];
		bool before = i > 0 && ascii_is_alpha(raw.p[i - 1]), behind = i + 1 < raw.n && ascii_is_alpha(raw.p[i + 1]);
		bool beside = c >= 0x91 && c <= 0x94 ? before && behind : before || behind; /* these are quotes */

		if (c >= 0xc0 && c != 0xc7 && c != 0xe1) /* a letter there, and hardly one here but for these */
			return false;
		dos |= beside && (c == 0xe1 || (c > 0x80 && c <= 0xa5 && c != 0x85 && c != 0x92 && c != 0x96 && c != 0x97));
	}
	return dos;
}

static const struct charset *charset_of_name(span raw)
{
	const struct charset *c = charset_guess(raw);
	/* In none of these is any such byte a letter that is used. */
	bool signs = span_is_one_of(span_str(charset_name(c)), SPAN_WORDS("windows-1252", "windows-1253", "windows-1254", "windows-1255",
	    "windows-1256", "windows-1257", "iso-8859-1", "iso-8859-6", "iso-8859-7", "koi8-r", "koi8-u"));

	return signs && is_dos_name(raw) ? charset_find(SPAN_LIT("ibm850")) : c;
}

static span name_of(struct arena *a, struct archive_entry *entry)
{
	const char *text = la.entry_pathname_utf8(entry);
	span raw, out;

	if (text == NULL)
		text = la.entry_pathname(entry);
	raw = span_str(text != NULL ? text : "");
	if (charset_to_utf8(a, charset_of_name(raw), raw, &out, NULL, NULL) != OK)
		return SPAN_EMPTY;
	return arena_copy(a, out);
}

/* Empty, or with zeros up to n bytes. */
static enum errc spool_size(struct archive_reader *r, uint64_t n, struct err *e)
{
	if (r->into == NULL)
		return ftruncate(r->spool_fd, (off_t)n) == 0 ? OK : err_sys(e, "spool: ftruncate");
	if (n == 0)
		buf_clear(r->into);
	while (r->into->n < n && !r->into->failed)
		buf_byte(r->into, 0);
	return buf_check(r->into, e);
}

static enum errc spool_write(struct archive_reader *r, const unsigned char *p, size_t n, off_t at, struct err *e)
{
	if (r->into != NULL) {
		enum errc rc = (uint64_t)at > r->into->n ? spool_size(r, (uint64_t)at, e) : OK;

		/* Blocks come in their order; one that goes back overwrites nothing that was given. */
		if (rc == OK && (uint64_t)at == r->into->n)
			buf_put(r->into, span_of(p, n));
		return rc == OK ? buf_check(r->into, e) : rc;
	}
	while (n > 0) {
		ssize_t written = pwrite(r->spool_fd, p, n, at);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return err_sys(e, "spool: write");
		p += written;
		n -= (size_t)written;
		at += written;
	}
	return OK;
}

static void set(struct member *m, enum member_outcome outcome, const char *reason)
{
	m->outcome = outcome;
	m->reason = reason;
}

/* May the member grow to `size`? If not, says why. */
static bool within_limits(struct archive_reader *r, uint64_t size, uint64_t consumed, struct member *m)
{
	if (size > LIMIT_MEMBER_BYTES || (r->into != NULL && size > r->into->max)) {
		set(m, MEMBER_LIMIT, "larger than a member may be");
	} else if (size > LIMIT_ARCHIVE_BYTES - r->n_bytes) {
		set(m, MEMBER_LIMIT, "the archive is larger than an archive may be");
		r->ended = true;
	} else if (size > BOMB_MIN && size / LIMIT_ARCHIVE_RATIO > consumed) {
		set(m, MEMBER_LIMIT, "taken for a decompression bomb");
	} else {
		return true;
	}
	return false;
}

/* libarchive decrypts ZIP alone; of what is in memory unseal.h opens 7z and RAR. */
static const char *sealed_why(struct archive_reader *r)
{
	int format = la.format(r->archive) & ARCHIVE_FORMAT_BASE_MASK;

	if (r->into == NULL && format == ARCHIVE_FORMAT_7ZIP)
		return "encrypted: needs a password, and 7z is not decrypted here: unpack it with 7z(1) and ingest what comes out";
	if (r->into == NULL && (format == ARCHIVE_FORMAT_RAR || format == ARCHIVE_FORMAT_RAR_V5))
		return "encrypted: needs a password, and RAR is not decrypted here: unpack it with unrar(1) and ingest what comes out";
	if (r->into == NULL)
		return "encrypted: needs a password: unpack it and ingest what comes out";
	return "encrypted: needs a password";
}

static bool is_raw(struct archive_reader *r) { return la.format(r->archive) == ARCHIVE_FORMAT_RAW; }

/* Bytes of the archive itself that were read so far. */
static int64_t consumed(struct archive_reader *r)
{
	return r->unpack != NULL ? (int64_t)unpack_taken(r->unpack) : la.filter_bytes(r->archive, -1);
}

static enum errc spool(struct archive_reader *r, struct arena *a, struct member *m, struct err *e)
{
	int64_t start = consumed(r);
	enum errc rc;

	if ((rc = spool_size(r, 0, e)) != OK)
		return rc;
	for (;;) {
		const void *p = NULL;
		size_t n = 0;
		int64_t at = 0;
		int got = la.read_data_block(r->archive, &p, &n, &at);
		int64_t here = consumed(r);
		bool last;

		/* A zip's directory is at its end: from there it goes back to the member. */
		if (here < start)
			start = here;
		if (got == ARCHIVE_EOF) {
			if (is_raw(r) && unpack_says(r) != NULL)
				set(m, MEMBER_PARTIAL, why(r, a));
			break;
		}
		if (got == ARCHIVE_RETRY)
			got = ARCHIVE_FAILED;
		/* That a member of a ZIP has not the size that it says is a failure to libarchive 3.7, a warning before: its last block is there. */
		last = got == ARCHIVE_FAILED && n > 0 && la.format(r->archive) == ARCHIVE_FORMAT_ZIP;
		if (got == ARCHIVE_OK || got == ARCHIVE_WARN || last) {
			if (at < 0 || n > (uint64_t)INT64_MAX - (uint64_t)at) {
				set(m, MEMBER_PARTIAL, damaged);
				break;
			}
			/* A block that was read ahead serves several members: counted for each. */
			if (!within_limits(r, (uint64_t)at + n, (uint64_t)(here - start) + BLOCK, m))
				break;
			if ((rc = spool_write(r, p, n, at, e)) != OK)
				return rc;
			if ((uint64_t)at + n > m->n_bytes)
				m->n_bytes = (uint64_t)at + n;
			if (got != ARCHIVE_OK)
				set(m, MEMBER_PARTIAL, why(r, a));
			if (last)
				break;
			continue;
		}
		if (wants_password(r))
			set(m, MEMBER_ENCRYPTED, sealed_why(r));
		else
			set(m, m->n_bytes > 0 ? MEMBER_PARTIAL : MEMBER_FAILED, why(r, a));
		if (got == ARCHIVE_FATAL)
			r->ended = true;
		break;
	}
	r->n_bytes += m->n_bytes;
	/* A hole at the end of a sparse member was not written. */
	return m->outcome != MEMBER_LIMIT ? spool_size(r, m->n_bytes, e) : OK;
}

/* The next header; *failed when it could not be read, also where another was found behind it. False at the end. */
static bool header(struct archive_reader *r, struct archive_entry **entry, bool *failed)
{
	int got = r->waits ? r->waiting_as : ARCHIVE_RETRY;
	bool lost = false;

	*failed = false;
	if (r->ended)
		return false;
	if (r->waits)
		*entry = r->waiting;
	r->waits = false;
	for (unsigned i = 0; i < RETRIES && got == ARCHIVE_RETRY; i++) {
		got = la.read_next_header(r->archive, entry);
		lost = lost || got == ARCHIVE_RETRY;
	}
	if (lost && (got == ARCHIVE_EOF || got == ARCHIVE_OK || got == ARCHIVE_WARN)) {
		r->waits = *failed = true;
		r->waiting_as = got;
		r->waiting = *entry;
		return true;
	}
	if (got == ARCHIVE_EOF) {
		r->ended = true;
		return false;
	}
	if (got != ARCHIVE_OK && got != ARCHIVE_WARN) {
		*failed = true;
		r->ended = true;
	}
	return true;
}

/* No compression and no archive: libarchive's raw format takes anything. */
static bool nothing_known(struct archive_reader *r)
{
	return is_raw(r) && r->unpack == NULL && la.filter_count(r->archive) <= 1;
}

/* A compressed file in which nothing is: for libarchive an archive without members, here a member without bytes. */
static bool compressed_nothing(struct archive_reader *r)
{
	return r->index == 0 && la.format(r->archive) == ARCHIVE_FORMAT_EMPTY &&
	       (r->unpack != NULL || la.filter_count(r->archive) > 1);
}

static enum errc entry_read(struct archive_reader *r, struct arena *a, struct archive_entry *entry, struct member *m,
    struct err *e)
{
	unsigned type = la.entry_filetype(entry);

	m->sealed = la.entry_is_encrypted(entry) != 0;
	m->written_utc = la.entry_mtime_is_set(entry) != 0 ? (int64_t)la.entry_mtime(entry) : r->written_utc;
	if (!is_raw(r))
		m->name = name_of(a, entry);
	if (nothing_known(r)) {
		set(m, MEMBER_FAILED, "not an archive");
		r->ended = true;
	} else if (type == AE_IFDIR) {
		m->directory = true;
		set(m, MEMBER_NOT_FILE, "directory");
	} else if (la.entry_hardlink(entry) != NULL || type == AE_IFLNK) {
		set(m, MEMBER_NOT_FILE, "link");
	} else if (type != AE_IFREG && type != 0) {
		set(m, MEMBER_NOT_FILE, "device or other special file");
	} else if (la.entry_is_encrypted(entry) && !r->password) {
		set(m, MEMBER_ENCRYPTED, sealed_why(r));
	} else {
		return spool(r, a, m, e);
	}
	return OK;
}

enum errc archive_next(struct archive_reader *r, struct arena *a, struct member **m, struct err *e)
{
	struct archive_entry *entry = NULL;
	bool failed, more = header(r, &entry, &failed), cut = !more && unpack_says(r) != NULL && !r->told;

	*m = NULL;
	if (!more && !cut && !compressed_nothing(r))
		return OK;
	if ((*m = arena_zero(a, 1, sizeof **m)) == NULL)
		return err_memory(e);
	(*m)->name = SPAN_LIT("");
	(*m)->index = r->index++;
	if (failed) {
		if (r->waits)
			set(*m, MEMBER_FAILED, damaged);
		else if (wants_password(r) || ((*m)->index == 0 && la.read_has_encrypted_entries(r->archive) > 0))
			set(*m, MEMBER_ENCRYPTED, sealed_why(r));
		else
			set(*m, MEMBER_FAILED, why(r, a));
		return OK;
	}
	if (cut) {
		set(*m, MEMBER_FAILED, why(r, a));
		return OK;
	}
	if (!more)
		return spool_size(r, 0, e);
	if ((*m)->index >= LIMIT_ARCHIVE_MEMBERS) {
		set(*m, MEMBER_LIMIT, "more members than an archive may have");
		r->ended = true;
		return OK;
	}
	return entry_read(r, a, entry, *m, e);
}

enum errc archive_skip_to(struct archive_reader *r, uint64_t index, struct err *e)
{
	struct archive_entry *entry = NULL;
	bool failed;

	while (r->index < index) {
		if (!header(r, &entry, &failed) || (failed && !r->waits))
			return err_set(e, ERR_EVIDENCE, "the archive has no member %llu", (unsigned long long)index);
		r->index++;
	}
	return OK;
}
