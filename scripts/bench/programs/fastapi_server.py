# FastAPI with a worker process behind it: what a team writes by hand. A queue in, a pipe back.
import asyncio
import multiprocessing
import sys
import threading

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel

from work import WORK, announce, free_port


class Text(BaseModel):
    text: str


class Request(BaseModel):
    input: Text


def worker(name: str, requests, answers) -> None:
    work = WORK[name]
    while True:
        number, value = requests.get()
        answers.put((number, work(value)))


def main() -> None:
    requests, answers = multiprocessing.Queue(), multiprocessing.Queue()
    for _ in range(int(sys.argv[2])):
        multiprocessing.Process(target=worker, args=(sys.argv[1], requests, answers), daemon=True).start()
    waiting: dict[int, asyncio.Future] = {}
    app = FastAPI()

    @app.on_event("startup")
    async def start() -> None:
        loop = asyncio.get_running_loop()

        def settle(number: int, output) -> None:
            waiting.pop(number).set_result(output)

        def collect() -> None:
            while True:
                loop.call_soon_threadsafe(settle, *answers.get())

        threading.Thread(target=collect, daemon=True).start()

    count = 0

    @app.post("/predictions")
    async def predict(request: Request):
        nonlocal count
        count += 1
        future = asyncio.get_running_loop().create_future()
        waiting[count] = future
        requests.put((count, request.input.model_dump()))
        return {"output": await future}

    port = free_port()
    threading.Thread(target=announce, args=(port, "/openapi.json"), daemon=True).start()
    uvicorn.run(app, host="127.0.0.1", port=port, log_level="warning")


if __name__ == "__main__":
    main()
