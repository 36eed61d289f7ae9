#include "attribute/directory-private.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attribute/cells.h"
#include "base/limits.h"
#include "base/list.h"
#include "base/pages.h"
#include "base/utf8.h"

span directory_bytes(const struct directory *d) { return d->file; }
uint32_t directory_size(const struct directory *d) { return d->n; }
size_t directory_orgs(const struct directory *d) { return d->n - 1 - d->n_merged; }
int directory_dictionary(const struct directory *d) { return d->dictionary; }
const struct clash *directory_clashes(const struct directory *d, size_t *n)
{
	*n = d->n_clashes;
	return d->clashes;
}
const struct headings *directory_headings(const struct directory *d) { return &d->headings; }

size_t directory_problems(const struct directory *d, const char **first)
{
	*first = d->first_problem;
	return d->n_problems;
}

static void problem(struct directory *d, uint64_t line, span what, const char *why)
{
	if (d->n_problems++ != 0)
		return;
	what = span_first(what, 80);
	(void)snprintf(d->first_problem, sizeof d->first_problem, "%s:%llu: \"%.*s\" %s", d->path,
	    (unsigned long long)line, (int)what.n, (const char *)what.p, why);
}

struct build {
	struct directory *d;
	struct dictionary_builder *b;
	const struct words *v;
	uint64_t line;
	uint32_t org;
	struct name_core core; /* of its name */
	struct arena *kept;    /* NULL: no name is small yet */
	struct small { span name; enum round round; uint32_t org; } *small;
	size_t n_small, cap_small;
	uint64_t n_names, n_low; /* how many begin with a small letter */
};

/* Whether a small name is spelled so, or the directory writes all small, shows when all are known. */
static enum errc add_name(struct build *w, span name, enum round round, struct err *e)
{
	struct small *v;
	enum errc rc;

	w->n_names++;
	w->n_low += name.n != 0 && name.p[0] >= 'a' && name.p[0] <= 'z';
	if (!name_is_small(name)) {
		struct name_core *c = &w->core;

		if (round == ROUND_NAME)
			return name_add_with_core(w->b, w->v, name, round, w->org, c, e);
		return span_eq(name, c->text) ? builder_add(w->b, round, c->hash, c->class, w->org, e) : name_add(w->b, w->v, name, round, w->org, e);
	}
	if (w->kept == NULL && (rc = arena_new(&w->kept, GIB, e)) != OK)
		return rc;
	if ((v = arena_grow(w->kept, w->small, w->n_small, &w->cap_small, sizeof *v, 64)) == NULL)
		return err_memory(e);
	w->small = v;
	v = &w->small[w->n_small++];
	*v = (struct small){arena_copy(w->kept, name), round, w->org};
	return v->name.p != NULL ? OK : err_memory(e);
}

static enum errc add_small_names(struct build *w, struct err *e)
{
	enum errc (*added)(struct dictionary_builder *, const struct words *, span, enum round, uint32_t, struct err *) = 2 * w->n_low < w->n_names ? small_name_add : name_add;
	enum errc rc = OK;

	for (size_t i = 0; i < w->n_small && rc == OK; i++)
		rc = added(w->b, w->v, w->small[i].name, w->small[i].round, w->small[i].org, e);
	return rc;
}

static bool is_ours(const struct directory *d, span host)
{
	for (size_t i = 0; i < d->config->our_domains.n; i++)
		if (span_eq(host, span_str(d->config->our_domains.v[i])))
			return true;
	return false;
}

/* 0: too long for a host or an address. */
static size_t lower_case(span s, char out[HOST_SIZE])
{
	if (s.n >= HOST_SIZE)
		return 0;
	for (size_t i = 0; i < s.n; i++)
		out[i] = (char)ascii_lower(s.p[i]);
	return s.n;
}

/* "jo@freemail.example" among the domains is that address, not its domain. */
static bool is_free_address(const struct directory *d, span piece, span host, span *address)
{
	span role;

	return span_find_byte(piece, '@') < piece.n && host_is_free(d, host) && cell_contact(piece, address, &role);
}

/* piece: the cell's, of which it is said when that is no address. */
static enum errc add_address(struct build *w, span piece, span address, struct err *e)
{
	UNFILLED char lower[HOST_SIZE];
	size_t n = lower_case(address, lower);

	if (n == 0) {
		problem(w->d, w->line, piece, "is no mail address");
		return OK;
	}
	return builder_add(w->b, ROUND_LISTED, dictionary_address_hash(span_of(lower, n)), ENTRY_ADDRESS, w->org, e);
}

