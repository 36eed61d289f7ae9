#!/bin/sh
# notify: random incidents from mail and logs to their last wave, beside a model, and each once more in another way (worlds.py). More of them:
# TOCSIN_WORLDS=COUNT, and TOCSIN_WORLDS=COUNT,FIRST from that number on.
. "$(dirname "$0")/lib.sh"
TOCSIN_NOW=2025-08-01T00:00:00Z; export TOCSIN_NOW
mkdir "$T/cases"
python3 "$SRC/t/worlds.py" "$TOCSIN" "$T/cases" "$SRC/rules"
