// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/inbox.hpp>
#include <signhook/inbox/queue.hpp>

#include <chrono>

// The functions of an inbox take times in any unit.

template <class Inbox>
concept inbox_takes_any_time = requires(const signhook::receiver& with, signhook::decoder& decoding,
                                        Inbox& box, const signhook::request& of,
                                        void (*handler)(const signhook::event&),
                                        std::chrono::sys_time<std::chrono::nanoseconds> time) {
  signhook::process(with, decoding, box, of, handler, time);
  signhook::try_claim(with, decoding, box, of, time);
  box.prune(time, 1);
};

template <class Queue>
concept queue_takes_any_time = inbox_takes_any_time<Queue> &&
    requires(Queue& box, signhook::decoder& decoding, const signhook::queue_lease& lease,
             void (*handler)(const signhook::event&),
             std::chrono::sys_time<std::chrono::nanoseconds> time) {
  box.take(time);
  box.retry(lease, time);
  box.requeue(lease.id, time);
  signhook::work(decoding, box, handler, std::chrono::system_clock::now);
};
