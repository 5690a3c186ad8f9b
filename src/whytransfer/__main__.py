"""``python -m whytransfer`` is the command line."""

from whytransfer.cli import main

if __name__ == "__main__":
    main()
