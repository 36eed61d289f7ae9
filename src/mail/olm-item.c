#include "mail/olm-item.h"

#include <stddef.h>

#include "base/clock.h"
#include "base/limits.h"
#include "mail/fields.h"
#include "mail/mbox.h"

enum { UTF8 = 65001, REPLY_TO = 4 };
enum {
	CLASS = 0x001a, SUBJECT = 0x0037, SUBMITTED = 0x0039, DELIVERED = 0x0e06, CREATED = 0x3007, MODIFIED = 0x3008,
	MESSAGE_ID = 0x1035, REFERENCES = 0x1039, IN_REPLY_TO = 0x1042, HEADERS = 0x007d, BODY = 0x1000, HTML = 0x1013,
	DISPLAY_TO = 0x0e04, RECIPIENT_TYPE = 0x0c15, LONG_NAME = 0x3707, MIME_TAG = 0x370e, CONTENT_ID = 0x3712, NAME = 0x3001,
	PREVIEW = 0x3fd9, SMTP = 0x39fe, FROM_NAME = 0x0042, FROM_SMTP = 0x5d02, SENDER_NAME = 0x0c1a, SENDER_SMTP = 0x5d01,
};
#define FILETIME_SECOND UINT64_C(10000000)
#define FILETIME_1970 INT64_C(11644473600)

/* What the elements of items are; those that are not named here are facts of items that are no mail. */
static const struct { const char *name; uint16_t id; enum mapi_type type; } known[] = {
	{"OPFMessageCopySubject", SUBJECT, MAPI_STRING8}, {"OPFMessageCopyMessageID", MESSAGE_ID, MAPI_STRING8},
	{"OPFMessageCopyInReplyTo", IN_REPLY_TO, MAPI_STRING8}, {"OPFMessageCopyReferences", REFERENCES, MAPI_STRING8},
	{"OPFMessageCopySentTime", SUBMITTED, MAPI_TIME}, {"OPFMessageCopyReceivedTime", DELIVERED, MAPI_TIME},
	{"OPFMessageCopyModDate", MODIFIED, MAPI_TIME}, {"OPFMessageCopyBody", BODY, MAPI_STRING8},
	{"OPFMessageCopyHTMLBody", HTML, MAPI_STRING8}, {"OPFMessageCopySource", HEADERS, MAPI_STRING8},
	{"OPFMessageCopyDisplayTo", DISPLAY_TO, MAPI_STRING8}, {"OPFMessageCopyPreview", PREVIEW, MAPI_STRING8},
	{"OPFCalendarEventCopySummary", SUBJECT, MAPI_STRING8}, {"OPFCalendarEventCopyModDate", MODIFIED, MAPI_TIME},
	{"OPFCalendarEventCopyDescription", HTML, MAPI_STRING8}, {"OPFCalendarEventCopyDescriptionPlain", BODY, MAPI_STRING8},
	{"OPFCalendarEventCopyOrganizer", FROM_SMTP, MAPI_STRING8},
	{"OPFContactCopyDisplayName", SUBJECT, MAPI_STRING8}, {"OPFContactCopyModDate", MODIFIED, MAPI_TIME},
	{"OPFTaskCopyName", SUBJECT, MAPI_STRING8}, {"OPFTaskCopyModDate", MODIFIED, MAPI_TIME},
	{"OPFTaskCopyNote", HTML, MAPI_STRING8}, {"OPFTaskCopyNotePlain", BODY, MAPI_STRING8},
	{"OPFNoteCopyTitle", SUBJECT, MAPI_STRING8}, {"OPFNoteCopyText", HTML, MAPI_STRING8},
	{"OPFNoteCopyModDate", MODIFIED, MAPI_TIME}, {"OPFNoteCopyCreationDate", CREATED, MAPI_TIME},
};
/* Lists of people, and what they are to the item. */
static const struct { const char *name; unsigned type; uint16_t by_name, by_smtp; } lists[] = {
	{"OPFMessageCopyFromAddresses", 0, FROM_NAME, FROM_SMTP}, {"OPFMessageCopySenderAddress", 0, SENDER_NAME, SENDER_SMTP},
	{"OPFMessageCopyToAddresses", 1, 0, 0}, {"OPFMessageCopyCCAddresses", 2, 0, 0}, {"OPFMessageCopyBCCAddresses", 3, 0, 0},
	{"OPFMessageCopyReplyToAddresses", REPLY_TO, 0, 0}, {"OPFCalendarEventCopyAttendeeList", 1, 0, 0},
};
static const struct { const char *element, *class; } classes[] = {{"email", "IPM.Note"}, {"contact", "IPM.Contact"},
	{"appointment", "IPM.Appointment"}, {"task", "IPM.Task"}, {"note", "IPM.StickyNote"}};

