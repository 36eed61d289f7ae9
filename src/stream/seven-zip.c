#include <zlib.h>

#include "base/limits.h"
#include "stream/seven-zip-private.h"

/* BCJ2 is four coders of seven streams, each with a cipher of its own where it is encrypted. */
enum { CODERS = 16, STREAMS = 32 };

static enum errc damaged(struct err *e) { return err_set(e, ERR_EVIDENCE, "damaged 7z header"); }

uint32_t seven_crc(span s) { return (uint32_t)crc32_z(0, s.p, s.n); }

bool seven_sniff(span first_bytes) { return span_starts(first_bytes, SPAN_LIT("7z\xbc\xaf\x27\x1c")); }

/* Where the first bytes say that the header lies, as far as it lies within the archive. */
static bool header_place(span archive, span *out)
{
	uint64_t at, n;

	if (archive.n < SEVEN_START)
		return false;
	at = le64_at(archive, 12);
	n = le64_at(archive, 20);
	if (at > archive.n - SEVEN_START || n > archive.n - SEVEN_START - at)
		return false;
	*out = span_sub(archive, SEVEN_START + (size_t)at, (size_t)n);
	return true;
}

enum errc seven_header(span archive, span *out, struct err *e)
{
	if (!seven_sniff(archive) || !header_place(archive, out) || out->n == 0 || seven_crc(span_sub(archive, 12, 20)) != le32_at(archive, 8))
		return damaged(e);
	return seven_crc(*out) == le32_at(archive, 28) ? OK : damaged(e);
}

size_t seven_end(span archive)
{
	span header;

	return header_place(archive, &header) ? (size_t)(header.p - archive.p) + header.n : archive.n;
}

/* ---- reading ---- */

/* As many further bytes as the first has ones at its top; its other bits are the highest. */
static uint64_t number(struct cursor *c)
{
	uint8_t first = cursor_u8(c), mask = 0x80;
	uint64_t v = 0;

	for (unsigned i = 0; i < 8; i++, mask >>= 1) {
		if ((first & mask) == 0)
			return v | (uint64_t)(first & (mask - 1)) << (8 * i);
		v |= (uint64_t)cursor_u8(c) << (8 * i);
	}
	return v;
}

/* One that counts things of which each takes a byte of the header at least. */
static size_t count(struct cursor *c)
{
	uint64_t n = number(c);

	if (n > c->rest.n)
		c->bad = true;
	return c->bad ? 0 : (size_t)n;
}

/* A small one, below a bound of ours. */
static uint32_t small(struct cursor *c, uint32_t most)
{
	uint64_t n = number(c);

	if (n > most)
		c->bad = true;
	return c->bad ? 0 : (uint32_t)n;
}

/* Which of n things have a digest: all, or those with a bit. */
struct digests { bool all; span bits; };

static struct digests digests_begin(struct cursor *c, size_t n)
{
	struct digests d = {.all = cursor_u8(c) != 0};

	if (!d.all)
		d.bits = cursor_take(c, n / 8 + (n % 8 != 0));
	return d;
}

static bool digest_next(struct cursor *c, const struct digests *d, size_t i, uint32_t *crc)
{
	if (c->bad || (!d->all && (d->bits.p[i / 8] & 0x80 >> i % 8) == 0))
		return false;
	*crc = cursor_u32(c);
	return !c->bad;
}

static enum errc packed_read(struct arena *a, struct cursor *c, span archive, struct seven_streams *s, struct err *e)
{
	uint64_t at = number(c), left = archive.n - SEVEN_START;
	size_t n = count(c);
	uint8_t id;

	if (c->bad || at > left || (s->packed = arena_zero(a, n + 1, sizeof *s->packed)) == NULL)
		return s->packed == NULL && !c->bad && at <= left ? err_memory(e) : damaged(e);
	left -= at;
	s->n_packed = n;
	while ((id = cursor_u8(c)) != END && !c->bad) {
		if (id == SIZE) {
			for (size_t i = 0; i < n; i++) {
				uint64_t size = number(c);

				if (c->bad || size > left)
					return damaged(e);
				s->packed[i] = span_sub(archive, archive.n - (size_t)left, (size_t)size);
				left -= size;
			}
		} else if (id == CRC) {
			struct digests d = digests_begin(c, n);
			uint32_t crc;

			for (size_t i = 0; i < n; i++)
				(void)digest_next(c, &d, i, &crc);
		} else {
			return damaged(e);
		}
	}
	return c->bad ? damaged(e) : OK;
}

static void coder_read(struct cursor *c, struct seven_coder *k)
{
	uint8_t head = cursor_u8(c);

	k->method = cursor_take(c, head & METHOD_MASK);
	k->n_in = (head & COMPLEX) != 0 ? small(c, STREAMS) : 1;
	k->n_out = (head & COMPLEX) != 0 ? small(c, STREAMS) : 1;
	if ((head & ATTRIBUTES) != 0)
		k->props = cursor_take(c, count(c));
	if ((head & RESERVED) != 0)
		c->bad = true;
}

