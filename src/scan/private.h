/*
 * Detectors. A rule file (tocsin-rules(5)) becomes a struct rule_set in the keeper (rules.c), which is checked
 * and packed into one block of bytes (pack.c); each worker opens an engine on that block (engine.c) and
 * runs texts through it. The engine knows nothing of mail: a text goes in, places of secrets come out.
 *
 * Two ways lead to a secret. An anchor is a literal; around each one the rule's PCRE2 pattern
 * is tried. A shape is a hand scanner for what has no literal: digits with a checksum. Both end in the same checks.
 */
#ifndef TOCSIN_SCAN_PRIVATE_H
#define TOCSIN_SCAN_PRIVATE_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/digest.h"
#include "base/limits.h"
#include "base/yaml.h"

enum secret_class {
	CLASS_NONE, CLASS_PASSWORD, CLASS_USERNAME_PASSWORD, CLASS_PASSCODE_PIN, CLASS_API_TOKEN, CLASS_PRIVATE_KEY,
	CLASS_URL_CREDENTIALS, CLASS_CONNECTION_STRING, CLASS_OTP_SEED, CLASS_PAYMENT_CARD, CLASS_BANK_ACCOUNT,
	CLASS_NATIONAL_ID, CLASS_DATE_OF_BIRTH, CLASS_VAULT,
	N_CLASSES
};

/* May more values of the same form follow the first, bare or each behind what it is for? */
enum listing { LISTING_NO, LISTING_YES, LISTING_NAMED, LISTING_LINES, LISTING_PERSONS, LISTING_WORDS, N_LISTINGS };

/* Hand scanners; SHAPE_NONE is a rule with a pattern. */
enum shape {
	SHAPE_NONE, SHAPE_CARD, SHAPE_IBAN, SHAPE_SSN, SHAPE_NIR, SHAPE_NINO, SHAPE_CODICE, SHAPE_DOTTED, /* found by their digits */
	SHAPE_PEM, SHAPE_TABLE, SHAPE_TOLD_CODE, SHAPE_TOLD_WORD, SHAPE_TOLD_PLAIN, SHAPE_TOLD_ANSWER, SHAPE_TOLD_SPELLED, SHAPE_PAIRS, SHAPE_LINES, /* found by an anchor */
	SHAPE_WEIGHED_CODE, SHAPE_WEIGHED_WORD, SHAPE_WEIGHED_PLAIN, /* found where words of the told ones are near (weigh.h) */
	N_SHAPES
};

/* Is what it finds told in sentences (told.c, plain.c, told-answer.c, told-spelled.c)? All but codes and odd words near its topics only. */
static inline bool shape_is_told(unsigned shape) { return shape >= SHAPE_TOLD_CODE && shape <= SHAPE_TOLD_SPELLED; }
static inline bool shape_is_told_near(unsigned shape) { return shape >= SHAPE_TOLD_PLAIN && shape <= SHAPE_TOLD_SPELLED; }

static inline bool shape_has_anchors(unsigned shape) { return shape == SHAPE_NONE || (shape >= SHAPE_PEM && shape < SHAPE_WEIGHED_CODE); }

/* What of the text behind a match is the value. */
enum take { TAKE_GROUP, TAKE_TOKEN, TAKE_LINE, N_TAKES };

/* How surely the words before a password announce one: what is asked of the value grows with the number. */
enum strength { STRENGTH_NONE, STRENGTH_LABEL, STRENGTH_PROSE, STRENGTH_BARE, STRENGTH_CODE, STRENGTH_SLOT, STRENGTH_LOOSE, N_STRENGTHS };

