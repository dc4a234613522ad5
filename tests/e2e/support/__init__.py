"""What the outside tests share: a server process, a contact centre seen through the API, flows, waiting."""
