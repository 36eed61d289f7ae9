/* PDF as programs write it that are rarely met: maps known by their names, signatures that show text, attachments that are sealed. */
#include "base/test.h"

#include "document/document.h"
#include "stream/charset.h"

#define PDF(more, font, text) "%PDF-1.4\n1 0 obj <</Type/Catalog/Pages 2 0 R" more ">> endobj\n2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj\n" \
	"3 0 obj <</Type/Page/Contents 4 0 R/Annots[8 0 R]/Resources 5 0 R>> endobj\n4 0 obj <<>>\nstream\nBT /F1 10 Tf " text " ET\nendstream endobj\n" \
	"5 0 obj <</Font<</F1 " font ">>>> endobj\n"
#define PLAIN "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
#define WIDE(more) "<</Type/Font/Subtype/Type0" more "/DescendantFonts[<</Type/Font/Subtype/CIDFontType2/DW 1000>>]>>"
#define END "trailer <</Root 1 0 R>>\n"

static struct document read(struct arena *a, span content)
{
	struct document d;

	assert_ok(document_read(a, content, NULL, &d, &e));
	return d;
}

static void text_is(span content, const char *want)
{
	struct arena *a = test_arena();
	struct document d = read(a, content);

	assert_span(d.text, want);
	assert_null(d.problem);
	arena_free(a);
}

static void maps_are_known_by_their_names(void **state)
{
	(void)state;
	text_is(SPAN_LIT(PDF("", WIDE("/Encoding/Identity-H/ToUnicode/Identity-H"), "<00540061006c0021> Tj") END), "Tal!\n");
	text_is(SPAN_LIT(PDF("", WIDE("/Encoding/UniGB-UCS2-H"), "<5bc67801003a0020> Tj <00540061006c00340037> Tj") END), "密码: Tal47\n");
	text_is(SPAN_LIT(PDF("", WIDE("/Encoding/UniJIS-UTF16-H"), "<30d130b9> Tj") END), "パス\n");
	text_is(SPAN_LIT(PDF("", WIDE("/Encoding/GBK-EUC-H"), "<c3dcc2eb3a20> Tj (Tal47) Tj") END), "密码: Tal47\n");
	text_is(SPAN_LIT(PDF("", WIDE("/Encoding/90ms-RKSJ-H"), "<8370b8> Tj (Tal47) Tj") END), "パｸTal47\n");
	text_is(SPAN_LIT(PDF("", WIDE("/Encoding/ETen-B5-H"), "<b14b> Tj (Tal47) Tj") END), "密Tal47\n");
	text_is(SPAN_LIT(PDF("", WIDE("/Encoding/KSCms-UHC-H"), "<becf> Tj (Tal47) Tj") END), "암Tal47\n");
	/* Half a character is none. */
	text_is(SPAN_LIT(PDF("", WIDE("/Encoding/GBK-EUC-H"), "<c3> Tj") END), "\xef\xbf\xbd\n");
}

#define HEBREW(text) PDF("", WIDE("/Encoding/Identity-H/ToUnicode/Identity-H"), text) END

static void what_is_written_from_right_to_left_is_read_so(void **state)
{
	(void)state;
	/* The page shows "Tal47 :" and the word for a password, whose first letter is the last one. */
	text_is(SPAN_LIT(HEBREW("<00540061006c00340037> Tj <0020003a> Tj <05d405de05e105d905e1> Tj")), "סיסמה: Tal47\n");
	text_is(SPAN_LIT(HEBREW("<0028> Tj [<05dd05d5> 10 <05dc05e9> <0029>] TJ")), "(שלום)\n");
	text_is(SPAN_LIT(HEBREW("<00610020> Tj <05dd05d505dc05e9> Tj <00200062> Tj")), "a שלום b\n");
	text_is(SPAN_LIT(HEBREW("<00540061006c0021> Tj <0020> Tj <003a> Tj <06310633> Tj <0020> Tj <0041> Tj")), "Tal! :سر A\n");
	/* A letter in the form that it has within a word, two in one glyph. */
	text_is(SPAN_LIT(HEBREW("<fefb> Tj <feeafedf> Tj")), "لهلا\n");
}

