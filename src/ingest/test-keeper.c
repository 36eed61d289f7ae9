/* What the keeper makes of a worker's death: results are made up here, as a worker would have sent them. */
#include "base/test.h"

#include <stdlib.h>

#include "base/limits.h"
#include "evidence/unit.h"
#include "ingest/keeper.h"
#include "store/test-rows.h"

enum { FILES = 3, BYTES = 100 };

struct fixture {
	char dir[100];
	struct keeper k;
	struct case_config config;
	struct ingest_options options;
	struct ingest_tally tally;
};

static int set_up(void **state)
{
	static const char *const paths[FILES] = {"/mail/a.eml", "/mail/b.eml", "/mail/c.eml"};
	struct fixture *f = test_calloc(1, sizeof *f);

	test_name(f->dir, sizeof f->dir);
	f->config.dir = f->dir;
	f->k = (struct keeper){.store = rows_case(f->dir), .config = &f->config, .options = &f->options, .tally = &f->tally};
	assert_ok(arena_new(&f->k.a, MIB, &e));
	assert_ok(arena_new(&f->k.scratch, MIB, &e));
	f->k.files.v = calloc(FILES, sizeof *f->k.files.v);
	assert_non_null(f->k.files.v);
	for (size_t i = 0; i < FILES; i++)
		f->k.files.v[f->k.files.n++] = (struct found_file){.path = paths[i], .n_bytes = BYTES};
	assert_ok(keeper_plan(&f->k, &e));
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	int rc;

	keeper_done(&f->k);
	rc = rows_case_end(f->k.store, f->dir);
	test_free(f);
	return rc;
}

/* A worker that was given a task from there on dies, having announced that place (NULL: none). What is left to do, as "unit from". */
static const char *ends(struct fixture *f, const struct ingest_task *job, uint32_t unit, uint64_t from, span bytes, const char *died,
    const struct jail_place *at)
{
	static char left[64];
	struct task_result r = {.bytes = bytes, .died = died, .known = at != NULL};
	struct buf payload, rest;
	struct cursor c;

	if (at != NULL)
		r.place = *at;
	buf_init(&payload, KIB);
	buf_init(&rest, KIB);
	buf_u8(&payload, (uint8_t)job->kind);
	buf_u32(&payload, unit);
	buf_u64(&payload, from);
	buf_u64(&payload, 0); /* of an archive: nothing before that killed one */
	buf_bytes(&payload, SPAN_EMPTY);
	buf_u32(&payload, 0);
	r.payload = buf_span(&payload);
	assert_ok(keeper_take(&f->k, job, &r, &rest, &e));
	assert_ok(store_commit(f->k.store, &e));
	c = cursor_of(buf_span(&rest));
	left[0] = '\0';
	if (cursor_u8(&c) != 0) {
		uint32_t to_unit = cursor_u32(&c);

		(void)snprintf(left, sizeof left, "%u %llu", to_unit, (unsigned long long)cursor_u64(&c));
	}
	buf_free(&payload);
	buf_free(&rest);
	return left;
}

static const char *dies(struct fixture *f, const struct ingest_task *job, uint32_t unit, uint64_t from, const struct jail_place *at)
{
	return ends(f, job, unit, from, SPAN_EMPTY, "the worker was killed", at);
}

#define COUNT(where) rows_count(f->k.store, "SELECT count(*) FROM item i JOIN source s ON s.id = i.source_id WHERE " where)

/* Ended from outside, as by a system that is out of memory: again and again, before it says where it is. */
static void a_task_that_goes_on_is_not_begun_anew(void **state)
{
	struct fixture *f = *state;
	size_t files[FILES] = {0, 1, 2};
	const struct ingest_task job = {.kind = TASK_FILES, .files = files, .n_files = FILES};

	assert_string_equal(dies(f, &job, 0, 0, NULL), "1 0");
	assert_string_equal(dies(f, &job, 1, 0, NULL), "2 0");
	assert_string_equal(dies(f, &job, 2, 40, NULL), "");
	assert_int_equal(COUNT("s.path = '/mail/a.eml'"), 1);
	assert_int_equal(COUNT("s.path = '/mail/b.eml' AND i.at_byte = 0 AND i.n_bytes = 100"), 1);
	assert_int_equal(COUNT("s.path = '/mail/c.eml' AND i.at_byte = 40 AND i.n_bytes = 60"), 1);
	assert_int_equal(COUNT("i.outcome = 3"), FILES);
}

