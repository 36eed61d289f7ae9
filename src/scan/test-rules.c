#include "base/test.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/limits.h"
#include "scan/private.h"

#ifndef RULES_DIR
#error "the build says where rules/ is"
#endif

static void the_rules_that_come_with_tocsin_agree_with_their_own_examples(void **state)
{
	struct arena *a = test_arena();
	struct rule_set *set;
	struct buf packed, wrong;
	struct digest d;
	struct err why = {0};
	size_t n;

	(void)state;
	buf_init(&packed, 64 * MIB);
	buf_init(&wrong, MIB);
	assert_ok(rules_read_dir(a, RULES_DIR, &set, &e));
	assert_true(set->n_rules >= 60);
	assert_ok(rules_pack(set, &packed, &d, &e));
	if (rules_test(set, buf_span(&packed), &n, &wrong, &why) != OK)
		fail_msg("%s", buf_cstr(&wrong));
	buf_free(&packed);
	buf_free(&wrong);
	arena_free(a);
}

/* Does a rule, or the engine by its name, look at the list? */
static bool is_used(const struct rule_set *set, size_t list)
{
	static const char *const by_name[] = {"not-a-secret", "names-with-digits", "user-columns", "password-columns", "weights", "plain-weights", "usual-words", "known-words", "digit-words", "turn-words", "joint-words"};

	for (size_t i = 0; i < sizeof by_name / sizeof *by_name; i++)
		if (span_eq(set->words[list].name, span_str(by_name[i])))
			return true;
	for (const struct rule *r = set->rules; r < set->rules + set->n_rules; r++) {
		if (r->near == list || r->not_near == list || r->columns == list)
			return true;
		for (unsigned i = 0; i < N_TOLD; i++)
			if (r->told[i] == list)
				return true;
		for (unsigned i = 0; i < r->n_checks; i++)
			if (r->checks[i].kind == CHECK_NOT_WORDS && r->checks[i].number == list)
				return true;
	}
	return false;
}

static void each_list_that_comes_with_tocsin_is_used(void **state)
{
	struct arena *a = test_arena();
	struct rule_set *set;

	(void)state;
	assert_ok(rules_read_dir(a, RULES_DIR, &set, &e));
	for (size_t i = 0; i < set->n_words; i++)
		if (!is_used(set, i))
			fail_msg("%.*s is used by nothing", (int)set->words[i].name.n, (const char *)set->words[i].name.p);
	arena_free(a);
}

#define RULE_HEAD "rules:\n  - id: a\n    class: password\n    severity: high\n"
#define RULE_TAIL "    examples:\n      match: [{text: x1, value: x1}]\n"

