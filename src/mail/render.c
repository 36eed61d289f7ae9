/*
 * An Outlook item as a message. What is decided here is stated in man/tocsin-rendering.5: the digests in a case
 * rest on it, so a change of a single byte makes every message of every PST another one.
 */
#include <inttypes.h>
#include <stdio.h>

#include "base/limits.h"
#include "mail/fields.h"
#include "mail/mapi.h"
#include "mail/render.h"
#include "stream/charset.h"
#include "stream/rtf.h"

enum {
	CLASS = 0x001a, BODY = 0x1000, HTML = 0x1013, RTF = 0x1009, INTERNET_PAGE = 0x3fde, METHOD = 0x3705, LONG_NAME = 0x3707,
	SHORT_NAME = 0x3704, DISPLAY_NAME = 0x3001, MIME_TAG = 0x370e, CONTENT_ID = 0x3712, LONG_PATH = 0x370d, SHORT_PATH = 0x3708,
	REPORT_TEXT = 0x1001,
};
enum { BY_REFERENCE = 2, BY_REFERENCE_RESOLVE = 3, BY_REFERENCE_ONLY = 4, BY_WEB_REFERENCE = 7 };
struct leaf {
	span type, bytes, name, content_id;
	const char *charset;  /* of text, or NULL */
	const char *missing;  /* why it is empty */
	bool attached, message;
};

struct rendering {
	struct arena *a;
	const struct mapi_item *item;
	struct buf *out;
	struct buf missing; /* what could not be rendered, for the item's row */
	span class;
	struct leaf *leaves; /* bodies first */
	size_t n, n_bodies;
	unsigned depth;
};

static enum errc render(struct arena *a, const struct mapi_item *item, unsigned depth, struct buf *out,
    const char **missing, struct err *e);

/* ---- bodies ---- */

static struct leaf *leaf_add(struct rendering *r, span type, span bytes)
{
	struct leaf *l = &r->leaves[r->n++];

	*l = (struct leaf){.type = type, .bytes = bytes};
	return l;
}

/* How many bytes a zero has that ends such a text. */
static size_t unit_of(const struct charset *c)
{
	const char *name = c != NULL ? charset_name(c) : "";

	return strncmp(name, "utf-32", 6) == 0 ? 4 : strncmp(name, "utf-16", 6) == 0 ? 2 : 1;
}

/* HTML is stored as the bytes that came, in the message's code page. */
static enum errc html_read(struct rendering *r, span *html, const char **charset, struct err *e)
{
	const struct mapi_property *p = mapi_get(&r->item->properties, HTML);
	const struct charset *c;
	size_t unit;

	*html = SPAN_EMPTY;
	*charset = "utf-8";
	if (p == NULL)
		return OK;
	if (p->type != MAPI_BINARY)
		return mapi_text(r->a, &r->item->properties, p, html, e);
	c = charset_find_page((unsigned)mapi_number_of(&r->item->properties, INTERNET_PAGE, 0));
	*html = p->value;
	while (html->n != 0 && html->p[html->n - 1] == '\0')
		html->n--;
	/* Of "1" in UTF-16 the second byte is a zero, too; the code page may be another than the bytes are in. */
	if ((unit = unit_of(c)) == 1)
		unit = unit_of(charset_told(p->value));
	while (html->n % unit != 0 && html->n < p->value.n)
		html->n++;
	*charset = c != NULL ? charset_name(c) : NULL;
	return OK;
}

static enum errc bodies(struct rendering *r, struct err *e)
{
	const struct mapi_property *packed = mapi_get(&r->item->properties, RTF);
	span plain, html, rtf, of_rtf = SPAN_EMPTY;
	enum rtf_kind kind = RTF_IS_RTF;
	const char *charset;
	enum errc rc;

