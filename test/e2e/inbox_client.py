"""Drives the inbox's API as a test in another language would: the standard library, no sleep, no loop.

Signs somebody up at the example, waits for the welcome mail, reads it, and deletes it.
"""

import json
import sys
import threading
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

ORIGIN = sys.argv[1]
ADA = "ada+python@example.test"


def ask(path, method="GET", body=None, **headers):
    data = None if body is None else json.dumps(body).encode()
    kind = {} if data is None else {"content-type": "application/json"}
    request = Request(ORIGIN + path, data=data, method=method, headers={**kind, **headers})
    with urlopen(request, timeout=60) as response:
        text = response.read().decode()
    return json.loads(text) if text.startswith(("{", "[")) else text


def wait(**query):
    return ask("/mail/api/wait?" + urlencode(query))


found = {}
waiting = threading.Thread(target=lambda: found.update(wait(to=ADA, template="welcome", timeout=30000)))
waiting.start()
ask("/signup", "POST", {"email": ADA, "name": "Ada"})
waiting.join()

assert found["subject"] == "Welcome, Ada!", found
assert found["to"] == [ADA], found
assert found["links"], found
assert "Ada" in ask(f"/mail/api/messages/{found['id']}.html")
assert "Ada" in ask("/mail/api/latest.html?" + urlencode({"to": ADA}))
assert ADA in ask(f"/mail/api/messages/{found['id']}.eml")

try:
    ask(f"/mail/api/messages/{found['id']}", "DELETE")
    raise AssertionError("deleted without the header")
except HTTPError as error:
    assert error.code == 403, error

ask(f"/mail/api/messages/{found['id']}", "DELETE", **{"x-mail-inbox": "1"})
try:
    wait(to=ADA, timeout=1)
    raise AssertionError("found what was deleted")
except HTTPError as error:
    assert error.code == 408, error

print(json.dumps({"subject": found["subject"], "status": found["status"]}))
