#include "base/test.h"

#include <sys/mman.h>
#include <unistd.h>

#include "attribute/cells.h"
#include "attribute/directory.h"
#include "base/buf.h"
#include "base/limits.h"

static struct arena *arena;
static struct dictionary dictionary;
static const char *const our_domains[] = {"ours.example"};
static const struct case_config config = {.our_name = "Our Widgets", .our_domains = {(const char **)(uintptr_t)our_domains, 1}};
static struct words vocabulary;

static int set_up(void **state)
{
	(void)state;
	arena = test_arena();
	vocabulary = (struct words){0};
	assert_ok(words_add(arena, &vocabulary, token_hash(SPAN_LIT("inc")), WORD_LEGAL, &e));
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	arena_free(arena);
	return 0;
}

static struct words freemail;

static struct directory *read_bytes(span csv)
{
	struct directory *d;

	assert_ok(directory_of(&d, arena, csv, "dir.csv", &config, &vocabulary, &freemail, &e));
	assert_ok(dictionary_open(&dictionary, directory_dictionary(d), &e));
	return d;
}

static struct directory *read_csv(const char *csv) { return read_bytes(span_str(csv)); }

static void put_away(struct directory *d)
{
	dictionary_close(&dictionary);
	directory_close(d);
}

static struct found host(const char *name) { return dictionary_find(&dictionary, dictionary_host_hash(span_str(name))); }

static void refuse(const char *csv, const char *why)
{
	struct directory *d;
	struct err e = {0};

	if (directory_of(&d, arena, span_str(csv), "dir.csv", &config, &vocabulary, &freemail, &e) != ERR_USAGE)
		fail_msg("not refused: %s", csv);
	if (strstr(e.text, why) == NULL)
		fail_msg("said \"%s\", not \"%s\"", e.text, why);
}

static void headings_are_known_in_several_languages(void **state)
{
	static const struct { const char *heading; enum column column; const char *role; } cases[] = {
	    {"Name", COLUMN_NAME, ""}, {"ORGANISATION", COLUMN_NAME, ""}, {"Company Name", COLUMN_NAME, ""},
	    {"Firma", COLUMN_NAME, ""}, {"Raison sociale", COLUMN_NAME, ""}, {"Soci\xc3\xa9t\xc3\xa9", COLUMN_NAME, ""},
	    {"Domain(s)", COLUMN_DOMAINS, ""}, {"E-Mail-Dom\xc3\xa4nen", COLUMN_DOMAINS, ""}, {"Noms de domaine", COLUMN_DOMAINS, ""},
	    {"web_site", COLUMN_DOMAINS, ""}, {"AKA", COLUMN_ALIASES, ""}, {"Kurzname", COLUMN_ALIASES, ""},
	    {"Land", COLUMN_COUNTRY, ""}, {"Langue", COLUMN_LANGUAGE, ""}, {"Contact 2", COLUMN_CONTACTS, ""},
	    {"Security contact email", COLUMN_CONTACTS, "security"}, {"Privacy contact", COLUMN_CONTACTS, "privacy"},
	    {"Contact role", COLUMN_CONTACT_ROLE, ""}, {"Tenant ID", COLUMN_TENANT, ""}, {"Bemerkungen", COLUMN_NOTES, ""},
	    {"Organisationsname", COLUMN_NAME, ""}, {"Name des Lieferanten", COLUMN_OTHER, ""}, {"Bedrijfsnaam", COLUMN_NAME, ""}, {"Kontaktname", COLUMN_OTHER, ""},
	    {"Ansprechpartnername", COLUMN_OTHER, ""}, {"Benutzername", COLUMN_OTHER, ""}, {"Kundendom\xc3\xa4nen", COLUMN_DOMAINS, ""}, {"Domeinnaam", COLUMN_DOMAINS, ""},
	    {"Ansprechpartner-Mailadresse", COLUMN_CONTACTS, ""}, {"E-mailadres", COLUMN_CONTACTS, ""}, {"Datenschutz-Mailadresse", COLUMN_CONTACTS, "privacy"},
	    {"Mailbox size", COLUMN_OTHER, ""}, {"Turnover", COLUMN_OTHER, ""}, {"", COLUMN_OTHER, ""}, {"12", COLUMN_OTHER, ""}};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		const char *role;
		enum column c = column_of(span_str(cases[i].heading), &role);

		if (c != cases[i].column || strcmp(role, cases[i].role) != 0)
			fail_msg("\"%s\" is column %d, role \"%s\"", cases[i].heading, (int)c, role);
	}
}

