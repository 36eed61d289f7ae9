/* Rule files: YAML to struct rule, every mistake refused with its file and line. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/limits.h"
#include "case/names.h"
#include "scan/private.h"

struct reader {
	struct arena *a;
	struct rule_set *set;
	struct macro { span name, text; } *macros;
	size_t n_macros, cap_macros, cap_rules, cap_anchors, cap_words;
};

static const char *const class_names[N_CLASSES] = {
    [CLASS_NONE] = "?", [CLASS_PASSWORD] = "password", [CLASS_USERNAME_PASSWORD] = "username_password",
    [CLASS_PASSCODE_PIN] = "passcode_pin", [CLASS_API_TOKEN] = "api_token", [CLASS_PRIVATE_KEY] = "private_key",
    [CLASS_URL_CREDENTIALS] = "url_credentials", [CLASS_CONNECTION_STRING] = "connection_string",
    [CLASS_OTP_SEED] = "otp_seed", [CLASS_PAYMENT_CARD] = "payment_card", [CLASS_BANK_ACCOUNT] = "bank_account",
    [CLASS_NATIONAL_ID] = "national_id", [CLASS_DATE_OF_BIRTH] = "date_of_birth",
    [CLASS_VAULT] = "vault",
};
static const char *const shape_names[N_SHAPES] = {"", "card", "iban", "ssn", "nir", "nino", "codice-fiscale", "dotted", "pem", "table", "told-code", "told-word", "told-plain", "told-answer", "told-spelled", "pairs", "lines", "weighed-code", "weighed-word", "weighed-plain"};
static const char *const take_names[N_TAKES] = {"group", "token", "line"};
static const char *const strength_names[N_STRENGTHS] = {"none", "label", "prose", "bare", "code", "slot", "loose"};
static const char *const check_names[N_CHECKS] = {
    "luhn", "iban", "aba", "jwt", "crc32", "entropy", "nir", "nino", "ssn", "de-tax", "dni", "codice-fiscale", "ahv",
    "date", "basic-auth", "mixed", "card", "digits", "length", "not-words", "number",
    "no-sample",
};
static const char *const form_names[N_FORMS] = {"exact", "digits", "alnum", "key"};
static const char *const mask_names[N_MASKS] = {"secret", "key", "last4", "iban", "private-key", "date", "vault"};
/* Of two classes that claim the same bytes the one that says more wins. */
static const uint8_t class_rank[N_CLASSES] = {
    [CLASS_PASSWORD] = 30, [CLASS_USERNAME_PASSWORD] = 40, [CLASS_PASSCODE_PIN] = 25, [CLASS_API_TOKEN] = 60,
    [CLASS_PRIVATE_KEY] = 90, [CLASS_URL_CREDENTIALS] = 50, [CLASS_CONNECTION_STRING] = 55, [CLASS_OTP_SEED] = 58,
    [CLASS_PAYMENT_CARD] = 65, [CLASS_BANK_ACCOUNT] = 62, [CLASS_NATIONAL_ID] = 61, [CLASS_DATE_OF_BIRTH] = 45,
    [CLASS_VAULT] = 95,
};

const char *class_name(unsigned class)
{
	return class < N_CLASSES ? class_names[class] : "?";
}

/* The index of a word among names, or -1. */
static int name_of(span word, const char *const names[], int n)
{
	for (int i = 0; i < n; i++)
		if (names[i] != NULL && span_eq(word, span_str(names[i])))
			return i;
	return -1;
}

static enum errc choice(const struct yaml *y, const char *key, const char *const names[], int n, uint8_t *out,
    struct err *e)
{
	const struct yaml *v = yaml_get(y, key);
	int i;

	if (v == NULL)
		return OK;
	if (v->kind != YAML_SCALAR || (i = name_of(v->text, names, n)) < 0)
		return yaml_err(v, e, "%s: \"%.*s\" is none of its words", key, (int)v->text.n, (const char *)v->text.p);
	*out = (uint8_t)i;
	return OK;
}

static enum errc number(const struct yaml *v, span text, unsigned max, unsigned *out, struct err *e)
{
	unsigned n = 0;