	if ((rc = mapi_text_of(r->a, &r->item->properties, BODY, &plain, e)) != OK || (rc = html_read(r, &html, &charset, e)) != OK)
		return rc;
	if (packed != NULL && packed->type == MAPI_BINARY && packed->value.n != 0 && (plain.n == 0 || html.n == 0)) {
		struct err why = {0};
		unsigned problems = 0;

		rtf = packed->value;
		rc = rtf_sniff(rtf) ? OK : rtf_decompress(r->a, packed->value, &rtf, &problems, &why);
		if (rc == OK)
			rc = rtf_text(r->a, rtf, &kind, &of_rtf, &problems, &why);
		if (rc == ERR_MEMORY)
			return err_memory(e);
		if (rc != OK || (problems & (RTF_TRUNCATED | RTF_LIMIT)) != 0)
			buf_str(&r->missing, rc != OK ? "; RTF body: damaged" : "; RTF body: read in part");
	}
	if (span_trim(plain).n == 0 && kind != RTF_IS_HTML && of_rtf.n != 0)
		plain = of_rtf;
	if (html.n == 0 && kind == RTF_IS_HTML) {
		html = of_rtf;
		charset = "utf-8";
	}
	if (plain.n == 0 && html.n == 0 && (rc = mapi_text_of(r->a, &r->item->properties, REPORT_TEXT, &plain, e)) != OK)
		return rc;
	if (plain.n != 0)
		leaf_add(r, SPAN_LIT("text/plain"), plain)->charset = "utf-8";
	if (html.n != 0)
		leaf_add(r, SPAN_LIT("text/html"), html)->charset = charset;
	r->n_bodies = r->n;
	return OK;
}

bool mapi_is_mail(span class)
{
	return class.n == 0 || span_starts_nocase(class, SPAN_LIT("IPM.Note")) || span_starts_nocase(class, SPAN_LIT("REPORT.")) ||
	       span_eq_nocase(class, SPAN_LIT("IPM")) || span_starts_nocase(class, SPAN_LIT("IPM.Post"));
}

static enum errc facts(struct rendering *r, struct err *e)
{
	span text;
	enum errc rc;

	if (mapi_is_mail(r->class))
		return OK;
	if ((rc = mapi_render_facts(r->a, r->item, &text, e)) != OK || text.n == 0)
		return rc;
	leaf_add(r, SPAN_LIT("text/plain"), text)->charset = "utf-8";
	/* An item without a text of its own is what is known of it. */
	if (r->n_bodies == 0)
		r->n_bodies = 1;
	return OK;
}

/* ---- attachments ---- */

/* A text in place of what is attached. */
static enum errc place_taken(struct rendering *r, struct leaf *l, const char *says, span path, struct err *e)
{
	struct buf b;

	buf_init(&b, MIB);
	buf_str(&b, says);
	buf_put(&b, path);
	buf_str(&b, "\r\n");
	l->type = SPAN_LIT("text/plain");
	l->charset = "utf-8";
	l->bytes = arena_copy(r->a, buf_span(&b));
	buf_free(&b);
	return l->bytes.p != NULL ? OK : err_memory(e);
}

static enum errc reference(struct rendering *r, const struct mapi_attachment *t, struct leaf *l, struct err *e)
{
	span path;
	enum errc rc = mapi_text_of(r->a, &t->properties, LONG_PATH, &path, e);

	if (rc == OK && path.n == 0)
		rc = mapi_text_of(r->a, &t->properties, SHORT_PATH, &path, e);
	return rc == OK ? place_taken(r, l, "attached by reference: ", path, e) : rc;
}

static enum errc embedded(struct rendering *r, const struct mapi_item *item, struct leaf *l, struct err *e)
{
	const char *missing;
	struct buf b;
	enum errc rc;

	l->type = SPAN_LIT("message/rfc822");
	l->message = true;
	buf_init(&b, LIMIT_PART_BYTES);
	if ((rc = render(r->a, item, r->depth + 1, &b, &missing, e)) == OK) {
		l->bytes = arena_copy(r->a, buf_span(&b));
		if (l->bytes.p == NULL)
			rc = err_memory(e);
		else if (missing[0] != '\0')
			buf_printf(&r->missing, "; in an attached message: %s", missing);
	}
	buf_free(&b);
	return rc;
}

static enum errc attachment(struct rendering *r, size_t i, struct err *e)
{
	const struct mapi_attachment *t = &r->item->attachments[i];
	int64_t method = mapi_number_of(&t->properties, METHOD, 1);
	struct leaf *l = leaf_add(r, SPAN_LIT("application/octet-stream"), t->data);
	span type;
	enum errc rc;

