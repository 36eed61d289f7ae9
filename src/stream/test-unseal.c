#include <archive.h>
#include <archive_entry.h>
#include <zlib.h>

#include "base/digest.h"
#include "base/limits.h"
#include "stream/cipher.h"
#include "stream/seven-zip.h"
#include "stream/test-unseal.h"

/*
 * Archives that libarchive writes are encrypted here, the way back of what is tested. LZMA takes 64 MiB of memory, which the build's tests fill
 * first: where much is tried, it is deflate.
 */
static const char mail[] = "From: alice@example.org\nSubject: one\n\nThe password is hunter2, and once more: the password is hunter2.\n";
static const unsigned char iv[16] = {7, 6, 5, 4, 3, 2, 1};

struct sealing { const char *codec; const char *password; unsigned power; span salt; bool header; }; /* salt: not NULL */

static size_t written(const char *codec, unsigned char *out, size_t max)
{
	static const char *const names[] = {"a.eml", "empty", "b.eml"}, *const texts[] = {mail, "", "second"};
	struct archive *w = archive_write_new();
	size_t n;

	assert_int_equal(archive_write_set_format_7zip(w), ARCHIVE_OK);
	assert_int_equal(archive_write_set_options(w, codec), ARCHIVE_OK);
	assert_int_equal(archive_write_open_memory(w, out, max, &n), ARCHIVE_OK);
	for (size_t i = 0; i < 3; i++) {
		struct archive_entry *entry = archive_entry_new();

		archive_entry_set_pathname(entry, names[i]);
		archive_entry_set_filetype(entry, AE_IFREG);
		archive_entry_set_size(entry, (int64_t)strlen(texts[i]));
		assert_int_equal(archive_write_header(w, entry), ARCHIVE_OK);
		assert_int_equal(archive_write_data(w, texts[i], strlen(texts[i])), (la_ssize_t)strlen(texts[i]));
		archive_entry_free(entry);
	}
	assert_int_equal(archive_write_free(w), ARCHIVE_OK);
	return n;
}

/* As 7zFormat.txt has it, a round after the other. */
static void key_of(struct arena *a, const struct sealing *s, unsigned char key[32])
{
	struct sha256 *h;
	struct digest d;
	span password;

	assert_ok(utf16_of(a, span_str(s->password), &password, &e));
	assert_ok(sha256_new(&h, &e));
	sha256_start(h);
	for (uint64_t i = 0; s->power < 0x3f && i < (uint64_t)1 << s->power; i++) {
		sha256_add(h, s->salt);
		sha256_add(h, password);
		sha256_add(h, span_of(&i, 8));
	}
	sha256_done(h, &d);
	sha256_free(h);
	memcpy(key, d.b, 32);
	if (s->power == 0x3f) {
		memset(key, 0, 32);
		memcpy(key, s->salt.p, s->salt.n);
		memcpy(key + s->salt.n, password.p, password.n < 32 - s->salt.n ? password.n : 32 - s->salt.n);
	}
}

static span encrypted(struct arena *a, const unsigned char *key, span s)
{
	unsigned char *padded = arena_zero(a, 1, s.n + 16), *out = arena_alloc(a, s.n + 32);
	size_t n = (s.n + 15) / 16 * 16;

	memcpy(padded, s.p, s.n);
	assert_int_equal(cipher_run(EVP_aes_256_cbc(), true, false, key, iv, span_of(padded, n), out), n);
	return span_of(out, n);
}

static span props(struct arena *a, const struct sealing *s)
{
	unsigned char *p = arena_alloc(a, 64);

	p[0] = (unsigned char)(s->power | 0x40 | (s->salt.n > 0 ? 0x80 : 0));
	p[1] = (unsigned char)(15 | (s->salt.n > 0 ? (s->salt.n - 1) << 4 : 0));
	memcpy(p + 2, s->salt.p, s->salt.n);
	memcpy(p + 2 + s->salt.n, iv, 16);
	return span_of(p, 18 + s->salt.n);
}

/* Start header and digests of what was written by hand. */
static void start_put(unsigned char *p, size_t header, size_t n)
{
	const uint32_t v[5] = {(uint32_t)(header - 32), 0, (uint32_t)(n - header), 0, (uint32_t)crc32_z(0, p + header, n - header)};
	uint32_t crc;

	memcpy(p + 12, v, 20);
	crc = (uint32_t)crc32_z(0, p + 12, 20);
	memcpy(p + 8, &crc, 4);
}

