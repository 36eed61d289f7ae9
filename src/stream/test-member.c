#include <archive.h>
#include <archive_entry.h>
#include <seccomp.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/limits.h"
#include "base/test.h"
#include "stream/member.h"
#include "stream/test-member.h"
#include "stream/zip-walk.h"

static const char mail[] = "From: alice@example.org\nSubject: one\n\nThe password is hunter2.\n";

static void test_members_of_every_kind_of_archive_come_in_order(void **state)
{
	static const struct { int format, filter; } kinds[] = {
		{ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_NONE}, {ARCHIVE_FORMAT_TAR_PAX_RESTRICTED, ARCHIVE_FILTER_GZIP},
		{ARCHIVE_FORMAT_TAR_GNUTAR, ARCHIVE_FILTER_ZSTD}, {ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE},
		{ARCHIVE_FORMAT_7ZIP, ARCHIVE_FILTER_NONE}, {ARCHIVE_FORMAT_CPIO_SVR4_NOCRC, ARCHIVE_FILTER_XZ},
	};
	static const struct file files[] = {{"cur", NULL}, {"cur/1.eml", mail}, {"caf\xc3\xa9.txt", "second"}, {"empty", ""}};

	(void)state;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct reading s = reading_of(written(kinds[i].format, kinds[i].filter, NULL, files, 4));
		const struct member *m;
		unsigned seen = 0;

		/* 7z has its directories last. */
		while ((m = next(&s)) != NULL) {
			if (span_starts(m->name, SPAN_LIT("cur/1"))) {
				assert_int_equal(m->outcome, MEMBER_READ);
				assert_spool(&s, m, mail);
				seen |= 1;
			} else if (span_starts(m->name, SPAN_LIT("cur"))) {
				assert_int_equal(m->outcome, MEMBER_NOT_FILE);
				assert_string_equal(m->reason, "directory");
				assert_true(m->directory);
				seen |= 2;
			} else if (m->name.p[0] == 'e') {
				assert_int_equal(m->outcome, MEMBER_READ);
				assert_spool(&s, m, "");
				seen |= 4;
			} else {
				assert_span(m->name, "caf\xc3\xa9.txt");
				assert_spool(&s, m, "second");
				seen |= 8;
			}
		}
		assert_int_equal(seen, 15);
		reading_end(&s);
	}
}

static void test_a_compressed_file_is_one_member_without_a_name(void **state)
{
	static const int filters[] = {ARCHIVE_FILTER_GZIP, ARCHIVE_FILTER_ZSTD, ARCHIVE_FILTER_XZ, ARCHIVE_FILTER_BZIP2};
	static const struct file file = {"mbox", mail};

	(void)state;
	for (size_t i = 0; i < sizeof filters / sizeof *filters; i++) {
		struct reading s = reading_of(written(ARCHIVE_FORMAT_RAW, filters[i], NULL, &file, 1));
		const struct member *m = next(&s);

		assert_non_null(m);
		assert_span(m->name, "");
		assert_int_equal(m->outcome, MEMBER_READ);
		assert_spool(&s, m, mail);
		assert_null(next(&s));
		reading_end(&s);
	}
}

static void test_a_compressed_file_without_bytes_is_one_member_without_bytes(void **state)
{
	static const struct file file = {"empty", ""};
	struct reading s = reading_of(written(ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_GZIP, NULL, &file, 1));
	const struct member *m = next(&s);

	(void)state;
	assert_non_null(m);
	assert_int_equal(m->outcome, MEMBER_READ);
	assert_spool(&s, m, "");
	assert_null(next(&s));
	reading_end(&s);
}

static void test_encrypted_members_are_named_as_such(void **state)
{
	static const struct file files[] = {{"a.txt", "secret text"}, {"b.txt", "more"}};

	(void)state;
	for (unsigned i = 0; i < 2; i++) {
		struct reading s = reading_of(written(ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE,
		    i == 0 ? "zip:encryption=zipcrypt" : "zip:encryption=aes256", files, 2));
		const struct member *m = next(&s);

		assert_non_null(m);
		assert_span(m->name, "a.txt");
		assert_int_equal(m->outcome, MEMBER_ENCRYPTED);
		m = next(&s);
		assert_non_null(m);
		assert_span(m->name, "b.txt");
		assert_int_equal(m->outcome, MEMBER_ENCRYPTED);
		assert_null(next(&s));
		reading_end(&s);
	}
}