static void domains_are_taken_as_people_write_them(void **state)
{
	static const char *const same[] = {"b.example", "B.Example", "@b.example", "*.b.example", "www.b.example",
	    "https://www.b.example/contact?x#y", "http://b.example:8080", "x@b.example", "b.example."};
	char out[HOST_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof same / sizeof *same; i++) {
		size_t n = domain_clean(span_str(same[i]), out);

		assert_span(span_of(out, n), "b.example");
	}
	assert_int_equal(domain_clean(SPAN_LIT("example"), out), 0);
	assert_int_equal(domain_clean(SPAN_LIT("b..example"), out), 0);
	assert_int_equal(domain_clean(SPAN_LIT("b example"), out), 0);
	assert_int_equal(domain_clean(SPAN_LIT(""), out), 0);
}

/* The first are examples of RFC 3492 7.1, in lower case. */
static void a_domain_with_umlauts_is_the_one_that_the_dns_has(void **state)
{
	static const struct { const char *wide, *ascii; } cases[] = {
	    {"b\xc3\xbc" "cher.example", "xn--bcher-kva.example"}, {"B\xc3\x9c" "CHER.Example", "xn--bcher-kva.example"},
	    {"xn--bcher-kva.example", "xn--bcher-kva.example"},
	    {"www.\xe5\xae\x89\xe5\xae\xa4\xe5\xa5\x88\xe7\xbe\x8e\xe6\x81\xb5-with-super-monkeys.example",
	     "xn---with-super-monkeys-pc58ag80a8qai00g7n9n.example"},
	    {"\xe3\x81\x9d\xe3\x81\xae\xe3\x82\xb9\xe3\x83\x94\xe3\x83\xbc\xe3\x83\x89\xe3\x81\xa7.example", "xn--d9juau41awczczp.example"}};
	char out[HOST_SIZE];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		size_t n = domain_clean(span_str(cases[i].wide), out);

		assert_span(span_of(out, n), cases[i].ascii);
	}
}

static void contacts_have_their_role_wherever_it_stands(void **state)
{
	struct directory *d = read_csv("Company,Domains,Contacts,Security contact,Contact 2\r\n"
	    "Acme Inc,acme.example,\"soc@acme.example (security); legal: law@acme.example | Desk <desk@acme.example>\","
	    "ciso@acme.example,SOC@acme.example\r\n");
	struct org_row o;

	(void)state;
	assert_ok(directory_org(d, arena, 1, &o, &e));
	assert_string_equal(o.key, "Acme Inc");
	assert_int_equal(o.n_contacts, 4); /* one twice */
	assert_string_equal(o.contacts[0].address, "soc@acme.example");
	assert_string_equal(o.contacts[0].role, "security");
	assert_string_equal(o.contacts[1].address, "law@acme.example");
	assert_string_equal(o.contacts[1].role, "legal");
	assert_string_equal(o.contacts[2].address, "desk@acme.example");
	assert_string_equal(o.contacts[2].role, "");
	assert_string_equal(o.contacts[3].role, "security");
	put_away(d);
}

