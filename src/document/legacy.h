/*
 * What the readers of compound files (MS-CFB) share: the binary formats of Office 97 to 2003, macros, embedded objects. Each reader
 * takes the streams it needs and writes into the layout; what it does not understand it passes over.
 */
#ifndef TOCSIN_DOCUMENT_LEGACY_H
#define TOCSIN_DOCUMENT_LEGACY_H

#include "document/private.h"
#include "base/cursor.h"
#include "base/utf8.h"
#include "stream/charset.h"
#include "stream/compound.h"

/* Why a document with a password was not read. */
#define ENCRYPTED_OFFICE "encrypted Office document: needs a password"

/* ---- cells.c: values of binary sheets ----------------------------------------------------------------------- */

/*
 * How a format of numbers shows them, by its number or its code: as stored, with that many digits ("0000" of a PIN: zeros go before it),
 * or as a date. Codes of formats 164 and up are the file's own.
 */
enum { FORM_STORED = 0, FORM_DIGITS = 32 /* at most */, FORM_DATE = 255 };
unsigned char format_form(unsigned number, span code);
/* Of a style: by its format, where the file has given that one a form, else as it is built in. */
static inline unsigned char style_form(const unsigned char *given, size_t n, unsigned number)
{
	return number < n && given[number] > FORM_STORED ? given[number] : format_form(number, SPAN_EMPTY);
}
/* The charset of a code page as a sheet names it; NULL: none that says how its bytes are meant. */
const struct charset *sheet_charset(unsigned page);
/* In that form; a date in ISO 8601. */
void put_number(struct layout *l, double value, unsigned char form, bool from_1904);
/* On one line, without tabs. */
void put_flat(struct layout *l, span utf8);
/* What a page's header or footer says, without its codes. */
void page_header_words(struct buf *out, span utf8);

/* RkNumber (MS-XLS 2.5.217): the upper 30 bits of a double or an integer, and whether it was multiplied by 100. */
double rk_value(uint32_t rk);

/* A sheet under way: cells come in order of rows and columns; both count from 0 here. */
struct grid { struct layout *l; uint32_t row, column; bool open; };
/* Moves to the cell: ends the row before it, or puts a tab for each column passed. */
void grid_cell(struct grid *g, uint32_t row, uint32_t column);

/* ---- one file a format -------------------------------------------------------------------------------------- */

/* Tracked changes, by where the bytes of the text lie in their stream. */
enum doc_change { DOC_KEPT = 0, DOC_DELETED, DOC_INSERTED };
struct doc_run { size_t from, to; enum doc_change change; };
struct doc_changes { struct doc_run *v; size_t n, cap, next; };
/* plc: where the formatting of characters is (PlcBteChpx). False: memory. */
bool doc_changes_read(struct arena *a, span text, span plc, struct doc_changes *out);
/* What happened to the byte there, and to those behind it up to *until. */
enum doc_change doc_change_at(struct doc_changes *c, size_t at, size_t *until);
/* Who made comments and changes. */
void doc_authors_put(struct layout *l, span text, span table);
/* The streams "WordDocument", "0Table" and "1Table"; those that are not there are empty. */
MUST_CHECK enum errc doc_read(struct layout *l, span text, span table_0, span table_1, struct err *e);
/* Of Word before 6, which is in no compound file. */
bool old_doc_is(span content);
MUST_CHECK enum errc old_doc_read(struct layout *l, span content, struct err *e);
/* The stream "Workbook" or "Book". */
MUST_CHECK enum errc xls_read(struct layout *l, span workbook, struct err *e);
/* A sheet, or several, of records that lie in no compound file. */
bool old_sheet_is(span content);
MUST_CHECK enum errc old_sheet_read(struct layout *l, span content, struct err *e);
/* A stream of the storage _SX_DB_CUR. */
void pivot_cache_read(struct layout *l, span stream);
/* What fields of forms hold, in the stream "Data" of Word. */
void doc_data_read(struct layout *l, span data);

