/* Documents that anybody can read in this file: what is their text, and where does it stand? */
#include "document/document.h"

#include <stdlib.h>

#include "base/buf.h"
#include "base/test.h"
#include "stream/xml.h"
#include "document/zip.h"
#include "stream/charset.h"

/* ---- a small ZIP writer: members are stored, which is all that a reader must be shown ------------------------------ */

struct member { const char *name, *text; };

static void u16(struct buf *b, unsigned v)
{
	buf_u8(b, (uint8_t)v);
	buf_u8(b, (uint8_t)(v >> 8));
}

static void head(struct buf *b, const struct member *m)
{
	u16(b, 20);
	u16(b, 0);
	u16(b, 0); /* stored */
	buf_u32(b, 0);
	buf_u32(b, 0);
	buf_u32(b, (uint32_t)strlen(m->text));
	buf_u32(b, (uint32_t)strlen(m->text));
	u16(b, (unsigned)strlen(m->name));
}

static span zip_of(const struct member *m, size_t n, bool directory)
{
	static struct buf b;
	uint32_t at[16], start;

	if (b.max == 0)
		buf_init(&b, 1 << 23);
	buf_clear(&b);
	for (size_t i = 0; i < n; i++) {
		at[i] = (uint32_t)b.n;
		buf_str(&b, "PK\3\4");
		head(&b, &m[i]);
		u16(&b, 0);
		buf_str(&b, m[i].name);
		buf_str(&b, m[i].text);
	}
	start = (uint32_t)b.n;
	for (size_t i = 0; i < n && directory; i++) {
		buf_str(&b, "PK\1\2");
		u16(&b, 20);
		head(&b, &m[i]);
		u16(&b, 0);
		u16(&b, 0);
		u16(&b, 0);
		u16(&b, 0);
		buf_u32(&b, 0);
		buf_u32(&b, at[i]);
		buf_str(&b, m[i].name);
	}
	if (directory) {
		uint32_t size = (uint32_t)b.n - start;

		buf_str(&b, "PK\5\6");
		u16(&b, 0);
		u16(&b, 0);
		u16(&b, (unsigned)n);
		u16(&b, (unsigned)n);
		buf_u32(&b, size);
		buf_u32(&b, start);
		u16(&b, 0);
	}
	return buf_span(&b);
}

static struct document read(span bytes)
{
	struct document d;
	struct err e = {0};

	if (document_read(test_arena_kept(), bytes, NULL, &d, &e) != OK)
		fail_msg("%s", e.text);
	return d;
}

static void text_is(const struct document *d, const char *want)
{
	if (d->text.n != strlen(want))
		print_error("got %.*s\n", (int)d->text.n, (const char *)d->text.p);
	assert_int_equal(d->text.n, strlen(want));
	assert_memory_equal(d->text.p, want, d->text.n);
}

static void stands(const struct document *d, const char *word, const char *where)
{
	size_t at = span_find(d->text, span_str(word));

	assert_true(at < d->text.n);
	assert_string_equal(document_where(test_arena_kept(), d, at), where);
}

/* Cut at every length a document gives what it has, or says why not; it never reads past its end. */
static void is_safe_cut(span whole)
{
	for (size_t n = 0; n < whole.n; n++) {
		unsigned char *copy = malloc(n + 1);
		struct arena *a;
		struct document d;
		struct err e;

		assert_non_null(copy);
		memcpy(copy, whole.p, n);
		if (arena_new(&a, 1 << 26, &e) != OK)
			fail();
		(void)!document_read(a, span_of(copy, n), NULL, &d, &e);
		arena_free(a);
		free(copy);
	}
}

#define N_OF(a) (sizeof(a) / sizeof *(a))

static void a_tag_ends_outside_its_quotes_wherever_it_does(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	for (int pad = 0; pad < 40; pad++)
		for (int more = 0; more < 20; more++) {
			struct xml x;

			buf_clear(&b);
			buf_printf(&b, "<p:a b='\"%*s>' c=\"'%*s>/\" d=''/>T", pad, "", more, "");
			x = xml_of(buf_span(&b));
			assert_int_equal(xml_next(&x), XML_OPEN);
			assert_true(xml_is(&x, "a") && x.empty);
			assert_int_equal(xml_attribute(&x, "b").n, pad + 2);
			assert_int_equal(xml_attribute(&x, "c").n, more + 3);
			assert_int_equal(xml_next(&x), XML_CLOSE);
			assert_int_equal(xml_next(&x), XML_TEXT);
			assert_true(span_eq(x.text, SPAN_LIT("T")));
			/* One that never ends takes what there is. */
			for (size_t n = 1; n + 1 < b.n; n++) {
				x = xml_of(span_first(buf_span(&b), n));
				(void)xml_next(&x);
				assert_int_equal(x.rest.n, 0);
			}
		}
	buf_free(&b);
}

