#include "stream/test-charsets.h"
#include "stream/rtf.h"

#include "base/buf.h"
#include "base/test.h"

static void check(const char *in, enum rtf_kind want_kind, const char *want, unsigned want_problems)
{
	struct arena *a = test_arena();
	enum rtf_kind kind;
	unsigned problems = 0;
	span out;

	assert_ok(rtf_text(a, span_str(in), &kind, &out, &problems, &e));
	assert_span(out, want);
	assert_int_equal(kind, want_kind);
	assert_int_equal(problems, want_problems);
	arena_free(a);
}
#define TEXT_IS(in, want) check(in, RTF_IS_RTF, want, 0)

static void test_paragraphs_cells_and_named_characters(void **state)
{
	(void)state;
	TEXT_IS("{\\rtf1\\ansi Hello\\par World}", "Hello\nWorld");
	TEXT_IS("{\\rtf1 a\\cell b\\cell\\row c\\tab d\\line e}", "a\tb\t\nc\td\ne");
	TEXT_IS("{\\rtf1 \\lquote x\\rquote \\emdash\\{\\}\\\\ \\~\\_}", "‘x’—{}\\ \xc2\xa0-");
	TEXT_IS("{\\rtf1 pass\r\nword\\\r\nnext}", "password\nnext");
	TEXT_IS("{\\rtf1 {\\b se}{\\i cr}et\\b0}", "secret");
}

static void test_characters_by_code_page_font_and_unicode(void **state)
{
	(void)state;
	TEXT_IS("{\\rtf1\\ansicpg1252 M\\'fcller}", "Müller");
	TEXT_IS("{\\rtf1\\ansi\\ansicpg1251 \\'cf\\'e0}", "Па");
	TEXT_IS("{\\rtf1\\ansi{\\fonttbl{\\f0\\fcharset0 Arial;}{\\f1\\fcharset204 Arial Cyr;}}\\f0 M\\'fc {\\f1 \\'cf}\\'fc}",
	    "Mü Пü");
	TEXT_IS("{\\rtf1\\ansi{\\fonttbl{\\f1\\fcharset128 Gothic;}}{\\f1 \\'93\\'fa\\'96\\'7b}}", "日本");
	TEXT_IS("{\\rtf1 \\u8364?5 \\uc2\\u8364 xx7\\uc0\\u8364 9}", "€5 €7€9");
	TEXT_IS("{\\rtf1 \\u-10179?\\u-8704?}", "😀");
	TEXT_IS("{\\rtf1 \\u8364\\'80x}", "€x");
	check("{\\rtf1\\ansicpg1251 \\u-10179?x\\'98}", RTF_IS_RTF, "x\xc2\x98", 0);
}

