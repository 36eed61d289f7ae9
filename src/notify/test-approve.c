#include "notify/test-case.h"

#include "store/db.h"

#include <dirent.h>
#include <unistd.h>

#include "base/io.h"

static void a_wave_needs_two_different_people(void **state)
{
	struct fixture *f = fixture_new();
	struct notify_approved p;
	struct notify_written w;
	struct err why = {0};

	(void)state;
	small_case(f);
	(void)plan(f);
	assert_int_equal(notify_write(&f->n, f->a, 0, &w, &why), ERR_REFUSED);
	assert_int_equal(approve(f, "  Zo\xc3\xab  Smith ").approvals, 1);
	assert_int_equal(notify_approve(&f->n, 0, "zo\xc3\x8b smith", &p, &why), ERR_REFUSED);
	assert_non_null(strstr(why.text, "has approved wave 1 already"));
	assert_int_equal(notify_approve(&f->n, 0, " \t", &p, &why), ERR_USAGE);
	assert_int_equal(notify_write(&f->n, f->a, 0, &w, &why), ERR_REFUSED);
	assert_int_equal(approve(f, "Bob").approvals, 2);
	assert_int_equal(write_wave(f).n_written, 1);
	assert_int_equal(notify_approve(&f->n, 0, "Cem", &p, &why), ERR_REFUSED);
	assert_int_equal(rows_count(f->n.store, "SELECT count(*) FROM ledger WHERE what LIKE 'wave%'"), 4);
	fixture_free(f);
}

/* A wave is planned, and two persons have approved it. */
static void approved_case(struct fixture *f)
{
	small_case(f);
	(void)plan(f);
	both_approve(f);
}

static void a_plan_changed_after_approval_needs_approval_again(void **state)
{
	struct fixture *f = fixture_new();
	struct notify_approved p;
	struct notify_written w;
	struct err why = {0};

	(void)state;
	approved_case(f);
	f->config.sender_phone = "+44 20 9999 9999"; /* another text */
	assert_int_equal(notify_write(&f->n, f->a, 0, &w, &why), ERR_REFUSED);
	assert_non_null(strstr(why.text, "before the plan changed"));
	p = approve(f, "Ada");
	assert_true(p.changed);
	assert_int_equal(p.approvals, 1);
	assert_int_equal(p.outdated, 1);
	(void)approve(f, "Cem");
	assert_int_equal(write_wave(f).n_written, 1);
	fixture_free(f);
}

static void a_fact_withdrawn_after_approval_must_be_planned_anew(void **state)
{
	struct fixture *f = fixture_new();
	struct notify_written w;
	struct notify_planned p;
	struct err why = {0};

	(void)state;
	approved_case(f);
	assert_int_equal(notify_plan(&f->n, f->a, &p, &why), ERR_REFUSED);
	assert_non_null(strstr(why.text, "approved and not yet written"));
	rows_verdict(f->n.store, 2, VERDICT_NOT_ACCESSED);
	assert_int_equal(notify_write(&f->n, f->a, 0, &w, &why), ERR_REFUSED);
	assert_non_null(strstr(why.text, "no longer hold"));
	p = plan(f);
	assert_true(p.replaced);
	assert_int_equal(p.wave.n.messages, 1);
	assert_int_equal(notify_write(&f->n, f->a, 0, &w, &why), ERR_REFUSED);
	fixture_free(f);
}

static void a_wave_is_not_written_to_an_address_that_is_no_contact_any_more(void **state)
{
	struct fixture *f = fixture_new();
	struct notify_written w;
	struct err why = {0};

	(void)state;
	approved_case(f);
	assert_ok(sql_script(f->n.store->sql, "UPDATE contact SET address = 'soc@customer.example'", &e));
	assert_int_equal(notify_write(&f->n, f->a, 0, &w, &why), ERR_REFUSED);
	assert_non_null(strstr(why.text, "no contacts of their organisations any more"));
	assert_string_equal(plan(f).wave.orgs[0].contacts[0], "soc@customer.example");
	fixture_free(f);
}

