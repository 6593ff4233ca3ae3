# The README holds what the example prints, between empty lines.
execute_process(COMMAND ${EXAMPLE} ${ARGUMENT} OUTPUT_VARIABLE printed COMMAND_ERROR_IS_FATAL ANY)
file(READ ${README} readme)
string(FIND "${readme}" "\n\n${printed}\n" found)
if(found EQUAL -1)
  message(FATAL_ERROR "The README shows another table than:\n${printed}")
endif()
