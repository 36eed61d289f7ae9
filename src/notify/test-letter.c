#include "notify/test-case.h"

#include "store/db.h"

#include "base/io.h"
#include "store/orgs.h"

/* Lines are joined, so that words can be looked for wherever they are broken. */
static const char *joined(struct fixture *f, const char *text)
{
	span s = span_str(text);
	char *out = arena_zero(f->a, s.n + 1, 1);
	size_t n = 0;

	assert_non_null(out);
	for (size_t i = 0; i < s.n; i++)
		if ((s.p[i] != ' ' && s.p[i] != '\n') || (n != 0 && out[n - 1] != ' '))
			out[n++] = s.p[i] == '\n' ? ' ' : (char)s.p[i];
	return out;
}

static void a_notice_says_what_there_is_to_say(void **state)
{
	static const char *const wanted[] = {"To Customer plc", "15 January 2024", "not yet known", "2 messages, dated from 23 January 2024",
	    "- sent by you: 1 message", "- naming you: 1 message", "- opened: 1 message", "- we cannot say: 1 message",
	    "1 password: su********99, in a message of 23 January 2024 that", "notices.us.example", "+44 20 0000 0000", "Ada Example", "no link",
	    "in 1 message there are attachments"};
	struct fixture *f = fixture_new();
	const char *text;

	(void)state;
	small_case(f);
	rows_unread(f->n.store, 2);
	(void)plan(f);
	text = text_of(f, "Customer plc");
	for (size_t i = 0; i < sizeof wanted / sizeof wanted[0]; i++)
		if (strstr(text, wanted[i]) == NULL)
			fail_msg("\"%s\" is not in\n%s", wanted[i], text);
	assert_null(strstr(text, "{{"));
	assert_null(strstr(text, "://"));
	fixture_free(f);
}

/* An evening of the west is the next day in UTC: a notice names the day that case.yaml does. */
static void days_of_the_incident_are_those_of_the_case(void **state)
{
	struct fixture *f = fixture_new();
	const char *text;

	(void)state;
	small_case(f);
	f->config.detected_utc = 1709269200; /* 2024-03-01T05:00:00Z, written 2024-02-29T22:00:00-07:00 */
	f->config.offset_s.detected = -7 * 3600;
	f->config.contained_utc = 1709328600; /* 2024-03-01T21:30:00Z, written 2024-03-02T06:30:00+09:00 */
	f->config.offset_s.contained = 9 * 3600;
	(void)plan(f);
	text = text_of(f, "Customer plc");
	assert_non_null(strstr(text, "We noticed it: 29 February 2024"));
	assert_non_null(strstr(text, "We stopped it: 2 March 2024"));
	fixture_free(f);
}

static void mail_that_the_intruder_sent_as_the_victim_is_said_to_be_that(void **state)
{
	struct fixture *f = fixture_new();
	const char *text;

	(void)state;
	small_case(f);
	rows_sent(f->n.store, 1, true);
	rows_sent(f->n.store, 2, false);
	(void)plan(f);
	text = text_of(f, "Customer plc");
	assert_non_null(strstr(text, "- sent by the intruder in our name: 1 message. Trust nothing"));
	fixture_free(f);
}

static void a_notice_is_in_the_language_of_its_organisation(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	small_case(f);
	rows_org(f->n.store, 3, "Client SA", ORG_DIRECTORY, "FR", "");
	rows_contact(f->n.store, 3, 0, "rssi@client.example");
	rows_link(f->n.store, 1, 3, LINK_RECIPIENT, true);
	rows_org(f->n.store, 4, "Autre SA", ORG_DIRECTORY, "US", "fr-CA");
	rows_contact(f->n.store, 4, 0, "rssi@autre.example");
	rows_link(f->n.store, 1, 4, LINK_RECIPIENT, true);
	rows_exposure(f->n.store, 2, "passcode_pin", SEVERITY_HIGH, "******** (under 8 characters)");
	rows_finding(f->n.store, 1, 2);
	(void)plan(f);
	assert_non_null(strstr(text_of(f, "Client SA"), "******** (moins de 8 caractères)"));
	assert_non_null(strstr(text_of(f, "Client SA"), "- à votre adresse\xc2\xa0: 1 courriel\n"));
	assert_non_null(strstr(text_of(f, "Autre SA"), "1 mot de passe\xc2\xa0: su********99,"));
	assert_non_null(strstr(text_of(f, "Customer plc"), "To Customer plc"));
	fixture_free(f);
}