/* Somebody, or an attachment, under way: values come as attributes or as elements within. */
struct object {
	span element; /* its name; empty: none */
	span address, name, url, type, content_id;
};

struct reading {
	struct arena *a;
	struct xml *x;
	const struct olm_files *files;
	struct olm_item *out;
	bool mail;
	size_t list; /* of lists, or their number: none */
	size_t n_recipients, n_reply_to, n_attachments; /* room */
	struct object object;
	struct buf text;
};

bool olm_item_next(struct xml *x)
{
	static const char *const around[] = {"emails", "contacts", "appointments", "calendar", "tasks", "notes", "categories"};
	enum xml_event ev;

	while ((ev = xml_next(x)) != XML_END) {
		bool outer = ev != XML_OPEN;

		for (size_t i = 0; i < sizeof around / sizeof *around && !outer; i++)
			outer = xml_is(x, around[i]);
		if (!outer)
			return true;
	}
	return false;
}

/* ---- properties ---- */

static enum errc put(struct reading *r, struct mapi_properties *to, uint16_t id, enum mapi_type type, span value, struct err *e)
{
	struct mapi_property p = {.id = id, .type = (uint16_t)type, .value = value};

	to->page = UTF8;
	return value.n != 0 ? mapi_add(r->a, to, &p, e) : OK;
}

/* "2022-05-23T10:32:00", in UTC. */
static enum errc put_time(struct reading *r, uint16_t id, span text, struct err *e)
{
	unsigned char *v = arena_alloc(r->a, 8);
	const char *full = arena_printf(r->a, "%.*sZ", (int)(text.n < 64 ? text.n : 64), (const char *)text.p);
	int64_t when;

	if (v == NULL || full == NULL)
		return err_memory(e);
	if (!time_parse(text, &when) && !time_parse(span_str(full), &when))
		return OK;
	for (unsigned i = 0; i < 8; i++)
		v[i] = (unsigned char)((uint64_t)(when + FILETIME_1970) * FILETIME_SECOND >> 8 * i);
	return put(r, &r->out->item.properties, id, MAPI_TIME, span_of(v, 8), e);
}

/* "Copy", "Get": what follows the verb in a name like OPFCalendarEventCopyLocation. */
static span label_of(span name)
{
	static const char *const verbs[] = {"Copy", "Get"};

	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
		size_t at = span_find(name, span_str(verbs[i]));

		if (at < name.n && at + strlen(verbs[i]) < name.n)
			return span_from(name, at + strlen(verbs[i]));
	}
	return span_starts(name, SPAN_LIT("OPF")) ? span_from(name, 3) : name;
}

/* A fact of an item that is no mail. */
static enum errc put_fact(struct reading *r, span name, span value, struct err *e)
{
	struct mapi_property p = {.type = MAPI_STRING8, .set = SET_PUBLIC_STRINGS, .name = label_of(name), .value = value};

	return r->mail || value.n == 0 ? OK : mapi_add(r->a, &r->out->item.properties, &p, e);
}

static enum errc plain_of(struct reading *r, span written, span *out, struct err *e)
{
	struct buf b;
	enum errc rc;

	buf_init(&b, LIMIT_PART_BYTES);
	xml_unescape(&b, written);
	if ((rc = buf_check(&b, e)) == OK) {
		*out = arena_copy(r->a, span_trim(buf_span(&b)));
		rc = out->p == NULL ? err_memory(e) : OK;
	}
	buf_free(&b);
	return rc;
}

/* With the angle brackets that Outlook leaves away. */
static enum errc put_id(struct reading *r, uint16_t id, span text, struct err *e)
{
	const char *full;

	if (span_find_byte(text, '<') < text.n)
		return put(r, &r->out->item.properties, id, MAPI_STRING8, text, e);
	if ((full = arena_printf(r->a, "<%.*s>", (int)(text.n < 4096 ? text.n : 4096), (const char *)text.p)) == NULL)
		return err_memory(e);
	return put(r, &r->out->item.properties, id, MAPI_STRING8, span_str(full), e);
}

/* The text of an element that ended. */
static enum errc put_element(struct reading *r, span name, struct err *e)
{
	span all = buf_span(&r->text), text = span_trim(all);
	enum errc rc;

	if (text.n == 0)
		return OK;
	for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
		uint16_t id = known[i].id;

		if (!span_eq(name, span_str(known[i].name)))
			continue;
		if (known[i].type == MAPI_TIME)
			return put_time(r, id, text, e);
		text = arena_copy(r->a, id == BODY || id == HTML || id == HEADERS ? all : text);
		if (text.p == NULL)
			return err_memory(e);
		if (id == MESSAGE_ID || id == IN_REPLY_TO)
			return put_id(r, id, text, e);
		/* An organiser may be a name with an address, which is none. */
		if (id == FROM_SMTP && (rc = put_fact(r, name, text, e)) != OK)
			return rc;
		/* A description may be plain text. */
		if (id == HTML && span_find_byte(text, '<') == text.n)
			id = BODY;
		return put(r, &r->out->item.properties, id, known[i].type, text, e);
	}
	text = arena_copy(r->a, text);
	return text.p == NULL ? err_memory(e) : put_fact(r, name, text, e);
}

