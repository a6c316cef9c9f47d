"""The command line, with as few files in a batch as may be, so that there are many batches."""

from bpodsl.cli.main import main
from bpodsl.spark import coming

coming.FILES_EACH = 1

if __name__ == "__main__":
    main()
