/* What parts of a message are encoded in, and what lies encoded within them. */
#include "base/limits.h"
#include "mail/test-mime.h"

static void encodings_are_known_with_what_is_written_around_them(void **state)
{
	struct arena *a = test_arena();

	(void)state;
	assert_int_equal(parse_str(a, "Content-Transfer-Encoding: BASE64; x\n\n")->parts[0].encoding, ENCODING_BASE64);
	assert_int_equal(parse_str(a, "Content-Transfer-Encoding: quoted-printable (x)\n\n")->parts[0].encoding,
	    ENCODING_QUOTED_PRINTABLE);
	assert_int_equal(parse_str(a, "Content-Transfer-Encoding: nonsense\n\n")->problems, MIME_UNKNOWN_ENCODING);
	arena_free(a);
}

static void file_names_come_from_either_field_decoded(void **state)
{
	struct arena *a = test_arena();

	(void)state;
	assert_span(parse_str(a, "Content-Type: a/b; name=\"=?utf-8?Q?=C3=A9.txt?=\"\n\n")->parts[0].filename, "\xc3\xa9.txt");
	assert_span(parse_str(a, "Content-Type: a/b; name=x\nContent-Disposition: Attachment;\n"
	    " filename*1=\"b.txt\"; filename*0*=iso-8859-1'en'%E9\n\n")->parts[0].filename, "\xc3\xa9" "b.txt");
	assert_span(parse_str(a, "Content-Disposition: attachment; filename=My File (1).pdf; size=3\n\n")->parts[0].filename,
	    "My File (1).pdf");
	assert_span(parse_str(a, "Content-Disposition: attachment; filename=\"C:\\dir\\a \\\"b\\\".txt\"\n\n")->parts[0].filename,
	    "C:\\dir\\a \"b\".txt");
	arena_free(a);
}

static void mbox_quoting_is_undone_in_text_and_not_in_uuencode(void **state)
{
	struct arena *a = test_arena();
	unsigned problems = 0;
	struct message *m;
	span out;

	(void)state;
	assert_ok(mime_parse(a, SPAN_LIT("Subject: x\n\n>From here\n>>From there\n> From\n>From"), true, &m, &e));
	assert_ok(part_content(a, m, &m->parts[0], &out, &problems, &e));
	assert_span(out, "From here\n>From there\n> From\n>From");
	assert_ok(mime_parse(a, SPAN_LIT("Content-Transfer-Encoding: quoted-printable\n\na=\n>From =41"), true, &m, &e));
	assert_ok(part_content(a, m, &m->parts[0], &out, &problems, &e));
	assert_span(out, "aFrom A");
	assert_ok(mime_parse(a, SPAN_LIT("Content-Transfer-Encoding: x-uuencode\n\nbegin 644 a\n"
	    ">From 0123456789012345678901234567890ABCDE\n`\nend\n"), true, &m, &e));
	assert_ok(part_content(a, m, &m->parts[0], &out, &problems, &e));
	assert_int_equal(out.n, '>' - ' '); /* the length that the line says */
	assert_ok(mime_parse(a, SPAN_LIT("Subject: x\n\nnothing > to do\n"), true, &m, &e));
	assert_ok(part_content(a, m, &m->parts[0], &out, &problems, &e));
	assert_ptr_equal(out.p, m->parts[0].body.p);
	arena_free(a);
}

static void a_uuencoded_file_in_text_is_a_part(void **state)
{
	struct arena *a = test_arena();
	struct message *m = parse_str(a, "Subject: x\n\nbefore\nbegin 644 a.txt\n#0V%T\n`\nend\nafter\nbegin 600 b\n#0V%T\n`\nend\n");

	(void)state;
	assert_tree(m, "1 text/plain|1.u1 application/octet-stream|1.u2 application/octet-stream");
	assert_span(m->parts[1].filename, "a.txt");
	assert_span(content(a, m, 1), "Cat");
	assert_span(content(a, m, 2), "Cat");
	assert_true(m->parts[1].uuencoded);
	arena_free(a);
}

static void a_uuencoded_file_is_found_where_its_lines_are_escaped_or_called_no_text(void **state)
{
	struct arena *a = test_arena();
	struct message *m = parse_str(a, "Content-Transfer-Encoding: quoted-printable\n\nbef=6Fre\nbegin 644 a.txt\n#0V=25T\n`\nend\n");

	(void)state;
	assert_tree(m, "1 text/plain|1.u1 application/octet-stream");
	assert_span(content(a, m, 1), "Cat");
	m = parse_str(a, "Subject: x\n\nlook:\n> > see\n> > begin 644 a.txt\n> > #0V%T\n> > `\n> > end\n> thanks\n> begin with\n>begin-base64 644 b\n>Q2F0\n>====");
	assert_tree(m, "1 text/plain|1.u1 application/octet-stream|1.u2 application/octet-stream");
	assert_span(m->parts[1].filename, "a.txt");
	assert_span(content(a, m, 1), "Cat");
	assert_span(content(a, m, 2), "Cat");
	m = parse_str(a, "Content-Type: application/x-uuencode\n\nbegin 644 a.txt\n#0V%T\n`\nend\n");
	assert_tree(m, "1 application/x-uuencode|1.u1 application/octet-stream");
	assert_span(content(a, m, 1), "Cat");
	arena_free(a);
}

