/* What stands beside a secret, and so may own it: in its line, its paragraph, or the title above its block. */
#include "attribute/column.h"
#include "attribute/private.h"
#include "base/bisect.h"
#include "mail/aside.h"
#include "mail/quoted.h"

enum {
	BEFORE = 400, BEHIND = 200,  /* bytes around a secret in which its owner is looked for */
	CANDIDATES = 6,
	/*
	 * What makes an owner less likely. A labelled host in another line is nearer than a name, one in prose further than a heading;
	 * whoever has the account below a title need not be whose system it opens.
	 */
	OTHER_LINE = 2000, IN_PROSE = 2000, LABELLED_ABOVE = 200, SOMEBODYS_ADDRESS = 300, A_CUSTOMER = 300, A_NAME = 600, A_TITLE = 1000,
	ADDRESS_BELOW_TITLE = 1500, OUR_OWN_NAME = 700, BEHIND_IT = 40, NAMES_BEHIND = 400, BLOCK_LINES = 3, NEIGHBOURS = 32,
	LABEL_LONGEST = 80,          /* bytes before the colon of a line that says whose it is; more is a sentence */
	QUOTED_ABOVE = 16 * 1024,    /* bytes between a secret and the header of the quoted mail that it is in */
	JOINED_BY = 24,              /* bytes between two names: " and then the one for " */
	HEADER_LINES = 6, HEADER_LONGEST = 2048, /* from one address of such a header to the next */
};

static bool blank_line(span text, size_t lf)
{
	size_t i = lf + 1;

	while (i < text.n && (text.p[i] == ' ' || text.p[i] == '\r' || text.p[i] == '>' || text.p[i] == '\t'))
		i++;
	return i >= text.n || text.p[i] == '\n';
}

/* The paragraph that [from, to) stands in, cut to what is near, and to what is of the same mail. */
static void paragraph(span text, size_t from, size_t to, size_t *begin, size_t *end)
{
	size_t a = from, b = to;

	while (a > 0 && from - a < BEFORE && !(text.p[a - 1] == '\n' && ((blank_line(text, a - 1) && a < from) || quote_changes(text, a - 1))))
		a--;
	while (b < text.n && b - to < BEHIND && !(text.p[b] == '\n' && (blank_line(text, b) || signature_begins(text, b) || quote_changes(text, b))))
		b++;
	*begin = a;
	*end = b;
}

/* "Portal of Acme Rockets:", with user and password below */
static bool ends_in_colon(span text, size_t at)
{
	span line = span_from(text, at);

	line = span_trim(span_first(line, span_find_byte(line, '\n')));
	return line.n > 0 && line.p[line.n - 1] == ':';
}

static size_t lines_between(span text, size_t from, size_t to)
{
	size_t n = 0;

	for (size_t i = from; i < to; i++)
		n += text.p[i] == '\n';
	return n;
}

/* A host or an address in another line than the secret, which is `away` bytes from it. */
static size_t of_other_line(span text, const struct mention *m, size_t from, size_t away)
{
	size_t end = (size_t)m->at + m->n;

	if (!is_labelled(text, m->at))
		return OTHER_LINE + IN_PROSE + away;
	return m->kind == MENTION_HOST && end <= from && lines_between(text, end, from) <= BLOCK_LINES ? LABELLED_ABOVE + away
												      : OTHER_LINE + away;
}

/* "...: x. At Acme it is" */
static bool sentence_ends(span between)
{
	size_t at = span_find(between, SPAN_LIT(". "));

	return at + 2 < between.n || (at + 2 == between.n && at > 0);
}

/*
 * How far a mention is from owning the secret at [from, to); SIZE_MAX when it cannot. What stands before `floor`, the
 * beginning of the nearest heading, belongs to something else.
 */
