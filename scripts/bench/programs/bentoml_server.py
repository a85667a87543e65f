# Serves bentoml_service.py and prints its URL once it listens.
import os
import subprocess
import sys

from work import announce, free_port

port = free_port()
environment = {**os.environ, "BENCH_WORK": sys.argv[1], "BENCH_WORKERS": sys.argv[2], "BENTOML_DO_NOT_TRACK": "true"}
command = [sys.executable, "-m", "bentoml", "serve", "bentoml_service:Service", "--host", "127.0.0.1", "--port", str(port)]
server = subprocess.Popen(command, env=environment, stdout=sys.stderr, cwd=os.path.dirname(os.path.abspath(__file__)))
announce(port, "/readyz")
sys.exit(server.wait())
