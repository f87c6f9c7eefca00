"""What a file really is, judged by its content. Pure: bytes in, a kind or a sentence out."""