static size_t remoteness(span text, const struct mention *m, size_t from, size_t to, size_t floor, bool has_host)
{
	size_t a = m->at, b = a + m->n, away = b <= from ? from - b : a >= to ? a - to + BEHIND_IT : 0;
	bool other_line = lines_between(text, b <= from ? b : to, b <= from ? from : a) > 0;

	if (m->kind == MENTION_QUOTED || b <= floor || (other_line && in_other_row(text, a, from)))
		return SIZE_MAX;
	if (a >= from && b <= to && !has_host)
		return SIZE_MAX; /* the secret looks like a host or a name by itself */
	if (m->kind == MENTION_NAME) {
		/* a name owns what stands in its own line, or below it when it is a heading */
		if (other_line && !(b <= from && ends_in_colon(text, b)))
			return SIZE_MAX;
		if (a >= to && sentence_ends(span_sub(text, to, a - to)))
			return SIZE_MAX;
		return A_NAME + away + (other_line ? OTHER_LINE : 0);
	}
	if (other_line)
		away = of_other_line(text, m, from, away);
	return away + (m->kind == MENTION_ADDRESS ? SOMEBODYS_ADDRESS : 0);
}

/* Where the line of the last heading with a name begins, in [begin, from). */
static size_t heading_at(span text, const struct mentions *l, size_t first, size_t begin, size_t from)
{
	size_t at = begin;

	for (size_t i = first; i < l->n && l->v[i].at < from; i++) {
		const struct mention *m = &l->v[i];
		size_t end = (size_t)m->at + m->n;

		if (m->kind != MENTION_NAME || m->weak || m->at < begin || end > from || lines_between(text, end, from) == 0 ||
		    !ends_in_colon(text, end))
			continue;
		for (at = m->at; at > begin && text.p[at - 1] != '\n'; at--)
			;
	}
	return at;
}

/* What stands on the other side of a quoted header is of other mail, also without ">" before each line. */
static void cut_at_headers(const struct mentions *l, size_t from, size_t to, size_t *begin, size_t *end)
{
	for (size_t i = mentions_behind(l, *begin); i < l->n && l->v[i].at < *end; i++) {
		const struct mention *m = &l->v[i];

		if (m->kind != MENTION_QUOTED)
			continue;
		if (m->at >= to)
			*end = m->at;
		else if ((size_t)m->at + m->n <= from && (size_t)m->at + m->n > *begin)
			*begin = (size_t)m->at + m->n;
	}
}

struct candidate { struct mention m; size_t score; };

static void offer(struct candidate best[CANDIDATES], const struct mention *m, size_t score)
{
	struct candidate c = {*m, score};

	for (size_t i = 0; i < CANDIDATES; i++)
		if (c.score < best[i].score) {
			struct candidate was = best[i];

			best[i] = c;
			c = was;
		}
}

/* Around one secret. */
struct look {
	span text;
	const struct mentions *l;
	size_t from, to;      /* the secret */
	size_t begin, end;    /* its paragraph */
	size_t floor;
	bool has_host, titled;
	bool others;          /* its table says that it is of somebody whom the directory does not have */
	bool names_behind;    /* "x is Acme's, y is Zephyr's": in its line a secret comes first, then a name, and others follow */
	struct place title;   /* empty when there is none */
	struct place field;   /* "Customer: Acme" at the block's end, which stands for its title; or empty */
	struct place label;   /* from a name to the colon in the secret's line: "Acme Shopify: kim@b.example / x"; or empty */
	struct place cell;    /* of a table, which stands for the title of the secret's row or column; or empty */
	struct candidate best[CANDIDATES];
};

static bool in_title(const struct look *k, size_t at) { return at >= k->title.at && at < k->title.end; }

/* "Our account at Acme", with our name for it, is Acme's to reset. */
static size_t our_own(const struct mention *m) { return m->kind == MENTION_NAME && m->org == 0 ? OUR_OWN_NAME : 0; }

