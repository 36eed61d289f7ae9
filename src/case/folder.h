/*
 * What folders are called: by mail programs and servers, in their users' languages, on disk and in logs. Names are compared as
 * folder_plain gives them, so that neither case, accents and blanks nor the way a name is written down tell two apart.
 */
#ifndef TOCSIN_CASE_FOLDER_H
#define TOCSIN_CASE_FOLDER_H

#include "base/span.h"

enum folder_kind { FOLDER_OTHER, FOLDER_INBOX, FOLDER_SENT, FOLDER_DRAFTS, FOLDER_JUNK, FOLDER_TRASH, FOLDER_ARCHIVE };

#define FOLDER_NAME_SIZE 512 /* what is longer is cut */

/*
 * One folder's name in small letters without accents, '_' and '-' as blanks, without what only programs put to it: ".mbox", a
 * dot or bracket before it. IMAP's modified UTF-7 (RFC 3501 5.1.3), as Dovecot and Courier write names on disk, is undone.
 */
span folder_plain(span name, unsigned char out[FOLDER_NAME_SIZE]);
/* What a folder of that name, as given, is for. */
enum folder_kind folder_kind(span name);
/* Of a name that folder_plain has made. */
enum folder_kind folder_plain_kind(span plain);

#endif