enum check_kind {
	CHECK_LUHN, CHECK_IBAN, CHECK_ABA, CHECK_JWT, CHECK_CRC32, CHECK_ENTROPY, CHECK_NIR, CHECK_NINO, CHECK_SSN,
	CHECK_DE_TAX, CHECK_DNI, CHECK_CODICE_FISCALE, CHECK_AHV, CHECK_DATE, CHECK_BASIC_AUTH, CHECK_MIXED, CHECK_CARD, CHECK_DIGITS,
	CHECK_LENGTH, CHECK_NOT_WORDS, CHECK_NUMBER, CHECK_NO_SAMPLE,
	N_CHECKS
};
struct check {
	uint8_t kind;
	uint16_t number; /* entropy in tenths of a bit a character; how many digits or bytes at least; the index of a word list, or of a number */
};

/* How a value is made equal to its other spellings before the keyed digest is taken. */
enum form { FORM_EXACT, FORM_DIGITS, FORM_ALNUM, FORM_KEY, N_FORMS };
enum mask { MASK_SECRET, MASK_KEY, MASK_LAST4, MASK_IBAN, MASK_PRIVATE_KEY, MASK_DATE, MASK_VAULT, N_MASKS };

/* The word lists of a rule for what is told in sentences (told.c). */
enum told_list { TOLD_TOPICS, TOLD_THINGS, TOLD_ACTS, TOLD_LEADS, TOLD_OTHERS, N_TOLD };

#define RULE_CHECKS 4
#define NO_WORDS UINT16_MAX
#define NO_RULE UINT16_MAX
#define RULE_GROUPS 32

struct rule {
	span id, name;
	uint8_t class, severity, certainty, shape, take, strength, form, mask;
	uint8_t rank;              /* of two rules that claim the same bytes the higher one wins */
	uint8_t list;              /* enum listing: more values of the same form may follow the first */
	uint8_t behind;            /* enum shape: the pattern is tried at each value of that shape, too */
	bool fold;                 /* pattern regardless of case */
	uint16_t back, ahead;      /* how far around the anchor the pattern may look */
	struct check checks[RULE_CHECKS];
	uint8_t n_checks;
	uint16_t near, near_before, near_after; /* index of a word list (or NO_WORDS): one must stand so near */
	span needs;                /* one of these bytes must stand behind the anchor, on its line; empty: no matter */
	uint16_t needs_rule;       /* an anchor of this rule must follow, or NO_RULE */
	uint16_t needs_within;     /* so near */
	span needs_next;           /* a pattern that must match directly behind the anchor; empty: no matter */
	uint16_t not_near;         /* none of these may stand within near_before bytes before */
	bool same_sentence;        /* ... in the same sentence */
	uint16_t columns;          /* of a table: the list of header cells whose column it is; else NO_WORDS */
	uint16_t told[N_TOLD];     /* of what is told in sentences: its word lists; else NO_WORDS */
	span pattern;              /* macros already put in */
};

struct anchor {
	span text;
	uint16_t rule;
	bool fold, word_start, word_end;
	bool first; /* of those with the same text, which stand together (set by rules_read) */
	bool made;  /* of another anchor, in capitals, or a word of its lists */
};
/* How letters past ASCII may be written in an anchor: "пароль" as "Пароль", and as "ПАРОЛЬ". */
enum capitals { CAPITALS_FIRST, CAPITALS_ALL, N_CAPITALS };
/* false: that is no other text; out->p NULL: memory. */
bool capitals_of(struct arena *a, span text, enum capitals way, span *out);

/*
 * Words in byte order, lower case. What follows is made by rules_unpack, and word_list_has wants it: begins[c] has bit n when a word of n
 * bytes (31: or more) begins with c; places are 1 + the index of a word, where its hash leads or the next that was free, 0 where none is;
 * ends has a bit for each byte that ends a word with "*" before it.
 */
struct word_list { span name; span *v; size_t n; uint32_t *begins, *places; size_t n_places; uint64_t ends[4]; };

struct example { span text, value; bool match; unsigned line; };
struct rule_source { const char *file; unsigned line; struct example *examples; size_t n_examples; };

