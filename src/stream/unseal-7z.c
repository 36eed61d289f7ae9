/* 7z (coder 06F10701): AES-256-CBC under a key that is SHA-256 over the password, again and again (7zAes.cpp of 7-Zip). */
#include <stdlib.h>

#include "base/digest.h"
#include "base/limits.h"
#include "stream/cipher.h"
#include "stream/member.h"
#include "stream/seven-zip.h"
#include "stream/unseal-private.h"

enum {
	KEY_RAW = 0x3f /* the password itself is the key */, SALT_MAX = 16, BLOCK = 16, HEADERS = 4 /* within each other */,
	CHUNK = 4096 /* hashed at a time */, VERIFY_WORK = 200 /* rounds that reading one file for its digest is worth */,
};
/* A coder reads ahead of what it gives. */
#define AHEAD (64 * KIB)

struct props { unsigned power; span salt; unsigned char iv[BLOCK]; };

/* Each distinct key of one password is made once. */
struct key { struct key *next; unsigned power; span salt; unsigned char b[DIGEST_SIZE]; };

struct lock {
	size_t folder;
	struct seven_folder open;
	struct seven_seal seals[SEVEN_PACKED];
	size_t n_seals;
	unsigned char (*keys)[DIGEST_SIZE]; /* one a seal; NULL: not opened */
};

struct job {
	struct arena *kept, *scratch;
	span archive;
	struct passwords *passwords;
	span password;     /* under way, UTF-16LE */
	struct key *keys;  /* of it */
	struct buf trial, data;
	const char *reason;
	bool header_sealed;
	struct seven_streams streams; /* of the header, once it is read */
	struct lock *locks;
	size_t n_locks, n_left;
};

/* ---- keys ---- */

static bool props_read(span s, struct props *out)
{
	struct cursor c = cursor_of(s);
	uint8_t first = cursor_u8(&c), second = (first & 0xc0) != 0 ? cursor_u8(&c) : 0;
	size_t salt_n = (first >> 7) + (second >> 4), iv_n = (first >> 6 & 1) + (second & 15);
	span iv;

	*out = (struct props){.power = first & 0x3f, .salt = cursor_take(&c, salt_n)};
	iv = cursor_take(&c, iv_n);
	if (c.bad || salt_n > SALT_MAX || iv_n > BLOCK)
		return false;
	memcpy(out->iv, iv.p, iv.n);
	return true;
}

static const char *props_refuse(span s)
{
	struct props p;

	if (!props_read(s, &p))
		return UNSEAL_UNKNOWN;
	return p.power > LIMIT_PASSWORD_POWER && p.power != KEY_RAW ? UNSEAL_ROUNDS : NULL;
}

static void key_raw(const struct props *p, span password, unsigned char *key)
{
	memcpy(key, p->salt.p, p->salt.n);
	password = span_first(password, DIGEST_SIZE - p->salt.n);
	memcpy(key + p->salt.n, password.p, password.n);
}

/* SHA-256 of salt, password and a counter of eight bytes, for each of its values. */
static enum errc key_hash(struct job *j, const struct props *p, unsigned char *key, struct err *e)
{
	size_t record = p->salt.n + j->password.n + 8, n = record < CHUNK ? CHUNK / record : 1;
	uint64_t rounds = (uint64_t)1 << p->power;
	unsigned char *chunk = arena_alloc(j->scratch, n * record);
	struct sha256 *h;
	struct digest digest;
	enum errc rc;

