#include "report/private.h"
enum errc report_html(const struct report_run *run, struct err *e) { (void)run; return err_set(e, ERR_REFUSED, "no page yet"); }
