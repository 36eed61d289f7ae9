/* Any note: no crash, and whatever is read as a checkpoint lies within it. */
#include <stdlib.h>

#include "proof/note.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	span note = span_of(data, size), text, name;
	unsigned char key[VERIFY_KEY_SIZE] = {0};
	struct checkpoint c;
	uint64_t when;

	if (note_key_read(note, &name, key, NULL) == OK && name.n == 0)
		abort();
	if (note_text(note, &text, NULL) == OK && checkpoint_read(text, &c, NULL) == OK &&
	    (c.origin.p < data || c.origin.n > size || c.size > INT64_MAX))
		abort();
	if (note_verify(note, SPAN_LIT("north.example/notices"), key, &text, NULL) == OK && text.n >= size)
		abort();
	if (cosign_verify(note, SPAN_LIT("north.example/notices"), key, &when, NULL) == OK && text.n == 0)
		abort();
	return 0;
}
