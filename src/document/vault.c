/*
 * Files that are secrets as a whole: safes of password managers, key stores, private keys in DER, credentials that Windows keeps.
 * They are encrypted, most of them, and nothing in them is read. Their text here is one line that says what they are, with
 * their digest, so that a rule finds it (rules/vaults.yaml) and the same file twice is one exposure.
 */
#include "base/digest.h"
#include "document/legacy.h"

#define S(s) {(const unsigned char *)(s), sizeof(s) - 1}

struct magic { size_t at; span bytes; const char *kind; };

static const struct magic magics[] = {
    {0, S("\x03\xd9\xa2\x9a\x67\xfb\x4b\xb5"), "vault: KeePass 2 database"},
    {0, S("\x03\xd9\xa2\x9a\x66\xfb\x4b\xb5"), "vault: KeePass 2 database"},
    {0, S("\x03\xd9\xa2\x9a\x65\xfb\x4b\xb5"), "vault: KeePass 1 database"},
    {0, S("PWS3"), "vault: Password Safe database"},
    {0, S("opdata01"), "vault: 1Password item"},
    {0, S("\xfe\xed\xfe\xed\0\0\0"), "vault: Java key store"},
    {0, S("\xce\xce\xce\xce\0\0\0"), "vault: Java key store (JCEKS)"},
    {0, S("\0\0\0\2\0\0\0\x14"), "vault: Bouncy Castle key store"},
    {0, S("\0\0\0\1\0\0\0\x14"), "vault: Bouncy Castle key store"},
    {0, S("kych\0"), "vault: Apple keychain"},
    {8, S("KBXf"), "vault: GnuPG key box"},
    {0, S("(21:protected-private-key"), "key: GnuPG private key"},
    {0, S("(20:shadowed-private-key"), "key: GnuPG private key"},
    {0, S("(11:private-key"), "key: GnuPG private key (not encrypted)"},
    {0, S("LUKS\xba\xbe"), "vault: LUKS volume"},
    {12, S("b1\5\0"), "vault: Berkeley DB (as wallets are)"},
    {0, S("regf"), "vault: Windows registry hive"},
    {0, S("MDMP"), "vault: memory dump of a Windows process"},
};

/* Object identifiers in DER. */
static const unsigned char oid_data[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x01},
    oid_rsa[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01},
    oid_pbes2[] = {0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x05},
    oid_pkcs12_pbe[] = {0x06, 0x0a, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x0c, 0x01},
    oid_ec[] = {0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01}, oid_ed25519[] = {0x06, 0x03, 0x2b, 0x65, 0x70},
    dpapi[] = {0x01, 0, 0, 0, 0xd0, 0x8c, 0x9d, 0xdf, 0x01, 0x15, 0xd1, 0x11, 0x8c, 0x7a, 0x00, 0xc0, 0x4f, 0xc2, 0x97, 0xeb};

/* One DER value's tag and content; false when it is not all there. */
static bool der(span *s, unsigned *tag, span *content)
{
	size_t n, at = 2;

	if (s->n < 2)
		return false;
	*tag = s->p[0];
	n = s->p[1];
	if (n > 0x80 && n <= 0x84) {
		size_t k = n & 0x7f;

		for (n = 0; k > 0 && at < s->n; k--)
			n = n << 8 | s->p[at++];
	} else if (n >= 0x80) {
		return false;
	}
	if (n > s->n - at)
		return false;
	*content = span_sub(*s, at, n);
	*s = span_from(*s, at + n);
	return true;
}

#define OID(o) span_of((o), sizeof(o))

static bool oid_in(span algorithm, span oid)
{
	return span_starts(algorithm, oid);
}

/* PKCS #12 (RFC 7292), PKCS #8 (RFC 5958), PKCS #1 (RFC 8017), SEC 1 (RFC 5915); the whole file must be that value. */
static const char *der_kind(span s)
{
	span all, first, second, algorithm;
	unsigned tag;
	size_t n = s.n;

	if (!der(&s, &tag, &all) || tag != 0x30 || s.n > 16 || n < 32)
		return NULL;
	if (!der(&all, &tag, &first))
		return NULL;
	if (tag == 0x30 && (oid_in(first, OID(oid_pbes2)) || oid_in(first, OID(oid_pkcs12_pbe))))
		return der(&all, &tag, &second) && tag == 4 && all.n == 0 ? "key: encrypted private key (PKCS #8)" : NULL;
	if (tag != 2 || first.n != 1 || !der(&all, &tag, &second))
		return NULL;
	if (first.p[0] == 3 && tag == 0x30 && span_starts(second, OID(oid_data)))
		return "vault: PKCS #12 key store";
	if (first.p[0] <= 1 && tag == 0x30 && (oid_in(second, OID(oid_rsa)) || oid_in(second, OID(oid_ec)) || oid_in(second, OID(oid_ed25519))) &&
	    der(&all, &tag, &algorithm) && tag == 4)
		return "key: private key (PKCS #8)";
	if (first.p[0] == 0 && tag == 2 && second.n >= 64)
		return "key: RSA private key (PKCS #1)";
	if (first.p[0] == 1 && tag == 4 && second.n >= 20 && all.n > 0 && all.p[0] >= 0xa0 && all.p[0] <= 0xa1)
		return "key: EC private key";
	return NULL;
}

/* A secret key packet that opens the file (RFC 9580 4.2, 5.5.3), of a version and age that make sense. */
static bool is_secret_ring(span s)
{
	size_t at;

	if (s.n < 64)
		return false;
	if ((s.p[0] & 0xfc) == 0x94)
		at = 1 + ((size_t)1 << (s.p[0] & 3));
	else if (s.p[0] == 0xc5)
		at = s.p[1] < 192 ? 2 : s.p[1] < 224 ? 3 : 6;
	else
		return false;
	return (s.p[0] & 3) != 3 && s.p[at] >= 3 && s.p[at] <= 6 && s.p[at + 5] >= 1 && s.p[at + 5] <= 28;
}

const char *vault_kind(span s)
{
	for (size_t i = 0; i < sizeof magics / sizeof *magics; i++)
		if (span_eq(span_sub(s, magics[i].at, magics[i].bytes.n), magics[i].bytes))
			return magics[i].kind;
	if (span_starts(s, OID(dpapi)) || span_eq(span_sub(s, 12, sizeof dpapi), OID(dpapi)))
		return "vault: credentials kept by Windows (DPAPI)";
	if (is_secret_ring(s))
		return "key: OpenPGP secret key ring";
	return der_kind(s);
}

void vault_put(struct layout *l, const char *kind, span content)
{
	char hex[DIGEST_HEX];
	struct digest d;

	sha256_of(content, &d);
	layout_group(l, false, "whole file", SPAN_EMPTY);
	layout_text(l, span_str(kind));
	layout_text(l, SPAN_LIT(", SHA-256 "));
	layout_text(l, span_str(digest_hex(&d, hex)));
	layout_line(l);
}

void vault_read(struct layout *l, span content)
{
	const char *kind = vault_kind(content);

	if (kind != NULL)
		vault_put(l, kind, content);
}
