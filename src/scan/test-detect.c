/* What is found where, by which rule, and how it is shown. */
#include "base/limits.h"
#include "scan/test-detect.h"

static const char *const values[] = {
    "Winter2024!", "kestrel88", "Xy7-kLm", "t0p$ecret", "b4n4n4s", "Aa1!Bb2?x", "q#9M#npX", "Sommer_2023", "Z9(k)4u", "91aber77",
    "Correct.Horse9", "Pa$$w0rt", "98kL+m/3",
};

static const char *const carriers[] = {
    "The password is %s.", "Password: %s", "password = %s\n", "pw: %s, thanks", "Your new password is: %s\n\nBye", "the pwd is \"%s\".",
    "pass is %s (no caps)", "I set the password to %s, ok?", "Your password has been reset to %s. Please change it.",
    "Password for the portal: '%s'", "> Password: %s\n> Regards", "Password:\n\n    %s\n\nRegards", "password\t%s\n", "*Password:* %s",
    "the root password for db01 is %s - keep it safe", "DB_PASSWORD=%s\n", "\"password\": \"%s\",", "<password>%s</password>", "password: `%s`",
    "The password is\n%s\nand works", "Passphrase: %s",
    "Das Passwort lautet %s.", "Passwort: %s", "Das Kennwort ist jetzt %s, bitte \xc3\xa4ndern", "Das Passwort wurde auf %s ge\xc3\xa4ndert.",
    "Das neue Passwort f\xc3\xbcr den Server lautet \xe2\x80\x9e%s\xe2\x80\x9c.", "PW: %s", "Kennwort:\n%s\n",
    "Le mot de passe est %s.", "mot de passe : %s", "le mdp c'est %s", "Votre mot de passe\xc2\xa0: %s", "Le mot de passe du serveur est d\xc3\xa9sormais %s.",
    "mot de passe provisoire : \xc2\xab%s\xc2\xbb",
    "La contrase\xc3\xb1" "a es %s.", "Contrase\xc3\xb1" "a: %s", "la clave es %s", "La contrase\xc3\xb1" "a del portal ser\xc3\xa1 %s, c\xc3\xa1mbiela",
    "Usuario: jperez\nContrase\xc3\xb1" "a: %s\n", "Username: alice\nPassword: %s\n", "login: bob / password: %s", "Benutzername: jm\r\nKennwort: %s\r\n",
    "Identifiant : mdupont\nMot de passe : %s\n", "User ID: joe\n\nPassword: %s\n", "user/pass: alice / %s",
};

static void passwords_are_found_with_exactly_their_bytes_in_four_languages(void **state)
{
	char text[400];

	for (size_t i = 0; i < sizeof carriers / sizeof *carriers; i++)
		for (size_t k = 0; k < sizeof values / sizeof *values; k++) {
			char *at = strstr(carriers[i], "%s") - carriers[i] + text;

			memcpy(text, carriers[i], strlen(carriers[i]) + 1);
			snprintf(at, (size_t)(text + sizeof text - at), "%s%s", values[k], strstr(carriers[i], "%s") + 2);
			finds(*state, text, values[k], CLASS_PASSWORD, CLASS_USERNAME_PASSWORD);
		}
}

