"""The steps of an audit, each from the case to claims."""