/* Of what nobody can log in with: a summary that speaks of passwords would be one that there are not. */
static void personal_data_is_not_called_passwords(void **state)
{
	struct fixture *f = fixture_new();
	const char *text;

	(void)state;
	small_case(f);
	rows_org(f->n.store, 3, "Client SA", ORG_DIRECTORY, "GB", "");
	rows_contact(f->n.store, 3, 0, "rssi@client.example");
	rows_exposure(f->n.store, 2, "date_of_birth", SEVERITY_MEDIUM, "**/**/****");
	rows_finding(f->n.store, 2, 2);
	rows_link(f->n.store, 2, 3, LINK_RECIPIENT, true);
	(void)plan(f);
	text = text_of(f, "Client SA");
	assert_non_null(strstr(text, "found in it: 1 date of birth."));
	assert_null(strstr(text, "password, key"));
	assert_non_null(strstr(text_of(f, "Customer plc"), "found in them: 1 password."));
	fixture_free(f);
}

/* Of who is told of one message, in each language, and of who is told of two: neither letter has the words of the other. */
static void a_notice_of_one_message_does_not_say_these(void **state)
{
	static const struct { const char *code, *one, *many[3]; } languages[] = {
	    {"en", "In that message we found", {"that mail", "each is in", "one is meant"}},
	    {"fr", "Dans le courriel concerné, nous avons", {"ces courriels", "es courriels vous", "es courriels échangés"}},
	    {"de", "In der betroffenen E-Mail haben wir", {"diesen E-Mails", "E-Mails, die Sie", "E-Mails zwischen"}},
	    {"es", "En el mensaje afectado encontramos", {"estos mensajes", "mensajes que les", "mensajes entre usted"}},
	};
	struct fixture *f = fixture_new();

	(void)state;
	small_case(f);
	rows_unread(f->n.store, 2);
	rows_finding(f->n.store, 2, 1);
	f->config.notify_persons = true;
	for (int64_t i = 0; i < 16; i++) {
		const char *code = languages[i / 4].code;
		bool person = i % 4 >= 2, two = i % 2 != 0;
		const char *key = arena_printf(f->a, "%s%d%d@%s.example", code, person, two, code);

		rows_org(f->n.store, 10 + i, key, person ? ORG_PERSON : ORG_DIRECTORY, "", code);
		rows_contact(f->n.store, 10 + i, 0, key);
		rows_link(f->n.store, 2, 10 + i, LINK_RECIPIENT, true);
		if (two)
			rows_link(f->n.store, 1, 10 + i, LINK_RECIPIENT, true);
	}
	(void)plan(f);
	for (size_t i = 0; i < 16; i++) {
		const char *code = languages[i / 4].code;
		bool two = i % 2 != 0;
		const char *text = text_of(f, arena_printf(f->a, "%s%d%d@%s.example", code, i % 4 >= 2, two, code));
		bool many = false;

		assert_true((strstr(text, languages[i / 4].one) != NULL) == !two);
		for (size_t k = 0; k < 3; k++)
			many |= strstr(text, languages[i / 4].many[k]) != NULL;
		if (many != two)
			fail_msg("one or many?\n%s", text);
	}
	fixture_free(f);
}

