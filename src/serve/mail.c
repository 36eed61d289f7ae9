/*
 * Alerts: mails to everybody whom a claimed case names, put complete into the outbox; somebody else hands them
 * over (sendmail -t -oi). They say that something happened, and never what was exposed. Their words are data, in the languages of
 * notices (alerts.LL.yaml, within the program: the portal has no other file of them); each address gets those of the notice that went
 * there, else those of its organisation.
 */
#include "serve/private.h"

#include "alerts-de.h"
#include "alerts-en.h"
#include "alerts-es.h"
#include "alerts-fr.h"
#include "base/clock.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "base/yaml.h"
#include "proof/text64.h"

static const struct { const char *code, *text; } languages[ALERT_LANGUAGES] = {{"en", alerts_en}, {"fr", alerts_fr}, {"de", alerts_de},
    {"es", alerts_es}};

enum errc alerts_load(struct logic *l, struct err *e)
{
	enum errc rc = OK;

	for (size_t i = 0; i < ALERT_LANGUAGES && rc == OK; i++) {
		struct yaml *tree = NULL;

		rc = yaml_read(l->kept, span_str(languages[i].text), languages[i].code, &tree, e);
		l->alerts[i] = tree;
	}
	return rc;
}

/* An address that a header can hold as it is: of ours, but from a sealed file. */
static bool address_ok(span s)
{
	if (s.n == 0 || s.n > 254 || span_find_byte(s, '@') == s.n)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f || ascii_is_one_of(s.p[i], ",;:<>()[]\\\""))
			return false;
	return true;
}

/* What stands for a name, or false. Of {{proof}} the value is a word of the language. */
static bool value_of(const struct yaml *texts, const struct alert_value *values, span name, span *out)
{
	for (const struct alert_value *v = values; v != NULL && v->name != NULL; v++)
		if (v->value != NULL && span_eq(name, span_str(v->name))) {
			*out = strcmp(v->name, "proof") == 0 ? yaml_text(texts, v->value) : span_str(v->value);
			return true;
		}
	return false;
}

/* One line with its values; nothing of it when one is not there. */
static void put_line(struct buf *b, const struct yaml *texts, const struct alert_value *values, span line)
{
	size_t was = b->n;

	while (line.n != 0) {
		size_t at = span_find(line, SPAN_LIT("{{")), end = span_find(line, SPAN_LIT("}}"));
		span value;

		buf_put(b, span_first(line, at));
		if (at == line.n || end <= at)
			break;
		if (!value_of(texts, values, span_sub(line, at + 2, end - at - 2), &value)) {
			b->n = was;
			return;
		}
		buf_put(b, value);
		line = span_from(line, end + 2);
	}
	buf_byte(b, '\n');
}

/* RFC 2047: what is not ASCII in words of whole characters, each short enough for a line. */
static void put_subject(struct buf *b, span s)
{
	enum { WORD_BYTES = 42 };
	bool first = true;

	if (span_is_ascii(s)) {
		buf_put(b, s);
		return;
	}
	while (s.n != 0) {
		span word = utf8_first(s, WORD_BYTES);

		buf_str(b, first ? "=?UTF-8?B?" : "\n =?UTF-8?B?");
		text64_put(b, word);
		buf_str(b, "?=");
		s = span_from(s, word.n);
		first = false;
	}
}

static void put_text(struct buf *b, const struct yaml *texts, const struct alert_value *values, span text)
{
	span line;

	while (span_line(&text, &line))
		put_line(b, texts, values, line);
}

static enum errc put_mail(struct logic *l, struct arena *a, span to, const struct yaml *texts, const char *what, const struct alert_value *values,
    struct err *e)
{
	const struct alert_value ours[] = {{"phone", l->c->mail_phone}, {NULL, NULL}};
	const struct yaml *mail = yaml_get(texts, what);
	char id[ID_TEXT + 1], date[TIME_MAIL_TEXT];
	const char *path;
	struct buf b;
	enum errc rc;

	assert(mail != NULL);
	id_new(id);
	if ((path = arena_printf(a, "%s/%lld-%s.eml", l->c->outbox_dir, (long long)l->now, id)) == NULL)
		return err_memory(e);
	buf_init(&b, 64 * KIB);
	buf_printf(&b, "From: %s\nTo: ", l->c->mail_from);
	buf_put(&b, to);
	buf_str(&b, "\nSubject: ");
	put_subject(&b, yaml_text(mail, "subject"));
	buf_printf(&b, "\nDate: %s\nMessage-ID: <%s@%s>\nAuto-Submitted: auto-generated\nMIME-Version: 1.0\n"
	    "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n",
	    time_rfc5322(l->now, date), id, l->c->host);
	put_text(&b, texts, values, yaml_text(mail, "text"));
	buf_byte(&b, '\n');
	put_line(&b, texts, ours, yaml_text(texts, "foot"));
	rc = buf_check(&b, e);
	if (rc == OK)
		rc = io_write_file(path, buf_span(&b), 0640, e);
	buf_free(&b);
	return rc;
}

/* "fr", "fr-CH"; the first one where nobody says, or says something else. */
static const struct yaml *texts_in(const struct logic *l, span language)
{
	for (size_t i = 0; i < ALERT_LANGUAGES; i++)
		if (span_starts_nocase(language, span_str(languages[i].code)) && (language.n == 2 || language.p[2] == '-' || language.p[2] == '_'))
			return l->alerts[i];
	return l->alerts[0];
}

static const struct yaml *texts_for(const struct logic *l, const struct json_node *identity, span to)
{
	const struct json_node *notices = json_member(identity, "notices");
	span other = SPAN_EMPTY;

	for (const struct json_node *x = notices != NULL ? notices->child : NULL; x != NULL; x = x->next) {
		span language = json_text(json_member(x, "language"));

		if (language.n != 0 && span_eq_nocase(json_text(json_member(x, "address")), to))
			return texts_in(l, language);
		if (other.n == 0)
			other = language;
	}
	return texts_in(l, other.n != 0 ? other : json_text(json_member(json_member(identity, "organisation"), "language")));
}

enum errc alert(struct logic *l, struct arena *a, const struct room *r, const char *what, const struct alert_value *values, struct err *e)
{
	static const char *const lists[] = {"contacts", "notices"};
	const struct json_node *identity = room_identity(a, r);
	enum { MOST = 100 };
	span told[MOST];
	size_t n = 0;
	enum errc rc = OK;

	for (size_t i = 0; i < sizeof lists / sizeof lists[0]; i++) {
		const struct json_node *list = json_member(identity, lists[i]);

		for (const struct json_node *x = list != NULL ? list->child : NULL; x != NULL && rc == OK; x = x->next) {
			span to = json_text(json_member(x, "address"));
			bool known = !address_ok(to) || n == MOST;

			for (size_t k = 0; k < n && !known; k++)
				known = span_eq_nocase(told[k], to);
			if (known)
				continue;
			told[n++] = to;
			rc = put_mail(l, a, to, texts_for(l, identity, to), what, values, e);
		}
	}
	return rc;
}
