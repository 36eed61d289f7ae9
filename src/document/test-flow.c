/* Words that other marks stand among: how they are read aloud, formulas, characters that XML cannot hold. */
#include "base/test.h"

#include "base/limits.h"
#include "document/private.h"

enum kind { WORD, OPEN_DOCUMENT };

static void reads(enum kind kind, const char *body, const char *text)
{
	struct arena *own = test_arena(), *a = test_arena();
	span xml = span_str(body);
	struct document d;
	struct layout l;

	layout_init(&l, own);
	assert_ok(kind == WORD ? flow_bytes_read(&l, xml, "text", SPAN_EMPTY, &e) : odf_bytes_read(&l, xml, "text", &e));
	assert_ok(layout_done(&l, a, &d, &e));
	assert_span(d.text, text);
	arena_free(own);
	arena_free(a);
}

static void test_how_a_word_is_read_aloud_does_not_part_it(void **state)
{
	(void)state;
	reads(WORD, "<w:p><w:t>Code: Bo</w:t><w:ruby><w:rt><w:t>ye</w:t></w:rt><w:rubyBase><w:t>je</w:t></w:rubyBase></w:ruby><w:t>-771</w:t></w:p>",
	    "Code: Boje-771\nye\n");
	reads(OPEN_DOCUMENT, "<text:p>Code: Bo<text:ruby><text:ruby-base>je</text:ruby-base><text:ruby-text>yeah</text:ruby-text></text:ruby>-771</text:p>",
	    "Code: Boje-771\nyeah\n");
}

static void test_a_formula_is_read_as_it_is_typed(void **state)
{
	(void)state;
	reads(WORD, "<w:p><m:oMath><m:f><m:num><m:t>12</m:t></m:num><m:den><m:t>34</m:t></m:den></m:f></m:oMath><w:t>x</w:t></w:p>", "12/34 x\n");
	reads(WORD, "<w:p><m:oMath><m:sSubSup><m:e><m:t>a</m:t></m:e><m:sub><m:t>1</m:t></m:sub><m:sup><m:t>2</m:t></m:sup></m:sSubSup></m:oMath></w:p>", "a_1^2 \n");
	reads(WORD, "<w:p><m:oMath><m:mr><m:e><m:t>11</m:t></m:e><m:e><m:t>12</m:t></m:e></m:mr></m:oMath></w:p>", "11 12 \n");
	reads(WORD, "<w:p><w:t>a</w:t><w:e/><w:sup/><w:num/><w:t>b</w:t></w:p>", "ab\n"); /* no formula */
	reads(OPEN_DOCUMENT, "<math><semantics><mrow><mi>c</mi><mo>=</mo><mfrac><mn>12</mn><mn>34</mn></mfrac><msup><mi>x</mi><mn>2</mn></msup></mrow>"
			     "<annotation>c = {12} over {34} x^2</annotation></semantics></math>", "c = 12/34 x^2\nc = {12} over {34} x^2\n");
	reads(OPEN_DOCUMENT, "<math><msubsup><mi>a</mi><mn>1</mn><mn>2</mn></msubsup></math><text:p>b</text:p>", "a_1^2\nb\n");
}

static void test_what_xml_cannot_hold_is_written_by_its_number(void **state)
{
	(void)state;
	reads(WORD, "<a:p><a:t>ann_x000B_Code: Boje_x002d_771_x000D_</a:t></a:p>", "ann\nCode: Boje-771 \n");
	reads(WORD, "<a:p><a:t>_x005F_x000B_ &amp; _x00fZ_ _x000B _x</a:t></a:p>", "_x000B_ & _x00fZ_ _x000B _x\n");
	reads(WORD, "<a:p><a:t>a_x00E4_b_xD83D_c</a:t></a:p>", "aäb_xD83D_c\n");
}

#define U(a, b) a "\0" b "\0"
#define NOTE "\xe4\x52\x5c\x7b\x8c\xd8\xa7\x4d\xae\xb1\x53\x78\xd0\x29\x96\xd3"
#define FILE_MARK "\xe7\x16\xe3\xbd\x65\x26\x11\x45\xa4\xc4\x8d\x4d\x0b\x7a\x9e\xac"

static void notes(span content, const char *text, const char *problem)
{
	struct arena *a = test_arena();
	struct document d;

	assert_ok(document_read(a, content, NULL, &d, &e));
	assert_span(d.text, text);
	assert_string_equal(d.problem, problem);
	arena_free(a);
}