static void test_what_is_no_text_is_left_out_and_hidden_text_is_not(void **state)
{
	(void)state;
	TEXT_IS("{\\rtf1{\\colortbl;\\red1;}{\\stylesheet{\\s0 Normal;}}{\\*\\unknown {\\b no}}{\\*\\generator Riched;}yes}", "yes");
	TEXT_IS("{\\rtf1 pass{\\*\\atnauthor Bo}{\\*\\annotation see it}word: Reef\\par next}", "password: Reef\nBo\nsee it\nnext");
	TEXT_IS("{\\rtf1 a{\\v hidden}b{\\*\\annotation remark}}", "ahiddenb\nremark\n");
	TEXT_IS("{\\rtf1 a{\\*\\annotation one}{\\*\\annotation two{\\footnote note\\par}}b\\par c}", "ab\none\ntwo\nnote\nc");
	TEXT_IS("{\\rtf1 pass{\\footnote ask Bo}word: Reef\\par next}", "password: Reef\nask Bo\nnext");
	TEXT_IS("{\\rtf1 pin: {\\shp{\\*\\shpinst{\\shptxt box\\par}}}4711\\par c}", "pin: 4711\nbox\nc");
	TEXT_IS("{\\rtf1 a{\\*\\annotation one}{\\sn left\\par}b\\par c}", "ab\none\nc");
	TEXT_IS("{\\rtf1{\\header Tern}{\\footerf Page}text}", "Tern\nPage\ntext");
	TEXT_IS("{\\rtf1 a{\\*\\formfield{\\*\\ffhelptext help}{\\*\\ffl one}}b{\\*\\mailmerge{\\mmconnectstr db}}}", "ahelp\nbdb\none\n");
	TEXT_IS("{\\rtf1 a{\\shp{\\*\\shpinst{\\sp{\\sn gtextUNICODE}{\\sv sign}}{\\sp{\\sn left}{\\sv 7}}}}b\\par c}", "ab\nsign\nc");
	TEXT_IS("{\\rtf1 a{\\*\\shppict{\\pict{\\*\\picprop{\\sp{\\sn wzDescription}{\\sv chart}}}0100ff}}b\\par c}", "ab\nchart\nc");
	TEXT_IS("{\\rtf1{\\pict{\\*\\picprop{\\sp{\\sn pihlShape}{\\sv{\\*\\hl{\\hlfr x}{\\hlsrc http://a.example}}}}}}b}", "b\nx\nhttp://a.example\n");
	TEXT_IS("{\\rtf1{\\*\\docvar {Code}{Tal-47}}{\\*\\userprops{\\propname Pin}\\proptype30{\\staticval 4711}}text}", "Code: Tal-47\nPin: 4711\ntext");
	TEXT_IS("{\\rtf1{\\info{\\title Plan}{\\author Ann}}text}", "Plan\nAnn\ntext");
	TEXT_IS("{\\rtf1{\\pict\\wmetafile8 0100ffff}x{\\pict\\bin5 {{}}}}y}", "xy");
	TEXT_IS("{\\rtf1{\\upr{\\title a}{\\*\\ud{\\title b}}}}", "b\n");
	check("{\\rtf1{\\object\\objemb{\\*\\objdata 0105}{\\result shown}}}", RTF_IS_RTF, "shown", 0);
}

/* As it is, and behind it as it was. */
static void test_a_tracked_change_is_no_one_word_with_what_it_replaced(void **state)
{
	(void)state;
	TEXT_IS("{\\rtf1 Code: {\\deleted Ebbe}{\\revised Flut} it is\\par x}", "Code: Flut it is\nCode: Ebbe it is\nx");
	TEXT_IS("{\\rtf1 Code: \\deleted Ebbe\\deleted0 \\revised1 Flut\\revised0  it\\par x}", "Code: Flut it\nCode: Ebbe it\nx");
	TEXT_IS("{\\rtf1 a{\\deleted b\\par}c}", "a\nab\nc");
	TEXT_IS("{\\rtf1 a{\\footnote{\\deleted b}c}}", "a\nbc\n");
}

static void test_a_link_shows_its_target(void **state)
{
	(void)state;
	TEXT_IS("{\\rtf1{\\field{\\*\\fldinst{HYPERLINK \"http://a.example/x\"}}{\\fldrslt{here}}}}", " <http://a.example/x> here");
	TEXT_IS("{\\rtf1{\\field{\\*\\fldinst PAGE}{\\fldrslt \\*\\cs12\\cf2{\\b the code}\\*\\unknown is Reef}}, {\\*\\cs9 here}{\\b\\*\\unknown  too}}", "the codeis Reef, here too");
	TEXT_IS("{\\rtf1 page {\\field{\\*\\fldinst PAGE}{\\fldrslt 7}}}", "page 7");
	TEXT_IS("{\\rtf1 x{\\field{\\*\\fldinst{FORMTEXT }{{\\*\\formfield{\\fftype0{\\*\\ffname Text1}{\\*\\ffdeftext Born 1981}}}}}{\\fldrslt y}}}", "xy\nxBorn 1981\n");
	TEXT_IS("{\\rtf1 Code: {\\field{\\*\\fldinst{FORMDROPDOWN }{{\\*\\formfield{\\fftype2{\\*\\ffhelptext help}{\\*\\ffl Ebbe}{\\*\\ffl Flut}}}}}{\\fldrslt }}, at noon\\par next}",
	    "Code:  <help> , at noon\nCode: Ebbe\nCode: Flut, at noon\nnext");
	TEXT_IS("{\\rtf1 x{\\field{\\*\\fldinst{FORMTEXT }{{\\*\\formfield{\\fftype0{\\*\\ffname Text1}}}}}{\\fldrslt y}}}", "xy");
}

