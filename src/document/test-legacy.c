/* Formats of yesterday, by the seeds of the fuzz target (made by t/make-attachments.py, make-keeps.py): whole, and cut at every length. */
#include "base/test.h"

#include "base/io.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "document/legacy.h"
#include "stream/test-charsets.h"

static span seed(struct arena *a, const char *name)
{
	span bytes;

	assert_ok(io_read_file(a, arena_printf(a, "%s/%s", SEEDS_DIR, name), MIB, &bytes, &e));
	return bytes;
}

static void reads(const char *name, const char *text, const char *where)
{
	struct arena *a = test_arena();
	struct document d;
	size_t at;

	assert_ok(document_read(a, seed(a, name), NULL, &d, &e));
	at = span_find(d.text, span_str(text));
	if (at == d.text.n)
		fail_msg("%s: \"%s\" is not in \"%.*s\"", name, text, (int)d.text.n, (const char *)d.text.p);
	assert_string_equal(document_where(a, &d, at), where);
	assert_null(d.problem);
	arena_free(a);
}

static void test_old_formats_give_their_text_and_its_place(void **state)
{
	(void)state;
	reads("old.xls", "Priel-Sand-55", "sheet Open, cell B2");
	reads("old.xls", "Balje-Torf-903", "hidden sheet Hidden, cell C5");
	/* A string that goes on in a Continue record, in characters of another width. */
	reads("old.xls", "anna\tPriel-Sand-55\n", "sheet Open, cell A2");
	reads("old.doc", "password: Kap@Hoorn-61\n HYPERLINK", "text, paragraph 2");
	reads("old.doc", "Name\tCode", "text, paragraph 3");
	reads("rich.rtf", "password: Ufer-Loos-12", "text, paragraph 1");
	reads("rich.rtf", "password: Siel-Wacht-4410", "embedded file note.txt, line 1");
	reads("a.sqlite", "long long", "table t, row 1");
	reads("hosts.xlsb", "password: Siel-Tor-818", "sheet Hosts, cell C5");
	reads("hosts.xlsb", "PIN: 8204", "comments, cell B7");
	reads("talk.ppt", "password: Watt-Bake-820\nnext\n", "slide 1, paragraph 1");
	reads("talk.ppt", "say it: password", "notes page 1, paragraph 1");
	reads("macros.docm", "password = \"Macro-Reef-831\"", "macro module Ways, line 124");
	reads("hides.xls", "Xls-Reef-850", "sheet Hosts, cell A4 in a hidden row");
	reads("hides.xlsb", "Xlsb-Reef-853", "sheet Hosts, cell B8 in a hidden column");
	reads("hides.ods", "Ods-Reef-845", "hidden sheet Old, cell A1");
	reads("talk.odp", "Odp-Reef-841", "notes of slide 2, paragraph 1");
	reads("document.iwa", "Grüße, the password: Iwa-Reef-856 is new", "words");
	reads("fast.doc", "Code: Flut-99 it is", "text, paragraph 1");
	reads("fast.doc", "Code: Ebbe-77 it is", "earlier version of the file, paragraph 1");
	reads("word2.doc", "Code: Ebbe-77\nGrüße", "text, paragraph 1");
	reads("changes.doc", "Code: Flut-99 it is", "text, paragraph 1");
	reads("changes.doc", "Code: Ebbe-77 it is", "before changes of text, paragraph 1");
	reads("font.pdf", "password: profit-Reef-855", "page 1");
	reads("safe.kdbx", "vault: KeePass 2 database, SHA-256 ", "whole file");
}