static void damaged_is(span content, const char *want, const char *problem)
{
	struct arena *a = test_arena();
	struct document d = read(a, content);

	assert_span(d.text, want);
	if (problem == NULL)
		assert_null(d.problem);
	else
		assert_string_equal(d.problem, problem);
	arena_free(a);
}

#define TEXT_ENDS_NOT "damaged: a text on a page does not end"
#define IMAGE_ENDS_NOT "damaged: an image on a page does not end"
#define NEXT " 0 -14 Td (code Tal-47) Tj"

static void what_does_not_end_takes_no_text_behind_it(void **state)
{
	(void)state;
	damaged_is(SPAN_LIT(PDF("", PLAIN, "(open Tj" NEXT) END), "open \ncode Tal-47\n", TEXT_ENDS_NOT);
	damaged_is(SPAN_LIT(PDF("", PLAIN, "[(open] TJ" NEXT) END), "open] \ncode Tal-47\n", TEXT_ENDS_NOT);
	damaged_is(SPAN_LIT(PDF("", PLAIN, "<6f70656e Tj" NEXT) END), "open\ncode Tal-47\n", TEXT_ENDS_NOT);
	damaged_is(SPAN_LIT(PDF("", PLAIN, "(one) Tj" NEXT " 0 -14 Td /Span <</MCID 0 BDC (two) Tj 0 -14 Td (three) Tj") END), "one\ncode Tal-47\ntwo\nthree\n", TEXT_ENDS_NOT);
	/* As many bytes as are said, an EI in them or not; packed, up to the mark. */
	damaged_is(SPAN_LIT(PDF("", PLAIN, "(one) Tj BI /W 4 /H 2 /BPC 8 /CS /G ID 12 EI 45\nEI" NEXT) END), "one\ncode Tal-47\n", NULL);
	damaged_is(SPAN_LIT(PDF("", PLAIN, "(one) Tj BI /W 2 /H 2 /CS /G /F /Fl ID 1234567\nEI" NEXT) END), "one\ncode Tal-47\n", NULL);
	damaged_is(SPAN_LIT(PDF("", PLAIN, "(one) Tj BI /W 4 /H 2 /BPC 8 /CS /G ID 12345678\n" NEXT) END), "one\ncode Tal-47\n", IMAGE_ENDS_NOT);
	damaged_is(SPAN_LIT(PDF("", PLAIN, "(one) Tj BI /W 4 /H 2 /F /Fl ID 12 ET BT /F1 10 Tf 0 -14 Td (two) Tj") END), "one\ntwo\n", IMAGE_ENDS_NOT);
	/* The word alone is none. */
	damaged_is(SPAN_LIT(PDF("", PLAIN, "(one) Tj BI 0 -14 Td (your ID) Tj" NEXT) END), "one\nyour ID\ncode Tal-47\n", IMAGE_ENDS_NOT);
}

static void a_signature_shows_what_it_says(void **state)
{
	(void)state;
	text_is(SPAN_LIT(PDF("", PLAIN, "(x) Tj")
	    "6 0 obj <</Type/Sig/Contents<0102>>> endobj\n7 0 obj <</Subtype/Form/Resources 5 0 R>>\nstream\nBT /F1 10 Tf (Signed, code Tal-47) Tj ET\nendstream endobj\n"
	    "8 0 obj <</Subtype/Widget/FT/Sig/V 6 0 R/AP<</N 7 0 R>>>> endobj\n" END), "x\nSigned, code Tal-47\n");
	/* The value of another field says it already. */
	text_is(SPAN_LIT(PDF("", PLAIN, "(x) Tj")
	    "7 0 obj <</Subtype/Form/Resources 5 0 R>>\nstream\nBT /F1 10 Tf (shown) Tj ET\nendstream endobj\n"
	    "8 0 obj <</Subtype/Widget/FT/Tx/T(name)/V(value)/AP<</N 7 0 R>>>> endobj\n" END), "x\nname: value\nT: name\n");
}

#define SEALED(of_streams) PDF("/Names<</EmbeddedFiles<</Names[(a)<</F(a.txt)/EF<</F 9 0 R>>>>]>>>>", PLAIN, "(open) Tj") \
	"9 0 obj <</Type/EmbeddedFile>>\nstream\n0123456789abcdef0123456789abcdef\nendstream endobj\n" \
	"10 0 obj <</Filter/Standard/V 4/R 4/Length 128/P -4/O(0123456789abcdef0123456789abcdef)/U(0123456789abcdef0123456789abcdef)" \
	"/CF<</StdCF<</CFM/AESV2/AuthEvent/EFOpen>>>>/StmF/" of_streams "/StrF/Identity/EFF/StdCF>> endobj\n" \
	"trailer <</Root 1 0 R/Encrypt 10 0 R/ID[(0123456789abcdef)(0123456789abcdef)]>>\n"