/* The header of the archive encrypted behind what it packs, and one before it that says so: a coder that is AES alone. */
static span header_sealed(struct arena *a, const struct sealing *s, span archive, const unsigned char *key)
{
	span header, sealed, pr = props(a, s);
	struct buf b;
	size_t at;

	assert_ok(seven_header(archive, &header, &e));
	at = (size_t)(header.p - archive.p);
	sealed = encrypted(a, key, header);
	assert_in_range(header.n, 128, 0x3f00);
	buf_init(&b, 1 << 20);
	buf_put(&b, span_first(archive, at));
	buf_put(&b, sealed);
	buf_put(&b, span_of(((unsigned char[]){0x17, 6, (unsigned char)(0x80 | (at - 32) >> 8), (unsigned char)(at - 32), 1, 9,
	    (unsigned char)(0x80 | sealed.n >> 8), (unsigned char)sealed.n, 0, 7, 11, 1, 0, 1, 0x24, 6, 0xf1, 7, 1, (unsigned char)pr.n}), 20));
	buf_put(&b, pr);
	buf_put(&b, span_of(((unsigned char[]){12, (unsigned char)(0x80 | header.n >> 8), (unsigned char)header.n, 10, 1}), 5));
	buf_u32(&b, (uint32_t)crc32_z(0, header.p, header.n));
	buf_put(&b, SPAN_LIT("\0\0"));
	start_put(b.p, at + sealed.n, b.n);
	sealed = arena_copy(a, buf_span(&b));
	buf_free(&b);
	return sealed;
}

/* libarchive compresses its headers. */
static span header_plain(struct arena *a, span archive)
{
	struct archive_reader *r;
	struct seven_streams s;
	struct seven_pack pack = {0};
	struct buf rest, one, data;
	struct member *m;
	uint64_t index;
	span header;

	assert_ok(seven_header(archive, &header, &e));
	if (header.p[0] == SEVEN_HEADER)
		return header;
	assert_ok(seven_streams_read(a, archive, header, 1 << 20, &s, &e));
	buf_init(&rest, 1 << 20);
	buf_init(&one, 1 << 20);
	buf_init(&data, 1 << 20);
	pack.bytes = s.packed[0];
	seven_rest_of(&rest, s.folders, &s.folders->file, &index);
	s.folders->has_crc = false;
	assert_ok(seven_write(&one, s.folders, 1, &pack, 1, buf_span(&rest), &e));
	assert_ok(archive_open_span(&r, buf_span(&one), &data, SPAN_EMPTY, &e));
	assert_ok(archive_next(r, a, &m, &e));
	assert_int_equal(m->outcome, MEMBER_READ);
	header = arena_copy(a, buf_span(&data));
	archive_close(r);
	buf_free(&rest);
	buf_free(&one);
	buf_free(&data);
	return header;
}

/* Puts an AES coder before the coders of each folder. */
static span sealed(struct arena *a, const struct sealing *s)
{
	unsigned char plain[8192], key[32];
	span archive = span_of(plain, written(s->codec, plain, sizeof plain)), header;
	struct seven_streams streams;
	struct seven_pack packs[4];
	struct buf out;

	key_of(a, s, key);
	header = header_plain(a, archive);
	assert_ok(seven_streams_read(a, archive, header, 1 << 20, &streams, &e));
	assert_in_range(streams.n_packed, 1, 4);
	for (size_t i = 0; i < streams.n_folders; i++) {
		struct seven_folder *f = &streams.folders[i];
		struct seven_coder *coders = arena_zero(a, 8, sizeof *coders);
		struct seven_bind *binds = arena_zero(a, 8, sizeof *binds);
		uint64_t *sizes = arena_zero(a, 8, sizeof *sizes);

		assert_int_equal(f->n_packed, 1);
		memcpy(coders, f->coders, f->n_coders * sizeof *coders);
		memcpy(binds, f->binds, f->n_binds * sizeof *binds);
		memcpy(sizes, f->sizes, f->n_out * sizeof *sizes);
		coders[f->n_coders] = (struct seven_coder){.method = SPAN_LIT("\x06\xf1\x07\x01"), .props = props(a, s), .n_in = 1, .n_out = 1,
		    .in = f->n_out, .out = f->n_out};
		binds[f->n_binds] = (struct seven_bind){f->packed[0], f->n_out};
		sizes[f->n_out] = streams.packed[f->first].n;
		*f = (struct seven_folder){.coders = coders, .binds = binds, .packed = f->packed, .sizes = sizes, .n_coders = f->n_coders + 1,
		    .n_binds = f->n_binds + 1, .n_packed = 1, .n_out = f->n_out + 1, .first = f->first, .n_bytes = f->n_bytes, .has_crc = f->has_crc, .crc = f->crc};
		f->packed[0] = f->n_out - 1;
		packs[f->first] = (struct seven_pack){.bytes = encrypted(a, key, streams.packed[f->first])};
	}
	buf_init(&out, 1 << 20);
	assert_ok(seven_write(&out, streams.folders, streams.n_folders, packs, streams.n_packed, streams.rest, &e));
	archive = arena_copy(a, buf_span(&out));
	buf_free(&out);
	return s->header ? header_sealed(a, s, archive, key) : archive;
}

