/*
 * One message taken apart: its digests, and the messages within it.
 *
 * The content digest says whether two messages are the same mail, though they came by different ways. It is the
 * SHA-256 over these lines, each ended by LF:
 *     "tocsin content 1"
 *     "date " seconds since 1970 UTC (or the trimmed field where it is no date)
 *     "from ", "to ", "cc " with the addresses in their order, comma-separated
 *     "subject " decoded, runs of white space as one space
 *     "id " Message-ID without angle brackets
 *     for each leaf in document order that is not an empty text: "part " type, a space, and the hexadecimal digest of its content; for a
 *     message/rfc822 leaf the content digest of the message in it.
 * A leaf's digest is over its decoded bytes; where they are text or were not base64 or uuencoded, with line ends as LF
 * and without white space at the end, and text in UTF-8, since that is what transport and mailbox formats change.
 */
#include "base/clock.h"
#include "base/limits.h"
#include "ingest/private.h"
#include "mail/foreign.h"
#include "mail/pieces.h"
#include "mail/text-kind.h"
#include "mail/words.h"
#include "stream/charset.h"

/* Of a part, to see what it is: the magic of tar stands at 257. */
enum { KIND_BYTES = 4096 };

/* One pass where no CR stands in it. */
void hash_text(struct sha256 *h, span s, struct digest *lines, struct digest *bytes)
{
	span text = s, rest;
	size_t cr;

	while (text.n != 0 && ascii_is_space(text.p[text.n - 1]))
		text.n--;
	cr = span_find_byte(text, '\r');
	sha256_start(h);
	sha256_add(h, span_first(text, cr));
	rest = span_from(text, cr);
	while (rest.n != 0) {
		if (rest.n == 1 || rest.p[1] != '\n')
			sha256_add(h, SPAN_LIT("\r"));
		rest = span_from(rest, 1);
		sha256_add(h, span_first(rest, span_find_byte(rest, '\r')));
		rest = span_from(rest, span_find_byte(rest, '\r'));
	}
	sha256_so_far(h, lines);
	if (cr == text.n) {
		sha256_add(h, span_from(s, text.n));
	} else {
		sha256_start(h);
		sha256_add(h, s);
	}
	sha256_done(h, bytes);
}

static void put_line(struct buf *b, const char *word, span s)
{
	bool space = false;

	buf_str(b, word);
	s = span_trim(s);
	for (size_t i = 0; i < s.n; i++) {
		if (ascii_is_space(s.p[i])) {
			space = true;
			continue;
		}
		if (space)
			buf_byte(b, ' ');
		space = false;
		buf_byte(b, s.p[i]);
	}
	buf_byte(b, '\n');
}

static void put_parties(struct buf *b, const char *word, const struct summary *s, int role)
{
	bool first = true;

	buf_str(b, word);
	for (size_t i = 0; i < s->n_parties; i++) {
		if (s->parties[i].role != role)
			continue;
		if (!first)
			buf_byte(b, ',');
		first = false;
		buf_put(b, s->parties[i].address);
	}
	buf_byte(b, '\n');
}

static void put_head(struct buf *b, const struct taken *t)
{
	const struct field *date = headers_get(&t->m->headers, "Date");

	buf_str(b, "tocsin content 1\n");
	if (t->summary.when_utc != TIME_NONE)
		buf_printf(b, "date %lld\n", (long long)t->summary.when_utc);
	else
		put_line(b, "date ", date != NULL ? date->value : SPAN_EMPTY);
	put_parties(b, "from ", &t->summary, PARTY_FROM);
	put_parties(b, "to ", &t->summary, PARTY_TO);
	put_parties(b, "cc ", &t->summary, PARTY_CC);
	put_line(b, "subject ", t->summary.subject);
	put_line(b, "id ", t->summary.rfc822_id);
}

static bool list_add(struct arena *a, struct taken_list *l, struct taken *t)
{
	struct taken **v = arena_grow(a, l->v, l->n, &l->cap, sizeof *v, 4);

	if (v == NULL)
		return false;
	l->v = v;
	l->v[l->n++] = t;
	return true;
}

struct take {
	struct arena *a;
	struct hashes *h;
	const struct text_list *trusted;
	struct taken_list *list;
};

unsigned folder_traits(enum folder_kind kind)
{
	switch (kind) {
	case FOLDER_SENT:
		return TRAIT_SENT;
	case FOLDER_DRAFTS:
		return TRAIT_DRAFT;
	case FOLDER_JUNK:
		return TRAIT_JUNK;
	case FOLDER_INBOX:
	case FOLDER_TRASH:
	case FOLDER_ARCHIVE:
	case FOLDER_OTHER:
		return 0;
	}
	return 0;
}

