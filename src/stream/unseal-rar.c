/*
 * RAR 5 (the technote of rarlab.com): AES-256-CBC under a key by PBKDF2-HMAC-SHA-256, with a value beside it that tells a right password.
 * Blocks are written anew one by one. A file that stays encrypted is an empty one there, and said to be sealed: libarchive
 * goes no further than the first.
 */
#include <zlib.h>

#include "base/cursor.h"
#include "base/digest.h"
#include "base/limits.h"
#include "stream/cipher.h"
#include "stream/unseal-private.h"

enum {
	MAIN = 1, FILE_HEADER, SERVICE, ENCRYPTION, END,                     /* types of blocks */
	HAS_EXTRA = 1, HAS_DATA = 2, SPLIT_BEFORE = 8, SPLIT_AFTER = 16,     /* their flags */
	HAS_TIME = 2, HAS_CRC = 4, UNKNOWN_SIZE = 8,                         /* flags of a file */
	CRYPT = 1, HASH = 2,                                                 /* records behind its fields */
	HAS_CHECK = 1, TWEAKED = 2,                                          /* flags of the first */
	METHOD = 7 << 7, BLOCK = 16, SALT = 16, CHECK = 12, CHECK_SUM = 4, HEAD_MAX = 2 * 1024 * 1024 /* the format's own */,
	LAST = 0x40, SUM_START = 0x5a, /* of packed bytes */
};

static const span signature = {(const unsigned char *)"Rar!\x1a\7\1", 8};

/* One password for all that has the same. */
struct lock {
	struct lock *next;
	unsigned power;
	span salt, check; /* check is empty where none is there, or none that is sound */
	bool open;
	unsigned char key[DIGEST_SIZE], tweak[DIGEST_SIZE];
};

struct block {
	uint64_t type, flags;
	span fields, extra, data; /* data as far as it is there */
	uint64_t n_data;          /* as long as it is said to be */
};

struct file {
	uint64_t flags, n_bytes, attributes, method;
	span time, crc, rest; /* what stands behind the method: host system and name */
};

/* How a file is encrypted. */
struct sealing { struct lock *lock; bool tweaked; span iv; };

struct job {
	struct arena *kept, *scratch;
	struct passwords *passwords;
	struct lock *locks, *header; /* header: NULL where headers are not encrypted */
	const char *reason;
	size_t n_files;
};

/* ---- reading ---- */

static uint64_t number(struct cursor *c)
{
	uint64_t v = 0;

	for (unsigned shift = 0; shift < 64; shift += 7) {
		uint8_t b = cursor_u8(c);

		v |= (uint64_t)(b & 127) << shift;
		if (b < 128)
			return v;
	}
	c->bad = true;
	return 0;
}

static span bytes(struct cursor *c, uint64_t n)
{
	if (n > c->rest.n)
		c->bad = true;
	return c->bad ? SPAN_EMPTY : cursor_take(c, (size_t)n);
}

/* A block whose head lies in the span, its digest first; the bytes of its head in *n. */
static bool head_read(span s, struct block *b, size_t *n)
{
	struct cursor c = cursor_of(s), head;
	uint32_t crc = cursor_u32(&c);
	size_t before = c.rest.n, n_size;
	uint64_t size = number(&c), n_extra;

	n_size = before - c.rest.n;
	if (c.bad || size > HEAD_MAX || size > c.rest.n || (uint32_t)crc32_z(0, s.p + 4, n_size + (size_t)size) != crc)
		return false;
	*n = 4 + n_size + (size_t)size;
	head = cursor_of(cursor_take(&c, (size_t)size));
	*b = (struct block){.type = number(&head), .flags = number(&head)};
	n_extra = (b->flags & HAS_EXTRA) != 0 ? number(&head) : 0;
	b->n_data = (b->flags & HAS_DATA) != 0 ? number(&head) : 0;
	if (head.bad || n_extra > head.rest.n)
		return false;
	b->fields = span_first(head.rest, head.rest.n - (size_t)n_extra);
	b->extra = span_from(head.rest, head.rest.n - (size_t)n_extra);
	return true;
}

