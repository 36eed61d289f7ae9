/*
 * RAR of versions 2.9 to 4: AES-128-CBC under a key by 2^18 rounds of SHA-1 over the password and a salt, of which each file has its own
 * (as unrar does it; the technote is silent). Nothing beside it tells a right password: the digest of a file does, and of a header
 * that is encrypted. Blocks are written anew as those of RAR 5 are. A password of more than 28 letters is not tried, and that said: what
 * their program makes of it is a slip of its own.
 */
#include <zlib.h>

#include "base/cursor.h"
#include "base/limits.h"
#include "stream/cipher.h"
#include "stream/member.h"
#include "stream/unseal-private.h"

enum {
	MAIN = 0x73, FILE_HEADER = 0x74, END = 0x7b,                          /* types of blocks */
	HEADERS_SEALED = 0x80,                                                /* flag of the first */
	SPLIT = 3, SEALED = 4, SOLID = 0x10, LARGE = 0x100, SALTED = 0x400, HAS_DATA = 0x8000, /* flags of a file, the last of any */
	HEAD = 7, FIELDS = 32, LARGE_FIELDS = 40, AES_VERSION = 29, STORED = 0x30,
	ROUNDS = 1 << 18, IV_EACH = ROUNDS / 16, SALT = 8, KEY = 16, PASSWORD_MAX = 56,
	/* A round adds the password, the salt and a counter to what is hashed, half a block in the usual. */
	ROUNDS_WORTH = ROUNDS / 2,
};

static const span signature = {(const unsigned char *)"Rar!\x1a\7\0", 7};

struct key { struct key *next; span salt; unsigned char key[KEY], iv[KEY]; };

struct block {
	unsigned type, flags;
	span head; /* all of it, in plain */
	span data; /* as far as it is there */
	uint64_t n_data;
};

/* A file that is encrypted. */
struct file {
	struct block block;
	span salt;         /* empty: its cipher is one not known here */
	bool open;
	unsigned char key[KEY], iv[KEY];
};

struct job {
	struct arena *kept, *scratch;
	struct passwords *passwords;
	span password; /* under way, UTF-16LE */
	struct key *keys;
	bool header_sealed, spent, too_long /* a password was */;
	const char *reason;
	struct block *blocks;
	struct file **files; /* one a block; NULL: not encrypted */
	size_t n, cap, n_shut;
	span rest;           /* behind the last block that is sound */
	struct buf trial, data;
};

/* ---- keys ---- */

/* A byte of the vector is the last of the digest so far, 16 times; the key is the digest with the bytes of each word turned round. */
static bool key_make(span password, span salt, struct key *k)
{
	unsigned char record[PASSWORD_MAX + SALT + 3], digest[EVP_MAX_MD_SIZE];
	size_t n = password.n + SALT + 3;
	EVP_MD_CTX *c = EVP_MD_CTX_new(), *copy = EVP_MD_CTX_new();
	bool ok = c != NULL && copy != NULL && EVP_DigestInit_ex(c, EVP_sha1(), NULL) == 1;

	memcpy(record, password.p, password.n);
	memcpy(record + password.n, salt.p, SALT);
	for (uint32_t i = 0; i < ROUNDS && ok; i++) {
		for (unsigned b = 0; b < 3; b++)
			record[n - 3 + b] = (unsigned char)(i >> (8 * b));
		ok = EVP_DigestUpdate(c, record, n) == 1;
		if (i % IV_EACH == 0 && ok) {
			ok = EVP_MD_CTX_copy_ex(copy, c) == 1 && EVP_DigestFinal_ex(copy, digest, NULL) == 1;
			k->iv[i / IV_EACH] = digest[19];
		}
	}
	ok = ok && EVP_DigestFinal_ex(c, digest, NULL) == 1;
	for (unsigned i = 0; i < KEY; i++)
		k->key[i] = digest[i / 4 * 4 + 3 - i % 4];
	explicit_bzero(record, sizeof record);
	explicit_bzero(digest, sizeof digest);
	EVP_MD_CTX_free(c);
	EVP_MD_CTX_free(copy);
	return ok;
}

