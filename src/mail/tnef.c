#include "mail/tnef.h"

#include "base/cursor.h"
#include "base/limits.h"

enum { SIGNATURE = 0x223e9f78, HEAD = 6, INTERFACE = 16 };
/* Attributes (MS-OXTNEF 2.1.3.1), without the kind of value above them, which some programs leave out. */
enum {
	AT_SUBJECT = 0x8004, AT_BODY = 0x800c, AT_ATTACH_TITLE = 0x8010, AT_ATTACH_DATA = 0x800f,
	AT_ATTACH_NEW = 0x9002, AT_PROPERTIES = 0x9003, AT_RECIPIENTS = 0x9004, AT_ATTACH_PROPERTIES = 0x9005, AT_CODE_PAGE = 0x9007,
};
enum { SUBJECT = 0x0037, BODY = 0x1000, SHORT_NAME = 0x3704, DATA = 0x3701, NAMED_FROM = 0x8000 };

struct tnef {
	struct arena *a;
	struct mapi_item *item;
	struct mapi_attachment *now; /* NULL before the first */
	struct mapi_properties plain; /* of the item, as attributes of before MAPI have them */
	unsigned page, depth;
	bool damaged;
};

static enum errc read_item(struct arena *a, span bytes, unsigned depth, struct mapi_item *out, struct err *e);

bool tnef_sniff(span bytes)
{
	struct cursor c = cursor_of(bytes);

	return cursor_u32(&c) == SIGNATURE && bytes.n > HEAD;
}

static span padded(struct cursor *c, size_t n)
{
	span rest = c->rest, s;
	bool bad = c->bad;

	s = cursor_take(c, n);
	if (c->bad && !bad) /* the end of the file is lost: as far as it is there */
		return rest;
	(void)cursor_take(c, (4 - n % 4) % 4 < c->rest.n ? (4 - n % 4) % 4 : c->rest.n);
	return s;
}

/* How many bytes a value of that type takes; 0: it says so itself. */
static size_t size_of(unsigned type)
{
	switch (type) {
	case MAPI_INT16:
	case MAPI_INT32:
	case MAPI_FLOAT:
	case MAPI_ERROR:
	case MAPI_BOOLEAN:
		return 4;
	case MAPI_DOUBLE:
	case MAPI_CURRENCY:
	case MAPI_APPTIME:
	case MAPI_INT64:
	case MAPI_TIME:
		return 8;
	case MAPI_GUID:
		return 16;
	default:
		return 0;
	}
}

static enum errc property_name(struct tnef *t, struct cursor *c, struct mapi_property *p, struct err *e)
{
	const struct mapi_properties none = {0};
	struct mapi_property text = {.type = MAPI_UNICODE};

	p->set = mapi_set_of(cursor_take(c, 16));
	if (cursor_u32(c) == 0) {
		p->lid = cursor_u32(c);
		return OK;
	}
	text.value = padded(c, cursor_u32(c));
	return mapi_text(t->a, &none, &text, &p->name, e);
}

/* A list of properties (MS-OXTNEF 2.1.3.4). What is one value of several is a property of its own. */
static enum errc properties(struct tnef *t, struct cursor *c, struct mapi_properties *to, struct err *e)
{
	uint32_t n = cursor_u32(c);
	enum errc rc = OK;

	to->page = t->page;
	for (uint32_t i = 0; i < n && rc == OK && !c->bad; i++) {
		struct mapi_property p = {0};
		unsigned type = cursor_u16(c);
		uint32_t values = 1;
		size_t size;

		p.id = cursor_u16(c);
		if (p.id >= NAMED_FROM && (rc = property_name(t, c, &p, e)) != OK)
			break;
		p.type = (uint16_t)(type & ~(unsigned)MAPI_MULTIPLE);
		size = size_of(p.type);
		if (size == 0 || (type & MAPI_MULTIPLE) != 0)
			values = cursor_u32(c);
		for (uint32_t k = 0; k < values && rc == OK && !c->bad; k++) {
			p.value = padded(c, size != 0 ? size : cursor_u32(c));
			if (!c->bad || (size == 0 && p.value.n != 0))
				rc = mapi_add(t->a, to, &p, e);
		}
	}
	t->damaged |= c->bad;
	return rc;
}

static enum errc recipients(struct tnef *t, struct cursor *c, struct err *e)
{
	uint32_t n = cursor_u32(c);
	enum errc rc = OK;

	/* Each takes four bytes at least. */
	if (n > c->rest.n / 4) {
		t->damaged = true;
		return OK;
	}
	if ((t->item->recipients = arena_zero(t->a, n, sizeof *t->item->recipients)) == NULL)
		return err_memory(e);
	t->item->n_recipients = 0;
	for (uint32_t i = 0; i < n && rc == OK && !c->bad; i++)
		rc = properties(t, c, &t->item->recipients[t->item->n_recipients++], e);
	return rc;
}

/* The properties of an attachment; its content may be among them, as may a message. */
static enum errc attachment(struct tnef *t, struct cursor *c, struct err *e)
{
	const struct mapi_property *data;
	span inner;
	enum errc rc = properties(t, c, &t->now->properties, e);

