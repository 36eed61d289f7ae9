/* The inside of an engine, for the files that it is made of: engine.c meets the anchors, try.c reads a value at one, offer.c takes or refuses it. */
#ifndef TOCSIN_SCAN_ENGINE_PRIVATE_H
#define TOCSIN_SCAN_ENGINE_PRIVATE_H

#include "scan/pattern.h"
#include "scan/anchors.h"
#include "scan/weigh.h"

/* How far a rule has come in the text under way: where its last table or told stretch ended, and its line of heads. */
struct progress { uint64_t text; size_t table_head, table_end; };

/* Anchors that wait for one of another rule: few are in reach of each other, one too many is tried at once. */
#define WAITING_MAX 32
struct waiting { const struct anchor *anchor; size_t at; };

struct engine {
	struct arena *a;
	struct rule_set *set;
	struct pattern *patterns;     /* beside set->rules */
	struct sieves *sieves;
	struct progress *progress;    /* beside set->rules */
	uint64_t (*needs)[4];         /* beside set->rules: a bit for each byte that it needs one of */
	bool *awaited;                /* beside set->rules: another rule needs its anchors */
	bool *calls;                  /* beside set->anchors: is what a secret is called */
	uint16_t shape_rule[N_SHAPES]; /* 1 + index of the rule with that shape; 0: none */
	unsigned shapes;              /* bits of the digit shapes that rules want */
	uint16_t behind[N_SHAPES];    /* 1 + index of the rule whose pattern is tried at each value of that shape, too; 0: none */
	const struct word_list *not_secret, *named, *users, *labels, *others;
	struct anchors *anchors;
	struct weigher *weigher;      /* NULL: the rules have no weights */
	const struct weighed_reader *asked; /* not NULL: what is weighed is told to it, and is no finding */
	pcre2_match_data *match;
	pcre2_match_context *limits;
	struct hit *hits; size_t n_hits, cap_hits;
	/* of the text under way */
	span text;
	uint64_t n_texts;             /* it is that one */
	size_t n_tried, max_tried, only;
	struct waiting waiting[WAITING_MAX];
	size_t n_waiting;
	bool cut, given_up, spoken, called;
	size_t near_from, near_to;    /* words for a secret or what has one are near; what stands before was weighed */
	enum errc rc;
	/* of the anchor under way */
	uint16_t rule;
	size_t label_at;
};

/* The word lists of the first rule of a told shape. */
struct told_words engine_words_told(const struct engine *en, enum shape shape);

/* All of these: false ends the scan of the text, for there is no room for more findings, or no memory (en->rc). */

/* A candidate becomes a hit when it passes its rule's checks. */
bool engine_offer(struct engine *en, uint16_t rule, struct candidate *c);
/* And so do those that stand behind it in a list of that kind. */
bool engine_offer_listed(struct engine *en, uint16_t rule, struct candidate c, enum listing list);

/* The rule's pattern at an anchor of anchor_n bytes. */
bool engine_try_pattern(struct engine *en, uint16_t rule, size_t at, size_t anchor_n);
/* The rule's shape behind an anchor of n bytes: a table's column, what is told, a PEM block. */
bool engine_try_shape(struct engine *en, uint16_t rule, size_t at, size_t n);
/* What is told in words about a password, where no anchor is near. */
void engine_try_alone(struct engine *en);
/* The values near the anchor of told codes and words at `at` are weighed, when no further one can be near them; at SIZE_MAX all that are left. */
bool engine_weigh(struct engine *en, size_t at);
/* For shapes_walk: a number of that shape. */
bool engine_shape_offer(void *ctx, enum shape shape, size_t at, size_t n, uint8_t certainty);

#endif
