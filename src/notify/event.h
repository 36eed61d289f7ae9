/*
 * A line of the reading room's event log on its way into the case: the worker takes it apart, the keeper has members, each as bytes.
 * Whoever owns the room's host has written it.
 */
#ifndef TOCSIN_NOTIFY_EVENT_H
#define TOCSIN_NOTIFY_EVENT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/cursor.h"
#include "store/portal.h"

/* The worker's side: u8 whether it is an event, and then each member as bytes, empty where the line has none. */
MUST_CHECK enum errc event_read(struct arena *a, span line, struct buf *out, struct err *e);

/* The keeper's: false when those bytes are nothing that event_read writes. *bad: the line is no event; it is kept as such. */
bool event_take(struct cursor *said, uint64_t number, span line, struct portal_entry *out, bool *bad);

#endif
