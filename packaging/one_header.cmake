# Replaces each header by one that includes the output of packaging/amalgamate, so that the tests, which include
# single headers, test that output.
set(one_header ${PROJECT_BINARY_DIR}/one_header)

get_property(headers TARGET signhook PROPERTY HEADER_SET)
get_property(format_headers TARGET signhook_format PROPERTY HEADER_SET)
add_custom_command(OUTPUT ${one_header}/signhook.hpp
  COMMAND ${CMAKE_COMMAND} -P ${CMAKE_CURRENT_LIST_DIR}/amalgamate ${one_header}/signhook.hpp
  DEPENDS ${CMAKE_CURRENT_LIST_DIR}/amalgamate ${PROJECT_SOURCE_DIR}/LICENSE ${headers} ${format_headers}
  VERBATIM)
add_custom_target(one_header DEPENDS ${one_header}/signhook.hpp)

foreach(header IN LISTS headers format_headers)
  cmake_path(RELATIVE_PATH header BASE_DIRECTORY ${PROJECT_SOURCE_DIR}/include OUTPUT_VARIABLE name)
  set(format "")
  if(header IN_LIST format_headers)
    set(format "#define SIGNHOOK_FORMAT\n")
  elseif(name STREQUAL "signhook/std_format.hpp")
    set(format "#define SIGNHOOK_STD_FORMAT\n")
  endif()
  file(CONFIGURE OUTPUT ${one_header}/${name} CONTENT "#pragma once\n${format}#include \"${one_header}/signhook.hpp\"\n")
endforeach()

add_dependencies(signhook_strict one_header)
target_include_directories(signhook_strict BEFORE INTERFACE ${one_header})
