#include "deliver/returned.h"

#include "base/clock.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "mail/foreign.h"
#include "mail/summary.h"
#include "mail/text.h"

/* What is looked at and kept of one mail. */
enum { LOOK_BYTES = 65536, KEEP_TEXT = 4096, KEEP_LINE = 500, KEEP_ADDRESS = 320 };

struct reading {
	struct arena *a;
	const struct message *m;
	struct returned *out;
	span body;      /* as a person reads it */
	span flat;      /* the same with runs of white space as one blank */
	bool automatic, report, cut;
	int worst;      /* that a report says; 0: it is none */
};

const char *clue_place_name(int v)
{
	static const char *const names[] = {"?", "envelope id", "return path", "returned mail", "in reply to", "subject", "text"};

	return v > 0 && v <= CLUE_TEXT ? names[v] : names[0];
}

/* ---- what may name the notice ------------------------------------------------------------------------------------ */

static void clue_add(struct clue *v, size_t *n, enum clue_place place, span text)
{
	for (size_t i = 0; i < *n && i < CLUES; i++)
		if (span_eq_nocase(v[i].text, text)) {
			if (place < v[i].place)
				v[i].place = place;
			return;
		}
	if (*n < CLUES)
		v[*n] = (struct clue){place, text};
	if (*n <= CLUES)
		(*n)++;
}

static void marks_in(struct reading *r, enum clue_place place, span s)
{
	size_t at = 0;
	span found;

	while (mark_find(s, &at, &found))
		clue_add(r->out->marks, &r->out->n_marks, place, found);
}

static void numbers_in(struct reading *r, enum clue_place place, span s)
{
	size_t at = 0;
	span found;

	while (notice_number_find(s, &at, &found))
		clue_add(r->out->numbers, &r->out->n_numbers, place, found);
}

static void field_numbers(struct reading *r, const struct headers *h, const char *name, enum clue_place place)
{
	for (const struct field *f = headers_get(h, name); f != NULL; f = headers_next(h, f))
		numbers_in(r, place, f->value);
}

/* ---- texts -------------------------------------------------------------------------------------------------------- */

static span kept(struct arena *a, span s, size_t most)
{
	if (s.n > most)
		s.n = most;
	return utf8_clean(a, s);
}

/* White space as single blanks, the typographic apostrophe as the plain one. p NULL: memory. */
static span flat_of(struct arena *a, span s)
{
	unsigned char *p = arena_alloc(a, s.n);
	size_t n = 0;

	if (p == NULL)
		return SPAN_EMPTY;
	for (size_t i = 0; i < s.n; i++) {
		if (ascii_is_space(s.p[i])) {
			if (n != 0 && p[n - 1] != ' ')
				p[n++] = ' ';
		} else if (span_starts(span_from(s, i), SPAN_LIT("\xe2\x80\x99"))) {
			p[n++] = '\'';
			i += 2;
		} else {
			p[n++] = s.p[i];
		}
	}
	return span_of(p, n);
}

/* The first part that is text and no attachment. */
static enum errc body_read(struct reading *r, struct err *e)
{
	for (size_t i = 0; i < r->m->n_parts; i++) {
		const struct part *p = &r->m->parts[i];
		struct part_text t;
		enum errc rc;

		if (p->kind != PART_LEAF || !span_starts(p->type, SPAN_LIT("text/")) || span_eq(p->type, SPAN_LIT("text/rfc822-headers")) ||
		    span_eq(p->disposition, SPAN_LIT("attachment")))
			continue;
		if ((rc = part_text(r->a, r->m, p, NULL, &t, e)) != OK)
			return rc;
		if (t.outcome == TEXT_NOT)
			continue;
		r->body = span_first(t.utf8, LOOK_BYTES);
		r->flat = flat_of(r->a, r->body);
		return r->flat.p != NULL || r->body.n == 0 ? OK : err_memory(e);
	}
	return OK;
}

static size_t digits(span s, size_t at)
{
	size_t n = 0;

	while (at + n < s.n && n < 4 && ascii_is_digit(s.p[at + n]))
		n++;
	return n;
}