static void test_forms_give_their_words_unfolded_and_the_line(void **state)
{
	(void)state;
	reads("call.ics", "Join us\nDial-in password: Fold-Reef-771\nAsk Ivo, please\n", "event Bridge call, line 5");
	reads("ivo.vcf", "Grüße, Password: Card-Reef-772", "contact Ivo Zak, line 4");
	reads("vpn.reg", "\"Password\"=\"Reg\\Reef-773\"", "key HKEY_CURRENT_USER\\Software\\Tern\\Vpn, line 5");
	reads("vpn.reg", "\"Extra\"=\"password: Hex-Reef-774", "key HKEY_CURRENT_USER\\Software\\Tern\\Vpn, line 6");
	reads("host.rdp", "vault: password of a Remote Desktop connection, SHA-256 ", "Remote Desktop settings, line 4");
}

static void test_what_programs_keep_is_put_as_it_was_typed(void **state)
{
	(void)state;
	reads("sitemanager.xml", "<Pass encoding=\"base64\">Site-Reef-801</Pass>", "text, line 4");
	reads("winscp.ini", "\nPassword=Copy-Reef-802\n", "text, line 3");
	reads("unattend.xml", "<Value>Setup-Reef-803</Value>", "text, line 3");
	reads("Groups.xml", "cpassword=\"Gpp-Reef-926\"", "text, line 2");
	reads("group.pcf", "GroupPwd=Enc-Reef-927\n", "text, line 7");
	reads("credentials-config.json", "\"password\":\"Beaver-Reef-929\"", "connections kept by DBeaver, line 1");
	reads("MobaXterm.ini", "vault: passwords kept by MobaXterm, SHA-256 ", "whole file");
	reads("farm.rdg", "vault: passwords kept by Remote Desktop Connection Manager, SHA-256 ", "whole file");
}

/* A library of macros with a password keeps nobody from the text. */
static void test_a_text_is_read_though_its_macros_are_sealed(void **state)
{
	struct arena *a = test_arena();
	struct document d;

	(void)state;
	assert_ok(document_read(a, seed(a, "sealed-macro.odt"), NULL, &d, &e));
	assert_span(d.text, "Code: Ebbe-77\n");
	assert_string_equal(d.problem, "encrypted");
	arena_free(a);
}

/* Its text is in the code page of a font; words of Latin letters are in the other. */
static void test_word_95_in_another_script_is_read_in_that(void **state)
{
	static const char text[] = "\xcf\xe0\xf0\xee\xeb\xfc: Caf\xe9-\xe0 \x93\xea\xee\xe4\x94";
	static const unsigned char fonts[] = {16, 0, 6, 0, 0x90, 1, 0, 0, 'A', 0, 7, 0, 0x90, 1, 204, 0, 'C', 0};
	unsigned char file[0x340] = {0xdc, 0xa5, 104, [0x19] = 2, [0x1d] = 2, [0x34] = sizeof text - 1, [0xd1] = 3, [0xd4] = sizeof fonts};
	struct arena *a = test_arena();
	struct document d;
	struct layout l;

	(void)state;
	file[0x1c] = sizeof text - 1;
	memcpy(file + 0x200, text, sizeof text - 1);
	memcpy(file + 0x300, fonts, sizeof fonts);
	layout_init(&l, a);
	assert_ok(doc_read(&l, span_of(file, sizeof file), SPAN_EMPTY, SPAN_EMPTY, &e));
	assert_ok(layout_done(&l, a, &d, &e));
	assert_span(d.text, "Пароль: Café-à “код”\n");
	arena_free(a);
}

static void doc_gives(span file, const char *text)
{
	struct arena *a = test_arena();
	struct document d;
	struct layout l;

	layout_init(&l, a);
	assert_ok(doc_read(&l, file, SPAN_EMPTY, SPAN_EMPTY, &e));
	assert_ok(layout_done(&l, a, &d, &e));
	assert_span(d.text, text);
	arena_free(a);
}