/* "Acme and Zephyr: x. Kyd: y", "Kyd: y. Acme and Zephyr: x": is somebody else named there, whose that one is? */
static bool named_between(const struct look *k, size_t from, size_t to)
{
	for (size_t j = mentions_behind(k->l, from); j < k->l->n && k->l->v[j].at < to; j++)
		if (k->l->v[j].at >= from && k->l->v[j].kind == MENTION_NAME && !k->l->v[j].weak)
			return true;
	return false;
}

/*
 * The name that a line begins with, or that words about access lead to, before a colon: it says whose is what follows, as a title does. Not
 * where another name stands between.
 */
static void label_find(struct look *k)
{
	size_t begin = span_line_begin(k->text, k->from, BEFORE + 1), colon, i;
	span before = span_sub(k->text, begin, k->from - begin), lead;
	bool words = false; /* before the name */

	if (begin > 0 && k->text.p[begin - 1] != '\n')
		return;
	colon = begin + span_find(before, SPAN_LIT(": "));
	for (i = mentions_behind(k->l, begin); i < k->l->n && k->l->v[i].at < k->from; i++)
		if (k->l->v[i].at >= begin && k->l->v[i].kind == MENTION_NAME && !k->l->v[i].weak)
			break;
	if (i == k->l->n || k->l->v[i].at >= k->from || colon >= k->from || (size_t)k->l->v[i].at + k->l->v[i].n > colon || colon - begin > LABEL_LONGEST || named_between(k, colon, k->from))
		return;
	lead = span_sub(k->text, begin, k->l->v[i].at - begin);
	for (size_t c = 0; c < lead.n; c++)
		words |= ascii_is_alpha(lead.p[c]);
	if (words && !is_about_access(lead))
		return;
	k->label = (struct place){k->l->v[i].at, colon};
}

/* "kim@b.example": the address, or the domain in it, but not the host of "https://user:secret@b.example" */
static bool is_account(const struct look *k, const struct mention *m)
{
	if (m->kind == MENTION_ADDRESS)
		return true;
	return m->kind == MENTION_HOST && m->at > 0 && k->text.p[m->at - 1] == '@' && host_name_of_address(k->text, m->at);
}

static size_t how_far(const struct look *k, const struct mention *m)
{
	size_t score = remoteness(k->text, m, k->from, k->to, k->floor, k->has_host);

	if (score == SIZE_MAX)
		return score;
	if (k->label.end != 0 && m->kind == MENTION_NAME && m->at == k->label.at)
		score = A_NAME;
	else if (k->names_behind && m->kind == MENTION_NAME && m->at < k->from)
		score += NAMES_BEHIND;
	return score + our_own(m) + ((k->titled || k->label.end != 0) && is_account(k, m) ? ADDRESS_BELOW_TITLE : 0);
}

static void offer_mentions(struct look *k)
{
	for (size_t i = mentions_behind(k->l, k->begin); i < k->l->n && k->l->v[i].at < k->end; i++) {
		const struct mention *m = &k->l->v[i];

		if (m->kind == MENTION_ADDRESS && address_is_aside(k->text, m->at, k->from, k->to))
			continue;
		if (m->kind == MENTION_NAME && k->others)
			continue;
		/* hosts come with those that nobody listed */
		if (m->at >= k->begin && !in_title(k, m->at) && (m->kind != MENTION_HOST || (m->at > 0 && k->text.p[m->at - 1] == '@')))
			offer(k->best, m, how_far(k, m));
	}
}

static size_t link_end(span text, size_t at)
{
	while (at < text.n && !ascii_is_space(text.p[at]) && text.p[at] != '<' && text.p[at] != '>' && text.p[at] != '"')
		at++;
	return at;
}

/* "login.do" of "https://b.example/login.do", where only a link within the link may have another host */
static bool in_path(span text, size_t at) { return text.p[at - 1] == '/' && text.p[at - 2] != '/'; }

