#include "stream/passwords.h"

#include "base/utf8.h"

bool passwords_pay(struct passwords *p, uint64_t rounds)
{
	if (rounds > p->work) {
		p->cut = true;
		return false;
	}
	p->work -= rounds;
	return true;
}

bool passwords_next(struct passwords *p, size_t *i, uint64_t rounds, span *password)
{
	/* What Excel takes for a workbook that is only locked against change (MS-OFFCRYPTO 2.4.2.3). */
	if (*i == 0) {
		*password = SPAN_LIT("VelvetSweatshop");
	} else if (p == NULL || *i > p->n) {
		return false;
	} else if (!passwords_pay(p, rounds)) {
		return false;
	} else {
		*password = p->v[*i - 1];
	}
	++*i;
	return true;
}

void passwords_used(struct passwords *p, size_t i)
{
	if (p == NULL || i == 0)
		return;
	for (size_t k = 0; k < p->n_used; k++)
		if (p->used[k] == i - 1)
			return;
	if (p->n_used < PASSWORDS_USED)
		p->used[p->n_used++] = i - 1;
}

enum errc utf16_of(struct arena *a, span utf8, span *out, struct err *e)
{
	unsigned char *p = arena_alloc(a, 2 * utf8.n + 4);
	size_t at = 0, n;

	if (p == NULL)
		return err_memory(e);
	for (; utf8.n > 0; utf8 = span_from(utf8, n)) {
		uint32_t c = utf8_get(utf8, &n), units[2] = {c, 0};

		if (c >= 0x10000) {
			units[0] = 0xd800 + ((c - 0x10000) >> 10);
			units[1] = 0xdc00 + ((c - 0x10000) & 0x3ff);
		}
		for (unsigned i = 0; i < 2 && (i == 0 || units[1] != 0); i++) {
			p[at++] = (unsigned char)units[i];
			p[at++] = (unsigned char)(units[i] >> 8);
		}
	}
	*out = span_of(p, at);
	return OK;
}
