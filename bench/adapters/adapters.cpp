// SPDX-License-Identifier: BSL-1.0
#include "adapter.hpp"

namespace bench {

std::vector<named_adapter> adapters() {
  std::vector<named_adapter> made;
  made.push_back({"simdjson On-Demand", make_ondemand()});
  made.push_back({"simdjson On-Demand, find_field", make_ondemand_ordered(), false});
#if defined(SIGNHOOK_BENCH_ONDEMAND_KEY_SELECTOR)
  made.push_back({"simdjson On-Demand, key_selector", make_ondemand_key_selector()});
#endif
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
#if defined(SIGNHOOK_BENCH_DAW_JSON_LINK)
  made.push_back({"daw_json_link", make_daw_json_link()});
#endif
#if defined(SIGNHOOK_BENCH_SONIC)
  made.push_back({"sonic-cpp", make_sonic()});
#endif
#if defined(SIGNHOOK_BENCH_REFLECT_CPP)
  made.push_back({"reflect-cpp", make_reflect_cpp()});
#endif
#if defined(SIGNHOOK_BENCH_JSONIFIER)
  made.push_back({"Jsonifier", make_jsonifier()});
#endif
  return made;
}

}  // namespace bench
