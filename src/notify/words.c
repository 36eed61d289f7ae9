#include <dirent.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "base/yaml.h"
#include "notify/private.h"

enum { MAX_LANGUAGES = 64, MAX_CODE = 8 };

/* The names that templates may use; render.c gives all of them a value. */
static const struct template_name letter_names[] = {
    {"id", NULL}, {"date", NULL}, {"organisation", NULL}, {"our_name", NULL}, {"title", NULL}, {"reference", NULL},
    {"sender_name", NULL}, {"sender_title", NULL}, {"sender_phone", NULL}, {"sender_address", NULL}, {"portal", NULL}, {"code", NULL}, {"domain", NULL},
    {"sender_domain", NULL}, {"sign_key", NULL}, {"sign_dkim", NULL}, {"sign_smime", NULL},
    {"detected", NULL}, {"contained", NULL}, {"first_access", NULL}, {"last_access", NULL}, {"measures", NULL},
    {"messages", NULL}, {"single", NULL}, {"period_from", NULL}, {"period_to", NULL}, {"undated", NULL},
    {"sent", NULL}, {"received", NULL}, {"mentioned", NULL}, {"owned", NULL}, {"owned_maybe", NULL}, {"bulk", NULL}, {"overlap", NULL},
    {"accessed", NULL}, {"presumed", NULL}, {"unknown", NULL}, {"uncertain", NULL}, {"unread", NULL}, {"forged", NULL},
    {"exposures", NULL}, {"reset", NULL}, {"bank", NULL}, {"reset_by", NULL}, {"urgent_by", NULL}, {"kinds", NULL}, {"kind", "kinds"}, {"values", "kinds"}, {"more", "kinds"}, {"advice", "kinds"}, {"others", NULL}, {"other_kinds", NULL}, {"kind", "other_kinds"}, {"values", "other_kinds"}, {"more", "other_kinds"}, {"any_duty", NULL}, {"duties", NULL}, {"duty", "duties"}, {"rights", NULL}, {"right", "rights"},
    {"supplement", NULL}, {"withdrawn_date", NULL}, {"withdrawn_many", NULL}, {"previous_date", NULL}, {"previous_messages", NULL}, {"previous_single", NULL}, {"previous_exposures", NULL},
    {"new_messages", NULL}, {"again_messages", NULL}, {"now_opened", NULL},
    {NULL, NULL},
};
static const struct template_name count_names[] = {{"n", NULL}, {NULL, NULL}};
static const struct template_name value_names[] = {{"value", NULL}, {"messages", NULL}, {"date", NULL}, {"before", NULL}, {"opened", NULL}, {"maybe", NULL}, {NULL, NULL}};
static const struct template_name page_names[] = {{"n", NULL}, {"us", NULL}, {"from", NULL}, {"to", NULL}, {"accessed", NULL}, {"presumed", NULL},
    {"unknown", NULL}, {"file", NULL}, {"due", NULL}, {"path", NULL}, {"date", NULL}, {"key", NULL}, {NULL, NULL}};
static const struct template_name date_names[] = {{"day", NULL}, {"month", NULL}, {"year", NULL}, {NULL, NULL}};

/* A notice has no link: neither a template nor a word may bring one in. */
static enum errc no_link(span text, const char *file, struct err *e)
{
	static const char *const marks[] = {"://", "www.", "mailto:"};

	for (size_t i = 0; i < sizeof marks / sizeof marks[0]; i++) {
		size_t at = span_find_nocase(text, span_str(marks[i]));
		unsigned line = 1;

		if (at == text.n)
			continue;
		for (size_t k = 0; k < at; k++)
			line += text.p[k] == '\n';
		return err_set(e, ERR_USAGE, "%s:%u: \"%s\": a notice has no link", file, line, marks[i]);
	}
	return OK;
}

static enum errc small_template(struct arena *a, const struct yaml *map, const char *key,
    const struct template_name *names, struct template **out, struct err *e)
{
	const struct yaml *y = yaml_get(map, key);
	enum errc rc;

	if (y == NULL || y->kind != YAML_SCALAR || y->text.n == 0)
		return yaml_err(map, e, "\"%s\" is missing", key);
	rc = template_parse(a, y->text, y->file, y->line, out, e);
	return rc == OK ? template_check(*out, names, e) : rc;
}

