# The example prints this file.
execute_process(COMMAND ${EXAMPLE} OUTPUT_VARIABLE printed COMMAND_ERROR_IS_FATAL ANY)
file(READ ${EXPECTED} expected)
if(NOT printed STREQUAL expected)
  message(FATAL_ERROR "The example prints:\n${printed}")
endif()
