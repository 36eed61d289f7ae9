#include "mail/msg.h"

#include "base/cursor.h"
#include "base/limits.h"
#include "stream/charset.h"

/* Bytes before the list of fixed properties, by what the storage is (MS-OXMSG 2.4). */
enum { HEAD_TOP = 32, HEAD_EMBEDDED = 24, HEAD_OTHER = 8, PROPERTY = 16 };
enum { LONG_NAME = 0x3707, NAMED_FROM = 0x8000, UTF8 = 65001 };

#define PROPERTIES SPAN_LIT("__properties_version1.0")
#define STREAM_PREFIX SPAN_LIT("__substg1.0_")

struct name { enum mapi_set set; uint32_t lid; span name; };

struct msg {
	struct arena *a;
	const struct compound *c;
	struct name *names; /* of properties 0x8000 + index */
	size_t n_names;
	unsigned problems;
};

bool msg_is(const struct compound *c) { return compound_find(c, &c->entries[0], PROPERTIES) != NULL; }

static bool hex(span s, size_t n, uint32_t *out)
{
	*out = 0;
	if (s.n < n)
		return false;
	for (size_t i = 0; i < n; i++) {
		unsigned char c = s.p[i];

		if (!ascii_is_digit(c) && ((c | 32) < 'a' || (c | 32) > 'f'))
			return false;
		*out = *out << 4 | (uint32_t)(ascii_is_digit(c) ? c - '0' : (c | 32) - 'a' + 10);
	}
	return true;
}

static enum errc stream_of(struct msg *m, const struct compound_entry *in, const char *name, span *out, struct err *e)
{
	const struct compound_entry *s = compound_find(m->c, in, span_str(name));

	*out = SPAN_EMPTY;
	return s != NULL ? compound_read(m->a, m->c, s, out, &m->problems, e) : OK;
}

/* ---- names of named properties (MS-OXMSG 2.2.3) ---- */

static enum mapi_set set_of(span guids, unsigned index)
{
	if (index == 1)
		return SET_OTHER; /* PS_MAPI */
	if (index == 2)
		return SET_PUBLIC_STRINGS;
	return index < 3 ? SET_OTHER : mapi_set_of(span_sub(guids, (size_t)(index - 3) * 16, 16));
}

static enum errc read_names(struct msg *m, struct err *e)
{
	const struct compound_entry *in = compound_find(m->c, &m->c->entries[0], SPAN_LIT("__nameid_version1.0"));
	span guids, list, strings;
	struct cursor c;
	enum errc rc;

	if (in == NULL)
		return OK;
	if ((rc = stream_of(m, in, "__substg1.0_00020102", &guids, e)) != OK ||
	    (rc = stream_of(m, in, "__substg1.0_00030102", &list, e)) != OK ||
	    (rc = stream_of(m, in, "__substg1.0_00040102", &strings, e)) != OK)
		return rc;
	m->n_names = list.n / 8;
	if ((m->names = arena_zero(m->a, m->n_names, sizeof *m->names)) == NULL)
		return err_memory(e);
	c = cursor_of(list);
	for (size_t i = 0; i < list.n / 8; i++) {
		uint32_t id = cursor_u32(&c), kind = cursor_u32(&c) & 0xffff;
		struct name *n = &m->names[i];
		struct cursor s = cursor_of(span_from(strings, id));
		struct mapi_properties none = {0};
		struct mapi_property text = {.type = MAPI_UNICODE};

		/* Their order is that of their numbers; the number that stands there too is not always right. */
		n->set = set_of(guids, kind >> 1);
		n->lid = id;
		if ((kind & 1) == 0)
			continue;
		text.value = cursor_bytes(&s);
		if ((rc = mapi_text(m->a, &none, &text, &n->name, e)) != OK)
			return rc;
	}
	return OK;
}

/* ---- properties ---- */

static enum errc add(struct msg *m, struct mapi_properties *p, uint16_t id, uint16_t type, span value, struct err *e)
{
	struct mapi_property v = {.id = id, .type = type, .value = value};

	if (id >= NAMED_FROM) {
		const struct name *n = (size_t)(id - NAMED_FROM) < m->n_names ? &m->names[id - NAMED_FROM] : NULL;

		v.set = n != NULL ? n->set : SET_OTHER;
		v.lid = n != NULL ? n->lid : id;
		v.name = n != NULL ? n->name : SPAN_EMPTY;
	}
	return mapi_add(m->a, p, &v, e);
}