/* Found or not: who reads "we found three" must not take it for all that there is. In each language, to organisations and persons. */
static void every_notice_says_what_was_not_searched_for(void **state)
{
	static const struct { const char *code, *said[2]; } languages[] = {
	    {"en", {"can miss some", "Health data and other content were not searched for"}},
	    {"fr", {"peut en manquer", "ni donn\xc3\xa9" "es de sant\xc3\xa9"}},
	    {"de", {"\xc3\xbc" "bersehen kann", "Nach Gesundheitsdaten und anderen Inhalten sucht es nicht"}},
	    {"es", {"pasar algo por alto", "No busca datos de salud"}},
	};
	struct fixture *f = fixture_new();

	(void)state;
	small_case(f);
	f->config.notify_persons = true;
	for (int64_t i = 0; i < 16; i++) {
		const char *code = languages[i / 4].code;
		bool person = i % 4 >= 2, found = i % 2 != 0;
		const char *key = arena_printf(f->a, "%s%d%d@%s.example", code, person, found, code);

		rows_org(f->n.store, 10 + i, key, person ? ORG_PERSON : ORG_DIRECTORY, "", code);
		rows_contact(f->n.store, 10 + i, 0, key);
		rows_link(f->n.store, found ? 1 : 2, 10 + i, LINK_RECIPIENT, true);
	}
	(void)plan(f);
	for (size_t i = 0; i < 16; i++) {
		const char *code = languages[i / 4].code;
		const char *text = joined(f, text_of(f, arena_printf(f->a, "%s%d%d@%s.example", code, i % 4 >= 2, i % 2 != 0, code)));

		for (size_t k = 0; k < 2; k++)
			if (strstr(text, languages[i / 4].said[k]) == NULL)
				fail_msg("\"%s\" is not in\n%s", languages[i / 4].said[k], text);
	}
	fixture_free(f);
}

/* Of who has only mail that no record is about, in each language; and of who has mail that was opened. */
static void what_no_record_shows_is_not_said_to_have_happened(void **state)
{
	static const struct { const char *code, *said, *not_said; } languages[] = {
	    {"en", "The intruder may have reached mail", " was in it."},
	    {"fr", "Il est possible que l\xe2\x80\x99intrus ait eu acc\xc3\xa8s", " s\xe2\x80\x99y trouvait."},
	    {"de", "M\xc3\xb6glicherweise hatte der Eindringling auch Zugang zu einer E-Mail", "Darunter war"},
	    {"es", "Es posible que el intruso llegara a un mensaje", "En \xc3\xa9l hab\xc3\xad" "a"},
	};
	struct fixture *f = fixture_new();

	(void)state;
	small_case(f);
	f->config.notify_persons = true;
	for (int64_t i = 0; i < 16; i++) {
		const char *code = languages[i / 4].code;
		bool person = i % 4 >= 2, opened = i % 2 != 0;
		const char *key = arena_printf(f->a, "%s%d%d@%s.example", code, person, opened, code);

		rows_org(f->n.store, 10 + i, key, person ? ORG_PERSON : ORG_DIRECTORY, "", code);
		rows_contact(f->n.store, 10 + i, 0, key);
		rows_link(f->n.store, opened ? 1 : 2, 10 + i, LINK_RECIPIENT, true);
	}
	(void)plan(f);
	for (size_t i = 0; i < 16; i++) {
		const char *code = languages[i / 4].code;
		const char *text = joined(f, text_of(f, arena_printf(f->a, "%s%d%d@%s.example", code, i % 4 >= 2, i % 2 != 0, code)));

		if ((strstr(text, languages[i / 4].said) == NULL) != (i % 2 != 0) || (strstr(text, languages[i / 4].not_said) == NULL) != (i % 2 == 0))
			fail_msg("sure or not?\n%s", text);
	}
	fixture_free(f);
}

