/* What the portal writes to people: each language says all of it, and with the same values; each address gets its own. */
#include "base/test.h"

#include <dirent.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/yaml.h"
#include "serve/private.h"

static char outbox[] = "/tmp/tocsin-alerts-XXXXXX";
static const struct serve_config config = {.origin = "https://reading.example", .host = "reading.example", .outbox_dir = outbox,
    .mail_from = "room@nordwind.example", .mail_phone = "+353 1 555 0100"};
static const struct process_fds fds = {.clock = -1};
static struct logic *l;

static int set_up(void **state)
{
	struct err e;

	(void)state;
	if (mkdtemp(outbox) == NULL || logic_new(&l, &config, &fds, &e) != OK)
		return -1;
	l->now = 1767225600; /* 2026-01-01 */
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	logic_free(l);
	return rmdir(outbox);
}

/* The names in a text, each once, in the order of the alphabet. */
static const char *names_in(struct arena *a, span text)
{
	span names[32];
	struct buf b;
	size_t n = 0;
	const char *out;

	for (size_t at; (at = span_find(text, SPAN_LIT("{{"))) < text.n; ) {
		span name = span_first(span_from(text, at + 2), span_find(span_from(text, at + 2), SPAN_LIT("}}")));
		size_t i = 0;

		text = span_from(text, at + 2 + name.n);
		while (i < n && span_cmp(names[i], name) < 0)
			i++;
		if (i < n && span_eq(names[i], name))
			continue;
		assert_true(n < 32);
		memmove(&names[i + 1], &names[i], (n++ - i) * sizeof names[0]);
		names[i] = name;
	}
	buf_init(&b, KIB);
	for (size_t i = 0; i < n; i++)
		buf_printf(&b, "%.*s ", (int)names[i].n, (const char *)names[i].p);
	assert_ok(buf_check(&b, &e));
	out = arena_printf(a, "%s", buf_cstr(&b));
	buf_free(&b);
	return out;
}

static void every_language_says_all_of_it_with_the_same_values(void **state)
{
	static const char *const all[] = {"claimed", "disputed", "open", "called", "decided", "closed", "supplement", "joined", "removed", "passkey_added",
	    "passkey_removed", "passkey_copied", "week", "due"};
	static const char *const words[] = {"foot", "dns", "file"};
	struct arena *a = test_arena();

	(void)state;
	for (size_t i = 0; i < ALERT_LANGUAGES; i++) {
		for (size_t k = 0; k < sizeof words / sizeof words[0]; k++)
			assert_true(yaml_text(l->alerts[i], words[k]).n != 0);
		for (size_t k = 0; k < sizeof all / sizeof all[0]; k++) {
			const struct yaml *mail = yaml_get(l->alerts[i], all[k]), *english = yaml_get(l->alerts[0], all[k]);

			assert_true(yaml_text(mail, "subject").n != 0 && !span_has(yaml_text(mail, "text"), SPAN_LIT("://")));
			assert_string_equal(names_in(a, yaml_text(mail, "text")), names_in(a, yaml_text(english, "text")));
			if (i != 0)
				assert_false(span_eq(yaml_text(mail, "text"), yaml_text(english, "text")));
		}
	}
	arena_free(a);
}

/* The mail to that address, which is taken out of the outbox. */
static const char *mail_to(struct arena *a, const char *address)
{
	const char *found = NULL;
	DIR *d = opendir(outbox);

	assert_non_null(d);
	for (struct dirent *x; (x = readdir(d)) != NULL;) {
		const char *path = arena_printf(a, "%s/%s", outbox, x->d_name);
		span s;

		if (x->d_name[0] == '.')
			continue;
		assert_ok(io_read_file(a, path, 64 * KIB, &s, &e));
		if (!span_has(s, span_str(arena_printf(a, "\nTo: %s\n", address))))
			continue;
		assert_null(found);
		found = arena_printf(a, "%.*s", (int)s.n, (const char *)s.p);
		assert_int_equal(unlink(path), 0);
	}
	(void)closedir(d);
	assert_non_null(found);
	return found;
}

