#include "base/library.h"

#include <dlfcn.h>
#include <string.h>

enum errc library_load(const char *soname, const struct library_name *names, size_t n, struct err *e)
{
	void *library = dlopen(soname, RTLD_NOW | RTLD_LOCAL), *p;

	if (library == NULL)
		return err_set(e, ERR_WORLD, "%s cannot be loaded: %.300s", soname, dlerror());
	for (size_t i = 0; i < n; i++) {
		if ((p = dlsym(library, names[i].name)) == NULL)
			return err_set(e, ERR_WORLD, "%s has no %s", soname, names[i].name);
		memcpy(names[i].to, &p, sizeof p); /* POSIX, dlsym: C has no cast from an object to a function */
	}
	return OK;
}
