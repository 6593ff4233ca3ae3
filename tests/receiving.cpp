// SPDX-License-Identifier: BSL-1.0
// The table of docs/receiving.md for an inbox in memory.
#include "receiving.hpp"

#include <signhook/inbox/memory.hpp>

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace receiving {

class memory {
 public:
  static constexpr bool outlives_process = false;
  static constexpr bool stores_first = false;

  class node {
   public:
    node(memory& at, node* of_the_same_process)
        : at_(&at),
          inbox_(of_the_same_process != nullptr
                     ? of_the_same_process->inbox_
                     : std::make_shared<signhook::memory_inbox>(at.options())) {}
    [[nodiscard]] signhook::memory_inbox& inbox() { return *inbox_; }
    [[nodiscard]] bool write(const signhook::event_id& of) {
      const std::lock_guard lock(at_->mutex_);
      return ++at_->effects_[of] > 0;
    }

   private:
    memory* at_;
    std::shared_ptr<signhook::memory_inbox> inbox_;
  };

  [[nodiscard]] int effects(const signhook::event_id& of) { return effects_[of]; }
  [[nodiscard]] const std::vector<std::string>& quarantined() const { return quarantined_; }
  [[nodiscard]] const std::vector<std::string>& dead_letters() const { return dead_letters_; }

 private:
  signhook::memory_inbox_options options() {
    signhook::memory_inbox_options made;
    made.quarantine = [this](const signhook::quarantine_entry& entry) {
      quarantined_.emplace_back(entry.body);
      return true;
    };
    made.dead_letter = [this](const signhook::inbox_entry& entry, std::string_view) {
      dead_letters_.emplace_back(entry.body);
      return true;
    };
    return made;
  }

  std::mutex mutex_;
  std::map<signhook::event_id, int> effects_;
  std::vector<std::string> quarantined_;
  std::vector<std::string> dead_letters_;
};

}  // namespace receiving

#define RECEIVING_PLACES memory
#include "receiving_rows.hpp"
