#include "case/case.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/rand.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/io.h"
#include "base/limits.h"
#include "base/yaml.h"
#include "case/private.h"
#include "case/names.h"

static const char template_yaml[] =
    "# This case, in words. tocsin reads this file at every run and never writes it again.\n"
    "incident:\n"
    "  title: %s\n"
    "  reference: \"\"            # your incident number\n"
    "  # Dates are RFC 3339 or YYYY-MM-DD; leave out what is not known.\n"
    "  # detected: 2024-03-01\n"
    "  # contained: 2024-03-04\n"
    "  # first_access: 2024-01-15\n"
    "  # last_access: 2024-03-01\n"
    "  # What was done against the breach, for notices and authorities (GDPR 33(3)(d), 34(2)). This, title and the sender's title can\n"
    "  # be said by language: {en: \"...\", de: \"...\"}\n"
    "  # measures: \"\"\n"
    "us:\n"
    "  name: \"\"                 # our organisation, as the notices call it\n"
    "  aliases: []\n"
    "  domains: [%s]\n"
    "sender:                    # who signs the notices: a named person whom recipients can call\n"
    "  name: \"\"\n"
    "  title: \"\"\n"
    "  address: \"\"\n"
    "  phone: \"\"\n"
    "portal: \"\"                 # where recipients can check a notice: a name they type, never a link\n"
    "sealed: false              # true: dossiers are in the reading room there; notices then have an access code\n"
    "dkim: own                  # who signs the notices with DKIM: own (keys of tocsin notify keys) or mta (the mail server)\n"
    "languages: [en, fr]        # of notices, first choice first\n"
    "trusted_hosts: []          # our mail servers' names in Authentication-Results\n"
    "policy:\n"
    "  notify_bulk: false       # newsletters and automatic mail make nobody a party\n"
    "  notify_mentioned: true   # organisations that are only mentioned are told\n"
    "  notify_persons: false    # private persons (free-mail addresses) are told, with texts of their own; false: they are listed\n"
    "  try_passwords: false     # passwords that stand near an encrypted attachment are tried on it\n"
    "  scope: [accessed, presumed, unknown]  # the verdicts that make a message one to be told of\n"
    "  approvals: 2             # different people who must approve a wave\n"
    "  # Days after a wave in which what it tells must be dealt with: credentials surely read, other credentials, logs, content.\n"
    "  remediation: {immediate: 2, credentials: 14, logs: 14, content: 30}\n";

static char *path_in(struct arena *a, const char *dir, const char *name) { return arena_printf(a, "%s/%s", dir, name); }

/* A YAML double-quoted scalar of any text. */
static void put_quoted(struct buf *b, const char *s)
{
	buf_byte(b, '"');
	for (; s != NULL && *s != '\0'; s++) {
		if (*s == '"' || *s == '\\')
			buf_byte(b, '\\');
		buf_byte(b, (unsigned char)*s < 0x20 ? ' ' : (unsigned char)*s);
	}
	buf_byte(b, '"');
}

/* One that is there stays: all digests of the case are made with it. */
static enum errc write_key(const char *path, struct err *e)
{
	unsigned char key[CASE_KEY_SIZE];
	char hex[2 * CASE_KEY_SIZE + 2];
	enum errc rc;

	if (access(path, F_OK) == 0)
		return OK;
	if (RAND_bytes(key, sizeof key) != 1)
		return err_set(e, ERR_WORLD, "no random bytes to be had for the case key");
	hex_write(hex, span_of(key, sizeof key));
	hex[2 * CASE_KEY_SIZE] = '\n';
	rc = io_write_file(path, span_of(hex, 2 * CASE_KEY_SIZE + 1), 0600, e);
	explicit_bzero(key, sizeof key);
	explicit_bzero(hex, sizeof hex);
	return rc;
}

/* One that is there stays, but for one that was asked for and would be another. */
static enum errc write_yaml(struct arena *a, const char *path, span yaml, bool asked, struct err *e)
{
	span have;
	enum errc rc;

	if (access(path, F_OK) != 0)
		return io_write_file(path, yaml, 0600, e);
	if (!asked)
		return OK;
	if ((rc = io_read_file(a, path, LIMIT_YAML_BYTES, &have, e)) != OK)
		return rc;
	return span_eq(have, yaml) ? OK : err_set(e, ERR_REFUSED, "%s is there already and says something else; "
	    "write title and domain into it, and say init without them", path);
}