/*
 * Google's Takeout puts all mail of an account into one mbox, and the folders, as their owner reads them, into a field above
 * all others. What stands below a Received may have come with the message.
 */
static enum errc labels_take(struct take *k, struct taken *t, struct err *e)
{
	const struct headers *h = &t->m->headers;
	span labels, one;
	size_t i = 0;

	while (i < h->n && !span_eq_nocase(h->fields[i].name, SPAN_LIT("x-gmail-labels")))
		if (span_eq_nocase(h->fields[i++].name, SPAN_LIT("received")))
			return OK;
	if (i >= h->n)
		return OK;
	if ((labels = header_text(k->a, h->fields[i].value, h->charset)).p == NULL)
		return err_memory(e);
	while (labels.n != 0) {
		one = span_trim(span_first(labels, span_find_byte(labels, ',')));
		labels = span_from(labels, span_find_byte(labels, ',') + 1);
		t->traits |= folder_traits(folder_kind(one));
	}
	return OK;
}

/* A message to be taken: its bytes, and where they are. */
struct raw_message {
	span raw;
	bool from_quoted;
	const struct digest *sha256; /* of raw, NULL where nobody has it yet */
	const char *nest;
	int64_t at;    /* in the unit, -1: not in it as it stands */
	size_t parent; /* in the list, SIZE_MAX: none */
	unsigned depth;
};
static enum errc take(struct take *k, const struct raw_message *of, struct taken **out, struct err *e);

/* The message in a message/rfc822 part; *inner NULL when it lies too deep. */
static enum errc take_nested(struct take *k, struct taken *t, size_t index, size_t i, span content, unsigned depth,
    struct taken **inner, struct err *e)
{
	const struct part *p = &t->m->parts[i];
	const char *path = p->path[0] != '\0' ? p->path : "1";
	const char *nest = t->nest[0] != '\0' ? arena_printf(k->a, "%s/%s", t->nest, path) : path;
	int64_t at = -1;

	*inner = NULL;
	if (nest == NULL)
		return err_memory(e);
	if (depth >= LIMIT_NEST_DEPTH || strlen(nest) > 120) {
		t->part_problems[i] |= MIME_LIMIT_NEST;
		return OK;
	}
	content = part_message(p, content);
	/* Unencoded content lies within the outer bytes: then its place is known. */
	if (t->at >= 0 && content.p >= t->m->raw.p && content.p <= t->m->raw.p + t->m->raw.n)
		at = t->at + (content.p - t->m->raw.p);
	return take(k, &(struct raw_message){.raw = content, .from_quoted = t->m->from_quoted && at >= 0, .nest = nest, .at = at, .parent = index, .depth = depth + 1},
	    inner, e);
}

/*
 * The digest of a part's bytes, and the one for sameness. Text is compared as UTF-8: Outlook keeps it so, whatever charset it
 * was sent in. What has a charset that is not known stays as it is.
 */
static enum errc hash_part(struct take *k, const struct part *p, span content, struct digest *same, struct digest *bytes,
    struct err *e)
{
	bool is_text = span_starts(p->type, SPAN_LIT("text/"));
	const struct charset *c = is_text && p->charset.n != 0 ? charset_find(p->charset) : NULL;
	struct digest ignored;
	span text = content;
	enum errc rc;

	if (!is_text && (p->encoding == ENCODING_BASE64 || p->encoding == ENCODING_UUENCODE || p->encoding == ENCODING_YENC ||
	    p->encoding == ENCODING_BINHEX)) {
		sha256_start(k->h->part);
		sha256_add(k->h->part, content);
		sha256_done(k->h->part, bytes);
		*same = *bytes;
		return OK;
	}
	hash_text(k->h->part, content, same, bytes);
	if (c == NULL || c == charset_utf8() || content.n > LIMIT_TEXT_BYTES)
		return OK;
	if ((rc = charset_to_utf8(k->a, c, content, &text, NULL, e)) == OK && text.p != content.p)
		hash_text(k->h->part, text, same, &ignored);
	return rc;
}

static enum errc take_part(struct take *k, struct taken *t, size_t index, size_t i, unsigned depth, struct buf *lines,
    struct err *e)
{
	const struct part *p = &t->m->parts[i];
	struct taken *inner = NULL;
	struct digest same; /* of the content as transport leaves it */
	char hex[DIGEST_HEX];
	span content = SPAN_EMPTY;
	enum errc rc;

