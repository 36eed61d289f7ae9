#include "proof/tiles.h"

#include <inttypes.h>
#include <stdio.h>

enum { TILE_HEIGHT = 8 };

/* How many hashes of that level there are: of whole subtrees only. */
static uint64_t hashes_of(const struct merkle_tree *t, unsigned level)
{
	return level * TILE_HEIGHT < MERKLE_LEVELS ? t->n >> (level * TILE_HEIGHT) : 0;
}

bool tile_next(const struct merkle_tree *t, struct tile *tile)
{
	uint64_t left;

	if (tile->n != 0)
		tile->index++;
	if (tile->index * TILE_WIDTH >= hashes_of(t, tile->level)) {
		if (tile->n == 0)
			return false;
		tile->level++;
		tile->index = 0;
	}
	if ((left = hashes_of(t, tile->level)) == 0)
		return false;
	left -= tile->index * TILE_WIDTH;
	tile->n = left < TILE_WIDTH ? (size_t)left : TILE_WIDTH;
	tile->v = t->level[tile->level * TILE_HEIGHT] + tile->index * TILE_WIDTH;
	return true;
}

const char *tile_path(const struct tile *tile, char out[TILE_PATH])
{
	uint64_t unit = 1;
	int n = snprintf(out, TILE_PATH, "tile/%u/", tile->level);

	while (tile->index / unit >= 1000)
		unit *= 1000;
	for (; unit > 1; unit /= 1000)
		n += snprintf(out + n, (size_t)(TILE_PATH - n), "x%03" PRIu64 "/", tile->index / unit % 1000);
	n += snprintf(out + n, (size_t)(TILE_PATH - n), "%03" PRIu64, tile->index % 1000);
	if (tile->n < TILE_WIDTH)
		(void)snprintf(out + n, (size_t)(TILE_PATH - n), ".p/%zu", tile->n);
	return out;
}
