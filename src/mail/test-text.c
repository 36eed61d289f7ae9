#include "base/test.h"
#include "base/utf8.h"
#include "mail/text-kind.h"
#include "mail/text.h"
#include "stream/test-charsets.h"

/* The text of part `path` of a message. */
struct read { struct arena *a; struct message *m; const struct part *p; struct part_text t; };

static struct read read_bytes(const char *raw, size_t n, const char *path)
{
	struct read r = {.a = test_arena()};

	assert_ok(mime_parse(r.a, span_of(raw, n), false, &r.m, &e));
	for (size_t i = 0; i < r.m->n_parts; i++)
		if (strcmp(r.m->parts[i].path, path) == 0)
			r.p = &r.m->parts[i];
	if (r.p == NULL)
		fail_msg("no part %s", path);
	assert_ok(part_text(r.a, r.m, r.p, NULL, &r.t, &e));
	return r;
}
#define READ(raw, path) read_bytes(raw, sizeof(raw) - 1, path)

static void is_text_with(struct read r, const char *want, unsigned problems)
{
	assert_int_equal(r.t.outcome, TEXT_READ);
	assert_null(r.t.reason);
	assert_span(r.t.utf8, want);
	assert_int_equal(r.t.problems, problems);
	arena_free(r.a);
}

static void is_text(struct read r, const char *want) { is_text_with(r, want, 0); }

static void is_not(struct read r, const char *reason)
{
	assert_int_equal(r.t.outcome, TEXT_NOT);
	assert_string_equal(r.t.reason, reason);
	assert_int_equal(r.t.utf8.n, 0);
	arena_free(r.a);
}

static void test_text_is_decoded_and_becomes_utf8(void **state)
{
	(void)state;
	is_text(READ("Content-Type: text/plain; charset=iso-8859-1\nContent-Transfer-Encoding: quoted-printable\n\n"
	             "mot de passe: caf=E9=\n 80\n", "1"), "mot de passe: café 80\n");
	is_text(READ("Subject: x\n\npassword: hunter2\n", "1"), "password: hunter2\n");
	is_text(READ("Content-Type: text/csv; charset=utf-16\nContent-Transfer-Encoding: base64\n\n//5wAHcA", "1"), "pw");
	is_text(READ("Content-Type: text/html; charset=utf-8\n\n<p>pass<b>word</b>: hun&#116;er2", "1"), "password: hunter2");
	is_text(READ("Content-Type: text/plain\n\n", "1"), "");
}

static void test_a_wrong_or_missing_charset_is_made_good_and_noted(void **state)
{
	(void)state;
	is_text_with(READ("Content-Type: text/plain; charset=us-ascii\n\ncaf\xc3\xa9", "1"), "café", MIME_BAD_CHARSET);
	is_text_with(READ("Content-Type: text/plain; charset=us-ascii\n\ncaf\xe9", "1"), "café", MIME_BAD_CHARSET);
	is_text_with(READ("Content-Type: text/plain; charset=utf-8\n\ncaf\xe9 cr\xe8me", "1"), "café crème", MIME_BAD_CHARSET);
	is_text_with(READ("Content-Type: text/plain; charset=utf-8\n\ncaf\xc3\xa9 \xc3\xa9\xff", "1"), "café é\xef\xbf\xbd", MIME_BAD_CHARSET);
	is_text_with(READ("Content-Type: text/plain; charset=utf-8\n\nGr\xc3\xbc\xc3\x9f" "e \xc0\xaf", "1"), "Grüße \xef\xbf\xbd\xef\xbf\xbd", MIME_BAD_CHARSET);
	is_text_with(READ("Content-Type: text/plain; charset=utf-16\n\nplain", "1"), "plain", MIME_BAD_CHARSET);
	is_text_with(READ("Content-Type: text/plain; charset=utf-8\n\np\0w\0 \0a\0", "1"), "pw a", MIME_BAD_CHARSET);
	is_text_with(READ("Content-Type: text/html; charset=iso-8859-1\n\n\0p\0w\0 \0a", "1"), "pw a", MIME_BAD_CHARSET);
	is_text_with(READ("Content-Type: text/plain; charset=utf-16le\n\n\0p\0w\0 \0a", "1"), "pw a", MIME_BAD_CHARSET);
	is_text(READ("Content-Type: text/plain; charset=utf-16\n\np\0w\0 \0a\0", "1"), "pw a");
	is_text_with(READ("Content-Type: text/plain; charset=klingon\n\nplain", "1"), "plain", MIME_BAD_CHARSET);
	is_text_with(READ("Content-Type: text/plain; charset=iso-2022-jp\n\ncaf\xc3\xa9", "1"), "café", MIME_BAD_CHARSET);
	is_text(READ("Content-Type: text/plain\n\ncaf\xe9", "1"), "café");
	is_text(READ("Content-Type: text/html\n\n<meta http-equiv=x content=\"text/html; charset=koi8-r\">\xf0\xc1", "1"),
	    "<text/html; charset=koi8-r>Па");
	is_text(READ("Content-Type: text/xml\n\n<?xml version='1.0' encoding='windows-1251'?>\xcf", "1"),
	    "<?xml version='1.0' encoding='windows-1251'?>П");
	is_text(READ("Content-Type: text/plain; charset=iso-8859-1\n\n\xef\xbb\xbf" "caf\xc3\xa9", "1"), "café");
}

