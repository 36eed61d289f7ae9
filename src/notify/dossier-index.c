/* What a dossier says of itself: the index that a security officer reads first, lists of messages, and the identity. */
#include <stdlib.h>

#include "base/clock.h"
#include "notify/dossier.h"

enum { DAY = 86400, MANY_MESSAGES = 1000 };

/* From when to when the intruder was about: by the records (of sign-ins, too), and by what the case says where that is more. */
int64_t window_from(const struct dossier *d) { return earlier(d->records_from_utc, d->n->config->first_access_utc); }
int64_t window_to(const struct dossier *d)
{
	const struct case_config *c = d->n->config;

	/* The case's last access says when it ended, where somebody knows; that it was contained is known more often. */
	return later(d->records_to_utc, c->last_access_by_utc != TIME_NONE ? c->last_access_by_utc : c->contained_by_utc);
}

int64_t exposure_due(const struct dossier *d, const struct exposure *x)
{
	const struct case_remediation *r = &d->n->config->remediation;

	/* The shorter time begins when the organisation was told that it was read. */
	return earlier((x->told_utc != TIME_NONE ? x->told_utc : d->created_utc) + (int64_t)r->credential_days * DAY,
	    x->opened_utc != TIME_NONE ? x->opened_utc + (int64_t)r->immediate_days * DAY : TIME_NONE);
}