static void test_a_bomb_is_left_alone(void **state)
{
	char *zeros = calloc(1, 80 * MIB);
	struct file files[] = {{"bomb", zeros}, {"after", "fine"}};
	static const struct { int format, filter; } kinds[] = {
		{ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_ZSTD}, {ARCHIVE_FORMAT_7ZIP, ARCHIVE_FILTER_NONE},
	};

	(void)state;
	assert_non_null(zeros);
	memset(zeros, 'a', 80 * MIB - 1);
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		struct reading s = reading_of(written(kinds[i].format, kinds[i].filter, NULL, files, 2));
		const struct member *m = next(&s);

		assert_non_null(m);
		assert_int_equal(m->outcome, MEMBER_LIMIT);
		assert_string_equal(m->reason, "taken for a decompression bomb");
		m = next(&s);
		assert_non_null(m);
		assert_int_equal(m->outcome, MEMBER_READ);
		assert_spool(&s, m, "fine");
		reading_end(&s);
	}
	free(zeros);
}

static void test_what_is_no_archive_says_so(void **state)
{
	int fd = memfd_create("text", 0);
	struct reading s;
	const struct member *m;

	(void)state;
	assert_int_equal(write(fd, mail, sizeof mail - 1), sizeof mail - 1);
	s = reading_of(fd);
	m = next(&s);
	assert_non_null(m);
	assert_int_equal(m->outcome, MEMBER_FAILED);
	assert_string_equal(m->reason, "not an archive");
	assert_null(next(&s));
	reading_end(&s);
}

/* A descriptor with bytes [0, n) of another, which is closed. */
static int cut_at(int whole, off_t n)
{
	char bytes[20480];
	int fd = memfd_create("cut", 0);

	assert_true(n <= (off_t)sizeof bytes);
	assert_int_equal(pread(whole, bytes, (size_t)n, 0), n);
	assert_int_equal(write(fd, bytes, (size_t)n), n);
	close(whole);
	return fd;
}

static void test_an_archive_cut_anywhere_ends_with_a_reason(void **state)
{
	static const struct { int format, filter; } kinds[] = {
		{ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE}, {ARCHIVE_FORMAT_7ZIP, ARCHIVE_FILTER_NONE},
		{ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP}, {ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_ZSTD},
	};
	static const struct file files[] = {{"a", mail}};

	(void)state;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		int whole = written(kinds[i].format, kinds[i].filter, NULL, files, 1);
		off_t n = lseek(whole, 0, SEEK_END);

		for (off_t cut = 1; cut < n; cut++) {
			struct reading s = reading_of(cut_at(dup(whole), cut));
			const struct member *m;
			unsigned n_members = 0;

			while ((m = next(&s)) != NULL) {
				assert_true(++n_members < 4);
				assert_true(m->outcome == MEMBER_READ || m->reason != NULL);
			}
			reading_end(&s);
		}
		close(whole);
	}
}

static void test_of_a_small_gzip_file_that_is_cut_what_there_is_is_read(void **state)
{
	static const struct file text[] = {{"a", mail}}, files[] = {{"a", mail}, {"b", "second"}};
	static const char reason[] = "the archive is cut off here (truncated gzip input)";
	int whole = written(ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_GZIP, NULL, text, 1);
	struct reading s = reading_of(cut_at(whole, lseek(whole, 0, SEEK_END) - 9));
	const struct member *m = next(&s);

	(void)state;
	assert_non_null(m);
	assert_int_equal(m->outcome, MEMBER_PARTIAL);
	assert_string_equal(m->reason, reason);
	assert_true(m->n_bytes > 40);
	assert_null(next(&s));
	reading_end(&s);
	/* Behind all members, and all the same once. */
	whole = written(ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP, NULL, files, 2);
	s = reading_of(cut_at(whole, lseek(whole, 0, SEEK_END) - 4));
	m = next(&s);
	assert_int_equal(m->outcome, MEMBER_READ);
	assert_spool(&s, m, mail);
	m = next(&s);
	assert_spool(&s, m, "second");
	m = next(&s);
	assert_non_null(m);
	assert_int_equal(m->outcome, MEMBER_FAILED);
	assert_string_equal(m->reason, reason);
	assert_null(next(&s));
	reading_end(&s);
}

static int warm(void **state)
{
	(void)state;
	assert_ok(archive_warm(&e));
	return 0;
}

