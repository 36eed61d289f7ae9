/* Any page as a policy of MTA-STS and as security.txt: no crash, and a page that is nothing never holds. */
#include <stdlib.h>

#include "deliver/policies.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct dns_record host = {.text = "mx1.bank.example"};
	const struct dns_answer mx = {.v = &host, .n = 1, .why = ""};
	span page = span_of(data, size);

	if (mta_sts_wrong(page, &mx) == NULL && !span_has(page, SPAN_LIT("STSv1")))
		abort();
	(void)mta_sts_is_testing(page);
	(void)mta_sts_matches(page, SPAN_LIT("mx1.bank.example"));
	if (security_txt_wrong(page, 1800000000) == NULL && !span_has_nocase(page, SPAN_LIT("expires:")))
		abort();
	return 0;
}
