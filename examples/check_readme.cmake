# The page holds the example as it stands, and then its true output.
execute_process(COMMAND ${EXAMPLE} OUTPUT_VARIABLE printed COMMAND_ERROR_IS_FATAL ANY)
file(READ ${SOURCE} source)
file(READ ${README} readme)
string(FIND "${readme}" "```cpp\n${source}```\n\n```\n${printed}```\n" found)
if(found EQUAL -1)
  message(FATAL_ERROR "${README} shows another program or another output than ${SOURCE}:\n${printed}")
endif()