static void pages_are_read_though_what_is_attached_is_sealed(void **state)
{
	struct arena *a = test_arena();
	struct document d = read(a, SPAN_LIT(SEALED("Identity")));
	struct err e;

	(void)state;
	assert_span(d.text, "open\n");
	assert_string_equal(d.problem, "an attached file is encrypted: needs a password");
	assert_int_equal(document_read(a, SPAN_LIT(SEALED("StdCF")), NULL, &d, &e), ERR_EVIDENCE);
	arena_free(a);
}

/* Three glyphs: "fi", one that is called by its number, and by a supplement to the encoding "B". */
#define CFF "01000401000101010241000101010d1c00290f1c002e101c0036110001010108" \
	"756e6930304534000000006d01878002010201030023000301010203040e0e0e"
#define EMBEDDED(more, program) PDF("", "<</Type/Font/Subtype/Type1" more "/FontDescriptor<</Flags 4/FontFile3 9 0 R>>>>", "<010203> Tj") \
	"9 0 obj <</Subtype/Type1C/Filter/ASCIIHexDecode>>\nstream\n" program ">\nendstream endobj\n" END

static void a_font_of_type_1c_says_what_its_codes_are(void **state)
{
	(void)state;
	text_is(SPAN_LIT(EMBEDDED("", CFF)), "fiäB\n");
	text_is(SPAN_LIT(EMBEDDED("/Encoding<</Differences[2/ff]>>", CFF)), "fiffB\n");
	/* One whose tables lie beyond its end says nothing. */
	text_is(SPAN_LIT(EMBEDDED("", "01000401000101010241000101010d1cffff0f1cfff0101cfff011000101010161000000")), "\357\277\275\357\277\275\357\277\275\n");
}

static void a_word_that_a_line_divides_is_read_as_one_too(void **state)
{
	(void)state;
	text_is(SPAN_LIT(PDF("", PLAIN, "(the pass-) Tj 0 -12 Td (word, of 5-) Tj 0 -12 Td (days, Berg-) Tj 0 -12 Td (Tal) Tj") END),
	    "the pass-\nword, of 5-\ndays, Berg-\nTal\npassword\n");
}

static void what_is_raised_stays_in_its_line(void **state)
{
	(void)state;
	text_is(SPAN_LIT(PDF("", PLAIN, "(the pass) Tj /F1 6 Tf 4 Ts (1) Tj /F1 10 Tf 0 Ts (word: Tal) Tj 0 -12 Td (x) Tj") END), "the pass1word: Tal\nx\n");
	text_is(SPAN_LIT(PDF("", PLAIN, "(PIN 4711) Tj /F1 6 Tf 4 Ts (2) Tj /F1 10 Tf 0 Ts (, new) Tj") END), "PIN 4711 2, new\n");
	text_is(SPAN_LIT(PDF("", PLAIN, "/F1 20 Tf (H) Tj /F1 6 Tf -5 Ts (2) Tj /F1 20 Tf 0 Ts (O) Tj") END), "H2O\n");
}

static void a_pdf_that_lost_its_header_is_read(void **state)
{
	(void)state;
	text_is(span_from(SPAN_LIT(PDF("", PLAIN, "(Tal47) Tj") END), strlen("%PDF-1.4\n")), "Tal47\n");
	assert_int_equal(document_kind(SPAN_LIT("%\xe2\xe3\xcf\xd3\r\n7 0 obj<</Length 5>>")), DOCUMENT_PDF);
	assert_int_equal(document_kind(SPAN_LIT("% 1 0 obj <<\nis how one begins")), DOCUMENT_NONE);
	assert_int_equal(document_kind(SPAN_LIT("1 0 objections")), DOCUMENT_NONE);
}

