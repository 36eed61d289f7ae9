/* Asked to stop: Ctrl-C and SIGTERM set a flag that long work looks at between transactions. */
#ifndef TOCSIN_BASE_STOP_H
#define TOCSIN_BASE_STOP_H

#include <stdbool.h>

void stop_on_signals(bool gently); /* at once: what only reads has nothing to bring to an end. A second signal ends the program at once, too */
bool stop_asked(void);

#endif
