/* The worker that reads what came back: files with one mail or many (mbox) in, one record a mail out. */
#include <stdlib.h>

#include "base/limits.h"
#include "base/utf8.h"
#include "deliver/reader.h"
#include "evidence/unit.h"
#include "mail/box.h"
#include "mail/emlx.h"
#include "mail/foreign.h"
#include "mail/mbox.h"
#include "stream/charset.h"
#include "stream/compound.h"
#include "stream/member.h"

struct reader {
	struct arena *a, *own, *rendered; /* of one mail; of the worker's life; of one that is no mail as it lies there */
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
	    (rc = arena_new(&w->rendered, LIMIT_MESSAGE_ARENA, e)) != OK || (rc = sha256_new(&w->h, e)) != OK || (rc = charset_open(e)) != OK ||
	    (rc = units_warm(e)) != OK)
		return rc;
	if ((copy = arena_copy(w->own, init)).p == NULL)
		return err_memory(e);
	c = cursor_of(copy);
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

/* Text for the keeper, who takes whole characters only: names in a reason are of the evidence, and may have been cut. */
static span whole(const char *text) { return span_first(span_str(text), utf8_valid(span_str(text))); }

/* Of what cannot be read there is the reason. */
static struct returned not_read(const char *why)
{
	const span none = SPAN_LIT("");

	return (struct returned){.kind = HEARD_OTHER, .when_utc = TIME_NONE, .sender = none, .subject = none, .verified_domain = none,
	    .status = whole(why), .text = none};
}

/* What the mail itself says of its status is of more use, where it says one. */
static enum errc partly_read(struct reader *w, const char *missing, struct returned *r, struct err *e)
{
	const char *text = arena_printf(w->a, "read in part: %.300s", missing);

	if (text == NULL)
		return err_memory(e);
	r->status = whole(text);
	return OK;
}

/* place: what is lost, and passed over, if the worker dies of it; missing: what of the mail could not be rendered, or NULL. */
static enum errc one_mail(struct reader *w, struct jail_out *out, struct jail_place place, span mail, bool from_quoted,
    const char *missing, struct err *e)
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
	else if (missing != NULL && r.status.n == 0 && (rc = partly_read(w, missing, &r, e)) != OK)
		return rc;
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
	name = span_first(name, utf8_valid(name));
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

/*
 * Bytes that are one mail, as it lies there or in Outlook's or Apple's form. *mail empty: none, and *why: it is one and cannot be
 * read. Else *why is what of it could not be read, or NULL.
 */
static enum errc find_mail(struct reader *w, span bytes, span *mail, const char **why, struct err *e)
{
	struct err said = {0};
	struct compound *compound;
	struct foreign f;
	size_t at, n;
	enum errc rc;

	*mail = SPAN_EMPTY;
	*why = NULL;
	if (foreign_sniff(bytes)) {
		arena_reset(w->rendered);
		if ((rc = foreign_read(w->rendered, bytes, &f, &said)) == OK && f.form != NULL) {
			*mail = f.rendered;
			*why = f.missing[0] != '\0' ? f.missing : NULL;
			return OK;
		}
		/* A whole one that is no message is a document; of a damaged one nobody can say what it was. */
		if (rc == OK && compound_sniff(bytes))
			rc = compound_open(w->rendered, bytes, &compound, &said);
		if (rc != OK) {
			*why = arena_cstr(w->rendered, span_str(said.text));
			return *why != NULL ? OK : err_memory(e);
		}
	}
	if (message_sniff(bytes))
		*mail = bytes;
	else if (emlx_message(bytes, &at, &n))
		*mail = span_sub(bytes, at, n);
	return OK;
}

/* The rest of a file: what cannot be found if the way there is deadly. */
static struct jail_place from_here(uint32_t file, uint64_t at) { return (struct jail_place){file, at, UINT64_MAX - at}; }

/* A file of one mail or many, or something else. What lies in archives within archives are units like any other. */
static enum errc one_unit(struct reader *w, struct jail_out *out, struct counting *c, const struct unit *u, struct err *e)
{
	struct jail_place place;
	struct mbox_entry entry;
	const char *why;
	span mail;
	enum errc rc = OK;

