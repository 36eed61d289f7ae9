/* A file's bytes, in part and whole: what is read is what stands there, in any order, and a file that shrank is said to have. */
#include "base/test.h"

#include <sys/mman.h>
#include <unistd.h>

#include "evidence/unit.h"

enum { BYTES = 3 * 1024 * 1024 + 17 };

/* Every number of four bytes is another. */
static unsigned char byte_at(uint64_t at) { return (unsigned char)(at / 4 >> at % 4 * 8); }

static int file_made(void)
{
	unsigned char *bytes = malloc(BYTES);
	int fd = memfd_create("file", MFD_CLOEXEC);

	assert_non_null(bytes);
	for (size_t i = 0; i < BYTES; i++)
		bytes[i] = byte_at(i);
	assert_int_equal(write(fd, bytes, BYTES), BYTES);
	free(bytes);
	return fd;
}

static void expect(struct file_view *v, int fd, uint64_t at, uint64_t n)
{
	span got;

	assert_ok(file_view_part(v, fd, BYTES, at, n, &got, &e));
	assert_int_equal(got.n, n);
	for (size_t i = 0; i < n; i++)
		if (got.p[i] != byte_at(at + i))
			fail_msg("%llu bytes from %llu: the one at %zu is another", (unsigned long long)n, (unsigned long long)at, i);
}

static void parts_in_any_order(void **state)
{
	struct file_view v = {0};
	int fd = file_made();

	(void)state;
	expect(&v, fd, 0, 1000);
	expect(&v, fd, 1000, 5);
	expect(&v, fd, 1024 * 1024 - 10, 20);      /* over the end of what is there */
	expect(&v, fd, 3, 4);                      /* back again */
	expect(&v, fd, 5000, 2 * 1024 * 1024);     /* more than is read at once */
	expect(&v, fd, 7, 1024 * 1024);
	expect(&v, fd, BYTES - 1, 1);
	expect(&v, fd, BYTES, 0);
	expect(&v, fd, 0, BYTES);
	file_view_done(&v);
	(void)close(fd);
}

static void another_file_is_read_anew(void **state)
{
	struct file_view v = {0};
	int fd = file_made(), other = memfd_create("other", MFD_CLOEXEC);
	struct err why = {0};
	span got;

	(void)state;
	assert_int_equal(write(other, "short", 5), 5);
	expect(&v, fd, 0, 4);
	file_view_forget(&v);
	assert_ok(file_view_part(&v, other, 5, 0, 4, &got, &e));
	assert_span(got, "shor");
	assert_ok(file_view(&v, other, 5, &got, &e));
	assert_span(got, "short");
	/* Not as long as it was. */
	assert_int_equal(ftruncate(fd, 2000), 0);
	file_view_forget(&v);
	assert_int_equal(file_view_part(&v, fd, BYTES, 0, 4, &got, &why), ERR_EVIDENCE);
	assert_int_equal(file_view_part(&v, fd, BYTES, 0, 2 * 1024 * 1024, &got, &why), ERR_EVIDENCE);
	assert_int_equal(file_view_part(&v, fd, 2000, 1990, 11, &got, &why), ERR_EVIDENCE);
	assert_int_equal(file_view_part(&v, fd, 2000, UINT64_MAX, 11, &got, &why), ERR_EVIDENCE);
	file_view_done(&v);
	(void)close(fd);
	(void)close(other);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(parts_in_any_order),
	    cmocka_unit_test(another_file_is_read_anew),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
