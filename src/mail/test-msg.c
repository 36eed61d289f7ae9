/* Outlook items that the test writes: .msg in compound files, and what they are rendered as; and .emlx. */
#include "base/limits.h"
#include "mail/emlx.h"
#include "mail/mapi.h"
#include "mail/test-foreign.h"
#include "stream/test-charsets.h"
#include "stream/test-compound.h"

#define ITEM(prefix, tag, value) cfb_stream(w, prefix "__substg1.0_" tag, value)
/* A list of fixed properties with one in it, behind `head` zero bytes. */
static span fixed(size_t head, uint32_t tag, uint64_t value)
{
	static unsigned char room[8][64];
	static unsigned next;
	unsigned char *p = room[next++ % 8];
	struct buf b;

	buf_init(&b, 64);
	while (b.n < head)
		buf_byte(&b, 0);
	buf_u32(&b, tag);
	buf_u32(&b, 6);
	buf_u64(&b, value);
	memcpy(p, b.p, b.n);
	buf_free(&b);
	return span_of(p, head + 16);
}

static void recipient(struct cfb *w, const char *at, const char *name, const char *address, uint64_t kind)
{
	char path[64];

	(void)snprintf(path, sizeof path, "%s/__properties_version1.0", at);
	cfb_stream(w, path, fixed(8, 0x0c150003, kind));
	(void)snprintf(path, sizeof path, "%s/__substg1.0_3001001F", at);
	cfb_stream(w, path, wide(name));
	(void)snprintf(path, sizeof path, "%s/__substg1.0_39FE001F", at);
	cfb_stream(w, path, wide(address));
}

/* 2024-03-04T10:00:00Z */
#define WHEN ((UINT64_C(1709546400) + UINT64_C(11644473600)) * 10000000)

static struct cfb *letter(bool scattered)
{
	struct cfb *w = cfb_new(512, scattered);

	cfb_stream(w, "__properties_version1.0", fixed(32, 0x00390040, WHEN));
	ITEM("", "001A001F", wide("IPM.Note"));
	ITEM("", "0037001F", wide("Keys"));
	ITEM("", "1035001F", wide("<k1@kestrel.example>"));
	ITEM("", "0042001F", wide("Ann"));
	ITEM("", "5D02001F", wide("ann@kestrel.example"));
	ITEM("", "1000001F", wide("The PIN is 4821\r\n"));
	ITEM("", "10130102", SPAN_LIT("<p>The PIN is <b>4821</b></p>"));
	recipient(w, "__recip_version1.0_#00000000", "Bo", "bo@tern.example", 1);
	recipient(w, "__recip_version1.0_#00000001", "", "cy@tern.example", 2);
	cfb_stream(w, "__attach_version1.0_#00000000/__properties_version1.0", fixed(8, 0x37050003, 1));
	ITEM("__attach_version1.0_#00000000/", "3707001F", wide("hosts.csv"));
	ITEM("__attach_version1.0_#00000000/", "37010102", SPAN_LIT("host,password\n"));
	cfb_stream(w, "__attach_version1.0_#00000001/__properties_version1.0", fixed(8, 0x37050003, 5));
	cfb_stream(w, "__attach_version1.0_#00000001/__substg1.0_3701000D/__properties_version1.0", fixed(24, 0x00390040, WHEN));
	ITEM("__attach_version1.0_#00000001/__substg1.0_3701000D/", "0037001F", wide("Inner"));
	ITEM("__attach_version1.0_#00000001/__substg1.0_3701000D/", "1000001F", wide("nested text"));
	cfb_stream(w, "__attach_version1.0_#00000002/__properties_version1.0", fixed(8, 0x37050003, 4));
	ITEM("__attach_version1.0_#00000002/", "370D001F", wide("\\\\files.kestrel.example\\plan.doc"));
	return w;
}

