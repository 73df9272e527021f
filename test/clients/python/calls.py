"""Lets a test drive a Python client: one call a line comes in, one answer a line goes out.

A call is {"call": NAME, "args": {...}}, an answer {"result": ...} or {"error": TEXT}. Bytes are written as
{"base64": ...} in both directions, so that everything else is plain JSON.
"""

import base64
import json
import sys


def _decode(value):
    if isinstance(value, dict):
        if value.keys() == {"base64"}:
            return base64.b64decode(value["base64"])
        return {name: _decode(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_decode(item) for item in value]
    return value


def _encode(value):
    if isinstance(value, bytes):
        return {"base64": base64.b64encode(value).decode()}
    raise TypeError(f"{type(value).__name__} is no answer")


def serve(call):
    """Answers each call with call(name, args) until standard input ends."""
    answers, sys.stdout = sys.stdout, sys.stderr  # what a client prints is no answer
    for line in sys.stdin:
        request = json.loads(line)
        try:
            answer = {"result": call(request["call"], _decode(request["args"]))}
        except Exception as failure:  # what a client raises is its answer
            answer = {"error": f"{type(failure).__name__}: {failure}"}
        print(json.dumps(answer, default=_encode), file=answers, flush=True)
