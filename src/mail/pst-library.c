#include "mail/pst-library.h"

#include "base/library.h"

struct pff pff;
struct bfio bfio;

#define PFF_NAME(name) {"libpff_" #name, &pff.name},
static const struct library_name pff_names[] = {PFF_CALLS(PFF_NAME)};
static struct library pff_library = LIBRARY(SONAME_PFF, pff_names);
#define BFIO_NAME(name) {"libbfio_" #name, &bfio.name},
static const struct library_name bfio_names[] = {BFIO_CALLS(BFIO_NAME)};
static struct library bfio_library = LIBRARY(SONAME_BFIO, bfio_names);

enum errc pst_load(struct err *e)
{
	enum errc rc = library_load(&bfio_library, e);

	return rc == OK ? library_load(&pff_library, e) : rc;
}
