// SPDX-License-Identifier: BSL-1.0
#include "adapter.hpp"

namespace bench {

std::vector<named_adapter> adapters() {
  std::vector<named_adapter> made;
  made.push_back({"simdjson On-Demand", make_ondemand()});
  made.push_back({"simdjson DOM", make_dom()});
  made.push_back({"Boost.JSON", make_boost_json()});
  made.push_back({"nlohmann", make_nlohmann()});
#if defined(SIGNHOOK_BENCH_RAPIDJSON)
  made.push_back({"RapidJSON", make_rapidjson()});
#endif
#if defined(SIGNHOOK_BENCH_YYJSON)
  made.push_back({"yyjson", make_yyjson()});
#endif
#if defined(SIGNHOOK_BENCH_GLAZE)
  made.push_back({"glaze", make_glaze()});
#endif
  return made;
}

}  // namespace bench
