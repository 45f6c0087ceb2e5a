"""The proof that scenarios are red under exactly the defects that they claim."""
