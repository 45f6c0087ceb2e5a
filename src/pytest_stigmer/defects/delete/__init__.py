"""A deletion removes too little or too much."""