	if (rc != OK || (data = mapi_get(&t->now->properties, DATA)) == NULL)
		return rc;
	inner = data->type == MAPI_OBJECT ? span_from(data->value, INTERFACE) : data->value;
	if (data->type == MAPI_OBJECT && tnef_sniff(inner) && t->depth < LIMIT_NEST_DEPTH) {
		if ((t->now->item = arena_zero(t->a, 1, sizeof *t->now->item)) == NULL)
			return err_memory(e);
		return read_item(t->a, inner, t->depth + 1, t->now->item, e);
	}
	if (t->now->data.n == 0)
		t->now->data = inner;
	return OK;
}

/* An attribute of before MAPI, in a code page that may not have its letters; the first of several counts. */
static enum errc plain(struct tnef *t, struct mapi_properties *to, uint16_t id, span value, struct err *e)
{
	const struct mapi_property p = {.id = id, .type = MAPI_STRING8, .value = value};

	to->page = t->page;
	return mapi_get(to, id) == NULL ? mapi_add(t->a, to, &p, e) : OK;
}

static enum errc attribute(struct tnef *t, uint32_t id, span value, size_t n_attachments, struct err *e)
{
	struct cursor c = cursor_of(value);

	if (n_attachments > t->item->n_attachments) {
		t->item->n_attachments = n_attachments;
		t->now = &t->item->attachments[n_attachments - 1];
	}
	switch (id) {
	case AT_CODE_PAGE:
		t->page = cursor_u32(&c);
		return OK;
	case AT_PROPERTIES:
		return properties(t, &c, &t->item->properties, e);
	case AT_RECIPIENTS:
		return recipients(t, &c, e);
	case AT_SUBJECT:
		return plain(t, &t->plain, SUBJECT, value, e);
	case AT_BODY:
		return plain(t, &t->plain, BODY, value, e);
	case AT_ATTACH_TITLE:
		return t->now != NULL ? plain(t, &t->now->properties, SHORT_NAME, value, e) : OK;
	case AT_ATTACH_DATA:
		if (t->now != NULL)
			t->now->data = value;
		return OK;
	case AT_ATTACH_PROPERTIES:
		return t->now != NULL ? attachment(t, &c, e) : OK;
	default:
		return OK;
	}
}

/* Attachments begun, and what was said of the last one. */
struct begun { size_t n; bool title, data, properties; };

/* AT_ATTACH_NEW begins one. Some programs leave it out: there one begins with what is said first, or said again. */
static void begin(struct begun *b, uint32_t id)
{
	bool *said = id == AT_ATTACH_TITLE ? &b->title : id == AT_ATTACH_DATA ? &b->data : id == AT_ATTACH_PROPERTIES ? &b->properties : NULL;

	if (id == AT_ATTACH_NEW || (said != NULL && (b->n == 0 || *said)))
		*b = (struct begun){.n = b->n + 1};
	if (said != NULL)
		*said = true;
}

/* The next attribute: level, number, length, value, checksum. False at the end; *cut when it came too early. */
static bool next(struct cursor *c, uint32_t *id, span *value, struct begun *begun, bool *cut)
{
	span rest;

	if (c->rest.n == 0)
		return false;
	(void)cursor_u8(c);
	*id = cursor_u32(c) & 0xffff;
	begin(begun, *id);
	rest = c->rest;
	*value = cursor_bytes(c);
	*cut = c->bad;
	if (*cut && rest.n > sizeof(uint32_t)) { /* the last one, as far as it is there */
		*value = span_from(rest, sizeof(uint32_t));
		c->rest = SPAN_EMPTY;
		return true;
	}
	(void)cursor_take(c, c->rest.n < 2 ? c->rest.n : 2);
	return !*cut;
}

/* What no property says stands in the attributes of before MAPI, which come first. */
static enum errc plain_last(struct tnef *t, struct err *e)
{
	struct mapi_properties *to = &t->item->properties;
	enum errc rc = OK;

	to->page = t->page;
	for (size_t i = 0; i < t->plain.n && rc == OK; i++)
		if (mapi_get(to, t->plain.v[i].id) == NULL)
			rc = mapi_add(t->a, to, &t->plain.v[i], e);
	return rc;
}

static enum errc read_item(struct arena *a, span bytes, unsigned depth, struct mapi_item *out, struct err *e)
{
	struct tnef t = {.a = a, .item = out, .depth = depth};
	struct cursor c = cursor_of(span_from(bytes, HEAD)), count = c;
	struct begun all = {0}, met = {0};
	uint32_t id;
	span value;
	bool cut;
	enum errc rc = OK;

	while (next(&count, &id, &value, &all, &cut))
		;
	if ((out->attachments = arena_zero(a, all.n, sizeof *out->attachments)) == NULL)
		return err_memory(e);
	while (rc == OK && next(&c, &id, &value, &met, &cut))
		rc = attribute(&t, id, value, met.n, e);
	if (rc == OK)
		rc = plain_last(&t, e);
	for (size_t i = 0; i < out->n_attachments; i++)
		if (out->attachments[i].data.p == NULL && out->attachments[i].item == NULL)
			out->attachments[i].missing = "without content";
	if (c.bad || t.damaged)
		out->missing = "TNEF: damaged, read in part";
	return rc;
}

enum errc tnef_read(struct arena *a, span bytes, struct mapi_item **out, struct err *e)
{
	if (!tnef_sniff(bytes))
		return err_set(e, ERR_EVIDENCE, "no TNEF");
	if ((*out = arena_zero(a, 1, sizeof **out)) == NULL)
		return err_memory(e);
	return read_item(a, bytes, 0, *out, e);
}
