#include "base/test.h"

#include <sys/mman.h>

#include "base/limits.h"
#include "case/names.h"
#include "scan/private.h"
#include "scan/weigh.h"

struct fixture { struct arena *a; struct rule_set *set; struct buf packed; struct engine *en; };

static int rules_open(void **state)
{
	static struct fixture f;
	struct digest d;
	struct err e;

	f.a = test_arena();
	buf_init(&f.packed, 64 * MIB);
	if (rules_read_dir(f.a, RULES_DIR, &f.set, &e) != OK || rules_pack(f.set, &f.packed, &d, &e) != OK ||
	    rules_unpack(f.a, buf_span(&f.packed), &f.set, &e) != OK || engine_open(&f.en, buf_span(&f.packed), &e) != OK)
		return -1;
	*state = &f;
	return 0;
}

static int rules_close(void **state)
{
	struct fixture *f = *state;

	engine_close(f->en);
	buf_free(&f->packed);
	arena_free(f->a);
	return 0;
}

static struct hits detect(struct fixture *f, const char *text)
{
	struct hits hits;

	assert_ok(engine_detect(f->en, span_str(text), &hits, &e));
	return hits;
}

/* Exactly this value is found, in one of the two classes. */
static void finds(struct fixture *f, const char *text, const char *value, enum secret_class class, enum secret_class other)
{
	struct hits hits = detect(f, text);

	for (size_t i = 0; i < hits.n; i++) {
		span got = span_sub(span_str(text), hits.v[i].at, hits.v[i].n);
		unsigned c = engine_rule(f->en, hits.v[i].rule)->class;

		if (span_eq(got, span_str(value)) && (c == class || c == other))
			return;
		print_message("found \"%.*s\" as %s\n", (int)got.n, (const char *)got.p, class_name(c));
	}
	fail_msg("\"%s\" is not found in \"%s\"", value, text);
}

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

/* What looks like nothing but a password is one with no word near it that is an anchor; what is odd by nature is none for all of them. */
static void a_word_that_can_only_be_a_password_is_found_anywhere(void **state)
{
	static const char *const told[][2] = {
	    {"The drone pairs after you give it Wagtail!22 twice.", "Wagtail!22"},
	    {"The recorder in the yard was left on Badger/Ridge4 by the engineer.", "Badger/Ridge4"},
	    {"Le thermostat veut Tiede*Froid3 depuis la mise \xc3\xa0 jour.", "Tiede*Froid3"},
	    {"Till 1 is BriocheBoss1 and till 2 the same.", "BriocheBoss1"},
	    {"For the shop just the mail address and then Barrow.1969, or ring me.", "Barrow.1969"},
	};
	static const char *const nothing[] = {
	    "The alarm of the shop costs US$450-million, to be paid on Jan-20-02 at the till.",
	    "The database runs on Oracle9iAS, the server is Nahou-msx01v and its driver E31XRadio.",
	    "The camera is set to buffer_samps*2, the server to 3x4+2y=14, 80%-owned by topAd1.pageY.",
	    "Flight to Sakhalin-2 with Warning!!!!!11 on the box",
	    "The zones to open are Alton02, Norton02 and Weston02.",
	    "Unsubscribe by your account, or reply with your login.\n\n\n\njbk9fsqs56\n",
	    "The login of Quill855 opens Quill855; who has Quill855 may enter with Quill855.",
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < sizeof told / sizeof *told; i++)
		finds(f, told[i][0], told[i][1], CLASS_PASSWORD, CLASS_PASSWORD);
	for (size_t i = 0; i < sizeof nothing / sizeof *nothing; i++)
		if (detect(f, nothing[i]).n != 0)
			fail_msg("found something in \"%s\"", nothing[i]);
}

/* What sentences are about decides, not how they are worded. */
struct told_case { const char *text, *value; enum secret_class class; };

/* Each of the secrets is found, and in the other texts nothing. */
static void tells_only(struct fixture *f, const struct told_case *told, size_t n, const char *const *nothing, size_t n_nothing)
{
	for (size_t i = 0; i < n; i++)
		finds(f, told[i].text, told[i].value, told[i].class, told[i].class);
	for (size_t i = 0; i < n_nothing; i++)
		if (detect(f, nothing[i]).n != 0)
			fail_msg("found something in \"%s\"", nothing[i]);
}