/* Four passwords in a mail that Customer sent: its own, by a guess, nobody's that is known, and another's, which it cannot change. */
static void a_notice_says_what_is_not_its_readers_or_only_perhaps(void **state)
{
	static const struct { const char *code, *kinds, *maybe, *owned_maybe, *others; } languages[] = {
	    {"en", "found in them: 3 passwords. Also there, but not yours: 1 password. Please", "(possibly yours)", "data that is possibly yours: 1 message", "BUT NOT YOURS"},
	    {"fr", "trouv\xc3\xa9 3 mots de passe. S\xe2\x80\x99y trouvent aussi, sans \xc3\xaatre \xc3\xa0 vous\xc2\xa0: 1 mot de passe.", "(peut-\xc3\xaatre \xc3\xa0 vous)",
	        "peut-\xc3\xaatre \xc3\xa0 vous\xc2\xa0: 1 courriel", "MAIS PAS \xc3\x80 VOUS"},
	    {"de", "gefunden: 3 Passw\xc3\xb6rter. Au\xc3\x9f" "erdem darin, aber nicht von Ihnen: 1 Passwort.", "(m\xc3\xb6glicherweise von Ihnen)",
	        "m\xc3\xb6glicherweise von Ihnen: 1 E-Mail", "ABER NICHT VON IHNEN"},
	    {"es", "encontramos 3 contrase\xc3\xb1" "as. Tambi\xc3\xa9n hay all\xc3\xad, pero no es de ustedes: 1 contrase\xc3\xb1" "a.", "(quiz\xc3\xa1 de ustedes)",
	        "quiz\xc3\xa1 sea de ustedes: 1 mensaje", "PERO NO DE USTEDES"},
	};

	(void)state;
	for (size_t i = 0; i < sizeof languages / sizeof languages[0]; i++) {
		struct fixture *f = fixture_new();
		const char *text, *others, *one, *two;

		small_case(f);
		rows_org(f->n.store, 3, "Rival GmbH", ORG_DIRECTORY, "GB", "");
		for (int64_t x = 2; x <= 4; x++) {
			rows_exposure(f->n.store, x, "password", SEVERITY_HIGH, arena_printf(f->a, "p%d********", (int)x));
			rows_finding(f->n.store, 1, x);
		}
		rows_owner(f->n.store, 1, 2);
		rows_owner(f->n.store, 2, 2);
		rows_owner(f->n.store, 4, 3);
		rows_link(f->n.store, 2, 2, LINK_OWNER, true);
		assert_ok(sql_script(f->n.store->sql, arena_printf(f->a, "UPDATE org SET language = '%s' WHERE id = 2; UPDATE link SET certainty = 1 WHERE role = 4;"
		    " UPDATE owner SET ground = '" GROUND_WITH_THEM "' WHERE exposure_id = 2", languages[i].code), &e));
		(void)plan(f);
		text = joined(f, text_of(f, "Customer plc"));
		others = strstr(text, languages[i].others);
		one = strstr(text, languages[i].maybe);
		two = one != NULL ? strstr(one + 1, languages[i].maybe) : NULL;
		if (others == NULL || two == NULL || two > others || strstr(two + 1, languages[i].maybe) != NULL || strstr(text, languages[i].kinds) == NULL ||
		    strstr(text, languages[i].owned_maybe) == NULL || strstr(others, "p4****") == NULL || strstr(text, "p4****") < others)
			fail_msg("whose?\n%s", text);
		fixture_free(f);
	}
}

