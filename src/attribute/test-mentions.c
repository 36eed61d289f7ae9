#include "base/test.h"

#include "attribute/directory.h"
#include "attribute/mentions.h"
#include "attribute/title.h"
#include "base/buf.h"
#include "base/limits.h"

static struct arena *arena;
static struct directory *directory;
static struct dictionary dictionary;
static struct words vocabulary;

#define COMMON "target apple shell first data bank of america general electric orange best buy north south state delta"
#define GIVEN "ken dana herr dr mr van"
#define LEGAL "inc corp co ltd llc gmbh kg sa ag as spzoo sro oy"

#define TOUUN "\xe6\x9d\xb1\xe9\x9b\xb2\xe9\x9b\xbb\xe6\xa9\x9f" /* four Chinese characters */
#define KABUSHIKI "\xe6\xa0\xaa\xe5\xbc\x8f\xe4\xbc\x9a\xe7\xa4\xbe"
#define NO "\xe3\x81\xae"
#define DETA "\xe3\x83\x87\xe3\x83\xbc\xe3\x82\xbf"
static void fill(enum word_kind kind, const char *list)
{
	size_t from = 0;
	struct token t;

	while (tokens_read(span_str(list), &from, &t, 1) == 1)
		assert_ok(words_add(arena, &vocabulary, t.hash, kind, &e));
}

static void open_directory(const char *csv)
{
	static const char *const domains[] = {"ours.example"};
	static struct case_config config;

	arena = test_arena();
	config = (struct case_config){.our_name = "Our Widgets", .our_domains = {(const char **)(uintptr_t)domains, 1}};
	vocabulary = (struct words){0};
	fill(WORD_COMMON, COMMON);
	fill(WORD_LEGAL, LEGAL);
	fill(WORD_GIVEN, GIVEN);
	assert_ok(words_add(arena, &vocabulary, token_hash(span_str(KABUSHIKI)), WORD_LEGAL, &e));
	assert_ok(directory_of(&directory, arena, span_str(csv), "dir.csv", &config, &vocabulary, &(struct words){0}, &e));
	assert_ok(dictionary_open(&dictionary, directory_dictionary(directory), &e));
}

static void close_directory(void)
{
	dictionary_close(&dictionary);
	directory_close(directory);
	arena_free(arena);
}

static const char orgs[] =
    "name;domains;aliases\n"
    "Acme Rockets GmbH;acme.example;Acme Rockets | AcmeR\n" /* 1 */
    "Target Corp.;target.example;Target\n"                  /* 2 */
    "Bank of America;boa.example;\n"                        /* 3 */
    "Northwind;northwind.example, nw.example;\n"            /* 4 */
    "Zephyr & Sons, Inc.;;\n"                               /* 5 */
    "General Electric Co;ge.example;GE|IBQ\n"               /* 6 */
    "Soci\xc3\xa9t\xc3\xa9 G\xc3\xa9n\xc3\xa9rique SA;generique.example;\n" /* 7 */
    "Twin Peaks Lodge;tp1.example;\n"                       /* 8 */
    "TWIN PEAKS LODGE;tp2.example;\n"                       /* 9 */
    "Acme Rockets Belgium;acme-be.example;\n";              /* 10 */

static const char *const kinds[] = {"", "name", "host", "address", "quoted"};

/* All mentions as "name 1 Acme|host x". */
static void expect(const char *text, const char *want)
{
	struct mentions l = {0};
	char got[4096] = "";
	size_t n = 0;

	assert_ok(mentions_read(arena, &dictionary, &vocabulary, span_str(text), &l, &e));
	for (size_t i = 0; i < l.n; i++) {
		struct mention *m = &l.v[i];

		n += (size_t)snprintf(got + n, sizeof got - n, "%s%s", i != 0 ? "|" : "", m->weak ? "weak " : "");
		if (m->kind == MENTION_NAME)
			n += (size_t)snprintf(got + n, sizeof got - n, "%u", m->org);
		else
			n += (size_t)snprintf(got + n, sizeof got - n, "%s %.*s", kinds[m->kind], (int)m->n, text + m->at);
	}
	if (strcmp(got, want) != 0)
		fail_msg("in \"%s\": got \"%s\", want \"%s\"", text, got, want);
}

