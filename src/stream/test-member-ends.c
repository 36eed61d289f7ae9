/* Where an archive ends and another begins, and what is taken for an end. */
#include "base/limits.h"
#include "stream/test-member.h"

/* cat one.tar two.tar: behind the end of one the next one begins; what is none, between them or behind them, is told. */
static void test_tars_end_to_end_are_read_to_the_last(void **state)
{
	static const struct file files[] = {{"one", "first"}, {"two", "second"}};

	(void)state;
	for (unsigned junk = 0; junk < 4; junk++) {
		int fd = written(ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE, NULL, files, 1);
		int more = written(ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE, NULL, files + 1, 1);
		char block[512], none[512] = "no header of a member";
		struct reading s;
		const struct member *m;

		assert_true(lseek(fd, 0, SEEK_END) > 0);
		if ((junk & 1) != 0)
			assert_int_equal(write(fd, none, sizeof none), sizeof none);
		for (off_t at = 0; pread(more, block, sizeof block, at) == sizeof block; at += (off_t)sizeof block)
			assert_int_equal(write(fd, block, sizeof block), sizeof block);
		if ((junk & 2) != 0)
			assert_int_equal(write(fd, none, sizeof none), sizeof none);
		close(more);
		s = reading_of(fd);
		for (unsigned k = 0; k < 2; k++) {
			m = next(&s);
			assert_non_null(m);
			assert_int_equal(m->outcome, MEMBER_READ);
			assert_spool(&s, m, files[k].text);
			if ((junk & 1u << k) != 0)
				assert_int_equal((m = next(&s)) != NULL ? (int)m->outcome : -1, MEMBER_FAILED);
		}
		assert_null(next(&s));
		reading_end(&s);
	}
}

/* cat one.cpio two.cpio, and as Linux starts: behind the end of one the next one begins, packed or not; what is none is told. */
static void test_cpio_archives_end_to_end_are_read_to_the_last(void **state)
{
	static const struct file files[] = {{"one", "first"}, {"two", "second"}};
	static const int formats[] = {ARCHIVE_FORMAT_CPIO_SVR4_NOCRC, ARCHIVE_FORMAT_CPIO_POSIX};

	(void)state;
	for (unsigned how = 0; how < 16; how++) {
		int fd = written(formats[how & 1], ARCHIVE_FILTER_NONE, NULL, files, 1);
		int more = written(formats[how >> 1 & 1], (how & 4) != 0 ? ARCHIVE_FILTER_GZIP : ARCHIVE_FILTER_NONE, NULL, files + 1, 1);
		char block[512], none[512] = "no header of a member";
		struct reading s;
		const struct member *m;
		ssize_t n;

		assert_true(lseek(fd, 0, SEEK_END) > 0);
		for (off_t at = 0; (n = pread(more, block, sizeof block, at)) > 0; at += n)
			assert_int_equal(write(fd, block, (size_t)n), n);
		if ((how & 12) == 8)
			assert_int_equal(write(fd, none, sizeof none), sizeof none);
		close(more);
		s = reading_of(fd);
		for (unsigned k = 0; k < 2; k++) {
			m = next(&s);
			assert_non_null(m);
			assert_int_equal(m->outcome, MEMBER_READ);
			assert_spool(&s, m, files[k].text);
		}
		if ((how & 12) == 8)
			assert_int_equal((m = next(&s)) != NULL ? (int)m->outcome : -1, MEMBER_FAILED);
		assert_null(next(&s));
		reading_end(&s);
	}
}

/* Many of them, packed as a whole: blocks of what is unpacked end anywhere in them. */
static void test_many_packed_cpio_archives_are_read_to_the_last(void **state)
{
	static const struct file file = {"one", "first"};
	enum { N = 900 };
	int one = written(ARCHIVE_FORMAT_CPIO_SVR4_NOCRC, ARCHIVE_FILTER_NONE, NULL, &file, 1), fd = memfd_create("packed", 0);
	char block[4096];
	ssize_t n = pread(one, block, sizeof block, 0);
	struct archive *w = archive_write_new();
	struct archive_entry *entry = archive_entry_new();
	struct reading s;
	const struct member *m;
	unsigned seen = 0;

	(void)state;
	assert_true(n > 200 && fd >= 0);
	assert_int_equal(archive_write_set_format(w, ARCHIVE_FORMAT_RAW), ARCHIVE_OK);
	assert_int_equal(archive_write_add_filter(w, ARCHIVE_FILTER_GZIP), ARCHIVE_OK);
	assert_int_equal(archive_write_open_fd(w, fd), ARCHIVE_OK);
	archive_entry_set_filetype(entry, AE_IFREG);
	assert_int_equal(archive_write_header(w, entry), ARCHIVE_OK);
	for (unsigned i = 0; i < N; i++)
		assert_int_equal(archive_write_data(w, block, (size_t)n), n);
	archive_entry_free(entry);
	assert_int_equal(archive_write_free(w), ARCHIVE_OK);
	close(one);
	s = reading_of(fd);
	for (; (m = next(&s)) != NULL; seen++) {
		assert_int_equal(m->outcome, MEMBER_READ);
		assert_spool(&s, m, "first");
	}
	assert_int_equal(seen, N);
	reading_end(&s);
}