static bool is_bound(const struct seven_folder *f, uint32_t stream, bool in)
{
	for (uint32_t i = 0; i < f->n_binds; i++)
		if ((in ? f->binds[i].in : f->binds[i].out) == stream)
			return true;
	return false;
}

/* What goes into its coders and is not another's output comes from the file. */
static void inputs_read(struct cursor *c, struct seven_folder *f, uint32_t n_in)
{
	for (uint32_t i = 0; i < f->n_binds; i++) {
		f->binds[i].in = small(c, n_in - 1);
		f->binds[i].out = small(c, f->n_out - 1);
	}
	if (f->n_packed == 1) {
		while (f->packed[0] < n_in && is_bound(f, f->packed[0], true))
			f->packed[0]++;
		if (f->packed[0] == n_in)
			c->bad = true;
	} else {
		for (uint32_t i = 0; i < f->n_packed; i++)
			f->packed[i] = small(c, n_in - 1);
	}
}

bool seven_folder_room(struct arena *a, struct seven_folder *f)
{
	return (f->coders = arena_zero(a, f->n_coders + 1, sizeof *f->coders)) != NULL && (f->binds = arena_zero(a, f->n_binds + 1, sizeof *f->binds)) != NULL &&
	    (f->packed = arena_zero(a, f->n_packed + 1, sizeof *f->packed)) != NULL && (f->sizes = arena_zero(a, f->n_out + 1, sizeof *f->sizes)) != NULL;
}

static enum errc folder_read(struct arena *a, struct cursor *c, struct seven_folder *f, struct err *e)
{
	struct seven_coder coders[CODERS] = {0};
	uint32_t n_in = 0;

	f->n_coders = small(c, CODERS);
	for (uint32_t i = 0; i < f->n_coders; i++) {
		struct seven_coder *k = &coders[i];

		coder_read(c, k);
		k->in = n_in;
		k->out = f->n_out;
		n_in += k->n_in;
		f->n_out += k->n_out;
	}
	if (c->bad || f->n_out == 0 || n_in > STREAMS || f->n_out > STREAMS || n_in + 1 <= f->n_out || n_in + 1 - f->n_out > SEVEN_PACKED)
		return damaged(e);
	f->n_binds = f->n_out - 1;
	f->n_packed = n_in - f->n_binds;
	if (!seven_folder_room(a, f))
		return err_memory(e);
	memcpy(f->coders, coders, f->n_coders * sizeof *coders);
	inputs_read(c, f, n_in);
	return c->bad ? damaged(e) : OK;
}

/* The one output that goes into no coder is what the folder unpacks to. */
static bool sizes_read(struct cursor *c, struct seven_folder *f)
{
	uint32_t last = 0;

	for (uint32_t i = 0; i < f->n_out; i++)
		f->sizes[i] = number(c);
	while (last < f->n_out && is_bound(f, last, false))
		last++;
	f->n_bytes = last < f->n_out ? f->sizes[last] : 0;
	return !c->bad && last < f->n_out;
}

static enum errc folders_read(struct arena *a, struct cursor *c, struct seven_streams *s, struct err *e)
{
	size_t n_packed = 0;
	uint8_t id;
	enum errc rc = OK;

	if (cursor_u8(c) != FOLDER)
		return damaged(e);
	s->n_folders = count(c);
	if (cursor_u8(c) != 0 || c->bad) /* external: in another stream, which nothing writes */
		return damaged(e);
	if (s->n_folders > LIMIT_ATTACHED_MEMBERS)
		return err_set(e, ERR_LIMIT, "more folders than are read of an archive");
	if ((s->folders = arena_zero(a, s->n_folders + 1, sizeof *s->folders)) == NULL)
		return err_memory(e);
	for (size_t i = 0; i < s->n_folders && rc == OK; i++) {
		rc = folder_read(a, c, &s->folders[i], e);
		s->folders[i].first = n_packed;
		n_packed += s->folders[i].n_packed;
	}
	if (rc != OK || n_packed > s->n_packed || cursor_u8(c) != UNPACK_SIZE)
		return rc != OK ? rc : damaged(e);
	for (size_t i = 0; i < s->n_folders; i++)
		if (!sizes_read(c, &s->folders[i]))
			return damaged(e);
	if ((id = cursor_u8(c)) == CRC) {
		struct digests d = digests_begin(c, s->n_folders);

		for (size_t i = 0; i < s->n_folders; i++)
			s->folders[i].has_crc = digest_next(c, &d, i, &s->folders[i].crc);
		id = cursor_u8(c);
	}
	return c->bad || id != END ? damaged(e) : OK;
}

/* ---- files in folders, for the one whose digest tells a right password ---- */

/* How many files are in each folder: one, if nothing is said. */
static uint64_t *files_counted(struct arena *a, struct cursor *c, const struct seven_streams *s, uint8_t *id, uint64_t *n_all)
{
	uint64_t *n = arena_zero(a, s->n_folders + 1, sizeof *n);

	*n_all = 0;
	for (size_t i = 0; i < s->n_folders && n != NULL; i++) {
		n[i] = *id == N_UNPACK ? number(c) : 1;
		/* Each file but a folder's first has its size, each of those that are left a digest. */
		if (n[i] > c->rest.n + 1 || (*n_all += n[i]) > c->rest.n + s->n_folders)
			c->bad = true;
		if (c->bad)
			return n;
	}
	if (*id == N_UNPACK)
		*id = cursor_u8(c);
	return n;
}

