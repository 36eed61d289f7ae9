#include "scan/vectorscan.h"

#include <stdbool.h>

#include "base/library.h"

struct hs_calls hs;

enum errc hs_load(struct err *e)
{
	static bool ready;
#define HS_NAME(name) {"hs_" #name, &hs.name},
	static const struct library_name names[] = {HS_CALLS(HS_NAME)};
#undef HS_NAME
	enum errc rc = ready ? OK : library_load(SONAME_HS, names, sizeof names / sizeof *names, e);

	ready = rc == OK;
	return rc;
}