/* As troff shows "how they": the last letter of a word and the first of the next are a string of their own, whose character spacing is the gap. */
static void a_name_is_the_same_in_other_signs(void **state)
{
	(void)state;
	text_is(SPAN_LIT("%PDF-1.4\n1 0 obj <</Type/Page/Contents 2 0 R/Resources <</Font <</A#2CBold <</Type/Font/Subtype/Type1/BaseFont/Helvetica>> >> >> >> endobj\n"
			 "2 0 obj <</Len#67th 60>> stream\nBT /A,Bold 10 Tf 1 0 0 1 72 700 Tm (code Tal-47) Tj ET\nendstream endobj\n"), "code Tal-47\n");
}

static void less_parts_words_than_letters(void **state)
{
	(void)state;
	/* 0.14 of the size: between words that are shown each alone a space, between letters, and before a mark, which stands off what is slanted, none. */
	text_is(SPAN_LIT(PDF("", PLAIN, "(has) Tj 17.52 0 Td (gone) Tj 0 -12 Td (h) Tj 6.96 0 Td (o) Tj 0 -12 Td (has) Tj 17.52 0 Td (\\)x) Tj") END), "has gone\nho\nhas)x\n");
}

static void an_accent_and_the_letter_below_it_are_one(void **state)
{
	(void)state;
	text_is(SPAN_LIT(PDF("", PLAIN, "(Gral) Tj 19 0 Td (\\302) Tj 0.1 0 Td (nski) Tj 0 -12 Td (caf\\302) Tj 13.34 0 Td (e 47) Tj 0 -12 Td (x^) Tj 9 0 Td (2) Tj 0 -12 Td (a~) Tj 40 0 Td (n) Tj"
	    " -40 -12 Td (x~) Tj 5 -12 Td (n) Tj") END), "Gral\xc5\x84ski\ncaf\xc3\xa9 47\nx^2\na~\tn\nx~\nn\n");
}

static void a_line_runs_in_any_direction(void **state)
{
	(void)state;
#define ROW "(user) Tj 23 0 Td (ada) Tj 60 0 Td (Tal-47) Tj -83 -14 Td (next) Tj"
	text_is(SPAN_LIT(PDF("", PLAIN, "0 1 -1 0 200 100 Tm " ROW) END), "user ada\tTal-47\nnext\n");
	text_is(SPAN_LIT(PDF("", PLAIN, "0 -1 1 0 200 400 Tm " ROW) END), "user ada\tTal-47\nnext\n");
	text_is(SPAN_LIT(PDF("", PLAIN, "0.7 0.7 -0.7 0.7 200 100 Tm " ROW) END), "user ada\tTal-47\nnext\n");
	text_is(SPAN_LIT(PDF("", PLAIN, "0.5 0 0 1 200 400 Tm " ROW) END), "user ada\tTal-47\nnext\n");
#undef ROW
}

static void a_spacing_that_two_letters_have_alone_is_a_gap(void **state)
{
	(void)state;
	text_is(SPAN_LIT(PDF("", PLAIN, "(ho) Tj 3 Tc 11.12 0 Td (wt) Tj 0 Tc 13 0 Td (he) Tj 3 Tc 11.12 0 Td (yT) Tj 0 Tc 14.11 0 Td (al) Tj") END), "how they Tal\n");
	text_is(SPAN_LIT(PDF("", PLAIN, "3 Tc (Ta) Tj (l4) Tj (79) Tj") END), "Tal479\n");
	text_is(SPAN_LIT(PDF("", PLAIN, "(Tal ) Tj 3 Tc (47) Tj 0 Tc 0 -12 Td (ho) Tj -0.2 Tc 11.12 0 Td (we) Tj") END), "Tal 47\nhowe\n");
}

/* Its code is that of a soft hyphen in the charsets that the encodings are made of. */
static void a_hyphen_is_shown_however_it_is_called(void **state)
{
	(void)state;
	text_is(SPAN_LIT(PDF("", "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>", "(Tal\\25547) Tj") END), "Tal-47\n");
}

#define CODED(names) "<</Type/Font/Subtype/Type3/Encoding<</Differences[65" names "]>>>>"
#define ADOBE(ordering) "<</Type/Font/Subtype/Type0/Encoding/Identity-H/DescendantFonts[<</Type/Font/Subtype/CIDFontType0/CIDSystemInfo<</Ordering(" ordering ")>>/DW 1000>>]>>"

