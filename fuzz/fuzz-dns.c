/* Record data of every type: text has no control characters that a name must not have, whatever the bytes. */
#include <stdlib.h>

#include "net/dns.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const enum dns_type types[] = {DNS_A, DNS_NS, DNS_MX, DNS_TXT, DNS_AAAA, DNS_DS, DNS_CAA};
	struct dns_record r;
	struct arena *a;
	struct err e;

	if (arena_new(&a, (size_t)1 << 24, &e) != OK)
		return 0;
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (dns_record_read(a, types[i], span_of(data, size), &r, &e) == OK && r.text != NULL && types[i] == DNS_MX)
			for (const char *p = r.text; *p != '\0'; p++)
				if (*p <= ' ' || *p == 0x7f)
					abort();
	arena_free(a);
	return 0;
}