static void excel_writes_the_same_directory(void **state)
{
	static const char semicolons[] = "\xef\xbb\xbfName;Domains;Country\r\n\"Acme; Inc\";\"acme.example\nacme.test\";FR\r\n";
	unsigned char wide[400];
	size_t n = 0;

	(void)state;
	for (const char *p = "Name\tDomains\tCountry\r\n\"Acme; Inc\"\tacme.example, acme.test\tFR\r\n"; *p != '\0'; p++) {
		if (n == 0) {
			wide[n++] = 0xff;
			wide[n++] = 0xfe;
		}
		wide[n++] = (unsigned char)*p;
		wide[n++] = 0;
	}
	for (int i = 0; i < 2; i++) {
		struct directory *d = read_bytes(i == 0 ? span_str(semicolons) : span_of(wide, n));
		struct org_row o;

		assert_ok(directory_org(d, arena, 1, &o, &e));
		assert_string_equal(o.name, "Acme; Inc");
		assert_string_equal(o.country, "FR");
		assert_int_equal(o.n_domains, 2);
		assert_int_equal(host("acme.example").org, 1);
		assert_int_equal(host("acme.test").org, 1);
		put_away(d);
	}
}

static void lines_may_end_as_on_old_macintoshes(void **state)
{
	struct directory *d;
	const char *first;

	(void)state;
	d = read_csv("name,domains\rAcme Rockets,acme.example\rBeta Boats,beta.example, \rGamma Gulls,\"gamma.example;???\"\r");
	assert_int_equal(directory_orgs(d), 3);
	assert_int_equal(host("beta.example").org, 2);
	assert_int_equal(host("gamma.example").org, 3);
	assert_int_equal(directory_problems(d, &first), 1);
	assert_string_equal(first, "dir.csv:4: \"???\" is no domain");
	put_away(d);
}

static void a_domain_of_two_organisations_is_a_conflict_and_neithers(void **state)
{
	struct directory *d = read_csv("name,domains\nOne,shared.example;one.example\nTwo,shared.example\n");
	const char *domain, *first, *second;
	const struct clash *c;
	struct org_row o;
	size_t n;

	(void)state;
	assert_int_equal(host("shared.example").class, ENTRY_CONFLICT);
	assert_int_equal(host("one.example").class, ENTRY_DOMAIN);
	c = directory_clashes(d, &n);
	assert_int_equal(n, 1);
	assert_ok(directory_clash(d, arena, c, &domain, &first, &second, &e));
	assert_string_equal(domain, "shared.example");
	assert_string_equal(first, "One");
	assert_string_equal(second, "Two");
	assert_ok(directory_org(d, arena, 1, &o, &e));
	assert_int_equal(o.n_domains, 1);
	put_away(d);
}

static void a_country_is_known_by_its_code_and_its_names(void **state)
{
	static const struct { const char *cell, *code; } cells[] = {{"de", "DE"}, {"Deutschland", "DE"}, {"\xc3\x96sterreich", "AT"}, {"Eire", "IE"}, {"UK", "GB"},
	    {"the Netherlands", "NL"}, {"U.S.A.", "US"}, {"FRA", "FR"}, {"", ""}, {"n/a", ""}, {"Atlantis", ""}};
	struct buf b;
	struct directory *d;
	struct org_row o;
	const char *first;

	(void)state;
	buf_init(&b, 4096);
	buf_str(&b, "name,domains,country\n");
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++)
		buf_printf(&b, "Firm %zu,firm%zu.example,%s\n", i, i, cells[i].cell);
	d = read_csv(buf_cstr(&b));
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
		assert_ok(directory_org(d, arena, (uint32_t)i + 1, &o, &e));
		assert_string_equal(o.country, cells[i].code);
	}
	/* Of the one that is known by nothing the line is said. */
	assert_int_equal(directory_problems(d, &first), 1);
	assert_non_null(strstr(first, ":12: \"Atlantis\" is no country that is known"));
	directory_close(d);
	buf_free(&b);
}

