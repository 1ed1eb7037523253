"""Where frames come from: everything below has the shape of `sources.source.Source`."""
