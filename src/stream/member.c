#include "stream/member.h"

#include <errno.h>
#include <iconv.h>
#include <locale.h>
#include <stdlib.h>
#include <sys/types.h>
#include <time.h>
#include <unistd.h>

#include "base/cursor.h"
#include "base/later.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "stream/member-calls.h"
#include "stream/member-private.h"
#include "stream/seven-zip.h"
#include "stream/zip-walk.h"

/* A member smaller than BOMB_MIN is harmless whatever its ratio. */
enum { RETRIES = 16, FRAMES = 64 /* that are passed over */,
	END_TO_END = 4096 /* archives in a file */, HOLE = 4096 /* what is kept of one that is left out */ };
#define BOMB_MIN (64 * MIB)

static struct library la_library = LIBRARY(SONAME_ARCHIVE, la_names);

struct archive_reader {
	struct archive *archive;
	struct member_source source;
	int spool_fd;
	struct buf *into; /* instead of the spool */
	uint64_t index;   /* of the next member */
	uint64_t n_bytes; /* spooled in all */
	unsigned n_archives; /* before the one under way */
	bool ended;
	bool password;    /* one is there to be tried */
	span key;         /* that one, or p NULL */
	bool told;        /* that it is damaged: by a member */
	bool waits;       /* a header that was found behind damage, or the end; the damage is told first */
	int waiting_as;
	struct archive_entry *waiting;
	int64_t written_utc; /* of what a gzip file packed (RFC 1952, 2.3.1); 0: not said */
};

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
		(void)support(a, AS_IT_IS);
		(void)la.read_free(a);
	}
	return OK;
}

static bool archive_new(struct archive_reader *r, enum reading as)
{
	struct archive *a = la.read_new();

	if (a == NULL || !support(a, as)) {
		if (a != NULL)
			(void)la.read_free(a);
		return false;
	}
	if (r->archive != NULL)
		(void)la.read_free(r->archive);
	r->archive = a;
	return true;
}

static enum errc reader_new(struct archive_reader **out, int spool_fd, struct buf *into, enum reading as, struct err *e)
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
	if (!archive_new(r, as)) {
		archive_close(r);
		return err_memory(e);
	}
	*out = r;
	return OK;
}

/* For libarchive zeros are the end of a tar archive. */
static enum errc raw_begin(struct archive_reader *r, span head, struct err *e)
{
	span block = SPAN_EMPTY;
	enum errc rc = OK;
	bool zeros = false;

	if (r->source.unpack != NULL && (rc = source_peek(&r->source, &block, e)) == OK)
		zeros = begins_with_zeros(block);
	else if (r->source.unpack == NULL && filter_sniff(head))
		rc = filter_peek(&r->source, &zeros, e);
	return rc != OK || !zeros || archive_new(r, AS_RAW) ? rc : err_memory(e);
}

/* From fd, whose place is `at`, or where that is -1 from bytes. */
static enum errc reader_begin(struct archive_reader *r, int fd, uint64_t at, span bytes, span head, struct err *e)
{
	enum errc rc;

	if (head.n >= 8 && head.p[0] == 0x1f && head.p[1] == 0x8b)
		r->written_utc = le32_at(head, 4);
	if ((rc = source_open(&r->source, fd, at, bytes, head, e)) != OK || (rc = raw_begin(r, head, e)) != OK)
		return rc;
	source_begin(r->archive, &r->source);
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
	if ((rc = reader_new(out, spool_fd, NULL, AS_IT_IS, e)) == OK &&
	    (rc = reader_begin(*out, fd, at, SPAN_EMPTY, span_of(head, (size_t)n), e)) != OK) {
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
	r->key = password;
	return got == ARCHIVE_OK ? OK : err_memory(e);
}

static enum errc open_bytes(struct archive_reader **out, span bytes, int spool_fd, struct buf *into, span password, struct err *e)
{
	span behind, first = source_first(bytes, &behind);
	enum errc rc = reader_new(out, spool_fd, into, zip_forgets(first) ? AS_STREAM : AS_IT_IS, e);
	uint64_t next;

