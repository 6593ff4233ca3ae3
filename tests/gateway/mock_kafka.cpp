// SPDX-License-Identifier: BSL-1.0
// librdkafka's mock cluster as a process: prints its addresses, and does what lines on standard input say:
//   down BROKER, up BROKER      close the connections of a broker, and accept them again
//   round_trip BROKER MS        let a broker's answers take this long
//   fail COUNT CODE             answer so many requests to produce with an error code of the protocol
//   cut COUNT                   close the connection in place of an answer to such requests
// It ends with standard input.
#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

namespace {

constexpr std::int16_t produce_api = 0;

void fail(rd_kafka_mock_cluster_t* cluster, std::size_t count, rd_kafka_resp_err_t code) {
  const std::vector<rd_kafka_resp_err_t> errors(count, code);
  rd_kafka_mock_push_request_errors_array(cluster, produce_api, errors.size(), errors.data());
}

bool apply(rd_kafka_mock_cluster_t* cluster, const std::string& command) {
  int first = 0;
  if (!(std::cin >> first)) return false;
  if (command == "down") return rd_kafka_mock_broker_set_down(cluster, first) == 0;
  if (command == "up") return rd_kafka_mock_broker_set_up(cluster, first) == 0;
  if (command == "cut") {
    fail(cluster, static_cast<std::size_t>(first), RD_KAFKA_RESP_ERR__TRANSPORT);
    return true;
  }
  int second = 0;
  if (!(std::cin >> second)) return false;
  if (command == "round_trip") return rd_kafka_mock_broker_set_rtt(cluster, first, second) == 0;
  if (command != "fail") return false;
  fail(cluster, static_cast<std::size_t>(first), static_cast<rd_kafka_resp_err_t>(second));
  return true;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 4) {
    std::cerr << "usage: mock_kafka BROKERS TOPIC PARTITIONS\n";
    return 2;
  }
  std::array<char, 512> text{};
  rd_kafka_t* const client =
      rd_kafka_new(RD_KAFKA_PRODUCER, rd_kafka_conf_new(), text.data(), text.size());
  if (client == nullptr) {
    std::cerr << text.data() << '\n';
    return 2;
  }
  const int brokers = std::stoi(arguments[1]);
  rd_kafka_mock_cluster_t* const cluster = rd_kafka_mock_cluster_new(client, brokers);
  if (cluster == nullptr ||
      rd_kafka_mock_topic_create(cluster, arguments[2], std::stoi(arguments[3]), brokers) != 0) {
    std::cerr << "the cluster cannot be made\n";
    return 2;
  }
  std::cout << rd_kafka_mock_cluster_bootstraps(cluster) << std::endl;
  for (std::string command; std::cin >> command;) {
    if (!apply(cluster, command)) {
      std::cerr << "cannot do " << command << '\n';
      return 2;
    }
    std::cout << "done" << std::endl;
  }
  rd_kafka_mock_cluster_destroy(cluster);
  rd_kafka_destroy(client);
}