/* *out NULL: the password is none, or no work is left (j->spent). */
static enum errc key_of(struct job *j, span salt, struct key **out, struct err *e)
{
	struct key *k = j->keys;

	*out = NULL;
	while (k != NULL && !span_eq(k->salt, salt))
		k = k->next;
	if (k == NULL) {
		j->too_long |= j->password.n > PASSWORD_MAX;
		if (j->password.n == 0 || j->password.n > PASSWORD_MAX)
			return OK;
		if ((j->spent = !passwords_pay(j->passwords, ROUNDS_WORTH)))
			return OK;
		if ((k = arena_zero(j->scratch, 1, sizeof *k)) == NULL)
			return err_memory(e);
		*k = (struct key){.next = j->keys, .salt = salt};
		if (!key_make(j->password, salt, k))
			return err_memory(e);
		j->keys = k;
	}
	*out = k;
	return OK;
}

/* ---- blocks ---- */

static uint32_t number(span s, size_t at, unsigned n)
{
	uint32_t v = 0;

	for (unsigned i = 0; i < n && at + n <= s.n; i++)
		v |= (uint32_t)s.p[at + i] << (8 * i);
	return v;
}

static uint32_t head_crc(span head) { return (uint32_t)crc32_z(0, head.p + 2, head.n - 2) & 0xffff; }

/* The head at the beginning of s: its digest is compared where it covers all of it. */
static bool head_read(span s, struct block *b)
{
	size_t n = number(s, 5, 2), least = HEAD;

	*b = (struct block){.type = (unsigned)number(s, 2, 1), .flags = (unsigned)number(s, 3, 2)};
	if (b->type == FILE_HEADER)
		least = (b->flags & LARGE) != 0 ? LARGE_FIELDS : FIELDS;
	else if ((b->flags & HAS_DATA) != 0)
		least = HEAD + 4;
	if (n < least || n > s.n)
		return false;
	b->head = span_first(s, n);
	b->n_data = b->type == FILE_HEADER || (b->flags & HAS_DATA) != 0 ? number(s, HEAD, 4) : 0;
	if (b->type == FILE_HEADER && (b->flags & LARGE) != 0)
		b->n_data |= (uint64_t)number(s, FIELDS, 4) << 32;
	return (b->type != MAIN && b->type != FILE_HEADER) || head_crc(b->head) == number(s, 0, 2);
}

/* A head behind its salt; *n: of both in the archive. */
static enum errc sealed_head_read(struct job *j, span s, struct block *b, size_t *n, bool *sound, struct err *e)
{
	span body = span_from(s, SALT);
	unsigned char first[2 * KEY], *plain;
	struct key *k;
	size_t whole;
	enum errc rc;

	*sound = false;
	if (body.n < KEY || (rc = key_of(j, span_first(s, SALT), &k, e)) != OK || k == NULL)
		return body.n < KEY ? OK : rc;
	if (cipher_run(EVP_aes_128_cbc(), false, false, k->key, k->iv, span_first(body, KEY), first) != KEY)
		return OK;
	whole = ((size_t)number(span_of(first, KEY), 5, 2) + KEY - 1) / KEY * KEY;
	if (whole == 0 || whole > body.n)
		return OK;
	if ((plain = arena_alloc(j->kept, whole + KEY)) == NULL)
		return err_memory(e);
	*sound = cipher_run(EVP_aes_128_cbc(), false, false, k->key, k->iv, span_first(body, whole), plain) == whole && head_read(span_of(plain, whole), b);
	*n = SALT + whole;
	return OK;
}

static enum errc block_next(struct job *j, bool sealed, span *rest, struct block *b, bool *sound, struct err *e)
{
	size_t n = 0;
	enum errc rc = OK;

	if (sealed) {
		rc = sealed_head_read(j, *rest, b, &n, sound, e);
	} else {
		*sound = head_read(*rest, b);
		n = b->head.n;
	}
	if (rc != OK || !*sound)
		return rc;
	b->data = span_first(span_from(*rest, n), b->n_data < SIZE_MAX ? (size_t)b->n_data : SIZE_MAX);
	*rest = span_from(*rest, n + b->data.n);
	return OK;
}