static void xml_is_read_event_by_event(void **state)
{
	struct xml x = xml_of(SPAN_LIT("<?xml version='1.0'?><!DOCTYPE r [<!ENTITY e 'x'>]><r:a b='1' c:d=\"x > y\">T&amp;<!-- <no> --><e/><![CDATA[<&]]></r:a>"));
	struct buf b;

	(void)state;
	buf_init(&b, 1000);
	assert_int_equal(xml_next(&x), XML_OPEN);
	assert_true(xml_is(&x, "a"));
	assert_true(span_eq(xml_attribute(&x, "d"), SPAN_LIT("x > y")));
	assert_null(xml_attribute(&x, "z").p);
	assert_int_equal(xml_next(&x), XML_TEXT);
	xml_unescape(&b, x.text);
	assert_string_equal(buf_cstr(&b), "T&");
	assert_int_equal(xml_next(&x), XML_OPEN);
	assert_int_equal(xml_next(&x), XML_CLOSE);
	assert_true(xml_is(&x, "e"));
	assert_int_equal(xml_next(&x), XML_TEXT);
	assert_true(x.cdata && span_eq(x.text, SPAN_LIT("<&")));
	assert_int_equal(xml_next(&x), XML_CLOSE);
	assert_int_equal(xml_next(&x), XML_END);
	buf_clear(&b);
	xml_unescape(&b, SPAN_LIT("&#228;&#xE4;&unknown;&#xD800;& "));
	assert_string_equal(buf_cstr(&b), "ää&unknown;&#xD800;& ");
	buf_free(&b);
}

static void a_text_document_is_lines_and_its_tables_have_tabs(void **state)
{
	static const struct member m[] = {{"[Content_Types].xml", "<Types/>"},
	    {"word/document.xml", "<w:document><w:body><w:p><w:r><w:t>Dear &lt;Ann&gt;,</w:t></w:r></w:p><w:p><w:del><w:delText>old secret</w:delText></w:del></w:p>"
				  "<w:tbl><w:tr><w:tc><w:p><w:t>User</w:t></w:p></w:tc><w:tc><w:p><w:t>Password</w:t></w:p></w:tc></w:tr>"
				  "<w:tr><w:tc><w:p><w:t>bob</w:t></w:p></w:tc><w:tc><w:p><w:t>Tree!9</w:t></w:p></w:tc></w:tr></w:tbl></w:body></w:document>"},
	    {"word/comments.xml", "<w:comments><w:comment><w:p><w:t>who knows?</w:t></w:p></w:comment></w:comments>"}};
	struct document d = read(zip_of(m, N_OF(m), true));

	(void)state;
	text_is(&d, "Dear <Ann>,\n\nUser\tPassword\nbob\tTree!9\nold secret\nwho knows?\n");
	assert_null(d.problem);
	stands(&d, "old", "before changes of text, paragraph 2");
	stands(&d, "who", "comments, paragraph 1");
	d = read(zip_of(m, N_OF(m), false));
	text_is(&d, "Dear <Ann>,\n\nUser\tPassword\nbob\tTree!9\nold secret\nwho knows?\n");
	assert_non_null(d.problem);
	is_safe_cut(zip_of(m, N_OF(m), true));
}

/* A password that was changed with changes tracked: both of them, each behind its label. */
static void a_tracked_change_gives_the_text_as_it_is_and_as_it_was(void **state)
{
	static const struct member docx[] = {{"[Content_Types].xml", "<Types/>"},
	    {"word/document.xml", "<w:document><w:p><w:r><w:t>pin: </w:t></w:r><w:del><w:r><w:delText>4711</w:delText></w:r></w:del><w:ins><w:r><w:t>4712</w:t></w:r></w:ins></w:p>"
				  "<w:tbl><w:tr><w:tc><w:p><w:t>pin</w:t></w:p></w:tc><w:tc><w:p><w:moveFrom><w:t>1</w:t></w:moveFrom><w:ins><w:t>2</w:t></w:ins></w:p></w:tc></w:tr></w:tbl>"
				  "<w:p><w:fldChar/><w:instrText>LINK &quot;a</w:instrText><w:instrText>b&quot;</w:instrText><w:fldChar/><w:t>go</w:t></w:p></w:document>"}};
	static const struct member odt[] = {{"mimetype", "application/vnd.oasis.opendocument.text"},
	    {"content.xml", "<office:text><text:tracked-changes><text:changed-region text:id='a'><text:deletion><office:change-info><dc:date>x</dc:date></office:change-info>"
			    "<text:p>4711</text:p></text:deletion></text:changed-region></text:tracked-changes>"
			    "<text:p>pin: <text:change text:change-id='a'/><text:change-start text:change-id='b'/>4712<text:change-end text:change-id='b'/></text:p></office:text>"}};
	static const struct member noted[] = {{"mimetype", "application/vnd.oasis.opendocument.text"},
	    {"content.xml", "<office:text><text:tracked-changes><text:changed-region text:id='a'><text:deletion><text:p>4711</text:p></text:deletion></text:changed-region>"
			    "</text:tracked-changes><text:p>pin: <text:change text:change-id='a'/>four<office:annotation><text:p>pin: 4713</text:p></office:annotation></text:p></office:text>"}};
	struct document d = read(zip_of(docx, N_OF(docx), true));

	(void)state;
	text_is(&d, "pin: 4712\npin\t2\ngo\npin: 4711\npin\t1\nLINK \"ab\"\n");
	stands(&d, "4711", "before changes of text, paragraph 1");
	stands(&d, "LINK", "beside text, paragraph 4");
	is_safe_cut(zip_of(docx, N_OF(docx), true));
	d = read(zip_of(odt, N_OF(odt), true));
	text_is(&d, "4711\npin: 4712\npin: 4711\n");
	stands(&d, "pin: 4711", "before changes of text, paragraph 2");
	d = read(zip_of(noted, N_OF(noted), true));
	text_is(&d, "4711\npin: four\npin: 4713\npin: 4711four\n");
	is_safe_cut(zip_of(odt, N_OF(odt), true));
}

