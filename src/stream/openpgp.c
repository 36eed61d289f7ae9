#include "stream/openpgp.h"

#include <zlib.h>

#include "stream/decode.h"
#include "stream/member.h"

/* RFC 9580 5. */
enum tag {
	KEY_FOR_ONE = 1, SIGNATURE = 2, KEY_BY_PASSWORD = 3, ONE_PASS = 4, SECRET_KEY = 5, PUBLIC_KEY = 6, SECRET_SUBKEY = 7, COMPRESSED = 8,
	ENCRYPTED = 9, MARKER = 10, LITERAL = 11, PUBLIC_SUBKEY = 14, ENCRYPTED_CHECKED = 18, ENCRYPTED_AEAD = 20, PADDING = 21,
};
enum { HEAD = 2048, ALGORITHMS = 4, DEPTH = 4, PIECE = 16 * 1024 };

static const char damaged[] = "damaged OpenPGP data", too_large[] = "larger than a member may be";

struct packet {
	unsigned tag;
	span in;        /* what is there of its first piece */
	bool more;      /* further pieces follow (RFC 9580 4.2.1.4) */
	bool cut;       /* there should be more */
};

/* How long a piece is, by the new form (RFC 9580 4.2.1). False when that is not there. */
static bool length_new(span *s, size_t *n, bool *more)
{
	unsigned c;

	if (s->n == 0)
		return false;
	c = s->p[0];
	*more = c >= 224 && c < 255;
	if (c < 192 || *more) {
		*n = *more ? (size_t)1 << (c & 0x1f) : c;
		*s = span_from(*s, 1);
		return true;
	}
	if (s->n < (c == 255 ? 5u : 2u))
		return false;
	*n = c == 255 ? (size_t)s->p[1] << 24 | (size_t)s->p[2] << 16 | (size_t)s->p[3] << 8 | s->p[4] : ((size_t)(c - 192) << 8) + s->p[1] + 192;
	*s = span_from(*s, c == 255 ? 5 : 2);
	return true;
}

/* The old one (4.2.2), in which a packet may say that it goes to the end. */
static bool length_old(span *s, unsigned type, size_t *n)
{
	size_t bytes = (size_t)1 << type;

	if (type == 3) {
		*n = s->n;
		return true;
	}
	if (s->n < bytes)
		return false;
	for (size_t i = *n = 0; i < bytes; i++)
		*n = *n << 8 | s->p[i];
	*s = span_from(*s, bytes);
	return true;
}

static void piece_take(span *s, size_t n, struct packet *out)
{
	out->in = span_first(*s, n);
	out->cut |= out->in.n < n;
	*s = span_from(*s, n);
}

/* The next packet; *s is then behind it, or behind the first of its pieces. */
static bool packet_next(span *s, struct packet *out)
{
	unsigned head;
	size_t n;

	*out = (struct packet){0};
	if (s->n == 0 || (s->p[0] & 0x80) == 0)
		return false;
	head = s->p[0];
	*s = span_from(*s, 1);
	out->tag = (head & 0x40) != 0 ? head & 0x3f : head >> 2 & 0xf;
	if (!((head & 0x40) != 0 ? length_new(s, &n, &out->more) : length_old(s, head & 3, &n)))
		return false;
	piece_take(s, n, out);
	return true;
}

/* Does a packet of that kind begin so? A file of something else soon says no. */
static bool begins_well(const struct packet *p)
{
	unsigned first = p->in.n > 0 ? p->in.p[0] : 256;

	switch (p->tag) {
	case KEY_FOR_ONE: return first == 2 || first == 3 || first == 6;
	case KEY_BY_PASSWORD: return first >= 4 && first <= 6;
	case SIGNATURE: return first >= 2 && first <= 6;
	case ONE_PASS: return first == 3 || first == 6;
	case SECRET_KEY: case PUBLIC_KEY: return first >= 2 && first <= 6;
	case COMPRESSED: return first < ALGORITHMS;
	case ENCRYPTED: return p->in.n > 8;
	case MARKER: return span_eq(p->in, SPAN_LIT("PGP"));
	case LITERAL: return first == 'b' || first == 't' || first == 'u' || first == 'm' || first == 'l' || first == '1';
	case ENCRYPTED_CHECKED: return first == 1 || first == 2;
	case ENCRYPTED_AEAD: return first == 1;
	case PADDING: return true;
	default: return false;
	}
}

