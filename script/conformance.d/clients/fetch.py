"""Fetches one page through a proxy with httpx: fetch.py PROXY AUTHORITY URL FILE. Prints the status."""

import ssl
import sys

import httpx

proxy, authority, url, file = sys.argv[1:]
with httpx.Client(proxy=proxy, verify=ssl.create_default_context(cafile=authority), timeout=60) as client:
    answer = client.get(url)
with open(file, "wb") as out:
    out.write(answer.content)
print(answer.status_code)