/* "5.1.1" (RFC 3463), or else "550 " or "554:" (RFC 5321): where it stands in a line; s.n when it does not. */
static size_t code_at(span s, bool enhanced)
{
	for (size_t i = 0; i < s.n; i++) {
		size_t n = digits(s, i), second, third;

		if (n == 0 || (s.p[i] != '4' && s.p[i] != '5') || (i != 0 && (ascii_is_alnum(s.p[i - 1]) || s.p[i - 1] == '.')))
			continue;
		if (!enhanced) {
			if (n == 3 && i + 3 < s.n && (s.p[i + 3] == ' ' || s.p[i + 3] == ':' || s.p[i + 3] == '-'))
				return i;
			continue;
		}
		if (n == 1 && i + 1 < s.n && s.p[i + 1] == '.' && (second = digits(s, i + 2)) != 0 && second <= 3 &&
		    i + 2 + second < s.n && s.p[i + 2 + second] == '.' && (third = digits(s, i + 3 + second)) != 0 && third <= 3 &&
		    (i + 3 + second + third == s.n || s.p[i + 3 + second + third] != '.'))
			return i;
	}
	return s.n;
}

/* The line of the text in which the server's code stands. */
static span code_line(span text)
{
	for (int pass = 0; pass < 2; pass++) {
		span rest = text, line;

		while (span_line(&rest, &line))
			if (code_at(line, pass == 0) < line.n)
				return span_trim(line);
	}
	return SPAN_EMPTY;
}

/* ---- reports ------------------------------------------------------------------------------------------------------ */

static int action_of(span action, span status)
{
	/* RFC 3464 2.3.3: "expanded" was delivered to the address that we wrote to, and then to further ones; a later failure counts more. */
	static const struct { const char *word; int kind; } words[] = {{"failed", HEARD_FAILED}, {"delayed", HEARD_DELAYED},
	    {"delivered", HEARD_DELIVERED}, {"relayed", HEARD_RELAYED}, {"expanded", HEARD_DELIVERED}};

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (span_starts_nocase(action, span_str(words[i].word)))
			return words[i].kind;
	/* Some leave the action out and give the status (RFC 3463: its first digit is the class). */
	if (status.n != 0 && action.n == 0)
		return status.p[0] == '5' ? HEARD_FAILED : status.p[0] == '4' ? HEARD_DELAYED : status.p[0] == '2' ? HEARD_DELIVERED : 0;
	return 0;
}

/* How bad: of several recipients (an alias) the worst counts, so that nobody is taken for told. */
static int badness(int kind)
{
	return kind == HEARD_FAILED ? 4 : kind == HEARD_DELAYED ? 3 : kind == HEARD_RELAYED ? 2 : kind == HEARD_DELIVERED ? 1 : 0;
}

static span field_text(struct arena *a, const struct headers *h, const char *name)
{
	const struct field *f = headers_get(h, name);
	span s;

	if (f == NULL || (s = header_text(a, f->value, h->charset)).p == NULL)
		return SPAN_EMPTY;
	return span_trim(s);
}

/* One recipient: "Action: failed", "Status: 5.1.1", "Diagnostic-Code: smtp; 550 no such user". */
static enum errc recipient_read(struct reading *r, const struct headers *h, struct err *e)
{
	span status = field_text(r->a, h, "status"), why = field_text(r->a, h, "diagnostic-code");
	int kind = action_of(field_text(r->a, h, "action"), status);
	size_t semicolon = span_find_byte(why, ';');
	const char *text;

	if (kind == 0 || badness(kind) <= badness(r->worst))
		return OK;
	r->worst = kind;
	if (semicolon < why.n)
		why = span_trim(span_from(why, semicolon + 1));
	/* "550 5.1.1 no such user" says it already. */
	status = span_has(why, status) ? SPAN_EMPTY : span_first(status, 40);
	why = span_first(why, KEEP_LINE);
	if ((text = arena_printf(r->a, "%.*s%s%.*s", (int)status.n, (const char *)status.p, why.n != 0 && status.n != 0 ? " " : "",
	         (int)why.n, (const char *)why.p)) == NULL)
		return err_memory(e);
	r->out->status = span_str(text);
	return OK;
}