static void what_only_speaks_of_passwords_is_not_one(void **state)
{
	static const char *const texts[] = {
	    "Forgot your password? Reset it at https://portal.example/reset?u=1", "Your password will expire in 5 days.",
	    "Password: Date of Birth (DDMMYYYY)", "Password: ********", "password: <your password>", "Password: [redacted]",
	    "The file is password protected.", "Password: see separate mail", "Your password is case sensitive.", "PASSWORD=${PASSWORD}",
	    "password: {{ db_password }}", "password = os.environ[\"DB_PASSWORD\"]", "self.password = password", "password = getpass()",
	    "if (password == NULL) return;", "+\tstruct passwd *pw = getpwnam(user);", "  passwd->pw_uid = 0;", "Password: Passwort: Kennwort:",
	    "Message-ID: <20240301.4539148824364672.AKIA@mail.example>", "Order no. 4539148824364672 has shipped",
	    "DKIM-Signature: b=dGhpcyBpcyBub3QgYSBwYXNzd29yZCBidXQgaXQgbG9va3M=", "commit 0a1b2c3d4e5f60718293a4b5c6d7e8f901234567",
	    "550e8400-e29b-41d4-a716-446655440000", "Tracking 1Z999AA10123456784", "call +1-219-48-7731", "Your password must be at least 8 characters",
	    "Ihr Passwort ist abgelaufen", "Das Passwort erhalten Sie separat", "Votre mot de passe a expir\xc3\xa9", "Su contrase\xc3\xb1\x61 ha caducado",
	    "Username:\nPassword:\n", "enter username and password, then press OK", "Password (again): ____________",
	    "The building code of 1997 and the zip code 77002", "PIN: ****", "DOB: __/__/____",
	};

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct hits hits = detect(*state, texts[i]);

		if (hits.n > 0)
			fail_msg("\"%.*s\" is found in \"%s\"", (int)hits.v[0].n, texts[i] + hits.v[0].at, texts[i]);
	}
}

static void one_place_is_one_finding_of_the_best_detector(void **state)
{
	const char *text = "Username: alice\nPassword: 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\n";
	struct hits hits = detect(*state, text);

	assert_int_equal(hits.n, 1);
	assert_int_equal(engine_rule(((struct fixture *)*state)->en, hits.v[0].rule)->class, CLASS_API_TOKEN);
}

static void the_host_beside_a_secret_is_named(void **state)
{
	const char *text = "Server: ftp.corp.example\nLogin: anna\nsee notes.txt\nPassword: Blau-77x\n";
	struct hits hits = detect(*state, text);

	assert_int_equal(hits.n, 1);
	assert_span(span_sub(span_str(text), hits.v[0].host_at, hits.v[0].host_n), "ftp.corp.example");
	text = "old password: Herbst.Blau7 and new password: Winter.Gruen8";
	hits = detect(*state, text);
	assert_int_equal(hits.n, 2);
	assert_int_equal(hits.v[0].host_n + hits.v[1].host_n, 0);
	text = "Access code: 771204\n<http://track.example/open.gif?u=1>";
	hits = detect(*state, text);
	assert_int_equal(hits.n, 1);
	assert_int_equal(hits.v[0].host_n, 0);
	text = "Call at 10:00 a.m.CDT\nAccess code: 771204";
	hits = detect(*state, text);
	assert_int_equal(hits.n, 1);
	assert_int_equal(hits.v[0].host_n, 0);
}

static void the_password_of_a_url_is_the_secret_and_the_url_the_value(void **state)
{
	const char *text = "see ftp://anna:m0nkeys@10.1.2.3/in.";
	struct hits hits = detect(*state, text);

	assert_int_equal(hits.n, 1);
	assert_span(span_sub(span_str(text), hits.v[0].at, hits.v[0].n), "ftp://anna:m0nkeys@10.1.2.3/in");
	assert_span(span_sub(span_str(text), hits.v[0].key_at, hits.v[0].key_n), "m0nkeys");
}

static void cells_below_each_other_are_a_table(void **state)
{
	finds(*state, "Name\n\nUser\n\nPassword\n\n\nAnn K\n\nann\n\nZug!4711x\n\n\nBo R\n\nbo\n\nTulpe#8844\n", "Zug!4711x", CLASS_USERNAME_PASSWORD, CLASS_NONE);
	finds(*state, "Name\n\nUser\n\nPassword\n\n\nAnn K\n\nann\n\nZug!4711x\n\n\nBo R\n\nbo\n\nTulpe#8844\n", "Tulpe#8844", CLASS_USERNAME_PASSWORD, CLASS_NONE);
	assert_int_equal(detect(*state, "Ext.  Name  Voicemail PIN\n41207  Bo Harte  7731\n41208  Ann Roe  9902\n").n, 2);
	assert_int_equal(detect(*state, "Name\nPassword\nplease fill in\nRoom2025\nthanks\n").n, 0);
	assert_int_equal(detect(*state, "Password\n\nthe form of 2025\n").n, 0);
	finds(*state, "\xe2\x94\x8c\xe2\x94\x80\xe2\x94\x80\xe2\x94\x90\n\xe2\x94\x82 User \xe2\x94\x82 Password   \xe2\x94\x82\n\xe2\x94\x9c\xe2\x94\x80\xe2\x94\x80\xe2\x94\xbc\xe2\x94\x80\xe2\x94\xa4\n"
	    "\xe2\x94\x82 a-very-long-name \xe2\x94\x82 Tulpe#8844 \xe2\x94\x82\n", "Tulpe#8844", CLASS_USERNAME_PASSWORD, CLASS_NONE);
}

