/*
 * Codes told in sentences and lists (told.c): what is typed on a pad is weighed by its sentence, and where one of a list is told, so are
 * its fellows.
 */
#include "case/names.h"
#include "scan/told-private.h"

#define ROW_MAX 512 /* bytes of a row of a sheet, to each side */

/*
 * Is it one of many numbers of a sheet? Its row has three cells that begin with one, or some cells and no word for what a code opens:
 * "Pool" above a column of amounts would make each of them a code.
 */
static bool is_of_grid(span text, size_t at, size_t end, bool here)
{
	size_t from = span_line_begin(text, at, ROW_MAX), to = end, tabs = 0, numbers = 0;

	while (to < text.n && to - end < ROW_MAX && text.p[to] != '\n')
		to++;
	for (size_t i = from; i < to; i++) {
		bool begins = i == from || ascii_is_one_of(text.p[i - 1], "\t;|");

		/* two tabs are one wide gap */
		tabs += ascii_is_one_of(text.p[i], "\t;|") && !(text.p[i] == '\t' && i > from && text.p[i - 1] == '\t');
		numbers += begins && ascii_is_digit(text.p[i]);
	}
	return tabs >= 2 && (!here || numbers > 2);
}

/* "and 2026 will be the last": a year of which something is said */
static bool is_year_told_of(span text, span v, size_t end)
{
	static const char *const verbs[] = {"will", "was", "has", "is", "wird", "war", "hat", "ist", "sera", "est", "será", "es", "sarà", "è", "wordt", NULL};
	unsigned char w[WORD_MAX];

	return pad_code_is_year(v) && span_is_one_of(word_behind(text, end, w), verbs);
}

/* "NetKey 91262159, PIN 25545": who signs in, and behind it the code */
static bool is_before_its_pin(const struct told_words *words, span text, size_t end)
{
	unsigned char w[WORD_MAX];
	size_t at = end + 1;
	span word;

	if (end + 2 >= text.n || !ascii_is_one_of(text.p[end], ",;/") || text.p[at] != ' ')
		return false;
	word = word_behind(text, at, w);
	if (word.n < 3 || !(span_eq(word, SPAN_LIT("pin")) || span_eq(word, SPAN_LIT("code")) || span_eq(word, SPAN_LIT("kenncode")) || span_eq(word, SPAN_LIT("passcode"))) || !word_list_tells(words->topics, word, true))
		return false;
	for (at += 1 + word.n; at < text.n && ascii_is_one_of(text.p[at], " :"); at++)
		;
	return at < text.n && ascii_is_digit(text.p[at]);
}

/* "Berth portal  30441  torsk4ever" in the rows of a table: who signs in, and in the next cell the password */
static bool is_before_its_password(const struct told_words *words, span text, size_t end)
{
	struct candidate c = {.text = text};

	return end + 1 < text.n && text.p[end] == '\t' && take_value(text, end + 1, TAKE_TOKEN, STRENGTH_SLOT, &c) && c.n > 5 && word_oddness(words, &c) > 1;
}

/* "deals 758542, 758551 and 761003": what is no code makes none of what its sentence counts up behind it */
static bool is_counted_on(span text, size_t end, size_t at)
{
	static const char *const joins[] = {"and", "or", "und", "oder", "et", "ou", "y", "o", "e", "en", "of", NULL};
	span between = span_sub(text, end, at > end ? at - end : 0), word;

	if (end == 0 || at <= end || between.n > 8 || !ascii_is_one_of(between.p[0], ",/& "))
		return false;
	word = span_trim(span_from(between, between.p[0] != ' '));
	return word.n == 0 ? between.p[0] != ' ' : span_is_one_of(word, joins);
}

/* A code of a list that is not told yet, as what its own sentence says is too little. */
struct item { size_t at, n; int sum; };
#define ITEMS_MAX 16
#define ITEM_APART 48 /* bytes from a code to the next of the list */

/* What is known of the list that the code at hand may go on. */
struct listing_of { struct item waiting[ITEMS_MAX]; size_t n_waiting, end; bool any, told; int sum; };

/* Those of the list that waited for one that is told. */
static bool tell_waiting(struct listing_of *l, told_found found, void *ctx)
{
	for (size_t i = 0; i < l->n_waiting; i++)
		if (!found(ctx, l->waiting[i].at, l->waiting[i].n, CERTAINTY_LOW))
			return false;
	l->n_waiting = 0;
	return true;
}

/*
 * The code v with the weight w, of a list or not: is it told? "gate 7742, shower block 1903": what is too little for each alone is
 * enough for both, and where one is told, so are its fellows.
 */