	if (text.n == 0 || text.n > 6)
		return yaml_err(v, e, "a number from 0 to %u is wanted", max);
	for (size_t i = 0; i < text.n; i++) {
		if (!ascii_is_digit(text.p[i]))
			return yaml_err(v, e, "a number from 0 to %u is wanted", max);
		n = n * 10 + (unsigned)(text.p[i] - '0');
	}
	if (n > max)
		return yaml_err(v, e, "a number from 0 to %u is wanted", max);
	*out = n;
	return OK;
}

static enum errc number_of(const struct yaml *y, const char *key, unsigned max, uint16_t *out, struct err *e)
{
	const struct yaml *v = yaml_get(y, key);
	unsigned n = *out;
	enum errc rc;

	if (v != NULL && (rc = number(v, v->text, max, &n, e)) != OK)
		return rc;
	*out = (uint16_t)n;
	return OK;
}

static enum errc words_of(struct reader *r, const struct yaml *v, span name, uint16_t *out, struct err *e)
{
	for (size_t i = 0; i < r->set->n_words; i++)
		if (span_eq(r->set->words[i].name, name)) {
			*out = (uint16_t)i;
			return OK;
		}
	return yaml_err(v, e, "no word list \"%.*s\"", (int)name.n, (const char *)name.p);
}

/* "${name}" in a pattern is a macro's text. */
static enum errc pattern_expand(struct reader *r, const struct yaml *v, span text, unsigned depth, struct buf *out,
    struct err *e)
{
	enum errc rc;

	if (depth > 8)
		return yaml_err(v, e, "macros that hold each other");
	while (text.n > 0) {
		size_t at = span_find(text, SPAN_LIT("${")), end;
		span name;
		size_t i = 0;

		buf_put(out, span_first(text, at));
		if (at == text.n)
			return OK;
		text = span_from(text, at + 2);
		if ((end = span_find_byte(text, '}')) == text.n)
			return yaml_err(v, e, "\"${\" without \"}\"");
		name = span_first(text, end);
		text = span_from(text, end + 1);
		while (i < r->n_macros && !span_eq(r->macros[i].name, name))
			i++;
		if (i == r->n_macros)
			return yaml_err(v, e, "no macro \"%.*s\"", (int)name.n, (const char *)name.p);
		if ((rc = pattern_expand(r, v, r->macros[i].text, depth + 1, out, e)) != OK)
			return rc;
	}
	return OK;
}

/* The pattern under `key`, with its macros put in. */
static enum errc read_pattern(struct reader *r, const struct yaml *y, const char *key, span *out, struct err *e)
{
	const struct yaml *v = yaml_get(y, key);
	struct buf b;
	enum errc rc;

	if (v == NULL)
		return OK;
	buf_init(&b, LIMIT_RULE_PATTERN);
	rc = pattern_expand(r, v, v->text, 0, &b, e);
	if (rc == OK && b.failed)
		rc = yaml_err(v, e, "the pattern is longer than %zu bytes", LIMIT_RULE_PATTERN);
	if (rc == OK && (*out = arena_copy(r->a, buf_span(&b))).p == NULL)
		rc = err_memory(e);
	buf_free(&b);
	return rc;
}

static enum errc read_check(struct reader *r, const struct yaml *v, struct rule *rule, struct err *e)
{
	size_t space = span_find_byte(v->text, ' ');
	span word = span_first(v->text, space), rest = span_trim(span_from(v->text, space));
	struct check *k = &rule->checks[rule->n_checks];
	int kind = name_of(word, check_names, N_CHECKS);
	unsigned tenths = 0, least = 0;
	enum errc rc = OK;