/* The same behind an initial vector: the size is in its first block. *n: of all that, in the archive. */
static enum errc sealed_head_read(struct job *j, span s, struct block *b, size_t *n, bool *sound, struct err *e)
{
	span iv = span_first(s, BLOCK), body = span_from(s, BLOCK);
	unsigned char first[2 * BLOCK], *plain;
	struct cursor c = cursor_of(span_of(first, BLOCK));
	uint64_t size;
	size_t whole;

	*sound = false;
	if (body.n < BLOCK || cipher_run(EVP_aes_256_cbc(), false, false, j->header->key, iv.p, span_first(body, BLOCK), first) != BLOCK)
		return OK;
	(void)cursor_u32(&c);
	size = number(&c);
	if (c.bad || size > HEAD_MAX)
		return OK;
	whole = (BLOCK - c.rest.n + (size_t)size + BLOCK - 1) / BLOCK * BLOCK;
	if (whole > body.n)
		return OK;
	if ((plain = arena_alloc(j->kept, whole + BLOCK)) == NULL)
		return err_memory(e);
	*sound = cipher_run(EVP_aes_256_cbc(), false, false, j->header->key, iv.p, span_first(body, whole), plain) == whole &&
	    head_read(span_of(plain, whole), b, n);
	*n = BLOCK + whole;
	return OK;
}

/* The block at the beginning of *rest, which goes on behind it. *sound false: there is none, and *rest stays. */
static enum errc block_next(struct job *j, span *rest, struct block *b, bool *sound, struct err *e)
{
	size_t n = 0;
	enum errc rc = OK;

	*sound = false;
	if (j->header != NULL)
		rc = sealed_head_read(j, *rest, b, &n, sound, e);
	else
		*sound = head_read(*rest, b, &n);
	if (rc != OK || !*sound)
		return rc;
	b->data = span_first(span_from(*rest, n), b->n_data < SIZE_MAX ? (size_t)b->n_data : SIZE_MAX);
	*rest = span_from(*rest, n + b->data.n);
	return OK;
}

static bool file_read(span fields, struct file *f)
{
	struct cursor c = cursor_of(fields);

	f->flags = number(&c);
	f->n_bytes = number(&c);
	f->attributes = number(&c);
	f->time = bytes(&c, (f->flags & HAS_TIME) != 0 ? 4 : 0);
	f->crc = bytes(&c, (f->flags & HAS_CRC) != 0 ? 4 : 0);
	f->method = number(&c);
	f->rest = c.rest;
	return !c.bad;
}

/* The next record of those behind the fields; false at the end. `whole` has its size, too. */
static bool record_next(span *extra, uint64_t *type, span *data, span *whole)
{
	struct cursor c = cursor_of(*extra), in;

	if (extra->n == 0)
		return false;
	in = cursor_of(bytes(&c, number(&c)));
	*whole = span_first(*extra, extra->n - c.rest.n);
	*extra = c.rest;
	*type = number(&in);
	*data = in.rest;
	return !c.bad && !in.bad;
}

/* ---- locks ---- */

/* The check value has a digest of its own: one that is damaged must not call a right password wrong. */
static span check_of(span check)
{
	struct digest d;

	if (check.n != CHECK)
		return SPAN_EMPTY;
	sha256_of(span_first(check, CHECK - CHECK_SUM), &d);
	return memcmp(d.b, check.p + CHECK - CHECK_SUM, CHECK_SUM) == 0 ? span_first(check, CHECK - CHECK_SUM) : SPAN_EMPTY;
}

/* The lock that such a record speaks of, an old one where there is one like it. NULL: memory. */
static struct lock *lock_of(struct job *j, unsigned power, span salt, span check)
{
	struct lock *l = j->locks;

	while (l != NULL && (l->power != power || !span_eq(l->salt, salt) || !span_eq(l->check, check)))
		l = l->next;
	if (l == NULL && (l = arena_zero(j->kept, 1, sizeof *l)) != NULL) {
		*l = (struct lock){.next = j->locks, .power = power, .salt = salt, .check = check};
		j->locks = l;
	}
	return l;
}

