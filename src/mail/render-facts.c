/* What Outlook knows of contacts, appointments, tasks and the like, as lines that a person can read; and what it knows of mail beside that. */
#include <stdlib.h>

#include "base/clock.h"
#include "base/cursor.h"
#include "mail/mapi.h"
#include "mail/render.h"
#include "mail/words.h"

/* MS-OXPROPS, by number; in the order in which they are written. */
static const struct { uint16_t id; const char *label; } plain[] = {
	{0x3001, "Display name"}, {0x3a45, "Title"}, {0x3a06, "Given name"}, {0x3a44, "Middle name"}, {0x3a11, "Surname"},
	{0x3a05, "Generation"}, {0x3a0a, "Initials"}, {0x3a4f, "Nickname"}, {0x3a17, "Job title"}, {0x3a46, "Profession"},
	{0x3a16, "Company"}, {0x3a18, "Department"}, {0x3a19, "Office"}, {0x3a0d, "Location"}, {0x3a4e, "Manager"},
	{0x3a30, "Assistant"}, {0x3a08, "Business phone"}, {0x3a1b, "Business phone 2"}, {0x3a57, "Company phone"},
	{0x3a09, "Home phone"}, {0x3a2f, "Home phone 2"}, {0x3a1c, "Mobile phone"}, {0x3a1f, "Other phone"}, {0x3a1a, "Primary phone"},
	{0x3a1d, "Radio phone"}, {0x3a1e, "Car phone"}, {0x3a02, "Callback phone"}, {0x3a2e, "Assistant phone"}, {0x3a21, "Pager"},
	{0x3a24, "Business fax"}, {0x3a25, "Home fax"}, {0x3a23, "Primary fax"}, {0x3a2d, "ISDN"}, {0x3a2c, "Telex"}, {0x3a4b, "TTY"},
	{0x3a15, "Postal address"}, {0x3a29, "Street"}, {0x3a2b, "Post office box"}, {0x3a27, "Locality"}, {0x3a28, "State"},
	{0x3a2a, "Postal code"}, {0x3a26, "Country"}, {0x3a5d, "Home street"}, {0x3a5e, "Home post office box"}, {0x3a59, "Home city"},
	{0x3a5c, "Home state"}, {0x3a5b, "Home postal code"}, {0x3a5a, "Home country"}, {0x3a63, "Other street"},
	{0x3a64, "Other post office box"}, {0x3a5f, "Other city"}, {0x3a62, "Other state"}, {0x3a61, "Other postal code"},
	{0x3a60, "Other country"}, {0x3a42, "Birthday"}, {0x3a41, "Anniversary"}, {0x3a48, "Spouse"}, {0x3a58, "Children"},
	{0x3a43, "Hobbies"}, {0x3a47, "Referred by"}, {0x3a07, "Government id"}, {0x3a10, "Organisational id"},
	{0x3a4a, "Customer id"}, {0x3a00, "Account"}, {0x3a49, "Computer network"}, {0x3a4c, "FTP site"},
	{0x3a50, "Personal home page"}, {0x3a51, "Business home page"}, {0x0060, "Start"}, {0x0061, "End"},
	{0x3004, "Comment"}, {0x0c1b, "Report"}, {0x1001, "Report text"},
};