struct rule_set {
	struct rule *rules;
	struct rule_source *sources; /* beside rules; not packed */
	size_t n_rules;
	struct anchor *anchors;
	size_t n_anchors;
	struct word_list *words;
	size_t n_words;
};

struct rule_file { const char *path; span text; };
struct rule_files { struct rule_file v[LIMIT_RULE_FILES]; size_t n; };

/* Reads all *.yaml of a folder, in byte order of their names; then what they say. Errors are ERR_USAGE with file and line. */
MUST_CHECK enum errc rules_files(struct arena *a, const char *dir, struct rule_files *out, struct err *e);
MUST_CHECK enum errc rules_parse(struct arena *a, const struct rule_files *files, struct rule_set **out, struct err *e);
MUST_CHECK enum errc rules_read_dir(struct arena *a, const char *dir, struct rule_set **out, struct err *e); /* both */
/* One file's text, for tests and fuzzing. */
MUST_CHECK enum errc rules_read(struct arena *a, span text, const char *file, struct rule_set **out, struct err *e);
/* Every rule against its own examples; *n counts those that are right. ERR_USAGE names the first that is wrong;
 * with all != NULL the others go there, a line each. */
MUST_CHECK enum errc rules_test(const struct rule_set *set, span packed, size_t *n, struct buf *all, struct err *e);

/* The lists of one file, added to the set's; *cap: how many it has room for. What several files call by one name is one list. */
MUST_CHECK enum errc word_lists_read(struct arena *a, struct rule_set *set, size_t *cap, const struct yaml *words, struct err *e);

/* All tables in one block, whose SHA-256 names the rule set. */
MUST_CHECK enum errc rules_pack(const struct rule_set *set, struct buf *out, struct digest *digest, struct err *e);
/*
 * A folder's rules read, tested by their own examples and packed. prepared: what rules_prepare made of a folder, or empty; where
 * the files are the same byte for byte, it is taken and nothing is read or tested again.
 */
struct rules_ready { struct rule_set *set; span packed; struct digest digest; size_t n_examples; };
MUST_CHECK enum errc rules_ready(struct arena *a, const char *dir, span prepared, struct rules_ready *out, struct err *e);
MUST_CHECK enum errc rules_prepare(struct arena *a, const char *dir, span *out, struct err *e);

/* The tables of a packed block: spans borrow from it. */
MUST_CHECK enum errc rules_unpack(struct arena *a, span packed, struct rule_set **out, struct err *e);

struct hit {
	size_t at, n;      /* the value, in the text */
	size_t key_at, key_n; /* the secret within it, where it holds more: the password of a URL */
	uint16_t rule;
	uint8_t certainty;
	size_t host_at, host_n; /* host or account beside it; host_n 0: none */
};
struct hits {
	const struct hit *v; /* in order of place, none overlapping; the engine's until its next text */
	size_t n;
	bool cut;            /* a limit was hit: there may be more */
	bool given_up;       /* at some place a pattern took LIMIT_MATCH_STEPS: it might have matched */
	bool spoken;         /* a word stands in the text that secrets (told.c) or a person's numbers are told around */
	bool called;         /* such a one that is what a secret is called */
};

struct engine;
MUST_CHECK enum errc engine_open(struct engine **out, span packed, struct err *e);
/* All patterns now, not each when it is wanted: ERR_USAGE names the first that is none. */
MUST_CHECK enum errc engine_compile(struct engine *en, struct err *e);
void engine_close(struct engine *en);
const struct rule *engine_rule(const struct engine *en, size_t i);
/* Only this rule's candidates count from now on; SIZE_MAX: all again. */
void engine_only(struct engine *en, size_t rule);
/* text is valid UTF-8. */
MUST_CHECK enum errc engine_detect(struct engine *en, span text, struct hits *out, struct err *e);

/*
 * The same of a mail's text below its subject, which may be empty, or of a file's: what the subject makes of the text's first words counts too, and
 * what a question does that the text quotes below its answer. The hits are the arena's or the engine's.
 */
