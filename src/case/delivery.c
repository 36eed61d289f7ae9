#include "case/private.h"

#include <stdlib.h>

enum errc conf_number(const struct yaml *map, const char *key, unsigned none, unsigned min, unsigned max, unsigned *out,
    struct err *e)
{
	const struct yaml *y = yaml_get(map, key);
	uint64_t v;

	*out = none;
	if (y == NULL)
		return OK;
	if (y->kind != YAML_SCALAR || !span_number(y->text, max, &v) || v < min)
		return yaml_err(y, e, "%s wants a number from %u to %u", key, min, max);
	*out = (unsigned)v;
	return OK;
}

static enum errc read_batches(struct arena *a, const struct yaml *map, struct delivery_config *out, struct err *e)
{
	static const unsigned usual[] = {1, 5, 20, 100};
	const struct yaml *y = yaml_get(map, "batches");
	struct text_list words;
	unsigned *v;
	enum errc rc;

	if ((rc = text_list_read(a, map, "batches", false, &words, e)) != OK)
		return rc;
	if (words.n == 0) {
		out->batches = usual;
		out->n_batches = sizeof usual / sizeof usual[0];
		return OK;
	}
	if ((v = arena_zero(a, words.n, sizeof *v)) == NULL)
		return err_memory(e);
	for (size_t i = 0; i < words.n; i++) {
		char *end;
		unsigned long n = strtoul(words.v[i], &end, 10);

		if (*end != '\0' || n < 1 || n > 100000 || (i != 0 && n < v[i - 1]))
			return yaml_err(y, e, "batches wants numbers from 1 that do not fall: [1, 5, 20, 100]");
		v[i] = (unsigned)n;
	}
	out->batches = v;
	out->n_batches = words.n;
	return OK;
}

static enum errc read_method(const struct yaml *map, struct delivery_config *out, struct err *e)
{
	span by = yaml_text(map, "by");

	if (by.n == 0)
		return OK;
	if (span_eq(by, SPAN_LIT("sendmail")))
		out->by = DELIVERY_BY_SENDMAIL;
	else if (span_eq(by, SPAN_LIT("smtp")))
		out->by = DELIVERY_BY_SMTP;
	else
		return yaml_err(yaml_get(map, "by"), e, "by wants sendmail or smtp");
	return OK;
}

static enum errc check(const struct yaml *map, const struct delivery_config *d, struct err *e)
{
	if (d->by == DELIVERY_BY_SMTP && d->server[0] == '\0')
		return yaml_err(map, e, "delivery by smtp wants a server");
	if (d->by != DELIVERY_NOT_SET && strchr(d->return_address, '@') == NULL)
		return yaml_err(map, e, "delivery wants a return_address: where bounces and reports go");
	return OK;
}

enum errc conf_delivery(struct arena *a, const struct yaml *root, struct case_config *config, struct err *e)
{
	/* No password: it has no place in a file that is read by everybody who works on the case. */
	static const char *const in_delivery[] = {"by", "sendmail", "server", "port", "user", "password_file", "password_env",
	    "ca_file", "connect_to", "return_address", "leaves_from", "selectors", "batches", "pause_seconds", "per_minute",
	    "answer_days", "at_once", "task_owner", "task_days", NULL};
	static const char *const in_network[] = {"dns_server", "dns_trust_anchor", "ca_file", "hosts", "rdap_bootstrap",
	    "connect_to", "plain", "local", NULL};
	const struct yaml *d = yaml_get(root, "delivery"), *n = yaml_get(root, "network");
	struct delivery_config *out = &config->delivery;
	struct network_config *net = &config->network;
	enum errc rc;

	if ((rc = conf_only(d, in_delivery, e)) != OK || (rc = conf_only(n, in_network, e)) != OK)
		return rc;
	if ((rc = read_method(d, out, e)) != OK ||
	    (rc = conf_text(a, d, "sendmail", &out->sendmail, e)) != OK ||
	    (rc = conf_text(a, d, "server", &out->server, e)) != OK ||
	    (rc = conf_number(d, "port", 587, 1, 65535, &out->port, e)) != OK ||
	    (rc = conf_text(a, d, "user", &out->user, e)) != OK ||
	    (rc = conf_text(a, d, "password_file", &out->password_file, e)) != OK ||
	    (rc = conf_text(a, d, "password_env", &out->password_env, e)) != OK ||
	    (rc = conf_text(a, d, "ca_file", &out->ca_file, e)) != OK ||
	    (rc = conf_text(a, d, "connect_to", &out->connect_to, e)) != OK ||
	    (rc = conf_text(a, d, "return_address", &out->return_address, e)) != OK ||
	    (rc = text_list_read(a, d, "leaves_from", true, &out->leaves_from, e)) != OK ||
	    (rc = text_list_read(a, d, "selectors", true, &out->selectors, e)) != OK ||
	    (rc = read_batches(a, d, out, e)) != OK ||
	    (rc = conf_number(d, "pause_seconds", 60, 0, 86400, &out->pause_s, e)) != OK ||
	    (rc = conf_number(d, "per_minute", 60, 1, 100000, &out->per_minute, e)) != OK ||
	    (rc = conf_number(d, "answer_days", 7, 1, 365, &out->answer_days, e)) != OK ||
	    (rc = conf_number(d, "at_once", 2, 1, 20, &out->at_once, e)) != OK ||
	    (rc = conf_text(a, d, "task_owner", &out->task_owner, e)) != OK ||
	    (rc = conf_number(d, "task_days", 3, 0, 365, &out->task_days, e)) != OK ||
	    (rc = check(d, out, e)) != OK ||
	    (rc = conf_text(a, n, "dns_server", &net->dns_server, e)) != OK ||
	    (rc = conf_text(a, n, "dns_trust_anchor", &net->dns_trust_anchor, e)) != OK ||
	    (rc = conf_text(a, n, "ca_file", &net->ca_file, e)) != OK ||
	    (rc = text_list_read(a, n, "hosts", true, &net->hosts, e)) != OK ||
	    (rc = text_list_read(a, n, "rdap_bootstrap", false, &net->rdap_bootstrap, e)) != OK ||
	    (rc = conf_text(a, n, "connect_to", &net->connect_to, e)) != OK ||
	    (rc = conf_bool(n, "plain", false, &net->plain, e)) != OK)
		return rc;
	return conf_bool(n, "local", false, &net->local, e);
}
