"""Files of any supported format in; rows of ``raw.<entity>`` or of ``meta.quarantine`` out."""
