/* What a message's parties and a worker's answer make of it, over a case made by hand. */
#include "base/test.h"

#include "attribute/private.h"
#include "store/db.h"
#include "store/test-rows.h"

static char dir[64];
static const char *const our_domains[] = {"ours.example"};
static const struct case_config config = {.our_name = "Our Widgets", .our_domains = {(const char **)(uintptr_t)our_domains, 1},
    .notify_mentioned = true};
static struct keeper k;
static struct attribute_tally tally;

static void list_of(struct words *w, enum word_kind kind, const char *word)
{
	assert_ok(words_add(k.keep, w, token_hash(span_str(word)), kind, &e));
}

static int set_up(void **state)
{
	static const char csv[] = "name,domains\nAcme,acme.example\nBolt,bolt.example\nClash A,both.example\nClash B,both.example\n";
	bool anew;

	(void)state;
	test_name(dir, sizeof dir);
	k = (struct keeper){.config = &config, .tally = &tally, .store = rows_case(dir)};
	assert_ok(arena_new(&k.keep, (size_t)1 << 28, &e));
	assert_ok(arena_new(&k.scratch, (size_t)1 << 28, &e));
	list_of(&k.freemail, WORD_LISTED, "freemail.example");
	list_of(&k.infrastructure, WORD_LISTED, "cloud.example");
	list_of(&k.infrastructure, WORD_TENANTS, "tenants.example");
	list_of(&k.infrastructure, WORD_TENANTS, "*.store.cloud.example");
	list_of(&k.vocabulary, WORD_COMMON, "x");
	list_of(&k.vocabulary, WORD_LEGAL, "inc");
	list_of(&k.vocabulary, WORD_GIVEN, "ken");
	assert_ok(directory_of(&k.directory, k.keep, span_str(csv), "dir.csv", &config, &k.vocabulary, &k.freemail, &e));
	assert_ok(dictionary_open(&k.dictionary, directory_dictionary(k.directory), &e));
	assert_ok(domains_new(&k.domains, &k.dictionary, &k.freemail, &k.infrastructure, &e));
	k.org_ids = calloc(directory_size(k.directory), sizeof *k.org_ids);
	assert_ok(orgs_begin(k.store, &(struct digest){{1}}, "", 4, &k.directory_id, &anew, &e));
	assert_ok(orgs_put(k.store, &(struct org_row){.key = "ourselves", .name = "Us", .country = "", .language = "", .tenant = "",
	    .notes = "", .origin = ORG_OURSELVES}, &k.ourselves_id, &e));
	k.org_ids[0] = k.ourselves_id;
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	domains_free(k.domains);
	dictionary_close(&k.dictionary);
	directory_close(k.directory);
	free(k.org_ids);
	free(k.addresses);
	arena_free(k.keep);
	arena_free(k.scratch);
	return rows_case_end(k.store, dir);
}

/* Puts an address into the case and a party of it into *m. */
static void party(struct mail_row *m, enum party_role role, const char *address)
{
	static struct party_row rows[64];
	int64_t id;

	assert_ok(sql_run(k.store->sql, &e, "INSERT OR IGNORE INTO address (address, domain) VALUES (?, '')", "t", address));
	assert_ok(sql_int(k.store->sql, &id, 0, &e, "SELECT id FROM address WHERE address = ?", "t", address));
	m->parties = rows;
	rows[m->n_parties++] = (struct party_row){role, id, ""};
}

static struct mail_row mail(unsigned traits)
{
	return (struct mail_row){.id = 1, .traits = traits, .verified_domain = "", .rfc822_id = ""};
}

static const char *key_of(int64_t id)
{
	struct err e = {0};
	sqlite3_stmt *q = sql_query(k.store->sql, &e, "SELECT key FROM org WHERE id = ?", "i", id);
	enum errc rc;
	const char *key;

	assert_true(sql_next(k.store->sql, q, &rc, &e));
	key = sql_text(k.keep, q, 0);
	sql_done(q);
	return key;
}