/* What a worker says of an mbox in a task of files, from one byte to another. */
static span says_mbox(struct buf *b, uint32_t unit, uint64_t from, uint64_t to)
{
	static const struct digest digest = {{1}};

	buf_clear(b);
	buf_u8(b, RECORD_FILE);
	buf_u32(b, unit);
	buf_u8(b, SOURCE_MBOX);
	buf_put(b, digest_span(&digest));
	buf_bytes(b, SPAN_EMPTY);
	for (uint64_t at = from; at < to; at += 20) {
		buf_u8(b, RECORD_ITEM);
		buf_u32(b, unit);
		buf_u64(b, (uint64_t)UNIT_FILE);
		buf_bytes(b, SPAN_EMPTY);
		buf_u64(b, at);
		buf_u64(b, 20);
		buf_u8(b, OUTCOME_SKIPPED);
		buf_bytes(b, SPAN_EMPTY);
	}
	return buf_span(b);
}

/* Two messages of one mbox end their worker: it stays one file. */
static void a_file_that_is_read_in_several_goes_is_one_source(void **state)
{
	struct fixture *f = *state;
	size_t files[FILES] = {0, 1, 2};
	const struct ingest_task job = {.kind = TASK_FILES, .files = files, .n_files = FILES};
	struct buf b;

	buf_init(&b, 4 * KIB);
	assert_string_equal(ends(f, &job, 0, 0, says_mbox(&b, 0, 0, 20), "killed", &(struct jail_place){0, 20, 20}), "0 40");
	assert_string_equal(ends(f, &job, 0, 40, says_mbox(&b, 0, 40, 40), "killed", &(struct jail_place){0, 40, 20}), "0 60");
	(void)says_mbox(&b, 0, 60, 100);
	assert_string_equal(ends(f, &job, 0, 60, buf_span(&b), NULL, NULL), "");
	assert_int_equal(rows_count(f->k.store, "SELECT count(*) FROM source"), 1);
	assert_int_equal(COUNT("i.outcome = 3"), 2);
	assert_int_equal(COUNT("1"), 5);
	assert_int_equal(f->tally.sources, 1);
	buf_free(&b);
}

/* The rows of an archive come later, those of a file that was only touched are there: neither hides the file behind it. */
static void what_is_behind_a_file_without_rows_is_not_lost(void **state)
{
	struct fixture *f = *state;
	size_t files[FILES] = {0, 1, 2};
	const struct ingest_task job = {.kind = TASK_FILES, .files = files, .n_files = FILES};
	struct buf b;

	buf_init(&b, 4 * KIB);
	(void)says_mbox(&b, 0, 0, 0);
	b.p[5] = SOURCE_ARCHIVE;
	assert_string_equal(ends(f, &job, 0, 0, buf_span(&b), "killed", &(struct jail_place){1, 0, BYTES}), "2 0");
	assert_int_equal(f->k.todo[0], TODO_ARCHIVE);
	assert_int_equal(COUNT("s.path = '/mail/b.eml' AND i.outcome = 3"), 1);
	assert_string_equal(ends(f, &job, 2, 0, says_mbox(&b, 2, 0, 100), NULL, NULL), "");
	f->k.replaces[2] = rows_count(f->k.store, "SELECT id FROM source WHERE path = '/mail/c.eml'");
	files[0] = 2; /* touched, and read again before two others */
	files[2] = 0;
	assert_string_equal(ends(f, &job, 0, 0, says_mbox(&b, 0, 0, 20), "killed", &(struct jail_place){0, 20, 20}), "1 0");
	assert_string_equal(ends(f, &job, 0, 0, says_mbox(&b, 0, 0, 100), "killed", &(struct jail_place){1, 0, BYTES}), "2 0");
	assert_int_equal(COUNT("s.path = '/mail/c.eml'"), 5);
	assert_int_equal(COUNT("s.path = '/mail/b.eml' AND i.outcome = 3"), 2);
	buf_free(&b);
}

static void a_segment_fails_from_where_it_went_on(void **state)
{
	struct fixture *f = *state;
	size_t file = 0;
	const struct ingest_task job = {.kind = TASK_SEGMENT, .files = &file, .n_files = 1, .from = 10, .to = 90, .first = true, .last = true};

	assert_string_equal(dies(f, &job, 0, 50, NULL), "");
	assert_int_equal(COUNT("i.at_byte = 50 AND i.n_bytes = 40"), 1);
	assert_int_equal(COUNT("1"), 1);
}

static void an_archive_fails_from_where_it_went_on(void **state)
{
	struct fixture *f = *state;
	size_t file = 0;
	const struct ingest_task job = {.kind = TASK_ARCHIVE, .files = &file, .n_files = 1, .first = true, .last = true};

	f->k.todo[0] = TODO_ARCHIVE;
	assert_string_equal(dies(f, &job, 7, 0, NULL), "");
	assert_int_equal(COUNT("i.reason LIKE 'member 7 of the archive and what follows: %'"), 1);
}