/* What was there when it was last saved whole stands where it stood; what replaces it is behind. */
static void test_what_a_fast_save_replaced_is_read_with_the_words_around_it(void **state)
{
	static const char text[] = "Code: Ebbe-77 it is\rGrass\r", new[] = "Flut-99";
	static const unsigned char pieces[] = {2, 40, 0, 0, 0, 0, 0, 0, 0, 6, 0, 0, 0, 13, 0, 0, 0, 26, 0, 0, 0,
	    0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 13, 2, 0, 0, 0, 0};
	unsigned char file[0x480] = {0xdc, 0xa5, 104, [10] = 4, [0x19] = 2, [0x1c] = sizeof text - 1, 2, [0x34] = 26,
	    [0x160] = 0, 4, [0x164] = sizeof pieces};

	(void)state;
	memcpy(file + 0x200, text, sizeof text - 1);
	memcpy(file + 0x300, new, sizeof new - 1);
	memcpy(file + 0x400, pieces, sizeof pieces);
	doc_gives(span_of(file, sizeof file), "Code: Flut-99 it is\nGrass\n\nCode: Ebbe-77 it is\n");
}

static void test_word_95_of_the_macintosh_and_of_two_bytes_is_read(void **state)
{
	unsigned char file[0x240] = {0xdc, 0xa5, 104, [0x15] = 1, [0x19] = 2, [0x1c] = 5, 2, [0x34] = 5};
	static const unsigned char wide[] = {'C', 0, 0xf6, 0, 'd', 0, 'e', 0, 0xac, 0x20};

	(void)state;
	memcpy(file + 0x200, "C\x9a" "de\xdb", 5);
	doc_gives(span_of(file, sizeof file), "C\303\266de\342\202\254\n");
	file[0x15] = 0;
	file[11] = 0x10;
	file[0x1c] = sizeof wide;
	memcpy(file + 0x200, wide, sizeof wide);
	doc_gives(span_of(file, sizeof file), "C\303\266de\342\202\254\n");
}

static void word_gives(span file, const char *text)
{
	struct arena *a = test_arena();
	struct document d;

	assert_int_equal(document_kind(file), DOCUMENT_WORD);
	assert_ok(document_read(a, file, NULL, &d, &e));
	assert_span(d.text, text);
	assert_null(d.problem);
	arena_free(a);
}

static void test_word_before_6_is_read(void **state)
{
	static const char text[] = "\tCode: Ebbe-77\r\nGr\xfc\xdf" "e\r\n";
	unsigned char file[0x1a0] = {0xdb, 0xa5, 45, [0x18] = 0x80, 1, [0x1c] = 0x80 + sizeof text - 1, 1, [0x34] = sizeof text - 1};
	unsigned char dos[0xa0] = {0x31, 0xbe, 0, 0, 0, 0xab, [14] = 0x80 + 5};

	(void)state;
	memcpy(file + 0x180, text, sizeof text - 1);
	word_gives(span_of(file, sizeof file), "\tCode: Ebbe-77\nGrüße\n\n");
	file[0] = 0x9b;
	file[2] = 33;
	word_gives(span_of(file, sizeof file), "\tCode: Ebbe-77\nGrüße\n\n");
	memcpy(dos + 0x80, "C\x94" "de\r", 5);
	word_gives(span_of(dos, sizeof dos), "Cöde\n\n");
	dos[14] = 0xff;
	assert_int_equal(document_kind(span_of(dos, sizeof dos)), DOCUMENT_NONE);
}

/* The example that is everywhere: its key and its letters are those of Windows. */
static void test_the_password_of_a_group_policy_is_what_windows_wrote(void **state)
{
	struct arena *a = test_arena();
	struct document d;
	struct layout l;
	bool done;

	(void)state;
	layout_init(&l, a);
	assert_ok(group_policy_password(&l, SPAN_LIT("j1Uyj3Vx8TY9LtLZil2uAuZkFQA/4latT76ZwgdHdhw"), &done, &e));
	assert_true(done);
	assert_span(buf_span(&l.text), "Local*P4ssword!");
	assert_ok(group_policy_password(&l, SPAN_LIT("j1Uyj3Vx8TY9LtLZ"), &done, &e));
	assert_false(done);
	assert_ok(layout_done(&l, a, &d, &e));
	arena_free(a);
}