static enum errc read_counted(struct arena *a, const struct yaml *counts, const char *key, struct counted *out,
    struct err *e)
{
	const struct yaml *map = yaml_get(counts, key);
	enum errc rc;

	if (map == NULL)
		return yaml_err(counts, e, "\"%s\" is missing", key);
	rc = small_template(a, map, "one", count_names, &out->one, e);
	return rc == OK ? small_template(a, map, "many", count_names, &out->many, e) : rc;
}

static enum errc read_months(const struct yaml *root, struct language *l, struct err *e)
{
	const struct yaml *y = yaml_get(root, "months");
	size_t n = 0;

	if (y == NULL || y->kind != YAML_LIST)
		return yaml_err(y != NULL ? y : root, e, "\"months\" wants a list of twelve names");
	for (const struct yaml *c = y->first; c != NULL; c = c->next, n++)
		if (n < 12)
			l->months[n] = c->text;
	return n == 12 ? OK : yaml_err(y, e, "\"months\" has %zu names", n);
}

static enum errc read_singular(const struct yaml *root, struct language *l, struct err *e)
{
	const struct yaml *y = yaml_get(root, "one");

	if (y == NULL || y->kind != YAML_LIST)
		return yaml_err(y != NULL ? y : root, e, "\"one\" wants the numbers that are singular: [1] or [0, 1]");
	for (const struct yaml *c = y->first; c != NULL; c = c->next) {
		if (c->text.n != 1 || (c->text.p[0] != '0' && c->text.p[0] != '1'))
			return yaml_err(c, e, "only 0 and 1 can be singular here");
		l->one_at[c->text.p[0] - '0'] = true;
	}
	return OK;
}

/* What the case has in English, and what it is here. */
static enum errc read_phrases(struct arena *a, const struct yaml *root, const char *key, struct phrase **out, size_t *n_out, struct err *e)
{
	const struct yaml *y = yaml_get(root, key);
	size_t n = 0;

	if (y == NULL)
		return OK;
	if (y->kind != YAML_MAP)
		return yaml_err(y, e, "\"%s\" wants English words and what they are here", key);
	for (const struct yaml *c = y->first; c != NULL; c = c->next)
		n++;
	if ((*out = arena_zero(a, n, sizeof **out)) == NULL)
		return err_memory(e);
	for (const struct yaml *c = y->first; c != NULL; c = c->next) {
		if (c->key.n == 0 || c->kind != YAML_SCALAR)
			return yaml_err(c, e, "\"%s\" wants plain words", key);
		(*out)[(*n_out)++] = (struct phrase){c->key, c->text};
	}
	return OK;
}

static enum errc read_classes(struct arena *a, const struct yaml *root, struct language *l, struct err *e)
{
	static const char *const only[] = {"name", "one", "many", "do", "person", NULL};
	const struct yaml *y = yaml_get(root, "classes");
	size_t n = 0;
	enum errc rc;

	if (y == NULL || y->kind != YAML_MAP)
		return yaml_err(y != NULL ? y : root, e, "\"classes\" wants the kinds of data, with \"other\" as the last");
	for (const struct yaml *c = y->first; c != NULL; c = c->next)
		n++;
	if ((l->classes = arena_zero(a, n, sizeof *l->classes)) == NULL)
		return err_memory(e);
	for (const struct yaml *c = y->first; c != NULL; c = c->next) {
		struct class_words *w = &l->classes[l->n_classes++];

		if ((rc = yaml_only(c, only, e)) != OK || (rc = small_template(a, c, "one", count_names, &w->count.one, e)) != OK ||
		    (rc = small_template(a, c, "many", count_names, &w->count.many, e)) != OK)
			return rc;
		if ((w->class = arena_cstr(a, c->key)) == NULL)
			return err_memory(e);
		if ((w->name = yaml_text(c, "name")).n == 0)
			return yaml_err(c, e, "\"name\" is missing: what a list calls it");
		if ((w->advice = yaml_text(c, "do")).n == 0)
			return yaml_err(c, e, "\"do\" is missing: what the owner is to do");
		if ((w->to_person = yaml_text(c, "person")).n == 0)
			w->to_person = w->advice;
	}
	return l->n_classes != 0 && strcmp(l->classes[l->n_classes - 1].class, "other") == 0
	    ? OK : yaml_err(y, e, "the last kind must be \"other\"");
}

