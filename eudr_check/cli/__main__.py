"""`python -m eudr_check.cli`."""

from eudr_check.cli import main

if __name__ == "__main__":
    main()
