/*
 * Keys that domains publish for their addresses: OpenPGP Web Key Directory (draft-koch-openpgp-webkey-service-17). A key that can be
 * used is put beside those that the operator has put there himself, of which none is ever replaced.
 */
#include "notify/recipient.h"

#include <openssl/evp.h>

#include "base/io.h"
#include "base/limits.h"
#include "net/http.h"
#include "notify/notify.h"

enum { WKD_KEY_BYTES = 64 * 1024, WKD_HASH = 32 };

/* Zooko's base32 of the SHA-1 of the local part in small letters (3.1): twenty bytes are 32 letters. */
static bool hash_of(span local, char out[WKD_HASH + 1])
{
	static const char letters[] = "ybndrfg8ejkmcpqxot1uwisza345h769";
	unsigned char sum[EVP_MAX_MD_SIZE], lower[64]; /* RFC 5321 4.5.3.1.1 */
	unsigned n = 0;

	if (local.n > sizeof lower)
		return false;
	for (size_t i = 0; i < local.n; i++)
		lower[i] = ascii_lower(local.p[i]);
	if (EVP_Digest(lower, local.n, sum, &n, EVP_sha1(), NULL) != 1 || n != 20)
		return false;
	for (unsigned i = 0; i < WKD_HASH; i++) {
		unsigned bit = i * 5, pair = (unsigned)sum[bit / 8] << 8 | (bit / 8 + 1 < n ? sum[bit / 8 + 1] : 0);

		out[i] = letters[pair >> (11 - bit % 8) & 31];
	}
	out[WKD_HASH] = '\0';
	return true;
}

static enum errc ask(struct arena *a, const struct notify *n, const char *address, struct http_answer *got, struct err *e)
{
	const struct network_config *net = &n->config->network;
	span s = span_str(address), local = span_first(s, span_find_byte(s, '@'));
	const char *domain = address + local.n + 1, *scheme = net->plain ? "http" : "https", *query;
	const char *own = arena_printf(a, "openpgpkey.%s", domain), *hosts[] = {own, domain};
	struct http_options o = {.hosts = hosts, .n_hosts = 2, .max = WKD_KEY_BYTES, .plain = net->plain, .local = net->local,
	    .ca_file = net->ca_file, .connect_to = net->connect_to};
	char hash[WKD_HASH + 1];
	struct buf b;
	const char *url;
	enum errc rc;

	if (!hash_of(local, hash))
		return err_set(e, ERR_USAGE, "%s: no address", address);
	buf_init(&b, KIB);
	buf_printf(&b, "/hu/%s?l=", hash);
	buf_percent(&b, local);
	query = b.failed ? NULL : arena_cstr(a, buf_span(&b));
	buf_free(&b);
	if (own == NULL || query == NULL || (url = arena_printf(a, "%s://%s/.well-known/openpgpkey/%s%s", scheme, own, domain, query)) == NULL)
		return err_memory(e);
	/* The domain itself is asked only where there is no such name (3.1). */
	if ((rc = http_get(a, &o, url, got, e)) != OK || got->status != 0)
		return rc;
	if ((url = arena_printf(a, "%s://%s/.well-known/openpgpkey%s", scheme, domain, query)) == NULL)
		return err_memory(e);
	return http_get(a, &o, url, got, e);
}

/* The intent is in the ledger before there is a file, and says whose word it rests on; what came of it is behind it. */
static enum errc keep(struct arena *a, const struct notify *n, const struct recipient_found *f, span key, const char *url, struct err *e)
{
	const char *keys = arena_printf(a, "%s/keys", n->config->dir), *recipients = arena_printf(a, "%s/keys/recipients", n->config->dir);
	char hex[DIGEST_HEX];
	struct digest sum;
	enum errc rc;

	if (keys == NULL || recipients == NULL)
		return err_memory(e);
	sha256_of(key, &sum);
	(void)digest_hex(&sum, hex);
	if ((rc = ledger_say(n->store, "recipient's key to be kept", e, "address", f->address, "url", url, "sha256", hex, NULL)) != OK ||
	    (rc = store_commit(n->store, e)) != OK || (rc = io_make_dir(keys, 0700, e)) != OK || (rc = io_make_dir(recipients, 0700, e)) != OK ||
	    (rc = io_write_file(f->path, key, 0600, e)) != OK ||
	    (rc = ledger_say(n->store, "recipient's key kept", e, "address", f->address, "url", url, "sha256", hex, NULL)) != OK)
		return rc;
	return store_commit(n->store, e);
}

enum errc recipient_find(struct arena *a, const struct notify *n, const char *address, struct recipient_found *out, struct err *e)
{
	struct recipient_key key = {.form = KEY_OPENPGP, .address = address, .when_utc = n->now_utc, .with = n->recipients};
	struct http_answer got;
	const char *why = NULL;
	bool known;
	span none;
	enum errc rc;

	*out = (struct recipient_found){.address = address, .why = ""};
	if ((rc = recipient_path(a, n, address, &out->path, &known, e)) != OK)
		return rc;
	if (known) {
		out->state = RECIPIENT_KNOWN;
		return OK;
	}
	out->state = RECIPIENT_NO_ANSWER;
	if (out->path == NULL || (rc = ask(a, n, address, &got, e)) == ERR_REFUSED) {
		out->why = out->path == NULL ? "no address that could be the name of a file" : arena_cstr(a, span_str(e->text));
		return out->why != NULL ? OK : err_memory(e);
	}
	if (rc != OK)
		return rc;
	out->why = got.why != NULL ? got.why : "";
	if (got.status == 0)
		return OK;
	out->state = RECIPIENT_NONE;
	if (got.status != 200 || got.cut || got.body.n == 0)
		return OK;
	key.bytes = got.body;
	if ((rc = recipient_ask(a, &key, SPAN_EMPTY, &why, &none, e)) != OK)
		return rc;
	out->state = why == NULL ? RECIPIENT_FOUND : RECIPIENT_UNUSABLE;
	out->why = why != NULL ? why : "";
	return why != NULL ? OK : keep(a, n, out, key.bytes, got.url, e);
}