static void rows_of_one_name_are_one_organisation_only_when_something_joins_them(void **state)
{
	struct directory *d = read_csv("name,domains,tenant,country\n"
	    "Acme,acme.example,,\n"           /* 1 */
	    "ACME,acme.example;acme.test,,DE\n" /* 2: shares a domain with 1 */
	    "Twin,twin.example,,\n"           /* 3 */
	    "Twin,twin.test,,\n"              /* 4: another one */
	    "Bond,b1.example,t-7,\n"          /* 5 */
	    "Bond,b2.example,T-7,\n"          /* 6: the same tenant */
	    "Lone,,,\n"                       /* 7 */
	    "Lone,lone.example,,\n");         /* 8: 7 says nothing against it */
	struct org_row o;

	(void)state;
	assert_int_equal(directory_orgs(d), 5);
	assert_int_equal(host("acme.test").org, 1);
	assert_ok(directory_org(d, arena, 1, &o, &e));
	assert_int_equal(o.n_domains, 2);
	assert_string_equal(o.country, "DE");
	assert_ok(directory_org(d, arena, 4, &o, &e));
	assert_string_equal(o.name, "Twin");
	assert_string_equal(o.key, "Twin (twin.test)");
	assert_ok(directory_org(d, arena, 3, &o, &e));
	assert_string_equal(o.key, "Twin (twin.example)");
	assert_int_equal(host("b2.example").org, 5);
	assert_int_equal(host("lone.example").org, 7);
	put_away(d);
}

/* The table is in parts from some thousands of rows on, and what rows have lies in all of them. */
static void an_alias_stands_before_what_is_left_of_a_name_and_a_legal_form_is_none(void **state)
{
	struct directory *d = read_csv("name;domains;aliases\nAcme Inc Inc;b.example;\nAcme Inc;a.example;Acme\nInc and Inc;i.example;Inc\nInc y Inc;y.example;\n");
	struct found acme = dictionary_find(&dictionary, token_hash(SPAN_LIT("acme"))), inc = dictionary_find(&dictionary, token_hash(SPAN_LIT("inc")));

	(void)state;
	assert_int_equal(acme.class, ENTRY_CAPITALS);
	assert_int_equal(acme.org, 2);
	assert_int_equal(inc.class, ENTRY_SHARED);
	put_away(d);
}

static void of_many_rows_each_is_found_and_namesakes_are_joined(void **state)
{
	enum { ROWS = 20000, SAME = 500 };
	struct buf csv;
	struct directory *d;
	struct org_row o;
	const struct clash *c;
	size_t n;

	(void)state;
	buf_init(&csv, 4 * MIB);
	buf_put(&csv, SPAN_LIT("name,domains\n"));
	for (int i = 1; i <= ROWS; i++)
		buf_printf(&csv, "Firma%d Works,firma%d.example\n", i, i);
	for (int i = 1; i <= SAME; i++) /* one with the row of that name */
		buf_printf(&csv, "Firma%d Works,firma%d.example;also%d.example\n", i, i, i);
	for (int i = 1; i <= SAME; i++) /* another one, that claims the domain of a third */
		buf_printf(&csv, "Firma%d Works,firma%d.example\n", ROWS / 2 + i, i);
	d = read_bytes(buf_span(&csv));
	assert_int_equal(directory_orgs(d), ROWS + SAME);
	for (uint32_t i = 1; i <= ROWS; i++) {
		char name[40];

		(void)snprintf(name, sizeof name, "firma%u.example", i);
		assert_int_equal(host(name).class, i <= SAME ? ENTRY_CONFLICT : ENTRY_DOMAIN);
		assert_int_equal(host(name).org, i);
		(void)snprintf(name, sizeof name, "also%u.example", i);
		assert_int_equal(host(name).org, i <= SAME ? i : 0);
	}
	assert_ok(directory_org(d, arena, 1, &o, &e));
	assert_string_equal(o.key, "Firma1 Works");
	assert_ok(directory_org(d, arena, ROWS / 2 + 1, &o, &e));
	assert_string_equal(o.key, "Firma10001 Works (firma10001.example)");
	c = directory_clashes(d, &n);
	assert_int_equal(n, SAME);
	for (size_t i = 0; i < n; i++)
		assert_int_equal(c[i].second, ROWS + SAME + c[i].first);
	assert_ok(directory_org(d, arena, SAME, &o, &e));
	assert_int_equal(o.n_domains, 1);
	put_away(d);
	buf_free(&csv);
}

