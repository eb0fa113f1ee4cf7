# SPDX-License-Identifier: Apache-2.0
"""What starts and asks the real programs, for the tests, the demonstration and the measurements.

It looks only from outside: processes, HTTP, mail, files that an operator sees. It asserts nothing.
"""
