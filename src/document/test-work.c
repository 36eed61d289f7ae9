/*
 * What small files may ask for: structures in which much leads to the same. Each is read once, which shows in its words; and
 * where it could be asked for a million times, in that the test ends.
 */
#include "base/test.h"

#include <openssl/evp.h>

#include "base/buf.h"
#include "document/document.h"
#include "stream/charset.h"

static struct document read(struct arena *a, const struct buf *b)
{
	struct document d;

	assert_false(b->failed);
	assert_ok(document_read(a, buf_span(b), NULL, &d, &e));
	return d;
}

/* ---- PDF: the tree of names of attached files (ISO 32000-1 7.9.6) ---------------------------------------------------------- */

#define PDF "%PDF-1.4\n1 0 obj <</Type/Catalog/Pages 2 0 R/Names<</EmbeddedFiles 10 0 R>>>> endobj\n2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj\n" \
	"3 0 obj <</Type/Page/Contents 4 0 R/Resources<</Font<</F1 <</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>>> endobj\n" \
	"4 0 obj <<>>\nstream\nBT /F1 10 Tf (x) Tj ET\nendstream endobj\n"
#define ATTACHED "9 0 obj <</Type/EmbeddedFile>>\nstream\nPier-Word\nendstream endobj\ntrailer <</Root 1 0 R>>\n"

/* Level after level of nodes that all name the next one ten times: 10^levels ways to the one list. */
static void names_tree(struct buf *b, unsigned levels)
{
	buf_str(b, PDF);
	for (unsigned i = 0; i < levels; i++) {
		buf_printf(b, "%u 0 obj <</Kids[", 10 + i);
		for (unsigned k = 0; k < 10; k++)
			buf_printf(b, "%u 0 R ", 11 + i);
		buf_str(b, "]>> endobj\n");
	}
	buf_printf(b, "%u 0 obj <</Names[(a)<</F(a.txt)/EF<</F 9 0 R>>>>]>> endobj\n" ATTACHED, 10 + levels);
}

static void names_in_a_pdf_are_walked_once_each(void **state)
{
	struct arena *a = test_arena();
	struct document d;
	struct buf b;

	(void)state;
	buf_init(&b, 16 << 20);
	names_tree(&b, 12);
	d = read(a, &b);
	assert_int_equal(times(d.text, "Pier-Word"), 1);
	assert_null(d.problem);
	/* What lies too deep is not read, and said. */
	buf_clear(&b);
	names_tree(&b, 40);
	d = read(a, &b);
	assert_int_equal(times(d.text, "Pier-Word"), 0);
	assert_non_null(d.problem);
	/* A node that names itself, and a list that many nodes name. */
	buf_clear(&b);
	buf_str(&b, PDF "10 0 obj <</Kids[10 0 R ");
	for (unsigned i = 0; i < 100000; i++)
		buf_str(&b, "11 0 R ");
	buf_str(&b, "]>> endobj\n11 0 obj <</Kids[10 0 R 11 0 R]/Names[");
	for (unsigned i = 0; i < 100000; i++)
		buf_str(&b, "(a)<</F(a.txt)>>");
	buf_str(&b, "(a)<</F(a.txt)/EF<</F 9 0 R>>>>]>> endobj\n" ATTACHED);
	d = read(a, &b);
	assert_int_equal(times(d.text, "Pier-Word"), 1);
	buf_free(&b);
	arena_free(a);
}

/* Not compressed, so that nothing is decoded: a mebibyte of empty lines, attached under a hundred thousand names. */
static void a_stream_under_many_names_is_read_within_the_budget(void **state)
{
	struct arena *a = test_arena();
	struct document d;
	struct buf b;

	(void)state;
	buf_init(&b, 16 << 20);
	buf_str(&b, PDF "9 0 obj <</Type/EmbeddedFile>>\nstream\n");
	for (unsigned i = 0; i < 1 << 20; i++)
		buf_byte(&b, '\n');
	buf_str(&b, "\nendstream endobj\n10 0 obj <</Names[");
	for (unsigned i = 0; i < 100000; i++)
		buf_str(&b, "(a)<</F(a.txt)/EF<</F 9 0 R>>>>");
	buf_str(&b, "]>> endobj\ntrailer <</Root 1 0 R>>\n");
	d = read(a, &b);
	assert_string_equal(d.problem, "larger than what is read of a PDF");
	buf_free(&b);
	arena_free(a);
}