MUST_CHECK enum errc opening_detect(struct engine *en, struct arena *a, span subject, span text, struct hits *out, struct err *e);

/* What of a mail's text is read again behind something else: text[before...] is that of the mail from `from` on. Empty: nothing is. */
struct reply { span text; size_t before, from; };
/* The next short answer from *at on, behind the question that is quoted below it: "> What was the code?\n4821" */
MUST_CHECK enum errc reply_next(struct arena *a, span text, size_t *at, struct reply *out, struct err *e);
/* All that the mail or file says is one word, or one below who logs in: "sent alone: Kx7!pp" */
MUST_CHECK enum errc lone_word_read(struct arena *a, span text, struct reply *out, struct err *e);

/* ---- between the files of the engine ------------------------------------------------------------------- */

/* A candidate on its way: pattern or shape found it, checks may still refuse it. */
struct candidate {
	span text;         /* all of it */
	size_t at, n;      /* the secret */
	size_t span_at, span_n; /* the value, where it is more than the secret; span_n 0: it is not */
	bool quoted;       /* stood in quotes of its own */
	bool cell;         /* is the cell of a table */
	size_t label_at;   /* where the words that announced it begin */
	size_t host_at, host_n;
	uint8_t certainty;
};

/* Of hits that overlap one stays; hosts that are secrets of others are forgotten. How many are left, in order of place. */
size_t hits_settle(const struct rule_set *set, span text, struct hit *hits, size_t n_hits);

/* Where the digit walker reports; false ends the walk. */
typedef bool (*shape_found)(void *ctx, enum shape shape, size_t at, size_t n, uint8_t certainty);
/* Where the next digit stands, or text.n. */
size_t digit_next(span text, size_t at);
void shapes_walk(span text, unsigned wanted, shape_found found, void *ctx);

/* The end of the armoured block that begins at `at`, or 0. */
size_t pem_end(span text, size_t at);

/*
 * Values below the column of a table header whose cell, one of `labels`, holds the anchor at `at`; calls found for each cell
 * of the column. With `users`, and none of them at the head of another column, only cells of letters and digits. Where the table
 * ended; 0: it is none.
 */
typedef bool (*cell_found)(void *ctx, size_t at, size_t n, size_t host_at, size_t host_n);
size_t table_cells(span text, size_t at, size_t label_n, const struct word_list *labels, const struct word_list *users,
    cell_found found, void *ctx);
/*
 * A list of accounts without a head below the line with the anchor, which announces it, or the rows of "user:password:home". Where it
 * ends; 0: there is none.
 */
size_t pair_cells(span text, size_t at, size_t n, cell_found found, void *ctx);
/* Lines of one word each below the line with the anchor, which announces them. Where they end; 0: there are none. */
size_t line_cells(span text, size_t at, size_t n, cell_found found, void *ctx);

/* The same of rows that a database dump inserts. */
size_t insert_cells(span text, size_t at, size_t label_n, const struct word_list *labels, const struct word_list *users,
    cell_found found, void *ctx);
/* Is the cell one of the labels, or such a one with what it is for: "VPN-Passwort", "userPassword", "Passwort (neu)"? */
bool table_label(const struct word_list *labels, span cell);

/* "----", "|---|---|", "====  ====" */
bool is_ruled(span line);
/* The line that holds byte `at`, cut where it is longer than a row is. */
span line_of(span text, size_t at);
/* Is v, of no fewer bytes, of the form of a: a digit or letter where a has one, else the same? */
bool is_alike(span a, span v);
/* The last word of a line that is but a name, of somebody or something, and that word: "tokafor: X", "- Bo Harte   X" */
bool value_of_row(span text, span line, struct candidate *c);
/* "Miller   jmiller04": does the value at the end of the line hold a word of four letters or more that stands before it? */
bool row_names_value(span line, span value);
/* "Amira K<TAB>akhan22<TAB>" before `at`: somebody, and in the next cell the user's name that was made of that name */
bool row_has_user_before(span text, size_t at);
/* x300_impl, Boost_106600, Target1DisplayName: a name of programs */
bool is_identifier(span v);
/* "Bea-4-7716", "Ann713-555-0144": how people sign, with their telephone */
bool is_named_phone(span v);
/* "Anna Roe<TAB>01.07.1983 37427861098": the word with k words behind it in the line, of columns that are too near each other. */
span word_from_end(span line, size_t k);