static enum errc read_page(struct arena *a, const struct yaml *root, struct language *l, struct err *e)
{
	static const char *const names[N_PAGE_WORDS + 1] = {
	    [PAGE_ALL] = "all", [PAGE_AS_MAIL] = "as_mail", [PAGE_MAIL_FILE] = "mail_file",
	    [PAGE_IN_MAIL] = "in_mail", [PAGE_ATTACHMENT] = "attachment", [PAGE_NO_NAME] = "no_name",
	    [PAGE_NO_SUBJECT] = "no_subject", [PAGE_SUBJECT_WITHHELD] = "subject_withheld", [PAGE_NO_PARTY] = "no_party", [PAGE_BYTES] = "bytes", [PAGE_WITHHELD] = "withheld",
	    [PAGE_WITHHELD_PART] = "withheld_part", [PAGE_PART] = "part", [PAGE_ACCESSED] = "accessed",
	    [PAGE_PRESUMED] = "presumed", [PAGE_UNKNOWN] = "unknown", [PAGE_STORY] = "story",
	    [PAGE_STORY_UNDATED] = "story_undated", [PAGE_CONCERNS_ONE] = "concerns_one",
	    [PAGE_CONCERNS_MANY] = "concerns_many", [PAGE_VERDICTS] = "verdicts", [PAGE_BRACKETS] = "brackets",
	    [PAGE_POSSIBLY] = "possibly", [PAGE_NOT_YOURS] = "not_yours", [PAGE_NOT_YOURS_SAYS] = "not_yours_says",
	    [PAGE_TO_RESET] = "to_reset", [PAGE_NOTHING_TITLE] = "nothing_title", [PAGE_NOTHING] = "nothing",
	    [PAGE_PERSONAL] = "personal", [PAGE_WHAT] = "what", [PAGE_MASKED_FORM] = "masked_form",
	    [PAGE_SEVERITY] = "severity", [PAGE_EXPOSED] = "exposed", [PAGE_VERDICT] = "verdict",
	    [PAGE_DUE] = "due", [PAGE_WHERE] = "where", [PAGE_BESIDE] = "beside",
	    [PAGE_LOW] = "low",
	    [PAGE_MEDIUM] = "medium", [PAGE_HIGH] = "high", [PAGE_CRITICAL] = "critical", [PAGE_MORE] = "more",
	    [PAGE_TO_DO] = "to_do", [PAGE_LOGS] = "logs", [PAGE_LOGS_UNDATED] = "logs_undated",
	    [PAGE_CONTENT] = "content", [PAGE_MESSAGES] = "messages", [PAGE_DATE] = "date", [PAGE_FROM] = "from",
	    [PAGE_TO] = "to", [PAGE_SUBJECT] = "subject", [PAGE_HOLDS] = "holds",
	    [PAGE_CREDENTIAL_ONE] = "credential_one", [PAGE_CREDENTIAL_MANY] = "credential_many",
	    [PAGE_PERSONAL_ONE] = "personal_one", [PAGE_PERSONAL_MANY] = "personal_many",
	    [PAGE_ATTACHMENT_ONE] = "attachment_one", [PAGE_ATTACHMENT_MANY] = "attachment_many",
	    [PAGE_WHY_MASKED] = "why_masked", [PAGE_SAME_TOKEN] = "same_token",
	    [PAGE_OTHER_ORGANISATION] = "other_organisation", [PAGE_OTHER_ADDRESS] = "other_address",
	    [PAGE_OTHER_PERSON] = "other_person", [PAGE_OTHER_SECRET] = "other_secret",
	    [PAGE_OTHER_DATA] = "other_data", [PAGE_OUTSIDE] = "outside", [PAGE_ABOUT] = "about",
	    [PAGE_INCIDENT] = "incident", [PAGE_REFERENCE] = "reference", [PAGE_SENDER] = "sender",
	    [PAGE_QUESTIONS] = "questions", [PAGE_TELEPHONE] = "telephone", [PAGE_ADDRESS] = "address",
	    [PAGE_VERSION] = "version", [PAGE_VERSION_OF] = "version_of", [PAGE_SIGNED] = "signed",
	    [PAGE_COMPARE] = "compare"};
	const struct yaml *page = yaml_get(root, "page");
	enum errc rc;

