/* What is left alone in the drop folder: a link is no bundle, whatever the folder says of its name, and nothing there ends a reading room. */
#include "serve/test-logic.h"

#include <dirent.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "base/io.h"

static unsigned char told; /* of each name, by the folder */

struct dirent *__real_readdir64(DIR *d);
struct dirent *__wrap_readdir64(DIR *d);
struct dirent *__wrap_readdir64(DIR *d)
{
	struct dirent *x = __real_readdir64(d);

	if (x != NULL)
		x->d_type = told;
	return x;
}

static void a_link_is_left_alone_whatever_the_folder_says_of_it(void **state)
{
	const struct { unsigned char told; bool looked_at; } folders[] = {{DT_LNK, false}, {DT_UNKNOWN, false}, {DT_REG /* when it was asked */, true}};
	char drop[] = "/tmp/tocsin-drop-XXXXXX", path[128];
	struct serve_config c = config;
	bool more;

	(void)state;
	assert_non_null(mkdtemp(drop));
	c.drop = drop;
	l->c = &c;
	(void)snprintf(path, sizeof path, "%s/11111111111111111111111111111111.bundle", drop);
	assert_int_equal(symlink("/nonexistent", path), 0);
	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
		told = folders[i].told;
		assert_ok(drop_step(l, &more, &e));
		assert_int_equal(more, folders[i].looked_at);
	}
	assert_int_equal(unlink(path), 0); /* as it was */
	assert_int_equal(rmdir(drop), 0);
}

/* Two that are no bundles, and beside the first a folder of the name that it would be given. */
static void what_cannot_be_moved_away_stays_and_the_others_go_on(void **state)
{
	char drop[] = "/tmp/tocsin-drop-XXXXXX", name[2][160], aside[2][sizeof name + 8];
	struct serve_config c = config;
	bool more = true;

	(void)state;
	assert_non_null(mkdtemp(drop));
	c.drop = c.sealed_dir = drop;
	l->c = &c;
	told = DT_REG;
	for (size_t i = 0; i < 2; i++) {
		(void)snprintf(name[i], sizeof name[i], "%s/%zu1111111111111111111111111111111.bundle", drop, i + 1);
		(void)snprintf(aside[i], sizeof aside[i], "%s.refused", name[i]);
		assert_ok(io_write_file(name[i], SPAN_LIT("no bundle"), 0600, &e));
		answer_log();
	}
	assert_int_equal(mkdir(aside[0], 0700), 0);
	for (unsigned n = 0; n < 20 && more; n++)
		assert_ok(drop_step(l, &more, &e));
	assert_false(more);
	assert_true(access(name[0], F_OK) == 0 && access(name[1], F_OK) != 0 && access(aside[1], F_OK) == 0);
	/* Another one of that name is looked at. */
	assert_int_equal(rmdir(aside[0]), 0);
	assert_int_equal(unlink(name[0]), 0);
	assert_ok(io_write_file(name[0], SPAN_LIT("another"), 0600, &e));
	answer_log();
	for (more = true; more;)
		assert_ok(drop_step(l, &more, &e));
	assert_int_equal(access(aside[0], F_OK), 0);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(unlink(aside[i]), 0);
	assert_int_equal(rmdir(drop), 0);
}

/* As a disk without a block for one more name. */
static void where_no_copy_can_be_made_it_waits_and_people_are_answered(void **state)
{
	char drop[] = "/tmp/tocsin-drop-XXXXXX", name[160];
	struct serve_config c = config;
	struct buf answer;
	bool more = true;

	(void)state;
	buf_init(&answer, WIRE_MAX);
	assert_non_null(mkdtemp(drop));
	c.drop = drop;
	l->c = &c;
	told = DT_REG;
	(void)snprintf(name, sizeof name, "%s/31111111111111111111111111111111.bundle", drop);
	assert_ok(io_write_file(name, SPAN_LIT("no bundle"), 0600, &e));
	assert_ok(drop_step(l, &more, &e));
	assert_false(more);
	assert_int_equal(about(&answer), 200);
	assert_int_equal(unlink(name), 0);
	assert_int_equal(rmdir(drop), 0);
	buf_free(&answer);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_link_is_left_alone_whatever_the_folder_says_of_it),
	    cmocka_unit_test(what_cannot_be_moved_away_stays_and_the_others_go_on),
	    cmocka_unit_test(where_no_copy_can_be_made_it_waits_and_people_are_answered),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