static bool is_encrypted(unsigned tag)
{
	return tag == KEY_FOR_ONE || tag == KEY_BY_PASSWORD || tag == ENCRYPTED || tag == ENCRYPTED_CHECKED || tag == ENCRYPTED_AEAD;
}

/* ---- armour (RFC 9580 6.2) ---- */

static const char begin_line[] = "-----BEGIN PGP MESSAGE-----";

bool openpgp_armoured(span bytes) { return span_starts(span_trim(span_first(bytes, 256)), span_str(begin_line)); }

/* Its lines of base64, without head and checksum. */
static span armoured_lines(span text, bool *cut)
{
	span rest = span_from(text, span_find(text, span_str(begin_line))), line;
	const unsigned char *begin;

	*cut = true;
	while (span_line(&rest, &line) && span_trim(line).n != 0)
		;
	begin = rest.p;
	while (span_line(&rest, &line))
		if (span_starts(line, SPAN_LIT("=")) || span_starts(line, SPAN_LIT("-----"))) {
			*cut = false;
			return span_of(begin, (size_t)(line.p - begin));
		}
	return begin != NULL ? span_of(begin, (size_t)(rest.p - begin)) : SPAN_EMPTY;
}

enum openpgp_kind openpgp_kind(span bytes)
{
	unsigned char plain[HEAD];
	struct packet p;
	unsigned ignored = 0;
	bool cut, signature = false;

	if (openpgp_armoured(bytes)) {
		span lines = armoured_lines(span_first(bytes, HEAD), &cut);

		bytes = span_of(plain, base64_decode(lines, plain, &ignored));
	}
	while (packet_next(&bytes, &p) && begins_well(&p)) {
		if (is_encrypted(p.tag))
			return OPENPGP_ENCRYPTED;
		if (p.tag == ONE_PASS || p.tag == COMPRESSED || p.tag == LITERAL)
			return OPENPGP_HOLDS;
		if (p.tag == SECRET_KEY || p.tag == PUBLIC_KEY)
			return OPENPGP_KEYS;
		/* Old programs put it before what it signs. */
		signature |= p.tag == SIGNATURE;
	}
	return signature ? OPENPGP_SIGNATURE : OPENPGP_NONE;
}

/* ---- what one holds ---- */

/* All pieces of a packet, one behind the other. */
static void gather(span *s, struct packet *p, struct buf *out)
{
	size_t n;

	buf_put(out, p->in);
	while (p->more && !p->cut && !out->failed) {
		if (!length_new(s, &n, &p->more)) {
			p->cut = true;
			break;
		}
		piece_take(s, n, p);
		buf_put(out, p->in);
	}
}

static enum errc inflated(span packed, bool raw, struct buf *out, const char **why, struct err *e)
{
	z_stream z = {.next_in = (unsigned char *)(uintptr_t)packed.p, .avail_in = (uInt)packed.n};
	int got = Z_OK;

	if (inflateInit2(&z, raw ? -MAX_WBITS : MAX_WBITS) != Z_OK)
		return err_memory(e);
	while (got == Z_OK && buf_room(out, PIECE)) {
		z.next_out = out->p + out->n;
		z.avail_out = PIECE;
		got = inflate(&z, Z_NO_FLUSH);
		out->n += PIECE - z.avail_out;
	}
	if (got == Z_OK)
		*why = too_large;
	else if (got != Z_STREAM_END)
		*why = got == Z_BUF_ERROR ? "the OpenPGP data is cut off here" : damaged;
	(void)inflateEnd(&z);
	return OK;
}

static enum errc unbzipped(struct arena *a, span packed, struct buf *out, const char **why, struct err *e)
{
	struct archive_reader *r = NULL;
	struct member *m = NULL;
	enum errc rc;

	if ((rc = archive_open_span(&r, packed, out, SPAN_EMPTY, e)) == OK && (rc = archive_next(r, a, &m, e)) == OK)
		*why = m == NULL ? damaged : m->outcome == MEMBER_READ ? NULL : m->reason;
	archive_close(r);
	return rc;
}

