#include "notify/test-case.h"
#include "store/figures.h"

enum { ORGS = 9, MESSAGES = 24, EXPOSURES = 12, ROUNDS = 12 };

/* What the test itself knows of the case, and what each organisation is due by the words of the manual. */
struct model {
	bool link[MESSAGES][ORGS][6], counts[MESSAGES][ORGS][6], finding[MESSAGES][EXPOSURES], owner[EXPOSURES][ORGS];
	bool contact[ORGS];
	bool no_message[MESSAGES], no_exposure[EXPOSURES]; /* withheld */
};

static uint64_t seed = 42;
static unsigned draw(unsigned n)
{
	seed = seed * 6364136223846793005u + 1442695040888963407u;
	return (unsigned)(seed >> 33) % n;
}

/* The owner of secrets is one by those that are not withheld. */
static bool owns_none(const struct model *m, unsigned msg, unsigned org)
{
	bool any = false;

	for (unsigned x = 0; x < EXPOSURES; x++) {
		if (m->finding[msg][x] && m->owner[x][org] && !m->no_exposure[x])
			return false;
		any = any || (m->finding[msg][x] && m->owner[x][org]);
	}
	return any;
}

static bool link_due(const struct model *m, unsigned msg, unsigned org, unsigned role, bool mentioned)
{
	return !m->no_message[msg] && (role != LINK_OWNER || !owns_none(m, msg, org)) && m->link[msg][org][role] && m->counts[msg][org][role] && (role != LINK_MENTIONED || mentioned);
}

static bool exposure_due(const struct model *m, unsigned msg, unsigned org, unsigned x, bool mentioned)
{
	bool party = link_due(m, msg, org, LINK_SENDER, mentioned) || link_due(m, msg, org, LINK_RECIPIENT, mentioned) ||
	             link_due(m, msg, org, LINK_BULK, mentioned);
	bool any = party || link_due(m, msg, org, LINK_MENTIONED, mentioned) || link_due(m, msg, org, LINK_OWNER, mentioned);

	return m->finding[msg][x] && !m->no_exposure[x] && (party || (any && m->owner[x][org]));
}

static void grow(struct fixture *f, struct model *m)
{
	struct store *st = f->n.store;

	for (int i = 0; i < 12; i++) {
		unsigned msg = draw(MESSAGES), org = draw(ORGS), role = 1 + draw(5), x = draw(EXPOSURES);
		bool counts = draw(5) != 0;

		if (!m->link[msg][org][role]) {
			m->link[msg][org][role] = true;
			m->counts[msg][org][role] = counts;
			rows_link(st, msg + 1, org + 1, (enum link_role)role, counts);
		}
		msg = draw(MESSAGES);
		if (!m->finding[msg][x]) {
			m->finding[msg][x] = true;
			rows_finding(st, msg + 1, x + 1);
		}
		org = draw(ORGS);
		if (draw(3) == 0 && !m->owner[x][org]) {
			m->owner[x][org] = true;
			rows_owner(st, x + 1, org + 1);
		}
	}
	if (draw(2) == 0) {
		unsigned org = draw(ORGS);

		if (!m->contact[org])
			rows_contact(st, org + 1, 0, "a@b.example");
		m->contact[org] = true;
	}
}

struct seen { bool link[MESSAGES][6], exposure[MESSAGES][EXPOSURES]; };
struct seeing { struct seen *before, *all; size_t n; };

static enum errc see(void *ctx, const struct told_row *row, struct err *e)
{
	struct seeing *s = ctx;
	bool *all, *before;

	(void)e;
	if (row->exposure_id == 0) {
		all = &s->all->link[row->message_id - 1][row->role];
		before = &s->before->link[row->message_id - 1][row->role];
	} else {
		all = &s->all->exposure[row->message_id - 1][row->exposure_id - 1];
		before = &s->before->exposure[row->message_id - 1][row->exposure_id - 1];
	}
	assert_false(*all);    /* no row in two waves */
	assert_false(*before); /* and none that was told when this wave was planned */
	*all = true;
	s->n++;
	return OK;
}