	if (p->kind == PART_MULTIPART)
		return OK;
	rc = part_content(k->a, t->m, p, &content, &t->part_problems[i], e);
	if (rc == ERR_LIMIT) {
		t->part_problems[i] |= MIME_LIMIT_SIZE;
		content = p->body;
	} else if (rc != OK) {
		return rc;
	}
	if ((rc = hash_part(k, p, content, &same, &t->parts[i], e)) != OK)
		return rc;
	t->part_bytes[i] = content.n;
	t->part_types[i] = p->kind == PART_LEAF ? text_kind_type(span_first(content, KIND_BYTES), p->type, p->filename) : "";
	if (part_sealed(p) != NULL)
		t->traits |= TRAIT_SEALED;
	if (p->kind == PART_MESSAGE && (rc = take_nested(k, t, index, i, content, depth, &inner, e)) != OK)
		return rc;
	t->problems |= t->part_problems[i];
	/* Mail of an attachment alone often has an empty text, which Outlook does not keep. */
	if (span_starts(p->type, SPAN_LIT("text/")) && span_trim(content).n == 0)
		return OK;
	buf_str(lines, "part ");
	buf_put(lines, p->type);
	buf_byte(lines, ' ');
	buf_str(lines, digest_hex(inner != NULL ? &inner->content : &same, hex));
	buf_byte(lines, '\n');
	return OK;
}

static enum errc take(struct take *k, const struct raw_message *of, struct taken **out, struct err *e)
{
	struct taken *t = arena_zero(k->a, 1, sizeof *t);
	struct message *m;
	struct piece piece;
	struct buf lines;
	size_t index = k->list->n;
	enum errc rc;

	if (t == NULL || !list_add(k->a, k->list, t))
		return err_memory(e);
	buf_init(&lines, 16 * MIB);
	if ((rc = mime_parse(k->a, of->raw, of->from_quoted, &m, e)) != OK)
		goto out;
	t->m = m;
	t->nest = of->nest;
	t->at = of->at;
	t->parent = of->parent;
	if ((rc = summary_read(k->a, m, k->trusted->v, k->trusted->n, &t->summary, e)) != OK)
		goto out;
	/* A host name longer than DNS has them (RFC 1035 2.3.4) is none. */
	t->received_by = t->summary.arrival.by.n <= 255 ? words_raw(k->a, t->summary.arrival.by, SPAN_EMPTY) : SPAN_LIT("");
	if (t->received_by.p == NULL) {
		rc = err_memory(e);
		goto out;
	}
	t->traits = t->summary.traits | (message_is_piece(m, &piece) ? (unsigned)TRAIT_PIECE : 0u);
	if ((rc = labels_take(k, t, e)) != OK)
		goto out;
	t->problems = m->problems | (t->summary.cut ? MIME_LIMIT_ADDRESSES : 0u);
	t->parts = arena_zero(k->a, m->n_parts, sizeof *t->parts);
	t->part_bytes = arena_zero(k->a, m->n_parts, sizeof *t->part_bytes);
	t->part_problems = arena_zero(k->a, m->n_parts, sizeof *t->part_problems);
	t->part_types = arena_zero(k->a, m->n_parts, sizeof *t->part_types);
	if (t->parts == NULL || t->part_types == NULL || t->part_bytes == NULL || t->part_problems == NULL) {
		rc = err_memory(e);
		goto out;
	}
	if (of->sha256 != NULL) {
		t->sha256 = *of->sha256;
	} else {
		sha256_start(k->h->raw);
		sha256_add(k->h->raw, of->raw);
		sha256_done(k->h->raw, &t->sha256);
	}
	put_head(&lines, t);
	for (size_t i = 0; i < m->n_parts && rc == OK; i++) {
		t->part_problems[i] = m->parts[i].problems;
		rc = take_part(k, t, index, i, of->depth, &lines, e);
	}
	if (rc == OK && (rc = buf_check(&lines, e)) == OK) {
		sha256_start(k->h->content);
		sha256_add(k->h->content, buf_span(&lines));
		sha256_done(k->h->content, &t->content);
		*out = t;
	}
out:
	buf_free(&lines);
	return rc;
}