/* The password of that number opens it; -1: none. The three files are there then. */
static void assert_opens(struct arena *a, span archive, int which)
{
	const span words[] = {SPAN_LIT("wrong"), SPAN_LIT("K\xc3\xa4pt\xe2\x80\x99n-8"), SPAN_LIT("hunter2")};
	struct passwords p = {.v = words, .n = which < 0 ? 1 : 3, .work = 10000000};
	struct unsealed u;
	struct archive_reader *r;
	struct member *m;
	struct buf data;

	assert_ok(archive_unseal(archive, &p, &u, &e));
	assert_true(u.known);
	assert_null(u.reason);
	assert_int_equal(p.n_used, which >= 0);
	assert_int_equal(u.plain.n > 0, which >= 0);
	if (which >= 0) {
		assert_int_equal(p.used[0], which);
		buf_init(&data, 1 << 20);
		assert_ok(archive_open_span(&r, buf_span(&u.plain), &data, SPAN_EMPTY, &e));
		for (size_t i = 0; i < 3; i++) {
			assert_ok(archive_next(r, a, &m, &e));
			assert_non_null(m);
			if (m->outcome != MEMBER_READ)
				fail_msg("%.*s: %s", (int)m->name.n, (const char *)m->name.p, m->reason);
			assert_span(buf_span(&data), m->name.p[0] == 'a' ? mail : m->name.p[0] == 'b' ? "second" : "");
		}
		assert_ok(archive_next(r, a, &m, &e));
		assert_null(m);
		archive_close(r);
		buf_free(&data);
	}
	unsealed_free(&u);
}

static void test_the_right_password_opens_a_7z_archive_whatever_packs_it(void **state)
{
	static const char *const codecs[] = {"7zip:compression=store", "7zip:compression=deflate", "7zip:compression=bzip2", "7zip:compression=lzma1",
		"7zip:compression=lzma2", "7zip:compression=ppmd"};

	(void)state;
	for (size_t i = 0; i < 2 * sizeof codecs / sizeof *codecs; i++) {
		struct arena *a = test_arena();
		const struct sealing s = {.codec = codecs[i / 2], .password = i % 4 < 2 ? "K\xc3\xa4pt\xe2\x80\x99n-8" : "hunter2", .power = 5, .salt = SPAN_LIT(""), .header = i % 2};
		span archive = sealed(a, &s);

		assert_opens(a, archive, i % 4 < 2 ? 1 : 2);
		assert_opens(a, archive, -1);
		arena_free(a);
	}
}

static void test_salt_and_a_key_that_is_the_password_itself_are_known(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 4; i++) {
		struct arena *a = test_arena();
		const struct sealing s = {.codec = "7zip:compression=lzma1", .password = "hunter2", .power = i < 2 ? 0x3f : 0,
			.salt = i % 2 != 0 ? SPAN_LIT("pinch of salt") : SPAN_LIT(""), .header = i < 3};

		assert_opens(a, sealed(a, &s), 2);
		arena_free(a);
	}
}

