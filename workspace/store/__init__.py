"""The workspace's own state: chats, messages, artifacts and their versions, in one SQLite file."""
