/* The language of the shipped texts is told from them, and that of a line or of another language is not guessed. */
#include "base/test.h"

#include <stdio.h>

#include "base/io.h"
#include "base/limits.h"
#include "deliver/language.h"

static const char *templates;

static void the_language_of_each_shipped_text_is_told(void **state)
{
	static const char *const codes[] = {"en", "fr", "de", "es"}, *const kinds[] = {"notice", "person"};

	(void)state;
	for (size_t i = 0; i < 4; i++)
		for (size_t k = 0; k < 2; k++) {
			struct arena *a = test_arena();
			char path[4096];
			span text;
			const char *code;

			(void)snprintf(path, sizeof path, "%s/%s.%s.txt", templates, kinds[k], codes[i]);
			assert_ok(io_read_file(a, path, MIB, &text, &e));
			code = language_of(text);
			assert_non_null(code);
			assert_string_equal(code, codes[i]);
			arena_free(a);
		}
}

static void what_is_too_short_or_another_language_is_not_guessed(void **state)
{
	(void)state;
	assert_null(language_of(SPAN_EMPTY));
	assert_null(language_of(SPAN_LIT("The mail of the company and of you.")));
	assert_null(language_of(SPAN_LIT("Il nostro servizio di posta con una parte dei messaggi che avete inviato a noi e stato letto da un "
	    "intruso. Non e stato possibile sapere chi ha letto i messaggi; vi chiediamo di cambiare ogni password che vi si trova. Per "
	    "sapere se questo avviso e vero, chiamate il numero che avete nel contratto con noi. Nel messaggio non vi sono link.")));
}

static void a_tag_names_its_language_whatever_follows(void **state)
{
	(void)state;
	assert_true(language_is(SPAN_LIT("fr"), "fr"));
	assert_true(language_is(SPAN_LIT("FR-CH"), "fr"));
	assert_false(language_is(SPAN_LIT("fry"), "fr"));
	assert_false(language_is(SPAN_EMPTY, "fr"));
	assert_true(language_known(SPAN_LIT("de-AT")));
	assert_false(language_known(SPAN_LIT("it")));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_language_of_each_shipped_text_is_told),
	    cmocka_unit_test(what_is_too_short_or_another_language_is_not_guessed),
	    cmocka_unit_test(a_tag_names_its_language_whatever_follows),
	};

	assert(argc == 2);
	templates = argv[1];
	return cmocka_run_group_tests(tests, NULL, NULL);
}
