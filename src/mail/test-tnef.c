/* TNEF (winmail.dat) that the test writes. */
#include "base/limits.h"
#include "mail/mapi.h"
#include "mail/test-foreign.h"

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

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(test_what_lies_in_winmail_dat_is_parts_of_its_mail),
	    cmocka_unit_test(test_winmail_dat_that_is_damaged_says_so),
	    cmocka_unit_test(test_winmail_dat_of_other_programs_is_read),
	    cmocka_unit_test(test_properties_of_winmail_dat_go_before_its_attributes),
	    cmocka_unit_test(test_winmail_dat_cut_anywhere_gives_what_it_can),
	    cmocka_unit_test(test_winmail_dat_within_winmail_dat_ends_somewhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