static void what_is_beaten_takes_nobody_with_it(void **state)
{
	/* The URL of the page, with the password and the seed behind it, loses to the seed; the password stays. */
	struct hits hits = detect(*state, "Url,Username,Password,OTPAuth\nhttps://erp.example/?secret=1,ann,Zug!4711x,otpauth://totp/a?secret=NB2W45DFOIZA3KQM\n"
	    "https://wiki.example,ann,Tulpe#8844,\n");

	assert_int_equal(hits.n, 3);
	for (size_t i = 1; i < hits.n; i++)
		assert_true(hits.v[i - 1].at + hits.v[i - 1].n <= hits.v[i].at);
}

static void of_two_words_the_nearer_says_what_a_number_is(void **state)
{
	struct hits hits = detect(*state, "{\"order\": 11, \"payment\": {\"type\": \"card\", \"number\": \"4539148824364672\"}}");

	assert_int_equal(hits.n, 1);
	hits = detect(*state, "{\"card\": \"gift\", \"order number\": \"4539148824364672\"}");
	assert_int_equal(hits.n, 0);
}

static void the_machine_that_a_password_is_for_is_none(void **state)
{
	struct hits hits = detect(*state, "root password for db-prod-02 got changed to N3wP@ss_2024, update your scripts");

	assert_int_equal(hits.n, 1);
	assert_int_equal(hits.v[0].n, strlen("N3wP@ss_2024"));
}

static void what_manuals_print_is_found_and_less_sure(void **state)
{
	struct hits hits = detect(*state, "2FA seed for the console: JBSWY3DPEHPK3PXP");

	assert_int_equal(hits.n, 1);
	assert_int_equal(hits.v[0].certainty, CERTAINTY_LOW);
	hits = detect(*state, "IBAN: DE89 3704 0044 0532 0130 00");
	assert_int_equal(hits.n, 1);
	assert_int_equal(hits.v[0].certainty, CERTAINTY_LOW);
	hits = detect(*state, "type the IBAN as in this example: DE89 3704 0044 0532 0130 00");
	assert_int_equal(hits.n, 0);
	hits = detect(*state, "for the sandbox take 4242 4242 4242 4242, 5555 5555 5555 4444 or 6011 1111 1111 1117 as a card");
	assert_int_equal(hits.n, 0);
	hits = detect(*state, "2FA seed for the console: KRSXG5DTMVRXEZLU");
	assert_int_equal(hits.n, 1);
	assert_true(hits.v[0].certainty > CERTAINTY_LOW);
}

static void a_number_wrapped_in_a_quoted_reply_is_the_same_number(void **state)
{
	struct buf a, b;

	(void)state;
	finds(*state, "> IBAN: DE02 3704 0044\n> 0532 0131 11 thanks", "DE02 3704 0044\n> 0532 0131 11", CLASS_BANK_ACCOUNT, CLASS_NONE);
	finds(*state, ":59: /DE02370400440532013111\nJO HARTE", "DE02370400440532013111", CLASS_BANK_ACCOUNT, CLASS_NONE);
	finds(*state, "/DE02370400440532013111\nJO HARTE", "DE02370400440532013111", CLASS_BANK_ACCOUNT, CLASS_NONE);
	buf_init(&a, KIB);
	buf_init(&b, KIB);
	form_value(FORM_ALNUM, SPAN_LIT("DE02 3704 0044\n> 0532 0131 11"), &a);
	form_value(FORM_ALNUM, SPAN_LIT("de02370400440532013111"), &b);
	assert_true(span_eq(buf_span(&a), buf_span(&b)));
	buf_clear(&a);
	buf_clear(&b);
	form_value(FORM_KEY, SPAN_LIT("-----BEGIN X-----\n> QUJD\n> REVG\n"), &a);
	form_value(FORM_KEY, SPAN_LIT("-----BEGIN X-----\r\nQUJDREVG"), &b);
	assert_true(span_eq(buf_span(&a), buf_span(&b)));
	buf_free(&a);
	buf_free(&b);
}

