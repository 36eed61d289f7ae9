#include <arpa/inet.h>

#include "base/buf.h"
#include "net/dns.h"

static enum errc wrong(struct err *e) { return err_set(e, ERR_EVIDENCE, "a DNS record that is not of its type"); }

/* A wire-format name without compression; *used is what it takes. Bytes that no host name has make it none. */
static enum errc read_name(struct arena *a, span data, const char **out, size_t *used, struct err *e)
{
	char text[256];
	size_t at = 0, n = 0;

	while (at < data.n && data.p[at] != 0) {
		size_t len = data.p[at++];

		if (len > 63 || len > data.n - at || n + len + 1 >= sizeof text)
			return wrong(e);
		if (n != 0)
			text[n++] = '.';
		for (size_t i = 0; i < len; i++) {
			unsigned char c = ascii_lower(data.p[at + i]);

			if (c <= ' ' || c >= 0x7f || c == '.' || c == '\\')
				return wrong(e);
			text[n++] = (char)c;
		}
		at += len;
	}
	if (at >= data.n)
		return wrong(e);
	*used = at + 1;
	*out = arena_cstr(a, span_of(text, n));
	return *out != NULL ? OK : err_memory(e);
}

static enum errc read_txt(struct arena *a, span data, struct dns_record *out, struct err *e)
{
	unsigned char *p = arena_alloc(a, data.n + 1);
	size_t n = 0;

	if (p == NULL)
		return err_memory(e);
	for (size_t at = 0; at < data.n;) {
		size_t len = data.p[at++];

		if (len > data.n - at)
			return wrong(e);
		memcpy(p + n, data.p + at, len);
		n += len;
		at += len;
	}
	p[n] = '\0';
	if (memchr(p, 0, n) != NULL)
		return wrong(e);
	out->data = span_of(p, n);
	out->text = (const char *)p;
	return OK;
}

static enum errc read_address(struct arena *a, int family, span data, struct dns_record *out, struct err *e)
{
	char text[INET6_ADDRSTRLEN];

	if (data.n != (family == AF_INET ? 4u : 16u) || inet_ntop(family, data.p, text, sizeof text) == NULL)
		return wrong(e);
	out->text = arena_cstr(a, span_str(text));
	return out->text != NULL ? OK : err_memory(e);
}

/* RFC 8659 4.1: flags, length of the tag, tag, value */
static enum errc read_caa(struct arena *a, span data, struct dns_record *out, struct err *e)
{
	if (data.n < 2 || data.p[1] == 0 || data.p[1] > data.n - 2)
		return wrong(e);
	out->number = data.p[0];
	out->tag = arena_cstr(a, span_sub(data, 2, data.p[1]));
	out->text = arena_cstr(a, span_from(data, 2 + (size_t)data.p[1]));
	return out->tag != NULL && out->text != NULL ? OK : err_memory(e);
}

static uint16_t u16(span s) { return (uint16_t)(s.p[0] << 8 | s.p[1]); }

enum errc dns_record_read(struct arena *a, enum dns_type type, span data, struct dns_record *out, struct err *e)
{
	size_t used = 0;
	enum errc rc;

	*out = (struct dns_record){.data = arena_copy(a, data)};
	if (out->data.p == NULL)
		return err_memory(e);
	switch (type) {
	case DNS_A:
		return read_address(a, AF_INET, data, out, e);
	case DNS_AAAA:
		return read_address(a, AF_INET6, data, out, e);
	case DNS_TXT:
		return read_txt(a, data, out, e);
	case DNS_CAA:
		return read_caa(a, data, out, e);
	case DNS_NS:
	case DNS_CNAME:
	case DNS_PTR:
		rc = read_name(a, data, &out->text, &used, e);
		return rc != OK ? rc : used == data.n ? OK : wrong(e);
	case DNS_MX:
		if (data.n < 3)
			return wrong(e);
		out->number = u16(data);
		rc = read_name(a, span_from(data, 2), &out->text, &used, e);
		return rc != OK ? rc : used + 2 == data.n ? OK : wrong(e);
	case DNS_DS:
	case DNS_DNSKEY:
		if (data.n < 5)
			return wrong(e);
		out->number = u16(data);
		return OK;
	}
	return wrong(e);
}

const char *dns_reverse_name(struct arena *a, const char *address)
{
	unsigned char b[16];
	struct buf out;
	const char *name;

	if (inet_pton(AF_INET, address, b) == 1)
		return arena_printf(a, "%u.%u.%u.%u.in-addr.arpa", b[3], b[2], b[1], b[0]);
	if (inet_pton(AF_INET6, address, b) != 1)
		return NULL;
	buf_init(&out, 256);
	for (int i = 15; i >= 0; i--)
		buf_printf(&out, "%x.%x.", b[i] & 15u, (unsigned)b[i] >> 4);
	buf_str(&out, "ip6.arpa");
	name = out.failed ? NULL : arena_cstr(a, buf_span(&out));
	buf_free(&out);
	return name;
}
