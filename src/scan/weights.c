/* The lists behind what is weighed: what each feature adds, and what the words of the rules are. */
#include <limits.h>

#include "scan/weigh-private.h"

const char *const weigh_roles[ROLES] = {"ct", "ch", "ca", "cl", "co", "pt", "ph", "pa", "pl", "po", "qt", "qa", "ns", "plain", "usual", "known", "digit", "turn", "joint"};
const char *const weigh_role_lists[ROLES] = {"code-topics", "code-things", "code-acts", "code-leads", "code-others", "password-topics", "password-things", "password-acts", "password-leads",
	"password-others", "question-topics", "answer-acts", "not-a-secret", "plain-others", "usual-words", "known-words", "digit-words", "turn-words", "joint-words"};
const char *const weigh_slots[SLOTS] = {"own", "b1r", "b2r", "b3r", "same", "past", "long", "a1r", "a2r", "afterr", "kind", "is", "shape", "length", "mark", "behind", "rare", "first", "last",
	"b1", "b2", "b3", "near", "far", "two", "a1", "a2", "after", "lead", "odd", "pad", "looks"};
const char weigh_kinds[KINDS] = {0, 'd', 'l', 'g', 'm', 's', 't', 'o', 'w', 'p'};
#define NUMBERS(slot) {slot, "none"}, {slot, "0"}, {slot, "1"}, {slot, "2"}, {slot, "3"}, {slot, "4"}, {slot, "5"}
const struct trait_name weigh_traits[TRAITS] = {{SLOT_IS, "quoted"}, {SLOT_IS, "upper"}, {SLOT_IS, "capital"}, {SLOT_IS, "opening capital"}, {SLOT_IS, "year"}, {SLOT_IS, "cell"}, {SLOT_IS, "later cell"},
	{SLOT_IS, "line"}, {SLOT_IS, "first"}, {SLOT_IS, "last"}, {SLOT_IS, "opening"}, {SLOT_IS, "closed"},
	{SLOT_LENGTH, "0"}, {SLOT_LENGTH, "1"}, {SLOT_LENGTH, "2"}, {SLOT_LENGTH, "3"}, {SLOT_LENGTH, "4"}, {SLOT_LENGTH, "5"}, {SLOT_LENGTH, "6"}, {SLOT_LENGTH, "7"}, {SLOT_LENGTH, "8"},
	{SLOT_LENGTH, "9"}, {SLOT_LENGTH, "10"}, {SLOT_LENGTH, "short"}, {SLOT_LENGTH, "8"}, {SLOT_LENGTH, "12"}, {SLOT_LENGTH, "16"}, {SLOT_LENGTH, "long"},
	{SLOT_RARE, "usual"}, {SLOT_RARE, "known"}, {SLOT_RARE, "rare"}, {SLOT_RARE, "first usual"}, {SLOT_RARE, "first known"}, {SLOT_RARE, "first rare"},
	{SLOT_RARE, "last usual"}, {SLOT_RARE, "last known"}, {SLOT_RARE, "last rare"}, {SLOT_RARE, "0"}, {SLOT_RARE, "1"}, {SLOT_RARE, "2"}, {SLOT_RARE, "3"}, {SLOT_RARE, "4"},
	{SLOT_B1_ROLE, "none"}, {SLOT_B2_ROLE, "none"}, {SLOT_B3_ROLE, "none"}, NUMBERS(SLOT_LEAD), NUMBERS(SLOT_ODD), NUMBERS(SLOT_PAD),
	{SLOT_LOOKS, "identifier"}, {SLOT_LOOKS, "name"}, {SLOT_LOOKS, "else"}, {SLOT_LOOKS, "record"}, {SLOT_LOOKS, "named"}, {SLOT_LOOKS, "typed"}, {SLOT_LOOKS, "range"}, {SLOT_LOOKS, "told of"}};
static const char *const stage_names[STAGES] = {"looks", "beside", "around"};

static uint32_t tag_of(uint64_t hash) { return (uint32_t)(hash >> 32) | 1; }

static struct entry *entry_of(const struct table *t, uint64_t hash)
{
	uint32_t tag = tag_of(hash);
	size_t i = hash & t->mask;