/* Version, flags, rounds and salt, of a header and of a file alike; a file has its initial vector before the check value. */
static enum errc sealing_read(struct job *j, span record, bool of_file, struct sealing *s, struct err *e)
{
	struct cursor c = cursor_of(record);
	uint64_t version = number(&c), flags = number(&c);
	unsigned power = cursor_u8(&c);
	span salt = bytes(&c, SALT), check;

	s->iv = bytes(&c, of_file ? BLOCK : 0);
	check = bytes(&c, (flags & HAS_CHECK) != 0 ? CHECK : 0);
	s->tweaked = (flags & TWEAKED) != 0;
	s->lock = NULL;
	if (c.bad || version != 0) {
		j->reason = UNSEAL_UNKNOWN;
		return OK;
	}
	if (power > LIMIT_PASSWORD_POWER) {
		j->reason = UNSEAL_ROUNDS;
		return OK;
	}
	s->lock = lock_of(j, power, salt, check_of(check));
	return s->lock != NULL ? OK : err_memory(e);
}

/* *sealed: it is encrypted; s->lock is NULL where nothing is known that opens it. */
static enum errc file_sealing(struct job *j, const struct block *b, bool *sealed, struct sealing *s, struct err *e)
{
	span extra = b->extra, data, whole;
	uint64_t type;

	*sealed = false;
	while (record_next(&extra, &type, &data, &whole)) {
		enum errc rc;

		if (type != CRYPT)
			continue;
		*sealed = true;
		if ((rc = sealing_read(j, data, true, s, e)) != OK)
			return rc;
		if ((b->flags & (SPLIT_BEFORE | SPLIT_AFTER)) != 0) {
			j->reason = UNSEAL_VOLUMES;
			s->lock = NULL;
		}
		return OK;
	}
	return OK;
}

/* ---- passwords ---- */

static bool stretch(const struct lock *l, span password, unsigned more, unsigned char out[DIGEST_SIZE])
{
	return password.n < INT32_MAX && PKCS5_PBKDF2_HMAC((const char *)password.p, (int)password.n, l->salt.p, SALT, (1 << l->power) + (int)more, EVP_sha256(), DIGEST_SIZE, out) == 1;
}

static bool pay(struct job *j, const struct lock *l) { return passwords_pay(j->passwords, ((uint64_t)1 << l->power) + 32); }

/* Key, 16 rounds later the key of digests, 32 rounds later the check value, eight bytes of it over each other. */
static enum tried lock_try(struct job *j, struct lock *l, span password)
{
	unsigned char check[DIGEST_SIZE];

	if (!pay(j, l))
		return TRIED_NO_MORE;
	if (!stretch(l, password, 32, check))
		return TRIED_WRONG;
	for (unsigned i = 8; i < DIGEST_SIZE; i++)
		check[i % 8] ^= check[i];
	if (l->check.n > 0 && memcmp(check, l->check.p, 8) != 0)
		return TRIED_WRONG;
	if (!pay(j, l) || !pay(j, l))
		return TRIED_NO_MORE;
	return stretch(l, password, 0, l->key) && stretch(l, password, 16, l->tweak) ? TRIED_OPEN : TRIED_WRONG;
}

/* Headers have a digest, which does where there is no check value. Of a wrong password each may be as long as one can be, and nothing stays. */
static enum errc header_try(struct job *j, span rest, span password, enum tried *tried, struct err *e)
{
	struct job trial = *j;
	struct block b;
	bool sound;
	enum errc rc;

	if ((*tried = lock_try(j, j->header, password)) == TRIED_OPEN && !passwords_pay(j->passwords, (rest.n < HEAD_MAX ? rest.n : HEAD_MAX) / 64))
		*tried = TRIED_NO_MORE;
	if (*tried != TRIED_OPEN)
		return OK;
	trial.kept = j->scratch;
	arena_reset(trial.kept);
	if ((rc = block_next(&trial, &rest, &b, &sound, e)) == OK && !sound)
		*tried = TRIED_WRONG;
	j->header->open = *tried == TRIED_OPEN;
	return rc;
}