static void a_secret_is_known_by_what_the_sentences_around_it_are_about(void **state)
{
	struct fixture *f = *state;
	static const struct told_case told[] = {
	    {"We had the locks on the lockers changed.\nYours is 17 and the number is 4775.\n", "4775", CLASS_PASSCODE_PIN},
	    {"> the shutter by the garage\n> wants (4821) and then the tick\n", "4821", CLASS_PASSCODE_PIN},
	    {"Das Rolltor am Lager geht auf, wenn du 3856 tippst.", "3856", CLASS_PASSCODE_PIN},
	    {"L'armoire forte du d\xc3\xa9p\xc3\xb4t se d\xc3\xa9verrouille avec 5566 d\xc3\xa9sormais", "5566", CLASS_PASSCODE_PIN},
	    {"Did you mean the password of the cloud drive?\nThat one never changed. Still Pebble2025x as far as I know.", "Pebble2025x",
	        CLASS_PASSWORD},
	    {"Voor de deur van de hal gebruikt u pincode 7713 of uw pas.", "7713", CLASS_PASSCODE_PIN},
	    {"Si se bloquea la caja, clave supervisor 9513.", "9513", CLASS_PASSCODE_PIN},
	    {"Frau Kolb, Ring 9       Schl\xc3\xbcsselsafe neben der Rinne   6620\n", "6620", CLASS_PASSCODE_PIN},
	    {"Ihre Anmeldung wurde entsperrt \xe2\x80\x93 Moosgr\xc3\xbcn!47 gilt bis morgen.", "Moosgr\xc3\xbcn!47", CLASS_PASSWORD},
	};
	static const char *const nothing[] = {
	    "The lift at 1400 Smith Street was locked, call 4417 to open the door.",
	    "The door lock of room 2219 was opened, invoice 4821 follows.",
	    "Press release: the new gate opened to 4000 visitors on 12 May 2024.",
	    "The postcode is 48213 and the barrier is open.",
	    "Log in to the portal with the user jsmith04 on server web01b.",
	    "Dial the code at the door. I have the deals 758542, 758551 and 761003 on the drive.",
	    "Key box behind the drain, see the door of VHE 20144",
	};

	tells_only(f, told, sizeof told / sizeof *told, nothing, sizeof nothing / sizeof *nothing);
}

/* In no list of phrases: what the words around each say together. */
static void a_secret_told_in_passing_is_weighed_by_the_words_around_it(void **state)
{
	struct fixture *f = *state;
	static const struct told_case told[] = {
	    {"They had the gates redone while we were off: hash, then 63 18, then push.", "63 18", CLASS_PASSCODE_PIN},
	    {"Portal wanted a new one so it is N0ra.and.Tom for both accounts", "N0ra.and.Tom", CLASS_PASSWORD},
	    {"Pour le portail du d\xc3\xa9p\xc3\xb4t il faut faire 48 17 puis la touche verte.", "48 17", CLASS_PASSCODE_PIN},
	};
	static const char *const nothing[] = {
	    "Their login page says order 10449 went out with parcel 55120 by the gate on Friday.",
	    "We moved the server room door, drawing GA_1104_C shows it, and page 312 of the manual has the lock.",
	    "Feb 15 04:38:02 gw-osl-03 sshd[20117]: Failed password for root from 203.0.113.77 port 4022",
	};

	tells_only(f, told, sizeof told / sizeof *told, nothing, sizeof nothing / sizeof *nothing);
}

/* Plain words, some of them, and codes in words or one by one: nothing but what stands around them tells them. */
static void a_plain_word_is_weighed_by_the_words_around_it(void **state)
{
	struct fixture *f = *state;
	static const struct told_case told[] = {
	    {"If it goes off in the night the alarm company ring and want the word, which is tangerine.", "tangerine", CLASS_PASSWORD},
	    {"The new laptop unlocks with the pass phrase copper kettle november, spaces and all.", "copper kettle november", CLASS_PASSWORD},
	    {"Il codice del cancello \xc3\xa8 due nove zero sette, poi aspetti il clic.", "due nove zero sette", CLASS_PASSCODE_PIN},
	    {"The alarm code is X, 7, 3, 9, do not share.", "X, 7, 3, 9", CLASS_PASSCODE_PIN},
	};
	static const char *const nothing[] = {
	    "The safe is broken and the alarm company comes on Tuesday, which is tomorrow.",
	    "Your password must not hold your name, and the code word is announced at the door.",
	};

	tells_only(f, told, sizeof told / sizeof *told, nothing, sizeof nothing / sizeof *nothing);
}

