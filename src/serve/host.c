#include "serve/host.h"

#include <string.h>

bool host_of(span address, span *host, unsigned *port)
{
	uint64_t said = HTTPS_PORT;
	size_t colon;

	*host = SPAN_EMPTY;
	if (!span_starts(address, SPAN_LIT("https://")) || span_find_byte(address, '@') != address.n)
		return false;
	*host = span_from(address, strlen("https://"));
	for (size_t i = 0; i < host->n; i++)
		if (ascii_is_one_of(host->p[i], "/?#"))
			*host = span_first(*host, i);
	colon = span_find_byte(*host, ':');
	if (colon != host->n && !span_number(span_from(*host, colon + 1), 65535, &said))
		return false;
	*port = (unsigned)said;
	*host = span_first(*host, colon);
	return host->n != 0 && *port != 0;
}

bool host_among(span host, const char *const *hosts, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (span_eq_nocase(host, span_str(hosts[i])))
			return true;
	return false;
}
