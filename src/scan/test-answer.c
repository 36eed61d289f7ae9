/* A worker's answer, as it should be and otherwise. */
#include "base/test.h"

#include "base/limits.h"
#include "case/names.h"
#include "scan/keeper.h"
#include "store/db.h"
#include "store/mail.h"
#include "store/parties.h"
#include "store/test-rows.h"

static char dir[64];
static struct scan_tally tally;
static struct rule rule = {.class = CLASS_PASSWORD, .severity = SEVERITY_HIGH};
static struct rule_set set = {.rules = &rule, .n_rules = 1};
static struct keeper k;

static int set_up(void **state)
{
	(void)state;
	test_name(dir, sizeof dir);
	rule.id = SPAN_LIT("password-label");
	k = (struct keeper){.set = &set, .tally = &tally, .store = rows_case(dir)};
	k.scratch = test_arena();
	rows_message(k.store, 1, 0, VERDICT_UNKNOWN);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(k.scratch);
	return rows_case_end(k.store, dir);
}

struct told { const char *path; uint64_t n_covered, n_text, at_byte, n_bytes; uint32_t n_parts, rule; uint8_t outcome, certainty; };
static const struct told good = {"2", 1000, 4000, 17, 8, 1, 0, COVERAGE_PARTIAL, CERTAINTY_HIGH};

static void text(struct buf *b, const char *s) { buf_bytes(b, span_str(s)); }

/* One block: a row of what was not read, a finding, nothing opened. */
static void block(struct buf *b, const struct told *t)
{
	static const unsigned char digest[DIGEST_SIZE] = {7};

	buf_u32(b, 1);
	text(b, t->path), text(b, "text/plain"), text(b, "a.txt");
	buf_u64(b, t->n_covered);
	buf_u8(b, t->outcome);
	text(b, "cut");
	buf_u64(b, t->n_text);
	buf_u32(b, t->n_parts);
	buf_u32(b, 0);
	buf_u32(b, 1);
	text(b, t->path), text(b, "text/plain");
	buf_u64(b, t->at_byte);
	buf_u64(b, t->n_bytes);
	buf_u32(b, t->rule);
	buf_u8(b, t->certainty);
	text(b, "********"), text(b, "a.example"), text(b, "line 3");
	buf_put(b, span_of(digest, sizeof digest));
	buf_u32(b, 0);
}

/* Of a part: a block, and no names. */
static void part_block(struct buf *b, const struct told *t)
{
	block(b, t);
	buf_u32(b, 0);
}

static enum errc take_part(span answer, bool last, struct cursor *c)
{
	struct scanned s = {0};
	struct err e = {0};

	*c = cursor_of(answer);
	return answer_part(&k, 1, SPAN_LIT("2"), last, c, &s, &e);
}

static enum errc take(const struct told *t)
{
	struct cursor c;
	struct buf b;
	enum errc rc;

	buf_init(&b, MIB);
	part_block(&b, t);
	rc = take_part(buf_span(&b), true, &c);
	buf_free(&b);
	return rc;
}

static void what_a_worker_found_is_a_row(void **state)
{
	(void)state;
	assert_ok(take(&good));
	assert_int_equal(rows_count(k.store, "SELECT count(*) FROM finding WHERE at_byte = 17 AND n_bytes = 8 AND class = 'password'"), 1);
	assert_int_equal(rows_count(k.store, "SELECT count(*) FROM coverage WHERE n_bytes = 1000"), 1);
}

static void a_number_that_cannot_be_is_refused(void **state)
{
	struct told bad[9];

	(void)state;
	for (size_t i = 0; i < 9; i++)
		bad[i] = good;
	bad[0].n_covered = LIMIT_MESSAGE_BYTES + 1;
	bad[1].at_byte = LIMIT_MESSAGE_BYTES + 1;
	bad[2].n_bytes = UINT64_MAX;
	bad[3].n_text = LIMIT_MESSAGE_TEXT + 1;
	bad[4].rule = 1;
	bad[5].certainty = CERTAINTY_HIGH + 1;
	bad[6].outcome = COVERAGE_FAILED + 1;
	bad[7].path = "3";
	bad[8].n_parts = 2;
	for (size_t i = 0; i < 9; i++)
		assert_int_equal(take(&bad[i]), ERR_EVIDENCE);
}

static void an_answer_is_whole_and_nothing_follows_it(void **state)
{
	struct cursor c;
	struct buf b;
	size_t n;

	(void)state;
	buf_init(&b, MIB);
	part_block(&b, &good);
	n = buf_span(&b).n;
	for (size_t i = 0; i < n; i++)
		assert_int_equal(take_part(span_first(buf_span(&b), i), true, &c), ERR_EVIDENCE);
	part_block(&b, &good);
	assert_int_equal(take_part(buf_span(&b), true, &c), ERR_EVIDENCE);
	assert_ok(take_part(buf_span(&b), false, &c)); /* another part's block follows */
	assert_int_equal(c.rest.n, n);
	buf_free(&b);
}

