#!/usr/bin/python3
"""Verifies every DKIM signature of the message on standard input against given public key records.

    verify-dkim.py '{"mail": "v=DKIM1; k=rsa; p=…"}' < message.eml

The records are by selector; `*` answers for every other one. Prints `pass` when there is a signature
and all hold, else `fail`; anything else is a fault of the call. No name is looked up. Debian's
interpreter, because Debian installs `python3-dkim` (dkimpy) for that one.
"""

import json
import sys

import dkim


def verdict(message: bytes, records: dict) -> str:
    def record(name, timeout=5):
        selector = name.decode().split("._domainkey.")[0]
        return records.get(selector, records.get("*", "")).encode()

    signed = dkim.DKIM(message)
    count = sum(1 for name, _ in signed.headers if name.lower() == b"dkim-signature")
    holds = [holding(signed, index, record) for index in range(count)]
    return "pass" if holds and all(holds) else "fail"


def holding(signed: "dkim.DKIM", index: int, record) -> bool:
    try:
        return signed.verify(idx=index, dnsfunc=record)
    except dkim.DKIMException:
        return False


if __name__ == "__main__":
    print(verdict(sys.stdin.buffer.read(), json.loads(sys.argv[1])))