static void a_name_is_found_whole_and_in_any_case(void **state)
{
	(void)state;
	open_directory(orgs);
	expect("We called Acme Rockets GmbH today.", "1");
	expect("acme rockets said no", "1");
	expect("the ACME ROCKETS' offer, AcmeR's too, acme rocketships, Acmerock etsy", "1|1");
	expect("Our friends at Our Widgets", "0");
	expect("Zephyr and Sons, Zephyr & Sons", "5|5");
	expect("Zephyr & Sons, Inc. wrote", "5");
	close_directory();
}

static void a_name_of_one_word_may_have_the_genitive_of_german(void **state)
{
	(void)state;
	open_directory("name;domains;aliases\nWoltanis GmbH;w.example;\nWoltania AG;wa.example;Target\nBr\xc3\xbcnta;b.example;\nBr\xc3\xbcntas Ltd;bl.example;\n");
	expect("Woltanias Angebot", "2");
	expect("woltanias, Woltaniasse und Woltaniss", "");
	expect("our Targets", "");
	expect("Br\xc3\xbcntas Angebot", "4"); /* that is somebody's name */
	close_directory();
}

static void a_name_is_found_where_no_blanks_stand_between_words(void **state)
{
	(void)state;
	open_directory("name;domains\n" TOUUN KABUSHIKI ";t.example\nKPX" DETA ";k.example\n" KABUSHIKI "\xe6\x9d\xb1\xe9\x9b\xb2;s.example\n");
	expect(NO TOUUN KABUSHIKI NO NO "," TOUUN KABUSHIKI, "1|1");
	expect(TOUUN NO NO ", " NO TOUUN " VPN", "1|1");
	expect(NO "KPX" DETA NO ", KPX" DETA DETA, "2");
	expect(NO "\xe6\x9d\xb1\xe9\x9b\xb2" NO, ""); /* two characters begin other names, too */
	expect(KABUSHIKI "\xe6\x9d\xb1\xe9\x9b\xb2" NO, "3");
	close_directory();
}

static void a_name_may_be_in_another_case_of_its_language(void **state)
{
	(void)state;
	open_directory("name;domains\nLandkreis Oberau;o.example\nMinisterium f\xc3\xbcr Moorschutz;m.example\nDeutsche Moorkasse;k.example\n"
		       "Urz\xc4\x85""d Miasta Lipowiec;l.example\nKrakowska Sp\xc3\xb3\xc5\x82ka Drukarska;d.example\n"
		       "Woltana Oy;w.example\nHavrun s.r.o.;h.example\nRoltana Inc;r.example\n");
	expect("des Landkreises Oberau, dem Landkreis Oberau", "1|1");
	expect("Erlass des Ministeriums f\xc3\xbcr Moorschutz", "2");
	expect("bei der Deutschen Moorkasse", "3");
	expect("pismo Urz\xc4\x99""du Miasta Lipowiec", "4");
	expect("dla Krakowskiej Sp\xc3\xb3\xc5\x82ki Drukarskiej", "5");
	expect("Krakowskiej Sp\xc3\xb3\xc5\x82ka Drukarska", "");
	expect("Woltanan lasku, Woltanalle, woltanan", "6|6");
	expect("Havrunem, s Havrunu", "7|7");
	expect("Roltanan, Roltanalle", ""); /* no legal form says that this is Finnish */
	close_directory();
	open_directory("name;domains\nM\xc3\xbcller & S\xc3\xb6hne;m.example\nKaarund;k.example\n");
	expect("Mueller und Soehne, Mueller & Soehne", "1|1");
	expect("het portaal van Kaarund", "2");
	close_directory();
	open_directory("name;domains\nVan der Hoevun GmbH;h.example\n");
	expect("bel van der Hoevun", "1");
	expect("Dana van der Hoevun was here", "weak 1");
	close_directory();
}