static void test_a_msg_is_a_message_with_its_parts(void **state)
{
	struct cfb *w = letter(false);
	struct arena *a = test_arena();
	struct message *m = rendered(a, cfb_done(w)), *inner;
	unsigned problems = 0;
	span content;

	(void)state;
	assert_span(headers_get(&m->headers, "Date")->value, "Mon, 4 Mar 2024 10:00:00 +0000");
	assert_span(headers_get(&m->headers, "From")->value, "\"Ann\" <ann@kestrel.example>");
	assert_span(headers_get(&m->headers, "To")->value, "\"Bo\" <bo@tern.example>");
	assert_span(headers_get(&m->headers, "Cc")->value, "<cy@tern.example>");
	assert_span(headers_get(&m->headers, "Subject")->value, "Keys");
	assert_span(headers_get(&m->headers, "Message-ID")->value, "<k1@kestrel.example>");
	assert_int_equal(m->n_parts, 7);
	content_is(a, m, 2, "text/plain", "The PIN is 4821\r\n");
	content_is(a, m, 3, "text/html", "<p>The PIN is <b>4821</b></p>");
	content_is(a, m, 4, "application/octet-stream", "host,password\n");
	assert_span(m->parts[4].filename, "hosts.csv");
	content_is(a, m, 6, "text/plain", "attached by reference: \\\\files.kestrel.example\\plan.doc\r\n");
	assert_int_equal(m->parts[5].kind, PART_MESSAGE);
	assert_ok(part_content(a, m, &m->parts[5], &content, &problems, &e));
	assert_ok(mime_parse(a, content, false, &inner, &e));
	assert_span(headers_get(&inner->headers, "Subject")->value, "Inner");
	content_is(a, inner, 0, "text/plain", "nested text");
	arena_free(a);
	cfb_free(w);
}

static void test_the_rendering_rests_on_the_item_not_on_the_file(void **state)
{
	struct cfb *one = letter(false), *two;
	struct arena *a = test_arena();
	struct message *m = rendered(a, cfb_done(one));

	(void)state;
	two = letter(true);
	assert_true(span_eq(m->raw, rendered(a, cfb_done(two))->raw));
	arena_free(a);
	cfb_free(one);
	cfb_free(two);
}

static void test_header_fields_of_the_transport_come_first(void **state)
{
	struct cfb *w = cfb_new(512, false);
	struct arena *a = test_arena();
	struct message *m;

	(void)state;
	cfb_stream(w, "__properties_version1.0", fixed(32, 0x00390040, WHEN));
	ITEM("", "007D001F", wide("Received: from a.example\r\n by b.example; Mon, 4 Mar 2024 09:00:00 +0000\r\nFrom: a@a.example\r\n"
	    "To: b@b.example\r\nSubject: kept\r\nContent-Type: multipart/mixed; boundary=gone\r\n"));
	ITEM("", "0037001F", wide("not this one"));
	ITEM("", "1000001F", wide("text"));
	recipient(w, "__recip_version1.0_#00000000", "B", "b@b.example", 1);
	recipient(w, "__recip_version1.0_#00000001", "", "hidden@c.example", 3);
	m = rendered(a, cfb_done(w));
	assert_span(headers_get(&m->headers, "Subject")->value, "kept");
	assert_span(headers_get(&m->headers, "Received")->value, "from a.example\r\n by b.example; Mon, 4 Mar 2024 09:00:00 +0000");
	assert_span(headers_get(&m->headers, "To")->value, "b@b.example");
	assert_span(headers_get(&m->headers, "Bcc")->value, "<hidden@c.example>");
	content_is(a, m, 0, "text/plain", "text");
	arena_free(a);
	cfb_free(w);
}

static void test_a_body_of_nothing_but_blanks_does_not_hide_that_in_rtf(void **state)
{
	struct cfb *w = cfb_new(512, false);
	struct arena *a = test_arena();

	(void)state;
	cfb_stream(w, "__properties_version1.0", fixed(32, 0x00390040, WHEN));
	ITEM("", "003D001F", wide("Re: "));
	ITEM("", "0E1D001F", wide("Keys"));
	ITEM("", "1000001F", wide(" \r\n"));
	ITEM("", "10090102", SPAN_LIT("{\\rtf1 The PIN is 4821}"));
	content_is(a, rendered(a, cfb_done(w)), 0, "text/plain", "The PIN is 4821");
	assert_span(headers_get(&rendered(a, cfb_done(w))->headers, "Subject")->value, "Re: Keys"); /* there is no PidTagSubject */
	arena_free(a);
	cfb_free(w);
}

static void test_what_is_known_of_a_contact_is_text(void **state)
{
	struct cfb *w = cfb_new(512, false);
	struct arena *a = test_arena();

	(void)state;
	cfb_stream(w, "__properties_version1.0", fixed(32, 0x3a420040, WHEN));
	ITEM("", "001A001F", wide("IPM.Contact"));
	ITEM("", "3A16001F", wide("Tern Ltd"));
	ITEM("", "3A1C001F", wide("+1 555 0100"));
	content_is(a, rendered(a, cfb_done(w)), 0, "text/plain",
	    "Company: Tern Ltd\r\nMobile phone: +1 555 0100\r\nBirthday: 2024-03-04T10:00:00Z\r\n");
	arena_free(a);
	cfb_free(w);
}