static void a_list_of_codes_ends_where_a_sentence_goes_on(void **state)
{
	struct fixture *f = *state;
	static const char *const lists[] = {"The alarm code is 4417, the annexe 5521.", "The alarm code is 4417, the annexe 5521 and nobody knows.",
	    "The alarm code is 4417, the annexe 5521 (new).", "The alarm code is 4417\nAnnexe: 5521\n"};
	static const char *const others[] = {"The alarm code is 4417. Budget 5200 was approved.", "The alarm code is 4417, the flat is 1250 a month.",
	    "The alarm code is 4417. Reg 8812 of 2019.", "The alarm code is 4417. Rent 1450.", "Der Alarmcode ist 4417, Miete 1250.",
	    "Le code de l'alarme est 4417, loyer 1250.", "The alarm code is 4417 and 2026 will be the last year that we use this panel.", "The alarm code is 4417, Peugeot 3008 in the yard."};

	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		if (detect(f, lists[i]).n != 2)
			fail_msg("not two codes in \"%s\"", lists[i]);
	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (detect(f, others[i]).n != 1)
			fail_msg("not one code in \"%s\"", others[i]);
	/* nor is any word behind a code whom it is for */
	assert_int_equal(detect(f, "The door code: 4190 works again\nWorker 4324 started\nWorker 4520 started\n").n, 1);
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

static bool code_count(void *ctx, size_t at, size_t n, uint8_t certainty)
{
	size_t *found = ctx;

	(void)at;
	(void)certainty;
	assert_int_equal(n, 4);
	++*found;
	return true;
}

static struct told_words words_of(const struct fixture *f, enum shape shape)
{
	const struct word_list *l = f->set->words;
	const struct rule *r = f->set->rules;

	while (r->shape != shape)
		r++;
	return (struct told_words){.topics = &l[r->told[TOLD_TOPICS]], .things = &l[r->told[TOLD_THINGS]], .acts = &l[r->told[TOLD_ACTS]],
	    .leads = &l[r->told[TOLD_LEADS]], .others = &l[r->told[TOLD_OTHERS]], .codes = shape == SHAPE_TOLD_CODE};
}

static bool none_found(void *ctx, size_t at, size_t n, uint8_t certainty)
{
	(void)ctx, (void)at, (void)n, (void)certainty;
	return true;
}

static bool weighed_count(void *ctx, size_t at, size_t n, enum weighed what, int sum)
{
	size_t *found = ctx;

	(void)at, (void)what, (void)sum;
	*found += n == 4;
	return true;
}

/* Of a text that is one word before a code and one behind it no more is read than is near: the rest of its memory cannot be. */
static void a_code_is_weighed_by_the_words_near_it_alone(void **state)
{
	static const char sentence[] = "\nThe gate has code 4821, 4822, 4823 ", spelled[] = ",minuscule,";
	const struct fixture *f = *state;
	const struct told_words codes = words_of(f, SHAPE_TOLD_CODE), passwords = words_of(f, SHAPE_TOLD_WORD), how = words_of(f, SHAPE_TOLD_SPELLED);
	size_t side = 64 * KIB, half = side / 2, n = 0;
	unsigned char *text = mmap(NULL, 3 * side, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	const struct weighed_reader reader = {.found = weighed_count, .ctx = &n};
	struct arena *a = test_arena();
	struct weigher *w;

	assert_true(text != MAP_FAILED && mprotect(text + side, side, PROT_READ | PROT_WRITE) == 0);
	memset(text + side, 'a', side);
	memcpy(text + side + half, sentence, sizeof sentence - 1);
	told_values(&codes, span_of(text, 3 * side), side + half + 1, 0, code_count, &n);
	assert_int_equal(n, 3);
	n = 0;
	assert_true(weigher_new(a, &(struct weigher_lists){.values = &(const struct word_list){.n = 0}, .codes = codes, .passwords = passwords}, &w));
	assert_true(weigh(w, span_of(text, 3 * side), side + half - 100, side + half + 100, &reader));
	assert_int_equal(n, 3);
	memset(text + side, 'a', side);
	memcpy(text + side + half, spelled, sizeof spelled - 1);
	assert_true(weigh(w, span_of(text, 3 * side), side + half - 100, side + half + 100, &reader));
	told_spelled(&how, span_of(text, 3 * side), side + half + 1, side + half + sizeof spelled - 2, none_found, NULL);
	assert_int_equal(n, 3);
	munmap(text, 3 * side);
	arena_free(a);
}

static void codes_before_a_word_without_end_are_found(void **state)
{
	struct fixture *f = *state;
	struct buf text;
	struct hits hits;

	buf_init(&text, 64 * MIB);
	buf_put(&text, SPAN_LIT("The gate code is 4821, 4822, 4823, 4824, 4825 "));
	for (int i = 0; i < 32 * 1024; i++)
		buf_put(&text, SPAN_LIT("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
	assert_false(text.failed);
	assert_ok(engine_detect(f->en, buf_span(&text), &hits, &e));
	assert_int_equal(hits.n, 5);
	buf_free(&text);
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
	    cmocka_unit_test(a_word_that_can_only_be_a_password_is_found_anywhere),
	    cmocka_unit_test(a_secret_is_known_by_what_the_sentences_around_it_are_about),
	    cmocka_unit_test(a_secret_told_in_passing_is_weighed_by_the_words_around_it),
	    cmocka_unit_test(a_plain_word_is_weighed_by_the_words_around_it),
	    cmocka_unit_test(a_list_of_codes_ends_where_a_sentence_goes_on),
	    cmocka_unit_test(a_secret_behind_a_hundred_thousand_mentions_is_still_found),
	    cmocka_unit_test(a_list_of_accounts_is_taken_to_its_end),
	    cmocka_unit_test(a_pattern_that_gives_up_says_so_and_ends_nothing),
	    cmocka_unit_test(a_code_is_weighed_by_the_words_near_it_alone),
	    cmocka_unit_test(codes_before_a_word_without_end_are_found),
	    cmocka_unit_test(a_text_cut_at_any_length_is_read),
	};

	return cmocka_run_group_tests(tests, rules_open, rules_close);
}