static void an_and_may_be_a_sign_and_a_form_in_pieces_is_one(void **state)
{
	(void)state;
	open_directory("name;domains;aliases\nBramble and Oates Ltd;b.example;\nWolta Huty Sp. z o.o.;w.example;\n"
		       "\xc4\xb0nca Tolba A.\xc5\x9e.;i.example;\nQ&V Wolta;q.example;\n");
	expect("Bramble & Oates, Bramble and Oates", "1|1");
	expect("Wolta Huty pays, Wolta Huty sp. z o.o. does not", "2|2");
	expect("Wolta pays", "");
	expect("Inca Tolba pays, Q und V Wolta, Q & V Wolta", "3|4|4");
	close_directory();
}

static void a_name_with_umlauts_is_found_as_those_write_it_who_have_none(void **state)
{
	(void)state;
	open_directory("name;domains;aliases\nB\xc3\xa4" "ckerei Gr\xc3\xb6\xc3\x9fl;g.example;\nS\xc3\xb8rensen Shipping;s.example;\nIBQ Ltd;i.example;\nV&E;v.example;\nH&B Foods;h.example;H&B\nK\xc3\xbcstenamt;k.example;BfK\n");
	expect("beim B\xc3\xa4" "cker und der B\xc3\xa4" "ckerei Gr\xc3\xb6\xc3\x9fl", "1");
	expect("Br\xc3\xb6tchen von Baeckerei Groessl", "1");
	expect("Backerei Grossl too", "1");
	expect("for Soerensen Shipping", "2");
	/* a part number begins with the name of nobody */
	expect("we need IBQ-2200 and IBQ 2200, BfK, bfk", "3|6");
	expect("A D V E R T I S E M E N T", "");
	expect("from V&E, and V & E", "4|4");
	expect("to H&B, the foods, not to HB", "5"); /* HB is a legal form, too */
	close_directory();
}

static void a_name_is_found_across_a_line_end_and_quote_marks_but_not_across_a_paragraph(void **state)
{
	(void)state;
	open_directory(orgs);
	expect("sent to Acme\nRockets", "1");
	expect("> sent to Acme\r\n> Rockets", "1");
	expect(">> sent to Acme\n>> Rockets", "1");
	expect("sent to Acme\n\nRockets", "");
	expect("a list of Acme; Rockets", "");
	expect("my dear acme. Rockets", "1"); /* as an abbreviation would be written */
	expect("we love zephyrs", "");
	close_directory();
}

static void the_longest_name_wins(void **state)
{
	(void)state;
	open_directory(orgs);
	expect("from Acme Rockets Belgium and Acme Rockets", "10|1");
	close_directory();
}

static void accents_and_their_decomposed_form_make_no_difference(void **state)
{
	(void)state;
	open_directory(orgs);
	expect("la Soci\xc3\xa9t\xc3\xa9 G\xc3\xa9n\xc3\xa9rique SA", "7");
	expect("SOCIETE GENERIQUE", "7");
	expect("Socie\xcc\x81te\xcc\x81 Ge\xcc\x81ne\xcc\x81rique", "7");
	expect("l\xe2\x80\x99" "Acme Rockets\xe2\x80\x9d", "1");
	close_directory();
}

static void a_common_word_is_a_name_only_with_a_sign(void **state)
{
	(void)state;
	open_directory(orgs);
	expect("our target is May", "");
	expect("Target dates are in May", "weak 2");
	expect("Target Corp. pays", "2");
	expect("Target Inc pays", "2");
	expect("the bank of america account", "");
	expect("the Bank of America account", "3");
	expect("a GE turbine", "weak 6");
	expect("the ge in large", "");
	expect("IBQ, not ibq", "6");
	expect("northwind blows", "");
	expect("Northwind pays", "4");
	expect("Target co what", "weak 2");
	expect("TARGET AG WHAT", "weak 2");
	expect("Target AG pays", "2");
	expect("GE AG pays, GE AG. We", "6|6");
	expect("PAY GE AG, GE AG NOW", "weak 6|weak 6");
	expect("Ken Northwind pays", "weak 4");
	expect("Dr. Dana Northwind, Dr. Northwind and Mr. Northwind", "weak 4|weak 4|weak 4");
	expect("Herr Northwind pays", "weak 4");
	expect("Northwind, Ken <ken@x.example>; Northwind, Dana", "weak 4|address ken@x.example|weak 4");
	expect("To: \"Northwind, Ken\"", "weak 4");
	expect("We told Northwind, Ken said; Northwind, Acme Rockets", "4|4|1");
	expect("by Ken. Northwind pays", "4");
	expect("Northern Target Inc pays", "weak 2");
	expect("Northern Target Corp pays", "weak 2");
	expect("Customer Target Corp pays, Login Target Corp, Inlog Target Corp: x", "2|2|2");
	expect("The Target Inc pays", "2");
	close_directory();
}