/* Who has no domain has no DNS to prove anything in; in each language. */
static void a_code_is_to_be_proved_by_the_dns_only_by_who_has_a_domain(void **state)
{
	static const char *const said[][2] = {{"en", "please call us first"}, {"fr", "appelez-nous d\xe2\x80\x99" "abord"}, {"de", "Bitte rufen Sie uns vorher an"},
	    {"es", "ll\xc3\xa1mennos antes"}};
	struct fixture *f = fixture_new();

	(void)state;
	small_case(f);
	f->config.sealed = true;
	for (int64_t i = 0; i < 8; i++) {
		const char *key = arena_printf(f->a, "%s%d.example", said[i / 2][0], (int)i % 2);

		rows_org(f->n.store, 10 + i, key, ORG_DIRECTORY, "", said[i / 2][0]);
		rows_contact(f->n.store, 10 + i, 0, arena_printf(f->a, "x@%s", key));
		rows_link(f->n.store, 1, 10 + i, LINK_RECIPIENT, true);
		if (i % 2 != 0)
			assert_ok(sql_script(f->n.store->sql, arena_printf(f->a, "INSERT INTO org_domain VALUES ('%s', %d)", key, 10 + (int)i), &e));
	}
	(void)plan(f);
	for (size_t i = 0; i < 8; i++) {
		const char *text = joined(f, text_of(f, arena_printf(f->a, "%s%d.example", said[i / 2][0], (int)i % 2)));

		if ((strstr(text, said[i / 2][1]) == NULL) != (i % 2 != 0) || (strstr(text, "DNS") == NULL) != (i % 2 == 0))
			fail_msg("by the DNS?\n%s", text);
	}
	fixture_free(f);
}

/* Of a date of birth no bank is to be told; in each language. */
static void the_bank_is_to_be_called_only_for_its_numbers(void **state)
{
	static const char *const said[][2] = {{"en", "Call your bank"}, {"fr", "Appelez votre banque"}, {"de", "Rufen Sie Ihre Bank an"}, {"es", "Llame a su banco"}};
	struct fixture *f = fixture_new();

	(void)state;
	small_case(f);
	f->config.notify_persons = true;
	rows_exposure(f->n.store, 2, "date_of_birth", SEVERITY_MEDIUM, "**/**/****");
	rows_finding(f->n.store, 2, 2);
	rows_message(f->n.store, 3, 1708000000, VERDICT_ACCESSED);
	rows_exposure(f->n.store, 3, "bank_account", SEVERITY_MEDIUM, "GB** **** 19");
	rows_finding(f->n.store, 3, 3);
	for (int64_t i = 0; i < 8; i++) {
		const char *key = arena_printf(f->a, "p%d@%s.example", (int)i % 2, said[i / 2][0]);

		rows_org(f->n.store, 10 + i, key, ORG_PERSON, "", said[i / 2][0]);
		rows_contact(f->n.store, 10 + i, 0, key);
		rows_link(f->n.store, 2 + i % 2, 10 + i, LINK_SENDER, true);
	}
	(void)plan(f);
	for (size_t i = 0; i < 8; i++) {
		const char *text = joined(f, text_of(f, arena_printf(f->a, "p%d@%s.example", (int)i % 2, said[i / 2][0])));

		if ((strstr(text, said[i / 2][1]) == NULL) != (i % 2 == 0))
			fail_msg("the bank?\n%s", text);
	}
	fixture_free(f);
}

/* As in the reading room: credentials before personal data, what was surely read first, then the most severe, then the oldest. */
static void what_was_opened_is_reset_first(void **state)
{
	struct fixture *f = fixture_new();

	(void)state;
	small_case(f);
	rows_message(f->n.store, 3, 1705000000, VERDICT_UNKNOWN);
	rows_link(f->n.store, 2, 2, LINK_RECIPIENT, true);
	rows_link(f->n.store, 3, 2, LINK_RECIPIENT, true);
	rows_exposure(f->n.store, 2, "api_token", SEVERITY_CRITICAL, "tk********77");
	rows_finding(f->n.store, 2, 2);
	rows_exposure(f->n.store, 3, "private_key", SEVERITY_CRITICAL, "private key, 1704 bytes");
	rows_finding(f->n.store, 3, 3);
	rows_exposure(f->n.store, 4, "bank_account", SEVERITY_CRITICAL, "GB** **** 19");
	rows_finding(f->n.store, 1, 4);
	assert_string_equal(plan(f).wave.orgs[0].classes, "password 1, private_key 1, api_token 1, bank_account 1");
	fixture_free(f);
}