/* Each lock that is still shut, of those that can tell a right password. */
static enum tried locks_try(struct job *j, span password)
{
	enum tried tried = TRIED_WRONG;

	for (struct lock *l = j->locks; l != NULL; l = l->next) {
		enum tried one = l->open || l->check.n == 0 ? TRIED_WRONG : lock_try(j, l, password);

		if (one == TRIED_NO_MORE)
			return tried == TRIED_OPEN ? tried : one;
		l->open = l->open || one == TRIED_OPEN;
		if (one == TRIED_OPEN)
			tried = one;
	}
	return tried;
}

/* All locks of files, as far as members of an archive are read: each may have one of its own. */
static enum errc locks_find(struct job *j, span rest, size_t *n_sealed, struct err *e)
{
	struct sealing s;
	struct block b;
	bool sound, sealed;
	size_t n_files = 0;
	enum errc rc = OK;

	*n_sealed = 0;
	while (n_files <= LIMIT_ATTACHED_MEMBERS && (rc = block_next(j, &rest, &b, &sound, e)) == OK && sound && b.type != END) {
		if (b.type != FILE_HEADER)
			continue;
		n_files++;
		if ((rc = file_sealing(j, &b, &sealed, &s, e)) != OK)
			return rc;
		*n_sealed += sealed;
		if (sealed && s.lock != NULL && s.lock->check.n == 0 && !s.lock->open)
			j->reason = UNSEAL_BLIND;
	}
	return rc;
}

static bool is_shut(const struct job *j)
{
	for (const struct lock *l = j->locks; l != NULL; l = l->next)
		if (!l->open && l->check.n > 0)
			return true;
	return false;
}

/* ---- writing ---- */

static void put_number(struct buf *out, uint64_t v)
{
	for (; v > 127; v >>= 7)
		buf_u8(out, (uint8_t)(v | 128));
	buf_u8(out, (uint8_t)v);
}

static void put_block(struct buf *out, struct buf *head, const struct block *b)
{
	bool has_data = b->n_data > 0 || b->type == FILE_HEADER; /* libarchive wants the number also where it is 0 */
	uint64_t flags = (b->flags & ~(uint64_t)(HAS_EXTRA | HAS_DATA)) | (b->extra.n > 0 ? HAS_EXTRA : 0) | (has_data ? HAS_DATA : 0);
	size_t at = out->n;

	buf_clear(head);
	put_number(head, b->type);
	put_number(head, flags);
	if (b->extra.n > 0)
		put_number(head, b->extra.n);
	if (has_data)
		put_number(head, b->n_data);
	buf_put(head, b->fields);
	buf_put(head, b->extra);
	buf_u32(out, 0);
	put_number(out, head->n);
	buf_put(out, buf_span(head));
	if (head->failed)
		out->failed = true;
	if (!out->failed)
		buf_set_u32(out, at, (uint32_t)crc32_z(0, out->p + at + 4, out->n - at - 4));
	buf_put(out, b->data);
}

/* A digest as it stands for encrypted data, that nobody may recognise by it: an HMAC of itself, its words over each other. */
bool unseal_rar_fits(const struct unsealed_member *m, span content)
{
	uint32_t crc = (uint32_t)crc32_z(0, content.p, content.n), v = 0;
	const unsigned char plain[4] = {(unsigned char)crc, (unsigned char)(crc >> 8), (unsigned char)(crc >> 16), (unsigned char)(crc >> 24)};
	struct digest d;

	hmac_sha256(span_of(m->tweak, DIGEST_SIZE), span_of(plain, 4), &d);
	for (unsigned i = 0; i < DIGEST_SIZE; i++)
		v ^= (uint32_t)d.b[i] << (8 * (i & 3));
	return v == m->crc && content.n == m->n_bytes;
}

/* That digest can only be compared by who has the key: it is kept for that, and taken out of the archive. */
static void digest_keep(const struct sealing *s, struct file *f, struct unsealed_member *m)
{
	struct cursor c = cursor_of(f->crc);

	m->keyed = true;
	m->crc = cursor_u32(&c);
	m->n_bytes = f->n_bytes;
	memcpy(m->tweak, s->lock->tweak, DIGEST_SIZE);
	f->flags &= ~(uint64_t)HAS_CRC;
	f->crc = SPAN_EMPTY;
}

