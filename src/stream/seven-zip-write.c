/* The other way: a folder without its ciphers, and an archive of such folders. */
#include "stream/cipher.h"
#include "stream/seven-zip-private.h"

static const span aes = {(const unsigned char *)"\x06\xf1\x07\x01", 4};

static bool is_aes(const struct seven_coder *k) { return span_eq(k->method, aes); }

bool seven_sealed(const struct seven_folder *f)
{
	for (uint32_t i = 0; i < f->n_coders; i++)
		if (is_aes(&f->coders[i]))
			return true;
	return false;
}

static void close_gap(uint32_t *stream, uint32_t gone) { *stream -= *stream > gone; }

/* Takes coder k, of one stream in and one out, with the bind of its output, away; the streams behind it move up. */
static void coder_remove(struct seven_folder *f, uint32_t k, uint32_t bind)
{
	uint32_t in = f->coders[k].in, out = f->coders[k].out;

	memmove(&f->coders[k], &f->coders[k + 1], (f->n_coders - k - 1) * sizeof *f->coders);
	memmove(&f->binds[bind], &f->binds[bind + 1], (f->n_binds - bind - 1) * sizeof *f->binds);
	memmove(&f->sizes[out], &f->sizes[out + 1], (f->n_out - out - 1) * sizeof *f->sizes);
	f->n_coders--;
	f->n_binds--;
	f->n_out--;
	for (uint32_t i = 0; i < f->n_coders; i++) {
		close_gap(&f->coders[i].in, in);
		close_gap(&f->coders[i].out, out);
	}
	for (uint32_t i = 0; i < f->n_binds; i++) {
		close_gap(&f->binds[i].in, in);
		close_gap(&f->binds[i].out, out);
	}
	for (uint32_t i = 0; i < f->n_packed; i++)
		close_gap(&f->packed[i], in);
}

/* One AES coder: false when it is not between the file and another coder, or alone. */
static bool coder_open(struct seven_folder *f, uint32_t k, struct seven_seal *seal)
{
	struct seven_coder *c = &f->coders[k];
	uint32_t p = 0, b = 0;

	while (p < f->n_packed && f->packed[p] != c->in)
		p++;
	while (b < f->n_binds && f->binds[b].out != c->out)
		b++;
	if (c->n_in != 1 || c->n_out != 1 || p == f->n_packed || (b == f->n_binds && f->n_coders != 1))
		return false;
	*seal = (struct seven_seal){.packed = p, .props = c->props, .n = f->sizes[c->out]};
	if (b == f->n_binds) { /* nothing compresses it: to copy takes its place */
		c->method = SPAN_LIT("\0");
		c->props = SPAN_EMPTY;
	} else {
		f->packed[p] = f->binds[b].in;
		coder_remove(f, k, b);
	}
	return true;
}

enum errc seven_folder_open(struct arena *a, const struct seven_folder *f, struct seven_folder *out, struct seven_seal seals[SEVEN_PACKED],
    size_t *n, struct err *e)
{
	*out = *f;
	*n = 0;
	if (!seven_folder_room(a, out))
		return err_memory(e);
	memcpy(out->coders, f->coders, f->n_coders * sizeof *f->coders);
	memcpy(out->binds, f->binds, f->n_binds * sizeof *f->binds);
	memcpy(out->packed, f->packed, f->n_packed * sizeof *f->packed);
	memcpy(out->sizes, f->sizes, f->n_out * sizeof *f->sizes);
	for (uint32_t k = 0; k < out->n_coders;) {
		if (!is_aes(&out->coders[k]))
			k++;
		else if (*n == SEVEN_PACKED || !coder_open(out, k, &seals[(*n)++]))
			return err_set(e, ERR_EVIDENCE, "encrypted in a way that is not known");
	}
	return OK;
}

/* ---- writing ---- */

static void put_number(struct buf *out, uint64_t v)
{
	unsigned n = 0;
	uint8_t first = 0;

	while (n < 8 && v >> (7 * (n + 1)) != 0)
		first |= (uint8_t)(0x80 >> n++);
	if (n < 8)
		first |= (uint8_t)(v >> (8 * n));
	buf_u8(out, first);
	for (unsigned i = 0; i < n; i++)
		buf_u8(out, (uint8_t)(v >> (8 * i)));
}

static void put_folder(struct buf *out, const struct seven_folder *f)
{
	put_number(out, f->n_coders);
	for (uint32_t i = 0; i < f->n_coders; i++) {
		const struct seven_coder *k = &f->coders[i];
		bool is_complex = k->n_in != 1 || k->n_out != 1;

		buf_u8(out, (uint8_t)(k->method.n | (is_complex ? COMPLEX : 0) | (k->props.n > 0 ? ATTRIBUTES : 0)));
		buf_put(out, k->method);
		if (is_complex) {
			put_number(out, k->n_in);
			put_number(out, k->n_out);
		}
		if (k->props.n > 0) {
			put_number(out, k->props.n);
			buf_put(out, k->props);
		}
	}
	for (uint32_t i = 0; i < f->n_binds; i++) {
		put_number(out, f->binds[i].in);
		put_number(out, f->binds[i].out);
	}
	for (uint32_t i = 0; i < f->n_packed && f->n_packed > 1; i++)
		put_number(out, f->packed[i]);
}