/* "Acme.io": how somebody is called, and a host that nobody listed */
static bool is_name(const struct mentions *l, size_t at, size_t n)
{
	bool name = false;

	for (size_t i = mentions_behind(l, at); i < l->n && l->v[i].at <= at; i++) {
		if (l->v[i].at != at || l->v[i].n != n)
			continue;
		if (l->v[i].kind == MENTION_HOST)
			return false;
		name |= l->v[i].kind == MENTION_NAME && !l->v[i].weak;
	}
	return name;
}

/*
 * Hosts of anybody. One within a link is where the link leads if it is a gateway's: it comes behind the link's own, wherever
 * that stands.
 */
static void offer_hosts(struct look *k, size_t from, size_t to)
{
	struct mention link = {0};
	size_t link_to = 0, inner = 0, at, n;

	while (host_name_next(k->text, &from, to, &at, &n)) {
		struct mention m = {MENTION_HOST, false, ORG_MASK, (uint32_t)at, (uint32_t)n};
		bool of_address = host_name_of_address(k->text, at) || (at + n < k->text.n && k->text.p[at + n] == '@');
		bool in_link = at < link_to;
		bool of_title = k->title.end <= k->begin && in_title(k, at); /* otherwise it is offered with its paragraph */
		size_t score;

		if (of_address && !(k->has_host && at > 0 && at >= k->from && at + n <= k->to && k->text.p[at - 1] == '@'))
			continue;
		if ((in_link ? in_path(k->text, at) : is_name(k->l, at, n)) || host_name_is_account(k->text, at, n))
			continue;
		if (!in_link && span_ends_nocase(span_first(k->text, at), SPAN_LIT("://"))) {
			link = m;
			link_to = link_end(span_first(k->text, to), at);
			inner = 0;
		}
		score = of_title ? A_TITLE + (at - k->title.at) : how_far(k, in_link ? &link : &m);
		if (score != SIZE_MAX && link_is_aside(k->text, in_link ? link.at : at, k->from, k->to))
			continue;
		offer(k->best, &m, score == SIZE_MAX || !in_link ? score : score + ++inner);
	}
}

/* A name in the title owns the block below it before whoever has an account there. */
static void offer_title(struct look *k)
{
	for (size_t i = mentions_behind(k->l, k->title.at); i < k->l->n && k->l->v[i].at < k->title.end; i++) {
		const struct mention *m = &k->l->v[i];

		if (m->at >= k->title.at && m->kind != MENTION_QUOTED && m->kind != MENTION_HOST) {
			offer(k->best, m, A_TITLE + (m->at - k->title.at) + our_own(m));
			k->titled |= m->kind == MENTION_NAME && !m->weak;
		}
	}
	if (k->title.end <= k->begin)
		offer_hosts(k, k->title.at, k->title.end);
}

/*
 * "Acme and Zephyr", "Acme, Kyd and Zephyr": one secret beside them is of all of these, and of several nobody knows which is whose. A comma
 * alone does not join, as cells of a table are apart by it.
 */
struct together { size_t first, behind; bool several; }; /* mentions [first, behind), with several organisations among them */

static size_t mention_end(const struct mention *m) { return (size_t)m->at + m->n; }

/* What stands between two names: a comma alone, or "and", with "for", "of" and the like behind it? */
static bool joins(span between, bool *conjunction)
{
	static const char *const ands[] = {"and", "und", "et", "y", "e", "en", "i", "och", "og", "oraz", "sowie", NULL};
	static const char *const others[] = {"the", "then", "also", "for", "of", "at", "to", "one", "dann", "von", "bei", "der", "die", "des", "pour", "de", "chez", "la",
	    "para", "per", "di", "voor", "van", "dla", NULL};
	size_t from = 0, n = 0;
	struct token t;

	if (between.n > JOINED_BY || span_find_byte(between, '\n') < between.n || span_find_byte(between, '\t') < between.n)
		return false;
	for (; tokens_read(between, &from, &t, 1) == 1; n++) {
		span word = span_sub(between, t.at, t.n);

		if (n == 0 ? !span_is_one_of_nocase(word, ands) : !span_is_one_of_nocase(word, others))
			return false;
	}
	between = span_trim(between);
	if (n == 0 && span_eq(between, SPAN_LIT(",")))
		return true;
	*conjunction = true;
	if (n == 0)
		return span_eq(between, SPAN_LIT("&")) || span_eq(between, SPAN_LIT("+"));
	/* the full stop of "Acme Inc. and Zephyr", not that of a sentence */
	return ascii_is_alpha(between.p[0]) || between.p[0] == ',' || (between.p[0] == '.' && span_find_byte(between, ' ') == 1 && ascii_lower(between.p[2]) == between.p[2]);
}