/* A new folder, an empty one (also as the root of a disk), or what an init that was cut off left: never among other people's files. */
static enum errc is_for_a_case(const char *dir, const char *key, const char *yaml, struct err *e)
{
	static const char *const ours[] = {".", "..", "lost+found", NULL};
	DIR *d;
	enum errc rc = OK;

	if (access(key, F_OK) == 0 || access(yaml, F_OK) == 0)
		return OK;
	if ((d = opendir(dir)) == NULL)
		return errno == ENOENT ? OK : err_sys(e, "%s", dir);
	for (struct dirent *x; rc == OK && (x = readdir(d)) != NULL;)
		if (!span_is_one_of(span_str(x->d_name), ours) && !span_starts(span_str(x->d_name), SPAN_LIT("case.")))
			rc = err_set(e, ERR_REFUSED, "%s: %s lies there, and no case: a case is made in a new folder, or in an empty one", dir, x->d_name);
	(void)closedir(d);
	return rc;
}

/* "us.example": no address, no URL, no pattern. Who writes one of these has a case in which our own mail is a stranger's. */
static bool is_domain(span s)
{
	span rest = s, label = SPAN_EMPTY;
	bool digits = true;

	while (rest.n != 0) {
		label = span_first(rest, span_find_byte(rest, '.'));
		if (label.n == 0 || label.n > 63 || label.p[0] == '-' || label.p[label.n - 1] == '-')
			return false;
		digits = true;
		for (size_t i = 0; i < label.n; i++) {
			if (!ascii_is_alnum(label.p[i]) && label.p[i] != '-' && label.p[i] != '_' && label.p[i] < 0x80)
				return false;
			digits &= ascii_is_digit(label.p[i]);
		}
		rest = span_from(rest, label.n + (label.n < rest.n));
	}
	/* One that ends in a dot is that of no address, and numbers at the end are a host's. */
	return s.n != 0 && s.n <= 253 && s.p[s.n - 1] != '.' && !digits;
}

enum errc case_init(const char *dir, const char *title, const struct text_list *our_domains, struct err *e)
{
	struct buf yaml, t, d;
	struct arena *a = NULL;
	const char *db, *key, *out, *path;
	enum errc rc;

	if (strlen(dir) > 4000)
		return err_set(e, ERR_USAGE, "%.60s...: path too long", dir);
	for (size_t i = 0; i < our_domains->n; i++)
		if (!is_domain(span_str(our_domains->v[i])))
			return err_set(e, ERR_USAGE, "--domain wants a mail domain as us.example, not \"%s\"", our_domains->v[i]);
	buf_init(&yaml, 65536);
	buf_init(&t, 8192);
	buf_init(&d, 8192);
	put_quoted(&t, title != NULL ? title : "");
	for (size_t i = 0; i < our_domains->n; i++) {
		if (i > 0)
			buf_str(&d, ", ");
		put_quoted(&d, our_domains->v[i]);
	}
	buf_printf(&yaml, template_yaml, buf_cstr(&t), buf_cstr(&d));
	if ((rc = buf_check(&t, e)) != OK || (rc = buf_check(&d, e)) != OK || (rc = buf_check(&yaml, e)) != OK ||
	    (rc = arena_new(&a, 65536, e)) != OK)
		goto out;
	if ((db = path_in(a, dir, "case.db")) == NULL || (key = path_in(a, dir, "case.key")) == NULL || (out = path_in(a, dir, "out")) == NULL ||
	    (path = path_in(a, dir, "case.yaml")) == NULL)
		rc = err_memory(e);
	else if (access(db, F_OK) == 0)
		rc = err_set(e, ERR_REFUSED, "%s: there is a case already", dir);
	else if ((rc = is_for_a_case(dir, key, path, e)) == OK && (rc = io_make_dir(dir, 0700, e)) == OK && (rc = write_key(key, e)) == OK && (rc = io_make_dir(out, 0700, e)) == OK)
		rc = write_yaml(a, path, buf_span(&yaml), title != NULL || our_domains->n != 0, e);
out:
	buf_free(&yaml);
	buf_free(&t);
	buf_free(&d);
	arena_free(a);
	return rc;
}