/* xz gives what it has, the others whole blocks: of 900,000 and 128 KiB bytes. */
static void test_of_what_other_programs_pack_and_is_cut_what_there_is_is_read(void **state)
{
	static const struct { int filter; size_t bytes; off_t cut; uint64_t least; const char *reason; } kinds[] = {
		{ARCHIVE_FILTER_XZ, 60, 30, 60, "the archive is cut off here (truncated xz input)"},
		{ARCHIVE_FILTER_XZ, 200000, 400, 190000, "the archive is cut off here (truncated xz input)"},
		{ARCHIVE_FILTER_BZIP2, 2500000, 100, 1799000, "the archive is cut off here (truncated bzip2 input)"},
		{ARCHIVE_FILTER_ZSTD, 350000, 100, 2 * 131072, "the archive is cut off here (truncated zstd input)"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		char *text = malloc(kinds[i].bytes + 16);
		struct file file[] = {{"a", text}};
		struct reading s;
		const struct member *m;
		size_t n = 0;
		int whole;

		assert_non_null(text);
		for (unsigned line = 0; n < kinds[i].bytes; line++)
			n += (size_t)snprintf(text + n, 16, "%x\n", line * 2654435761u);
		whole = written(ARCHIVE_FORMAT_RAW, kinds[i].filter, NULL, file, 1);
		/* All of what is whole. */
		s = reading_of(dup(whole));
		m = next(&s);
		assert_int_equal(m->outcome, MEMBER_READ);
		assert_int_equal(m->n_bytes, n);
		assert_null(next(&s));
		reading_end(&s);
		assert_int_equal(ftruncate(whole, lseek(whole, 0, SEEK_END) - kinds[i].cut), 0);
		s = reading_of(whole);
		m = next(&s);
		assert_non_null(m);
		assert_int_equal(m->outcome, MEMBER_PARTIAL);
		assert_string_equal(m->reason, kinds[i].reason);
		assert_true(m->n_bytes >= kinds[i].least);
		assert_null(next(&s));
		reading_end(&s);
		free(text);
	}
}

/* The file, opened once more, has one member that is read up to what is wrong. */
static void is_read_in_part(struct reading *s, int fd, const char *text, const char *reason)
{
	const struct member *m;

	archive_close(s->r);
	assert_ok(archive_open(&s->r, fd, s->spool, &e));
	m = next(s);
	assert_int_equal(m->outcome, MEMBER_PARTIAL);
	assert_string_equal(m->reason, reason);
	assert_spool(s, m, text);
}

static void test_gzip_files_end_to_end_are_one_and_a_wrong_digest_is_told(void **state)
{
	static const struct file text[] = {{"a", "first, "}}, more[] = {{"a", "second"}};
	int one = written(ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_GZIP, NULL, text, 1);
	int two = written(ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_GZIP, NULL, more, 1);
	off_t end = lseek(one, 0, SEEK_END), n = lseek(two, 0, SEEK_END);
	struct reading s;
	char bytes[400];
	const struct member *m;

	(void)state;
	assert_int_equal(pread(two, bytes, sizeof bytes, 0), n);
	close(two);
	assert_int_equal(pwrite(one, bytes, (size_t)n, end), n);
	assert_int_equal(pwrite(one, "\0\0\r\n", 4, end + n), 4);
	s = reading_of(one);
	m = next(&s);
	assert_int_equal(m->outcome, MEMBER_READ);
	assert_spool(&s, m, "first, second");
	assert_null(next(&s));
	assert_int_equal(pwrite(one, "\0\0words", 7, end + n), 7);
	is_read_in_part(&s, one, "first, second", "what stands behind the end of the packed data is none, and was not read");
	assert_int_equal(pwrite(one, "\1\2\3\4", 4, end + n - 8), 4);
	is_read_in_part(&s, one, "first, second", "the archive is damaged here (gzip)");
	reading_end(&s);
}

static void test_members_are_passed_over_until_the_one_that_is_wanted(void **state)
{
	static const struct file files[] = {{"a", "first"}, {"b", "second"}, {"c", "third"}};
	struct reading s = reading_of(written(ARCHIVE_FORMAT_TAR_USTAR, ARCHIVE_FILTER_GZIP, NULL, files, 3));
	const struct member *m;
	struct err wrong;

	(void)state;
	assert_ok(archive_skip_to(s.r, 2, &e));
	m = next(&s);
	assert_non_null(m);
	assert_int_equal(m->index, 2);
	assert_span(m->name, "c");
	assert_spool(&s, m, "third");
	assert_int_equal(archive_skip_to(s.r, 9, &wrong), ERR_EVIDENCE);
	reading_end(&s);
}

/* No call that names a file is left. */
static void wall(void)
{
	static const int refused[] = {SCMP_SYS(openat), SCMP_SYS(open), SCMP_SYS(stat), SCMP_SYS(access), SCMP_SYS(execve)};
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ALLOW);

	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		(void)seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, refused[i], 0);
	/* But fstat, which is newfstatat with an empty path (0x1000). */
	(void)seccomp_rule_add(filter, SCMP_ACT_KILL_PROCESS, SCMP_SYS(newfstatat), 1, SCMP_A3(SCMP_CMP_NE, 0x1000));
	if (seccomp_load(filter) != 0)
		_exit(2);
	seccomp_release(filter);
}

