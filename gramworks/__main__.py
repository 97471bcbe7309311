"""`python -m gramworks` is the command line."""

from gramworks.cli import main

main()