	if (page == NULL || page->kind != YAML_MAP)
		return yaml_err(page != NULL ? page : root, e, "\"page\" wants the words of an export's pages");
	if ((rc = yaml_only(page, names, e)) != OK)
		return rc;
	for (size_t i = 0; i < N_PAGE_WORDS; i++) {
		struct template *t; /* looked at only: dossier-page.c fills them in, escaped */

		if ((rc = small_template(a, page, names[i], page_names, &t, e)) != OK)
			return rc;
		l->page[i] = yaml_text(page, names[i]);
	}
	return OK;
}

static enum errc read_words(struct arena *a, const char *path, struct language *l, struct err *e)
{
	static const char *const top[] = {"also", "countries", "thousands", "one", "date", "first_day", "months", "counts",
	    "value", "masked", "places", "classes", "page", NULL};
	static const char *const in_counts[] = {"messages", "exposures", "more", NULL};
	static const char *const in_value[] = {"one", "many", "between", "list", NULL};
	const struct yaml *counts, *value;
	struct yaml *root;
	span text;
	enum errc rc;

	if ((rc = io_read_file(a, path, LIMIT_TEMPLATE_BYTES, &text, e)) != OK || (rc = no_link(text, path, e)) != OK ||
	    (rc = yaml_read(a, text, path, &root, e)) != OK)
		return rc;
	if (root == NULL || root->kind != YAML_MAP)
		return err_set(e, ERR_USAGE, "%s: not a list of words", path);
	counts = yaml_get(root, "counts");
	if (counts == NULL || counts->kind != YAML_MAP)
		return yaml_err(root, e, "\"counts\" is missing");
	value = yaml_get(root, "value");
	if (value == NULL)
		return yaml_err(root, e, "\"value\" is missing");
	if ((rc = yaml_only(root, top, e)) != OK || (rc = yaml_only(counts, in_counts, e)) != OK ||
	    (rc = yaml_only(value, in_value, e)) != OK ||
	    (rc = small_template(a, value, "one", value_names, &l->value_one, e)) != OK ||
	    (rc = small_template(a, value, "many", value_names, &l->value_many, e)) != OK ||
	    (rc = text_list_read(a, root, "also", false, &l->also, e)) != OK ||
	    (rc = text_list_read(a, root, "countries", false, &l->countries, e)) != OK || (rc = read_months(root, l, e)) != OK ||
	    (rc = read_singular(root, l, e)) != OK || (rc = small_template(a, root, "date", date_names, &l->date, e)) != OK ||
	    (rc = read_counted(a, counts, "messages", &l->messages, e)) != OK ||
	    (rc = read_counted(a, counts, "exposures", &l->exposures, e)) != OK ||
	    (rc = read_counted(a, counts, "more", &l->more, e)) != OK)
		return rc;
	if ((rc = read_phrases(a, root, "masked", &l->masked, &l->n_masked, e)) != OK ||
	    (rc = read_phrases(a, root, "places", &l->places, &l->n_places, e)) != OK || (rc = read_page(a, root, l, e)) != OK)
		return rc;
	l->between = yaml_text(value, "between");
	l->list = yaml_text(value, "list");
	l->thousands = yaml_text(root, "thousands");
	l->first_day = yaml_text(root, "first_day");
	return read_classes(a, root, l, e);
}

/* "Subject: ..." on the first line, an empty one, the text. */
static enum errc read_letter(struct arena *a, const char *path, struct letter_text *l, struct err *e)
{
	span text, line;
	enum errc rc;

	if ((rc = io_read_file(a, path, LIMIT_TEMPLATE_BYTES, &text, e)) != OK || (rc = no_link(text, path, e)) != OK)
		return rc;
	if (utf8_valid(text) != text.n)
		return err_set(e, ERR_USAGE, "%s: not UTF-8 at byte %zu", path, utf8_valid(text));
	if (!span_line(&text, &line) || !span_starts(line, SPAN_LIT("Subject: ")))
		return err_set(e, ERR_USAGE, "%s:1: the first line must be \"Subject: ...\"", path);
	if ((rc = template_parse(a, span_from(line, 9), path, 1, &l->subject, e)) != OK ||
	    (rc = template_check(l->subject, letter_names, e)) != OK ||
	    (rc = template_parse(a, text, path, 2, &l->body, e)) != OK)
		return rc;
	return template_check(l->body, letter_names, e);
}

