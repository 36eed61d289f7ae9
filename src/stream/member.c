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
#include "stream/member-library.h"
#include "stream/member-private.h"
#include "stream/seven-zip.h"
#include "stream/zip-walk.h"

enum { RETRIES = 16, FRAMES = 64 /* that are passed over */, END_TO_END = 4096 /* archives in a file */ };

enum errc archive_warm(struct err *e)
{
	/* The last three: of names in LHA, whose headers say their code page, that of Windows where they were made. */
	static const char *const names[] = {"UTF-16LE", "UTF-16BE", "CP437", "CP932", "CP1250", "CP1251", "CP1252"};
	static iconv_t kept[sizeof names / sizeof *names];
	struct archive *a;
	enum errc rc;

	if (later_waits(LATER_ARCHIVES))
		return OK;
	if ((rc = la_load(e)) != OK)
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
	if ((a = la_new(AS_IT_IS)) != NULL)
		(void)la.read_free(a);
	return OK;
}

static bool archive_new(struct archive_reader *r, enum reading as)
{
	struct archive *a = la_new(as);

	if (a == NULL)
		return false;
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
	if ((rc = la_load(e)) != OK) {
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

const char *archive_why(struct archive_reader *r, struct arena *a)
{
	const char *text = la.error_string(r->archive);
	span clean = text != NULL ? utf8_clean(a, span_trim(span_str(text))) : SPAN_EMPTY;
	char *copy;

	r->told = true;
	if (unpack_says(r) != NULL)
		return unpack_says(r);
	/* RAR 5: libarchive loses its way in the record that says how a member is encrypted. */
	if (archive_format_of(r) == ARCHIVE_FORMAT_RAR_V5 && text != NULL &&
	    strstr(text, "block header size") != NULL)
		return "a RAR archive whose next member is encrypted or damaged: it cannot be read from here on; unpack it with unrar(1)";
	if (clean.n == 0)
		return DAMAGED;
	/* zlib's -5 is that there is no more to read. */
	if (span_has_nocase(clean, SPAN_LIT("truncated")) || span_ends_nocase(clean, SPAN_LIT("decompression failed (-5)")))
		copy = arena_printf(a, "the archive is cut off here (%.*s)", (int)clean.n, (const char *)clean.p);
	else
		copy = arena_cstr(a, clean);
	return copy != NULL ? copy : DAMAGED;
}

bool archive_wants_password(struct archive_reader *r)
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

const char *archive_sealed_why(const struct archive_reader *r)
{
	int format = archive_format_of(r);

	if (r->into == NULL && format == ARCHIVE_FORMAT_7ZIP)
		return "encrypted: needs a password, and 7z is not decrypted here: unpack it with 7z(1) and ingest what comes out";
	if (r->into == NULL && (format == ARCHIVE_FORMAT_RAR || format == ARCHIVE_FORMAT_RAR_V5))
		return "encrypted: needs a password, and RAR is not decrypted here: unpack it with unrar(1) and ingest what comes out";
	if (r->into == NULL)
		return "encrypted: needs a password: unpack it and ingest what comes out";
	return "encrypted: needs a password";
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
	if (archive_format_of(r) != ARCHIVE_FORMAT_CPIO || la.filter_count(r->archive) > 1)
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
	return archive_is_raw(r) && r->source.unpack == NULL && la.filter_count(r->archive) <= 1;
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
	if (!archive_is_raw(r))
		m->name = name_of(a, entry);
	if (nothing_known(r)) {
		member_set(m, MEMBER_FAILED, "not an archive");
		r->ended = true;
	} else if (type == AE_IFDIR) {
		m->directory = true;
		member_set(m, MEMBER_NOT_FILE, "directory");
	} else if (la.entry_hardlink(entry) != NULL || type == AE_IFLNK) {
		member_set(m, MEMBER_NOT_FILE, "link");
	} else if (type != AE_IFREG && type != 0) {
		member_set(m, MEMBER_NOT_FILE, "device or other special file");
	} else if (la.entry_is_encrypted(entry) && !r->password) {
		member_set(m, MEMBER_ENCRYPTED, archive_sealed_why(r));
	} else {
		return spool_member(r, a, entry, m, e);
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
			member_set(*m, MEMBER_FAILED, DAMAGED);
		else if (!cut && (archive_wants_password(r) || ((*m)->index == 0 && la.read_has_encrypted_entries(r->archive) > 0)))
			member_set(*m, MEMBER_ENCRYPTED, archive_sealed_why(r));
		else
			member_set(*m, MEMBER_FAILED, archive_why(r, a));
		return OK;
	}
	if (!more)
		return spool_size(r, 0, e);
	if ((*m)->index < LIMIT_ARCHIVE_MEMBERS)
		return entry_read(r, a, entry, *m, e);
	member_set(*m, MEMBER_LIMIT, "more members than an archive may have");
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
