#include "seal/tar.h"

#include <stdio.h>

enum { MODE = 100, UID = 108, GID = 116, SIZE = 124, MTIME = 136, SUM = 148, TYPE = 156, MAGIC = 257 };

static unsigned sum_of(const unsigned char b[TAR_BLOCK])
{
	unsigned sum = 0;

	for (size_t i = 0; i < TAR_BLOCK; i++)
		sum += i >= SUM && i < SUM + 8 ? ' ' : b[i];
	return sum;
}

void tar_header(const char *name, uint64_t n, unsigned char out[TAR_BLOCK])
{
	char sum[8];

	assert(strlen(name) < TAR_NAME && n < (uint64_t)1 << 33);
	memset(out, 0, TAR_BLOCK);
	memcpy(out, name, strlen(name));
	memcpy(out + MODE, "0000644", 7);
	memcpy(out + UID, "0000000", 7);
	memcpy(out + GID, "0000000", 7);
	for (int i = 10; i >= 0; i--, n >>= 3)
		out[SIZE + i] = (unsigned char)('0' + (n & 7));
	memcpy(out + MTIME, "00000000000", 11);
	out[TYPE] = '0';
	memcpy(out + MAGIC, "ustar\0" "00", 8);
	(void)snprintf(sum, sizeof sum, "%06o", sum_of(out));
	memcpy(out + SUM, sum, 7);
	out[SUM + 7] = ' ';
}

bool tar_read(const unsigned char block[TAR_BLOCK], char name[TAR_NAME + 1], uint64_t *n, bool *bad)
{
	bool zero = true;
	unsigned sum = 0;

	for (size_t i = 0; i < TAR_BLOCK; i++)
		zero = zero && block[i] == 0;
	*bad = false;
	*n = 0;
	if (zero)
		return false;
	for (size_t i = 0; i < 6; i++) {
		*bad = *bad || block[SUM + i] < '0' || block[SUM + i] > '7';
		sum = sum * 8 + (unsigned)(block[SUM + i] - '0');
	}
	for (size_t i = 0; i < 11; i++) {
		*bad = *bad || block[SIZE + i] < '0' || block[SIZE + i] > '7';
		*n = *n * 8 + (uint64_t)(block[SIZE + i] - '0');
	}
	*bad = *bad || sum != sum_of(block) || block[TYPE] != '0' || memcmp(block + MAGIC, "ustar", 6) != 0 || block[TAR_NAME - 1] != 0;
	memcpy(name, block, TAR_NAME);
	name[TAR_NAME] = '\0';
	return !*bad;
}
