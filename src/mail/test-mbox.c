#include "base/test.h"

#include "mail/mbox.h"

/* The messages, "|" between them; and that the entries cover the file without gap or overlap. */
static void assert_messages(const char *file, const char *want)
{
	struct mbox_entry entry;
	char got[4096] = "";
	size_t at = 0, n = 0;

	for (; mbox_next(span_str(file), at, &entry); at = entry.at + entry.n) {
		assert_int_equal(entry.at, at);
		assert_true(entry.n > 0);
		assert_true(entry.message_at + entry.message_n <= entry.at + entry.n);
		n += (size_t)snprintf(got + n, sizeof got - n, "%.*s|", (int)entry.message_n, file + entry.message_at);
	}
	assert_int_equal(at, strlen(file));
	assert_string_equal(got, want);
}

#define POSTMARK "From jane@host.example Thu Nov  1 11:19:12 2001\n"

static void messages_are_parted_by_postmarks(void **state)
{
	(void)state;
	assert_messages(POSTMARK "A: 1\n\none\n\n" POSTMARK "A: 2\n\ntwo\n", "A: 1\n\none\n|A: 2\n\ntwo\n|");
	assert_messages("From x Thu Nov  1 11:19:12 2001\r\nA: 1\r\n\r\none\r\n\r\n"
	    "From y Thu Nov  1 11:19:12 +0100 2001\r\nA: 2\r\n\r\ntwo\r\n\r\n", "A: 1\r\n\r\none\r\n|A: 2\r\n\r\ntwo\r\n|");
	assert_messages("From jane at host.example  Thu Nov  1 11:19:12 2001\nA: 1\n\n\nFrom - Mon Jan  7 01:02:03 2013\nA: 2\n\n",
	    "A: 1\n\n|A: 2\n|");
	assert_messages("\xef\xbb\xbf" POSTMARK "A: 1\n\none\n\n" POSTMARK "A: 2\n\ntwo\n", "A: 1\n\none\n|A: 2\n\ntwo\n|");
	assert_messages("From 1844@xxx\nA: 1\n\none\n\nFrom 1845@xxx\nA: 2\n\ntwo\nFrom - \nA: 3\n\n", "A: 1\n\none\n|A: 2\n\ntwo\n|A: 3\n|");
	assert_messages("\n\r\n" POSTMARK "A: 1\n\none\n\n" POSTMARK "A: 2\n\ntwo\n", "A: 1\n\none\n|A: 2\n\ntwo\n|");
	assert_messages("From x 2001-11-01T11:19:12Z\nA: 1\n\none\n\nFrom y 2001-11-01T11:19:12+01:00\nA: 2\n\ntwo\n", "A: 1\n\none\n|A: 2\n\ntwo\n|");
	assert_messages("From x 2001-11-01 11:19:12\nA: 1\n\none\n\nFrom y 2001-11-01 11:19:12 +0100\nA: 2\n\ntwo\n", "A: 1\n\none\n|A: 2\n\ntwo\n|");
	assert_messages("From x Thu Nov  1 11:19:12 01\nA: 1\n\none\n\nFrom y Thu Nov 15 11:19:12 99\nA: 2\n\ntwo\n", "A: 1\n\none\n|A: 2\n\ntwo\n|");
	assert_messages("From \nA: 1\n\none\n\nFrom \nA: 2\n\ntwo\n", "A: 1\n\none\n|A: 2\n\ntwo\n|");
}

static void sentences_that_begin_with_from_are_body(void **state)
{
	(void)state;
	assert_messages(POSTMARK "A: 1\n\none\n\nFrom here on it is text.\n\nFrom May 2001 at 11:19 we met.\n\nFrom \nthere\n\nFrom a@b\nno\n",
	    "A: 1\n\none\n\nFrom here on it is text.\n\nFrom May 2001 at 11:19 we met.\n\nFrom \nthere\n\nFrom a@b\nno\n|");
	assert_messages(POSTMARK "A: 1\n\none\n" POSTMARK "two\n", "A: 1\n\none\n" POSTMARK "two\n|");
}

