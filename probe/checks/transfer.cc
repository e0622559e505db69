// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <arpa/inet.h>
#include "failure.hh"
#include "probe/loop/network.hh"
#include "route.hh"
#include "transfer.hh"

namespace failover
{
namespace
{
  constexpr size_t s_mostTried = 8;     // addresses remembered of one host name
  constexpr long s_bufferSize = 1024;   // bytes; thousands of runs may be under way at once
  constexpr int s_smallBuffer = 16384;  // bytes of a reply that may wait in the kernel
  constexpr long s_caCacheSeconds = 60; // parsing the system's CAs takes longer than a handshake; new ones count within a minute

  // libcurl reports its own limits as "out of memory", too. Whoever can have this much is not out of it.
  bool memoryLeft() noexcept
  {
    void* volatile block = std::malloc(size_t{1} << 20); // volatile: the compiler may drop a pair of malloc and free
    const bool left = block != nullptr;
    std::free(block);
    return left;
  }

  const std::string& connectsTo(const CheckSpec& spec) noexcept
  {
    return spec.address.empty() ? spec.host : spec.address;
  }

  bool isAddress(const std::string& host) noexcept
  {
    in6_addr out{};
    return inet_pton(AF_INET, host.c_str(), &out) == 1 || inet_pton(AF_INET6, host.c_str(), &out) == 1;
  }

  bool isIpv6(const std::string& address) noexcept
  {
    return address.find(':') != std::string::npos;
  }
}

Transfer::Transfer(const CheckSpec& spec) :
  d_spec(spec)
{
  d_tried.reserve(isAddress(connectsTo(spec)) ? 1 : s_mostTried); // so that openSocket cannot throw into libcurl
  d_easy.set(CURLOPT_ERRORBUFFER, d_error.data());
  d_easy.set(CURLOPT_NOSIGNAL, 1L);
  d_easy.set(CURLOPT_QUICK_EXIT, 1L); // a removed check does not wait for the resolver's thread
  d_easy.set(CURLOPT_PROXY, "");      // not what http_proxy says: the node is asked, not a proxy
  d_easy.set(CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
  d_easy.set(CURLOPT_PROTOCOLS_STR, "http,https");
  d_easy.set(CURLOPT_FOLLOWLOCATION, 0L);
  d_easy.set(CURLOPT_BUFFERSIZE, s_bufferSize);
  armConnection();
  armTls();
}

void Transfer::armConnection()
{
  d_easy.set(CURLOPT_FRESH_CONNECT, 1L); // an old connection says nothing about new ones
  d_easy.set(CURLOPT_FORBID_REUSE, 1L);
  d_easy.set(CURLOPT_OPENSOCKETFUNCTION, &Transfer::openSocket);
  d_easy.set(CURLOPT_OPENSOCKETDATA, this);
  if (!d_spec.address.empty()) {
    // Only where to connect: Host header, SNI and the name in the certificate stay the URL's.
    d_connectTo.append(isIpv6(d_spec.address) ? "::[" + d_spec.address + "]:" : "::" + d_spec.address + ":");
    d_easy.set(CURLOPT_CONNECT_TO, d_connectTo.get());
  }
  if (!d_spec.source.empty()) {
    d_easy.set(CURLOPT_INTERFACE, ("host!" + d_spec.source).c_str());
    d_easy.set(CURLOPT_IPRESOLVE, static_cast<long>(isIpv6(d_spec.source) ? CURL_IPRESOLVE_V6 : CURL_IPRESOLVE_V4));
  }
}

void Transfer::connectOnly()
{
  d_easy.set(CURLOPT_CONNECT_ONLY, 1L);
  d_easy.set(CURLOPT_FORBID_REUSE, 0L); // would close it at once; nobody else is given such a connection anyway
}

void Transfer::limitReceiving(curl_socket_t socket) noexcept
{
  (void)::setsockopt(socket, SOL_SOCKET, SO_RCVBUF, &s_smallBuffer, sizeof(s_smallBuffer));
}

void Transfer::armTls()
{
  d_easy.set(CURLOPT_SSL_VERIFYPEER, d_spec.tlsVerify ? 1L : 0L);
  d_easy.set(CURLOPT_SSL_VERIFYHOST, d_spec.tlsVerify ? 2L : 0L);
  d_easy.set(CURLOPT_CA_CACHE_TIMEOUT, s_caCacheSeconds);
  if (!d_spec.caFile.empty()) {
    d_easy.set(CURLOPT_CAINFO, d_spec.caFile.c_str());
  }
  if (!d_spec.caFile.empty() || curl_version_info(CURLVERSION_NOW)->cainfo != nullptr) {
    // The system's folder would be trusted beside ca_file, and keeps libcurl from caching parsed CAs.
    d_easy.set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
  }
}

// libcurl does not tell why a socket could not be made, nor to which address; here both are known.
curl_socket_t Transfer::openSocket(void* self, curlsocktype /* purpose */, curl_sockaddr* address) noexcept
{
  auto& transfer = *static_cast<Transfer*>(self);
  const int fd = ::socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (fd < 0) {
    transfer.d_socketErrno = errno;
    return CURL_SOCKET_BAD;
  }
  if (transfer.d_tried.size() < transfer.d_tried.capacity()) {
    sockaddr_storage& to = transfer.d_tried.emplace_back();
    std::memcpy(&to, &address->addr, std::min<size_t>(address->addrlen, sizeof(to)));
  }
  return fd;
}

bool Transfer::allRefusedHere(int error) const noexcept
{
  if (error == EADDRNOTAVAIL && d_tried.size() == 1) {
    return true; // with a route, too: no local port is left
  }
  return !d_tried.empty() && std::all_of(d_tried.begin(), d_tried.end(), [&](const auto& to) { return refusedHere(error, to, d_spec.source); });
}

CheckResult Transfer::failure(CURLcode code) const
{
  FailedTransfer failed;
  failed.code = code;
  failed.connectErrno = static_cast<int>(d_easy.info<long>(CURLINFO_OS_ERRNO));
  // A host with several addresses is asked at each: one that could be tried outweighs one that could not.
  failed.socketErrno = d_tried.empty() ? d_socketErrno : 0;
  const auto* const peer = d_easy.info<const char*>(CURLINFO_PRIMARY_IP);
  failed.resolved = !d_tried.empty() || (peer != nullptr && *peer != '\0'); // an earlier run's connection is used again
  failed.refusedHere = code == CURLE_COULDNT_CONNECT && allRefusedHere(failed.connectErrno);
  failed.memoryLeft = code != CURLE_OUT_OF_MEMORY || memoryLeft();
  failed.host = d_spec.host;
  failed.curlText = d_error.data();
  failed.timeout = d_spec.timeout;
  return explain(failed);
}

void Transfer::start(RunHost& host)
{
  d_host = &host;
  const bool isLiteral = isAddress(connectsTo(d_spec));
  if (isLiteral) {
    d_easy.set(CURLOPT_DNS_CACHE_TIMEOUT, 0L); // nothing to remember
  }
  d_easy.set(CURLOPT_SHARE, host.network().shareFor(d_spec.id, isLiteral).get());
  d_attached.emplace(host.network().multiFor(d_spec.caFile), d_easy, static_cast<curl::Completion&>(*this));
}

void Transfer::completed(CURLcode code) noexcept
{
  try {
    transferred(code);
  }
  catch (const std::exception&) { // out of memory: nothing was said of the node
    end({});
  }
}
}