	if (kind < 0)
		return yaml_err(v, e, "no check \"%.*s\"", (int)word.n, (const char *)word.p);
	if (rule->n_checks == RULE_CHECKS)
		return yaml_err(v, e, "more than %d checks", RULE_CHECKS);
	k->kind = (uint8_t)kind;
	if (kind == CHECK_ENTROPY) {
		if (rest.n != 3 || rest.p[1] != '.' || !ascii_is_digit(rest.p[0]) || !ascii_is_digit(rest.p[2]))
			return yaml_err(v, e, "entropy wants bits a character, as in \"entropy 3.5\"");
		tenths = (unsigned)(rest.p[0] - '0') * 10 + (unsigned)(rest.p[2] - '0');
		k->number = (uint16_t)tenths;
	} else if (kind == CHECK_DIGITS || kind == CHECK_LENGTH) {
		if ((rc = number(v, rest, 1000, &least, e)) == OK)
			k->number = (uint16_t)least;
	} else if (kind == CHECK_NUMBER) {
		size_t which = number_named(rest);

		if (which == SIZE_MAX)
			return yaml_err(v, e, "no number \"%.*s\"", (int)rest.n, (const char *)rest.p);
		k->number = (uint16_t)which;
	} else if (kind == CHECK_NOT_WORDS) {
		rc = words_of(r, v, rest, &k->number, e);
	} else if (rest.n > 0) {
		return yaml_err(v, e, "this check takes no number");
	}
	rule->n_checks++;
	return rc;
}

/* One more anchor of the rule that is being read; of letters past ASCII, which are not folded where anchors are looked for, in each way of capitals, too. */
static enum errc anchor_add(struct reader *r, struct anchor anchor, struct err *e)
{
	span in = anchor.text;

	anchor.rule = (uint16_t)r->set->n_rules;
	for (unsigned way = 0; way <= N_CAPITALS; way++) {
		if (way > 0 && (!anchor.fold || !(anchor.made = capitals_of(r->a, in, (enum capitals)(way - 1), &anchor.text))))
			continue;
		if (anchor.text.p == NULL || (r->set->anchors = arena_grow(r->a, r->set->anchors, r->set->n_anchors, &r->cap_anchors, sizeof anchor, 64)) == NULL)
			return err_memory(e);
		r->set->anchors[r->set->n_anchors++] = anchor;
	}
	return OK;
}

static enum errc read_anchors(struct reader *r, const struct yaml *y, struct err *e)
{
	static const char *const boundaries[] = {"none", "start", "both"};
	const struct yaml *list = yaml_get(y, "anchors"), *v;
	uint8_t boundary = 1, fold = 1;
	enum errc rc;

	if ((rc = choice(y, "boundary", boundaries, 3, &boundary, e)) != OK ||
	    (rc = choice(y, "case", (const char *const[]){"exact", "fold"}, 2, &fold, e)) != OK)
		return rc;
	for (v = list != NULL ? list->first : NULL; v != NULL; v = v->next) {
		if (v->kind != YAML_SCALAR || v->text.n < 2 || v->text.n > LIMIT_RULE_ANCHOR)
			return yaml_err(v, e, "an anchor has 2 to %zu bytes", LIMIT_RULE_ANCHOR);
		if ((rc = anchor_add(r, (struct anchor){.text = v->text, .fold = fold == 1, .word_start = boundary >= 1,
		    .word_end = boundary == 2}, e)) != OK)
			return rc;
	}
	return OK;
}

/* A word of the rule's lists is an anchor, too: whole, or the end of one. */
static enum errc anchor_of_word(struct reader *r, span w, bool whole, struct err *e)
{
	return anchor_add(r, (struct anchor){.text = w, .fold = true, .word_start = whole, .word_end = true, .made = true}, e);
}

/* The word lists of a rule for what is told in sentences. Its topics and things are anchors, too; "*word" ends a compound. */
static enum errc read_told(struct reader *r, const struct yaml *y, struct rule *rule, struct err *e)
{
	static const char *const keys[] = {"topics", "things", "acts", "leads", "others", NULL};
	const struct yaml *v = yaml_get(y, "told");
	bool wanted = shape_is_told(rule->shape);
	enum errc rc;

	for (unsigned i = 0; i < N_TOLD; i++)
		rule->told[i] = NO_WORDS;
	if (wanted != (v != NULL))
		return yaml_err(y, e, "what is told in sentences, and nothing else, has told: its word lists");
	if (v == NULL)
		return OK;
	if ((rc = yaml_only(v, keys, e)) != OK)
		return rc;
	for (unsigned i = 0; i < N_TOLD; i++)
		if ((rc = words_of(r, v, yaml_text(v, keys[i]), &rule->told[i], e)) != OK)
			return rc;
	/* a plain word is told near its noun only, an answer near what asks for it */
	for (unsigned i = TOLD_TOPICS; i <= (shape_is_told_near(rule->shape) ? TOLD_TOPICS : TOLD_THINGS); i++)
		for (size_t k = 0; k < r->set->words[rule->told[i]].n; k++) {
			span w = r->set->words[rule->told[i]].v[k];
			bool part = w.p[0] == '*';

			if (w.n - part < 2)
				return yaml_err(v, e, "a word has 2 bytes or more");
			if ((rc = anchor_of_word(r, span_from(w, part), !part, e)) != OK)
				return rc;
		}
	return OK;
}