static void test_behind_the_walls_no_file_is_opened(void **state)
{
	static const struct { int format, filter; } kinds[] = {
		{ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE}, {ARCHIVE_FORMAT_7ZIP, ARCHIVE_FILTER_NONE},
		{ARCHIVE_FORMAT_TAR_PAX_RESTRICTED, ARCHIVE_FILTER_XZ}, {ARCHIVE_FORMAT_RAW, ARCHIVE_FILTER_ZSTD},
		{ARCHIVE_FORMAT_ISO9660, ARCHIVE_FILTER_BZIP2},
	};
	static const struct file file = {"caf\xc3\xa9.txt", mail};

	(void)state;
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
		int fd = written(kinds[i].format, kinds[i].filter, NULL, &file, 1), spool = memfd_create("spool", 0), status;
		struct arena *a = test_arena();
		pid_t child = fork();

		if (child == 0) {
			struct archive_reader *r;
			struct member *m;
			struct err wrong;
			size_t n_read = 0;

			wall();
			if (archive_open(&r, fd, spool, &wrong) != OK)
				_exit(3);
			while (archive_next(r, a, &m, &wrong) == OK && m != NULL)
				n_read += m->outcome == MEMBER_READ;
			_exit(n_read == 1 ? 0 : 4);
		}
		assert_true(child > 0);
		assert_int_equal(waitpid(child, &status, 0), child);
		if (status != 0)
			fail_msg("kind %zu: status %x", i, (unsigned)status);
		arena_free(a);
		close(fd);
		close(spool);
	}
}

static void test_archives_are_known_by_their_first_bytes(void **state)
{
	(void)state;
	assert_true(archive_sniff(SPAN_LIT("\x1f\x8b\x08")));
	assert_true(archive_sniff(SPAN_LIT("PK\3\4....")));
	assert_false(archive_sniff(SPAN_LIT("PK")));
	assert_false(archive_sniff(SPAN_LIT("From alice")));
	assert_false(archive_sniff(SPAN_EMPTY));
}

/* As tar wrote it before POSIX: no mark, only a sum. */
static void test_an_old_tar_archive_is_known_by_its_sum(void **state)
{
	unsigned char header[512] = "notes.txt";
	unsigned sum = 8 * ' ';

	(void)state;
	memcpy(header + 100, "000644 \0" "000000 \0" "000000 \0" "00000000012 " "00000000000 ", 48);
	for (size_t i = 0; i < sizeof header; i++)
		sum += i < 148 || i >= 156 ? header[i] : 0;
	assert_false(archive_sniff(span_of(header, sizeof header)));
	(void)snprintf((char *)header + 148, 8, "%06o", sum);
	header[155] = ' ';
	assert_true(archive_sniff(span_of(header, sizeof header)));
	assert_false(archive_sniff(span_of(header, sizeof header - 1)));
	header[0]++;
	assert_false(archive_sniff(span_of(header, sizeof header)));
}

/* The same archive, whose directory has lost its last entry, though the end record counts it; n bytes. */
static ssize_t last_left_out(unsigned char *p, ssize_t n)
{
	ssize_t end = n - 22, at = end;

	while (memcmp(p + at, "PK\1\2", 4) != 0)
		at--;
	p[end + 8] = p[end + 10] = 2;
	p[end + 12] = (unsigned char)(p[end + 12] - (end - at));
	memmove(p + at, p + end, 22);
	return n - (end - at);
}

