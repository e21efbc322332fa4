"""`python -m bot` is the same as `danhoi`."""

from bot.cli import main

main()