/* Less than its padding says is there, and a password that does not end as one does. */
static void test_what_is_cut_off_an_encrypted_password_is_told(void **state)
{
	static const char cisco[] = "000102030405060708090a0b0c0d0e0f10111213f9156a34200fe489fb581922b974887bb20cbe5f80f1af5f3c362f3ce3ca45f974d51e47";
	struct arena *a = test_arena();
	span connections = seed(a, "credentials-config.json");
	struct document d, whole;
	struct layout l;
	bool done;

	(void)state;
	assert_ok(document_read(a, connections, NULL, &whole, &e));
	assert_int_equal(connections.n % 16, 0);
	for (size_t n = 32; n < connections.n; n += 16) {
		assert_ok(document_read(a, span_first(connections, n), NULL, &d, &e));
		assert_int_equal(d.text.n, n - 16 + 1);
		assert_memory_equal(d.text.p, whole.text.p, n - 16);
		assert_string_equal(d.problem, "damaged");
	}
	layout_init(&l, a);
	assert_ok(group_policy_password(&l, SPAN_LIT("j1Uyj3Vx8TY9LtLZil2uAuZkFQA/4latT76ZwgdHdhyPVTKPdXHxNj0u0tmKXa4C"), &done, &e));
	assert_false(done);
	assert_false(cisco_vpn_password(&l, span_str(cisco)));
	assert_int_equal(l.text.n, 0);
	assert_ok(layout_done(&l, a, &d, &e));
	arena_free(a);
}

/* All of them, however the file is wrapped. */
static void test_every_password_of_a_group_policy_on_a_line_is_read(void **state)
{
	struct arena *a = test_arena();
	struct document d;
	span line = SPAN_LIT("<Groups clsid=\"{3125E937-EB16-4b4c-9934-544FC6D24D26}\"><a cpassword=\"glRu29llnS0nYrjKfITFmF6vPwn6AgcgtEj2gmXZ2iY\"/>"
			     "<b cpassword=\"none\"/><c cpassword=\"j1Uyj3Vx8TY9LtLZil2uAuZkFQA/4latT76ZwgdHdhw\"/></Groups>");

	(void)state;
	assert_ok(document_read(a, line, NULL, &d, &e));
	assert_span(d.text, "<Groups clsid=\"{3125E937-EB16-4b4c-9934-544FC6D24D26}\"><a cpassword=\"Gpp-Reef-926\"/>"
			    "<b cpassword=\"none\"/><c cpassword=\"Local*P4ssword!\"/></Groups>\n");
	arena_free(a);
}

static void test_they_are_read_as_far_as_they_go_wherever_they_are_cut(void **state)
{
	static const char *const names[] = {"old.xls", "old.doc", "rich.rtf", "a.sqlite", "safe.kdbx", "call.ics", "ivo.vcf",
		"vpn.reg", "host.rdp", "hosts.xlsb", "talk.ppt", "corners.xls", "corners.doc", "corners.ppt", "word2003.xml",
		"excel2003.xml", "flat.fodt", "pages.xps", "fields.docx", "again.odt", "fast.doc", "word2.doc", "changes.doc", "sealed.odt", "blowfish.odt", "whole.odt", "corners.pdf", "earlier.pdf", "sitemanager.xml", "winscp.ini", "unattend.xml", "farm.rdg",
		"document.iwa", "font.pdf", "macros.docm", "hides.xls", "hides.xlsb", "hides.ods", "talk.odp", "Groups.xml", "group.pcf", "credentials-config.json", "MobaXterm.ini"};

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		struct arena *whole = test_arena(), *a = test_arena();
		span bytes = seed(whole, names[i]);

		for (size_t n = 0; n < bytes.n; n += n < 1024 || n % 512 > 500 ? 1 : 7) {
			struct document d;
			struct err e = {0};
			enum errc rc = document_read(a, span_first(bytes, n), NULL, &d, &e);

			assert_true(rc == OK || (rc == ERR_EVIDENCE && e.text[0] != '\0'));
			if (rc == OK)
				assert_int_equal(utf8_valid(d.text), d.text.n);
			arena_reset(a);
		}
		arena_free(a);
		arena_free(whole);
	}
}

