#include "evidence/opener.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define FLAGS (O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW)

int opener_open(struct opener *o, const char *path)
{
	const char *slash = strrchr(path, '/');
	size_t n = slash != NULL ? (size_t)(slash - path) : 0;

	if (n == 0 || n >= sizeof o->folder)
		return open(path, FLAGS);
	if (o->n != n || memcmp(o->folder, path, n) != 0) {
		opener_done(o);
		memcpy(o->folder, path, n);
		o->folder[n] = '\0';
		if ((o->folder_fd = open(o->folder, O_PATH | O_DIRECTORY | O_CLOEXEC)) < 0)
			return -1;
		o->n = n;
	}
	return openat(o->folder_fd, slash + 1, FLAGS);
}

void opener_done(struct opener *o)
{
	if (o->n != 0)
		(void)close(o->folder_fd);
	o->n = 0;
}