static void what_a_package_unpacks_to_is_bounded_in_all(void **state)
{
	static const struct member m[] = {{"one", "0123456789"}, {"two", "abcdefghij"}, {"three", "x"}};
	struct arena *a = test_arena();
	const char *why;
	struct zip z;
	span out;

	(void)state;
	assert_ok(zip_open(a, zip_of(m, N_OF(m), true), 10, 15, &z, &e));
	assert_ok(zip_read(a, &z, zip_find(&z, SPAN_LIT("one")), 100, &out, &why, &e));
	assert_true(span_eq(out, SPAN_LIT("0123456789")));
	assert_null(why);
	assert_ok(zip_read(a, &z, zip_find(&z, SPAN_LIT("two")), 100, &out, &why, &e));
	assert_true(span_eq(out, SPAN_LIT("abcde")));
	assert_string_equal(why, "more in it, unpacked, than is read of a document");
	assert_ok(zip_read(a, &z, zip_find(&z, SPAN_LIT("three")), 100, &out, &why, &e));
	assert_int_equal(out.n, 0);
	assert_non_null(why);
	arena_free(a);
}

static void a_sheet_is_a_line_a_row_and_knows_its_cells(void **state)
{
	static const struct member m[] = {{"[Content_Types].xml", "<Types/>"},
	    {"xl/workbook.xml", "<workbook><sheets><sheet name=\"Hosts &amp; keys\" r:id=\"r1\"/><sheet name='Old' state='hidden' r:id=\"r2\"/></sheets></workbook>"},
	    {"xl/_rels/workbook.xml.rels", "<Relationships><Relationship Id='r1' Target='worksheets/a.xml'/><Relationship Id='r2' Target='/xl/worksheets/b.xml'/></Relationships>"},
	    {"xl/sharedStrings.xml", "<sst><si><t>Host</t></si><si><r><t>Pass</t></r><r><t>word</t></r><rPh><t>x</t></rPh></si></sst>"},
	    {"xl/styles.xml", "<styleSheet><numFmts><numFmt numFmtId='170' formatCode='d.m.yyyy'/><numFmt numFmtId='171' formatCode='0&quot;d&quot;'/>"
			      "<numFmt numFmtId='173' formatCode='0000'/><numFmt numFmtId='172' formatCode='_-* #,##0.00 _D_M_-'/></numFmts>"
			      "<cellXfs><xf numFmtId='0'/><xf numFmtId='170'/><xf numFmtId='171'/><xf numFmtId='172'/><xf numFmtId='173'/></cellXfs></styleSheet>"},
	    {"xl/worksheets/a.xml", "<worksheet><sheetData><row r='1'><c r='A1' t='s'><v>0</v></c><c r='C1' t='s'><v>1</v></c></row>"
				    "<row r='4'><c r='A4' t='inlineStr'><is><t>web1\n(new)</t></is></c><c r='C4' t='str'><f>A1</f><v>Kiwi</v></c></row>"
				    "<row r='5'><c r='A5' s='1'><v>28563</v></c><c r='B5' s='2'><v>28563</v></c><c r='C5' s='3'><v>48000</v></c><c r='D5' s='4'><v>42</v></c><c r='E5' s='4'><v>3.5</v></c></row></sheetData></worksheet>"},
	    {"xl/worksheets/b.xml", "<worksheet><sheetData><row><c t='n'><v>4.5</v></c></row></sheetData>"
				    "<headerFooter><oddFooter>&amp;L&amp;&quot;Arial,Bold&quot;&amp;12&amp;K01+000Ann &amp;D&amp;RR&amp;&amp;D &amp; Co</oddFooter></headerFooter></worksheet>"},
	    {"xl/comments1.xml", "<comments><commentList><comment ref='AB12'><text><t>ask Ann</t></text></comment></commentList></comments>"}};
	struct document d = read(zip_of(m, N_OF(m), true));

	(void)state;
	text_is(&d, "Host\t\tPassword\nweb1 (new)\t\tKiwi\n1978-03-14\t28563\t48000\t0042\t3.5\n\n4.5\n Ann  R&D & Co\nask Ann\nHosts & keys\nOld\n");
	stands(&d, "Old", "names of sheets");
	stands(&d, "Kiwi", "sheet Hosts & keys, cell C4");
	stands(&d, "4.5", "hidden sheet Old, cell A1");
	stands(&d, "ask", "comments, cell AB12");
	is_safe_cut(zip_of(m, N_OF(m), true));
}