	l->attached = true;
	if ((rc = mapi_text_of(r->a, &t->properties, LONG_NAME, &l->name, e)) != OK ||
	    (l->name.n == 0 && (rc = mapi_text_of(r->a, &t->properties, SHORT_NAME, &l->name, e)) != OK) ||
	    (l->name.n == 0 && (rc = mapi_text_of(r->a, &t->properties, DISPLAY_NAME, &l->name, e)) != OK) ||
	    (rc = mapi_text_of(r->a, &t->properties, CONTENT_ID, &l->content_id, e)) != OK ||
	    (rc = mapi_text_of(r->a, &t->properties, MIME_TAG, &type, e)) != OK)
		return rc;
	/* What is attached is a leaf, whatever it is called; multipart/signed is opened elsewhere. */
	if (render_is_type(type) && !span_starts_nocase(type, SPAN_LIT("multipart/")) &&
	    !span_starts_nocase(type, SPAN_LIT("message/")))
		l->type = type;
	if (t->item != NULL && r->depth < LIMIT_NEST_DEPTH)
		return embedded(r, t->item, l, e);
	if (t->data.n == 0 && (method == BY_REFERENCE || method == BY_REFERENCE_RESOLVE || method == BY_REFERENCE_ONLY ||
	    method == BY_WEB_REFERENCE))
		return reference(r, t, l, e);
	if (t->note != NULL)
		return place_taken(r, l, t->note, SPAN_EMPTY, e);
	l->missing = t->item != NULL ? "messages within messages, too deep" : t->missing;
	if (l->missing != NULL)
		buf_printf(&r->missing, "; attachment %zu: %s", i + 1, l->missing);
	return OK;
}

/* ---- the whole ---- */

/* A boundary that is made of what it parts, and does not stand in it. */
static enum errc boundary_of(struct rendering *r, char out[40], struct err *e)
{
	uint64_t hash = r->depth;

	for (size_t i = 0; i < r->n; i++)
		if (!r->leaves[i].attached || r->leaves[i].message)
			hash = hash * 31 + span_hash(r->leaves[i].bytes);
	for (unsigned turn = 0; turn < 1000; turn++, hash++) {
		bool met = false;

		(void)snprintf(out, 40, "=_tocsin_%016" PRIx64, hash);
		for (size_t i = 0; i < r->n && !met; i++)
			met = (!r->leaves[i].attached || r->leaves[i].message) &&
			      span_has(r->leaves[i].bytes, span_str(out));
		if (!met)
			return OK;
	}
	return err_set(e, ERR_LIMIT, "no boundary could be found that its text does not hold");
}

static void entity(struct rendering *r, const struct leaf *l)
{
	/* Bodies are written as they are: a digest that disregards line ends needs that. NUL: a charset of two bytes. */
	bool encode = !l->message && (l->attached || span_find_byte(l->bytes, 0) < l->bytes.n);

	buf_str(r->out, "Content-Type: ");
	buf_put(r->out, l->type);
	if (l->charset != NULL)
		buf_printf(r->out, "; charset=%s", l->charset);
	buf_str(r->out, "\r\n");
	if (l->attached) {
		buf_str(r->out, "Content-Disposition: attachment");
		render_filename(r->out, l->name);
		buf_str(r->out, "\r\n");
	}
	if (l->content_id.n != 0) {
		buf_str(r->out, "Content-ID: <");
		render_plain(r->out, l->content_id);
		buf_str(r->out, ">\r\n");
	}
	if (l->missing != NULL)
		buf_printf(r->out, "X-Tocsin-Missing: %s\r\n", l->missing);
	buf_printf(r->out, "Content-Transfer-Encoding: %s\r\n\r\n", encode ? "base64" : "8bit");
	if (encode)
		render_base64(r->out, l->bytes);
	else
		buf_put(r->out, l->bytes);
}