#define WORD_MAX 64 /* bytes of a word that are read: a text may be one word */
/*
 * The word at `at` in lower case behind out[*n]; where it ends. Letters of Latin-1 are folded too, and so is the apostrophe of
 * typographers. It belongs to the word but behind its first letter: "it's", but "l'armoire" is two.
 */
size_t word_fold(span text, size_t at, unsigned char out[WORD_MAX], size_t *n);
/* The word that ends before `at`, and where it begins; the word behind `at`. Both in lower case, empty when there is none. */
span word_before(span text, size_t at, unsigned char out[WORD_MAX], size_t *begin);
span word_behind(span text, size_t at, unsigned char out[WORD_MAX]);
#define PHRASE_MAX (2 * WORD_MAX + 1)
span words_joined(span first, span second, unsigned char out[PHRASE_MAX]); /* two of these words with a blank between them */
/*
 * Is the phrase in the list? Of several words it is looked up whole; of one, "dell'ingresso" is "ingresso" too, "door's" is "door",
 * and "*schloss" of the list is every word that ends so.
 */
bool word_list_tells(const struct word_list *l, span phrase, bool one_word);

/*
 * Values told in sentences around the anchor at `at`: each place is weighed by the words around it. Nothing before `done` is
 * looked at; where the next anchor of the rule goes on. found returns false to end.
 */
struct told_words {
	const struct word_list *topics, *things, *acts, *leads, *others, *not_secret, *named;
	bool codes; /* what is typed on a pad; else what looks like a password */
};
typedef bool (*told_found)(void *ctx, size_t at, size_t n, uint8_t certainty);
size_t told_values(const struct told_words *words, span text, size_t at, size_t done, told_found found, void *ctx);

/*
 * The same of words with digits, wherever they stand: what looks like nothing but a password needs no more than a weak word near it, or to be led
 * to where the text speaks of secrets anywhere.
 */
void told_alone(const struct told_words *words, span text, bool spoken, told_found found, void *ctx);

/* A plain word that the sentence around the noun text[at, end) tells as the password. */
void told_plain(const struct told_words *words, span text, size_t at, size_t end, told_found found, void *ctx);
/* The answer to what text[at, end) asks for, of those that only who knows it can say. */
void told_answer(const struct told_words *words, span text, size_t at, size_t end, told_found found, void *ctx);
/* The word of which text[at, end) says how it is spelled. */
void told_spelled(const struct told_words *words, span text, size_t at, size_t end, told_found found, void *ctx);

#define STRONG 5
/*
 * How odd the word is: 0, what stands in sentences too; 2, at least no word; 3, and with a mark in it or in quotes; 4, only a
 * password; 5, and with a mark in it.
 */
int word_oddness(const struct told_words *words, const struct candidate *c);
/* Does the word need others near it that speak of secrets? 0: it does; 1: not where it is led to; 2: nor in a list; 3: nor anywhere. */
int word_sureness(span v, int odd);
/* Odd, but so are the names of machines, of versions and in programs, too: host-fs1, E31XRadio, Sakhalin-2 */
bool word_is_name(span v);
/* How many letters "kestrel58", or dotted "Fournier.69", has before its two to four digits; 0: it is no such word, which has four letters or more. */
size_t word_before_number(span v, bool dotted);

