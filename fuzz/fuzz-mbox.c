/* Whatever the bytes: the entries of an mbox cover the file without gap or overlap, and each message lies within its own. */
#include <stdlib.h>

#include "mail/mbox.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	span file = span_of(data, size);
	struct mbox_entry entry;
	size_t at = 0;

	for (; mbox_next(file, at, &entry); at = entry.at + entry.n)
		if (entry.at != at || entry.n == 0 || entry.n > size - at || entry.message_at < at ||
		    entry.message_at - at > entry.n || entry.message_n > entry.n - (entry.message_at - at))
			abort();
	if (at != size)
		abort();
	(void)mbox_sniff(file);
	(void)mbox_begins_later(file);
	(void)message_sniff(file);
	return 0;
}
