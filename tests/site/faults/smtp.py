"""A mail server that is refusing, slow, or ends conversations half-way, on a port of this machine."""

import socket
import threading
import time
from email import message_from_bytes

GREETING, OK, GO_ON = b"220 here\r\n", b"250 OK\r\n", b"354 go on\r\n"


class MailServer:
	"""Listens in threads; what it does is its mood.

	:param mood: "fine"; "refusing": hangs up on who connects; "refusing people": says no to each recipient for now;
	        "hanging up": ends the conversation in the middle of a mail; "slow": says nothing
	"""

	def __init__(self):
		self.mood = "fine"
		self.connections = 0
		# Recipient and subject of what was taken.
		self.taken: list[tuple[str, str]] = []
		self._listener = socket.create_server(("127.0.0.1", 0))
		self.port = self._listener.getsockname()[1]
		threading.Thread(target=self._listen, daemon=True).start()

	def close(self) -> None:
		self._listener.close()

	def _listen(self) -> None:
		while True:
			try:
				connection, _address = self._listener.accept()
			except OSError:
				return
			self.connections += 1
			threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

	def _talk(self, connection: socket.socket) -> None:
		with connection, connection.makefile("rb") as lines:
			if self.mood == "refusing":
				return
			if self.mood == "slow":
				time.sleep(3)
				return
			connection.sendall(GREETING)
			to = None
			for line in lines:
				command = line.strip().upper()
				if command.startswith(b"RCPT"):
					if self.mood == "refusing people":
						connection.sendall(b"450 Come again later\r\n")
						continue
					to = line.decode().split("<")[1].split(">")[0]
				elif command == b"DATA":
					connection.sendall(GO_ON)
					if self.mood == "hanging up":
						lines.readline()
						return
					self._take(to, lines)
				elif command == b"QUIT":
					connection.sendall(b"221 bye\r\n")
					return
				connection.sendall(OK)

	def _take(self, to: str, lines) -> None:
		text = b"".join(iter(lines.readline, b".\r\n"))
		self.taken.append((to, str(message_from_bytes(text)["Subject"])))