/* In memory, as they are attached: libarchive reads the last ZIP archive alone, and the first 7z archive. */
static void test_archives_in_memory_end_to_end_are_read_to_the_last(void **state)
{
	static const struct file files[] = {{"one", "first"}, {"two", "second"}, {"three", "third"}};
	static const int formats[] = {ARCHIVE_FORMAT_ZIP, ARCHIVE_FORMAT_7ZIP, ARCHIVE_FORMAT_TAR_USTAR};

	(void)state;
	for (unsigned how = 0; how < 18; how++) {
		int first = written(formats[how % 2], ARCHIVE_FILTER_NONE, NULL, files, 1 + how / 9);
		int more = written(formats[how / 3 % 3], ARCHIVE_FILTER_NONE, NULL, files + 1 + how / 9, 2 - how / 9);
		static unsigned char bytes[65536];
		ssize_t n = pread(first, bytes, 32768, 0), end = n + pread(more, bytes + n, 32768, 0);
		struct arena *a = test_arena();
		struct archive_reader *r;
		struct member *m;
		struct buf data;
		unsigned seen = 0;

		buf_init(&data, 1000);
		assert_ok(archive_open_span(&r, span_of(bytes, (size_t)end), &data, SPAN_EMPTY, &e));
		for (;; seen++) {
			assert_ok(archive_next(r, a, &m, &e));
			if (m == NULL)
				break;
			assert_int_equal(m->outcome, MEMBER_READ);
			assert_span(buf_span(&data), files[seen].text);
		}
		assert_int_equal(seen, 3);
		archive_close(r);
		buf_free(&data);
		arena_free(a);
		close(first);
		close(more);
	}
}

/* A file that was packed alone and begins with zeros is no empty tar archive. */
static void test_a_packed_file_that_begins_with_zeros_is_given(void **state)
{
	static const struct { int filter; size_t zeros; bool text; } kinds[] = {
		{ARCHIVE_FILTER_GZIP, 512, true}, {ARCHIVE_FILTER_GZIP, 1024, true}, {ARCHIVE_FILTER_GZIP, 70000, true},
		{ARCHIVE_FILTER_GZIP, 200000, true}, {ARCHIVE_FILTER_GZIP, 10240, false},
		{ARCHIVE_FILTER_LZ4, 512, true}, {ARCHIVE_FILTER_LZ4, 70000, true}, {ARCHIVE_FILTER_LZ4, 10240, false},
		{ARCHIVE_FILTER_LZIP, 1024, true}, {ARCHIVE_FILTER_LZIP, 200000, true},
		{ARCHIVE_FILTER_COMPRESS, 1024, true}, {ARCHIVE_FILTER_COMPRESS, 200000, true},
	};

	(void)state;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		size_t size = kinds[i].zeros + (kinds[i].text ? 9 : 0);
		char *bytes = calloc(1, kinds[i].zeros + 9), got[9];
		struct archive *w = archive_write_new();
		struct archive_entry *entry = archive_entry_new();
		int fd = memfd_create("packed", 0);
		struct reading s;
		const struct member *m;

		assert_true(bytes != NULL && fd >= 0);
		memcpy(bytes + kinds[i].zeros, "password\n", 9);
		assert_int_equal(archive_write_set_format(w, ARCHIVE_FORMAT_RAW), ARCHIVE_OK);
		assert_int_equal(archive_write_add_filter(w, kinds[i].filter), ARCHIVE_OK);
		assert_int_equal(archive_write_open_fd(w, fd), ARCHIVE_OK);
		archive_entry_set_filetype(entry, AE_IFREG);
		assert_int_equal(archive_write_header(w, entry), ARCHIVE_OK);
		assert_int_equal(archive_write_data(w, bytes, size), (la_ssize_t)size);
		archive_entry_free(entry);
		assert_int_equal(archive_write_free(w), ARCHIVE_OK);
		s = reading_of(fd);
		m = next(&s);
		assert_int_equal(m != NULL, kinds[i].text); /* of zeros alone it is one */
		if (m != NULL) {
			assert_int_equal(m->outcome, MEMBER_READ);
			assert_int_equal(m->n_bytes, size);
			assert_int_equal(pread(s.spool, got, sizeof got, (off_t)kinds[i].zeros), sizeof got);
			assert_memory_equal(got, "password\n", sizeof got);
			assert_null(next(&s));
		}
		reading_end(&s);
		free(bytes);
	}
}