static void test_html_comes_back_as_it_was(void **state)
{
	(void)state;
	check("{\\rtf1\\ansi\\ansicpg1252\\fromhtml1 \\deff0{\\fonttbl{\\f0\\fswiss Arial;}}"
	      "{\\*\\htmltag19 <html>}{\\*\\htmltag34 \\par }{\\*\\htmltag64 <p>}\\htmlrtf \\par\\htmlrtf0 "
	      "A{\\*\\mhtmltag84 <a href=\"cid:x\">}{\\*\\htmltag84 <a href=\"http://b.example\">}"
	      "\\htmlrtf {\\field{\\*\\fldinst{HYPERLINK \"http://b.example\"}}{\\fldrslt\\cf1\\ul \\htmlrtf0 b\\htmlrtf }\\htmlrtf0 }"
	      "\\htmlrtf0 {\\*\\htmltag92 </a>}{\\*\\htmltag84 &lt;}M\\'fc{\\*\\htmltag27 </html>}}",
	    RTF_IS_HTML, "<html>\r\n<p>A<a href=\"http://b.example\">b</a>&lt;Mü</html>", 0);
	check("{\\rtf1\\ansi\\fromtext one\\par two}", RTF_IS_TEXT, "one\ntwo", 0);
}

static void test_damage_is_noted_and_never_fails(void **state)
{
	static char deep[4000];
	const char *whole = "{\\rtf1\\ansi{\\fonttbl{\\f1\\fcharset204 A;}}a\\'e4\\u8364?{\\*\\x{y}}\\bin3 abc{\\f1 \\'cf}\\par}";

	(void)state;
	check("", RTF_IS_RTF, "", 0);
	check("{\\rtf1 cut", RTF_IS_RTF, "cut", RTF_TRUNCATED);
	check("{\\rtf1 a\\bin99999 b}", RTF_IS_RTF, "a", RTF_TRUNCATED);
	for (size_t n = 0; n <= strlen(whole); n++) {
		struct arena *a = test_arena();
		char *copy = malloc(n + 1); /* to the byte, for sanitizers */
		enum rtf_kind kind;
		span out;

		assert_non_null(copy);
		memcpy(copy, whole, n);
		assert_ok(rtf_text(a, span_of(copy, n), &kind, &out, NULL, &e));
		free(copy);
		arena_free(a);
	}
	memset(deep, '{', sizeof deep);
	memcpy(deep, "{\\rtf1 ", 7);
	memcpy(deep + 3000, "x", 1);
	memset(deep + 3001, '}', sizeof deep - 3002);
	deep[sizeof deep - 1] = '\0';
	check(deep, RTF_IS_RTF, "x", RTF_LIMIT | RTF_TRUNCATED);
}

/* What no longer fits among the remarks of a paragraph is told, though others follow that fit again. */
static void test_remarks_that_are_too_long_are_noted(void **state)
{
	const size_t n = (size_t)40 << 20;
	struct arena *a = test_arena();
	enum rtf_kind kind;
	unsigned problems = 0;
	struct buf b;
	span out;

	(void)state;
	buf_init(&b, 3 * n);
	buf_str(&b, "{\\rtf1 a");
	for (int i = 0; i < 2; i++) {
		buf_str(&b, "{\\*\\annotation ");
		assert_true(buf_room(&b, n));
		memset(b.p + b.n, 'x', n);
		b.n += n;
		buf_str(&b, "}");
	}
	buf_str(&b, "\\par b}");
	assert_ok(rtf_text(a, buf_span(&b), &kind, &out, &problems, &e));
	assert_int_equal(out.n, 2 + n + 2);
	assert_int_equal(problems, RTF_LIMIT);
	buf_free(&b);
	arena_free(a);
}

