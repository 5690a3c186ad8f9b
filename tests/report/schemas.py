"""jsonschema's validators for every kind of document that the package writes."""

import jsonschema

from whytransfer.report import load_schema
from whytransfer.report.validate import SCHEMAS


def validator(name):
    """jsonschema's, which finds the parts that schemas borrow from each other."""
    from referencing import Registry, Resource

    schemas = [load_schema(one) for one in SCHEMAS]
    registry = Registry().with_resources((s["$id"], Resource.from_contents(s)) for s in schemas)
    return jsonschema.Draft202012Validator(load_schema(name), registry=registry)
