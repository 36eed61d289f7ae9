/*
 * RTF to what a person would read. Plain text: paragraphs, rows and lines end in LF, cells in a tab, characters by
 * code page of their font, by \u and by name; hidden text is text too, so are comments, notes, headers and the document's
 * properties; pictures, objects, style sheets and unknown ignorable destinations are not. The target of a link
 * comes before its text as " <...>". RTF that Outlook made of HTML (MS-OXRTFEX, \fromhtml1) gives that HTML back.
 *
 * Nothing fails on bytes: what is wrong is a bit in problems and the text is as good as the bytes allow.
 */
#ifndef TOCSIN_STREAM_RTF_H
#define TOCSIN_STREAM_RTF_H

#include "base/arena.h"

enum rtf_problem {
	RTF_TRUNCATED = 1u << 0, /* groups are open at the end, or the compressed bytes end early */
	RTF_CHARSET = 1u << 1,   /* bytes that are not in their code page, or a code page nobody knows */
	RTF_LIMIT = 1u << 2,     /* deeper groups, more fonts or longer text than is read */
	RTF_CHECKSUM = 1u << 3,  /* compressed RTF: its checksum is another */
};

enum rtf_kind {
	RTF_IS_RTF,  /* *out is plain text */
	RTF_IS_HTML, /* it carried HTML: *out is that, as UTF-8 whatever a <meta> in it says */
	RTF_IS_TEXT, /* it carried plain text (\fromtext) */
};

/* By its first bytes, "{\rtf". */
bool rtf_sniff(span bytes);

/* *out is valid UTF-8 in the arena. problems (may be NULL) gets bits or'ed in. */
MUST_CHECK enum errc rtf_text(struct arena *a, span in, enum rtf_kind *kind, span *out, unsigned *problems, struct err *e);

/*
 * PidTagRtfCompressed undone (MS-OXRTFCP): "LZFu" or stored, "MELA". ERR_EVIDENCE when it is neither; damaged
 * bytes give as much as they can.
 */
MUST_CHECK enum errc rtf_decompress(struct arena *a, span in, span *out, unsigned *problems, struct err *e);

#endif
