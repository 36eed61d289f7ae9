/* The worker that reads what came back: files with one mail or many (mbox) in, one record a mail out. */
#include <stdlib.h>

#include "base/limits.h"
#include "deliver/reader.h"
#include "evidence/unit.h"
#include "mail/mbox.h"
#include "stream/charset.h"
#include "stream/member.h"

struct reader {
	struct arena *a, *own, *names; /* of one mail; of the worker's life; of one member */
	struct buf member;             /* of an archive, unpacked */
	struct sha256 *h;
	struct file_view view;
	struct forms forms;
};

static enum errc start(const void *ctx, void **state, span init, const int *fds, size_t n_fds, struct err *e)
{
	struct reader *w = calloc(1, sizeof *w);
	struct cursor c;
	span copy;
	enum errc rc;

	(void)ctx;
	(void)fds;
	(void)n_fds;
	if (w == NULL)
		return err_memory(e);
	if ((rc = arena_new(&w->a, LIMIT_MESSAGE_ARENA, e)) != OK || (rc = arena_new(&w->own, 64 * MIB, e)) != OK ||
	    (rc = arena_new(&w->names, 16 * MIB, e)) != OK || (rc = sha256_new(&w->h, e)) != OK || (rc = charset_open(e)) != OK)
		return rc;
	if ((copy = arena_copy(w->own, init)).p == NULL)
		return err_memory(e);
	c = cursor_of(copy);
	archive_warm();
	buf_init(&w->member, LIMIT_ATTACHED_MEMBER);
	*state = w;
	return forms_take(w->own, &c, &w->forms, e);
}

/*
 * What makes two copies one: line ends, empty lines at the end and the quoting of an mbox are how it is kept, not what
 * it says.
 */
static void digest_of(struct reader *w, span mail, bool from_quoted, struct digest *out)
{
	span rest = mail, line;
	size_t empty = 0;

	sha256_start(w->h);
	while (span_line(&rest, &line)) {
		size_t quotes = 0;

		if (line.n == 0) {
			empty++;
			continue;
		}
		for (; empty != 0; empty--)
			sha256_add(w->h, SPAN_LIT("\n"));
		while (quotes < line.n && line.p[quotes] == '>')
			quotes++;
		if (from_quoted && quotes != 0 && span_starts(span_from(line, quotes), SPAN_LIT("From ")))
			line = span_from(line, 1);
		sha256_add(w->h, line);
		sha256_add(w->h, SPAN_LIT("\n"));
	}
	sha256_done(w->h, out);
}

static void put_record(struct buf *b, struct jail_place place, const struct digest *d, const struct returned *r)
{
	buf_u8(b, READER_MAIL);
	buf_u32(b, (uint32_t)place.unit);
	buf_u64(b, place.at);
	buf_put(b, digest_span(d));
	returned_put(r, b);
}

/* Of what cannot be read there is the reason. */
static struct returned not_read(const char *why)
{
	const span none = SPAN_LIT("");

	return (struct returned){.kind = HEARD_OTHER, .when_utc = TIME_NONE, .sender = none, .subject = none, .verified_domain = none,
	    .status = span_str(why), .text = none};
}

/* place: what is lost, and passed over, if the worker dies of it. */
static enum errc one_mail(struct reader *w, struct jail_out *out, struct jail_place place, span mail, bool from_quoted, struct err *e)
{
	struct buf *b = jail_buf(out);
	struct message *m;
	struct returned r;
	struct digest d;
	struct err why = {0};
	enum errc rc;

	if ((rc = jail_item(out, place, e)) != OK)
		return rc;
	arena_reset(w->a);
	digest_of(w, mail, from_quoted, &d);
	if ((rc = mime_parse(w->a, mail, from_quoted, &m, &why)) == OK)
		rc = returned_read(w->a, m, &w->forms, &r, &why);
	if (rc == ERR_LIMIT || rc == ERR_EVIDENCE || rc == ERR_MEMORY)
		r = not_read(why.text);
	else if (rc != OK)
		return err_set(e, rc, "%s", why.text);
	put_record(b, place, &d, &r);
	return jail_flush(out, e);
}

/* ---- archives ----------------------------------------------------------------------------------------------------- */

/* Mails and members that are not read have one count: what was said already is passed over when a task goes on. */
struct counting {
	uint64_t n, from;
	uint32_t file;
	span archive;
	struct digest digest; /* of the archive, once `digested` */
	bool digested;
};

static bool is_next(struct counting *c, struct jail_place *place)
{
	*place = (struct jail_place){c->file, c->n, 1};
	return c->n++ >= c->from;
}

static void no_mail(struct jail_out *out, uint32_t file)
{
	buf_u8(jail_buf(out), READER_NO_MAIL);
	buf_u32(jail_buf(out), file);
}

static enum errc one_loss(struct reader *w, struct jail_out *out, struct counting *c, span name, const char *why, struct err *e)
{
	struct jail_place place;
	struct digest d;
	struct returned r;
	const char *text;
	unsigned char number[8];

