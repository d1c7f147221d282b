#!/usr/bin/env python3
"""Writes the benchmarks' API definitions: many resources, each proxied to the upstream.

    python3 bench/openapi.py UPSTREAM_PORT [RESOURCES] > api.json

Resource 17 takes the measured request through `{proxy+}`; the others have two path parameters.
`GET /health` is answered without the upstream.
"""

import json
import sys

RESOURCES = 100
GREEDY = 17


def method(uri, parameters, verb="GET"):
    """A method with one string parameter for each name, handed on to `uri`."""
    return {
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in parameters
        ],
        "responses": {"200": {"description": "The upstream's answer"}},
        "x-amazon-apigateway-integration": {
            "type": "http_proxy",
            "httpMethod": verb,
            "uri": uri,
            "requestParameters": {
                f"integration.request.path.{name}": f"method.request.path.{name}"
                for name in parameters
            },
        },
    }


def mock(word="ok"):
    """A method that answers by itself, with this word."""
    body = json.dumps({"status": word})
    return {
        "responses": {"200": {"description": "up"}},
        "x-amazon-apigateway-integration": {
            "type": "mock",
            "requestTemplates": {"application/json": '{"statusCode": 200}'},
            "responses": {
                "default": {"statusCode": "200", "responseTemplates": {"application/json": body}}
            },
        },
    }


def small(title, word="ok"):
    """A definition of `GET /health` alone."""
    return document(title, {"/health": {"get": mock(word)}})


def document(title, paths):
    return {"openapi": "3.0.3", "info": {"title": title, "version": "1"}, "paths": paths}


def definition(upstream_port, resources=RESOURCES, word=None):
    """The OpenAPI document as a value; with a word there is `GET /health`, which answers it."""
    origin = f"http://127.0.0.1:{upstream_port}"
    paths = {}
    for number in range(1, resources + 1):
        base = f"/v1/svc{number}"
        if number == GREEDY:
            uri = f"{origin}{base}/{{proxy}}"
            paths[f"{base}/{{proxy+}}"] = {
                "get": method(uri, ["proxy"]),
                "post": method(uri, ["proxy"], "POST"),
            }
        else:
            path = f"{base}/items/{{item}}/parts/{{part}}"
            paths[path] = {"get": method(origin + path, ["item", "part"])}
    if word:
        paths["/health"] = {"get": mock(word)}
    return document("bench", paths)


def as_json(value):
    """Without blanks: a definition has 6 MiB at most, and 10,000 resources are 4 of them."""
    return json.dumps(value, separators=(",", ":"))


def as_yaml(value, depth=0):
    """In block style, as people write it; every text is quoted."""
    pad = "  " * depth
    if isinstance(value, dict) and value:
        lines = [f"{pad}{json.dumps(key)}:{below(item, depth)}" for key, item in value.items()]
        return "\n".join(lines)
    if isinstance(value, list) and value:
        return "\n".join(f"{pad}-{below(item, depth)}" for item in value)
    return pad + json.dumps(value)


def below(value, depth):
    """What stands behind a colon or a dash."""
    if isinstance(value, (dict, list)) and value:
        return "\n" + as_yaml(value, depth + 1)
    return " " + json.dumps(value)


def of_size(size, write):
    """The text of a definition of at least so many bytes, but not many more."""
    resources = 1000
    while len(text := write(definition(9, resources, "ok"))) < size:
        resources = resources * size // len(text) + 1
    return text


if __name__ == "__main__":
    amount = int(sys.argv[2]) if len(sys.argv) > 2 else RESOURCES
    json.dump(definition(int(sys.argv[1]), amount), sys.stdout, indent=1)
    print()