static void put_folders(struct buf *out, const struct seven_folder *folders, size_t n)
{
	size_t n_crcs = 0;

	buf_u8(out, UNPACK_INFO);
	buf_u8(out, FOLDER);
	put_number(out, n);
	buf_u8(out, 0);
	for (size_t i = 0; i < n; i++) {
		put_folder(out, &folders[i]);
		n_crcs += folders[i].has_crc;
	}
	buf_u8(out, UNPACK_SIZE);
	for (size_t i = 0; i < n; i++)
		for (uint32_t k = 0; k < folders[i].n_out; k++)
			put_number(out, folders[i].sizes[k]);
	if (n_crcs > 0) {
		buf_u8(out, CRC);
		buf_u8(out, 0);
		for (size_t i = 0; i < n; i += 8) {
			uint8_t bits = 0;

			for (size_t k = i; k < n && k < i + 8; k++)
				bits |= (uint8_t)(folders[k].has_crc ? 0x80 >> (k - i) : 0);
			buf_u8(out, bits);
		}
		for (size_t i = 0; i < n; i++)
			if (folders[i].has_crc)
				buf_u32(out, folders[i].crc);
	}
	buf_u8(out, END);
}

/* The bytes of one packed stream: how many. */
static size_t put_pack(struct buf *out, const struct seven_pack *p)
{
	if (p->key == NULL) {
		buf_put(out, p->bytes);
		return p->bytes.n;
	}
	if (buf_room(out, p->bytes.n + 16)) {
		if (cipher_run(EVP_aes_256_cbc(), false, false, p->key, p->iv, p->bytes, out->p + out->n) != p->bytes.n)
			out->failed = true;
		out->n += p->n;
	}
	return p->n;
}

enum errc seven_write(struct buf *out, const struct seven_folder *folders, size_t n, const struct seven_pack *packs, size_t n_packs, span rest,
    struct err *e)
{
	struct buf sizes;
	size_t header;
	enum errc rc;

	buf_init(&sizes, 9 * n_packs + 9);
	buf_clear(out);
	buf_put(out, span_of((unsigned char[SEVEN_START]){'7', 'z', 0xbc, 0xaf, 0x27, 0x1c, 0, 4}, SEVEN_START));
	for (size_t i = 0; i < n_packs; i++)
		put_number(&sizes, put_pack(out, &packs[i]));
	header = out->n;
	buf_u8(out, SEVEN_HEADER);
	buf_u8(out, MAIN_STREAMS);
	buf_u8(out, PACK_INFO);
	put_number(out, 0);
	put_number(out, n_packs);
	buf_u8(out, SIZE);
	buf_put(out, buf_span(&sizes));
	buf_u8(out, END);
	put_folders(out, folders, n);
	buf_put(out, rest);
	if ((rc = buf_check(&sizes, e)) == OK && (rc = buf_check(out, e)) == OK) {
		buf_set_u32(out, 12, (uint32_t)(header - SEVEN_START));
		buf_set_u32(out, 16, (uint32_t)((uint64_t)(header - SEVEN_START) >> 32));
		buf_set_u32(out, 20, (uint32_t)(out->n - header));
		buf_set_u32(out, 28, seven_crc(span_from(buf_span(out), header)));
		buf_set_u32(out, 8, seven_crc(span_sub(buf_span(out), 12, 20)));
	}
	buf_free(&sizes);
	return rc;
}

void seven_rest_of(struct buf *out, const struct seven_folder *f, const struct seven_file *file, uint64_t *index)
{
	uint64_t before = file->at, behind = f->n_bytes - file->at - file->n;
	size_t n = 1 + (size_t)(before > 0) + (size_t)(behind > 0);

	*index = before > 0;
	buf_u8(out, SUB_STREAMS);
	buf_u8(out, N_UNPACK);
	put_number(out, n);
	buf_u8(out, SIZE);
	if (before > 0)
		put_number(out, before);
	if (behind > 0)
		put_number(out, file->n);
	if (!file->unchecked) {
		buf_u8(out, CRC);
		buf_u8(out, 0);
		buf_u8(out, (uint8_t)(0x80 >> *index));
		buf_u32(out, file->crc);
	}
	buf_u8(out, END);
	buf_u8(out, END); /* of the streams */
	buf_u8(out, FILES);
	put_number(out, n);
	buf_u8(out, NAMES);
	put_number(out, 1 + 4 * n);
	buf_u8(out, 0);
	for (size_t i = 0; i < n; i++)
		buf_put(out, SPAN_LIT("f\0\0\0"));
	buf_u8(out, END);
	buf_u8(out, END);
}