/* Groups of fields, parted by empty lines: the first about the message, each further one about a recipient (RFC 3464 2.1). */
static enum errc status_read(struct reading *r, span content, struct err *e)
{
	for (int group = 0; content.n != 0; group++) {
		span rest = content, line;
		struct message *m;
		enum errc rc;

		if (group == LIMIT_REPORT_GROUPS) {
			r->cut = true;
			break;
		}

		while (rest.n != 0 && ascii_is_space(rest.p[0]))
			rest = span_from(rest, 1);
		content = rest;
		while (span_line(&rest, &line) && span_trim(line).n != 0)
			;
		if (content.n == 0)
			break;
		if ((rc = mime_parse(r->a, span_first(content, content.n - rest.n), false, &m, e)) != OK)
			return rc;
		for (const struct field *f = headers_get(&m->headers, "original-envelope-id"); f != NULL; f = headers_next(&m->headers, f))
			marks_in(r, CLUE_ENVELOPE, f->value);
		/* Also in the first group: some servers leave the empty line out. */
		if ((rc = recipient_read(r, &m->headers, e)) != OK)
			return rc;
		content = rest;
	}
	return OK;
}

/* "Disposition: manual-action/MDN-sent-manually; displayed" (RFC 8098 3.2.6). */
static enum errc receipt_read(struct reading *r, span content, struct err *e)
{
	struct message *m;
	enum errc rc = mime_parse(r->a, content, false, &m, e);
	span how, what;

	if (rc != OK)
		return rc;
	field_numbers(r, &m->headers, "original-message-id", CLUE_REPLY);
	how = field_text(r->a, &m->headers, "disposition");
	what = span_trim(span_from(how, span_find_byte(how, ';') + 1));
	if (how.n == 0)
		return OK;
	r->worst = span_starts_nocase(what, SPAN_LIT("displayed")) || span_starts_nocase(what, SPAN_LIT("processed")) ? HEARD_READ : HEARD_AUTOMATIC;
	r->out->status = how;
	return OK;
}

static bool is_status(const struct part *p)
{
	return span_eq(p->type, SPAN_LIT("message/delivery-status")) || span_eq(p->type, SPAN_LIT("message/global-delivery-status"));
}
static bool is_receipt(const struct part *p)
{
	return span_eq(p->type, SPAN_LIT("message/disposition-notification")) ||
	       span_eq(p->type, SPAN_LIT("message/global-disposition-notification"));
}
static bool is_headers(const struct part *p)
{
	return span_eq(p->type, SPAN_LIT("text/rfc822-headers")) || span_eq(p->type, SPAN_LIT("message/global-headers"));
}

/* The notice that came back with it, whole or its header: only that, its text may name other notices. */
static enum errc returned_part(struct reading *r, const struct part *p, span content, struct err *e)
{
	struct message *m;
	enum errc rc;

	if (p->kind == PART_MESSAGE)
		content = part_message(p, content);
	if ((rc = mime_parse(r->a, content, false, &m, e)) != OK)
		return rc;
	marks_in(r, CLUE_RETURNED, m->headers.raw);
	field_numbers(r, &m->headers, "message-id", CLUE_RETURNED);
	return OK;
}

static enum errc parts_read(struct reading *r, struct err *e)
{
	for (size_t i = 0; i < r->m->n_parts; i++) {
		const struct part *p = &r->m->parts[i];
		unsigned problems = 0;
		span content;
		enum errc rc;

		r->report = r->report || is_status(p) || span_eq(p->type, SPAN_LIT("multipart/report"));
		if (p->kind == PART_MULTIPART || !(p->kind == PART_MESSAGE || is_status(p) || is_receipt(p) || is_headers(p)))
			continue;
		if ((rc = part_content(r->a, r->m, p, &content, &problems, e)) != OK)
			return rc;
		if (is_status(p))
			rc = status_read(r, content, e);
		else if (is_receipt(p))
			rc = receipt_read(r, content, e);
		else
			rc = returned_part(r, p, content, e);
		if (rc != OK)
			return rc;
	}
	return OK;
}