static void a_notice_names_no_other_organisation_and_no_secret_of_one(void **state)
{
	struct fixture *f = fixture_new();
	const char *text;

	(void)state;
	small_case(f);
	rows_org(f->n.store, 3, "Rival GmbH", ORG_DIRECTORY, "GB", "");
	rows_contact(f->n.store, 3, 0, "x@rival.example");
	rows_link(f->n.store, 2, 3, LINK_SENDER, true); /* Customer is only mentioned in message 2 */
	rows_exposure(f->n.store, 2, "api_token", SEVERITY_CRITICAL, "ghp_****zz");
	rows_exposure(f->n.store, 3, "passcode_pin", SEVERITY_HIGH, "**17");
	rows_finding(f->n.store, 2, 2);
	rows_finding(f->n.store, 2, 3);
	rows_owner(f->n.store, 3, 2);
	(void)plan(f);
	text = text_of(f, "Customer plc");
	assert_null(strstr(text, "Rival"));
	assert_null(strstr(text, "ghp_"));
	assert_non_null(strstr(text, "**17")); /* its own, though it is only mentioned */
	assert_non_null(strstr(text_of(f, "Rival GmbH"), "ghp_****zz"));
	fixture_free(f);
}

static void a_link_in_evidence_does_not_become_one_in_a_notice(void **state)
{
	struct fixture *f = fixture_new();
	const char *text;

	(void)state;
	small_case(f);
	rows_org(f->n.store, 3, "http://evil.example www.evil.example", ORG_DIRECTORY, "", "");
	rows_contact(f->n.store, 3, 0, "x@evil.example");
	rows_link(f->n.store, 1, 3, LINK_SENDER, true);
	rows_exposure(f->n.store, 2, "url_credentials", SEVERITY_CRITICAL, "https://u:****@h.example\x1b[2J");
	rows_finding(f->n.store, 1, 2);
	(void)plan(f);
	text = text_of(f, "http://evil.example www.evil.example");
	assert_null(strstr(text, "://"));
	assert_null(strstr(text, "www."));
	assert_null(strchr(text, '\x1b'));
	assert_non_null(strstr(text, "https[:]//u:****@h.example"));
	fixture_free(f);
}

static void a_case_that_says_too_little_or_has_a_link_is_refused(void **state)
{
	struct fixture *f = fixture_new();
	struct notify_planned p;
	struct err why = {0};

	(void)state;
	small_case(f);
	f->config.sender_phone = " ";
	f->config.title = "";
	assert_int_equal(notify_plan(&f->n, f->a, &p, &why), ERR_USAGE);
	assert_non_null(strstr(why.text, "case.yaml: missing: incident: title, sender: phone ("));
	f->config.title = "Mailboxes read";
	f->config.sender_phone = "1";
	f->config.portal = "https://us.example";
	store_close(f->n.store); /* what was not committed is gone */
	open_store(f);
	small_case(f);
	assert_int_equal(notify_plan(&f->n, f->a, &p, &why), ERR_USAGE);
	assert_non_null(strstr(why.text, "portal has a link"));
	fixture_free(f);
}

static void copy_template(struct fixture *f, const char *name, const char *tail)
{
	char from[600], to[600];
	struct buf b;
	span s;

	(void)snprintf(from, sizeof from, "%s/%s", templates, name);
	(void)snprintf(to, sizeof to, "%s/templates", f->dir);
	assert_ok(io_make_dir(to, 0700, &e));
	(void)snprintf(to, sizeof to, "%s/templates/%s", f->dir, name);
	assert_ok(io_read_file(f->a, from, 1 << 20, &s, &e));
	buf_init(&b, 1 << 20);
	buf_put(&b, s);
	buf_str(&b, tail);
	assert_ok(io_write_file(to, buf_span(&b), 0600, &e));
	buf_free(&b);
}