static const struct { enum mapi_set set; uint16_t lid; const char *label; } named[] = {
	{SET_ADDRESS, 0x8005, "File under"}, {SET_ADDRESS, 0x8080, "E-mail 1 name"}, {SET_ADDRESS, 0x8083, "E-mail 1"},
	{SET_ADDRESS, 0x8084, "E-mail 1 original"}, {SET_ADDRESS, 0x8090, "E-mail 2 name"}, {SET_ADDRESS, 0x8093, "E-mail 2"},
	{SET_ADDRESS, 0x8094, "E-mail 2 original"}, {SET_ADDRESS, 0x80a0, "E-mail 3 name"}, {SET_ADDRESS, 0x80a3, "E-mail 3"},
	{SET_ADDRESS, 0x80a4, "E-mail 3 original"}, {SET_ADDRESS, 0x8062, "Instant messaging"},
	{SET_ADDRESS, 0x801b, "Work address"}, {SET_ADDRESS, 0x801a, "Home address"}, {SET_ADDRESS, 0x801c, "Other address"},
	{SET_ADDRESS, 0x8045, "Work street"}, {SET_ADDRESS, 0x8046, "Work city"}, {SET_ADDRESS, 0x8047, "Work state"},
	{SET_ADDRESS, 0x8048, "Work postal code"}, {SET_ADDRESS, 0x8049, "Work country"}, {SET_ADDRESS, 0x804a, "Work post office box"},
	{SET_ADDRESS, 0x802b, "Web page"}, {SET_ADDRESS, 0x804f, "User field 1"}, {SET_ADDRESS, 0x8050, "User field 2"},
	{SET_ADDRESS, 0x8051, "User field 3"}, {SET_ADDRESS, 0x8052, "User field 4"}, {SET_ADDRESS, 0x80d8, "Free/busy"},
	{SET_ADDRESS, 0x8053, "List name"},
	{SET_APPOINTMENT, 0x8208, "Location"}, {SET_MEETING, 0x0002, "Where"}, {SET_APPOINTMENT, 0x820d, "Start"},
	{SET_APPOINTMENT, 0x820e, "End"}, {SET_APPOINTMENT, 0x8232, "Recurrence"}, {SET_APPOINTMENT, 0x8234, "Time zone"},
	{SET_APPOINTMENT, 0x8238, "Attendees"}, {SET_APPOINTMENT, 0x823b, "Required"}, {SET_APPOINTMENT, 0x823c, "Optional"},
	{SET_APPOINTMENT, 0x8249, "Directory"}, {SET_APPOINTMENT, 0x8247, "Online meeting document"},
	{SET_APPOINTMENT, 0x8248, "Online meeting URL"}, {SET_APPOINTMENT, 0x8243, "Organiser alias"},
	{SET_TASK, 0x8104, "Task start"}, {SET_TASK, 0x8105, "Task due"}, {SET_TASK, 0x810f, "Task completed"},
	{SET_TASK, 0x811f, "Task owner"}, {SET_TASK, 0x8121, "Task delegator"}, {SET_TASK, 0x8125, "Task user"},
	{SET_LOG, 0x8700, "Journal type"}, {SET_LOG, 0x8712, "Journal description"}, {SET_LOG, 0x8706, "Journal start"},
	{SET_LOG, 0x8708, "Journal end"}, {SET_COMMON, 0x8539, "Companies"}, {SET_COMMON, 0x8535, "Billing"},
	{SET_COMMON, 0x8534, "Mileage"}, {SET_COMMON, 0x853a, "Contacts"}, {SET_COMMON, 0x8586, "Linked contacts"},
	{SET_COMMON, 0x8530, "Flag"}, {SET_COMMON, 0x8503, "Reminder"},
};

enum { DISTRIBUTION_LIST_MEMBERS = 0x8054 };

static enum errc fact(struct arena *a, const struct mapi_properties *in, const struct mapi_property *p, span label,
    struct buf *b, struct err *e)
{
	char when[TIME_TEXT];
	span text;
	enum errc rc = mapi_text(a, in, p, &text, e);

	if (rc != OK)
		return rc;
	if (p->type == MAPI_TIME && mapi_time(p) != TIME_NONE)
		text = span_str(time_rfc3339(mapi_time(p), when));
	text = span_trim(text);
	if (text.n == 0)
		return OK;
	buf_put(b, label);
	buf_str(b, ": ");
	buf_put(b, text);
	buf_str(b, "\r\n");
	return OK;
}

/* A one-off entry identifier (MS-OXCDATA 2.2.5.1): name, kind and address of somebody who is in no directory. */
static enum errc member(struct arena *a, span id, struct buf *b, struct err *e)
{
	static const unsigned char one_off[16] = {0x81, 0x2b, 0x1f, 0xa4, 0xbe, 0xa3, 0x10, 0x19, 0x9d, 0x6e, 0, 0xdd, 1, 0x0f, 0x54, 2};
	struct mapi_properties in = {0};
	bool wide;

	if (id.n < 24 || memcmp(id.p + 4, one_off, sizeof one_off) != 0)
		return OK;
	wide = (id.p[23] & 0x80) != 0;
	id = span_from(id, 24);
	buf_str(b, "Member:");
	for (int i = 0; i < 3 && id.n != 0; i++) {
		size_t n = 0, step = wide ? 2 : 1;
		struct mapi_property p = {.type = wide ? MAPI_UNICODE : MAPI_STRING8};
		enum errc rc;
		span text;

		while (n + step <= id.n && (id.p[n] != 0 || (wide && id.p[n + 1] != 0)))
			n += step;
		p.value = span_first(id, n);
		id = span_from(id, n + step);
		if ((rc = mapi_text(a, &in, &p, &text, e)) != OK)
			return rc;
		if (i != 1) { /* "SMTP" */
			buf_byte(b, ' ');
			buf_put(b, text);
		}
	}
	buf_str(b, "\r\n");
	return OK;
}

