// SPDX-License-Identifier: BSL-1.0
#pragma once

#include <signhook/config.hpp>

#include <algorithm>
#include <array>
#include <cstddef>

namespace signhook::inline SIGNHOOK_ABI {

namespace detail {

struct bounded_map_access;

// Joins two objects with one id: `join` makes the first hold all that both do, and returns whether that
// changes it.
template <class Object>
struct object_join;

}  // namespace detail

/// The objects of a projection in the order of their ids: all of them or, where there are more than
/// `Capacity`, those with the smallest ids. Which objects are kept does not depend on the order in which
/// they were found, and a kept object was never left out before, so it lacks nothing.
template <class Object, std::size_t Capacity>
class bounded_map {
 public:
  static constexpr std::size_t capacity = Capacity;  ///< the greatest number of objects

  constexpr bounded_map() noexcept = default;

  /// Returns an iterator to the object with the smallest id.
  /// *Lifetime*: until the projection that holds the objects changes.
  [[nodiscard]] constexpr const Object* begin() const noexcept SIGNHOOK_LIFETIMEBOUND {
    return objects_.data();
  }
  /// Returns the end of the objects. *Lifetime*: as for `begin`.
  [[nodiscard]] constexpr const Object* end() const noexcept SIGNHOOK_LIFETIMEBOUND {
    return objects_.data() + size_;
  }
  /// Returns the number of objects, at most `capacity`.
  [[nodiscard]] constexpr std::size_t size() const noexcept { return size_; }
  /// Returns whether there is no object.
  [[nodiscard]] constexpr bool empty() const noexcept { return size_ == 0; }

  /// Returns whether no object was left out: true as long as there were at most `capacity`.
  [[nodiscard]] constexpr bool is_complete() const noexcept { return is_complete_; }

  /// Returns the object with this id, or null.
  /// *Complexity*: logarithmic.
  [[nodiscard]] constexpr const Object* find(const decltype(Object::id)& id) const noexcept
      SIGNHOOK_LIFETIMEBOUND {
    const Object* const at = begin() + lower_bound(id);
    return at != end() && at->id == id ? at : nullptr;
  }

  friend constexpr bool operator==(const bounded_map&, const bounded_map&) noexcept = default;

 private:
  friend detail::bounded_map_access;

  [[nodiscard]] constexpr std::size_t lower_bound(const decltype(Object::id)& id) const noexcept {
    return static_cast<std::size_t>(std::lower_bound(begin(), end(), id,
                                                     [](const Object& object, const auto& other) {
                                                       return object.id < other;
                                                     }) -
                                    begin());
  }

  constexpr bool insert_or_join(const Object& more) noexcept {
    if constexpr (Capacity == 0) {
      return set_incomplete();
    } else {
      const std::size_t index = lower_bound(more.id);
      if (index == Capacity) return set_incomplete();
      if (index != size_ && objects_[index].id == more.id) {
        return detail::object_join<Object>::join(objects_[index], more);
      }
      if (size_ == Capacity) {
        set_incomplete();
      } else {
        ++size_;
      }
      Object* const objects = objects_.data();
      std::move_backward(objects + index, objects + size_ - 1, objects + size_);
      objects_[index] = more;
      return true;
    }
  }

  constexpr bool merge(const bounded_map& more) noexcept {
    bool is_new = !more.is_complete_ && set_incomplete();
    for (const Object& object : more) is_new |= insert_or_join(object);
    return is_new;
  }

  constexpr bool set_incomplete() noexcept {
    const bool is_new = is_complete_;
    is_complete_ = false;
    return is_new;
  }

  std::array<Object, Capacity> objects_{};
  std::size_t size_ = 0;
  bool is_complete_ = true;
};

namespace detail {

// Lets a projection change its maps.
struct bounded_map_access {
  template <class Map, class Object>
  static constexpr bool insert_or_join(Map& map, const Object& more) noexcept {
    return map.insert_or_join(more);
  }
  template <class Map>
  static constexpr bool merge(Map& map, const Map& more) noexcept {
    return map.merge(more);
  }
  template <class Map>
  static constexpr bool set_incomplete(Map& map) noexcept {
    return map.set_incomplete();
  }
};

}  // namespace detail

}  // namespace signhook::inline SIGNHOOK_ABI
