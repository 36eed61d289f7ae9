#include "proof/note.h"

#include "base/utf8.h"
#include "proof/text64.h"

enum { KIND_PLAIN = 1, KIND_COSIGNED = 4, HASH_SIZE = 4, COSIGNED_SIZE = 8 + SIGNATURE_SIZE };
static const char dash[] = "\xe2\x80\x94 "; /* em dash, space */

/* Not empty, no blank and no plus: it stands in key lines. */
static bool name_ok(span name)
{
	for (size_t i = 0; i < name.n; i++)
		if (name.p[i] <= 0x20 || name.p[i] == 0x7f || name.p[i] == '+')
			return false;
	return name.n != 0 && name.n <= 255 && utf8_valid(name) == name.n;
}

static bool text_ok(span text)
{
	for (size_t i = 0; i < text.n; i++)
		if (text.p[i] < 0x20 && text.p[i] != '\n')
			return false;
	return text.n != 0 && text.n <= NOTE_MAX && text.p[text.n - 1] == '\n' && utf8_valid(text) == text.n;
}

/* The first four bytes of SHA-256(name LF kind key). */
static void key_hash(unsigned char kind, span name, const unsigned char key[VERIFY_KEY_SIZE], unsigned char out[HASH_SIZE])
{
	unsigned char b[255 + 2 + VERIFY_KEY_SIZE];
	struct digest d;

	assert(name.n <= 255);
	memcpy(b, name.p, name.n);
	b[name.n] = '\n';
	b[name.n + 1] = kind;
	memcpy(b + name.n + 2, key, VERIFY_KEY_SIZE);
	sha256_of(span_of(b, name.n + 2 + VERIFY_KEY_SIZE), &d);
	memcpy(out, d.b, HASH_SIZE);
}

static void put_signature(struct buf *out, unsigned char kind, span name, const struct sign_key *k, span signature)
{
	unsigned char b[HASH_SIZE + COSIGNED_SIZE];
	struct verify_key v;

	assert(signature.n <= COSIGNED_SIZE);
	sign_key_public(k, &v);
	key_hash(kind, name, v.key, b);
	memcpy(b + HASH_SIZE, signature.p, signature.n);
	buf_str(out, dash);
	buf_put(out, name);
	buf_byte(out, ' ');
	text64_put(out, span_of(b, HASH_SIZE + signature.n));
	buf_byte(out, '\n');
}

enum errc note_sign(const struct sign_key *k, span name, span text, struct buf *out, struct err *e)
{
	unsigned char signature[SIGNATURE_SIZE];

	if (!name_ok(name) || !text_ok(text))
		return err_set(e, ERR_USAGE, "this text or name cannot be that of a signed note");
	sign_bytes(k, text, signature);
	buf_put(out, text);
	buf_byte(out, '\n');
	put_signature(out, KIND_PLAIN, name, k, span_of(signature, sizeof signature));
	return buf_check(out, e);
}

void note_key_line(const unsigned char key[VERIFY_KEY_SIZE], span name, struct buf *out)
{
	unsigned char hash[HASH_SIZE], b[1 + VERIFY_KEY_SIZE] = {KIND_PLAIN};
	char hex[2 * HASH_SIZE + 1];

	key_hash(KIND_PLAIN, name, key, hash);
	hex_write(hex, span_of(hash, sizeof hash));
	memcpy(b + 1, key, VERIFY_KEY_SIZE);
	buf_put(out, name);
	buf_printf(out, "+%s+", hex);
	text64_put(out, span_of(b, sizeof b));
	buf_byte(out, '\n');
}

static enum errc key_read(unsigned char kind, span line, span *name, unsigned char key[VERIFY_KEY_SIZE], struct err *e)
{
	unsigned char hash[HASH_SIZE], want[HASH_SIZE], b[1 + VERIFY_KEY_SIZE];
	size_t plus, next;

	line = span_trim(line);
	plus = span_find_byte(line, '+');
	*name = span_first(line, plus);
	line = span_from(line, plus + 1);
	next = span_find_byte(line, '+');
	if (!name_ok(*name) || !hex_read(span_first(line, next), hash, sizeof hash) ||
	    !text64_read(span_from(line, next + 1), b, sizeof b) || b[0] != kind)
		return err_set(e, ERR_USAGE, "not the key line of a %s", kind == KIND_PLAIN ? "signed note" : "witness");
	memcpy(key, b + 1, VERIFY_KEY_SIZE);
	key_hash(kind, *name, key, want);
	return memcmp(hash, want, sizeof hash) == 0 ? OK : err_set(e, ERR_USAGE, "the key line's hash does not fit its key");
}

