#include "mail/pst-io.h"

#include <stdio.h>
#include <stdlib.h>

struct io { span bytes; uint64_t at; };

static int io_free(intptr_t **h, libbfio_error_t **error)
{
	(void)error;
	free(*h);
	*h = NULL;
	return 1;
}

static int io_clone(intptr_t **to, intptr_t *from, libbfio_error_t **error)
{
	struct io *copy = malloc(sizeof *copy);

	(void)error;
	if (copy == NULL)
		return -1;
	*copy = *(struct io *)from;
	*to = (intptr_t *)copy;
	return 1;
}

static int io_open(intptr_t *h, int flags, libbfio_error_t **error)
{
	(void)error;
	((struct io *)h)->at = 0;
	return (flags & LIBBFIO_ACCESS_FLAG_WRITE) == 0 ? 1 : -1;
}

static int io_close(intptr_t *h, libbfio_error_t **error)
{
	(void)h;
	(void)error;
	return 0;
}

static ssize_t io_read(intptr_t *h, uint8_t *buffer, size_t size, libbfio_error_t **error)
{
	struct io *io = (struct io *)h;
	span s = io->at < io->bytes.n ? span_first(span_from(io->bytes, (size_t)io->at), size) : SPAN_EMPTY;

	(void)error;
	if (s.n != 0)
		memcpy(buffer, s.p, s.n);
	io->at += s.n;
	return (ssize_t)s.n;
}

static ssize_t io_write(intptr_t *h, const uint8_t *buffer, size_t size, libbfio_error_t **error)
{
	(void)h;
	(void)buffer;
	(void)size;
	(void)error;
	return -1;
}

static off64_t io_seek(intptr_t *h, off64_t offset, int whence, libbfio_error_t **error)
{
	struct io *io = (struct io *)h;
	off64_t from = whence == SEEK_CUR ? (off64_t)io->at : whence == SEEK_END ? (off64_t)io->bytes.n : 0;

	(void)error;
	if (offset > INT64_MAX - from || offset < -from)
		return -1;
	io->at = (uint64_t)(from + offset);
	return from + offset;
}

static int io_is(intptr_t *h, libbfio_error_t **error)
{
	(void)error;
	return h != NULL;
}

static int io_size(intptr_t *h, size64_t *size, libbfio_error_t **error)
{
	(void)error;
	*size = ((struct io *)h)->bytes.n;
	return 1;
}

enum errc pst_io_new(libbfio_handle_t **out, span bytes, struct err *e)
{
	struct io *io = malloc(sizeof *io);

	*out = NULL;
	if (io == NULL)
		return err_memory(e);
	*io = (struct io){.bytes = bytes};
	if (bfio.handle_initialize(out, (intptr_t *)io, io_free, io_clone, io_open, io_close, io_read, io_write, io_seek, io_is,
		io_is, io_size, LIBBFIO_FLAG_IO_HANDLE_MANAGED | LIBBFIO_FLAG_IO_HANDLE_CLONE_BY_FUNCTION, NULL) != 1) {
		free(io);
		return err_memory(e);
	}
	return OK;
}