static void a_missing_empty_line_is_forgiven_where_a_header_follows(void **state)
{
	(void)state;
	assert_messages(POSTMARK "A: 1\n\none\n" POSTMARK "A: 2\n\ntwo\n", "A: 1\n\none\n|A: 2\n\ntwo\n|");
}

static void bytes_before_the_first_message_are_an_entry_of_their_own(void **state)
{
	(void)state;
	assert_messages("junk\n\n" POSTMARK "A: 1\n\none\n", "|A: 1\n\none\n|");
	assert_messages("no mbox at all\n", "|");
}

static void an_mbox_whose_beginning_is_gone_is_one(void **state)
{
	enum { CAP = 8192 };
	static const char mail[] = POSTMARK "From: a@b.example\nTo: c@d.example\nSubject: x\n\none\n";
	char nul[CAP] = "";

	(void)state;
	assert_true(mbox_begins_later(SPAN_LIT("the end of a body\n\n" POSTMARK "From: a@b.example\nTo: c@d.example\nSubject: x\n\none\n")));
	assert_false(mbox_begins_later(SPAN_LIT("what I meant is\n\n" POSTMARK "and no more\n")));
	assert_false(mbox_begins_later(SPAN_LIT("what I meant is\n" POSTMARK "Key: value\n\n")));
	assert_false(mbox_begins_later(SPAN_LIT("From here\n\nFrom: a@b.example\nTo: c@d.example\nSubject: x\n\none\n")));
	/* As a crash of the machine, or a copy of a bad disc, leaves it. */
	memcpy(nul + 4096, mail, sizeof mail - 1);
	assert_true(mbox_sniff(span_of(nul, 4096 + sizeof mail - 1)));
	nul[4000] = 'x';
	assert_false(mbox_sniff(span_of(nul, 4096 + sizeof mail - 1)));
	nul[4095] = '\n';
	assert_true(mbox_begins_later(span_of(nul, 4096 + sizeof mail - 1)));
}

static void a_content_length_that_fits_decides_where_a_message_ends(void **state)
{
	struct mbox_entry entry;
	static const char quoted[] = POSTMARK "A: 1\nContent-Length: 57\n\none\n\n" POSTMARK ">From\n" "\n" POSTMARK "A: 2\n\ntwo\n";

	(void)state;
	assert_messages(POSTMARK "A: 1\nContent-Length: 53\n\none\n\n" POSTMARK "\n" POSTMARK "A: 2\n\ntwo\n",
	    "A: 1\nContent-Length: 53\n\none\n\n" POSTMARK "|A: 2\n\ntwo\n|");
	assert_messages(POSTMARK "A: 1\nContent-Length: 7\n\none\n\n" POSTMARK "A: 2\n\ntwo\n",
	    "A: 1\nContent-Length: 7\n\none\n|A: 2\n\ntwo\n|");
	assert_messages(POSTMARK "A: 1\nContent-Length: 99999999999999999999\n\none\n", "A: 1\nContent-Length: 99999999999999999999\n\none\n|");
	assert_true(mbox_next(span_str(quoted), 0, &entry));
	assert_true(entry.from_quoted);
	assert_true(mbox_next(SPAN_LIT(POSTMARK "Content-Length: 4\n\none\n"), 0, &entry));
	assert_false(entry.from_quoted);
}

static void logs_of_listserv_are_parted_by_their_lines(void **state)
{
	char line[75], file[400], want[200];

	(void)state;
	memset(line, '=', 73);
	memcpy(line + 73, "\n", 2);
	snprintf(file, sizeof file, "%sDate: x\nFrom: a\n\none\n\n%sDate: y\n\n%sno header\n", line, line, line);
	snprintf(want, sizeof want, "Date: x\nFrom: a\n\none\n\n|Date: y\n\n%sno header\n|", line);
	assert_messages(file, want);
	assert_true(mbox_sniff(span_str(file)));
}

#define MARK "\1\1\1\1\n"

