/* The header of an item of Outlook: what transport wrote, and what the properties say beside it. */
#include "base/clock.h"
#include "base/utf8.h"
#include "mail/fields.h"
#include "mail/mapi.h"
#include "mail/render.h"

enum {
	SUBJECT = 0x0037, SUBJECT_PREFIX = 0x003d, TOPIC = 0x0070, NORMALIZED = 0x0e1d, SUBMITTED = 0x0039, DELIVERED = 0x0e06, CREATED = 0x3007, MODIFIED = 0x3008, MESSAGE_ID = 0x1035,
	REFERENCES = 0x1039, IN_REPLY_TO = 0x1042, HEADERS = 0x007d, DISPLAY_TO = 0x0e04, DISPLAY_CC = 0x0e03, DISPLAY_BCC = 0x0e02,
	RECIPIENT_TYPE = 0x0c15,
};
/* The numbers of somebody's name, SMTP address, kind of address and address. */
struct who_ids { uint16_t name, smtp, kind, address; };
static const struct who_ids representing = {0x0042, 0x5d02, 0x0064, 0x0065}, sender = {0x0c1a, 0x5d01, 0x0c1e, 0x0c1f},
    recipient = {0x3001, 0x39fe, 0x3002, 0x3003};

struct heading {
	struct arena *a;
	const struct mapi_item *item;
	struct buf *out;
};

/* Who somebody is: a name and an address, either may be empty. */
struct who { span name, address; };

static bool address_fits(span s)
{
	if (span_find_byte(s, '@') == s.n)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] == '<' || s.p[i] == '>' || s.p[i] == ',' || s.p[i] == 0x7f)
			return false;
	return true;
}

static enum errc who_read(struct arena *a, const struct mapi_properties *p, struct who_ids ids, struct who *w, struct err *e)
{
	span smtp, kind, address;
	enum errc rc;

	*w = (struct who){0};
	if ((rc = mapi_text_of(a, p, ids.name, &w->name, e)) != OK || (rc = mapi_text_of(a, p, ids.smtp, &smtp, e)) != OK ||
	    (rc = mapi_text_of(a, p, ids.kind, &kind, e)) != OK || (rc = mapi_text_of(a, p, ids.address, &address, e)) != OK)
		return rc;
	smtp = span_trim(smtp);
	address = span_trim(address);
	w->name = span_trim(w->name);
	if (address_fits(smtp))
		w->address = smtp;
	else if (address_fits(address) && !span_eq_nocase(kind, SPAN_LIT("EX")))
		w->address = address; /* a name in a directory may hold an "@" too */
	else if (address_fits(w->name) && (span_eq_nocase(kind, SPAN_LIT("SMTP")) || kind.n == 0))
		w->address = w->name;
	/* Names are often the address once more, in quotes. */
	if (span_eq_nocase(w->name, w->address))
		w->name = SPAN_EMPTY;
	return OK;
}

/* *n counts those that were written to this field: the name of the field comes before the first. */
static void put_who(struct buf *b, const char *field, const struct who *w, size_t *n)
{
	if (w->address.n == 0 && w->name.n == 0)
		return;
	buf_str(b, *n == 0 ? field : ",\r\n ");
	if (*n == 0)
		buf_str(b, ": ");
	++*n;
	if (w->name.n != 0)
		render_phrase(b, w->name);
	if (w->address.n == 0) {
		buf_str(b, ": ;"); /* a group of nobody (RFC 5322 3.4): a name without an address */
		return;
	}
	buf_str(b, w->name.n != 0 ? " <" : "<");
	buf_put(b, w->address);
	buf_byte(b, '>');
}

/*
 * Names as Outlook shows them, where the table of recipients is lost: "Ada Roth; 'ivo@tern.example'; Mara <mara@kestrel.example>".
 */
static void put_shown(struct buf *b, const char *field, span names, size_t *n)
{
	while (names.n != 0) {
		size_t end = span_find_byte(names, ';'), open;
		struct who w = {.name = span_trim(span_first(names, end))};

		names = span_from(names, end + 1);
		while (w.name.n > 1 && w.name.p[0] == '\'' && w.name.p[w.name.n - 1] == '\'')
			w.name = span_sub(w.name, 1, w.name.n - 2);
		open = span_find_byte(w.name, '<');
		if (address_fits(w.name)) {
			w = (struct who){.address = w.name};
		} else if (open < w.name.n && w.name.p[w.name.n - 1] == '>' &&
		    address_fits(span_sub(w.name, open + 1, w.name.n - open - 2))) {
			w.address = span_sub(w.name, open + 1, w.name.n - open - 2);
			w.name = span_trim(span_first(w.name, open));
		}
		put_who(b, field, &w, n);
	}
}