/* All waves together tell exactly what is due; the newest tells nothing that was told. */
static void check_told(struct fixture *f, const struct model *m, bool mentioned)
{
	struct wave newest;

	assert_ok(wave_newest(f->n.store, &newest, &e));
	for (unsigned org = 0; org < ORGS; org++) {
		struct seen *all = calloc(1, sizeof *all), *none = calloc(1, sizeof *none);
		struct seeing s = {none, all, 0};
		struct wave_org o = {.id = org + 1};

		for (int64_t w = 1; w <= newest.number; w++)
			assert_ok(told_each(f->n.store, w, &o, see, &s, &e));
		for (unsigned msg = 0; msg < MESSAGES; msg++) {
			/* As a party, as anybody: then another role may have come too late to be news. */
			bool party = all->link[msg][LINK_SENDER] || all->link[msg][LINK_RECIPIENT] || all->link[msg][LINK_BULK];
			bool told = party || all->link[msg][LINK_OWNER];

			for (unsigned role = 1; role < 6; role++)
				if (all->link[msg][role] != link_due(m, msg, org, role, mentioned) && !(all->link[msg][role] && owns_none(m, msg, org)))
					assert_true(!all->link[msg][role] && role != LINK_OWNER && (role == LINK_MENTIONED ? told : party));
			for (unsigned x = 0; x < EXPOSURES; x++)
				assert_int_equal(all->exposure[msg][x], exposure_due(m, msg, org, x, mentioned));
		}
		free(all);
		free(none);
	}
}

/* Every fifth message and every fourth exposure, or none any more. */
static void withhold(struct fixture *f, struct model *m, bool yes)
{
	rows_withheld(f->n.store, yes ? 5 : 0, yes ? 4 : 0);
	for (int i = 0; i < MESSAGES; i++)
		m->no_message[i] = yes && (i + 1) % 5 == 0;
	for (int i = 0; i < EXPOSURES; i++)
		m->no_exposure[i] = yes && (i + 1) % 4 == 0;
}

static void all_waves_together_tell_what_is_due_and_nothing_twice(void **state)
{
	(void)state;
	for (int way = 0; way < 4; way++) {
		const bool mentioned = way & 1;
		struct fixture *f = fixture_new();
		struct model *m = calloc(1, sizeof *m);

		f->config.notify_mentioned = mentioned;
		for (int i = 0; i < ORGS; i++) {
			char key[32];

			(void)snprintf(key, sizeof key, "org%d.example", i);
			rows_org(f->n.store, i + 1, key, i == 0 ? ORG_OURSELVES : ORG_DIRECTORY, "", "");
		}
		for (int i = 0; i < MESSAGES; i++)
			rows_message(f->n.store, i + 1, 1700000000 + i * 86400, VERDICT_PRESUMED);
		for (int i = 0; i < EXPOSURES; i++)
			rows_exposure(f->n.store, i + 1, i % 2 != 0 ? "password" : "api_token", SEVERITY_HIGH, "ab****yz");
		withhold(f, m, way >= 2);
		for (int round = 0; round < ROUNDS; round++) {
			struct notify_planned p;

			grow(f, m);
			if (round == ROUNDS - 2) /* released: what was not told is due */
				withhold(f, m, false);
			p = plan(f);
			if (draw(3) == 0)
				p = plan(f); /* planned again: the same */
			if (p.wave.number != 0 && draw(4) != 0) {
				approve_write(f);
			}
			check_told(f, m, mentioned);
			arena_reset(f->a);
		}
		if (plan(f).wave.number != 0) {
			approve_write(f);
		}
		/* Nothing changed: nothing new to tell, and no wave. */
		assert_int_equal(plan(f).wave.number, 0);
		check_told(f, m, mentioned);
		free(m);
		fixture_free(f);
	}
}

/* ---- plan ---------------------------------------------------------------------------------------------------- */

static void a_plan_that_is_replaced_leaves_nothing_told(void **state)
{
	struct fixture *f = fixture_new();
	struct notify_planned p;

	(void)state;
	small_case(f);
	p = plan(f);
	assert_int_equal(p.wave.number, 1);
	assert_int_equal(p.wave.n.first, 1);
	assert_int_equal(p.wave.n.internal, 1);
	assert_int_equal(p.wave.n.notices, 1);
	assert_int_equal(p.wave.n.messages, 2);
	rows_unlink(f->n.store, 1, 2);
	rows_unlink(f->n.store, 2, 2);
	p = plan(f);
	assert_true(p.replaced);
	assert_int_equal(p.wave.number, 1);
	assert_int_equal(p.wave.n.first, 0);
	assert_int_equal(rows_count(f->n.store, "SELECT count(*) FROM told WHERE org_id = 2"), 0);
	assert_int_equal(rows_count(f->n.store, "SELECT count(*) FROM notice"), 0);
	rows_unlink(f->n.store, 1, 1);
	p = plan(f);
	assert_int_equal(p.wave.number, 0);
	assert_int_equal(rows_count(f->n.store, "SELECT count(*) FROM told"), 0);
	assert_int_equal(rows_count(f->n.store, "SELECT count(*) FROM wave"), 0);
	fixture_free(f);
}