static void an_open_document_is_read_and_one_with_a_password_says_so(void **state)
{
	static const struct member m[] = {{"mimetype", "application/vnd.oasis.opendocument.spreadsheet"},
	    {"content.xml", "<office:document-content><table:table table:name='One'><table:table-row><table:table-cell><text:p>a<text:s text:c='2'/>b</text:p></table:table-cell>"
			    "<table:table-cell table:number-columns-repeated='2'/><table:table-cell><text:p>c</text:p></table:table-cell></table:table-row></table:table></office:document-content>"}};
	static const struct member sealed[] = {{"mimetype", "application/vnd.oasis.opendocument.text"}, {"content.xml", "x"},
	    {"META-INF/manifest.xml", "<manifest:file-entry><manifest:encryption-data/></manifest:file-entry>"}};
	struct document d = read(zip_of(m, N_OF(m), true));
	struct err e;

	(void)state;
	text_is(&d, "a  b\t\t\tc\nOne\n");
	stands(&d, "a", "sheet One, cell A1");
	is_safe_cut(zip_of(m, N_OF(m), true));
	assert_int_equal(document_read(test_arena_kept(), zip_of(sealed, N_OF(sealed), true), NULL, &d, &e), ERR_EVIDENCE);
	assert_string_equal(e.text, "encrypted OpenDocument document: needs a password");
}

/* Where a package keeps pictures, or what the program alone uses, somebody may have put words. */
static void words_in_folders_of_pictures_are_read(void **state)
{
	static const struct member docx[] = {{"[Content_Types].xml", "<Types/>"}, {"word/document.xml", "<w:document><w:p><w:t>x</w:t></w:p></w:document>"},
	    {"word/media/notes.txt", "Note-Word"}, {"word/media/a.xml", "<a>Media-Word</a>"}, {"customXml/Pictures/x.xml", "<a>Custom-Word</a>"},
	    {"word/fonts/a.html", "<p>Font-Word</p>"}, {"docProps/thumbnail.csv", "a,Thumb-Word"}, {"word/vbaProject.xml", "<a>Macro-Word</a>"},
	    {"word/embeddings/a.xml", "<a>Embedded-Word</a>"}, {"customXml/a.xml/[0].piece", "<a>Piece-Word</a>"},
	    {"word/media/a.png", "\x89PNG Picture-Word"}, {"word/media/a.mp4", "\1Film-Word"}, {"word/webSettings.xml", "<a>Web-Word</a>"}};
	static const struct member odt[] = {{"mimetype", "application/vnd.oasis.opendocument.text"}, {"content.xml", "<office:text><text:p>x</text:p></office:text>"},
	    {"x/embeddings/a.xml", "<a>Embedded-Word</a>"}, {"Pictures/a.txt", "Note-Word"}, {"Thumbnails/thumbnail.png", "\x89PNG Picture-Word"}};
	static const char *const read_of_docx[] = {"Note-Word", "Media-Word", "Custom-Word", "Font-Word", "Thumb-Word", "Macro-Word", "Embedded-Word", "Piece-Word",
	    "Web-Word"};
	struct document d = read(zip_of(docx, N_OF(docx), true));

	(void)state;
	for (size_t i = 0; i < N_OF(read_of_docx); i++)
		assert_int_equal(times(d.text, read_of_docx[i]), 1);
	assert_int_equal(times(d.text, "-Word"), N_OF(read_of_docx));
	assert_null(d.problem);
	d = read(zip_of(odt, N_OF(odt), true));
	assert_int_equal(times(d.text, "Embedded-Word"), 1);
	assert_int_equal(times(d.text, "Note-Word"), 1);
	assert_int_equal(times(d.text, "-Word"), 2);
}

