/*
 * Presentations of PowerPoint 97 to 2003 (MS-PPT). The stream is appended to at each save; what is current is found by the
 * directory of persistent objects, from the newest edit back. Where that is damaged, the whole stream is read in its order.
 */
#include <stdio.h>
#include <zlib.h>

#include "base/limits.h"
#include "document/legacy.h"

enum record {
	R_DOCUMENT = 0x3e8, R_SLIDE_PERSIST = 0x3f3,
	R_DOCUMENT_ATOM = 0x3e9, R_TEXT_95 = 0x7ee, R_SLIDE_LIST = 0xff0, R_TEXT_CHARS = 0xfa0, R_TEXT_BYTES = 0xfa8, R_CSTRING = 0xfba, R_USER_EDIT = 0xff5,
	R_CURRENT_USER = 0xff6, R_PERSIST = 0x1772, R_OLE_STORAGE = 0x1011, R_PROGRAM_TAGS = 0x1388, R_STRING_TAG = 0x1389, R_BINARY_TAG = 0x138b, R_COMMENT = 0x2ee0, R_FONTS = 0x7d5,
};
enum { CONTAINER = 0xf, CONTAINER_95 = 0xffff, DEPTH = 32, PERSIST_MAX = 1 << 20, EDITS = 4096, SLIDES = 65536 };

struct ppt {
	struct layout *l;
	span stream;
	uint32_t *persist;   /* by id: where the object lies, plus one; 0: nowhere */
	size_t n_persist;
	uint32_t paragraph;
	bool whole;          /* the stream is read in its order: outlines with it, which are read with their slides else */
	bool earlier;        /* and for its words alone */
};

struct record_head { unsigned version, instance, type; span content; };

/* Takes one record off *s. */
static bool take(span *s, struct record_head *r)
{
	struct cursor c = cursor_of(*s);
	uint32_t head = cursor_u32(&c), n = cursor_u32(&c);

	if (c.bad)
		return false;
	r->version = head & 0xf;
	r->instance = head >> 4 & 0xfff;
	r->type = head >> 16;
	r->content = span_sub(*s, 8, n);
	*s = span_from(*s, 8 + r->content.n);
	return true;
}

static bool record_at(const struct ppt *p, uint32_t at, struct record_head *r)
{
	span s = span_from(p->stream, at);

	return take(&s, r);
}

/* Carriage returns end paragraphs, vertical tabs lines. */
static void put_paragraphs(struct ppt *p, span bytes, span charset)
{
	struct layout *l = p->l;
	span utf8;

	if (charset_to_utf8(l->a, charset_find(charset), bytes, &utf8, NULL, NULL) != OK)
		return;
	while (utf8.n > 0) {
		size_t n = 0;

		while (n < utf8.n && utf8.p[n] != '\r' && utf8.p[n] != '\v' && utf8.p[n] != '\n')
			n++;
		layout_at(l, ++p->paragraph, 0);
		layout_text(l, span_first(utf8, n));
		layout_line(l);
		utf8 = span_from(utf8, n + 1);
	}
}

static void put_text(struct ppt *p, span bytes, bool wide) { put_paragraphs(p, bytes, wide ? SPAN_LIT("utf-16le") : SPAN_LIT("iso-8859-1")); }

/* An object of another program: its compound file, deflated behind its length (2.10.34). */
static enum errc object_read(struct ppt *p, const struct record_head *r, struct err *e)
{
	struct cursor c = cursor_of(r->content);
	uLongf n = r->instance == 1 ? cursor_u32(&c) : 0;
	span content = c.rest;

	if (r->instance == 1) {
		unsigned char *out;

		/* Deflate makes at most 1,032 bytes of one. */
		if (c.bad || n > LIMIT_TEXT_BYTES || n / 1032 > content.n) {
			layout_problem(p->l, "damaged: an embedded object lies about its size");
			return OK;
		}
		if ((out = arena_alloc(p->l->a, n)) == NULL)
			return err_memory(e);
		if (uncompress(out, &n, content.p, content.n) != Z_OK) {
			layout_problem(p->l, "damaged: an embedded object cannot be unpacked");
			return OK;
		}
		content = span_of(out, n);
	}
	return embedded_read(p->l, SPAN_LIT("object"), content, e);
}

static enum errc walk(struct ppt *p, span s, unsigned depth, struct err *e);

/* Of what later versions and other programs put beside a slide: comments (2.5.19) and tags in words. */
static enum errc tags_read(struct ppt *p, span s, unsigned depth, struct err *e)
{
	struct record_head r;
	enum errc rc = OK;

	while (rc == OK && !p->l->text.failed && take(&s, &r)) {
		if (r.type == R_COMMENT || r.type == R_STRING_TAG)
			rc = walk(p, r.content, depth + 1, e);
		else if ((r.version == CONTAINER || r.type == R_BINARY_TAG) && depth < DEPTH)
			rc = tags_read(p, r.content, depth + 1, e);
	}
	return rc;
}

