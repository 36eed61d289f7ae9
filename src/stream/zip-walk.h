/* What a ZIP archive holds by its local headers (APPNOTE 4.3), beside what its directory says: whoever hides a member leaves it out there. */
#ifndef TOCSIN_STREAM_ZIP_WALK_H
#define TOCSIN_STREAM_ZIP_WALK_H

#include "base/span.h"

/* Does it hold more members, one behind the other from its beginning, than its directory names? */
bool zip_forgets(span bytes);
/* Does it end as ZIP archives do, comment included? */
bool zip_ends(span bytes);

#endif