/* The directory does not name the last member: it is read all the same, and told. What a DTD holds is told alone. */
static void a_member_that_the_directory_of_a_document_leaves_out_is_read(void **state)
{
	static const struct member dtd[] = {{"[Content_Types].xml", "<Types/>"}, {"word/document.xml", "<!DOCTYPE d [<!ENTITY e 'x'>]><w:document><w:p><w:t>a &e;</w:t></w:p></w:document>"}};
	static const struct member m[] = {{"[Content_Types].xml", "<Types/>"}, {"word/document.xml", "<w:document><w:p><w:t>One-Word</w:t></w:p></w:document>"},
	    {"word/comments.xml", "<w:comments><w:p><w:t>Two-Word</w:t></w:p></w:comments>"}};
	span zip = zip_of(m, N_OF(m), true);
	unsigned char *p = arena_alloc(test_arena_kept(), zip.n);
	struct document d;

	(void)state;
	assert_non_null(p);
	memcpy(p, zip.p, zip.n);
	assert_int_equal(p[zip.n - 12], N_OF(m));
	p[zip.n - 12] = p[zip.n - 14] = N_OF(m) - 1;
	d = read(span_of(p, zip.n));
	text_is(&d, "One-Word\nTwo-Word\n");
	assert_string_equal(d.problem, "damaged: its directory is not whole");
	d = read(zip_of(dtd, N_OF(dtd), true));
	assert_string_equal(d.problem, "XML with entities of its own: what they stand for was not read");
}

/* With a flag in the directory that says so of that member (APPNOTE 4.4.4). */
static span encrypted(span zip, const char *name)
{
	span first = span_from(zip, span_find(zip, span_str(name)) + 1);
	size_t at = zip.n - first.n + span_find(first, span_str(name));
	unsigned char *p = arena_alloc(test_arena_kept(), zip.n);

	assert_in_range(at, 46, zip.n - 1);
	memcpy(p, zip.p, zip.n);
	p[at - 46 + 8] |= 1;
	return span_of(p, zip.n);
}

#define GLYPHS(text) "<FixedPage><Glyphs UnicodeString='" text "'/></FixedPage>"

static void pages_of_an_xps_are_joined_of_their_pieces(void **state)
{
	static const struct member m[] = {{"[Content_Types].xml", "<Types/>"}, {"P/1.fpage/[1].last.piece", "word: One-Word'/></FixedPage>"},
	    {"P/2.fpage", GLYPHS("Two-Word")}, {"P/3.fpage/[2].last.piece", "Three-Word'/></FixedPage>"}, {"P/1.fpage/[0].piece", "<FixedPage><Glyphs UnicodeString='pass"},
	    {"P/3.fpage/[0].piece", "<FixedPage><Glyphs UnicodeS"}, {"P/3.fpage/[1].piece", "tring='word: "}};
	static const struct member gap[] = {{"[Content_Types].xml", "<Types/>"}, {"P/1.fpage/[0].piece", "<FixedPage><Glyphs UnicodeString='One-Word'/>"},
	    {"P/1.fpage/[2].last.piece", "<Glyphs UnicodeString='Two-Word'/></FixedPage>"}};
	static const struct member headless[] = {{"[Content_Types].xml", "<Types/>"}, {"P/1.fpage/[1].last.piece", "<Glyphs UnicodeString='Two-Word'/></FixedPage>"}};
	struct document d = read(zip_of(m, N_OF(m), true));

	(void)state;
	text_is(&d, "Two-Word\npassword: One-Word\nword: Three-Word\n");
	stands(&d, "Two-Word", "page 1");
	assert_null(d.problem);
	d = read(zip_of(gap, N_OF(gap), true));
	text_is(&d, "One-WordTwo-Word\n");
	assert_string_equal(d.problem, "damaged: a page in pieces that are not all there");
	d = read(zip_of(gap, 2, true));
	text_is(&d, "One-Word\n");
	assert_string_equal(d.problem, "damaged: a page in pieces that are not all there");
	d = read(zip_of(headless, N_OF(headless), true));
	text_is(&d, "Two-Word\n");
	assert_non_null(d.problem);
	is_safe_cut(zip_of(m, N_OF(m), true));
	/* One that cannot be read says why, and the others are. */
	d = read(encrypted(zip_of(m, N_OF(m), true), "P/3.fpage/[0].piece"));
	assert_int_equal(times(d.text, "One-Word"), 1);
	assert_string_equal(d.problem, "encrypted");
}

/* A run of glyphs is one attribute. */
static void a_long_run_of_an_xps_is_read_to_its_end(void **state)
{
	struct member m[] = {{"[Content_Types].xml", "<Types/>"}, {"P/1.fpage", NULL}};
	struct document d;
	struct buf b;

	(void)state;
	buf_init(&b, 1 << 23);
	buf_str(&b, "<FixedPage><Glyphs UnicodeString='");
	for (unsigned i = 0; i < 3 << 20; i++)
		buf_byte(&b, i % 64 == 0 ? ' ' : 'x');
	buf_str(&b, " End-Word'/><Glyphs OriginY='90' UnicodeString='Next-Word'/></FixedPage>");
	m[1].text = buf_cstr(&b);
	d = read(zip_of(m, N_OF(m), true));
	assert_int_equal(times(d.text, "End-Word"), 1);
	assert_int_equal(times(d.text, "Next-Word"), 1);
	assert_null(d.problem);
	buf_free(&b);
}

