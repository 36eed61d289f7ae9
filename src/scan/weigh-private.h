/* What the files share that weigh values: weights.c knows the lists, weigh-words.c reads the words of a text, weigh.c and weigh-plain.c weigh values. */
#ifndef TOCSIN_SCAN_WEIGH_PRIVATE_H
#define TOCSIN_SCAN_WEIGH_PRIVATE_H

#include "scan/told-private.h"
#include "scan/weigh.h"

/* What a word is in the lists of the rules; the last seven are asked of words that could be a secret, or of one. */
enum role { CODE_TOPIC, CODE_THING, CODE_ACT, CODE_LEAD, CODE_OTHER, PASSWORD_TOPIC, PASSWORD_THING, PASSWORD_ACT, PASSWORD_LEAD, PASSWORD_OTHER, QUESTION_TOPIC, ANSWER_ACT,
	NOT_A_SECRET, PLAIN_OTHER, USUAL, KNOWN, DIGIT_WORD, TURN_WORD, JOINT_WORD, ROLES, ROLES_AROUND = NOT_A_SECRET };
static_assert(ROLES == WEIGH_ROLES, "a list for each role");
#define OPENS (1u << ROLES) /* a phrase of the lists begins with it */
extern const char *const weigh_roles[ROLES];

/* The first are of roles. */
enum slot { SLOT_OWN, SLOT_B1_ROLE, SLOT_B2_ROLE, SLOT_B3_ROLE, SLOT_SENTENCE, SLOT_PAST, SLOT_LONG_PAST, SLOT_A1_ROLE, SLOT_A2_ROLE, SLOT_BEHIND_ROLE, ROLE_SLOTS,
	SLOT_KIND = ROLE_SLOTS, SLOT_IS, SLOT_SHAPE, SLOT_LENGTH, SLOT_MARK_BEFORE, SLOT_MARK_BEHIND, SLOT_RARE, SLOT_FIRST, SLOT_LAST, SLOT_B1, SLOT_B2, SLOT_B3,
	SLOT_NEAR, SLOT_FAR, SLOT_TWO, SLOT_A1, SLOT_A2, SLOT_BEHIND, SLOT_LEAD, SLOT_ODD, SLOT_PAD, SLOT_LOOKS, SLOTS };
extern const char *const weigh_slots[SLOTS];

/* Digits; few of them with a letter; some apart; with marks between; words for digits; steps of several kinds; an odd word; a plain one; several. */
enum kind { KIND_NONE, KIND_DIGITS, KIND_LETTERED, KIND_GROUPS, KIND_MARKED, KIND_SPELLED, KIND_STEPS, KIND_ODD, KIND_WORD, KIND_PHRASE, KINDS };
extern const char weigh_kinds[KINDS];
/*
 * Features that are no words of the text: what they add is looked up once, not for each value (1.5 % of a scan). Those of a group stand in order: "a" to "c" of what is
 * counted, or of what is usual, known or rare.
 */
enum trait { TRAIT_QUOTED, TRAIT_UPPER, TRAIT_CAPITAL, TRAIT_OPENING_CAPITAL, TRAIT_YEAR, TRAIT_CELL, TRAIT_LATER_CELL, TRAIT_LINE, TRAIT_FIRST, TRAIT_LAST, TRAIT_OPENING, TRAIT_CLOSED,
	TRAIT_LENGTH, TRAIT_LENGTH_MOST = TRAIT_LENGTH + 10, TRAIT_ODD_LENGTH, TRAIT_ODD_LENGTH_MOST = TRAIT_ODD_LENGTH + 4,
	TRAIT_RARE, TRAIT_RARE_FIRST = TRAIT_RARE + 3, TRAIT_RARE_LAST = TRAIT_RARE_FIRST + 3, TRAIT_N_USUAL = TRAIT_RARE_LAST + 3, TRAIT_N_USUAL_MOST = TRAIT_N_USUAL + 4,
	TRAIT_NO_ROLE, TRAIT_NO_ROLE_LAST = TRAIT_NO_ROLE + 2, /* of the first, second and third word before it */
	TRAIT_LEAD, TRAIT_ODD = TRAIT_LEAD + 7, TRAIT_PAD = TRAIT_ODD + 7, TRAIT_NUMBERS_END = TRAIT_PAD + 7, /* none, 0 to 4, and more */
	TRAIT_IDENTIFIER = TRAIT_NUMBERS_END, TRAIT_NAME, TRAIT_ELSE, TRAIT_RECORD, TRAIT_NAMED, TRAIT_TYPED, TRAIT_RANGE, TRAIT_TOLD_OF, TRAITS };
struct trait_name { enum slot slot; const char *value; };
extern const struct trait_name weigh_traits[TRAITS];

