"""What is sent out of a workspace, and how: places, messages, and the ways to send them (webhook, mail, feed)."""