static void names_of_glyphs_may_stand_for_several_letters_or_for_their_code(void **state)
{
	(void)state;
	text_is(SPAN_LIT(PDF("", CODED("/f_i/T.sc/a_b_c.alt/uni00E40042"), "(ABCD) Tj") END), "fiTabcäB\n");
	text_is(SPAN_LIT(PDF("", CODED("/afii10017/afii10049/afii10097/alpha/iogonek/scommaaccent"), "(ABCDEF) Tj") END), "АЯяαįș\n");
	text_is(SPAN_LIT(PDF("", CODED("/a65/C66/g9"), "(AB) Tj") END), "AB\n");
}

static void collections_of_adobe_begin_with_ascii(void **state)
{
	(void)state;
	text_is(SPAN_LIT(PDF("", ADOBE("Japan1"), "<00350042004d000e001800180012> Tj") END), "Tal-771\n");
}

static void fonts_of_windows_have_the_glyphs_of_the_macintosh(void **state)
{
	(void)state;
#define CORE(name) "<</Type/Font/Subtype/Type0/BaseFont/" name "/Encoding/Identity-H/DescendantFonts[<</Subtype/CIDFontType2/BaseFont/" name ">>]>>"
	text_is(SPAN_LIT(PDF("", CORE("ArialMT"), "<00370044004f00100017001a0070> Tj") END), "Tal-47\xc3\xa9\n");
	text_is(SPAN_LIT(PDF("", CORE("Times#20New#20Roman,Bold"), "<00370044004f> Tj") END), "Tal\n");
	text_is(SPAN_LIT(PDF("", CORE("Calibri"), "<00370044004f> Tj") END), "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\n");
#undef CORE
}

static void letters_that_a_font_does_not_name_are_told(void **state)
{
	struct arena *a = test_arena();
	struct document d = read(a, SPAN_LIT(PDF("", CODED("/g0/g1/g2/g3/g4"), "(ABCDE) Tj") END));

	(void)state;
	assert_string_equal(d.problem, "fonts in it do not say which letters they have: these were not read");
	/* Words among many that are read. */
	d = read(a, SPAN_LIT(PDF("", PLAIN, "(one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty) Tj"
	    " (\x01\x02\x03\x04 \x01\x02\x03\x04 \x01\x02\x03\x04) Tj") END));
	assert_string_equal(d.problem, "fonts in it do not say which letters they have: these were not read");
	/* One ornament among words is none of these. */
	text_is(SPAN_LIT(PDF("", CODED("/g0/x/y"), "(ABCBC) Tj") END), "\xef\xbf\xbdxyxy\n");
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(maps_are_known_by_their_names),
	    cmocka_unit_test(names_of_glyphs_may_stand_for_several_letters_or_for_their_code),
	    cmocka_unit_test(collections_of_adobe_begin_with_ascii),
	    cmocka_unit_test(fonts_of_windows_have_the_glyphs_of_the_macintosh),
	    cmocka_unit_test(letters_that_a_font_does_not_name_are_told),
	    cmocka_unit_test(a_font_of_type_1c_says_what_its_codes_are),
	    cmocka_unit_test(a_word_that_a_line_divides_is_read_as_one_too),
	    cmocka_unit_test(a_name_is_the_same_in_other_signs),
	    cmocka_unit_test(less_parts_words_than_letters),
	    cmocka_unit_test(an_accent_and_the_letter_below_it_are_one),
	    cmocka_unit_test(a_line_runs_in_any_direction),
	    cmocka_unit_test(what_is_raised_stays_in_its_line),
	    cmocka_unit_test(a_pdf_that_lost_its_header_is_read),
	    cmocka_unit_test(a_spacing_that_two_letters_have_alone_is_a_gap),
	    cmocka_unit_test(a_hyphen_is_shown_however_it_is_called),
	    cmocka_unit_test(what_is_written_from_right_to_left_is_read_so),
	    cmocka_unit_test(what_does_not_end_takes_no_text_behind_it),
	    cmocka_unit_test(a_signature_shows_what_it_says),
	    cmocka_unit_test(pages_are_read_though_what_is_attached_is_sealed),
	};
	struct err e = {0};

	return charset_open(&e) != OK ? 1 : cmocka_run_group_tests(tests, NULL, NULL);
}
