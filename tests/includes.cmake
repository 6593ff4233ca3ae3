# Handling events and printing them must cost neither simdjson nor a database, nor fmt unless it prints.
foreach(header event schema encoder schema/json_schema error error/message decoder/options result projection subscription delivery
    receiver/result timestamp/time_point text ostream std_format)
  string(REPLACE / _ unit includes_${header}.cpp)
  file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/${unit} "#include <signhook/${header}.hpp>\n")
  execute_process(COMMAND ${COMPILER} -std=c++20 -I${INCLUDE} -M ${CMAKE_CURRENT_BINARY_DIR}/${unit}
    OUTPUT_VARIABLE included COMMAND_ERROR_IS_FATAL ANY)
  if(included MATCHES "simdjson\\.h|/fmt/")
    message(FATAL_ERROR "${header}.hpp includes ${CMAKE_MATCH_0}")
  endif()
  if(included MATCHES "sqlite3\\.h|libpq")
    message(FATAL_ERROR "${header}.hpp includes ${CMAKE_MATCH_0}")
  endif()
  if(header MATCHES "^(event|schema|encoder|schema/json_schema)$" AND included MATCHES "detail/decode/[a-z_]+\\.hpp")
    message(FATAL_ERROR "${header}.hpp includes ${CMAKE_MATCH_0}, a part of the decoder")
  endif()
endforeach()

file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/includes_format.cpp "#include <signhook/format.hpp>\n")
execute_process(COMMAND ${COMPILER} -std=c++20 -I${INCLUDE} -M ${CMAKE_CURRENT_BINARY_DIR}/includes_format.cpp
  OUTPUT_VARIABLE included COMMAND_ERROR_IS_FATAL ANY)
if(included MATCHES "simdjson\\.h|sqlite3\\.h|libpq")
  message(FATAL_ERROR "format.hpp includes ${CMAKE_MATCH_0}")
endif()