/* What it is is asked of the beginning of a file. */
static void test_pages_are_known_by_their_beginning_wherever_that_ends(void **state)
{
	struct arena *a = test_arena();
	span one = seed(a, "document.iwa");
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	for (unsigned i = 0; i < 3; i++)
		buf_put(&b, one);
	for (size_t n = one.n; n <= b.n; n++)
		assert_int_equal(document_kind(span_first(buf_span(&b), n)), DOCUMENT_IWA);
	buf_str(&b, "no chunk");
	assert_int_equal(document_kind(buf_span(&b)), DOCUMENT_NONE);
	buf_free(&b);
	arena_free(a);
}

/* Snappy: what is there, then the last letter of it again and again. */
static void chunk_of_pages(struct buf *b, span begin)
{
	const unsigned copies = (65536 - (unsigned)begin.n) / 64, n = 3 + 2 + (unsigned)begin.n + 3 * copies;

	assert_int_equal((65536 - begin.n) % 64, 0);
	buf_put(b, span_of((const unsigned char[]){0, (unsigned char)n, (unsigned char)(n >> 8), 0, 0x80, 0x80, 4, 60 << 2, (unsigned char)(begin.n - 1)}, 9));
	buf_put(b, begin);
	for (unsigned i = 0; i < copies; i++)
		buf_put(b, span_of((const unsigned char[]){63 << 2 | 2, 1, 0}, 3));
}

static void test_pages_that_are_too_long_are_not_called_damaged(void **state)
{
	static const char begin[] = "\x3f\x08\1\x0a\x09Pier-Word\x12\4 ...............................................";
	struct arena *a = test_arena();
	struct document d;
	struct buf b;

	(void)state;
	assert_int_equal(sizeof begin, 65);
	buf_init(&b, 8 * MIB);
	for (unsigned i = 0; i <= LIMIT_TEXT_BYTES / 65536; i++)
		chunk_of_pages(&b, span_of(begin, 64));
	assert_false(b.failed);
	assert_ok(document_read(a, span_first(buf_span(&b), b.n / 2 + 1), NULL, &d, &e));
	assert_string_equal(d.problem, "damaged: it ends before its text does");
	assert_ok(document_read(a, buf_span(&b), NULL, &d, &e));
	assert_int_not_equal(span_find(d.text, SPAN_LIT("Pier-Word")), d.text.n);
	assert_string_equal(d.problem, "longer than what is read of a document");
	buf_free(&b);
	arena_free(a);
}

static void record(struct buf *b, unsigned type, span content)
{
	buf_u8(b, (uint8_t)type);
	buf_u8(b, (uint8_t)(type >> 8));
	buf_u8(b, (uint8_t)content.n);
	buf_u8(b, (uint8_t)(content.n >> 8));
	buf_put(b, content);
}

