/* document-dump FILE...: the text of documents as tocsin reads it, for comparing with what other programs read. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/limits.h"
#include "document/document.h"
#include "stream/charset.h"

int main(int argc, char **argv)
{
	int status = 0;
	struct err e = {0};

	if (charset_open(&e) != OK)
		return 4;
	for (int i = 1; i < argc; i++) {
		struct arena *a;
		struct document d = {0};
		struct stat s;
		int fd = open(argv[i], O_RDONLY | O_CLOEXEC);
		void *p = fd >= 0 && fstat(fd, &s) == 0 && s.st_size > 0 ? mmap(NULL, (size_t)s.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;

		if (p == MAP_FAILED || arena_new(&a, LIMIT_DOCUMENT_ARENA, &e) != OK)
			return 4;
		if (document_read(a, span_of(p, (size_t)s.st_size), NULL, &d, &e) != OK) {
			fprintf(stderr, "%s: %s\n", argv[i], e.text);
			status = 1;
		} else if (d.problem != NULL) {
			fprintf(stderr, "%s: in part: %s\n", argv[i], d.problem);
		}
		if (d.text.n > 0)
			(void)fwrite(d.text.p, 1, d.text.n, stdout);
		arena_free(a);
		(void)munmap(p, (size_t)s.st_size);
		(void)close(fd);
	}
	return status;
}
