/* Properties of a header (7zFormat.txt), for the two halves. */
#ifndef TOCSIN_STREAM_SEVEN_ZIP_PRIVATE_H
#define TOCSIN_STREAM_SEVEN_ZIP_PRIVATE_H

#include "stream/seven-zip.h"

enum {
	END, MAIN_STREAMS = 4, FILES, PACK_INFO, UNPACK_INFO, SUB_STREAMS, SIZE, CRC, FOLDER, UNPACK_SIZE, N_UNPACK, EMPTY_STREAM, NAMES = 17,
	METHOD_MASK = 15, COMPLEX = 16, ATTRIBUTES = 32, RESERVED = 0xc0,
};

uint32_t seven_crc(span s);
/* Room for as many coders, streams and binds as its numbers say. */
bool seven_folder_room(struct arena *a, struct seven_folder *f);

#endif