static enum errc add_label(struct build *w, span host, uint32_t org, struct err *e)
{
	uint64_t label = dictionary_label_hash(host);

	return label == 0 ? OK : builder_add(w->b, ROUND_CORE, label, ENTRY_PLAIN, org, e);
}

/* As providers shorten it that give no host with a hyphen in its name: "acme-rockets.fi" is "acmerockets" there. */
static enum errc add_without_hyphens(struct build *w, span host, uint32_t org, struct err *e)
{
	span rest = span_first(host, span_find_byte(host, '.'));
	UNFILLED char label[HOST_SIZE];
	size_t n = 0, at = span_find_byte(rest, '-');

	if (at == rest.n || rest.n > sizeof label)
		return OK;
	for (; rest.n != 0; at = span_find_byte(rest, '-')) {
		memcpy(label + n, rest.p, at);
		n += at;
		rest = span_from(rest, at + 1);
	}
	return add_label(w, span_of(label, n), org, e);
}

static enum errc add_domain(struct build *w, span host, uint32_t org, struct err *e)
{
	enum errc rc = builder_add(w->b, ROUND_LISTED, dictionary_host_hash(host), ENTRY_DOMAIN, org, e);

	if (rc == OK)
		rc = add_label(w, host, org, e);
	return rc != OK ? rc : add_without_hyphens(w, host, org, e);
}

static enum errc add_domains(struct build *w, const struct row *r, struct err *e)
{
	span rest = SPAN_EMPTY, piece;
	UNFILLED char host[HOST_SIZE];
	size_t i = 0, n;
	enum errc rc = OK;
	span address;

	while (rc == OK && row_domain(w->d, r, &i, &rest, &piece, host, &n)) {
		if (n == 0) {
			problem(w->d, w->line, piece, "is no domain");
			continue;
		}
		if (n != piece.n && is_free_address(w->d, piece, span_of(host, n), &address)) {
			rc = add_address(w, piece, address, e);
			continue;
		}
		if (is_ours(w->d, span_of(host, n)))
			w->d->canonical[w->org] = OURSELVES;
		rc = add_domain(w, span_of(host, n), w->org, e);
	}
	return rc;
}

static enum errc add_aliases(struct build *w, const struct row *r, struct err *e)
{
	enum errc rc = OK;
	size_t i = 0;
	span cell, piece;

	while (rc == OK && row_cell(w->d, r, COLUMN_ALIASES, &i, &cell)) {
		unsigned apart = cell_apart(cell);

		while (rc == OK && cell_next(&cell, apart, &piece))
			if (!cell_is_nothing(piece))
				rc = add_name(w, piece, ROUND_LISTED, e);
	}
	return rc;
}

static enum errc add_contacts(struct build *w, const struct row *r, struct err *e)
{
	enum errc rc = OK;
	size_t i = 0;
	span cell, piece, address, role;

	while (rc == OK && row_cell(w->d, r, COLUMN_CONTACTS, &i, &cell))
		while (rc == OK && cell_next(&cell, APART_STRONG | APART_COMMA, &piece))
			if (!cell_is_nothing(piece))
				rc = add_address(w, piece, cell_contact(piece, &address, &role) ? address : SPAN_EMPTY, e);
	return rc;
}

/* Which laws there are where an organisation is goes by it. */
static void check_country(struct build *w, const struct row *r)
{
	span cell = row_first(w->d, r, COLUMN_COUNTRY);
	char code[3];

	if (cell.n != 0 && !cell_is_nothing(cell) && !country_read(cell, code))
		problem(w->d, w->line, cell, "is no country that is known: two letters, as ISO 3166 has them");
}

static enum errc add_row(struct build *w, const struct row *r, struct err *e)
{
	UNFILLED char host[HOST_SIZE];
	span name = row_name(w->d, r, host);
	enum errc rc;

	if (name.n == 0)
		return err_set(e, ERR_USAGE, "%s:%llu: neither a name nor a domain", w->d->path, (unsigned long long)w->line);
	for (size_t i = w->d->n_columns; i < r->n; i++)
		if (span_trim(r->fields[i]).n != 0)
			return err_set(e, ERR_USAGE, "%s:%llu: %zu cells, but the first line has %zu headings (a separator "
			    "without quotes?)", w->d->path, (unsigned long long)w->line, r->n, w->d->n_columns);
	check_country(w, r);
	if ((rc = add_domains(w, r, e)) != OK || (rc = add_name(w, name, ROUND_NAME, e)) != OK ||
	    (rc = add_aliases(w, r, e)) != OK)
		return rc;
	return add_contacts(w, r, e);
}

