#include "scan/vectorscan.h"

#include "base/library.h"

struct hs_calls hs;

#define HS_NAME(name) {"hs_" #name, &hs.name},
static const struct library_name names[] = {HS_CALLS(HS_NAME)};
#undef HS_NAME
static struct library library = LIBRARY(SONAME_HS, names);

enum errc hs_load(struct err *e) { return library_load(&library, e); }