enum errc conf_text(struct arena *a, const struct yaml *map, const char *key, const char **out, struct err *e)
{
	const struct yaml *y = yaml_get(map, key);

	if (y != NULL && y->kind != YAML_SCALAR)
		return yaml_err(y, e, "%s wants one value", key);
	if (y != NULL && (memchr(y->text.p, '\n', y->text.n) != NULL || memchr(y->text.p, '\r', y->text.n) != NULL))
		return yaml_err(y, e, "%s must stand on one line", key);
	*out = arena_cstr(a, y != NULL ? y->text : SPAN_EMPTY);
	return *out == NULL ? err_memory(e) : OK;
}

bool case_access_is_short(const struct case_config *c, int64_t first_utc, int64_t last_utc)
{
	enum { HALF_A_DAY = 43200 }; /* a date alone is one of whose clock? */

	return (c->first_access_utc != TIME_NONE && first_utc != 0 && first_utc < c->first_access_utc - HALF_A_DAY) ||
	    (c->last_access_by_utc != TIME_NONE && last_utc != 0 && last_utc > c->last_access_by_utc + HALF_A_DAY);
}

int64_t case_local(int64_t when_utc, int64_t offset_s) { return when_utc == TIME_NONE ? TIME_NONE : when_utc + offset_s; }

span case_said(const struct yaml *by_language, const char *language, const char *otherwise)
{
	span s = span_trim(yaml_text(by_language, language));

	return s.n != 0 ? s : span_str(otherwise);
}

/* One text, or one for each language: {en: "...", de: "..."}, of which *out is the English one, else the first. */
static enum errc conf_said(struct arena *a, const struct yaml *map, const char *key, const char **out, const struct yaml **by, struct err *e)
{
	const struct yaml *y = yaml_get(map, key);
	const char *text;
	enum errc rc;

	*by = NULL;
	if (y == NULL || y->kind != YAML_MAP)
		return conf_text(a, map, key, out, e);
	*out = "";
	*by = y;
	for (const struct yaml *c = y->first; c != NULL; c = c->next) {
		const char *language = arena_cstr(a, c->key);

		if (language == NULL)
			return err_memory(e);
		if ((rc = conf_text(a, y, language, &text, e)) != OK)
			return rc;
		if (c == y->first || strcmp(language, "en") == 0)
			*out = text;
	}
	return OK;
}

enum errc text_list_read(struct arena *a, const struct yaml *map, const char *key, bool lower, struct text_list *out,
    struct err *e)
{
	const struct yaml *y = yaml_get(map, key);
	size_t n = 0;

	*out = (struct text_list){0};
	if (y == NULL)
		return OK;
	if (y->kind != YAML_LIST)
		return yaml_err(y, e, "%s wants a list: [a, b]", key);
	for (const struct yaml *c = y->first; c != NULL; c = c->next)
		n++;
	if ((out->v = arena_zero(a, n, sizeof *out->v)) == NULL)
		return err_memory(e);
	for (const struct yaml *c = y->first; c != NULL; c = c->next) {
		char *s;

		if (c->kind != YAML_SCALAR)
			return yaml_err(c, e, "%s wants a list of plain values", key);
		if (span_trim(c->text).n == 0)
			continue;
		if ((s = arena_cstr(a, span_trim(c->text))) == NULL)
			return err_memory(e);
		for (char *p = s; lower && *p != '\0'; p++)
			*p = (char)ascii_lower((unsigned char)*p);
		out->v[out->n++] = s;
	}
	return OK;
}

/* The end of a time that yaml_time found right: who says a day alone has not said that it was over before the day was. */
static void time_end(const struct yaml *map, const char *key, int64_t *out)
{
	const struct yaml *y = yaml_get(map, key);

	if (y == NULL || !time_parse_end(y->text, out))
		*out = TIME_NONE;
}

/* Nothing that was let in is shut out before. A day alone is one of any zone, so that it may seem to be half a day earlier than it was. */
static enum errc not_before_access(const struct yaml *map, const char *key, int64_t end, int64_t first_access, struct err *e)
{
	if (end == TIME_NONE || first_access == TIME_NONE || end + 43200 >= first_access)
		return OK;
	return yaml_err(yaml_get(map, key), e, "%s is before first_access: the notices would say so", key);
}