/* A small PNG file in base64, and "password: File-Word". */
#define PICTURE "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awA="
#define SHORT "cGFzc3dvcmQ6IEZpbGUtV29yZA=="

static void files_in_one_file_of_xml_are_no_words(void **state)
{
	struct document d = read(SPAN_LIT("<w:wordDocument><w:p><w:r><w:t>pin</w:t><w:text>code</w:text></w:r><w:del><w:delInstrText>LINK me</w:delInstrText></w:del></w:p>"
					  "<w:binData w:name='a.png'>" PICTURE "</w:binData><w:binData w:name='a.txt'>" SHORT "</w:binData></w:wordDocument>"));

	(void)state;
	text_is(&d, "pincode\nLINK me\npassword: File-Word\n");
	stands(&d, "File", "embedded file a.txt, line 1");
	assert_null(d.problem);
	d = read(SPAN_LIT("<office:document xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0'><text:p>pin<draw:image><office:binary-data>" PICTURE
			  "</office:binary-data></draw:image>: 1</text:p><office:binary-data>" SHORT "</office:binary-data></office:document>"));
	text_is(&d, "pin: 1\npassword: File-Word\n");
	assert_null(d.problem);
	d = read(SPAN_LIT("<office:document xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0'><text:p>pin</text:p><office:binary-data>code: (1)</office:binary-data>"
			  "</office:document>"));
	text_is(&d, "pin\nbinary-data: code: (1)\n");
}

/* They may stand in a packed document as well, whose words are read alike. */
static void files_in_the_xml_of_an_open_document_are_read(void **state)
{
	static const struct member m[] = {{"mimetype", "application/vnd.oasis.opendocument.text"},
	    {"content.xml", "<office:text><text:p>pin<draw:image><office:binary-data>" PICTURE "</office:binary-data></draw:image>: 1</text:p><draw:object><office:binary-data>" SHORT
			    "</office:binary-data></draw:object><office:binary-data>code: (1)</office:binary-data></office:text>"}};
	struct document d = read(zip_of(m, N_OF(m), true));

	(void)state;
	text_is(&d, "pin: 1\npassword: File-Word\nbinary-data: code: (1)\n");
	assert_null(d.problem);
	is_safe_cut(zip_of(m, N_OF(m), true));
}

static void columns_of_one_file_of_xml_that_are_not_shown_are_told(void **state)
{
	struct document d = read(SPAN_LIT("<Workbook xmlns='urn:schemas-microsoft-com:office:spreadsheet'><Worksheet ss:Name='A'><Table><Column/><Column ss:Hidden='1' ss:Span='1'/>"
					  "<Column/><Column ss:Index='7' ss:Hidden='1'/><Row><Cell><Data>One</Data></Cell><Cell><Data>Two</Data></Cell><Cell><Data>Three</Data></Cell>"
					  "<Cell><Data>Four</Data></Cell><Cell ss:Index='7'><Data>Seven</Data></Cell></Row></Table></Worksheet>"
					  "<Worksheet ss:Name='B'><Table><Column/><Column ss:Hidden='1'/><Row><Cell ss:Index='2'><Data>Next</Data></Cell>"
					  "<Cell><Data ss:Type='DateTime'>1978-03-14T00:00:00.000</Data></Cell></Row></Table></Worksheet></Workbook>"));

	(void)state;
	stands(&d, "One", "sheet A, cell A1");
	stands(&d, "Two", "sheet A, cell B1 in a hidden column");
	stands(&d, "Three", "sheet A, cell C1 in a hidden column");
	stands(&d, "Four", "sheet A, cell D1");
	stands(&d, "Seven", "sheet A, cell G1 in a hidden column");
	stands(&d, "Next", "sheet B, cell B1 in a hidden column");
	stands(&d, "1978-03-14\n", "sheet B, cell C1");
}

#define PDF(fonts, content) "%PDF-1.4\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\n2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj\n" \
	"3 0 obj <</Type/Page/Contents 4 0 R/Resources<</Font<</F1 " fonts ">>>>>> endobj\n4 0 obj <</Length 9999>>\nstream\n" content "\nendstream endobj\n" \
	"trailer <</Root 1 0 R>>\n"
#define PLAIN "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"

