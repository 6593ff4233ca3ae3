# Decodes the documented bodies, which all decode, and broken ones, which none does. Run from the
# project's folder: cmake -D TOOL=build/install/tools/signhook -P tools/demo.cmake
cmake_minimum_required(VERSION 3.25)

function(demonstrate folder expected_count expected_code)
  file(GLOB bodies RELATIVE "${CMAKE_CURRENT_SOURCE_DIR}" "${folder}/*.json")
  list(LENGTH bodies count)
  if(count LESS expected_count)
    message(FATAL_ERROR "${folder} holds ${count} bodies, not ${expected_count}")
  endif()
  execute_process(COMMAND ${CMAKE_COMMAND} -E echo "\n$ signhook decode ${folder}/*.json")
  execute_process(COMMAND "${TOOL}" decode --draw ${bodies} RESULT_VARIABLE code)
  if(NOT code STREQUAL expected_code)
    message(FATAL_ERROR "signhook ended with ${code}, not ${expected_code}")
  endif()
endfunction()

demonstrate(tests/samples 8 0)
demonstrate(tests/broken 1 1)
