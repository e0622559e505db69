// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: failover backend authors
#include <string>
#include <vector>
#include <doctest/doctest.h>
#include <sys/socket.h>
#include "probe/checks/echomessage.hh"

using namespace failover;

namespace
{
const EchoMessage::Payload s_payload{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

std::vector<uint8_t> replyTo(const EchoMessage& echo, uint8_t type)
{
  std::vector<uint8_t> reply(echo.message().begin(), echo.message().end());
  reply[0] = type;
  return reply;
}
}

TEST_SUITE("echomessage")
{
  TEST_CASE("the checksum of RFC 1071")
  {
    const std::vector<uint8_t> example{0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7}; // its section 3
    CHECK(internetChecksum(example) == static_cast<uint16_t>(~0xddf2));
    CHECK(internetChecksum({}) == 0xffff);
    CHECK(internetChecksum(std::vector<uint8_t>{0x12}) == static_cast<uint16_t>(~0x1200)); // an odd one out is padded
    CHECK(internetChecksum(std::vector<uint8_t>(65535, 0xff)) == static_cast<uint16_t>(~0xff00));
  }

  TEST_CASE("a request: type, code, checksum, sequence number, payload")
  {
    const EchoMessage v4(AF_INET, s_payload);
    CHECK(v4.message().size() == 24);
    CHECK(v4.message()[0] == 8);
    CHECK(v4.message()[1] == 0);
    CHECK(internetChecksum(v4.message()) == 0); // as the receiver checks it
    const EchoMessage v6(AF_INET6, s_payload);
    CHECK(v6.message()[0] == 128);
    CHECK(v6.message()[2] + v6.message()[3] == 0); // the kernel's to fill
    CHECK(v6.message()[8] == 1);
  }

  TEST_CASE("its reply has the payload; identifier and sequence number may be the kernel's")
  {
    for (const auto& [family, type] : {std::pair(AF_INET, uint8_t{0}), std::pair(AF_INET6, uint8_t{129})}) {
      const EchoMessage echo(family, s_payload);
      CHECK_FALSE(echo.isAnsweredBy(echo.message())); // our own request
      auto reply = replyTo(echo, type);
      CHECK(echo.isAnsweredBy(reply));
      reply[4] = 77;
      CHECK(echo.isAnsweredBy(reply));
      for (const size_t at : {size_t{0}, size_t{1}, size_t{8}, size_t{23}}) {
        auto wrong = reply;
        wrong[at] = static_cast<uint8_t>(wrong[at] + 1);
        CHECK_FALSE(echo.isAnsweredBy(wrong));
      }
      for (size_t size = 0; size < reply.size(); ++size) {
        CHECK_FALSE(echo.isAnsweredBy(std::span(reply).first(size)));
      }
      reply.push_back(0);
      CHECK_FALSE(echo.isAnsweredBy(reply));
      CHECK_FALSE(EchoMessage(family == AF_INET ? AF_INET6 : AF_INET, s_payload).isAnsweredBy(replyTo(echo, type)));
    }
  }

  TEST_CASE("an IPv4 header says how long it is, and may lie")
  {
    std::vector<uint8_t> packet(20, 0);
    packet[0] = 0x45;
    packet.push_back(99);
    CHECK(withoutIpHeader(packet).size() == 1);
    CHECK(withoutIpHeader(packet)[0] == 99);
    packet[0] = 0x4f;
    CHECK(withoutIpHeader(packet).empty());
    packet[0] = 0x60;
    CHECK(withoutIpHeader(packet).empty());
    CHECK(withoutIpHeader({}).empty());
  }
}