/* What was surely read first, then the most severe, then the oldest. */
static int by_urgency(const void *p, const void *q)
{
	const struct exposure *x = *(const struct exposure *const *)p, *y = *(const struct exposure *const *)q;

	if (x->accessed != y->accessed)
		return x->accessed ? -1 : 1;
	if (x->severity != y->severity)
		return x->severity > y->severity ? -1 : 1;
	if (x->first_utc != y->first_utc)
		return x->first_utc < y->first_utc ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void put_exposure(struct json *j, const struct dossier *d, const struct exposure *x)
{
	json_open(j, NULL, '{');
	json_str(j, "exposure", x->name);
	json_str(j, "class", x->class);
	json_str(j, "severity", severity_name(x->severity));
	json_str(j, "masked", x->masked);
	json_bool(j, "ours", x->theirs);
	json_bool(j, "guessed", x->maybe);
	json_open(j, "records", '[');
	for (size_t i = 0; i < x->n_messages; i++)
		json_str(j, NULL, d->rows[x->messages[i]].record);
	json_close(j, ']');
	json_str(j, "beside", x->beside);
	json_str(j, "where", x->where);
	json_time(j, "first", x->first_utc);
	json_bool(j, "accessed", x->accessed);
	json_open(j, "exposed", '{');
	json_time(j, "from", x->from_utc != TIME_NONE ? x->from_utc : window_from(d));
	json_time(j, "to", x->to_utc != TIME_NONE ? x->to_utc : window_to(d));
	json_close(j, '}');
	if (!x->personal)
		json_time(j, "due", exposure_due(d, x));
	json_bool(j, "new", x->version == d->round.version);
	json_close(j, '}');
}

const struct exposure **exposures_sorted(const struct dossier *d)
{
	const struct exposure **sorted = malloc((d->n_exposures + 1) * sizeof *sorted);

	if (sorted == NULL)
		return NULL;
	for (size_t i = 0; i < d->n_exposures; i++)
		sorted[i] = &d->exposures[i];
	if (d->n_exposures > 1)
		qsort(sorted, d->n_exposures, sizeof *sorted, by_urgency);
	return sorted;
}

static void put_exposures(struct json *j, const struct dossier *d)
{
	const struct exposure **sorted = exposures_sorted(d);

	if (sorted == NULL) {
		j->out->failed = true;
		return;
	}
	for (int personal = 0; personal < 2; personal++) {
		json_open(j, personal ? "personal" : "credentials", '[');
		for (size_t i = 0; i < d->n_exposures; i++)
			if (sorted[i]->personal == (personal != 0))
				put_exposure(j, d, sorted[i]);
		json_close(j, ']');
	}
	free(sorted);
}

static void put_us(struct json *j, const struct dossier *d)
{
	const struct case_config *c = d->n->config;

	json_open(j, "us", '{');
	json_str(j, "name", c->our_name);
	json_span(j, "title", case_said(c->titles, d->language->code, c->title));
	json_str(j, "reference", c->reference);
	json_str(j, "sender", c->sender_name);
	json_span(j, "sender_title", case_said(c->sender_titles, d->language->code, c->sender_title));
	json_str(j, "phone", c->sender_phone);
	json_str(j, "address", c->sender_address);
	json_close(j, '}');
}

static void put_organisation(struct json *j, const struct dossier *d, bool more)
{
	json_open(j, "organisation", '{');
	json_str(j, "name", d->org.name);
	json_open(j, "domains", '[');
	for (size_t i = 0; i < d->org.n_domains; i++)
		json_str(j, NULL, d->org.domains[i]);
	json_close(j, ']');
	if (more) {
		json_str(j, "country", d->org.country);
		json_str(j, "language", d->org.language);
	}
	json_close(j, '}');
}

static void put_counts(struct json *j, const struct dossier *d)
{
	uint64_t role[6] = {0}, verdict[4] = {0}, fresh = 0, credentials = 0, personal = 0;

	for (size_t i = 0; i < d->n_messages; i++) {
		const struct sealed_message *m = &d->messages[i];

		for (int r = LINK_SENDER; r <= LINK_BULK; r++)
			role[r] += m->roles >> r & 1;
		verdict[m->verdict >= 0 && m->verdict < 4 ? m->verdict : VERDICT_UNKNOWN]++;
		fresh += (uint32_t)m->version == d->round.version;
	}
	for (size_t i = 0; i < d->n_exposures; i++) {
		personal += d->exposures[i].personal;
		credentials += !d->exposures[i].personal;
	}
	json_open(j, "counts", '{');
	json_u64(j, "messages", d->n_messages);
	json_u64(j, "new", fresh);
	json_u64(j, "sent", role[LINK_SENDER]);
	json_u64(j, "received", role[LINK_RECIPIENT]);
	json_u64(j, "mentioned", role[LINK_MENTIONED]);
	json_u64(j, "owner", role[LINK_OWNER]);
	json_u64(j, "bulk", role[LINK_BULK]);
	json_u64(j, "accessed", verdict[VERDICT_ACCESSED]);
	json_u64(j, "presumed", verdict[VERDICT_PRESUMED]);
	json_u64(j, "unknown", verdict[VERDICT_UNKNOWN]);
	json_u64(j, "credentials", credentials);
	json_u64(j, "personal", personal);
	json_u64(j, "withheld", d->n_withheld);
	json_close(j, '}');
}

int64_t task_due(const struct dossier *d, bool logs)
{
	const struct case_remediation *r = &d->n->config->remediation;

	return d->created_utc + (int64_t)(logs ? r->logs_days : r->content_days) * DAY;
}

static void put_tasks(struct json *j, const struct dossier *d)
{
	json_open(j, "tasks", '[');
	json_open(j, NULL, '{');
	json_str(j, "task", "logs");
	json_time(j, "from", window_from(d));
	json_time(j, "to", window_to(d));
	json_time(j, "due", task_due(d, true));
	json_close(j, '}');
	json_open(j, NULL, '{');
	json_str(j, "task", "content");
	json_time(j, "due", task_due(d, false));
	json_close(j, '}');
	json_close(j, ']');
}

void index_write(const struct dossier *d, struct buf *out)
{
	const struct case_config *c = d->n->config;
	struct json j = json_to(out);

	json_open(&j, NULL, '{');
	json_u64(&j, "v", 1);
	json_str(&j, "case", d->id_hex);
	json_u64(&j, "generation", d->round.generation);
	json_u64(&j, "version", d->round.version);
	json_i64(&j, "wave", d->wave);
	json_time(&j, "created", d->created_utc);
	put_organisation(&j, d, false);
	put_us(&j, d);
	json_open(&j, "incident", '{');
	json_time(&j, "detected", c->detected_utc);
	json_time(&j, "contained", c->contained_utc);
	/* As the notice says it: the first record need not be the first access. */
	json_time(&j, "first_access", c->first_access_utc);
	json_time(&j, "last_access", c->last_access_utc);
	json_close(&j, '}');
	put_counts(&j, d);
	put_exposures(&j, d);
	put_tasks(&j, d);
	json_masking(&j, d->masked);
	json_open(&j, "lists", '[');
	for (size_t i = 0; i * ROWS_A_LIST < d->n_messages; i++) {
		char name[BUNDLE_RECORD_MAX];

		(void)snprintf(name, sizeof name, "list-%zu", i);
		json_str(&j, NULL, name);
	}
	json_close(&j, ']');
	json_close(&j, '}');
}

void json_roles(struct json *j, unsigned roles)
{
	static const struct { int role; const char *word; } words[] = {{LINK_SENDER, "sent"}, {LINK_RECIPIENT, "received"},
	    {LINK_MENTIONED, "mentioned"}, {LINK_OWNER, "owner"}, {LINK_BULK, "bulk"}};

	json_open(j, "roles", '[');
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if ((roles >> words[i].role & 1) != 0)
			json_str(j, NULL, words[i].word);
	json_close(j, ']');
}

void json_masking(struct json *j, const uint64_t masked[MASK_REASONS])
{
	json_open(j, "masking", '[');
	for (int i = 1; i < MASK_REASONS; i++)
		if (masked[i] != 0) {
			json_open(j, NULL, '{');
			json_str(j, "reason", mask_reason_name(i));
			json_u64(j, "count", masked[i]);
			json_close(j, '}');
		}
	json_close(j, ']');
}

void list_write(const struct dossier *d, size_t from, size_t to, struct buf *out)
{
	struct json j = json_to(out);

	json_open(&j, NULL, '{');
	json_u64(&j, "v", 1);
	json_open(&j, "rows", '[');
	for (size_t i = from; i < to; i++) {
		const struct sealed_message *m = &d->messages[i];
		const struct row *r = &d->rows[i];

		json_open(&j, NULL, '{');
		json_str(&j, "record", r->record);
		json_time(&j, "when", m->when_utc);
		json_str(&j, "from", r->from);
		json_str(&j, "to", r->to);
		json_str(&j, "subject", r->subject);
		json_roles(&j, m->roles);
		json_str(&j, "view", message_is_full(m) ? "full" : "spans");
		json_str(&j, "verdict", verdict_name(m->verdict));
		json_u64(&j, "credentials", r->credentials);
		json_u64(&j, "personal", r->personal);
		json_u64(&j, "attachments", r->attachments);
		json_bool(&j, "withheld", r->withheld);
		json_bool(&j, "new", (uint32_t)m->version == d->round.version);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_close(&j, '}');
}

void identity_write(const struct dossier *d, struct buf *out)
{
	struct json j = json_to(out);
	size_t credentials = 0;

	json_open(&j, NULL, '{');
	json_u64(&j, "v", 1);
	json_str(&j, "case", d->id_hex);
	put_organisation(&j, d, true);
	json_open(&j, "contacts", '[');
	for (size_t i = 0; i < d->n_contacts; i++) {
		json_open(&j, NULL, '{');
		json_str(&j, "address", d->contacts[i].address);
		json_str(&j, "role", d->contacts[i].role);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_open(&j, "notices", '[');
	for (size_t i = 0; i < d->n_notices; i++) {
		json_open(&j, NULL, '{');
		json_str(&j, "notice", d->notices[i].id);
		json_str(&j, "address", d->notices[i].address);
		json_str(&j, "language", d->notices[i].language);
		json_close(&j, '}');
	}
	json_close(&j, ']');
	json_str(&j, "tenant", d->org.tenant);
	json_open(&j, "issuers", '[');
	if (span_is_guid(span_str(d->org.tenant))) { /* of Entra ID */
		char issuer[128];

		(void)snprintf(issuer, sizeof issuer, "https://login.microsoftonline.com/%s/v2.0", d->org.tenant);
		json_str(&j, NULL, issuer);
	}
	json_close(&j, ']');
	json_u64(&j, "messages", d->n_messages);
	json_open(&j, "credentials", '[');
	for (size_t i = 0; i < d->n_exposures; i++)
		if (!d->exposures[i].personal) {
			json_str(&j, NULL, d->exposures[i].name);
			credentials++;
		}
	json_close(&j, ']');
	/* What must be done by when, for the reading room to remind people of: no word of what it is. */
	json_open(&j, "due", '[');
	for (size_t i = 0; i < d->n_exposures; i++)
		if (!d->exposures[i].personal)
			json_time(&j, NULL, exposure_due(d, &d->exposures[i]));
	json_close(&j, ']');
	json_time(&j, "logs_due", task_due(d, true));
	json_time(&j, "content_due", task_due(d, false));
	json_bool(&j, "two_nominators", credentials != 0 || d->n_messages > MANY_MESSAGES);
	put_us(&j, d);
	json_close(&j, '}');
}
