"""`python -m router.cli`: the same as `switchboard`, where no console script is installed."""

from router.cli import main

if __name__ == "__main__":
    main()