static void a_name_of_two_organisations_names_neither(void **state)
{
	(void)state;
	open_directory(orgs);
	expect("at Twin Peaks Lodge", "");
	close_directory();
}

static void part_of_an_address_host_or_path_is_no_name(void **state)
{
	(void)state;
	open_directory(orgs);
	expect("x@Northwind.test", "address x@Northwind.test");
	expect("see http://Northwind.test/Northwind/Northwind", "");
	expect("Northwind.", "4");
	expect("S:\\Customers\\Acme Rockets\\offer.pdf, /srv/Acme Rockets/x", "1|1"); /* but a folder may have one */
	expect("as NORTHWIND\\svc_backup, Northwind\\offer.pdf, Northwind\\a\\b, \\\\NORTHWIND\\c1", "4"); /* the domain of a login may be one */
	expect("DOMAIN\\Acme Rockets pays, S:\\Customers\\Northwind\\x", "");
	/* but one of two, or somebody who is called */
	expect("IBQ/Northwind. KB/Northwind, Northwind/KB, IBQ/Northwind/x", "6|4|4|4");
	expect("@Northwind: pay (#Northwind)", "4|4");
	expect("src/northwind a/b/Northwind x@Northwind /Northwind a.b/Northwind #northwind", "");
	close_directory();
}

static void a_listed_host_is_a_mention_and_an_unknown_one_is_not(void **state)
{
	(void)state;
	open_directory(orgs);
	expect("https://vpn.acme.example/login", "host vpn.acme.example");
	expect("WWW.NW.EXAMPLE.", "host WWW.NW.EXAMPLE");
	expect("https://vpn.unknown.example/login", "");
	expect("notacme.example target.test 1.2.3.4", "");
	expect("acme.cloud.test, northwind-my.cloud.test nw.cloud.test", "host acme.cloud.test|host northwind-my.cloud.test"); /* a provider's, perhaps */
	expect("mail.ours.example", "host mail.ours.example");
	close_directory();
}

static void a_host_past_ascii_is_known_by_either_spelling(void **state)
{
	(void)state;
	open_directory("name;domains\nOne;b\xc3\xbc" "cher.example\nTwo;xn--mller-kva.example\nThree;cher.example\n");
	expect("at www.b\xc3\xbc" "cher.example, B\xc3\x9c" "CHER.EXAMPLE\xe2\x80\x9d and xn--bcher-kva.example",
	    "host www.b\xc3\xbc" "cher.example|host B\xc3\x9c" "CHER.EXAMPLE|host xn--bcher-kva.example");
	expect("<a@m\xc3\xbcller.example>", "address a@m\xc3\xbcller.example");
	expect("x\xc3\xbc" "bcher.example", "");
	/* East Asian text stands beside a name without a blank */
	expect("\xe8\xa9\xb3\xe7\xb4\xb0\xe3\x81\xaf" "cher.example\xe3\x82\x92", "host cher.example");
	close_directory();
}

static void an_address_of_anybody_is_a_mention(void **state)
{
	(void)state;
	open_directory(orgs);
	expect("write to <bob@who.example>.", "address bob@who.example");
	expect("bob.o'neil+tag@who.example,", "address bob.o'neil+tag@who.example");
	expect("@bob bob@ bob@who bob@@who.example", "");
	expect("ssh://root:pw@vpn.acme.example/", "host vpn.acme.example");
	expect("ssh://root@vpn.acme.example/ and https://nw.example@who.example/x", "host vpn.acme.example");
	expect("cid:image001@who.example", "");
	expect("Message-ID: <abc@who.example>", "");
	expect("<20240101123456.1234@who.example>", "");
	close_directory();
}

