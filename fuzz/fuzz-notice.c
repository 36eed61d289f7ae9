/*
 * Any mail as a notice: no crash, and nothing is genuine by keys that nobody signs with. Behind a line "%%%%" the parts of a notice, of
 * its published log and of a manifest stand alone, and are signed here: what lies behind a signature is reached whatever it says.
 */
#include <stdlib.h>
#include <string.h>

#include "proof/note.h"
#include "proof/text64.h"
#include "verify/private.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum piece { TEXT, STATEMENT, BUNDLE, CHECKPOINT, LEAVES, WITHDRAWN, DNS, MANIFEST, PROOF, N_PIECES };

#define BETWEEN "%%%%\n"
#define DOMAIN "kestrelgate.example"

/* Of the notes: the name by which each is signed. */
static const char *const names[N_PIECES] = {[BUNDLE] = DOMAIN "/notices", [CHECKPOINT] = DOMAIN "/notices",
    [WITHDRAWN] = DOMAIN "/notices/withdrawn", [MANIFEST] = DOMAIN "/wave-2"};

/* The secret key is one of this target alone. */
static const char secret[] = "untrusted comment: for fuzzing\n"
    "RWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAARlVaWklORzHuQQaY5Jesq5yawRRjkNNe3B"
    "titFXiHHMrq4fgbzWptbooFsck8Sr48Cqyls5vUCf2dx7OV0Ro9KggBwFd0CK7AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";

static struct sign_key *key;
static char public[VERIFY_KEY_TEXT];

static void any_mail(struct arena *a, span mail)
{
	const struct verify_with w = {.mail = mail,
	    .key = SPAN_LIT("RWSqIBkRWkVxgp5IKTuebQxugOlhIQCLqqZfyyguiHFnpCVYtRoCYL4U"), .ca = SPAN_LIT("none"),
	    .dkim = SPAN_LIT("s._domainkey.north.example. IN TXT \"v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\"")};
	struct verify_result r;

	if (notice_check(a, &w, &r, NULL) == OK && r.genuine)
		abort();
}

/* The piece with its signature; of a bundle it is the note behind the first empty line that is signed. What cannot be a note stays as it is. */
static void sign(enum piece i, span piece, struct buf *out)
{
	span rest = piece, line, head;

	if (i == BUNDLE)
		while (span_line(&rest, &line) && line.n != 0)
			continue;
	head = span_first(piece, piece.n - rest.n);
	buf_put(out, head);
	if (names[i] == NULL || note_sign(key, span_str(names[i]), rest, out, NULL) != OK) {
		buf_clear(out);
		buf_put(out, piece);
	}
}

static void write_mail(const span *piece, span bundle, struct buf *out)
{
	struct buf file;

	buf_init(&file, (size_t)8 << 20);
	if (minisign_write(key, piece[STATEMENT], SPAN_EMPTY, &file, NULL) != OK)
		abort();
	buf_put(&file, bundle);
	buf_str(out, "From: notices@" DOMAIN "\nContent-Type: multipart/mixed; boundary=%%%%\n\n--%%%%\nContent-Type: text/plain; charset=utf-8\n\n");
	buf_put(out, piece[TEXT]);
	buf_str(out, "\n--%%%%\nContent-Type: application/json; name=n.json\n\n");
	buf_put(out, piece[STATEMENT]);
	buf_str(out, "\n--%%%%\nContent-Type: application/octet-stream; name=n.json.minisig\nContent-Transfer-Encoding: base64\n\n");
	text64_put(out, buf_span(&file));
	buf_free(&file);
	buf_str(out, "\n--%%%%--\n");
}

static void check_notice(struct arena *a, const struct verify_with *w)
{
	const enum verify_check outcomes[] = {CHECK_FORM, CHECK_TEXT, CHECK_STATEMENT};
	struct verify_result r;

	if (notice_check(a, w, &r, NULL) != OK || !r.genuine)
		return;
	for (size_t i = 0; i < sizeof outcomes / sizeof *outcomes; i++)
		if (r.check[outcomes[i]].outcome != VERIFY_PASS)
			abort();
	for (size_t i = 0; i < N_CHECKS; i++)
		if (r.check[i].outcome == VERIFY_FAIL)
			abort();
	/* What was given has to have said yes. */
	if ((w->checkpoint.n != 0 && r.check[CHECK_PUBLISHED].outcome != VERIFY_PASS) ||
	    (w->withdrawn.n != 0 && r.check[CHECK_WITHDRAWN].outcome != VERIFY_PASS))
		abort();
}

static void pieces(struct arena *a, const span *piece)
{
	struct verify_manifest_result m;
	struct verify_with w = {.key = span_str(public)};
	struct buf signed_piece[N_PIECES], mail;

	for (enum piece i = 0; i < N_PIECES; i++) {
		buf_init(&signed_piece[i], (size_t)4 << 20);
		if (piece[i].n != 0)
			sign(i, piece[i], &signed_piece[i]);
	}
	buf_init(&mail, (size_t)16 << 20);
	write_mail(piece, buf_span(&signed_piece[BUNDLE]), &mail);
	w.mail = buf_span(&mail);
	w.checkpoint = buf_span(&signed_piece[CHECKPOINT]);
	w.leaves = piece[LEAVES];
	w.withdrawn = buf_span(&signed_piece[WITHDRAWN]);
	w.dns = piece[DNS];
	check_notice(a, &w);
	if (verify_manifest(buf_span(&signed_piece[MANIFEST]), w.key, piece[PROOF], &m, NULL) == OK && m.in_it && m.p.index >= m.m.size)
		abort();
	for (enum piece i = 0; i < N_PIECES; i++)
		buf_free(&signed_piece[i]);
	buf_free(&mail);
}

static void once(void)
{
	struct verify_key k;

	if (key != NULL)
		return;
	if (sign_key_read(span_str(secret), &key, NULL) != OK)
		abort();
	sign_key_public(key, &k);
	(void)verify_key_text(&k, public);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	span rest = span_of(data, size), piece[N_PIECES] = {{0}};
	struct arena *a;
	size_t n = 0, at;

	if (arena_new(&a, (size_t)256 << 20, NULL) != OK)
		return 0;
	while (n < N_PIECES && (at = span_find(rest, SPAN_LIT(BETWEEN))) < rest.n) {
		piece[n++] = span_first(rest, at);
		rest = span_from(rest, at + sizeof BETWEEN - 1);
	}
	if (n == 0)
		any_mail(a, rest);
	else {
		once();
		pieces(a, piece);
	}
	arena_free(a);
	return 0;
}
