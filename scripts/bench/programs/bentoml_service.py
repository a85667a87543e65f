# The BentoML service; bentoml_server.py serves it.
import os

import bentoml

from work import WORK

work = WORK[os.environ["BENCH_WORK"]]


@bentoml.service(workers=int(os.environ["BENCH_WORKERS"]), metrics={"enabled": False}, traffic={"timeout": 60}, logging={"access": {"enabled": False}})
class Service:
    @bentoml.api(route="/predictions")
    def predict(self, text: str) -> str:
        return work({"text": text})