/* Its directory names one of two; cut anywhere, nothing is said that is not so. */
static void test_a_zip_archive_that_forgets_a_member_is_known(void **state)
{
	static const struct file files[] = {{"a.txt", mail}, {"b.txt", "second"}};
	unsigned char bytes[2048];
	int fd = written(ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, NULL, files, 2);
	ssize_t n = pread(fd, bytes, sizeof bytes, 0);

	(void)state;
	assert_in_range(n, 100, sizeof bytes - 1);
	assert_false(zip_forgets(span_of(bytes, (size_t)n)));
	assert_int_equal(bytes[n - 12], 2); /* of its end: members in all */
	bytes[n - 12] = 1;
	assert_true(zip_forgets(span_of(bytes, (size_t)n)));
	/* Whatever stands behind it. */
	bytes[n] = '\n';
	assert_true(zip_forgets(span_of(bytes, (size_t)n + 1)));
	assert_true(zip_ends(span_of(bytes, (size_t)n + 1)));
	assert_false(zip_ends(SPAN_LIT("MZ a program that knows the mark PK\5\6 of archives, and is none itself")));
	/* An end record that counts what is no longer in the directory, or that says nothing. */
	n = last_left_out(bytes, n);
	assert_true(zip_forgets(span_of(bytes, (size_t)n)));
	memset(bytes + n - 14, 0xff, 4);
	assert_true(zip_forgets(span_of(bytes, (size_t)n)));
	for (size_t i = 0; i < (size_t)n; i++)
		assert_false(zip_forgets(span_of(bytes, i)));
	close(fd);
}

/* Its directory says that the second member begins where the first one does, or within it: both are there, one behind the other. */
static void test_a_zip_archive_whose_directory_leads_astray_is_read_by_its_members(void **state)
{
	static const struct file files[] = {{"a.txt", mail}, {"b.txt", "second"}};
	unsigned char bytes[2048];
	int fd = written(ARCHIVE_FORMAT_ZIP, ARCHIVE_FILTER_NONE, NULL, files, 2);
	ssize_t n = pread(fd, bytes, sizeof bytes, 0), at = n - 22;
	struct archive_reader *r;
	struct member *m;
	struct buf into;

	(void)state;
	assert_in_range(n, 100, sizeof bytes - 1);
	while (memcmp(bytes + at, "PK\1\2", 4) != 0)
		at--;
	buf_init(&into, MIB);
	for (unsigned place = 0; place <= 5; place += 5) {
		struct arena *a = test_arena();

		memset(bytes + at + 42, 0, 4);
		bytes[at + 42] = (unsigned char)place;
		assert_ok(archive_open_span(&r, span_of(bytes, (size_t)n), &into, SPAN_EMPTY, &e));
		for (unsigned i = 0; i < 2; i++) {
			assert_ok(archive_next(r, a, &m, &e));
			assert_non_null(m);
			assert_span(m->name, files[i].name);
			assert_int_equal(m->outcome, MEMBER_READ);
			assert_span(buf_span(&into), files[i].text);
		}
		archive_close(r);
		arena_free(a);
	}
	buf_free(&into);
	close(fd);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_members_of_every_kind_of_archive_come_in_order),
		cmocka_unit_test(test_a_compressed_file_is_one_member_without_a_name),
		cmocka_unit_test(test_a_compressed_file_without_bytes_is_one_member_without_bytes),
		cmocka_unit_test(test_encrypted_members_are_named_as_such),
		cmocka_unit_test(test_a_bomb_is_left_alone),
		cmocka_unit_test(test_what_is_no_archive_says_so),
		cmocka_unit_test(test_an_archive_cut_anywhere_ends_with_a_reason),
		cmocka_unit_test(test_of_a_small_gzip_file_that_is_cut_what_there_is_is_read),
		cmocka_unit_test_setup(test_of_what_other_programs_pack_and_is_cut_what_there_is_is_read, warm),
		cmocka_unit_test(test_gzip_files_end_to_end_are_one_and_a_wrong_digest_is_told),
		cmocka_unit_test(test_members_are_passed_over_until_the_one_that_is_wanted),
		cmocka_unit_test(test_behind_the_walls_no_file_is_opened),
		cmocka_unit_test(test_a_zip_archive_that_forgets_a_member_is_known),
		cmocka_unit_test(test_a_zip_archive_whose_directory_leads_astray_is_read_by_its_members),
		cmocka_unit_test(test_archives_are_known_by_their_first_bytes),
		cmocka_unit_test(test_an_old_tar_archive_is_known_by_its_sum),
	};
	return cmocka_run_group_tests_name("member", tests, warm, NULL);
}
