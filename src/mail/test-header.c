#include "base/test.h"

#include "base/buf.h"
#include "base/clock.h"
#include "mail/header.h"
#include "stream/charset.h"

static void header_text_reads_as_a_person_would(void **state)
{
	static const char *const cases[][2] = {
	    {"  plain text \r\n", "plain text"},
	    {"folded\r\n over\n\ttwo lines", "folded over\ttwo lines"},
	    {"=?utf-8?Q?caf=C3=A9_au_lait?=", "caf\xc3\xa9 au lait"},
	    {"=?ISO-8859-1?b?Y2Fm6Q==?= today", "caf\xc3\xa9 today"},
	    {"a =?utf-8?q?b?= =?utf-8?q?c?=\r\n =?us-ascii*en?Q?d?= e", "a bcd e"},
	    {"=?utf-8?Q?caf=C3?= =?utf-8?Q?=A9?=", "caf\xc3\xa9"},
	    {"=?iso-8859-1?Q?=E9?= =?utf-8?Q?=C3=A9?=", "\xc3\xa9\xc3\xa9"},
	    {"=?utf-8?B?Y2Fmw?= =?utf-8?B?6k=?=", "caf\xc3\xa9"},
	    {"=?utf-8?Q?with spaces in it?=", "with spaces in it"},
	    {"=?utf-8?Q?really?" "?=", "really?"},
	    {"=?utf-8?Q?really?=20so?=", "really? so"},
	    {"=?utf-8?Q?no_end", "no end"},
	    {"x=?utf-8?Q?glued?=y", "xgluedy"},
	    {"\"=?utf-8?Q?quoted?=\"", "\"quoted\""},
	    {"=?unknown-charset?Q?caf=E9?=", "caf\xc3\xa9"},
	    {"caf\xe9 and caf\xc3\xa9", "caf\xc3\xa9 and caf\xc3\x83\xc2\xa9"},
	    {"caf\xc3\xa9", "caf\xc3\xa9"},
	    {"\xf0\xc1\xd2\xcf\xcc\xd8", "Пароль"},
	    {"=?utf-8?X?no word?= =? =?= ==", "=?utf-8?X?no word?= =? =?= =="},
	    {"=?utf-8?Q?line=0Aend?=", "line end"},
	    {"=?iso-2022-jp?B?GyRCRnxLXBsoQg==?=", "\xe6\x97\xa5\xe6\x9c\xac"},
	    {"", ""},
	};
	struct arena *a = test_arena();

	(void)state;
	assert_ok(charset_open(&e));
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_span(header_text(a, span_str(cases[i][0]), SPAN_EMPTY), cases[i][1]);
	arena_free(a);
}

static void letters_whose_charset_is_not_said_are_read_in_that_of_the_body(void **state)
{
	static const struct { const char *charset, *value, *want; } cases[] = {
	    {"iso-8859-2", "P\xf8\xedstup", "Přístup"},
	    {"koi8-r", "\xf0\xc1\xd2\xcf\xcc\xd8", "Пароль"},
	    {"windows-1251", "\xcf\xe0\xf0\xee\xeb\xfc =?koi8-r?Q?=D0?=", "Пароль п"},
	    {"ibm850", "gr\x81\xe1", "grüß"},
	    {"gb2312", "\xc3\xdc\xc2\xeb", "密码"},
	    {"big5", "\xb1\x4b\xbd\x58", "密碼"},
	    /* Valid UTF-8, and shifts: they say of themselves what they are. */
	    {"iso-8859-2", "Gr\xc3\xbc\xc3\x9f" "e", "Grüße"},
	    {"us-ascii", "\x1b$BF|K\\\x1b(B", "日本"},
	    /* Not valid there, or no charset that has such letters: guessed. */
	    {"gb2312", "caf\xe9 cl\xe9", "café clé"},
	    {"us-ascii", "\xf0\xc1\xd2\xcf\xcc\xd8", "Пароль"},
	    {"x-none", "caf\xe9", "café"},
	    {"iso-8859-1", "\xcf\xe0\xf0\xee\xeb\xfc \xe4\xeb\xff \xf1\xe5\xf0\xe2\xe5\xf0\xe0", "Пароль для сервера"},
	    /* What a gateway made of them, RFC 1428. */
	    {"koi8-r", "=?unknown-8bit?B?8MHSz8zY?=", "Пароль"},
	};
	struct arena *a = test_arena();

	(void)state;
	assert_ok(charset_open(&e));
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_span(header_text(a, span_str(cases[i].value), span_str(cases[i].charset)), cases[i].want);
	arena_free(a);
}

