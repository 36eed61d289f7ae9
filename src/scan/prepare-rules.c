/*
 * prepare-rules RULES: the rules that come with the program, tested while it is built, as a C file on standard output. A
 * run with the same files need not do it again, which is a third of what reading a small mailbox takes.
 */
#include <stdio.h>

#include "base/limits.h"
#include "scan/private.h"

static void put(span s)
{
	(void)printf("#include \"scan/scan.h\"\n\nstatic const unsigned char bytes[] = {");
	for (size_t i = 0; i < s.n; i++)
		(void)printf("%s%u,", i % 24 == 0 ? "\n" : "", s.p[i]);
	(void)printf("\n};\n\nspan scan_prepared(void) { return span_of(bytes, sizeof bytes); }\n");
}

int main(int argc, char **argv)
{
	struct arena *a = NULL;
	struct err e;
	span out;

	if (argc != 2 || arena_new(&a, 256 * MIB, &e) != OK)
		return 2;
	if (rules_prepare(a, argv[1], &out, &e) != OK) {
		(void)fprintf(stderr, "%s\n", e.text);
		return 1;
	}
	put(out);
	arena_free(a);
	return fflush(stdout) == 0 && ferror(stdout) == 0 ? 0 : 1;
}