/* MS-OXRTFCP 3.1.1.1 and 3.2.1: the examples of the specification. */
static void test_compressed_rtf_is_undone(void **state)
{
	static const unsigned char one[] = {0x2d, 0, 0, 0, 0x2b, 0, 0, 0, 0x4c, 0x5a, 0x46, 0x75, 0xf1, 0xc5, 0xc7, 0xa7,
		0x03, 0x00, 0x0a, 0x00, 0x72, 0x63, 0x70, 0x67, 0x31, 0x32, 0x35, 0x42, 0x32, 0x0a, 0xf3, 0x20, 0x68, 0x65, 0x6c,
		0x09, 0x00, 0x20, 0x62, 0x77, 0x05, 0xb0, 0x6c, 0x64, 0x7d, 0x0a, 0x80, 0x0f, 0xa0};
	static const unsigned char two[] = {0x1a, 0, 0, 0, 0x1c, 0, 0, 0, 0x4c, 0x5a, 0x46, 0x75, 0xe2, 0xd4, 0x4b, 0x51, 0x41,
		0x00, 0x04, 0x20, 0x57, 0x58, 0x59, 0x5a, 0x0d, 0x6e, 0x7d, 0x01, 0x0e, 0xb0};
	static const unsigned char stored[] = "\x12\0\0\0\x06\0\0\0MELA\0\0\0\0{\\rtf}";
	struct arena *a = test_arena();
	unsigned problems = 0;
	struct err why;
	span out;

	(void)state;
	assert_ok(rtf_decompress(a, span_of(one, sizeof one), &out, &problems, &e));
	assert_span(out, "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
	assert_ok(rtf_decompress(a, span_of(two, sizeof two), &out, &problems, &e));
	assert_span(out, "{\\rtf1 WXYZWXYZWXYZWXYZWXYZ}");
	assert_ok(rtf_decompress(a, span_of(stored, sizeof stored - 1), &out, &problems, &e));
	assert_span(out, "{\\rtf}");
	assert_int_equal(problems, 0);
	/* Its sizes are wrong, the mark of its end stands where it should. */
	for (size_t i = 0; i < 8; i += 4) {
		unsigned char wrong[sizeof one];

		memcpy(wrong, one, sizeof one);
		wrong[i] = 20;
		assert_ok(rtf_decompress(a, span_of(wrong, sizeof wrong), &out, &problems, &e));
		assert_span(out, "{\\rtf1\\ansi\\ansicpg1252\\pard hello world}\r\n");
	}
	for (size_t n = 16; n < sizeof one; n++) {
		problems = 0;
		assert_ok(rtf_decompress(a, span_of(one, n), &out, &problems, &e));
		assert_int_not_equal(problems, 0);
	}
	assert_int_equal(rtf_decompress(a, span_of(one, 15), &out, NULL, &why), ERR_EVIDENCE);
	assert_int_equal(rtf_decompress(a, SPAN_LIT("no RTF at all, but long"), &out, NULL, &why), ERR_EVIDENCE);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_paragraphs_cells_and_named_characters),
		cmocka_unit_test(test_characters_by_code_page_font_and_unicode),
		cmocka_unit_test(test_what_is_no_text_is_left_out_and_hidden_text_is_not),
		cmocka_unit_test(test_a_tracked_change_is_no_one_word_with_what_it_replaced),
		cmocka_unit_test(test_a_link_shows_its_target),
		cmocka_unit_test(test_html_comes_back_as_it_was),
		cmocka_unit_test(test_damage_is_noted_and_never_fails),
		cmocka_unit_test(test_remarks_that_are_too_long_are_noted),
		cmocka_unit_test(test_compressed_rtf_is_undone),
	};

	return cmocka_run_group_tests(tests, open_charsets, NULL);
}
