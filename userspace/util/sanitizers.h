// SPDX-License-Identifier: Apache-2.0
// Which sanitizers this is compiled with: GCC defines __SANITIZE_ADDRESS__ and __SANITIZE_THREAD__, clang has
// __has_feature. One of the macros WEDGED_ADDRESS_SANITIZER and WEDGED_THREAD_SANITIZER is defined, or none.
#pragma once

#if defined(__SANITIZE_ADDRESS__)
#define WEDGED_ADDRESS_SANITIZER 1
#elif defined(__SANITIZE_THREAD__)
#define WEDGED_THREAD_SANITIZER 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WEDGED_ADDRESS_SANITIZER 1
#elif __has_feature(thread_sanitizer)
#define WEDGED_THREAD_SANITIZER 1
#endif
#endif