/* Sizes of the files of a folder, of which the last is what is left. */
static void sizes_of_files(struct cursor *c, const struct seven_folder *f, uint64_t n, bool told, uint64_t *sizes)
{
	uint64_t left = f->n_bytes;

	for (uint64_t i = 0; i < n; i++) {
		sizes[i] = i + 1 == n || !told ? left : number(c);
		if (sizes[i] > left)
			c->bad = true;
		if (c->bad)
			return;
		left -= sizes[i];
	}
}

/* Digests stand for files only whose folder has none that is theirs. */
static bool has_own_crc(const struct seven_folder *f, uint64_t n) { return n == 1 && f->has_crc; }

static void file_chosen(struct seven_folder *f, uint64_t at, uint64_t n, uint32_t crc, uint64_t most)
{
	if (f->file.n == 0 && n > 0 && n <= most)
		f->file = (struct seven_file){.at = at, .n = n, .crc = crc};
}

static void digests_of_files(struct cursor *c, struct seven_streams *s, const uint64_t *n, const uint64_t *sizes, bool told, uint64_t most)
{
	size_t n_unknown = 0, k = 0;
	struct digests d = {0};

	for (size_t i = 0; i < s->n_folders; i++)
		n_unknown += has_own_crc(&s->folders[i], n[i]) ? 0 : (size_t)n[i];
	if (told)
		d = digests_begin(c, n_unknown);
	for (size_t i = 0; i < s->n_folders && !c->bad; i++) {
		struct seven_folder *f = &s->folders[i];
		uint64_t at = 0;

		for (uint64_t m = 0; m < n[i]; at += *sizes, m++, sizes++) {
			uint32_t crc = f->crc;

			if (has_own_crc(f, n[i]) || (told && digest_next(c, &d, k++, &crc)))
				file_chosen(f, at, *sizes, crc, most);
		}
	}
}

/* What is said of the files themselves: how many, and which are in no folder. */
static void names_read(struct cursor *c, struct seven_streams *s)
{
	uint64_t n = cursor_u8(c) == FILES ? number(c) : 0, type;

	while ((type = number(c)) != END && !c->bad) {
		span data = cursor_take(c, count(c));

		if (type == EMPTY_STREAM)
			s->empty = data;
	}
	s->n_files = c->bad ? 0 : n;
}

bool seven_empty(const struct seven_streams *s, uint64_t file)
{
	return file / 8 < s->empty.n && (s->empty.p[file / 8] & 0x80 >> file % 8) != 0;
}

/* What is wrong in here leaves folders without such a file. */
static enum errc files_read(struct arena *a, struct seven_streams *s, uint64_t most, struct err *e)
{
	struct cursor c = cursor_of(s->rest);
	uint8_t id = cursor_u8(&c);
	uint64_t n_all, *n, *sizes, *next;
	bool told, sub = id == SUB_STREAMS;

	id = sub ? cursor_u8(&c) : (uint8_t)END;
	if ((n = files_counted(a, &c, s, &id, &n_all)) == NULL)
		return err_memory(e);
	if (c.bad)
		return OK;
	if ((sizes = next = arena_zero(a, (size_t)n_all + 1, sizeof *sizes)) == NULL)
		return err_memory(e);
	told = id == SIZE;
	for (size_t i = 0; i < s->n_folders && !c.bad; next += n[i], i++)
		sizes_of_files(&c, &s->folders[i], n[i], told, next);
	if (told)
		id = cursor_u8(&c);
	digests_of_files(&c, s, n, sizes, id == CRC, most);
	for (size_t i = 0; i < s->n_folders; i++)
		s->folders[i].n_files = n[i];
	if (id == CRC)
		id = cursor_u8(&c);
	if (!c.bad && id == END && (!sub || cursor_u8(&c) == END))
		names_read(&c, s);
	return OK;
}

enum errc seven_streams_read(struct arena *a, span archive, span header, uint64_t most, struct seven_streams *out, struct err *e)
{
	struct cursor c = cursor_of(header);
	uint8_t id = cursor_u8(&c);
	enum errc rc = OK;

	*out = (struct seven_streams){0};
	if (archive.n < SEVEN_START || (id != SEVEN_HEADER && id != SEVEN_ENCODED_HEADER))
		return damaged(e);
	if (id == SEVEN_HEADER && (id = cursor_u8(&c)) != MAIN_STREAMS)
		return id == FILES || id == END ? OK : damaged(e);
	if ((id = cursor_u8(&c)) == PACK_INFO) {
		rc = packed_read(a, &c, archive, out, e);
		id = rc == OK ? cursor_u8(&c) : (uint8_t)END;
	}
	if (rc == OK && id == UNPACK_INFO)
		rc = folders_read(a, &c, out, e);
	else if (rc == OK)
		rc = damaged(e);
	out->rest = c.rest;
	return rc == OK ? files_read(a, out, most, e) : rc;
}
