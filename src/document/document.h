/*
 * Documents on paper: the text that a person would read in an office document or a PDF, and in words where it stands
 * ("sheet Hosts, cell D14"). Pure parsers over bytes in memory; they belong into a worker, since what they read is hostile.
 *
 * Text is laid out so that detectors meet it as they meet mail: a paragraph is a line, a row of a table or sheet is a
 * line with a tab between its cells. Hidden sheets, rows and text, comments, tracked deletions, notes and properties
 * are text like all other: whoever read the mail could see them.
 */
#ifndef TOCSIN_DOCUMENT_DOCUMENT_H
#define TOCSIN_DOCUMENT_DOCUMENT_H

#include "base/arena.h"

enum document_kind {
	DOCUMENT_NONE,
	DOCUMENT_OOXML, /* ECMA-376: docx, xlsx, pptx and their macro and template forms */
	DOCUMENT_ODF,   /* OASIS OpenDocument: odt, ods, odp ... */
	DOCUMENT_PDF,   /* ISO 32000 */
	DOCUMENT_OLE,   /* MS-CFB: doc, xls, ppt, and OOXML with a password */
	DOCUMENT_RTF,
	DOCUMENT_FLAT,  /* one file of XML: Word and Excel 2003, a package or OpenDocument that is not packed */
	DOCUMENT_SQLITE,
	DOCUMENT_PLIST, /* a binary property list of Apple */
	DOCUMENT_LETTERS, /* OneNote, Access, a shortcut or event log of Windows: only the letters in it */
	DOCUMENT_IWA,   /* a part of Pages, Numbers or Keynote: only the strings in it */
	DOCUMENT_FORM,  /* text that folds or escapes its words: iCalendar, vCard, .reg, .rdp */
	DOCUMENT_LISTED, /* a sheet as lines of text: SYLK, DIF */
	DOCUMENT_RECORDS, /* a sheet of Excel in no compound file */
	DOCUMENT_WORD,  /* a document of Word in no compound file */
	DOCUMENT_KEEPS, /* text in which a program keeps passwords */
	DOCUMENT_VAULT, /* a secret as a whole: a safe of passwords, a key store, a private key in DER */
};

/* From `at` on the text stands there: in a group (a sheet, a slide, a page), and with row > 0 at a cell or paragraph of it. */
enum document_hidden { HIDDEN_ROW = 1, HIDDEN_COLUMN = 2 };
struct document_place { size_t at; uint32_t group, row, column; unsigned hidden; /* enum document_hidden, or'ed: of a sheet that shows itself */ };
struct document_group {
	span name;    /* "sheet Hosts" */
	bool cells;   /* rows and columns are those of a sheet; else rows are paragraphs, or: */
	bool lines;   /* of the file */
};

#define DOCUMENT_SHEETS "names of sheets" /* the group that has them, a line each */

struct document {
	span text;           /* valid UTF-8 */
	const char *problem; /* why not all of it was read; NULL when all was */
	const struct document_place *places; /* ascending */
	size_t n_places;
	const struct document_group *groups;
	size_t n_groups;
};

/* By content, never by name. */
enum document_kind document_kind(span content);
/* Could it be one, by its first bytes? Then all of it must be looked at. */
bool document_may_be(span head);

/*
 * Reads it, in memory of its own; *out lives in the arena. A damaged document gives what could be read and a problem; ERR_EVIDENCE, with why,
 * when nothing could be. passwords are tried on what is encrypted; NULL: none. Errors else are memory's.
 */
struct passwords;
MUST_CHECK enum errc document_read(struct arena *a, span content, struct passwords *passwords, struct document *out, struct err *e);

/*
 * The pictures in an office package or PDF, each as the file of a picture, numbered from 1: at most LIMIT_DOCUMENT_PICTURES. They live
 * until fn returns; its error ends it.
 */
typedef enum errc document_picture_fn(void *ctx, size_t number, span picture, struct err *e);
MUST_CHECK enum errc document_pictures(struct arena *a, span content, document_picture_fn *fn, void *ctx, struct err *e);

/* Where byte `at` of the text stands, in words; "" when there is nothing to say; NULL: memory. */
MUST_CHECK const char *document_where(struct arena *a, const struct document *d, size_t at);
/* The name of the sheet in whose cells byte `at` stands ("Hosts"); empty: in none. */
span document_sheet(const struct document *d, size_t at);
/* Does the name of a sheet stand there, among the others? */
bool document_is_sheets(const struct document *d, size_t at);

#endif