static void parameters_are_put_together_and_decoded(void **state)
{
	static const char *const cases[][2] = {
	    {"attachment; filename=a.txt", "a.txt"},
	    {"attachment; FileName = \"a b.txt\" ; size=1", "a b.txt"},
	    {"attachment; filename*=utf-8'en'caf%C3%A9%20x", "caf\xc3\xa9 x"},
	    {"attachment; filename*0=\"one \"; filename*1=two", "one two"},
	    {"attachment; filename*1*=%A9.txt; filename*0*=UTF-8''caf%C3", "caf\xc3\xa9.txt"},
	    {"attachment; filename*0*=UTF-8''caf%C; filename*1*=3%A; filename*2*=9.txt", "caf\xc3\xa9.txt"},
	    {"attachment; filename*0*=''a%20; filename*1=\"%20b\"", "a %20b"},
	    {"attachment; filename=\"=?utf-8?B?Y2Fmw6k=?=\"", "caf\xc3\xa9"},
	    {"attachment; filename==?utf-8?Q?caf=C3=A9?=", "caf\xc3\xa9"},
	    {"attachment; filename=plain; filename*=utf-8''better", "better"},
	    {"attachment filename=a.txt", "a.txt"},
	    {"attachment; filename=\"no end", "no end"},
	    {"attachment; filename=\"a\";; ; x", "a"},
	    {"attachment; filename*=no%20charset", "no charset"},
	    {"attachment; filename*=iso-8859-2'%AElu%BB", "Žluť"},
	    {"attachment; filename*=Jane's%20list", "Jane's list"},
	    {"attachment; filename=\"folded\r\n name\"", "folded name"},
	    {"attachment; filename=(a comment) a.txt", "(a comment) a.txt"},
	    {"attachment; filename=caf\xe9", "caf\xc3\xa9"},
	    {"attachment: filename=a.txt", "a.txt"},
	    {"\"attachment\"; filename=a.txt", "a.txt"},
	    {"attachment , filename=a.txt", "a.txt"},
	    {"attachment; size=\"3\", filename=a.txt", "a.txt"},
	    {"attachment", ""},
	};
	struct arena *a = test_arena();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct param *params;
		span first;
		size_t n;

		assert_ok(header_params(a, span_str(cases[i][0]), SPAN_EMPTY, &first, &params, &n, &e));
		assert_span(first, "attachment");
		assert_span(param_get(params, n, "filename"), cases[i][1]);
	}
	arena_free(a);
}