	if (!is_next(c, &place))
		return OK;
	if (!c->digested)
		sha256_of(c->archive, &c->digest);
	c->digested = true;
	arena_reset(w->a);
	name = span_first(name, 200);
	if ((text = arena_printf(w->a, "not read: %.*s: %s", (int)name.n, (const char *)name.p, why)) == NULL)
		return err_memory(e);
	r = not_read(text);
	/* Members of the same name in two archives are two losses; the same archive in two places is one. */
	for (size_t i = 0; i < sizeof number; i++)
		number[i] = (unsigned char)(place.at >> (8 * i));
	sha256_start(w->h);
	sha256_add(w->h, digest_span(&c->digest));
	sha256_add(w->h, span_of(number, sizeof number));
	sha256_done(w->h, &d);
	put_record(jail_buf(out), place, &d, &r);
	buf_u8(jail_buf(out), READER_LOST);
	buf_u32(jail_buf(out), c->file);
	return jail_flush(out, e);
}

/* A file of one mail or many, or something else; an archive within is not gone into, and said to be there. */
static enum errc one_member(struct reader *w, struct jail_out *out, struct counting *c, const struct member *m, struct err *e)
{
	span bytes = buf_span(&w->member);
	struct jail_place place;
	struct mbox_entry entry;
	enum errc rc = OK;

	if (m->outcome == MEMBER_NOT_FILE)
		return OK;
	if (m->outcome != MEMBER_READ)
		return one_loss(w, out, c, m->name, m->reason, e);
	if (mbox_sniff(bytes)) {
		for (size_t at = 0; rc == OK && mbox_next(bytes, at, &entry); at = entry.at + entry.n)
			if (entry.message_n != 0 && is_next(c, &place))
				rc = one_mail(w, out, place, span_sub(bytes, entry.message_at, entry.message_n), entry.from_quoted, e);
		return rc;
	}
	if (archive_sniff(bytes))
		return one_loss(w, out, c, m->name, "an archive within an archive", e);
	if (message_sniff(bytes))
		return is_next(c, &place) ? one_mail(w, out, place, bytes, false, e) : OK;
	if (c->n >= c->from)
		no_mail(out, c->file);
	return OK;
}

/* An mbox or Maildir in a .zip, .tar.gz or the like, or a compressed mbox. *full, *at: as in one_file. */
static enum errc one_archive(struct reader *w, struct jail_out *out, uint32_t file, span bytes, uint64_t *at, bool *full, struct err *e)
{
	struct counting c = {.from = *at, .file = file, .archive = bytes};
	struct archive_reader *r = NULL;
	struct member *m = NULL;
	bool any = false;
	enum errc rc = archive_open_span(&r, bytes, &w->member, SPAN_EMPTY, e);

	for (; rc == OK; any = true) {
		arena_reset(w->names);
		if ((rc = jail_beat(out, e)) != OK || (rc = archive_next(r, w->names, &m, e)) != OK || m == NULL)
			break;
		if (jail_given(out) > LIMIT_RESULT_BYTES / 2) {
			*full = true;
			*at = c.n > c.from ? c.n : c.from;
			break;
		}
		rc = one_member(w, out, &c, m, e);
	}
	archive_close(r);
	if (rc == OK && !any)
		no_mail(out, file);
	return rc;
}

/* ---- files -------------------------------------------------------------------------------------------------------- */

/* *full: the result is as large as one may be, and a next task goes on at *at. */
static enum errc one_file(struct reader *w, struct jail_out *out, uint32_t file, span bytes, uint64_t *at, bool *full, struct err *e)
{
	bool mbox = mbox_sniff(bytes), any = *at != 0;
	struct mbox_entry entry;
	enum errc rc = OK;

	if (!mbox && archive_sniff(bytes))
		return one_archive(w, out, file, bytes, at, full, e);
	if (!mbox && *at == 0 && message_sniff(bytes))
		return one_mail(w, out, (struct jail_place){file, 0, bytes.n}, bytes, false, e);
	while (mbox && rc == OK && mbox_next(bytes, (size_t)*at, &entry)) {
		if (jail_given(out) > LIMIT_RESULT_BYTES / 2) {
			*full = true;
			return OK;
		}
		*at = entry.at + entry.n;
		if (entry.message_n == 0)
			continue;
		any = true;
		rc = one_mail(w, out, (struct jail_place){file, entry.at, entry.n}, span_sub(bytes, entry.message_at, entry.message_n),
		    entry.from_quoted, e);
	}
	if (rc == OK && !any)
		no_mail(out, file);
	return rc;
}

static enum errc task(void *state, struct jail_out *out, span payload, const int *fds, size_t n_fds, struct err *e)
{
	struct reader *w = state;
	struct cursor c = cursor_of(payload);
	struct reader_task t;
	enum errc rc = OK;

	if (!reader_task_take(&c, &t) || t.n > n_fds)
		return err_set(e, ERR_WORLD, "a task that makes no sense");
	for (uint32_t i = 0; i < t.n && rc == OK; i++) {
		uint64_t size = cursor_u64(&c), at = i == t.first ? t.from : 0;
		struct err why = {0};
		bool full = false;
		span bytes;

		if (i < t.first)
			continue;
		rc = file_view(&w->view, fds[i], size, &bytes, &why);
		if (rc == OK) {
			rc = one_file(w, out, i, bytes, &at, &full, e);
		} else if (rc == ERR_EVIDENCE) { /* it is being written to, or moved: another run finds it */
			no_mail(out, i);
			rc = OK;
		} else {
			return err_set(e, rc, "%s", why.text);
		}
		if (full) {
			buf_u8(jail_buf(out), READER_GO_ON);
			buf_u32(jail_buf(out), i);
			buf_u64(jail_buf(out), at);
			break;
		}
	}
	return rc == OK ? buf_check(jail_buf(out), e) : rc;
}

const struct jail_job returned_job = {"returned", NULL, start, task};
