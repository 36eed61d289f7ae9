#include "attribute/private.h"

enum { PATH_LONGEST = 1024, TEXT_LONGEST = 400 };

void secret_put(struct buf *b, const struct secret *s)
{
	buf_bytes(b, s->path);
	buf_u64(b, s->at_byte);
	buf_u64(b, s->n_bytes);
	buf_u8(b, s->has_host);
}

bool secret_get(struct cursor *c, struct secret *s)
{
	if (c->bad || c->rest.n == 0)
		return false;
	*s = (struct secret){.path = cursor_bytes(c)};
	s->at_byte = cursor_u64(c);
	s->n_bytes = cursor_u64(c);
	s->has_host = cursor_u8(c) != 0;
	return !c->bad;
}

void told_put(struct buf *b, const struct told_mention *t)
{
	buf_u8(b, (uint8_t)t->kind);
	buf_u8(b, t->weak);
	buf_u8(b, (uint8_t)t->where);
	buf_u32(b, t->org);
	buf_u32(b, t->secret);
	buf_u64(b, t->at_byte);
	buf_bytes(b, span_first(t->path, PATH_LONGEST));
	buf_bytes(b, span_first(t->text, TEXT_LONGEST));
}

bool told_get(struct cursor *c, struct told_mention *t)
{
	uint8_t kind, where;

	if (c->bad || c->rest.n == 0)
		return false;
	kind = cursor_u8(c);
	*t = (struct told_mention){.weak = cursor_u8(c) != 0};
	where = cursor_u8(c);
	t->org = cursor_u32(c);
	t->secret = cursor_u32(c);
	t->at_byte = cursor_u64(c);
	t->path = cursor_bytes(c);
	t->text = cursor_bytes(c);
	if (kind < MENTION_NAME || kind > MENTION_QUOTED || where > TOLD_TOO || t->path.n > PATH_LONGEST || t->text.n > TEXT_LONGEST)
		c->bad = true;
	t->kind = (enum mention_kind)kind;
	t->where = (enum told_where)where;
	return !c->bad;
}