/* "address,name,group;" of each */
static void addresses_are_found_as_people_and_programs_write_them(void **state)
{
	static const char *const cases[][2] = {
	    {"jane@host.example", "jane@host.example,,;"},
	    {"Jane Doe <jane@HOST.example.>", "jane@host.example,Jane Doe,;"},
	    {"\"Doe, Jane \\\"J\\\"\" <jane@host.example>, b@c.example", "jane@host.example,Doe, Jane \"J\",;b@c.example,,;"},
	    {"Doe, Jane <jane@host.example>, b@c.example", "jane@host.example,Doe, Jane,;b@c.example,,;"},
	    {"jane@host.example (Jane Doe)", "jane@host.example,Jane Doe,;"},
	    {"<@a.example,@b.example:jane@host.example>", "jane@host.example,,;"},
	    {"friends: a@b.example, C <c@d.example>; e@f.example", "a@b.example,,friends;c@d.example,C,friends;e@f.example,,;"},
	    {"undisclosed-recipients:;", ""},
	    {"<\"Undisclosed-Recipient:\"@host.example;>, a@b.example c@d.example", "a@b.example,,;c@d.example,,;"},
	    {"jane@host.example (Jane (J.) Doe)", "jane@host.example,Jane (J.) Doe,;"},
	    {"legal <.doe@host.example>, j..doe@host.example", ".doe@host.example,legal,;j..doe@host.example,,;"},
	    {"a@b.example; c@d.example", "a@b.example,,;c@d.example,,;"},
	    {"=?utf-8?Q?Doe,_Jan=C3=A9?= <jane@host.example>", "jane@host.example,Doe, Jan\xc3\xa9,;"},
	    {"\"=?utf-8?Q?Jan=C3=A9?=\" <jane@host.example>", "jane@host.example,Jan\xc3\xa9,;"},
	    {"'jane@host.example'", "jane@host.example,,;"},
	    {"\"jane@host.example\" <jane@host.example>", "jane@host.example,jane@host.example,;"},
	    {"jane@host.example <jane@host.example>", "jane@host.example,jane@host.example,;"},
	    {"Jane Doe jane@host.example", "jane@host.example,Jane Doe,;"},
	    {"Jane Doe <jane@host.example", "jane@host.example,Jane Doe,;"},
	    {"Jane <jane@host.example, Roe <b@c.example>, <d@e.example; <f@g.example>", "jane@host.example,Jane,;b@c.example,Roe,;d@e.example,,;f@g.example,,;"},
	    {"=?ISO_8859-1:1987?Q?Jan=E9?= <jane@host.example>, b@c.example", "jane@host.example,Jan\xc3\xa9,;b@c.example,,;"},
	    {"=?utf-8?Q?Sales;Jan=C3=A9?= <jane@host.example>; =?utf-8?B?Um9l?=,b@c.example", "jane@host.example,Sales;Jan\xc3\xa9,;b@c.example,,;"},
	    {"Jane Doe [mailto:jane@host.example]", "jane@host.example,Jane Doe,;"},
	    {"<mailto:jane@host.example>", "jane@host.example,,;"},
	    {"jane @ host . example", "jane@host.example,,;"},
	    {"\"jane doe\"@host.example", "\"jane doe\"@host.example,,;"},
	    {"\"jane.doe\"@host.example", "jane.doe@host.example,,;"},
	    {"<\"a@b\"@host.example>", "\"a@b\"@host.example,,;"},
	    {"Doe, Jane </O=ORG/OU=NA/CN=RECIPIENTS/CN=JDOE>, Roe </o=x>", "/O=ORG/OU=NA/CN=RECIPIENTS/CN=JDOE,Doe, Jane,;/o=x,Roe,;"},
	    {"/O=ORG/CN=JDOE", "/O=ORG/CN=JDOE,,;"},
	    {"jane at host.example (Jane Doe)", "jane@host.example,Jane Doe,;"},
	    {"j\xc3\xa4ne@h\xc3\xb6st.example", "j\xc3\xa4ne@h\xc3\xb6st.example,,;"},
	    {"jane@[192.0.2.1]", "jane@[192.0.2.1],,;"},
	    {"Jane Doe <>, <>, ,,", ""},
	    {"<\"\"jane@host.example>", "jane@host.example,,;"},
	    {"Jane <jane@host(comment). example>", "jane@host.example,Jane,;"},
	    {"root", "root,,;"},
	    {"Jane Doe", ""},
	    {"Jane\r\n Doe\r\n <jane@host.example>", "jane@host.example,Jane Doe,;"},
	    {"\"unclosed <jane@host.example>", "jane@host.example,unclosed,;"},
	    {"Jane\" <jane@host.example>, \"Doe, J\" <b@c.example>", "jane@host.example,Jane,;b@c.example,Doe, J,;"},
	    {"\"Jane <jane@host.example>, \"Roe\" <b@c.example>", "jane@host.example,Jane,;b@c.example,Roe,;"},
	    {"<\"jane@host.example>, b@c.example", "jane@host.example,,;b@c.example,,;"},
	    {"Jane <\"\\\"\\\" <jane@host.example>, b@c.example", "jane@host.example,Jane,;b@c.example,,;"},
	    {"Jane <jane@host.example> Roe <b@c.example>", "jane@host.example,Jane,;b@c.example,Roe,;"},
	    {"<jane@host.example><b@c.example>", "jane@host.example,,;b@c.example,,;"},
	    {"Jane <jane@host.example> (home) b@c.example", "jane@host.example,Jane,;b@c.example,home,;"},
	    {"Jane <jane> <jane@host.example>", "jane@host.example,Jane,;"},
	    {"<jane@host.example,b@c.example>, <c@d.example; e@f.example>", "jane@host.example,,;b@c.example,,;c@d.example,,;e@f.example,,;"},
	    {"jane@host.example/b@c.example, d@e.example | f@g.example; h@i.example", "jane@host.example,,;b@c.example,,;d@e.example,,;f@g.example,,;h@i.example,,;"},
	    {"a/jane@host.example d/b@c.example", "a/jane@host.example,,;d/b@c.example,,;"},
	    {"<jane@host.example/b@c.example>, x/y@d.example, /c=us/s=doe@e.example", "jane@host.example,,;b@c.example,,;x/y@d.example,,;/c=us/s=doe@e.example,,;"},
	    {"Jane {jane@host.example}", "jane@host.example,Jane,;"},
	    {"Jane Doe (jane@host.example)", "jane@host.example,Jane Doe,;"},
	    {"=?utf-8?Q?Jan=C3=A9_=3Cjane=40host=2Eexample=3E?=, b@c.example", "jane@host.example,Jan\xc3\xa9,;b@c.example,,;"},
	    {"<=?utf-8?B?amFuZUBob3N0LmV4YW1wbGU=?=>", "jane@host.example,,;"},
	    {"=?utf-8?Q?Jan=C3=A9?=", ""},
	    {"\x1b$B7@Ls=q\x1b(B \x1b$BF|K\\8l\x1b(B <jane@host.example>, \"\x1b$B\"\"(,\x1b(B\" <b@c.example>",
	        "jane@host.example,契約書 日本語,;b@c.example,□━,;"},
	    {"\x1b$B7@Ls <jane@host.example>, \x1b(", "jane@host.example,契約,;"},
	    {"root, friends: jane@host.example;", "root,,;jane@host.example,,friends;"},
	};
	struct arena *a = test_arena();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct address_list list = {0};
		char got[1000] = "";
		size_t n = 0;

		assert_ok(header_addresses(a, span_str(cases[i][0]), SPAN_EMPTY, &list, &e));
		for (size_t k = 0; k < list.n; k++)
			n += (size_t)snprintf(got + n, sizeof got - n, "%.*s,%.*s,%.*s;", (int)list.v[k].address.n,
			    (const char *)list.v[k].address.p, (int)list.v[k].name.n, (const char *)list.v[k].name.p,
			    (int)list.v[k].group.n, (const char *)list.v[k].group.p);
		if (strcmp(got, cases[i][1]) != 0)
			fail_msg("%s: got %s, want %s", cases[i][0], got, cases[i][1]);
	}
	arena_free(a);
}