static void base64_that_is_called_text_is_read_beside_its_letters(void **state)
{
	/* "The password of the vault is Harbour-Gate-71." twice, and "Gruesse: Grüße\n" as ISO 8859-1, in lines of 60 */
	static const char letters[] = "VGhlIHBhc3N3b3JkIG9mIHRoZSB2YXVsdCBpcyBIYXJib3VyLUdhdGUtNzEu\r\n"
				      "VGhlIHBhc3N3b3JkIG9mIHRoZSB2YXVsdCBpcyBIYXJib3VyLUdhdGUtNzEu\r\nR3J1ZXNzZTogR3L832UK\r\n";
	static const char *const none[] = {"aGFyYm91cg==", "Kreditkartenabrechnung20", "c3VwZXJzZWNyZXRrZXkxMjM0\nand words\n", "0123456789abcdef0123456789abcdef\n",
	    "VGhlIHBhc3N3b3JkIG9m\nVGhlIHBhc3N3b3JkIG9mIHRoZSB2YXVsdA==\n"};
	struct arena *a = test_arena();
	struct message *m;
	char raw[400];

	(void)state;
	(void)snprintf(raw, sizeof raw, "Content-Type: text/html; charset=iso-8859-1\nContent-Transfer-Encoding: 7bit\n\n%s\n", letters);
	m = parse_str(a, raw);
	assert_tree(m, "1 text/html|1.u1 text/html");
	assert_true(span_starts(content(a, m, 0), SPAN_LIT("VGhl")));
	assert_span(content(a, m, 1), "The password of the vault is Harbour-Gate-71.The password of the vault is Harbour-Gate-71.Gruesse: Gr\xfc\xdf" "e\n");
	assert_span(m->parts[1].charset, "iso-8859-1");
	m = parse_str(a, "Subject: x\n\nVGhlIHBhc3N3b3JkIGlzIHg=\n");
	assert_tree(m, "1 text/plain|1.u1 text/plain");
	for (size_t i = 0; i < sizeof none / sizeof *none; i++) {
		(void)snprintf(raw, sizeof raw, "Subject: x\n\n%s", none[i]);
		assert_tree(parse_str(a, raw), "1 text/plain");
	}
	assert_tree(parse_str(a, "Content-Type: application/x-license\n\nVGhlIHBhc3N3b3JkIGlzIHg=\n"), "1 application/x-license");
	arena_free(a);
}

#define BINHEX "(This file must be converted with BinHex 4.0)\n\n:\"@%ZG(Kd!&4&@&4dG(Kd!*!&!`#3\"\"B`3f&d3[8!!!:\n"
static void binhex_is_an_encoding_or_lies_in_old_text(void **state)
{
	struct arena *a = test_arena();
	struct message *m = parse_str(a, "Content-Type: application/mac-binhex40; name=a.hqx\n\n" BINHEX);

	(void)state;
	assert_tree(m, "1 application/mac-binhex40");
	assert_span(m->parts[0].filename, "a.txt");
	assert_span(content(a, m, 0), "Cat");
	m = parse_str(a, "Subject: x\n\nhere: it is\n" BINHEX "bye\n");
	assert_tree(m, "1 text/plain|1.u1 application/octet-stream");
	assert_span(m->parts[1].filename, "a.txt");
	assert_span(content(a, m, 1), "Cat");
	/* Words below it are a part beside the file in it. */
	m = parse_str(a, "Content-Type: application/mac-binhex40; name=a.hqx\nContent-Transfer-Encoding: base64\n\n"
	    "KFRoaXMgZmlsZSBtdXN0IGJlIGNvbnZlcnRlZCB3aXRoIEJpbkhleCA0LjApCgo6IkAlWkcoS2Qh\nJjQmQCY0ZEcoS2QhKiEmIWAjMyIiQmAzZiZkM1s4ISEhOgo=\n\nThe gate is open.\n");
	assert_tree(m, "1 application/mac-binhex40|1.u1 text/plain|1.u2 application/octet-stream");
	assert_span(content(a, m, 2), "Cat");
	arena_free(a);
}

