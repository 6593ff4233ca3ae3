# find_package(signhook) gives signhook::signhook, and signhook::format where fmt is found;
# find_package(signhook COMPONENTS format) insists on the latter.
include(CMakeFindDependencyMacro)
find_dependency(simdjson)
include("${CMAKE_CURRENT_LIST_DIR}/signhookTargets.cmake")

find_package(fmt QUIET)
set(signhook_format_FOUND ${fmt_FOUND})
if(signhook_format_FOUND)
  include("${CMAKE_CURRENT_LIST_DIR}/signhookFormatTargets.cmake")
endif()

foreach(signhook_component IN LISTS signhook_FIND_COMPONENTS)
  if(signhook_FIND_REQUIRED_${signhook_component} AND NOT signhook_${signhook_component}_FOUND)
    set(signhook_FOUND FALSE)
    if(signhook_component STREQUAL "format")
      set(signhook_NOT_FOUND_MESSAGE "signhook::format needs fmt, which CMake does not find.")
    else()
      set(signhook_NOT_FOUND_MESSAGE "signhook has no component ${signhook_component}.")
    endif()
  endif()
endforeach()
unset(signhook_component)
