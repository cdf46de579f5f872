"""A package, so that what its fixtures start (scope "package") has ended before the next folder's tests."""