static void an_address_knows_its_domain(void **state)
{
	struct arena *a = test_arena();
	struct address_list list = {0};

	(void)state;
	assert_ok(header_addresses(a, SPAN_LIT("A <a@b.Example>, c@D.example"), SPAN_EMPTY, &list, &e));
	assert_int_equal(list.n, 2);
	assert_span(list.v[0].domain, "b.example");
	assert_span(list.v[1].domain, "d.example");
	arena_free(a);
}

/* 8 MiB: by the square of its length they take hours. */
static void equals_signs_behind_an_encoded_word_are_read_once(void **state)
{
	struct arena *a = test_arena();
	struct buf b;
	span out;

	(void)state;
	buf_init(&b, 9 << 20);
	buf_str(&b, "=?utf-8?q?caf=C3=A9?= ");
	while (b.n < 8 << 20)
		buf_str(&b, "=a");
	out = header_text(a, buf_span(&b), SPAN_EMPTY);
	assert_true(span_starts(out, SPAN_LIT("caf\xc3\xa9 =a=a")));
	assert_int_equal(out.n, b.n - strlen("=?utf-8?q?=C3=A9?=") + 2);
	buf_free(&b);
	arena_free(a);
}

static void message_ids_come_without_brackets(void **state)
{
	static const char *const cases[][2] = {
	    {"<1@x.example>", "1@x.example"}, {"  < 1@x.example >", "1@x.example"}, {"1@x.example (comment)", "1@x.example"},
	    {"(c) <1@x.example> (d)", "1@x.example"}, {"Your mail of today <1@x.example>", "1@x.example"}, {"", ""}, {"<>", ""},
	    {"<1@x.example", "1@x.example"}, {"<\"a b\"@x.example>", "\"a b\"@x.example"},
	    {"<1@x.\n example>", "1@x.example"}, {"<1.2.3\r\n\t@x.example>\r\n (of old)", "1.2.3@x.example"}, {"\r\n <\r\n 1@x.example\r\n >", "1@x.example"},
	    {"<1@x.\n example", "1@x."}, {"<<1@x.example>>", "1@x.example"}};
	struct arena *a = test_arena();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		assert_span(header_message_id(a, span_str(cases[i][0])), cases[i][1]);
	arena_free(a);
}