/* ---- write --------------------------------------------------------------------------------------------------- */

static const char *only_eml(struct fixture *f, const char **path)
{
	const char *dir = arena_printf(f->a, "%s/out/wave-1", f->dir);
	DIR *d = opendir(dir);
	span s = SPAN_EMPTY;

	assert_non_null(d);
	for (struct dirent *x; (x = readdir(d)) != NULL;)
		if (strstr(x->d_name, ".eml") != NULL) {
			*path = arena_printf(f->a, "%s/%s", dir, x->d_name);
			assert_ok(io_read_file(f->a, *path, 1 << 20, &s, &e));
		}
	(void)closedir(d);
	return arena_cstr(f->a, s);
}

static void a_wave_is_written_once_and_its_files_have_the_recorded_digest(void **state)
{
	struct fixture *f = fixture_new();
	const char *path = NULL, *eml;
	struct notify_written w;
	struct digest d;

	(void)state;
	small_case(f);
	plan_approve_write(f);
	eml = only_eml(f, &path);
	assert_non_null(strstr(eml, "To: security@customer.example\r\n"));
	assert_null(strstr(eml, "{{"));
	sha256_of(span_str(eml), &d);
	{
		struct notice *v;
		size_t n;

		assert_ok(notices_of(f->n.store, f->a, 1, 2, &v, &n, &e));
		assert_int_equal(n, 1);
		assert_memory_equal(&v[0].sha256, &d, sizeof d);
		assert_int_equal(v[0].state, NOTICE_WRITTEN);
		assert_string_equal(path + strlen(f->dir) + 1, v[0].file);
	}
	assert_int_equal(unlink(path), 0);
	w = write_wave(f);
	assert_true(w.before);
	assert_int_equal(w.n_written, 0);
	assert_int_equal(access(path, F_OK), -1);
	fixture_free(f);
}

static void a_write_that_was_cut_off_is_repaired_by_the_next(void **state)
{
	struct fixture *f = fixture_new(), *g = fixture_new();
	const char *path = NULL, *want, *other = NULL;
	struct notify_written w;
	struct err why = {0};

	(void)state;
	small_case(f);
	plan_approve_write(f);
	want = only_eml(f, &path);
	small_case(g);
	(void)plan(g);
	(void)approve(g, "Ada");
	(void)approve(g, "Bob");
	/* A folder stands where the file belongs: the run fails half way. */
	assert_ok(io_make_dir(arena_printf(g->a, "%s/out", g->dir), 0700, &e));
	assert_ok(io_make_dir(arena_printf(g->a, "%s/out/wave-1", g->dir), 0700, &e));
	other = arena_printf(g->a, "%s/out/wave-1/%s", g->dir, strrchr(path, '/') + 1);
	assert_ok(io_make_dir(other, 0700, &e));
	assert_int_equal(notify_write(&g->n, g->a, 0, &w, &why), ERR_WORLD);
	store_close(g->n.store);
	open_store(g);
	assert_int_equal(rows_count(g->n.store, "SELECT state FROM wave"), WAVE_APPROVED);
	assert_int_equal(rmdir(other), 0);
	assert_int_equal(write_wave(g).n_written, 1);
	assert_string_equal(only_eml(g, &other), want);
	fixture_free(f);
	fixture_free(g);
}

static unsigned n_files(const char *dir)
{
	DIR *d = opendir(dir);
	unsigned n = 0;

	assert_non_null(d);
	for (struct dirent *x; (x = readdir(d)) != NULL;)
		n += x->d_name[0] != '.';
	(void)closedir(d);
	return n;
}