	bytes = first;
	if (rc == OK)
		(*out)->source.behind = behind;
	for (unsigned i = 0; i < FRAMES && (next = archive_frame(bytes)) != 0; i++)
		bytes = next < bytes.n ? span_from(bytes, (size_t)next) : SPAN_EMPTY;
	if (rc == OK && ((password.p != NULL && (rc = password_add(*out, password, e)) != OK) ||
			    (rc = reader_begin(*out, -1, 0, bytes, span_first(bytes, UNPACK_HEAD), e)) != OK)) {
		archive_close(*out);
		*out = NULL;
	}
	return rc;
}

enum errc archive_open_span(struct archive_reader **out, span bytes, struct buf *into, span password, struct err *e)
{
	return open_bytes(out, bytes, -1, into, password, e);
}

bool archive_wants_all(span first_bytes) { return span_starts(first_bytes, SPAN_LIT("PK\3\4")) || seven_sniff(first_bytes); }

enum errc archive_open_all(struct archive_reader **out, span bytes, int spool_fd, struct err *e)
{
	return open_bytes(out, bytes, spool_fd, NULL, SPAN_EMPTY, e);
}

void archive_close(struct archive_reader *r)
{
	if (r == NULL)
		return;
	if (r->archive != NULL)
		(void)la.read_free(r->archive);
	source_close(&r->source);
	free(r);
}

static const char damaged[] = "the archive is damaged or cut off here";

static int format_of(const struct archive_reader *r) { return la.format(r->archive) & ARCHIVE_FORMAT_BASE_MASK; }

/* What is wrong with what lies around all members. */
static const char *unpack_says(const struct archive_reader *r) { return r->source.unpack != NULL ? unpack_why(r->source.unpack) : NULL; }

static const char *why(struct archive_reader *r, struct arena *a)
{
	const char *text = la.error_string(r->archive);
	span clean = text != NULL ? utf8_clean(a, span_trim(span_str(text))) : SPAN_EMPTY;
	char *copy;

	r->told = true;
	if (unpack_says(r) != NULL)
		return unpack_says(r);
	/* RAR 5: libarchive loses its way in the record that says how a member is encrypted. */
	if (format_of(r) == ARCHIVE_FORMAT_RAR_V5 && text != NULL &&
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
	int format = format_of(r);

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
	return r->source.unpack != NULL ? (int64_t)unpack_taken(r->source.unpack) : la.filter_bytes(r->archive, -1);
}

/* A sparse member that is mostly holes, or would be too large with them: they are left out, but for what keeps apart what lies around them. */
static bool is_hollow(struct archive_reader *r, struct archive_entry *entry)
{
	int64_t size = la.entry_size(entry), at, n;
	uint64_t max = r->into != NULL ? r->into->max : LIMIT_MEMBER_BYTES, data = 0;

	if (la.entry_sparse_reset(entry) == 0 || size < 0)
		return false;
	while (la.entry_sparse_next(entry, &at, &n) == ARCHIVE_OK)
		data += n > 0 && data < INT64_MAX ? (uint64_t)n : 0;
	return (uint64_t)size > max || ((uint64_t)size > BOMB_MIN && (uint64_t)size / LIMIT_SPARSE_RATIO > data);
}

static enum errc spool(struct archive_reader *r, struct arena *a, struct archive_entry *entry, struct member *m, struct err *e)
{
	int64_t start = consumed(r), left_out = 0;
	bool hollow = is_hollow(r, entry);
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
			if (hollow && at >= left_out && (uint64_t)(at - left_out) > m->n_bytes + HOLE)
				left_out = at - (int64_t)m->n_bytes - HOLE;
			if ((at -= left_out) < 0 || n > (uint64_t)INT64_MAX - (uint64_t)at) {
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
	if (left_out > 0 && m->outcome == MEMBER_READ)
		set(m, MEMBER_PARTIAL, "a sparse file, read without its holes: bytes that are not stored, and zero");
	/* A hole at the end of a sparse member was not written. */
	return m->outcome != MEMBER_LIMIT ? spool_size(r, m->n_bytes, e) : OK;
}

/* The archive behind one of which libarchive reads one alone. */
static bool behind_begin(struct archive_reader *r, bool *failed)
{
	span bytes = source_first(r->source.behind, &r->source.behind);
	struct err e;

	source_reset(&r->source);
	*failed = ++r->n_archives == END_TO_END || !archive_new(r, zip_forgets(bytes) ? AS_STREAM : AS_IT_IS) ||
	    (r->key.p != NULL && password_add(r, r->key, &e) != OK) || reader_begin(r, -1, 0, bytes, span_first(bytes, UNPACK_HEAD), &e) != OK;
	return !*failed;
}

/*
 * Behind the end of a cpio archive another archive may begin, packed or not, as in what Linux starts from: libarchive does not look there. True
 * where there is one; *failed where that cannot be said.
 */
static bool goes_on(struct archive_reader *r, bool *failed)
{
	struct member_source *s = &r->source;
	bool packed = s->unpack != NULL;
	struct err e;
	span head;

	if (s->behind.n != 0)
		return behind_begin(r, failed);
	if (format_of(r) != ARCHIVE_FORMAT_CPIO || la.filter_count(r->archive) > 1)
		return false;
	*failed = source_rest(s, (uint64_t)la.filter_bytes(r->archive, 0), &head, &e) != OK;
	if (!*failed && head.n == 0)
		return false;
	*failed |= !archive_sniff(head) || ++r->n_archives == END_TO_END || !archive_new(r, AS_IT_IS) ||
	    (!packed && reader_begin(r, s->fd, s->at, s->bytes, head, &e) != OK);
	if (packed && !*failed)
		source_begin(r->archive, &r->source);
	return !*failed;
}

static int header_read(struct archive_reader *r, struct archive_entry **entry, bool *lost)
{
	int got = ARCHIVE_RETRY;

	for (unsigned i = 0; i < RETRIES && got == ARCHIVE_RETRY; i++) {
		got = la.read_next_header(r->archive, entry);
		*lost = *lost || got == ARCHIVE_RETRY;
	}
	return got;
}

/* The next header; *failed when it could not be read, also where another was found behind it. False at the end. */
static bool header(struct archive_reader *r, struct archive_entry **entry, bool *failed)
{
	bool lost = false;
	int got;

	*failed = false;
	if (r->ended)
		return false;
	if (r->waits)
		*entry = r->waiting;
	got = r->waits ? r->waiting_as : header_read(r, entry, &lost);
	r->waits = false;
	while (got == ARCHIVE_EOF && !lost && goes_on(r, failed))
		got = header_read(r, entry, &lost);
	if (*failed)
		return r->ended = true;
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
	return is_raw(r) && r->source.unpack == NULL && la.filter_count(r->archive) <= 1;
}

/* A compressed file in which nothing is: for libarchive an archive without members, here a member without bytes. */
static bool compressed_nothing(struct archive_reader *r)
{
	return r->index == 0 && la.format(r->archive) == ARCHIVE_FORMAT_EMPTY &&
	       (r->source.unpack != NULL || la.filter_count(r->archive) > 1);
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
		return spool(r, a, entry, m, e);
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
	if (failed || cut) {
		if (!cut && r->waits)
			set(*m, MEMBER_FAILED, damaged);
		else if (!cut && (wants_password(r) || ((*m)->index == 0 && la.read_has_encrypted_entries(r->archive) > 0)))
			set(*m, MEMBER_ENCRYPTED, sealed_why(r));
		else
			set(*m, MEMBER_FAILED, why(r, a));
		return OK;
	}
	if (!more)
		return spool_size(r, 0, e);
	if ((*m)->index < LIMIT_ARCHIVE_MEMBERS)
		return entry_read(r, a, entry, *m, e);
	set(*m, MEMBER_LIMIT, "more members than an archive may have");
	r->ended = true;
	return OK;
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