/* A workbook of Excel 97 whose two sheets begin at an end: what stands behind it is nobody's, and not read for each of them. */
static void test_a_sheet_that_does_not_begin_takes_nothing_of_another(void **state)
{
	static const span bof = {(const unsigned char *)"\0\6\5\0\0\0\0\0\0\0\0\0\0\0\0\0", 16},
		sheet = {(const unsigned char *)"\x42\0\0\0\0\0\1\0A", 9};
	struct arena *a = test_arena();
	struct document d;
	struct layout l;
	struct buf b;

	(void)state;
	buf_init(&b, KIB);
	record(&b, 0x809, bof);
	record(&b, 0x85, sheet);
	record(&b, 0x85, sheet);
	record(&b, 0x0a, SPAN_EMPTY);
	record(&b, 0x1b6, SPAN_LIT("four")); /* as far as the sheets' place */
	assert_int_equal(b.n, 0x42 - 8);
	record(&b, 0x1b6, SPAN_LIT("four"));
	record(&b, 0x0a, SPAN_EMPTY);
	record(&b, 0xaf, SPAN_LIT("Nobody-Word"));
	layout_init(&l, a);
	assert_ok(xls_read(&l, buf_span(&b), &e));
	assert_string_equal(l.problem, "damaged: a sheet does not begin where it should");
	assert_int_equal(span_find(buf_span(&l.text), SPAN_LIT("Nobody-Word")), l.text.n);
	(void)!layout_done(&l, a, &d, &(struct err){0});
	buf_free(&b);
	arena_free(a);
}

static void test_a_password_opens_by_its_number(void **state)
{
	const span v[] = {SPAN_LIT("one"), SPAN_LIT("two")};
	struct passwords p = {.v = v, .n = 2, .work = 15};
	size_t i = 0;
	span s;

	(void)state;
	assert_true(passwords_next(&p, &i, 10, &s)); /* Excel's own costs nothing */
	assert_span(s, "VelvetSweatshop");
	assert_true(passwords_next(&p, &i, 10, &s));
	assert_span(s, "one");
	passwords_used(&p, i - 1);
	passwords_used(&p, i - 1);
	assert_int_equal(p.n_used, 1);
	assert_int_equal(p.used[0], 0);
	assert_false(passwords_next(&p, &i, 10, &s)); /* the work is spent */
	assert_true(p.cut);
}

static void test_macros_are_unpacked_as_the_specification_shows(void **state)
{
	/* MS-OVBA 3.2.3: the maximum of compression. */
	static const unsigned char packed[] = {0x01, 0x03, 0xb0, 0x02, 0x61, 0x45, 0x00};
	struct buf out;

	(void)state;
	buf_init(&out, KIB);
	assert_true(vba_unpack(span_of(packed, sizeof packed), &out));
	assert_span(buf_span(&out), "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
	buf_free(&out);
}

static void test_a_number_in_a_sheet_is_written_as_people_do(void **state)
{
	static const double values[] = {0, -0.0, 7, -12.5, 0.05, -0.0003, 1234567.8901, 0.1 + 0.2, 1e5, 99999999999.25, 0.00001, 1e15, -3e20, 1.23456, 4929712345678906, -9007199254740991};
	struct arena *a = test_arena();
	struct document d;
	struct layout l;

	(void)state;
	layout_init(&l, a);
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		put_number(&l, values[i], FORM_STORED, false);
		layout_byte(&l, '|');
	}
	put_number(&l, 42, format_form(164, SPAN_LIT("0000")), false);
	put_number(&l, 42, format_form(164, SPAN_LIT("0")), false);
	put_number(&l, 4711.5, format_form(164, SPAN_LIT("00.0")), false);
	assert_ok(layout_done(&l, a, &d, &e));
	assert_span(d.text, "0|-0|7|-12.5|0.05|-0.0003|1234567.8901|0.3|100000|99999999999.25|1e-05|1000000000000000|-3e+20|1.23456|4929712345678906|-9007199254740991|0042424711.5");
	arena_free(a);
}

static void test_a_cell_that_shows_a_power_of_ten_gives_its_number(void **state)
{
	static const char sheet[] = "<?xml version='1.0'?><office:document xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0'>"
		"<table:table table:name='One'><table:table-row><table:table-cell office:value-type='float' office:value='80417293'><text:p>8.04E+007</text:p></table:table-cell>"
		"<table:table-cell office:value-type='float' office:value='-80417293'><text:p>-8E7</text:p></table:table-cell>"
		"<table:table-cell office:value-type='float' office:value='42'><text:p>0042</text:p></table:table-cell>"
		"<table:table-cell office:value-type='float' office:value='1E+300'><text:p>1.0E+300</text:p></table:table-cell>"
		"<table:table-cell office:value-type='string'><text:p>3E8</text:p></table:table-cell></table:table-row></table:table></office:document>";
	struct arena *a = test_arena();
	struct document d;

	(void)state;
	assert_ok(document_read(a, span_str(sheet), NULL, &d, &e));
	assert_true(span_starts(d.text, SPAN_LIT("80417293\t-80417293\t0042\t1.0E+300\t3E8\n")));
	arena_free(a);
}