static void test_strings_of_a_code_page_are_in_that_of_the_message_or_its_language(void **state)
{
	static const struct { uint32_t tag; uint64_t value; const char *stored, *want; } all[] = {
		{0x3ffd0003, 1251, "\xd4", "\xd0\xa4"},   /* PidTagMessageCodepage */
		{0x3ff10003, 1049, "\xd4", "\xd0\xa4"},   /* of Russian */
		{0x3ff10003, 1031, "\xf6", "\xc3\xb6"},   /* of German */
		{0x3ff10003, 1028, "\xae\xe6", "\xe6\xa0\xbc"}, /* of Chinese in Taiwan */
		{0x3fde0003, 1251, "\xd4", "\xd0\xa4"},   /* PidTagInternetCodepage where nothing else is said */
		{0x3fde0003, 65001, "\xf6", "\xc3\xb6"},  /* which is not true */
		{0x3fde0003, 1251, "\xc3\xb6", "\xc3\xb6"}, /* nor is this */
	};

	(void)state;
	for (size_t i = 0; i < sizeof all / sizeof *all; i++) {
		struct cfb *w = cfb_new(512, false);
		struct arena *a = test_arena();

		cfb_stream(w, "__properties_version1.0", fixed(32, all[i].tag, all[i].value));
		ITEM("", "1000001E", span_str(all[i].stored));
		content_is(a, rendered(a, cfb_done(w)), 0, "text/plain", all[i].want);
		arena_free(a);
		cfb_free(w);
	}
}

static void test_without_a_table_recipients_are_those_that_were_shown(void **state)
{
	struct cfb *w = cfb_new(512, false);
	struct arena *a = test_arena();
	struct message *m;

	(void)state;
	cfb_stream(w, "__properties_version1.0", fixed(32, 0x00390040, WHEN));
	ITEM("", "0E04001F", wide("Ada Roth; 'bo@tern.example';  Cy <cy@tern.example>"));
	ITEM("", "0E03001F", wide("di@tern.example"));
	ITEM("", "0042001F", wide("Ann"));
	ITEM("", "0064001F", wide("EX"));
	ITEM("", "0065001F", wide("/O=KESTREL/CN=ANN@KESTREL"));
	m = rendered(a, cfb_done(w));
	assert_span(headers_get(&m->headers, "To")->value, "\"Ada Roth\": ;,\r\n <bo@tern.example>,\r\n \"Cy\" <cy@tern.example>");
	assert_span(headers_get(&m->headers, "Cc")->value, "<di@tern.example>");
	assert_span(headers_get(&m->headers, "From")->value, "\"Ann\": ;");
	arena_free(a);
	cfb_free(w);
}

static void test_a_signed_message_is_what_was_signed(void **state)
{
	struct cfb *w = cfb_new(512, false);
	struct arena *a = test_arena();
	struct message *m;

	(void)state;
	cfb_stream(w, "__properties_version1.0", fixed(32, 0x00390040, WHEN));
	ITEM("", "001A001F", wide("IPM.Note.SMIME.MultipartSigned"));
	ITEM("", "1000001F", wide("what Outlook made of it"));
	cfb_stream(w, "__attach_version1.0_#00000000/__properties_version1.0", fixed(8, 0x37050003, 1));
	ITEM("__attach_version1.0_#00000000/", "37010102", SPAN_LIT("MIME-Version: 1.0\r\nContent-Type: multipart/signed;\r\n boundary=s\r\n\r\n"
	    "--s\r\nContent-Type: text/plain\r\n\r\nsigned text\r\n--s\r\nContent-Type: application/pkcs7-signature\r\n\r\n0\r\n--s--\r\n"));
	m = rendered(a, cfb_done(w));
	assert_int_equal(m->n_parts, 3);
	assert_span(m->parts[0].type, "multipart/signed");
	content_is(a, m, 1, "text/plain", "signed text");
	assert_null(headers_next(&m->headers, headers_get(&m->headers, "MIME-Version")));
	arena_free(a);
	cfb_free(w);
}

static void test_a_text_that_holds_the_boundary_gets_another(void **state)
{
	struct cfb *w = cfb_new(512, false);
	struct arena *a = test_arena();
	struct message *m;

	(void)state;
	cfb_stream(w, "__properties_version1.0", fixed(32, 0x00390040, WHEN));
	ITEM("", "1000001F", wide("x\r\n--=_tocsin_0\r\n\r\n--\r\n"));
	ITEM("", "1013001F", wide("<p>--=_tocsin_</p>"));
	m = rendered(a, cfb_done(w));
	assert_int_equal(m->n_parts, 3);
	content_is(a, m, 1, "text/plain", "x\r\n--=_tocsin_0\r\n\r\n--\r\n");
	arena_free(a);
	cfb_free(w);
}

