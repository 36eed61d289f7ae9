/* Setup of a group of tests that read charsets: what iconv has of them is opened, as at the start of a worker. */
#ifndef TOCSIN_STREAM_TEST_CHARSETS_H
#define TOCSIN_STREAM_TEST_CHARSETS_H

#include "base/test.h"
#include "stream/charset.h"

static inline int open_charsets(void **state)
{
	struct err why;

	(void)state;
	return charset_open(&why) == OK ? 0 : -1;
}

#endif