static void a_pdf_is_lines_and_gaps_are_blanks(void **state)
{
	struct document d = read(SPAN_LIT(PDF(PLAIN, "BT /F1 10 Tf 72 700 Td (Pass) Tj (word:) Tj 52 0 Td (Tree\\0419) Tj 0 -14 Td [(W)80(e)-400(go)] TJ T* <41> Tj ET")));

	(void)state;
	text_is(&d, "Password: Tree!9\nWe go\nA\n");
	stands(&d, "Tree", "page 1");
	/* two cells, the first as wide as "mmmmm" and as "iiiii" */
	d = read(SPAN_LIT(PDF(PLAIN, "BT /F1 10 Tf 72 700 Td (mmmmm) Tj 54 0 Td (x) Tj -54 -14 Td (iiiii) Tj 21 0 Td (x) Tj 0 -14 Td (iii) Tj 12 0 Td (x) Tj ET")));
	text_is(&d, "mmmmm\tx\niiiii\tx\niii x\n");
	is_safe_cut(SPAN_LIT(PDF(PLAIN, "BT /F1 10 Tf (x) Tj ET")));
}

static void glyphs_go_by_their_names_and_maps(void **state)
{
	struct document d = read(SPAN_LIT(PDF("<</Type/Font/Subtype/Type1/Encoding<</Differences[1/adieresis/uni20AC 65/fi]>>>>", "BT /F1 10 Tf (\\001\\002A) Tj ET")));

	(void)state;
	text_is(&d, "ä€fi\n");
	d = read(SPAN_LIT(PDF("<</Type/Font/Subtype/Type0/Encoding/Identity-H/ToUnicode 9 0 R>>", "BT /F1 10 Tf <000100020005> Tj ET")
	    "9 0 obj <<>> stream\n1 begincodespacerange <0000> <ffff> endcodespacerange 1 beginbfchar <0005> <00660066> endbfchar\n"
	    "1 beginbfrange <0001> <0002> <0041> endbfrange\nendstream endobj\n"));
	text_is(&d, "ABff\n");
}

static void a_damaged_pdf_gives_what_it_has(void **state)
{
	struct document d = read(SPAN_LIT("%PDF-1.4\n3 0 obj <</Type/Page/Contents 4 0 R/Resources<</Font<</F1 " PLAIN ">>>>>> endobj\n"
					  "4 0 obj <<>>\nstream\nBT /F1 10 Tf (left) Tj ET\nendstream"));
	struct err e;

	(void)state;
	text_is(&d, "left\n");
	assert_int_equal(document_read(test_arena_kept(), SPAN_LIT("%PDF-1.4\nnothing"), NULL, &d, &e), ERR_EVIDENCE);
	/* A tree of pages that holds itself, many times, ends. */
	d = read(SPAN_LIT("%PDF-1.4\n1 0 obj <</Pages 2 0 R>> endobj 2 0 obj <</Kids[2 0 R 2 0 R 2 0 R 2 0 R 3 0 R]>> endobj\n3 0 obj <</Type/Page/Contents 4 0 R/Resources<</Font<</F1 " PLAIN ">>>>>> endobj\n"
			  "4 0 obj <<>>\nstream\nBT /F1 10 Tf (x) Tj ET\nendstream endobj trailer <</Root 1 0 R>>"));
	assert_non_null(d.problem);
	/* So does a form that shows itself, at six places each. */
	d = read(SPAN_LIT("%PDF-1.4\n1 0 obj <</Pages 2 0 R>> endobj 2 0 obj <</Kids[3 0 R]>> endobj\n3 0 obj <</Type/Page/Contents 4 0 R/Resources 6 0 R>> endobj\n"
			  "4 0 obj <<>>\nstream\nBT /F1 10 Tf (x) Tj ET /X Do\nendstream endobj\n5 0 obj <</Subtype/Form/Resources 6 0 R>>\nstream\n/X Do /X Do /X Do /X Do /X Do /X Do\nendstream endobj\n"
			  "6 0 obj <</XObject<</X 5 0 R>>/Font<</F1 " PLAIN ">>>> endobj trailer <</Root 1 0 R>>"));
	assert_non_null(d.problem);
}

#define SHOWS(text) "4 0 obj <<>>\nstream\nBT /F1 10 Tf " text " ET\nendstream endobj\ntrailer <</Root 1 0 R>>\n%%EOF\n"
#define DEEP "9 0 obj [[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[(x)]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]]] endobj\n"

