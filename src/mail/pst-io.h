/*
 * Bytes in memory as libpff wants to read them: for pst.c alone. libbfio's own memory range reads past its end when a
 * file is shorter than what its header promises.
 */
#ifndef TOCSIN_MAIL_PST_IO_H
#define TOCSIN_MAIL_PST_IO_H

#include "base/span.h"
#include "mail/pst-library.h"

/* *out is freed by libbfio_handle_free; bytes must outlive it. */
MUST_CHECK enum errc pst_io_new(libbfio_handle_t **out, span bytes, struct err *e);

#endif