static void dates_are_read_in_all_the_forms_that_occur(void **state)
{
	static const char *const cases[][2] = {
	    {"Fri, 1 Mar 2024 09:30:00 +0100", "2024-03-01T08:30:00Z"},
	    {"1 Mar 2024 09:30 -0500 (EST)", "2024-03-01T14:30:00Z"},
	    {"Fri,  01-Mar-2024 09:30:00 GMT", "2024-03-01T09:30:00Z"},
	    {"Fri, 1 Mar 24 09:30:00 PDT", "2024-03-01T16:30:00Z"},
	    {"Fri, 1 Mar 99 09:30:00 Z", "1999-03-01T09:30:00Z"},
	    {"Fri, 1 Mar 101 09:30:00 +0000", "2001-03-01T09:30:00Z"},
	    {"Thu, 1 Mar 0001 09:30:00 -600", "2001-03-01T15:30:00Z"},
	    {"Fri, 1 Mar 2024 09(comment):  30  : 00 +0000", "2024-03-01T09:30:00Z"},
	    {"Fri Mar  1 09:30:00 2024", "2024-03-01T09:30:00Z"},
	    {"Fri Mar  1 09:30:00 CET 2024", "2024-03-01T08:30:00Z"},
	    {"Fri Mar  1 09:30:00 2024 +0530", "2024-03-01T04:00:00Z"},
	    {"Friday, March 1, 2024 9:30 PM", "2024-03-01T21:30:00Z"},
	    {"Friday, March 1, 2024 12:30:00 AM", "2024-03-01T00:30:00Z"},
	    {"2024-03-01T09:30:00.123+01:00", "2024-03-01T08:30:00Z"},
	    {"2024-03-01 09:30:00 +0000", "2024-03-01T09:30:00Z"},
	    {"Fri, 1 Mar 2024 09:30:00 +0100 (MEZ (winter))", "2024-03-01T08:30:00Z"},
	    {"Fri, 1 Mar 2024", "2024-03-01T00:00:00Z"},
	    {"Fri Mar 01 2024 09:30:00 GMT+0100 (CET)", "2024-03-01T08:30:00Z"},
	    {"Fri, 1 Mar 2024 09:30:00 UTC-05", "2024-03-01T14:30:00Z"},
	    {"Fri, 1 Mar 2024 09:30:00 EST-0500", "2024-03-01T14:30:00Z"},
	    {"Fri, 1 Mar 2024 09:30:00 0530", "2024-03-01T04:00:00Z"},
	    {"Fri, 1 Mar 2024 09:30:00 H0500", "2024-03-01T09:30:00Z"},
	    {"3/13/2024 9:30:00 AM", "2024-03-13T09:30:00Z"},
	    {"13/3/2024 9:30:00", "2024-03-13T09:30:00Z"},
	    {"Fri, 1 Mar 2024 23:59:60 +0000", "2024-03-01T23:59:59Z"},
	    {"Fri, 1 Mar 2024 09:30:00 +9999", "2024-03-01T09:30:00Z"},
	    {"Fri, 1 Mar 2024 24:00:00 +0000", "2024-03-02T00:00:00Z"},
	    {"Fri, 1 Mar 2024 09:30:00 GMT +0100", "2024-03-01T08:30:00Z"},
	    {"Fri, 1 Mar 2024 09:30:00 UTC-5", "2024-03-01T14:30:00Z"},
	    {"Fri, 1 Mar 2024 09:30:00 (PST)", "2024-03-01T17:30:00Z"},
	    {"Fri, 1 Mar 2024 09:30:00 (GMT-08:00)", "2024-03-01T17:30:00Z"},
	    {"Fri, 1 Mar 2024 09:30:00 (may be late)", "2024-03-01T09:30:00Z"},
	    {"Fri, 1 Mar 2024 09:30:00 Pacific Standard Time", "2024-03-01T17:30:00Z"},
	    {"Fri, 1 Mar 2024 09:30:00 MET DST", "2024-03-01T07:30:00Z"},
	    {"03/13/2024 09:30:00 p.m.", "2024-03-13T21:30:00Z"},
	    {"March 13, 2024 9 PM", "2024-03-13T21:00:00Z"},
	    {"13-3-2024 9:30", "2024-03-13T09:30:00Z"},
	    {"3-13-24 9:30", "2024-03-13T09:30:00Z"},
	    {"20240313T093000Z", "2024-03-13T09:30:00Z"},
	    {"20240313T0930+0100", "2024-03-13T08:30:00Z"},
	    {"20240313093000", "2024-03-13T09:30:00Z"},
	    {"20240313", "2024-03-13T00:00:00Z"},
	    {"Do., 3. Okt. 2024 09:30", "2024-10-03T09:30:00Z"},
	    {"13. März 2024 um 09:30 Uhr", "2024-03-13T09:30:00Z"},
	    {"mar., 3 déc. 2024 09:30:00 +0100", "2024-12-03T08:30:00Z"},
	    {"3 août 2024 à 14h30", "2024-08-03T14:30:00Z"},
	    {"martes, 3 de diciembre de 2024 9:30", "2024-12-03T09:30:00Z"},
	    {"martedì 3 settembre 2024 09:30:00", "2024-09-03T09:30:00Z"},
	    {"3 października 2024 09:30", "2024-10-03T09:30:00Z"},
	    {"3 июня 2024 г. 09:30", "2024-06-03T09:30:00Z"},
	    {"20241313T093000Z", ""},
	    {"Fri, 31 Feb 2024 09:30:00 +0000", ""},
	    {"Fri, 1 Mar 1904 09:30:00 +0000", ""},
	    {"Fri, 1 Mar 2024 25:30:00 +0000", ""},
	    {"yesterday", ""},
	    {"", ""},
	};
	char text[TIME_TEXT];

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
		if (strcmp(time_rfc3339(header_date(span_str(cases[i][0])), text), cases[i][1]) != 0)
			fail_msg("%s: got %s, want %s", cases[i][0], text, cases[i][1]);
}

