/*
 * What the files of this stage share: the words and templates of a language, the facts of one dossier, its notices
 * as text and mail, and the walk over a wave that plan, show, approve and write have in common.
 */
#ifndef TOCSIN_NOTIFY_PRIVATE_H
#define TOCSIN_NOTIFY_PRIVATE_H

#include "base/buf.h"
#include "notify/eml.h"
#include "notify/notify.h"
#include "notify/recipient.h"
#include "notify/signing.h"
#include "notify/template.h"
#include "store/waves.h"

/* ---- words.c: templates/words.LL.yaml, notice.LL.txt and person.LL.txt --------------------------------------------- */

struct counted { struct template *one, *many; }; /* "1 message", "{{n}} messages" */
struct phrase { span from, to; };
/* name: in a list; what to do; what a private person is to do */
struct class_words { const char *class; struct counted count; span name, advice, to_person; };

/* The words of an export's pages: `page` of words.LL.yaml, which says in English what each is. */
enum page_word {
	PAGE_ALL, PAGE_AS_MAIL, PAGE_MAIL_FILE, PAGE_IN_MAIL, PAGE_ATTACHMENT, PAGE_NO_NAME, PAGE_NO_SUBJECT, PAGE_SUBJECT_WITHHELD, PAGE_NO_PARTY,
	PAGE_BYTES, PAGE_WITHHELD, PAGE_WITHHELD_PART, PAGE_PART, PAGE_ACCESSED, PAGE_PRESUMED, PAGE_UNKNOWN,
	PAGE_STORY, PAGE_STORY_UNDATED, PAGE_CONCERNS_ONE, PAGE_CONCERNS_MANY, PAGE_VERDICTS, PAGE_BRACKETS,
	PAGE_TO_RESET, PAGE_POSSIBLY, PAGE_NOT_YOURS, PAGE_NOT_YOURS_SAYS, PAGE_NOTHING_TITLE, PAGE_NOTHING, PAGE_PERSONAL, PAGE_WHAT, PAGE_MASKED_FORM,
	PAGE_SEVERITY, PAGE_EXPOSED, PAGE_VERDICT, PAGE_DUE, PAGE_WHERE, PAGE_BESIDE, PAGE_LOW, PAGE_MEDIUM,
	PAGE_HIGH, PAGE_CRITICAL, PAGE_MORE, PAGE_TO_DO, PAGE_LOGS, PAGE_LOGS_UNDATED, PAGE_CONTENT,
	PAGE_MESSAGES, PAGE_DATE, PAGE_FROM, PAGE_TO, PAGE_SUBJECT, PAGE_HOLDS, PAGE_CREDENTIAL_ONE,
	PAGE_CREDENTIAL_MANY, PAGE_PERSONAL_ONE, PAGE_PERSONAL_MANY, PAGE_ATTACHMENT_ONE,
	PAGE_ATTACHMENT_MANY, PAGE_WHY_MASKED, PAGE_SAME_TOKEN, PAGE_OTHER_ORGANISATION, PAGE_OTHER_ADDRESS,
	PAGE_OTHER_PERSON, PAGE_OTHER_SECRET, PAGE_OTHER_DATA, PAGE_OUTSIDE, PAGE_ABOUT, PAGE_INCIDENT,
	PAGE_REFERENCE, PAGE_SENDER, PAGE_QUESTIONS, PAGE_TELEPHONE, PAGE_ADDRESS, PAGE_VERSION,
	PAGE_VERSION_OF, PAGE_SIGNED, PAGE_COMPARE, N_PAGE_WORDS
};

struct language {
	const char *code; /* "en" */
	struct text_list also, countries;
	span thousands, first_day, months[12];
	bool one_at[2];   /* 0, 1: is it singular? */
	struct template *date;
	struct counted messages, exposures, more;
	struct template *value_one, *value_many; /* a masked value with its message, its messages */
	span between, list;     /* two values; two of few words */
	struct phrase *masked, *places; /* the words of masked forms and of places, which the case has in English */
	size_t n_masked, n_places;
	struct class_words *classes; /* the last one is "other" */
	size_t n_classes;
	span page[N_PAGE_WORDS];
	struct letter_text { struct template *subject, *body; } notice, person; /* to an organisation, to a private person */
};
struct languages { struct language *v; size_t n; };

/* All languages of a folder, in the order of their codes. An error names file and line. */
MUST_CHECK enum errc languages_load(struct arena *a, const char *dir, struct languages *out, struct err *e);
/* The organisation's language, else its country's, else the first of case.yaml that there is, else the first. */
const struct language *language_for(const struct languages *l, const struct wave_org *org, const struct case_config *c);
const struct class_words *language_class(const struct language *l, const char *class);

/* Words of a language as spans in the arena; p NULL: memory (or an error of the template, in e). */
MUST_CHECK enum errc say_count(struct arena *a, const struct language *l, const struct counted *c, int64_t n, span *out,
    struct err *e);
/* "ab****yz, in a message of 5 March 2024"; the masked form alone where no message has a date. */
MUST_CHECK enum errc say_value(struct arena *a, const struct language *l, span masked, const struct told_exposure *x,
    span *out, struct err *e);