static void earlier_versions_of_a_pdf_give_what_is_gone_once(void **state)
{
	struct document d = read(SPAN_LIT(PDF(PLAIN, "BT /F1 10 Tf (Gone-Word) Tj ET") "%%EOF\n" SHOWS("(Gone-Word) Tj 0 -14 Td (Other-Word) Tj")
					  SHOWS("(Gone-Word) Tj 0 -14 Td (Other-Word) Tj") SHOWS("(now) Tj")));

	(void)state;
	text_is(&d, "now\nGone-Word\nOther-Word\n");
	stands(&d, "Gone", "earlier version of the file, paragraph 1");
	stands(&d, "Other", "earlier version of the file, paragraph 2");
	assert_null(d.problem);
	/* One that was not read to its end says so, though the file as it is was. */
	d = read(SPAN_LIT(PDF(PLAIN, "BT /F1 10 Tf (Gone-Word) Tj ET") DEEP "%%EOF\n9 0 obj [] endobj\n" SHOWS("(now) Tj")));
	text_is(&d, "now\nGone-Word\n");
	assert_string_equal(d.problem, "an earlier version in it is read in part");
	/* The first part of a linearised file is none: what it lacks stands behind it. */
	d = read(SPAN_LIT("%PDF-1.4\n5 0 obj <</Linearized 1/L 999/N 1>> endobj\n1 0 obj <</Type/Catalog/Pages 2 0 R>> endobj\ntrailer <</Root 1 0 R/Info 6 0 R>>\n%%EOF\n"
			  "2 0 obj <</Type/Pages/Kids[3 0 R]/Count 1>> endobj\n3 0 obj <</Type/Page/Contents 4 0 R/Resources<</Font<</F1 " PLAIN ">>>>>> endobj\n"
			  SHOWS("(now) Tj")));
	text_is(&d, "now\n");
	assert_null(d.problem);
}

/* What it was unpacked to has memory of its own, which is gone. */
static void reading_takes_its_text_of_the_arena_and_no_more(void **state)
{
	enum { TEXTS = 60000 };
	struct buf strings;
	struct arena *a;
	struct document d;

	(void)state;
	buf_init(&strings, 1 << 22);
	for (size_t i = 0; i < TEXTS; i++)
		buf_str(&strings, "<si><t>x</t></si>");
	assert_ok(arena_new(&a, TEXTS * (sizeof(struct document_place) + 2) + 65536, &e));
	const struct member m[] = {{"[Content_Types].xml", "<Types/>"}, {"xl/workbook.xml", "<workbook/>"}, {"xl/sharedStrings.xml", buf_cstr(&strings)}};
	assert_ok(document_read(a, zip_of(m, N_OF(m), true), NULL, &d, &e));
	assert_int_equal(times(d.text, "x\n"), TEXTS);
	buf_free(&strings);
	arena_free(a);
}

static void a_kind_is_known_by_content(void **state)
{
	static const struct member plain[] = {{"a.txt", "PK"}, {"inner.docx", "[Content_Types].xml"}};

	(void)state;
	assert_int_equal(document_kind(SPAN_LIT("%PDF-1.7\n")), DOCUMENT_PDF);
	assert_int_equal(document_kind(SPAN_LIT("The header is\n%PDF-1.7, they say.")), DOCUMENT_NONE);
	assert_int_equal(document_kind(zip_of(plain, N_OF(plain), true)), DOCUMENT_NONE);
	assert_int_equal(document_kind(SPAN_LIT("<FileZilla3>")), DOCUMENT_KEEPS);
	assert_int_equal(document_kind(SPAN_LIT("BEGIN:VCARD\n")), DOCUMENT_FORM);
	assert_int_equal(document_kind(SPAN_EMPTY), DOCUMENT_NONE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(xml_is_read_event_by_event),
	    cmocka_unit_test(a_tag_ends_outside_its_quotes_wherever_it_does),
	    cmocka_unit_test(a_text_document_is_lines_and_its_tables_have_tabs),
	    cmocka_unit_test(a_tracked_change_gives_the_text_as_it_is_and_as_it_was),
	    cmocka_unit_test(what_a_package_unpacks_to_is_bounded_in_all),
	    cmocka_unit_test(a_sheet_is_a_line_a_row_and_knows_its_cells),
	    cmocka_unit_test(an_open_document_is_read_and_one_with_a_password_says_so),
	    cmocka_unit_test(words_in_folders_of_pictures_are_read),
	    cmocka_unit_test(a_member_that_the_directory_of_a_document_leaves_out_is_read),
	    cmocka_unit_test(pages_of_an_xps_are_joined_of_their_pieces),
	    cmocka_unit_test(a_long_run_of_an_xps_is_read_to_its_end),
	    cmocka_unit_test(files_in_one_file_of_xml_are_no_words),
	    cmocka_unit_test(columns_of_one_file_of_xml_that_are_not_shown_are_told),
	    cmocka_unit_test(files_in_the_xml_of_an_open_document_are_read),
	    cmocka_unit_test(earlier_versions_of_a_pdf_give_what_is_gone_once),
	    cmocka_unit_test(a_pdf_is_lines_and_gaps_are_blanks),
	    cmocka_unit_test(glyphs_go_by_their_names_and_maps),
	    cmocka_unit_test(a_damaged_pdf_gives_what_it_has),
	    cmocka_unit_test(reading_takes_its_text_of_the_arena_and_no_more),
	    cmocka_unit_test(a_kind_is_known_by_content),
	};
	struct err e = {0};

	return charset_open(&e) != OK ? 1 : cmocka_run_group_tests(tests, NULL, test_arenas_free);
}