/* Numbers and times: sixteen bytes each, the value in the last eight. */
static enum errc fixed(struct msg *m, const struct compound_entry *in, size_t head, struct mapi_properties *p, struct err *e)
{
	span s;
	enum errc rc = stream_of(m, in, "__properties_version1.0", &s, e);

	for (s = span_from(s, head); rc == OK && s.n >= PROPERTY; s = span_from(s, PROPERTY)) {
		uint16_t type = (uint16_t)(s.p[0] | s.p[1] << 8), id = (uint16_t)(s.p[2] | s.p[3] << 8);

		if ((type >= MAPI_INT16 && type <= MAPI_APPTIME) || type == MAPI_BOOLEAN || type == MAPI_INT64 || type == MAPI_TIME)
			rc = add(m, p, id, type, span_sub(s, 8, 8), e);
	}
	return rc;
}

/* One value, in a stream of its own: "__substg1.0_" id type, and "-" index for each of several. */
static enum errc variable(struct msg *m, const struct compound_entry *s, struct mapi_properties *p, struct err *e)
{
	span rest = span_from(s->name, STREAM_PREFIX.n), value;
	uint32_t id, type;
	bool multiple;
	enum errc rc;

	if (!hex(rest, 4, &id) || !hex(span_from(rest, 4), 4, &type))
		return OK;
	multiple = (type & MAPI_MULTIPLE) != 0;
	/* Of several strings the stream without an index holds the lengths; several numbers stand in one stream. */
	if (multiple && rest.n <= 8)
		return OK;
	if ((rc = compound_read(m->a, m->c, s, &value, &m->problems, e)) != OK)
		return rc;
	return add(m, p, (uint16_t)id, (uint16_t)(type & ~(uint32_t)MAPI_MULTIPLE), value, e);
}

static enum errc properties(struct msg *m, const struct compound_entry *in, size_t head, unsigned page,
    struct mapi_properties *p, struct err *e)
{
	enum errc rc = fixed(m, in, head, p, e);

	for (const struct compound_entry *s = NULL; rc == OK && (s = compound_child(m->c, in, s)) != NULL;)
		if (s->kind == COMPOUND_STREAM && span_starts_nocase(s->name, STREAM_PREFIX))
			rc = variable(m, s, p, e);
	p->page = mapi_page_of(p, page);
	return rc;
}

/* ---- attachments ---- */

static enum errc read_item(struct msg *m, const struct compound_entry *in, size_t head, unsigned page, struct mapi_item *out,
    struct err *e);

/* The storages of that kind in an item: "__attach_version1.0_#00000000" ... */
static size_t count(const struct msg *m, const struct compound_entry *in, span prefix)
{
	size_t n = 0;

	for (const struct compound_entry *s = NULL; (s = compound_child(m->c, in, s)) != NULL;)
		n += s->kind == COMPOUND_STORAGE && span_starts_nocase(s->name, prefix);
	return n;
}

/* An OLE object: each of its streams is an attachment, under its name. */
static size_t count_streams(const struct msg *m, const struct compound_entry *in)
{
	size_t n = 0;

	for (const struct compound_entry *s = NULL; (s = compound_child(m->c, in, s)) != NULL;)
		n += s->kind == COMPOUND_STREAM ? 1 : count_streams(m, s);
	return n;
}

static enum errc ole_streams(struct msg *m, const struct compound_entry *in, struct mapi_attachment *to, size_t *n, struct err *e)
{
	enum errc rc = OK;

	for (const struct compound_entry *s = NULL; rc == OK && (s = compound_child(m->c, in, s)) != NULL;) {
		struct mapi_attachment *t;

		if (s->kind != COMPOUND_STREAM) {
			rc = ole_streams(m, s, to, n, e);
			continue;
		}
		t = &to[(*n)++];
		t->properties.page = UTF8;
		if ((rc = add(m, &t->properties, LONG_NAME, MAPI_STRING8, s->name, e)) == OK)
			rc = compound_read(m->a, m->c, s, &t->data, &m->problems, e);
	}
	return rc;
}

