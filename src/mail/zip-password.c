#include "mail/zip-password.h"

#include "base/limits.h"
#include "stream/member.h"
#include "stream/zip-walk.h"

/* The first member that is encrypted, looked for from number *at on, which becomes its own: *sealed, and *open when the password opens it. */
static enum errc try_password(struct arena *a, span bytes, struct buf *data, span password, uint64_t *at, bool *sealed, bool *open,
    struct err *e)
{
	struct archive_reader *r;
	struct member *m;
	enum errc rc;

	*sealed = *open = false;
	if ((rc = archive_open_span(&r, bytes, data, password, e)) != OK)
		return rc;
	if ((rc = archive_skip_to(r, *at, e)) == ERR_EVIDENCE) { /* not there with this password: then it is not the one */
		archive_close(r);
		return OK;
	}
	for (unsigned i = 0; rc == OK && i < LIMIT_ATTACHED_MEMBERS && !*sealed; i++) {
		if ((rc = archive_next(r, a, &m, e)) != OK || m == NULL)
			break;
		*at = m->index;
		*sealed = m->outcome == MEMBER_ENCRYPTED || m->sealed;
		*open = m->sealed && m->outcome == MEMBER_READ;
	}
	archive_close(r);
	return rc;
}

/* Of ZIP's own cipher one wrong password in 256 is seen only behind the member, when all of it was read. */
static bool read_paid(struct passwords *p, const struct buf *data) { return passwords_pay(p, data->n / LIMIT_PASSWORD_READ); }

enum errc archive_password(struct arena *a, span bytes, struct passwords *p, struct buf *data, span *password, struct err *e)
{
	bool sealed = false, open = false;
	uint64_t at = 0, cost;
	enum errc rc;

	*password = SPAN_EMPTY;
	if (p == NULL || p->n == 0)
		return OK;
	if ((rc = try_password(a, bytes, data, SPAN_EMPTY, &at, &sealed, &open, e)) != OK || !sealed)
		return rc;
	/* Each try reads the whole directory. */
	cost = LIMIT_PASSWORD_ARCHIVE + LIMIT_PASSWORD_MEMBER * zip_n_members(bytes);
	for (size_t i = 1; passwords_next(p, &i, cost, password);) {
		if ((rc = try_password(a, bytes, data, *password, &at, &sealed, &open, e)) != OK)
			return rc;
		if (open) {
			passwords_used(p, i - 1);
			return OK;
		}
		if (!read_paid(p, data))
			break;
	}
	*password = SPAN_EMPTY;
	return OK;
}