static enum errc shape_put(struct ppt *p, const struct record_head *r, struct err *e)
{
	struct buf lines;
	span rest, line;
	enum errc rc;

	buf_init(&lines, LIMIT_TEXT_BYTES);
	drawn_put(r->content, r->instance, &lines);
	for (rest = buf_span(&lines); span_line(&rest, &line);) {
		layout_at(p->l, ++p->paragraph, 0);
		layout_text(p->l, line);
		layout_line(p->l);
	}
	rc = lines.failed && lines.n < LIMIT_TEXT_BYTES ? err_memory(e) : OK;
	buf_wipe(&lines);
	return rc;
}

/* All text below a record, in order. */
static enum errc walk(struct ppt *p, span s, unsigned depth, struct err *e)
{
	struct record_head r;
	enum errc rc = OK;

	while (rc == OK && !p->l->text.failed && take(&s, &r)) {
		if (r.type == R_TEXT_CHARS || (r.type == R_CSTRING && r.version != CONTAINER))
			put_text(p, r.content, true);
		else if (r.type == R_TEXT_BYTES)
			put_text(p, r.content, false);
		else if (drawn_is(r.type))
			rc = shape_put(p, &r, e);
		else if (r.type == R_OLE_STORAGE)
			rc = p->earlier ? OK : object_read(p, &r, e);
		else if (r.type == R_PROGRAM_TAGS && depth < DEPTH)
			rc = tags_read(p, r.content, depth + 1, e);
		else if (r.version == CONTAINER && depth < DEPTH && r.type != R_FONTS && (r.type != R_SLIDE_LIST || p->whole))
			rc = walk(p, r.content, depth + 1, e);
	}
	return rc;
}

/* The directory of one edit (2.3.4): runs of ids with their places. Newer edits come first, so what is there stays. */
static void persist_read(struct ppt *p, span s)
{
	struct cursor c = cursor_of(s);

	while (!c.bad && c.rest.n >= 4) {
		uint32_t head = cursor_u32(&c), id = head & 0xfffff;

		for (uint32_t n = head >> 20; n > 0 && !c.bad; n--, id++) {
			uint32_t at = cursor_u32(&c);

			if (!c.bad && at < p->stream.n && id < p->n_persist && p->persist[id] == 0)
				p->persist[id] = at + 1;
		}
	}
}

/* From the newest edit back; *document is the id of the document's object, *edits how many there are. False when there is none. */
static bool edits_read(struct ppt *p, uint32_t at, uint32_t *document, unsigned *edits)
{
	uint32_t before;
	bool found = false;

	for (*edits = 0; *edits < EDITS; ++*edits) {
		struct record_head edit, directory;
		struct cursor c;

		if (!record_at(p, at, &edit) || edit.type != R_USER_EDIT)
			return found;
		c = cursor_of(span_from(edit.content, 8));
		before = cursor_u32(&c);
		if (record_at(p, cursor_u32(&c), &directory) && directory.type == R_PERSIST)
			persist_read(p, directory.content);
		if (!found)
			*document = cursor_u32(&c);
		if (c.bad)
			return found;
		found = true;
		if (before == 0 || before >= at)
			return true;
		at = before;
	}
	return true;
}

static bool object_at(const struct ppt *p, uint32_t id, unsigned type, struct record_head *r)
{
	return id < p->n_persist && p->persist[id] != 0 && record_at(p, p->persist[id] - 1, r) && (type == 0 || r->type == type);
}

/*
 * A list of slides or notes (2.4.14.3): for each its object and the text of its outline, which the object itself then
 * only refers to.
 */
static enum errc list_read(struct ppt *p, span s, const char *kind, struct err *e)
{
	struct record_head r, slide = {0};
	uint32_t number = 0;
	enum errc rc = OK;

	while (rc == OK && number < SLIDES && take(&s, &r)) {
		struct cursor c = cursor_of(r.content);
		char name[16];

		if (r.type == R_SLIDE_PERSIST) {
			if (slide.type != 0)
				rc = walk(p, slide.content, 0, e);
			(void)snprintf(name, sizeof name, "%u", ++number);
			layout_group(p->l, false, kind, span_str(name));
			p->paragraph = 0;
			if (!object_at(p, cursor_u32(&c), 0, &slide)) {
				slide = (struct record_head){0};
				layout_problem(p->l, "damaged: a slide is not where it should be");
			}
		} else if (rc == OK && (r.type == R_TEXT_CHARS || r.type == R_TEXT_BYTES)) {
			put_text(p, r.content, r.type == R_TEXT_CHARS);
		}
	}
	return rc == OK && slide.type != 0 ? walk(p, slide.content, 0, e) : rc;
}

/* Those of notes and of handouts are in no list (DocumentAtom, 2.4.2). */
static enum errc masters_read(struct ppt *p, span document, struct err *e)
{
	struct record_head r;
	enum errc rc = OK;
	struct cursor c;