static void a_rule_with_a_mistake_is_refused_with_file_and_line(void **state)
{
	static const struct { const char *yaml, *says; } cases[] = {
	    {"- id: a\n", "f:1: a rule file is a map of words, macros and rules"},
	    {"words: {w: [x]}\nrules: {id: a}\n", "f:2: rules is a list"},
	    {"rules:\n  - id: a\n    nonsense: 1\n", "f:3: unknown setting \"nonsense\""},
	    {"rules:\n  - id: a b\n    severity: high\n", "f:2: an id has letters, digits and \"-\""},
	    {"rules:\n  - id: a\n    severity: huge\n", "f:2: severity is low, medium, high or critical"},
	    {"rules:\n  - id: a\n    severity: high\n    class: nothing\n", "f:4: class: \"nothing\" is none of its words"},
	    {RULE_HEAD "    anchors: [xx]\n" RULE_TAIL, "f:2: a rule has either a pattern or a shape"},
	    {RULE_HEAD "    shape: card\n    behind: iban\n" RULE_TAIL, "f:2: only a pattern is tried behind a shape"},
	    {RULE_HEAD "    pattern: x\n" RULE_TAIL, "f:2: a pattern, pem, table and what is told have anchors; the shapes of digits have none"},
	    {RULE_HEAD "    anchors: [x]\n    pattern: x\n" RULE_TAIL, "f:5: an anchor has 2 to 64 bytes"},
	    {RULE_HEAD "    anchors: [xx]\n    pattern: '${none}'\n" RULE_TAIL, "f:6: no macro \"none\""},
	    {RULE_HEAD "    anchors: [xx]\n    pattern: x\n    checks: [entropy]\n" RULE_TAIL,
	     "f:7: entropy wants bits a character, as in \"entropy 3.5\""},
	    {RULE_HEAD "    anchors: [xx]\n    pattern: x\n", "f:2: a rule has examples"},
	    {RULE_HEAD "    anchors: [xx]\n    pattern: x\n    near: {words: none}\n" RULE_TAIL, "f:7: no word list \"none\""},
	    {"words: {w: [a]}\n" RULE_HEAD "    anchors: [xx]\n    pattern: x\n    near: {not: w, other: w}\n" RULE_TAIL, "f:8: near has not or other"},
	    {RULE_HEAD "    anchors: [xx]\n    shape: table\n" RULE_TAIL, "f:2: a table, and nothing else, has columns: a list of header cells"},
	    {RULE_HEAD "    shape: told-code\n" RULE_TAIL, "f:2: what is told in sentences, and nothing else, has told: its word lists"},
	    {RULE_HEAD "    shape: told-code\n    told: {topics: nowhere}\n" RULE_TAIL, "f:6: no word list \"nowhere\""},
	    {RULE_HEAD "    anchors: [xx]\n    pattern: x\n    checks: [digits many]\n" RULE_TAIL, "f:7: a number from 0 to 1000 is wanted"},
	    {"words:\n  w: [an, in,\n    on, In]\n", "f:3: \"In\" a second time in this list"},
	    {"words:\n  weights: [b1=is 34,\n    d.b1=is]\n", "f:3: \"d.b1=is\" is no feature and number"},
	    {"words:\n  plain-weights: [z.b1=is 3]\n", "f:2: \"z.b1=is 3\" is no feature and number"},
	    {"words:\n  weights: [nothing=is 3]\n", "f:2: \"nothing=is 3\" is no feature and number"},
	    {RULE_HEAD "    anchors: [xx, yy,\n      XX]\n    pattern: x\n" RULE_TAIL, "f:2: this rule has the anchor \"xx\" twice"},
	    {"macros: {m: '${m}'}\n" RULE_HEAD "    anchors: [xx]\n    pattern: '${m}'\n" RULE_TAIL, "f:7: macros that hold each other"},
	};
	struct arena *a = test_arena();

	(void)state;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		struct rule_set *set;
		struct err why = {0};

		assert_int_equal(rules_read(a, span_str(cases[i].yaml), "f", &set, &why), ERR_USAGE);
		assert_string_equal(why.text, cases[i].says);
	}
	arena_free(a);
}

static void lists_of_two_files_with_one_name_are_one_list(void **state)
{
	struct rule_files files = {.v = {{"a", SPAN_LIT("words: {w: [door, gate], other: [x]}\n")}, {"b", SPAN_LIT("words: {w: [porte, Gate]}\n")}}, .n = 2};
	struct arena *a = test_arena();
	struct rule_set *set;
	struct err why;

	(void)state;
	assert_ok(rules_parse(a, &files, &set, &why));
	assert_int_equal(set->n_words, 2);
	assert_int_equal(set->words[0].n, 3);
	assert_true(span_eq(set->words[0].v[2], SPAN_LIT("porte")));
	arena_free(a);
}

/* "tür" in one language's list and "*tür" in another's: the part of a compound is looked for, too. */
static void a_word_of_two_lists_is_one_anchor(void **state)
{
	struct arena *a = test_arena();
	struct rule_set *set;
	struct err why;

	(void)state;
	assert_ok(rules_read(a, SPAN_LIT("words: {t: [gate], th: ['*gate'], n: [no]}\n" RULE_HEAD "    shape: told-code\n    told: {topics: t, things: th, acts: n, leads: n, others: n}\n" RULE_TAIL), "f", &set, &why));
	assert_int_equal(set->n_anchors, 1);
	assert_false(set->anchors[0].word_start);
	arena_free(a);
}

