#include "scope/private.h"

#include <arpa/inet.h>

bool ip_prefix_read(span text, struct ip_prefix *out)
{
	size_t slash = span_find_byte(text, '/');
	uint64_t bits;
	unsigned max;
	unsigned char v4[4];
	char s[64];

	if (slash == 0 || slash >= sizeof s)
		return false;
	memcpy(s, text.p, slash);
	s[slash] = '\0';
	*out = (struct ip_prefix){{0}, 0};
	if (inet_pton(AF_INET, s, v4) == 1) {
		out->b[10] = out->b[11] = 0xff;
		memcpy(out->b + 12, v4, 4);
		max = 32;
	} else if (inet_pton(AF_INET6, s, out->b) == 1) {
		max = 128;
	} else {
		return false;
	}
	if (slash == text.n) {
		out->bits = 128;
		return true;
	}
	if (!span_number(span_from(text, slash + 1), max, &bits))
		return false;
	out->bits = (unsigned)bits + 128 - max;
	return true;
}

bool ip_within(const struct ip_prefix *ip, const struct ip_prefix *prefix)
{
	unsigned whole = prefix->bits / 8, rest = prefix->bits % 8;

	if (ip->bits < prefix->bits || memcmp(ip->b, prefix->b, whole) != 0)
		return false;
	return rest == 0 || ((ip->b[whole] ^ prefix->b[whole]) & (0xff << (8 - rest) & 0xff)) == 0;
}

/*
 * "Microsoft 365 URLs and IP address ranges", Exchange Online and identity: what an application reads by way of the
 * provider's own machines is logged with their addresses. And addresses that are no one's in particular (RFC 6890).
 */
bool ip_says_nothing(const struct ip_prefix *ip)
{
	static const char *const ranges[] = {"2603:1000::/24", "2a01:110::/31", "2620:1ec::/36", "13.107.0.0/16", "40.92.0.0/14",
	    "40.96.0.0/13", "40.104.0.0/15", "40.107.0.0/16", "52.96.0.0/12", "132.245.0.0/16", "150.171.32.0/22", "23.103.128.0/17",
	    "104.47.0.0/17", "131.253.33.215/32", "204.79.197.215/32", "20.20.32.0/19", "20.190.128.0/18", "20.231.128.0/19",
	    "40.126.0.0/18", "10.0.0.0/8", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10",
	    "0.0.0.0/8", "::/127", "fe80::/10", "fc00::/7"};
	struct ip_prefix p;

	for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
		if (ip_prefix_read(span_str(ranges[i]), &p) && ip_within(ip, &p))
			return true;
	return false;
}