static void test_a_sheet_that_is_lines_of_text_gives_its_cells(void **state)
{
	struct arena *a = test_arena();
	struct document d;

	(void)state;
	assert_ok(document_read(a, SPAN_LIT("ID;PWXL;N;E\r\nP;PGeneral\r\nB;Y3;X3;D0 0 2 2\r\nC;Y1;X1;K\"Host\"\r\nC;X3;K\"Password\"\r\nF;P0;FG0G;Y2\r\n"
	    "C;X1;K\"web1\"\r\nC;X3;K\"Pier;;Sand-12\"\r\nC;Y3;X2;K4711;E\"a\"&RC[1]\r\nC;X3;K\"two\x1b :lines\";Aask Ann\r\nE\r\nPier-Over\r\n"), NULL, &d, &e));
	assert_span(d.text, "Host\t\tPassword\nweb1\t\tPier;Sand-12\n\t4711\ttwo lines\n\"a\"&RC[1]\nask Ann\nPier-Over\n");
	assert_string_equal(document_where(a, &d, span_find(d.text, SPAN_LIT("Pier"))), "sheet, cell C2");
	assert_string_equal(document_where(a, &d, span_find(d.text, SPAN_LIT("ask"))), "formulas and notes, cell C3");
	assert_ok(document_read(a, SPAN_LIT("TABLE\r\n0,1\r\n\"One\"\r\nVECTORS\r\n0,3\r\n\"\"\r\nTUPLES\r\n0,2\r\n\"\"\r\nDATA\r\n0,0\r\n\"\"\r\n"
	    "-1,0\r\nBOT\r\n1,0\r\n\"Host\"\r\n1,0\r\n\"Password\"\r\n-1,0\r\nBOT\r\n1,0\r\n\"web\n1\"\r\n1,0\r\n\"Pier\"\"Sand-12\"\r\n0,4711\r\nV\r\n-1,0\r\nEOD\r\n"), NULL, &d, &e));
	assert_span(d.text, "Host\tPassword\nweb 1\tPier\"Sand-12\t4711\n");
	assert_string_equal(document_where(a, &d, span_find(d.text, SPAN_LIT("Pier"))), "sheet, cell B2");
	assert_int_equal(document_kind(SPAN_LIT("ID;PIN\nA;4711\nC;4712\n")), DOCUMENT_NONE);
	assert_int_equal(document_kind(SPAN_LIT("TABLE\n0,1\n")), DOCUMENT_NONE);
	arena_free(a);
}

static void put_record(struct buf *b, unsigned version, unsigned type, span content)
{
	const uint32_t head[] = {version | type << 16, (uint32_t)content.n};

	buf_put(b, span_of(head, 8));
	buf_put(b, content);
}

/* A list of one slide: its outline says that. */
static void put_outline(struct buf *b, const char *text)
{
	struct buf list;

	buf_init(&list, 4096);
	put_record(&list, 0, 0xfa8, span_str(text));
	put_record(b, 0xf, 0xff0, buf_span(&list));
	buf_free(&list);
}

