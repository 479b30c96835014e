// SPDX-License-Identifier: Apache-2.0
#pragma once
#include "observation/syscall_names.h"