/* ---- people and attachments ---- */

static enum errc put_person(struct reading *r, struct err *e)
{
	struct mapi_item *item = &r->out->item;
	const struct object *o = &r->object;
	struct mapi_properties *to, *v;
	bool reply = r->list < sizeof lists / sizeof *lists && lists[r->list].type == REPLY_TO;
	unsigned char *type;
	enum errc rc;

	if (r->list == sizeof lists / sizeof *lists)
		return put_fact(r, SPAN_LIT("E-mail"), o->address, e);
	if (lists[r->list].by_smtp != 0) {
		if (mapi_get(&item->properties, lists[r->list].by_smtp) != NULL)
			return OK;
		rc = put(r, &item->properties, lists[r->list].by_name, MAPI_STRING8, o->name, e);
		return rc == OK ? put(r, &item->properties, lists[r->list].by_smtp, MAPI_STRING8, o->address, e) : rc;
	}
	if (reply) {
		if ((v = arena_grow(r->a, item->reply_to, item->n_reply_to, &r->n_reply_to, sizeof *v, 4)) == NULL)
			return err_memory(e);
		item->reply_to = v;
		v[item->n_reply_to] = (struct mapi_properties){0};
		rc = put(r, &v[item->n_reply_to], NAME, MAPI_STRING8, o->name, e);
		return rc == OK ? put(r, &v[item->n_reply_to++], SMTP, MAPI_STRING8, o->address, e) : rc;
	}
	if ((v = arena_grow(r->a, item->recipients, item->n_recipients, &r->n_recipients, sizeof *v, 8)) == NULL ||
	    (type = arena_zero(r->a, 4, 1)) == NULL)
		return err_memory(e);
	item->recipients = v;
	to = &item->recipients[item->n_recipients++];
	type[0] = (unsigned char)lists[r->list].type;
	if ((rc = put(r, to, RECIPIENT_TYPE, MAPI_INT32, span_of(type, 4), e)) != OK ||
	    (rc = put(r, to, NAME, MAPI_STRING8, o->name, e)) != OK)
		return rc;
	return put(r, to, SMTP, MAPI_STRING8, o->address, e);
}

static enum errc put_attachment(struct reading *r, struct err *e)
{
	struct mapi_item *item = &r->out->item;
	const struct object *o = &r->object;
	struct mapi_attachment *t, *v = arena_grow(r->a, item->attachments, item->n_attachments, &r->n_attachments, sizeof *v, 8);
	enum errc rc;

	if (v == NULL)
		return err_memory(e);
	item->attachments = v;
	t = &item->attachments[item->n_attachments++];
	if ((rc = put(r, &t->properties, LONG_NAME, MAPI_STRING8, o->name, e)) != OK ||
	    (rc = put(r, &t->properties, MIME_TAG, MAPI_STRING8, o->type, e)) != OK ||
	    (rc = put(r, &t->properties, CONTENT_ID, MAPI_STRING8, o->content_id, e)) != OK)
		return rc;
	return r->files->read(r->files->ctx, r->a, o->url, t, e);
}

/* A value of the object under way: the end of its name says which. */
static bool object_take(struct object *o, span name, span value)
{
	static const struct { const char *end; size_t at; } values[] = {
		{"EmailAddressAddress", offsetof(struct object, address)}, {"AttendeeAddress", offsetof(struct object, address)},
		{"EmailAddressName", offsetof(struct object, name)}, {"AttendeeName", offsetof(struct object, name)},
		{"AttachmentName", offsetof(struct object, name)}, {"AttachmentURL", offsetof(struct object, url)},
		{"AttachmentContentType", offsetof(struct object, type)}, {"AttachmentContentID", offsetof(struct object, content_id)}};

	for (size_t i = 0; i < sizeof values / sizeof *values; i++)
		if (span_ends_nocase(name, span_str(values[i].end))) {
			*(span *)(void *)((char *)o + values[i].at) = value;
			return true;
		}
	return false;
}

static enum errc object_open(struct reading *r, struct err *e)
{
	span rest = r->x->attributes, name, written, value;
	enum errc rc = OK;

	r->object = (struct object){.element = r->x->name};
	while (rc == OK && xml_attribute_next(&rest, &name, &written))
		if ((rc = plain_of(r, written, &value, e)) == OK)
			(void)object_take(&r->object, name, value);
	return rc;
}

/* ---- events ---- */