/* The words of a name as programs join them; p is NULL: memory. */
static span joined(struct arena *a, span name)
{
	unsigned char *v = arena_alloc(a, name.n);

	for (size_t i = 0; v != NULL && i < name.n; i++)
		v[i] = name.p[i] == ' ' ? '_' : name.p[i];
	return (span){v, name.n};
}

/* A table whose rule has no anchors is looked for at the names of its columns; "* pin" ends one. */
static enum errc read_columns(struct reader *r, const struct yaml *y, struct rule *rule, struct err *e)
{
	const struct word_list *l;
	enum errc rc = OK;

	if (yaml_get(y, "columns") == NULL)
		return OK;
	if ((rc = words_of(r, y, yaml_text(y, "columns"), &rule->columns, e)) != OK || yaml_get(y, "anchors") != NULL)
		return rc;
	l = &r->set->words[rule->columns];
	for (size_t i = 0; i < l->n && rc == OK; i++) {
		span w = span_starts(l->v[i], SPAN_LIT("* ")) ? span_from(l->v[i], 2) : l->v[i];

		if (w.n > 1)
			rc = anchor_of_word(r, w, true, e);
		if (rc == OK && span_find_byte(w, ' ') < w.n) /* code_porte */
			rc = anchor_of_word(r, joined(r->a, w), true, e);
	}
	return rc;
}

static enum errc read_examples(struct reader *r, const struct yaml *y, struct rule_source *src, struct err *e)
{
	static const char *const keys[] = {"match", "no_match", NULL};
	static const char *const match_keys[] = {"text", "value", NULL};
	const struct yaml *ex = yaml_get(y, "examples"), *v;
	size_t n = 0, n_match = 0;
	enum errc rc;

	if (ex == NULL)
		return yaml_err(y, e, "a rule has examples");
	if ((rc = yaml_only(ex, keys, e)) != OK)
		return rc;
	for (int k = 0; k < 2; k++)
		for (v = yaml_get(ex, keys[k]) != NULL ? yaml_get(ex, keys[k])->first : NULL; v != NULL; v = v->next)
			n++;
	if ((src->examples = arena_zero(r->a, n + 1, sizeof *src->examples)) == NULL)
		return err_memory(e);
	for (v = yaml_get(ex, "match") != NULL ? yaml_get(ex, "match")->first : NULL; v != NULL; v = v->next) {
		struct example *x = &src->examples[src->n_examples++];

		if (v->kind != YAML_MAP || yaml_get(v, "text") == NULL || yaml_get(v, "value") == NULL)
			return yaml_err(v, e, "an example that matches has text and value");
		if ((rc = yaml_only(v, match_keys, e)) != OK)
			return rc;
		*x = (struct example){yaml_text(v, "text"), yaml_text(v, "value"), true, v->line};
		n_match++;
	}
	for (v = yaml_get(ex, "no_match") != NULL ? yaml_get(ex, "no_match")->first : NULL; v != NULL; v = v->next) {
		if (v->kind != YAML_SCALAR)
			return yaml_err(v, e, "an example that does not match is a text");
		src->examples[src->n_examples++] = (struct example){.text = v->text, .line = v->line};
	}
	return n_match > 0 ? OK : yaml_err(ex, e, "at least one example that matches is wanted");
}

static enum errc read_names(struct reader *r, const struct yaml *y, struct rule *rule, struct err *e)
{
	const struct yaml *id = yaml_get(y, "id");
	span severity = yaml_text(y, "severity"), certainty = yaml_text(y, "certainty");
	char word[16];

