/*
 * An item as Outlook knows it, whatever file it lies in (.msg, PST, TNEF): properties by number, recipients,
 * attachments; and its rendering as an RFC 5322 message, which is what the rest of tocsin reads. One rendering for all
 * sources: the same item from a PST and from a .msg gives the same bytes. tocsin-rendering(5) states it.
 *
 * Values are as they were stored and borrowed from whoever made the item. All lives in the arena of that maker.
 */
#ifndef TOCSIN_MAIL_MAPI_H
#define TOCSIN_MAIL_MAPI_H

#include "base/arena.h"
#include "base/buf.h"

enum mapi_type {
	MAPI_INT16 = 0x02, MAPI_INT32 = 0x03, MAPI_FLOAT = 0x04, MAPI_DOUBLE = 0x05, MAPI_CURRENCY = 0x06, MAPI_APPTIME = 0x07,
	MAPI_ERROR = 0x0a, MAPI_BOOLEAN = 0x0b, MAPI_OBJECT = 0x0d, MAPI_INT64 = 0x14, MAPI_STRING8 = 0x1e, MAPI_UNICODE = 0x1f,
	MAPI_TIME = 0x40, MAPI_GUID = 0x48, MAPI_BINARY = 0x102,
	MAPI_MULTIPLE = 0x1000, /* with one of the others: makers give each value as a property of its own */
};

/* Sets of named properties (MS-OXPROPS 1.3.2) that are told apart. */
enum mapi_set {
	SET_NONE = 0, /* not named */
	SET_OTHER, SET_PUBLIC_STRINGS, SET_INTERNET_HEADERS, SET_COMMON, SET_ADDRESS, SET_APPOINTMENT, SET_MEETING, SET_TASK, SET_LOG,
};
enum mapi_set mapi_set_of(span guid); /* sixteen bytes as stored */

struct mapi_property {
	uint16_t id, type;
	enum mapi_set set; /* then id means nothing: */
	uint32_t lid;      /* its number in the set, or: */
	span name;         /* its name, UTF-8 */
	span value;
};

struct mapi_properties {
	struct mapi_property *v;
	size_t n, cap;
	unsigned page; /* of STRING8 values; 0: guessed */
};

struct mapi_item;

struct mapi_attachment {
	struct mapi_properties properties;
	span data;              /* by value */
	struct mapi_item *item; /* an embedded message, or NULL */
	const char *missing;    /* why there is neither, or NULL */
	const char *note;       /* what stands in its place, where nothing is missing, or NULL */
};

struct mapi_item {
	struct mapi_properties properties;
	struct mapi_properties *recipients;
	size_t n_recipients;
	struct mapi_properties *reply_to; /* who is to get answers, where a form says so beside the fields of transport */
	size_t n_reply_to;
	struct mapi_attachment *attachments;
	size_t n_attachments;
	const char *missing; /* what could not be read of it, or NULL */
};

MUST_CHECK enum errc mapi_add(struct arena *a, struct mapi_properties *p, const struct mapi_property *v, struct err *e);

/*
 * The code page of its STRING8 values: what it says (PidTagMessageCodepage), else the one of its language (PidTagMessageLocaleId),
 * else that of the Internet text, which stands for HTML alone (MS-OXCMSG 2.2.1.56.6) but is all that some have; else `otherwise`.
 */
unsigned mapi_page_of(const struct mapi_properties *p, unsigned otherwise);

/* The first of that number, of any type, that is not named; NULL when there is none. */
const struct mapi_property *mapi_get(const struct mapi_properties *p, uint16_t id);

/* Strings: UTF-8 without the NULs at the end; empty for what is none. */
MUST_CHECK enum errc mapi_text(struct arena *a, const struct mapi_properties *in, const struct mapi_property *p, span *out,
    struct err *e);
MUST_CHECK enum errc mapi_text_of(struct arena *a, const struct mapi_properties *in, uint16_t id, span *out, struct err *e);
/* Numbers: `otherwise` for what is none. */
int64_t mapi_number_of(const struct mapi_properties *in, uint16_t id, int64_t otherwise);
/* FILETIME as seconds since 1970; TIME_NONE for none. */
int64_t mapi_time(const struct mapi_property *p);

/* Appends the item as a message. *missing (never NULL after) says what of it could not be rendered, "" for nothing. */
MUST_CHECK enum errc mapi_render(struct arena *a, const struct mapi_item *item, struct buf *out, const char **missing,
    struct err *e);

/* ---- between the files of the rendering ---- */

/* All that is said of an item that is no mail (contacts, appointments): a line a property. */
MUST_CHECK enum errc mapi_render_facts(struct arena *a, const struct mapi_item *item, span *out, struct err *e);
/*
 * What people put beside mail: categories, the text of a flag, billing, fields of a form of their own. A header field each ("X-Tocsin-Property:
 * Flag: call back"), since what is a part would make it another message than the same mail without.
 */
MUST_CHECK enum errc mapi_render_notes(struct arena *a, const struct mapi_item *item, struct buf *out, struct err *e);
/* Is that the class of mail? All that is known of any other item is in its facts. */
bool mapi_is_mail(span class);

#endif
