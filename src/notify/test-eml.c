#include "base/test.h"

#include "base/clock.h"
#include "notify/eml.h"
#include "notify/private.h"

static struct eml mail(void)
{
	return (struct eml){
	    .from_name = SPAN_LIT("Ada Example"), .from_address = SPAN_LIT("ada@us.example"),
	    .to_address = SPAN_LIT("security@them.example"), .subject = SPAN_LIT("A notice"), .id = SPAN_LIT("TN-0000-0000.1"),
	    .language = SPAN_LIT("en"), .when_utc = 1709629200, .text = SPAN_LIT("Hello.\n"),
	};
}

/* The mail, or NULL; *why is the error. */
static const char *written(struct arena *a, const struct eml *m, const char **why)
{
	struct err e = {0};
	struct buf b;
	const char *s = NULL;

	buf_init(&b, 1 << 20);
	if (eml_write(m, &b, &e) == OK)
		s = arena_cstr(a, buf_span(&b));
	if (why != NULL)
		*why = arena_printf(a, "%s", e.text);
	buf_free(&b);
	return s;
}

static void a_notice_is_a_mail_with_everything_in_its_place(void **state)
{
	struct arena *a = test_arena();
	struct eml m = mail();

	(void)state;
	assert_string_equal(written(a, &m, NULL),
	    "Date: Tue, 5 Mar 2024 09:00:00 +0000\r\n"
	    "From: Ada Example <ada@us.example>\r\n"
	    "To: security@them.example\r\n"
	    "Subject: A notice\r\n"
	    "Message-ID: <TN-0000-0000.1@us.example>\r\n"
	    "Content-Language: en\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n"
	    "\r\n"
	    "Hello.\r\n");
	arena_free(a);
}

static void nothing_can_break_out_of_a_header(void **state)
{
	static const char *const names[] = {"Ada\r\nBcc: x@y.example", "Ada\n", "A\rB", "nul\x01", "\x7f", "bad \xff"};
	static const char *const addresses[] = {"", "x", "@", "a@", "@b.example", "a b@c.example", "a@b.example\r\nBcc: c@d.example",
	    "a@b.example, c@d.example", "<a@b.example>", "\"a\"@b.example", "a@b..example", ".a@b.example", "a@b@c.example",
	    "j\xc3\xa9@b.example"};
	struct arena *a = test_arena();

	(void)state;
	for (size_t i = 0; i < sizeof names / sizeof names[0]; i++) {
		struct eml m = mail();

		m.from_name = span_str(names[i]);
		assert_null(written(a, &m, NULL));
		m = mail();
		m.subject = span_str(names[i]);
		assert_null(written(a, &m, NULL));
	}
	for (size_t i = 0; i < sizeof addresses / sizeof addresses[0]; i++) {
		struct eml m = mail();

		m.to_address = span_str(addresses[i]);
		assert_null(written(a, &m, NULL));
		m = mail();
		m.from_address = span_str(addresses[i]);
		assert_null(written(a, &m, NULL));
	}
	arena_free(a);
}

/* RFC 2045 6.7 undone, for the test. */
static span decoded(struct arena *a, span s)
{
	unsigned char *p = arena_alloc(a, s.n + 1);
	size_t n = 0;

	for (size_t i = 0; i < s.n; i++) {
		if (s.p[i] == '=' && s.p[i + 1] == '\r') {
			i += 2;
		} else if (s.p[i] == '=') {
			assert_true(hex_read(span_sub(s, i + 1, 2), &p[n++], 1));
			i += 2;
		} else if (s.p[i] != '\r') {
			p[n++] = s.p[i];
		}
	}
	return span_of(p, n);
}

static void check_lines(const char *eml)
{
	for (const char *line = eml, *end; *line != '\0'; line = end + 2) {
		end = strstr(line, "\r\n");
		assert_non_null(end);
		if (end - line > 76 || line[0] == '.' || strncmp(line, "From ", 5) == 0 || (end > line && end[-1] == ' '))
			fail_msg("a bad line: \"%.*s\"", (int)(end - line), line);
		for (const char *p = line; p < end; p++)
			if ((unsigned char)*p < 0x20 || (unsigned char)*p > 0x7e)
				fail_msg("a bad byte %u", (unsigned char)*p);
	}
}

static void any_text_comes_back_and_no_line_is_too_long(void **state)
{
	static const char *const words[] = {"a", ".", "From ", "=", " ", "\n", "\xc3\xa9", "\xe2\x80\x99", "\xf0\x9f\x94\x94", "\t",
	    "wordwordword", "\n.", "\nFrom x", "=3D", "--"};
	struct arena *a = test_arena();
	uint64_t seed = 1;

	(void)state;
	for (int round = 0; round < 400; round++) {
		struct eml m = mail();
		struct buf b;
		const char *s;

		buf_init(&b, 1 << 16);
		for (int i = 0; i < round; i++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			buf_str(&b, words[(seed >> 33) % (sizeof words / sizeof words[0])]);
		}
		buf_str(&b, "end\n");
		m.text = buf_span(&b);
		assert_non_null(s = written(a, &m, NULL));
		check_lines(s);
		s = strstr(s, "\r\n\r\n") + 4;
		assert_span(decoded(a, span_str(s)), buf_cstr(&b));
		buf_free(&b);
		arena_reset(a);
	}
	arena_free(a);
}