static void test_a_msg_cut_anywhere_is_read_or_says_why(void **state)
{
	struct cfb *w = letter(true);
	span file = cfb_done(w);

	(void)state;
	for (size_t n = 0; n < file.n; n += 61) {
		struct arena *a = test_arena();
		struct foreign f;
		struct err why;

		if (foreign_read(a, span_first(file, n), &f, &why) == OK && f.form != NULL)
			assert_true(f.rendered.n != 0);
		arena_free(a);
	}
	cfb_free(w);
}

static void test_an_attached_msg_is_a_message_within(void **state)
{
	struct cfb *w = letter(false);
	struct arena *a = test_arena();
	span file = cfb_done(w), content, inner;
	struct message *m, *within;
	unsigned problems = 0;
	struct buf b;

	(void)state;
	buf_init(&b, (size_t)1 << 20);
	buf_str(&b, "From: a@a.example\nContent-Type: application/octet-stream; name=\"x.bin\"\n\n");
	buf_put(&b, file);
	assert_ok(mime_parse(a, buf_span(&b), false, &m, &e));
	assert_int_equal(m->parts[0].kind, PART_MESSAGE);
	assert_ok(part_content(a, m, &m->parts[0], &content, &problems, &e));
	assert_true(span_eq(content, file));
	inner = part_message(&m->parts[0], content);
	assert_ok(mime_parse(a, inner, false, &within, &e));
	assert_span(headers_get(&within->headers, "Subject")->value, "Keys");
	buf_free(&b);
	arena_free(a);
	cfb_free(w);
}

static void test_emlx_holds_a_message(void **state)
{
	span file = SPAN_LIT("40        \nFrom: a@a.example\nTo: b@b.example\n\ntext\n<?xml version=\"1.0\"?>\n");
	size_t at, n;

	(void)state;
	assert_true(emlx_message(file, &at, &n));
	assert_span(span_sub(file, at, n), "From: a@a.example\nTo: b@b.example\n\ntext\n");
	assert_false(emlx_message(SPAN_LIT("40\nFrom: a@a.example\nTo: b@b.example\n\ntext\nmore\n"), &at, &n));
	/* The length was counted before something changed the ends of lines. */
	for (size_t i = 0; i < 2; i++) {
		file = i == 0 ? SPAN_LIT("44\nFrom: a@a.example\nTo: b@b.example\n\n<?xml version\n<?xml version=\"1.0\"?>\n<plist/></plist>\n")
			      : SPAN_LIT("30\nFrom: a@a.example\nTo: b@b.example\n\n<?xml version\n<?xml version=\"1.0\"?>\n<plist/></plist>\n");
		assert_true(emlx_message(file, &at, &n));
		assert_span(span_sub(file, at, n), "From: a@a.example\nTo: b@b.example\n\n<?xml version\n");
	}
	assert_false(emlx_message(SPAN_LIT("12\n13\n"), &at, &n));
	assert_false(emlx_message(SPAN_LIT("12"), &at, &n));
	assert_false(emlx_message(SPAN_EMPTY, &at, &n));
}



int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_a_msg_is_a_message_with_its_parts),
	    cmocka_unit_test(test_the_rendering_rests_on_the_item_not_on_the_file),
	    cmocka_unit_test(test_header_fields_of_the_transport_come_first),
	    cmocka_unit_test(test_a_body_of_nothing_but_blanks_does_not_hide_that_in_rtf),
	    cmocka_unit_test(test_what_is_known_of_a_contact_is_text),
	    cmocka_unit_test(test_strings_of_a_code_page_are_in_that_of_the_message_or_its_language),
	    cmocka_unit_test(test_without_a_table_recipients_are_those_that_were_shown),
	    cmocka_unit_test(test_a_signed_message_is_what_was_signed),
	    cmocka_unit_test(test_a_text_that_holds_the_boundary_gets_another),
	    cmocka_unit_test(test_a_msg_cut_anywhere_is_read_or_says_why),
	    cmocka_unit_test(test_an_attached_msg_is_a_message_within),
	    cmocka_unit_test(test_emlx_holds_a_message),
	};

	return cmocka_run_group_tests(tests, open_charsets, NULL);
}
