/*
 * Alerts: mails to everybody whom a claimed case names, put complete into the outbox; somebody else hands them
 * over (sendmail -t -oi). They say that something happened, and never what was exposed.
 */
#include "serve/private.h"

#include "base/clock.h"
#include "base/io.h"
#include "base/limits.h"

/* An address that a header can hold as it is: of ours, but from a sealed file. */
static bool address_ok(span s)
{
	if (s.n == 0 || s.n > 254 || span_find_byte(s, '@') == s.n)
		return false;
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f || strchr(",;:<>()[]\\\"", s.p[i]) != NULL)
			return false;
	return true;
}

static enum errc put_mail(struct logic *l, struct arena *a, span to, const char *subject, const char *text, struct err *e)
{
	static const char *const days[] = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"},
	                         *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep",
	                         "Oct", "Nov", "Dec"};
	struct civil t = time_to_civil(l->now);
	char id[ID_TEXT + 1];
	const char *path;
	struct buf b;
	enum errc rc;

	id_new(id);
	if ((path = arena_printf(a, "%s/%lld-%s.eml", l->c->outbox_dir, (long long)l->now, id)) == NULL)
		return err_memory(e);
	buf_init(&b, 64 * KIB);
	buf_printf(&b, "From: %s\nTo: ", l->c->mail_from);
	buf_put(&b, to);
	buf_printf(&b, "\nSubject: %s\nDate: %s, %d %s %04d %02d:%02d:%02d +0000\nMessage-ID:"
	    " <%s@%s>\nAuto-Submitted: auto-generated\nMIME-Version: 1.0\n"
	    "Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n%s\n", subject,
	    days[time_weekday(l->now)], t.day, months[t.month - 1], t.year,
	    t.hour, t.minute, t.second, id, l->c->host, text);
	buf_printf(&b, "This mail has no link. Our telephone: %s\n", l->c->mail_phone);
	rc = buf_check(&b, e);
	if (rc == OK)
		rc = io_write_file(path, buf_span(&b), 0640, e);
	buf_free(&b);
	return rc;
}

enum errc alert(struct logic *l, struct arena *a, const struct room *r, const char *subject, const char *text, struct err *e)
{
	static const char *const lists[] = {"contacts", "notices"};
	const struct json_node *identity = room_identity(a, r);
	enum { MOST = 100 };
	span told[MOST];
	size_t n = 0;
	enum errc rc = OK;

	if (text == NULL)
		return err_memory(e);
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
			rc = put_mail(l, a, to, subject, text, e);
		}
	}
	return rc;
}