static void quoted_header_lines_are_told_apart(void **state)
{
	(void)state;
	open_directory(orgs);
	expect("> From: Bob <bob@who.example>\n", "quoted bob@who.example");
	expect("Von: Bob [mailto:bob@who.example]\n", "quoted bob@who.example");
	expect("On Monday Bob <bob@who.example> wrote:\n", "quoted bob@who.example");
	expect("Le 3 mai, Bob <bob@who.example> a \xc3\xa9" "crit :\n", "quoted bob@who.example");
	expect("Am 3. Mai schrieb Bob <bob@who.example>:\n", "quoted bob@who.example");
	expect("Op do 1 mei 2025 om 10:00 schreef Bob <bob@who.example>:\n> x", "quoted bob@who.example");
	expect("1 May 2025 10:00 Bob <bob@who.example>:\n> x", "quoted bob@who.example");
	expect("Bob <bob@who.example>, 1 May 2025, 10:00 tarihinde yazd\xc4\xb1:\n", "quoted bob@who.example");
	expect("\xd0\x9e\xd1\x82: Bob <bob@who.example>\n", "quoted bob@who.example");
	expect("\xe5\xb7\xae\xe5\x87\xba\xe4\xba\xba\xef\xbc\x9a Bob <bob@who.example>\n", "quoted bob@who.example");
	expect("Login of <bob@who.example>:\n", "address bob@who.example");
	close_directory();
}

static void a_name_is_found_wherever_it_lies_in_a_long_text(void **state)
{
	size_t cap = 40000;
	char *text = malloc(cap);

	(void)state;
	open_directory(orgs);
	for (size_t pad = 0; pad < 2200; pad++) {
		size_t n = 0;
		struct mentions l = {0};

		for (size_t i = 0; i < pad; i++)
			n += (size_t)snprintf(text + n, cap - n, "w%zu ", i % 10);
		n += (size_t)snprintf(text + n, cap - n, "Acme Rockets Belgium w w w w w w w w w w w");
		assert_ok(mentions_read(arena, &dictionary, &vocabulary, span_of(text, n), &l, &e));
		if (l.n != 1 || l.v[0].org != 10)
			fail_msg("behind %zu words", pad);
	}
	free(text);
	close_directory();
}

static void any_cut_of_a_text_is_read_without_harm(void **state)
{
	static const char text[] = "> From: B <b@who.example>\nAcme Rockets Gmb\xc3\xa9 Soci\xc3\xa9t\xc3\xa9 http://x:y@acme.example a.b@c.d Target Inc.";

	(void)state;
	open_directory(orgs);
	for (size_t n = 0; n <= sizeof text - 1; n++) {
		struct mentions l = {0};
		unsigned char *copy = malloc(n + 1);

		memcpy(copy, text, n);
		assert_ok(mentions_read(arena, &dictionary, &vocabulary, span_of(copy, n), &l, &e));
		free(copy);
	}
	close_directory();
}

static void a_name_with_another_in_brackets_is_both(void **state)
{
	(void)state;
	open_directory("name;domains\nRavensworth Airship Company (RAC);r.example\nMarlowe Press (formerly Kyd Books Ltd);m.example\n"
	    "Acme Rockets (Germany);ag.example\nAcme Rockets (USA);au.example\neQuill;q.example\n"
	    "Quorn Press (formerly Kvist Books (ex Lind Paper));q2.example\n");
	expect("Ravensworth Airship Company pays, RAC pays", "1|1");
	expect("Ravensworth Airship Company (RAC)", "1");
	expect("rac", "");
	expect("Marlowe Press was Kyd Books", "2|2");
	expect("We met Acme Rockets in the USA.", "");
	expect("Acme Rockets (Germany)", "3");
	expect("eQuill and equill", "5|5");
	expect("Quorn Press was Kvist Books and Lind Paper", "6|6|6");
	close_directory();
}