static bool is_told_with_others(const struct told_words *words, span text, span v, const struct weight *w, struct listing_of *l)
{
	size_t start = (size_t)(v.p - text.p), name;
	bool item = pad_code_item(words->others, text, start, start + v.n, &name), next = item && l->any && name >= l->end && start - l->end < ITEM_APART;
	int sum = w->sum + (next && l->told ? 3 : 0);
	int enough = w->alone ? TOLD_ENOUGH : !w->here ? TOLD_ENOUGH - 1 : TOLD_ENOUGH - 1 - (w->lead > 1 || (w->lead > 0 && !pad_code_is_year(v)));
	bool told = sum >= enough && (w->lead > 0 || w->here || next);

	if (!next)
		*l = (struct listing_of){0};
	l->any = item;
	l->end = start + v.n;
	if (next && !told && !l->told && w->sum >= TOLD_ENOUGH - 2 && l->sum >= TOLD_ENOUGH - 2 && w->here)
		told = true;
	l->told |= told;
	l->sum = w->sum;
	if (item && !told && w->sum >= 2 && l->n_waiting < ITEMS_MAX)
		l->waiting[l->n_waiting++] = (struct item){start, v.n, w->sum};
	return told;
}

/* Does what stands around the number say that it is another kind of number? told_end: of the code before */
static bool is_another_number(const struct told_words *words, span text, span v, int lead, bool topic, size_t told_end)
{
	size_t at = (size_t)(v.p - text.p), end = at + v.n;

	return (v.n > 6 && is_before_its_pin(words, text, end)) || is_before_its_password(words, text, end) || is_year_told_of(text, v, end) ||
	    lead_counts(words, text, end) || lead_is_named(words, text, end) || (lead == 1 && pad_code_is_told_of(text, at, end)) ||
	    pad_code_is_hour(text, v) || pad_code_is_between(text, v) || pad_code_is_dialled(text, v) || pad_code_is_explained(text, end) ||
	    pad_code_is_listed(text, at, told_end) || pad_code_is_priced(text, v) || (!topic && pad_code_is_range(text, at));
}

void tell_codes(const struct told_words *words, span text, size_t from, size_t to, told_found found, void *ctx)
{
	size_t told_n = 0, told_end = 0; /* of the code before */
	size_t none_end = 0;             /* of the number before, which is something else's */
	struct listing_of list = {0};

	for (size_t at = from; at < to; at++) {
		size_t end, start;
		struct weight w;
		bool apart;
		int lead;
		span v;

		if (!ascii_is_digit(text.p[at]))
			continue;
		v = pad_code_at(text, at, &end);
		if ((apart = v.n == 0 && (v = pad_code_apart(text, at)).n > 0))
			end = (size_t)(v.p - text.p) + v.n;
		at = end;
		if (v.n == 0)
			continue;
		start = (size_t)(v.p - text.p);
		lead = lead_of(words, text, start, start + v.n);
		/* "turn the wheels until 7-3-1-5": numbers of other kinds are not written so, and are told with these words */
		if (pad_code_is_wheels(v) || (apart && v.p[1] == ' '))
			lead = lead == LEAD_NONE ? 1 : lead + 1;
		if (is_counted_on(text, none_end, start))
			lead = LEAD_NONE;
		none_end = lead == LEAD_NONE ? start + v.n : 0;
		w = told_weight(words, text, start, start + v.n, lead);
		if (apart) {
			if (w.lead < 1 || (!w.here && !w.near))
				continue;
			w.sum -= v.p[1] == ' ' ? 0 : 2;
		} else {
			w.sum += pad_code_weight(v) + 2 * (w.here && pad_code_is_year(v) && (w.lead > 2 || lead_is_typed(words, text, start)));
		}
		w.sum -= lead == 0;
		if (is_another_number(words, text, v, lead, w.topic, told_end))
			continue;
		/* numbers of things begin with a letter, and "X7419" is a telephone; locks of one maker begin with C, Y or Z */
		if (ascii_is_alpha(v.p[0]) && !pad_code_is_lettered(v)) {
			w.alone |= !w.thing && !ascii_is_one_of(v.p[0], "CYZ"); /* "Practice code V01234" */
			w.sum -= w.here && w.lead > 0 && ascii_is_one_of(v.p[0], "CYZ") ? 0 : v.p[0] == 'X' ? 5 : w.thing && w.lead >= 2 ? 1 : 3;
		}
		/* "the front gate is 3382, the back gate 3383" */
		if (told_n == v.n && start - told_end < SOFT_LINE && sentence_start(text, start, told_end) == told_end)
			w.sum += 2;
		if (is_of_grid(text, start, start + v.n, w.here) || pad_code_is_of_place(text, v) || !is_told_with_others(words, text, v, &w, &list))
			continue;
		told_n = v.n;
		told_end = start + v.n;
		if (!tell_waiting(&list, found, ctx) || !found(ctx, start, v.n, w.sum > TOLD_ENOUGH ? CERTAINTY_MEDIUM : CERTAINTY_LOW))
			return;
		while ((v = pad_code_named_next(words->others, text, told_end, told_n)).n > 0 && (start = (size_t)(v.p - text.p)) < to) {
			at = told_end = start + v.n;
			list.end = told_end;
			if (!found(ctx, start, v.n, CERTAINTY_LOW))
				return;
		}
	}
}