static void our_own_row_is_ourselves(void **state)
{
	struct directory *d = read_csv("name,domains\nWidgets Inc,www.ours.example;widgets.example\n");

	(void)state;
	assert_int_equal(host("ours.example").class, ENTRY_DOMAIN);
	assert_int_equal(host("ours.example").org, 0);
	assert_int_equal(host("widgets.example").org, 0);
	put_away(d);
	/* And does not become the row of that name which stands before it. */
	d = read_csv("name,domains\nWidgets Inc,widgets.example\nWidgets Inc,ours.example\nOther,other.example\n");
	assert_int_equal(host("ours.example").org, 0);
	assert_int_equal(host("widgets.example").org, 0);
	assert_int_equal(host("other.example").org, 3);
	put_away(d);
}

static void what_is_wrong_is_said_with_its_line(void **state)
{
	struct directory *d;
	struct org_row o;
	const char *first;

	(void)state;
	refuse("who,where\nx,y\n", "dir.csv:1: no column");
	refuse("name,domains\nA,a.example\nB,b.example,b.test\n", "dir.csv:3: 3 cells");
	refuse("name,domains\nA,a.example\n-,n/a\n", "dir.csv:3: neither a name nor a domain");
	refuse("name,domains\nA,\"a.example\n", "dir.csv");
	d = read_csv("name,domains,contacts\nA,a.example,call us\nB,nonsense,(blank)\n");
	assert_int_equal(directory_problems(d, &first), 2);
	assert_non_null(strstr(first, "dir.csv:2: \"call us\""));
	put_away(d);
	d = read_csv("name,domains,contacts\nA,a.example,\"soc@a.example;so\x07" "c@a.example\"\n");
	assert_int_equal(directory_problems(d, &first), 1);
	assert_ok(directory_org(d, arena, 1, &o, &e));
	assert_int_equal(o.n_contacts, 1);
	put_away(d);
}

static void list_of_free_mail(const char *domain)
{
	freemail = (struct words){0};
	assert_ok(words_add(arena, &freemail, token_hash(span_str(domain)), WORD_LISTED, &e));
}

static struct found address(const char *text) { return dictionary_find(&dictionary, dictionary_address_hash(span_str(text))); }

static void an_address_at_free_mail_is_checked_as_a_contact_is(void **state)
{
	char csv[1000];
	const char *first;

	(void)state;
	list_of_free_mail("freemail.example");
	for (int i = 0; i < 2; i++) {
		struct directory *d;

		(void)snprintf(csv, sizeof csv, "name,%s\nA,Jo@FreeMail.example\nB,%0250d@freemail.example\n", i == 0 ? "contacts" : "domains", 0);
		d = read_csv(csv);
		assert_int_equal(address("jo@freemail.example").org, 1);
		assert_int_equal(address("jo@freemail.example").class, ENTRY_ADDRESS);
		assert_int_equal(address("").class, ENTRY_NONE);
		assert_int_equal(directory_problems(d, &first), 1);
		assert_non_null(strstr(first, "dir.csv:3: \"000000"));
		assert_non_null(strstr(first, "is no mail address"));
		put_away(d);
	}
	freemail = (struct words){0};
}

static void a_domain_of_free_mail_is_nobodys_however_the_list_writes_it(void **state)
{
	struct directory *d = read_csv("name,domains\nA,a.example\nB,freemail.example\n");
	const char *first;

	(void)state;
	directory_free_domain(d, &dictionary, SPAN_LIT("other.example"));
	assert_int_equal(directory_problems(d, &first), 0);
	directory_free_domain(d, &dictionary, SPAN_LIT("FreeMail.Example"));
	assert_int_equal(directory_problems(d, &first), 1);
	assert_non_null(strstr(first, "dir.csv:3: \"FreeMail.Example\" is a domain of free mail"));
	put_away(d);
}

