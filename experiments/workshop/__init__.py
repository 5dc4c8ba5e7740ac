"""The workshop: the model live before a room, in a browser, without the internet."""