static void messages_between_marks_of_mmdf_are_read(void **state)
{
	(void)state;
	assert_messages(MARK "A: 1\n\none\n" MARK MARK "A: 2\n\nFrom here\n>From there\n" MARK, "A: 1\n\none\n|A: 2\n\nFrom here\n>From there\n|");
	assert_messages(MARK POSTMARK "A: 1\n\none\n" MARK "no field\n" MARK "A: 3\n\nnot closed", "A: 1\n\none\n|no field\n|A: 3\n\nnot closed|");
	assert_true(mbox_sniff(SPAN_LIT(MARK "A: 1\n\none\n" MARK)));
	assert_true(mbox_sniff(SPAN_LIT(MARK POSTMARK "A: 1\n\none\n" MARK)));
	assert_false(mbox_sniff(SPAN_LIT(MARK "what is this\n")));
}

#define DBOX(length) "\1\2N          00000000000000" length "\n"
#define NOTES "\n\1\3\nR6b0ab119\nVda8\n\n"

static void messages_in_files_of_dbox_are_read(void **state)
{
	(void)state;
	assert_messages("2 M1e C6b0ab224\n" DBOX("0A") "A: 1\n\none\n" NOTES, "A: 1\n\none\n|");
	assert_messages("2 M1e C6b0ab224\n" DBOX("0a") "A: 1\n\none\n" NOTES DBOX("28") "A: 2\n\n" DBOX("0A") "\ntwo" NOTES DBOX("0A") "A: 3\n\nyyy\n",
	    "A: 1\n\none\n|A: 2\n\n" DBOX("0A") "\ntwo|A: 3\n\nyyy\n|");
	/* A length that does not fit hides nothing. */
	assert_messages("2 M1e C6b0ab224\n" DBOX("04") "A: 1\n\none\n" DBOX("FF") "A: 2\n\ntwo\n", "A: 1\n\none\n|A: 2\n\ntwo\n|");
	assert_true(mbox_sniff(SPAN_LIT("2 M1e C6b0ab224\n" DBOX("0A") "A: 1\n\none\n")));
	assert_false(mbox_sniff(SPAN_LIT("2 M1e C6b0ab224\nno head\n")));
}

static void messages_in_folders_of_pegasus_are_read(void **state)
{
	static const char mail[] = "From: a@b.example\r\n\r\none \x1a two\r\n\x1aSubject: 2\r\n\r\nthree\r\n\x1a";
	char file[256] = "Copies to self";
	size_t n = 128 + sizeof mail - 1;
	struct mbox_entry entry;

	(void)state;
	memcpy(file + 128, mail, sizeof mail);
	assert_true(mbox_sniff(span_of(file, n)));
	assert_true(mbox_next(span_of(file, n), 0, &entry));
	assert_int_equal(entry.message_at, 128);
	assert_span(span_of(file + entry.message_at, entry.message_n), "From: a@b.example\r\n\r\none \x1a two\r\n");
	assert_true(entry.framed && !entry.from_quoted && entry.at == 0);
	assert_true(mbox_next(span_of(file, n), entry.n, &entry));
	assert_span(span_of(file + entry.message_at, entry.message_n), "Subject: 2\r\n\r\nthree\r\n");
	assert_int_equal(entry.at + entry.n, n);
	/* Cut anywhere, it is covered; without its name, or with another thing where mail should be, it is none. */
	for (size_t cut = 0, at = 0; cut <= n; cut++, at = 0) {
		for (; mbox_next(span_of(file, cut), at, &entry); at = entry.at + entry.n)
			assert_true(entry.at == at && entry.n > 0 && entry.message_at + entry.message_n <= cut);
		assert_int_equal(at, cut);
	}
	file[128] = 'X';
	assert_false(mbox_sniff(span_of(file, n)));
	file[128] = 'F';
	file[3] = '\n';
	assert_false(mbox_sniff(span_of(file, n)));
}

static void an_mbox_cut_anywhere_is_covered_by_its_entries(void **state)
{
	static const char *const wholes[] = {POSTMARK "A: 1\nContent-Length: 4\n\none\n\n" POSTMARK "A: 2\r\n\r\ntwo\n\n",
	    "\r\n\n" POSTMARK "A: 1\n\n", MARK "A: 1\n\none\n" MARK MARK "A: 2\n\ntwo\n" MARK,
	    "2 M1e C6b0ab224\n" DBOX("0A") "A: 1\n\none\n" NOTES DBOX("0A") "A: 1\n\none\n" NOTES};

	(void)state;
	for (size_t i = 0, n = 0; i < sizeof wholes / sizeof *wholes; n < strlen(wholes[i]) ? n++ : (i++, n = 0)) {
		struct mbox_entry entry;
		char *cut = malloc(n + 1);
		size_t at = 0;

		memcpy(cut, wholes[i], n);
		for (; mbox_next(span_of(cut, n), at, &entry); at = entry.at + entry.n)
			assert_true(entry.at == at && entry.n > 0 && entry.message_at <= n && entry.message_n <= n - entry.message_at);
		assert_int_equal(at, n);
		free(cut);
	}
}