	if (u->outcome == MEMBER_NOT_FILE)
		return OK;
	if (u->message)
		return is_next(c, &place) ? one_mail(w, out, place, u->bytes, false, u->outcome == MEMBER_PARTIAL ? u->reason : NULL, e) : OK;
	if (u->outcome != MEMBER_READ)
		return one_loss(w, out, c, u->name, u->reason, e);
	if (mbox_sniff(u->bytes)) {
		for (size_t at = 0; rc == OK && mbox_next(u->bytes, at, &entry); at = entry.at + entry.n)
			if (entry.message_n != 0 && is_next(c, &place))
				rc = one_mail(w, out, place, span_sub(u->bytes, entry.message_at, entry.message_n), entry.from_quoted, NULL, e);
		return rc;
	}
	if ((rc = find_mail(w, u->bytes, &mail, &why, e)) != OK)
		return rc;
	if (mail.n != 0)
		return is_next(c, &place) ? one_mail(w, out, place, mail, false, why, e) : OK;
	if (why != NULL)
		return one_loss(w, out, c, u->name, why, e);
	if (c->n >= c->from)
		no_mail(out, c->file);
	return OK;
}

/*
 * Mailboxes and mails in a .zip, .tar.gz or the like, also in an archive within; a compressed mbox; a PST or .olm. *full, *at: as in
 * one_file.
 */
static enum errc one_archive(struct reader *w, struct jail_out *out, uint32_t file, int fd, const int *spools, span bytes, uint64_t *at,
    bool *full, struct err *e)
{
	struct counting c = {.from = *at, .file = file, .archive = bytes};
	struct units *u = NULL;
	struct err why = {0};
	struct unit m;
	bool any = false, end = false;
	enum errc rc = units_open(&u, fd, spools, &why);

	for (; rc == OK; any = true) {
		/* Not the mail before is lost if the way to the next one is deadly. */
		if ((rc = jail_beat(out, e)) != OK || (rc = jail_item(out, from_here(file, c.n > c.from ? c.n : c.from), e)) != OK)
			break;
		if ((rc = units_next(u, &m, &end, &why)) != OK || end)
			break;
		if (jail_given(out) > LIMIT_RESULT_BYTES / 2) {
			*full = true;
			*at = c.n > c.from ? c.n : c.from;
			break;
		}
		if ((rc = one_unit(w, out, &c, &m, e)) != OK)
			break;
	}
	/* What an archive asks for too much of costs what follows in it. */
	if (why.code == ERR_EVIDENCE || why.code == ERR_LIMIT || why.code == ERR_MEMORY)
		rc = one_loss(w, out, &c, SPAN_LIT("it, and what follows in it"), why.text, e);
	else if (why.code != OK)
		rc = err_set(e, why.code, "%s", why.text);
	units_close(u);
	if (rc == OK && !any && why.code == OK) /* what cannot be opened was said already */
		no_mail(out, file);
	return rc;
}

/* ---- files -------------------------------------------------------------------------------------------------------- */

/* *full: the result is as large as one may be, and a next task goes on at *at. */
static enum errc one_file(struct reader *w, struct jail_out *out, uint32_t file, int fd, const int *spools, span bytes, uint64_t *at,
    bool *full, struct err *e)
{
	bool mbox = mbox_sniff(bytes), any = *at != 0;
	struct counting c = {.file = file, .archive = bytes};
	struct mbox_entry entry;
	const char *why;
	span mail;
	enum errc rc = OK;

	if (!mbox && (rc = jail_item(out, from_here(file, *at), e)) != OK)
		return rc;
	if (!mbox && (archive_sniff(bytes) || box_sniff(bytes) != BOX_NONE))
		return one_archive(w, out, file, fd, spools, bytes, at, full, e);
	if (!mbox && *at == 0) {
		if ((rc = find_mail(w, bytes, &mail, &why, e)) != OK)
			return rc;
		if (mail.n != 0)
			return one_mail(w, out, (struct jail_place){file, 0, bytes.n}, mail, false, why, e);
		if (why != NULL)
			return one_loss(w, out, &c, SPAN_LIT("the file"), why, e);
	}
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
		    entry.from_quoted, NULL, e);
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

	if (!reader_task_take(&c, &t) || n_fds != (size_t)t.n + UNIT_SPOOLS)
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
			rc = one_file(w, out, i, fds[i], fds + t.n, bytes, &at, &full, e);
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
