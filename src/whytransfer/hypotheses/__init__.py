"""Classes of hypotheses: one oracle each. The export lines here are the registration."""
