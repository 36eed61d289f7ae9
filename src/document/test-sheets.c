/* Sheets of records that lie in no compound file. */
#include "base/test.h"

#include "base/buf.h"
#include "document/document.h"
#include "stream/charset.h"

static void record(struct buf *b, unsigned type, const char *content, size_t n)
{
	const unsigned char head[4] = {(unsigned char)type, (unsigned char)(type >> 8), (unsigned char)n, (unsigned char)(n >> 8)};

	buf_put(b, span_of(head, 4));
	buf_put(b, span_of(content, n));
}
#define RECORD(b, type, content) record(b, type, content, sizeof content - 1)

static void reads(struct buf *b, const char *text, const char *what, const char *where)
{
	struct arena *a = test_arena();
	struct document d;
	struct err why;
	size_t at;

	assert_ok(document_read(a, buf_span(b), NULL, &d, &e));
	assert_span(d.text, text);
	at = span_find(d.text, span_str(what));
	assert_string_equal(document_where(a, &d, at), where);
	assert_null(d.problem);
	/* Cut anywhere it is a part of that, or nothing. */
	for (size_t n = 0; n < b->n; n++)
		if (document_kind(span_first(buf_span(b), n)) != DOCUMENT_NONE)
			(void)!document_read(a, span_first(buf_span(b), n), NULL, &d, &why);
	arena_free(a);
	buf_clear(b);
}

#define ONE_AND_A_HALF "\0\0\0\0\0\0\xf8\x3f"

static void sheets_without_a_compound_file_are_read(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 65536);
	/* As programs of web sites write it: no style, no globals. */
	RECORD(&b, 0x809, "\0\0\x10\0\0\0\0\0");
	RECORD(&b, 0x204, "\0\0\0\0\0\0\x05\0Login");
	RECORD(&b, 0x204, "\0\0\1\0\0\0\x08\0Passwort");
	RECORD(&b, 0x204, "\1\0\0\0\0\0\x03\0tal");
	RECORD(&b, 0x204, "\1\0\1\0\0\0\x09\0Tal-S\xfc\x64-4");
	RECORD(&b, 0x203, "\2\0\1\0\0\0" ONE_AND_A_HALF);
	RECORD(&b, 0xa, "");
	reads(&b, "Login\tPasswort\ntal\tTal-Süd-4\n\t1.5\n", "Tal-S", "sheet, cell B2");
	/* The same kind the wrong way round, as some do. */
	RECORD(&b, 0x809, "\0\0\0\x10\x37\x32\x36\x32");
	RECORD(&b, 0x204, "\0\0\0\0\0\0\3\0Tal");
	reads(&b, "Tal\n", "Tal", "sheet, cell A1");
	/* BIFF2: styles of three bytes, lengths of one. */
	RECORD(&b, 0x09, "\2\0\x10\0");
	RECORD(&b, 0x42, "\xe3\4");
	RECORD(&b, 0x04, "\0\0\0\0\0\0\0\3Tal");
	RECORD(&b, 0x02, "\0\0\1\0\0\0\0\x39\5");
	RECORD(&b, 0x06, "\0\0\2\0\0\0\0\0\0\0\0\0\0\xff\xff\0\0");
	RECORD(&b, 0x07, "\4Berg");
	RECORD(&b, 0x1c, "\0\0\1\0\x0a\0PIN of Tal");
	reads(&b, "Tal\t1337\tBerg\nPIN of Tal\n", "1337", "sheet, cell B1");
	/* BIFF4: formats and styles by their order, sheets bound into one. */
	RECORD(&b, 0x409, "\0\0\0\1\0\0");
	RECORD(&b, 0x8f, "\x40\0\0\0\4Keys");
	RECORD(&b, 0x409, "\0\0\x10\0\0\0");
	RECORD(&b, 0x41e, "\0\0\7General");
	RECORD(&b, 0x41e, "\0\0\4" "0000");
	RECORD(&b, 0x443, "\0\0\0\0\0\0\0\0\0\0\0\0");
	RECORD(&b, 0x443, "\0\1\0\0\0\0\0\0\0\0\0\0");
	RECORD(&b, 0x27e, "\0\0\0\0\1\0\xa6\0\0\0");
	RECORD(&b, 0x27e, "\0\0\1\0\0\0\xa6\0\0\0");
	RECORD(&b, 0xa, "");
	reads(&b, "0041\t41\nKeys\n", "0041", "sheet Keys, cell A1");
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {cmocka_unit_test(sheets_without_a_compound_file_are_read)};
	struct err e = {0};

	return charset_open(&e) != OK ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