static void header_values_cut_at_any_length_are_read(void **state)
{
	static const char *const values[] = {
	    "\"Doe, J\\\"\" (c (d)) <@a:jane@[host]>, g: =?utf-8?Q?=C3=A9?= <x@y.z>; a @ b . c",
	    "attachment; filename*0*=utf-8'en'%C3%A9; filename*1=\"b\\\"\"; x=(c) d", "=?utf-8?B?w6k=?= =?utf-8?Q?=C3=A9_?=",
	    "Fri, 1 Mar 2024 09:30:00 +0100 (CET)", "20240313T093000Z", "3. März 2024 9 p.m. (GMT+1)", "<1@\r\n x.example>"};

	(void)state;
	for (size_t i = 0; i < sizeof values / sizeof values[0]; i++) {
		for (size_t n = 0; n <= strlen(values[i]); n++) {
			struct arena *a = test_arena();
			struct address_list list = {0};
			char *cut = malloc(n + 1);
			struct param *params;
			size_t n_params;
			span s = span_of(cut, n), first;

			memcpy(cut, values[i], n);
			assert_ok(header_addresses(a, s, SPAN_LIT("euc-kr"), &list, &e));
			assert_ok(header_params(a, s, SPAN_EMPTY, &first, &params, &n_params, &e));
			assert_non_null(header_text(a, s, SPAN_EMPTY).p);
			assert_non_null(header_message_id(a, s).p);
			(void)header_date(s);
			free(cut);
			arena_free(a);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(header_text_reads_as_a_person_would),
	    cmocka_unit_test(letters_whose_charset_is_not_said_are_read_in_that_of_the_body),
	    cmocka_unit_test(parameters_are_put_together_and_decoded),
	    cmocka_unit_test(addresses_are_found_as_people_and_programs_write_them),
	    cmocka_unit_test(an_address_knows_its_domain),
	    cmocka_unit_test(equals_signs_behind_an_encoded_word_are_read_once),
	    cmocka_unit_test(message_ids_come_without_brackets),
	    cmocka_unit_test(dates_are_read_in_all_the_forms_that_occur),
	    cmocka_unit_test(header_values_cut_at_any_length_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