/* With a password: the streams as they would be without, in the arena. filepass is the content of that record. */
MUST_CHECK enum errc xls_unlock(struct layout *l, span workbook, span filepass, span *out, struct err *e);
MUST_CHECK enum errc doc_unlock(struct layout *l, span *text, span *table, struct err *e);
/* The streams EncryptionInfo and EncryptedPackage: the package. */
MUST_CHECK enum errc office_unlock(struct layout *l, span info, span package, span *out, struct err *e);
/* The parts of a workbook in binary, xl/workbook.bin and so on. */
MUST_CHECK enum errc xlsb_read(struct layout *l, const struct zip *z, struct err *e);
MUST_CHECK enum errc ppt_read(struct layout *l, span stream, span current_user, struct err *e);
/* The modules of a storage VBA. */
MUST_CHECK enum errc vba_read(struct layout *l, const struct compound *c, const struct compound_entry *vba, struct err *e);
/* Undoes the compression of MS-OVBA 2.4.1, appended; false when damaged: what came before stays. */
bool vba_unpack(span s, struct buf *out);
void property_set_read(struct layout *l, span stream);
/* The stream "\1Ole10Native". */
MUST_CHECK enum errc ole_package_read(struct layout *l, span native, struct err *e);
/* A compound file. */
MUST_CHECK enum errc ole_read(struct layout *l, span content, struct err *e);
/* What the storage is, where a program that is known by name and not read wrote it; NULL: none. Static. */
const char *program_says(const struct compound *c, const struct compound_entry *in);
/* The letters in a storage of any other program, with what it is. */
MUST_CHECK enum errc programs_read(struct layout *l, const struct compound *c, const struct compound_entry *in, struct err *e);
/* What shapes say: in a table of n properties, which such a record has; in the records of drawings; in a hyperlink. A line each, appended. */
bool drawn_is(unsigned type);
void drawn_put(span table, unsigned n, struct buf *out);
void drawn_read(span records, struct buf *out);
void link_put(span object, struct buf *out);
/* The stream "VisioDocument"; *done: its streams were found, and their letters put. */
MUST_CHECK enum errc visio_read(struct layout *l, span bytes, bool *done, struct err *e);
/* An SQLite database. */
MUST_CHECK enum errc sqlite_read(struct layout *l, span file, struct err *e);
MUST_CHECK enum errc rich_read(struct layout *l, span content, struct err *e);
/* What a file is that is a secret as a whole, "vault: ..." or "key: ..."; NULL: none. Static. */
const char *vault_kind(span content);
void vault_read(struct layout *l, span content);
/* The line that says so. */
void vault_put(struct layout *l, const char *kind, span content);
/* iCalendar, vCard, exports of the registry, settings of Remote Desktop. */
bool form_is(span content);
MUST_CHECK enum errc form_read(struct layout *l, span content, struct err *e);
MUST_CHECK enum errc calendar_read(struct layout *l, span content, struct err *e); /* of iCalendar and vCard */
/* What a page of HTML shows, and what it does not. */
MUST_CHECK enum errc markup_put(struct layout *l, span page, struct err *e);
/* Sheets as lines of text: SYLK, DIF. */
bool listed_is(span content);
MUST_CHECK enum errc listed_read(struct layout *l, span content, struct err *e);
/* Text files in which programs keep passwords. */
bool keeps_is(span content);
MUST_CHECK enum errc keeps_read(struct layout *l, span content, struct err *e);
/* A part of Pages, Numbers or Keynote. */
bool iwa_is(span content);
MUST_CHECK enum errc iwa_read(struct layout *l, span content, struct err *e);
/* known-keys.c: what anybody can decrypt. *done or true: its text was put. */
MUST_CHECK enum errc group_policy_password(struct layout *l, span written, bool *done, struct err *e);
bool cisco_vpn_password(struct layout *l, span written);
bool dbeaver_is(span content);
MUST_CHECK enum errc dbeaver_read(struct layout *l, span content, struct err *e);
/* Says of a database of SQLite that it is a vault, when it is one. */
void database_vault(struct layout *l, span file);
/* Is it text of some charset, by its beginning? */
bool letters_only(span s);
/* UTF-16, little-endian, of mostly Latin letters: every other byte is zero. */
bool letters_wide(span bytes);
bool is_picture(span s);
/* A file of a kind that people send and that is not read as what it is; of such a one, runs of letters. */
bool letters_kind(span s);
/* A binary property list of Apple. */
MUST_CHECK enum errc plist_read(struct layout *l, span file, struct err *e);
MUST_CHECK enum errc letters_read(struct layout *l, span s, struct err *e);
/* Only they, a line a run, where the text under way stands. */
void letters_put(struct layout *l, span s);

#endif
