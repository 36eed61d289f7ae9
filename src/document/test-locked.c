/* Documents that are encrypted: what a password opens, and what none opens here. */
#include "base/test.h"

#include "base/io.h"
#include "base/limits.h"
#include "document/legacy.h"
#include "stream/charset.h"

static span seed(struct arena *a, const char *name)
{
	span bytes;

	assert_ok(io_read_file(a, arena_printf(a, "%s/%s", SEEDS_DIR, name), MIB, &bytes, &e));
	return bytes;
}

/* OpenDocument as LibreOffice writes it, as OpenOffice.org did, and as a whole (ODF 1.3); of PDF the owner's, which opens as the user's does. */
static void test_a_document_is_opened_by_a_password_that_was_given(void **state)
{
	static const char *const names[] = {"sealed.odt", "blowfish.odt", "whole.odt", "owner-rc4.pdf", "owner-aes256.pdf"};
	const span v[] = {SPAN_LIT("wrong"), SPAN_LIT("Grebe-Kiel-31")};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct passwords p = {.v = v, .n = 1, .work = LIMIT_PASSWORD_ROUNDS};
		struct arena *a = test_arena();
		struct document d;
		struct err wrong;

		assert_int_equal(document_read(a, seed(a, names[i]), &p, &d, &wrong), ERR_EVIDENCE);
		assert_true(span_ends_nocase(span_str(wrong.text), SPAN_LIT("document: needs a password")));
		p.n = 2;
		assert_ok(document_read(a, seed(a, names[i]), &p, &d, &e));
		assert_true(span_starts(d.text, SPAN_LIT("Code: Priel-40")));
		assert_null(d.problem);
		assert_int_equal(p.n_used, 1);
		assert_int_equal(p.used[0], 1);
		arena_free(a);
	}
}

static void test_what_no_password_opens_here_asks_for_none(void **state)
{
	static const unsigned char slides[] = {0, 0, 0xf6, 0x0f, 12, 0, 0, 0, 20, 0, 0, 0, 0xdf, 0xc4, 0xd1, 0xf3, 0, 0, 0, 0};
	const span v[] = {SPAN_LIT("Grebe-Kiel-31")};
	struct passwords p = {.v = v, .n = 1, .work = LIMIT_PASSWORD_ROUNDS};
	struct arena *a = test_arena();
	struct document d;
	struct layout l;
	struct err wrong;

	(void)state;
	assert_int_equal(document_read(a, seed(a, "argon.odt"), &p, &d, &wrong), ERR_EVIDENCE);
	assert_string_equal(wrong.text, "encrypted OpenDocument document, in a way that is not known: open it in its program and ingest what that saves");
	layout_init(&l, a);
	assert_int_equal(ppt_read(&l, SPAN_EMPTY, span_of(slides, sizeof slides), &wrong), ERR_EVIDENCE);
	assert_string_equal(wrong.text, "encrypted PowerPoint presentation, which is not decrypted here: open it in its program and ingest what that saves");
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_document_is_opened_by_a_password_that_was_given),
	    cmocka_unit_test(test_what_no_password_opens_here_asks_for_none),
	};
	struct err e = {0};

	return charset_open(&e) != OK ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
