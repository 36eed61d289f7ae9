/* Names of members to what they mean, in one step: the same for the many spellings of one name. */
#include "logs/private.h"

static const char *const names[F_COUNT] = {
#define X(name) #name,
	LOG_FIELDS(X)
#undef X
};

/* FNV-1a over the lower-case letters and digits. */
static uint32_t name_hash(span s)
{
	uint32_t h = 2166136261u;

	for (size_t i = 0; i < s.n; i++)
		if (ascii_is_alnum(s.p[i]))
			h = (h ^ ascii_lower(s.p[i])) * 16777619u;
	return h ^ h >> 15;
}

static bool is_name(span s, const char *name)
{
	for (size_t i = 0; i < s.n; i++) {
		if (!ascii_is_alnum(s.p[i]))
			continue;
		if (*name == '\0' || ascii_lower(s.p[i]) != (unsigned char)*name)
			return false;
		name++;
	}
	return *name == '\0';
}

void field_table_init(struct field_table *t)
{
	*t = (struct field_table){0};
	for (size_t f = 0; f < F_COUNT; f++) {
		uint32_t i = name_hash(span_str(names[f]));

		while (t->slot[i % FIELD_SLOTS] != 0)
			i++;
		t->slot[i % FIELD_SLOTS] = (uint16_t)(f + 1);
	}
}

enum log_field field_find(const struct field_table *t, span name)
{
	/* Log Analytics' CSV: "TimeGenerated [UTC]". */
	if (span_ends_nocase(name, SPAN_LIT(" [UTC]")))
		name = span_first(name, name.n - 6);
	for (uint32_t i = name_hash(name);; i++) {
		unsigned f = t->slot[i % FIELD_SLOTS];

		if (f == 0)
			return F_COUNT;
		if (is_name(name, names[f - 1]))
			return (enum log_field)(f - 1);
	}
}