static const struct room room = {.identity = SPAN_LIT("{\"organisation\":{\"name\":\"Acme\",\"language\":\"de\"},"
    "\"contacts\":[{\"address\":\"soc@acme.example\"},{\"address\":\"paris@acme.example\"}],"
    "\"notices\":[{\"notice\":\"TN-0000-0001\",\"address\":\"madrid@acme.example\",\"language\":\"es\"},"
    "{\"notice\":\"TN-0000-0002\",\"address\":\"Paris@acme.example\",\"language\":\"fr\"},"
    "{\"notice\":\"TN-0000-0003\",\"address\":\"rio@acme.example\",\"language\":\"pt\"}]}")};

static void each_address_is_written_to_in_its_language(void **state)
{
	static const struct alert_value values[] = {{"host", "reading.example"}, {"proof", "file"}, {"hours", "24"}, {"word", "ABCDE"}, {NULL, NULL}};
	struct arena *a = test_arena();
	const char *mail;

	(void)state;
	assert_ok(alert(l, a, &room, "claimed", values, &e));
	mail = mail_to(a, "madrid@acme.example");
	assert_non_null(strstr(mail, "\nSubject: Su expediente ha sido reclamado\n"));
	assert_non_null(strstr(mail, "el sitio web de su dominio. Si nadie se opone en 24 horas"));
	assert_non_null(strstr(mail, "\n    ABCDE\n"));
	assert_non_null(strstr(mail, "Nuestro tel\xc3\xa9""fono: +353 1 555 0100\n"));
	mail = mail_to(a, "paris@acme.example");
	/* "Votre dossier a été réclamé" */
	assert_non_null(strstr(mail, "\nSubject: =?UTF-8?B?Vm90cmUgZG9zc2llciBhIMOpdMOpIHLDqWNsYW3DqQ==?=\n"));
	assert_non_null(strstr(mail, "a montr\xc3\xa9 que le site web de\nvotre domaine"));
	/* Without a notice of its own: as the first of its organisation; one that is not spoken here: English. */
	assert_non_null(strstr(mail_to(a, "soc@acme.example"), "Si nadie se opone"));
	assert_non_null(strstr(mail_to(a, "rio@acme.example"), "\nSubject: Your case was claimed\n"));
	arena_free(a);
}

static void a_long_subject_is_cut_between_characters(void **state)
{
	struct arena *a = test_arena();
	const char *mail;

	(void)state;
	assert_ok(alert(l, a, &room, "supplement", NULL, &e));
	mail = mail_to(a, "paris@acme.example");
	assert_non_null(strstr(mail, "\nSubject: =?UTF-8?B?"));
	for (const char *word = strstr(mail, "=?UTF-8?B?"); word != NULL; word = strstr(word + 1, "=?UTF-8?B?"))
		assert_true(strcspn(word, "\n") <= 75);
	(void)mail_to(a, "madrid@acme.example");
	(void)mail_to(a, "soc@acme.example");
	(void)mail_to(a, "rio@acme.example");
	arena_free(a);
}

static void a_line_whose_value_is_not_there_is_left_out(void **state)
{
	static const struct alert_value values[] = {{"is_open", ""}, {"open", "2"}, {"all", "5"}, {"overdue", NULL}, {"next", "2026-01-09"},
	    {"logs_late", "2026-01-02"}, {"marked", "3"}, {"tasks", "0"}, {NULL, NULL}};
	struct arena *a = test_arena();

	(void)state;
	assert_ok(alert(l, a, &room, "week", values, &e));
	assert_non_null(strstr(mail_to(a, "rio@acme.example"), "\n\nOpen:\n- credentials: 2 of 5\n- the next is due on 2026-01-09\n"
	    "- review of your own logs: overdue since 2026-01-02\n\nDealt with in the last seven days: credentials 3, tasks 0.\n"));
	assert_non_null(strstr(mail_to(a, "paris@acme.example"), "\n\n\xc3\x80 traiter :\n- identifiants : 2 sur 5\n"));
	(void)mail_to(a, "madrid@acme.example");
	(void)mail_to(a, "soc@acme.example");
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(every_language_says_all_of_it_with_the_same_values),
	    cmocka_unit_test(each_address_is_written_to_in_its_language),
	    cmocka_unit_test(a_long_subject_is_cut_between_characters),
	    cmocka_unit_test(a_line_whose_value_is_not_there_is_left_out),
	};

	return cmocka_run_group_tests(tests, set_up, tear_down);
}
