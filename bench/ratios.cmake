# What must not become slower, as callgrind counts instructions: the same on a busy machine as on a quiet
# one. A count is that of the third run of a corpus less that of the first, so that making the corpus
# falls out. Each limit leaves some room above what was counted when it was set (GCC 12, -O3).
#   cmake -D VALGRIND=... -D PROGRAM=... -P bench/ratios.cmake
cmake_minimum_required(VERSION 3.25)

set(count 1024)

function(count_instructions name result)
  string(MAKE_C_IDENTIFIER "${name}" known)
  if(NOT DEFINED CACHE{${known}})
    foreach(times 1 3)
      execute_process(COMMAND ${VALGRIND} --tool=callgrind --callgrind-out-file=/dev/null ${PROGRAM} --run ${name}/${count} ${times}
        ERROR_VARIABLE said COMMAND_ERROR_IS_FATAL ANY)
      if(NOT said MATCHES "Collected : ([0-9]+)")
        message(FATAL_ERROR "callgrind does not tell what it counted:\n${said}")
      endif()
      set(counted_${times} ${CMAKE_MATCH_1})
    endforeach()
    math(EXPR each "(${counted_3} - ${counted_1}) / (2 * ${count})")
    set(${known} ${each} CACHE INTERNAL "")
  endif()
  set(${result} ${${known}} PARENT_SCOPE)
endfunction()

# At most so many per cent of the instructions of the other.
function(compare name other limit)
  count_instructions("${name}" one)
  count_instructions("${other}" two)
  math(EXPR percent "100 * ${one} / ${two}")
  message("${name}: ${one} instructions an event, ${percent} % of ${other}; at most ${limit} %")
  if(percent GREATER limit)
    set(failed TRUE PARENT_SCOPE)
  endif()
endfunction()

compare("signhook/compact" "simdjson On-Demand/compact" 30)
compare("signhook/compact" "floor: simdjson's index/compact" 95)
compare("signhook/pretty" "simdjson On-Demand/pretty" 40)
compare("signhook/evolved" "simdjson On-Demand/evolved" 95)
compare("signhook/unknown states" "simdjson On-Demand/unknown states" 50)
compare("signhook/broken" "signhook/compact" 135)
compare("signhook lines/compact" "signhook/compact" 105)
if(failed)
  message(FATAL_ERROR "something takes more than it may")
endif()
