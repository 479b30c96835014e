# SPDX-License-Identifier: Apache-2.0
"""The VM harness: fetches kernels and tools, makes images, boots them, collects each case's result."""
