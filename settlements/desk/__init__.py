"""The arbitration desk (仲裁工作台): what waits, what contradicts, what a fact would change, papers."""