/* ---- forms -------------------------------------------------------------------------------------------------------- */

static bool has_field(const struct headers *h, span name, span value)
{
	for (size_t i = 0; i < h->n; i++)
		if (span_eq_nocase(h->fields[i].name, name) && span_starts_nocase(span_trim(h->fields[i].value), value))
			return true;
	return false;
}

/* What says that a program wrote it and is not among the traits of every mail. */
static bool says_automatic(const struct headers *h, unsigned traits)
{
	static const char *const names[] = {"x-auto-response-suppress", "x-autogenerated", "x-failed-recipients",
	    "x-ms-exchange-inbox-rules-loop", "x-vacation", "x-mail-autoreply"};

	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
		if (headers_get(h, names[i]) != NULL)
			return true;
	/* An answer from a team's address comes through its mailing list, with that one's fields: they say nothing here. */
	return (traits & SUMMARY_AUTOMATIC) != 0 || (traits & (SUMMARY_BULK | SUMMARY_LIST)) == SUMMARY_BULK;
}

static bool fits(const struct reading *r, const struct form *f, bool daemon)
{
	if ((f->says == HEARD_FAILED || f->says == HEARD_DELAYED) && !daemon && !r->automatic)
		return false;
	return (!f->automatic || r->automatic) && span_starts_nocase(r->out->sender, f->from) &&
	       span_starts_nocase(r->out->subject, f->subject) && (f->header.n == 0 || has_field(&r->m->headers, f->header, f->value)) &&
	       (f->text.n == 0 || span_has_nocase(r->flat, f->text));
}

static enum errc by_form(struct reading *r, const struct forms *f, struct err *e)
{
	bool daemon = r->out->sender.n == 0;
	const char *text;
	span line;

	for (size_t i = 0; i < f->n_daemons; i++)
		daemon = daemon || span_starts_nocase(r->out->sender, f->daemons[i]);
	for (size_t i = 0; i < f->n; i++) {
		if (!fits(r, &f->v[i], daemon))
			continue;
		r->out->kind = f->v[i].says;
		line = r->out->kind == HEARD_FAILED || r->out->kind == HEARD_DELAYED ? span_first(code_line(r->body), KEEP_LINE) : SPAN_EMPTY;
		if ((text = arena_printf(r->a, "%.*s%s(%.*s)", (int)line.n, (const char *)line.p, line.n != 0 ? " " : "", (int)f->v[i].name.n,
		         (const char *)f->v[i].name.p)) == NULL)
			return err_memory(e);
		r->out->status = span_str(text);
		return OK;
	}
	/* What a mail server says in words that no form knows is for a person: it may be anything. */
	r->out->kind = daemon || r->report ? HEARD_OTHER : r->automatic ? HEARD_AUTOMATIC : HEARD_ANSWER;
	return OK;
}

/* ---- the whole ---------------------------------------------------------------------------------------------------- */

static enum errc header_read(struct reading *r, const struct forms *f, struct err *e)
{
	struct summary s;
	enum errc rc;

	if ((rc = summary_read(r->a, r->m, f->trusted, f->n_trusted, &s, e)) != OK)
		return rc;
	r->out->when_utc = s.when_utc;
	r->out->subject = s.subject;
	r->out->verified_domain = s.verified_domain;
	for (size_t i = 0; i < s.n_parties && r->out->sender.n == 0; i++)
		if (s.parties[i].role == ROLE_FROM)
			r->out->sender = s.parties[i].address;
	r->automatic = says_automatic(&r->m->headers, s.traits);
	return OK;
}

static enum errc keep(struct reading *r, struct err *e)
{
	struct returned *o = r->out;