static enum errc add_ourselves(struct build *w, struct err *e)
{
	const struct case_config *c = w->d->config;
	enum errc rc = OK;

	if (c->our_name != NULL)
		rc = name_add(w->b, w->v, span_str(c->our_name), ROUND_NAME, OURSELVES, e);
	for (size_t i = 0; i < c->our_names.n && rc == OK; i++)
		rc = name_add(w->b, w->v, span_str(c->our_names.v[i]), ROUND_NAME, OURSELVES, e);
	for (size_t i = 0; i < c->our_domains.n && rc == OK; i++)
		rc = add_domain(w, span_str(c->our_domains.v[i]), OURSELVES, e);
	return rc;
}

/* Its own order and words: whoever knows the table finds it again. */
static void unknown_heading(struct headings *h, span heading)
{
	size_t n = strlen(h->unknown);

	heading = utf8_first(span_trim(heading), 60);
	if (heading.n == 0)
		return;
	h->n_unknown++;
	if (n + heading.n + 3 < sizeof h->unknown)
		(void)snprintf(h->unknown + n, sizeof h->unknown - n, "%s%.*s", n != 0 ? ", " : "", (int)heading.n, (const char *)heading.p);
}

/* The first line: what each column holds. */
static enum errc read_headings(struct directory *d, struct err *e)
{
	bool useful = false;
	struct row r;
	enum errc rc;

	csv_open(&d->csv, d->text);
	if ((rc = csv_next(&d->csv, d->scratch, &r.fields, &r.n, e)) != OK) {
		err_in(e, "%s", d->path);
		return rc;
	}
	if (r.n == 0)
		return err_set(e, ERR_USAGE, "%s: empty", d->path);
	if (r.n > MAX_COLUMNS)
		return err_set(e, ERR_USAGE, "%s:1: more than %d columns", d->path, MAX_COLUMNS);
	for (size_t i = 0; i < r.n; i++) {
		d->columns[i] = column_of(r.fields[i], &d->roles[i]);
		if (d->columns[i] == COLUMN_OTHER)
			unknown_heading(&d->headings, r.fields[i]);
		useful |= d->columns[i] == COLUMN_NAME || d->columns[i] == COLUMN_DOMAINS;
	}
	d->n_columns = r.n;
	for (enum column c = 0; c < COLUMNS; c++)
		for (size_t i = d->n_columns + 1; i-- > 0;)
			d->next_column[c][i] = (uint16_t)(i == d->n_columns || d->columns[i] == c ? i : d->next_column[c][i + 1]);
	d->headings.no_names = d->next_column[COLUMN_NAME][0] == d->n_columns;
	d->headings.no_domains = d->next_column[COLUMN_DOMAINS][0] == d->n_columns;
	d->headings.no_contacts = d->next_column[COLUMN_CONTACTS][0] == d->n_columns;
	return useful ? OK : err_set(e, ERR_USAGE, "%s:1: no column for the name or the domains of an organisation "
	    "(see tocsin-attribute(1))", d->path);
}

static enum errc read_rows(struct build *w, struct err *e)
{
	struct directory *d = w->d;
	struct csv csv = d->csv;
	enum errc rc = OK;

	while (rc == OK) {
		size_t at = (size_t)(csv.rest.p - d->text.p);
		struct row r;

		if (d->n % RESET_EACH == 0)
			arena_reset(d->scratch);
		if ((rc = csv_next(&csv, d->scratch, &r.fields, &r.n, e)) != OK) {
			err_in(e, "%s", d->path);
			break;
		}
		if (r.n == 0)
			break;
		w->line = csv.line;
		if (d->n >= d->cap)
			return err_set(e, ERR_USAGE, "%s:%llu: more than %u organisations", d->path,
			    (unsigned long long)csv.line, d->cap);
		w->org = d->n++;
		w->core = (struct name_core){0};
		d->row_at[w->org] = (uint32_t)at;
		d->canonical[w->org] = w->org;
		rc = add_row(w, &r, e);
	}
	return rc;
}