static void masked_forms_give_nothing_away(void **state)
{
	char out[MASK_TEXT];

	(void)state;
	mask_value(MASK_SECRET, SPAN_LIT("Winter2024!"), out);
	assert_string_equal(out, "******** (8 to 11 characters)");
	mask_value(MASK_LAST4, SPAN_LIT("4539 1488 2436 4672"), out);
	assert_string_equal(out, "********4672");
	mask_value(MASK_IBAN, SPAN_LIT("DE02 3704 0044 0532 0131 11"), out);
	assert_string_equal(out, "DE** **** 3111");
	mask_value(MASK_KEY, SPAN_LIT("ghp_aZ3bY7cX1dW9eV5fU2gT8hS4iR6jQ0"), out);
	assert_string_equal(out, "ghp_********Q0");
	mask_value(MASK_KEY, SPAN_LIT("short"), out);
	assert_string_equal(out, "********");
}

static void checksums_are_the_published_ones(void **state)
{
	(void)state;
	assert_true(luhn_ok(SPAN_LIT("79927398713")));
	assert_false(luhn_ok(SPAN_LIT("79927398710")));
	assert_true(iban_ok(SPAN_LIT("GB82 WEST 1234 5698 7654 32")));
	assert_false(iban_ok(SPAN_LIT("GB82 WEST 1234 5698 7654 33")));
	assert_false(iban_ok(SPAN_LIT("DE680B37882568EB5CBA5C")));
	assert_true(aba_ok(SPAN_LIT("011000015")));
	assert_false(aba_ok(SPAN_LIT("011000016")));
	assert_true(nir_ok(SPAN_LIT("255081416802538")));
	assert_false(nir_ok(SPAN_LIT("255081416802539")));
	assert_true(ssn_ok(SPAN_LIT("219-48-7731")));
	assert_false(ssn_ok(SPAN_LIT("666-48-7731")));
	assert_true(date_ok(SPAN_LIT("29.02.1980")));
	assert_false(date_ok(SPAN_LIT("32.13.1980")));
}

static void a_secret_behind_a_hundred_thousand_mentions_is_still_found(void **state)
{
	struct fixture *f = *state;
	static const char line[] = "Your password is needed whenever you come back to us after a longer time away from your desk, and it is"
	    " the same for all of our services, here and at the other sites that we have; ask the people downstairs if you are in"
	    " doubt, for they have been here since the beginning and will tell you all that you have to know of it, and more.\n";
	struct buf text;
	struct hits hits;

	buf_init(&text, 64 * MIB);
	for (int i = 0; i < 60000; i++)
		buf_put(&text, span_str(line));
	buf_put(&text, SPAN_LIT("Password: Kelp-Forest9\n"));
	assert_false(text.failed);
	assert_ok(engine_detect(f->en, buf_span(&text), &hits, &e));
	assert_false(hits.cut);
	assert_int_equal(hits.n, 1);
	buf_free(&text);
}

/* It is judged by its first rows, wherever it begins: of what announces itself in each line, too. */
static void a_list_of_accounts_is_taken_to_its_end(void **state)
{
	struct fixture *f = *state;
	struct buf text;
	struct hits hits;

	buf_init(&text, 64 * MIB);
	for (int i = 0; i < 20000; i++)
		buf_put(&text, SPAN_LIT("creds kettle\n"));
	buf_put(&text, SPAN_LIT("\nPasswords:\n\n"));
	for (int i = 0; i < 100; i++)
		buf_printf(&text, "anna%c.b%c, tiger%dzk\n", 'a' + i % 26, 'a' + i / 26, 100 + i);
	buf_put(&text, SPAN_LIT("Regards\n"));
	assert_false(text.failed);
	assert_ok(engine_detect(f->en, buf_span(&text), &hits, &e));
	assert_false(hits.cut);
	assert_int_equal(hits.n, 100);
	buf_free(&text);
}

