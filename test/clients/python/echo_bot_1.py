"""An echo bot on signalbot 1, with 8 consumers.

    echo_bot_1.py HOST:PORT NUMBER [TOKEN]

It answers "echo ..." with the same text, quoting it, after a typing indicator and a reaction, and prints
"ready" once it has found its groups. SIGTERM ends it.
"""

import signal
import sys

from signalbot import Command, SignalBot, regex_triggered

CONSUMERS = 8


class Echo(Command):
    @regex_triggered("^echo ")
    async def handle(self, context):
        await context.start_typing()
        await context.react("👍")
        await context.reply(context.message.text)
        await context.stop_typing()


class EchoBot(SignalBot):
    # signalbot writes to valid numbers only, and knows that the demo's are fictional.
    def _is_phone_number(self, phone_number):
        return phone_number.startswith("+")

    # signalbot has no setting for the consumers; 3 is its default.
    async def _create_produce_consume_messages_tasks(self):
        await super()._create_produce_consume_messages_tasks(consumers=CONSUMERS)
        print("ready", flush=True)


service, number, *token = sys.argv[1:]
config = {"signal_service": service, "phone_number": number, "storage": {"type": "in-memory"}}
if token:
    config["auth"] = {"type": "bearer", "token": token[0]}
bot = EchoBot(config)
bot.register(Echo())
bot._event_loop.add_signal_handler(signal.SIGTERM, bot._event_loop.stop)
bot.start()