/* `one` so often, then `last`. */
static void many(struct buf *b, const char *one, unsigned n, const char *last)
{
	for (unsigned i = 0; i < n; i++)
		buf_str(b, one);
	buf_str(b, last);
}

static void begin(struct buf *b, const char *text)
{
	buf_clear(b);
	buf_str(b, text);
}

#define TREE "%PDF-1.4\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n"
#define END "trailer <</Root 1 0 R>>\n"
#define TEXT(words) "stream\nBT /F1 10 Tf (" words ") Tj ET\nendstream endobj\n"
#define FONT "9 0 obj <</Type/Font/Subtype/Type1/BaseFont/Helvetica>> endobj\n"

/* Half a mebibyte of names, so often looked through that it takes minutes: that what is beside them is read, and what is not is said. */
static void lists_that_pages_share_are_looked_through_within_the_budget(void **state)
{
	static const char *const keys[] = {"Annots", "Contents"};
	struct arena *a = test_arena();
	struct document d;
	struct buf b;

	(void)state;
	buf_init(&b, 16 << 20);
	for (size_t k = 0; k < 2; k++) {
		begin(&b, TREE "2 0 obj <</Type/Pages/Kids[8 0 R ");
		for (unsigned i = 0; i < 10000; i++)
			buf_printf(&b, "%u 0 R ", 10 + i);
		buf_str(&b, "]>> endobj\n8 0 obj <</Type/Page/Contents 7 0 R/Resources<</Font<</F1 9 0 R>>>>>> endobj\n7 0 obj <<>>\n" TEXT("Pier-Word") FONT "5 0 obj [");
		many(&b, "6 0 R ", 100000, "] endobj\n6 0 obj <</Type/Annot>> endobj\n");
		for (unsigned i = 0; i < 10000; i++)
			buf_printf(&b, "%u 0 obj <</Type/Page/%s 5 0 R>> endobj\n", 10 + i, keys[k]);
		buf_str(&b, END);
		d = read(a, &b);
		assert_int_equal(times(d.text, "Pier-Word"), 1);
		assert_string_equal(d.problem, "more pages than are read of a PDF");
	}
	buf_free(&b);
	arena_free(a);
}

static void names_of_fonts_are_looked_up_within_the_budget(void **state)
{
	struct arena *a = test_arena();
	struct document d;
	struct buf b;

	(void)state;
	buf_init(&b, 16 << 20);
	begin(&b, TREE "2 0 obj <</Type/Pages/Kids[3 0 R]>> endobj\n3 0 obj <</Type/Page/Contents 4 0 R/Resources<</Font<<");
	many(&b, "/A 9 0 R ", 100000, "/F1 9 0 R>>>>>> endobj\n4 0 obj <<>>\nstream\nBT /F1 9 Tf (Pier-Word) Tj ");
	many(&b, "/F1 9 Tf ", 50000, "(Quay-Word) Tj ET\nendstream endobj\n" FONT END);
	d = read(a, &b);
	assert_int_equal(times(d.text, "Pier-Word"), 1);
	assert_int_equal(times(d.text, "Quay-Word"), 1);
	assert_string_equal(d.problem, "larger than what is read of a PDF");
	buf_free(&b);
	arena_free(a);
}

static void a_page_that_is_named_again_is_read_once_and_counted(void **state)
{
	struct arena *a = test_arena();
	struct document d;
	struct buf b;

	(void)state;
	buf_init(&b, 16 << 20);
	begin(&b, TREE "2 0 obj <</Type/Pages/Kids[");
	many(&b, "3 0 R ", 50000, "8 0 R]>> endobj\n3 0 obj <</Type/Page/Contents 4 0 R/Resources<</Font<</F1 9 0 R>>>>/Annots[");
	many(&b, "1 ", 300000, "]>> endobj\n8 0 obj <</Type/Page/Contents 7 0 R/Resources<</Font<</F1 9 0 R>>>>>> endobj\n"
		"4 0 obj <<>>\n" TEXT("Pier-Word") "7 0 obj <<>>\n" TEXT("Quay-Word") FONT END);
	d = read(a, &b);
	assert_int_equal(times(d.text, "Pier-Word"), 1);
	assert_string_equal(document_where(a, &d, span_find(d.text, SPAN_LIT("Quay-Word"))), "page 50001");
	assert_null(d.problem);
	buf_free(&b);
	arena_free(a);
}