static void test_text_in_an_unknown_charset_is_only_read_in_part(void **state)
{
	struct read r = READ("Content-Type: text/plain; charset=klingon\n\ncaf\xe9", "1");

	(void)state;
	assert_int_equal(r.t.outcome, TEXT_PARTIAL);
	assert_string_equal(r.t.reason, "unknown charset, read as a guess");
	assert_span(r.t.utf8, "café");
	assert_int_equal(r.t.problems, MIME_BAD_CHARSET);
	arena_free(r.a);
}

static void test_a_guess_at_a_charset_says_so(void **state)
{
	struct read r = READ("Content-Type: text/plain\n\n\xf0\xc1\xd2\xcf\xcc\xd8: x", "1");

	(void)state;
	assert_string_equal(r.t.guess, "charset not declared");
	assert_string_equal(charset_name(r.t.charset), "koi8-r");
	is_text(r, "Пароль: x");
	r = READ("Content-Type: text/plain\n\ncaf\xe9", "1");
	assert_null(r.t.guess);
	is_text(r, "café");
	r = READ("Content-Type: text/plain\n\n\xff\xfep\0w\0", "1");
	assert_null(r.t.guess);
	is_text(r, "pw");
}

static void test_text_is_known_by_type_by_name_and_by_its_bytes(void **state)
{
	(void)state;
	is_text(READ("Content-Type: application/json\n\n{\"a\":1}", "1"), "{\"a\":1}");
	is_text(READ("Content-Type: application/vnd.x+xml\n\n<a/>", "1"), "<a/>");
	is_text(READ("Content-Type: application/x-msdownload; name=deploy.PS1\n\n$pw = 1", "1"), "$pw = 1");
	is_text(READ("Content-Type: application/octet-stream; name=id_rsa\n\n-----BEGIN\n", "1"), "-----BEGIN\n");
	is_text(READ("Content-Type: application/octet-stream\n\n<html><b>x</b>", "1"), "x");
	is_text(READ("Content-Type: application/x-what\n\nplain after all", "1"), "plain after all");
	is_text(READ("Content-Type: text/plain\n\nBM is how this begins", "1"), "BM is how this begins");
}