/* It is signed, and nobody approved it: who hands over what is in the folder would tell whom the wave does not tell. */
static void a_notice_of_a_write_that_was_cut_off_does_not_lie_among_those_of_the_wave(void **state)
{
	struct fixture *f = fixture_new();
	const char *dir, *later;
	struct notify_written w;
	struct err why = {0};
	struct notice *v;
	size_t n;

	(void)state;
	small_case(f);
	rows_org(f->n.store, 3, "Supplier plc", ORG_DIRECTORY, "GB", "");
	rows_contact(f->n.store, 3, 0, "security@supplier.example");
	rows_link(f->n.store, 1, 3, LINK_RECIPIENT, true);
	(void)plan(f);
	both_approve(f);
	assert_ok(notices_of(f->n.store, f->a, 1, 3, &v, &n, &e));
	dir = arena_printf(f->a, "%s/out/wave-1", f->dir);
	later = arena_printf(f->a, "%s/%s.eml", dir, v[0].id);
	assert_ok(io_make_dir(arena_printf(f->a, "%s/out", f->dir), 0700, &e));
	assert_ok(io_make_dir(dir, 0700, &e));
	assert_ok(io_make_dir(later, 0700, &e));
	assert_int_equal(notify_write(&f->n, f->a, 0, &w, &why), ERR_WORLD);
	assert_int_equal(n_files(dir), 2); /* the customer's, and what is in the way of the supplier's */
	store_close(f->n.store);
	open_store(f);
	assert_int_equal(rmdir(later), 0);
	/* The customer was no party to it after all. */
	rows_unlink(f->n.store, 1, 2);
	rows_unlink(f->n.store, 2, 2);
	plan_approve_write(f);
	assert_int_equal(access(later, F_OK), 0);
	assert_int_equal(n_files(dir), 1);
	fixture_free(f);
}

static enum errc withhold(struct fixture *f, enum withheld_kind kind, const char *name, bool release, struct withheld_stands *out, struct err *why)
{
	const struct notify_decision d = {kind, release, &name, 1, "Ada", "she has read it"};

	return notify_withhold(&f->n, f->a, &d, out, why);
}

/* What that row is called: all of its digest. */
static const char *digest_of(struct fixture *f, enum withheld_kind kind, int64_t id)
{
	struct err e = {0};
	sqlite3_stmt *q = sql_query(f->n.store->sql, &e, kind == WITHHELD_MESSAGE ? "SELECT hex(sha256) FROM message WHERE id = ?"
	                                                                          : "SELECT hex(digest) FROM exposure WHERE id = ?", "i", id);
	enum errc rc;
	const char *hex;

	assert_true(sql_next(f->n.store->sql, q, &rc, &e));
	hex = sql_text(f->a, q, 0);
	sql_done(q);
	return hex;
}

/* Nobody owns it, so that the links are what they were. */
static void a_wave_that_tells_what_is_withheld_since_is_not_written(void **state)
{
	struct fixture *f = fixture_new();
	struct withheld_stands s;
	struct notify_written w;
	struct err why = {0};
	const char *x;

	(void)state;
	approved_case(f);
	x = digest_of(f, WITHHELD_EXPOSURE, 1);
	assert_ok(withhold(f, WITHHELD_EXPOSURE, x, false, &s, &e));
	assert_int_equal(s.planned, 1);
	assert_int_equal(s.told, 0);
	assert_int_equal(notify_write(&f->n, f->a, 0, &w, &why), ERR_REFUSED);
	assert_non_null(strstr(why.text, "plan it anew"));
	/* Taken back, it is the wave that two people approved. */
	assert_ok(withhold(f, WITHHELD_EXPOSURE, x, true, &s, &e));
	assert_int_equal(write_wave(f).n_written, 1);
	assert_ok(withhold(f, WITHHELD_EXPOSURE, x, false, &s, &e));
	assert_int_equal(s.told, 1);
	assert_int_equal(plan(f).wave.number, 0);
	fixture_free(f);
}

