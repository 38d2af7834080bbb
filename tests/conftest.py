"""What all tests share."""

import openpyxl  # noqa: F401 (with numpy: `mapping new` imports it without, and tests share a process)
from hypothesis import HealthCheck, settings

# How long an example takes tells of the machine, not of the program: several others may be working on it.
settings.register_profile("any machine", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("any machine")