static void a_file_in_yenc_in_text_is_a_part(void **state)
{
	struct arena *a = test_arena();
	struct message *m = parse_str(a, "Subject: x\n\nbefore\n=ybegin line=128 size=6 name=a b.txt\nm\x8b\x9e=n}=M\n=yend size=6\nafter\n");

	(void)state;
	assert_tree(m, "1 text/plain|1.u1 application/octet-stream");
	assert_span(m->parts[1].filename, "a b.txt");
	assert_span(content(a, m, 1), "Cat\x04S\xe3");
	m = parse_str(a, "Content-Transfer-Encoding: x-yencode\nContent-Type: a/b\n\n=ybegin line=128 size=3 name=a\n=ypart begin=1 end=3\nm\x8b\x9e\n=yend\n");
	assert_span(content(a, m, 0), "Cat");
	m = parse_str(a, "Subject: x\n\n=ybegin line=128 size=3 name=cut\nm\x8b");
	assert_span(content(a, m, 1), "Ca");
	arena_free(a);
}

/* Texts of some MiB: by the square of their length they take minutes. What follows behind them is found. */
static void what_announces_an_encoded_part_and_has_none_is_looked_at_once(void **state)
{
	struct arena *a = test_arena();
	struct message *m;
	struct buf b;

	(void)state;
	buf_init(&b, 9 << 20);
	buf_str(&b, "Subject: x\n\n");
	while (b.n < 8 << 20)
		buf_str(&b, "\nContent-Transfer-Encoding: quoted-printable\n\nx y\n");
	buf_str(&b, "\nContent-Transfer-Encoding: quoted-printable\n\nthe code is caf=C3=A9\n");
	m = parse(a, buf_span(&b));
	assert_int_equal(m->n_parts, 2);
	assert_span(content(a, m, 1), "the code is caf\xc3\xa9\n");
	buf_clear(&b);
	buf_str(&b, "Content-Type: multipart/mixed; boundary=b\n\n");
	for (unsigned i = 0; i < LIMIT_MIME_PARTS - 1; i++)
		buf_str(&b, "--b\nContent-Type: multipart/mixed; boundary=\"a, b\\\\c\"\n\n--\n--\n--\n--\n--\n--\n--\n--\n");
	m = parse(a, buf_span(&b));
	assert_int_equal(m->n_parts, LIMIT_MIME_PARTS);
	buf_free(&b);
	arena_free(a);
}

static void encrypted_parts_say_so(void **state)
{
	struct arena *a = test_arena();
	struct message *m = parse_str(a, "Content-Type: multipart/encrypted; boundary=b\n\n--b\n"
	    "Content-Type: application/pgp-encrypted\n\nVersion: 1\n--b\nContent-Type: application/octet-stream\n\nx\n--b--\n");

	(void)state;
	assert_string_equal(part_sealed(&m->parts[2]), "OpenPGP encrypted");
	m = parse_str(a, "Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\nx");
	assert_string_equal(part_sealed(&m->parts[0]), "S/MIME encrypted");
	m = parse_str(a, "Content-Type: application/pkcs7-mime; smime-type=signed-data\n\nx");
	assert_null(part_sealed(&m->parts[0]));
	m = parse_str(a, "Subject: x\n\n-----BEGIN PGP MESSAGE-----\n\nww0ECQMIAAAAAAAAAAAA0gMBAAA=\n");
	assert_string_equal(part_sealed(&m->parts[0]), "OpenPGP encrypted");
	m = parse_str(a, "Content-Disposition: attachment; filename=smime.p7m\n\nx");
	assert_string_equal(part_sealed(&m->parts[0]), "S/MIME encrypted");
	m = parse_str(a, "Content-Disposition: attachment; filename=a.zip.PGP\nContent-Transfer-Encoding: base64\n\nww0ECQMIAAAAAAAAAAAA0gMBAAA=\n");
	assert_string_equal(part_sealed(&m->parts[0]), "OpenPGP encrypted");
	m = parse_str(a, "Content-Disposition: attachment; filename=a.zip.PGP\n\nx");
	assert_null(part_sealed(&m->parts[0]));
	m = parse_str(a, "Subject: x\n\nhello");
	assert_null(part_sealed(&m->parts[0]));
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(encodings_are_known_with_what_is_written_around_them),
	    cmocka_unit_test(file_names_come_from_either_field_decoded),
	    cmocka_unit_test(mbox_quoting_is_undone_in_text_and_not_in_uuencode),
	    cmocka_unit_test(a_uuencoded_file_in_text_is_a_part),
	    cmocka_unit_test(base64_that_is_called_text_is_read_beside_its_letters),
	    cmocka_unit_test(a_uuencoded_file_is_found_where_its_lines_are_escaped_or_called_no_text),
	    cmocka_unit_test(binhex_is_an_encoding_or_lies_in_old_text),
	    cmocka_unit_test(a_file_in_yenc_in_text_is_a_part),
	    cmocka_unit_test(what_announces_an_encoded_part_and_has_none_is_looked_at_once),
	    cmocka_unit_test(encrypted_parts_say_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
