/*
 * What the files of the PDF reader (ISO 32000-1) share: values as bytes that are looked at when asked for, objects by number,
 * streams decoded, fonts that turn codes into characters.
 *
 * Objects are found by walking the file, not by its cross-reference table, so that a damaged file gives all that is
 * in it; of two objects with one number the later in the file counts, as incremental updates mean it.
 */
#ifndef TOCSIN_DOCUMENT_PDF_H
#define TOCSIN_DOCUMENT_PDF_H

#include "document/private.h"

/* A value as written: "12", "(text)", "<< ... >>", "[ ... ]", "/Name", "7 0 R". */
struct pdf_object {
	uint32_t number, generation;
	span value;      /* the object, without its stream */
	span stream;     /* encoded; p NULL when it has none */
	bool in_stream;  /* lay in an object stream: its strings are not encrypted on their own */
};

struct pdf_crypt;
struct pdf {
	struct arena *a;
	struct layout *l;
	span bytes;
	struct pdf_object *objects; /* by number, each once */
	size_t n_objects;
	span trailer;               /* dictionary with /Root */
	struct pdf_crypt *crypt;    /* NULL: not encrypted */
	bool right_to_left;         /* letters that are written so were shown */
	struct content *spare;      /* for the next content stream: a document has as many as it has pages and forms */
	struct pdf_fonts *fonts;    /* met so far, of all pages; NULL before the first */
	const unsigned char **told; /* strings that were put, where they are written */
	size_t n_told, cap_told;
	struct buf actual;          /* of the page under way: what other words a page says it stands for */
	uint64_t budget;            /* decoded bytes that may still be made: a bomb ends there */
};

/* ---- pdf-value.c ---------------------------------------------------------------------------------------------- */

/* Takes the next value off *rest; p NULL at the end. An operator of a content stream is a value too. */
span pdf_next(span *rest);
/* The same within a dictionary or array, where "7 0 R" is one value; p NULL also at its end. */
span pdf_next_value(span *rest);
/* The value of a key ("Type") of a dictionary, as written, which may be a reference; p NULL when it is not there. */
span pdf_key(span dictionary, const char *key);
bool pdf_is_name(span value, const char *name); /* "/Name" */
/* The next byte of a name that is not empty, which moves: "#2C" is a comma (7.3.5). */
unsigned char pdf_name_next(span *name);
double pdf_number(span value, double otherwise);
/* The bytes of a string "(...)" or "<...>"; p NULL when it is none, or memory. */
span pdf_string(struct arena *a, span value);
/* Hexadecimal digits, others passed over, as bytes: at most in.n / 2 + 1. Returns how many. */
size_t pdf_hex(span in, unsigned char *out);
/* A text string (7.9.2.2) as UTF-8. */
MUST_CHECK enum errc pdf_text(struct pdf *f, span bytes, span *out, struct err *e);

/* ---- pdf-object.c --------------------------------------------------------------------------------------------- */

MUST_CHECK enum errc pdf_objects(struct pdf *f, struct err *e);
/* A reference followed (through others, but not for ever); *object (may be NULL) is the object it led to. */
span pdf_resolve(const struct pdf *f, span value, const struct pdf_object **object);
/* The key's value, references followed. */
span pdf_get(const struct pdf *f, span dictionary, const char *key);
/* A stream decrypted and decoded; empty, with a problem in the layout, when it cannot be. */
MUST_CHECK enum errc pdf_stream(struct pdf *f, const struct pdf_object *o, span *out, struct err *e);

/*
 * What is looked through again for each that names it, a list that pages share or a large dictionary, counts as if it was decoded once more.
 * False, said in the layout, when nothing is left.
 */
bool pdf_spend(struct pdf *f, size_t n);

/* ---- pdf-filter.c --------------------------------------------------------------------------------------------- */

/* One filter undone; *why when it could not be (static). */
MUST_CHECK enum errc pdf_unfilter(struct pdf *f, span name, span parameters, span in, span *out, const char **why,
    struct err *e);

/* ---- pdf-crypt.c ---------------------------------------------------------------------------------------------- */

/* The standard security handler with the empty user password (7.6.3): ERR_EVIDENCE when that does not open it. */
MUST_CHECK enum errc pdf_crypt_open(struct pdf *f, struct err *e);
bool pdf_files_sealed(const struct pdf *f); /* that none of the passwords opens, though the pages are open */
MUST_CHECK enum errc pdf_decrypt(struct pdf *f, const struct pdf_object *o, bool stream, span in, span *out, struct err *e);

/* ---- pdf-font.c ----------------------------------------------------------------------------------------------- */

struct pdf_font;
/* Never fails on what the file says: a font that cannot be understood gives U+FFFD. */
MUST_CHECK enum errc pdf_font_new(struct pdf *f, span dictionary, struct pdf_font **out, struct err *e);
/* The next character of a string: its code is taken off *s, its text appended; its width in thousandths of the font size. */
double pdf_font_next(const struct pdf_font *font, span *s, struct buf *out, bool *blank);

/* ---- pdf-cff.c ------------------------------------------------------------------------------------------------- */

/* What the codes are that a font of Type 1C, or an OpenType one of its kind, encodes itself; the others stay as they are. */
void pdf_cff_encoding(span file, uint32_t simple[256]);

/* ---- pdf-widths.c ---------------------------------------------------------------------------------------------- */

/* The widths of a standard font by its name; out stays as it is when it is none. */
void pdf_standard_widths(span name, double out[256]);

/* ---- pdf.c ----------------------------------------------------------------------------------------------------- */

/* A string of an object, decrypted, as a line of text. */
MUST_CHECK enum errc pdf_line(struct pdf *f, const struct pdf_object *o, span value, const char *before, struct err *e);

/* ---- pdf-extras.c ---------------------------------------------------------------------------------------------- */

/* What stands outside of the pages; and files attached to it. */
MUST_CHECK enum errc pdf_extras(struct pdf *f, span root, struct err *e);
MUST_CHECK enum errc pdf_embedded(struct pdf *f, span root, struct err *e);

/* Rich text: XHTML. */
MUST_CHECK enum errc pdf_markup(struct pdf *f, span text, struct err *e);

/* ---- pdf-words.c ----------------------------------------------------------------------------------------------- */

/* Strings that nothing else put. */
MUST_CHECK enum errc pdf_words(struct pdf *f, struct err *e);

/* ---- pdf-earlier.c --------------------------------------------------------------------------------------------- */

/* What earlier versions of the file said and the text from byte `before` of the layout does not; read: one version. */
typedef enum errc pdf_version_fn(struct layout *l, span content, struct err *e);
MUST_CHECK enum errc pdf_earlier(struct layout *l, span content, size_t before, pdf_version_fn *read, struct err *e);

/* ---- pdf-content.c -------------------------------------------------------------------------------------------- */

/* The text that a content stream shows, with the fonts and forms of its resources. */
MUST_CHECK enum errc pdf_content(struct pdf *f, span content, span resources, unsigned depth, struct err *e);

/* ---- pdf-bidi.c ------------------------------------------------------------------------------------------------ */

/* Lines as a page shows them from left to right, in place: what is Hebrew or Arabic in the order in which it is written. */
void pdf_lines_turn(unsigned char *p, size_t n);
/* A letter; an Arabic one in the form that it has within a word as the letter alone. */
void pdf_letter_put(struct buf *b, uint32_t c);

#endif