/* A worker may say anything: it is not asked for what was done before it, nor for ever for the same. */
static void a_place_before_the_task_counts_for_nothing(void **state)
{
	struct fixture *f = *state;
	size_t files[FILES] = {0, 1, 2}, file = 0;
	const struct ingest_task job = {.kind = TASK_FILES, .files = files, .n_files = FILES},
	    segment = {.kind = TASK_SEGMENT, .files = &file, .n_files = 1, .from = 10, .to = 90},
	    archive = {.kind = TASK_ARCHIVE, .files = &file, .n_files = 1, .last = true};

	assert_string_equal(dies(f, &job, 1, 20, &(struct jail_place){0, 0, 1}), "2 0");
	assert_string_equal(dies(f, &job, 1, 20, &(struct jail_place){1, 5, 5}), "2 0");
	assert_int_equal(COUNT("s.path = '/mail/a.eml'"), 0);
	f->k.open.id = 1; /* an earlier task has begun it */
	assert_string_equal(dies(f, &segment, 0, 0, &(struct jail_place){0, 5, 1}), "");
	f->k.open.id = 1;
	assert_string_equal(dies(f, &archive, 3, 20, &(struct jail_place){3, 10, 10}), "");
	f->k.open.id = 1;
	assert_string_equal(dies(f, &archive, 3, 20, &(struct jail_place){3, UINT64_MAX, 2}), "");
	f->k.open.id = 1;
	assert_string_equal(dies(f, &archive, 3, 20, &(struct jail_place){3, 20, 1}), "3 21");
}

/* No word of a worker ends the run: it costs what it was on, and what was said before stands. */
static void a_record_that_is_none_costs_the_rest_of_its_file(void **state)
{
	struct fixture *f = *state;
	size_t files[FILES] = {0, 1, 2};
	const struct ingest_task job = {.kind = TASK_FILES, .files = files, .n_files = FILES};
	struct buf b;

	buf_init(&b, 4 * KIB);
	assert_string_equal(ends(f, &job, 0, 0, SPAN_LIT("\xff"), NULL, NULL), "1 0");
	assert_int_equal(COUNT("s.path = '/mail/a.eml' AND i.outcome = 3 AND i.at_byte = 0 AND i.n_bytes = 100"), 1);
	(void)says_mbox(&b, 1, 0, 40);
	buf_u8(&b, RECORD_MESSAGE); /* and nothing of one */
	assert_string_equal(ends(f, &job, 1, 0, buf_span(&b), NULL, NULL), "2 0");
	assert_int_equal(COUNT("s.path = '/mail/b.eml'"), 3);
	assert_int_equal(COUNT("s.path = '/mail/b.eml' AND i.outcome = 3 AND i.at_byte = 20 AND i.n_bytes = 20"), 1);
	assert_int_equal(COUNT("s.path = '/mail/b.eml' AND i.outcome = 3 AND i.at_byte = 40 AND i.n_bytes = 60"), 1);
	(void)says_mbox(&b, 2, 0, 100);
	buf_u8(&b, 0xff);
	assert_string_equal(ends(f, &job, 2, 0, buf_span(&b), NULL, NULL), "");
	assert_int_equal(COUNT("s.path = '/mail/c.eml'"), 5);
	assert_int_equal(rows_count(f->k.store, "SELECT count(*) FROM source WHERE state = 0"), 0);
	buf_free(&b);
}

static void a_record_that_is_none_costs_the_rest_of_its_segment_or_archive(void **state)
{
	struct fixture *f = *state;
	size_t file = 0;
	const struct ingest_task segment = {.kind = TASK_SEGMENT, .files = &file, .n_files = 1, .from = 10, .to = 90, .first = true, .last = true},
	    archive = {.kind = TASK_ARCHIVE, .files = &file, .n_files = 1, .first = true, .last = true};
	struct buf b;

	buf_init(&b, 4 * KIB);
	(void)says_mbox(&b, 0, 10, 50);
	buf_u8(&b, 0xff);
	assert_string_equal(ends(f, &segment, 0, 0, span_from(buf_span(&b), 1 + 4 + 1 + DIGEST_SIZE + 4), NULL, NULL), "");
	assert_int_equal(COUNT("i.at_byte = 50 AND i.n_bytes = 40 AND i.outcome = 3"), 1);
	assert_int_equal(COUNT("1"), 3);
	f->k.todo[0] = TODO_ARCHIVE;
	assert_string_equal(ends(f, &archive, 7, 0, SPAN_LIT("\xff"), NULL, NULL), "");
	assert_int_equal(COUNT("i.reason LIKE 'member 7 of the archive and what follows: a worker sent %'"), 1);
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(a_task_that_goes_on_is_not_begun_anew, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_file_that_is_read_in_several_goes_is_one_source, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(what_is_behind_a_file_without_rows_is_not_lost, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_segment_fails_from_where_it_went_on, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(an_archive_fails_from_where_it_went_on, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_place_before_the_task_counts_for_nothing, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_record_that_is_none_costs_the_rest_of_its_file, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_record_that_is_none_costs_the_rest_of_its_segment_or_archive, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