/* Links as "Acme sender high; ..." with "!" where one does not count. */
static void expect(const struct links *l, const char *want)
{
	char got[1024] = "";
	size_t n = 0;

	for (size_t i = 0; i < l->n; i++)
		n += (size_t)snprintf(got + n, sizeof got - n, "%s%s %s %s%s", i != 0 ? "; " : "", key_of(l->v[i].org_id),
		    link_role_name((int)l->v[i].role), certainty_name((int)l->v[i].certainty), l->v[i].counts ? "" : "!");
	if (strcmp(got, want) != 0)
		fail_msg("got \"%s\", want \"%s\"", got, want);
}

static struct gathered gather(const struct mail_row *m)
{
	struct gathered g;

	assert_ok(parties_gather(&k, m, &g, &e));
	return g;
}

static void parties_are_ours_listed_private_or_known_by_domain(void **state)
{
	struct mail_row m = mail(0);
	struct gathered g;

	(void)state;
	party(&m, PARTY_FROM, "x@mail.acme.example");
	party(&m, PARTY_REPLY_TO, "y@acme.example");
	party(&m, PARTY_TO, "we@ours.example");
	party(&m, PARTY_CC, "z@sub.who.example");
	party(&m, PARTY_CC, "p@freemail.example");
	party(&m, PARTY_CC, "nowhere");
	g = gather(&m);
	expect(&g.links, "Acme sender low; who.example recipient low");
	expect(&g.ours, "ourselves recipient low");
	assert_true(g.persons);
}

static void a_sender_is_certain_where_our_server_verified_it(void **state)
{
	struct mail_row m = mail(0);
	struct gathered g;

	(void)state;
	m.verified_domain = "mail.acme.example";
	party(&m, PARTY_FROM, "x@mail.acme.example");
	g = gather(&m);
	expect(&g.links, "Acme sender high");
	m.verified_domain = "notacme.example";
	g = gather(&m);
	expect(&g.links, "Acme sender low");
}

static void who_we_wrote_to_is_surer_than_who_others_claim_to_have_written_to(void **state)
{
	struct mail_row m = mail(0);
	struct gathered g;

	(void)state;
	party(&m, PARTY_FROM, "we@ours.example");
	party(&m, PARTY_TO, "x@acme.example");
	g = gather(&m);
	expect(&g.links, "Acme recipient medium");
}

static void a_domain_in_conflict_goes_to_nobody_of_the_directory(void **state)
{
	struct mail_row m = mail(0);
	struct gathered g;

	(void)state;
	party(&m, PARTY_FROM, "x@both.example");
	g = gather(&m);
	expect(&g.links, "both.example sender low");
}

static void bulk_mail_makes_nobody_a_party(void **state)
{
	struct mail_row m = mail(TRAIT_BULK);
	struct gathered g;

	(void)state;
	party(&m, PARTY_FROM, "news@acme.example");
	party(&m, PARTY_TO, "p@freemail.example");
	g = gather(&m);
	expect(&g.links, "Acme bulk low!");
	assert_string_equal(g.links.v[0].why_not, "bulk mail");
	assert_false(g.persons);
}

static void a_mailing_lists_own_addresses_are_nobodys(void **state)
{
	struct mail_row m = mail(TRAIT_LIST);
	struct gathered g;

	(void)state;
	party(&m, PARTY_FROM, "x@acme.example");
	party(&m, PARTY_SENDER, "users-bounces@lists.bolt.example");
	party(&m, PARTY_TO, "users@lists.bolt.example");
	party(&m, PARTY_LIST, "users@lists.bolt.example");
	g = gather(&m);
	expect(&g.links, "Acme bulk low!");
	party(&m, PARTY_CC, "we@ours.example");
	g = gather(&m);
	expect(&g.links, "Acme sender low");
	m = mail(TRAIT_LIST); /* by its List-Id alone */
	party(&m, PARTY_FROM, "users-bounces@lists.bolt.example");
	party(&m, PARTY_TO, "users@lists.bolt.example");
	party(&m, PARTY_CC, "user@lists.bolt.example");
	party(&m, PARTY_LIST, "users.lists.bolt.example");
	g = gather(&m);
	expect(&g.links, "Bolt bulk low!");
	assert_string_equal(g.links.v[0].ground, "Cc: user@lists.bolt.example");
}