/* Encoded words undone, folding too: enough for what eml.c writes. */
static const char *header(struct arena *a, const char *eml, const char *name)
{
	const char *p = strstr(eml, name) + strlen(name);
	struct buf b;
	const char *s;
	bool word = false, gap = false;

	buf_init(&b, 1 << 16);
	for (; strncmp(p, "\r\n", 2) != 0 || p[2] == ' '; p++) {
		if (strncmp(p, "\r\n ", 3) == 0) {
			gap = true;
			p += 2;
		} else if (!word && strncmp(p, "=?UTF-8?Q?", 10) == 0) {
			word = true;
			gap = false;
			p += 9;
		} else if (word && strncmp(p, "?=", 2) == 0) {
			word = false;
			p++;
		} else {
			if (gap && !word)
				buf_byte(&b, ' ');
			gap = false;
			if (word && *p == '=') {
				unsigned char c;

				assert_true(hex_read(span_of(p + 1, 2), &c, 1));
				buf_byte(&b, c);
				p += 2;
			} else {
				buf_byte(&b, word && *p == '_' ? ' ' : (unsigned char)*p);
			}
		}
	}
	s = arena_printf(a, "%s", buf_cstr(&b));
	buf_free(&b);
	return s;
}

static void a_subject_of_any_length_and_script_comes_back(void **state)
{
	static const char *const subjects[] = {
	    "short", "\xc3\x89t\xc3\xa9 \xc3\xa0 la mer", "=?looks encoded?=", "two  spaces", "(notice TN-0000-0000)",
	    "a long subject of plain words that has to be folded over more than one line, and then over another line yet, to the end",
	    ("un sujet long avec des lettres accentu\xc3\xa9\x65s qui doit \xc3\xaatre pli\xc3\xa9 sur plusieurs lignes, et encore une autre, "
	    "jusqu\xe2\x80\x99\xc3\xa0 la fin\xc2\xa0: tr\xc3\xa8s, tr\xc3\xa8s, tr\xc3\xa8s long"),
	    "0123456789012345678901234567890123456789012345678901234567890123456789012345678901234567890123456789",
	};
	struct arena *a = test_arena();

	(void)state;
	for (size_t i = 0; i < sizeof subjects / sizeof subjects[0]; i++) {
		struct eml m = mail();
		const char *s;

		m.subject = span_str(subjects[i]);
		assert_non_null(s = written(a, &m, NULL));
		check_lines(s);
		assert_string_equal(header(a, s, "\r\nSubject: "), subjects[i]);
	}
	arena_free(a);
}

static void a_sender_of_any_name_is_one_address(void **state)
{
	struct arena *a = test_arena();
	struct eml m = mail();

	(void)state;
	m.from_name = SPAN_LIT("Example, Ada \"Countess\"");
	assert_non_null(strstr(written(a, &m, NULL), "From: \"Example, Ada \\\"Countess\\\"\" <ada@us.example>\r\n"));
	m.from_name = SPAN_LIT("L\xc3\xa9" "a, <x@y.example>");
	assert_non_null(strstr(written(a, &m, NULL), "From: =?UTF-8?Q?L=C3=A9a=2C_=3Cx=40y=2Eexample=3E?=\r\n <ada@us.example>\r\n"));
	m.from_name = SPAN_EMPTY;
	assert_non_null(strstr(written(a, &m, NULL), "From: <ada@us.example>\r\n"));
	arena_free(a);
}

static const char *filled(struct arena *a, const char *text)
{
	struct buf b;
	const char *s;

	buf_init(&b, 1 << 16);
	text_fill(&b, span_str(text));
	s = arena_printf(a, "%s", buf_cstr(&b));
	buf_free(&b);
	return s;
}

static void paragraphs_are_filled_and_tables_are_not(void **state)
{
	struct arena *a = test_arena();

	(void)state;
	assert_string_equal(filled(a, "one\ntwo\n\n\n\nthree\n"), "one two\n\nthree\n");
	assert_string_equal(filled(a, "  name\n  title\nend"), "  name\n  title\nend\n");
	assert_string_equal(filled(a, "- one\n  more of it\n- two\n\n- three\n"), "- one more of it\n- two\n\n- three\n");
	assert_string_equal(filled(a, "- 1234567890 1234567890 1234567890 1234567890 1234567890 1234567890 12345\n"),
	    "- 1234567890 1234567890 1234567890 1234567890 1234567890 1234567890\n  12345\n");
	/* A no-break space is not a place to break at. */
	assert_string_equal(filled(a, "1234567890 1234567890 1234567890 1234567890 1234567890 1234567890 12345\xc2\xa0:\n"),
	    "1234567890 1234567890 1234567890 1234567890 1234567890 1234567890\n12345\xc2\xa0:\n");
	assert_string_equal(filled(a, "\n\n"), "");
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_notice_is_a_mail_with_everything_in_its_place),
	    cmocka_unit_test(nothing_can_break_out_of_a_header),
	    cmocka_unit_test(any_text_comes_back_and_no_line_is_too_long),
	    cmocka_unit_test(a_subject_of_any_length_and_script_comes_back),
	    cmocka_unit_test(a_sender_of_any_name_is_one_address),
	    cmocka_unit_test(paragraphs_are_filled_and_tables_are_not),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