static void a_table_without_anchors_is_looked_for_at_its_columns(void **state)
{
	struct arena *a = test_arena();
	struct rule_set *set;
	struct err why;

	(void)state;
	assert_ok(rules_read(a, SPAN_LIT("words: {c: [keysafe, '* pin']}\n" RULE_HEAD "    shape: table\n    columns: c\n" RULE_TAIL), "f", &set, &why));
	assert_int_equal(set->n_anchors, 2);
	assert_true(span_eq(set->anchors[0].text, SPAN_LIT("keysafe")));
	assert_true(span_eq(set->anchors[1].text, SPAN_LIT("pin")));
	arena_free(a);
}

/* The rules of a file against their examples; *n: how many agree. */
static enum errc tested(span rules, size_t *n, struct err *why)
{
	struct arena *a = test_arena();
	struct rule_set *set;
	struct buf packed;
	struct digest d;
	enum errc rc;

	buf_init(&packed, MIB);
	assert_ok(rules_read(a, rules, "f", &set, &e));
	assert_ok(rules_pack(set, &packed, &d, &e));
	rc = rules_test(set, buf_span(&packed), n, NULL, why);
	buf_free(&packed);
	arena_free(a);
	return rc;
}

/* How many examples they have, all of which agree. */
static size_t agreeing(span rules)
{
	size_t n = 0;

	assert_ok(tested(rules, &n, &e));
	return n;
}

static void a_pattern_that_cannot_be_compiled_is_refused(void **state)
{
	static const char *const rules[] = {RULE_HEAD "    anchors: [xx]\n    pattern: 'x('\n" RULE_TAIL,
	    RULE_HEAD "    anchors: [xx]\n    needs: {next: '('}\n    pattern: 'x+'\n" RULE_TAIL};

	(void)state;
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++) {
		struct err why = {0};
		size_t n;

		assert_int_equal(tested(span_str(rules[i]), &n, &why), ERR_USAGE);
		assert_non_null(strstr(why.text, "a: pattern, at byte"));
	}
}

static void a_value_is_looked_for_only_where_what_is_needed_stands_behind_the_anchor(void **state)
{
	(void)state;
	assert_int_equal(agreeing(SPAN_LIT("macros: {dash: '[-]'}\n" RULE_HEAD "    anchors: [xx]\n    boundary: none\n    back: 8\n"
	    "    needs: {next: '${dash}\\d', within: 3}\n    pattern: '(?<v>[a-z]{3})xx'\n"
	    "    examples:\n      match: [{text: 'abcxx-1', value: abc}]\n      no_match: [abcxx-a, abcxx1, 'abcxx']\n")), 4);
}

static void the_end_of_a_compound_is_heard_whatever_else_its_list_has(void **state)
{
	(void)state;
	assert_int_equal(agreeing(SPAN_LIT("words: {topics: [zahl], things: ['(tor)', '*schloss'], acts: [tippen], leads: [mit], others: [uhr]}\n"
	    "rules:\n  - id: a\n    class: passcode_pin\n    severity: high\n    shape: told-code\n"
	    "    told: {topics: topics, things: things, acts: acts, leads: leads, others: others}\n"
	    "    examples:\n      match: [{text: 'Am Gartenschloss die Zahl mit 4821 tippen', value: '4821'},"
	    " {text: 'Das Gartenschloss, das schwere, mit 4821: tippen, tippen', value: '4821'}]\n")), 2);
}

