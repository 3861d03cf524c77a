# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# A peer in a process of its own: reads a request per line from its input, answers each with one line.
"""python peer_server.py PEER, in the peers' environment. One JSON object per line, both ways:

    {"do": "version"}                                                {"version", "settings"}
    {"do": "load", "model", "inputs": file, "threads", "work"}   {"seconds"}
    {"do": "outputs", "file"}        runs once, writes its results    {}
    {"do": "time", "seconds"}                                        {"median", "runs"}

A request that fails is answered {"error": why}; what libraries print goes to stderr.
"""
import json
import os
import sys
import time

import array_files
import peer_adapters


SLOW = 2.0  # seconds: a run that takes longer is timed once, without another to warm up


def timed(adapter):
    start = time.perf_counter()
    adapter.run()
    return time.perf_counter() - start


def answer(adapter, request):
    if request["do"] == "version":
        return {"version": adapter.version(), "settings": adapter.settings}
    if request["do"] == "load":
        inputs = array_files.load(request["inputs"])
        start = time.perf_counter()
        adapter.load(request["model"], inputs, request["threads"], request["work"])
        return {"seconds": time.perf_counter() - start}
    if request["do"] == "outputs":
        adapter.run()
        array_files.save(request["file"], adapter.outputs())
        return {}
    if request["do"] == "time":
        first = timed(adapter)
        if first > SLOW:
            return {"median": first, "runs": 1}
        median, runs = peer_adapters.time_runs(adapter.run, request["seconds"])
        return {"median": median, "runs": runs}
    raise ValueError(f"unknown request {request['do']}")


def main():
    adapter = peer_adapters.ADAPTERS[sys.argv[1]]()
    out = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    for line in sys.stdin:
        try:
            reply = answer(adapter, json.loads(line))
        except BaseException as failure:  # pylint: disable=broad-except; the libraries have no common class of errors
            text = " ".join(str(failure).split()) or type(failure).__name__
            reply = {"error": text[:400]}
        print(json.dumps(reply), file=out, flush=True)


if __name__ == "__main__":
    main()
