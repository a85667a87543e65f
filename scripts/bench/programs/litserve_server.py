# LitServe with the work named on the command line; prints its URL once it listens.
import sys
import threading

import litserve

from work import WORK, announce, free_port

work = WORK[sys.argv[1]]


class Api(litserve.LitAPI):
    def setup(self, device):
        pass

    def decode_request(self, request):
        return request["input"]

    def predict(self, value):
        return work(value)

    def encode_response(self, output):
        return {"output": output}


if __name__ == "__main__":
    port = free_port()
    server = litserve.LitServer(Api(), accelerator="cpu", workers_per_device=int(sys.argv[2]))
    threading.Thread(target=announce, args=(port, "/health"), daemon=True).start()
    server.run(host="127.0.0.1", port=port, generate_client_file=False, log_level="warning")
