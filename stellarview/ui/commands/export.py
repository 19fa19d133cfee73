"""Commands that write what is on the screen."""