/* One save: a document that says that, the directory, and where the save before lies. */
static uint32_t put_save(struct buf *b, uint32_t before, const char *text)
{
	uint32_t document = (uint32_t)b->n, directory, at;
	struct buf outline;

	buf_init(&outline, 4096);
	put_outline(&outline, text);
	put_record(b, 0xf, 0x3e8, buf_span(&outline));
	buf_free(&outline);
	directory = (uint32_t)b->n;
	put_record(b, 0, 0x1772, span_of(((const uint32_t[]){1 | 1 << 20, document}), 8));
	at = (uint32_t)b->n;
	put_record(b, 0, 0xff5, span_of(((const uint32_t[]){0, 0, before, directory, 1}), 20));
	return at;
}

static void slides_are(const struct buf *stream, uint32_t at, const char *text, const char *problem)
{
	struct arena *a = test_arena();
	struct buf user;
	struct layout l;
	struct document d;

	buf_init(&user, 64);
	put_record(&user, 0, 0xff6, span_of(((const uint32_t[]){20, 0xe391c05f, at}), 12));
	layout_init(&l, a);
	assert_ok(ppt_read(&l, buf_span(stream), buf_span(&user), &e));
	assert_ok(layout_done(&l, a, &d, &e));
	assert_span(d.text, text);
	assert_true(problem == NULL ? d.problem == NULL : d.problem != NULL && strcmp(d.problem, problem) == 0);
	buf_free(&user);
	arena_free(a);
}

static void test_what_earlier_saves_of_slides_said_is_read_once(void **state)
{
	struct buf b;
	uint32_t at;

	(void)state;
	buf_init(&b, 65536);
	at = put_save(&b, 0, "Title\rGone-Word");
	slides_are(&b, at, "Title\nGone-Word\n", NULL);
	at = put_save(&b, at, "Title\rOther-Word");
	at = put_save(&b, at, "Title\rnow");
	slides_are(&b, at, "Title\nnow\nGone-Word\nOther-Word\n", NULL);
	/* Where nothing says which save is the newest, all of them. */
	slides_are(&b, 1, "Title\nGone-Word\nTitle\nOther-Word\nTitle\nnow\n", "damaged: read in the order of its bytes, old versions with it");
	buf_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_old_formats_give_their_text_and_its_place),
	    cmocka_unit_test(test_forms_give_their_words_unfolded_and_the_line),
	    cmocka_unit_test(test_what_programs_keep_is_put_as_it_was_typed),
	    cmocka_unit_test(test_a_text_is_read_though_its_macros_are_sealed),
	    cmocka_unit_test(test_word_95_in_another_script_is_read_in_that),
	    cmocka_unit_test(test_what_a_fast_save_replaced_is_read_with_the_words_around_it),
	    cmocka_unit_test(test_word_95_of_the_macintosh_and_of_two_bytes_is_read),
	    cmocka_unit_test(test_word_before_6_is_read),
	    cmocka_unit_test(test_the_password_of_a_group_policy_is_what_windows_wrote),
	    cmocka_unit_test(test_what_is_cut_off_an_encrypted_password_is_told),
	    cmocka_unit_test(test_every_password_of_a_group_policy_on_a_line_is_read),
	    cmocka_unit_test(test_they_are_read_as_far_as_they_go_wherever_they_are_cut),
	    cmocka_unit_test(test_pages_are_known_by_their_beginning_wherever_that_ends),
	    cmocka_unit_test(test_pages_that_are_too_long_are_not_called_damaged),
	    cmocka_unit_test(test_a_sheet_that_does_not_begin_takes_nothing_of_another),
	    cmocka_unit_test(test_a_password_opens_by_its_number),
	    cmocka_unit_test(test_a_number_in_a_sheet_is_written_as_people_do),
	    cmocka_unit_test(test_a_cell_that_shows_a_power_of_ten_gives_its_number),
	    cmocka_unit_test(test_a_sheet_that_is_lines_of_text_gives_its_cells),
	    cmocka_unit_test(test_what_earlier_saves_of_slides_said_is_read_once),
	    cmocka_unit_test(test_macros_are_unpacked_as_the_specification_shows),
	};

	return cmocka_run_group_tests_name("legacy", tests, open_charsets, NULL);
}