enum errc note_key_read(span line, span *name, unsigned char key[VERIFY_KEY_SIZE], struct err *e)
{
	return key_read(KIND_PLAIN, line, name, key, e);
}

enum errc cosign_key_read(span line, span *name, unsigned char key[VERIFY_KEY_SIZE], struct err *e)
{
	return key_read(KIND_COSIGNED, line, name, key, e);
}

/* The text ends where the last empty line begins: "...LF LF — name". */
static bool split_note(span note, span *text, span *signatures)
{
	if (note.n == 0 || note.n > NOTE_MAX || note.p[note.n - 1] != '\n')
		return false;
	for (size_t i = note.n - 1; i-- > 1;)
		if (note.p[i] == '\n' && note.p[i - 1] == '\n') {
			*text = span_first(note, i);
			*signatures = span_from(note, i + 1);
			return text_ok(*text) && signatures->n != 0;
		}
	return false;
}

enum errc note_text(span note, span *text, struct err *e)
{
	span signatures;

	return split_note(note, text, &signatures) ? OK : err_set(e, ERR_EVIDENCE, "not a signed note");
}

/* How signatures of a kind are made. */
struct signature_kind {
	unsigned char kind;
	size_t size; /* COSIGNED_SIZE at most */
	bool (*fits)(span text, const unsigned char key[VERIFY_KEY_SIZE], const unsigned char *signature);
};

/* Looks for signatures by a key; ERR_EVIDENCE unless there is one and all fit. */
static enum errc find_signature(const struct signature_kind *as, span note, span name, const unsigned char key[VERIFY_KEY_SIZE], span *text,
    unsigned char signature[COSIGNED_SIZE], struct err *e)
{
	unsigned char hash[HASH_SIZE], b[1024];
	size_t n_lines = 0, n_ours = 0;
	span lines, line;

	if (!name_ok(name) || !split_note(note, text, &lines))
		return err_set(e, ERR_EVIDENCE, "not a signed note");
	key_hash(as->kind, name, key, hash);
	while (span_line(&lines, &line)) {
		size_t blank, n;
		span who;

		if (++n_lines > NOTE_SIGNATURES || !span_starts(line, span_str(dash)))
			return err_set(e, ERR_EVIDENCE, "the note has too many signatures or a line that is none");
		line = span_from(line, sizeof dash - 1);
		blank = span_find_byte(line, ' ');
		who = span_first(line, blank);
		if (!name_ok(who) || !text64_read_some(span_from(line, blank + 1), b, sizeof b, &n) || n <= HASH_SIZE)
			return err_set(e, ERR_EVIDENCE, "the note has a line that is no signature");
		if (!span_eq(who, name) || memcmp(b, hash, HASH_SIZE) != 0)
			continue;
		if (n != HASH_SIZE + as->size || !as->fits(*text, key, b + HASH_SIZE))
			return err_set(e, ERR_EVIDENCE, "the note's signature does not fit");
		memcpy(signature, b + HASH_SIZE, as->size);
		n_ours++;
	}
	return n_ours != 0 ? OK : err_set(e, ERR_EVIDENCE, "the note has no signature by %.*s with this key", (int)name.n,
	    (const char *)name.p);
}

static bool fits_plain(span text, const unsigned char key[VERIFY_KEY_SIZE], const unsigned char *signature)
{
	return verify_bytes(key, text, signature);
}

enum errc note_verify(span note, span name, const unsigned char key[VERIFY_KEY_SIZE], span *text, struct err *e)
{
	static const struct signature_kind plain = {KIND_PLAIN, SIGNATURE_SIZE, fits_plain};
	unsigned char signature[COSIGNED_SIZE];

	return find_signature(&plain, note, name, key, text, signature, e);
}

/* ---- checkpoints --------------------------------------------------------------------------------------------- */

