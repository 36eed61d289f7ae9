#include "net/curl.h"

#include <stdbool.h>

#include "base/library.h"
#include "net/http.h"

struct curl_calls curl;

#define CURL_NAME(name) {"curl_" #name, &curl.name},
static const struct library_name names[] = {CURL_CALLS(CURL_NAME)};
#undef CURL_NAME
static struct library library = LIBRARY(SONAME_CURL, names);

/* Kept until the program ends: libcurl cannot be loaded twice. */
enum errc net_ready(struct err *e)
{
	static bool ready;
	enum errc rc;

	if (ready)
		return OK;
	if ((rc = library_load(&library, e)) != OK)
		return rc;
	if (curl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return err_set(e, ERR_WORLD, "libcurl cannot be started");
	ready = true;
	return OK;
}
