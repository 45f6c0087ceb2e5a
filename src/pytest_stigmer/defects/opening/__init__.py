"""Opening, closing and locks: a file or an answer is taken for what it is not."""