/* What the keeper hands to a worker is read like any frame. */
static void a_packed_rule_set_that_is_cut_is_refused(void **state)
{
	struct arena *a = test_arena();
	struct rule_set *set;
	struct buf packed;
	struct digest d;
	struct err why = {0};

	(void)state;
	buf_init(&packed, MIB);
	assert_ok(rules_read(a, SPAN_LIT("words: {w: [b, a]}\n" RULE_HEAD
	    "    anchors: [xx, yy]\n    pattern: 'x+'\n    near: {words: w}\n" RULE_TAIL), "f", &set, &e));
	assert_ok(rules_pack(set, &packed, &d, &e));
	for (size_t n = 0; n < packed.n; n++)
		assert_int_equal(rules_unpack(a, span_of(packed.p, n), &set, &why), ERR_USAGE);
	assert_ok(rules_unpack(a, buf_span(&packed), &set, &e));
	assert_int_equal(set->n_anchors, 2);
	assert_span(set->words[0].v[0], "a");
	buf_free(&packed);
	arena_free(a);
}

/* A folder of one rule file, with this text behind the rule. */
static void rule_folder(const char *dir, const char *more)
{
	char path[200];
	FILE *f;

	(void)snprintf(path, sizeof path, "%s/a.yaml", dir);
	assert_non_null(f = fopen(path, "w"));
	(void)fprintf(f, "%s%s", RULE_HEAD "    anchors: [xx]\n    pattern: 'xx(?<v>[0-9])'\n"
	    "    examples:\n      match: [{text: xx1, value: '1'}]\n", more);
	assert_int_equal(fclose(f), 0);
}

static void rule_folder_remove(const char *dir)
{
	char path[200];

	(void)snprintf(path, sizeof path, "%s/a.yaml", dir);
	assert_int_equal(unlink(path), 0);
	assert_int_equal(rmdir(dir), 0);
}

static void prepared_rules_are_taken_only_for_the_same_files(void **state)
{
	struct arena *a = test_arena();
	char dir[] = "/tmp/tocsin-rules-XXXXXX";
	struct rules_ready plain, taken, other;
	span prepared;

	(void)state;
	assert_non_null(mkdtemp(dir));
	rule_folder(dir, "");
	assert_ok(rules_prepare(a, dir, &prepared, &e));
	assert_ok(rules_ready(a, dir, SPAN_EMPTY, &plain, &e));
	assert_ok(rules_ready(a, dir, prepared, &taken, &e));
	assert_true(taken.packed.p > prepared.p && taken.packed.p + taken.packed.n == prepared.p + prepared.n);
	assert_memory_equal(&taken.digest, &plain.digest, sizeof taken.digest);
	assert_int_equal(taken.n_examples, plain.n_examples);
	assert_int_equal(taken.set->n_rules, 1);
	/* A comment changes the files and not the rules. */
	rule_folder(dir, "# one more line\n");
	assert_ok(rules_ready(a, dir, prepared, &other, &e));
	assert_true(other.packed.p < prepared.p || other.packed.p > prepared.p + prepared.n);
	assert_memory_equal(&other.digest, &plain.digest, sizeof other.digest);
	for (size_t n = 0; n < DIGEST_SIZE + sizeof(uint32_t); n++)
		assert_ok(rules_ready(a, dir, span_first(prepared, n), &other, &e));
	rule_folder_remove(dir);
	arena_free(a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
	    cmocka_unit_test(the_rules_that_come_with_tocsin_agree_with_their_own_examples),
	    cmocka_unit_test(each_list_that_comes_with_tocsin_is_used),
	    cmocka_unit_test(a_rule_with_a_mistake_is_refused_with_file_and_line),
	    cmocka_unit_test(lists_of_two_files_with_one_name_are_one_list),
	    cmocka_unit_test(a_word_of_two_lists_is_one_anchor),
	    cmocka_unit_test(a_table_without_anchors_is_looked_for_at_its_columns),
	    cmocka_unit_test(a_pattern_that_cannot_be_compiled_is_refused),
	    cmocka_unit_test(a_value_is_looked_for_only_where_what_is_needed_stands_behind_the_anchor),
	    cmocka_unit_test(the_end_of_a_compound_is_heard_whatever_else_its_list_has),
	    cmocka_unit_test(a_packed_rule_set_that_is_cut_is_refused),
	    cmocka_unit_test(prepared_rules_are_taken_only_for_the_same_files),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
