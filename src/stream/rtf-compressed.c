/* Compressed RTF (MS-OXRTFCP): a dictionary of 4,096 bytes that begins with what RTF most often begins with. */
#include "base/cursor.h"
#include "stream/rtf.h"

enum { DICTIONARY = 4096, HEADER = 16, PER_TOKEN = 17, LZFU = 0x75465a4c, MELA = 0x414c454d };

static const char first_words[] =
    "{\\rtf1\\ansi\\mac\\deff0\\deftab720{\\fonttbl;}{\\f0\\fnil \\froman \\fswiss \\fmodern \\fscript \\fdecor "
    "MS Sans SerifSymbolArialTimes New RomanCourier{\\colortbl\\red0\\green0\\blue0\r\n\\par "
    "\\pard\\plain\\f0\\fs20\\b\\i\\u\\tab\\tx";

/* The CRC-32 of zlib without its inversions (MS-OXRTFCP 2.1.3.2), four bits at a time. */
static uint32_t checksum(span s)
{
	static const uint32_t table[16] = {0, 0x1db71064, 0x3b6e20c8, 0x26d930ac, 0x76dc4190, 0x6b6b51f4, 0x4db26158,
		0x5005713c, 0xedb88320, 0xf00f9344, 0xd6d6a3e8, 0xcb61b38c, 0x9b64c2b0, 0x86d3d2d4, 0xa00ae278, 0xbdbdf21c};
	uint32_t crc = 0;

	for (size_t i = 0; i < s.n; i++) {
		crc ^= s.p[i];
		crc = crc >> 4 ^ table[crc & 15];
		crc = crc >> 4 ^ table[crc & 15];
	}
	return crc;
}

/* Into out, which has room for max; returns how many came. *ended: the mark of the end was met. */
static size_t expand(span in, unsigned char *out, size_t max, bool *ended)
{
	unsigned char dictionary[DICTIONARY];
	size_t n = 0, write = sizeof first_words - 1, i = 0;

	memset(dictionary, 0, sizeof dictionary);
	memcpy(dictionary, first_words, write);
	*ended = false;
	while (i < in.n) {
		unsigned control = in.p[i++];

		for (unsigned bit = 0; bit < 8 && i < in.n; bit++) {
			size_t from, count = 1;

			if ((control >> bit & 1) == 0) {
				if (n == max)
					return n;
				out[n++] = dictionary[write] = in.p[i++];
				write = (write + 1) % DICTIONARY;
				continue;
			}
			if (in.n - i < 2)
				return n;
			from = (size_t)in.p[i] << 4 | in.p[i + 1] >> 4;
			count = (size_t)(in.p[i + 1] & 15) + 2;
			i += 2;
			if (from == write) {
				*ended = true;
				return n;
			}
			for (; count != 0; count--) {
				if (n == max)
					return n;
				out[n++] = dictionary[write] = dictionary[from];
				from = (from + 1) % DICTIONARY;
				write = (write + 1) % DICTIONARY;
			}
		}
	}
	return n;
}

/* Up to the mark of the end, as readers of Outlook's do: what the header says of the size counts only where that mark is missing. */
static enum errc expand_all(struct arena *a, span in, size_t raw_size, span *out, bool *ended, struct err *e)
{
	/* What it says of its size is no reason to take more than the bytes can give. */
	size_t most = in.n > SIZE_MAX / PER_TOKEN ? SIZE_MAX : in.n * PER_TOKEN / 2 + PER_TOKEN;

	for (size_t max = raw_size < most ? raw_size : most;; max = most) {
		unsigned char *p = arena_alloc(a, max);
		size_t n;

		if (p == NULL)
			return err_memory(e);
		n = expand(in, p, max, ended);
		if (max == most && !*ended && n > raw_size)
			n = raw_size;
		arena_shrink(a, p, max, n);
		*out = span_of(p, n);
		if (*ended || max == most || n < max)
			return OK;
	}
}

enum errc rtf_decompress(struct arena *a, span in, span *out, unsigned *problems, struct err *e)
{
	struct cursor c = cursor_of(in);
	uint32_t size = cursor_u32(&c), raw_size = cursor_u32(&c), mark = cursor_u32(&c), crc = cursor_u32(&c);
	unsigned bits = 0;
	span said;
	bool ended;
	enum errc rc;

	*out = SPAN_EMPTY;
	if (c.bad || (mark != LZFU && mark != MELA))
		return err_set(e, ERR_EVIDENCE, "no compressed RTF");
	said = span_first(c.rest, size < HEADER - 4 ? c.rest.n : size - (HEADER - 4));
	if (size < HEADER - 4 || size - (HEADER - 4) > c.rest.n)
		bits |= RTF_TRUNCATED;
	if (mark == MELA) {
		/* Other programs count the header in raw_size: what is cut short shows by the size before it. */
		*out = span_first(said, raw_size);
	} else {
		if (checksum(said) != crc)
			bits |= RTF_CHECKSUM;
		if ((rc = expand_all(a, c.rest, raw_size, out, &ended, e)) != OK)
			return rc;
		bits |= !ended && out->n < raw_size ? RTF_TRUNCATED : 0u;
	}
	if (problems != NULL)
		*problems |= bits;
	return OK;
}