	if (r->cut) {
		const char *text = arena_printf(r->a, "%.*s (of more recipients than are looked at)", (int)o->status.n, (const char *)o->status.p);

		if (text == NULL)
			return err_memory(e);
		o->status = span_str(text);
	}
	o->sender = kept(r->a, o->sender, KEEP_ADDRESS);
	o->subject = kept(r->a, o->subject, KEEP_LINE);
	o->verified_domain = kept(r->a, o->verified_domain, KEEP_ADDRESS);
	o->status = kept(r->a, o->status, KEEP_LINE);
	o->text = kept(r->a, span_trim(r->body), KEEP_TEXT);
	return o->sender.p != NULL && o->subject.p != NULL && o->verified_domain.p != NULL && o->status.p != NULL && o->text.p != NULL
	           ? OK
	           : err_memory(e);
}

enum errc returned_read(struct arena *a, const struct message *m, const struct forms *f, struct returned *out, struct err *e)
{
	struct reading r = {.a = a, .m = m, .out = out};
	const struct headers *h = &m->headers;
	const span none = SPAN_LIT("");
	enum errc rc;

	*out = (struct returned){.kind = HEARD_OTHER, .when_utc = TIME_NONE, .sender = none, .subject = none, .verified_domain = none,
	    .status = none, .text = none};
	if ((rc = header_read(&r, f, e)) != OK || (rc = body_read(&r, e)) != OK || (rc = parts_read(&r, e)) != OK)
		return rc;
	marks_in(&r, CLUE_FIELDS, h->raw);
	field_numbers(&r, h, "in-reply-to", CLUE_REPLY);
	field_numbers(&r, h, "references", CLUE_REPLY);
	numbers_in(&r, CLUE_SUBJECT, out->subject);
	marks_in(&r, CLUE_TEXT, r.body);
	numbers_in(&r, CLUE_TEXT, r.body);
	/* What was not looked at may be worse. */
	if (r.worst != 0)
		out->kind = r.cut && r.worst != HEARD_FAILED ? HEARD_OTHER : r.worst;
	else if ((rc = by_form(&r, f, e)) != OK)
		return rc;
	return keep(&r, e);
}

/* ---- between worker and keeper ------------------------------------------------------------------------------------ */

static void clues_put(const struct clue *v, size_t n, struct buf *out)
{
	buf_u8(out, (uint8_t)n);
	for (size_t i = 0; i < n && i < CLUES; i++) {
		buf_u8(out, (uint8_t)v[i].place);
		buf_bytes(out, v[i].text);
	}
}

static void clues_take(struct cursor *c, struct clue *v, size_t *n)
{
	*n = cursor_u8(c);
	for (size_t i = 0; i < *n && i < CLUES; i++) {
		int place = cursor_u8(c);

		v[i] = (struct clue){place >= CLUE_ENVELOPE && place <= CLUE_TEXT ? (enum clue_place)place : CLUE_TEXT, cursor_bytes(c)};
		if (v[i].text.n >= MARK_SIZE)
			c->bad = true;
	}
	if (*n > CLUES + 1)
		c->bad = true;
}

void returned_put(const struct returned *r, struct buf *out)
{
	const span texts[] = {r->sender, r->subject, r->verified_domain, r->status, r->text};

	buf_u8(out, (uint8_t)r->kind);
	buf_u64(out, (uint64_t)r->when_utc);
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++)
		buf_bytes(out, texts[i]);
	clues_put(r->marks, r->n_marks, out);
	clues_put(r->numbers, r->n_numbers, out);
}

bool returned_take(struct cursor *c, struct returned *out)
{
	span *const texts[] = {&out->sender, &out->subject, &out->verified_domain, &out->status, &out->text};

	*out = (struct returned){.kind = cursor_u8(c), .when_utc = (int64_t)cursor_u64(c)};
	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		*texts[i] = cursor_bytes(c);
		if (texts[i]->n > KEEP_TEXT * 3 || utf8_valid(*texts[i]) != texts[i]->n)
			c->bad = true;
	}
	clues_take(c, out->marks, &out->n_marks);
	clues_take(c, out->numbers, &out->n_numbers);
	return !c->bad && out->kind >= HEARD_FAILED && out->kind <= HEARD_OTHER;
}