#define LEAD_NONE (-9)
/* How much what stands directly before the value text[at, end) leads up to one; LEAD_NONE: it says that this is none. */
int lead_of(const struct told_words *words, span text, size_t at, size_t end);
/* What the number is stands behind it, and is no code: "4471 is the order". */
bool lead_is_named(const struct told_words *words, span text, size_t end);
/* What is counted stands behind its number, in small letters: "1200 locks", "4417 tickets". */
bool lead_counts(const struct told_words *words, span text, size_t end);
/* "type 1984", "tu tapes 1956": nobody types a year but on a pad. */
bool lead_is_typed(const struct told_words *words, span text, size_t at);

/*
 * The code of a pad (4821#, 45B12, 2-7-1-9) that the characters around text[at] are; empty when they are none. *end is where they
 * end. Its weight is what its looks add to that of the words around it; those of wheels are four digits or more with dashes.
 */
span pad_code_at(span text, size_t at, size_t *end);
/*
 * The code of as many bytes that is the next of a list: "the annexe 4821, the bin store 3907", "4821 for Maren and 3907 for Dele". What it is
 * for stands before it or behind in a few words, none of which is one of `others`. Empty: the list ends.
 */
span pad_code_named_next(const struct word_list *others, span text, size_t from, size_t like_n);
bool pad_code_item(const struct word_list *others, span text, size_t start, size_t end, size_t *name);
span pad_code_apart(span text, size_t at); /* "8 4 1 9", "48 91 17", "581 204", whose first digit is at `at`; empty: none */
int pad_code_weight(span v);
bool pad_code_is_wheels(span v);
bool pad_code_is_told_of(span text, size_t at, size_t end); /* "Alarm 4471 was raised", "locker 4821 is free": a name */
bool pad_code_is_explained(span text, size_t end);  /* "code 5510 means low pressure", "enter 4417 in the cost field", behind it */
bool pad_code_is_range(span text, size_t at);      /* "from 1000 to 1600", at the second of both */
bool pad_code_is_listed(span text, size_t at, size_t told_end); /* "entries 4419, 4420": behind a number that is no code, which would end at told_end */
bool pad_code_is_hour(span text, span v);          /* "opens 0600" */
bool pad_code_is_term(span text, span v);          /* "valid till 2031" */
bool pad_code_is_between(span text, span v);       /* "0600 to 2200", "lockers 1120 to 1189": one end of a stretch */
bool pad_code_is_priced(span text, span v);        /* "padlock 2218, 19.99": the number of what is sold */
bool pad_code_is_dialled(span text, span v);       /* "call the desk on 4400", "dial 1571 and enter": a telephone */
bool pad_code_is_of_place(span text, span v);      /* "TX 77002" */
bool pad_code_is_lettered(span v); /* C2580Y: on both sides, as nothing else is written */
bool pad_code_is_year(span v); /* of the twentieth century, or to 2039 */

/* The head of a table announces what stands below it, not its next cell nor the first of the next row: is c such a one? */
bool table_head_cell(const struct candidate *c, const struct word_list *labels);

/* The token or line that begins at `from`: without quotes, brackets and the sentence's punctuation. */
bool take_value(span text, size_t from, enum take take, enum strength strength, struct candidate *c);
/* A URL without the full stop or bracket that closes the sentence it stands in; a secret at its end keeps what may be its own. */
size_t sentence_end(span text, size_t at, size_t n, bool secret_last);

/* Is the value what its announcement says, and how surely? 0: no. `not_secret` are words that are no password, `named` names
 * that have digits by nature. Either may be NULL. */
uint8_t judge_secret(const struct candidate *c, enum strength strength, const struct word_list *not_secret,
    const struct word_list *named);

