/*
 * What stands beside a secret in a text whose line has no end: what is not near it cannot be read at all, so that whoever looks there
 * ends the test. A text of 60 MB on one line may hold thousands of secrets: none of them may cost its length, nor that of their list.
 */
#include "base/test.h"

#include <sys/mman.h>

#include "attribute/column.h"
#include "attribute/private.h"

enum { NEAR = 8192, LONG = 64 << 20 };

static unsigned char *pages;

static int set_up(void **state)
{
	(void)state;
	pages = mmap(NULL, LONG, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
	return pages == MAP_FAILED || mprotect(pages, NEAR, PROT_READ | PROT_WRITE) != 0 ? -1 : 0;
}

static int tear_down(void **state)
{
	(void)state;
	return munmap(pages, LONG);
}

/* That beginning, and an "x" after the other. */
static span endless(const char *begin)
{
	memset(pages, 'x', NEAR);
	memcpy(pages, begin, strlen(begin));
	return span_of(pages, LONG);
}

static size_t place_of(span text, const char *word)
{
	size_t at = span_find(span_first(text, NEAR), span_str(word));

	assert_true(at < NEAR);
	return at;
}

/* What is told of the secret "tr0ub4dor": the likeliest, or "". m: the mention of a name, or n is 0. */
static void expect_beside(span text, struct mention m, const char *want)
{
	struct part_text t = {.utf8 = text, .content = text};
	struct mentions l = {&m, m.n != 0, 1};
	struct place secret = {place_of(text, "tr0ub4dor"), place_of(text, "tr0ub4dor") + 9};
	struct secret s = {SPAN_LIT("1"), secret.at, 9, false};
	struct told_mention told = {0};
	struct cursor c;
	struct buf out;

	buf_init(&out, 65536);
	beside_tell(&t, &l, &secret, 1, 0, &s, 0, &out);
	c = cursor_of(buf_span(&out));
	if (!told_get(&c, &told))
		told.text = SPAN_EMPTY;
	assert_false(c.bad);
	assert_span(told.text, want);
	buf_free(&out);
}

static void a_name_before_a_secret_costs_no_look_at_the_end_of_the_line(void **state)
{
	(void)state;
	expect_beside(endless("Acme: the password is tr0ub4dor "), (struct mention){MENTION_NAME, false, 1, 0, 4}, "Acme");
}

/* The kind of what is told first: of "Acme.io" with these mentions at its place. */
static enum mention_kind first_kind(const char *words, const struct mention *v, size_t n)
{
	span text = span_str(words);
	struct part_text t = {.utf8 = text, .content = text};
	struct mentions l = {(struct mention *)(uintptr_t)v, n, n};
	struct place secret = {span_find(text, SPAN_LIT("tr0ub4dor")), span_find(text, SPAN_LIT("tr0ub4dor")) + 9};
	struct told_mention told = {0};
	struct cursor c;
	struct buf out;

	buf_init(&out, 65536);
	beside_tell(&t, &l, &secret, 1, 0, &(struct secret){SPAN_LIT("1"), secret.at, 9, false}, 0, &out);
	c = cursor_of(buf_span(&out));
	assert_true(told_get(&c, &told));
	buf_free(&out);
	return told.kind;
}

static void a_name_with_a_dot_is_no_host_unless_it_is_listed(void **state)
{
	static const struct mention v[] = {{MENTION_NAME, false, 1, 0, 7}, {MENTION_HOST, false, ORG_MASK, 0, 7}};

	(void)state;
	assert_int_equal(first_kind("Acme.io: the password is tr0ub4dor", v, 1), MENTION_NAME);
	assert_int_equal(first_kind("Acme.io\nuser: kg\npassword: tr0ub4dor", v, 1), MENTION_NAME);
	assert_int_equal(first_kind("Acme.io: the password is tr0ub4dor", v, 2), MENTION_HOST);
	assert_int_equal(first_kind("Acme.io: the password is tr0ub4dor", NULL, 0), MENTION_HOST);
}

static void a_link_beside_a_secret_is_followed_no_further_than_its_paragraph(void **state)
{
	(void)state;
	expect_beside(endless("password: tr0ub4dor at https://vpn.acme.example/"), (struct mention){0}, "vpn.acme.example");
	expect_beside(endless("password: tr0ub4dor at https://safe.example/?u=https://vpn.acme.example/"), (struct mention){0}, "safe.example");
}

/* The addresses of the quoted header that "tr0ub4dor" stands below, the nearest first. */
static void expect_quoted(const char *words, const char *want)
{
	span text = span_str(words);
	struct mention v[16];
	struct mentions l = {v, 0, 16};
	char got[256] = "";
	struct told_mention told;
	struct cursor c;
	struct buf out;

	for (size_t at = 0; (at += span_find(span_from(text, at), SPAN_LIT("<"))) < text.n; at++)
		v[l.n++] = (struct mention){MENTION_QUOTED, false, ORG_MASK, (uint32_t)at + 1, (uint32_t)span_find_byte(span_from(text, at + 1), '>')};
	buf_init(&out, 65536);
	quoted_tell(text, &l, span_find(text, SPAN_LIT("tr0ub4dor")), &(struct secret){SPAN_LIT("1"), 0, 9, false}, 0, &out);
	for (c = cursor_of(buf_span(&out)); told_get(&c, &told);)
		(void)snprintf(got + strlen(got), sizeof got - strlen(got), "%.*s ", (int)told.text.n, (const char *)told.text.p);
	assert_false(c.bad);
	assert_string_equal(got, want);
	buf_free(&out);
}

static void a_secret_stands_below_the_nearest_quoted_header(void **state)
{
	(void)state;
	expect_quoted("see below\nFrom: <a@x>\nDate: today\nTo: <b@x>, <c@x>\nSubject: hm\n\nHere: tr0ub4dor", "c@x b@x a@x ");
	expect_quoted("From: <a@x>\n\n1\n2\n3\n4\n5\n6\nFrom: <b@x>\nTo: <c@x>\n\nHere: tr0ub4dor", "c@x b@x ");
	expect_quoted("Here: tr0ub4dor\n\nFrom: <a@x>", "");
	expect_quoted("On Monday <a@x> wrote:\n\nhm\n\nOn Sunday <b@x> wrote:\n\nHere: tr0ub4dor", "b@x ");
	expect_quoted("On Monday <a@x> wrote:\n> hm\n>\n> On Sunday\n> <b@x> wrote:\n>> Here: tr0ub4dor", "b@x ");
	expect_quoted("On Monday <a@x> wrote:\n> hm\n\nHere: tr0ub4dor", "");
	expect_quoted("> From: <a@x>\n> To: <b@x>\n\nHere: tr0ub4dor", "");
}

static void expect_note(span text, const char *want)
{
	struct place note = {0};
	bool is = note_below(text, place_of(text, "tr0ub4dor"), &note);

	assert_span(is ? span_sub(text, note.at, note.end - note.at) : SPAN_EMPTY, want);
}

static void a_note_stands_below_the_line_of_its_secret_and_is_short(void **state)
{
	char text[5000];

	(void)state;
	expect_note(span_str("password: tr0ub4dor\n(the one for Acme)\n"), "(the one for Acme)");
	expect_note(span_str("password: tr0ub4dor\n(the one for Acme)"), "(the one for Acme)");
	expect_note(span_str("password: tr0ub4dor"), "");
	expect_note(span_str("password: tr0ub4dor\n"), "");
	/* in a line that is a paragraph, as a browser's editor writes it */
	for (int n = 1; n < 4000; n = 2 * n + 1) {
		(void)snprintf(text, sizeof text, "password: tr0ub4dor%*s.\n(the one for Acme)\n", n, "");
		expect_note(span_str(text), "(the one for Acme)");
	}
	for (int n = 80; n < 100; n++) {
		char note[110];

		(void)snprintf(note, sizeof note, "(%0*d)", n - 2, 0);
		(void)snprintf(text, sizeof text, "password: tr0ub4dor\n%s\nx", note);
		expect_note(span_str(text), n < 90 ? note : "");
	}
	expect_note(endless("password: tr0ub4dor "), "");
	expect_note(endless("password: tr0ub4dor\n(the one for Acme"), "");
}

static void a_line_that_names_nobody_is_not_searched_for_secrets(void **state)
{
	span text = endless("user: kg\nport: 22\npassword: tr0ub4dor\n");
	const struct place *nowhere = (const struct place *)(const void *)(pages + NEAR);
	struct mentions l = {0};
	struct place title;

	(void)state;
	assert_false(title_above(text, &l, nowhere, 1000, place_of(text, "tr0ub4dor"), &title));
}

/* Above "tr0ub4dor"; the name is the first line's, but for its quote marks and what is behind a colon. */
static void expect_title(const char *words, const char *want)
{
	span text = span_str(words);
	size_t end = span_find_byte(text, '\n'), colon = span_find(span_first(text, end), SPAN_LIT(": ")), from = colon < end ? colon + 2 : 0;
	struct mention m = {MENTION_NAME, false, 1, (uint32_t)from, (uint32_t)(end - from)};
	struct mentions l = {&m, 1, 1};
	struct place title = {0};
	bool is = title_above(text, &l, NULL, 0, span_find(text, SPAN_LIT("tr0ub4dor")), &title);

	assert_span(is ? span_sub(text, title.at, title.end - title.at) : SPAN_EMPTY, want);
}

static void a_title_ends_as_names_do_in_any_letters(void **state)
{
	(void)state;
	expect_title("Acme A.\xc5\x9e.\nuser: kg\npassword: tr0ub4dor", "Acme A.\xc5\x9e.");
	expect_title("Acme a.s.\nuser: kg\npassword: tr0ub4dor", "Acme a.s.");
	expect_title("Acme is on v\xc3\xa4g.\nuser: kg\npassword: tr0ub4dor", "");
	/* a character of these is not a word */
	expect_title("\xe9\xa1\xa7\xe5\xae\xa2: \xe6\x97\xa5\xe6\x9c\xac\xe6\xb5\xb7\xe9\x81\x8b\xe6\xa0\xaa\xe5\xbc\x8f\xe4\xbc\x9a\xe7\xa4\xbe\npassword: tr0ub4dor",
	    "\xe9\xa1\xa7\xe5\xae\xa2: \xe6\x97\xa5\xe6\x9c\xac\xe6\xb5\xb7\xe9\x81\x8b\xe6\xa0\xaa\xe5\xbc\x8f\xe4\xbc\x9a\xe7\xa4\xbe");
}

/* The heading over "tr0ub4dor", "" when there is none, "other" when it is somebody's whom the directory does not have. */
static void expect_heading(const char *words, const char *want)
{
	static const char *const names[] = {"Acme", "Zephyr", "Kyd"};
	span text = span_str(words);
	struct mention v[8];
	struct mentions l = {v, 0, 8};
	size_t secret = span_find(text, SPAN_LIT("tr0ub4dor"));
	struct place cell;
	enum column_heading got;

	for (size_t at = 0; at < text.n; at++)
		for (uint32_t i = 0; i < 3; i++)
			if (span_starts(span_from(text, at), span_str(names[i])))
				v[l.n++] = (struct mention){MENTION_NAME, false, i + 1, (uint32_t)at, (uint32_t)strlen(names[i])};
	got = column_above(text, &l, secret, secret + 9, &cell);
	assert_span(got == HEADING_NAMES || got == HEADING_CUSTOMER ? span_sub(text, cell.at, cell.end - cell.at) : got == HEADING_OTHER ? SPAN_LIT("other") : SPAN_EMPTY, want);
}

static void a_secret_is_of_whom_the_heading_of_its_column_names(void **state)
{
	(void)state;
	expect_heading("Service\tAcme\tZephyr\nVPN password\tx\ttr0ub4dor\n", "Zephyr");
	expect_heading("Service\tAcme\tZephyr\nuser\tkk\tzz\nVPN password\ttr0ub4dor\ty\n", "Acme");
	/* without the cell above the first of each row */
	expect_heading("Acme\tZephyr\nVPN password\ttr0ub4dor\ty\n", "Acme");
	expect_heading("Acme\tZephyr\nVPN password\tx\ttr0ub4dor\n", "Zephyr");
	expect_heading("Here:\n\nAcme\tZephyr\r\nVPN password\tx\ttr0ub4dor\r\n", "Zephyr");
	expect_heading("Acme\tZephyr\t\nVPN password\tx\ttr0ub4dor\n", "Zephyr");
	expect_heading("Acme;Zephyr;Kyd\nuser;kk;zz;kd\nVPN password;x;tr0ub4dor;z\n", "Zephyr");
	expect_heading("| Acme | Zephyr |\n|---|---|\n| VPN password | x | tr0ub4dor |\n", "Zephyr");
	expect_heading("| Service | Acme | Zephyr |\n|---|---|---|\n| VPN password | x | tr0ub4dor |\n", "Zephyr");
	/* each cell says what it is */
	expect_heading("Acme\tZephyr\nPassword: x\tPassword: tr0ub4dor\n", "Zephyr");
	expect_heading("Acme\tZephyr\nPassword: tr0ub4dor\tPassword: y\n", "Acme");
	expect_heading("| Acme | Zephyr |\n| Password: x | Password: tr0ub4dor |\n", "Zephyr");
	/* aligned by blanks */
	expect_heading("Service        Acme     Zephyr\nVPN password   x        tr0ub4dor\n", "Zephyr");
	expect_heading("               Acme     Zephyr\nVPN password   x        tr0ub4dor  \n", "Zephyr");
	expect_heading("               Acme     Zephyr\nVPN password   tr0ub4dor  y\n", "Acme");
	expect_heading("We met Acme.  Then Zephyr.  Kyd did.\nVPN password  tr0ub4dor\n", "");
	/* of somebody who is not in the directory, which is nobody's beside it */
	expect_heading("Service\tAcme\tMarlowe Shipping\nVPN password\tx\ttr0ub4dor\n", "other");
	expect_heading("Marlowe Shipping\tAcme\nVPN password\ttr0ub4dor\ty\n", "other");
	expect_heading("Marlowe Shipping\tAcme\nVPN password\tx\ttr0ub4dor\n", "Acme");
	expect_heading("Service\tAcme\tPassword\nVPN account\tkk\ttr0ub4dor\n", "");
	expect_heading("Acme VPN\tUser\tPassword\nVPN account\tkk\ttr0ub4dor\n", "");
}

static void a_row_that_names_several_is_of_its_customer(void **state)
{
	(void)state;
	expect_heading("Customer\tHosted at\tUser\tPassword\nAcme\tZephyr\tkk\ttr0ub4dor\n", "Acme");
	expect_heading("Hosted at;Kunde;Passwort\nZephyr;Kyd;x\nZephyr;Acme;tr0ub4dor\n", "Acme");
	expect_heading("| Hosted at | Customer | Password |\n|---|---|---|\n| Zephyr | Acme | tr0ub4dor |\n", "Acme");
	expect_heading("Customer\tHosted at\tPassword\nMarlowe\tZephyr\ttr0ub4dor\n", "other");
	expect_heading("Customer\tHosted at\tPassword\n-\tZephyr\ttr0ub4dor\n", "");
	expect_heading("Customer\tHosted at\tPassword\nAcme\there\ttr0ub4dor\n", ""); /* the row names nobody else */
	expect_heading("Site\tHosted at\tPassword\nAcme\tZephyr\ttr0ub4dor\n", "");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(a_name_before_a_secret_costs_no_look_at_the_end_of_the_line),
	    cmocka_unit_test(a_name_with_a_dot_is_no_host_unless_it_is_listed),
	    cmocka_unit_test(a_link_beside_a_secret_is_followed_no_further_than_its_paragraph),
	    cmocka_unit_test(a_secret_stands_below_the_nearest_quoted_header),
	    cmocka_unit_test(a_note_stands_below_the_line_of_its_secret_and_is_short),
	    cmocka_unit_test(a_line_that_names_nobody_is_not_searched_for_secrets),
	    cmocka_unit_test(a_title_ends_as_names_do_in_any_letters),
	    cmocka_unit_test(a_secret_is_of_whom_the_heading_of_its_column_names),
	    cmocka_unit_test(a_row_that_names_several_is_of_its_customer),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