static struct file *file_of(struct job *j, const struct block *b)
{
	size_t name = (b->flags & LARGE) != 0 ? LARGE_FIELDS : FIELDS;
	struct file *f = arena_zero(j->kept, 1, sizeof *f);

	if (f == NULL)
		return NULL;
	f->block = *b;
	if ((b->flags & SPLIT) != 0)
		j->reason = UNSEAL_VOLUMES;
	else if (number(b->head, 24, 1) < AES_VERSION || (b->flags & SALTED) == 0)
		j->reason = UNSEAL_UNKNOWN;
	else
		f->salt = span_sub(b->head, name + number(b->head, 26, 2), SALT);
	if (f->salt.n == SALT)
		j->n_shut++;
	else
		f->salt = SPAN_EMPTY;
	return f;
}

/* All blocks; the first says whether those behind it are encrypted. */
static enum errc blocks_read(struct job *j, span rest, bool *sound, struct err *e)
{
	bool more = true;
	enum errc rc = OK;

	for (j->n = j->n_shut = 0; more && j->n <= LIMIT_ATTACHED_MEMBERS;) {
		struct file **files;
		struct block b, *blocks;
		size_t cap = j->cap;

		if ((rc = block_next(j, j->header_sealed && j->n > 0, &rest, &b, &more, e)) != OK || !more)
			break;
		if ((blocks = arena_grow(j->kept, j->blocks, j->n, &cap, sizeof *blocks, 16)) == NULL || (files = arena_grow(j->kept, j->files, j->n, &j->cap, sizeof *files, 16)) == NULL)
			return err_memory(e);
		j->blocks = blocks;
		j->files = files;
		j->blocks[j->n] = b;
		j->files[j->n] = NULL;
		if (b.type == FILE_HEADER && (b.flags & SEALED) != 0 && (j->files[j->n] = file_of(j, &b)) == NULL)
			return err_memory(e);
		if (j->n++ == 0)
			j->header_sealed = b.type == MAIN && (b.flags & HEADERS_SEALED) != 0;
		more = b.type != END;
	}
	j->rest = rest;
	*sound = j->n > (j->header_sealed ? 1 : 0);
	return rc;
}

/* ---- writing ---- */

static void put_head(struct buf *out, span head, unsigned flags, span data)
{
	size_t at = out->n;

	buf_put(out, head);
	if (out->failed)
		return;
	out->p[at + 3] = (unsigned char)flags;
	out->p[at + 4] = (unsigned char)(flags >> 8);
	out->p[at + 5] = (unsigned char)head.n;
	out->p[at + 6] = (unsigned char)(head.n >> 8);
	if (data.p != NULL) {
		buf_set_u32(out, at + HEAD, (uint32_t)data.n);
		if ((flags & LARGE) != 0)
			buf_set_u32(out, at + FIELDS, (uint32_t)((uint64_t)data.n >> 32));
	}
}

static void crc_put(struct buf *out, size_t at, size_t n)
{
	uint32_t crc;

	if (out->failed)
		return;
	crc = head_crc(span_of(out->p + at, n));
	out->p[at] = (unsigned char)crc;
	out->p[at + 1] = (unsigned char)(crc >> 8);
}

/* A file that was encrypted: without its salt, and with its bytes in plain or none. */
static enum errc file_put(struct buf *out, const struct file *f, struct arena *scratch, struct unsealed_member *m, struct err *e)
{
	span head = f->block.head, data = span_first(f->block.data, f->block.data.n / KEY * KEY);
	size_t at = out->n, name_end = ((f->block.flags & LARGE) != 0 ? LARGE_FIELDS : FIELDS) + (size_t)number(head, 26, 2), n;
	uint64_t n_bytes = number(head, 11, 4) | (uint64_t)((f->block.flags & LARGE) != 0 ? number(head, FIELDS + 4, 4) : 0) << 32;
	unsigned char *plain = arena_alloc(scratch, (f->open ? data.n : 0) + KEY), *packed = arena_alloc(scratch, head.n);
	unsigned flags = f->block.flags & ~(unsigned)(SEALED | SALTED | (f->open ? 0 : SPLIT));

