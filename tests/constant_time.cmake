# Checks with callgrind that every comparison with a wrong secret takes the same number of instructions, wherever
# its first wrong byte is, however many are wrong, whatever its length, and however large the body is.
file(REMOVE_RECURSE ${FOLDER})
file(MAKE_DIRECTORY ${FOLDER})
execute_process(COMMAND ${VALGRIND} --tool=callgrind --toggle-collect=show --dump-after=show
    --callgrind-out-file=${FOLDER}/counted ${PROGRAM}
  OUTPUT_VARIABLE shown ERROR_QUIET COMMAND_ERROR_IS_FATAL ANY)
set(looks 0)
set(counts "")
foreach(look RANGE 1 ${shown})
  file(STRINGS ${FOLDER}/counted.${look} totals REGEX "^totals: [0-9]+$")
  list(APPEND counts ${totals})
endforeach()
list(LENGTH counts looks)
list(REMOVE_DUPLICATES counts)
message("${looks} wrong secrets: ${counts} instructions")
list(LENGTH counts different)
if(looks LESS 100 OR NOT looks EQUAL shown OR NOT different EQUAL 1 OR NOT counts MATCHES "^totals: [1-9][0-9][0-9]+$")
  message(FATAL_ERROR "the time for a wrong secret tells something about it")
endif()