static void what_others_write_to_a_group_of_ours_is_theirs(void **state)
{
	struct mail_row m = mail(TRAIT_LIST | TRAIT_BULK);
	struct gathered g;

	(void)state;
	party(&m, PARTY_FROM, "support@ours.example");
	party(&m, PARTY_REPLY_TO, "x@acme.example");
	party(&m, PARTY_ORIGINAL_FROM, "x@acme.example");
	party(&m, PARTY_TO, "support@ours.example");
	party(&m, PARTY_LIST, "support.ours.example");
	g = gather(&m);
	expect(&g.links, "Acme sender low");
	/* our own newsletter is bulk */
	m = mail(TRAIT_LIST | TRAIT_BULK);
	party(&m, PARTY_FROM, "news@ours.example");
	party(&m, PARTY_TO, "x@acme.example");
	party(&m, PARTY_LIST, "news.ours.example");
	g = gather(&m);
	expect(&g.links, "Acme bulk medium!");
}

/* ---- a worker's answer -------------------------------------------------------------------------------------- */

static struct gathered hear(const struct mail_row *m, const struct told_mention *t, size_t n)
{
	struct gathered g = gather(m);
	struct buf b;

	buf_init(&b, 65536);
	for (size_t i = 0; i < n; i++)
		told_put(&b, &t[i]);
	assert_ok(owner_find(&k, m, buf_span(&b), &g, &e));
	buf_free(&b);
	return g;
}

#define ADDRESS(text_, secret_) {MENTION_ADDRESS, false, TOLD_BESIDE, ORG_MASK, secret_, 7, SPAN_LIT("1"), SPAN_LIT(text_)}
#define HOST(text_, secret_) {MENTION_HOST, false, TOLD_BESIDE, ORG_MASK, secret_, 7, SPAN_LIT("1"), SPAN_LIT(text_)}
#define NAME(org_, weak_, secret_) {MENTION_NAME, weak_, TOLD_BESIDE, org_, secret_, 7, SPAN_LIT("1"), SPAN_LIT("its name")}

static void mentions_link_others_than_the_parties(void **state)
{
	const struct told_mention t[] = {ADDRESS("a@acme.example", SECRET_NONE), ADDRESS("a@who.example", SECRET_NONE),
	    ADDRESS("p@freemail.example", SECRET_NONE), ADDRESS("we@ours.example", SECRET_NONE), HOST("a.other.example", SECRET_NONE),
	    HOST("a.bolt.example", SECRET_NONE), ADDRESS("a@cloud.example", SECRET_NONE), NAME(3, true, SECRET_NONE)};
	struct mail_row m = mail(0);
	struct gathered g;

	(void)state;
	party(&m, PARTY_FROM, "x@acme.example");
	g = hear(&m, t, sizeof t / sizeof *t);
	expect(&g.links, "Acme sender low; who.example mentioned high; Bolt mentioned high");
	assert_string_equal(g.links.v[1].at, "1:7");
	assert_string_equal(g.links.v[1].ground, "address a@who.example");
}

static struct mail_row with_secret(const char *class, const char *beside)
{
	static struct finding_row f;
	struct mail_row m = mail(0);

	f = (struct finding_row){1, 1, 1, "1", beside, class, 20, 8};
	m.findings = &f;
	m.n_findings = 1;
	return m;
}

static void a_secret_is_of_the_host_or_account_beside_it(void **state)
{
	const struct told_mention near[] = {HOST("deploy.sh", 0), HOST("vpn.who.example", 0)}, weak[] = {NAME(1, true, 0)};
	struct mail_row m = with_secret("password", "https://vpn.bolt.example:444/x");
	struct gathered g;

	(void)state;
	g = hear(&m, NULL, 0);
	expect(&g.links, "Bolt owner high");
	m = with_secret("password", "x@ours.example");
	g = hear(&m, NULL, 0);
	expect(&g.links, "ourselves owner high");
	m = with_secret("password", "root");
	g = hear(&m, near, 2);
	expect(&g.links, "who.example owner high");
	g = hear(&m, weak, 1);
	expect(&g.links, "");
	party(&m, PARTY_FROM, "x@acme.example");
	party(&m, PARTY_TO, "x@bolt.example");
	g = hear(&m, weak, 1);
	expect(&g.links, "Acme sender low; Bolt recipient low; Acme owner medium");
}

