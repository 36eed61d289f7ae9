#include "mail/mapi.h"

#include "base/clock.h"
#include "base/cursor.h"
#include "base/utf8.h"
#include "stream/charset.h"

/* FILETIME: 100 ns since 1601. */
#define FILETIME_SECOND 10000000
#define FILETIME_1970 INT64_C(11644473600)

enum { CODE_PAGE = 0x3ffd, LOCALE = 0x3ff1, INTERNET_PAGE = 0x3fde };

enum mapi_set mapi_set_of(span guid)
{
	/* The first four bytes tell most apart; the rest is {xxxxxxxx-0000-0000-C000-000000000046} for Outlook's own. */
	static const unsigned char outlook[12] = {0, 0, 0, 0, 0xc0, 0, 0, 0, 0, 0, 0, 0x46};
	static const unsigned char meeting[16] = {0x90, 0xda, 0xd8, 0x6e, 0x0b, 0x45, 0x1b, 0x10, 0x98, 0xda, 0, 0xaa, 0, 0x3f,
		0x13, 0x05};
	static const struct { uint32_t first; enum mapi_set set; } sets[] = {{0x00020329, SET_PUBLIC_STRINGS},
		{0x00020386, SET_INTERNET_HEADERS}, {0x00062008, SET_COMMON}, {0x00062004, SET_ADDRESS},
		{0x00062002, SET_APPOINTMENT}, {0x00062003, SET_TASK}, {0x0006200a, SET_LOG}};
	struct cursor c = cursor_of(guid);
	uint32_t first = cursor_u32(&c);

	if (guid.n != 16)
		return SET_OTHER;
	if (memcmp(guid.p, meeting, sizeof meeting) == 0)
		return SET_MEETING;
	for (size_t i = 0; i < sizeof sets / sizeof *sets; i++)
		if (sets[i].first == first && memcmp(guid.p + 4, outlook, sizeof outlook) == 0)
			return sets[i].set;
	return SET_OTHER;
}

enum errc mapi_add(struct arena *a, struct mapi_properties *p, const struct mapi_property *v, struct err *e)
{
	struct mapi_property *more = arena_grow(a, p->v, p->n, &p->cap, sizeof *more, 32);

	if (more == NULL)
		return err_memory(e);
	p->v = more;
	p->v[p->n++] = *v;
	return OK;
}

/* The ANSI code page of a language (MS-LCID): all but those of western Europe, by the low ten bits. */
static unsigned page_of_language(unsigned locale)
{
	static const struct { uint16_t language, page; } pages[] = {{0x01, 1256}, {0x02, 1251}, {0x04, 936}, {0x05, 1250},
		{0x08, 1253}, {0x0d, 1255}, {0x0e, 1250}, {0x11, 932}, {0x12, 949}, {0x15, 1250}, {0x18, 1250}, {0x19, 1251}, {0x1a, 1250},
		{0x1b, 1250}, {0x1c, 1250}, {0x1e, 874}, {0x1f, 1254}, {0x20, 1256}, {0x22, 1251}, {0x23, 1251}, {0x24, 1250}, {0x25, 1257},
		{0x26, 1257}, {0x27, 1257}, {0x29, 1256}, {0x2a, 1258}, {0x2c, 1254}, {0x2f, 1251}, {0x3f, 1251}, {0x40, 1251},
		{0x43, 1254}, {0x44, 1251}, {0x50, 1251}};
	static const uint16_t traditional[] = {0x0404, 0x0c04, 0x1404}; /* Chinese of Taiwan, Hong Kong, Macao */

	for (size_t i = 0; i < sizeof traditional / sizeof *traditional; i++)
		if (locale == traditional[i])
			return 950;
	if (locale == 0x0c1a || locale == 0x1c1a) /* Serbian in Cyrillic */
		return 1251;
	for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
		if ((locale & 0x3ff) == pages[i].language)
			return pages[i].page;
	return 1252;
}

/* A code page that such strings can be in: UTF-16 and UTF-32 have zeros, at which they end. */
static int64_t page_in(const struct mapi_properties *p, uint16_t id)
{
	int64_t page = mapi_number_of(p, id, 0);

	return page == 1200 || page == 1201 || page == 12000 || page == 12001 ? 0 : page;
}

unsigned mapi_page_of(const struct mapi_properties *p, unsigned otherwise)
{
	int64_t page = page_in(p, CODE_PAGE), locale = mapi_number_of(p, LOCALE, 0);

	if (page <= 0 && locale > 0 && (locale & 0x3ff) != 0)
		page = page_of_language((unsigned)locale & 0xffff);
	if (page <= 0)
		page = page_in(p, INTERNET_PAGE);
	return page > 0 && page <= UINT16_MAX ? (unsigned)page : otherwise;
}

const struct mapi_property *mapi_get(const struct mapi_properties *p, uint16_t id)
{
	for (size_t i = 0; i < p->n; i++)
		if (p->v[i].id == id && p->v[i].set == SET_NONE)
			return &p->v[i];
	return NULL;
}

enum errc mapi_text(struct arena *a, const struct mapi_properties *in, const struct mapi_property *p, span *out,
    struct err *e)
{
	const struct charset *c;
	span v;
	enum errc rc;

	*out = SPAN_EMPTY;
	if (p == NULL || (p->type != MAPI_UNICODE && p->type != MAPI_STRING8))
		return OK;
	v = p->value;
	if (p->type == MAPI_UNICODE) {
		v.n &= ~(size_t)1;
		c = charset_find(SPAN_LIT("utf-16le"));
	} else {
		c = charset_find_page(in->page);
		/* What is called ANSI and is UTF-8 is met in .msg files of other programs; so is the opposite. */
		if (c == NULL || utf8_valid(v) == v.n || c == charset_utf8())
			c = charset_guess(v);
	}
	if ((rc = charset_to_utf8(a, c, v, out, NULL, e)) != OK)
		return rc;
	while (out->n != 0 && out->p[out->n - 1] == '\0')
		out->n--;
	return OK;
}

enum errc mapi_text_of(struct arena *a, const struct mapi_properties *in, uint16_t id, span *out, struct err *e)
{
	return mapi_text(a, in, mapi_get(in, id), out, e);
}

int64_t mapi_number_of(const struct mapi_properties *in, uint16_t id, int64_t otherwise)
{
	const struct mapi_property *p = mapi_get(in, id);
	struct cursor c = cursor_of(p != NULL ? p->value : SPAN_EMPTY);

	if (p == NULL || p->value.n == 0)
		return otherwise;
	if (p->type == MAPI_BOOLEAN)
		return p->value.p[0] != 0;
	if (p->type == MAPI_INT16)
		return p->value.n >= 2 ? p->value.p[0] | p->value.p[1] << 8 : otherwise;
	if (p->type == MAPI_INT32 && p->value.n >= 4)
		return (int32_t)cursor_u32(&c);
	return p->type == MAPI_INT64 && p->value.n >= 8 ? (int64_t)cursor_u64(&c) : otherwise;
}

int64_t mapi_time(const struct mapi_property *p)
{
	struct cursor c = cursor_of(p != NULL ? p->value : SPAN_EMPTY);
	uint64_t v = cursor_u64(&c);
	int64_t when = (int64_t)(v / FILETIME_SECOND) - FILETIME_1970;

	/* Outlook writes the year 4501 for "none". */
	return p == NULL || c.bad || p->type != MAPI_TIME || v == 0 || when > INT64_C(79000000000) ? TIME_NONE : when;
}
