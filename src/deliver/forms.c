#include "base/limits.h"
#include "base/yaml.h"
#include "deliver/returned.h"

static enum errc read_form(const struct yaml *y, struct form *f, struct err *e)
{
	static const char *const keys[] = {"name", "says", "from", "subject", "header", "value", "text", "automatic", "example", NULL};
	char word[32] = "";
	span says = yaml_text(y, "says"), automatic = yaml_text(y, "automatic");
	enum errc rc;

	if ((rc = yaml_only(y, keys, e)) != OK)
		return rc;
	*f = (struct form){.name = yaml_text(y, "name"), .from = yaml_text(y, "from"), .subject = yaml_text(y, "subject"),
	    .header = yaml_text(y, "header"), .value = yaml_text(y, "value"), .text = yaml_text(y, "text"), .example = yaml_text(y, "example")};
	if (says.n < sizeof word)
		memcpy(word, says.p, says.n);
	f->says = heard_kind_of(word);
	if (f->says != HEARD_FAILED && f->says != HEARD_DELAYED && f->says != HEARD_AUTOMATIC && f->says != HEARD_ABSENT)
		return yaml_err(y, e, "says wants one of failed, delayed, automatic, out_of_office");
	if (f->name.n == 0 || f->example.n == 0)
		return yaml_err(y, e, "a form wants a name and an example");
	if (f->from.n + f->subject.n + f->header.n + f->text.n == 0)
		return yaml_err(y, e, "a form wants from, subject, header or text");
	if (automatic.n != 0 && !span_eq(automatic, SPAN_LIT("yes")) && !span_eq(automatic, SPAN_LIT("no")))
		return yaml_err(y, e, "automatic is yes or no");
	f->automatic = span_eq(automatic, SPAN_LIT("yes"));
	return OK;
}

static size_t children(const struct yaml *y)
{
	size_t n = 0;

	for (const struct yaml *c = y != NULL ? y->first : NULL; c != NULL; c = c->next)
		n++;
	return n;
}

enum errc forms_read(struct arena *a, const char *rules, const struct text_list *trusted, struct forms *out, struct err *e)
{
	static const char *const keys[] = {"daemons", "forms", NULL};
	const char *path = arena_printf(a, "%s/returned/forms.yaml", rules);
	const struct yaml *forms, *daemons;
	struct yaml *root;
	enum errc rc;

	*out = (struct forms){.trusted = trusted->v, .n_trusted = trusted->n};
	if (path == NULL)
		return err_memory(e);
	if ((rc = yaml_read_file(a, path, &root, e)) != OK || (rc = yaml_only(root, keys, e)) != OK)
		return rc;
	forms = yaml_get(root, "forms");
	daemons = yaml_get(root, "daemons");
	if (forms == NULL || forms->kind != YAML_LIST || daemons == NULL || daemons->kind != YAML_LIST)
		return yaml_err(root, e, "wants the lists daemons and forms");
	if (children(forms) + children(daemons) > LIMIT_RULES)
		return yaml_err(forms, e, "more than %d entries", LIMIT_RULES);
	if ((out->v = arena_zero(a, children(forms), sizeof *out->v)) == NULL ||
	    (out->daemons = arena_zero(a, children(daemons), sizeof *out->daemons)) == NULL)
		return err_memory(e);
	for (const struct yaml *y = daemons->first; y != NULL; y = y->next)
		out->daemons[out->n_daemons++] = y->text;
	for (const struct yaml *y = forms->first; y != NULL; y = y->next)
		if ((rc = read_form(y, &out->v[out->n++], e)) != OK)
			return rc;
	return OK;
}

void forms_put(const struct forms *f, struct buf *out)
{
	buf_u32(out, (uint32_t)f->n);
	for (size_t i = 0; i < f->n; i++) {
		const struct form *v = &f->v[i];
		const span texts[] = {v->name, v->from, v->subject, v->header, v->value, v->text};

		buf_u8(out, (uint8_t)v->says);
		buf_u8(out, v->automatic);
		for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++)
			buf_bytes(out, texts[k]);
	}
	buf_u32(out, (uint32_t)f->n_daemons);
	for (size_t i = 0; i < f->n_daemons; i++)
		buf_bytes(out, f->daemons[i]);
	buf_u32(out, (uint32_t)f->n_trusted);
	for (size_t i = 0; i < f->n_trusted; i++)
		buf_bytes(out, span_str(f->trusted[i]));
}

/* A count of things of at least four bytes each: no more than what is left can hold. */
static size_t count(struct cursor *c)
{
	size_t n = cursor_u32(c);

	if (n > c->rest.n / 4)
		c->bad = true;
	return c->bad ? 0 : n;
}

enum errc forms_take(struct arena *a, struct cursor *c, struct forms *out, struct err *e)
{
	*out = (struct forms){.n = count(c)};
	if ((out->v = arena_zero(a, out->n, sizeof *out->v)) == NULL)
		return err_memory(e);
	for (size_t i = 0; i < out->n; i++) {
		struct form *v = &out->v[i];
		span *const texts[] = {&v->name, &v->from, &v->subject, &v->header, &v->value, &v->text};

		v->says = cursor_u8(c);
		v->automatic = cursor_u8(c) != 0;
		for (size_t k = 0; k < sizeof texts / sizeof texts[0]; k++)
			*texts[k] = cursor_bytes(c);
	}
	out->n_daemons = count(c);
	if ((out->daemons = arena_zero(a, out->n_daemons, sizeof *out->daemons)) == NULL)
		return err_memory(e);
	for (size_t i = 0; i < out->n_daemons; i++)
		out->daemons[i] = cursor_bytes(c);
	out->n_trusted = count(c);
	if ((out->trusted = arena_zero(a, out->n_trusted, sizeof *out->trusted)) == NULL)
		return err_memory(e);
	for (size_t i = 0; i < out->n_trusted; i++)
		if ((out->trusted[i] = arena_cstr(a, cursor_bytes(c))) == NULL)
			return err_memory(e);
	return c->bad ? err_set(e, ERR_WORLD, "a worker was told something that makes no sense") : OK;
}
