# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#
# Runs a light topology of the onnx package with seeded weights, compiled and in ONNX Runtime.
"""light.py TOOLS_FOLDER WEFT_SOURCE WORK_FOLDER NAME"""
import os
import pathlib
import sys

BIN, SOURCE, WORK, NAME = sys.argv[1:5]
os.environ["WEFT_BIN"] = BIN
sys.path.insert(0, os.path.join(SOURCE, "tools", "dev", "lib"))

import numpy as np  # noqa: E402

import light_models  # noqa: E402
import peers  # noqa: E402
from model_cases import PEER, compare_all, read_pb  # noqa: E402


def main():
    work = pathlib.Path(WORK)
    work.mkdir(parents=True, exist_ok=True)
    model, artifact = work / f"{NAME}.onnx", work / f"{NAME}.weft"

    # As it comes: the published output.
    original = light_models.original(NAME)
    feed, image = light_models.ramp_input(original)
    peers.compile_model(original, artifact)
    wanted = {peers.ort_session(original, threads=1).get_outputs()[0].name: read_pb(light_models.published_output(NAME))}
    print("published: " + compare_all(peers.run_artifact(artifact, {feed: image}, list(wanted), work), wanted, rtol=1e-3, atol=1e-7))

    # Seeded weights: four images at once against ONNX Runtime's one by one.
    light_models.write_seeded(NAME, model)
    rng = np.random.default_rng(4)
    images = [image] + [rng.random(image.shape, np.float32) for _ in range(3)]
    session = peers.ort_session(model, threads=1)
    single = [peers.ort_run(session, {feed: one}) for one in images]
    wanted = {key: np.concatenate([outputs[key] for outputs in single]) for key in single[0]}
    peers.compile_model(model, artifact, "--batch=4")
    print("batch 4: " + compare_all(peers.run_artifact(artifact, {feed: np.concatenate(images)}, list(wanted), work), wanted, **PEER))
    for path in (model, artifact):
        path.unlink()


if __name__ == "__main__":
    try:
        main()
    except peers.Failed as failure:
        sys.exit(f"{NAME}: {failure}")