/* Have both a domain, but none in common? Compared in the cleaned form. */
static bool share_domain(const struct directory *d, const struct row *a, const struct row *b, bool *both)
{
	char one[HOST_SIZE], two[HOST_SIZE];
	size_t i = 0, j, n, m;
	span rest = SPAN_EMPTY, piece;
	bool any_a = false, any_b = false;

	while (row_domain(d, a, &i, &rest, &piece, one, &n)) {
		span other = SPAN_EMPTY;

		if (host_is_free(d, span_of(one, n)))
			continue;

		any_a |= n != 0;
		j = 0;
		while (row_domain(d, b, &j, &other, &piece, two, &m)) {
			any_b |= m != 0 && !host_is_free(d, span_of(two, m));
			if (n != 0 && n == m && memcmp(one, two, n) == 0)
				return true;
		}
	}
	if (!any_a) { /* then b was not looked at */
		*both = false;
		return false;
	}
	*both = any_b;
	return false;
}

static bool same_org(void *ctx, uint32_t first, uint32_t second)
{
	struct directory *d = ctx;
	struct row a, b;
	bool both = true, same;
	struct err e;

	if (first == OURSELVES || second == OURSELVES)
		return true;
	arena_reset(d->scratch);
	if (row_read(d, d->scratch, first, &a, &e) != OK || row_read(d, d->scratch, second, &b, &e) != OK)
		return false;
	same = share_domain(d, &a, &b, &both) || !both;
	if (!same) {
		span tenant = row_first(d, &a, COLUMN_TENANT);

		same = tenant.n != 0 && span_eq_nocase(tenant, row_first(d, &b, COLUMN_TENANT));
	}
	if (!same)
		d->shared[first] = d->shared[second] = 1;
	return same;
}

static enum errc note_clash(void *ctx, uint64_t hash, uint32_t first, uint32_t second, struct err *e)
{
	struct directory *d = ctx;

	if (!ROOM(d->clashes, d->n_clashes, d->cap_clashes))
		return err_memory(e);
	d->clashes[d->n_clashes++] = (struct clash){hash, first, second};
	return OK;
}

static int by_hash(const void *a, const void *b)
{
	const struct clash *one = a, *two = b;

	if (one->hash != two->hash)
		return one->hash < two->hash ? -1 : 1;
	return one->second != two->second ? (one->second > two->second) - (one->second < two->second) :
	    (one->first > two->first) - (one->first < two->first);
}

