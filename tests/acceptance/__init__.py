"""The whole product from outside: landing files in, published tables out, through the command."""