/* Without the record of its encryption, and without a digest that only the encrypted archive can compare. */
static enum errc extra_plain(struct job *j, span extra, bool keyed, span *out, struct err *e)
{
	unsigned char *p = arena_alloc(j->scratch, extra.n);
	span data, whole;
	uint64_t type;
	size_t n = 0;

	if (p == NULL)
		return err_memory(e);
	while (record_next(&extra, &type, &data, &whole)) {
		if (type == CRYPT || (type == HASH && keyed))
			continue;
		memcpy(p + n, whole.p, whole.n);
		n += whole.n;
	}
	*out = span_of(p, n);
	return OK;
}

/* Packed bytes are blocks of their own, the last of which says so: what fills the cipher's last block behind it is none of them. */
static size_t packed_n(span s)
{
	struct cursor c = cursor_of(s);

	for (uint8_t flags = 0; !c.bad && (flags & LAST) == 0;) {
		uint8_t sum;
		size_t n = 0;

		flags = cursor_u8(&c);
		sum = cursor_u8(&c) ^ flags;
		for (unsigned i = 0; i <= (flags >> 3 & 3); i++) {
			uint8_t b = cursor_u8(&c);

			sum ^= b;
			n |= (size_t)b << (8 * i);
		}
		if (sum != SUM_START)
			return s.n;
		(void)cursor_take(&c, n);
	}
	return c.bad ? s.n : s.n - c.rest.n;
}

static enum errc data_plain(struct job *j, const struct sealing *s, const struct file *f, struct block *b, struct err *e)
{
	span sealed = span_first(b->data, b->data.n / BLOCK * BLOCK);
	unsigned char *p = arena_alloc(j->scratch, sealed.n + BLOCK);

	if (p == NULL)
		return err_memory(e);
	if (cipher_run(EVP_aes_256_cbc(), false, false, s->lock->key, s->iv.p, sealed, p) != sealed.n)
		return err_set(e, ERR_EVIDENCE, "damaged RAR archive");
	b->data = span_of(p, sealed.n);
	/* A file that is stored ends where it is said to end. */
	if ((f->method & METHOD) != 0)
		b->data.n = packed_n(b->data);
	else if ((f->flags & UNKNOWN_SIZE) == 0)
		b->data = span_first(b->data, f->n_bytes < SIZE_MAX ? (size_t)f->n_bytes : SIZE_MAX);
	if (sealed.n == b->n_data)
		b->n_data = b->data.n;
	return OK;
}

static void put_fields(struct buf *out, const struct file *f)
{
	buf_clear(out);
	put_number(out, f->flags);
	put_number(out, f->n_bytes);
	put_number(out, f->attributes);
	buf_put(out, f->time);
	buf_put(out, f->crc);
	put_number(out, f->method);
	buf_put(out, f->rest);
}

/* A file that is encrypted: opened, or as one of no bytes. */
static enum errc file_plain(struct job *j, struct block *b, const struct sealing *s, struct buf *fields, struct unsealed_member *m, struct err *e)
{
	struct file f;
	enum errc rc;

	arena_reset(j->scratch);
	if (!file_read(b->fields, &f))
		return OK;
	m->lacks = s->lock == NULL || !s->lock->open;
	if ((rc = extra_plain(j, b->extra, m->lacks || s->tweaked, &b->extra, e)) != OK)
		return rc;
	if (m->lacks) {
		b->data = SPAN_EMPTY;
		b->n_data = f.n_bytes = f.method = 0;
		b->flags &= ~(uint64_t)(SPLIT_BEFORE | SPLIT_AFTER);
		f.flags &= ~(uint64_t)(HAS_CRC | UNKNOWN_SIZE);
		f.crc = SPAN_EMPTY;
	} else {
		if ((rc = data_plain(j, s, &f, b, e)) != OK)
			return rc;
		if (s->tweaked && (f.flags & HAS_CRC) != 0)
			digest_keep(s, &f, m);
	}
	put_fields(fields, &f);
	b->fields = buf_span(fields);
	return buf_check(fields, e);
}

