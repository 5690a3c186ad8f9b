"""The steps of an adaptation, each from the problem to a choice and its claims."""
