#include "base/stop.h"

#include <signal.h>
#include <stddef.h>

/* The one variable of the program that a signal handler needs. */
static volatile sig_atomic_t asked;

static void on_signal(int sig)
{
	asked = sig;
}

void stop_on_signals(bool gently)
{
	struct sigaction sa = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};

	if (gently) {
		(void)sigaction(SIGINT, &sa, NULL);
		(void)sigaction(SIGTERM, &sa, NULL);
	}
	(void)signal(SIGPIPE, SIG_IGN);
}

bool stop_asked(void) { return asked != 0; }
