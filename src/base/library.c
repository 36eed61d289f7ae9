#include "base/library.h"

#include <dlfcn.h>
#include <string.h>

enum errc library_load(struct library *l, struct err *e)
{
	void *library, *p;

	if (l->loaded)
		return OK;
	if ((library = dlopen(l->soname, RTLD_NOW | RTLD_LOCAL)) == NULL)
		return err_set(e, ERR_WORLD, "%s cannot be loaded: %.300s", l->soname, dlerror());
	for (size_t i = 0; i < l->n; i++) {
		if ((p = dlsym(library, l->names[i].name)) == NULL)
			return err_set(e, ERR_WORLD, "%s has no %s", l->soname, l->names[i].name);
		memcpy(l->names[i].to, &p, sizeof p); /* POSIX, dlsym: C has no cast from an object to a function */
	}
	l->loaded = true;
	return OK;
}