/* The error that a template with this tail gives. */
static const char *refused(struct fixture *f, const char *tail)
{
	struct notify_planned p;
	struct err why = {0};

	copy_template(f, "notice.en.txt", tail);
	assert_int_equal(notify_plan(&f->n, f->a, &p, &why), ERR_USAGE);
	return arena_printf(f->a, "%s", strstr(why.text, "/templates/"));
}

static void an_error_in_a_template_of_notices_stops_the_plan(void **state)
{
	struct fixture *f = fixture_new();
	const char *dir = arena_printf(f->a, "%s/templates", f->dir);
	struct notify_planned p;
	struct err why = {0};
	span s;
	unsigned lines = 1;

	(void)state;
	small_case(f);
	copy_template(f, "words.en.yaml", "");
	copy_template(f, "person.en.txt", "");
	f->n.templates = dir;
	assert_ok(io_read_file(f->a, arena_printf(f->a, "%s/notice.en.txt", templates), 1 << 20, &s, &e));
	for (size_t i = 0; i < s.n; i++)
		lines += s.p[i] == '\n';
	assert_ok(store_commit(f->n.store, &e));
	assert_string_equal(refused(f, "{{nobody}}\n"), arena_printf(f->a, "/templates/notice.en.txt:%u: \"nobody\" is not known here", lines));
	assert_string_equal(refused(f, "\n{{kind}}\n"), arena_printf(f->a, "/templates/notice.en.txt:%u: \"kind\" is not known here", lines + 1));
	assert_string_equal(refused(f, "see https://us.example\n"),
	    arena_printf(f->a, "/templates/notice.en.txt:%u: \"://\": a notice has no link", lines));
	store_close(f->n.store);
	open_store(f);
	assert_string_equal(refused(f, "{{undated}}\n"), arena_printf(f->a, "/templates/notice.en.txt:%u: \"undated\" has no value here", lines));
	copy_template(f, "notice.en.txt", "");
	copy_template(f, "words.en.yaml", "colour: red\n");
	assert_int_equal(notify_plan(&f->n, f->a, &p, &why), ERR_USAGE);
	assert_non_null(strstr(why.text, "unknown setting \"colour\""));
	fixture_free(f);
}

/* A date of birth cannot be changed; and what a sentence is about is there. */
static void what_cannot_be_reset_is_not_asked_for(void **state)
{
	static const struct { const char *code, *reset, *overlap; } said[] = {{"en", "WHAT TO RESET", "more than one of these lines"},
	    {"fr", "CE QU\xe2\x80\x99IL FAUT CHANGER", "dans plusieurs de ces lignes"}, {"de", "WAS ZU \xc3\x84NDERN", "in mehreren dieser Zeilen"},
	    {"es", "QU\xc3\x89 HAY QUE CAMBIAR", "de una de estas l\xc3\xadneas"}};

	(void)state;
	for (size_t i = 0; i < sizeof said / sizeof said[0]; i++)
		for (int personal = 0; personal < 2; personal++) {
			struct fixture *f = fixture_new();
			const char *text;

			small_case(f);
			assert_ok(sql_script(f->n.store->sql, arena_printf(f->a, "UPDATE org SET language = '%s' WHERE id = 2", said[i].code), &e));
			if (personal)
				assert_ok(sql_script(f->n.store->sql, "UPDATE exposure SET class = 'date_of_birth'; UPDATE finding SET class = 'date_of_birth'", &e));
			else
				rows_link(f->n.store, 1, 2, LINK_RECIPIENT, true);
			(void)plan(f);
			text = text_of(f, "Customer plc");
			assert_int_equal(strstr(text, said[i].reset) == NULL, personal);
			assert_int_equal(strstr(text, said[i].overlap) == NULL, personal);
			fixture_free(f);
		}
}