/* RFC 9580 9.4: as it is, ZIP, ZLIB, BZip2. */
static enum errc unpack(struct arena *a, span packet, struct buf *out, const char **why, struct err *e)
{
	span packed = span_from(packet, 1);

	switch (packet.p[0]) {
	case 1: case 2: return inflated(packed, packet.p[0] == 1, out, why, e);
	case 3: return unbzipped(a, packed, out, why, e);
	default: buf_put(out, packed); return OK;
	}
}

/* Literal data (5.9): a form, a name, a date, the bytes. */
static enum errc literal_take(struct arena *a, struct buf *in, struct buf *out, span *name, const char **why, struct err *e)
{
	span s = buf_span(in), called = s.n > 1 ? span_sub(s, 2, s.p[1]) : SPAN_EMPTY;

	if (s.n < 2 || s.n - 2 < (size_t)s.p[1] + 4) {
		*why = damaged;
		return OK;
	}
	buf_put(out, span_from(s, 2 + (size_t)s.p[1] + 4));
	if (out->failed)
		*why = too_large;
	/* No name: it is to be shown and not kept (RFC 4880 5.9). */
	if (span_eq(called, SPAN_LIT("_CONSOLE")))
		called = SPAN_EMPTY;
	*name = arena_copy(a, called);
	return name->p == NULL ? err_memory(e) : OK;
}

enum errc openpgp_open(struct arena *a, span bytes, struct buf *out, span *name, const char **why, struct err *e)
{
	struct buf layers[2]; /* what is unpacked in turn */
	struct buf body;
	struct packet p;
	unsigned depth = 0, ignored = 0;
	bool cut = false, found = false;
	enum errc rc = OK;

	*name = SPAN_EMPTY;
	*why = NULL;
	buf_init(&layers[0], out->max + PIECE);
	buf_init(&layers[1], out->max + PIECE);
	buf_init(&body, out->max + PIECE);
	if (openpgp_armoured(bytes)) {
		span lines = armoured_lines(bytes, &cut);

		if (buf_room(&layers[1], lines.n))
			layers[1].n = base64_decode(lines, layers[1].p, &ignored);
		bytes = buf_span(&layers[1]);
	}
	while (rc == OK && !found && packet_next(&bytes, &p) && begins_well(&p)) {
		buf_clear(&body);
		gather(&bytes, &p, &body);
		cut |= p.cut;
		if (body.failed) {
			*why = too_large;
			break;
		}
		if (p.tag == LITERAL) {
			found = true;
			rc = literal_take(a, &body, out, name, why, e);
		} else if (p.tag == COMPRESSED && depth < DEPTH) {
			struct buf *to = &layers[depth++ % 2];

			buf_clear(to);
			rc = unpack(a, buf_span(&body), to, why, e);
			bytes = buf_span(to);
		} else if (p.tag != SIGNATURE && p.tag != ONE_PASS && p.tag != MARKER && p.tag != PADDING) {
			*why = is_encrypted(p.tag) ? "OpenPGP encrypted" : damaged;
			break;
		}
	}
	if (*why == NULL && cut)
		*why = "the OpenPGP data is cut off here";
	if (*why == NULL && !found)
		*why = damaged;
	buf_wipe(&layers[0]);
	buf_wipe(&layers[1]);
	buf_wipe(&body);
	return rc;
}

bool openpgp_find(span text, size_t from, size_t *at, size_t *n)
{
	const span end = SPAN_LIT("-----END PGP MESSAGE-----");
	size_t first = openpgp_armoured(text) ? span_find(text, span_str(begin_line)) : text.n; /* the text itself is that one */

	for (; from < text.n; from = *at + 1) {
		*at = from + span_find(span_from(text, from), span_str(begin_line));
		if (*at >= text.n)
			return false;
		if (*at == first || (*at != 0 && text.p[*at - 1] != '\n') || openpgp_kind(span_from(text, *at)) != OPENPGP_HOLDS)
			continue;
		*n = span_find(span_from(text, *at), end);
		if (*n < text.n - *at)
			*n += end.n;
		return true;
	}
	return false;
}
