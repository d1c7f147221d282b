#!/usr/bin/env python3
"""Writes the benchmark's API definition: 100 resources, each proxied to the upstream.

    python3 bench/openapi.py UPSTREAM_PORT > api.json

Resource 17 takes the measured request through `{proxy+}`; the others have two path parameters.
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


def definition(upstream_port):
    """The OpenAPI document as a value."""
    origin = f"http://127.0.0.1:{upstream_port}"
    paths = {}
    for number in range(1, RESOURCES + 1):
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
    return {
        "openapi": "3.0.3",
        "info": {"title": "bench", "version": "1"},
        "paths": paths,
    }


if __name__ == "__main__":
    json.dump(definition(int(sys.argv[1])), sys.stdout, indent=1)
    print()
