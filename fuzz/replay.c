/* Runs a fuzz target over every file of the folders that are named: seeds as ordinary tests. */
#include <dirent.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/io.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int replay(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *ent;
	int n = 0;

	if (d == NULL) {
		perror(dir);
		return -1;
	}
	while ((ent = readdir(d)) != NULL) {
		struct err e = {0};
		struct buf b;
		int fd;

		if (ent->d_name[0] == '.')
			continue;
		buf_init(&b, (size_t)64 << 20);
		fd = openat(dirfd(d), ent->d_name, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || io_read_fd(fd, &b, &e) != OK) {
			(void)fprintf(stderr, "%s/%s: cannot be read\n", dir, ent->d_name);
			exit(1);
		}
		(void)close(fd);
		(void)LLVMFuzzerTestOneInput(b.p, b.n);
		buf_free(&b);
		n++;
	}
	(void)closedir(d);
	return n;
}

int main(int argc, char **argv)
{
	int n = 0;

	for (int i = 1; i < argc; i++) {
		int k = replay(argv[i]);

		if (k <= 0) {
			(void)fprintf(stderr, "%s: no seeds\n", argv[i]);
			return 1;
		}
		n += k;
	}
	(void)printf("%d seeds replayed\n", n);
	return 0;
}
