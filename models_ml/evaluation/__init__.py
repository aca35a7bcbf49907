"""How good a score is: one function a measure; arrays in, numbers out."""