static struct together named_together(const struct look *k, const struct mention *m)
{
	struct together g = {0};
	bool conjunction = false;
	size_t i = mentions_behind(k->l, m->at);

	while (i < k->l->n && k->l->v[i].at != m->at)
		i++;
	for (g.first = i; g.first > 0 && k->l->v[g.first - 1].kind == MENTION_NAME && mention_end(&k->l->v[g.first - 1]) <= k->l->v[g.first].at &&
	     joins(span_sub(k->text, mention_end(&k->l->v[g.first - 1]), k->l->v[g.first].at - mention_end(&k->l->v[g.first - 1])), &conjunction); g.first--)
		;
	for (g.behind = i + 1; g.behind < k->l->n && k->l->v[g.behind].kind == MENTION_NAME && mention_end(&k->l->v[g.behind - 1]) <= k->l->v[g.behind].at &&
	     joins(span_sub(k->text, mention_end(&k->l->v[g.behind - 1]), k->l->v[g.behind].at - mention_end(&k->l->v[g.behind - 1])), &conjunction); g.behind++)
		;
	for (size_t j = g.first; j < g.behind && i < k->l->n; j++)
		g.several |= conjunction && k->l->v[j].org != m->org && k->l->v[j].org != 0 && m->org != 0 && !k->l->v[j].weak;
	return g;
}

static bool overlap(const struct place *a, const struct place *b) { return a->at < b->end && b->at < a->end; }

/* Does another secret stand below the title, or in the line, that names the group? */
static bool has_fellow(const struct look *k, const struct place *secrets, size_t n_secrets, size_t i, const struct together *g)
{
	const struct mention *m = &k->l->v[g->behind - 1];
	size_t begin = span_line_begin(k->text, m->at, BEFORE + 1), end = m->at + span_find_byte(span_sub(k->text, m->at, BEFORE), '\n');

	for (size_t j = i > NEIGHBOURS ? i - NEIGHBOURS : 0; j < n_secrets && j < i + NEIGHBOURS; j++) {
		struct place other;

		if (overlap(&secrets[j], &secrets[i]))
			continue;
		if ((secrets[j].at >= begin && secrets[j].at < end &&
		     !named_between(k, secrets[j].at < m->at ? begin : mention_end(m), secrets[j].at)) ||
		    (k->title.end != 0 && title_above(k->text, k->l, secrets, n_secrets, secrets[j].at, &other) && other.at == k->title.at))
			return true;
	}
	return false;
}

/* Of names that stand together, where several secrets do: none counts. True: the likeliest is of a group, and this secret alone is theirs. */
static bool settle_together(struct look *k, const struct place *secrets, size_t n_secrets, size_t i, struct together *g)
{
	for (;;) {
		const struct mention best = k->best[0].m;
		size_t n = 0;

		if (k->best[0].score == SIZE_MAX || best.kind != MENTION_NAME || best.weak || !(*g = named_together(k, &best)).several)
			return false;
		if (!has_fellow(k, secrets, n_secrets, i, g))
			return true;
		for (size_t c = 0; c < CANDIDATES; c++)
			if (k->best[c].m.at < k->l->v[g->first].at || k->best[c].m.at >= mention_end(&k->l->v[g->behind - 1]))
				k->best[n++] = k->best[c];
		while (n < CANDIDATES)
			k->best[n++].score = SIZE_MAX;
	}
}

