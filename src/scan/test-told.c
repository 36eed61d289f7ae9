/* Secrets that are told in sentences, and weighed by the words around them. */
#include <sys/mman.h>

#include "base/limits.h"
#include "scan/test-detect.h"
#include "scan/weigh.h"

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
	    {"They had the gates redone while we were off: hash, then 63 18, then push.", "hash, then 63 18", CLASS_PASSCODE_PIN},
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

/* Nothing but the whole sequence opens it. */
static void a_code_in_steps_is_one_value(void **state)
{
	struct fixture *f = *state;
	static const struct told_case told[] = {
	    {"The keypad at the side door: press 2 and 4 together, then 3 and turn the knob.", "2 and 4 together, then 3", CLASS_PASSCODE_PIN},
	    {"The safe in the office opens with left 28, right 61, left 9 and a pull.", "left 28, right 61, left 9", CLASS_PASSCODE_PIN},
	    {"Key safe by the porch, the code is 5 double 3 8, push it shut after.", "5 double 3 8", CLASS_PASSCODE_PIN},
	    {"La combinazione della cassaforte \xc3\xa8 31 - 08 - 54, poi tira.", "31 - 08 - 54", CLASS_PASSCODE_PIN},
	    {"The flight case lock is set to 2/9/9, same as the other one.", "2/9/9", CLASS_PASSCODE_PIN},
	};
	static const char *const nothing[] = {
	    "Second door on the left, then right, up 2 flights, and ring at flat 9 and 11.",
	    "Set the oven to 180, turn the tray left and right, and take it out in 5 to 8 minutes.",
	    "We were up 3 and 2 at the break, then 4 and 2, and back to 4 and 4 by the end.",
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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_word_that_can_only_be_a_password_is_found_anywhere),
	    cmocka_unit_test(a_secret_is_known_by_what_the_sentences_around_it_are_about),
	    cmocka_unit_test(a_secret_told_in_passing_is_weighed_by_the_words_around_it),
	    cmocka_unit_test(a_code_in_steps_is_one_value),
	    cmocka_unit_test(a_plain_word_is_weighed_by_the_words_around_it),
	    cmocka_unit_test(a_list_of_codes_ends_where_a_sentence_goes_on),
	    cmocka_unit_test(a_code_is_weighed_by_the_words_near_it_alone),
	    cmocka_unit_test(codes_before_a_word_without_end_are_found),
	};

	return cmocka_run_group_tests(tests, rules_open, rules_close);
}
