"""Drives pysignalclirestapi, the library behind Home Assistant's Signal Messenger integration.

    rest_api.py URL NUMBER [PASSWORD]

Each call names a method of SignalCliRestApi.
"""

import functools
import sys

from calls import serve
from pysignalclirestapi import SignalCliRestApi, SignalCliRestApiHTTPBasicAuth

url, number, *password = sys.argv[1:]
auth = SignalCliRestApiHTTPBasicAuth("any", password[0]) if password else None


# Home Assistant makes one of these for its lifetime. The constructor asks for the mode, so it may fail.
@functools.cache
def api():
    return SignalCliRestApi(url, number, auth)


serve(lambda name, args: getattr(api(), name)(**args))