static void objects_of_a_stream_stand_one_behind_the_other(void **state)
{
	struct arena *a = test_arena();
	struct document d;
	struct buf b;
	size_t at;

	(void)state;
	buf_init(&b, 16 << 20);
	begin(&b, TREE "2 0 obj <</Type/Pages/Kids[]>> endobj\n4 0 obj <</Type/ObjStm/N 50000/First 0500001>>\nstream\n");
	at = b.n;
	for (unsigned i = 0; i < 50000; i++)
		buf_printf(&b, "%05u 000 ", i);
	many(&b, " ", 1, "<</Contents(Pier-Word)");
	many(&b, "/A 1 ", 100000, ">>\nendstream endobj\n" END);
	assert_int_equal(b.p[at + 500001], '<');
	d = read(a, &b);
	assert_int_equal(times(d.text, "Pier-Word"), 1);
	assert_string_equal(d.problem, "damaged: objects of a stream that lie within each other");
	buf_free(&b);
	arena_free(a);
}

static void what_a_field_is_called_is_looked_up_once(void **state)
{
	struct arena *a = test_arena();
	struct document d;
	struct buf b;

	(void)state;
	buf_init(&b, 16 << 20);
	begin(&b, TREE "2 0 obj <</Type/Pages/Kids[]>> endobj\n3 0 obj <<");
	many(&b, "/V (abcd)", 100000, "/DV (Pier-Word)/T (slip)>> endobj\n" END);
	d = read(a, &b);
	assert_int_equal(times(d.text, "slip: Pier-Word"), 1);
	buf_free(&b);
	arena_free(a);
}

/* ---- OpenDocument and Word, as one file of XML ----------------------------------------------------------------------------- */

#define FODT "<office:document xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0'><text:tracked-changes>"
#define REGION "<text:changed-region text:id='%u'><text:deletion><text:p>Pier-%u</text:p></text:deletion></text:changed-region>"
#define MARK "<text:change text:change-id='%u'/>"

enum { CHANGES_BYTES = 3200000 /* of which the last look-up within 64 MiB gets through most, and the others are not to try */ };

/* Thirty thousand marks of changes that are not there, each to be looked for among as many, or among comments. */
static void tracked_changes_are_looked_up_within_the_budget(void **state)
{
	struct arena *a = test_arena();
	struct document d;
	struct buf b;

	(void)state;
	buf_init(&b, 16 << 20);
	for (unsigned comments = 0; comments < 2; comments++) {
		buf_clear(&b);
		buf_str(&b, FODT);
		for (unsigned i = 0; i < 30000 && !comments; i++)
			buf_printf(&b, REGION, i, i);
		while (b.n < CHANGES_BYTES)
			buf_str(&b, "<!---->");
		buf_str(&b, "</text:tracked-changes><text:p>x ");
		for (unsigned i = 29999; i < 60000; i++)
			buf_printf(&b, MARK, i);
		buf_str(&b, "</text:p></office:document>");
		d = read(a, &b);
		assert_int_equal(times(d.text, "x Pier-29999\n"), comments ? 0 : 1);
		assert_string_equal(d.problem, "more tracked changes than are looked up");
	}
	buf_free(&b);
	arena_free(a);
}

