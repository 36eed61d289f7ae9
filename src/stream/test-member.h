/* Archives that libarchive writes, and their members one after the other. */
#ifndef TOCSIN_STREAM_TEST_MEMBER_H
#define TOCSIN_STREAM_TEST_MEMBER_H

#include <archive.h>
#include <archive_entry.h>
#include <sys/mman.h>
#include <unistd.h>

#include "base/test.h"
#include "stream/member.h"

struct file { const char *name, *text; };

/* An archive that libarchive writes, in a descriptor of its own. */
static inline int written(int format, int filter, const char *options, const struct file *files, size_t n)
{
	int fd = memfd_create("archive", 0);
	struct archive *w = archive_write_new();

	assert_true(fd >= 0 && w != NULL);
	assert_int_equal(archive_write_set_format(w, format), ARCHIVE_OK);
	if (filter != ARCHIVE_FILTER_NONE)
		assert_int_equal(archive_write_add_filter(w, filter), ARCHIVE_OK);
	if (options != NULL) {
		assert_int_equal(archive_write_set_options(w, options), ARCHIVE_OK);
		assert_int_equal(archive_write_set_passphrase(w, "secret"), ARCHIVE_OK);
	}
	assert_int_equal(archive_write_open_fd(w, fd), ARCHIVE_OK);
	for (size_t i = 0; i < n; i++) {
		struct archive_entry *entry = archive_entry_new();

		archive_entry_set_pathname(entry, files[i].name);
		archive_entry_set_filetype(entry, files[i].text != NULL ? AE_IFREG : AE_IFDIR);
		archive_entry_set_perm(entry, 0644);
		archive_entry_set_size(entry, files[i].text != NULL ? (int64_t)strlen(files[i].text) : 0);
		assert_int_equal(archive_write_header(w, entry), ARCHIVE_OK);
		if (files[i].text != NULL)
			assert_int_equal(archive_write_data(w, files[i].text, strlen(files[i].text)), (la_ssize_t)strlen(files[i].text));
		archive_entry_free(entry);
	}
	assert_int_equal(archive_write_free(w), ARCHIVE_OK);
	return fd;
}

struct reading { struct arena *a; int fd, spool; struct archive_reader *r; };

static inline struct reading reading_of(int fd)
{
	struct reading s = {.a = test_arena(), .fd = fd, .spool = memfd_create("spool", 0)};

	assert_true(s.spool >= 0);
	assert_ok(archive_open(&s.r, fd, s.spool, &e));
	return s;
}

static inline void reading_end(struct reading *s)
{
	archive_close(s->r);
	arena_free(s->a);
	close(s->spool);
	close(s->fd);
}

static inline const struct member *next(struct reading *s)
{
	struct member *m;

	assert_ok(archive_next(s->r, s->a, &m, &e));
	return m;
}

static inline void assert_spool(struct reading *s, const struct member *m, const char *want)
{
	char got[4096];

	assert_int_equal(lseek(s->spool, 0, SEEK_END), m->n_bytes);
	assert_int_equal(pread(s->spool, got, sizeof got, 0), strlen(want));
	assert_memory_equal(got, want, strlen(want));
}

#endif