/* The names of a line below: "(that is the one for Acme)", "Customer: Acme" */
static void offer_names(struct look *k, const struct place *line, size_t base)
{
	for (size_t i = mentions_behind(k->l, line->at); i < k->l->n && k->l->v[i].at < line->end; i++) {
		const struct mention *m = &k->l->v[i];

		if (m->at >= line->at && m->kind == MENTION_NAME)
			offer(k->best, m, base + (m->at - line->at) + our_own(m));
	}
}

static enum told_where where_told(const struct look *k, size_t at)
{
	if (in_title(k, at))
		return TOLD_TITLE;
	if (at >= k->cell.at && at < k->cell.end)
		return TOLD_CELL;
	return at >= k->field.at && at < k->field.end ? TOLD_FIELD : TOLD_BESIDE;
}

/* Of many secrets those around this one in the list are asked for. */
static bool names_are_behind(span text, const struct mentions *l, const struct place *secrets, size_t n_secrets, size_t secret)
{
	size_t from = secrets[secret].at, line = from, first = secret > NEIGHBOURS ? secret - NEIGHBOURS : 0;
	size_t begin = from; /* of the first secret in the line */

	while (line > 0 && from - line < BEFORE && text.p[line - 1] != '\n')
		line--;
	for (size_t i = first; i < n_secrets && i < secret + NEIGHBOURS; i++)
		if (secrets[i].at >= line && secrets[i].at < begin)
			begin = secrets[i].at;
	if (begin == from)
		return false;
	for (size_t i = mentions_behind(l, line); i < l->n && l->v[i].at < begin; i++)
		if (l->v[i].at >= line && l->v[i].kind == MENTION_NAME)
			return false;
	return true;
}

static bool is_quoted(span text, size_t at)
{
	size_t begin = span_line_begin(text, at, BEFORE + 1);

	return (begin == 0 || text.p[begin - 1] == '\n') && quote_depth(text, begin) > 0;
}

void beside_tell(const struct part_text *t, const struct mentions *l, const struct place *secrets, size_t n_secrets, size_t i,
    const struct secret *s, uint32_t number, struct buf *out)
{
	enum column_heading heading;
	struct place note;
	struct together together = {0};
	bool of_all;
	struct look k = {.text = t->utf8, .l = l, .from = secrets[i].at, .to = secrets[i].end, .has_host = s->has_host};

	for (size_t c = 0; c < CANDIDATES; c++)
		k.best[c].score = SIZE_MAX;
	k.names_behind = names_are_behind(k.text, l, secrets, n_secrets, i);
	paragraph(k.text, k.from, k.to, &k.begin, &k.end);
	cut_at_headers(l, k.from, k.to, &k.begin, &k.end);
	k.floor = heading_at(k.text, l, mentions_behind(l, k.begin), k.begin, k.from);
	heading = column_above(k.text, l, k.from, k.to, &k.cell);
	k.others = heading == HEADING_OTHER;
	if (heading == HEADING_NAMES) {
		offer_names(&k, &k.cell, A_TITLE);
		k.titled = true;
	} else {
		if (heading == HEADING_CUSTOMER) {
			offer_names(&k, &k.cell, A_CUSTOMER);
			k.titled = true;
		}
		k.cell = (struct place){0};
	}
	if (!k.titled && field_below(k.text, l, secrets, n_secrets, i, &k.field)) {
		offer_names(&k, &k.field, A_TITLE);
		k.titled = true;
	} else {
		k.field = (struct place){0};
	}
	if (!k.titled && heading != HEADING_OTHER && title_above(k.text, l, secrets, n_secrets, k.from, &k.title)) {
		offer_title(&k);
		if (k.titled && k.title.at > k.floor)
			k.floor = k.title.at;
	} else {
		k.title = (struct place){0};
	}
	if (!k.others)
		label_find(&k);
	offer_mentions(&k);
	offer_hosts(&k, k.begin, k.end);
	if (note_below(k.text, k.to, &note))
		offer_names(&k, &note, A_TITLE);
	of_all = settle_together(&k, secrets, n_secrets, i, &together);
	for (size_t c = 0; c < CANDIDATES && k.best[c].score != SIZE_MAX; c++) {
		const struct mention *m = &k.best[c].m;
		UNFILLED char plain[HOST_NAME_LONGEST];

		told_put(out, &(struct told_mention){m->kind, m->weak, where_told(&k, m->at), m->org, number,
		    s->at_byte, s->path, mention_text(k.text, m, plain)});
		for (size_t j = together.first; of_all && c == 0 && j < together.behind; j++)
			if (l->v[j].org != m->org && !l->v[j].weak)
				told_put(out, &(struct told_mention){MENTION_NAME, false, TOLD_TOO, l->v[j].org, number, s->at_byte, s->path,
				    span_sub(k.text, l->v[j].at, l->v[j].n)});
	}
	if (!is_quoted(k.text, k.from))
		told_put(out, &(struct told_mention){MENTION_NAME, true, called_ours(k.text, k.from) ? TOLD_CALLED_OURS : TOLD_OWN_WORDS, ORG_MASK, number,
		    s->at_byte, s->path, SPAN_EMPTY});
}