static void a_providers_host_is_of_the_customer_whose_name_it_has(void **state)
{
	const struct told_mention t[] = {HOST("acme.tenants.example", SECRET_NONE), HOST("bolt.cloud.example", SECRET_NONE),
	    HOST("x.bolt.tenants.example", SECRET_NONE), HOST("both.tenants.example", SECRET_NONE), HOST("nobody.tenants.example", SECRET_NONE)};
	struct mail_row m = mail(0);
	struct gathered g = hear(&m, t, sizeof t / sizeof *t);

	(void)state;
	expect(&g.links, "Acme mentioned medium");
	m = with_secret("password", "https://bolt-my.tenants.example/personal/x");
	g = hear(&m, NULL, 0);
	expect(&g.links, "Bolt owner medium");
	m = with_secret("password", "admin@bolt.tenants.example");
	g = hear(&m, NULL, 0);
	expect(&g.links, "Bolt owner medium");
	m = with_secret("password", "https://nobody.tenants.example/");
	g = hear(&m, NULL, 0);
	expect(&g.links, "");
	m = with_secret("password", "admin@boltexample.tenants.example");
	g = hear(&m, NULL, 0);
	expect(&g.links, "Bolt owner medium");
	m = with_secret("password", "bolt.eu-1.store.cloud.example");
	g = hear(&m, NULL, 0);
	expect(&g.links, "Bolt owner medium");
	m = with_secret("password", "boltstorage.tenants.example");
	g = hear(&m, NULL, 0);
	expect(&g.links, "Bolt owner medium");
	m = with_secret("password", "bolt-backups.tenants.example");
	g = hear(&m, NULL, 0);
	expect(&g.links, "Bolt owner medium");
	m = with_secret("password", "bolt.eu-1.deep.store.cloud.example");
	g = hear(&m, NULL, 0);
	expect(&g.links, "");
}

static void a_network_of_ones_own_is_of_whose_name_it_has_or_nobodys(void **state)
{
	struct mail_row m = with_secret("connection_string", "db1.bolt.local");
	struct gathered g = hear(&m, NULL, 0);

	(void)state;
	expect(&g.links, "Bolt owner medium");
	m = with_secret("connection_string", "db.internal");
	party(&m, PARTY_FROM, "x@acme.example");
	party(&m, PARTY_TO, "x@ours.example");
	g = hear(&m, NULL, 0);
	expect(&g.links, "Acme sender low; Acme owner low");
}

static void a_title_with_a_listed_name_is_nearer_than_a_host_that_nobody_listed(void **state)
{
#define TITLE(org_, secret_) {MENTION_NAME, false, TOLD_TITLE, org_, secret_, 7, SPAN_LIT("1"), SPAN_LIT("its name")}
	const struct told_mention unlisted[] = {HOST("cpanel.who.example", 0), TITLE(1, 0)}, listed[] = {HOST("vpn.bolt.example", 0), TITLE(1, 0)},
	    ours[] = {HOST("cpanel.who.example", 0), TITLE(0, 0)}, other[] = {HOST("cpanel.who.example", 0), TITLE(1, 1)};
	struct mail_row m = with_secret("password", "");
	struct gathered g;

	(void)state;
	g = hear(&m, unlisted, 2);
	expect(&g.links, "Acme owner medium");
	g = hear(&m, listed, 2);
	expect(&g.links, "Bolt owner high");
	g = hear(&m, ours, 2);
	expect(&g.links, "who.example owner high");
	g = hear(&m, other, 2);
	expect(&g.links, "who.example owner high");
	m = with_secret("password", "https://cpanel.who.example/");
	g = hear(&m, unlisted, 2);
	expect(&g.links, "Acme owner medium");
	g = hear(&m, NULL, 0);
	expect(&g.links, "who.example owner high");
}

