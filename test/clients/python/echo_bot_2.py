"""An echo bot on signalbot 2, with 8 consumers.

    echo_bot_2.py HOST:PORT NUMBER [TOKEN]

It answers "echo ..." with the same text, quoting it, after a typing indicator and a reaction, and prints
"ready" once it has found its groups. SIGTERM ends it.
"""

import functools
import sys

from signalbot import DataMessageHandler, ReadyHandler, SendMessage, SignalBot, regex_triggered

CONSUMERS = 8


class Echo(DataMessageHandler, ReadyHandler):
    async def handle_ready(self, context):
        print("ready", flush=True)

    @regex_triggered("^echo ")
    async def handle_data_message(self, context):
        await context.start_typing()
        await context.react("👍")
        await context.reply(SendMessage(text=context.message.text))
        await context.stop_typing()


service, number, *token = sys.argv[1:]
config = {"signal_service": service, "phone_number": number, "storage": {"type": "in-memory"}}
if token:
    config["auth"] = {"type": "bearer", "token": token[0]}
bot = SignalBot(config)
bot.register(Echo())
# signalbot has no setting for it; 3 is its default.
bot._pipeline.start = functools.partial(bot._pipeline.start, consumers=CONSUMERS)
bot.start()
