// SPDX-License-Identifier: BSL-1.0
#pragma once

#include "listen/delivery_store.hpp"
#include "listen/group_committer.hpp"
#include "listen/inbox_keeper.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

struct inbox_store_options {
  std::string secret_header;
  std::vector<std::string> secrets;
  signhook::answer_policy policy = signhook::always_acknowledge;
  group_committer_options commits;
};

// Keeps requests in an inbox, from which workers take the events, and reports a request as delivered only once it is
// committed there.
class inbox_store final : public delivery_store {
 public:
  // Throws std::runtime_error if the address cannot be used. The database may be down.
  explicit inbox_store(const inbox_store_options& options)
      : delivery_store(options.secret_header, options.secrets, options.policy),
        keeper_(options.commits.address),
        committer_(options.commits) {}

  void receive(archive_entry request, signhook::fault found_before,
               std::function<void(const received&)> done) override;

  [[nodiscard]] std::string_view trouble() const override {
    return committer_.is_ready() ? "" : "the inbox takes no requests";
  }

  [[nodiscard]] group_committer::counts counted() const { return committer_.counted(); }
  [[nodiscard]] inbox_keeper::report kept() const { return keeper_.latest(); }

 private:
  inbox_keeper keeper_;
  group_committer committer_;
};
