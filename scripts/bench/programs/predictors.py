# What Cog's server serves under measurement; the same as predictors.mjs.
import asyncio
import os
import subprocess as programs
from typing import Any, AsyncIterator, List

from cog import BaseRunner, Input, Path, streaming

CPU_STEPS = 60_000


class echo(BaseRunner):
    def run(self, text: str = Input()) -> str:
        return text


class echoAsync(BaseRunner):
    async def run(self, text: str = Input()) -> str:
        return text


class sleep(BaseRunner):
    async def run(self, text: str = Input()) -> str:
        await asyncio.sleep(0.02)
        return text


class cpu(BaseRunner):
    async def run(self, text: str = Input()) -> str:
        total = 0
        for i in range(CPU_STEPS):
            total += i
        return text if total else ""


class tokens(BaseRunner):
    @streaming
    async def run(self, count: int = Input()) -> AsyncIterator[str]:
        for i in range(count):
            yield f"token {i}"


class fileOutput(BaseRunner):
    async def run(self, bytes: int = Input()) -> Path:
        # The server's own directory, which is removed with it.
        path = Path(os.path.abspath("output.bin"))
        with open(path, "wb") as out:
            out.write(b"pawl" * (bytes // 4))
        return path


class json(BaseRunner):
    async def run(self, items: List[Any] = Input()) -> List[Any]:
        return items


class lines(BaseRunner):
    def run(self, count: int = Input()) -> str:
        for i in range(count):
            print(f"step {i} of the whole")
        return "done"


class subprocess(BaseRunner):
    def run(self, count: int = Input()) -> str:
        programs.run(["seq", "-f", "step %.0f of the whole", "0", str(count - 1)])
        return "done"


class blocks(BaseRunner):
    @streaming
    async def run(self, count: int = Input(), size: int = Input(), pauseMs: int = Input()) -> AsyncIterator[str]:
        for block in range(count):
            for i in range(size):
                print("a line of the log")
                yield "token"
            await asyncio.sleep(pauseMs / 1000)


class wait(BaseRunner):
    async def run(self, text: str = Input()) -> str:
        print("running", flush=True)
        await asyncio.sleep(600)
        return text


class spin(BaseRunner):
    def run(self, text: str = Input()) -> str:
        print("running", flush=True)
        while text:
            len(text)
        return text