static enum errc attachment(struct msg *m, const struct compound_entry *in, unsigned page, struct mapi_attachment *to, size_t *n,
    struct err *e)
{
	const struct compound_entry *data = compound_find(m->c, in, SPAN_LIT("__substg1.0_37010102"));
	const struct compound_entry *object = compound_find(m->c, in, SPAN_LIT("__substg1.0_3701000D"));
	struct mapi_attachment *t = &to[(*n)++];
	enum errc rc = properties(m, in, HEAD_OTHER, page, &t->properties, e);

	if (rc != OK)
		return rc;
	if (data != NULL) {
		rc = compound_read(m->a, m->c, data, &t->data, &m->problems, e);
	} else if (object != NULL && compound_find(m->c, object, PROPERTIES) != NULL) {
		if ((t->item = arena_zero(m->a, 1, sizeof *t->item)) == NULL)
			return err_memory(e);
		rc = read_item(m, object, HEAD_EMBEDDED, page, t->item, e);
	} else if (object != NULL) {
		t->note = "an OLE object: its parts follow";
		rc = ole_streams(m, object, to, n, e);
	} else {
		t->missing = "its content is not in the file";
	}
	return rc;
}

static enum errc attachments(struct msg *m, const struct compound_entry *in, unsigned page, struct mapi_item *out, struct err *e)
{
	const span prefix = SPAN_LIT("__attach_version1.0_");
	const struct compound_entry *s = NULL;
	size_t n = 0, max = count(m, in, prefix);
	enum errc rc = OK;

	while ((s = compound_child(m->c, in, s)) != NULL) {
		const struct compound_entry *object = s->kind != COMPOUND_STORAGE ? NULL :
		    compound_find(m->c, s, SPAN_LIT("__substg1.0_3701000D"));

		if (object != NULL && compound_find(m->c, object, PROPERTIES) == NULL)
			max += count_streams(m, object);
	}
	if ((out->attachments = arena_zero(m->a, max, sizeof *out->attachments)) == NULL)
		return err_memory(e);
	for (s = NULL; rc == OK && (s = compound_child(m->c, in, s)) != NULL;)
		if (s->kind == COMPOUND_STORAGE && span_starts_nocase(s->name, prefix))
			rc = attachment(m, s, page, out->attachments, &n, e);
	out->n_attachments = n;
	return rc;
}

static enum errc recipients(struct msg *m, const struct compound_entry *in, unsigned page, struct mapi_item *out, struct err *e)
{
	const span prefix = SPAN_LIT("__recip_version1.0_");
	size_t max = count(m, in, prefix);
	enum errc rc = OK;

	if ((out->recipients = arena_zero(m->a, max, sizeof *out->recipients)) == NULL)
		return err_memory(e);
	for (const struct compound_entry *s = NULL; rc == OK && (s = compound_child(m->c, in, s)) != NULL;)
		if (s->kind == COMPOUND_STORAGE && span_starts_nocase(s->name, prefix))
			rc = properties(m, s, HEAD_OTHER, page, &out->recipients[out->n_recipients++], e);
	return rc;
}

static enum errc read_item(struct msg *m, const struct compound_entry *in, size_t head, unsigned page, struct mapi_item *out,
    struct err *e)
{
	enum errc rc;

	if ((rc = properties(m, in, head, page, &out->properties, e)) != OK)
		return rc;
	page = out->properties.page;
	if ((rc = recipients(m, in, page, out, e)) != OK)
		return rc;
	return attachments(m, in, page, out, e);
}

enum errc msg_read(struct arena *a, const struct compound *c, struct mapi_item **out, struct err *e)
{
	struct msg m = {.a = a, .c = c, .problems = c->problems};
	enum errc rc;

	if (!msg_is(c))
		return err_set(e, ERR_EVIDENCE, "a compound file, but no Outlook message");
	if ((*out = arena_zero(a, 1, sizeof **out)) == NULL)
		return err_memory(e);
	if ((rc = read_names(&m, e)) != OK || (rc = read_item(&m, &c->entries[0], HEAD_TOP, 0, *out, e)) != OK)
		return rc;
	if (m.problems != 0)
		(*out)->missing = (m.problems & COMPOUND_LIMIT) != 0 ? "compound file: more than is read of one" :
		    "compound file: damaged, read in part";
	return OK;
}