	if (id == NULL || id->text.n == 0 || id->text.n > LIMIT_RULE_ID)
		return yaml_err(y, e, "a rule has an id of 1 to %zu bytes", LIMIT_RULE_ID);
	for (size_t i = 0; i < id->text.n; i++)
		if (!ascii_is_alnum(id->text.p[i]) && id->text.p[i] != '-')
			return yaml_err(id, e, "an id has letters, digits and \"-\"");
	for (size_t i = 0; i < r->set->n_rules; i++)
		if (span_eq(r->set->rules[i].id, id->text))
			return yaml_err(id, e, "a second rule \"%.*s\"", (int)id->text.n, (const char *)id->text.p);
	rule->id = id->text;
	rule->name = yaml_text(y, "name");
	snprintf(word, sizeof word, "%.*s", (int)severity.n, (const char *)severity.p);
	if ((rule->severity = (uint8_t)severity_of(word)) == 0)
		return yaml_err(y, e, "severity is low, medium, high or critical");
	snprintf(word, sizeof word, "%.*s", (int)certainty.n, (const char *)certainty.p);
	if ((rule->certainty = certainty.n == 0 ? CERTAINTY_HIGH : (uint8_t)certainty_of(word)) == 0)
		return yaml_err(y, e, "certainty is low, medium or high");
	return OK;
}

static enum errc read_near(struct reader *r, const struct yaml *y, struct rule *rule, struct err *e)
{
	static const char *const keys[] = {"words", "not", "other", "before", "after", NULL};
	const struct yaml *v = yaml_get(y, "near");
	enum errc rc;

	rule->near = rule->not_near = NO_WORDS;
	rule->near_before = 120;
	if (v == NULL)
		return OK;
	if ((rc = yaml_only(v, keys, e)) != OK ||
	    (rc = number_of(v, "before", 4000, &rule->near_before, e)) != OK ||
	    (rc = number_of(v, "after", 4000, &rule->near_after, e)) != OK ||
	    (yaml_get(v, "words") != NULL && (rc = words_of(r, v, yaml_text(v, "words"), &rule->near, e)) != OK) ||
	    (yaml_get(v, "not") != NULL && (rc = words_of(r, v, yaml_text(v, "not"), &rule->not_near, e)) != OK))
		return rc;
	if (yaml_get(v, "other") == NULL)
		return OK;
	if (yaml_get(v, "not") != NULL)
		return yaml_err(v, e, "near has not or other");
	rule->same_sentence = true;
	return words_of(r, v, yaml_text(v, "other"), &rule->not_near, e);
}

static enum errc read_needs(struct reader *r, const struct yaml *y, struct rule *rule, struct err *e)
{
	static const char *const keys[] = {"any", "rule", "next", "within", NULL};
	const struct yaml *v = yaml_get(y, "needs"), *of;
	enum errc rc;

	rule->needs_rule = NO_RULE;
	rule->needs_within = 256;
	if (v == NULL)
		return OK;
	if ((rc = yaml_only(v, keys, e)) != OK || (rc = number_of(v, "within", 4000, &rule->needs_within, e)) != OK ||
	    (rc = read_pattern(r, v, "next", &rule->needs_next, e)) != OK)
		return rc;
	rule->needs = yaml_text(v, "any");
	if ((of = yaml_get(v, "rule")) == NULL)
		return OK;
	for (size_t i = 0; i < r->set->n_rules; i++)
		if (span_eq(r->set->rules[i].id, of->text))
			rule->needs_rule = (uint16_t)i;
	return rule->needs_rule != NO_RULE ? OK : yaml_err(of, e, "no rule of that name stands before this one");
}

static enum errc read_rule(struct reader *r, const struct yaml *y, struct err *e)
{
	static const char *const keys[] = {
	    "id", "name", "class", "severity", "certainty", "languages", "shape", "anchors", "boundary", "case", "pattern",
	    "back", "ahead", "behind", "take", "strength", "list", "columns", "told", "checks", "near", "needs", "form", "mask", "rank", "examples",
	    NULL};
	struct rule rule = {.ahead = 256, .columns = NO_WORDS};
	struct rule_source src = {.file = y->file, .line = y->line};
	size_t n_anchors = r->set->n_anchors;
	uint8_t fold = 1, list = 0;
	uint16_t rank = 0;
	const struct yaml *v;
	enum errc rc;