static void a_name_within_a_name_without_end_is_a_row_like_any_other(void **state)
{
	enum { NAMES = 30000 };
	static char csv[6 * NAMES + 100];
	size_t n = (size_t)snprintf(csv, sizeof csv, "name;domains\nZebu");

	(void)state;
	for (size_t i = 0; i < NAMES; i++, n += 5)
		memcpy(csv + n, "(ex A", 5);
	memset(csv + n, ')', NAMES);
	(void)snprintf(csv + n + NAMES, sizeof csv - n - NAMES, ";deep.example\nKvist Books;k.example\n");
	open_directory(csv);
	expect("Kvist Books has vpn.deep.example", "2|host vpn.deep.example");
	close_directory();
}

static void a_host_within_a_link_is_found_behind_its_escapes(void **state)
{
	(void)state;
	open_directory("name;domains\nAcme;acme.example\nAcme B;acme-b.example\n");
	expect("https://eur01.safelinks.protection.outlook.com/?url=https%3A%2F%2Facme.example%2Flogin&data=05%7Cx", "host acme.example");
	expect("https://nam02.safelinks.protection.outlook.com/?url=https%253A%252F%252Fvpn.acme.example%252F", "host vpn.acme.example");
	expect("https://urldefense.proofpoint.com/v1/url?u=https://acme.example/&k=x", "host acme.example");
	expect("https://urldefense.proofpoint.com/v2/url?u=https-3A__vpn.acme.example-3A8443_a.b-5Fc_x.html&d=DwMF", "host vpn.acme.example");
	expect("https://urldefense.proofpoint.com/v2/url?u=http-3A__acme-2Db.example_login&d=DwMF", "host acme-2Db.example");
	expect("https://urldefense.com/v3/__https://vpn.acme.example__;!!ABC!xyz$", "host vpn.acme.example");
	expect("https://protect-eu.mimecast.com/s/Ab12?domain=acme.example", "host acme.example");
	expect("https://portal.test/?login=jo%40acme.example", "host acme.example");
	expect("?u=https%3A%2F%2Fb%C3%BCro.acme.example", "");
	expect("https-3A__ https-3A__acme http-3A__.example %2F %2 %", "");
	close_directory();
}

static void a_host_in_proofpoints_spelling_is_told_as_it_is(void **state)
{
	static const char text[] = "u=http-3A__acme-2Db-2dc.example_x", other[] = "u=http://acme-2Db.example/x";
	char plain[HOST_NAME_LONGEST];
	size_t from, to;

	(void)state;
	assert_true(host_name_around(span_str(text), span_find_byte(span_str(text), '.'), &from, &to));
	assert_span(host_name_plain(span_str(text), from, to - from, plain), "acme-b-c.example");
	assert_true(host_name_around(span_str(other), span_find_byte(span_str(other), '.'), &from, &to));
	assert_span(host_name_plain(span_str(other), from, to - from, plain), "acme-2Db.example");
}

/* The last word of each text. */
static void the_name_of_an_account_is_told_from_a_host_by_the_word_before_it(void **state)
{
	static const char *const accounts[] = {"user: anna.weber", "User ID: m.rossi.it", "Benutzer = \"anna.weber", "your login is david.kim",
	    "Usuario VPN: jose.black", "identifiant : paul.fr", "a\nLogin: tom.green", "Anmeldename lautet anna.weber", "* User name: anna.weber"};
	static const char *const hosts[] = {"anna.weber", "server: portal.weber", "Login: portal.b.example", "Login: b.com", "login at b.weber", "user anna on b.weber",
	    "the user\nb.weber", "users: b.weber", "Host for the user: of b.weber"};

	(void)state;
	for (size_t i = 0; i < sizeof accounts / sizeof *accounts + sizeof hosts / sizeof *hosts; i++) {
		bool account = i < sizeof accounts / sizeof *accounts;
		span text = span_str(account ? accounts[i] : hosts[i - sizeof accounts / sizeof *accounts]);
		size_t at = text.n;

		while (at > 0 && text.p[at - 1] != ' ' && text.p[at - 1] != '"' && text.p[at - 1] != '\n')
			at--;
		if (host_name_is_account(text, at, text.n - at) != account)
			fail_msg("%s", (const char *)text.p);
	}
}

