"""The claims of the sources as executable hypotheses, one file a source."""
