"""A receiver of Heliograph's webhooks: verifies each call, handles each event once, answers 204.

    pip install -r requirements.txt
    WEBHOOK_SECRET=whsec_... PORT=9000 python receiver.py
"""

import json
import os
from collections import OrderedDict
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Lock

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

webhook = Webhook(os.environ["WEBHOOK_SECRET"])
largest = 16 << 20  # bytes of a body
handled = OrderedDict()  # IDs of the last calls; a program that restarts keeps them in its database
lock = Lock()


def handle(event):
    print("event", json.dumps(event), flush=True)


class Receiver(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_POST(self):
        length = int(self.headers.get("content-length") or 0)
        if length > largest:
            self.close_connection = True
            return self.answer(413)
        body = self.rfile.read(length)
        try:
            event = webhook.verify(body, dict(self.headers))
        except (WebhookVerificationError, ValueError):  # ValueError: a header or body that cannot be read
            return self.answer(401)
        with lock:
            if self.headers["webhook-id"] not in handled:
                handle(event)  # what raises here is not answered, so it comes again
                handled[self.headers["webhook-id"]] = True
                if len(handled) > 10_000:
                    handled.popitem(last=False)
        self.answer(204)

    def answer(self, status):
        self.send_response(status)
        if status != 204:
            self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


server = ThreadingHTTPServer(("127.0.0.1", int(os.environ.get("PORT", "9000"))), Receiver)
print(f"listening on http://127.0.0.1:{server.server_port}/", flush=True)
server.serve_forever()