/* A list of free mail has thousands of domains, and the file a million lines: they are counted for the problem that is told. */
static void a_problem_that_is_not_told_costs_no_look_at_the_file(void **state)
{
	static const char csv[] = "name,domains\nA,free.example\nB,free.test\n";
	size_t size = (size_t)sysconf(_SC_PAGESIZE);
	unsigned char *page = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct directory *d;
	const char *first;

	(void)state;
	assert_true(page != MAP_FAILED);
	memcpy(page, csv, sizeof csv);
	d = read_bytes(span_of(page, sizeof csv - 1));
	directory_free_domain(d, &dictionary, SPAN_LIT("free.test"));
	assert_int_equal(mprotect(page, size, PROT_NONE), 0);
	directory_free_domain(d, &dictionary, SPAN_LIT("free.example"));
	assert_int_equal(directory_problems(d, &first), 2);
	assert_non_null(strstr(first, "dir.csv:3: \"free.test\""));
	put_away(d);
	assert_int_equal(munmap(page, size), 0);
}

static void a_directory_cut_anywhere_does_no_harm(void **state)
{
	static const char csv[] = "name;domains;contacts\n\"A \"\"B\"\" GmbH\";a.example|b.example;s: x@a.example (y)\nC;c.example;\n";

	(void)state;
	for (size_t n = 1; n < sizeof csv; n++) {
		unsigned char *copy = malloc(n);
		struct directory *d;
		struct err e;

		memcpy(copy, csv, n);
		if (directory_of(&d, arena, span_of(copy, n), "dir.csv", &config, &vocabulary, &freemail, &e) == OK)
			directory_close(d);
		free(copy);
	}
}

static void a_damaged_dictionary_is_refused(void **state)
{
	struct directory *d = read_csv("name,domains\nA,a.example\n");
	struct dictionary other;
	struct err e;
	int fds[2];

	(void)state;
	assert_int_equal(pipe(fds), 0);
	assert_int_equal(dictionary_open(&other, fds[0], &e), ERR_USAGE);
	(void)close(fds[0]);
	(void)close(fds[1]);
	put_away(d);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_country_is_known_by_its_code_and_its_names),
	    cmocka_unit_test(headings_are_known_in_several_languages),
	    cmocka_unit_test(domains_are_taken_as_people_write_them),
	    cmocka_unit_test(a_domain_with_umlauts_is_the_one_that_the_dns_has),
	    cmocka_unit_test(contacts_have_their_role_wherever_it_stands),
	    cmocka_unit_test(excel_writes_the_same_directory),
	    cmocka_unit_test(lines_may_end_as_on_old_macintoshes),
	    cmocka_unit_test(a_domain_of_two_organisations_is_a_conflict_and_neithers),
	    cmocka_unit_test(rows_of_one_name_are_one_organisation_only_when_something_joins_them),
	    cmocka_unit_test(an_alias_stands_before_what_is_left_of_a_name_and_a_legal_form_is_none),
	    cmocka_unit_test(of_many_rows_each_is_found_and_namesakes_are_joined),
	    cmocka_unit_test(our_own_row_is_ourselves),
	    cmocka_unit_test(what_is_wrong_is_said_with_its_line),
	    cmocka_unit_test(an_address_at_free_mail_is_checked_as_a_contact_is),
	    cmocka_unit_test(a_domain_of_free_mail_is_nobodys_however_the_list_writes_it),
	    cmocka_unit_test(a_problem_that_is_not_told_costs_no_look_at_the_file),
	    cmocka_unit_test(a_directory_cut_anywhere_does_no_harm),
	    cmocka_unit_test(a_damaged_dictionary_is_refused),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
