"""left-behind.py COMMAND...: runs it, and says which of its processes it did not wait for: whoever loses its parent becomes ours."""
import ctypes
import os
import subprocess
import sys

PR_SET_CHILD_SUBREAPER = 36
if ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) != 0:
    sys.exit("no subreaper")
status = subprocess.call(sys.argv[1:])
left = 0
try:
    while True:
        os.waitpid(-1, 0)
        left += 1
except ChildProcessError:
    pass
if left:
    sys.exit("left behind: %d processes" % left)
sys.exit(status)