enum errc conf_bool(const struct yaml *map, const char *key, bool none, bool *out, struct err *e)
{
	const struct yaml *y = yaml_get(map, key);

	*out = none;
	if (y == NULL)
		return OK;
	if (y->kind == YAML_SCALAR && (span_eq(y->text, SPAN_LIT("true")) || span_eq(y->text, SPAN_LIT("false"))))
		*out = y->text.p[0] == 't';
	else
		return yaml_err(y, e, "%s wants true or false", key);
	return OK;
}

/* A number of days, 1 to 3650. */
static enum errc get_days(const struct yaml *map, const char *key, unsigned none, unsigned *out, struct err *e)
{
	const struct yaml *y = yaml_get(map, key);
	uint64_t days;

	*out = none;
	if (y == NULL)
		return OK;
	if (y->kind != YAML_SCALAR || !span_number(y->text, 3650, &days) || days == 0)
		return yaml_err(y, e, "%s wants a number of days, 1 to 3650", key);
	*out = (unsigned)days;
	return OK;
}

static enum errc get_remediation(const struct yaml *policy, struct case_remediation *out, struct err *e)
{
	static const char *const only[] = {"immediate", "credentials", "logs", "content", NULL};
	const struct yaml *y = yaml_get(policy, "remediation");
	enum errc rc;

	if (y != NULL && (rc = yaml_only(y, only, e)) != OK)
		return rc;
	if ((rc = get_days(y, "immediate", 2, &out->immediate_days, e)) != OK ||
	    (rc = get_days(y, "credentials", 14, &out->credential_days, e)) != OK ||
	    (rc = get_days(y, "logs", 14, &out->logs_days, e)) != OK)
		return rc;
	return get_days(y, "content", 30, &out->content_days, e);
}

static enum errc domains_check(const struct yaml *domains, struct err *e)
{
	for (const struct yaml *c = domains != NULL ? domains->first : NULL; c != NULL; c = c->next)
		if (span_trim(c->text).n != 0 && !is_domain(span_trim(c->text)))
			return yaml_err(c, e, "domains wants mail domains as us.example, not \"%.*s\"", (int)c->text.n, (const char *)c->text.p);
	return OK;
}

static enum errc get_dkim(const struct yaml *root, bool *mta, struct err *e)
{
	const struct yaml *y = yaml_get(root, "dkim");

	*mta = false;
	if (y == NULL)
		return OK;
	*mta = y->kind == YAML_SCALAR && span_eq(y->text, SPAN_LIT("mta"));
	return *mta || (y->kind == YAML_SCALAR && span_eq(y->text, SPAN_LIT("own")))
	    ? OK : yaml_err(y, e, "dkim wants own (tocsin signs) or mta (the mail server signs)");
}

static enum errc get_encrypt(const struct yaml *policy, enum encrypt_policy *out, struct err *e)
{
	static const char *const words[] = {"never", "when_known", "required"};
	const struct yaml *y = yaml_get(policy, "encrypt");

	*out = ENCRYPT_NEVER;
	if (y == NULL)
		return OK;
	for (size_t i = 0; i < 3; i++)
		if (y->kind == YAML_SCALAR && span_eq(y->text, span_str(words[i]))) {
			*out = (enum encrypt_policy)i;
			return OK;
		}
	return yaml_err(y, e, "encrypt wants never, when_known (where there is a key) or required (nobody else is written to)");
}

static enum errc get_approvals(const struct yaml *policy, unsigned *out, struct err *e)
{
	const struct yaml *y = yaml_get(policy, "approvals");

	*out = 2;
	if (y == NULL)
		return OK;
	if (y->kind != YAML_SCALAR || y->text.n != 1 || y->text.p[0] < '2' || y->text.p[0] > '9')
		return yaml_err(y, e, "approvals wants a number from 2 to 9: no wave leaves on one person's word");
	*out = (unsigned)(y->text.p[0] - '0');
	return OK;
}

/* What is proved not to be reached is never in scope, what was reached always is. */
static enum errc get_scope(const struct yaml *policy, unsigned *out, struct err *e)
{
	static const enum verdict verdicts[] = {VERDICT_ACCESSED, VERDICT_PRESUMED, VERDICT_UNKNOWN};
	const struct yaml *y = yaml_get(policy, "scope");