	if (y->kind != YAML_MAP)
		return yaml_err(y, e, "a rule is a map");
	if (r->set->n_rules == LIMIT_RULES)
		return yaml_err(y, e, "more than %d rules", LIMIT_RULES);
	if ((rc = yaml_only(y, keys, e)) != OK || (rc = read_names(r, y, &rule, e)) != OK ||
	    (rc = choice(y, "class", class_names, N_CLASSES, &rule.class, e)) != OK ||
	    (rc = choice(y, "shape", shape_names, N_SHAPES, &rule.shape, e)) != OK ||
	    (rc = choice(y, "behind", shape_names, SHAPE_PEM, &rule.behind, e)) != OK ||
	    (rc = choice(y, "take", take_names, N_TAKES, &rule.take, e)) != OK ||
	    (rc = choice(y, "strength", strength_names, N_STRENGTHS, &rule.strength, e)) != OK ||
	    (rc = choice(y, "list", (const char *const[]){"no", "yes", "named", "lines", "persons", "words"}, N_LISTINGS, &list, e)) != OK ||
	    (rc = choice(y, "form", form_names, N_FORMS, &rule.form, e)) != OK ||
	    (rc = choice(y, "mask", mask_names, N_MASKS, &rule.mask, e)) != OK ||
	    (rc = choice(y, "case", (const char *const[]){"exact", "fold"}, 2, &fold, e)) != OK ||
	    (rc = number_of(y, "back", 256, &rule.back, e)) != OK ||
	    (rc = number_of(y, "ahead", 16000, &rule.ahead, e)) != OK ||
	    (rc = number_of(y, "rank", 99, &rank, e)) != OK ||
	    (rc = read_near(r, y, &rule, e)) != OK || (rc = read_needs(r, y, &rule, e)) != OK ||
	    (rc = read_pattern(r, y, "pattern", &rule.pattern, e)) != OK ||
	    (rc = read_anchors(r, y, e)) != OK || (rc = read_columns(r, y, &rule, e)) != OK || (rc = read_told(r, y, &rule, e)) != OK || (rc = read_examples(r, y, &src, e)) != OK)
		return rc;
	for (v = yaml_get(y, "checks") != NULL ? yaml_get(y, "checks")->first : NULL; v != NULL; v = v->next)
		if ((rc = read_check(r, v, &rule, e)) != OK)
			return rc;
	if (rule.class == CLASS_NONE)
		return yaml_err(y, e, "a rule has a class");
	if ((rule.shape == SHAPE_NONE) != (rule.pattern.n > 0))
		return yaml_err(y, e, "a rule has either a pattern or a shape");
	if (rule.behind != SHAPE_NONE && rule.shape != SHAPE_NONE)
		return yaml_err(y, e, "only a pattern is tried behind a shape");
	if (shape_has_anchors(rule.shape) != (r->set->n_anchors > n_anchors))
		return yaml_err(y, e, "a pattern, pem, table and what is told have anchors; the shapes of digits have none");
	if ((rule.shape == SHAPE_TABLE) != (rule.columns != NO_WORDS))
		return yaml_err(y, e, "a table, and nothing else, has columns: a list of header cells");
	rule.list = list;
	rule.fold = fold == 1;
	rule.rank = rank != 0 ? (uint8_t)rank : class_rank[rule.class];
	if ((r->set->sources = arena_grow(r->a, r->set->sources, r->set->n_rules, &r->cap_rules, sizeof src, 64)) == NULL)
		return err_memory(e);
	r->set->rules[r->set->n_rules] = rule;
	r->set->sources[r->set->n_rules++] = src;
	return OK;
}

static enum errc read_macros(struct reader *r, const struct yaml *y, struct err *e)
{
	for (const struct yaml *v = y != NULL ? y->first : NULL; v != NULL; v = v->next) {
		if (v->kind != YAML_SCALAR)
			return yaml_err(v, e, "a macro is a piece of pattern");
		if ((r->macros = arena_grow(r->a, r->macros, r->n_macros, &r->cap_macros, sizeof *r->macros, 64)) == NULL)
			return err_memory(e);
		r->macros[r->n_macros++] = (struct macro){v->key, v->text};
	}
	return OK;
}

/* Equal texts together: each is looked for once. */
static int anchor_order(const void *va, const void *vb)
{
	const struct anchor *a = va, *b = vb;
	int order = span_cmp(a->text, b->text);

	if (order != 0)
		return order;
	return a->fold != b->fold ? a->fold - b->fold : a->rule - b->rule;
}

