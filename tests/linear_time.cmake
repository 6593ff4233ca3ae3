# Twice the bytes, twice the instructions: from 16 to 32 to 64 KiB, as callgrind counts them. What does
# not depend on the size falls out of the differences. The quotient is 2 where time is linear and 4
# where it is quadratic.
execute_process(COMMAND ${PROGRAM} --inputs OUTPUT_VARIABLE inputs COMMAND_ERROR_IS_FATAL ANY)
foreach(input IN LISTS inputs)
  foreach(size 16 32 64)
    execute_process(COMMAND ${VALGRIND} --tool=callgrind --callgrind-out-file=/dev/null ${PROGRAM} ${input} ${size}
      ERROR_VARIABLE log COMMAND_ERROR_IS_FATAL ANY)
    if(NOT log MATCHES "Collected : ([0-9]+)")
      message(FATAL_ERROR "callgrind printed no count:\n${log}")
    endif()
    set(count_${size} ${CMAKE_MATCH_1})
  endforeach()
  math(EXPR per_byte "(${count_64} - ${count_32}) / 32768")
  math(EXPR percent "100 * (${count_64} - ${count_32}) / (${count_32} - ${count_16})")
  message("${input}: ${per_byte} instructions a byte, ${percent} % for twice the bytes")
  if(percent GREATER 230)
    message(FATAL_ERROR "the time for ${input} is not linear")
  endif()
  if(per_byte GREATER 400)
    message(FATAL_ERROR "${input} takes too long")
  endif()
endforeach()