	*out = y != NULL ? 0 : 1u << VERDICT_ACCESSED | 1u << VERDICT_PRESUMED | 1u << VERDICT_UNKNOWN;
	if (y == NULL)
		return OK;
	for (const struct yaml *c = y->kind == YAML_LIST ? y->first : NULL; c != NULL; c = c->next) {
		size_t i = 0;

		while (i < 3 && !span_eq(c->text, span_str(verdict_name((int)verdicts[i]))))
			i++;
		if (i == 3)
			return yaml_err(c, e, "scope wants some of accessed, presumed, unknown");
		*out |= 1u << verdicts[i];
	}
	if ((*out & 1u << VERDICT_ACCESSED) == 0)
		return yaml_err(y, e, "scope wants a list of verdicts with accessed in it: [accessed, presumed, unknown]");
	return OK;
}

enum errc conf_only(const struct yaml *y, const char *const *only, struct err *e)
{
	return y == NULL || (y->kind == YAML_SCALAR && y->text.n == 0) ? OK : yaml_only(y, only, e);
}

enum errc case_read(struct arena *a, const char *dir, struct case_config *out, struct err *e)
{
	static const char *const top[] = {"incident", "us", "sender", "portal", "sealed", "dkim", "languages", "trusted_hosts", "policy", "clocks", "delivery", "network", NULL};
	static const char *const in_incident[] = {"title", "reference", "detected", "contained", "first_access",
	    "last_access", "measures", NULL};
	static const char *const in_us[] = {"name", "aliases", "domains", NULL};
	static const char *const in_sender[] = {"name", "title", "address", "phone", NULL};
	static const char *const in_policy[] = {"notify_bulk", "notify_mentioned", "notify_persons", "encrypt", "try_passwords", "scope", "approvals", "remediation", NULL};
	const struct { const char *key; const char *const *only; } maps[] = {
	    {"incident", in_incident}, {"us", in_us}, {"sender", in_sender}, {"policy", in_policy}};
	const struct yaml *y[4] = {NULL};
	struct yaml *root;
	char *path = path_in(a, dir, "case.yaml");
	int64_t detected_by;
	enum errc rc;

