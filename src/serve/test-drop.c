/* What is left alone in the drop folder: a link is no bundle, whatever the folder says of its name, and ends no reading room. */
#include "base/test.h"

#include <dirent.h>
#include <unistd.h>

#include "serve/private.h"

static char drop[] = "/tmp/tocsin-drop-XXXXXX";
static const struct serve_config config = {.origin = "https://reading.example", .host = "reading.example", .drop = drop};
static const struct process_fds fds = {.clock = -1};
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
	char path[128];
	struct logic *l;
	bool more;

	(void)state;
	assert_non_null(mkdtemp(drop));
	(void)snprintf(path, sizeof path, "%s/11111111111111111111111111111111.bundle", drop);
	assert_int_equal(symlink("/nonexistent", path), 0);
	assert_ok(logic_new(&l, &config, &fds, &e));
	for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
		told = folders[i].told;
		assert_ok(drop_step(l, &more, &e));
		assert_int_equal(more, folders[i].looked_at);
	}
	logic_free(l);
	assert_int_equal(unlink(path), 0); /* as it was */
	assert_int_equal(rmdir(drop), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_link_is_left_alone_whatever_the_folder_says_of_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