/* Blocks until the end, or until one that is none: what is there is libarchive's to judge. */
static enum errc blocks_write(struct job *j, span rest, struct unsealed *out, struct buf *head, struct buf *fields, struct err *e)
{
	struct sealing s;
	struct block b;
	bool sound, sealed;
	enum errc rc;

	buf_put(&out->plain, signature);
	while ((rc = block_next(j, &rest, &b, &sound, e)) == OK && sound && j->n_files <= LIMIT_ATTACHED_MEMBERS) {
		struct unsealed_member m = {0};

		if (b.type == SERVICE) /* comments, quick open, recovery: nothing of which is read */
			continue;
		if (b.type == MAIN)
			b.extra = SPAN_EMPTY;
		if (b.type == FILE_HEADER) {
			if ((rc = file_sealing(j, &b, &sealed, &s, e)) != OK || (sealed && (rc = file_plain(j, &b, &s, fields, &m, e)) != OK))
				return rc;
			buf_put(&out->members, span_of(&m, sizeof m));
			j->n_files++;
		}
		put_block(&out->plain, head, &b);
		if (b.type == END)
			break;
	}
	if (rc == OK && !sound)
		buf_put(&out->plain, rest);
	else if (rc == OK && b.type != END) /* so many that the last of them is not read: libarchive gives it only in front of another block */
		put_block(&out->plain, head, &(struct block){.type = END, .fields = SPAN_LIT("\0")});
	return rc != OK || (rc = buf_check(&out->members, e)) != OK ? rc : buf_check(&out->plain, e);
}

static enum errc job_run(struct job *j, span rest, struct unsealed *out, struct err *e)
{
	enum tried tried = TRIED_WRONG;
	bool opened = false, header_shut = j->header != NULL;
	struct buf head, fields;
	size_t n_sealed = 0;
	span password;
	enum errc rc = OK;

	for (size_t i = 1; header_shut && tried != TRIED_NO_MORE && passwords_next(j->passwords, &i, 0, &password);) {
		if ((rc = header_try(j, rest, password, &tried, e)) != OK)
			return rc;
		if (tried == TRIED_OPEN) {
			passwords_used(j->passwords, i - 1);
			header_shut = false;
		}
	}
	if (header_shut || (rc = locks_find(j, rest, &n_sealed, e)) != OK || (n_sealed == 0 && j->header == NULL))
		return rc;
	tried = TRIED_WRONG;
	for (size_t i = 1; is_shut(j) && tried != TRIED_NO_MORE && passwords_next(j->passwords, &i, 0, &password);)
		if ((tried = locks_try(j, password)) == TRIED_OPEN) {
			passwords_used(j->passwords, i - 1);
			opened = true;
		}
	out->known = true;
	out->reason = j->reason == NULL && is_shut(j) && (opened || j->header != NULL) ? UNSEAL_REST : j->reason;
	buf_init(&head, HEAD_MAX + 64);
	buf_init(&fields, HEAD_MAX + 64);
	rc = blocks_write(j, rest, out, &head, &fields, e);
	buf_wipe(&head);
	buf_wipe(&fields);
	return rc;
}

enum errc unseal_rar(struct arena *kept, struct arena *scratch, span archive, struct passwords *p, struct unsealed *out, struct err *e)
{
	struct job j = {.kept = kept, .scratch = scratch, .passwords = p};
	span rest = span_from(archive, signature.n);
	struct sealing s = {0};
	struct block b;
	bool sound;
	enum errc rc;

	if ((rc = block_next(&j, &rest, &b, &sound, e)) != OK || !sound)
		return rc;
	if (b.type != ENCRYPTION)
		return job_run(&j, span_from(archive, signature.n), out, e);
	if ((rc = sealing_read(&j, b.fields, false, &s, e)) != OK)
		return rc;
	j.header = s.lock;
	out->known = true;
	out->reason = j.reason;
	return s.lock != NULL ? job_run(&j, rest, out, e) : OK;
}