static void each_of_many_secrets_is_of_what_stands_beside_it(void **state)
{
	const struct told_mention near[] = {HOST("ftp.who.example", SECRET_NONE), HOST("deploy.sh", 2), HOST("ftp.bolt.example", 2),
	    HOST("x.other.example", 1), HOST("vpn.acme.example", 3), HOST("ftp.who.example", 9)};
	static const char *const keys[] = {"", "other.example", "Bolt", "Acme"};
	struct finding_row f[4];
	struct mail_row m = mail(0);

	(void)state;
	for (int i = 0; i < 4; i++) {
		f[i] = (struct finding_row){1, i + 1, 11 + i, "1", "", "password", 20, 8};
		assert_ok(sql_run(k.store->sql, &e, "INSERT INTO exposure (id, digest, class, severity, masked) VALUES (?, ?, 'password', 1, '')",
		    "it", (int64_t)(11 + i), keys[i]));
	}
	m.findings = f;
	m.n_findings = 4;
	(void)hear(&m, near, sizeof near / sizeof *near);
	assert_ok(orgs_finish(k.store, &e));
	for (int i = 0; i < 4; i++) {
		int64_t org;

		assert_ok(sql_int(k.store->sql, &org, 0, &e, "SELECT org_id FROM owner WHERE exposure_id = ?", "i", (int64_t)(11 + i)));
		assert_string_equal(org != 0 ? key_of(org) : "", keys[i]);
	}
}

static void a_card_is_not_of_whoever_is_named_beside_it(void **state)
{
	const struct told_mention near[] = {HOST("vpn.bolt.example", 0)};
	struct mail_row m = with_secret("payment_card", "");
	struct gathered g;

	(void)state;
	party(&m, PARTY_FROM, "x@acme.example");
	g = hear(&m, near, 1);
	expect(&g.links, "Acme sender low");
}

static void a_secret_with_nothing_beside_it_is_of_the_only_correspondent(void **state)
{
	struct mail_row m = with_secret("password", "");
	struct gathered g;

	(void)state;
	party(&m, PARTY_FROM, "x@acme.example");
	party(&m, PARTY_TO, "we@ours.example");
	g = hear(&m, NULL, 0);
	expect(&g.links, "Acme sender low; Acme owner low");
	party(&m, PARTY_CC, "x@bolt.example");
	g = hear(&m, NULL, 0);
	expect(&g.links, "Acme sender low; Bolt recipient low; Acme owner low");
}

#define QUOTED(text_, secret_) {MENTION_QUOTED, false, TOLD_QUOTED, ORG_MASK, secret_, 7, SPAN_LIT("1"), SPAN_LIT(text_)}

static void a_secret_in_mail_among_ourselves_is_of_whom_the_quoted_mail_was_with(void **state)
{
	const struct told_mention with[] = {QUOTED("we@ours.example", 0), QUOTED("x@acme.example", 0), QUOTED("y@acme.example", 0)},
	    two[] = {QUOTED("x@acme.example", 0), QUOTED("x@bolt.example", 0)},
	    ours_to_two[] = {QUOTED("x@acme.example", 0), QUOTED("x@bolt.example", 0), QUOTED("we@ours.example", 0)}, person[] = {QUOTED("x@acme.example", 0), QUOTED("p@freemail.example", 0)},
	    named[] = {NAME(2, false, 0), QUOTED("x@acme.example", 0)};
	struct mail_row m = with_secret("password", "");
	struct gathered g;

	(void)state;
	party(&m, PARTY_FROM, "we@ours.example");
	party(&m, PARTY_TO, "you@ours.example");
	g = hear(&m, with, 3);
	expect(&g.links, "Acme owner low");
	g = hear(&m, two, 2); /* who wrote is told last */
	expect(&g.links, "Bolt owner low");
	g = hear(&m, ours_to_two, 3);
	expect(&g.links, "ourselves owner low");
	g = hear(&m, person, 2);
	expect(&g.links, "ourselves owner low");
	g = hear(&m, named, 2);
	expect(&g.links, "Bolt owner medium");
	party(&m, PARTY_CC, "x@bolt.example");
	g = hear(&m, with, 3);
	expect(&g.links, "Bolt recipient medium; Acme owner low; Bolt owner low");
	g = hear(&m, ours_to_two, 3);
	expect(&g.links, "Bolt recipient medium; Bolt owner low");
}

