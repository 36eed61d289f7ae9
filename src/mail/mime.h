/*
 * One message as it lies in memory, taken apart without copying: its header fields and its tree of parts (RFC
 * 5322, 2045, 2046). The parser never fails on bytes: whatever is wrong becomes a problem bit, and the tree is
 * as good as the bytes allow. Only memory and the arena's limit are errors. All spans point into the message
 * or the arena. One in UTF-16 or with lines that end in CR alone is parsed as its view (writing.h).
 *
 * Part paths are those of IMAP (RFC 9051 6.4.5): the body of a message that is not multipart is "1"; the
 * children of the outermost multipart are "1", "2", ...; theirs "1.1" ... The outermost multipart itself has the
 * path "". A message/rfc822 part is a leaf here: who wants the message in it calls mime_parse on its content.
 * Files in uuencode, yEnc or BinHex, and OpenPGP that is not encrypted, within the text of part "1" follow it as "1.u1", "1.u2", ..., and so does what lies there in base64 or
 * quoted-printable behind header fields of its own (mail returned as text); in the epilogue it is "u1". A multipart in which no part
 * can be found is read as text, so its path is that of a leaf. What lies in a TNEF part "2" (winmail.dat) follows it as
 * "2.t1", "2.t2": the body and the attachments that the sender wrote.
 *
 * Decided where real mail is unclear: a Content-Type that cannot be read is text/plain (RFC 2045 5.2), the first
 * of several counts; a delimiter line is the boundary and white space, and what stands behind that (so "--abcd" does not
 * end "abc"), the innermost multipart is asked first and an outer delimiter ends what is open within; preamble and
 * epilogue belong to no part. A line among header fields that is none is passed over when a known field follows (in a part: a Content-
 * one); else the body begins with it. A first line "From ..." or ">From ..." is passed over.
 */
#ifndef TOCSIN_MAIL_MIME_H
#define TOCSIN_MAIL_MIME_H

#include "base/arena.h"
#include "mail/header.h"
#include "stream/decode.h"

enum mime_problem {
	MIME_NO_HEADERS = 1u << 0,       /* the bytes do not begin with a header field: all is body */
	MIME_BAD_HEADER_LINE = 1u << 1,  /* a line that is no field among the fields, or the empty line is missing */
	MIME_HEADER_8BIT = 1u << 2,
	MIME_NUL = 1u << 3,
	MIME_BARE_CR = 1u << 4,
	MIME_NO_BOUNDARY = 1u << 5,      /* multipart without boundary parameter: read as text/plain */
	MIME_BOUNDARY_MISSING = 1u << 6, /* the boundary never occurs: read as text/plain */
	MIME_BOUNDARY_UNCLOSED = 1u << 7,
	MIME_UNKNOWN_ENCODING = 1u << 8,
	MIME_BAD_ENCODING = 1u << 9,     /* base64 or quoted-printable damaged (set when decoded) */
	MIME_BAD_CHARSET = 1u << 10,     /* unknown charset, or bytes that are not in it (set when converted) */
	MIME_LIMIT_DEPTH = 1u << 11,
	MIME_LIMIT_PARTS = 1u << 12,
	MIME_LIMIT_HEADERS = 1u << 13,
	MIME_LIMIT_SIZE = 1u << 14,
	MIME_TRUNCATED = 1u << 15,       /* the message ends where it should not */
	MIME_LIMIT_NEST = 1u << 16,
	MIME_LIMIT_ADDRESSES = 1u << 17, /* set by who reads the header's addresses (summary.h) */
	MIME_UTF16 = 1u << 18,           /* all of it is in UTF-16: read as UTF-8, in which its parts and the places in them are counted */
	MIME_DAMAGED = 1u << 19,         /* a message in a form of its own (TNEF, Outlook's) was read in part */
};
#define MIME_LIMIT_ANY (MIME_LIMIT_DEPTH | MIME_LIMIT_PARTS | MIME_LIMIT_HEADERS | MIME_LIMIT_SIZE | MIME_LIMIT_NEST | \
    MIME_LIMIT_ADDRESSES)