static void messages_are_known_by_their_first_fields(void **state)
{
	static const char *const mail[] = {
	    "Message-ID: <1@x>\nDate: Mon, 1 Jan 2001 00:00:00 -0800\nFrom: a@b.example\nTo: c@d.example\n\nbody",
	    "Return-Path: <a@b.example>\r\nReceived: from x\r\n\tby y\r\nSubject: z\r\n\r\nbody",
	    "\r\n\nX-Mailer: a\nFrom: a@b.example\nSubject: b\n\n",
	    "From jane Thu Nov  1 11:19:12 2001\nSubject: a\nFrom: b\nDate: c\n\n",
	    "Subject: caf\xe9\nFrom: x\nTo: y\n\nhello",
	    "From: a@b.example\nSubject: x\n\n",
	    "From: a@b.example\n\n",
	    "From: a@b.example\nTo: b\nSubject: x\nDate: y\nA: 1\nB: 2\nC: 3\nD: 4\nE: 5\nF: 6\n\n",
	    " by mx.b.example; Mon, 1 Jan 2001 00:00:00 -0800\nFrom: a@b.example\nTo: b\nSubject: x\n\n",
	    ("\xef\xbb\xbf" "From: a@b.example\nTo: b\nSubject: x\n\n"),
	};
	static const char *const other[] = {
	    "", "\n", "#include <stdio.h>\nint main(void)\n", "{\"from\": \"a\", \"to\": \"b\"}\n", "<html>\n<head>\n",
	    "name,from,to\na,b,c\n", "2024-01-01 10:00:00 INFO: started\n2024-01-01 10:00:01 INFO: stopped\n",
	    "version: 1\nname: x\nitems:\n  - a\n", "HTTP/1.1 200 OK\nDate: x\nContent-Type: text/html\nServer: y\nVary: z\nAge: 1\n\n",
	    "Host: example\nUser: jane\nPort: 22\nDate: now\nKey: x\n", "Subject matters\nTo: whom\n", "  an indented letter\nDear all,\nFrom: a\nTo: b\nSubject: c\n", "    From: a\n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof mail / sizeof mail[0]; i++)
		if (!message_sniff(span_str(mail[i])))
			fail_msg("not taken for mail: %s", mail[i]);
	for (size_t i = 0; i < sizeof other / sizeof other[0]; i++)
		if (message_sniff(span_str(other[i])))
			fail_msg("taken for mail: %s", other[i]);
	assert_false(message_sniff(SPAN_LIT("From: a\0b\nTo: x\nDate: y\n")));
	assert_true(message_sniff(SPAN_LIT("From: a\nTo: x\nDate: y\n\n\0\0body\0")));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(messages_are_parted_by_postmarks),
	    cmocka_unit_test(sentences_that_begin_with_from_are_body),
	    cmocka_unit_test(a_missing_empty_line_is_forgiven_where_a_header_follows),
	    cmocka_unit_test(bytes_before_the_first_message_are_an_entry_of_their_own),
	    cmocka_unit_test(an_mbox_whose_beginning_is_gone_is_one),
	    cmocka_unit_test(a_content_length_that_fits_decides_where_a_message_ends),
	    cmocka_unit_test(logs_of_listserv_are_parted_by_their_lines),
	    cmocka_unit_test(messages_between_marks_of_mmdf_are_read),
	    cmocka_unit_test(messages_in_files_of_dbox_are_read),
	    cmocka_unit_test(messages_in_folders_of_pegasus_are_read),
	    cmocka_unit_test(an_mbox_cut_anywhere_is_covered_by_its_entries),
	    cmocka_unit_test(messages_are_known_by_their_first_fields),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