static void test_what_is_no_text_says_what_it_is(void **state)
{
	(void)state;
	is_not(READ("Content-Type: application/pdf\n\n%PDF-1.4\n", "1"), "a damaged PDF: no object can be found in it");
	is_not(READ("Content-Type: text/plain; name=a.txt\n\n%PDF-1.4\n", "1"), "a damaged PDF: no object can be found in it");
	is_not(READ("Content-Type: image/png\nContent-Transfer-Encoding: base64\n\niVBORw0KGgoAAAAN", "1"), "PNG image");
	is_not(READ("Content-Type: application/zip\n\nPK\3\4\24\0\1\0\10\0", "1"), "encrypted ZIP archive");
	is_not(READ("Content-Type: application/zip\n\nPK\3\4\24\0\0\0\10\0", "1"), "ZIP archive");
	is_not(READ("Content-Type: application/octet-stream\n\nPK\3\4\24\0\0\0\10\0________________________[Content_Types].xml", "1"),
	    "ZIP archive");
	is_not(READ("Content-Type: application/octet-stream\n\nPK\3\4\24\0\0\0\10\0____________________[Content_Types].xml", "1"),
	    "a damaged ZIP file: no member can be found in it");
	is_not(READ("Content-Type: application/msword\n\n\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "1"), "a damaged Office document: compound file with a damaged header");
	is_not(READ("Content-Type: image/heic\n\n\0\0\0\30ftypheic\0\0\0\0mif1", "1"), "HEIF image (.heic)");
	is_not(READ("Content-Type: image/heif\n\n\0\0\0\30ftypmif1\0\0\0\0heic", "1"), "HEIF image");
	is_not(READ("Content-Type: application/octet-stream\n\n\0\0\0\30ftypM4A \0\0\0\0", "1"), "MPEG-4 audio");
	is_not(READ("Content-Type: application/octet-stream\n\n\0\0\0\30ftypqt  \0\0\0\0", "1"), "QuickTime movie");
	is_not(READ("Content-Type: application/octet-stream\n\n\0\0\0\30ftypisom\0\0\0\0", "1"), "MPEG-4 movie");
	is_not(READ("Content-Type: image/x-raw\n\n\1\2\3\0\5", "1"), "image");
	is_not(READ("Content-Type: application/octet-stream\n\n\1\2\3\0\5", "1"), "binary data of an unknown kind");
	is_not(READ("Content-Type: application/pkcs7-mime; smime-type=enveloped-data\n\n0", "1"), "S/MIME encrypted");
	is_not(READ("Content-Type: text/plain\n\n-----BEGIN PGP MESSAGE-----\n\nww0ECQMIAAAAAAAAAAAA0gMBAAA=\n", "1"), "OpenPGP encrypted");
	is_not(READ("Content-Type: text/plain\n\n-----BEGIN PGP MESSAGE-----\n\nabc\n", "1"),
	    "OpenPGP message, so damaged that it cannot be said whether it is encrypted");
}

static void test_a_multipart_has_no_text_of_its_own(void **state)
{
	struct read r = READ("Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n", "");

	(void)state;
	assert_int_equal(r.t.outcome, TEXT_NOT);
	assert_null(r.t.reason);
	arena_free(r.a);
}

static void place(struct read r, const char *text, const char *want)
{
	size_t at = span_find(r.t.utf8, span_str(text));
	uint64_t at_byte, n_bytes;
	span value;

	if (at == r.t.utf8.n)
		fail_msg("\"%s\" is not in the text", text);
	part_text_place(&r.t, at, strlen(text), &at_byte, &n_bytes);
	assert_span(span_sub(r.t.content, (size_t)at_byte, (size_t)n_bytes), want);
	assert_ok(part_text_value(&r.t, at_byte, n_bytes, &value, &e));
	assert_span(value, text);
	arena_free(r.a);
}

static void test_a_finding_is_placed_in_the_decoded_bytes_and_read_again_from_there(void **state)
{
	(void)state;
	place(READ("Subject: x\n\npassword: hunter2\n", "1"), "hunter2", "hunter2");
	place(READ("Content-Type: text/plain; charset=iso-8859-1\n\ncl\xe9: caf\xe9!\n", "1"), "café!", "caf\xe9!");
	place(READ("Content-Type: text/html; charset=iso-8859-1\n\n<p>\xe9t\xe9 caf\xe9<b> hun&#116;er2</b> x", "1"), "hunter2",
	    "hun&#116;er2");
	place(READ("Content-Type: text/html\n\n\xef\xbb\xbf<p>x<b>k\xc3\xa9y</b>", "1"), "kéy", "k\xc3\xa9y");
	place(READ("Content-Type: text/plain; charset=iso-2022-jp\n\n\x1b$B%Q%9\x1b(B: hunter2\n", "1"), "hunter2", "hunter2");
}

static void test_a_place_past_the_end_is_refused(void **state)
{
	struct read r = READ("Subject: x\n\npassword\n", "1");
	struct err wrong;
	span value;

	(void)state;
	assert_int_equal(part_text_value(&r.t, 5, 5, &value, &wrong), ERR_EVIDENCE);
	assert_int_equal(part_text_value(&r.t, UINT64_MAX, 2, &value, &wrong), ERR_EVIDENCE);
	arena_free(r.a);
}

static void test_a_message_cut_anywhere_gives_valid_text(void **state)
{
	static const char raw[] = "Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
	                          "<p title=3D\"x\">pass<b>w=C3=B6rd</b>: =\nhun&#116;er2 <a href=3D\"https://u:p@h\">x</a>\n";

	(void)state;
	for (size_t n = 0; n < sizeof raw; n++) {
		char *exact = malloc(n != 0 ? n : 1);
		struct read r;

		assert_non_null(exact);
		memcpy(exact, raw, n);
		r = read_bytes(exact, n, "1");
		assert_int_equal(utf8_valid(r.t.utf8), r.t.utf8.n);
		arena_free(r.a);
		free(exact);
	}
}

static void test_the_subject_is_a_text_of_its_own(void **state)
{
	static const char raw[] = "Subject:\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe:?=\n pin 4821\n\nbody\n";
	struct read r = read_bytes(raw, sizeof raw - 1, "1");
	struct part_text t;
	uint64_t at, n;
	span value;

	(void)state;
	assert_ok(subject_text(r.a, r.m, &t, &e));
	assert_int_equal(t.outcome, TEXT_READ);
	assert_true(span_eq(t.utf8, SPAN_LIT("Gr\xc3\xbc\xc3\x9f" "e: pin 4821")));
	part_text_place(&t, 13, 4, &at, &n);
	assert_ok(part_text_value(&t, at, n, &value, &e));
	assert_true(span_eq(value, SPAN_LIT("4821")));
	arena_free(r.a);

	r = read_bytes("To: x\n\nbody\n", 13, "1");
	assert_ok(subject_text(r.a, r.m, &t, &e));
	assert_int_equal(t.outcome, TEXT_NOT);
	arena_free(r.a);
}

/* Each byte of the text is found again where it stood. */
static void flows(const char *params, const char *body, const char *want)
{
	char raw[600];
	struct read r;

	(void)snprintf(raw, sizeof raw, "Content-Type: text/plain; charset=utf-8; format=flowed%s\n\n%s", params, body);
	r = read_bytes(raw, strlen(raw), "1");
	assert_span(r.t.utf8, want);
	for (size_t at = 0; at < r.t.utf8.n; at++) {
		uint64_t at_byte, n_bytes;
		span value;

		part_text_place(&r.t, at, 1, &at_byte, &n_bytes);
		assert_int_equal(r.t.content.p[at_byte], r.t.utf8.p[at]);
		assert_ok(part_text_value(&r.t, at_byte, 1, &value, &e));
		assert_int_equal(value.n, 1);
		assert_ptr_equal(value.p, r.t.utf8.p + at);
	}
	arena_free(r.a);
}

static void test_soft_line_breaks_are_taken_out(void **state)
{
	(void)state;
	flows("", "the password \nis Pier-71\nbye\n", "the password is Pier-71\nbye\n");
	flows("; delsp=yes", "IBAN DE8937040044 \r\n0532013000\r\n", "IBAN DE89370400440532013000\r\n");
	flows("; DelSp=\"yes\"", "Pier-7 \n1 \n9", "Pier-719");
	flows("", "> one \n> two \n> three\n>> four \n> five \n", "> one two three\n>> four \n> five \n");
	flows("", "a \n stuffed\n  two\n", "a stuffed\n  two\n");
	flows("", "bye \n-- \nAnn\n> -- \n> x\n", "bye \n-- \nAnn\n> -- \n> x\n");
	flows("", "> \n> \n> a\n \nb", "> \n> \n> a\n \nb");
	flows("", "no break at all\n", "no break at all\n");
	/* Not what is no such text, nor a file, whose lines are counted. */
	is_text(READ("Content-Type: text/plain\n\na \nb\n", "1"), "a \nb\n");
	is_text(READ("Content-Type: text/plain; format=flowed; name=a.txt\n\na \nb\n", "1"), "a \nb\n");
}

static void test_characters_that_nobody_sees_are_taken_out(void **state)
{
	(void)state;
	is_text(READ("Content-Type: text/plain; charset=utf-8\n\npass\xe2\x80\x8bword: \xe2\x81\xa8Pier\xc2\xad-71\xe2\x81\xa9\n", "1"), "password: Pier-71\n");
	is_text(READ("Content-Type: text/html; charset=utf-8\n\npass&#x202d;word: \xe2\x81\xa8Pier&shy;-71\xe2\x81\xa9", "1"), "password: Pier-71");
	is_text(READ("Content-Type: text/plain; charset=utf-8\n\np\xcd\x8f" "a\xd8\x9css\xe1\xa0\x8eword: \xf3\xa0\x81\x81Pier\xf3\xa0\x84\x80-71\n", "1"), "password: Pier-71\n");
	flows("", "\xe2\x80\x8b\xe2\x80\x8bthe pass\xe2\x80\x8bword \n\xc2\xadis Pier\xe2\x81\xa0-71\xef\xbb\xbf\nbye\n\xe2\x80\x8b", "the password is Pier-71\nbye\n");
	flows("; delsp=yes", "\xe2\x80\x8cx \n\xe2\x80\x8cy \n\xe2\x80\x8cz", "xyz");
	flows("", "caf\xc3\xa9 \xe2\x82\xac \xef\xbc\xa1\n", "caf\xc3\xa9 \xe2\x82\xac \xef\xbc\xa1\n");
}

/* As flows, of a file by that name: each character of the text is found again at its place. */
static void is_escaped(const char *name, const char *body, const char *want)
{
	char raw[600];
	struct read r;

	(void)snprintf(raw, sizeof raw, "Content-Type: application/octet-stream; name=%s\n\n%s", name, body);
	r = read_bytes(raw, strlen(raw), "1");
	assert_span(r.t.utf8, want);
	for (size_t at = 0, n; at < r.t.utf8.n; at += n) {
		uint64_t at_byte, n_bytes;
		span value;

		(void)utf8_get(span_from(r.t.utf8, at), &n);
		part_text_place(&r.t, at, n, &at_byte, &n_bytes);
		assert_true(r.t.content.p[at_byte] == r.t.utf8.p[at] || r.t.content.p[at_byte] == '\\');
		assert_int_equal(n_bytes, r.t.content.p[at_byte] != '\\' || r.t.utf8.p[at] == '\\' ? n : r.t.content.p[at_byte + 1] != 'u' ? 2 : n == 4 ? 12 : 6);
		assert_ok(part_text_value(&r.t, at_byte, n_bytes, &value, &e));
		assert_true(span_eq(value, span_sub(r.t.utf8, at, n)));
	}
	arena_free(r.a);
}

static void test_characters_that_are_escaped_are_those(void **state)
{
	(void)state;
	is_escaped("a.json", "{\"T\\u00fcrcode\": \"4711\\u0026\\/x\"}", "{\"T\xc3\xbcrcode\": \"4711&/x\"}");
	is_escaped("a.json", "[\"pin 4711\\nBo \\ud83d\\ude00\"]", "[\"pin 4711\nBo \xf0\x9f\x98\x80\"]");
	is_escaped("a.json", "[\"pass\\u200bword: Tal-47\"]", "[\"password: Tal-47\"]");
	/* What would end the string, and what is no escape. */
	is_escaped("a.json", "[\"C:\\\\new \\\" \\u0022 \\u12 \\ud83d \\\"]", "[\"C:\\\\new \\\" \\u0022 \\u12 \\ud83d \\\"]");
	is_escaped("a.properties", "pass=Tal\\=47\\u00e4\\:\nx=one\\\n  two\n", "pass=Tal=47\xc3\xa4:\nx=onetwo\n");
	is_escaped("a.txt", "\\u00fc \\n", "\\u00fc \\n");
}

static void is_loose(const char *raw, const char *path, const char *want)
{
	struct arena *a = test_arena();
	struct message *m;
	struct part_text t;

	assert_ok(mime_parse(a, span_str(raw), false, &m, &e));
	assert_ok(loose_text(a, m, span_str(path), &t, &e));
	assert_int_equal(t.outcome, want != NULL ? TEXT_READ : TEXT_NOT);
	if (want != NULL)
		assert_span(t.utf8, want);
	arena_free(a);
}

static void test_nor_do_they_part_words_of_the_header(void **state)
{
	(void)state;
	is_loose("Subject: =?utf-8?Q?the_pass=E2=80=8Bword:_Tal=C2=AD-47?=\n\nx", "subject", "the password: Tal-47");
	is_loose("Subject: x\nComments: =?utf-8?Q?pass=E2=80=8Bword:_Tal?=\n\nx", "fields", "Comments: password: Tal\n");
}

static void test_so_is_what_people_write_beside_addresses(void **state)
{
	(void)state;
	is_loose("From: \"Bob (x 1)\" (pin\n\t4821) <bob@x.example>\nTo: jo@x.example, Ann Ek <ann@x.example> code 7, \"> 8\" <a@x.example>,\n a.b@x.example (P@ss is 9)\n"
	         "Cc: jo@x.example (Jo), =?utf-8?Q?Z=C3=A9?= <ann@x.example>\nReply-To: <jo@x.example> (=?utf-8?Q?code_9?=)\n\nx",
	    "fields", "From: (pin 4821) \"Bob (x 1)\"\nTo: code 7 \"> 8\" (P@ss is 9)\nReply-To: (code 9)\n");
	is_loose("From: \"PIN 4821 for\n  the gate\" <a@x.example>\nTo: the gate 9: jo@x.example, al@x.example;, \"pin: 5\"@x.example, =?utf-8?Q?Ann=2C_code_7?= <ann@x.example>\n"
	         "Cc: Reef14 <r@x.example>, Reef15 via Lists <l@x.example>, 6 <s@x.example>\nList-Id: pin: 3 <l.x.example>\n\nx",
	    "fields", "From: \"PIN 4821 for the gate\"\nTo: the gate 9: jo@x.example Ann, code 7\nList-Id: pin: 3\n");
	is_loose("From: jo@x.example\nDate: x (pin 7)\n\nx", "fields", NULL);
}

static void test_what_stands_outside_of_the_parts_is_text(void **state)
{
	static const char whole[] = "Subject: s\nContent-Type: multipart/mixed; boundary=b\n\nbefore\n--b\n\nx\n--b\n\ny\n--b--\nbehind caf\xe9\n";
	char cut[sizeof whole];

	(void)state;
	is_loose(whole, "subject", "s");
	is_loose(whole, "preamble", "before\n");
	is_loose(whole, "epilogue", "behind café\n");
	is_loose("Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=c\n\n-- code 7\n--c\n\nx\n--c--\n--code=8\n--b--\n",
	    "preamble", "-- code 7\n");
	is_loose("Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: multipart/mixed; boundary=c\n\n-- code 7\n--c\n\nx\n--c--\n--code=8\n--b--\n",
	    "epilogue", "--code=8\n");
	is_loose(whole, "other", NULL);
	is_loose(whole, "names", NULL);
	is_loose("Content-Type: multipart/report; boundary=b\n\n--b\nContent-Type: text/rfc822-headers\n\nFrom: =?utf-8?Q?A?= <a@b.example>\n"
	         "Subject: =?utf-8?Q?code_?=\n =?utf-8?B?Nw==?=\nX-Note: plain\n\n--b--\n", "fields", "Subject: code 7\n");
	is_loose("Content-Type: text/plain; name=\"code 7.txt\"\n\nx\n", "names", "code 7\n");
	/* A dash was lost; and what only looks so. */
	is_loose("Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b- \nbehind\n", "epilogue", "behind\n");
	is_loose("Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b-7\n--b--\nbehind\n", "epilogue", "behind\n");
	is_loose("Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b-- code 8\nbehind\n", "epilogue", " code 8\nbehind\n");
	is_loose("Content-Type: multipart/mixed; boundary=--\n\n----\n\nx\n-----\ny\n------\n", "epilogue", NULL);
	/* RFC 2183 2.3: the one that is shown, and the one that programs before it wrote. */
	is_loose("Content-Type: text/plain; name=\"code 7.txt\"\nContent-Disposition: attachment; filename=\"plan.txt\"\n\nx\n", "names", "plan\ncode 7\n");
	is_loose("Content-Type: text/plain; name*=utf-8\'\'plan; name=\"code 4\"\nContent-Disposition: attachment; filename=\"code 5.txt\"; filename*=utf-8\'\'a%20b.txt;\n"
	         " filename=\"code 6.txt\"\n\nx\n", "names", "a b\ncode 4\nplan\ncode 5\ncode 6\n");
	is_loose("Content-Type: text/plain; name=plan.txt\nContent-Disposition: attachment; filename=plan.txt\n\nx\n", "names", "plan\n");
	is_loose("Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n", "preamble", NULL);
	is_loose("Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n", "epilogue", NULL);
	is_loose("Content-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n", "epilogue", NULL);
	is_loose("Subject: plain\n\nx\n", "preamble", NULL);
	for (size_t n = 0; n < sizeof whole; n++) {
		struct arena *a = test_arena();
		struct message *m;
		struct part_text t;

		memcpy(cut, whole, n);
		assert_ok(mime_parse(a, span_of(cut, n), false, &m, &e));
		for (size_t i = 0; i < LOOSE_PATHS; i++) {
			assert_ok(loose_text(a, m, span_str(loose_paths[i]), &t, &e));
			assert_int_equal(utf8_valid(t.utf8), t.utf8.n);
		}
		arena_free(a);
	}
}

static void test_files_in_base64_that_do_not_say_so_are_read_beside_their_letters(void **state)
{
	(void)state;
	/* Nor are words below a file that no delimiter ends bytes of it. */
	is_text(READ("Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: application/octet-stream\nContent-Transfer-Encoding: base64\n\n"
	             "AAECAwQFBgcICQoLDA0ODxAREhMUFRYX\nGBkaGw==\n\nThe code is 7\n", "1.u1"), "\n\nThe code is 7\n");
	is_not(READ("Content-Type: image/png\n\niVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptV\n", "1.u1"), "PNG image");
	/* Of text there has to be more. */
	is_text(READ("Content-Type: application/json\n\neyJob3N0IjogInZhdWx0LnRlcm4uZXhhbXBsZSIsICJ1c2VyIjogIm1hcmEi\nLCAicGFzc3dvcmQiOiAiSGFyYm91ci1HYXRlLTcyIiwgIm5vdGUiOiAidW50\naWwgdGhlIGVuZCBvZiBNYXksIHRoZW4gYW5ldyJ9\n", "1.u1"),
	    "{\"host\": \"vault.tern.example\", \"user\": \"mara\", \"password\": \"Harbour-Gate-72\", \"note\": \"until the end of May, then anew\"}");
	is_text(READ("Content-Type: application/octet-stream\n\nVGhlIHBhc3N3b3JkIGlzIHg=\n", "1"), "VGhlIHBhc3N3b3JkIGlzIHg=\n");
}

static void test_a_piece_of_a_message_says_that_it_is_one(void **state)
{
	struct read r = READ("Content-Type: message/partial; id=a; number=2; total=3\n\npassword: hunter2\n", "1");

	(void)state;
	assert_int_equal(r.t.outcome, TEXT_PARTIAL);
	assert_span(r.t.utf8, "password: hunter2\n");
	assert_true(span_starts(span_str(r.t.reason), SPAN_LIT("piece 2 of 3 of a message")));
	arena_free(r.a);
	r = READ("Content-Type: message/partial; id=a; number=\"1 of\"\n\nx\n", "1");
	assert_true(span_starts(span_str(r.t.reason), SPAN_LIT("piece ? of a message")));
	arena_free(r.a);
	r = READ("Content-Type: message/external-body; access-type=URL; URL=\"ftp://a.example/x\"\n\nContent-Type: image/png\n", "1");
	assert_int_equal(r.t.outcome, TEXT_PARTIAL);
	arena_free(r.a);
}

/* The last text that is given. */
static enum errc keep_last(void *ctx, const struct part *p, const struct part_text *t, struct err *e)
{
	enum text_outcome *last = ctx;

	(void)e;
	*last = t->outcome;
	if (t->outcome != TEXT_READ)
		assert_string_equal(t->reason, "longer than what is read as text");
	assert_string_equal(p->path, t->html ? "1" : "1!/hidden markup");
	return OK;
}

/* What a page does not show is longer than the page here: a field in a comment is given with it and again. */
static void test_what_a_page_does_not_show_is_read_in_part_where_it_is_too_long(void **state)
{
	static const size_t sizes[] = {1 << 20, 40 << 20};
	struct buf b;

	(void)state;
	buf_init(&b, 41 << 20);
	for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
		struct arena *a;
		struct message *m;
		enum text_outcome last = TEXT_NOT;

		assert_ok(arena_new(&a, 1 << 30, &e));
		buf_clear(&b);
		buf_str(&b, "Content-Type: text/html; charset=utf-8\n\n<p>seen</p><!--<input name=n value='");
		while (b.n < sizes[i])
			buf_str(&b, "what a program was told; ");
		buf_str(&b, "'>-->");
		assert_false(b.failed);
		assert_ok(mime_parse(a, buf_span(&b), false, &m, &e));
		assert_ok(part_texts(a, m, &m->parts[0], NULL, keep_last, NULL, &last, &e));
		assert_int_equal(last, i == 0 ? TEXT_READ : TEXT_PARTIAL);
		arena_free(a);
	}
	buf_free(&b);
}

static void test_a_part_is_what_its_bytes_say(void **state)
{
	static const struct { const char *bytes, *type, *name, *want; } cases[] = {
		{"%PDF-1.7\n", "application/octet-stream", "x", "application/pdf"},
		{"%PDF-1.7\n", "image/png", "x.png", "application/pdf"},
		{"PK\3\4 and what follows the header", "image/png", "x.png", "application/zip"},
		{"PK\3\4 and what follows the header", "application/vnd.oasis.opendocument.text", "x.odt", ""},
		{"PK\3\4..........................word/document.xml", "application/octet-stream", "letter.pdf",
		    "application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		{"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "application/octet-stream", "old.xls", "application/vnd.ms-excel"},
		{"{\\rtf1 x}", "application/msword", "x.doc", "application/rtf"},
		{"host,password\n", "application/octet-stream", "x.csv", "text/csv"},
		{"<html>x", "application/octet-stream", "x", "text/html"},
		{"\1\2\3\200\201", "application/octet-stream", "x", ""},
		{"plain\n", "text/x-log", "x", ""},
		{"", "application/octet-stream", "x", ""},
	};

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		assert_string_equal(text_kind_type(span_str(cases[i].bytes), span_str(cases[i].type), span_str(cases[i].name)), cases[i].want);
}

/* The name of that member as the one path has it. */
static span shown_in(span path, const char *holder, span name, uint64_t index)
{
	struct arena *a = test_arena();
	struct member_names l = {0};
	span shown;

	assert_ok(member_names_add(a, &l, path, &e));
	member_names_sort(&l);
	shown = member_name_in(&l, holder, name, index);
	arena_free(a);
	return shown;
}

static void a_path_with_stars_leads_to_the_member_of_its_number(void **state)
{
	const span path = SPAN_LIT("2!/dir/pw *****.zip#4!/a.txt"), name = SPAN_LIT("dir/pw Reef7.zip");

	(void)state;
	assert_span(shown_in(path, "2!", name, 4), "dir/pw *****.zip");
	assert_span(shown_in(span_first(path, 21), "2!", name, 4), "dir/pw *****.zip");
	assert_span(shown_in(path, "2!", name, 40), "");
	assert_span(shown_in(SPAN_LIT("2!/dir/pw *****.zip#40"), "2!", name, 4), "");
	assert_span(shown_in(path, "3!", name, 4), "");
	assert_span(shown_in(path, "2!", SPAN_LIT("dir/pw Reef7.zap"), 4), "");
	assert_span(shown_in(path, "2!", SPAN_LIT("dir/pw Reef.zip"), 4), "");
	/* One that is called so has no secret. */
	assert_span(shown_in(path, "2!", SPAN_LIT("dir/pw *****.zip"), 4), "");
	for (size_t n = 0; n < 21; n++)
		assert_span(shown_in(span_first(path, n), "2!", name, 4), "");
}

static void paths_with_stars_lead_to_members_within_members(void **state)
{
	const span paths[] = {SPAN_LIT("2!/pin ****.zip#1!/b.txt"), SPAN_LIT("2!/pin ****.zip#1!/pw #7 ***.txt#1"), SPAN_LIT("2!/pin ****.zip#3"),
	    SPAN_LIT("3!/pin ****.zip#1")};
	struct arena *a = test_arena();
	struct member_names l = {0};

	(void)state;
	for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
		assert_ok(member_names_add(a, &l, paths[i], &e));
	member_names_sort(&l);
	assert_span(member_name_in(&l, "2!", SPAN_LIT("pin 4711.zip"), 1), "pin ****.zip");
	assert_span(member_name_in(&l, "3!", SPAN_LIT("pin 4712.zip"), 1), "pin ****.zip");
	assert_span(member_name_in(&l, "2!/pin ****.zip#1!", SPAN_LIT("pw #7 Kay.txt"), 1), "pw #7 ***.txt");
	assert_span(member_name_in(&l, "2!", SPAN_LIT("pin 4713.zip"), 3), "pin ****.zip");
	assert_span(member_name_in(&l, "2!", SPAN_LIT("pin 4713.zip"), 2), "");
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_path_with_stars_leads_to_the_member_of_its_number),
		cmocka_unit_test(paths_with_stars_lead_to_members_within_members),
		cmocka_unit_test(test_text_is_decoded_and_becomes_utf8),
		cmocka_unit_test(test_a_wrong_or_missing_charset_is_made_good_and_noted),
		cmocka_unit_test(test_text_in_an_unknown_charset_is_only_read_in_part),
		cmocka_unit_test(test_a_guess_at_a_charset_says_so),
		cmocka_unit_test(test_text_is_known_by_type_by_name_and_by_its_bytes),
		cmocka_unit_test(test_what_is_no_text_says_what_it_is),
		cmocka_unit_test(test_a_multipart_has_no_text_of_its_own),
		cmocka_unit_test(test_a_finding_is_placed_in_the_decoded_bytes_and_read_again_from_there),
		cmocka_unit_test(test_a_place_past_the_end_is_refused),
		cmocka_unit_test(test_the_subject_is_a_text_of_its_own),
		cmocka_unit_test(test_soft_line_breaks_are_taken_out),
		cmocka_unit_test(test_characters_that_nobody_sees_are_taken_out),
		cmocka_unit_test(test_nor_do_they_part_words_of_the_header),
		cmocka_unit_test(test_characters_that_are_escaped_are_those),
		cmocka_unit_test(test_so_is_what_people_write_beside_addresses),
		cmocka_unit_test(test_what_stands_outside_of_the_parts_is_text),
		cmocka_unit_test(test_files_in_base64_that_do_not_say_so_are_read_beside_their_letters),
		cmocka_unit_test(test_a_piece_of_a_message_says_that_it_is_one),
		cmocka_unit_test(test_what_a_page_does_not_show_is_read_in_part_where_it_is_too_long),
		cmocka_unit_test(test_a_message_cut_anywhere_gives_valid_text),
		cmocka_unit_test(test_a_part_is_what_its_bytes_say),
	};
	return cmocka_run_group_tests_name("text", tests, open_charsets, NULL);
}
