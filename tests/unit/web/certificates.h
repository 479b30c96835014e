// SPDX-License-Identifier: Apache-2.0
// Certificates that sign themselves, as PEM files in a folder of the test's own.
#pragma once

#include <gtest/gtest.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

namespace wedged::test {

class Folder {
 public:
  Folder() {
    std::string name = testing::TempDir() + "wedged-tls-XXXXXX";
    path_ = ::mkdtemp(name.data());
  }
  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;
  Folder(Folder&&) = delete;
  Folder& operator=(Folder&&) = delete;
  ~Folder() { std::filesystem::remove_all(path_); }

  [[nodiscard]] std::string file(const std::string& name) const { return path_ + "/" + name; }

 private:
  std::string path_;
};

constexpr long day = 24L * 60 * 60;

// "name.crt" and "name.key", of a host called name. Valid from and until so many seconds from now.
inline void make_certificate(const Folder& folder, const std::string& name, long from = -day,
                             long until = day) {
  const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(
      EVP_PKEY_Q_keygen(nullptr, nullptr, "EC", "P-256"), EVP_PKEY_free);
  const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), X509_free);
  X509_set_version(certificate.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate.get()), from);
  X509_gmtime_adj(X509_getm_notAfter(certificate.get()), until);
  X509_set_pubkey(certificate.get(), key.get());
  X509_NAME* subject = X509_get_subject_name(certificate.get());
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  X509_set_issuer_name(certificate.get(), subject);
  X509_sign(certificate.get(), key.get(), EVP_sha256());
  const auto write = [&](const std::string& kind, const auto& put) {
    const std::unique_ptr<std::FILE, decltype(&std::fclose)> file(
        std::fopen(folder.file(name + kind).c_str(), "w"), std::fclose);
    ASSERT_NE(file, nullptr);
    put(file.get());
  };
  write(".crt", [&](std::FILE* file) { PEM_write_X509(file, certificate.get()); });
  write(".key", [&](std::FILE* file) {
    PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  });
}

}  // namespace wedged::test
