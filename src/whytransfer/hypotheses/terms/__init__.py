"""The terms of the bounds, each computed by one oracle."""