/* A masked form with its words in this language: "(16 or more characters)". */
MUST_CHECK enum errc say_masked(struct arena *a, const struct language *l, span s, span *out, struct err *e);
/* "sheet Hosts, cell D14 of inventory.xlsx" with its words in this language (place.c). */
MUST_CHECK enum errc say_place(struct arena *a, const struct language *l, span place, span *out, struct err *e);
MUST_CHECK enum errc say_date(struct arena *a, const struct language *l, int64_t when_utc, span *out, struct err *e);

/* ---- facts.c: what a wave tells one organisation, counted ----------------------------------------------------- */

struct facts {
	int64_t messages;    /* distinct; of these: */
	int64_t role[6];     /* by enum link_role; a message can stand under several */
	int64_t verdict[4];  /* by enum verdict */
	int64_t undated, unread, forged;
	int64_t owned_maybe; /* of those with role owner: by a guess */
	int64_t again;       /* told of before: a new role or exposure, or */
	int64_t now_opened;  /* it is known since that it was opened */
	int64_t from_utc, to_utc;
	struct told_exposure *exposures;
	size_t n_exposures;
	struct told_before before;
};
/* The rows also go into the digest. */
MUST_CHECK enum errc facts_read(struct store *st, struct arena *a, int64_t wave, const struct wave_org *org,
    struct sha256 *h, struct facts *out, struct err *e);

/* ---- fill.c --------------------------------------------------------------------------------------------------- */

/*
 * Paragraphs broken into lines of at most 72 characters. Lines that begin with a blank stay lines of their own, and
 * "- " begins an entry; more than one empty line becomes one.
 */
void text_fill(struct buf *out, span text);

/* ---- render.c ------------------------------------------------------------------------------------------------- */

/* What the texts of all notices of a wave have in common. */
struct letter {
	const struct case_config *config;
	const struct signing_words *signing;
	const struct language *language;
	const struct wave *wave;
	const struct wave_org *org;
	const struct facts *facts;
	const struct notice *notice;
	const struct clocks *clocks; /* NULL: no duties are named */
	const char *code; /* of the reading room; NULL: there is none */
};
MUST_CHECK enum errc letter_write(struct arena *a, const struct letter *l, span *subject, span *text, struct err *e);

/* ---- walk.c --------------------------------------------------------------------------------------------------- */

struct letter_view {
	const char *code;
	const struct notice *notice;
	const struct eml *mail; /* its fields; NULL without text */
	span subject, text, eml;
	struct recipient_key key; /* that it is encrypted to; without bytes it is not */
	struct digest sha256;
};
struct dossier_view {
	const struct wave_org *org;
	const struct facts *facts;
	const struct letter_view *letters; /* one a notice; empty spans where there is no contact */
	size_t n_letters;
};
/* The view lives until the function returns. */
typedef enum errc walk_fn(void *ctx, const struct dossier_view *d, struct err *e);
/*
 * Visits the dossiers of a wave in the order of the organisations' keys. With a plan to fill in, or with_text, each
 * notice is rendered as it would be written; *plan is the digest over all of it. With a key only that organisation is
 * visited, and no digest is made.
 */
MUST_CHECK enum errc wave_walk(const struct notify *n, const struct wave *w, const char *key, bool with_text, walk_fn *fn,
    void *ctx, struct digest *plan, struct err *e);

/* The key of the organisation of that wave that is called so (org_named); ERR_USAGE when there is none, or it is in other waves. */
MUST_CHECK enum errc wave_org_named(const struct notify *n, struct arena *a, int64_t wave, const char *called, const char **key, struct err *e);

/* The wave of that number, or with 0 the newest; ERR_USAGE when there is none. */
MUST_CHECK enum errc wave_find(const struct notify *n, uint64_t number, struct wave *out, struct err *e);

/* ---- approve.c ------------------------------------------------------------------------------------------------ */

struct approval_count { unsigned valid, outdated, needed; }; /* outdated: given for another version of the plan */
MUST_CHECK enum errc approvals_count(const struct notify *n, const struct wave *w, const struct digest *plan,
    struct approval_count *out, struct err *e);
/*
 * The digest of the plan as it would be written now, into *plan and the notices' rows. ERR_REFUSED when it tells what
 * is no longer due: then it must be planned anew.
 */
MUST_CHECK enum errc wave_recheck(const struct notify *n, const struct wave *w, struct digest *plan, struct err *e);
/* Of a wave that is not written, the digest of what would be written now; all of it is composed, and nothing is kept. */
MUST_CHECK enum errc wave_today(const struct notify *n, const struct wave *w, struct digest *today, struct err *e);
/* See notify_stands: by that digest, and where nobody has it yet. */
MUST_CHECK enum errc wave_stands_as(const struct notify *n, const struct wave *w, const struct digest *today, struct notify_standing *out, struct err *e);
MUST_CHECK enum errc wave_stands(const struct notify *n, const struct wave *w, struct notify_standing *out, struct err *e);

/* ---- show.c --------------------------------------------------------------------------------------------------- */

/* A visitor that adds to a summary; `text` (may be NULL) takes the notices as text. */
struct summary { struct arena *a; struct notify_wave *out; struct buf *text; size_t cap, cap_languages; const struct wave *wave; int64_t now_utc; };
/* enum hold_state of an organisation whose hold has not ended by then; 0: none. */
int hold_now(const struct wave_org *o, int64_t now_utc);
enum errc summary_add(void *ctx, const struct dossier_view *d, struct err *e);

#endif
