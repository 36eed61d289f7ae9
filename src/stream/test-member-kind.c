/* Archives that hide what they are: old ones, ones behind something else, and names in code pages of DOS. */
#include "base/test.h"

#include "base/limits.h"
#include "stream/member.h"

static const char words[] = "Code: Boje-771\n";

/* The one member of an archive, or its `nth`. */
static void holds_nth(span archive, unsigned nth, const char *name, const char *text)
{
	struct arena *a = test_arena();
	struct archive_reader *r;
	struct member *m = NULL;
	struct buf data;

	buf_init(&data, MIB);
	assert_true(archive_sniff(archive));
	assert_ok(archive_open_span(&r, archive, &data, SPAN_EMPTY, &e));
	do
		assert_ok(archive_next(r, a, &m, &e));
	while (nth-- > 0 && m != NULL);
	assert_non_null(m);
	assert_span(m->name, name);
	if (m->outcome != MEMBER_READ)
		fail_msg("%s", m->reason);
	assert_span(buf_span(&data), text);
	archive_close(r);
	buf_free(&data);
	arena_free(a);
}

static void holds(span archive, const char *name, const char *text) { holds_nth(archive, 0, name, text); }

#define LZMA "\x5d\x00\x00\x04\x00\xff\xff\xff\xff\xff\xff\xff\xff\x00\x21\x9b\xc8\x86\x6d\x7d\xf4\x94\x8b\x89\xa5\x30\xfa\x22\xf1\x70\x57\x61\x40\x8f\xff\xfa\x7d\x60\x00"
#define LZ4 "\x04\x22\x4d\x18\x64\x40\xa7\x0f\x00\x00\x80\x43\x6f\x64\x65\x3a\x20\x42\x6f\x6a\x65\x2d\x37\x37\x31\x0a\x00\x00\x00\x00\x0c\x0f\x3e\x21"
#define LZ4_OLD "\x02\x21\x4c\x18\x11\x00\x00\x00\xf0\x00\x43\x6f\x64\x65\x3a\x20\x42\x6f\x6a\x65\x2d\x37\x37\x31\x0a"
#define ZSTD "\x28\xb5\x2f\xfd\x04\x58\x79\x00\x00\x43\x6f\x64\x65\x3a\x20\x42\x6f\x6a\x65\x2d\x37\x37\x31\x0a\x52\x53\x0a\x9a"
#define PASSED "\x50\x2a\x4d\x18\x05\x00\x00\x00hello"

static void test_lzma_without_xz_is_read(void **state)
{
	unsigned char other[sizeof LZMA];

	(void)state;
	holds(SPAN_LIT(LZMA), "", words);
	/* A digest it has none, and no mark: each byte of its header must fit. */
	memcpy(other, LZMA, sizeof LZMA);
	other[13] = 1;
	assert_false(archive_sniff(span_of(other, sizeof other - 1)));
	other[13] = 0;
	other[2] = 3;
	assert_false(archive_sniff(span_of(other, sizeof other - 1)));
	assert_false(archive_sniff(SPAN_LIT("]\0\0\200\0\377\377\377\377\377\377\377\377")));
}

static void test_frames_that_are_to_be_passed_over_hide_nothing(void **state)
{
	(void)state;
	holds(SPAN_LIT(LZ4), "", words);
	holds(SPAN_LIT(LZ4_OLD), "", words);
	holds(SPAN_LIT(PASSED LZ4), "", words);
	holds(SPAN_LIT(PASSED "\x5f\x2a\x4d\x18\0\0\0\0" ZSTD), "", words);
	/* One that says it is longer than there is. */
	assert_true(archive_sniff(SPAN_LIT("\x50\x2a\x4d\x18\xff\xff\xff\xff....")));
}

static void test_cpio_of_the_first_programs_is_read(void **state)
{
	(void)state;
	holds(SPAN_LIT("\xc7\x71\1\0\1\0\xa4\x81\0\0\0\0\1\0\0\0\0\0\0\0\6\0\0\0\x0f\0" "a.txt\0" "Code: Boje-771\n\0"
	               "\xc7\x71\1\0\1\0\xa4\x81\0\0\0\0\1\0\0\0\0\0\0\0\x0b\0\0\0\0\0" "TRAILER!!!\0\0"), "a.txt", words);
	holds(SPAN_LIT("\x71\xc7\0\1\0\1\x81\xa4\0\0\0\0\0\1\0\0\0\0\0\0\0\6\0\0\0\x0f" "a.txt\0" "Code: Boje-771\n\0"
	               "\x71\xc7\0\1\0\1\x81\xa4\0\0\0\0\0\1\0\0\0\0\0\0\0\x0b\0\0\0\0" "TRAILER!!!\0\0"), "a.txt", words);
	assert_false(archive_sniff(SPAN_LIT("\xc7\x71\1\0\1\0\xa4\x81\0\0\0\0\1\0\0\0\0\0\0\0\6\0\0\0\x0f\0" "a.text\0")));
}