size_t clashes_from(const struct directory *d, uint64_t hash)
{
	size_t low = 0, high = d->n_clashes;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (d->clashes[mid].hash < hash)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

/* Rows of one organisation, chained in their order behind the first. */
static void chain_rows(struct directory *d)
{
	for (uint32_t r = d->n; r-- > 1;) {
		uint32_t c = d->canonical[r];

		if (c != r) {
			d->n_merged++;
			d->next_row[r] = d->next_row[c];
			d->next_row[c] = r;
		}
	}
}

static enum errc build(struct directory *d, const struct words *v, struct err *e)
{
	struct build w = {.d = d, .v = v};
	struct builder_judge judge = {d, d->canonical, same_org, note_clash};
	enum errc rc;

	if ((rc = builder_new(&w.b, d->cap, e)) != OK)
		return rc;
	if ((rc = add_ourselves(&w, e)) == OK && (d->text.n == 0 || (rc = read_rows(&w, e)) == OK) &&
	    (rc = add_small_names(&w, e)) == OK && (rc = builder_finish(w.b, &judge, d->n, &d->dictionary, e)) == OK) {
		chain_rows(d);
		if (d->n_clashes != 0)
			qsort(d->clashes, d->n_clashes, sizeof *d->clashes, by_hash);
	}
	builder_free(w.b);
	arena_free(w.kept);
	return rc;
}

/* How many of the first n bytes of the text end a line. */
static size_t lines_in(const struct directory *d, size_t n)
{
	const unsigned char end = d->csv.end != 0 ? d->csv.end : '\n', *p = d->text.p;
	size_t lines = 0;

	while (n != 0) { /* so many at a time as one byte counts, which is sixteen at once for the processor */
		size_t some = n < UINT8_MAX ? n : UINT8_MAX;
		uint8_t few = 0;

		for (size_t i = 0; i < some; i++)
			few = (uint8_t)(few + (p[i] == end));
		lines += few;
		p += some;
		n -= some;
	}
	return lines;
}

/* As many rows as lines, or fewer; ourselves; and a last line that does not end. */
static enum errc make_tables(struct directory *d, struct err *e)
{
	size_t lines = 2 + lines_in(d, d->text.n);

	if (lines > LIMIT_DIRECTORY_ROWS)
		return err_set(e, ERR_USAGE, "%s: more than %d rows", d->path, LIMIT_DIRECTORY_ROWS);
	d->cap = (uint32_t)lines;
	d->n = 1; /* ourselves */
	d->row_at = pages_new(lines * sizeof *d->row_at);
	d->canonical = pages_new(lines * sizeof *d->canonical);
	d->next_row = pages_new(lines * sizeof *d->next_row);
	d->shared = pages_new(lines);
	return d->row_at != NULL && d->canonical != NULL && d->next_row != NULL && d->shared != NULL ? OK : err_memory(e);
}

void directory_free_domain(struct directory *d, const struct dictionary *dictionary, span domain)
{
	UNFILLED char lower[HOST_SIZE];
	size_t n = lower_case(domain, lower);
	uint64_t hash = dictionary_host_hash(span_of(lower, n));
	struct found f = dictionary_find(dictionary, hash);
	size_t from, to;

	if (n == 0 || (f.class != ENTRY_DOMAIN && f.class != ENTRY_CONFLICT) || f.org == OURSELVES)
		return;
	from = to = clashes_from(d, hash);
	while (to < d->n_clashes && d->clashes[to].hash == hash)
		f.org = d->clashes[to++].first;
	if (to > from)
		memmove(d->clashes + from, d->clashes + to, (d->n_clashes - to) * sizeof *d->clashes);
	d->n_clashes -= to - from;
	problem(d, d->n_problems == 0 && f.org < d->n ? 1 + lines_in(d, d->row_at[f.org]) : 1, domain, "is a domain of free mail, which is nobody's (freemail.txt)");
}

enum errc directory_of(struct directory **out, struct arena *a, span file, const char *path,
    const struct case_config *config, const struct words *v, const struct words *freemail, struct err *e)
{
	struct directory *d = arena_zero(a, 1, sizeof *d);
	enum errc rc;

	if ((*out = d) == NULL)
		return err_memory(e);
	*d = (struct directory){.path = path, .file = file, .dictionary = -1, .config = config, .vocabulary = v, .freemail = freemail};
	if ((rc = arena_new(&d->scratch, 64 * MIB, e)) != OK ||
	    (file.n != 0 && ((rc = csv_text(a, file, &d->text, e)) != OK || (rc = read_headings(d, e)) != OK)) ||
	    (rc = make_tables(d, e)) != OK)
		goto out;
	rc = build(d, v, e);
out:
	if (rc != OK) {
		directory_close(d);
		*out = NULL;
	}
	return rc;
}

static enum errc map_file(const char *path, span *out, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	enum errc rc = OK;
	struct stat st;
	void *p;

	*out = SPAN_EMPTY;
	if (fd < 0 || fstat(fd, &st) != 0) {
		rc = err_sys(e, "%s", path);
	} else if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size > LIMIT_DIRECTORY_BYTES || st.st_size == 0) {
		rc = err_set(e, ERR_USAGE, "%s: %s", path, !S_ISREG(st.st_mode) ? "no file" : st.st_size == 0 ? "empty" : "over 1 GiB");
	} else if ((p = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0)) == MAP_FAILED) {
		rc = err_sys(e, "%s", path);
	} else {
		*out = span_of(p, (size_t)st.st_size);
	}
	if (fd >= 0)
		(void)close(fd);
	return rc;
}

enum errc directory_open(struct directory **out, struct arena *a, const char *path, const struct case_config *config,
    const struct words *v, const struct words *freemail, struct err *e)
{
	span file = SPAN_EMPTY;
	enum errc rc = OK;

	*out = NULL;
	if (path != NULL && (rc = map_file(path, &file, e)) != OK)
		return rc;
	if ((rc = directory_of(out, a, file, path != NULL ? path : "", config, v, freemail, e)) == OK)
		(*out)->map = (void *)(uintptr_t)file.p;
	else if (file.p != NULL)
		(void)munmap((void *)(uintptr_t)file.p, file.n);
	return rc;
}

void directory_close(struct directory *d)
{
	if (d == NULL)
		return;
	if (d->map != NULL)
		(void)munmap(d->map, d->file.n);
	if (d->dictionary >= 0)
		(void)close(d->dictionary);
	pages_free(d->row_at, d->cap * sizeof *d->row_at);
	pages_free(d->canonical, d->cap * sizeof *d->canonical);
	pages_free(d->next_row, d->cap * sizeof *d->next_row);
	pages_free(d->shared, d->cap);
	free(d->clashes);
	arena_free(d->scratch);
}