/* Fields of the transport headers that say how a body is made that is not there any more. */
static bool is_of_the_body(span name)
{
	return span_is_one_of_nocase(name, SPAN_WORDS("Content-Type", "Content-Transfer-Encoding", "MIME-Version",
	    "Content-Disposition", "Content-ID", "Content-Description", "Content-Length", "Lines"));
}

/* The fields that transport wrote, as they were. */
static enum errc put_transport(struct heading *r, struct headers *h, struct err *e)
{
	span text, line, rest;
	struct section s = {0};
	enum errc rc = mapi_text_of(r->a, &r->item->properties, HEADERS, &text, e);

	*h = (struct headers){0};
	if (rc != OK)
		return rc;
	/* "Microsoft Mail Internet Headers Version 2.0" */
	rest = text;
	if (span_starts(text, SPAN_LIT("Microsoft Mail Internet Headers")) && span_line(&rest, &line))
		text = rest;
	if (span_trim(text).n == 0)
		return OK;
	s.text = text;
	s.fields = h;
	if ((rc = section_read(r->a, &s, e)) != OK)
		return rc;
	for (size_t i = 0; i < h->n; i++)
		if (!is_of_the_body(h->fields[i].name))
			render_raw(r->out, &h->fields[i]);
	return OK;
}

/*
 * A subject may begin with a mark and the length of its "Re: " (MS-OXCMSG 2.2.1.10). Programs that leave it out write what it is made of, the
 * prefix and the rest, or what the conversation is called.
 */
static enum errc subject_of(struct heading *r, span *out, struct err *e)
{
	const struct mapi_properties *all = &r->item->properties;
	const char *both;
	span prefix, rest;
	size_t n;
	enum errc rc;

	if ((rc = mapi_text_of(r->a, all, SUBJECT, out, e)) != OK)
		return rc;
	if (out->n >= 2 && out->p[0] == 1) {
		(void)utf8_get(span_from(*out, 1), &n);
		*out = span_from(*out, 1 + n);
	}
	if (span_trim(*out).n != 0)
		return OK;
	if ((rc = mapi_text_of(r->a, all, SUBJECT_PREFIX, &prefix, e)) != OK || (rc = mapi_text_of(r->a, all, NORMALIZED, &rest, e)) != OK ||
	    (rest.n == 0 && (rc = mapi_text_of(r->a, all, TOPIC, &rest, e)) != OK))
		return rc;
	both = arena_printf(r->a, "%.*s%.*s", (int)prefix.n, (const char *)prefix.p, (int)rest.n, (const char *)rest.p);
	*out = both != NULL ? span_str(both) : SPAN_EMPTY;
	return both != NULL ? OK : err_memory(e);
}

static enum errc put_text(struct heading *r, const struct headers *h, const char *field, uint16_t id, struct err *e)
{
	span text;
	enum errc rc;

	if (headers_get(h, field) != NULL)
		return OK;
	rc = id == SUBJECT ? subject_of(r, &text, e) : mapi_text_of(r->a, &r->item->properties, id, &text, e);
	if (rc != OK)
		return rc;
	render_field(r->out, field, span_trim(text));
	return OK;
}

static int64_t when_of(const struct heading *r)
{
	static const uint16_t ids[] = {SUBMITTED, DELIVERED, CREATED, MODIFIED};
	int64_t when = TIME_NONE;

	for (size_t i = 0; i < sizeof ids / sizeof *ids && when == TIME_NONE; i++)
		when = mapi_time(mapi_get(&r->item->properties, ids[i]));
	return when;
}

static enum errc put_sender(struct heading *r, const struct headers *h, struct err *e)
{
	struct who from, by;
	size_t n = 0;
	enum errc rc;