	if (!take(&document, &r) || r.type != R_DOCUMENT_ATOM)
		return OK;
	c = cursor_of(span_from(r.content, 24));
	layout_group(p->l, false, "master", SPAN_EMPTY);
	p->paragraph = 0;
	for (int i = 0; i < 2 && rc == OK; i++)
		if (object_at(p, cursor_u32(&c), 0, &r) && r.version == CONTAINER)
			rc = walk(p, r.content, 0, e);
	return rc;
}

static enum errc document_walk(struct ppt *p, span document, struct err *e)
{
	/* Instances of the list: 0 slides, 1 masters, 2 notes. */
	static const char *const kinds[] = {"slide", "master", "notes page"};
	static const unsigned order[] = {0, 2, 1};
	struct record_head r;
	enum errc rc = OK;

	for (size_t i = 0; i < sizeof order / sizeof *order; i++) {
		span s = document;

		while (rc == OK && take(&s, &r))
			if (r.type == R_SLIDE_LIST && r.instance == order[i])
				rc = list_read(p, r.content, kinds[order[i]], e);
	}
	if (rc != OK || (rc = masters_read(p, document, e)) != OK)
		return rc;
	layout_group(p->l, false, "links, headers and names", SPAN_EMPTY);
	p->paragraph = 0;
	return walk(p, document, 0, e);
}

/* Objects of other programs lie outside of the slides. */
static enum errc objects_read(struct ppt *p, struct err *e)
{
	enum errc rc = OK;

	for (size_t i = 0; i < p->n_persist && rc == OK; i++) {
		struct record_head r;

		if (object_at(p, (uint32_t)i, R_OLE_STORAGE, &r))
			rc = object_read(p, &r, e);
	}
	return rc;
}

/* A program that saves fast puts what is new behind the rest: what was changed or deleted since is still in the stream. */
static enum errc changed_read(void *ctx, struct layout *was, struct err *e)
{
	const struct ppt *p = ctx;
	struct ppt old = {.l = was, .stream = p->stream, .whole = true, .earlier = true};

	return walk(&old, old.stream, 0, e);
}

/*
 * PowerPoint 95: type, instance, length, a word that nothing needs; and then the content, of more records where the instance is 0xffff.
 * False: they do not fill it.
 */
static bool walk_95(struct ppt *p, span s, unsigned depth)
{
	while (s.n > 0 && !p->l->text.failed) {
		struct cursor c = cursor_of(s);
		uint32_t type = cursor_u32(&c), instance = cursor_u32(&c), n = cursor_u32(&c);
		span content;

		(void)cursor_u32(&c);
		content = cursor_take(&c, n);
		if (c.bad)
			return false;
		if (instance == CONTAINER_95) {
			if (depth == DEPTH || !walk_95(p, content, depth + 1))
				return false;
		} else if (type == R_TEXT_95) {
			put_paragraphs(p, content, SPAN_LIT("windows-1252"));
		}
		s = c.rest;
	}
	return true;
}

enum errc ppt_read(struct layout *l, span stream, span current_user, struct err *e)
{
	struct ppt p = {.l = l, .stream = stream, .n_persist = stream.n / 4 < PERSIST_MAX ? stream.n / 4 + 1 : PERSIST_MAX};
	struct record_head user, document;
	uint32_t id = 0, token, at;
	size_t before = l->text.n;
	unsigned edits;
	struct cursor c;
	enum errc rc;

	if ((p.persist = arena_zero(l->a, p.n_persist, sizeof *p.persist)) == NULL)
		return err_memory(e);
	if (take(&current_user, &user) && user.type == R_CURRENT_USER) {
		c = cursor_of(span_from(user.content, 4));
		token = cursor_u32(&c);
		at = cursor_u32(&c);
		if (token == 0xf3d1c4df)
			return err_set(e, ERR_EVIDENCE, "encrypted PowerPoint presentation, which is not decrypted here: open it in its program and ingest what that saves");
		if (edits_read(&p, at, &id, &edits) && object_at(&p, id, R_DOCUMENT, &document)) {
			if ((rc = document_walk(&p, document.content, e)) != OK || (rc = objects_read(&p, e)) != OK)
				return rc;
			return edits > 0 ? earlier_read(l, before, changed_read, &p, e) : OK;
		}
	}
	/* No head of a record of 97. */
	if (span_starts(stream, SPAN_LIT("\3\0\0\0\xff\xff\0\0"))) {
		layout_group(l, false, "text", SPAN_EMPTY);
		if (!walk_95(&p, stream, 0))
			layout_problem(l, "damaged");
		return OK;
	}
	layout_problem(l, "damaged: read in the order of its bytes, old versions with it");
	layout_group(l, false, "text", SPAN_EMPTY);
	p.whole = true;
	return walk(&p, stream, 0, e);
}
