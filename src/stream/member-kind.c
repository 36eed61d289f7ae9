/* What is an archive, by its first bytes; and where one lies in a program, a script or behind something else. */
#include "stream/member.h"

#include "base/cursor.h"
#include "stream/unpack.h"
#include "stream/zip-walk.h"

enum { PROGRAM = 512 * 1024 /* of a program that unpacks itself, or of something else before an archive */ };

/* By the mark of POSIX. One from before it has none: its first header adds up to what it says, the place of its sum taken as blanks. */
bool tar_sniff(span s)
{
	enum { HEADER = 512, AT = 148, BYTES = 8 };
	uint32_t sum = BYTES * ' ', said = 0;
	span digits = span_sub(s, AT, BYTES);

	if (span_eq(span_sub(s, 257, 5), SPAN_LIT("ustar")))
		return true;
	if (s.n < HEADER || s.p[0] == 0)
		return false;
	digits = span_trim(span_first(digits, span_find_byte(digits, '\0')));
	for (size_t i = 0; i < digits.n; i++) {
		if (digits.p[i] < '0' || digits.p[i] > '7')
			return false;
		said = said << 3 | (digits.p[i] & 7U);
	}
	for (size_t i = 0; i < HEADER; i++)
		sum += i < AT || i >= AT + BYTES ? s.p[i] : 0;
	return said == sum;
}

/* cpio as its first programs wrote it, in the order of bytes of their machine: a name of the length that is said, and a NUL. */
static bool is_old_cpio(span s)
{
	size_t n;

	if (s.n < 26)
		return false;
	if (s.p[0] == 0xc7 && s.p[1] == 0x71)
		n = (size_t)s.p[20] | (size_t)s.p[21] << 8;
	else if (s.p[0] == 0x71 && s.p[1] == 0xc7)
		n = (size_t)s.p[21] | (size_t)s.p[20] << 8;
	else
		return false;
	return n > 1 && n <= 1024 && span_find_byte(span_from(s, 26), '\0') == n - 1;
}

uint64_t archive_frame(span s)
{
	if (s.n < 8 || !unpack_is_skippable(s))
		return 0;
	return 8 + (uint64_t)le32_at(s, 4);
}

bool archive_sniff(span first_bytes)
{
	static const struct { size_t at; span magic; } known[] = {
		{0, {(const unsigned char *)"\x1f\x8b", 2}},
		{0, {(const unsigned char *)"BZh", 3}},
		{0, {(const unsigned char *)"\xfd" "7zXZ\0", 6}},
		{0, {(const unsigned char *)"\x28\xb5\x2f\xfd", 4}},
		{0, {(const unsigned char *)"\x04\x22\x4d\x18", 4}},
		{0, {(const unsigned char *)"\x02\x21\x4c\x18", 4}},
		{0, {(const unsigned char *)"\x1f\x9d", 2}},
		{0, {(const unsigned char *)"LZIP", 4}},
		{0, {(const unsigned char *)"PK\3\4", 4}},
		{0, {(const unsigned char *)"PK\5\6", 4}},
		{0, {(const unsigned char *)"PK\7\10", 4}},
		{0, {(const unsigned char *)"7z\xbc\xaf\x27\x1c", 6}},
		{0, {(const unsigned char *)"Rar!\x1a\7", 6}},
		{0, {(const unsigned char *)"MSCF\0\0\0\0", 8}},
		{0, {(const unsigned char *)"070701", 6}},
		{0, {(const unsigned char *)"070702", 6}},
		{0, {(const unsigned char *)"070707", 6}},
		{0, {(const unsigned char *)"!<arch>\n", 8}},
		{0, {(const unsigned char *)"\xed\xab\xee\xdb", 4}},
		{2, {(const unsigned char *)"-lh", 3}},
		{32769, {(const unsigned char *)"CD001", 5}},
	};

	for (size_t i = 0; i < sizeof known / sizeof *known; i++)
		if (span_eq(span_sub(first_bytes, known[i].at, known[i].magic.n), known[i].magic))
			return true;
	return tar_sniff(first_bytes) || is_old_cpio(first_bytes) || unpack_sniff(first_bytes) || archive_frame(first_bytes) != 0;
}

/* What a script has behind its last line: a compressed file or a tar archive. */
static span behind_script(span bytes)
{
	span code = span_first(bytes, PROGRAM);

	for (size_t at = 0; (at += span_find_byte(span_from(code, at), '\n') + 1) < code.n;) {
		span rest = span_from(bytes, at);

		if (rest.p[0] == '#' || rest.p[0] == '\n' || ascii_is_space(rest.p[0]))
			continue;
		if (unpack_sniff(rest) || span_eq(span_sub(rest, 257, 5), SPAN_LIT("ustar")))
			return rest;
	}
	return SPAN_EMPTY;
}

bool program_sniff(span first_bytes)
{
	return span_starts(first_bytes, SPAN_LIT("MZ")) || span_starts(first_bytes, SPAN_LIT("\x7f" "ELF")) || span_starts(first_bytes, SPAN_LIT("#!"));
}

span archive_within(span bytes)
{
	static const span magics[] = {{(const unsigned char *)"Rar!\x1a\7", 6}, {(const unsigned char *)"7z\xbc\xaf\x27\x1c", 6}};
	span code = span_first(bytes, PROGRAM);

	/* libarchive finds the directory from the end. */
	if (zip_ends(bytes))
		return bytes;
	for (size_t i = 0; i < sizeof magics / sizeof *magics; i++) {
		size_t at = span_find(code, magics[i]);

		if (at < code.n)
			return span_from(bytes, at);
	}
	return span_starts(bytes, SPAN_LIT("#!")) ? behind_script(bytes) : SPAN_EMPTY;
}
