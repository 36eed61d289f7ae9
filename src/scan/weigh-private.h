/* What the two files share that weigh values: weights.c knows the lists, weigh.c reads the text. */
#ifndef TOCSIN_SCAN_WEIGH_PRIVATE_H
#define TOCSIN_SCAN_WEIGH_PRIVATE_H

#include "scan/weigh.h"

/* What a word is in the lists of the rules. */
enum role { CODE_TOPIC, CODE_THING, CODE_ACT, CODE_LEAD, CODE_OTHER, PASSWORD_TOPIC, PASSWORD_THING, PASSWORD_ACT, PASSWORD_LEAD, PASSWORD_OTHER, ROLES };
#define OPENS (1 << ROLES) /* a phrase of the lists begins with it */
extern const char *const weigh_roles[ROLES];

enum slot { SLOT_KIND, SLOT_IS, SLOT_SHAPE, SLOT_LENGTH, SLOT_MARK_BEFORE, SLOT_MARK_BEHIND, SLOT_B1, SLOT_B2, SLOT_B3, SLOT_B1_ROLE, SLOT_B2_ROLE, SLOT_B3_ROLE, SLOT_NEAR, SLOT_FAR, SLOT_TWO,
	SLOT_SENTENCE, SLOT_PAST, SLOT_LONG_PAST, SLOT_A1, SLOT_A2, SLOT_A1_ROLE, SLOT_A2_ROLE, SLOT_BEHIND, SLOT_BEHIND_ROLE,
	SLOT_LEAD, SLOT_ODD, SLOT_PAD, SLOT_LOOKS, SLOTS };
extern const char *const weigh_slots[SLOTS];

/* Digits; few of them with a letter; some apart; with marks between; an odd word. */
enum kind { KIND_NONE, KIND_DIGITS, KIND_LETTERED, KIND_GROUPS, KIND_MARKED, KIND_ODD, KINDS };
extern const char weigh_kinds[KINDS];

/* Its looks and the words beside it; the words around it. */
enum stage { STAGE_BESIDE, STAGE_AROUND, STAGES };

struct entry { uint64_t hash; int32_t value; }; /* hash 0: empty */
struct table { struct entry *v; size_t mask; };

struct weigher {
	struct table weights, roles, endings; /* the last: what compounds end with, by the bytes */
	uint64_t ends[WORD_MAX][4];           /* with which bytes endings of so many bytes begin */
	uint64_t role_hashes[ROLES];
	int bias;
	int least[STAGES]; /* with a sum below, behind each stage, nothing comes of a value */
	struct told_words codes, passwords;
};

/* What a feature adds, of values of any kind and of that kind. value: span_hash of its value */
int weight_of(const struct weigher *w, enum slot slot, uint64_t value, enum kind kind);
/* Bits of enum role: what a word in lower case is, by itself, behind "l'" or a hyphen, without "'s", or as the end of a compound; OPENS. */
unsigned roles_of(const struct weigher *w, span word);
/* The same of a phrase of several words, whole. */
unsigned roles_of_phrase(const struct weigher *w, span phrase);

#endif
