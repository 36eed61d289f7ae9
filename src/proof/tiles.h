/*
 * A log's tree as static files that other people's tools read (c2sp.org/tlog-tiles): up to 256 consecutive hashes of a level that is a
 * multiple of eight, in tile/LEVEL/INDEX, the last of a level in tile/LEVEL/INDEX.p/WIDTH. Hashes only: the bundles of entries that the
 * format also has would name who was told, so that there are none; who has a notice has its entry and salt.
 */
#ifndef TOCSIN_PROOF_TILES_H
#define TOCSIN_PROOF_TILES_H

#include "proof/merkle.h"

enum { TILE_WIDTH = 256, TILE_PATH = 96 };

struct tile {
	unsigned level;
	uint64_t index;
	const struct digest *v; /* the tree's own */
	size_t n;               /* 1 to TILE_WIDTH */
};

/* Goes through the tiles of the tree, level by level; zero is the beginning. False behind the last. */
bool tile_next(const struct merkle_tree *t, struct tile *tile);
/* "tile/0/x001/x234/067", "tile/1/000.p/17" */
const char *tile_path(const struct tile *tile, char out[TILE_PATH]);

#endif