	if (chunk == NULL)
		return err_memory(e);
	if ((rc = sha256_new(&h, e)) != OK)
		return rc;
	for (size_t i = 0; i < n; i++) {
		memcpy(chunk + i * record, p->salt.p, p->salt.n);
		memcpy(chunk + i * record + p->salt.n, j->password.p, j->password.n);
	}
	sha256_start(h);
	for (uint64_t at = 0; at < rounds; at += n) {
		size_t now = rounds - at < n ? (size_t)(rounds - at) : n;

		for (size_t i = 0; i < now; i++)
			for (unsigned b = 0; b < 8; b++)
				chunk[(i + 1) * record - 8 + b] = (unsigned char)((at + i) >> (8 * b));
		sha256_add(h, span_of(chunk, now * record));
	}
	sha256_done(h, &digest);
	memcpy(key, digest.b, DIGEST_SIZE);
	sha256_free(h);
	return OK;
}

/* *key is NULL when there is no work left for it. */
static enum errc key_of(struct job *j, const struct props *p, const unsigned char **key, struct err *e)
{
	struct key *k = j->keys;
	/* SHA-256 takes 64 bytes at a time, which is what counts for a round elsewhere. */
	uint64_t rounds = p->power == KEY_RAW ? 0 : ((p->salt.n + j->password.n + 8) << p->power) / 64 + 1;
	enum errc rc = OK;

	*key = NULL;
	while (k != NULL && (k->power != p->power || !span_eq(k->salt, p->salt)))
		k = k->next;
	if (k == NULL) {
		if (!passwords_pay(j->passwords, rounds))
			return OK;
		if ((k = arena_zero(j->scratch, 1, sizeof *k)) == NULL)
			return err_memory(e);
		*k = (struct key){.next = j->keys, .power = p->power, .salt = p->salt};
		if (p->power == KEY_RAW)
			key_raw(p, j->password, k->b);
		else if ((rc = key_hash(j, p, k->b, e)) != OK)
			return rc;
		j->keys = k;
	}
	*key = k->b;
	return OK;
}

/* ---- folders ---- */

/* Packed streams of a folder, some of them sealed; of one that is alone, what its file needs. */
static void packs_of(const struct seven_streams *s, const struct seven_folder *f, struct seven_pack *packs)
{
	for (uint32_t i = 0; i < f->n_packed; i++)
		packs[i] = (struct seven_pack){.bytes = s->packed[f->first + i]};
}

static bool pack_seal(struct seven_pack *pack, const struct seven_seal *seal, const unsigned char *key)
{
	struct props p;

	if (!props_read(seal->props, &p) || seal->n > pack->bytes.n)
		return false;
	pack->bytes = span_first(pack->bytes, pack->bytes.n / BLOCK * BLOCK);
	pack->key = key;
	memcpy(pack->iv, p.iv, BLOCK);
	pack->n = seal->n < pack->bytes.n ? (size_t)seal->n : pack->bytes.n;
	return true;
}

/* No more of the packed stream than the file in question can come of. */
static void pack_shorten(struct seven_pack *pack, const struct seven_file *file)
{
	uint64_t most = file->at + file->n;

	if (most > SIZE_MAX / 4)
		return;
	most = (most + most / 8 + AHEAD) / BLOCK * BLOCK;
	if (pack->bytes.n > most)
		pack->bytes = span_first(pack->bytes, (size_t)most);
	if (pack->n > pack->bytes.n)
		pack->n = pack->bytes.n;
}

/* Reads the file of a folder out of an archive of nothing else, its digest compared; j->data has it then. */
static enum errc file_read(struct job *j, const struct seven_folder *open, struct seven_pack *packs, bool *right, struct err *e)
{
	struct seven_folder alone = *open;
	struct archive_reader *r = NULL;
	struct member *m;
	struct buf rest;
	uint64_t index;
	enum errc rc;