static void a_notice_says_first_how_much_and_by_when(void **state)
{
	static const char *const opened[] = {"In short: 2 messages; found in them: 2 passwords", "by 14 March 2024, and by 8 March 2024 those in mail that the intruder opened.",
	    "the first lines first: by 8 March 2024 those in mail that was opened, by 14 March 2024 all of them.", "su********99, in a message of 23 January 2024 that was opened"};
	struct fixture *f = fixture_new();
	const char *text;

	(void)state;
	small_case(f);
	f->config.remediation = (struct case_remediation){3, 9, 9, 9};
	rows_link(f->n.store, 2, 2, LINK_SENDER, true);
	rows_exposure(f->n.store, 2, "password", SEVERITY_HIGH, "an********11");
	rows_finding(f->n.store, 2, 2);
	(void)plan(f);
	text = joined(f, text_of(f, "Customer plc"));
	for (size_t i = 0; i < sizeof opened / sizeof opened[0]; i++)
		if (strstr(text, opened[i]) == NULL)
			fail_msg("\"%s\" is not in\n%s", opened[i], text);
	assert_true(strstr(text, "In short") < strstr(text, "WHAT HAPPENED"));
	fixture_free(f);
}

/* Where all mail was opened nothing is said of a value, and the shorter time is the only one; where none was, the longer. */
static void one_time_is_said_where_there_is_one(void **state)
{
	static const struct { enum verdict verdict; const char *days; } all[] = {{VERDICT_ACCESSED, "the first lines first: by 7 March 2024 all of them."},
	    {VERDICT_PRESUMED, "the first lines first: by 19 March 2024 all of them."}};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct fixture *f = fixture_new();
		const char *text;

		small_case(f);
		rows_verdict(f->n.store, 1, all[i].verdict);
		rows_verdict(f->n.store, 2, all[i].verdict);
		(void)plan(f);
		text = joined(f, text_of(f, "Customer plc"));
		assert_non_null(strstr(text, all[i].days));
		assert_null(strstr(text, "was opened"));
		fixture_free(f);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(what_cannot_be_reset_is_not_asked_for),
	    cmocka_unit_test(a_notice_says_what_there_is_to_say),
	    cmocka_unit_test(days_of_the_incident_are_those_of_the_case),
	    cmocka_unit_test(mail_that_the_intruder_sent_as_the_victim_is_said_to_be_that),
	    cmocka_unit_test(a_notice_is_in_the_language_of_its_organisation),
	    cmocka_unit_test(personal_data_is_not_called_passwords),
	    cmocka_unit_test(a_notice_of_one_message_does_not_say_these),
	    cmocka_unit_test(every_notice_says_what_was_not_searched_for),
	    cmocka_unit_test(what_no_record_shows_is_not_said_to_have_happened),
	    cmocka_unit_test(a_notice_says_what_is_not_its_readers_or_only_perhaps),
	    cmocka_unit_test(a_code_is_to_be_proved_by_the_dns_only_by_who_has_a_domain),
	    cmocka_unit_test(the_bank_is_to_be_called_only_for_its_numbers),
	    cmocka_unit_test(what_was_opened_is_reset_first),
	    cmocka_unit_test(a_notice_names_no_other_organisation_and_no_secret_of_one),
	    cmocka_unit_test(a_link_in_evidence_does_not_become_one_in_a_notice),
	    cmocka_unit_test(a_case_that_says_too_little_or_has_a_link_is_refused),
	    cmocka_unit_test(an_error_in_a_template_of_notices_stops_the_plan),
	    cmocka_unit_test(a_notice_says_first_how_much_and_by_when),
	    cmocka_unit_test(one_time_is_said_where_there_is_one),
	};

	templates = argc > 1 ? argv[1] : "templates";
	return cmocka_run_group_tests(tests, NULL, NULL);
}