static enum errc sort_anchors(struct reader *r, struct err *e)
{
	struct rule_set *set = r->set;
	size_t kept = 0;

	for (size_t i = 0; i < set->n_anchors; i++) {
		struct anchor *n = &set->anchors[i];
		unsigned char *lower = arena_alloc(r->a, n->text.n);

		if (lower == NULL)
			return err_memory(e);
		for (size_t k = 0; k < n->text.n; k++)
			lower[k] = n->fold ? ascii_lower(n->text.p[k]) : n->text.p[k];
		n->text.p = lower;
	}
	if (set->n_anchors > 0)
		qsort(set->anchors, set->n_anchors, sizeof *set->anchors, anchor_order);
	for (size_t i = 0; i < set->n_anchors; i++) {
		struct anchor *n = &set->anchors[kept], *last = n - 1;
		const struct rule_source *of = &set->sources[set->anchors[i].rule];

		*n = set->anchors[i];
		n->first = kept == 0 || !span_eq(n->text, last->text) || n->fold != last->fold;
		if (n->first || n->rule != last->rule)
			kept++;
		else if (!n->made && !last->made) /* what the rule spells out is a mistake; what its lists have beside it is none */
			return yaml_err(&(struct yaml){.file = of->file, .line = of->line}, e, "this rule has the anchor \"%.*s\" twice",
			    (int)n->text.n, (const char *)n->text.p);
		else {
			last->made &= n->made;
			last->word_start &= n->word_start; /* "tür" and "*tür" */
		}
	}
	set->n_anchors = kept;
	return OK;
}

static enum errc read_files(struct arena *a, struct yaml *const *files, size_t n, struct rule_set **out, struct err *e)
{
	static const char *const keys[] = {"words", "macros", "rules", NULL};
	struct reader r = {.a = a};
	enum errc rc;

	if ((r.set = arena_zero(a, 1, sizeof *r.set)) == NULL ||
	    (r.set->rules = arena_zero(a, LIMIT_RULES, sizeof *r.set->rules)) == NULL)
		return err_memory(e);
	/* Words and macros of all files first: a rule may use another file's. */
	for (size_t i = 0; i < n; i++)
		if (files[i]->kind != YAML_MAP)
			return yaml_err(files[i], e, "a rule file is a map of words, macros and rules");
		else if ((rc = yaml_only(files[i], keys, e)) != OK ||
		    (rc = word_lists_read(a, r.set, &r.cap_words, yaml_get(files[i], "words"), e)) != OK ||
		    (rc = read_macros(&r, yaml_get(files[i], "macros"), e)) != OK)
			return rc;
	for (size_t i = 0; i < n; i++) {
		const struct yaml *rules = yaml_get(files[i], "rules");

		if (rules != NULL && rules->kind != YAML_LIST)
			return yaml_err(rules, e, "rules is a list");
		for (const struct yaml *y = rules != NULL ? rules->first : NULL; y != NULL; y = y->next)
			if ((rc = read_rule(&r, y, e)) != OK)
				return rc;
	}
	*out = r.set;
	return sort_anchors(&r, e);
}

enum errc rules_read(struct arena *a, span text, const char *file, struct rule_set **out, struct err *e)
{
	struct yaml *y;
	enum errc rc = yaml_read(a, text, file, &y, e);

	return rc == OK ? read_files(a, &y, 1, out, e) : rc;
}

enum errc rules_parse(struct arena *a, const struct rule_files *in, struct rule_set **out, struct err *e)
{
	struct yaml *files[LIMIT_RULE_FILES];
	enum errc rc = OK;

	for (size_t i = 0; i < in->n && rc == OK; i++)
		rc = yaml_read(a, in->v[i].text, in->v[i].path, &files[i], e);
	return rc == OK ? read_files(a, files, in->n, out, e) : rc;
}

enum errc rules_read_dir(struct arena *a, const char *dir, struct rule_set **out, struct err *e)
{
	struct rule_files files;
	enum errc rc = rules_files(a, dir, &files, e);

	return rc == OK ? rules_parse(a, &files, out, e) : rc;
}
