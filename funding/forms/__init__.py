"""One subject a file. Choices are passed in; nothing here reads the database."""
