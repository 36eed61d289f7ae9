/* Whom an organisation's notice would go to, in the order of rank, and where that is known from. */
#include <inttypes.h>

#include "base/clock.h"
#include "base/json.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "contacts/private.h"

static bool can_be_written_to(const struct contact_known *c)
{
	return c->mail && address_is_plain(span_str(c->address)) && (c->state == CONTACT_USABLE || c->state == CONTACT_GUESSED);
}

static span domain_of(const char *address)
{
	span s = span_str(address);

	return span_from(s, span_find_byte(s, '@') + 1);
}

bool contacts_are_enough(const struct contact_known *c, size_t n)
{
	for (size_t i = 0; i < n; i++)
		for (size_t k = i + 1; k < n && can_be_written_to(&c[i]); k++)
			if (can_be_written_to(&c[k]) && !span_eq_nocase(span_str(c[i].address), span_str(c[k].address)) &&
			    (c[i].source != c[k].source || !span_eq_nocase(domain_of(c[i].address), domain_of(c[k].address))))
				return true;
	return false;
}

static void show_json(struct json *j, const struct contact_org *o, const struct contact_known *c, size_t n)
{
	json_open(j, NULL, '{');
	json_str(j, "org", o->key);
	json_str(j, "name", o->name);
	json_bool(j, "enough", contacts_are_enough(c, n));
	json_open(j, "contacts", '[');
	for (size_t i = 0; i < n; i++) {
		json_open(j, NULL, '{');
		json_i64(j, "rank", c[i].source);
		json_str(j, "source", contact_source_name(c[i].source));
		json_str(j, "address", c[i].address);
		json_str(j, "role", c[i].role);
		json_str(j, "state", contact_state_name(c[i].state));
		json_bool(j, "written_to", can_be_written_to(&c[i]));
		json_str(j, "ground", c[i].ground);
		json_time(j, "seen", c[i].seen_utc);
		json_time(j, "expires", c[i].expires_utc);
		json_str(j, "note", c[i].note);
		json_close(j, '}');
	}
	json_close(j, ']');
	json_close(j, '}');
}

static void column(struct buf *out, const char *s, size_t width)
{
	size_t before = out->n;

	utf8_show(out, span_str(s));
	for (size_t n = out->n - before; n < width; n++)
		buf_byte(out, ' ');
	buf_byte(out, ' ');
}

static void show_text(struct buf *out, const struct contact_org *o, const struct contact_known *c, size_t n, int64_t now_utc)
{
	char text[TIME_TEXT];

	utf8_show(out, span_str(o->name));
	buf_str(out, n == 0 ? ": nobody is known: call or write a letter\n" :
	    contacts_are_enough(c, n) ? "\n" : ": fewer than two independent addresses: call or write a letter, too\n");
	for (size_t i = 0; i < n; i++) {
		buf_printf(out, "  %d ", (int)c[i].source);
		column(out, contact_source_name(c[i].source), 13);
		column(out, c[i].address, 36);
		column(out, c[i].role, 14);
		column(out, contact_state_name(c[i].state), 8);
		if (c[i].seen_utc != TIME_NONE)
			buf_printf(out, "%" PRId64 " %s old; ", (now_utc - c[i].seen_utc) / 86400, (now_utc - c[i].seen_utc) / 86400 == 1 ? "day" : "days");
		if (c[i].expires_utc != TIME_NONE)
			buf_printf(out, "%s %s; ", c[i].expires_utc < now_utc ? "expired" : "until", time_date(c[i].expires_utc, text));
		utf8_show(out, span_str(c[i].ground));
		buf_str(out, *c[i].note != '\0' ? "; " : "");
		utf8_show(out, span_str(c[i].note));
		buf_byte(out, '\n');
	}
}

void contacts_count(const struct contact_known *c, size_t n, struct contacts_tally *tally)
{
	tally->thin += !contacts_are_enough(c, n);
	for (size_t i = 0; i < n; i++) {
		tally->found += can_be_written_to(&c[i]);
		tally->unusable += !can_be_written_to(&c[i]);
	}
}

enum errc contacts_show(struct store *st, const char *org, bool thin_only, bool as_json, int64_t now_utc, struct buf *out,
    struct err *e)
{
	struct contacts_tally tally = {0};
	struct arena *a = NULL, *one = NULL;
	struct json j = json_to(out);
	struct contact_org *orgs;
	size_t n_orgs;
	enum errc rc;

	if ((rc = arena_new(&a, GIB, e)) != OK || (rc = arena_new(&one, GIB, e)) != OK || (rc = contact_orgs(st, a, org, &orgs, &n_orgs, e)) != OK)
		goto out;
	if (n_orgs == 0 && org != NULL) {
		rc = err_set(e, ERR_USAGE, "no organisation that the mail concerns is called \"%s\": tocsin list orgs", org);
		goto out;
	}
	if (as_json) {
		json_open(&j, NULL, '{');
		json_open(&j, "organisations", '[');
	}
	for (size_t i = 0; i < n_orgs && rc == OK; i++) {
		struct contact_known *c;
		size_t n;

		arena_reset(one);
		if ((rc = contacts_of(st, one, orgs[i].id, &c, &n, e)) != OK)
			break;
		contacts_count(c, n, &tally);
		if (thin_only && contacts_are_enough(c, n))
			continue;
		if (as_json)
			show_json(&j, &orgs[i], c, n);
		else
			show_text(out, &orgs[i], c, n, now_utc);
	}
	if (as_json) {
		json_close(&j, ']');
		json_u64(&j, "thin", tally.thin);
		json_close(&j, '}');
		json_end_line(&j);
	} else {
		buf_printf(out, "\n%zu organisations: %" PRIu64 " addresses that are written to, %" PRIu64 " that are not; %" PRIu64
		    " organisations have fewer than two independent addresses.\n", n_orgs, tally.found, tally.unusable, tally.thin);
	}
	if (rc == OK)
		rc = buf_check(out, e);
out:
	arena_free(one);
	arena_free(a);
	return rc;
}
