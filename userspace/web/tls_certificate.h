// SPDX-License-Identifier: Apache-2.0
// What stands in a certificate, for people.
#pragma once

#include "web/tls_words.h"

struct x509_st;

namespace wedged {

// Its names and dates.
void describe(const x509_st* certificate, CertificateFault& fault);

}  // namespace wedged
