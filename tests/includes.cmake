# Handling events and printing them must cost neither simdjson nor a database, nor fmt unless it prints.
foreach(header event schema encoder json_schema error decoder_options result projection subscription delivery receive_result
    text ostream std_format)
  file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/includes_${header}.cpp "#include <signhook/${header}.hpp>\n")
  execute_process(COMMAND ${COMPILER} -std=c++20 -I${INCLUDE} -M
      ${CMAKE_CURRENT_BINARY_DIR}/includes_${header}.cpp
    OUTPUT_VARIABLE included COMMAND_ERROR_IS_FATAL ANY)
  if(included MATCHES "simdjson\\.h|/fmt/")
    message(FATAL_ERROR "${header}.hpp includes ${CMAKE_MATCH_0}")
  endif()
  if(included MATCHES "sqlite3\\.h|libpq")
    message(FATAL_ERROR "${header}.hpp includes ${CMAKE_MATCH_0}")
  endif()
  if(header MATCHES "^(event|schema|encoder|json_schema)$" AND included MATCHES "detail/decode/[a-z_]+\\.hpp")
    message(FATAL_ERROR "${header}.hpp includes ${CMAKE_MATCH_0}, a part of the decoder")
  endif()
endforeach()

file(WRITE ${CMAKE_CURRENT_BINARY_DIR}/includes_format.cpp "#include <signhook/format.hpp>\n")
execute_process(COMMAND ${COMPILER} -std=c++20 -I${INCLUDE} -M ${CMAKE_CURRENT_BINARY_DIR}/includes_format.cpp
  OUTPUT_VARIABLE included COMMAND_ERROR_IS_FATAL ANY)
if(included MATCHES "simdjson\\.h|sqlite3\\.h|libpq")
  message(FATAL_ERROR "format.hpp includes ${CMAKE_MATCH_0}")
endif()