static void the_same_rows_give_the_same_plan_and_the_same_mails(void **state)
{
	struct fixture *f = fixture_new(), *g = fixture_new();
	struct notify_planned p, q;

	(void)state;
	small_case(f);
	small_case(g);
	p = plan(f);
	q = plan(g);
	assert_memory_equal(&p.wave.plan, &q.wave.plan, sizeof p.wave.plan);
	assert_string_equal(p.wave.orgs[0].notices[0], q.wave.orgs[0].notices[0]);
	assert_string_equal(p.wave.orgs[0].key, "Customer plc");
	rows_exposure(g->n.store, 2, "password", SEVERITY_HIGH, "su********98");
	rows_finding(g->n.store, 1, 2);
	q = plan(g);
	assert_memory_not_equal(&p.wave.plan, &q.wave.plan, sizeof p.wave.plan);
	fixture_free(f);
	fixture_free(g);
}

static void mail_proved_not_accessed_is_told_to_nobody(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	small_case(f);
	rows_verdict(f->n.store, 1, VERDICT_NOT_ACCESSED);
	assert_int_equal(plan(f).wave.n.messages, 1);
	fixture_free(f);
}

/* One address that no mail can be sent to keeps nobody else from being told. */
static void an_address_that_no_mail_can_be_sent_to_is_no_contact(void **state)
{
	static const char *const odd[] = {"confirm_4_73bc61e2b4f341d7f6a970ff0b5387754eda42aaa6d506b5cfc4f3b2b4fde63e_x@odd.example", ".a@odd.example", "a.@odd.example",
	    "a..b@odd.example", "a@.odd.example", "a@odd.example.", "\"a b\"@odd.example", "a@b@odd.example", "a@odd", "j\xc3\xb6@odd.example", "+353 1 555 0100"};
	struct fixture *f = fixture_new();
	struct notify_planned p;
	struct figures n;

	(void)state;
	small_case(f);
	rows_org(f->n.store, 3, "odd.example", ORG_DERIVED, "", "");
	rows_link(f->n.store, 1, 3, LINK_RECIPIENT, true);
	for (size_t i = 0; i < sizeof odd / sizeof odd[0]; i++)
		rows_contact(f->n.store, 3, (int)i, odd[i]);
	p = plan(f);
	assert_int_equal(p.wave.n_orgs, 3);
	assert_int_equal(p.wave.n.no_contact, 1);
	assert_ok(figures_read(f->n.store, &n, &e));
	assert_int_equal(n.orgs_without_contact, 1); /* the report says what the plan does */
	rows_contact(f->n.store, 3, 99, "o'brien+notices@odd.example");
	p = plan(f);
	assert_int_equal(p.wave.n.no_contact, 0);
	fixture_free(f);
}

static void an_organisation_without_a_contact_is_listed_and_told_once_it_has_one(void **state)
{
	struct fixture *f = fixture_new();
	struct notify_planned p;
	bool due;

	(void)state;
	small_case(f);
	rows_org(f->n.store, 3, "nobody.example", ORG_DERIVED, "", "");
	rows_contact(f->n.store, 3, 0, "not an address");
	rows_contact(f->n.store, 3, 1, "a@b.example\r\nBcc: c@d.example");
	rows_link(f->n.store, 1, 3, LINK_RECIPIENT, true);
	plan_approve_write(f);
	assert_int_equal(rows_count(f->n.store, "SELECT count(*) FROM notice WHERE org_id = 3 AND state = 3"), 1);
	p = plan(f);
	assert_int_equal(p.wave.number, 0);
	assert_int_equal(p.unreached, 1);
	assert_ok(wave_due(f->n.store, true, &due, &e));
	assert_false(due);
	rows_contact(f->n.store, 3, 2, "abuse@nobody.example");
	assert_ok(wave_due(f->n.store, true, &due, &e));
	assert_true(due); /* what status says is what plan does */
	p = plan(f);
	assert_int_equal(p.wave.number, 2);
	assert_int_equal(p.unreached, 0);
	assert_int_equal(p.wave.n_orgs, 1);
	assert_int_equal(p.wave.orgs[0].version, 1);
	assert_int_equal(p.wave.orgs[0].received, 1);
	assert_int_equal(p.wave.orgs[0].exposures, 1);
	approve_write(f);
	assert_ok(wave_due(f->n.store, true, &due, &e));
	assert_false(due);
	fixture_free(f);
}