static bool is_object(const struct xml *x)
{
	return xml_is(x, "emailAddress") || xml_is(x, "contactEmailAddress") || xml_is(x, "appointmentAttendee") ||
	       xml_is(x, "messageAttachment");
}

/* By the name that it has in other files of Outlook. */
static enum errc put_category(struct reading *r, struct err *e)
{
	struct mapi_property p = {.type = MAPI_STRING8, .set = SET_PUBLIC_STRINGS, .name = SPAN_LIT("Keywords")};
	enum errc rc = plain_of(r, xml_attribute(r->x, "OPFCategoryCopyName"), &p.value, e);

	return rc != OK || p.value.n == 0 ? rc : mapi_add(r->a, &r->out->item.properties, &p, e);
}

static enum errc opened(struct reading *r, struct err *e)
{
	buf_clear(&r->text);
	if (xml_is(r->x, "category"))
		return put_category(r, e);
	if (is_object(r->x))
		return object_open(r, e);
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		if (xml_is(r->x, lists[i].name))
			r->list = i;
	return OK;
}

static enum errc closed(struct reading *r, struct err *e)
{
	struct object *o = &r->object;
	span name = r->x->name;
	enum errc rc;

	if (o->element.n != 0 && span_eq(name, o->element)) {
		rc = xml_is(r->x, "messageAttachment") ? put_attachment(r, e) : put_person(r, e);
		*o = (struct object){0};
	} else if (o->element.n != 0) {
		span value = arena_copy(r->a, span_trim(buf_span(&r->text)));

		rc = value.p == NULL ? err_memory(e) : OK;
		if (rc == OK)
			(void)object_take(o, name, value);
	} else {
		rc = put_element(r, name, e);
		if (r->list < sizeof lists / sizeof *lists && xml_is(r->x, lists[r->list].name))
			r->list = sizeof lists / sizeof *lists;
	}
	buf_clear(&r->text);
	return rc;
}

/* Source holds the header fields of transport; or, where there is no body beside it, the whole message. */
static enum errc source(struct reading *r, struct err *e)
{
	struct mapi_properties *all = &r->out->item.properties;
	struct mapi_property *p = (struct mapi_property *)(uintptr_t)mapi_get(all, HEADERS);
	struct section s = {0};
	struct headers h = {0};
	enum errc rc;

	if (p == NULL)
		return OK;
	if (mapi_get(all, BODY) == NULL && mapi_get(all, HTML) == NULL && r->out->item.n_attachments == 0 && message_sniff(p->value)) {
		r->out->source = p->value;
		return OK;
	}
	s.text = p->value;
	s.fields = &h;
	if ((rc = section_read(r->a, &s, e)) == OK)
		p->value = h.raw;
	return rc;
}

/* Of a message that was not downloaded its first words are all that there is. */
static void preview(struct reading *r)
{
	struct mapi_item *item = &r->out->item;
	struct mapi_property *p = (struct mapi_property *)(uintptr_t)mapi_get(&item->properties, PREVIEW);

	if (p == NULL || r->out->source.n != 0 || mapi_get(&item->properties, BODY) != NULL || mapi_get(&item->properties, HTML) != NULL)
		return;
	p->id = BODY;
	if (item->missing == NULL)
		item->missing = "its text is not in the archive: only how it begins";
}

enum errc olm_item_read(struct arena *a, struct xml *x, const struct olm_files *files, struct olm_item *out, struct err *e)
{
	struct reading r = {.a = a, .x = x, .files = files, .out = out, .mail = true, .list = sizeof lists / sizeof *lists};
	span element = x->name, class = SPAN_LIT("IPM");
	enum xml_event ev = XML_TEXT;
	enum errc rc;

	*out = (struct olm_item){0};
	for (size_t i = 0; i < sizeof classes / sizeof *classes; i++)
		if (span_eq(element, span_str(classes[i].element)))
			class = span_str(classes[i].class);
	r.mail = span_eq(element, SPAN_LIT("email"));
	buf_init(&r.text, LIMIT_PART_BYTES);
	rc = put(&r, &out->item.properties, CLASS, MAPI_STRING8, class, e);
	while (rc == OK && (ev = xml_next(x)) != XML_END && !(ev == XML_CLOSE && span_eq(x->name, element))) {
		if (ev == XML_OPEN)
			rc = opened(&r, e);
		else if (ev == XML_CLOSE)
			rc = closed(&r, e);
		else if (x->cdata)
			buf_put(&r.text, x->text);
		else
			xml_unescape(&r.text, x->text);
		if (rc == OK)
			rc = buf_check(&r.text, e);
	}
	if (rc == OK && ev == XML_END)
		out->item.missing = "the XML ends within the item";
	if (rc == OK)
		rc = source(&r, e);
	preview(&r);
	buf_free(&r.text);
	return rc;
}