	*right = false;
	alone.has_crc = false;
	if (alone.n_packed == 1)
		pack_shorten(&packs[0], &alone.file);
	buf_init(&rest, 256);
	seven_rest_of(&rest, &alone, &alone.file, &index);
	if ((rc = buf_check(&rest, e)) != OK || (rc = seven_write(&j->trial, &alone, 1, packs, alone.n_packed, buf_span(&rest), e)) != OK ||
	    (rc = archive_open_span(&r, buf_span(&j->trial), &j->data, SPAN_EMPTY, e)) != OK)
		goto out;
	if ((rc = archive_skip_to(r, index, e)) == OK && (rc = archive_next(r, j->scratch, &m, e)) == OK)
		*right = m != NULL && m->outcome == MEMBER_READ && m->n_bytes == alone.file.n;
	if (rc == ERR_EVIDENCE)
		rc = OK;
out:
	archive_close(r);
	buf_free(&rest);
	return rc;
}

/* Is the password under way that of the folder? keys gets one for each seal. */
static enum errc folder_try(struct job *j, const struct seven_streams *s, struct lock *l, unsigned char (*keys)[DIGEST_SIZE],
    enum tried *tried, struct err *e)
{
	struct seven_pack packs[SEVEN_PACKED];
	uint64_t work = 0;
	bool right;
	enum errc rc;

	*tried = TRIED_WRONG;
	packs_of(s, &l->open, packs);
	for (size_t i = 0; i < l->n_seals; i++) {
		struct seven_pack *pack = &packs[l->seals[i].packed];
		const unsigned char *key;
		struct props p;

		if (!props_read(l->seals[i].props, &p))
			return OK;
		if ((rc = key_of(j, &p, &key, e)) != OK)
			return rc;
		if (key == NULL)
			*tried = TRIED_NO_MORE;
		if (key == NULL || !pack_seal(pack, &l->seals[i], key))
			return OK;
		memcpy(keys[i], key, DIGEST_SIZE);
		work += pack->n / 64;
	}
	if (l->n_seals > 0 && !passwords_pay(j->passwords, VERIFY_WORK + work)) {
		*tried = TRIED_NO_MORE;
		return OK;
	}
	if ((rc = file_read(j, &l->open, packs, &right, e)) == OK && right)
		*tried = TRIED_OPEN;
	return rc;
}

/* ---- the header ---- */

/* Does libarchive have all of its coders? Where it has not, no password can be told right. */
static bool is_unpacked_here(const struct seven_folder *f)
{
	static const struct { unsigned char n, id[4]; } coders[] = {{1, {0}}, {1, {3}}, {1, {0x21}}, {3, {3, 1, 1}}, {3, {3, 4, 1}}, {3, {4, 1, 8}}, {3, {4, 2, 2}},
		{4, {3, 3, 1, 3}}, {4, {3, 3, 1, 0x1b}}, {4, {3, 3, 2, 5}}, {4, {3, 3, 4, 1}}, {4, {3, 3, 5, 1}}, {4, {3, 3, 7, 1}}, {4, {3, 3, 8, 5}}};

	for (uint32_t i = 0; i < f->n_coders; i++) {
		size_t k = 0, n = sizeof coders / sizeof *coders;

		while (k < n && !span_eq(f->coders[i].method, span_of(coders[k].id, coders[k].n)))
			k++;
		if (k == n)
			return false;
	}
	return true;
}

static enum errc lock_of(struct job *j, struct arena *a, const struct seven_streams *s, size_t folder, struct lock *l, struct err *e)
{
	const struct seven_folder *f = &s->folders[folder];
	enum errc rc;

	*l = (struct lock){.folder = folder};
	if ((rc = seven_folder_open(a, f, &l->open, l->seals, &l->n_seals, e)) == ERR_EVIDENCE)
		j->reason = UNSEAL_UNKNOWN;
	if (rc != OK)
		return rc;
	for (size_t i = 0; i < l->n_seals; i++) {
		const char *refused = props_refuse(l->seals[i].props);

		if (refused == NULL)
			continue;
		j->reason = refused;
		return err_set(e, ERR_EVIDENCE, "%s", refused);
	}
	return OK;
}

/* All folders of the header that are sealed. */
static enum errc locks_find(struct job *j, struct err *e)
{
	enum errc rc = OK;