static bool blank_between(span text, size_t from, size_t to)
{
	for (size_t at = from; (at += span_find_byte(span_sub(text, at, to - at), '\n')) < to; at++)
		if (blank_line(text, at))
			return true;
	return false;
}

/* "On Monday Kim <kim@b.example> wrote:", also across two lines: a header that ends with itself. */
static bool is_attribution(span text, size_t at)
{
	span line = span_from(text, span_line_begin(text, at, BEFORE + 1)), next;
	size_t end = span_find_byte(line, '\n');

	next = span_from(line, end < line.n ? end + 1 : end);
	next = span_first(next, span_find_byte(next, '\n'));
	return says_who_wrote(span_trim(span_first(line, end))) || says_who_wrote(span_trim(next));
}

static int depth_at(span text, size_t at) { return quote_depth(text, span_line_begin(text, at, BEFORE + 1)); }

/* Does the secret at `from` stand behind the end of what the header at `at` is of: quoted less than it, or than what "... wrote:" is followed by? */
static bool is_behind_quoted(span text, size_t at, size_t from)
{
	int depth = depth_at(text, from), header = depth_at(text, at);

	if (depth < header)
		return true;
	if (depth > header || !is_attribution(text, at))
		return false;
	for (size_t lf = at; (lf += span_find_byte(span_sub(text, lf, from - lf), '\n')) < from; lf++)
		if (quote_depth(text, lf + 1) > header)
			return true;
	return false;
}

void quoted_tell(span text, const struct mentions *l, size_t from, const struct secret *s, uint32_t number, struct buf *out)
{
	size_t i, below = from, reach = QUOTED_ABOVE, lines = 0; /* of the header, with addresses */
	bool whole = false;                                      /* that line is all of it */

	BISECT(i, l->n, l->v[i].at < from);
	while (i-- > 0) {
		const struct mention *m = &l->v[i];
		size_t end = (size_t)m->at + m->n;

		if (end > below)
			continue;
		if (below - end > reach || (below != from && lines_between(text, end, below) > HEADER_LINES) ||
		    ((lines > 1 || whole) && blank_between(text, end, below)))
			return;
		if (m->kind != MENTION_QUOTED)
			continue;
		if (lines == 0 && is_behind_quoted(text, m->at, from))
			return;
		whole |= lines == 0 && is_attribution(text, m->at);
		lines += below == from || lines_between(text, end, below) > 0;
		told_put(out, &(struct told_mention){m->kind, false, TOLD_QUOTED, ORG_MASK, number, s->at_byte, s->path, span_sub(text, m->at, m->n)});
		below = m->at;
		reach = HEADER_LONGEST;
	}
}
