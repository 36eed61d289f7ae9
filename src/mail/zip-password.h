/* The password of an attached archive that libarchive decrypts: ZIP. Those of 7z and RAR are tried by stream/unseal.h. */
#ifndef TOCSIN_MAIL_ZIP_PASSWORD_H
#define TOCSIN_MAIL_ZIP_PASSWORD_H

#include "base/arena.h"
#include "base/buf.h"
#include "stream/passwords.h"

/*
 * The one of p (may be NULL) that opens the archive; its p is NULL where it needs none, or none of them does. data has room for a member
 * and what is left of one afterwards.
 */
MUST_CHECK enum errc archive_password(struct arena *a, span bytes, struct passwords *p, struct buf *data, span *password, struct err *e);

#endif