/* As GNU tar writes a sparse file: a map of what is stored, and the size with all holes. */
static int sparse_tar(const char *const data[2], const char *size)
{
	int fd = memfd_create("sparse", 0);
	char block[512] = "big.txt";
	unsigned sum = 0;

	assert_true(fd >= 0);
	memcpy(block + 100, "0000644\0" "0000000\0" "0000000\0" "00000001000\0" "00000000000\0" "        " "S", 57);
	memcpy(block + 257, "ustar  ", 8);
	memcpy(block + 386, "00000000000\0" "00000000400\0" "30000000000\0" "00000000400\0", 48);
	memcpy(block + 483, size, 12);
	for (size_t i = 0; i < sizeof block; i++)
		sum += (unsigned char)block[i];
	(void)snprintf(block + 148, 8, "%06o", sum);
	assert_int_equal(write(fd, block, sizeof block), sizeof block);
	memset(block, '.', sizeof block);
	memcpy(block, data[0], strlen(data[0]));
	memcpy(block + 256, data[1], strlen(data[1]));
	assert_int_equal(write(fd, block, sizeof block), sizeof block);
	memset(block, 0, sizeof block);
	assert_int_equal(write(fd, block, sizeof block), sizeof block);
	assert_int_equal(write(fd, block, sizeof block), sizeof block);
	return fd;
}

static void test_what_lies_behind_the_hole_of_a_sparse_file_is_read(void **state)
{
	static const char *const data[2] = {"password: Before-Hole-11", "password: Behind-Hole-12"};

	(void)state;
	for (unsigned in_memory = 0; in_memory < 2; in_memory++) {
		int fd = sparse_tar(data, "30000000400");
		struct reading s = reading_of(fd);
		struct buf into;
		const struct member *m;
		char tar[2048];
		unsigned char got[8192];

		buf_init(&into, 64 * MIB);
		if (in_memory != 0) {
			assert_int_equal(pread(fd, tar, sizeof tar, 0), sizeof tar);
			archive_close(s.r);
			assert_ok(archive_open_span(&s.r, span_of(tar, sizeof tar), &into, SPAN_EMPTY, &e));
		}
		m = next(&s);
		assert_non_null(m);
		assert_int_equal(m->outcome, MEMBER_PARTIAL);
		assert_string_equal(m->reason, "a sparse file, read without its holes: bytes that are not stored, and zero");
		assert_int_equal(m->n_bytes, 256 + 4096 + 256);
		if (in_memory != 0)
			memcpy(got, into.p, into.n);
		else
			assert_int_equal(pread(s.spool, got, sizeof got, 0), m->n_bytes);
		assert_memory_equal(got, data[0], strlen(data[0]));
		assert_memory_equal(got + 256 + 4096, data[1], strlen(data[1]));
		assert_null(next(&s));
		buf_free(&into);
		reading_end(&s);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_tars_end_to_end_are_read_to_the_last),
		cmocka_unit_test(test_cpio_archives_end_to_end_are_read_to_the_last),
		cmocka_unit_test(test_many_packed_cpio_archives_are_read_to_the_last),
		cmocka_unit_test(test_archives_in_memory_end_to_end_are_read_to_the_last),
		cmocka_unit_test(test_a_packed_file_that_begins_with_zeros_is_given),
		cmocka_unit_test(test_what_lies_behind_the_hole_of_a_sparse_file_is_read),
	};

	return cmocka_run_group_tests_name("member-ends", tests, NULL, NULL);
}