static int by_code(const void *x, const void *y)
{
	return strcmp(((const struct language *)x)->code, ((const struct language *)y)->code);
}

/* "notice.LL.txt" */
static span code_of(const char *name)
{
	span s = span_str(name);

	if (!span_starts(s, SPAN_LIT("notice.")) || !span_ends_nocase(s, SPAN_LIT(".txt")) || s.n <= 11 || s.n > 11 + MAX_CODE)
		return SPAN_EMPTY;
	s = span_sub(s, 7, s.n - 11);
	for (size_t i = 0; i < s.n; i++)
		if (!ascii_is_alnum(s.p[i]) && s.p[i] != '-')
			return SPAN_EMPTY;
	return s;
}

static enum errc find_languages(struct arena *a, const char *dir, struct languages *out, struct err *e)
{
	DIR *d = opendir(dir);
	enum errc rc = OK;

	if (d == NULL)
		return err_sys(e, "the notice templates: %s", dir);
	for (struct dirent *entry; rc == OK && (entry = readdir(d)) != NULL;) {
		span code = code_of(entry->d_name);

		if (code.n == 0)
			continue;
		if (out->n == MAX_LANGUAGES)
			rc = err_set(e, ERR_USAGE, "%s: more than %d languages", dir, MAX_LANGUAGES);
		else if ((out->v[out->n++].code = arena_cstr(a, code)) == NULL)
			rc = err_memory(e);
	}
	(void)closedir(d);
	if (rc == OK && out->n == 0)
		rc = err_set(e, ERR_USAGE, "%s: no notice.LL.txt there", dir);
	return rc;
}

enum errc languages_load(struct arena *a, const char *dir, struct languages *out, struct err *e)
{
	enum errc rc;

	*out = (struct languages){arena_zero(a, MAX_LANGUAGES, sizeof *out->v), 0};
	if (out->v == NULL)
		return err_memory(e);
	if ((rc = find_languages(a, dir, out, e)) != OK)
		return rc;
	qsort(out->v, out->n, sizeof *out->v, by_code);
	for (size_t i = 0; i < out->n && rc == OK; i++) {
		struct language *l = &out->v[i];
		const char *letter = arena_printf(a, "%s/notice.%s.txt", dir, l->code);
		const char *person = arena_printf(a, "%s/person.%s.txt", dir, l->code);
		const char *words = arena_printf(a, "%s/words.%s.yaml", dir, l->code);

		if (letter == NULL || person == NULL || words == NULL)
			return err_memory(e);
		if ((rc = read_words(a, words, l, e)) == OK && (rc = read_letter(a, letter, &l->notice, e)) == OK)
			rc = read_letter(a, person, &l->person, e);
	}
	return rc;
}

/* "fr", "fr-CH" and "fr_CA" are fr; other spellings stand in `also`. */
static bool is_language(const struct language *l, const char *word)
{
	size_t n = strlen(l->code);

	if (span_starts_nocase(span_str(word), span_str(l->code)) && (word[n] == '\0' || word[n] == '-' || word[n] == '_'))
		return true;
	for (size_t i = 0; i < l->also.n; i++)
		if (span_eq_nocase(span_str(l->also.v[i]), span_str(word)))
			return true;
	return false;
}

const struct language *language_for(const struct languages *l, const struct wave_org *org, const struct case_config *c)
{
	for (size_t i = 0; i < l->n; i++)
		if (is_language(&l->v[i], org->language))
			return &l->v[i];
	for (size_t i = 0; i < l->n; i++)
		for (size_t k = 0; k < l->v[i].countries.n; k++)
			if (span_eq_nocase(span_str(l->v[i].countries.v[k]), span_str(org->country)))
				return &l->v[i];
	for (size_t k = 0; k < c->languages.n; k++)
		for (size_t i = 0; i < l->n; i++)
			if (is_language(&l->v[i], c->languages.v[k]))
				return &l->v[i];
	return &l->v[0];
}