static void power_set(unsigned char *archive, size_t n, unsigned power)
{
	size_t at = n - 1;
	span header;

	/* Of the last AES coder in the header. */
	while (memcmp(archive + at, "\x06\xf1\x07\x01", 4) != 0)
		at--;
	archive[at + 5] = (unsigned char)(archive[at + 5] & 0xc0) | (unsigned char)power;
	header = span_of(archive + 12, 8);
	at = 32 + (size_t)header.p[0] + ((size_t)header.p[1] << 8);
	start_put(archive, at, n);
}

static void test_rounds_of_hashing_are_bounded(void **state)
{
	static unsigned char much[512];
	const span words[] = {SPAN_LIT("short"), {much, sizeof much}};

	(void)state;
	memset(much, 'x', sizeof much);
	for (unsigned i = 0; i < 2; i++) {
		struct arena *a = test_arena();
		const struct sealing s = {.codec = "7zip:compression=deflate", .password = "hunter2", .power = 1, .salt = SPAN_LIT(""), .header = i};
		span archive = sealed(a, &s);
		unsigned char *bytes = (unsigned char *)(uintptr_t)archive.p;

		for (unsigned power = LIMIT_PASSWORD_POWER; power <= 0x3e; power += 1) {
			/* So much as one short password may cost: the long one is not tried. */
			struct passwords p = {.v = words + (power == LIMIT_PASSWORD_POWER), .n = 1, .work = LIMIT_PASSWORD_ROUNDS};
			struct unsealed u;

			power_set(bytes, archive.n, power);
			assert_ok(archive_unseal(archive, &p, &u, &e));
			assert_true(u.known);
			assert_int_equal(u.plain.n, 0);
			assert_int_equal(p.work, LIMIT_PASSWORD_ROUNDS);
			assert_int_equal(p.cut, power == LIMIT_PASSWORD_POWER);
			if (power == LIMIT_PASSWORD_POWER)
				assert_null(u.reason);
			else
				assert_non_null(strstr(u.reason, "more rounds of hashing than are tried"));
			unsealed_free(&u);
		}
		arena_free(a);
	}
}

/* Nothing but an outcome, and all that is said to be plain can be read as an archive. */
static void survive(struct arena *a, span archive)
{
	const span words[] = {SPAN_LIT("hunter2")};
	struct passwords p = {.v = words, .n = 1, .work = 20000};
	struct archive_reader *r;
	struct unsealed u;
	struct member *m;
	struct buf data;

	assert_ok(archive_unseal(archive, &p, &u, &e));
	if (u.plain.n > 0) {
		buf_init(&data, 1 << 20);
		assert_true(u.known);
		assert_ok(archive_open_span(&r, buf_span(&u.plain), &data, SPAN_EMPTY, &e));
		do
			assert_ok(archive_next(r, a, &m, &e));
		while (m != NULL);
		archive_close(r);
		buf_free(&data);
	}
	unsealed_free(&u);
}

static void test_a_7z_archive_cut_anywhere_is_not_opened(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct arena *a = test_arena();
		const struct sealing s = {.codec = "7zip:compression=deflate", .password = "hunter2", .power = 1, .salt = SPAN_LIT(""), .header = i};
		span archive = sealed(a, &s);
		const span words[] = {SPAN_LIT("hunter2")};

		for (size_t n = 0; n < archive.n; n++) {
			struct passwords p = {.v = words, .n = 1, .work = 20000};
			struct unsealed u;
			unsigned char *exact = malloc(n + 1);

			memcpy(exact, archive.p, n);
			assert_ok(archive_unseal(span_of(exact, n), &p, &u, &e));
			assert_int_equal(u.plain.n, 0);
			unsealed_free(&u);
			free(exact);
		}
		arena_free(a);
	}
}

static void test_each_bit_of_a_7z_header_can_be_another(void **state)
{
	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct arena *a = test_arena();
		const struct sealing s = {.codec = "7zip:compression=deflate", .password = "hunter2", .power = 1, .salt = SPAN_LIT(""), .header = i};
		span archive = sealed(a, &s), header;
		unsigned char *bytes = (unsigned char *)(uintptr_t)archive.p;
		size_t at;

		assert_ok(seven_header(archive, &header, &e));
		at = (size_t)(header.p - archive.p);
		for (size_t bit = 8 * 32; bit < 8 * archive.n; bit++) {
			struct arena *scratch = test_arena();

			bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
			start_put(bytes, at, archive.n);
			survive(scratch, archive);
			bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
			arena_free(scratch);
		}
		arena_free(a);
	}
}

