"""Says whether answers of the service are as its description has them.

Reads the OpenAPI document as the first line of its input, and then answers, one JSON object a line:

    {"method": "GET", "path": "/api/v1/apps", "status": 200, "headers": {"etag": "…"}, "body": "…"}

Writes a list of what is wrong with each, as one line of JSON; an empty one for nothing.
"""

import json
import re
import sys

import jsonschema
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

document = json.loads(sys.stdin.readline())
registry = Registry().with_resource("urn:api", Resource(document, DRAFT202012))
paths = [
    (re.compile("".join("[^/]+" if part.startswith("{") else re.escape(part) for part in re.split(r"({[^}]+})", path)) + "$"), path)
    for path in document["paths"]
]
paths.sort(key=lambda entry: entry[1].count("{"))
validators = {}


def resolved(value):
    while isinstance(value, dict) and "$ref" in value:
        target = document
        for part in value["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        value = target
    return value


def rebased(schema):
    """The schema with its references as those of the document."""
    if isinstance(schema, dict):
        return {
            key: "urn:api" + value if key == "$ref" and value.startswith("#/") else rebased(value)
            for key, value in schema.items()
        }
    return [rebased(value) for value in schema] if isinstance(schema, list) else schema


def problems(schema, value):
    key = json.dumps(schema, sort_keys=True)
    if key not in validators:
        validators[key] = jsonschema.Draft202012Validator(rebased(schema), registry=registry)
    return [f"{error.json_path}: {error.message[:300]}" for error in validators[key].iter_errors(value)]


def check(answer):
    path = next((path for pattern, path in paths if pattern.match(answer["path"])), None)
    method, code = answer["method"].lower(), str(answer["status"])
    if path is None:
        return [] if code in ("404", "400") else [f"{code} at a path that is not described"]
    if method in ("head", "options"):
        return []
    operation = document["paths"][path].get(method)
    if operation is None:
        return [] if code == "405" and "allow" in answer["headers"] else [f"{code} for a method that is not described"]
    if code not in operation["responses"]:
        return [f"{method} {path}: {code} is not described"]
    response = resolved(operation["responses"][code])
    wrong = []
    for name, header in response.get("headers", {}).items():
        header = resolved(header)
        if name.lower() in answer["headers"]:
            wrong += [f"header {name}: {text}" for text in problems(header["schema"], answer["headers"][name.lower()])]
        elif header.get("required"):
            wrong.append(f"header {name} is missing")
    content = response.get("content", {})
    type_ = answer["headers"].get("content-type", "").split(";")[0]
    if not content:
        return wrong + (["a body where none is described"] if answer["body"] else [])
    if type_ not in content and "*/*" not in content:
        return wrong + [f"content type {type_!r} is not described"]
    schema = content.get(type_, {}).get("schema")
    if schema is not None and type_ == "application/json":
        wrong += problems(schema, json.loads(answer["body"]))
    return [f"{method} {path} {code}: {text}" for text in wrong]


for line in sys.stdin:
    print(json.dumps(check(json.loads(line))), flush=True)