	if ((j->locks = arena_zero(j->kept, j->streams.n_folders + 1, sizeof *j->locks)) == NULL)
		return err_memory(e);
	for (size_t i = 0; i < j->streams.n_folders && rc == OK; i++) {
		struct lock *l = &j->locks[j->n_locks];

		if (!seven_sealed(&j->streams.folders[i]))
			continue;
		if ((rc = lock_of(j, j->kept, &j->streams, i, l, e)) == ERR_EVIDENCE)
			rc = OK;
		else if (rc == OK && !is_unpacked_here(&l->open))
			j->reason = UNSEAL_UNPACKED;
		else if (rc == OK && l->open.file.n == 0)
			j->reason = UNSEAL_BLIND;
		else
			j->n_locks++;
	}
	j->n_left = j->n_locks;
	return rc;
}

/* The bytes of a header that is packed. *sealed: under a password, of which none is under way. */
static enum errc header_unpack(struct job *j, span header, enum tried *tried, bool *sealed, struct err *e)
{
	unsigned char keys[SEVEN_PACKED][DIGEST_SIZE];
	struct seven_streams s;
	struct lock l;
	enum errc rc;

	*tried = TRIED_WRONG;
	if ((rc = seven_streams_read(j->scratch, j->archive, header, LIMIT_ATTACHED_MEMBER, &s, e)) != OK)
		return rc;
	if (s.n_folders != 1)
		return err_set(e, ERR_EVIDENCE, "damaged 7z header");
	*sealed = seven_sealed(&s.folders[0]);
	if ((rc = lock_of(j, j->scratch, &s, 0, &l, e)) != OK)
		return rc;
	if (*sealed && !is_unpacked_here(&l.open))
		return err_set(e, ERR_EVIDENCE, "%s", j->reason = UNSEAL_UNPACKED);
	if (*sealed && j->password.p == NULL)
		return OK;
	if (l.open.file.n == 0) /* no digest: that it can be read has to do */
		l.open.file = (struct seven_file){.n = l.open.n_bytes, .unchecked = true};
	rc = folder_try(j, &s, &l, keys, tried, e);
	explicit_bzero(keys, sizeof keys);
	return rc;
}

/* Reads the header, with the password under way when it needs one. ERR_EVIDENCE: damaged, or not known. */
static enum errc header_read(struct job *j, enum tried *tried, struct err *e)
{
	bool sealed = false;
	span header;
	enum errc rc = seven_header(j->archive, &header, e);

	for (unsigned i = 0; i < HEADERS && rc == OK && header.p[0] == SEVEN_ENCODED_HEADER; i++) {
		if ((rc = header_unpack(j, header, tried, &sealed, e)) != OK)
			return rc;
		j->header_sealed = j->header_sealed || sealed;
		if (*tried != TRIED_OPEN)
			return j->header_sealed ? OK : err_set(e, ERR_EVIDENCE, "damaged 7z header");
		header = arena_copy(j->kept, buf_span(&j->data));
		if (header.p == NULL)
			return err_memory(e);
		if (header.n == 0)
			return err_set(e, ERR_EVIDENCE, "damaged 7z header");
	}
	if (rc != OK || (rc = seven_streams_read(j->kept, j->archive, header, LIMIT_ATTACHED_MEMBER, &j->streams, e)) != OK)
		return rc;
	*tried = TRIED_OPEN;
	return locks_find(j, e);
}

/* ---- passwords ---- */

static enum errc locks_try(struct job *j, enum tried *tried, struct err *e)
{
	unsigned char keys[SEVEN_PACKED][DIGEST_SIZE];
	enum errc rc = OK;
	enum tried one = TRIED_WRONG;