/* Fifty thousand changes of one name, and as many marks: each has the words of its own change. */
static void a_mark_takes_the_words_of_its_change_only(void **state)
{
	struct arena *a = test_arena();
	struct document d;
	struct buf b;

	(void)state;
	buf_init(&b, 16 << 20);
	buf_str(&b, FODT);
	for (unsigned i = 0; i < 50000; i++)
		buf_str(&b, "<text:changed-region text:id='1'><text:insertion/></text:changed-region>");
	buf_printf(&b, REGION "</text:tracked-changes>", 1u, 1u);
	for (unsigned i = 0; i < 50001; i++)
		buf_printf(&b, "<text:p>at" MARK "</text:p>", 1u);
	buf_str(&b, "</office:document>");
	d = read(a, &b);
	assert_int_equal(times(d.text, "atPier-1\n"), 1);
	assert_null(d.problem);
	buf_free(&b);
	arena_free(a);
}

static void x_put(struct buf *b, unsigned n)
{
	while (n-- > 0)
		buf_byte(b, n % 64 == 0 ? ' ' : 'x');
}

static void what_is_beside_the_text_is_read_though_it_is_long(void **state)
{
	struct arena *a = test_arena();
	struct document d;
	struct buf b;

	(void)state;
	buf_init(&b, 16 << 20);
	buf_str(&b, "<w:wordDocument><w:p><w:instrText>");
	x_put(&b, 3 << 20);
	buf_str(&b, "Pier-Word</w:instrText><w:fldChar/><w:instrText>Quay-Word</w:instrText></w:p></w:wordDocument>");
	d = read(a, &b);
	assert_int_equal(times(d.text, "Pier-Word"), 1);
	assert_int_equal(times(d.text, "Quay-Word"), 1);
	assert_null(d.problem);
	buf_free(&b);
	arena_free(a);
}

/* ActiveMime within ActiveMime, each as a stored block of deflate; the words are the file within the last. */
static void active_mime(struct arena *a, struct buf *out, unsigned levels)
{
	span in = SPAN_LIT("password: Pier-Word, and some more words so that it is none of base64");
	struct buf b;

	for (; levels > 0; levels--) {
		buf_init(&b, 1 << 16);
		buf_str(&b, "ActiveMime");
		while (b.n < 50)
			buf_byte(&b, 0);
		buf_put(&b, SPAN_LIT("\x78\x01\x01"));
		buf_byte(&b, (unsigned char)in.n);
		buf_byte(&b, (unsigned char)(in.n >> 8));
		buf_byte(&b, (unsigned char)~in.n);
		buf_byte(&b, (unsigned char)(~in.n >> 8));
		buf_put(&b, in);
		in = arena_copy(a, buf_span(&b));
		buf_free(&b);
	}
	buf_str(out, "<w:wordDocument><w:binData>");
	if (buf_room(out, in.n / 3 * 4 + 8))
		out->n += (size_t)EVP_EncodeBlock(out->p + out->n, in.p, (int)in.n);
	buf_str(out, "</w:binData></w:wordDocument>");
}

static void files_within_files_have_an_end(void **state)
{
	struct arena *a = test_arena();
	struct err why = {0};
	struct document d;
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 20);
	active_mime(a, &b, 3);
	d = read(a, &b);
	assert_int_equal(times(d.text, "Pier-Word"), 1);
	assert_null(d.problem);
	buf_clear(&b);
	active_mime(a, &b, 500);
	assert_int_equal(document_read(a, buf_span(&b), NULL, &d, &why), ERR_EVIDENCE);
	assert_string_equal(why.text, "documents within documents, deeper than is read");
	buf_free(&b);
	arena_free(a);
}

/* ---- PDF: limits are told -------------------------------------------------------------------------------------------------- */

static void what_is_too_much_of_a_pdf_is_said(void **state)
{
	struct arena *a = test_arena();
	struct document d;
	struct buf b;

	(void)state;
	buf_init(&b, 16 << 20);
	buf_str(&b, PDF "9 0 obj [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[(Pier-Word)]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]] endobj\ntrailer <</Root 1 0 R>>\n");
	d = read(a, &b);
	assert_string_equal(d.problem, "values within values, deeper than is read of a PDF");
	/* Pages that no tree has. */
	buf_clear(&b);
	buf_str(&b, PDF);
	for (unsigned i = 0; i < 100000; i++)
		buf_printf(&b, "%u 0 obj <</Type/Page>> endobj\n", 10 + i);
	buf_str(&b, "trailer <</Root 1 0 R>>\n");
	d = read(a, &b);
	assert_string_equal(d.problem, "more pages than are read of a PDF");
	buf_free(&b);
	arena_free(a);
}

