/*
 * The text that a person would read in a part: transfer encoding undone, charset converted, HTML stripped, for
 * scan (secrets) and attribute (mentions). It is made again whenever it is needed and never stored.
 *
 * A place in the text is turned back into a place in the decoded part by part_text_place, so that a finding
 * names bytes that anybody can check, though tags, entities or a charset stood between.
 */
#ifndef TOCSIN_MAIL_TEXT_H
#define TOCSIN_MAIL_TEXT_H

#include "base/buf.h"
#include "document/document.h"
#include "mail/mime.h"
#include "stream/charset.h"
#include "stream/passwords.h"

enum text_outcome {
	TEXT_READ,
	TEXT_PARTIAL, /* cut at a limit, or damaged: reason says */
	TEXT_NOT,     /* not text, sealed, or not decodable: reason says */
};

struct part_text {
	enum text_outcome outcome;
	const char *reason; /* static; NULL when READ */
	const char *guess;  /* why its charset is a guess; static; NULL when it is none, or the usual one */
	bool html;
	bool names;         /* it is names of files, a line each */
	const struct charset *charset;
	span content;       /* the decoded part, as far as it is read; empty when TEXT_NOT */
	span source;        /* content as UTF-8, with its markup */
	span utf8;          /* the text; valid UTF-8 */
	unsigned problems;  /* enum mime_problem */
	const struct document *document;       /* NULL when it is none: content is then its text, not its bytes */
	struct html_places *html_places;       /* NULL when not html */
	struct charset_places *charset_places; /* NULL when source is content as it is */
	struct flow *flow;                     /* NULL when nothing was taken out */
};

/*
 * A multipart or message part is TEXT_NOT with reason NULL: it has no text of its own. What is text by its type or file
 * name (text/..., json, xml, csv, env, ini, log, sql, ps1, ics, vcf ...) and what says nothing but whose bytes are
 * text are read, and so are documents (document.h); everything else says what it is. passwords are tried on what is
 * encrypted; NULL: none.
 */
MUST_CHECK enum errc part_text(struct arena *a, const struct message *m, const struct part *p, struct passwords *passwords,
    struct part_text *out, struct err *e);

/*
 * The texts of a part, one after the other: its own, or, when it is an archive, those of all that lies in it, archives and messages
 * within it included. A member is a part of its own to fn, with the path "2!/dir/hosts.csv"; part and text live until fn
 * returns. What cannot be read is a text that is TEXT_NOT, with its reason. name: NULL, all names as they are.
 */
typedef enum errc part_text_fn(void *ctx, const struct part *p, const struct part_text *t, struct err *e);
/*
 * How a path is to have the name of a member, number `index` of what has the path `holder`: *shown is the name, or becomes as many bytes, with
 * stars for a secret. Then the member's number stands behind it ("2!/pw ******.csv#4"), and what the name is in clear comes as a text of
 * its own, with that path and MEMBER_NAME behind it.
 */
#define MEMBER_NAME "!name"
typedef enum errc member_name_fn(void *ctx, const char *holder, span name, uint64_t index, span *shown, struct err *e);
/*
 * For who has paths with such names, and reads again what they lead to: the paths are added, best sorted, and live as long as the list; then
 * the list is sorted, once. member_name_in is the name as a path of the list has it, empty when none leads to that member.
 */
struct member_name { uint64_t index; size_t at; /* where "#index" stands */ span path; };
struct member_names { struct member_name *v; size_t n, cap; };
MUST_CHECK enum errc member_names_add(struct arena *a, struct member_names *l, span path, struct err *e);
void member_names_sort(struct member_names *l);
span member_name_in(const struct member_names *l, const char *holder, span name, uint64_t index);
/* As it is read: as long as the name without its ending, each folder a line. p NULL: memory. */
span member_name_text(struct arena *a, span name);
/* ".docx" is nobody's word, and would be taken for the end of one. */
span name_without_ending(span name);
MUST_CHECK enum errc part_texts(struct arena *a, const struct message *m, const struct part *p, struct passwords *passwords,
    part_text_fn *fn, member_name_fn *name, void *ctx, struct err *e);

/*
 * The subject, decoded, as a text of its own: places in it are places in the decoded UTF-8. As with the row that a case
 * keeps of a message, the first Subject field that says something counts. TEXT_NOT without one.
 */
#define SUBJECT_PATH "subject"
#define SUBJECT_TYPE "message/header"
#define NAMES_PATH "names"
MUST_CHECK enum errc subject_text(struct arena *a, const struct message *m, struct part_text *out, struct err *e);

/*
 * What is in none of the parts, by its path: the subject, the names of the files without their endings, a line each, what else people
 * write into header fields (header_words), and, of a multipart message, what stands before its first part and behind its last (RFC 2046
 * 5.1.1), which mail programs do not show. TEXT_NOT where there is nothing.
 */
enum { LOOSE_PATHS = 5, LOOSE_OF_HEADER = 3 }; /* the first three are of type SUBJECT_TYPE */
extern const char *const loose_paths[LOOSE_PATHS];
MUST_CHECK enum errc loose_text(struct arena *a, const struct message *m, span path, struct part_text *out, struct err *e);

/*
 * "Comments: ..." and the like, a line each and decoded: of the message and its parts all fields but those that programs write, of
 * fields of addresses what stands beside these, and lines in a header section that are no fields. Of several subjects the first that says
 * something is not among them, nor is what repeats it.
 */
MUST_CHECK enum errc header_words(struct arena *a, const struct message *m, struct buf *out, struct err *e);

/*
 * Bytes [at, at + n) of t->utf8 as [*at_byte, *at_byte + *n_bytes) of t->content. Asked in the order of the text it
 * is cheap; a place before the last one walks from the beginning of the part.
 */
void part_text_place(const struct part_text *t, size_t at, size_t n, uint64_t *at_byte, uint64_t *n_bytes);

/*
 * The other way: what bytes [at_byte, at_byte + n_bytes) of t->content became, as [*at, *at + *n) of t->utf8; *n 0 for nothing. Asked in
 * the order of the content it is cheap.
 */
void part_text_at(const struct part_text *t, uint64_t at_byte, uint64_t n_bytes, size_t *at, size_t *n);
/* That text, as a finding recorded it: what --reveal shows. */
MUST_CHECK enum errc part_text_value(const struct part_text *t, uint64_t at_byte, uint64_t n_bytes, span *value, struct err *e);

#endif