	if (plain == NULL || packed == NULL)
		return err_memory(e);
	*m = (struct unsealed_member){.lacks = !f->open, .summed = f->open, .crc = number(head, 16, 4), .n_bytes = n_bytes};
	if (f->open && cipher_run(EVP_aes_128_cbc(), false, false, f->key, f->iv, data, plain) != data.n)
		return err_set(e, ERR_EVIDENCE, "damaged RAR archive");
	data = span_of(plain, f->open ? data.n : 0);
	if (number(head, 25, 1) == STORED && n_bytes < data.n)
		data.n = (size_t)n_bytes;
	memcpy(packed, head.p, head.n);
	n = head.n;
	if ((f->block.flags & SALTED) != 0 && name_end + SALT <= head.n) {
		memmove(packed + name_end, packed + name_end + SALT, head.n - name_end - SALT);
		n -= SALT;
	}
	put_head(out, span_of(packed, n), flags, data);
	if (!out->failed && !f->open) {
		buf_set_u32(out, at + 11, 0);
		buf_set_u32(out, at + 16, 0);
		out->p[at + 25] = STORED;
		if ((flags & LARGE) != 0)
			buf_set_u32(out, at + FIELDS + 4, 0);
	}
	crc_put(out, at, n);
	buf_put(out, data);
	return OK;
}

static void main_put(struct buf *out, const struct block *b)
{
	size_t at = out->n;

	put_head(out, b->head, b->flags & ~(unsigned)HEADERS_SEALED, SPAN_EMPTY);
	crc_put(out, at, b->head.n);
}

static enum errc archive_put(struct job *j, struct unsealed *out, struct err *e)
{
	enum errc rc = OK;

	buf_put(&out->plain, signature);
	for (size_t i = 0; i < j->n && rc == OK; i++) {
		struct unsealed_member m = {0};

		arena_reset(j->scratch);
		if (j->files[i] != NULL) {
			rc = file_put(&out->plain, j->files[i], j->scratch, &m, e);
		} else if (j->blocks[i].type == MAIN) {
			main_put(&out->plain, &j->blocks[i]);
		} else {
			buf_put(&out->plain, j->blocks[i].head);
			buf_put(&out->plain, j->blocks[i].data);
		}
		if (j->blocks[i].type == FILE_HEADER)
			buf_put(&out->members, span_of(&m, sizeof m));
	}
	buf_put(&out->plain, j->rest);
	if (rc == OK && (rc = buf_check(&out->members, e)) == OK)
		rc = buf_check(&out->plain, e);
	return rc;
}

/* ---- passwords ---- */

/* Its digest tells, read out of an archive of nothing else; one that goes on from those before it has to be believed. */
static enum errc file_fits(struct job *j, struct file *f, bool *right, struct err *e)
{
	struct archive_reader *r = NULL;
	struct unsealed_member um;
	struct member *m;
	enum errc rc;

	buf_clear(&j->trial);
	buf_put(&j->trial, signature);
	main_put(&j->trial, &j->blocks[0]);
	*right = f->open = true;
	if ((rc = file_put(&j->trial, f, j->scratch, &um, e)) == OK && (rc = buf_check(&j->trial, e)) == OK &&
	    (rc = archive_open_span(&r, buf_span(&j->trial), &j->data, SPAN_EMPTY, e)) == OK && (rc = archive_next(r, j->scratch, &m, e)) == OK)
		*right = m != NULL && m->outcome == MEMBER_READ && m->n_bytes == um.n_bytes && (uint32_t)crc32_z(0, j->data.p, j->data.n) == um.crc;
	f->open = rc == OK && *right;
	archive_close(r);
	return rc;
}

static enum errc file_try(struct job *j, struct file *f, bool some_open, bool *right, struct err *e)
{
	struct key *k;
	enum errc rc;

	*right = false;
	if ((rc = key_of(j, f->salt, &k, e)) != OK || k == NULL)
		return rc;
	memcpy(f->key, k->key, KEY);
	memcpy(f->iv, k->iv, KEY);
	if ((f->block.flags & SOLID) != 0 && some_open) {
		*right = f->open = true;
	} else {
		if ((j->spent = !passwords_pay(j->passwords, f->block.data.n / 64)))
			return OK;
		rc = file_fits(j, f, right, e);
	}
	j->n_shut -= *right;
	return rc;
}