/* The title above the last byte of a text, or "". */
static void expect_title(const char *string, const char *want)
{
	span text = span_str(string);
	struct mentions l = {0};
	struct place title = {0};
	bool is;

	assert_ok(mentions_read(arena, &dictionary, &vocabulary, text, &l, &e));
	is = title_above(text, &l, NULL, 0, text.n, &title);
	assert_span(is ? span_sub(text, title.at, title.end - title.at) : SPAN_EMPTY, want);
}

static void a_title_is_the_line_above_a_block_that_names_somebody(void **state)
{
	(void)state;
	open_directory(orgs);
	expect_title("Acme Rockets VPN\n\nuser: kg\npassword: x", "Acme Rockets VPN");
	expect_title("> == Acme Rockets ==\r\n> -----\r\n> user: kg\r\n> password: x", "== Acme Rockets ==");
	expect_title("Bank of America, Inc.\nuser = kg\npassword = x", "Bank of America, Inc.");
	expect_title("Acme Rockets is red.\n\npassword: x", "");
	expect_title("Here is the login of Acme Rockets.\n\npassword: x", "Here is the login of Acme Rockets.");
	expect_title("H\xc3\xa4r \xc3\xa4r inloggning till Acme Rockets.\n\nuser: x", "H\xc3\xa4r \xc3\xa4r inloggning till Acme Rockets.");
	expect_title("Acme Rockets\n\nVPN\nuser: kg\npassword: x", "Acme Rockets");
	expect_title("Acme Rockets\nuser: a\n\nPrinter\nuser: kg\npassword: x", "");
	expect_title("From: Acme Rockets\nSubject: Acme Rockets\n\npassword: x", "");
	expect_title("Acme Rockets\nUsername\nkg\nPassword\nx", "Acme Rockets");
	expect_title("sftp.acme.example\n\npassword: x", "sftp.acme.example");
	expect_title("user: kg.extern\n\npassword: x", "");
	expect_title("password: x", "");
	close_directory();
}

static void a_text_cut_anywhere_has_a_title_or_none(void **state)
{
	static const char text[] = "Acme Rockets:\n\xe2\x94\x80\n> Kunde:\tAcmeR\nurl=https://a.acme.example\n\nkg\nPass\n(Acme Rockets)\n";

	(void)state;
	open_directory(orgs);
	for (size_t n = 0; n < sizeof text; n++) {
		unsigned char *copy = malloc(n + 1);
		struct place secret = {n / 2, n / 2 + 1}, place;
		struct mentions l = {0};
		span cut = span_of(copy, n);

		memcpy(copy, text, n);
		copy = realloc(copy, n != 0 ? n : 1);
		cut.p = copy;
		assert_ok(mentions_read(arena, &dictionary, &vocabulary, cut, &l, &e));
		for (size_t from = 0; from <= n; from++) {
			if (title_above(cut, &l, &secret, 1, from, &place))
				assert_true(place.at <= place.end && place.end <= from);
			if (note_below(cut, from, &place))
				assert_true(place.at >= from && place.end <= n);
		}
		free(copy);
	}
	close_directory();
}

