# SPDX-License-Identifier: Apache-2.0
"""The demonstration that script/server shows: show.py starts it, words.json is what it says."""
