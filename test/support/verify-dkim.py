#!/usr/bin/python3
"""Verifies the DKIM signature of the message on standard input against a given public key record.

    verify-dkim.py 'v=DKIM1; k=rsa; p=…' < message.eml

Prints `pass` or `fail`; anything else is a fault of the call. No name is looked up: every selector
answers with the record given. Debian's interpreter, because Debian installs `python3-dkim` (dkimpy)
for that one.
"""

import sys

import dkim


def verdict(message: bytes, record: bytes) -> str:
    return "pass" if dkim.verify(message, dnsfunc=lambda name, timeout=5: record) else "fail"


if __name__ == "__main__":
    print(verdict(sys.stdin.buffer.read(), sys.argv[1].encode()))