static void what_a_program_sent_to_one_person_is_of_its_organisation(void **state)
{
	struct mail_row m = with_secret("password", "");
	struct gathered g;

	(void)state;
	m.traits = TRAIT_AUTOMATIC;
	party(&m, PARTY_FROM, "no-reply@acme.example");
	party(&m, PARTY_TO, "we@ours.example");
	g = hear(&m, NULL, 0);
	expect(&g.links, "Acme bulk low!; Acme owner low");
	m.traits = TRAIT_AUTOMATIC | TRAIT_BULK;
	g = hear(&m, NULL, 0);
	expect(&g.links, "Acme bulk low!");
}

static void an_owner_for_want_of_better_yields_to_one_with_a_ground(void **state)
{
	int64_t n;

	(void)state;
	assert_ok(sql_run(k.store->sql, &e, "INSERT INTO exposure (id, digest, class, severity, masked) VALUES (1, x'01', 'password', 1, '')", ""));
	assert_ok(orgs_owner(k.store, 1, 7, GROUND_AMONG_US, &e));
	assert_ok(orgs_owner(k.store, 1, 8, GROUND_WITH_THEM, &e));
	assert_ok(orgs_finish(k.store, &e));
	assert_ok(sql_int(k.store->sql, &n, 0, &e, "SELECT sum(org_id) FROM owner", ""));
	assert_int_equal(n, 8);
	assert_ok(orgs_owner(k.store, 1, 9, "host b.example beside it", &e));
	assert_ok(orgs_finish(k.store, &e));
	assert_ok(sql_int(k.store->sql, &n, 0, &e, "SELECT sum(org_id) FROM owner", ""));
	assert_int_equal(n, 9);
}

static void a_damaged_answer_is_refused_at_every_cut(void **state)
{
	const struct told_mention one = ADDRESS("a@who.example", SECRET_NONE);
	struct mail_row m = mail(0);
	struct buf b;

	(void)state;
	buf_init(&b, 65536);
	told_put(&b, &one);
	for (size_t n = 1; n < b.n; n++) {
		struct gathered g = gather(&m);
		struct err e;

		assert_int_equal(owner_find(&k, &m, span_first(buf_span(&b), n), &g, &e), ERR_EVIDENCE);
	}
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test_setup_teardown(parties_are_ours_listed_private_or_known_by_domain, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_sender_is_certain_where_our_server_verified_it, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(who_we_wrote_to_is_surer_than_who_others_claim_to_have_written_to, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_domain_in_conflict_goes_to_nobody_of_the_directory, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(bulk_mail_makes_nobody_a_party, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(what_others_write_to_a_group_of_ours_is_theirs, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_mailing_lists_own_addresses_are_nobodys, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(mentions_link_others_than_the_parties, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_secret_is_of_the_host_or_account_beside_it, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_providers_host_is_of_the_customer_whose_name_it_has, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_network_of_ones_own_is_of_whose_name_it_has_or_nobodys, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_title_with_a_listed_name_is_nearer_than_a_host_that_nobody_listed, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(each_of_many_secrets_is_of_what_stands_beside_it, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_card_is_not_of_whoever_is_named_beside_it, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_secret_with_nothing_beside_it_is_of_the_only_correspondent, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_secret_in_mail_among_ourselves_is_of_whom_the_quoted_mail_was_with, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(what_a_program_sent_to_one_person_is_of_its_organisation, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(an_owner_for_want_of_better_yields_to_one_with_a_ground, set_up, tear_down),
	    cmocka_unit_test_setup_teardown(a_damaged_answer_is_refused_at_every_cut, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
