/* Calendars and cards as programs write them: folded, encoded, with pages and files in them. */
#include "base/test.h"

#include "base/utf8.h"
#include "document/document.h"
#include "stream/charset.h"

#define EVENT(lines) "BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:Sitzung\r\n" lines "END:VEVENT\r\nEND:VCALENDAR\r\n"
#define CARD(version, lines) "BEGIN:VCARD\r\nVERSION:" version "\r\n" lines "END:VCARD\r\n"
/* "Code: Boje-771\nCode: Boje-772\n" */
#define FILE_BASE64 "Q29kZTogQm9qZS03NzEKQ29kZTogQm9qZS03NzIK"

static void reads(span content, const char *text, const char *where)
{
	struct arena *a = test_arena();
	struct document d;
	size_t at;

	assert_int_equal(document_kind(content), DOCUMENT_FORM);
	assert_ok(document_read(a, content, NULL, &d, &e));
	at = span_find(d.text, span_str(text));
	if (at == d.text.n)
		fail_msg("\"%s\" is not in \"%.*s\"", text, (int)d.text.n, (const char *)d.text.p);
	if (where != NULL)
		assert_string_equal(document_where(a, &d, at), where);
	assert_int_equal(utf8_valid(d.text), d.text.n);
	assert_null(d.problem);
	arena_free(a);
}

#define READS(content, text, where) reads(SPAN_LIT(content), text, where)

/* RFC 5545 3.1 counts octets, and warns of those who cut a character. */
static void test_a_character_that_a_fold_cuts_is_whole(void **state)
{
	(void)state;
	READS(EVENT("DESCRIPTION:Gr\xc3\r\n \xbc\xc3\xbc\xc3\x9f\r\n\te\\, Code: Boje-771\r\n"), "Grüüße, Code: Boje-771", "event Sitzung, line 4");
	READS(CARD("2.1", "NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:Gr=C3=\r\n=BCn: Boje=\r\n-771\r\n"), "Grün: Boje-771", "contact, line 3");
}

static void test_they_are_read_in_other_charsets_than_utf_8(void **state)
{
	(void)state;
	READS(EVENT("DESCRIPTION:Gr\xfc\xdf" "e aus dem K\xfcr\r\n bisfeld: Bo\r\n je-771\r\n"), "Grüße aus dem Kürbisfeld: Boje-771", "event Sitzung, line 4");
	READS(CARD("2.1", "FN:J\xfcrg\r\nNOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=ISO-8859-1:Gr=FCn-771\r\n"), "Grün-771", "contact Jürg, line 4");
	READS(CARD("2.1", "N;CHARSET=SHIFT_JIS;ENCODING=QUOTED-PRINTABLE:=8ER=93c\r\n"), "山田", NULL);
	READS("\xfe\xff\0B\0E\0G\0I\0N\0:\0V\0C\0A\0R\0D\0\n\0N\0O\0T\0E\0:\0B\0o\0j\0\n\0 \0e\0-\0" "7\0\n", "Boje-7", NULL);
}

static void test_what_begins_late_or_without_a_calendar_is_one(void **state)
{
	(void)state;
	READS("\r\n\r\n" EVENT("DESCRIPTION:Code: Bo\r\n je-771\r\n"), "Code: Boje-771", "event Sitzung, line 6");
	READS("BEGIN:VEVENT\nDESCRIPTION:Code: Bo\n je-771\nEND:VEVENT\n", "Code: Boje-771", "event, line 2");
	READS("BEGIN:VCALENDAR\rDESCRIPTION:Code: Bo\r je-771\r", "Code: Boje-771", NULL);
	assert_int_equal(document_kind(SPAN_LIT("BEGIN:VERY long text\n")), DOCUMENT_NONE);
}

static void test_a_description_that_is_a_page_is_its_words(void **state)
{
	(void)state;
	READS(EVENT("X-ALT-DESC;FMTTYPE=text/html:<p>Der <i>Code</i>: Tal&amp;\r\n Berg-771</p>\r\n"), "Der Code: Tal&Berg-771", "event Sitzung, line 4");
	READS(EVENT("DESCRIPTION:Der <b>Code</b>: Boje-771<br>bis\\nmorgen\r\n"), "Der Code: Boje-771", "event Sitzung, line 4");
	READS(EVENT("DESCRIPTION:1 < 2\\, Code: Boje<771>\r\n"), "1 < 2, Code: Boje<771>", "event Sitzung, line 4");
}

static void test_parameters_say_what_they_cannot_hold(void **state)
{
	(void)state;
	READS(EVENT("ATTENDEE;CN=\"Ivo: ^'Boje^'^n7^^7^x\":mailto:ivo@tern.example\r\n"), "Ivo: 'Boje' 7^7^x", "event Sitzung, line 4");
}

static void test_files_come_out_however_they_are_put_in(void **state)
{
	(void)state;
	READS(EVENT("ATTACH;VALUE=BINARY;ENCODING=\"BASE64\";X-FILENAME=a.txt:" FILE_BASE64 "\r\n"), "Boje-772", "embedded file a.txt, line 2");
	READS(EVENT("ATTACH:data:text/plain;base64," FILE_BASE64 "\r\n"), "Boje-772", "embedded file ATTACH, line 2");
	READS(CARD("4.0", "KEY;VALUE=uri:data:text/plain\\;base64\\," FILE_BASE64 "\r\n"), "Boje-772", "embedded file KEY, line 2");
	READS(CARD("2.1", "KEY;X509;BASE64:\r\n  Q29kZTogQm9qZS03NzEK\r\n  Q29kZTogQm9qZS03NzIK\r\n\r\nNOTE:Code: Tal\r\n"), "Boje-772", "embedded file KEY, line 2");
	READS(CARD("2.1", "KEY;ENCODING=BASE64:\r\nQ29kZTogQm9qZS03NzEK\r\nQ29kZTogQm9qZS03NzIK\r\n\r\nNOTE:Code: Tal\r\n"), "NOTE: Code: Tal", NULL);
	READS(EVENT("ATTACH:data:text/plain,Boje-771\r\n"), "data:text/plain,Boje-771", "event Sitzung, line 4");
}

int main(void)
{
	struct err e;
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_character_that_a_fold_cuts_is_whole),
	    cmocka_unit_test(test_they_are_read_in_other_charsets_than_utf_8),
	    cmocka_unit_test(test_what_begins_late_or_without_a_calendar_is_one),
	    cmocka_unit_test(test_a_description_that_is_a_page_is_its_words),
	    cmocka_unit_test(test_parameters_say_what_they_cannot_hold),
	    cmocka_unit_test(test_files_come_out_however_they_are_put_in),
	};

	if (charset_open(&e) != OK)
		return 1;
	return cmocka_run_group_tests(tests, NULL, NULL);
}