/* Names of the bits in *bits, comma-separated, in out ("" for none). */
void mime_problem_names(unsigned bits, char *out, size_t size);

enum part_kind {
	PART_LEAF,
	PART_MULTIPART,
	PART_MESSAGE, /* message/rfc822, message/global, or an attached .msg: part_message gives the message in it */
};

struct part {
	enum part_kind kind;
	const char *path;      /* "1.2", NUL-terminated */
	unsigned depth;        /* 0 for the outermost */
	size_t parent;         /* index of the multipart it is in; SIZE_MAX for the outermost */
	span type;             /* lower case "text/plain", defaults applied (RFC 2045 5.2, digest: message/rfc822) */
	span charset;          /* as written, unquoted; empty when none */
	span filename;         /* decoded (RFC 2231, 2047) UTF-8; from Content-Disposition, else name= */
	span other_names;      /* name=, and the filename= beside a filename*= (RFC 6266 4.3), where they are others: clients show one. Each a line */
	span disposition;      /* lower case "attachment", "inline" or empty */
	span content_id;
	span location;         /* Content-Location as written, folded; empty when none */
	span piece, pieces, piece_id; /* number, total and id of message/partial, as written: see pieces.h */
	bool flowed, delsp;    /* format=flowed of text/plain (RFC 3676) */
	enum encoding encoding;
	span header;           /* its header section; for the outermost of the message the message's own */
	span body;             /* encoded bytes; for a multipart all of it with its closing line */
	bool declared;         /* it had a Content-Type of its own */
	bool foreign;          /* a message in a form of its own (foreign.h) */
	span rendered;         /* of a foreign one: its rendering, in the arena of the parse */
	bool made;             /* out of a TNEF or signed part, or of decoded text: body is in the arena, not in the message */
	bool uuencoded;        /* (or in yEnc, BinHex, an entity's encoding) found within a text: body is its lines; that text keeps them too */
	bool opened;           /* S/MIME that is open to anyone (signed.h), or TNEF: what it holds is parts behind it */
	bool signed_data;      /* of the two it is S/MIME */
	bool encrypted;        /* S/MIME that is not open, whatever its header says */
	span inner_header;     /* of an opened one: of the multipart that it holds, which is no part of this message; else empty */
	bool in_encrypted;     /* child of a multipart/encrypted (RFC 1847) */
	unsigned problems;
};

struct message {
	span raw;
	span text;             /* what spans of the message point into: raw, or the view of it (writing.h) in the arena */
	bool from_quoted;      /* lies in an mbox: ">From " lines of identity and quoted-printable parts are unquoted */
	struct headers headers;
	span body;
	struct part *parts;    /* document order, multiparts included; at least one */
	size_t n_parts;
	unsigned problems;     /* of the message and all its parts */
};

/* raw and what it points to must outlive *out; *out lives in the arena. */
MUST_CHECK enum errc mime_parse(struct arena *a, span raw, bool from_quoted, struct message **out, struct err *e);

/*
 * The decoded bytes of a leaf or message part: transfer encoding undone, and mbox quoting where the message is
 * from_quoted. ERR_LIMIT past LIMIT_PART_BYTES. New problems are or'ed into *problems.
 */
MUST_CHECK enum errc part_content(struct arena *a, const struct message *m, const struct part *p, span *out,
    unsigned *problems, struct err *e);

/* S/MIME, signed, encrypted or compressed: all have one type (RFC 8551 3.2), and programs that forget the type leave the name. */
bool part_is_smime(const struct part *p);

/* S/MIME or OpenPGP encrypted content, which cannot be read here: the reason as text, else NULL. */
const char *part_sealed(const struct part *p);

#endif