static bool read_number(span s, uint64_t *out)
{
	*out = 0;
	return (s.n < 2 || s.p[0] != '0') && span_number(s, INT64_MAX, out);
}

enum errc checkpoint_read(span text, struct checkpoint *out, struct err *e)
{
	span size, root, more;

	if (!span_line(&text, &out->origin) || out->origin.n == 0 || !span_line(&text, &size) ||
	    !read_number(size, &out->size) || !span_line(&text, &root) || !text64_read(root, out->root.b, DIGEST_SIZE))
		return err_set(e, ERR_EVIDENCE, "not a checkpoint");
	while (span_line(&text, &more))
		if (more.n == 0)
			return err_set(e, ERR_EVIDENCE, "not a checkpoint: it has an empty line");
	return OK;
}

enum errc checkpoint_sign(const struct sign_key *k, const struct checkpoint *c, struct buf *out, struct err *e)
{
	struct buf b;
	enum errc rc;

	buf_init(&b, NOTE_MAX);
	buf_put(&b, c->origin);
	buf_printf(&b, "\n%llu\n", (unsigned long long)c->size);
	text64_put(&b, digest_span(&c->root));
	buf_byte(&b, '\n');
	if ((rc = buf_check(&b, e)) == OK)
		rc = note_sign(k, c->origin, buf_span(&b), out, e);
	buf_free(&b);
	return rc;
}

enum errc checkpoint_verify(span note, span origin, const unsigned char key[VERIFY_KEY_SIZE], struct checkpoint *out,
    struct err *e)
{
	span text;
	enum errc rc = note_verify(note, origin, key, &text, e);

	if (rc != OK || (rc = checkpoint_read(text, out, e)) != OK)
		return rc;
	return span_eq(out->origin, origin) ? OK : err_set(e, ERR_EVIDENCE, "the checkpoint is of another log");
}

/* ---- cosignatures: "cosignature/v1 LF time N LF" and the note's text are signed; the time stands before the signature -- */

static enum errc cosigned_message(uint64_t when_utc, span text, struct buf *b, struct err *e)
{
	buf_printf(b, "cosignature/v1\ntime %llu\n", (unsigned long long)when_utc);
	buf_put(b, text);
	return buf_check(b, e);
}

enum errc cosign(const struct sign_key *k, span name, span note, uint64_t when_utc, struct buf *line, struct err *e)
{
	unsigned char b[COSIGNED_SIZE];
	struct checkpoint c;
	struct buf message;
	span text;
	enum errc rc;

	if (!name_ok(name))
		return err_set(e, ERR_USAGE, "this name cannot sign a note");
	buf_init(&message, NOTE_MAX + 64);
	if ((rc = note_text(note, &text, e)) == OK && (rc = checkpoint_read(text, &c, e)) == OK &&
	    (rc = cosigned_message(when_utc, text, &message, e)) == OK) {
		for (size_t i = 0; i < 8; i++)
			b[i] = (unsigned char)(when_utc >> (56 - 8 * i));
		sign_bytes(k, buf_span(&message), b + 8);
		put_signature(line, KIND_COSIGNED, name, k, span_of(b, sizeof b));
		rc = buf_check(line, e);
	}
	buf_free(&message);
	return rc;
}

static uint64_t time_of(const unsigned char *signature)
{
	uint64_t when = 0;

	for (size_t i = 0; i < 8; i++)
		when = when << 8 | signature[i];
	return when;
}

static bool fits_cosigned(span text, const unsigned char key[VERIFY_KEY_SIZE], const unsigned char *signature)
{
	struct buf message;
	bool fits;

	buf_init(&message, NOTE_MAX + 64);
	fits = cosigned_message(time_of(signature), text, &message, NULL) == OK &&
	       verify_bytes(key, buf_span(&message), signature + 8);
	buf_free(&message);
	return fits;
}

enum errc cosign_verify(span note, span name, const unsigned char key[VERIFY_KEY_SIZE], uint64_t *when_utc, struct err *e)
{
	static const struct signature_kind cosigned = {KIND_COSIGNED, COSIGNED_SIZE, fits_cosigned};
	unsigned char signature[COSIGNED_SIZE];
	span text;
	enum errc rc = find_signature(&cosigned, note, name, key, &text, signature, e);

	if (rc == OK)
		*when_utc = time_of(signature);
	return rc;
}
