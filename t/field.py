"""field.py NAME...: of JSON lines on stdin, the values of these fields, tab-separated."""
import json
import sys

for line in sys.stdin:
    row = json.loads(line)
    print("\t".join(v if isinstance(v, str) else json.dumps(v, ensure_ascii=False)
                    for v in (row.get(name) for name in sys.argv[1:])))