static void test_a_note_gives_its_short_texts_and_its_files(void **state)
{
	static const char says[] = "OneNote section: the letters and files in it were read, not their order";

	(void)state;
	/* A length, a text of few letters, and of another script; a length that is none. */
	notes(SPAN_LIT(NOTE "\1\2\0\6\0\0\0" U("P", "I") "N\0" "\x0a\0\0\0" U("4", "8") U("2", "1") "\0\0" "\1\2\x8\0\0\0\xc6\x5b\x01\x78\xc6\x5b\0\0"
	    "\6\0\0\0\1\0x\0y\0"), "PIN\n4821\n密码密\n", says);
	notes(SPAN_LIT(NOTE FILE_MARK "\x0f\0\0\0\0\0\0\0" "\0\0\0\0" "\0\0\0\0\0\0\0\0" "Code: Boje-771\n" "\1letters behind\2"),
	    "Code: Boje-771\nletters behind\n", says);
	notes(SPAN_LIT(NOTE FILE_MARK "\xff\xff\xff\xff\xff\xff\xff\xff" "\0\0\0\0" "\0\0\0\0\0\0\0\0" "Code: Boje-772\n"), "Code: Boje-772\n", says);
}

/* Notes, comments and boxes are anchored at a place: what stands there goes on behind it. */
static void test_what_is_anchored_in_a_word_does_not_part_it(void **state)
{
	(void)state;
	reads(OPEN_DOCUMENT, "<text:p>the pass<text:note><text:note-citation>1</text:note-citation><text:note-body><text:p>ask Bo</text:p></text:note-body></text:note>word: "
	    "<office:annotation><dc:creator>Ann</dc:creator><text:p>old?</text:p></office:annotation>Tal-47</text:p><text:p>x</text:p>",
	    "the password: Tal-47\nask Bo\nold?\nx\n");
	reads(OPEN_DOCUMENT, "<text:p>pin: <draw:frame><draw:text-box><text:p>a <draw:frame><draw:text-box><text:p>inner</text:p></draw:text-box></draw:frame>box</text:p>"
	    "</draw:text-box></draw:frame>4711</text:p>", "pin: 4711\na box\ninner\n");
	reads(WORD, "<w:p><w:r><w:t>pin: </w:t></w:r><w:r><w:txbxContent><w:p><w:t>a box</w:t></w:p></w:txbxContent></w:r><w:r><w:t>4711</w:t></w:r></w:p><w:p><w:t>x</w:t></w:p>",
	    "pin: 4711\na box\nx\n");
	reads(WORD, "<w:tbl><w:tr><w:tc><w:p><w:t>pin</w:t><w:txbxContent><w:p><w:t>box</w:t></w:p></w:txbxContent></w:p></w:tc><w:tc><w:p><w:t>4711</w:t></w:p></w:tc></w:tr></w:tbl>",
	    "pin\t4711\nbox\n");
	/* What never ends is read to the end, once. */
	reads(WORD, "<w:p><w:t>a</w:t><w:txbxContent><w:p><w:t>b</w:t>", "a\nb\n");
	reads(OPEN_DOCUMENT, "<text:p>a<text:note><text:p>b<text:note><text:p>c", "a\nb\nc\n");
}

/* As in sheets of OOXML: what is remarked of a cell stands in no column. */
static void test_a_comment_of_a_cell_stands_behind_its_sheet(void **state)
{
	static const char sheet[] = "<table:table table:name='One'><table:table-row><table:table-cell><text:p>pin</text:p></table:table-cell></table:table-row>"
	    "<table:table-row><table:table-cell><office:annotation><text:p>old?</text:p></office:annotation><text:p>4711</text:p></table:table-cell></table:table-row></table:table>";
	struct arena *own = test_arena(), *a = test_arena();
	struct document d;
	struct layout l;

	(void)state;
	layout_init(&l, own);
	assert_ok(odf_bytes_read(&l, span_str(sheet), "text", &e));
	assert_ok(layout_done(&l, a, &d, &e));
	assert_span(d.text, "pin\n4711\n\nold?\nOne\n");
	assert_string_equal(document_where(a, &d, span_find(d.text, SPAN_LIT("old"))), "comments, cell A2");
	assert_string_equal(document_where(a, &d, span_find(d.text, SPAN_LIT("4711"))), "sheet One, cell A2");
	arena_free(own);
	arena_free(a);
}

/* Soft hyphens and spaces of no width are no letters of a word. */
static void test_what_nobody_sees_does_not_part_a_word(void **state)
{
	(void)state;
	reads(WORD, "<w:p><w:t>Pass\xc2\xadwort: Tal\xe2\x80\x8b-47</w:t></w:p>", "Passwort: Tal-47\n");
	reads(OPEN_DOCUMENT, "<text:p>Pass\xc2\xadwort: Tal\xe2\x80\x8b-47</text:p>", "Passwort: Tal-47\n");
}

static void test_a_tab_is_none_where_it_only_stops(void **state)
{
	(void)state;
	reads(WORD, "<w:p><w:pPr><w:tabs><w:tab w:val='left' w:pos='720'/></w:tabs></w:pPr><w:t>pin</w:t><w:tab/><w:t>4711</w:t><w:ptab w:alignment='right'/><w:t>x</w:t></w:p>",
	    "pin\t4711\tx\n");
}