static void put_parts(struct rendering *r, const char *boundary)
{
	bool both = r->n_bodies > 1, mixed = r->n > r->n_bodies || r->n == 0;

	if (r->n == 0 || (r->n == 1 && (r->n_bodies == 1 || span_starts_nocase(r->class, SPAN_LIT("IPM.Note.SMIME"))))) {
		struct leaf nothing = {.type = SPAN_LIT("text/plain"), .charset = "utf-8"};

		entity(r, r->n == 0 ? &nothing : &r->leaves[0]);
		return;
	}
	if (mixed)
		buf_printf(r->out, "Content-Type: multipart/mixed; boundary=\"%sm\"\r\n\r\n", boundary);
	if (both) {
		if (mixed)
			buf_printf(r->out, "--%sm\r\n", boundary);
		buf_printf(r->out, "Content-Type: multipart/alternative; boundary=\"%sa\"\r\n\r\n", boundary);
	}
	for (size_t i = 0; i < r->n; i++) {
		buf_printf(r->out, "--%s%c\r\n", boundary, both && i < r->n_bodies ? 'a' : 'm');
		entity(r, &r->leaves[i]);
		buf_str(r->out, "\r\n");
		if (both && i + 1 == r->n_bodies)
			buf_printf(r->out, "--%sa--\r\n%s", boundary, mixed ? "\r\n" : "");
	}
	if (mixed)
		buf_printf(r->out, "--%sm--\r\n", boundary);
}

/*
 * A signed message lies in its one attachment as the whole entity that was signed (MS-OXOSMIME 2.1.3): the fields of its body
 * and that.
 */
static enum errc put_signed(struct rendering *r, bool *done, struct err *e)
{
	struct headers h = {0};
	struct section s = {.fields = &h};
	enum errc rc;

	*done = false;
	if (!span_starts_nocase(r->class, SPAN_LIT("IPM.Note.SMIME.MultipartSigned")) || r->item->n_attachments != 1)
		return OK;
	s.text = r->item->attachments[0].data;
	if ((rc = section_read(r->a, &s, e)) != OK || !span_starts_nocase(s.mime.type, SPAN_LIT("multipart/signed")))
		return rc;
	for (size_t i = 0; i < h.n; i++)
		if (span_starts_nocase(h.fields[i].name, SPAN_LIT("Content-")))
			render_raw(r->out, &h.fields[i]);
	buf_str(r->out, "\r\n");
	buf_put(r->out, span_from(s.text, s.body_at));
	*done = true;
	return OK;
}

static enum errc render(struct arena *a, const struct mapi_item *item, unsigned depth, struct buf *out,
    const char **missing, struct err *e)
{
	struct rendering r = {.a = a, .item = item, .out = out, .depth = depth};
	char boundary[40];
	bool whole;
	enum errc rc;

	buf_init(&r.missing, 64 * KIB);
	if ((r.leaves = arena_zero(a, item->n_attachments + 4, sizeof *r.leaves)) == NULL) {
		rc = err_memory(e);
		goto out;
	}
	if ((rc = mapi_text_of(a, &item->properties, CLASS, &r.class, e)) != OK || (rc = render_header(a, item, r.class, out, e)) != OK ||
	    (rc = put_signed(&r, &whole, e)) != OK)
		goto out;
	if (!whole) {
		rc = bodies(&r, e);
		if (rc == OK)
			rc = facts(&r, e);
		for (size_t i = 0; i < item->n_attachments && rc == OK; i++)
			rc = attachment(&r, i, e);
		if (rc != OK || (rc = boundary_of(&r, boundary, e)) != OK)
			goto out;
		put_parts(&r, boundary);
	}
	if (item->missing != NULL)
		buf_printf(&r.missing, "; %s", item->missing);
	if ((rc = buf_check(out, e)) != OK)
		goto out;
	*missing = r.missing.n > 2 ? arena_cstr(a, span_from(buf_span(&r.missing), 2)) : "";
	if (*missing == NULL)
		rc = err_memory(e);
out:
	buf_free(&r.missing);
	return rc;
}

enum errc mapi_render(struct arena *a, const struct mapi_item *item, struct buf *out, const char **missing, struct err *e)
{
	return render(a, item, 0, out, missing, e);
}
