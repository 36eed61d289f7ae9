/* What security.txt and RDAP say: text from somebody else's server. */
#include "base/clock.h"
#include "base/limits.h"
#include "base/utf8.h"
#include "contacts/private.h"
#include "stream/json-read.h"

bool address_is_plain(span s)
{
	size_t at = span_find_byte(s, '@'), dots = 0;

	if (s.n < 6 || s.n > 254 || at == 0 || at >= s.n - 3)
		return false;
	for (size_t i = 0; i < s.n; i++) {
		unsigned char c = s.p[i];

		if (!ascii_is_alnum(c) && !ascii_is_one_of(c, ".!#$%&'*+/=?^_`{|}~@-"))
			return false;
		if ((c == '@' && i != at) || (c == '.' && (i + 1 == s.n || s.p[i + 1] == '.' || s.p[i + 1] == '@' || i == 0 || i == at + 1)))
			return false;
		dots += i > at && c == '.';
	}
	return dots != 0;
}

bool url_is_plain(span s)
{
	for (size_t i = 0; i < s.n; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f)
			return false;
	return s.n != 0 && s.n <= 300;
}

static void add(struct said *out, span address, span role, bool mail)
{
	for (size_t i = 0; i < out->n; i++)
		if (span_eq_nocase(out->v[i].address, address))
			return;
	if (out->n == sizeof out->v / sizeof out->v[0])
		out->more = true;
	else
		out->v[out->n++] = (struct said_contact){address, span_first(role, 60), mail};
}

/* "mailto:a@b", "tel:+1...", "https://..."; a bare address is met, too, and taken as one. */
static void add_uri(struct said *out, span uri, span role)
{
	uri = span_trim(uri);
	if (uri.n > 300)
		return;
	if (span_starts_nocase(uri, SPAN_LIT("mailto:"))) {
		uri = span_from(uri, 7);
		uri = span_first(uri, span_find_byte(uri, '?'));
	} else if (span_starts_nocase(uri, SPAN_LIT("tel:")) || span_starts_nocase(uri, SPAN_LIT("https://"))) {
		add(out, uri, role, false);
		return;
	}
	if (address_is_plain(uri))
		add(out, uri, role, true);
}

void security_txt_read(span text, span url, struct said *out)
{
	bool canonical = false, here = false, armour = false, head = false;
	span line;

	*out = (struct said){.expires_utc = TIME_NONE};
	if (span_starts(text, SPAN_LIT(UTF8_MARK)))
		text = span_from(text, 3);
	while (text.n != 0) {
		span name, value;
		size_t colon;

		(void)span_line(&text, &line);
		line = span_trim(line);
		/* RFC 9116 2.3: a cleartext signature around it (RFC 4880 7). */
		if (span_starts(line, SPAN_LIT("-----BEGIN PGP SIGNED MESSAGE"))) {
			/* What stands before is not signed, and may be anybody's. */
			*out = (struct said){.signed_text = true, .expires_utc = TIME_NONE};
			armour = head = true;
			canonical = here = false;
			continue;
		}
		if (span_starts(line, SPAN_LIT("-----BEGIN PGP SIGNATURE")))
			break;
		/* Nor are the fields of the armour, up to the first empty line (RFC 4880 6.2, 7). */
		if (head) {
			head = line.n != 0;
			continue;
		}
		if (armour && span_starts(line, SPAN_LIT("- ")))
			line = span_from(line, 2);
		if (line.n == 0 || line.p[0] == '#' || (colon = span_find_byte(line, ':')) >= line.n)
			continue;
		name = span_trim(span_first(line, colon));
		value = span_trim(span_from(line, colon + 1));
		if (span_eq_nocase(name, SPAN_LIT("Contact"))) {
			add_uri(out, value, SPAN_LIT("security"));
		} else if (span_eq_nocase(name, SPAN_LIT("Expires"))) {
			int64_t when;

			if (time_parse(value, &when) && (out->expires_utc == TIME_NONE || when < out->expires_utc))
				out->expires_utc = when;
		} else if (span_eq_nocase(name, SPAN_LIT("Encryption"))) {
			if (out->encryption.n == 0 && span_has(value, SPAN_LIT("://")) && url_is_plain(value))
				out->encryption = value;
		} else if (span_eq_nocase(name, SPAN_LIT("Canonical"))) {
			canonical = true;
			here = here || span_eq(value, url);
		}
	}
	out->canonical_other = canonical && !here;
}

/* ---- RDAP -------------------------------------------------------------------------------------------------------- */

enum { ENTITY_DEPTH = 4 };

static bool has_role(const struct json_node *entity, span role)
{
	const struct json_node *roles = json_get(entity, "roles");

	for (const struct json_node *r = roles != NULL && roles->type == JSON_ARRAY ? roles->child : NULL; r != NULL; r = r->next)
		if (r->type == JSON_STRING && span_eq_nocase(r->text, role))
			return true;
	return false;
}

/* ["vcard", [["email", {}, "text", "a@b.example"], ["tel", {}, "uri", "tel:+1"], ...]] */
static void card(const struct json_node *vcard, span role, struct said *out)
{
	const struct json_node *list = vcard != NULL && vcard->type == JSON_ARRAY && vcard->child != NULL ? vcard->child->next : NULL;

	for (const struct json_node *p = list != NULL && list->type == JSON_ARRAY ? list->child : NULL; p != NULL; p = p->next) {
		const struct json_node *name = p->type == JSON_ARRAY ? p->child : NULL, *value = name;

		for (int i = 0; i < 3 && value != NULL; i++)
			value = value->next;
		if (value == NULL || value->type != JSON_STRING || name->type != JSON_STRING)
			continue;
		if (span_eq_nocase(name->text, SPAN_LIT("email")) && address_is_plain(span_trim(value->text)))
			add(out, span_trim(value->text), role, true);
		else if (span_eq_nocase(name->text, SPAN_LIT("tel")) && span_starts_nocase(value->text, SPAN_LIT("tel:")))
			add_uri(out, value->text, role);
	}
}

/* The registrar's own people are not the organisation's. */
static void entities(const struct json_node *object, unsigned depth, struct said *out)
{
	static const char *const roles[] = {"abuse", "technical", "registrant", "administrative", "noc"};
	const struct json_node *list = json_get(object, "entities");

	if (depth == ENTITY_DEPTH || list == NULL || list->type != JSON_ARRAY)
		return;
	for (const struct json_node *x = list->child; x != NULL; x = x->next) {
		if (x->type != JSON_OBJECT || has_role(x, SPAN_LIT("registrar")) || has_role(x, SPAN_LIT("sponsor")))
			continue;
		for (size_t i = 0; i < sizeof roles / sizeof roles[0]; i++)
			if (has_role(x, span_str(roles[i]))) {
				card(json_get(x, "vcardArray"), span_str(roles[i]), out);
				break;
			}
		entities(x, depth + 1, out);
	}
}

enum errc rdap_read(struct arena *a, span json, struct said *out, struct err *e)
{
	struct json_node *root = NULL;
	unsigned problems = 0;
	size_t used;
	enum errc rc;

	*out = (struct said){.expires_utc = TIME_NONE};
	if ((rc = json_read_most(a, json, 100000, &root, &used, &problems, e)) != OK)
		return rc;
	if (root == NULL || root->type != JSON_OBJECT)
		return err_set(e, ERR_EVIDENCE, "no JSON object");
	out->name = utf8_first(json_get_text(root, "name"), 60);
	entities(root, 0, out);
	return OK;
}