/* "Reply to": where the intruder waits for answers. */
static void whoever_writes_only_in_the_intruders_mail_is_not_written_to(void **state)
{
	struct fixture *f = fixture_new();
	struct notify_planned p;

	(void)state;
	small_case(f);
	rows_org(f->n.store, 3, "lure@mail.example", ORG_PERSON, "", "");
	rows_contact(f->n.store, 3, 0, "lure@mail.example");
	rows_link(f->n.store, 2, 3, LINK_SENDER, true);
	rows_sent(f->n.store, 2, true);
	p = plan(f);
	assert_string_equal(p.wave.orgs[1].key, "lure@mail.example");
	assert_int_equal(p.wave.orgs[1].n_contacts, 0);
	assert_non_null(strstr(p.wave.orgs[1].why_none, "intruder"));
	assert_int_equal(p.wave.n.persons_unreached, 1);
	assert_int_equal(p.wave.n.no_contact, 0); /* organisations, as status and the report count them */
	plan_approve_write(f);
	p = plan(f);
	assert_int_equal(p.wave.number, 0); /* nor does he come back with each plan */
	rows_link(f->n.store, 1, 3, LINK_RECIPIENT, true); /* somebody wrote to it of his own accord */
	p = plan(f);
	assert_string_equal(p.wave.orgs[0].key, "lure@mail.example");
	assert_int_equal(p.wave.orgs[0].n_contacts, 1);
	assert_int_equal(p.wave.orgs[0].messages, 2); /* what was withheld with it */
	fixture_free(f);
}

static void a_supplement_says_what_is_new_and_what_was_told(void **state)
{
	struct fixture *f = fixture_new();
	struct notify_planned p;
	const char *text;

	(void)state;
	small_case(f);
	plan_approve_write(f);
	rows_message(f->n.store, 3, 1708000000, VERDICT_PRESUMED);
	rows_link(f->n.store, 3, 2, LINK_RECIPIENT, true);
	rows_link(f->n.store, 2, 2, LINK_SENDER, true);
	f->n.now_utc += 20 * 86400;
	p = plan(f);
	assert_int_equal(p.wave.n.supplements, 1);
	assert_int_equal(p.wave.orgs[0].version, 2);
	text = text_of(f, "Customer plc");
	assert_non_null(strstr(text, "On 5 March 2024 we told you"));
	assert_non_null(strstr(text, "- not told of before: 1 message"));
	assert_non_null(strstr(text, "- told of before, and we now know more about it: 1 message"));
	assert_non_null(strstr(text, "told you of 2 messages with 1 password"));
	fixture_free(f);
}

static void that_mail_was_opened_is_news_once_to_who_was_told_that_it_may_have_been(void **state)
{
	struct fixture *f = fixture_new();
	struct notify_planned p;
	struct notify_written w;
	struct err why = {0};
	const char *text;
	bool due;

	(void)state;
	small_case(f);
	rows_verdict(f->n.store, 1, VERDICT_UNKNOWN);
	rows_verdict(f->n.store, 2, VERDICT_UNKNOWN);
	plan_approve_write(f);
	rows_verdict(f->n.store, 1, VERDICT_PRESUMED); /* it asks for nothing that "unknown" did not */
	p = plan(f);
	assert_int_equal(p.wave.number, 0);
	rows_verdict(f->n.store, 1, VERDICT_ACCESSED);
	assert_ok(wave_due(f->n.store, true, &due, &e));
	assert_true(due);
	p = plan(f);
	assert_int_equal(p.wave.n.supplements, 1);
	assert_int_equal(p.wave.orgs[0].messages, 1);
	assert_int_equal(p.wave.orgs[0].exposures, 1);
	text = text_of(f, "Customer plc");
	assert_null(strstr(text, "not told of before"));
	assert_non_null(strstr(text, "- told of before, and we now know more about it: 1 message"));
	assert_non_null(strstr(text, "- of these, now known to have been opened: 1 message"));
	assert_non_null(strstr(text, "- opened: 1 message"));
	assert_non_null(strstr(text, "(told"));
	rows_verdict(f->n.store, 1, VERDICT_PRESUMED); /* what was planned is not so any more */
	assert_int_equal(notify_write(&f->n, f->a, 0, &w, &why), ERR_REFUSED);
	assert_non_null(strstr(why.text, "no longer hold"));
	p = plan(f);
	assert_int_equal(p.wave.number, 0);
	rows_verdict(f->n.store, 1, VERDICT_ACCESSED);
	plan_approve_write(f);
	rows_verdict(f->n.store, 1, VERDICT_UNKNOWN); /* nor does it tell when a firmer verdict was taken back, and comes again */
	assert_int_equal(plan(f).wave.number, 0);
	rows_verdict(f->n.store, 1, VERDICT_ACCESSED);
	assert_int_equal(plan(f).wave.number, 0);
	assert_ok(wave_due(f->n.store, true, &due, &e));
	assert_false(due);
	fixture_free(f);
}

