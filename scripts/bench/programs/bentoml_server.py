# Serves bentoml_service.py and prints its URL once it listens.
import os
import subprocess
import sys
import time
import urllib.request

from work import free_port

port = free_port()
environment = {**os.environ, "BENCH_WORK": sys.argv[1], "BENTOML_DO_NOT_TRACK": "true"}
command = [sys.executable, "-m", "bentoml", "serve", "bentoml_service:Service", "--host", "127.0.0.1", "--port", str(port)]
server = subprocess.Popen(command, env=environment, stdout=sys.stderr, cwd=os.path.dirname(os.path.abspath(__file__)))
for _ in range(600):
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1)
        break
    except OSError:
        time.sleep(0.1)
print(f"http://127.0.0.1:{port}", flush=True)
sys.exit(server.wait())