/* Is it by its form alone none (something-else.c), whatever announces it? v has three characters or more, of which one is a letter or digit. */
bool is_something_else(span v);
/* Has it a mark that parts what is no password, other than "="? Then no judge_secret takes it for a slot, or loose. */
bool is_parted(span v);
/* Does it end like a word that says how a password is, not what it is: "changed", "abgelaufen"? */
bool word_says_how(span v);
bool is_setting(span v);          /* "Password length,12", "password age=90": what is said of passwords */
bool is_record(span v);           /* "report.xlsx", "web01.corp", "2025.4", "GPO-Workstations-2024": the name of a file, host, version or record */
/* "8f14e45fceea167a5a36dedd4bea2543", "AC7f3e9a1b5c2d8e4f6a0b9c3d7e1f5a2b": a long number in hexadecimal, with what it is of before it, or a UUID */
bool is_number_of_system(span v);

/* Do the words before the label say that what it announces is encrypted or hashed? */
bool label_says_sealed(span text, size_t label_at);

/* A letter of ASCII, or a byte of any character past it. */
static inline bool is_letter(unsigned char c) { return ascii_is_alpha(c) || c >= 0x80; }
/* 1 a digit, 2 a small letter, 3 a capital, 4 anything else */
static inline int kind_of(unsigned char c) { return ascii_is_digit(c) ? 1 : c >= 'a' && c <= 'z' ? 2 : c >= 'A' && c <= 'Z' ? 3 : 4; }
static inline bool is_blank(unsigned char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
/* How many characters of which kind; humps are capitals behind a small letter, others the bytes past ASCII. */
struct looks { size_t digits, lowers, uppers, symbols, others, humps; bool inner_upper, wedged; }; /* wedged: "Wqey^EDSwzuv" */
struct looks looks_of(span v);
bool has_digit(span v);
/* Letters alone whose capitals stand as in no name: WKSKxsYn, but not MySQLdump, LinkedIn */
bool is_scrambled(span v);
/* Letters and "_" only */
bool names_only(span v);
/* A function call, a member, a path: what stands behind "password =" in a program. */
bool is_code(span v);
/* "data.vault.db.secret_string", "input.value)": an attribute of an attribute, or one where an expression ends */
bool is_path_of_names(span v, unsigned char behind);
bool hex_only(span v); /* digits and the letters a to f */

bool word_list_has(const struct word_list *l, span word);
/* Does one of the words stand in text[from, to), as a whole word? */
bool word_list_near(const struct word_list *l, span text, size_t from, size_t to);
/* Behind the last of them, or SIZE_MAX. */
size_t word_list_last(const struct word_list *l, span text, size_t from, size_t to);

/* The seed and the web token that everybody copies from manuals, at times into use: found, and less sure. */
bool is_from_a_manual(span value);
bool check_value(const struct check *k, const struct word_list *words, span value);
bool luhn_ok(span value);
bool card_ok(span value); /* an issuer's first digits, and as long as its cards are */
bool iban_ok(span value);
bool nir_ok(span value);
bool ssn_ok(span value);
bool aba_ok(span value);
bool date_ok(span value);
/* The same, when its only letters are those of a month. */
bool is_day(span v);
bool nino_ok(span value);
bool de_tax_ok(span value);
bool dni_ok(span value);
bool codice_fiscale_ok(span value);
bool ahv_ok(span value);
/* Numbers by name (numbers.c): the index of one, SIZE_MAX when there is none of that name; and is the value one? */
size_t number_named(span name);
size_t number_kinds(void);
bool number_ok(size_t kind, span value);
size_t iban_length(unsigned char a, unsigned char b); /* 0: no such country */

/* The host or account that stands nearest, in the same paragraph. */
void host_near(span text, size_t at, size_t n, size_t *host_at, size_t *host_n);
/* "for db-prod-02", "auf web-3", "admin@nas2", "Wifi: BTHub6-K2QF,": a machine or network is named. */
bool host_told(span text, size_t at, size_t n);

#define MASK_TEXT 48
/* Printable ASCII or UTF-8 as it was; never more than six characters of the value. */
void mask_value(enum mask how, span value, char out[MASK_TEXT]);
/* The value as it is digested, into out. */
void form_value(enum form how, span value, struct buf *out);

const char *class_name(unsigned class);

#endif