	*out = (struct case_config){.dir = dir};
	if (path == NULL)
		return err_memory(e);
	if (access(path, F_OK) != 0 && errno == ENOENT)
		return err_set(e, ERR_USAGE, "%s: no case here (no case.yaml); --case or $TOCSIN_CASE says where it is, tocsin init makes one", dir);
	if ((rc = yaml_read_file(a, path, &root, e)) != OK || (rc = yaml_only(root, top, e)) != OK)
		return rc;
	for (size_t i = 0; i < 4; i++) {
		y[i] = yaml_get(root, maps[i].key);
		if ((rc = conf_only(y[i], maps[i].only, e)) != OK)
			return rc;
	}
	out->offset_s = (struct case_offsets){time_offset(yaml_text(y[0], "detected")), time_offset(yaml_text(y[0], "contained")),
	    time_offset(yaml_text(y[0], "first_access")), time_offset(yaml_text(y[0], "last_access"))};
	if ((rc = conf_said(a, y[0], "title", &out->title, &out->titles, e)) != OK ||
	    (rc = conf_said(a, y[0], "measures", &out->measures, &out->measures_said, e)) != OK ||
	    (rc = conf_said(a, y[2], "title", &out->sender_title, &out->sender_titles, e)) != OK ||
	    (rc = conf_text(a, y[0], "reference", &out->reference, e)) != OK ||
	    (rc = yaml_time(y[0], "detected", time_parse, &out->detected_utc, e)) != OK ||
	    (rc = yaml_time(y[0], "contained", time_parse, &out->contained_utc, e)) != OK ||
	    (rc = yaml_time(y[0], "first_access", time_parse, &out->first_access_utc, e)) != OK ||
	    (rc = yaml_time(y[0], "last_access", time_parse, &out->last_access_utc, e)) != OK ||
	    (rc = conf_text(a, y[1], "name", &out->our_name, e)) != OK ||
	    (rc = text_list_read(a, y[1], "aliases", false, &out->our_names, e)) != OK ||
	    (rc = text_list_read(a, y[1], "domains", true, &out->our_domains, e)) != OK || (rc = domains_check(yaml_get(y[1], "domains"), e)) != OK ||
	    (rc = conf_text(a, y[2], "name", &out->sender_name, e)) != OK ||
	    (rc = conf_text(a, y[2], "address", &out->sender_address, e)) != OK ||
	    (rc = conf_text(a, y[2], "phone", &out->sender_phone, e)) != OK ||
	    (rc = conf_text(a, root, "portal", &out->portal, e)) != OK ||
	    (rc = text_list_read(a, root, "languages", true, &out->languages, e)) != OK ||
	    (rc = text_list_read(a, root, "trusted_hosts", true, &out->trusted_hosts, e)) != OK ||
	    (rc = conf_bool(y[3], "notify_bulk", false, &out->notify_bulk, e)) != OK ||
	    (rc = conf_bool(y[3], "notify_mentioned", true, &out->notify_mentioned, e)) != OK ||
	    (rc = conf_bool(y[3], "notify_persons", false, &out->notify_persons, e)) != OK ||
	    (rc = get_encrypt(y[3], &out->encrypt, e)) != OK ||
	    (rc = conf_bool(y[3], "try_passwords", false, &out->try_passwords, e)) != OK ||
	    (rc = conf_bool(root, "sealed", false, &out->sealed, e)) != OK ||
	    (rc = get_dkim(root, &out->dkim_mta, e)) != OK || (rc = get_remediation(y[3], &out->remediation, e)) != OK)
		return rc;
	time_end(y[0], "detected", &detected_by);
	time_end(y[0], "contained", &out->contained_by_utc);
	time_end(y[0], "last_access", &out->last_access_by_utc);
	if ((rc = not_before_access(y[0], "detected", detected_by, out->first_access_utc, e)) != OK ||
	    (rc = not_before_access(y[0], "contained", out->contained_by_utc, out->first_access_utc, e)) != OK ||
	    (rc = not_before_access(y[0], "last_access", out->last_access_by_utc, out->first_access_utc, e)) != OK ||
	    (rc = get_scope(y[3], &out->scope, e)) != OK)
		return rc;
	out->clocks = yaml_get(root, "clocks");
	if ((rc = get_approvals(y[3], &out->approvals, e)) != OK)
		return rc;
	return conf_delivery(a, root, out, e);
}

enum errc case_parties(const struct case_config *c, struct digest *out, struct err *e)
{
	struct buf b;
	enum errc rc;

	buf_init(&b, 64 * MIB);
	buf_str(&b, c->our_name);
	for (size_t i = 0; i < c->our_names.n; i++)
		buf_str(&b, c->our_names.v[i]);
	buf_u32(&b, (uint32_t)c->our_names.n);
	for (size_t i = 0; i < c->our_domains.n; i++)
		buf_str(&b, c->our_domains.v[i]);
	buf_u8(&b, c->notify_bulk);
	buf_u8(&b, c->notify_mentioned);
	buf_u8(&b, c->notify_persons);
	if ((rc = buf_check(&b, e)) == OK)
		sha256_of(buf_span(&b), out);
	buf_free(&b);
	return rc;
}

enum errc case_key(const char *dir, unsigned char key[CASE_KEY_SIZE], struct err *e)
{
	char path[4096];
	struct stat sb;
	struct buf b;
	enum errc rc = OK;
	int fd, n = snprintf(path, sizeof path, "%s/case.key", dir);

	if (n < 0 || (size_t)n >= sizeof path)
		return err_set(e, ERR_USAGE, "%s: path too long", dir);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)) < 0)
		return err_sys(e, "%s", path);
	buf_init(&b, 256);
	if (fstat(fd, &sb) != 0)
		rc = err_sys(e, "%s", path);
	else if ((sb.st_mode & 077) != 0)
		rc = err_set(e, ERR_REFUSED, "%s: others may read the case key; chmod 600 it", path);
	else if ((rc = io_read_fd(fd, &b, e)) == OK && !hex_read(span_trim(buf_span(&b)), key, CASE_KEY_SIZE))
		rc = err_set(e, ERR_USAGE, "%s: not a case key (64 hexadecimal digits)", path);
	buf_wipe(&b);
	(void)close(fd);
	return rc;
}