/* ---- SQLite: blocks that are free (sqlite.org/fileformat2.html 1.6) -------------------------------------------------------- */

enum { PAGE = 65536, PAGES = 64, BLOCKS_AT = 112, WORD_AT = PAGE - 20 };

static void be16(struct buf *b, size_t at, unsigned v)
{
	b->p[at] = (unsigned char)(v >> 8);
	b->p[at + 1] = (unsigned char)v;
}

/* Each page: a chain of blocks, four bytes apart, of which each says that it reaches to the end, where a word is. */
static void free_blocks_of_a_database_are_walked_once_each(void **state)
{
	struct arena *a = test_arena();
	struct document d;
	struct buf b;

	(void)state;
	buf_init(&b, PAGE * PAGES);
	assert_true(buf_room(&b, PAGE * PAGES));
	memset(b.p, 0, PAGE * PAGES);
	b.n = PAGE * PAGES;
	memcpy(b.p, "SQLite format 3", 16);
	be16(&b, 16, 1); /* a page is 65536 bytes */
	for (size_t page = 0; page < PAGES; page++) {
		size_t at = page * PAGE;

		b.p[at + (page == 0 ? 100 : 0)] = 13; /* a leaf of a table, without cells */
		be16(&b, at + (page == 0 ? 100 : 0) + 1, BLOCKS_AT);
		be16(&b, at + (page == 0 ? 100 : 0) + 5, BLOCKS_AT - 4);
		for (size_t i = BLOCKS_AT; i < WORD_AT - 4; i += 4) {
			be16(&b, at + i, (unsigned)i + 4);
			be16(&b, at + i + 2, (unsigned)(PAGE - i));
		}
		be16(&b, at + WORD_AT - 4, 0);
		memcpy(b.p + at + WORD_AT, "Pier-Word", 9);
	}
	d = read(a, &b);
	assert_int_equal(times(d.text, "Pier-Word"), PAGES);
	buf_free(&b);
	arena_free(a);
}

/* ---- RTF: a paragraph of nothing but fields --------------------------------------------------------------------------------- */

static void fields_of_one_paragraph_are_read_once_each(void **state)
{
	enum { FIELDS = 800000 };
	struct arena *a = test_arena();
	struct document d;
	struct buf b;

	(void)state;
	buf_init(&b, 32 << 20);
	buf_str(&b, "{\\rtf1 ");
	for (size_t i = 0; i < FIELDS; i++)
		buf_str(&b, "{\\field{\\*\\fldinst X}{\\fldrslt y}}");
	buf_str(&b, " Boje-771}");
	d = read(a, &b);
	assert_int_equal(times(d.text, "y"), FIELDS);
	assert_int_equal(times(d.text, "Boje-771"), 1);
	buf_free(&b);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(fields_of_one_paragraph_are_read_once_each),
	    cmocka_unit_test(names_in_a_pdf_are_walked_once_each),
	    cmocka_unit_test(a_stream_under_many_names_is_read_within_the_budget),
	    cmocka_unit_test(what_is_too_much_of_a_pdf_is_said),
	    cmocka_unit_test(lists_that_pages_share_are_looked_through_within_the_budget),
	    cmocka_unit_test(names_of_fonts_are_looked_up_within_the_budget),
	    cmocka_unit_test(a_page_that_is_named_again_is_read_once_and_counted),
	    cmocka_unit_test(objects_of_a_stream_stand_one_behind_the_other),
	    cmocka_unit_test(what_a_field_is_called_is_looked_up_once),
	    cmocka_unit_test(tracked_changes_are_looked_up_within_the_budget),
	    cmocka_unit_test(a_mark_takes_the_words_of_its_change_only),
	    cmocka_unit_test(what_is_beside_the_text_is_read_though_it_is_long),
	    cmocka_unit_test(files_within_files_have_an_end),
	    cmocka_unit_test(free_blocks_of_a_database_are_walked_once_each),
	};
	struct err e = {0};

	return charset_open(&e) != OK ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