static void test_where_a_link_leads_is_read_also_in_word_2003(void **state)
{
	(void)state;
	reads(WORD, "<w:p><w:hlink w:dest='ftp://ann:Boje-771@tal.example/'><w:t>here</w:t></w:hlink></w:p>", "here\nftp://ann:Boje-771@tal.example/\n");
	reads(WORD, "<w:p><v:shape id='a' href='ftp://ann:Boje-772@tal.example/'/><w:t>x</w:t></w:p>", "x\nftp://ann:Boje-772@tal.example/\n");
}

/* What LibreOffice draws of a chart lies in the file as a picture of its own kind. */
static void test_the_drawing_of_a_chart_in_a_flat_file_is_a_picture(void **state)
{
	struct arena *a = test_arena();
	struct document d;

	(void)state;
	assert_ok(document_read(a, SPAN_LIT("<office:document xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0'><text:p>x</text:p>"
		"<draw:image><office:binary-data>VkNMTVRGAQA0AAAAAQAAAAE=</office:binary-data></draw:image></office:document>"), NULL, &d, &e));
	assert_span(d.text, "x\n");
	assert_null(d.problem);
	arena_free(a);
}

static void test_what_a_variable_holds_is_no_word_of_the_first_paragraph(void **state)
{
	(void)state;
	reads(OPEN_DOCUMENT, "<text:user-field-decls><text:user-field-decl office:string-value='Code: Boje-771' text:name='one'/>"
	    "<text:user-field-decl office:string-value='Code: Boje-772' text:name='two'/></text:user-field-decls><text:h>Plan</text:h>",
	    " Code: Boje-771\n Code: Boje-772\nPlan\none: Code: Boje-771\ntwo: Code: Boje-772\n");
}

/* As Python writes it. All keys come before all values there. */
static const char list[] =
	"bplist00\325\001\002\003\004\005\006\007\010\020\021UloginXpasswordTmoreTpageQxSannXBoje-771\241\011\323\012"
	"\013\014\015\016\017f\004\037\0040\004@\004>\004;\004LUcountRoni\004 \0048\004D\004B\000-\0004\0007\0001\0001"
	"\020\014\011O\020\020<p>Pin: 4712</p>_\020\024yyyyyyyyyyyyyyyyyyyy\010\023\031\"',.2;=DQWZmop\203\000\000\000"
	"\000\000\000\001\001\000\000\000\000\000\000\000\022\000\000\000\000\000\000\000\000\000\000\000\000\000\000"
	"\000\232";

static void test_a_binary_property_list_has_each_value_behind_its_key(void **state)
{
	span whole = span_of(list, sizeof list - 1);
	unsigned char *p;
	struct arena *a = test_arena();
	struct document d;
	struct err why;

	(void)state;
	assert_ok(document_read(a, whole, NULL, &d, &e));
	assert_span(d.text, "login: ann\npassword: Boje-771\nПароль: Рифт-4711\ncount: 12\non: true\nPin: 4712\nx: yyyyyyyyyyyyyyyyyyyy\n");
	assert_null(d.problem);
	assert_string_equal(document_where(a, &d, span_find(d.text, SPAN_LIT("Boje"))), "property list, paragraph 2");
	/* Cut or changed anywhere, it gives what it has, and ends. */
	for (size_t n = 0; n < whole.n; n++)
		(void)!document_read(a, span_first(whole, n), NULL, &d, &why);
	assert_non_null(p = arena_alloc(a, whole.n));
	for (size_t n = 8; n < whole.n; n++) {
		memcpy(p, whole.p, whole.n);
		p[n] ^= 0x5f;
		(void)!document_read(a, span_of(p, whole.n), NULL, &d, &why);
	}
	arena_free(a);
}

static void test_a_property_of_a_flat_file_has_its_name(void **state)
{
	(void)state;
	reads(OPEN_DOCUMENT, "<office:meta><meta:user-defined meta:name='Pin'>4711</meta:user-defined></office:meta><text:p>x</text:p>", "x\nPin: 4711\n");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_tab_is_none_where_it_only_stops),
	    cmocka_unit_test(test_where_a_link_leads_is_read_also_in_word_2003),
	    cmocka_unit_test(test_the_drawing_of_a_chart_in_a_flat_file_is_a_picture),
	    cmocka_unit_test(test_a_binary_property_list_has_each_value_behind_its_key),
	    cmocka_unit_test(test_what_a_variable_holds_is_no_word_of_the_first_paragraph),
	    cmocka_unit_test(test_a_property_of_a_flat_file_has_its_name),
	    cmocka_unit_test(test_what_is_anchored_in_a_word_does_not_part_it),
	    cmocka_unit_test(test_a_comment_of_a_cell_stands_behind_its_sheet),
	    cmocka_unit_test(test_what_nobody_sees_does_not_part_a_word),
	    cmocka_unit_test(test_how_a_word_is_read_aloud_does_not_part_it),
	    cmocka_unit_test(test_a_formula_is_read_as_it_is_typed),
	    cmocka_unit_test(test_a_note_gives_its_short_texts_and_its_files),
	    cmocka_unit_test(test_what_xml_cannot_hold_is_written_by_its_number),
	};
	return cmocka_run_group_tests_name("flow", tests, NULL, NULL);
}