const struct class_words *language_class(const struct language *l, const char *class)
{
	for (size_t i = 0; i + 1 < l->n_classes; i++)
		if (strcmp(l->classes[i].class, class) == 0)
			return &l->classes[i];
	return &l->classes[l->n_classes - 1];
}

static enum errc filled(struct arena *a, const struct template *t, const struct template_scope *s, span *out, struct err *e)
{
	struct buf b;
	enum errc rc;

	buf_init(&b, LIMIT_TEMPLATE_BYTES);
	if ((rc = template_write(t, s, &b, e)) == OK) {
		*out = arena_copy(a, buf_span(&b));
		if (out->p == NULL)
			rc = err_memory(e);
	}
	buf_free(&b);
	return rc;
}

enum errc say_count(struct arena *a, const struct language *l, const struct counted *c, int64_t n, span *out, struct err *e)
{
	struct template_var v = {.name = "n"};
	struct template_scope s = {&v, 1, NULL};
	char digits[24];
	struct buf b;
	enum errc rc;
	int len = snprintf(digits, sizeof digits, "%" PRId64, n);

	buf_init(&b, 256);
	for (int i = 0; i < len; i++) {
		if (i != 0 && (len - i) % 3 == 0)
			buf_put(&b, l->thousands);
		buf_byte(&b, (unsigned char)digits[i]);
	}
	v.text = buf_span(&b);
	rc = buf_check(&b, e);
	if (rc == OK)
		rc = filled(a, n >= 0 && n < 2 && l->one_at[n] ? c->one : c->many, &s, out, e);
	buf_free(&b);
	return rc;
}

enum errc say_date(struct arena *a, const struct language *l, int64_t when_utc, span *out, struct err *e)
{
	struct civil c;
	char day[16], year[16];
	struct template_var v[3] = {{.name = "day"}, {.name = "month"}, {.name = "year"}};
	struct template_scope s = {v, 3, NULL};

	*out = SPAN_EMPTY;
	if (when_utc == TIME_NONE)
		return OK;
	c = time_to_civil(when_utc);
	(void)snprintf(day, sizeof day, "%d", c.day);
	(void)snprintf(year, sizeof year, "%d", c.year);
	v[0].text = c.day == 1 && l->first_day.n != 0 ? l->first_day : span_str(day);
	v[1].text = l->months[c.month - 1];
	v[2].text = span_str(year);
	return filled(a, l->date, &s, out, e);
}

enum errc say_masked(struct arena *a, const struct language *l, span s, span *out, struct err *e)
{
	*out = s;
	for (size_t i = 0; i < l->n_masked; i++) {
		const struct phrase *p = &l->masked[i];
		size_t at = span_find(*out, p->from);
		char *joined;

		if (at == out->n)
			continue;
		joined = arena_printf(a, "%.*s%.*s%.*s", (int)at, (const char *)out->p, (int)p->to.n, (const char *)p->to.p,
		    (int)(out->n - at - p->from.n), (const char *)out->p + at + p->from.n);
		if (joined == NULL)
			return err_memory(e);
		*out = span_str(joined);
	}
	return OK;
}

enum errc say_value(struct arena *a, const struct language *l, span masked, const struct told_exposure *x, span *out,
    struct err *e)
{
	struct template_var v[6] = {{.name = "value"}, {.name = "messages"}, {.name = "date"}, {.name = "before"}, {.name = "opened"}, {.name = "maybe"}};
	struct template_scope s = {v, 6, NULL};
	enum errc rc = say_masked(a, l, masked, out, e);

	if (rc != OK || x->first_utc == TIME_NONE)
		return rc;
	v[0].text = *out;
	v[3].text = x->before ? SPAN_LIT("yes") : SPAN_EMPTY;
	v[4].text = x->opened ? SPAN_LIT("yes") : SPAN_EMPTY;
	v[5].text = x->whose == WHOSE_READERS_MAYBE ? SPAN_LIT("yes") : SPAN_EMPTY;
	if ((rc = say_count(a, l, &l->messages, x->n_messages, &v[1].text, e)) != OK ||
	    (rc = say_date(a, l, x->first_utc, &v[2].text, e)) != OK)
		return rc;
	return filled(a, x->n_messages == 1 ? l->value_one : l->value_many, &s, out, e);
}
