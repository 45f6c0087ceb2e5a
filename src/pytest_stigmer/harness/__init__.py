"""What the plugin does: options, collection, fixture bodies, summaries, reports."""
