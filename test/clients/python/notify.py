"""Drives Apprise.

A call "notify" takes urls, body, body_format (text or markdown) and attach (paths); its answer is whether
Apprise says that all of it was delivered.
"""

from apprise import Apprise
from calls import serve


def call(name, args):
    if name != "notify":
        raise ValueError(name)
    apprise = Apprise()
    for url in args.pop("urls"):
        if not apprise.add(url):
            raise ValueError("Apprise does not take the URL")
    return bool(apprise.notify(**args))


serve(call)
