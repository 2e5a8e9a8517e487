"""`python -m workspace` is `noapp`."""

import sys

from workspace.cli import main

if __name__ == "__main__":
    sys.exit(main())
