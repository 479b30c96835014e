// SPDX-License-Identifier: Apache-2.0
#include "daemon/ask_daemon.h"

#include "daemon/http_client.h"
#include "report/check_reader.h"

namespace wedged {
namespace {

using Page = std::variant<std::string, NotAsked>;

std::string name_of(const DaemonAccess& access) {
  return "the daemon at " + access.place.text();
}

Page page_in(const HttpReply& reply, const std::string& who) {
  constexpr int busy = 503;  // or not yet: then there is a page
  if (reply.status == busy && reply.body.starts_with("too many passwords"))
    return NotAsked{who + " has too many passwords to check just now; ask again", false};
  if (reply.status != 200 && reply.status != busy)
    return NotAsked{who + " answers " + std::to_string(reply.status) + "; is it a wedged?", false};
  return reply.body;
}

Page ask(const DaemonAccess& access, const Deadline& deadline) {
  const auto reply = http_get(access.place, access.tls, deadline);
  const std::string who = name_of(access);
  if (reply) {
    const std::string barrier = barrier_of(access.place, *reply);
    return barrier.empty() ? page_in(*reply, who) : NotAsked{who + " " + barrier};
  }
  switch (reply.error().kind) {
    case ErrorKind::gone: return NotAsked{"nobody listens at " + access.place.text()};
    case ErrorKind::denied: return NotAsked{who + " " + reply.error().message};
    default: return NotAsked{who + ": " + reply.error().message, false};
  }
}

NotAsked something_else(const DaemonAccess& access, const Error& error) {
  return {name_of(access) + " answers something else: " + error.message, false};
}

NotAsked watches_else(const DaemonAccess& access, const WatchedScope& scope) {
  return {name_of(access) + " watches " + name_of(scope) +
          " alone; it cannot tell of all that was asked about"};
}

}  // namespace

CheckLevels levels_of(const CheckFlags& flags) {
  return {flags.warning, flags.critical, flags.lasting};
}

std::string barrier_of(const HttpPlace& place, const HttpReply& reply) {
  constexpr int unauthorized = 401;
  constexpr int forbidden = 403;
  if (reply.status == unauthorized && place.credentials.empty())
    return "wants a password; --user NAME --password-file FILE tell it";
  if (reply.status == unauthorized)
    return "does not accept this user and password; see basic_auth_users there";
  if (reply.status == forbidden) return "forbids the question (403); is another server in front of it?";
  if (!place.tls && reply.body.find("HTTP request to an HTTPS server") != std::string::npos)
    return "speaks TLS; --url https://HOST:PORT with --ca-file FILE asks it that way";
  return {};
}

Asked ask_daemon(const DaemonAccess& access, const CheckSelection& selection, const CheckLevels& levels,
                 const PlacesFor& places, const Deadline& deadline) {
  const auto page = ask(access, deadline);
  if (const auto* not_asked = std::get_if<NotAsked>(&page)) return *not_asked;
  const auto findings = read_findings_page(std::get<std::string>(page));
  if (!findings) return something_else(access, findings.error());
  const auto& scope = findings->scan.scope;
  if (!scope.whole_host() && !covers(scope, selection, places(selection))) return watches_else(access, scope);
  return judge(selection, levels, *findings);
}

AskedForList ask_for_list(const DaemonAccess& access, const WatchedScope& wanted, const Deadline& deadline) {
  const auto page = ask(access, deadline);
  if (const auto* not_asked = std::get_if<NotAsked>(&page)) return *not_asked;
  auto listing = read_listing(std::get<std::string>(page));
  if (!listing) return something_else(access, listing.error());
  if (!listing->scan.scope.same_as(wanted)) return watches_else(access, listing->scan.scope);
  if (const auto why = why_outdated(listing->scan); !why.empty()) return NotAsked{why};
  return std::move(*listing);
}

}  // namespace wedged
