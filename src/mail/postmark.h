/* The From_ line of an mbox (RFC 4155 appendix A), and how sure one can be that it is one and not a sentence. */
#ifndef TOCSIN_MAIL_POSTMARK_H
#define TOCSIN_MAIL_POSTMARK_H

#include "base/span.h"

enum postmark {
	POSTMARK_NONE,
	POSTMARK_BARE,   /* without a date: "From " alone (Thunderbird), "From 18443477@xxx" (Google Takeout) */
	POSTMARK_DASH,   /* "From -" (Netscape, Thunderbird) */
	POSTMARK_LOOSE,  /* a month, a time and a year somewhere behind the address */
	POSTMARK_STRICT, /* address, then weekday, month, day, time, year in the order of asctime, zones allowed */
};

enum postmark postmark(span line); /* the line begins with "From " */

#endif