	for (size_t i = 0; i < j->n_locks && rc == OK && one != TRIED_NO_MORE; i++) {
		struct lock *l = &j->locks[i];

		if (l->keys != NULL)
			continue;
		if ((rc = folder_try(j, &j->streams, l, keys, &one, e)) != OK || one != TRIED_OPEN)
			continue;
		if ((l->keys = arena_alloc(j->kept, sizeof keys)) == NULL)
			return err_memory(e);
		memcpy(l->keys, keys, sizeof keys);
		j->n_left--;
		*tried = TRIED_OPEN;
	}
	if (one == TRIED_NO_MORE && *tried == TRIED_WRONG)
		*tried = one;
	explicit_bzero(keys, sizeof keys);
	return rc;
}

/* One password: on the header, if that is not read yet, then on each folder that is still sealed. */
static enum errc password_try(struct job *j, span utf8, bool *header_read_, enum tried *tried, struct err *e)
{
	enum errc rc;

	arena_reset(j->scratch);
	j->keys = NULL;
	*tried = TRIED_WRONG;
	if ((rc = utf16_of(j->scratch, utf8, &j->password, e)) != OK)
		return rc;
	if (!*header_read_) {
		if ((rc = header_read(j, tried, e)) == ERR_EVIDENCE) /* opened, and then no header: then it was not opened */
			*tried = TRIED_WRONG;
		if (rc == ERR_EVIDENCE || rc != OK || *tried != TRIED_OPEN)
			return rc == ERR_EVIDENCE ? OK : rc;
		*header_read_ = true;
	}
	return locks_try(j, tried, e);
}

/* Is one folder shut, and another not? libarchive ends where it cannot pass over a shut one. */
static bool is_mixed(const struct job *j, const bool *shut)
{
	size_t n = 0;

	for (size_t i = 0; i < j->streams.n_folders; i++)
		n += shut[i];
	return n > 0 && n < j->streams.n_folders && j->streams.n_files > 0;
}

/* A folder that stays shut: zeros in its place, which can be passed over, and of its files is said that they lack their bytes. */
static enum errc folder_blank(struct job *j, struct seven_folder *f, struct seven_pack *pack, struct err *e)
{
	unsigned char *zeros = arena_zero(j->kept, 1, (size_t)f->n_bytes + 1);
	struct seven_coder *copy = arena_zero(j->kept, 1, sizeof *copy);
	uint64_t *size = arena_zero(j->kept, 1, sizeof *size);

	if (zeros == NULL || copy == NULL || size == NULL)
		return err_memory(e);
	*copy = (struct seven_coder){.method = SPAN_LIT("\0"), .n_in = 1, .n_out = 1};
	*size = f->n_bytes;
	f->coders = copy;
	f->sizes = size;
	f->n_coders = f->n_out = 1;
	f->n_binds = 0;
	*pack = (struct seven_pack){.bytes = span_of(zeros, (size_t)f->n_bytes)};
	return OK;
}

/* Which member is in a folder that is blank: files that are in one follow each other as the folders do. */
static void members_put(struct job *j, const bool *blank, struct buf *out)
{
	const struct seven_streams *s = &j->streams;
	uint64_t left = 0;
	size_t folder = 0, next = 0;

	for (uint64_t i = 0; i < s->n_files && i <= LIMIT_ATTACHED_MEMBERS; i++) {
		struct unsealed_member m = {0};

		if (!seven_empty(s, i)) {
			while (left == 0 && next < s->n_folders) {
				folder = next++;
				left = s->folders[folder].n_files;
			}
			m.lacks = left > 0 && blank[folder];
			left -= left > 0;
		}
		buf_put(out, span_of(&m, sizeof m));
	}
}

/* Blanks what is shut, when it must be and can be: of one packed stream, and no larger than zeros may be. */
static enum errc shut_blank(struct job *j, bool *shut, struct seven_folder *folders, struct seven_pack *packs, struct unsealed *out, struct err *e)
{
	uint64_t left = LIMIT_ATTACHED_MEMBER;
	enum errc rc = OK;