/* Its looks; the words beside it; the words around it. */
enum stage { STAGE_LOOKS, STAGE_BESIDE, STAGE_AROUND, STAGES };

/* By a hash, of which half says where and half what: small, since every word of a text is looked up. */
struct entry { uint32_t tag; int32_t value; }; /* tag 0: empty */
struct table { struct entry *v; size_t mask; };

struct weights {
	struct table of;
	uint64_t named[128];                         /* a bit for a hash of each value that a feature has: most words are none */
	int of_roles[ROLE_SLOTS][ROLES][KINDS], of_traits[TRAITS][KINDS];
	int most_of_form[KINDS];                     /* what SLOT_ODD or SLOT_PAD adds at most */
	int bias, least[STAGES];                     /* with a sum below least, behind each stage, nothing comes of a value */
};

#define ENDS 4096
struct weigher {
	struct weights values, plain;         /* of numbers and odd words; of plain words */
	struct table roles, endings;          /* the last: what compounds end with, by the bytes */
	uint64_t ends[ENDS / 64];             /* a bit for a hash of the last three bytes of each ending */
	struct told_words codes, passwords;
};

/* What a feature adds, of values of any kind and of that kind. value: span_hash_word of its value */
int weight_of(const struct weights *w, enum slot slot, uint64_t value, enum kind kind);
/* Has a feature that value? If not, it adds nothing. */
static inline bool weight_names(const struct weights *w, uint64_t value) { return (w->named[value / 64 % 128] >> value % 64 & 1) != 0; }
/* Bits of enum role: what a word in lower case is, by itself, behind "l'" or a hyphen, without "'s", or as the end of a compound; OPENS: by itself. joint: it may have such a mark. */
unsigned roles_of(const struct weigher *w, span word, uint64_t hash, bool joint);
/* The same of a phrase of two words. */
unsigned roles_of_two(const struct weigher *w, uint64_t first, uint64_t second);

/* ---- the words of a stretch (weigh-words.c) ------------------------------------------------------------------ */

#define WORD_BYTES 9 /* of a word that count: the endings of many do not */
#define WORD_AT_ONCE 16
#define RING 64      /* a power of two, more than the words that count before and behind a value */

struct word {
	size_t from, to;  /* of what stands between blanks */
	size_t at, n;     /* without the marks around it */
	uint8_t lines;    /* how many end before it */
	bool plain;       /* of letters alone, which are small but for the first */
	bool ends;        /* its sentence ends behind it */
	bool opened, closed; /* a quotation mark stands before it, and behind */
	uint8_t text_n;
	unsigned char text[WORD_AT_ONCE]; /* WORD_BYTES of it, digits as "0" */
	uint32_t roles;   /* OPENS, too */
	uint64_t hash;    /* of the text */
	uint64_t whole;   /* of all of the word in lower case */
};

struct walk {
	const struct weigher *w;
	span text;
	const struct weighed_reader *reader;
	struct word ring[RING];
	size_t n;     /* words read */
	size_t coded; /* words up to the end of the last code of several words */
	/* of the value at hand */
	const struct weights *weights;
	enum kind kind;
	int sum;
};

static inline struct word *word_of(struct walk *k, size_t i) { return &k->ring[i % RING]; }
static inline span word_span(struct walk *k, size_t i) { return span_sub(k->text, word_of(k, i)->at, word_of(k, i)->n); }
/* The next word of the stretch, text[from, to), behind so many ends of lines; the marks around it are no part of it. */
void word_read(struct walk *k, size_t from, size_t to, unsigned lines);

/* ---- values -------------------------------------------------------------------------------------------------- */

void put_trait(struct walk *k, enum trait trait);
void put_word(struct walk *k, enum slot slot, const struct word *o);
void put_roles(struct walk *k, enum slot slot, unsigned roles);
/* What the looks of a word make of it: most words, and dates, amounts, addresses and the like are no values. */
enum kind form_of(span s);
/* Words i to last as a value of that kind; false ends. */
bool value_weigh(struct walk *k, size_t i, size_t last, enum kind kind);

#define CODE_WORDS 17 /* a code has fewer words */
/* What the words from i to *last are as a code: KIND_GROUPS, KIND_SPELLED or KIND_STEPS; KIND_NONE: they are none (weigh-codes.c). */
enum kind code_of_words(struct walk *k, size_t i, size_t *last);
/* "-", "–", "->": of no letter and no digit. */
bool word_is_dash(span s);

/* Word i as a plain word, and as the first of several, where it could be one (weigh-plain.c); false ends. */
bool plain_weigh(struct walk *k, size_t i);
/* What the words of such a value are. */
void put_plain(struct walk *k, size_t i, size_t last);

#endif