static enum errc take_message(span answer, struct scanned *s)
{
	struct err e = {0};

	return answer_message(&k, 1, answer, s, &e);
}

static void a_message_says_what_waits_and_no_more(void **state)
{
	struct scanned s = {0};
	struct buf b;

	(void)state;
	buf_init(&b, MIB);
	block(&b, &good);
	buf_u32(&b, 0);
	buf_u32(&b, 0);
	assert_ok(take_message(buf_span(&b), &s));
	assert_int_equal(s.n_text, 4000);
	buf_u8(&b, 0);
	assert_int_equal(take_message(buf_span(&b), &s), ERR_EVIDENCE);
	buf_free(&b);
}

static enum errc take_name(const char *what, uint64_t at, uint64_t n)
{
	struct scanned s = {0};
	struct buf b;
	enum errc rc;

	buf_init(&b, MIB);
	block(&b, &good);
	buf_u32(&b, 1);
	text(&b, what);
	buf_u64(&b, at), buf_u64(&b, n);
	buf_u32(&b, 0);
	rc = take_message(buf_span(&b), &s);
	buf_free(&b);
	return rc;
}

static void a_secret_in_a_name_is_overwritten_and_nothing_else(void **state)
{
	const struct part_row row = {.path = SPAN_LIT("2"), .type = SPAN_LIT("text/plain"), .content_type = SPAN_LIT(""), .filename = SPAN_LIT("k\xc3\xa4 Reef-7.txt")};

	(void)state;
	assert_ok(store_part_add(k.store, 1, 1, &row, &e));
	assert_ok(store_commit(k.store, &e));
	assert_ok(take_name("2", 4, 6));
	assert_int_equal(rows_count(k.store, "SELECT count(*) FROM part WHERE filename = 'k\xc3\xa4 ******.txt'"), 1);
	assert_ok(take_name("2", 14, 1));
	assert_ok(take_name("2", 13, 5));
	assert_int_equal(rows_count(k.store, "SELECT count(*) FROM part WHERE filename = 'k\xc3\xa4 ******.tx*'"), 1);
	assert_int_equal(take_name("2", 4, UINT64_MAX), ERR_EVIDENCE);
	assert_int_equal(take_name("2", LIMIT_MESSAGE_BYTES + 1, 1), ERR_EVIDENCE);
}

static void so_is_one_in_the_subject_and_in_what_somebody_is_called(void **state)
{
	const struct mail_party parties[] = {
	    {PARTY_FROM, SPAN_LIT("ann@x.example"), SPAN_LIT("x.example"), SPAN_LIT("")},
	    {PARTY_TO, SPAN_LIT("bo@x.example"), SPAN_LIT("x.example"), SPAN_LIT("\"B\\o\"\n pin Re\001f-7, k\xc3\xa4")},
	    {PARTY_TO, SPAN_LIT("cy@x.example"), SPAN_LIT("x.example"), SPAN_LIT("pin Reef-7")}};

	(void)state;
	assert_ok(store_parties_put(k.store, 1, parties, 3, &e));
	assert_ok(sql_run(k.store->sql, &e, "UPDATE message SET subject = 'pin Reef-7'", ""));
	assert_ok(store_commit(k.store, &e));
	assert_ok(take_name("subject", 4, 6));
	assert_int_equal(rows_count(k.store, "SELECT count(*) FROM message WHERE subject = 'pin ******'"), 1);
	assert_ok(take_name("party 1", 11, 6));
	assert_ok(take_name("party 1", 19, 200));
	assert_int_equal(rows_count(k.store, "SELECT count(*) FROM party WHERE name = '\"B\\o\"' || char(10) || ' pin ******, ***'"), 1);
	assert_int_equal(rows_count(k.store, "SELECT count(*) FROM party WHERE name = 'pin Reef-7'"), 1);
	/* What is not there, or has no name, stays as it is. */
	assert_ok(take_name("party 0", 0, 6));
	assert_ok(take_name("party 3", 0, 6));
	assert_ok(take_name("party 2", 10, 6));
	assert_ok(take_name("party x", 0, 6));
	assert_int_equal(rows_count(k.store, "SELECT count(*) FROM party WHERE name = 'pin Reef-7'"), 1);
	assert_int_equal(rows_count(k.store, "SELECT count(*) FROM party WHERE message_id = 1"), 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(what_a_worker_found_is_a_row, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_number_that_cannot_be_is_refused, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(an_answer_is_whole_and_nothing_follows_it, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_message_says_what_waits_and_no_more, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_secret_in_a_name_is_overwritten_and_nothing_else, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(so_is_one_in_the_subject_and_in_what_somebody_is_called, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