static void conflicts_of_the_directory_are_listed_with_the_plan(void **state)
{
	struct fixture *f = fixture_new();
	struct notify_planned p;

	(void)state;
	rows_conflict(f->n.store, "both.example", "One", "Two");
	p = plan(f);
	assert_int_equal(p.n_conflicts, 1);
	assert_string_equal(p.conflicts[0].domain, "both.example");
	fixture_free(f);
}

/* As when two organisations become one, of which one wrote it to the other. */
static void a_party_that_comes_to_be_another_one_is_told_nothing_new(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	rows_org(f->n.store, 2, "a.example", ORG_DIRECTORY, "", "");
	rows_message(f->n.store, 12, 1700000000, VERDICT_ACCESSED);
	rows_link(f->n.store, 12, 2, LINK_RECIPIENT, true);
	plan_approve_write(f);
	rows_link(f->n.store, 12, 2, LINK_SENDER, true);
	assert_int_equal(plan(f).wave.number, 0);
	/* Who was told of its own secret in it alone is shown more as a party. */
	rows_message(f->n.store, 13, 1700000000, VERDICT_ACCESSED);
	rows_link(f->n.store, 13, 2, LINK_OWNER, true);
	plan_approve_write(f);
	rows_link(f->n.store, 13, 2, LINK_SENDER, true);
	assert_int_equal(plan(f).wave.number, 3);
	fixture_free(f);
}

static void who_was_told_of_a_message_is_not_told_of_it_as_mentioned(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	rows_org(f->n.store, 2, "a.example", ORG_DIRECTORY, "", "");
	f->config.notify_mentioned = false;
	rows_message(f->n.store, 12, 1700000000, VERDICT_ACCESSED);
	rows_link(f->n.store, 12, 2, LINK_OWNER, true);
	rows_link(f->n.store, 12, 2, LINK_MENTIONED, true);
	plan_approve_write(f);
	f->config.notify_mentioned = true;
	assert_int_equal(plan(f).wave.number, 0);
	rows_message(f->n.store, 13, 1700000000, VERDICT_ACCESSED);
	rows_link(f->n.store, 13, 2, LINK_MENTIONED, true);
	assert_int_equal(plan(f).wave.number, 2);
	fixture_free(f);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(all_waves_together_tell_what_is_due_and_nothing_twice),
	    cmocka_unit_test(a_plan_that_is_replaced_leaves_nothing_told),
	    cmocka_unit_test(the_same_rows_give_the_same_plan_and_the_same_mails),
	    cmocka_unit_test(mail_proved_not_accessed_is_told_to_nobody),
	    cmocka_unit_test(an_address_that_no_mail_can_be_sent_to_is_no_contact),
	    cmocka_unit_test(an_organisation_without_a_contact_is_listed_and_told_once_it_has_one),
	    cmocka_unit_test(whoever_writes_only_in_the_intruders_mail_is_not_written_to),
	    cmocka_unit_test(a_supplement_says_what_is_new_and_what_was_told),
	    cmocka_unit_test(that_mail_was_opened_is_news_once_to_who_was_told_that_it_may_have_been),
	    cmocka_unit_test(conflicts_of_the_directory_are_listed_with_the_plan),
	    cmocka_unit_test(who_was_told_of_a_message_is_not_told_of_it_as_mentioned),
	    cmocka_unit_test(a_party_that_comes_to_be_another_one_is_told_nothing_new),
	};

	templates = argc > 1 ? argv[1] : "templates";
	return cmocka_run_group_tests(tests, NULL, NULL);
}