/* Files that are shut, one after the other; unless all are wanted, a password that does not open the first of them counts as none of theirs. */
static enum errc files_try(struct job *j, bool all, bool *opened, struct err *e)
{
	bool right = true;
	enum errc rc = OK;

	*opened = false;
	for (size_t i = 0; i < j->n && rc == OK && !j->spent && (right || *opened || all); i++) {
		struct file *f = j->files[i];

		if (f == NULL || f->open || f->salt.n == 0)
			continue;
		rc = file_try(j, f, *opened, &right, e);
		*opened = *opened || right;
	}
	return rc;
}

static enum errc password_next(struct job *j, size_t *i, bool *more, struct err *e)
{
	span utf8;

	*more = !j->spent && passwords_next(j->passwords, i, 0, &utf8);
	arena_reset(j->scratch);
	j->keys = NULL;
	return *more ? utf16_of(j->scratch, utf8, &j->password, e) : OK;
}

static enum errc headers_open(struct job *j, span rest, bool *sound, struct err *e)
{
	bool more;
	enum errc rc = OK;

	for (size_t i = 1; !*sound && (rc = password_next(j, &i, &more, e)) == OK && more;) {
		if ((rc = blocks_read(j, rest, sound, e)) != OK)
			return rc;
		if (*sound)
			passwords_used(j->passwords, i - 1);
	}
	return rc;
}

/* Each password once. */
static enum errc passwords_try(struct job *j, bool all, bool *opened, struct err *e)
{
	bool more = true, one;
	enum errc rc = OK;

	*opened = false;
	for (size_t i = 1; j->n_shut > 0 && (rc = password_next(j, &i, &more, e)) == OK && more;) {
		if ((rc = files_try(j, all, &one, e)) != OK)
			return rc;
		if (one)
			passwords_used(j->passwords, i - 1);
		*opened = *opened || one;
	}
	return rc;
}

/*
 * All passwords again, as long as one of them opens something and something is left. Then each on each file, since the first can be one that none
 * opens: that costs so much that half of the work that is left stays for what else is in the message.
 */
static enum errc files_open(struct job *j, bool *any, struct err *e)
{
	bool opened = true;
	uint64_t spared;
	enum errc rc = OK;

	while (opened && rc == OK) {
		rc = passwords_try(j, false, &opened, e);
		*any = *any || opened;
	}
	if (rc != OK || j->passwords == NULL || j->n_shut < 2)
		return rc;
	spared = j->passwords->work / 2;
	j->passwords->work -= spared;
	rc = passwords_try(j, true, &opened, e);
	j->passwords->work += spared;
	*any = *any || opened;
	return rc;
}

static enum errc job_run(struct job *j, span rest, struct unsealed *out, struct err *e)
{
	bool sound, any = false;
	enum errc rc;

	if ((rc = blocks_read(j, rest, &sound, e)) != OK || j->n == 0)
		return rc;
	if (j->header_sealed) {
		out->known = true;
		if ((rc = headers_open(j, rest, &sound, e)) != OK || !sound) {
			out->reason = j->too_long ? UNSEAL_LONG : NULL;
			return rc;
		}
		any = true;
	}
	for (size_t i = 0; i < j->n; i++)
		out->known = out->known || j->files[i] != NULL;
	if (!out->known || (rc = files_open(j, &any, e)) != OK)
		return rc;
	out->reason = j->n_shut == 0 ? j->reason : j->too_long ? UNSEAL_LONG : any ? UNSEAL_REST : NULL;
	return archive_put(j, out, e);
}

enum errc unseal_rar4(struct arena *kept, struct arena *scratch, span bytes, struct passwords *p, struct unsealed *out, struct err *e)
{
	struct job j = {.kept = kept, .scratch = scratch, .passwords = p};
	enum errc rc;

	buf_init(&j.trial, bytes.n + 64 * KIB);
	buf_init(&j.data, LIMIT_ATTACHED_MEMBER);
	rc = job_run(&j, span_from(bytes, signature.n), out, e);
	buf_wipe(&j.trial);
	buf_wipe(&j.data);
	return rc;
}