enum errc message_take(struct arena *a, struct hashes *h, span raw, bool from_quoted, const struct digest *raw_digest,
    const struct text_list *trusted, struct taken_list *out, struct err *e)
{
	struct take k = {a, h, trusted, out};
	struct taken *outer;

	*out = (struct taken_list){0};
	return take(&k, &(struct raw_message){.raw = raw, .from_quoted = from_quoted, .sha256 = raw_digest, .nest = "", .parent = SIZE_MAX}, &outer, e);
}

void message_write(struct buf *out, const struct taken *t)
{
	size_t at;

	buf_u8(out, RECORD_MESSAGE);
	buf_bytes(out, span_str(t->nest));
	buf_u64(out, (uint64_t)t->at);
	buf_u64(out, t->m->raw.n);
	buf_u32(out, t->parent == SIZE_MAX ? 0 : (uint32_t)t->parent + 1);
	buf_u8(out, t->m->from_quoted);
	buf_put(out, digest_span(&t->sha256));
	buf_put(out, digest_span(&t->content));
	buf_bytes(out, t->summary.rfc822_id);
	buf_bytes(out, t->summary.subject);
	buf_bytes(out, t->summary.verified_domain);
	buf_u64(out, (uint64_t)t->summary.when_utc);
	buf_u64(out, (uint64_t)t->summary.arrival.when_utc);
	buf_bytes(out, t->received_by);
	buf_u32(out, t->traits);
	buf_u32(out, t->problems);
	at = out->n;
	buf_u32(out, 0);
	buf_u32(out, 0);
	buf_u32(out, 0);
	for (size_t i = 0; i < t->summary.n_parties; i++) {
		const struct party *p = &t->summary.parties[i];

		buf_u8(out, (uint8_t)p->role);
		buf_bytes(out, p->address);
		buf_bytes(out, p->domain);
		buf_bytes(out, p->name);
	}
	for (size_t i = 0; i < t->m->n_parts; i++) {
		const struct part *p = &t->m->parts[i];

		buf_bytes(out, span_str(p->path));
		buf_bytes(out, p->type);
		buf_bytes(out, span_str(t->part_types[i]));
		buf_bytes(out, p->filename);
		buf_u8(out, (uint8_t)p->encoding);
		buf_u64(out, t->part_bytes[i]);
		buf_put(out, digest_span(&t->parts[i]));
		buf_u32(out, t->part_problems[i]);
	}
	if (out->failed)
		return;
	buf_set_u32(out, at, (uint32_t)(out->n - at - 12));
	buf_set_u32(out, at + 4, (uint32_t)t->summary.n_parties);
	buf_set_u32(out, at + 8, (uint32_t)t->m->n_parts);
}

static void read_digest(struct cursor *c, struct digest *d)
{
	span s = cursor_take(c, DIGEST_SIZE);

	*d = (struct digest){{0}};
	if (s.n == DIGEST_SIZE)
		memcpy(d->b, s.p, DIGEST_SIZE);
}

void message_read(struct cursor *c, struct message_record *out)
{
	uint32_t n;

	out->nest = cursor_bytes(c);
	out->at = (int64_t)cursor_u64(c);
	out->n = cursor_u64(c);
	out->parent = cursor_u32(c);
	out->from_quoted = cursor_u8(c) != 0;
	read_digest(c, &out->sha256);
	read_digest(c, &out->content);
	out->rfc822_id = cursor_bytes(c);
	out->subject = cursor_bytes(c);
	out->verified = cursor_bytes(c);
	out->when_utc = (int64_t)cursor_u64(c);
	out->received_utc = (int64_t)cursor_u64(c);
	out->received_by = cursor_bytes(c);
	out->traits = cursor_u32(c);
	out->problems = cursor_u32(c);
	n = cursor_u32(c);
	out->n_parties = cursor_u32(c);
	out->n_parts = cursor_u32(c);
	out->rest = cursor_of(cursor_take(c, n));
}

enum errc trusted_read(span init, struct text_list *out, struct err *e)
{
	struct cursor c = cursor_of(init);
	struct arena *keep;
	uint32_t n = cursor_u32(&c);
	enum errc rc = arena_new(&keep, MIB, e);

	*out = (struct text_list){0};
	if (rc != OK)
		return rc;
	if (n > init.n || (out->v = arena_zero(keep, n, sizeof *out->v)) == NULL)
		return err_memory(e);
	for (uint32_t i = 0; i < n; i++)
		if ((out->v[out->n++] = arena_cstr(keep, cursor_bytes(&c))) == NULL)
			return err_memory(e);
	return c.bad ? err_set(e, ERR_USAGE, "ingest worker: bad start") : OK;
}
