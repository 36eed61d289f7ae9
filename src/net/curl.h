/*
 * libcurl, loaded when something is first asked or sent (base/library.h). Call net_ready() before any of these. setopt and
 * getinfo have no check of types here: give long for numbers, as their manual pages say.
 */
#ifndef TOCSIN_NET_CURL_H
#define TOCSIN_NET_CURL_H

#include <curl/curl.h>

#define CURL_CALLS(X) \
	X(easy_cleanup) X(easy_getinfo) X(easy_init) X(easy_perform) X(easy_reset) X(easy_setopt) X(easy_strerror) X(free) \
	X(global_init) X(multi_add_handle) X(multi_cleanup) X(multi_info_read) X(multi_init) X(multi_perform) X(multi_poll) \
	X(multi_remove_handle) X(slist_append) X(slist_free_all) X(url) X(url_cleanup) X(url_get) X(url_set)

struct curl_calls {
#define CURL_CALL(name) __typeof__(curl_##name) *name;
	CURL_CALLS(CURL_CALL)
#undef CURL_CALL
};

extern struct curl_calls curl;

#endif
