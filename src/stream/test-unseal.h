/* For the tests of encrypted archives: the archives that the fuzz target begins with. */
#ifndef TOCSIN_STREAM_TEST_UNSEAL_H
#define TOCSIN_STREAM_TEST_UNSEAL_H

#include "base/io.h"
#include "base/test.h"
#include "stream/member.h"
#include "stream/unseal.h"

static span seed(struct arena *a, const char *name)
{
	span s;

	assert_ok(io_read_file(a, arena_printf(a, "%s/%s", SEEDS_DIR, name), 1 << 16, &s, &e));
	return s;
}

/* Of a group of tests: what libarchive does once is not the first test's. */
static int warm(void **state)
{
	(void)state;
	assert_ok(archive_warm(&e));
	return 0;
}

#endif
