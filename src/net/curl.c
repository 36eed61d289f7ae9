#include "net/curl.h"

#include <dlfcn.h>
#include <stdbool.h>
#include <string.h>

#include "net/http.h"

struct curl_calls curl;

static enum errc curl_find(void *library, const char *name, void *to, struct err *e)
{
	void *p = dlsym(library, name);

	if (p == NULL)
		return err_set(e, ERR_WORLD, "libcurl has no %s", name);
	memcpy(to, &p, sizeof p); /* POSIX, dlsym: C has no cast from an object to a function */
	return OK;
}

/* Kept until the program ends: libcurl cannot be loaded twice. */
enum errc net_ready(struct err *e)
{
	static bool ready;
	struct curl_calls calls;
	void *library;

	if (ready)
		return OK;
	if ((library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL)) == NULL)
		return err_set(e, ERR_WORLD, "libcurl cannot be loaded: %.300s", dlerror());
#define CURL_CALL(name) \
	if (curl_find(library, "curl_" #name, &calls.name, e) != OK) \
		return ERR_WORLD;
	CURL_CALLS(CURL_CALL)
#undef CURL_CALL
	curl = calls;
	if (curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return err_set(e, ERR_WORLD, "libcurl cannot be started");
	ready = true;
	return OK;
}