	if (!is_mixed(j, shut))
		return OK;
	for (size_t i = 0; i < j->streams.n_folders && rc == OK; i++) {
		shut[i] = shut[i] && folders[i].n_packed == 1 && folders[i].n_bytes <= left;
		if (!shut[i])
			continue;
		left -= folders[i].n_bytes;
		rc = folder_blank(j, &folders[i], &packs[folders[i].first], e);
	}
	members_put(j, shut, &out->members);
	return rc == OK ? buf_check(&out->members, e) : rc;
}

/* The archive again: opened folders without their cipher, all else as it is. */
static enum errc plain_write(struct job *j, bool opened, struct unsealed *out, struct err *e)
{
	const struct seven_streams *s = &j->streams;
	struct seven_folder *folders = arena_zero(j->kept, s->n_folders + 1, sizeof *folders);
	struct seven_pack *packs = arena_zero(j->kept, s->n_packed + 1, sizeof *packs);
	bool *shut = arena_zero(j->kept, s->n_folders + 1, sizeof *shut);
	enum errc rc;

	if (folders == NULL || packs == NULL || shut == NULL)
		return err_memory(e);
	for (size_t i = 0; i < s->n_folders; i++)
		shut[i] = seven_sealed(&s->folders[i]);
	if (s->n_folders > 0)
		memcpy(folders, s->folders, s->n_folders * sizeof *folders);
	for (size_t i = 0; i < s->n_packed; i++)
		packs[i].bytes = s->packed[i];
	for (size_t i = 0; i < j->n_locks; i++) {
		const struct lock *l = &j->locks[i];

		if (l->keys == NULL)
			continue;
		folders[l->folder] = l->open;
		shut[l->folder] = false;
		for (size_t k = 0; k < l->n_seals; k++)
			if (!pack_seal(&packs[l->open.first + l->seals[k].packed], &l->seals[k], l->keys[k]))
				return err_set(e, ERR_EVIDENCE, "damaged 7z archive");
	}
	if (!opened && !is_mixed(j, shut)) /* nothing is gained */
		return OK;
	if ((rc = shut_blank(j, shut, folders, packs, out, e)) != OK)
		return rc;
	return seven_write(&out->plain, folders, s->n_folders, packs, s->n_packed, s->rest, e);
}

static enum errc job_run(struct job *j, struct unsealed *out, struct err *e)
{
	enum tried tried = TRIED_WRONG;
	span password;
	bool header_read_, opened = false;
	enum errc rc = header_read(j, &tried, e);

	header_read_ = rc == OK && tried == TRIED_OPEN;
	out->known = j->reason != NULL || (rc == OK && (!header_read_ || j->n_locks > 0));
	out->reason = j->reason;
	if (rc != OK)
		return out->known && rc == ERR_EVIDENCE ? OK : rc;
	for (size_t i = 1; (!header_read_ || j->n_left > 0) && tried != TRIED_NO_MORE && passwords_next(j->passwords, &i, 0, &password);) {
		if ((rc = password_try(j, password, &header_read_, &tried, e)) != OK)
			return rc;
		if (tried == TRIED_OPEN) {
			passwords_used(j->passwords, i - 1);
			opened = true;
		}
	}
	out->reason = j->n_left == 0 ? j->reason : opened ? UNSEAL_REST : NULL;
	return header_read_ && out->known ? plain_write(j, opened, out, e) : OK;
}

enum errc unseal_7z(struct arena *kept, struct arena *scratch, span bytes, struct passwords *p, struct unsealed *out, struct err *e)
{
	struct job j = {.kept = kept, .scratch = scratch, .archive = bytes, .passwords = p};
	enum errc rc;

	buf_init(&j.trial, bytes.n + LIMIT_ATTACHED_MEMBER);
	buf_init(&j.data, LIMIT_ATTACHED_MEMBER);
	rc = job_run(&j, out, e);
	buf_wipe(&j.trial);
	buf_wipe(&j.data);
	return rc;
}