/* Sixty-four bytes at a time where there are as many, letter by letter else: each word is the same as when it stands alone. */
static void words_are_the_same_wherever_they_stand(void **state)
{
	static const char *const pieces[] = {"a", "Be", "x7", "GmbH", "rocket", "12345678", "ninechars", "S\xc3\xb6hne", "\xc3\x89t\xc3\xa9", "e\xcc\x81t",
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmn", "soft\xc2\xadhyphen"};
	static const char *const gaps[] = {" ", "", "\xe2\x80\x93", ", ", "                                                                      ", ".", "\xff", "@"};
	enum { N = 3000 };
	static struct token all[2 * N];
	uint32_t random = 1;
	struct buf b;

	(void)state;
	buf_init(&b, MIB);
	for (int i = 0; i < N; i++) {
		random = random * 1103515245 + 12345;
		buf_str(&b, pieces[(random >> 16) % (sizeof pieces / sizeof *pieces)]);
		buf_str(&b, gaps[random >> 24 & 7]);
	}
	for (size_t from = 0; from < 70; from++) {
		span text = span_from(buf_span(&b), from);
		size_t at = 0, one = 0, n = tokens_read(text, &at, all, 2 * N), end = 0;

		assert_true(n > N / 2 && n < 2 * N);
		for (size_t i = 0; i < n; i++) {
			struct token t, alone;
			size_t start = 0, between = end;

			assert_int_equal(tokens_read(text, &one, &t, 1), 1);
			assert_true(t.hash == all[i].hash && t.at == all[i].at && t.n == all[i].n);
			assert_int_equal(tokens_read(span_sub(text, t.at, t.n), &start, &alone, 1), 1);
			assert_true(alone.hash == t.hash && alone.at == 0 && alone.n == t.n);
			assert_int_equal(tokens_read(span_first(text, t.at), &between, &alone, 1), 0);
			end = (size_t)t.at + t.n;
		}
	}
	buf_free(&b);
}

static void a_name_that_its_directory_spells_small_is_found_so(void **state)
{
	(void)state;
	open_directory("name;aliases\nzalvio;\nQuenlo Ltd;quenlo | qnlo\nVantor Inc;\nKestrel GmbH;\nshell;\nNorrland AB;\nOrsk Ltd;\nBramble Ltd;\n");
	expect("ask zalvio, Zalvio or ZALVIO", "1|1|1");
	expect("zalviometer, zalvio.log, a/zalvio/b, zalvio@x", "");
	expect("quenlo has it, as vantor and kestrel have; qnlo too", "2");
	expect("the shell of a snail", "");
	close_directory();
	/* All of it written small says nothing. */
	open_directory("name;aliases\nzalvio;\nkestrel gmbh;kestrel\nVantor Inc;\n");
	expect("zalvio and kestrel, Zalvio and Kestrel", "1|2");
	close_directory();
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_name_that_its_directory_spells_small_is_found_so),
	    cmocka_unit_test(words_are_the_same_wherever_they_stand),
	    cmocka_unit_test(a_name_is_found_whole_and_in_any_case),
	    cmocka_unit_test(a_name_of_one_word_may_have_the_genitive_of_german),
	    cmocka_unit_test(a_name_is_found_where_no_blanks_stand_between_words),
	    cmocka_unit_test(a_name_may_be_in_another_case_of_its_language),
	    cmocka_unit_test(an_and_may_be_a_sign_and_a_form_in_pieces_is_one),
	    cmocka_unit_test(a_name_with_umlauts_is_found_as_those_write_it_who_have_none),
	    cmocka_unit_test(a_title_is_the_line_above_a_block_that_names_somebody),
	    cmocka_unit_test(a_text_cut_anywhere_has_a_title_or_none),
	    cmocka_unit_test(a_name_with_another_in_brackets_is_both),
	    cmocka_unit_test(a_name_within_a_name_without_end_is_a_row_like_any_other),
	    cmocka_unit_test(a_host_within_a_link_is_found_behind_its_escapes),
	    cmocka_unit_test(a_host_in_proofpoints_spelling_is_told_as_it_is),
	    cmocka_unit_test(the_name_of_an_account_is_told_from_a_host_by_the_word_before_it),
	    cmocka_unit_test(a_name_is_found_across_a_line_end_and_quote_marks_but_not_across_a_paragraph),
	    cmocka_unit_test(the_longest_name_wins),
	    cmocka_unit_test(accents_and_their_decomposed_form_make_no_difference),
	    cmocka_unit_test(a_common_word_is_a_name_only_with_a_sign),
	    cmocka_unit_test(a_name_of_two_organisations_names_neither),
	    cmocka_unit_test(part_of_an_address_host_or_path_is_no_name),
	    cmocka_unit_test(a_listed_host_is_a_mention_and_an_unknown_one_is_not),
	    cmocka_unit_test(a_host_past_ascii_is_known_by_either_spelling),
	    cmocka_unit_test(an_address_of_anybody_is_a_mention),
	    cmocka_unit_test(quoted_header_lines_are_told_apart),
	    cmocka_unit_test(a_name_is_found_wherever_it_lies_in_a_long_text),
	    cmocka_unit_test(any_cut_of_a_text_is_read_without_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