static void a_pattern_that_gives_up_says_so_and_ends_nothing(void **state)
{
	static const char rule[] = "rules:\n  - id: reef-word\n    name: x\n    class: password\n    severity: low\n    anchors: [reef]\n"
	    "    pattern: 'reef\\ (?=(?:\\w|\\w\\w)+\\#)(?<v>\\w+)'\n"
	    "    examples: {match: [{text: 'reef kelp9#', value: kelp9}], no_match: ['reef kelp9']}\n";
	const struct fixture *f = *state;
	struct rule_set *set;
	struct engine *en;
	struct buf packed;
	struct digest d;
	struct hits hits;

	buf_init(&packed, MIB);
	assert_ok(rules_read(f->a, span_str(rule), "reef.yaml", &set, &e));
	assert_ok(rules_pack(set, &packed, &d, &e));
	assert_ok(engine_open(&en, buf_span(&packed), &e));
	assert_ok(engine_detect(en, SPAN_LIT("the reef aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, the reef kelp9#"), &hits, &e));
	assert_true(hits.given_up);
	assert_false(hits.cut);
	assert_int_equal(hits.n, 1);
	assert_ok(engine_detect(en, SPAN_LIT("the reef kelp9#"), &hits, &e));
	assert_false(hits.given_up);
	engine_close(en);
	buf_free(&packed);
}

/* Cut anywhere, a text is read without harm, and what is found lies within it. */
static void a_text_cut_at_any_length_is_read(void **state)
{
	static const char text[] = "User | Password\nbob | tree#77\n\nPassword: \"a b1\" \xe2\x80\x9ex\xe2\x80\x9c DE02 3704 0044\n> 0532 0131 11 "
	    "https://a:b2c@h.example/ 4539 1488 2436 4672 1 85 05 78 006 084 91 AB 12 34 56 C the \xe2\x80\x9cgate\xe2\x80\x9d of l\xe2\x80\x99" "annexe, it\xe2\x80\x99s 4821 "
	    "-----BEGIN PRIVATE KEY-----";
	struct fixture *f = *state;

	for (size_t n = 0; n < sizeof text; n++) {
		char *copy = malloc(n + 1); /* so that reading past the end is seen under the sanitizers */
		struct hits hits;

		memcpy(copy, text, n);
		if ((copy[n > 0 ? n - 1 : 0] & 0x80) == 0 || n == 0) {
			assert_ok(engine_detect(f->en, span_of(copy, n), &hits, &e));
			for (size_t i = 0; i < hits.n; i++)
				assert_true(hits.v[i].at + hits.v[i].n <= n);
		}
		free(copy);
	}
}



int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(passwords_are_found_with_exactly_their_bytes_in_four_languages),
	    cmocka_unit_test(what_only_speaks_of_passwords_is_not_one),
	    cmocka_unit_test(one_place_is_one_finding_of_the_best_detector),
	    cmocka_unit_test(the_host_beside_a_secret_is_named),
	    cmocka_unit_test(the_password_of_a_url_is_the_secret_and_the_url_the_value),
	    cmocka_unit_test(cells_below_each_other_are_a_table),
	    cmocka_unit_test(what_is_beaten_takes_nobody_with_it),
	    cmocka_unit_test(of_two_words_the_nearer_says_what_a_number_is),
	    cmocka_unit_test(the_machine_that_a_password_is_for_is_none),
	    cmocka_unit_test(what_manuals_print_is_found_and_less_sure),
	    cmocka_unit_test(a_number_wrapped_in_a_quoted_reply_is_the_same_number),
	    cmocka_unit_test(masked_forms_give_nothing_away),
	    cmocka_unit_test(checksums_are_the_published_ones),
	    cmocka_unit_test(a_secret_behind_a_hundred_thousand_mentions_is_still_found),
	    cmocka_unit_test(a_list_of_accounts_is_taken_to_its_end),
	    cmocka_unit_test(a_pattern_that_gives_up_says_so_and_ends_nothing),
	    cmocka_unit_test(a_text_cut_at_any_length_is_read),
	};

	return cmocka_run_group_tests(tests, rules_open, rules_close);
}