/* Of small_case: the customer sent message 1, in which the exposure stands, and is mentioned in 2. */
static void it_is_counted_to_whom_nothing_is_left(void **state)
{
	(void)state;
	for (int mentioned = 0; mentioned < 2; mentioned++) {
		struct fixture *f = fixture_new();
		struct withheld_totals t;
		struct withheld_stands s;
		struct notify_planned p;

		f->config.notify_mentioned = mentioned;
		small_case(f);
		assert_ok(withheld_totals(f->n.store, mentioned, &t, &e));
		assert_int_equal(t.messages + t.exposures + t.within + t.orgs, 0);
		assert_ok(withhold(f, WITHHELD_MESSAGE, digest_of(f, WITHHELD_MESSAGE, 1), false, &s, &e));
		assert_ok(withheld_totals(f->n.store, mentioned, &t, &e));
		assert_int_equal(t.messages, 1);
		assert_int_equal(t.within, 1);
		assert_int_equal(t.orgs, !mentioned); /* by the policy a mention is something, or nothing */
		p = plan(f);
		assert_int_equal(p.wave.n.first, mentioned);
		assert_int_equal(p.untold, 0); /* the exposure is not one that nobody has thought of */
		assert_ok(withhold(f, WITHHELD_MESSAGE, digest_of(f, WITHHELD_MESSAGE, 2), false, &s, &e));
		assert_int_equal(plan(f).wave.number, 0);
		assert_ok(withheld_totals(f->n.store, mentioned, &t, &e));
		assert_int_equal(t.orgs, 1);
		fixture_free(f);
	}
}

static void a_name_that_several_have_withholds_none(void **state)
{
	struct fixture *f = fixture_new();
	struct withheld_stands s;
	struct err why = {0};

	(void)state;
	small_case(f);
	assert_ok(sql_run(f->n.store->sql, &e, "UPDATE message SET rfc822_id = 'one@customer.example'", ""));
	assert_int_equal(withhold(f, WITHHELD_MESSAGE, "<one@customer.example>", false, &s, &why), ERR_USAGE);
	assert_non_null(strstr(why.text, "is more than one message"));
	assert_int_equal(rows_count(f->n.store, "SELECT count(*) FROM withheld"), 0);
	assert_ok(sql_run(f->n.store->sql, &e, "UPDATE message SET rfc822_id = 'two@customer.example' WHERE id = 2", ""));
	assert_ok(withhold(f, WITHHELD_MESSAGE, "ONE@customer.example", false, &s, &e));
	/* What the case has no more is released all the same. */
	assert_ok(sql_run(f->n.store->sql, &e, "UPDATE withheld SET digest = zeroblob(32)", ""));
	assert_int_equal(withhold(f, WITHHELD_EXPOSURE, "000000000000", true, &s, &why), ERR_USAGE);
	assert_ok(withhold(f, WITHHELD_MESSAGE, "000000000000", true, &s, &e));
	assert_int_equal(rows_count(f->n.store, "SELECT count(*) FROM withheld"), 0);
	fixture_free(f);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_wave_needs_two_different_people),
	    cmocka_unit_test(a_plan_changed_after_approval_needs_approval_again),
	    cmocka_unit_test(a_fact_withdrawn_after_approval_must_be_planned_anew),
	    cmocka_unit_test(a_wave_is_not_written_to_an_address_that_is_no_contact_any_more),
	    cmocka_unit_test(a_wave_is_written_once_and_its_files_have_the_recorded_digest),
	    cmocka_unit_test(a_write_that_was_cut_off_is_repaired_by_the_next),
	    cmocka_unit_test(a_notice_of_a_write_that_was_cut_off_does_not_lie_among_those_of_the_wave),
	    cmocka_unit_test(a_wave_that_tells_what_is_withheld_since_is_not_written),
	    cmocka_unit_test(it_is_counted_to_whom_nothing_is_left),
	    cmocka_unit_test(a_name_that_several_have_withholds_none),
	};

	templates = argc > 1 ? argv[1] : "templates";
	return cmocka_run_group_tests(tests, NULL, NULL);
}
