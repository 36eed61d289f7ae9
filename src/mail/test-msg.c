/* Outlook items that the test writes: .msg in compound files, and what they are rendered as. */
#include "base/limits.h"
#include "mail/emlx.h"
#include "mail/foreign.h"
#include "mail/mapi.h"
#include "stream/test-charsets.h"
#include "stream/test-compound.h"

/* A string as UTF-16; up to 16 at a time. */
static span wide(const char *text)
{
	static unsigned char room[16][512];
	static unsigned next;
	unsigned char *p = room[next++ % 16];
	size_t n = strlen(text);

	assert_true(2 * n < sizeof room[0]);
	for (size_t i = 0; i < n; i++) {
		p[2 * i] = (unsigned char)text[i];
		p[2 * i + 1] = 0;
	}
	return span_of(p, 2 * n);
}

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

static struct message *rendered(struct arena *a, span file)
{
	struct foreign f;
	struct message *m;

	assert_true(foreign_sniff(file));
	assert_ok(foreign_read(a, file, &f, &e));
	assert_non_null(f.form);
	assert_string_equal(f.missing, "");
	assert_ok(mime_parse(a, f.rendered, false, &m, &e));
	assert_int_equal(m->problems, 0);
	return m;
}

static void content_is(struct arena *a, const struct message *m, size_t i, const char *type, const char *want)
{
	unsigned problems = 0;
	span got;

	assert_true(i < m->n_parts);
	assert_span(m->parts[i].type, type);
	assert_ok(part_content(a, m, &m->parts[i], &got, &problems, &e));
	assert_span(got, want);
	assert_int_equal(problems, 0);
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

static void put_attribute(struct buf *b, uint32_t id, span value)
{
	buf_u8(b, id < 0x00069000 ? 1 : 2);
	buf_u32(b, id);
	buf_bytes(b, value);
	buf_byte(b, 0);
	buf_byte(b, 0);
}

/* The signature of a winmail.dat, and a key that nobody reads (MS-OXTNEF 2.1.3.1). */
static void begin_winmail(struct buf *b)
{
	buf_u32(b, 0x223e9f78);
	buf_put(b, SPAN_LIT("\1\0"));
}

/* One with a text, a file, and a message within. */
static void winmail(struct buf *b, bool inner)
{
	struct buf p, within;

	buf_init(&p, 4096);
	buf_init(&within, 4096);
	begin_winmail(b);
	put_attribute(b, 0x00018004, SPAN_LIT("Winmail\0"));
	buf_u32(&p, 1);
	buf_u32(&p, 0x1000001f);
	buf_u32(&p, 1);
	buf_bytes(&p, wide("text of winmail."));
	put_attribute(b, 0x00069003, buf_span(&p));
	put_attribute(b, 0x00069002, SPAN_LIT("rendering"));
	put_attribute(b, 0x00018010, SPAN_LIT("keys.txt\0"));
	put_attribute(b, 0x0006800f, SPAN_LIT("PIN 4821"));
	if (inner) {
		winmail(&within, false);
		buf_clear(&p);
		buf_u32(&p, 1);
		buf_u32(&p, 0x3701000d);
		buf_u32(&p, 1);
		buf_u32(&p, (uint32_t)within.n + 16);
		buf_put(&p, SPAN_LIT("\7\3\2\0\0\0\0\0\xc0\0\0\0\0\0\0\x46"));
		buf_put(&p, buf_span(&within));
		while (p.n % 4 != 0)
			buf_byte(&p, 0);
		put_attribute(b, 0x00069002, SPAN_LIT("rendering"));
		put_attribute(b, 0x00069005, buf_span(&p));
	}
	assert_false(b->failed || p.failed || within.failed);
	buf_free(&p);
	buf_free(&within);
}

static void test_what_lies_in_winmail_dat_is_parts_of_its_mail(void **state)
{
	struct arena *a = test_arena();
	struct message *m, *inner;
	unsigned problems = 0;
	struct buf b;
	span content;

	(void)state;
	buf_init(&b, 65536);
	buf_str(&b, "From: a@a.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nseen\n--b\n"
		    "Content-Type: application/ms-tnef; name=winmail.dat\n\n");
	winmail(&b, true);
	buf_str(&b, "\n--b--\n");
	assert_ok(mime_parse(a, buf_span(&b), true, &m, &e));
	assert_int_equal(m->n_parts, 6);
	assert_true(m->parts[2].opened);
	assert_string_equal(m->parts[3].path, "2.t1");
	content_is(a, m, 3, "text/plain", "text of winmail.");
	assert_string_equal(m->parts[4].path, "2.t2");
	content_is(a, m, 4, "application/octet-stream", "PIN 4821");
	assert_span(m->parts[4].filename, "keys.txt");
	assert_int_equal(m->parts[5].kind, PART_MESSAGE);
	assert_ok(part_content(a, m, &m->parts[5], &content, &problems, &e));
	assert_ok(mime_parse(a, content, false, &inner, &e));
	assert_span(headers_get(&inner->headers, "Subject")->value, "Winmail");
	buf_free(&b);
	arena_free(a);
}

/* As the same in a file of its own does. */
static void test_winmail_dat_that_is_damaged_says_so(void **state)
{
	struct arena *a = test_arena();
	struct message *m;
	char names[64];
	struct buf b;

	(void)state;
	buf_init(&b, 65536);
	buf_str(&b, "From: a@a.example\nContent-Type: application/ms-tnef\n\n");
	winmail(&b, true);
	b.n -= 20;
	assert_ok(mime_parse(a, buf_span(&b), false, &m, &e));
	assert_true(m->parts[0].opened && m->n_parts > 1);
	mime_problem_names(m->problems & ~(unsigned)(MIME_NUL | MIME_BARE_CR), names, sizeof names);
	assert_string_equal(names, "damaged");
	buf_free(&b);
	arena_free(a);
}

static void test_winmail_dat_of_other_programs_is_read(void **state)
{
	struct arena *a = test_arena();
	struct message *m;
	struct buf b;

	/* Attributes without the kind of their values, and attachments that nothing begins, said in either order. */
	(void)state;
	buf_init(&b, 4096);
	begin_winmail(&b);
	put_attribute(&b, 0x800f, SPAN_LIT("PIN 4821"));
	put_attribute(&b, 0x8010, SPAN_LIT("keys.txt\0"));
	content_is(a, rendered(a, buf_span(&b)), 1, "application/octet-stream", "PIN 4821");
	assert_span(rendered(a, buf_span(&b))->parts[1].filename, "keys.txt");
	put_attribute(&b, 0x800f, SPAN_LIT("PIN 4822"));
	put_attribute(&b, 0x8010, SPAN_LIT("more.txt\0"));
	put_attribute(&b, 0x8010, SPAN_LIT("last.txt\0"));
	put_attribute(&b, 0x800f, SPAN_LIT("PIN 4823"));
	m = rendered(a, buf_span(&b));
	assert_int_equal(m->n_parts, 4);
	content_is(a, m, 1, "application/octet-stream", "PIN 4821");
	content_is(a, m, 2, "application/octet-stream", "PIN 4822");
	assert_span(m->parts[2].filename, "more.txt");
	content_is(a, m, 3, "application/octet-stream", "PIN 4823");
	assert_span(m->parts[3].filename, "last.txt");
	buf_free(&b);
	arena_free(a);
}

/* Exchange writes both, and question marks for what the code page has not. */
static void test_properties_of_winmail_dat_go_before_its_attributes(void **state)
{
	struct arena *a = test_arena();
	struct message *m;
	struct buf b;

	(void)state;
	buf_init(&b, 4096);
	begin_winmail(&b);
	put_attribute(&b, 0x00018004, SPAN_LIT("???\0"));
	put_attribute(&b, 0x0002800c, SPAN_LIT("PIN ????\0"));
	put_attribute(&b, 0x00069003, SPAN_LIT("\2\0\0\0" "\x1f\0\0\x10\1\0\0\0\x14\0\0\0P\0I\0N\0 \0\x34\0\x38\0\x32\0\x31\0 \0\x10\x04"
	    "\x1f\0\x37\0\1\0\0\0\x8\0\0\0K\0e\0y\0s\0"));
	m = rendered(a, buf_span(&b));
	content_is(a, m, 0, "text/plain", "PIN 4821 \xd0\x90");
	assert_span(headers_get(&m->headers, "Subject")->value, "Keys");
	buf_free(&b);
	arena_free(a);
}

static void test_winmail_dat_cut_anywhere_gives_what_it_can(void **state)
{
	struct buf b;

	(void)state;
	buf_init(&b, 65536);
	winmail(&b, true);
	for (size_t n = 0; n < b.n; n++) {
		unsigned char *copy = malloc(n + 1); /* to the byte, for sanitizers */
		struct arena *a = test_arena();
		struct foreign f;
		struct err why;

		assert_non_null(copy);
		memcpy(copy, b.p, n);
		assert_int_equal(foreign_read(a, span_of(copy, n), &f, &why), OK);
		if (n > 6)
			assert_non_null(f.form);
		arena_free(a);
		free(copy);
	}
	buf_free(&b);
}

/* A winmail.dat that is the file of another, and so on: read to a depth, and it is said. */
static void test_winmail_dat_within_winmail_dat_ends_somewhere(void **state)
{
	struct arena *a = test_arena();
	struct buf b, outer, mail;
	struct message *m;

	(void)state;
	buf_init(&b, MIB);
	buf_init(&outer, MIB);
	buf_init(&mail, MIB);
	winmail(&b, false);
	for (unsigned i = 0; i < 4000; i++) {
		buf_clear(&outer);
		begin_winmail(&outer);
		put_attribute(&outer, 0x00069002, SPAN_LIT("r"));
		put_attribute(&outer, 0x0006800f, buf_span(&b));
		buf_clear(&b);
		buf_put(&b, buf_span(&outer));
	}
	buf_str(&mail, "From: a@a.example\nContent-Type: application/ms-tnef\n\n");
	buf_put(&mail, buf_span(&b));
	assert_false(mail.failed || outer.failed || b.failed);
	assert_ok(mime_parse(a, buf_span(&mail), false, &m, &e));
	assert_true((m->problems & MIME_LIMIT_NEST) != 0);
	buf_free(&b);
	buf_free(&outer);
	buf_free(&mail);
	arena_free(a);
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
		cmocka_unit_test(test_what_lies_in_winmail_dat_is_parts_of_its_mail),
		cmocka_unit_test(test_winmail_dat_that_is_damaged_says_so),
		cmocka_unit_test(test_winmail_dat_of_other_programs_is_read),
		cmocka_unit_test(test_properties_of_winmail_dat_go_before_its_attributes),
		cmocka_unit_test(test_winmail_dat_cut_anywhere_gives_what_it_can),
		cmocka_unit_test(test_winmail_dat_within_winmail_dat_ends_somewhere),
		cmocka_unit_test(test_emlx_holds_a_message),
	};

	return cmocka_run_group_tests(tests, open_charsets, NULL);
}