	while (t->v[i].tag != 0 && t->v[i].tag != tag)
		i = (i + 1) & t->mask;
	return &t->v[i];
}

/* The entry of a hash that is there from now on. */
static struct entry *entry_add(const struct table *t, uint64_t hash)
{
	struct entry *e = entry_of(t, hash);

	e->tag = tag_of(hash);
	return e;
}

static bool table_new(struct arena *a, size_t n, struct table *t)
{
	size_t size = 64;

	while (size < 2 * n)
		size *= 2;
	t->mask = size - 1;
	return (t->v = arena_zero(a, size, sizeof *t->v)) != NULL;
}

static uint64_t mixed(uint64_t hash, uint64_t with) { return hash_folded(hash, (with + 1) * 0xe7037ed1a0b428dbu, 0x9e3779b97f4a7c15u); }
static uint64_t feature_hash(enum slot slot, uint64_t value) { return mixed(value, slot); }
static uint64_t kind_hash(uint64_t feature, enum kind kind) { return mixed(feature, SLOTS + kind); }
static uint64_t two_hash(uint64_t first, uint64_t second) { return mixed(first, second); }

/* "b1=is 34", "d.b1=is -12", "bias -410"; false: it is none of these. */
static bool weight_read(struct weights *w, span line)
{
	size_t at = line.n, slot = SLOTS;
	enum kind kind = KIND_NONE;
	bool minus;
	int value = 0;
	uint64_t named, hash;

	while (at > 0 && line.p[at - 1] != ' ')
		at--;
	if (at < 2)
		return false;
	minus = at < line.n && line.p[at] == '-';
	if (at + minus == line.n)
		return false;
	for (size_t i = at + minus; i < line.n; i++) {
		if (!ascii_is_digit(line.p[i]) || value > 100000)
			return false;
		value = 10 * value + (line.p[i] - '0');
	}
	value = minus ? -value : value;
	line = span_first(line, at - 1);
	for (unsigned i = 0; i < STAGES; i++)
		if (span_eq(line, span_str(stage_names[i]))) {
			w->least[i] = value;
			return true;
		}
	if (span_eq(line, SPAN_LIT("bias"))) {
		w->bias = value;
		return true;
	}
	if (line.n > 2 && line.p[1] == '.') {
		for (unsigned k = KIND_DIGITS; k < KINDS; k++)
			kind = line.p[0] == (unsigned char)weigh_kinds[k] ? (enum kind)k : kind;
		if (kind == KIND_NONE)
			return false;
		line = span_from(line, 2);
	}
	at = span_find_byte(line, '=');
	for (size_t i = 0; i < SLOTS; i++)
		slot = span_eq(span_first(line, at), span_str(weigh_slots[i])) ? i : slot;
	if (slot == SLOTS || at == line.n)
		return false;
	named = span_hash_word(span_from(line, at + 1));
	w->named[named / 64 % 128] |= (uint64_t)1 << named % 64;
	hash = feature_hash((enum slot)slot, named);
	if (kind != KIND_NONE)
		hash = kind_hash(hash, kind);
	if (w->of.v != NULL)
		entry_add(&w->of, hash)->value = value;
	return true;
}

bool weight_is_known(span line) { return weight_read(&(struct weights){0}, line); }

static bool weights_new(struct arena *a, const struct word_list *l, struct weights *w)
{
	for (size_t i = 0; i < STAGES; i++)
		w->least[i] = INT_MIN;
	if (l == NULL)
		return true;
	if (!table_new(a, l->n, &w->of))
		return false;
	for (size_t i = 0; i < l->n; i++)
		(void)weight_read(w, l->v[i]);
	for (unsigned slot = 0; slot < ROLE_SLOTS; slot++)
		for (unsigned r = 0; r < ROLES; r++)
			for (unsigned k = KIND_DIGITS; k < KINDS; k++)
				w->of_roles[slot][r][k] = weight_of(w, (enum slot)slot, span_hash_word(span_str(weigh_roles[r])), (enum kind)k);
	for (unsigned i = 0; i < TRAITS; i++)
		for (unsigned k = KIND_DIGITS; k < KINDS; k++) {
			int of = weight_of(w, weigh_traits[i].slot, span_hash_word(span_str(weigh_traits[i].value)), (enum kind)k);

			w->of_traits[i][k] = of;
			if (i >= TRAIT_ODD && i < TRAIT_NUMBERS_END && of > w->most_of_form[k])
				w->most_of_form[k] = of;
		}
	return true;
}

