"""`python -m gramworks` is the command line."""

from gramworks.cli.commands import main

main()