static void test_what_is_not_encrypted_is_left_alone(void **state)
{
	unsigned char plain[8192];
	const span words[] = {SPAN_LIT("hunter2")};
	struct passwords p = {.v = words, .n = 1, .work = 1000};
	struct unsealed u;

	(void)state;
	assert_ok(archive_unseal(span_of(plain, written("7zip:compression=lzma1", plain, sizeof plain)), &p, &u, &e));
	assert_false(u.known || p.n_used > 0);
	assert_int_equal(p.work, 1000);
	assert_int_equal(u.plain.n, 0);
	unsealed_free(&u);
}

/* ---- archives with several passwords, and RAR, of which t/make-rar5.py and t/make-rar4.py have made the seeds ---- */

/* What is read of it, as "name=text;" each; a member that lacks its bytes is "name?". */
static const char *contents(struct arena *a, span archive, span password, bool *opened)
{
	struct passwords p = {.v = &password, .n = 1, .work = 1000000};
	struct archive_reader *r;
	struct unsealed u;
	struct buf data, all;
	struct member *m;
	const char *text;

	buf_init(&data, 1 << 20);
	buf_init(&all, 1 << 20);
	assert_ok(archive_unseal(archive, &p, &u, &e));
	*opened = p.n_used > 0;
	assert_ok(archive_open_span(&r, u.plain.n > 0 ? buf_span(&u.plain) : archive, &data, SPAN_EMPTY, &e));
	for (;;) {
		assert_ok(archive_next(r, a, &m, &e));
		if (m == NULL)
			break;
		buf_put(&all, m->name);
		if (unsealed_lacks(&u, m->index))
			buf_str(&all, "?");
		else if (m->outcome == MEMBER_READ && unsealed_fits(&u, m->index, buf_span(&data)))
			buf_printf(&all, "=%.*s;", (int)data.n, (const char *)data.p);
		else
			buf_str(&all, "!");
	}
	archive_close(r);
	unsealed_free(&u);
	text = arena_cstr(a, buf_span(&all));
	buf_free(&data);
	buf_free(&all);
	return text;
}

static void test_the_right_password_opens_its_part_of_an_archive(void **state)
{
	static const struct { const char *name, *right, *wrong; } seeds[] = {
		{"rar-stored", "hosts.csv=the password: Rar5-Reef-961\n;empty.txt=;", "hosts.csv?empty.txt=;"},
		{"rar-packed", "hosts.csv=the password: Rar5-Reef-961\n;", "hosts.csv?"},
		{"rar-names", "hosts.csv=the password: Rar5-Reef-961\n;empty.txt=;", "!"},
		{"rar-names-blind", "hosts.csv=the password: Rar5-Reef-961\n;", "!"},
		{"rar4-stored", "hosts.csv=the password: Rar5-Reef-961\n;empty.txt=;more.csv?", "hosts.csv?empty.txt=;more.csv?"},
		{"rar4-names", "hosts.csv=the password: Rar5-Reef-961\n;", "!"},
		{"7z-mixed", "b.csv=plain;a.csv?c.csv=the password: Rar5-Reef-961\n;", "b.csv=plain;a.csv?c.csv?"},
		{"rar-two", "hosts.csv=the password: Rar5-Reef-961\n;more.csv?empty.txt=;", "hosts.csv?more.csv?empty.txt=;"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++) {
		struct arena *a = test_arena();
		bool opened;

		assert_string_equal(contents(a, seed(a, seeds[i].name), SPAN_LIT("hunter2"), &opened), seeds[i].right);
		assert_true(opened);
		assert_string_equal(contents(a, seed(a, seeds[i].name), SPAN_LIT("wrong"), &opened), seeds[i].wrong);
		assert_false(opened);
		arena_free(a);
	}
}

/* What is said to be read wholly is that. */
static void test_a_rar_archive_cut_anywhere_says_nothing_that_is_not_so(void **state)
{
	static const char *const names[] = {"rar-stored", "rar-packed", "rar-names", "rar4-stored", "rar4-names"};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct arena *a = test_arena();
		span whole = seed(a, names[i]);

		/* The rounds of version 4 are so many that each seventh length must do. */
		for (size_t n = 0; n < whole.n; n += i < 3 ? 1 : 7) {
			unsigned char *exact = malloc(n + 1);
			const char *text;
			bool opened;

			memcpy(exact, whole.p, n);
			text = contents(a, span_of(exact, n), SPAN_LIT("hunter2"), &opened);
			if (strstr(text, "hosts.csv=") != NULL && strstr(text, "hosts.csv=the password: Rar5-Reef-961\n;") == NULL)
				fail_msg("%s cut at %zu: %s", names[i], n, text);
			free(exact);
		}
		arena_free(a);
	}
}