	if ((rc = who_read(r->a, &r->item->properties, representing, &from, e)) != OK ||
	    (rc = who_read(r->a, &r->item->properties, sender, &by, e)) != OK)
		return rc;
	if (from.address.n == 0 && (from.name.n == 0 || by.address.n != 0))
		from = by;
	if (headers_get(h, "From") == NULL)
		put_who(r->out, "From", &from, &n);
	if (n != 0)
		buf_str(r->out, "\r\n");
	n = 0;
	if (h->n == 0 && by.address.n != 0 && !span_eq_nocase(by.address, from.address)) {
		put_who(r->out, "Sender", &by, &n);
		buf_str(r->out, "\r\n");
	}
	return OK;
}

/*
 * Recipients of the table of one type. Where transport wrote that field, those whom the headers do not name anywhere
 * are left: they got the message unnamed, and are written as Bcc.
 */
static enum errc put_recipients(struct heading *r, const struct headers *h, const char *field, unsigned type, bool unnamed,
    size_t *n, struct err *e)
{
	for (size_t i = 0; i < r->item->n_recipients; i++) {
		const struct mapi_properties *p = &r->item->recipients[i];
		unsigned its = (unsigned)mapi_number_of(p, RECIPIENT_TYPE, 1) & 0xf;
		struct who w;
		enum errc rc;

		if (!unnamed && (its == 2 || its == 3 ? its : 1) != type)
			continue;
		if ((rc = who_read(r->a, p, recipient, &w, e)) != OK)
			return rc;
		if (unnamed && (w.address.n == 0 || span_has_nocase(h->raw, w.address)))
			continue;
		put_who(r->out, field, &w, n);
	}
	return OK;
}

static enum errc put_all_recipients(struct heading *r, const struct headers *h, struct err *e)
{
	static const struct { const char *field; unsigned type; uint16_t display; } kinds[] = {{"To", 1, DISPLAY_TO},
		{"Cc", 2, DISPLAY_CC}, {"Bcc", 3, DISPLAY_BCC}};
	enum errc rc = OK;
	size_t n = 0;

	if (h->n != 0 && (headers_get(h, "To") != NULL || headers_get(h, "Cc") != NULL)) {
		rc = put_recipients(r, h, "Bcc", 0, true, &n, e);
		if (n != 0)
			buf_str(r->out, "\r\n");
		return rc;
	}
	for (size_t i = 0; i < 3 && rc == OK; i++) {
		span shown;

		n = 0;
		rc = put_recipients(r, h, kinds[i].field, kinds[i].type, false, &n, e);
		if (rc == OK && r->item->n_recipients == 0 &&
		    (rc = mapi_text_of(r->a, &r->item->properties, kinds[i].display, &shown, e)) == OK)
			put_shown(r->out, kinds[i].field, shown, &n);
		if (n != 0)
			buf_str(r->out, "\r\n");
	}
	return rc;
}

static enum errc put_reply_to(struct heading *r, const struct headers *h, struct err *e)
{
	size_t n = 0;

	for (size_t i = 0; headers_get(h, "Reply-To") == NULL && i < r->item->n_reply_to; i++) {
		struct who w;
		enum errc rc = who_read(r->a, &r->item->reply_to[i], recipient, &w, e);

		if (rc != OK)
			return rc;
		put_who(r->out, "Reply-To", &w, &n);
	}
	if (n != 0)
		buf_str(r->out, "\r\n");
	return OK;
}

enum errc render_header(struct arena *a, const struct mapi_item *item, span class, struct buf *out, struct err *e)
{
	struct heading heading = {a, item, out}, *r = &heading;
	struct headers h;
	enum errc rc;

	if ((rc = put_transport(r, &h, e)) != OK)
		return rc;
	if (headers_get(&h, "Date") == NULL)
		render_date(r->out, when_of(r));
	if ((rc = put_sender(r, &h, e)) != OK || (rc = put_reply_to(r, &h, e)) != OK || (rc = put_all_recipients(r, &h, e)) != OK ||
	    (rc = put_text(r, &h, "Subject", SUBJECT, e)) != OK || (rc = put_text(r, &h, "Message-ID", MESSAGE_ID, e)) != OK ||
	    (rc = put_text(r, &h, "In-Reply-To", IN_REPLY_TO, e)) != OK ||
	    (rc = put_text(r, &h, "References", REFERENCES, e)) != OK ||
	    (mapi_is_mail(class) && (rc = mapi_render_notes(a, item, out, e)) != OK))
		return rc;
	render_field(r->out, "X-Tocsin-Class", class.n != 0 ? class : SPAN_LIT("IPM"));
	buf_str(r->out, "MIME-Version: 1.0\r\n");
	return OK;
}
