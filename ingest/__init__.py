"""Files of any supported format in; rows of ``raw.<entity>`` or of ``meta.quarantine`` out."""

import os

# Polars' allocator returns memory after half a second, and asks for it again for the next chunk:
# 500,000 page faults while 700,000 web events are loaded, 380,000 with ten seconds. It reads this
# when Polars is imported. One arena for all threads: what one of them returns any other gets, a
# twentieth less at the peak.
os.environ.setdefault("_RJEM_MALLOC_CONF", "dirty_decay_ms:10000,oversize_threshold:0,narenas:1")

# Polars hands on lists without items with a buffer of no bytes that lies anywhere, and Arrow
# would warn of crashes on the user's screen.
os.environ.setdefault("ACERO_ALIGNMENT_HANDLING", "reallocate")