static void test_each_bit_of_a_rar_archive_can_be_another(void **state)
{
	/* The head of the first file, and how much of it is its digest, which is made to fit. */
	static const struct { const char *name; size_t at, n, sum_n; } seeds[] = {
		{"rar-stored", 16, 79, 4}, {"rar-packed", 16, 80, 4}, {"rar-names", 0, 0, 0}, {"rar4-stored", 20, 49, 2},
	};

	(void)state;
	for (size_t i = 0; i < sizeof seeds / sizeof *seeds; i++) {
		struct arena *a = test_arena();
		span whole = seed(a, seeds[i].name);
		unsigned char *bytes = (unsigned char *)(uintptr_t)whole.p, *head = bytes + seeds[i].at;
		size_t sum_n = seeds[i].sum_n;

		for (size_t bit = 64; bit < 8 * whole.n; bit++) {
			struct arena *scratch = test_arena();
			unsigned char before[4] = {0};
			uint32_t crc;

			memcpy(before, head, sum_n);
			bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
			crc = (uint32_t)crc32_z(0, head + sum_n, seeds[i].n - sum_n);
			if (bit / 8 >= seeds[i].at + sum_n)
				memcpy(head, &crc, sum_n);
			survive(scratch, whole);
			bytes[bit / 8] ^= (unsigned char)(1 << bit % 8);
			if (bit / 8 >= seeds[i].at + sum_n)
				memcpy(head, before, sum_n);
			arena_free(scratch);
		}
		arena_free(a);
	}
}

static void test_rounds_of_a_rar_archive_are_bounded(void **state)
{
	struct arena *a = test_arena();
	span archive = seed(a, "rar-names");
	unsigned char *bytes = (unsigned char *)(uintptr_t)archive.p;
	const span word = SPAN_LIT("hunter2");
	struct passwords p = {.v = &word, .n = 1, .work = LIMIT_PASSWORD_ROUNDS};
	struct unsealed u;
	uint32_t crc;

	(void)state;
	bytes[8 + 4 + 1 + 4] = LIMIT_PASSWORD_POWER + 1; /* behind type, flags, version, flags */
	crc = (uint32_t)crc32_z(0, bytes + 12, 1 + (size_t)bytes[12]);
	memcpy(bytes + 8, &crc, 4);
	assert_ok(archive_unseal(archive, &p, &u, &e));
	assert_true(u.known && u.plain.n == 0 && p.work == LIMIT_PASSWORD_ROUNDS);
	assert_non_null(strstr(u.reason, "more rounds of hashing than are tried"));
	unsealed_free(&u);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_right_password_opens_a_7z_archive_whatever_packs_it),
		cmocka_unit_test(test_salt_and_a_key_that_is_the_password_itself_are_known),
		cmocka_unit_test(test_rounds_of_hashing_are_bounded),
		cmocka_unit_test(test_a_7z_archive_cut_anywhere_is_not_opened),
		cmocka_unit_test(test_each_bit_of_a_7z_header_can_be_another),
		cmocka_unit_test(test_what_is_not_encrypted_is_left_alone),
		cmocka_unit_test(test_the_right_password_opens_its_part_of_an_archive),
		cmocka_unit_test(test_a_rar_archive_cut_anywhere_says_nothing_that_is_not_so),
		cmocka_unit_test(test_each_bit_of_a_rar_archive_can_be_another),
		cmocka_unit_test(test_rounds_of_a_rar_archive_are_bounded),
	};
	return cmocka_run_group_tests_name("unseal", tests, warm, NULL);
}