static int by_name(const void *x, const void *y)
{
	const struct mapi_property *const *p = x, *const *q = y;
	int order = span_cmp((*p)->name, (*q)->name);

	return order != 0 ? order : (*p > *q) - (*p < *q);
}

/* Fields that somebody made have names of their own; by those, since their numbers are another in each file. */
static enum errc own_fields(struct arena *a, const struct mapi_properties *in, const struct mapi_property ***out, size_t *n, struct err *e)
{
	*n = 0;
	if ((*out = arena_alloc(a, in->n * sizeof **out)) == NULL)
		return err_memory(e);
	for (size_t k = 0; k < in->n; k++)
		if (in->v[k].set == SET_PUBLIC_STRINGS && in->v[k].name.n != 0)
			(*out)[(*n)++] = &in->v[k];
	if (*n > 1)
		qsort(*out, *n, sizeof **out, by_name);
	return OK;
}

enum errc mapi_render_facts(struct arena *a, const struct mapi_item *item, span *out, struct err *e)
{
	const struct mapi_properties *in = &item->properties;
	const struct mapi_property **own;
	struct buf b;
	size_t n;
	enum errc rc = own_fields(a, in, &own, &n, e);

	buf_init(&b, (size_t)64 << 20);
	for (size_t i = 0; i < sizeof plain / sizeof *plain && rc == OK; i++)
		for (size_t k = 0; k < in->n && rc == OK; k++)
			if (in->v[k].set == SET_NONE && in->v[k].id == plain[i].id)
				rc = fact(a, in, &in->v[k], span_str(plain[i].label), &b, e);
	for (size_t i = 0; i < sizeof named / sizeof *named && rc == OK; i++)
		for (size_t k = 0; k < in->n && rc == OK; k++)
			if (in->v[k].set == named[i].set && in->v[k].lid == named[i].lid && in->v[k].name.n == 0)
				rc = fact(a, in, &in->v[k], span_str(named[i].label), &b, e);
	for (size_t k = 0; k < n && rc == OK; k++)
		rc = fact(a, in, own[k], own[k]->name, &b, e);
	for (size_t k = 0; k < in->n && rc == OK; k++)
		if (in->v[k].set == SET_ADDRESS && in->v[k].lid == DISTRIBUTION_LIST_MEMBERS)
			rc = member(a, in->v[k].value, &b, e);
	if (rc == OK && (rc = buf_check(&b, e)) == OK) {
		*out = arena_copy(a, buf_span(&b));
		if (out->p == NULL)
			rc = err_memory(e);
	}
	buf_free(&b);
	return rc;
}

static enum errc noted(struct arena *a, const struct mapi_properties *in, const struct mapi_property *p, span label, struct buf *out, struct err *e)
{
	struct text t = {.arena = a};
	span text;
	enum errc rc = mapi_text(a, in, p, &text, e);

	if (rc != OK || (text = span_trim(text)).n == 0)
		return rc;
	text_put(&t, label);
	text_put(&t, SPAN_LIT(": "));
	text_put(&t, text);
	if (t.failed)
		return err_memory(e);
	render_field(out, "X-Tocsin-Property", text_span(&t));
	return OK;
}

enum errc mapi_render_notes(struct arena *a, const struct mapi_item *item, struct buf *out, struct err *e)
{
	const struct mapi_properties *in = &item->properties;
	const struct mapi_property **own;
	size_t n;
	enum errc rc = own_fields(a, in, &own, &n, e);

	for (size_t i = 0; i < sizeof named / sizeof *named; i++)
		for (size_t k = 0; named[i].set == SET_COMMON && k < in->n && rc == OK; k++)
			if (in->v[k].set == SET_COMMON && in->v[k].lid == named[i].lid && in->v[k].name.n == 0)
				rc = noted(a, in, &in->v[k], span_str(named[i].label), out, e);
	for (size_t k = 0; k < n && rc == OK; k++)
		rc = noted(a, in, own[k], own[k]->name, out, e);
	return rc;
}