/* Stored, without the mark that names are UTF-8; lengths are those of "Code: Boje-771\n". */
static span zip_of(struct arena *a, span name)
{
	static const unsigned char facts[] = "\x14\0\0\0\0\0\0\0\x21\x5a" "\x64\xb0\x6e\xf0" "\x0f\0\0\0\x0f\0\0\0";
	unsigned char length[] = {(unsigned char)name.n, 0, 0, 0}, end[8] = {0};
	size_t directory;
	struct buf b;
	span out;

	buf_init(&b, MIB);
	buf_put(&b, SPAN_LIT("PK\3\4"));
	buf_put(&b, span_of(facts, sizeof facts - 1));
	buf_put(&b, span_of(length, 4));
	buf_put(&b, name);
	buf_str(&b, words);
	directory = b.n;
	buf_put(&b, SPAN_LIT("PK\1\2\x14\0"));
	buf_put(&b, span_of(facts, sizeof facts - 1));
	buf_put(&b, span_of(length, 4));
	for (unsigned i = 0; i < 14; i++)
		buf_byte(&b, 0);
	buf_put(&b, name);
	end[0] = (unsigned char)(b.n - directory);
	end[4] = (unsigned char)directory;
	buf_put(&b, SPAN_LIT("PK\5\6\0\0\0\0\1\0\1\0"));
	buf_put(&b, span_of(end, 8));
	buf_put(&b, SPAN_LIT("\0\0"));
	out = arena_copy(a, buf_span(&b));
	buf_free(&b);
	return out;
}

static void test_names_in_the_code_page_of_dos_are_read(void **state)
{
	static const struct { const char *written, *read; } names[] = {
	    {"L\x94hne.txt", "Löhne.txt"}, {"Ma\xe1" "e.txt", "Maße.txt"}, {"K\x9aNDIGUNG.TXT", "KÜNDIGUNG.TXT"}, {"\x9a" "bersicht.csv", "Übersicht.csv"},
	    {"G\xe4ste.txt", "Gäste.txt"}, {"Anna\x92s notes.txt", "Anna’s notes.txt"}, {"\x93note\x94.txt", "“note”.txt"}, {"L\xc3\xb6hne.txt", "Löhne.txt"}};
	struct arena *a = test_arena();

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		holds(zip_of(a, span_str(names[i].written)), names[i].read, words);
	arena_free(a);
}

static void finds(span program, span archive)
{
	span found = archive_within(program);

	assert_true(program_sniff(program));
	assert_int_equal(found.n, archive.n);
}

static void test_an_archive_behind_a_program_or_script_is_found(void **state)
{
	struct arena *a = test_arena();
	span zip = zip_of(a, SPAN_LIT("a.txt")), whole = span_str(arena_printf(a, "#!/bin/sh\nunzip $0\nexit\n%4000s", ""));

	(void)state;
	memcpy((unsigned char *)(uintptr_t)whole.p + whole.n - zip.n, zip.p, zip.n);
	finds(whole, whole); /* whose directory is at its end */
	finds(SPAN_LIT("#!/bin/sh\n# an archive\nexit\n\x1f\x8b\x08..."), SPAN_LIT("\x1f\x8b\x08..."));
	finds(SPAN_LIT("\x7f" "ELF....7z\xbc\xaf\x27\x1c.."), SPAN_LIT("7z\xbc\xaf\x27\x1c.."));
	finds(SPAN_LIT("#!/bin/sh\necho 7z PK BZh91 \x1f\x8b\n"), SPAN_EMPTY);
	finds(SPAN_LIT("#!"), SPAN_EMPTY);
	arena_free(a);
}

static int warm(void **state)
{
	struct err e;

	(void)state;
	return archive_warm(&e) == OK ? 0 : -1;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_lzma_without_xz_is_read),
	    cmocka_unit_test(test_frames_that_are_to_be_passed_over_hide_nothing),
	    cmocka_unit_test(test_cpio_of_the_first_programs_is_read),
	    cmocka_unit_test(test_names_in_the_code_page_of_dos_are_read),
	    cmocka_unit_test(test_an_archive_behind_a_program_or_script_is_found),
	};
	return cmocka_run_group_tests_name("member-kind", tests, warm, NULL);
}