/* A hash of the last three bytes. */
static unsigned end_of(span s)
{
	const unsigned char *p = s.p + s.n - 3;

	return ((unsigned)p[0] << 16 | (unsigned)p[1] << 8 | p[2]) * 0x9e3779b1u >> 20;
}
static_assert(ENDS == 1 << 12, "end_of");

static void role_add(struct weigher *w, const struct word_list *l, enum role role)
{
	for (size_t i = 0; i < l->n; i++) {
		span v = l->v[i];
		bool ending = v.p[0] == '*' && v.n > 1;
		size_t at = span_find_byte(v, ' ');
		uint64_t first = span_hash_word(span_first(v, at));

		if (ending) {
			entry_add(&w->endings, span_hash_word(span_from(v, 1)))->value |= 1 << role;
			if (v.n > 3)
				w->ends[end_of(v) / 64] |= (uint64_t)1 << end_of(v) % 64;
		} else if (at < v.n) {
			entry_add(&w->roles, first)->value |= (int32_t)OPENS;
			entry_add(&w->roles, two_hash(first, span_hash_word(span_from(v, at + 1))))->value |= 1 << role;
		} else {
			entry_add(&w->roles, first)->value |= 1 << role;
		}
	}
}

bool weigher_new(struct arena *a, const struct weigher_lists *lists, struct weigher **out)
{
	struct weigher *w = arena_zero(a, 1, sizeof *w);
	size_t n = 0, n_endings = 0; /* words and the begins of phrases */

	*out = w;
	if (w == NULL)
		return false;
	w->codes = lists->codes;
	w->passwords = lists->passwords;
	for (size_t i = 0; i < ROLES; i++)
		for (size_t k = 0; lists->roles[i] != NULL && k < lists->roles[i]->n; k++) {
			n += span_find_byte(lists->roles[i]->v[k], ' ') < lists->roles[i]->v[k].n ? 2 : 1;
			n_endings += lists->roles[i]->v[k].p[0] == '*';
		}
	if (!weights_new(a, lists->values, &w->values) || !weights_new(a, lists->plain, &w->plain) || !table_new(a, n, &w->roles) || !table_new(a, n_endings, &w->endings))
		return false;
	for (size_t i = 0; i < ROLES; i++)
		if (lists->roles[i] != NULL)
			role_add(w, lists->roles[i], (enum role)i);
	return true;
}

static unsigned role_in(const struct table *t, span s) { return (unsigned)entry_of(t, span_hash_word(s))->value; }

unsigned roles_of(const struct weigher *w, span s, uint64_t hash, bool joint)
{
	unsigned roles = (unsigned)entry_of(&w->roles, hash)->value;
	size_t at;

	if (joint) {
		if (span_ends_nocase(s, SPAN_LIT("'s")))
			roles |= role_in(&w->roles, s = span_first(s, s.n - 2)) & ~OPENS;
		for (at = s.n; at > 1 && s.p[at - 1] != '\'' && s.p[at - 1] != '-';)
			at--;
		if (at > 1 && s.n - at > 2)
			roles |= role_in(&w->roles, span_from(s, at)) & ~OPENS;
	}
	if (s.n < 4 || (w->ends[end_of(s) / 64] >> end_of(s) % 64 & 1) == 0)
		return roles;
	for (size_t n = 3; n < s.n; n++)
		roles |= role_in(&w->endings, span_from(s, s.n - n));
	return roles;
}

unsigned roles_of_two(const struct weigher *w, uint64_t first, uint64_t second) { return (unsigned)entry_of(&w->roles, two_hash(first, second))->value; }

int weight_of(const struct weights *w, enum slot slot, uint64_t value, enum kind kind)
{
	uint64_t feature = feature_hash(slot, value);

	return entry_of(&w->of, feature)->value + entry_of(&w->of, kind_hash(feature, kind))->value;
}
