"""Message classes, enums, validation and codecs: the only place that knows API generations."""
